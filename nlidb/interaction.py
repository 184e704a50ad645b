"""Interaction layers: question words and schema items attend within their own side and to each other.

Within a side attention is plain, with a learned bias per relation and head (RAT-SQL, arXiv:1911.04942);
across the sides it is the stabilised attention of attention.py.

Letters: B batch, Q question words, S schema items, N = Q + S, H heads, D head width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.attention import CrossWeights, StabilisedAttention, masked_softmax, soft_cap
from nlidb.dropout import Dropout


class InteractionLayer(nn.Module):
    """One round of attention and feed-forward over question words and schema items, pre-norm."""

    def __init__(
        self,
        *,
        dim: int,
        heads: int,
        ffn_dim: int,
        dropout: float,
        word_relations: int,
        item_relations: int,
        link_relations: int,
        attention: StabilisedAttention,
    ) -> None:
        super().__init__()
        self.heads = heads
        self.attention = attention
        self.norm_attention = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(2 * dim, dim)
        self.word_bias = nn.Embedding(word_relations, heads)
        self.item_bias = nn.Embedding(item_relations, heads)
        self.link_bias = nn.Embedding(link_relations, heads)
        self.norm_ffn = nn.LayerNorm(dim)
        self.up = nn.Linear(dim, ffn_dim)
        self.down = nn.Linear(ffn_dim, dim)
        self.dropout = Dropout(dropout)
        for bias in (self.word_bias, self.item_bias, self.link_bias):
            nn.init.normal_(bias.weight, std=0.02)

    def forward(
        self,
        question: Tensor,
        items: Tensor,
        question_mask: Tensor,
        item_mask: Tensor,
        distances: Tensor,
        relations: Tensor,
        links: Tensor,
        graph: Tensor,
    ) -> tuple[Tensor, Tensor, CrossWeights]:
        """One layer.

        Args:
            question: (B, Q, dim). items: (B, S, dim). question_mask: (B, Q). item_mask: (B, S).
            distances: relation of word to word (Q, Q). relations: of item to item (S, S).
            links: of word to item (B, Q, S). graph: edge kinds (S, S).
        Returns:
            The new question words (B, Q, dim) and items (B, S, dim), and the cross weights.
        """
        words = question.shape[1]
        both = torch.cat([question, items], dim=1)  # (B, N, dim)
        batch, length, dim = both.shape
        qkv = self.qkv(self.norm_attention(both)).view(batch, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, H, N, D) each

        # the bias tables are tiny: looked up once for all questions, but for the links
        word_scores = self.attention.energies(q[:, :, :words], k[:, :, :words])  # (B, H, Q, Q)
        word_scores = word_scores + self.word_bias(distances).permute(2, 0, 1)
        item_scores = self.attention.energies(q[:, :, words:], k[:, :, words:])  # (B, H, S, S)
        item_scores = item_scores + self.item_bias(relations).permute(2, 0, 1)
        if self.attention.config.soft_cap and self.attention.config.mode != "softmax":
            word_scores = soft_cap(word_scores, self.attention.config.soft_cap)
            item_scores = soft_cap(item_scores, self.attention.config.soft_cap)
        link_scores = self.attention.energies(q[:, :, :words], k[:, :, words:])  # (B, H, Q, S)
        link_scores = link_scores + lookup_bias(self.link_bias.weight, links).permute(0, 3, 1, 2)
        cross = self.attention.settle(link_scores, question_mask, item_mask, graph)

        word_v, item_v = v[:, :, :words], v[:, :, words:]
        within = torch.cat(
            [
                masked_softmax(word_scores, question_mask[:, None, None, :]).to(v.dtype) @ word_v,
                masked_softmax(item_scores, item_mask[:, None, None, :]).to(v.dtype) @ item_v,
            ],
            dim=2,
        )  # (B, H, N, D)
        across = torch.cat(
            [
                cross.question_to_schema.to(v.dtype) @ item_v,
                cross.schema_to_question.to(v.dtype) @ word_v,
            ],
            dim=2,
        )  # (B, H, N, D)
        mixed = torch.cat([within, across], dim=1)  # (B, 2 H, N, D)
        mixed = mixed.transpose(1, 2).reshape(batch, length, 2 * dim)  # (B, N, 2 dim)
        both = both + self.dropout(self.out(mixed))
        update = self.down(self.dropout(F.gelu(self.up(self.norm_ffn(both)))))
        both = both + self.dropout(update)
        return both[:, :words], both[:, words:], cross


class _BiasLookup(torch.autograd.Function):
    """``table[index]`` whose backward is one ``bincount`` a column: an embedding's own is very slow here."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, table: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        ctx.rows = table.shape[0]  # type: ignore[attr-defined]
        return table[index]

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: Tensor) -> tuple[Tensor, None]:
        (index,) = ctx.saved_tensors  # type: ignore[attr-defined]
        rows: int = ctx.rows  # type: ignore[attr-defined]
        flat, columns = index.reshape(-1), grad.reshape(-1, grad.shape[-1]).float()
        total = torch.stack(
            [
                torch.bincount(flat, weights=columns[:, h], minlength=rows)
                for h in range(columns.shape[1])
            ],
            dim=1,
        )
        return total.to(grad.dtype), None


def lookup_bias(table: Tensor, index: Tensor) -> Tensor:
    """Rows of a small table (R, H) at an index of any shape: (..., H)."""
    return _BiasLookup.apply(table, index)  # type: ignore[no-any-return, no-untyped-call]
