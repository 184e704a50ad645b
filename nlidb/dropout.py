"""Dropout whose mask costs an eighth of torch's on a CPU: one random 64-bit number serves eight elements."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Zeroes elements with probability ``p``, rounded to 1/256, and scales the rest up; training only.

    On two cores ``nn.Dropout``'s Bernoulli draws took 13 % of a training step.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.threshold = round(p * 256)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.threshold:
            return x
        if x.is_cuda:
            return nn.functional.dropout(x, self.threshold / 256)
        draws = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        # the full range: random_() alone leaves the sign bit of every eighth byte at zero
        draws.random_(-(2**63), None)
        mask = draws.view(torch.uint8)[: x.numel()].view(x.shape) >= self.threshold
        return x * (mask.to(x.dtype) * (256 / (256 - self.threshold)))
