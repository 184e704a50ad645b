"""Answer: its JSON form, its outcome as an exception, its headline."""

from __future__ import annotations

import base64
import datetime
import json
import math
import sys
import uuid
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from typing import Any

import pytest

from nlidb.answer import (
    TIMING_STAGES,
    Alternative,
    Answer,
    AnswerLink,
    Attention,
    Check,
    Choice,
    Refused,
    as_reading,
    display_value,
    headline,
    json_value,
    marked_sql,
)
from nlidb.errors import CannotAnswer, ConfigError

ANSWER = Answer(
    question="How many singers are there?",
    outcome="answered",
    sql="SELECT COUNT(*) FROM singer",
    dialect="sqlite",
    columns=("count(*)",),
    rows=((6,),),
    row_count=1,
    confidence=0.9,
    explanation="The number of singers.",
    links=(AnswerLink("singers", 9, 16, "exact", "singer", None, None, 0.75),),
    alternatives=(Alternative("SELECT 1", 0.1, "1."),),
    warnings=("w",),
    attention=Attention(((9, 16),), ("singer",), ((0.5,),)),
    refused=(Refused("SELECT 2", "It is the same."),),
)


def test_to_dict_has_every_field_of_the_contract() -> None:
    found = ANSWER.to_dict()
    assert (
        list(found)
        == (
            "question outcome sql dialect columns rows row_count truncated confidence explanation "
            "links attention choices alternatives refused warnings timings"
        ).split()
    )
    assert found["links"] == [
        {
            "text": "singers",
            "start": 9,
            "end": 16,
            "kind": "exact",
            "table": "singer",
            "column": None,
            "value": None,
            "weight": 0.75,
        }
    ]
    assert found["attention"] == {"words": [[9, 16]], "items": ["singer"], "weights": [[0.5]]}
    assert found["refused"] == [{"sql": "SELECT 2", "reason": "It is the same."}]
    assert found["alternatives"] == [{"sql": "SELECT 1", "confidence": 0.1, "explanation": "1."}]
    assert tuple(found["timings"]) == TIMING_STAGES
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (1.5, 1.5),
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (Decimal("12.30"), "12.30"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), None),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 13, 5, 7), "2024-02-29T13:05:07"),
        (
            datetime.datetime(2024, 2, 29, 13, 5, tzinfo=datetime.UTC),
            "2024-02-29T13:05:00+00:00",
        ),
        (datetime.time(13, 5), "13:05:00"),
        (datetime.timedelta(minutes=1, milliseconds=500), "PT60.5S"),
        (b"\x00\xff", base64.b64encode(b"\x00\xff").decode()),
        (memoryview(b"ab"), "YWI="),
        ([1, Decimal("2.0")], [1, "2.0"]),
        ({"a": datetime.date(2024, 1, 1)}, {"a": "2024-01-01"}),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("naïve \u2603", "naïve \u2603"),
    ],
)
def test_json_value(value: Any, expected: Any) -> None:
    assert json_value(value) == expected
    json.dumps(json_value(value), allow_nan=False)


def test_sql_in_place_of_an_answers_own_answers_the_same_question() -> None:
    ran = Answer("SELECT 1", "answered", "SELECT 1", "sqlite", confidence=1.0, explanation="1.")
    picked = as_reading(ran, ANSWER)
    assert (picked.question, picked.links) == (ANSWER.question, ANSWER.links)
    assert (picked.confidence, picked.attention) == (0.1, ANSWER.attention)
    assert [(other.sql, other.confidence) for other in picked.alternatives] == [(ANSWER.sql, 0.9)]
    back = as_reading(replace(ran, sql=ANSWER.sql), picked)
    assert (back.confidence, back.alternatives) == (0.9, (replace(ANSWER.alternatives[0]),))
    own = as_reading(replace(ran, sql="SELECT 3"), ANSWER)
    assert (own.question, own.confidence, own.alternatives) == (ANSWER.question, 1.0, ())


def test_a_choice_brings_its_confidence() -> None:
    asked = replace(ANSWER, outcome="asks", sql=None, choices=(Choice("One.", "SELECT 1", 0.2),))
    ran = Answer("SELECT 1", "answered", "SELECT 1", "sqlite", confidence=1.0)
    assert as_reading(ran, replace(asked, alternatives=())).confidence == 0.2
    assert asked.to_dict()["choices"] == [{"text": "One.", "sql": "SELECT 1", "confidence": 0.2}]


@pytest.mark.parametrize(
    ("sql", "position", "expected"),
    [
        ("SELECT x", 7, "SELECT x\n       ^"),
        ("SELECT\n  x\nFROM t", 9, "SELECT\n  x\n  ^\nFROM t"),
        ("SELECT", 6, "SELECT\n      ^"),
        ("a\nb", 0, "a\n^\nb"),
    ],
)
def test_the_place_of_an_error_is_marked(sql: str, position: int, expected: str) -> None:
    assert marked_sql(sql, position) == expected


def test_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ANSWER.sql = "SELECT 2"  # type: ignore[misc]


def test_raise_for_outcome() -> None:
    assert ANSWER.raise_for_outcome() is ANSWER
    asks = replace(
        ANSWER,
        outcome="asks",
        sql=None,
        choices=(Choice("The one.", "SELECT 1"), Choice("B.", "b")),
    )
    with pytest.raises(CannotAnswer, match=r"\(1\) The one\. and \(2\) B\."):
        asks.raise_for_outcome()
    declined = replace(ANSWER, outcome="declined", sql=None, explanation="It is empty.")
    with pytest.raises(CannotAnswer, match="It is empty") as caught:
        declined.raise_for_outcome()
    assert caught.value.hint


def test_to_pandas_keeps_repeated_names() -> None:
    frame = replace(ANSWER, columns=("a", "a"), rows=((1, "x"), (2, None)), row_count=2).to_pandas()
    assert list(frame.columns) == ["a", "a"]
    assert frame.shape == (2, 2)
    assert frame.iloc[1, 0] == 2
    assert replace(ANSWER, columns=("a",), rows=(), row_count=0).to_pandas().shape == (0, 1)


def test_to_pandas_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match="pandas"):
        ANSWER.to_pandas()


def test_check_to_dict() -> None:
    check = Check(False, "DROP TABLE t", "It writes.", "write", 0)
    assert check.to_dict() == {
        "ok": False,
        "sql": "DROP TABLE t",
        "reason": "It writes.",
        "rule": "write",
        "position": 0,
        "tables": [],
        "columns": [],
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "The number of singers is 6."),
        ({"explanation": "The name of each singer, only the first row."}, "The answer is 6."),
        ({"rows": ((None,),)}, "There is no value to show: the result is empty (NULL)."),
        ({"rows": ((1234567,),)}, "The number of singers is 1,234,567."),
        ({"rows": ((12345,),), "columns": ("order_id",)}, "The number of singers is 12345."),
        (
            {
                "explanation": 'The percentage of orders for which status is "paid".',
                "sql": "SELECT 100.0 * SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) / COUNT(*) AS percentage",
                "columns": ("percentage",),
                "rows": ((5.833333333333333,),),
            },
            'The percentage of orders for which status is "paid" is 5.83 %.',
        ),
        ({"columns": ("percentage",), "rows": ((5,),)}, "The number of singers is 5."),
        ({"rows": (), "row_count": 0}, "Nothing matches: the result has no rows."),
        ({"columns": ("name",), "rows": (("A",), ("B",))}, "2 rows: A and B."),
        ({"columns": ("name", "age"), "rows": (("A", 3),)}, "One row: name A and age 3."),
        ({"columns": ("n", "a"), "rows": ((1, 2),) * 12, "row_count": 12}, "12 rows."),
        (
            {"columns": ("n", "a"), "rows": ((1, 2),) * 5, "row_count": 5, "truncated": True},
            "More than 5 rows; these are the first 5.",
        ),
        ({"truncated": True, "row_count": 1}, "More than one row; this is the first."),
        ({"columns": (), "rows": (), "row_count": 0}, "The SQL is ready; it was not run."),
        ({"outcome": "declined", "explanation": "It is empty."}, "It is empty."),
        ({"outcome": "asks"}, "This can be read in several ways. Which one did you mean?"),
    ],
)
def test_headline(changes: dict[str, Any], expected: str) -> None:
    changes = {"row_count": len(changes.get("rows", ((0,),))), **changes}
    assert headline(replace(ANSWER, **changes)) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.025, "0.025"),
        (48.85661, "48.85661"),
        (276.8758823529412, "276.88"),
        (1 / 3, "0.3333"),
        (1.234567e-05, "1.235e-05"),
        (24262.479999999992, "24,262.48"),
        (2021.0, "2,021"),
        (1e25, "1e+25"),
        (math.nan, "nan"),
        (Decimal("12.3400000000000000"), "12.34"),
        (Decimal("1234567.5"), "1,234,567.5"),
        (None, "NULL"),
        (True, "true"),
        (b"abc", "3 bytes"),
    ],
)
def test_values_in_a_sentence(value: object, text: str) -> None:
    assert display_value(value) == text
