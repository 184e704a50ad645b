"""The decoder: an autoregressive transformer that scores keywords, schema items and values in one softmax.

Letters: B batch, T target tokens, M memory (question words, schema items, values), K keywords,
S schema items, V value candidates, H heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.config import ModelConfig
from nlidb.dropout import Dropout


@dataclass(frozen=True)
class Memory:
    """What the encoder and the interaction layers hand to the decoder."""

    question: Tensor
    """(B, Q, dim)."""
    items: Tensor
    """(B, S, dim)."""
    values: Tensor
    """(B, V, dim)."""
    question_mask: Tensor
    """(B, Q), True = keep."""
    item_mask: Tensor
    """(B, S)."""
    value_mask: Tensor
    """(B, V)."""

    def all(self) -> tuple[Tensor, Tensor]:
        """Everything the decoder may look at (B, M, dim) and its mask (B, M)."""
        return (
            torch.cat([self.question, self.items, self.values], dim=1),
            torch.cat([self.question_mask, self.item_mask, self.value_mask], dim=1),
        )


def causal_mask(length: int, device: torch.device) -> Tensor:
    """(1, 1, T, T): a token sees itself and earlier ones."""
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()[None, None]


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Plain scaled dot-product attention (B, H, T, D); by hand, see encoder.py."""
    scores = (q @ k.transpose(-1, -2)).float() * (q.shape[-1] ** -0.5)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(torch.float32).min)
    return torch.softmax(scores, dim=-1).to(v.dtype) @ v


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to the memory, feed-forward; pre-norm."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dim = config.dim
        self.heads = config.heads
        self.norm_self = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out_self = nn.Linear(dim, dim)
        self.norm_cross = nn.LayerNorm(dim)
        self.q_cross = nn.Linear(dim, dim)
        self.kv_cross = nn.Linear(dim, 2 * dim)
        self.out_cross = nn.Linear(dim, dim)
        self.norm_ffn = nn.LayerNorm(dim)
        self.up = nn.Linear(dim, config.ffn_dim)
        self.down = nn.Linear(config.ffn_dim, dim)
        self.dropout = Dropout(config.dropout)

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, dim) -> (B, H, T, D)."""
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def _join(self, x: Tensor) -> Tensor:
        """(B, H, T, D) -> (B, T, dim)."""
        return x.transpose(1, 2).flatten(2)

    def memory_kv(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of the memory (B, H, M, D) each, worked out once a sequence."""
        k, v = self.kv_cross(memory).chunk(2, dim=-1)
        return self._split(k), self._split(v)

    def forward(
        self,
        x: Tensor,
        memory_kv: tuple[Tensor, Tensor],
        memory_mask: Tensor,
        past: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (B, T, dim), memory_mask (B, 1, 1, M); ``past`` holds keys and values of earlier tokens
        (then T is 1). Returns x and the keys and values up to here."""
        q, k, v = (self._split(part) for part in self.qkv(self.norm_self(x)).chunk(3, dim=-1))
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        attended = attend(q, k, v, causal_mask(q.shape[2], q.device) if past is None else None)
        x = x + self.dropout(self.out_self(self._join(attended)))
        q = self._split(self.q_cross(self.norm_cross(x)))
        attended = attend(q, *memory_kv, memory_mask)
        x = x + self.dropout(self.out_cross(self._join(attended)))
        x = x + self.dropout(self.down(self.dropout(F.gelu(self.up(self.norm_ffn(x))))))
        return x, (k, v)


@dataclass(frozen=True)
class DecoderState:
    """Open hypotheses' caches: one (keys, values) pair a layer for earlier tokens, (B, H, T, D) each."""

    past: tuple[tuple[Tensor, Tensor], ...]
    length: int

    def select(self, rows: Tensor) -> DecoderState:
        """The caches of these rows, in this order."""
        return DecoderState(
            tuple((k.index_select(0, rows), v.index_select(0, rows)) for k, v in self.past),
            self.length,
        )


@dataclass(frozen=True)
class DecoderMemory:
    """The memory's keys, values and output tables, worked out once for all steps of a sequence."""

    kv: tuple[tuple[Tensor, Tensor], ...]
    mask: Tensor
    """(B, 1, 1, M)."""
    inputs: Tensor
    """Vectors of every token as decoder input (B, K + S + V, dim)."""
    outputs: Tensor
    """Vectors of every token as decoder output (B, K + S + V, dim)."""
    token_mask: Tensor
    """Which tokens exist (B, K + S + V)."""

    def expand(self, rows: int) -> DecoderMemory:
        """The memory of a single example for ``rows`` hypotheses, without copying."""

        def wide(x: Tensor) -> Tensor:
            return x.expand(rows, *x.shape[1:])

        return DecoderMemory(
            tuple((wide(k), wide(v)) for k, v in self.kv),
            wide(self.mask),
            wide(self.inputs),
            wide(self.outputs),
            wide(self.token_mask),
        )


class Decoder(nn.Module):
    """Target tokens to logits over keywords, schema items and value candidates."""

    def __init__(self, config: ModelConfig, keywords: int) -> None:
        super().__init__()
        dim = config.dim
        self.start = nn.Parameter(torch.randn(dim) * dim**-0.5)
        self.keywords_in = nn.Parameter(torch.randn(keywords, dim) * dim**-0.5)
        self.keywords_out = nn.Parameter(torch.randn(keywords, dim) * dim**-0.5)
        self.items_in = nn.Linear(dim, dim)
        self.items_out = nn.Linear(dim, dim)
        self.values_in = nn.Linear(dim, dim)
        self.values_out = nn.Linear(dim, dim)
        self.positions = nn.Embedding(config.max_target + 1, dim)
        self.dropout = Dropout(config.dropout)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.norm = nn.LayerNorm(dim)
        self.scale = dim**-0.5

    def prepare(self, memory: Memory) -> DecoderMemory:
        """Everything of the memory that does not change from step to step."""
        vectors, mask = memory.all()
        batch, keywords = vectors.shape[0], self.keywords_in.shape[0]

        def table(words: Tensor, items: nn.Linear, values: nn.Linear) -> Tensor:
            shared = words[None].expand(batch, -1, -1).to(vectors.dtype)
            return torch.cat([shared, items(memory.items), values(memory.values)], dim=1)

        alive = torch.ones(batch, keywords, dtype=torch.bool, device=mask.device)
        return DecoderMemory(
            tuple(layer.memory_kv(vectors) for layer in self.layers),  # type: ignore[operator]
            mask[:, None, None, :],
            table(self.keywords_in, self.items_in, self.values_in),
            table(self.keywords_out, self.items_out, self.values_out),
            torch.cat([alive, memory.item_mask, memory.value_mask], dim=1),
        )

    def forward(self, memory: DecoderMemory, targets: Tensor) -> Tensor:
        """Teacher forcing: logits (B, T + 1, K + S + V) after the start and after each target (B, T)."""
        given = torch.gather(
            memory.inputs, 1, targets[..., None].expand(-1, -1, memory.inputs.shape[-1])
        )  # (B, T, dim)
        start = self.start.expand(given.shape[0], 1, -1).to(given.dtype)
        x = torch.cat([start, given], dim=1)
        x = self.dropout(x + self.positions.weight[: x.shape[1]])
        for layer, kv in zip(self.layers, memory.kv, strict=True):
            x, _ = layer(x, kv, memory.mask)
        return self._logits(x, memory)

    def step(
        self, memory: DecoderMemory, token: Tensor | None, state: DecoderState | None
    ) -> tuple[Tensor, DecoderState]:
        """One step: logits (B, K + S + V) after ``token`` (B,), or after the start where it is None."""
        if token is None or state is None:
            x, length = self.start.expand(memory.inputs.shape[0], 1, -1), 0
        else:
            rows = torch.arange(token.shape[0], device=token.device)
            x, length = memory.inputs[rows, token][:, None], state.length
        x = x + self.positions.weight[length]
        past = []
        for i, (layer, kv) in enumerate(zip(self.layers, memory.kv, strict=True)):
            before = None if state is None else state.past[i]
            x, now = layer(x, kv, memory.mask, before)
            past.append(now)
        return self._logits(x, memory)[:, 0], DecoderState(tuple(past), length + 1)

    def _logits(self, x: Tensor, memory: DecoderMemory) -> Tensor:
        logits: Tensor = (self.norm(x) @ memory.outputs.transpose(1, 2)).float() * self.scale
        return logits.masked_fill(~memory.token_mask[:, None, :], torch.finfo(torch.float32).min)
