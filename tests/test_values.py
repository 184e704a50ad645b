"""The value index: what it finds, what it leaves out, and that it stays bounded."""

from __future__ import annotations

import pickle
import random
import sqlite3
from collections.abc import Iterator

import pytest

from nlidb.schema import Column, ColumnType, Schema, Table
from nlidb.values import MAX_VALUE_LENGTH, ValueIndex, fold, lemma_fold


def one_table(*columns: tuple[str, ColumnType]) -> Schema:
    return Schema(
        "test",
        "sqlite",
        (Table("t", "t", tuple(range(len(columns)))),),
        tuple(Column(name, 0, kind, name) for name, kind in columns),
    )


def build(schema: Schema, *values: list[object]) -> ValueIndex:
    return ValueIndex.build(schema, lambda column, limit: values[column][:limit])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("St. Paul's", "stpauls"),
        ("New  York", "newyork"),
        ("Zürich", "zurich"),
        ("3.5", "3.5"),
        ("C++", "c++"),
        ("F-16", "f16"),
        ("...", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_finds_values_in_any_case_punctuation_and_number() -> None:
    index = build(
        one_table(("city", "text"), ("dish", "text"), ("home", "text")),
        ["New York", "Zürich", None, ""],
        ["French Fries", "soup"],
        ["new york", "New York"],
    )
    assert {index.values[v] for v in index.find("NEW-YORK")} == {"New York", "new york"}
    (big,) = [v for v in index.find("new york") if index.values[v] == "New York"]
    assert index.value_columns[big] == (0, 2)
    assert [index.values[v] for v in index.find("zurich")] == ["Zürich"]
    assert [index.values[v] for v in index.find_lemma(lemma_fold("french fry"))] == ["French Fries"]
    assert index.find("paris") == ()
    assert [index.values[v] for v in index.containing("fries")] == ["French Fries"]
    assert index.samples(1) == ("French Fries", "soup")


def test_finds_close_spellings_of_words() -> None:
    index = build(one_table(("city", "text")), ["Liverpool", "Leeds United", "York"])
    assert index.close_tokens("livrepool")[0][0] == "liverpool"
    assert index.close_tokens("untied")[0][0] == "united"
    assert index.close_tokens("yorc") == ()  # too short to tell
    assert index.close_tokens("banana") == ()


def test_number_columns_are_indexed_only_where_they_hold_text() -> None:
    index = build(
        one_table(("age", "number"), ("time", "number"), ("code", "text")),
        [1, 2.5, 3.0],
        ["fast", 3, 4],
        ["007", "12"],
    )
    assert not index.columns[0].indexed
    assert index.samples(0) == ("1", "2.5", "3")
    assert index.find("fast") != ()
    assert index.find("007") != ()
    assert index.find("2.5") == ()


def test_leaves_out_free_text_hashes_and_binary_values() -> None:
    randomness = random.Random(0)
    hashes: list[object] = [f"{randomness.getrandbits(128):032x}" for _ in range(100)]
    essays: list[object] = [f"{number} " + "word " * 40 for number in range(200)]
    index = build(
        one_table(("hash", "text"), ("essay", "text"), ("blob", "other"), ("mixed", "text")),
        hashes,
        essays,
        [b"\x00\x01", b"\xff"],
        ["short", "x" * (MAX_VALUE_LENGTH + 1)],
    )
    assert index.values == ("short",)
    assert [summary.indexed for summary in index.columns[:2]] == [False, False]
    assert index.columns[1].cut


@pytest.mark.parametrize(
    ("values", "date_format", "low", "high"),
    [
        (["2024-01-31", "2023-05-01", ""], "%Y-%m-%d", "2023-05-01", "2024-01-31"),
        (["2024-01-31 10:00:00"], "%Y-%m-%d %H:%M:%S", "2024-01-31 10:00:00", None),
        (["1/31/2024", "12/1/2023"], "%m/%d/%Y", "12/1/2023", "1/31/2024"),
        (["31/1/2024", "1/12/2023"], "%d/%m/%Y", "1/12/2023", "31/1/2024"),
        (["5 May 2001", "17 March 1999"], "%d %B %Y", "17 March 1999", "5 May 2001"),
        (["20240131"], "%Y%m%d", "20240131", None),
        (["maybe", "2024-01-31"], None, None, None),
        ([], None, None, None),
    ],
)
def test_date_formats(
    values: list[object], date_format: str | None, low: str | None, high: str | None
) -> None:
    summary = build(one_table(("when", "text")), values).columns[0]
    assert summary.date_format == date_format
    assert summary.low == low
    assert summary.high == (high or low)


def test_years_are_dates_only_in_columns_called_so() -> None:
    index = build(one_table(("year", "number"), ("seats", "number")), [1999, 2004], [1999, 2004])
    assert index.columns[0].date_format == "%Y"
    assert (index.columns[0].low, index.columns[0].high) == ("1999", "2004")
    assert index.columns[1].date_format is None


def test_a_column_with_endless_values_is_cut() -> None:
    drawn = [0]

    def fetch(column: int, limit: int) -> Iterator[object]:
        while True:  # ignores the limit on purpose
            drawn[0] += 1
            yield f"name {drawn[0]}"

    index = ValueIndex.build(one_table(("a", "text")), fetch, max_values_per_column=1_000)
    assert len(index) == 1_000
    assert index.columns[0].cut
    assert drawn[0] <= 1_001


def test_total_size_is_bounded() -> None:
    schema = one_table(*[(f"c{number}", "text") for number in range(10)])
    index = ValueIndex.build(
        schema,
        lambda column, limit: (f"v{column} {number}" for number in range(limit)),
        max_values_per_column=100,
        max_total_values=250,
    )
    assert len(index) <= 250 + 60
    assert index.columns[9].cut
    assert index.samples(9)  # still known by example


def test_stops_at_the_time_limit() -> None:
    now = [0.0]

    def fetch(column: int, limit: int) -> list[object]:
        now[0] += 1.0
        return ["x"]

    schema = one_table(*[(f"c{number}", "text") for number in range(5)])
    index = ValueIndex.build(schema, fetch, max_seconds=1.5, clock=lambda: now[0])
    assert [summary.cut for summary in index.columns] == [False, False, True, True, True]


def test_errors_of_fetch_pass_through() -> None:
    def fetch(column: int, limit: int) -> list[object]:
        raise sqlite3.OperationalError("no such table")

    with pytest.raises(sqlite3.OperationalError):
        ValueIndex.build(one_table(("a", "text")), fetch)


def test_survives_pickling_and_the_empty_index_finds_nothing() -> None:
    schema = one_table(("a", "text"))
    index = build(schema, ["Red Car", "blue"])
    assert pickle.loads(pickle.dumps(index)) == index
    empty = ValueIndex.empty(schema)
    assert len(empty) == 0
    assert empty.find("red") == empty.containing("red") == ()
    assert empty.close_tokens("purple") == ()
    assert empty.samples(0) == ()
