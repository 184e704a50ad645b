"""Links and value candidates; the cases are in ``fixtures/linking.jsonl``.

A case names words and what they must be linked to, candidates that must be there, and texts that
must not.
"""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from nlidb import names
from nlidb.linking import MAX_CANDIDATES, Links, link
from nlidb.question import parse_question
from nlidb.schema import Column, ColumnType, Schema, Table, identifier_words
from nlidb.values import ValueIndex

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "fixtures" / "linking.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]

DDL = """
create table customers (id integer primary key, cust_nm text, city text, country text,
                        zip_postcode text, is_member text);
create table products (id integer primary key, title text, category text, unitPrice real);
create table orders (id integer primary key, cust_id integer, orderDate date, status text);
create table order_items (order_id integer, product_id integer, qty integer);
create table staff (emp_no integer primary key, first_name text, dept text, hired text);
insert into customers values
    (1, 'Ann Lee Ltd', 'New York', 'USA', '10001', 'T'),
    (2, 'Hilton Garden Inn', 'Liverpool', 'UK', 'L1', 'F'),
    (3, 'Bo', 'Zürich', 'Switzerland', '8000', 'T'),
    (4, 'Zoe', 'Paris', 'France', '75001', 'F');
insert into products values (1, 'Bear', 'Toys', 9.5), (2, 'Tea', 'Food', 3),
    (3, 'Pen', 'Office', 1), (4, 'Ball', 'Sport', 2);
insert into orders values (1, 1, '2024-04-03', 'Cancelled'), (2, 2, '2023-01-05', 'Shipped'),
    (3, 3, '2024-06-01', 'Open'), (4, 4, '2024-07-01', 'Returned');
insert into staff values (1, 'Mia', 'Sales', '5/5/2001'), (2, 'Tom', 'Legal', '12/1/1999'),
    (3, 'Eve', 'Works', '10/8/2010'), (4, 'Max', 'Sales', '2/9/2013');
"""
TYPES: dict[str, ColumnType] = {"integer": "number", "real": "number", "date": "time"}
NATURAL = {"cust_nm": "customer name", "qty": "qty", "dept": "dept"}


def shop_schema(connection: sqlite3.Connection) -> Schema:
    tables: list[Table] = []
    columns: list[Column] = []
    names = [row[0] for row in connection.execute("select name from sqlite_master order by rowid")]
    for number, name in enumerate(names):
        first = len(columns)
        for _, column, kind, *_ in connection.execute(f"pragma table_info({name})"):
            words = NATURAL.get(column, identifier_words(column))
            columns.append(Column(column, number, TYPES.get(kind.lower(), "text"), words))
        tables.append(Table(name, identifier_words(name), tuple(range(first, len(columns)))))
    return Schema("shop", "sqlite", tuple(tables), tuple(columns))


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Schema, ValueIndex]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(DDL)
        schema = shop_schema(connection)

        def fetch(column: int, limit: int) -> list[object]:
            name = schema.columns[column].name
            table = schema.tables[schema.columns[column].table].name
            rows = connection.execute(f"select distinct {name} from {table} limit {limit}")
            return [row[0] for row in rows]

        yield schema, ValueIndex.build(schema, fetch)


def described(links: Links, schema: Schema, text: str) -> set[tuple[str, str, str, str | None]]:
    question = parse_question(text)
    found: set[tuple[str, str, str, str | None]] = set()
    for known in links.links:
        if known.table is not None:
            item = schema.tables[known.table].name
        else:
            assert known.column is not None
            column = schema.columns[known.column]
            item = f"{schema.tables[column.table].name}.{column.name}"
        found.add((question.span(known.start, known.end), known.kind, item, known.value))
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["question"] or "empty" for case in CASES])
def test_case(case: dict[str, Any], shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    links = link(parse_question(case["question"]), schema, index)
    found = described(links, schema, case["question"])
    for expected in case.get("links", ()):
        assert tuple(expected) in found
    texts = [candidate.text for candidate in links.candidates]
    assert set(case.get("candidates", ())) <= set(texts)
    assert not set(case.get("absent", ())) & set(texts)
    assert not set(case.get("absent_links", ())) & {words for words, *_ in found}


def test_cell_candidates_carry_their_columns_and_span(shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    links = link(parse_question("customers from new york"), schema, index)
    (city,) = [c for c in links.candidates if c.text == "New York"]
    assert city.kind == "cell"
    assert (city.start, city.end) == (2, 4)
    assert [schema.columns[column].name for column in city.columns] == ["city"]


@pytest.fixture(scope="module")
def servers() -> tuple[Schema, ValueIndex]:
    stored = {
        "status": ["Up", "Down", "Maintenance", "Unknown"],
        "address": ["192.168.1.1", "10.1.12.5"],
        "version": ["v2.0", "1.8T"],
        "state": ["IN", "OR", "ME", "CA"],
    }
    columns = tuple(Column(name, 0, "text", name) for name in stored)
    schema = Schema("x", "sqlite", (Table("servers", "servers", (0, 1, 2, 3)),), columns)
    values = list(stored.values())
    return schema, ValueIndex.build(schema, lambda column, limit: list(values[column][:limit]))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("servers whose status is 'down'", {"Down": 1.0}),
        ("Which servers have status down?", {"Down": 0.5}),
        ("Which servers are down?", {}),
        ("Which server went down in status?", {}),
        ("in which state is it", {}),
        ("the state in or out", {}),
        ("servers at 192.168.1.1", {"192.168.1.1": 1.0}),
        ("servers at 10.1.12.5.", {"10.1.12.5": 1.0}),
        ("on version v2.0 or 1.8T", {"v2.0": 1.0, "1.8T": 1.0}),
    ],
)
def test_ordinary_words_and_points_in_values(
    text: str, cells: dict[str, float], servers: tuple[Schema, ValueIndex]
) -> None:
    links = link(parse_question(text), *servers)
    assert {known.value: known.score for known in links.links if known.value} == cells
    assert {c.text for c in links.candidates if c.kind == "cell"} == set(cells)


def test_kinds_of_candidates(shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    text = "customers named 'Q X' from Paris with 7 orders on May 3, 2024, Smith"
    kinds = {c.text: c.kind for c in link(parse_question(text), schema, index).candidates}
    assert kinds["Q X"] == "quoted"
    assert kinds["Paris"] == "cell"
    assert kinds["7"] == "number"
    assert kinds["2024-05-03"] == "date"
    assert kinds["Smith"] == "span"
    assert kinds["0"] == "constant"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("orders since March 2024", {"2024-03-01"}),
        ("orders before 2024", {"2024-01-01"}),
        ("orders after March 2024", {"2024-03-31", "2024-04-01"}),
        ("orders until 2023", {"2023-12-31", "2024-01-01"}),
        ("orders between March and May 2024", {"2024-03-01", "2024-05-31", "2024-06-01"}),
        ("orders in March 2024", {"2024-03-01", "2024-03-31", "2024-04-01"}),
    ],
)
def test_the_word_before_a_time_says_which_end_of_it_is_meant(
    text: str, days: set[str], shop: tuple[Schema, ValueIndex]
) -> None:
    candidates = link(parse_question(text), *shop).candidates
    assert {c.text for c in candidates if c.kind == "date" and c.text.count("-") == 2} == days


def test_millions_are_small_numbers_only_where_a_column_counts_in_them() -> None:
    text = "firms with sales over 5 million and staff above 20k"

    def numbers(columns: str) -> set[str]:
        schema = tiny.make_schema({"firm": columns}, {})
        candidates = link(parse_question(text), schema, ValueIndex.empty(schema)).candidates
        return {c.text for c in candidates if c.kind == "number"}

    assert numbers("firm_id name:text sales staff") == {"5000000", "20000"}
    assert numbers("firm_id name:text sales_million staff") == {"5", "5000000", "20", "20000"}


def test_a_name_of_several_words_outranks_its_parts(shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    links = link(parse_question("the order date"), schema, index)
    exact = {
        (known.start, known.end, known.column)
        for known in links.links
        if known.kind == "exact" and known.column is not None
    }
    (date,) = [i for i, column in enumerate(schema.columns) if column.name == "orderDate"]
    assert exact == {(1, 3, date)}
    assert not [k for k in links.links if k.kind == "partial" and k.column == date]


def test_questions_on_an_empty_database_offer_their_own_words(
    shop: tuple[Schema, ValueIndex],
) -> None:
    schema, _ = shop
    empty = ValueIndex.empty(schema)
    links = link(parse_question("orders by peter van dam on deep learning"), schema, empty)
    texts = {candidate.text for candidate in links.candidates}
    assert {"peter van dam", "deep learning", "deep"} <= texts


@settings(max_examples=200)
@given(text=st.text(max_size=120))
def test_any_text_gives_valid_spans_and_few_unique_candidates(text: str) -> None:
    schema = Schema(
        "one",
        "sqlite",
        (Table("a b", "a b", (0, 1)),),
        (Column("name", 0, "text", "name"), Column("day", 0, "time", "day")),
    )
    index = ValueIndex.build(schema, lambda column, limit: ["Red Car", "2024-01-01"][:limit])
    question = parse_question(text)
    links = link(question, schema, index)
    count = len(question.words)
    for known in links.links:
        assert 0 <= known.start < known.end <= count
        assert 0 < known.score <= 1
        assert (known.table is None) != (known.column is None)
        assert (known.value is not None) == (known.kind == "cell_value")
    texts = [candidate.text for candidate in links.candidates]
    assert len(texts) == len(set(texts)) <= MAX_CANDIDATES
    for candidate in links.candidates:
        constant = (candidate.start, candidate.end) == (-1, -1)
        assert constant or 0 <= candidate.start < candidate.end <= count
        assert candidate.text


def test_long_questions_are_linked_at_their_start(shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    text = "customers " + "blah " * 398 + '" unclosed "' + " Paris" * 500
    links = link(parse_question(text), schema, index)
    assert max(known.end for known in links.links) <= 400
    assert "Paris" not in {c.text for c in links.candidates}


def test_partial_links_of_a_common_word_are_capped() -> None:
    columns = tuple(Column(f"thing_{i}", 0, "text", f"thing no {i}") for i in range(2_000))
    schema = Schema("wide", "sqlite", (Table("t", "t", tuple(range(2_000))),), columns)
    links = link(parse_question("every thing"), schema, ValueIndex.empty(schema))
    assert 1 <= len(links.links) <= 100


def test_the_same_question_gives_the_same_links(shop: tuple[Schema, ValueIndex]) -> None:
    schema, index = shop
    question = parse_question("names of members from the Garden Inn in New York since 2024")
    assert link(question, schema, index) == link(question, schema, index)


def test_name_tables_are_dropped_with_their_schema() -> None:
    schema = Schema("gone", "sqlite", (Table("t", "t", ()),), ())
    link(parse_question("t"), schema, ValueIndex.empty(schema))
    known = len(names._NAMES)
    del schema
    gc.collect()
    assert len(names._NAMES) < known
