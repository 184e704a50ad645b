"""The SQL that the shipped checkpoint gives for every demo question, as a stored snapshot.

A change of the model, the linker or a rule shows here as a readable diff. A snapshot is what the assistant says,
not what is right: the gold queries are in ``schemas/*/examples.jsonl``. To write them again after a wanted change:

    python -m tests.test_golden
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlidb import Assistant
from nlidb.demo import demo_databases, demo_path

GOLDEN = Path(__file__).parent / "fixtures" / "golden"
DEMOS = [demo.db_id for demo in demo_databases()]
NONE = "-- no reading"
TIE = 0.02
"""Readings whose confidence is this close may change places on another processor."""


def _questions(db_id: str) -> list[str]:
    folder = next(demo.folder for demo in demo_databases() if demo.db_id == db_id)
    lines = (folder / "examples.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]


def _snapshot(db_id: str) -> dict[str, list[tuple[str, float]]]:
    """Each question's readings with their confidence, best first."""
    found = {}
    with Assistant.connect(demo_path(db_id)) as assistant:
        for question in _questions(db_id):
            answer = assistant.translate(question, policy="eager")
            first = [] if answer.sql is None else [(answer.sql, answer.confidence)]
            found[question] = first + [(a.sql, a.confidence) for a in answer.alternatives]
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
        texts = [_one_line(sql) for sql, _ in readings] or [NONE]
        if texts[0] == stored[question]:
            continue
        close = [_one_line(sql) for sql, sure in readings if readings[0][1] - sure < TIE]
        if stored[question] not in close:
            changed[question] = texts[0]
    assert not changed


def write() -> None:
    """Stores what the checkpoint says now."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for db_id in DEMOS:
        blocks = []
        for question, readings in _snapshot(db_id).items():
            sql = _one_line(readings[0][0]) if readings else NONE
            blocks.append(f"-- {question}\n{sql};\n")
        (GOLDEN / f"{db_id}.sql").write_text("\n".join(blocks), "utf-8")


if __name__ == "__main__":
    write()
