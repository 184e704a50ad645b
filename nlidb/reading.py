"""What the model makes of a question, and the readings of it that the database accepts.

    parse -> Candidate -> validate -> Reading -> choose

The parser and its candidates are protocols here: the assistant needs no torch to know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlglot import exp
from sqlglot.optimizer.simplify import simplify

from nlidb.answer import Alternative
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.validate import ValidQuery

LEFT = 0.3
"""Where rules leave less of the model's probability, they are doubted: the rest is no surer for being alone."""


class Candidate(Protocol):
    """A finished hypothesis of the parser."""

    @property
    def tree(self) -> exp.Query:
        """The query as a sqlglot tree."""

    @property
    def log_prob(self) -> float:
        """Natural logarithm of its probability under the model."""

    @property
    def confidence(self) -> float:
        """Calibrated probability that it is right, in [0, 1]."""

    @property
    def attention(self) -> Any:
        """Words (Q) by schema items (S: tables, then columns), each row summing to at most 1; or
        None."""


class Parse(Protocol):
    """What the parser makes of one question."""

    @property
    def candidates(self) -> Sequence[Candidate]:
        """The question's readings, best first."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """How long each of its stages took: "encode", "attend" and "decode"."""


class Parser(Protocol):
    """What the assistant asks of the model; ``nlidb.parser.load_parser`` gives one."""

    def encode_schema(self, schema: Schema, samples: Sequence[Sequence[str]]) -> Any:
        """The schema's encoding, kept for as long as the schema stays the same."""

    def parse(
        self,
        question: Question,
        links: Links,
        encoding: Any,
        *,
        beam_size: int,
        on_stage: Callable[[str], None] = ...,
    ) -> Parse:
        """The question's readings; ``on_stage`` is told "encode", "attend" and "decode" as each begins."""


@dataclass(frozen=True)
class Reading:
    """A candidate that the database accepts."""

    candidate: Candidate
    valid: ValidQuery
    explanation: str

    def scaled(self, share: float) -> Reading:
        """The same with a part of its confidence."""
        known = self.candidate
        ruled = Ruled(known.tree, known.log_prob, share * known.confidence, known.attention)
        return replace(self, candidate=ruled)

    def as_alternative(self) -> Alternative:
        return Alternative(self.valid.sql, self.candidate.confidence, self.explanation)


@dataclass(frozen=True)
class Ruled:
    """A candidate whose confidence comes from a rule, and the model's own beside it."""

    tree: exp.Query
    log_prob: float
    confidence: float
    attention: Any = None


def essence(tree: exp.Expr) -> exp.Expr:
    """The query without what says nothing new: equal for queries that differ in the order or repetition of their
    conditions alone."""
    return simplify(tree.copy()) if tree.find(exp.Connector) else tree


def shared_out(readings: list[Reading]) -> list[Reading]:
    """The readings with confidences that are at most 1 together: the others share what the first leaves."""
    if len(readings) < 2:
        return readings
    first, *others = readings
    together = sum(reading.candidate.confidence for reading in others)
    share = (1.0 - first.candidate.confidence) / max(together, 1e-9)
    if share >= 1.0:
        return readings
    return [first, *(reading.scaled(share) for reading in others)]
