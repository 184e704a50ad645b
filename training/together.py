"""Processes that train one model together: each on its own groups, meeting every few steps.

    torchrun --nproc-per-node 2 -m training.train training/configs/NAME.toml --data DIR --minutes M

Where they meet, each goes on with the mean of all weights ("local SGD", arXiv:1805.09767), which is nearly a step
on the groups of all. A second thread helps matrices of this size little, and adding up gradients at every step has
each process wait for the one with the larger schema: of two cores that saw 17 examples a second each, alone, that
left 24 together. Without ``torchrun`` there is one process, and nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist

STEPS_APART = 8
"""Steps between two meetings: few enough that the weights hardly part, enough that neither the message (72 MB, a
tenth of a second on one machine) nor the waiting counts."""


@dataclass(frozen=True)
class Team:
    """This process' place among those that train together."""

    rank: int = 0
    """Its number. The first one leads: it measures and writes, and its clock is the run's."""
    size: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def meets(self, step: int) -> bool:
        """Whether the team meets after this step; one alone does always."""
        return self.size == 1 or step % STEPS_APART == 0

    def wait(self) -> None:
        """Returns when every process has called it."""
        if self.size > 1:
            dist.barrier()

    @torch.no_grad()
    def share(self, weights: Sequence[torch.nn.Parameter], numbers: Sequence[float]) -> list[float]:
        """Gives every process the mean of everybody's weights, in place, and the sum of each of the ``numbers``.

        One message for all of it, and the same to the bit everywhere: what is decided by the numbers (the learning
        rate, the end of the run) is decided alike.
        """
        if self.size == 1:
            return list(numbers)
        device = weights[0].device
        message = torch.cat(
            [*(weight.flatten() for weight in weights), torch.tensor(numbers, device=device)]
        )
        dist.all_reduce(message)
        parts = message.split([*(weight.numel() for weight in weights), len(numbers)])
        for weight, part in zip(weights, parts[:-1], strict=True):
            weight.copy_(part.view_as(weight) / self.size)
        return [float(number) for number in parts[-1]]


ALONE = Team()


def join() -> Team:
    """The team that ``torchrun`` started this process in; a team of one without it."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return ALONE
    if not dist.is_initialized():
        dist.init_process_group()
    return Team(dist.get_rank(), size)
