"""The SQL that the shipped checkpoint gives for every demo question, as a stored snapshot.

A change of the model, the linker or a rule shows here as a readable diff. A snapshot is what the assistant says,
not what is right: the gold queries are in ``schemas/*/examples.jsonl``. To write them again after a wanted change:

    python -m tests.test_golden
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nlidb import Assistant
from nlidb.assistant import load_parser
from nlidb.database import Database
from nlidb.demo import demo_databases, demo_path
from nlidb.printing import to_sql
from nlidb.reading import Candidate
from nlidb.schema import Schema

GOLDEN = Path(__file__).parent / "fixtures" / "golden"
DEMOS = [demo.db_id for demo in demo_databases()]
NONE = "-- no reading"
TIE = 0.05
"""Readings whose log-probabilities (natural) are this close may change places on another processor."""


class Recorder:
    """The shipped parser, and what it last gave."""

    def __init__(self) -> None:
        self.parser = load_parser(None)
        self.candidates: Sequence[Candidate] = ()

    def encode_schema(self, schema: Schema, samples: Sequence[Sequence[str]]) -> Any:
        return self.parser.encode_schema(schema, samples)

    def parse(self, *arguments: Any, **options: Any) -> Any:
        parse = self.parser.parse(*arguments, **options)
        self.candidates = parse.candidates
        return parse


def _questions(db_id: str) -> list[str]:
    folder = next(demo.folder for demo in demo_databases() if demo.db_id == db_id)
    lines = (folder / "examples.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]


def _snapshot(db_id: str) -> dict[str, list[str]]:
    """Each question's reading, and those that are as likely within ``TIE``, the likeliest first."""
    found = {}
    recorder = Recorder()
    with Assistant(Database.open(demo_path(db_id)), lambda: recorder) as assistant:
        for question in _questions(db_id):
            recorder.candidates = ()
            answer = assistant.translate(question, policy="eager")
            likely: dict[str, float] = {}
            for candidate in recorder.candidates:
                likely.setdefault(
                    _one_line(to_sql(candidate.tree, answer.dialect)), candidate.log_prob
                )
            readings = [answer.sql, *(other.sql for other in answer.alternatives)]
            texts = [_one_line(sql) for sql in readings if sql is not None] or [NONE]
            best = likely.get(texts[0], 0.0)
            found[question] = [
                text for text in texts if text == texts[0] or best - likely.get(text, -99.0) < TIE
            ]
    return found


def _stored(db_id: str) -> dict[str, str]:
    """Pairs of a comment line with the question and a line with the SQL."""
    lines = (GOLDEN / f"{db_id}.sql").read_text("utf-8").splitlines()
    return {
        question.removeprefix("-- "): sql.removesuffix(";")
        for question, sql in zip(lines[::3], lines[1::3], strict=True)
    }


def _one_line(sql: str) -> str:
    return " ".join(sql.split())


@pytest.mark.parametrize("db_id", DEMOS)
def test_demo_questions_give_the_stored_sql(db_id: str) -> None:
    stored, found = _stored(db_id), _snapshot(db_id)
    assert list(stored) == list(found), "the questions changed: write the snapshots again"
    changed = {}
    for question, readings in found.items():
        if stored[question] not in readings:
            changed[question] = readings[0]
    assert not changed


def write() -> None:
    """Stores what the checkpoint says now."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for db_id in DEMOS:
        blocks = []
        for question, readings in _snapshot(db_id).items():
            blocks.append(f"-- {question}\n{readings[0]};\n")
        (GOLDEN / f"{db_id}.sql").write_text("\n".join(blocks), "utf-8")


if __name__ == "__main__":
    write()
