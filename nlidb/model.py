"""Text2SQL: encode -> attend -> decode -> logits, and the training loss. Nothing about SQL text is here.

Letters: B batch, Q question words, S schema items, V value candidates, T target tokens, K keywords.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.attention import CrossWeights, StabilisedAttention
from nlidb.batch import (
    DISTANCE,
    EDGE_KINDS,
    ITEM_KINDS,
    ITEM_RELATIONS,
    LINK_RELATIONS,
    VALUE_KINDS,
    WORD_RELATIONS,
    QuestionInputs,
    SchemaInputs,
)
from nlidb.config import ModelConfig
from nlidb.decoder import Decoder, Memory
from nlidb.dropout import Dropout
from nlidb.encoder import Encoder, pool
from nlidb.interaction import InteractionLayer
from nlidb.vocab import KEYWORDS

SEGMENTS = 64
"""Table segments encoded at once."""


@dataclass(frozen=True)
class Encoding:
    """A question read against a schema: the decoder's memory and what the attention settled on."""

    memory: Memory
    cross: tuple[CrossWeights, ...]
    """One a layer, first to last."""
    item_logits: Tensor
    """How likely the SQL uses each schema item (B, S)."""


class Text2SQL(nn.Module):
    """The network. ``forward`` is teacher forcing; beam.py decodes."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        dim = config.dim
        self.encoder = Encoder(config)
        self.question_in = nn.Linear(config.encoder_dim, dim)
        self.items_in = nn.Linear(config.encoder_dim, dim)
        self.values_in = nn.Linear(config.encoder_dim, dim)
        self.item_kind = nn.Embedding(ITEM_KINDS, dim)
        self.item_flags = nn.Linear(3, dim, bias=False)
        self.word_links = nn.Linear(LINK_RELATIONS, dim, bias=False)
        self.item_links = nn.Linear(LINK_RELATIONS, dim, bias=False)
        self.value_kind = nn.Embedding(len(VALUE_KINDS), dim)
        self.value_columns = nn.Linear(dim, dim, bias=False)
        self.norm_in = nn.LayerNorm(dim)
        self.layers = nn.ModuleList(
            InteractionLayer(
                dim=dim,
                heads=config.heads,
                ffn_dim=config.ffn_dim,
                dropout=config.dropout,
                word_relations=WORD_RELATIONS,
                item_relations=ITEM_RELATIONS,
                link_relations=LINK_RELATIONS,
                attention=StabilisedAttention(
                    heads=config.heads,
                    head_dim=dim // config.heads,
                    edge_kinds=EDGE_KINDS,
                    config=config.attention,
                ),
            )
            for _ in range(config.interaction_layers)
        )
        self.norm_out = nn.LayerNorm(dim)
        self.value_norm = nn.LayerNorm(dim)
        self.item_used = nn.Linear(dim, 1)
        self.decoder = Decoder(config, len(KEYWORDS))
        self.dropout = Dropout(config.dropout)

    def encode_schema(self, schema: SchemaInputs) -> Tensor:
        """Schema items on their own (S, dim): question-free, so cached once a database."""
        # in parts: a schema of 10 000 columns has hundreds of segments, and all at once take over a gigabyte
        hidden = torch.cat([self.encoder(part) for part in torch.split(schema.ids, SEGMENTS)])
        items: Tensor = self.items_in(pool(hidden, schema.group, schema.items))
        items = items + self.item_kind(schema.kinds) + self.item_flags(schema.flags)
        return items

    def encode_question(self, question: QuestionInputs) -> Tensor:
        """Question words on their own (B, Q, dim)."""
        batch, words = question.mask.shape
        hidden = self.encoder(question.ids)
        word = pool(hidden, question.group, batch * words).view(batch, words, -1)
        encoded: Tensor = self.question_in(word)
        return encoded

    def attend(
        self, question: QuestionInputs, schema: SchemaInputs, x: Tensor, items: Tensor
    ) -> Encoding:
        """Reads B encoded questions (B, Q, dim) against one encoded schema (S, dim)."""
        batch, words = question.mask.shape
        seen = F.one_hot(question.links, LINK_RELATIONS).to(x.dtype)  # (B, Q, S, R)
        x = self.dropout(self.norm_in(x + self.word_links(seen.amax(2))))
        y = items[None] + self.item_links(seen.amax(1))  # (B, S, dim)
        y = self.dropout(self.norm_in(y))
        item_mask = torch.ones(y.shape[:2], dtype=torch.bool, device=y.device)
        place = torch.arange(words, device=x.device)
        distances = (place[None] - place[:, None]).clamp(-DISTANCE, DISTANCE) + DISTANCE  # (Q, Q)
        cross = []
        for layer in self.layers:
            x, y, weights = layer(
                x,
                y,
                question.mask,
                item_mask,
                distances,
                schema.relations,
                question.links,
                schema.graph,
            )
            cross.append(weights)
        x, y = self.norm_out(x), self.norm_out(y)
        spelt = self.encoder.embed_bags(question.value_ids.flatten(0, 1))
        values = self.values_in(spelt).view(batch, -1, x.shape[-1])  # (B, V, dim)
        values = (
            values + question.value_spans.to(x.dtype) @ x + self.value_kind(question.value_kinds)
        )
        values = values + self.value_columns(question.value_columns.to(y.dtype) @ y)
        memory = Memory(
            x, y, self.value_norm(values), question.mask, item_mask, question.value_mask
        )
        return Encoding(memory, tuple(cross), self.item_used(y).squeeze(-1).float())

    def forward(
        self, question: QuestionInputs, schema: SchemaInputs, targets: Tensor
    ) -> tuple[Tensor, Encoding]:
        """Logits (B, T + 1, K + S + V) under teacher forcing of ``targets`` (B, T), padded with 0."""
        items = self.encode_schema(schema)
        encoding = self.attend(question, schema, self.encode_question(question), items)
        return self.decoder(self.decoder.prepare(encoding.memory), targets), encoding


def sequence_loss(logits: Tensor, gold: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy per example, summed over its tokens (B,).

    Args:
        logits: (B, T, K + S + V), tokens that do not exist at the float's minimum.
        gold: (B, T), -1 = padding.
        smoothing: share of the target spread over the tokens that exist (arXiv:1512.00567).
    """
    log_probs = torch.log_softmax(logits, dim=-1)
    kept = gold >= 0
    picked = log_probs.gather(-1, gold.clamp(min=0)[..., None]).squeeze(-1)  # (B, T)
    loss = -picked
    if smoothing:
        exists = logits > torch.finfo(torch.float32).min / 2
        spread = -(log_probs * exists).sum(-1) / exists.sum(-1)  # (B, T)
        loss = (1 - smoothing) * loss + smoothing * spread
    return (loss * kept).sum(-1)
