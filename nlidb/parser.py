"""The semantic parser: a linked question and an encoded schema to ranked candidate queries.

It holds the network and its vocabulary and runs encode -> attend -> decode; it opens no database and checks no
SQL. A schema of more than ``MAX_ITEMS`` tables and columns is cut to the part that the question may be about
(preselection) before the question is read against it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlidb.attention import CrossWeights
from nlidb.batch import (
    MAX_CANDIDATES,
    Reindex,
    SchemaInputs,
    question_features,
    question_inputs,
    reorder,
    schema_inputs,
)
from nlidb.beam import beam_search
from nlidb.checkpoint import VOCABULARY, load_network, read_config
from nlidb.delinearize import delinearize
from nlidb.edges import join_graph
from nlidb.errors import CheckpointError
from nlidb.grammar import Grammar
from nlidb.linking import Links, ValueCandidate
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.tokenizer import Tokenizer
from nlidb.vocab import TargetToken

if TYPE_CHECKING:
    from sqlglot import exp

MAX_ITEMS = 150
"""Schema items that a question is read against. Interaction is quadratic in them; Spider's schemas have 33 in
the mean, and nine in ten have fewer than 60."""
MAX_LENGTH = 60
"""Longest target sequence; Spider train's longest has fewer tokens."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Lets torch use one thread. For one question a second one gains nothing on an idle machine, and on a busy
    one the two wait for each other: answers of 40 ms took minutes beside other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(frozen=True)
class SchemaEncoding:
    """A schema as the network sees it, encoded once and kept."""

    schema: Schema
    inputs: SchemaInputs
    items: Tensor
    """(S, dim)."""


@dataclass(frozen=True)
class Candidate:
    """A reading of the question: a query that parses and names only what the schema has."""

    tokens: tuple[TargetToken, ...]
    schema: Schema
    """The schema that its tokens point into: the whole one, or the part that was preselected."""
    candidates: tuple[ValueCandidate, ...]
    log_prob: float
    confidence: float
    """Calibrated probability that it is right, in [0, 1]."""
    attention: NDArray[np.float32]
    """Words (Q) by items of the whole schema (S): see ``settled_weights``."""

    @cached_property
    def tree(self) -> exp.Query:
        """The query as a sqlglot tree."""
        return delinearize(self.tokens, self.schema, self.candidates)


@dataclass(frozen=True)
class Parse:
    """What the model makes of one question."""

    candidates: tuple[Candidate, ...]
    """Best first."""
    seconds: Mapping[str, float]
    """How long each stage took: "encode", "attend" and "decode"."""


@dataclass(frozen=True)
class Calibration:
    """Confidence = sigmoid(bias + weight * log_prob + margin_weight * margin), fitted on tune (Platt 1999).

    The margin is the log-probability by which the candidate beats the best of the others.
    """

    bias: float = 2.0
    weight: float = 1.0
    margin_weight: float = 0.0

    def confidences(self, log_probs: Sequence[float]) -> list[float]:
        """Of all readings of a question, best first: the others share what the first leaves."""
        if not log_probs:
            return []
        second = log_probs[1] if len(log_probs) > 1 else -math.inf
        first = self.confidence(log_probs[0], log_probs[0] - second)
        others = [self.confidence(other, other - log_probs[0]) for other in log_probs[1:]]
        others = [min(other, first) for other in others]
        share = min(1.0, (1.0 - first) / max(sum(others), 1e-9))
        return [first, *(share * other for other in others)]

    def confidence(self, log_prob: float, margin: float) -> float:
        z = self.bias + self.weight * log_prob + self.margin_weight * min(margin, 10.0)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


class Parser:
    """A loaded model. Thread-safe: one question at a time is read."""

    def __init__(self, folder: Path) -> None:
        """Raises CheckpointError where the checkpoint is missing or damaged."""
        settings = read_config(folder)
        self.folder = folder
        self.facts: dict[str, Any] = settings["facts"]
        self.network = load_network(folder)
        self.tokenizer = Tokenizer.load(folder / VOCABULARY)
        ids = self.tokenizer.wordpiece.get_vocab().values()
        if max(ids, default=0) >= self.network.config.vocab_size:
            raise CheckpointError(
                f"The vocabulary of the checkpoint {folder} is larger than its network's.",
                hint="Its files belong to different checkpoints: install the package again.",
            )
        try:
            self.calibration = Calibration(**self.facts.get("calibration", {}))
        except (AttributeError, TypeError) as error:
            raise CheckpointError(
                f"The calibration of the checkpoint {folder} is damaged.",
                hint="Run training.calibrate on it, or install the package again.",
            ) from error
        self._lock = threading.Lock()

    @torch.inference_mode()
    def encode_schema(
        self, schema: Schema, samples: Sequence[Sequence[str]] = ()
    ) -> SchemaEncoding:
        """Encodes a schema of any width; ``samples`` are not used by this network."""
        small = _items(schema) <= MAX_ITEMS
        with self._lock, one_thread() if small else nullcontext():
            inputs = schema_inputs(schema, self.tokenizer, relations=small)
            return SchemaEncoding(schema, inputs, self.network.encode_schema(inputs))

    @torch.inference_mode()
    def parse(
        self,
        question: Question,
        links: Links,
        encoding: SchemaEncoding,
        *,
        beam_size: int = 5,
        on_stage: Callable[[str], None] = lambda name: None,
    ) -> Parse:
        """The question's readings; at most ``beam_size``.

        ``on_stage`` is told "encode", "attend" and "decode" as each begins; what it raises ends the work.
        """
        schema, inputs, items = encoding.schema, encoding.inputs, encoding.items
        features = question_features(question, links, self.tokenizer)
        reindex: Reindex | None = None
        with self._lock, one_thread():
            on_stage("encode")
            began = time.perf_counter()
            if _items(schema) > MAX_ITEMS:
                tables, columns = preselect(schema, links, self._similarity(question, items))
                schema, reindex = reorder(schema, tables, columns)
                inputs = schema_inputs(schema, self.tokenizer)
                items = items[torch.from_numpy(reindex.order)]
            batch = question_inputs([features], schema, self.tokenizer, reindex)
            words = self.network.encode_question(batch)
            on_stage("attend")
            read = time.perf_counter()
            encoded = self.network.attend(batch, inputs, words, items)
            on_stage("decode")
            attended = time.perf_counter()
            candidates = _moved(links.candidates[:MAX_CANDIDATES], reindex)
            grammar = Grammar(
                schema, candidates, date_parts=links.date_parts, max_length=MAX_LENGTH
            )
            hypotheses = beam_search(
                self.network.decoder,
                encoded.memory,
                grammar,
                tables=len(schema.tables),
                beam_size=beam_size,
                max_length=MAX_LENGTH,
            )
            weights = settled_weights(encoded.cross)
            decoded = time.perf_counter()
        attention = _spread(weights, encoding.schema, reindex)
        found = []
        confidences = self.calibration.confidences([h.log_prob for h in hypotheses])
        for hypothesis, confidence in zip(hypotheses, confidences, strict=True):
            found.append(
                Candidate(
                    hypothesis.tokens,
                    schema,
                    candidates,
                    hypothesis.log_prob,
                    confidence,
                    attention,
                )
            )
        seconds = {"encode": read - began, "attend": attended - read, "decode": decoded - attended}
        return Parse(tuple(found), seconds)

    def _similarity(self, question: Question, items: Tensor) -> NDArray[np.float32]:
        """How near each schema item is to the nearest question word, both context-free (S,)."""
        embed = self.network.encoder.embed_bags
        ids = [self.tokenizer.pieces(word.text.lower()) for word in question.words[:60]]
        width = max(map(len, ids))
        words = embed(torch.tensor([[*p, *[0] * (width - len(p))] for p in ids]))
        projected = torch.nn.functional.normalize(self.network.question_in(words), dim=-1)
        return (torch.nn.functional.normalize(items, dim=-1) @ projected.T).amax(1).numpy()


def settled_weights(cross: Sequence[CrossWeights]) -> NDArray[np.float32]:
    """What each question word settled on: shares over schema items, mean over layers and heads (Q, S).

    The first layers hold a word's own links, the last what the whole question is about, so neither alone shows
    how it was read. What NULL took is left out: a row sums to one.
    """
    mean = torch.stack([layer.question_to_schema[0].mean(0) for layer in cross]).mean(0)  # (Q, S)
    shares: NDArray[np.float32] = (mean / mean.sum(-1, keepdim=True).clamp(min=1e-9)).numpy()
    return shares


def _items(schema: Schema) -> int:
    return len(schema.tables) + len(schema.columns)


def preselect(
    schema: Schema, links: Links, similarity: NDArray[np.float32], limit: int = MAX_ITEMS
) -> tuple[list[int], list[int]]:
    """Tables and columns that the question may be about, at most about ``limit`` of them.

    Linked items come first, then similar ones; tables on the join path between kept tables and all key columns
    of kept tables are kept too, so that everything kept can be joined.
    """
    tables = len(schema.tables)
    score = similarity.astype(np.float64).copy()
    for link in links.links:
        bonus = {"exact": 4.0, "cell_value": 3.0, "partial": 1.0}[link.kind] * link.score
        if link.column is not None:
            score[tables + link.column] += bonus
            score[schema.columns[link.column].table] += 0.3 * bonus
        elif link.table is not None:
            score[link.table] += bonus
    best_column = np.full(tables, -10.0)
    for c, column in enumerate(schema.columns):
        best_column[column.table] = max(best_column[column.table], score[tables + c])
    table_score = score[:tables] + best_column
    keys = {c for key in schema.foreign_keys for c in (key.column, key.ref_column)}
    keys |= {c for c, column in enumerate(schema.columns) if column.primary_key}
    kept_tables: list[int] = []
    kept_columns: set[int] = set()
    graph = join_graph(schema)
    for t in np.argsort(-table_score):
        if len(kept_tables) >= 12 or len(kept_tables) + len(kept_columns) > limit * 2 // 3:
            break
        path = [int(t)]
        if kept_tables:
            tree = graph.tree([kept_tables[0], int(t)])
            for join in tree or ():
                path += [schema.columns[c].table for c in (join.column, join.new_column)]
        for table in path:
            if table not in kept_tables:
                kept_tables.append(table)
                kept_columns |= {c for c in schema.tables[table].columns if c in keys}
    rest = [
        c
        for c, column in enumerate(schema.columns)
        if column.table in kept_tables and c not in kept_columns
    ]
    rest.sort(key=lambda c: -score[tables + c])
    kept_columns |= set(rest[: max(0, limit - len(kept_tables) - len(kept_columns))])
    return sorted(kept_tables), sorted(kept_columns)


def _moved(
    candidates: Sequence[ValueCandidate], reindex: Reindex | None
) -> tuple[ValueCandidate, ...]:
    """The candidates with their columns numbered as in the reduced schema."""
    if reindex is None:
        return tuple(candidates)
    return tuple(
        replace(
            candidate,
            columns=tuple(
                int(reindex.columns[c]) for c in candidate.columns if reindex.columns[c] >= 0
            ),
        )
        for candidate in candidates
    )


def _spread(
    weights: NDArray[np.float32], schema: Schema, reindex: Reindex | None
) -> NDArray[np.float32]:
    """Weights over the reduced schema's items as weights over the whole schema's, zero elsewhere."""
    if reindex is None:
        return weights
    full = np.zeros((weights.shape[0], len(schema.tables) + len(schema.columns)), np.float32)
    full[:, reindex.order] = weights
    return full


_loaded: dict[Path, Parser] = {}
_loading = threading.Lock()


def load_parser(folder: Path) -> Parser:
    """The parser of a checkpoint folder, loaded once a process and shared.

    Raises:
        CheckpointError: the checkpoint is missing or damaged.
    """
    path = folder.resolve()
    with _loading:
        if path not in _loaded:
            _loaded[path] = Parser(path)
        return _loaded[path]
