"""Choosing among a question's readings: answer with the best, ask back, or decline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlidb.answer import Alternative, Answer, Choice, warn
from nlidb.config import POLICIES, Policy
from nlidb.reading import Reading


def decide(draft: Answer, readings: Sequence[Reading], alternatives: int, policy: Policy) -> Answer:
    """Answer, ask back or decline, by how sure the model is of its best reading."""
    if not readings:
        return replace(
            draft, explanation="I found no reading of this question that fits this database."
        )
    thresholds = POLICIES[policy]
    best = readings[0]
    confidence = best.candidate.confidence
    others = tuple(reading.as_alternative() for reading in readings)
    if confidence >= thresholds.answer_at:
        return replace(
            draft,
            outcome="answered",
            sql=best.valid.sql,
            confidence=confidence,
            explanation=best.explanation,
            alternatives=others[1 : 1 + alternatives],
        )
    draft = replace(draft, confidence=confidence, alternatives=others[: max(1, alternatives)])
    if confidence >= thresholds.ask_at:
        return replace(
            draft,
            outcome="asks",
            explanation="I am not sure how to read this question.",
            choices=_choices(readings),
        )
    return replace(
        draft,
        explanation="I am too unsure how to read this question to answer it. "
        f"The best guess: {best.explanation}",
    )


def _choices(readings: Sequence[Reading]) -> tuple[Choice, ...]:
    return tuple(
        Choice(reading.explanation, reading.valid.sql, reading.candidate.confidence)
        for reading in readings
    )


def asked_back(answer: Answer, readings: Sequence[Reading], warning: str) -> Answer:
    """In place of an answer that would be a guess, whatever its confidence; ``warning`` says why."""
    best = Alternative(readings[0].valid.sql, answer.confidence, answer.explanation)
    asking = replace(
        answer,
        outcome="asks",
        sql=None,
        explanation="I am not sure how to read this question.",
        choices=_choices(readings),
        alternatives=(best, *answer.alternatives),
    )
    return warn(asking, warning)


def use(answer: Answer, readings: Sequence[Reading], alternatives: int) -> Answer:
    """The answer with these readings, the first of which is used."""
    best, *rest = readings
    return replace(
        answer,
        sql=best.valid.sql,
        confidence=best.candidate.confidence,
        explanation=best.explanation,
        alternatives=tuple(reading.as_alternative() for reading in rest[:alternatives]),
    )
