"""Beam search over the decoder's logits under the grammar's mask: ranked hypotheses that are all valid queries.

Constrained decoding in the manner of PICARD (arXiv:2109.05093), but over pointers, so a mask is a few boolean
arrays and no candidate is ever thrown away for its syntax or its names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nlidb.batch import target_index, target_token
from nlidb.decoder import Decoder, Memory
from nlidb.grammar import Grammar
from nlidb.grammar_state import State
from nlidb.vocab import TargetToken


@dataclass(frozen=True)
class Hypothesis:
    """A target sequence with its probability under the model."""

    tokens: tuple[TargetToken, ...]
    log_prob: float
    """Sum of the tokens' log-probabilities (natural), before any mask."""


@dataclass(frozen=True)
class _Open:
    tokens: tuple[TargetToken, ...]
    state: State
    log_prob: float


@torch.inference_mode()
def beam_search(
    decoder: Decoder,
    memory: Memory,
    grammar: Grammar,
    *,
    tables: int,
    beam_size: int,
    max_length: int,
) -> tuple[Hypothesis, ...]:
    """At most ``beam_size`` finished hypotheses, best first.

    Args:
        memory: of one question (B = 1). grammar: over the same schema and candidates.
        tables: how many of the memory's items are tables.
        max_length: longest sequence, the end included; the grammar's own bound must not exceed it.
    """
    items = memory.items.shape[1]
    prepared = decoder.prepare(memory)
    open_: Sequence[_Open] = (_Open((), grammar.start(), 0.0),)
    finished: list[Hypothesis] = []
    logits, state = decoder.step(prepared, None, None)
    for _ in range(max_length):
        log_probs = torch.log_softmax(logits, dim=-1).numpy()  # (open, K + S + V)
        masks = np.stack([grammar.allowed(hypothesis.state).mask for hypothesis in open_])
        padding = (
            log_probs.shape[1] - masks.shape[1]
        )  # a question without candidates has one padded
        if padding:
            masks = np.pad(masks, ((0, 0), (0, padding)))
        total = np.array([hypothesis.log_prob for hypothesis in open_])[:, None] + log_probs
        scores = np.where(masks, total, -np.inf).ravel()
        count = min(2 * beam_size, int(masks.sum()))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.argsort(-scores[best], kind="stable")]
        going: list[_Open] = []
        rows: list[int] = []
        for place in best:
            row, index = divmod(int(place), log_probs.shape[1])
            token = target_token(index, tables, items)
            after = grammar.advance(open_[row].state, token)
            tokens, log_prob = (*open_[row].tokens, token), float(scores[place])
            if after.finished:
                finished.append(Hypothesis(tokens, log_prob))
            elif len(going) < beam_size:
                going.append(_Open(tokens, after, log_prob))
                rows.append(row)
        finished = sorted(finished, key=lambda h: -h.log_prob)[:beam_size]
        # an open hypothesis only loses probability: none can overtake the last that is kept
        if len(finished) == beam_size:
            worst = finished[-1].log_prob
            kept = [i for i, hypothesis in enumerate(going) if hypothesis.log_prob > worst]
            going, rows = [going[i] for i in kept], [rows[i] for i in kept]
        if not going:
            break
        state = state.select(torch.tensor(rows))
        tokens_in = torch.tensor([target_index(h.tokens[-1], tables, items) for h in going])
        logits, state = decoder.step(prepared.expand(len(going)), tokens_in, state)
        open_ = going
    return tuple(finished)
