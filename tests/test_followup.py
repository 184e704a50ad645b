"""Follow-ups as changes of the previous query, over the demo databases: each case's rows are those of its SQL.

The cases (fixtures/followups.jsonl) hold the previous SQL, the follow-up and the SQL that it means, or null
where no rule may take it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from nlidb.amend import Condition, Previous
from nlidb.database import Database
from nlidb.demo import demo_path
from nlidb.execute import execute
from nlidb.followup import follow_up
from nlidb.intake import is_follow_up
from nlidb.leftout import left_out
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.validate import validate
from nlidb.values import ValueIndex

FIXTURE = Path(__file__).parent / "fixtures" / "followups.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]


@cache
def _open(db_id: str) -> tuple[Database, ValueIndex]:
    database = Database.open(demo_path(db_id))
    return database, ValueIndex.build(database.schema, database.distinct_values)


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    for db_id in {case["db"] for case in CASES}:
        _open(db_id)[0].close()


def changed(db_id: str, previous: str, text: str) -> exp.Query | None:
    database, index = _open(db_id)
    question = parse_question(text)
    links = link(question, database.schema, index)
    tree = validate(previous, database.schema, database.dialect).tree
    before = tree.sql()
    found = follow_up(question, links, tree, database.schema)
    assert tree.sql() == before, "the previous query itself was changed"
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{c['db']}: {c['ask']}" for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    database, _ = _open(case["db"])
    assert is_follow_up(case["ask"])
    found = changed(case["db"], case["previous"], case["ask"])
    if case["sql"] is None:
        assert found is None
        return
    assert found is not None
    valid = validate(found, database.schema, database.dialect)
    wanted = execute(database, validate(case["sql"], database.schema, database.dialect))
    assert wanted.rows, "an empty result proves nothing"
    assert execute(database, valid).rows == wanted.rows, valid.sql


@pytest.mark.parametrize(
    "text",
    [
        "How many customers are there in each country?",
        "Which products cost more than 100?",
        "What is the average salary of employees in Paris?",
        "List all orders placed in 2024.",
    ],
)
def test_a_whole_question_is_no_follow_up(text: str) -> None:
    assert not is_follow_up(text)


@pytest.mark.parametrize(
    ("text", "sql", "missing"),
    [
        ("what about 2023?", "SELECT name FROM customers WHERE city = 'Lyon'", ("2023",)),
        ("what about 2023?", "SELECT 1 FROM orders WHERE order_date >= '2023-01-01'", ()),
        ("those after 2022", "SELECT 1 FROM orders WHERE order_date >= '2023-01-01'", ()),
        ("and 5 March 2023", "SELECT 1 FROM orders WHERE order_date = '2023-03-05'", ()),
        ("and in March?", "SELECT 1 FROM orders WHERE order_date >= '2023-03-01'", ()),
        ("and in March?", "SELECT 1 FROM orders WHERE order_date >= '2023-05-01'", ("March",)),
        (
            "only those from Lyon and Paris",
            "SELECT 1 FROM customers WHERE city = 'Lyon'",
            ("Paris",),
        ),
        ("only those above 1,000", "SELECT 1 FROM orders WHERE total_amount > 1000.0", ()),
        ("only those above 1.5 million", "SELECT 1 FROM orders WHERE total_amount > 1500000", ()),
        ("only those above 100", "SELECT 1 FROM orders", ("100",)),
        ("and which one is the oldest?", "SELECT name FROM customers", ()),
        ("and their country", "SELECT country FROM customers", ()),
    ],
)
def test_what_a_query_leaves_out_of_a_follow_up(
    text: str, sql: str, missing: tuple[str, ...]
) -> None:
    database, index = _open("shop")
    question = parse_question(text)
    links = link(question, database.schema, index)
    assert left_out(question, links, sqlglot.parse_one(sql, read="sqlite")) == missing


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_the_order_is_written_as_the_engine_sorts(dialect: str) -> None:
    """No NULLS FIRST, which MariaDB has not and which would move the rows."""
    from dataclasses import replace

    schema = replace(_open("shop")[0].schema, dialect=dialect)
    tree = sqlglot.parse_one("SELECT name FROM customers", read=dialect)
    column = schema.find_column(schema.find_table("customers") or 0, "city")
    assert column is not None
    for descending in (False, True):
        found = Previous(tree, schema).sort(column, descending=descending)
        assert found is not None
        assert "NULLS" not in found.sql(dialect=dialect)


def test_what_is_far_away_is_not_joined() -> None:
    schema = _open("shop")[0].schema
    tree = sqlglot.parse_one("SELECT name FROM categories", read="sqlite")
    method = schema.find_column(schema.find_table("payments") or 0, "method")
    assert Previous(tree, schema).where([Condition(method, "=", ("card",))]) is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("which of them is the oldest?", "ORDER BY birth_year LIMIT 1"),
        ("the 2 youngest", "ORDER BY birth_year DESC LIMIT 2"),
        ("only those older than 40", None),
    ],
)
def test_a_year_of_birth_is_no_age(tmp_path: Path, text: str, order: str | None) -> None:
    path = tmp_path / "club.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE member (name TEXT, birth_year INTEGER)")
    with Database.open(path) as database:
        index = ValueIndex.build(database.schema, database.distinct_values)
        question = parse_question(text)
        links = link(question, database.schema, index)
        tree = validate("SELECT name FROM member", database.schema, "sqlite").tree
        found = follow_up(question, links, tree, database.schema)
    sql = None if found is None else found.sql(dialect="sqlite")
    assert sql == (None if order is None else f"SELECT name FROM member {order}")


def test_a_key_of_several_columns_is_joined_on_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "school.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """CREATE TABLE offering (course INTEGER, term TEXT, room TEXT, PRIMARY KEY (course, term));
            CREATE TABLE enrollment (student TEXT, course INTEGER, term TEXT,
                FOREIGN KEY (course, term) REFERENCES offering (course, term));
            INSERT INTO offering VALUES (1, 'spring', 'A'), (1, 'autumn', 'B'), (2, 'spring', 'B');
            INSERT INTO enrollment VALUES ('Ann', 1, 'spring'), ('Bob', 1, 'autumn'), ('Cy', 1, 'spring');"""
        )
    with Database.open(path) as database:
        index = ValueIndex.build(database.schema, database.distinct_values)
        question = parse_question("only those in room B")
        links = link(question, database.schema, index)
        tree = validate("SELECT student FROM enrollment", database.schema, "sqlite").tree
        found = follow_up(question, links, tree, database.schema)
        assert found is not None
        valid = validate(found, database.schema, "sqlite")
        assert execute(database, valid, limit=9, timeout=9).rows == (("Bob",),)
