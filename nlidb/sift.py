"""Which of a question's readings can be meant, and whether the best of them can be taken without asking.

    sift(readings, question, links, stored) -> Sifted(readings, refused, doubt)

A reading is set aside that leaves something of the question out, looks for it where it is not stored, or cannot be
meant at all, as long as a better one is left; what is left shares its probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlidb.answer import Refused
from nlidb.leftout import unused
from nlidb.linking import Links
from nlidb.mend import Stored
from nlidb.nulls import never_missing
from nlidb.question import Question
from nlidb.reading import LEFT, Reading, shared_out
from nlidb.sense import senseless
from nlidb.unstored import invented, misplaced

ASIDE_AT_LEAST = 0.1
"""What comes next after a reading that was set aside is at least so likely: it is asked back, not declined."""


@dataclass(frozen=True)
class Sifted:
    """The readings that are left."""

    readings: list[Reading]
    """Best first; empty only where there were none."""
    refused: tuple[Refused, ...]
    """Those set aside, each with the reason."""
    doubt: str
    """Why the first is not to be taken without asking; "" where it may be."""


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a reading."""

    grade: int
    """0: nothing; 1: something is left out, or looked for elsewhere; 2: it cannot be meant."""
    reason: str = ""
    is_elsewhere: bool = False
    """Whether it looks for a text in a column that does not hold it, and another does."""

    @property
    def is_doubt(self) -> bool:
        """Whether even the best reading is not taken with it."""
        return self.grade == 2 or self.is_elsewhere


def sift(readings: Sequence[Reading], question: Question, links: Links, stored: Stored) -> Sifted:
    """The readings with the least that is wrong with them, in their order."""
    faults = [_fault(reading, question, links, stored) for reading in readings]
    best = min((fault.grade for fault in faults), default=0)
    judged = list(zip(readings, faults, strict=True))
    kept = [reading for reading, fault in judged if fault.grade == best]
    aside = [(reading, fault.reason) for reading, fault in judged if fault.grade > best]
    if aside:
        left = 1.0 - sum(reading.candidate.confidence for reading, _ in aside)
        kept = [reading.scaled(1.0 / max(left, LEFT)) for reading in kept]
        sure = kept[0].candidate.confidence
        if 0 < sure < ASIDE_AT_LEAST:
            kept[0] = kept[0].scaled(ASIDE_AT_LEAST / sure)
    first = next((fault for fault in faults if fault.grade == best), _Fault(0))
    return Sifted(
        shared_out(kept),
        tuple(Refused(reading.valid.sql, reason) for reading, reason in aside),
        f"The likeliest reading is no good: {first.reason}" if first.is_doubt else "",
    )


def _fault(reading: Reading, question: Question, links: Links, stored: Stored) -> _Fault:
    tree, schema, index = reading.valid.tree, stored.schema, stored.index
    reason = senseless(question, links, tree, schema)
    if reason := reason or invented(question.text, tree, schema, index):
        return _Fault(2, reason)
    if missing := unused(question, links, tree, schema):
        return _Fault(1, f'Nothing in it stands for "{missing[0]}".')
    if reason := misplaced(tree, schema, index):
        return _Fault(1, reason, is_elsewhere=True)
    if reason := never_missing(tree, schema, stored.stores):
        return _Fault(1, reason)
    return _Fault(0)
