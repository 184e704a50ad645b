"""Missing values: last where a LIMIT keeps the first rows, and in no list that NOT IN looks through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from conftest import FakeParser
from servers import ENGINE_PARAMS, shop

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.execute import execute
from nlidb.explain import explain_query
from nlidb.nulls import mind_nulls
from nlidb.printing import to_sql
from nlidb.validate import validate


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("nulls")) as url:
        database = Database.open(url)
        yield database
        database.close()


def test_rows_without_a_value_are_not_the_first(shops: Database) -> None:
    def printed(sql: str, dialect: str) -> str:
        tree = sqlglot.parse_one(sql, read="sqlite")
        assert isinstance(tree, sqlglot.exp.Query)
        return to_sql(mind_nulls(tree, shops.schema), dialect)

    oldest = "SELECT name FROM customer ORDER BY born ASC LIMIT 1"
    assert printed(oldest, "sqlite").endswith("ORDER BY born ASC NULLS LAST LIMIT 1")
    assert printed(oldest, "duckdb").endswith("ORDER BY born ASC LIMIT 1")
    assert printed(oldest, "postgres").endswith("ORDER BY born ASC LIMIT 1")
    assert "CASE WHEN born IS NULL THEN 1 ELSE 0 END, born ASC" in printed(oldest, "mysql")
    youngest = "SELECT name FROM customer ORDER BY born DESC LIMIT 1"
    assert printed(youngest, "sqlite") == youngest
    assert printed(youngest, "postgres").endswith("ORDER BY born DESC NULLS LAST LIMIT 1")
    for unchanged in (
        "SELECT name FROM customer ORDER BY born ASC",
        "SELECT city FROM customer GROUP BY city ORDER BY COUNT(*) ASC LIMIT 1",
    ):
        assert printed(unchanged, "sqlite") == unchanged


def minded(database: Database, sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, sqlglot.exp.Query)
    return to_sql(mind_nulls(tree, database.schema), database.dialect)


SAME_CATEGORY = (
    "SELECT name FROM customer WHERE NOT city IN (SELECT category FROM product WHERE price > 0)"
)


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_a_missing_value_in_a_list_empties_no_answer(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        database = Database.open(url)
        dialect = database.dialect
        plain = validate(sqlglot.parse_one(SAME_CATEGORY, read="sqlite"), database.schema, dialect)
        assert execute(database, plain).rows == ()
        valid = validate(minded(database, SAME_CATEGORY), database.schema, dialect)
        names = {row[0] for row in execute(database, valid).rows}
        assert names == {"Ann", "Bob", "Cid", "Eve"}
        database.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM customer WHERE id IN (SELECT customer_id FROM orders)",
        "SELECT title FROM product WHERE id NOT IN (SELECT id FROM product WHERE price > 9)",  # a key
        "SELECT name FROM customer WHERE city NOT IN ('Paris', 'Rome')",
        "SELECT name FROM customer WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)",
    ],
)
def test_other_lists_stay(shops: Database, sql: str) -> None:
    assert minded(shops, sql) == sql


def test_a_join_in_the_list_is_looked_up(shops: Database) -> None:
    sql = (
        "SELECT name FROM customer WHERE id NOT IN (SELECT orders.customer_id FROM orders JOIN product "
        "ON orders.product_id = product.id WHERE product.category = 'office')"
    )
    assert minded(shops, sql).endswith(
        "WHERE product.category = 'office' AND orders.customer_id IS NOT NULL)"
    )


def test_the_sentence_does_not_say_it(shops: Database) -> None:
    sql = "SELECT name FROM customer WHERE id NOT IN (SELECT customer_id FROM orders{})"
    told = [
        explain_query(sqlglot.parse_one(sql.format(where), read="sqlite"), shops.schema)
        for where in (
            "",
            " WHERE customer_id IS NOT NULL",
            " WHERE quantity > 1 AND customer_id IS NOT NULL",
        )
    ]
    assert told[0] == told[1]
    assert told[2] == told[0].replace("each order", "each order whose quantity is above 1")


def test_the_assistant_minds_them(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(
        ("SELECT name FROM singer WHERE singer_id NOT IN (SELECT singer_id FROM concert)", 0.9)
    )
    answer = assistant.ask("Which singers never gave a concert?")
    assert answer.sql is not None
    assert answer.sql.endswith("(SELECT singer_id FROM concert WHERE NOT singer_id IS NULL)")
    assert answer.rows
