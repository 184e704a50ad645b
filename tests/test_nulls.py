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
from nlidb.nulls import mind_nulls, never_missing, zero_for_none
from nlidb.printing import to_sql
from nlidb.question import parse_question
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


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_what_a_column_holds_is_asked_of_it(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url, Database.open(url) as database:
        schema = database.schema

        def at(table: str, column: str) -> int:
            found = schema.find_table(table)
            assert found is not None
            place = schema.find_column(found, column)
            assert place is not None
            return place

        deleted, age = at("orders", "deleted"), at("customer", "age")
        name, body = at("customer", "name"), at("note", "body")
        assert (database.stores(deleted, "null"), database.stores(deleted, "zero")) == (False, True)
        assert (database.stores(age, "null"), database.stores(age, "zero")) == (True, False)
        assert (database.stores(deleted, "other"), database.stores(age, "other")) == (False, True)
        like = sqlglot.parse_one("\"body\" LIKE '%drop%'")
        assert database.finds(body, like) is True
        assert database.finds(body, sqlglot.parse_one("\"body\" = 'it''s'")) is True
        assert database.finds(body, sqlglot.parse_one("\"body\" LIKE '%100%%'")) is False
        assert database.finds(name, sqlglot.parse_one("\"name\" = 'Zed'")) is False
        assert database.finds(name, sqlglot.parse_one("nothing = 1")) is None


def test_free_is_a_price_of_0_where_every_row_has_one(shops: Database) -> None:
    def asked(where: str) -> str:
        tree = sqlglot.parse_one(f"SELECT id FROM orders WHERE {where}", read="sqlite")
        assert isinstance(tree, sqlglot.exp.Query)
        return mind_nulls(tree, shops.schema, shops.stores).args["where"].this.sql()

    assert asked("deleted IS NULL") == "deleted = 0"
    assert asked("NOT deleted IS NULL") == "NOT deleted = 0"
    assert asked("quantity IS NULL") == "quantity IS NULL"  # none lacks it, but none is 0
    assert asked("update_date IS NULL") == "update_date IS NULL"


@pytest.mark.parametrize(
    ("text", "where", "meant"),
    [
        ("customers whose age is unknown", "age = 0", "age IS NULL"),
        ("customers of age 0", "age = 0", "age = 0"),
        ("customers of age zero", "age = 0", "age = 0"),
        ("free customers", "age = 0", "age = 0"),
        ("customers out of stock", "age = 0", "age = 0"),
        ("customers without delay", "age = 0", "age = 0"),
        ("customers of unknown number", "id = 0", "id = 0"),  # a key is never missing
        ("customers of unknown age", "age = 5", "age = 5"),
    ],
)
def test_a_0_that_no_row_holds_is_a_missing_value(
    shops: Database, text: str, where: str, meant: str
) -> None:
    tree = sqlglot.parse_one(f"SELECT name FROM customer WHERE {where}", read="sqlite")
    assert isinstance(tree, sqlglot.exp.Query)
    found = zero_for_none(tree, parse_question(text), shops.schema, shops.stores)
    assert found.args["where"].this.sql() == meant


def test_what_no_row_lacks_cannot_be_missing(shops: Database, fake_parser: FakeParser) -> None:
    def told(sql: str) -> str:
        return never_missing(sqlglot.parse_one(sql), shops.schema, shops.stores)

    assert told("SELECT id FROM orders WHERE quantity IS NULL") == "No row lacks its quantity."
    assert told("SELECT id FROM orders WHERE NOT quantity IS NULL") == "No row lacks its quantity."
    assert told("SELECT id FROM orders WHERE ordered_at IS NULL") == ""
    listed = (
        "SELECT id FROM customer WHERE NOT id IN (SELECT id FROM orders WHERE NOT quantity IS NULL)"
    )
    assert told(listed) == ""
    assistant = Assistant(shops, lambda: fake_parser)
    missing = "SELECT id FROM orders WHERE {} IS NULL"
    fake_parser.answer((missing.format("quantity"), 0.6), (missing.format("ordered_at"), 0.3))
    assert assistant.ask("Which orders lack it?").rows == ((6,),)
