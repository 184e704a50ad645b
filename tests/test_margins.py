"""Margins and profits: the price less the cost, where no column holds them."""

from __future__ import annotations

import pytest
import sqlglot
import tiny
from sqlglot import exp

from nlidb.linking import link
from nlidb.margins import margin
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.values import ValueIndex

SHOP = tiny.make_schema(
    {
        "product": "product_id name:text list_price cost_price category:text",
        "part": "part_id sale_price retail_price unit_cost",
    }
)
HELD = tiny.make_schema({"product": "product_id list_price cost_price profit"})


def changed(text: str, sql: str, schema: Schema = SHOP) -> str:
    question = parse_question(text)
    links = link(question, schema, ValueIndex.empty(schema))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    made = margin(tree, question, links, schema).sql("sqlite")
    assert tree.sql("sqlite") == sql, "the query itself was changed"
    return made


@pytest.mark.parametrize(
    ("text", "sql", "made"),
    [
        (
            "products with a margin of more than 50",
            "SELECT name FROM product WHERE list_price > 50",
            "SELECT name FROM product WHERE list_price - cost_price > 50",
        ),
        (
            "average profit by category",
            "SELECT category, AVG(T1.cost_price) FROM product AS T1 GROUP BY category",
            "SELECT category, AVG(T1.list_price - T1.cost_price) FROM product AS T1 GROUP BY category",
        ),
        (
            "what has the highest mark-up",
            "SELECT name FROM product ORDER BY list_price DESC LIMIT 1",
            "SELECT name FROM product ORDER BY list_price - cost_price DESC LIMIT 1",
        ),
    ],
)
def test_the_cost_is_taken_off(text: str, sql: str, made: str) -> None:
    assert changed(text, sql) == made


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("products over 50", "SELECT name FROM product WHERE list_price > 50"),
        ("margin in percent", "SELECT list_price FROM product"),
        ("list price of what has a good margin", "SELECT list_price FROM product"),  # it is named
        ("margin", "SELECT list_price - cost_price FROM product"),
        ("margin of parts", "SELECT sale_price FROM part"),  # less which price?
        ("products over 50 that make a profit", "SELECT name FROM product WHERE list_price > 50"),
        ("price and margin", "SELECT list_price FROM product"),
        ("what non-profits pay", "SELECT list_price FROM product"),
        ("profit per kilo", "SELECT list_price / weight FROM product"),
        ("profit by category", "SELECT category, COUNT(*) FROM product GROUP BY category"),
    ],
)
def test_others_stay(text: str, sql: str) -> None:
    assert changed(text, sql) == sql


def test_keys_are_no_prices() -> None:
    schema = tiny.make_schema(
        {"sale": "sale_id store:text", "line": "line_id price_id revenue cost"},
        {"line.price_id": "sale.sale_id"},
    )
    sql = "SELECT SUM(T2.revenue) FROM sale AS T1 JOIN line AS T2 ON T1.sale_id = T2.price_id"
    assert changed("profit by store", sql, schema) == sql


def test_a_profit_that_is_held_is_taken_as_it_is() -> None:
    sql = "SELECT list_price FROM product"
    assert changed("profit of each product", sql, HELD) == sql
