"""Stabilised attention between question words and schema items: the only place where scores become weights.

Letters: B batch, H heads, Q question words, S schema items, D head width.

Cross-attention is taken as a diffusion that settles into a steady state in which no single word or schema
item dominates by accident. The steps, in order:

1. bounded energy   s = soft_cap(gain * cos(q, k) + relation bias): QK-norm (arXiv:2010.04245) and a
                    tanh cap (Gemma 2, arXiv:2408.00118).
2. process noise    s + sigma * eps, in training only.
3. Gibbs weights    a0 = softmax(s) in fp32 over the items and a NULL item: a word may link to nothing.
4. diffusion        a* = lim a_{k+1} = alpha a0 + (1 - alpha) P a_k over the schema graph: a personalised
                    PageRank restarted at a0 (arXiv:1810.05997). P is symmetric and doubly stochastic
                    (Metropolis weights), so no mass runs to hubs: a table with twenty columns keeps its share.
5. balance          one score matrix serves both directions, question to schema and schema to question;
                    optionally a cap on what one item may draw (two partial Sinkhorn iterations).

Hence, with the cap off: rows sum to one (fully masked ones to zero), max a* <= max a0, the error after k
steps shrinks as (1 - alpha)^k, and a* moves no further than a0 does. tests/test_attention.py asserts these.
This file imports nothing of ours but its settings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.config import AttentionConfig

ALPHA_MIN, ALPHA_MAX = 0.5, 0.95
"""Restart probability: under 0.5 the diffusion over-smooths (it loses mass on gold items in a toy with known
links), over 0.95 it does nothing."""


@dataclass(frozen=True)
class CrossWeights:
    """What the attention settled on, for the sums that follow and for inspection."""

    scores: Tensor
    """Bounded energies (B, H, Q, S)."""
    gibbs: Tensor
    """a0, without the NULL column (B, H, Q, S)."""
    question_to_schema: Tensor
    """a*, without the NULL column (B, H, Q, S); a row sums to one less what NULL took."""
    schema_to_question: Tensor
    """(B, H, S, Q); a row sums to one less what NULL took."""


def soft_cap(scores: Tensor, cap: float) -> Tensor:
    """Squashes scores smoothly into (-cap, cap)."""
    return torch.tanh(scores / cap) * cap


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis in fp32 where ``mask`` is True; a fully masked row gives zeros, not NaN."""
    scores = scores.float().masked_fill(~mask, torch.finfo(torch.float32).min)
    return torch.softmax(scores, dim=-1) * mask


def metropolis_weights(adjacency: Tensor, edge_weights: Tensor) -> Tensor:
    """The symmetric, doubly stochastic transition matrix of a graph.

    P_ij = w_ij min(1 / d_i, 1 / d_j) for neighbours, the rest on the diagonal (Metropolis-Hastings with a
    uniform target), d the number of neighbours. An isolated item keeps to itself.

    Args:
        adjacency: (S, S) bool, symmetric, False on the diagonal.
        edge_weights: (H, S, S) in [0, 1], symmetric.
    Returns:
        (H, S, S); rows and columns sum to one.
    """
    degree = adjacency.sum(-1).clamp(min=1).float()  # (S,)
    rate = 1.0 / torch.maximum(degree[:, None], degree[None, :])  # (S, S)
    moves = edge_weights * (rate * adjacency)  # (H, S, S)
    return moves + torch.diag_embed(1.0 - moves.sum(-1))  # (H, S, S)


def diffuse(gibbs: Tensor, transition: Tensor, alpha: Tensor, steps: int) -> Tensor:
    """``steps`` rounds of a <- alpha gibbs + (1 - alpha) P a, from a = gibbs.

    Args:
        gibbs: (B, H, Q, S). transition: (H, S, S), symmetric, so a P = (P a^T)^T. alpha: (H,).
    """
    alpha = alpha[:, None, None]  # (H, 1, 1)
    settled = gibbs
    for _ in range(steps):
        settled = alpha * gibbs + (1.0 - alpha) * (settled @ transition)  # (B, H, Q, S)
    return settled


def steady_state(gibbs: Tensor, transition: Tensor, alpha: Tensor) -> Tensor:
    """What ``diffuse`` tends to: alpha (I - (1 - alpha) P)^-1 a0, by an exact solve. Shapes as there."""
    alpha = alpha[:, None, None]
    identity = torch.eye(transition.shape[-1], dtype=transition.dtype)
    resolvent: Tensor = torch.linalg.inv(identity - (1.0 - alpha) * transition) * alpha  # (H, S, S)
    return gibbs @ resolvent


def cap_capacity(weights: Tensor, capacity: Tensor) -> Tensor:
    """Partial Sinkhorn: scales columns down to at most ``capacity``, rows back up, twice, the row step last.

    ``weights`` (B, H, Q, S + 1), NULL last, which has no cap; ``capacity`` (B, 1, 1, 1).
    """
    items, null = weights[..., :-1], weights[..., -1:]
    rows = weights.sum(-1, keepdim=True)
    for _ in range(2):
        drawn = items.sum(-2, keepdim=True)  # (B, H, 1, S)
        items = items * (capacity / drawn.clamp(min=1e-9)).clamp(max=1.0)
        scale = rows / (items.sum(-1, keepdim=True) + null).clamp(min=1e-9)
        items, null = items * scale, null * scale
    return torch.cat([items, null], dim=-1)


class StabilisedAttention(nn.Module):
    """Turns queries and keys of question words and schema items into settled weights, both ways.

    Args:
        heads: H. head_dim: D. edge_kinds: number of kinds of edge of the schema graph.
        config: which of the stabilising steps are on.
    """

    def __init__(
        self, *, heads: int, head_dim: int, edge_kinds: int, config: AttentionConfig
    ) -> None:
        super().__init__()
        self.config = config
        self.gain = nn.Parameter(torch.full((heads,), head_dim**0.5))
        self.null_score = nn.Parameter(torch.zeros(2, heads))
        self.alpha_logit = nn.Parameter(torch.zeros(heads))
        self.edge_logit = nn.Parameter(torch.zeros(heads, edge_kinds))
        self.scale = head_dim**-0.5

    def alpha(self) -> Tensor:
        """Restart probability per head, in [0.5, 0.95] (H,)."""
        return ALPHA_MIN + (ALPHA_MAX - ALPHA_MIN) * torch.sigmoid(self.alpha_logit)

    def energies(self, q: Tensor, k: Tensor) -> Tensor:
        """Unbiased scores of all pairs (B, H, N, M): cosine times gain, or the plain scaled dot product."""
        if self.config.mode == "softmax":
            plain: Tensor = (q @ k.transpose(-1, -2)).float() * self.scale
            return plain
        q, k = F.normalize(q.float(), dim=-1), F.normalize(k.float(), dim=-1)
        cosine: Tensor = (q @ k.transpose(-1, -2)).float()
        return cosine * self.gain[:, None, None]

    def transition(self, graph: Tensor) -> Tensor:
        """P (H, S, S) from the graph's edge kinds (S, S), 0 where there is no edge."""
        weights = torch.sigmoid(self.edge_logit)[:, graph]  # (H, S, S)
        return metropolis_weights(graph > 0, weights)

    def settle(
        self, scores: Tensor, question_mask: Tensor, schema_mask: Tensor, graph: Tensor
    ) -> CrossWeights:
        """Steps 2 to 5 on the biased energies.

        Args:
            scores: question-to-schema energies with their relation bias (B, H, Q, S).
            question_mask: (B, Q) True for words. schema_mask: (B, S) True for items.
            graph: (S, S) edge kinds, symmetric, 0 where there is no edge.
        """
        config = self.config
        pairs = question_mask[:, None, :, None] & schema_mask[:, None, None, :]  # (B, 1, Q, S)
        if config.mode == "softmax":
            forward = masked_softmax(scores, pairs)
            backward = masked_softmax(scores.transpose(-1, -2), pairs.transpose(-1, -2))
            return CrossWeights(scores, forward, forward, backward)
        scores = scores.float()
        if config.soft_cap:
            scores = soft_cap(scores, config.soft_cap)
        if self.training and config.noise:
            scores = scores + config.noise * torch.randn_like(scores)
        gibbs = self._with_null(scores, pairs, 0)  # (B, H, Q, S + 1)
        settled = gibbs
        if config.mode == "diffusion":
            items = diffuse(
                gibbs[..., :-1], self.transition(graph), self.alpha(), config.diffusion_steps
            )
            settled = torch.cat([items, gibbs[..., -1:]], dim=-1)
        if config.capacity:
            words = question_mask.sum(-1).float()
            items_n = schema_mask.sum(-1).clamp(min=1).float()
            capacity = (config.capacity * words / items_n).clamp(min=1.0)[:, None, None, None]
            settled = cap_capacity(settled, capacity)
        backward = self._with_null(scores.transpose(-1, -2), pairs.transpose(-1, -2), 1)
        return CrossWeights(scores, gibbs[..., :-1], settled[..., :-1], backward[..., :-1])

    def _with_null(self, scores: Tensor, mask: Tensor, side: int) -> Tensor:
        """Gibbs weights over the last axis with a NULL item appended; fully masked rows are zero."""
        if not self.config.null:
            return torch.cat([masked_softmax(scores, mask), torch.zeros_like(scores[..., :1])], -1)
        null = self.null_score[side][None, :, None, None].expand(*scores.shape[:-1], 1)
        alive = mask.any(-1, keepdim=True)  # (B, 1, N, 1)
        return masked_softmax(torch.cat([scores, null], -1), torch.cat([mask, alive], -1))
