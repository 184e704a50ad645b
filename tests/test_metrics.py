"""The measures: recorded verdicts of the official evaluator, its known defects, and our strict ones."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlidb import metrics
from nlidb.errors import ConfigError, ConnectionFailed, ExecutionFailed, InvalidSQL
from nlidb.metrics import (
    exact_set_match,
    execution_accuracy,
    hardness,
    orders_rows,
    partial_match,
    same_result,
    same_result_strict,
    same_tree,
    strict_execution_match,
    subset_match,
    without_distinct,
)
from nlidb.sandbox import Limits, ReadOnlyDatabase
from nlidb.schema import Schema
from nlidb.spider import database_path, load_examples, load_schemas, schema_from_entry
from nlidb.spider_sql import tokenize_spider
from nlidb.usage import usage

FIXTURES = Path(__file__).parent / "fixtures"


def _read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


RECORDS = _read_lines(FIXTURES / "metrics.jsonl")

SCHEMA = schema_from_entry(
    {
        "db_id": "music",
        "table_names_original": ["singer", "concert", "sings"],
        "column_names_original": [
            [-1, "*"],
            [0, "id"],
            [0, "name"],
            [0, "age"],
            [0, "country"],
            [1, "id"],
            [1, "title"],
            [1, "year"],
            [2, "singer_id"],
            [2, "concert_id"],
        ],
        "column_types": ["text", "number", "text", "number", "text"]
        + ["number", "text", "number", "number", "number"],
        "primary_keys": [1, 5],
        "foreign_keys": [[8, 1], [9, 5]],
    }
)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Schema, Path]]:
    """The databases of the recorded verdicts, by db_id."""
    folder = tmp_path_factory.mktemp("recorded")
    text = (FIXTURES / "metrics_databases.json").read_text(encoding="utf-8")
    found = {}
    for entry in json.loads(text):
        schema = schema_from_entry(entry["tables"])
        path = folder / f"{schema.db_id}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(entry["sql"])
        found[schema.db_id] = (schema, path)
    return found


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("music") / "music.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, country TEXT);
            CREATE TABLE concert (id INTEGER PRIMARY KEY, title TEXT, year INTEGER);
            CREATE TABLE sings (singer_id INTEGER, concert_id INTEGER);
            INSERT INTO singer VALUES (1, 'Ann', 30, 'France'), (2, 'Bob', 41, 'Peru'),
              (3, 'Cid', 25, 'France'), (4, 'Dee', 30, NULL);
            INSERT INTO concert VALUES (1, 'Spring', 2014), (2, 'Autumn', 2015);
            INSERT INTO sings VALUES (1, 1), (2, 1), (1, 2), (3, 2);
            """
        )
    return path


# ---------------------------------------------------------------- agreement with the official one


@pytest.mark.parametrize(
    "record", RECORDS, ids=[f"{r['db_id']}-{r['index']}-{i}" for i, r in enumerate(RECORDS)]
)
def test_recorded_verdicts(
    record: dict[str, Any], recorded: dict[str, tuple[Schema, Path]]
) -> None:
    schema, path = recorded[record["db_id"]]
    gold, predicted = record["gold"], record["predicted"]
    assert hardness(gold, schema) == record["hardness"]
    assert exact_set_match(predicted, gold, schema) == record["exact_match"]
    assert execution_accuracy(predicted, gold, path) == record["execution_match"]
    kept = execution_accuracy(predicted, gold, path, keep_distinct=True)
    assert kept == record["execution_match_keep_distinct"]


def test_the_sample_holds_every_kind_of_verdict() -> None:
    kinds = {
        (r["exact_match"], r["execution_match"], r["execution_match_keep_distinct"])
        for r in RECORDS
    }
    assert len(RECORDS) >= 60
    assert len(kinds) == 6
    assert {r["hardness"] for r in RECORDS} == {"easy", "medium", "hard", "extra"}


@pytest.mark.data
def test_all_recorded_verdicts() -> None:
    data = Path(os.environ["NLIDB_DATA"])
    reference = Path(os.environ.get("NLIDB_REFERENCE", data.parent.parent / "reference"))
    schemas = load_schemas(data / "tables.json")
    records = [
        {"gold": example.sql, "predicted": example.sql, "db_id": example.db_id}
        for example in load_examples(data, "dev")
    ]
    assert len(records) == 1034
    for file in sorted(reference.glob("*.jsonl")):
        records += _read_lines(file)
    wrong = []
    records.sort(key=lambda record: str(record["db_id"]))
    for db_id, group in itertools.groupby(records, key=lambda record: record["db_id"]):
        schema = schemas[db_id]
        with ReadOnlyDatabase(database_path(data / "database", db_id)) as database:
            for r in group:
                gold, predicted = r["gold"], r["predicted"]
                found = (
                    hardness(gold, schema),
                    exact_set_match(predicted, gold, schema),
                    execution_accuracy(predicted, gold, database),
                    execution_accuracy(predicted, gold, database, keep_distinct=True),
                )
                # A gold query equals itself; the file's verdict where there is one.
                expected = (
                    r.get("hardness", found[0]),
                    r.get("exact_match", True),
                    r.get("execution_match", True),
                    r.get("execution_match_keep_distinct", True),
                )
                if found != expected:
                    wrong.append((r, found))
    assert wrong == []


# ---------------------------------------------------------------- how the official one reads SQL


@pytest.mark.parametrize(
    ("sql", "tokens"),
    [
        ("SELECT count(*) FROM t", ["select", "count", "(", "*", ")", "from", "t"]),
        ("a>=1", ["a", ">", "=1"]),
        ("a >= 1", ["a", ">=", "1"]),
        ("a != 1", ["a", "!=", "1"]),
        ("a = 'It' ", ["a", "=", '"It"']),
        ("x ,y,2", ["x", ",", "y,2"]),
        ("T1.Name;", ["t1.name", ";"]),
        ('a = "B c" AND', ["a", "=", '"B c"', "and"]),
        ("'O''Brien'", ["__val_0_2____val_3_9__"]),
        ("a<>1", ["a", "<", ">", "1"]),
    ],
)
def test_tokens(sql: str, tokens: list[str]) -> None:
    assert tokenize_spider(sql) == tokens


def test_reading_takes_time_in_proportion_to_the_length() -> None:
    started = time.process_time()
    assert tokenize_spider("SELECT name . " + " " * 90_000 + "x")[-2:] == [".", "x"]
    assert tokenize_spider("SELECT name . )  ") == ["select", "name", ".", ")"]
    assert without_distinct("SELECT DISTINCT 1 " + "/*" * 90_000).startswith("SELECT  1 /*")
    usage("/*" * 45_000, SCHEMA)
    usage("(SELECT q, FROM singer , " * 4_000, SCHEMA)
    assert time.process_time() - started < 3


def test_an_open_quote_and_endless_sql_are_refused() -> None:
    with pytest.raises(InvalidSQL, match="quote"):
        tokenize_spider("SELECT 'a")
    with pytest.raises(InvalidSQL, match="characters"):
        tokenize_spider("x" * 1_000_000)


@pytest.mark.parametrize(
    ("sql", "level"),
    [
        ("SELECT name FROM singer", "easy"),
        ("SELECT name FROM singer WHERE age > 3", "easy"),
        ("SELECT name , age FROM singer ORDER BY age", "medium"),
        ("SELECT name FROM singer WHERE age > 3 ORDER BY age LIMIT 1", "hard"),
        ("SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)", "hard"),
        (
            "SELECT country , count(*) FROM singer WHERE age > 3 AND name != 'x' GROUP BY country "
            "HAVING count(*) > 1 ORDER BY count(*) LIMIT 1",
            "extra",
        ),
    ],
)
def test_hardness(sql: str, level: str) -> None:
    assert hardness(sql, SCHEMA) == level


@pytest.mark.parametrize(
    ("predicted", "gold", "match"),
    [
        # What exact match puts aside: values, DISTINCT, order of clauses' parts, LIMIT's number.
        ("SELECT name FROM singer WHERE age > 5", "SELECT name FROM singer WHERE age > 7", True),
        ("SELECT DISTINCT name FROM singer", "SELECT name FROM singer", True),
        ("SELECT age , name FROM singer", "SELECT name , age FROM singer", True),
        (
            "SELECT name FROM singer ORDER BY age LIMIT 1",
            "SELECT name FROM singer ORDER BY age LIMIT 3",
            True,
        ),
        ("SELECT T1.name FROM singer AS T1", "SELECT name FROM singer", True),
        # Columns of one foreign key are one.
        (
            "SELECT T2.singer_id FROM singer AS T1 JOIN sings AS T2 ON T1.id = T2.singer_id",
            "SELECT T1.id FROM singer AS T1 JOIN sings AS T2 ON T1.id = T2.singer_id",
            True,
        ),
        # What it compares.
        ("SELECT name FROM singer", "SELECT age FROM singer", False),
        ("SELECT max(age) FROM singer", "SELECT min(age) FROM singer", False),
        ("SELECT name FROM singer ORDER BY age", "SELECT name FROM singer", False),
        (
            "SELECT name FROM singer ORDER BY age DESC",
            "SELECT name FROM singer ORDER BY age",
            False,
        ),
        (
            "SELECT name FROM singer WHERE age > 1 OR id > 1",
            "SELECT name FROM singer WHERE age > 1 AND id > 1",
            False,
        ),
        (
            "SELECT name FROM singer JOIN sings ON singer.id = sings.singer_id",
            "SELECT name FROM singer",
            False,
        ),
        # What its parser cannot read is wrong, right or not.
        ("SELECT name AS n FROM singer", "SELECT name FROM singer", False),
        ("SELECT name FROM singer WHERE age>5", "SELECT name FROM singer WHERE age > 5", True),
        ("SELECT name FROM singer WHERE age=5", "SELECT name FROM singer WHERE age = 5", False),
        ("SELECT `name` FROM singer", "SELECT name FROM singer", False),
        ("garbage", "SELECT name FROM singer", False),
        ("", "SELECT name FROM singer", False),
        # Set operations are not symmetric for it, and the right side is compared like a query.
        (
            "SELECT name FROM singer EXCEPT SELECT title FROM concert",
            "SELECT name FROM singer EXCEPT SELECT title FROM concert",
            True,
        ),
        (
            "SELECT title FROM concert INTERSECT SELECT name FROM singer",
            "SELECT name FROM singer INTERSECT SELECT title FROM concert",
            False,
        ),
        # A subquery in WHERE is compared as it stands, with its DISTINCT.
        (
            "SELECT name FROM singer WHERE id IN (SELECT DISTINCT singer_id FROM sings)",
            "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM sings)",
            False,
        ),
    ],
)
def test_exact_set_match(predicted: str, gold: str, match: bool) -> None:
    assert exact_set_match(predicted, gold, SCHEMA) is match


def test_a_gold_query_that_cannot_be_read_raises() -> None:
    with pytest.raises(InvalidSQL, match="cannot read"):
        exact_set_match("SELECT name FROM singer", "SELECT name FROM nowhere", SCHEMA)


def test_deep_nesting_is_an_error_of_ours() -> None:
    sql = "SELECT name FROM singer WHERE id IN " + "(SELECT id FROM singer WHERE id IN " * 3000
    assert not exact_set_match(sql, "SELECT name FROM singer", SCHEMA)


def test_partial_match_counts_parts() -> None:
    clauses = partial_match(
        "SELECT name , max(age) FROM singer WHERE age > 3",
        "SELECT name , min(age) FROM singer WHERE age > 4 GROUP BY country",
        SCHEMA,
    )
    select = clauses["select"]
    assert (select.gold, select.predicted, select.matched) == (2, 2, 1)
    assert not select.exact
    assert clauses["select(no AGG)"].exact
    assert clauses["where"].exact
    assert (clauses["group"].gold, clauses["group"].predicted) == (1, 0)
    assert clauses["order"].exact


# ---------------------------------------------------------------- execution, official


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT DISTINCT name FROM t", "SELECT  name FROM t"),
        ("SELECT count(distinct a) FROM t", "SELECT count( a) FROM t"),
        ("SELECT a FROM t WHERE b = 'distinct'", "SELECT a FROM t WHERE b = 'distinct'"),
        ("SELECT distinct_id FROM t", "SELECT distinct_id FROM t"),
        ('SELECT DISTINCT "DISTINCT" FROM t', 'SELECT  "DISTINCT" FROM t'),
        ("SELECT 1; DROP TABLE t", "SELECT 1;"),
        ("SELECT ';' ; x", "SELECT ';' ;"),
    ],
)
def test_without_distinct(sql: str, kept: str) -> None:
    assert without_distinct(sql) == kept


OFFICIAL_DEFECTS = [
    # (predicted, gold, official, with DISTINCT kept, strict)
    ("SELECT count(country) FROM singer", "SELECT count(DISTINCT country) FROM singer", 1, 0, 0),
    ("SELECT DISTINCT country FROM singer", "SELECT country FROM singer", 1, 0, 0),
    (
        "SELECT name FROM singer WHERE age = 99",
        "SELECT name FROM singer WHERE country = 'Nowhere'",
        1,
        1,
        0,
    ),
    (
        "SELECT name FROM singer WHERE age >= 30 ORDER BY name DESC",
        "SELECT name FROM singer WHERE id IN (SELECT id FROM singer ORDER BY age DESC LIMIT 3)",
        0,
        0,
        1,
    ),
    ("SELECT avg(age) + 0.0000001 FROM singer", "SELECT avg(age) FROM singer", 0, 0, 1),
    ("SELECT name FROM singer WHERE id > = 3", "SELECT name FROM singer WHERE id >= 3", 1, 1, 0),
]


@pytest.mark.parametrize(("predicted", "gold", "official", "kept", "strict"), OFFICIAL_DEFECTS)
def test_defects_are_kept_where_compatible_and_mended_where_strict(
    predicted: str, gold: str, official: int, kept: int, strict: int, music: Path
) -> None:
    assert execution_accuracy(predicted, gold, music) == bool(official)
    assert execution_accuracy(predicted, gold, music, keep_distinct=True) == bool(kept)
    assert strict_execution_match(predicted, gold, music, SCHEMA) == bool(strict)


@pytest.mark.parametrize(
    ("predicted", "gold", "match"),
    [
        ("SELECT age, name FROM singer", "SELECT name, age FROM singer", True),
        ("SELECT name FROM singer ORDER BY id DESC", "SELECT name FROM singer", True),
        ("SELECT name FROM singer", "SELECT name FROM singer ORDER BY id DESC", False),
        ("SELECT name, name FROM singer", "SELECT name FROM singer", False),
        ("SELECT age * 1.0 FROM singer", "SELECT age FROM singer", True),
        ("SELECT cast(age AS TEXT) FROM singer", "SELECT age FROM singer", False),
        ("SELECT name FROM nowhere", "SELECT name FROM singer", False),
        ("", "SELECT name FROM singer", False),
        ("DROP TABLE singer", "SELECT name FROM singer WHERE age > 99", False),
    ],
)
def test_execution_accuracy(predicted: str, gold: str, match: bool, music: Path) -> None:
    assert execution_accuracy(predicted, gold, music) is match


def test_the_word_value_in_a_prediction_is_a_one(music: Path) -> None:
    gold = "SELECT name FROM singer WHERE id = 1"
    assert execution_accuracy("SELECT name FROM singer WHERE id = value", gold, music)
    assert not strict_execution_match(
        "SELECT name FROM singer WHERE id = value", gold, music, SCHEMA
    )


def test_a_failing_gold_query_and_a_missing_database_raise(music: Path, tmp_path: Path) -> None:
    with pytest.raises(ExecutionFailed, match="no such table"):
        execution_accuracy("SELECT 1", "SELECT a FROM nowhere", music)
    with pytest.raises(ConnectionFailed, match="no database"):
        execution_accuracy("SELECT 1", "SELECT 1", tmp_path / "none.sqlite")
    (tmp_path / "text.sqlite").write_text("no database at all, but long enough to be read" * 20)
    with pytest.raises(ConnectionFailed, match="cannot be opened"):
        execution_accuracy("SELECT 1", "SELECT 1", tmp_path / "text.sqlite")
    with pytest.raises(ConfigError, match="at least one"):
        metrics.test_suite_accuracy("SELECT 1", "SELECT 1", [])


cells = st.sampled_from([None, 0, 1, 2, 1.0, 2.5, "a", "1"])
tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[cells] * width), min_size=1, max_size=4)
)


def _by_definition(gold: list[Any], predicted: list[Any], ordered: bool) -> bool:
    """Every order of the columns, tried one by one."""
    if len(gold) != len(predicted) or len(gold[0]) != len(predicted[0]):
        return False
    for order in itertools.permutations(range(len(gold[0]))):
        moved = [tuple(row[i] for i in order) for row in predicted]
        if moved == gold if ordered else Counter(moved) == Counter(gold):
            return True
    return False


@given(tables, tables, st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_same_result_by_definition(gold: Any, other: Any, ordered: bool, chance: Any) -> None:
    shuffled = list(gold)
    chance.shuffle(shuffled)
    order = list(range(len(gold[0])))
    chance.shuffle(order)
    turned = [tuple(row[i] for i in order) for row in shuffled]
    for predicted in (other, turned):
        expected = _by_definition(gold, predicted, ordered)
        # The official quick test may part 1 and 1.0, so only text decides there.
        if not any(isinstance(cell, float) for row in (*gold, *predicted) for cell in row):
            assert same_result(gold, predicted, ordered=ordered) == expected
        assert same_result_strict(gold, predicted, ordered=ordered) == expected


def test_many_equal_columns_are_compared_quickly() -> None:
    gold = [(i % 2,) * 30 for i in range(50)]
    predicted = [*gold[1:], (0,) * 29 + (2,)]
    assert not same_result(gold, predicted, ordered=False)
    assert same_result(gold, gold[::-1], ordered=False)


# ---------------------------------------------------------------- strict


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("SELECT a FROM t ORDER  BY a LIMIT 1", True),
        ("SELECT a FROM t UNION SELECT b FROM u ORDER BY 1", True),
        ("SELECT a FROM t WHERE b IN (SELECT b FROM u ORDER BY b LIMIT 1)", False),
        ("SELECT a, row_number() OVER (ORDER BY b) FROM t", False),
        ("SELECT a FROM t WHERE b = 'order by'", False),
        ("SELECT a FROM t -- order by a", False),
        ("WITH x AS (SELECT a FROM t ORDER BY a) SELECT a FROM x", False),
        ("SELECT a FROM t", False),
    ],
)
def test_orders_rows(sql: str, ordered: bool) -> None:
    assert orders_rows(sql) is ordered


def test_strict_tolerance_is_for_floats_only() -> None:
    assert same_result_strict([(1.0,)], [(1.0 + 5e-7,)], ordered=False)
    assert not same_result_strict([(1.0,)], [(1.0 + 5e-5,)], ordered=False)
    assert same_result_strict([(3,)], [(3.0000001,)], ordered=False)
    assert not same_result_strict([(10_000_001,)], [(10_000_002,)], ordered=False)
    assert not same_result_strict([(1,)], [("1",)], ordered=False)
    assert not same_result_strict([(0,)], [(None,)], ordered=False)
    gold = [("a", 0.1), ("b", 0.2), ("b", 0.3)]
    near = [("b", 0.3 + 1e-9), ("a", 0.1 - 1e-9), ("b", 0.2 + 1e-9)]
    assert same_result_strict(gold, near, ordered=False)
    assert not same_result_strict(gold, near, ordered=True)
    assert not same_result_strict(gold, [("a", 0.2), ("b", 0.1), ("b", 0.3)], ordered=False)


def test_two_empty_results_need_equal_trees(music: Path) -> None:
    gold = "SELECT name FROM singer WHERE country = 'Nowhere'"

    def strict(predicted: str) -> bool:
        return strict_execution_match(predicted, gold, music, SCHEMA)

    assert strict('select NAME from SINGER where COUNTRY = "Nowhere"')
    assert strict("SELECT T1.name FROM singer AS T1 WHERE T1.country = 'Nowhere'")
    assert strict("SELECT name FROM singer WHERE 'Nowhere' = country")
    assert not strict("SELECT name FROM singer WHERE country = 'Elsewhere'")
    assert not strict("SELECT country FROM singer WHERE country = 'Nowhere'")
    assert not strict("SELECT name FROM singer WHERE age > 99")


def test_a_column_in_double_quotes_is_no_string() -> None:
    gold = "SELECT name FROM singer WHERE country = 'name'"
    assert not same_tree('SELECT name FROM singer WHERE country = "name"', gold, SCHEMA)
    assert not same_tree('SELECT name FROM singer WHERE country = "rowid"', gold, SCHEMA)
    assert same_tree(gold.replace("'name'", '"it\'s"'), gold.replace("name'", "it''s'"), SCHEMA)
    aliased = "SELECT age + 1 AS older FROM singer ORDER BY 'older'"
    assert not same_tree(aliased.replace("'", '"'), aliased, SCHEMA)


@pytest.mark.parametrize(
    ("predicted", "same"),
    [
        ("1 = 1 AND age > 100", True),
        ("age > 100 AND age > 50", True),
        ("age > 50 + 50", True),
        ("age > 100 AND age > 200", False),
        ("age > 50", False),
    ],
)
def test_same_tree_lets_constants_be_dropped(predicted: str, same: bool) -> None:
    gold = "SELECT name FROM singer WHERE age > 100"
    assert same_tree(f"SELECT name FROM singer WHERE {predicted}", gold, SCHEMA) is same


def test_same_tree_keeps_aliases_apart_where_a_table_stands_twice() -> None:
    gold = "SELECT a.name FROM singer AS a JOIN singer AS b ON a.id = b.age"
    turned = "SELECT b.name FROM singer AS a JOIN singer AS b ON a.id = b.age"
    assert same_tree(gold, gold, SCHEMA)
    assert not same_tree(turned, gold, SCHEMA)
    assert not same_tree("SELECT FROM WHERE", gold, SCHEMA)


def test_same_tree_takes_inner_joins_in_any_order() -> None:
    gold = (
        "SELECT singer.name FROM singer JOIN sings ON singer.id = sings.singer_id"
        " WHERE sings.concert_id = 7 AND singer.age > 30"
    )

    def same(rest: str) -> bool:
        return same_tree(f"SELECT singer.name FROM {rest}", gold, SCHEMA)

    both = "WHERE singer.age > 30 AND sings.concert_id = 7"
    assert same(f"sings JOIN singer ON sings.singer_id = singer.id {both}")
    assert same(f"singer, sings {both} AND singer.id = sings.singer_id")
    assert not same(f"sings LEFT JOIN singer ON sings.singer_id = singer.id {both}")
    assert not same(f"sings JOIN singer ON sings.concert_id = singer.id {both}")
    assert not same(f"sings JOIN singer ON sings.singer_id = singer.id {both.replace('AND', 'OR')}")


@pytest.mark.parametrize(
    ("predicted", "gold", "match"),
    [
        # Four singers: two of 20, two of 30. A LIMIT that cuts a tie takes any of the tied rows.
        (
            "SELECT name FROM s ORDER BY age, id DESC LIMIT 1",
            "SELECT name FROM s ORDER BY age LIMIT 1",
            True,
        ),
        ("SELECT name FROM s WHERE id = 3", "SELECT name FROM s ORDER BY age LIMIT 1", False),
        (
            "SELECT 'b' UNION ALL SELECT 'a' UNION ALL SELECT 'd'",
            "SELECT name FROM s ORDER BY age LIMIT 3",
            True,
        ),
        (
            "SELECT 'a' UNION ALL SELECT 'a' UNION ALL SELECT 'd'",
            "SELECT name FROM s ORDER BY age LIMIT 3",
            False,
        ),
        (
            "SELECT 'd' UNION ALL SELECT 'a' UNION ALL SELECT 'b'",
            "SELECT name FROM s ORDER BY age LIMIT 3",
            False,
        ),
        # Without a LIMIT tied rows stand in any order, the others do not.
        (
            "SELECT age, name FROM s ORDER BY age, name DESC",
            "SELECT name, age FROM s ORDER BY age",
            True,
        ),
        ("SELECT name FROM s ORDER BY name DESC", "SELECT name FROM s ORDER BY age ASC", False),
        (
            "SELECT age FROM s GROUP BY age ORDER BY age DESC LIMIT 1",
            "SELECT age FROM s WHERE id >= 1.5 - 0.5 GROUP BY age ORDER BY count(*) DESC LIMIT 1;",
            True,
        ),
        # Where the gold query's words do not give its keys, its own order counts.
        (
            "SELECT name FROM s ORDER BY age, name DESC",
            "SELECT DISTINCT name FROM s ORDER BY age, name",
            False,
        ),
        ("SELECT age FROM s ORDER BY 1 DESC", "SELECT age FROM s ORDER BY 1", False),
        ("SELECT age, name FROM s ORDER BY 1, 2 DESC", "SELECT age, name FROM s ORDER BY 1", True),
        ("SELECT age, name FROM s ORDER BY 2 DESC", "SELECT age, name FROM s ORDER BY 1", False),
        # The key is what the alias names, also where a column has that name.
        (
            "SELECT id, age AS n FROM s ORDER BY age, id DESC",
            "SELECT id, age AS n FROM s ORDER BY n",
            True,
        ),
        (
            "SELECT age, count(*) FROM s GROUP BY age ORDER BY count(*), age DESC LIMIT 1",
            "SELECT age, count(*) n FROM s GROUP BY age ORDER BY n LIMIT 1",
            True,
        ),
        (
            "SELECT id, -id FROM s ORDER BY age DESC, id",
            "SELECT id, -id AS age FROM s ORDER BY age",
            False,
        ),
        (
            "SELECT id, age FROM s ORDER BY age, id DESC",
            "SELECT id, age AS id FROM s ORDER BY id",
            True,
        ),
        (
            "SELECT id, -id FROM s ORDER BY age, id",
            "SELECT id, -id AS age FROM s ORDER BY s.age",
            True,
        ),
        # An OFFSET moves the cut: of the order 20, 20, 30, 30 it gives the second, or the third.
        ("SELECT 'a'", "SELECT name FROM s ORDER BY age LIMIT 1 OFFSET 1", True),
        ("SELECT 'c'", "SELECT name FROM s ORDER BY age LIMIT 1 OFFSET 1", False),
        ("SELECT 'd'", "SELECT name FROM s ORDER BY age LIMIT 2, 1", True),
        ("SELECT 'b'", "SELECT name FROM s ORDER BY age LIMIT 2, 1", False),
        (
            "SELECT 'a' UNION ALL SELECT 'd'",
            "SELECT name FROM s ORDER BY age LIMIT 2 OFFSET 1",
            True,
        ),
        (
            "SELECT 'd' UNION ALL SELECT 'a'",
            "SELECT name FROM s ORDER BY age LIMIT 2 OFFSET 1",
            False,
        ),
    ],
)
def test_ties_are_right_in_any_order(
    predicted: str, gold: str, match: bool, tmp_path: Path
) -> None:
    path = tmp_path / "s.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT, age INT);"
            "INSERT INTO s VALUES (1, 'a', 20), (2, 'b', 20), (3, 'c', 30), (4, 'd', 30);"
        )
    assert strict_execution_match(predicted, gold, path, SCHEMA) is match


def test_subset_match_allows_columns_but_not_rows(music: Path) -> None:
    gold = "SELECT name FROM singer WHERE age = 30"

    def subset(predicted: str) -> bool:
        return subset_match(predicted, gold, music, SCHEMA)

    assert subset("SELECT age, name FROM singer WHERE age = 30")
    assert subset("SELECT name FROM singer WHERE age = 30")
    assert not subset("SELECT age FROM singer WHERE age = 30")
    assert not subset("SELECT name, age FROM singer")
    assert not strict_execution_match(
        "SELECT age, name FROM singer WHERE age = 30", gold, music, SCHEMA
    )


@pytest.mark.parametrize(
    ("sql", "items", "values"),
    [
        (
            "SELECT T1.Name FROM singer AS T1 WHERE T1.age > 30",
            {"singer", "singer.name", "singer.age"},
            {"30.0"},
        ),
        ('SELECT name FROM singer WHERE country = "France"', None, {"france"}),
        ('SELECT "name" FROM singer', {"singer", "singer.name"}, set()),
        (
            "SELECT s.title FROM concert s, sings t WHERE s.id = t.concert_id AND year = 2014.0",
            {"concert", "sings", "concert.title", "concert.id", "sings.concert_id", "concert.year"},
            {"2014.0"},
        ),
        ("SELECT count(*) FROM concert LIMIT 3", {"concert"}, {"3.0"}),
        # A name belongs to its own SELECT.
        (
            "SELECT name FROM singer WHERE id NOT IN (SELECT id FROM concert)",
            {"singer", "singer.name", "singer.id", "concert", "concert.id"},
            set(),
        ),
        (
            "SELECT name FROM singer WHERE EXISTS (SELECT * FROM sings WHERE singer_id = age)",
            {"singer", "singer.name", "sings", "sings.singer_id", "singer.age"},
            set(),
        ),
        # An alias may name another table after a set operation.
        (
            "SELECT T1.name FROM singer AS T1 WHERE T1.id = 1 UNION SELECT T1.title FROM concert T1"
            " WHERE T1.id = 2",
            {"singer", "singer.name", "singer.id", "concert", "concert.title", "concert.id"},
            {"1.0", "2.0"},
        ),
        # Tables stand in FROM, or after a comma there, and nowhere else.
        ("SELECT name, concert FROM singer", {"singer", "singer.name"}, set()),
        ("SELECT max(concert) FROM singer WHERE sings", {"singer"}, set()),
        (
            "SELECT s.name FROM singer AS s JOIN sings ON max(s.id, concert) = singer_id, concert",
            {"singer", "singer.name", "singer.id", "sings", "sings.singer_id", "concert"},
            set(),
        ),
        ("SELECT year FROM (singer, concert)", {"singer", "concert", "concert.year"}, set()),
        ("SELECT extract(year FROM singer), year FROM concert", {"concert", "concert.year"}, set()),
        # What a subquery in FROM or a WITH hands on is a column of its tables.
        (
            "SELECT age FROM (SELECT age, id FROM singer) AS x WHERE x.id > 1",
            {"singer", "singer.age", "singer.id"},
            {"1.0"},
        ),
        (
            "WITH x AS (SELECT * FROM singer) SELECT name FROM x",
            {"singer", "singer.name"},
            set(),
        ),
        ("SELECT count(*) AS age FROM singer", {"singer"}, set()),
        # Both spellings are one value.
        (
            "SELECT id FROM singer WHERE name = 'It''s'",
            {"singer", "singer.id", "singer.name"},
            {"it's"},
        ),
        (
            'SELECT id FROM singer WHERE name = "It\'s"',
            {"singer", "singer.id", "singer.name"},
            {"it's"},
        ),
        # SQL that no parser takes.
        (
            ") SELECT name FROM singer WHERE ((age > 30 AND SELECT title FROM concert",
            {"singer", "singer.name", "singer.age", "concert", "concert.title"},
            {"30.0"},
        ),
        ("garbage ' \" (((", set(), None),
    ],
)
def test_usage(sql: str, items: set[str] | None, values: set[str] | None) -> None:
    found = usage(sql, SCHEMA)
    assert items is None or found.items == items
    assert values is None or found.values == values


# ---------------------------------------------------------------- the sandbox itself


def test_the_sandbox_reads_text_that_is_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a TEXT)")
        connection.execute("INSERT INTO t VALUES (CAST(x'4de47279' AS TEXT))")
        connection.commit()
    with ReadOnlyDatabase(path) as database:
        assert database.run("SELECT a FROM t") == [("Mry",)]


def test_the_sandbox_limits_results(music: Path) -> None:
    with ReadOnlyDatabase(music, Limits(rows=3)) as database:
        assert len(database.run("SELECT * FROM concert")) == 2
        assert len(database.run("SELECT * FROM singer", max_rows=2)) == 2
        with pytest.raises(ExecutionFailed, match="too large"):
            database.run("SELECT * FROM singer")
    with ReadOnlyDatabase(music, Limits(bytes=4)) as database:
        with pytest.raises(ExecutionFailed, match="too large"):
            database.run("SELECT name FROM singer")
