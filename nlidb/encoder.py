"""The encoder: sub-words of a question or of table segments to vectors, pooled to words and schema items.

A BERT-shaped post-norm transformer that holds the fine-tuned weights of MiniLM-L6 (arXiv:2002.10957); the
library builds it itself, so that ``transformers`` is not needed to answer. Names follow
BERT's so that training can copy the published weights.

Letters: N segments, L sub-words, E encoder width, H heads.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.config import ModelConfig
from nlidb.dropout import Dropout


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward step, each followed by its layer norm."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dim = config.encoder_dim
        self.heads = config.encoder_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.norm_attention = nn.LayerNorm(dim, eps=1e-12)
        self.up = nn.Linear(dim, config.encoder_ffn_dim)
        self.down = nn.Linear(config.encoder_ffn_dim, dim)
        self.norm_ffn = nn.LayerNorm(dim, eps=1e-12)
        self.dropout = Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor, real: Tensor) -> Tensor:
        """x (R, E), the real sub-words alone: only attention sees the padding, so no arithmetic is spent
        on it elsewhere (ModernBERT's unpadding, arXiv:2412.13663).

        mask (N, L), True = keep; real (R,) their places in (N * L).
        """
        n, length = mask.shape
        dim = x.shape[-1]
        qkv = self.qkv(x)  # (R, 3 E)
        padded = qkv.new_zeros(n * length, 3 * dim).index_copy(0, real, qkv)
        padded = padded.view(n, length, 3, self.heads, dim // self.heads)
        q, k, v = padded.permute(2, 0, 3, 1, 4)  # (N, H, L, E / H) each
        # by hand: torch's fused attention has a backward several times slower on short CPU sequences
        scores = (q @ k.transpose(-1, -2)) * (q.shape[-1] ** -0.5)  # (N, H, L, L)
        scores = scores.masked_fill(~mask[:, None, None, :], torch.finfo(scores.dtype).min)
        attended = torch.softmax(scores, dim=-1).to(v.dtype) @ v  # (N, H, L, E / H)
        attended = attended.transpose(1, 2).reshape(n * length, dim)[real]  # (R, E)
        x = self.norm_attention(x + self.dropout(self.out(attended)))
        out: Tensor = self.norm_ffn(x + self.dropout(self.down(F.gelu(self.up(x)))))
        return out


class Encoder(nn.Module):
    """Sub-word ids to contextual sub-word vectors."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        dim = config.encoder_dim
        self.words = nn.Embedding(config.vocab_size, dim, padding_idx=0)
        self.positions = nn.Embedding(config.max_positions, dim)
        self.segment = nn.Parameter(torch.zeros(dim))
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        self.dropout = Dropout(config.dropout)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))

    def forward(self, ids: Tensor) -> Tensor:
        """ids (N, L), 0 = padding; returns (N, L, E), zero at the padding."""
        n, length = ids.shape
        mask = ids != 0
        real = mask.view(-1).nonzero().squeeze(-1)  # (R,)
        x: Tensor = (
            self.words(ids.view(-1)[real]) + self.positions.weight[real % length] + self.segment
        )
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask, real)
        return x.new_zeros(n * length, x.shape[-1]).index_copy(0, real, x).view(n, length, -1)

    def embed_bags(self, ids: Tensor) -> Tensor:
        """Mean of the (context-free) word embeddings of each bag: (V, L) ids, 0 = padding -> (V, E)."""
        present = (ids != 0)[..., None]
        total: Tensor = (self.words(ids) * present).sum(1)
        return total / present.sum(1).clamp(min=1)


def pool(hidden: Tensor, group: Tensor, groups: int) -> Tensor:
    """Mean of the sub-word vectors of each group (a word or a schema item).

    Args:
        hidden: (N, L, E). group: (N, L) group of each sub-word, -1 for none.
    Returns:
        (groups, E); a group without sub-words is zero.
    """
    flat, index = hidden.reshape(-1, hidden.shape[-1]), group.reshape(-1)
    kept = index >= 0
    index = index[kept]
    sums = hidden.new_zeros(groups, hidden.shape[-1]).index_add(0, index, flat[kept])
    counts = torch.bincount(index, minlength=groups).clamp(min=1)
    return sums / counts[:, None].to(hidden.dtype)
