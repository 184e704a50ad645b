"""The sentence that explains a query."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from nlidb.explain import clauses, explain_query
from nlidb.explain_scope import join_words, plural, singular
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table, identifier_words

TABLES: dict[str, list[tuple[str, ColumnType]]] = {
    "singer": [("Singer_ID", "number"), ("Name", "text"), ("Country", "text"), ("Age", "number")],
    "concert": [
        ("Concert_ID", "number"),
        ("Concert_Name", "text"),
        ("Year", "number"),
        ("Stadium_ID", "number"),
        ("held_on", "time"),
    ],
    "stadium": [("Stadium_ID", "number"), ("Name", "text"), ("Capacity", "number")],
    "singer_in_concert": [("Concert_ID", "number"), ("Singer_ID", "number")],
}


def _schema() -> Schema:
    columns: list[Column] = []
    tables: list[Table] = []
    for t, (table, members) in enumerate(TABLES.items()):
        first = len(columns)
        for i, (name, kind) in enumerate(members):
            key = i == 0 and table != "singer_in_concert"
            columns.append(Column(name, t, kind, identifier_words(name), primary_key=key))
        tables.append(Table(table, identifier_words(table), tuple(range(first, len(columns)))))
    keys = (ForeignKey(7, 9), ForeignKey(12, 4), ForeignKey(13, 0))
    return Schema("concert_singer", "sqlite", tuple(tables), tuple(columns), keys)


SCHEMA = _schema()
FIXTURE = Path(__file__).parent / "fixtures" / "explain.txt"


def _cases() -> list[tuple[str, str]]:
    lines = [line for line in FIXTURE.read_text("utf-8").splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    return [(sql, sentence.strip()) for sql, sentence in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("sql", "sentence"), _cases())
def test_explained(sql: str, sentence: str) -> None:
    assert explain_query(sqlglot.parse_one(sql, read="sqlite"), SCHEMA) == sentence


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 UNION SELECT 2 ORDER BY 1 LIMIT 3 OFFSET 2",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        "SELECT * FROM nope JOIN other USING (id)",
        "SELECT x.y.z FROM x",
        "SELECT count(*) FILTER (WHERE age > 3) FROM singer",
        "SELECT name FROM singer WHERE (age, country) IN (SELECT 1, 'a')",
        "SELECT a.name FROM singer a, singer b WHERE a.age = b.age AND NOT a.age IS NULL",
        "SELECT json_extract(name, '$.a') -> 'b', CAST(age AS TEXT), -age FROM singer LIMIT 1 + 1",
        "SELECT iif(age > 3, 'x', NULL) FROM singer WHERE age IS NOT DISTINCT FROM 3",
        "(SELECT name FROM singer) EXCEPT (SELECT name FROM stadium)",
        "SELECT sum(capacity) OVER (ORDER BY capacity ROWS 2 PRECEDING) FROM stadium",
        "SELECT",
    ],
)
def test_any_query_gets_a_sentence(sql: str) -> None:
    for dialect in ("sqlite", "duckdb", "postgres", "mysql"):
        sentence = explain_query(sqlglot.parse_one(sql, read=dialect), SCHEMA)
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT Name FROM singer WHERE Age > 56 ORDER BY Age DESC LIMIT 3 OFFSET 2",
            "Shows the name; Of the singers; Where age is above 56; Order oldest first; "
            "Rows at most 3 rows, leaving out the first 2",
        ),
        (
            "SELECT T1.Name, COUNT(*) FROM stadium AS T1 JOIN concert AS T2 "
            "ON T1.Stadium_ID = T2.Stadium_ID GROUP BY T1.Name HAVING COUNT(*) > 1",
            "Shows the stadium name and number of concerts; Of the concerts; With its stadium; "
            "For each stadium name; Groups where number of concerts is above 1",
        ),
        (
            "SELECT Name FROM singer EXCEPT SELECT Name FROM stadium ORDER BY Name",
            "Shows the name of each singer; Without the name of each stadium; Order name, ascending",
        ),
        ("VALUES (1)", "Shows the result of `VALUES (1)`"),
        ("SELECT (", ""),
    ],
)
def test_clause_by_clause(sql: str, expected: str) -> None:
    assert "; ".join(f"{name} {text}" for name, text in clauses(sql, SCHEMA)) == expected


def test_joins_that_only_keep_rows() -> None:
    """DuckDB's ANTI and SEMI JOIN: rows of the first table alone, with no partner or with one."""
    sql = "SELECT count(*) FROM stadium {} JOIN concert ON stadium.stadium_id = concert.stadium_id"
    duckdb = replace(SCHEMA, dialect="duckdb")
    found = {}
    for kind in ("ANTI", "SEMI"):
        sentence = explain_query(sqlglot.parse_one(sql.format(kind), read="duckdb"), duckdb)
        found[kind] = (sentence, clauses(sql.format(kind), duckdb)[-1])
    assert found == {
        "ANTI": (
            "The number of stadiums without a matching concert.",
            ("Without", "a matching concert"),
        ),
        "SEMI": ("The number of stadiums with a matching concert.", ("With", "a matching concert")),
    }


def test_the_sum_of_a_total_says_total_once() -> None:
    tree = sqlglot.parse_one("SELECT SUM(total_amount), MAX(total_amount) FROM orders")
    assert explain_query(tree, SCHEMA) == "The total amount and highest total amount of the orders."


def test_a_deep_query_is_cut_short() -> None:
    sql = "SELECT name FROM singer WHERE " + " OR ".join(f"age = {i}" for i in range(300))
    sentence = explain_query(sqlglot.parse_one(sql), SCHEMA)
    assert len(sentence) < 1000
    assert sentence.endswith(" ....")


def test_the_tree_is_left_as_it_was() -> None:
    tree = sqlglot.parse_one("SELECT T1.name AS n FROM singer T1 WHERE age > 3 ORDER BY n LIMIT 1")
    before = tree.sql()
    explain_query(tree, SCHEMA)
    assert tree.sql() == before


@given(st.lists(st.sampled_from(sorted("a b age name 1 'x' ( ) = > and or not in like".split()))))
@settings(max_examples=60, deadline=None)
def test_random_conditions(parts: list[str]) -> None:
    try:
        tree = sqlglot.parse_one(f"SELECT name FROM singer WHERE {' '.join(parts)}", read="sqlite")
    except sqlglot.errors.SqlglotError:
        return
    assert explain_query(tree, SCHEMA).endswith(".")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("singer", "singers"),
        ("country", "countries"),
        ("bus", "buses"),
        ("dish", "dishes"),
        ("person", "people"),
        ("first name", "first names"),
        ("day", "days"),
        ("address", "addresses"),
        ("status", "statuses"),
    ],
)
def test_plural_and_singular(one: str, many: str) -> None:
    assert plural(one) == many
    assert plural(many) == many
    assert singular(one) == one


def test_join_words() -> None:
    assert [join_words(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_keys_to_one_table_are_told_apart() -> None:
    tables = (Table("airport", "airport", (0, 1)), Table("flight", "flight", (2, 3, 4)))
    names = [("code", 0), ("city", 0), ("number", 1), ("source_airport", 1), ("dest_code", 1)]
    columns = tuple(Column(name, t, "text", identifier_words(name)) for name, t in names)
    schema = Schema("air", "sqlite", tables, columns, (ForeignKey(3, 0), ForeignKey(4, 0)))
    sql = (
        "SELECT count(*) FROM flight JOIN airport ON flight.{} = airport.code"
        " WHERE airport.city = 'Oslo'"
    )
    sentences = [
        explain_query(sqlglot.parse_one(sql.format(key), read="sqlite"), schema)
        for key in ("source_airport", "dest_code")
    ]
    assert sentences == [
        'The number of flights with its source airport where source airport city is "Oslo".',
        'The number of flights with its dest airport where dest airport city is "Oslo".',
    ]
