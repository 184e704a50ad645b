"""An OR over values of one column belongs to the other conditions as a whole."""

from __future__ import annotations

import pytest
import sqlglot
from conftest import FakeParser
from sqlglot import exp

from nlidb.assistant import Assistant
from nlidb.either import either


def changed(where: str) -> str:
    tree = sqlglot.parse_one(f"SELECT id FROM t WHERE {where}", read="sqlite")
    assert isinstance(tree, exp.Query)
    return either(tree).sql("sqlite").split(" WHERE ", 1)[1]


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        (
            "item = 'mat' AND year = 2024 OR year = 2025",
            "item = 'mat' AND (year = 2024 OR year = 2025)",
        ),
        (
            "item = 'mat' AND day >= '2024-01-01' AND day < '2025-01-01' OR day >= '2025-06-01' "
            "AND day < '2026-01-01'",
            "item = 'mat' AND ((day >= '2024-01-01' AND day < '2025-01-01') OR (day >= '2025-06-01' AND day < "
            "'2026-01-01'))",
        ),
    ],
)
def test_both_sides_belong_to_it(where: str, meant: str) -> None:
    assert changed(where) == meant


@pytest.mark.parametrize(
    "where",
    [
        "year = 2024 OR year = 2025",
        "item = 'mat' AND (year = 2024 OR year = 2025)",
        "item = 'mat' AND year = 2024 OR size = 3",
        "city = 'Paris' OR age > 60 AND city = 'Lyon'",  # as it may be meant
        "item = 'mat' AND year = 2024 OR year = 2025 OR year = 2026",
        "item = 'mat' AND year = 2024 OR year IN (SELECT year FROM u)",
        "year > 2024 AND year < 2030 OR year = 2025",
    ],
)
def test_others_stay(where: str) -> None:
    assert changed(where) == where


def test_the_assistant_reads_it_so(assistant: Assistant, fake_parser: FakeParser) -> None:
    where = "country = 'France' AND age = 29 OR age = 32"
    fake_parser.answer((f"SELECT name FROM singer WHERE {where}", 0.9))
    answer = assistant.ask("Which singers from France are 29 or 32?")
    assert answer.rows == (("Justin Brown",),)
