"""Money asked for: a quantity or the price of one piece, added up alone, is multiplied by the other."""

from __future__ import annotations

import pytest
import sqlglot
import tiny
from sqlglot import exp

from nlidb.amounts import whole_amount
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex

SHOP = tiny.make_schema(
    {
        "product": "product_id name:text category:text",
        "line": "line_id product_id quantity unit_price",
        "job": "job_id product_id qty price",
        "bill": "bill_id quantity unit_price line_total",
        "worker": "worker_id hours salary",
    },
    {"line.product_id": "product.product_id", "job.product_id": "product.product_id"},
)
JOINED = "FROM line AS T1 JOIN product AS T2 ON T1.product_id = T2.product_id"


def changed(text: str, sql: str) -> str:
    question = parse_question(text)
    links = link(question, SHOP, ValueIndex.empty(SHOP))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    return whole_amount(tree, question, links, SHOP).sql("sqlite")


@pytest.mark.parametrize(
    ("text", "sql", "made"),
    [
        (
            "total revenue",
            "SELECT SUM(quantity) FROM line",
            "SELECT SUM(quantity * unit_price) FROM line",
        ),
        (
            "how much money came in",
            "SELECT SUM(unit_price) FROM line",
            "SELECT SUM(unit_price * quantity) FROM line",
        ),
        (
            "turnover by category",
            f"SELECT T2.category, SUM(T1.quantity) {JOINED} GROUP BY T2.category ORDER BY SUM(T1.quantity) DESC",
            f"SELECT T2.category, SUM(T1.quantity * T1.unit_price) {JOINED} GROUP BY T2.category "
            "ORDER BY SUM(T1.quantity * T1.unit_price) DESC",
        ),
        ("revenue of jobs", "SELECT SUM(qty) FROM job", "SELECT SUM(qty * price) FROM job"),
    ],
)
def test_the_amount_is_made(text: str, sql: str, made: str) -> None:
    assert changed(text, sql) == made


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("how many pieces were sold", "SELECT SUM(quantity) FROM line"),
        ("how many were sold of what brought in most money", "SELECT SUM(quantity) FROM line"),
        ("stock of products worth more than 100", "SELECT SUM(quantity) FROM line"),
        ("total revenue and quantity", "SELECT SUM(quantity) FROM line"),  # it is named
        ("total revenue", "SELECT SUM(quantity * unit_price) FROM line"),
        ("total revenue", "SELECT SUM(price) FROM job"),  # it may be that of all pieces
        ("total revenue", "SELECT SUM(quantity) FROM bill"),  # there is a total
        ("hours worth of work", "SELECT SUM(hours) FROM worker"),
        ("average revenue", "SELECT AVG(unit_price) FROM line"),
    ],
)
def test_others_are_left_alone(text: str, sql: str) -> None:
    assert changed(text, sql) == sql
