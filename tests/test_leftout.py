"""What a query leaves out of a question: found where nothing stands for it, and not where something does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from conftest import FakeParser
from servers import shop

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.leftout import unused
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("leftout")) as url:
        database = Database.open(url)
        yield database
        database.close()


def found(database: Database, text: str, sql: str) -> tuple[str, ...]:
    question = parse_question(text)
    index = ValueIndex.build(database.schema, database.distinct_values)
    links = link(question, database.schema, index)
    return unused(question, links, sqlglot.parse_one(sql, read="sqlite"), database.schema)


BY_MONTH = "SELECT STRFTIME('%Y-%m', ordered_at), COUNT(*) FROM orders GROUP BY STRFTIME('%Y-%m', ordered_at)"


@pytest.mark.parametrize(
    ("text", "sql", "missing"),
    [
        ("orders per month in 2024", BY_MONTH, ("2024",)),
        ("customers older than 30", "SELECT name FROM customer", ("30",)),
        ('Who bought the "red chair"?', "SELECT name FROM customer", ("red chair",)),
        ("Which orders did Walter place?", "SELECT id FROM orders", ("Walter",)),
        ("prices over 5 million", "SELECT title FROM product WHERE price > 5", ("5 million",)),
        ("furniture under 20", "SELECT title FROM product WHERE price < 20", ("furniture",)),
        ("prices over 500k", "SELECT title FROM product WHERE price > 500", ("500k",)),
        ("products without orders", "SELECT title FROM product", ("orders",)),
        (
            "orders Walter placed in March 2024",
            "SELECT id FROM orders WHERE ordered_at >= '2023-01-01'",
            ("Walter", "March 2024"),
        ),
    ],
)
def test_what_nothing_stands_for(
    shops: Database, text: str, sql: str, missing: tuple[str, ...]
) -> None:
    assert found(shops, text, sql) == missing


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("orders in 2024", "SELECT id FROM orders WHERE ordered_at >= '2024-01-01'"),
        ("orders until 2023", "SELECT id FROM orders WHERE ordered_at < '2024-01-01'"),
        ("prices over 5 million", "SELECT title FROM product WHERE price > 5000000"),
        ("firms over 5 million", "SELECT name FROM firm WHERE sales_million > 5"),
        ("the top 3 products", "SELECT title FROM product ORDER BY price DESC LIMIT 3"),
        ("prices over 1,500", "SELECT title FROM product WHERE price > 1500"),
        ("plate KL 5530", "SELECT id FROM van WHERE plate = 'KL 5530'"),
        ("happy hours in May", "SELECT id FROM hour WHERE month = 'May'"),
        ("French customers", "SELECT name FROM customer WHERE city = 'France'"),
        ('titles with "desk"', "SELECT title FROM product WHERE title LIKE '%desk%'"),
        ("What Is The Best Product Ever Sold", "SELECT title FROM product"),  # a title's capitals
        ("Walter? Which orders are his?", "SELECT id FROM orders"),
        ("products of furniture", "SELECT category, COUNT(*) FROM product GROUP BY category"),
        ("customers of a product", "SELECT customer_id FROM orders"),  # they refer to both
        ("products ordered by price", "SELECT title FROM product ORDER BY price"),
        ("the prices that the customer sees", "SELECT price FROM product"),  # whose shop it is
        ("what can customers buy", "SELECT title FROM product"),
        ("order products by price", "SELECT title FROM product ORDER BY price"),
        ("products in alphabetical order", "SELECT title FROM product ORDER BY title"),
        ("furnitures", "SELECT title FROM product WHERE category = 'furniture'"),
        ("Show the IDs of all customers", "SELECT id FROM customer"),
        ("list the Top 3 products", "SELECT title FROM product ORDER BY price DESC LIMIT 3"),
        ("How many Customers are there?", "SELECT COUNT(*) FROM customer"),
        ("orders with two products", "SELECT id FROM orders"),  # number words mean little
    ],
)
def test_what_something_stands_for(shops: Database, text: str, sql: str) -> None:
    assert found(shops, text, sql) == ()


def test_the_answer_warns(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(("SELECT name FROM singer", 0.9))
    answer = assistant.ask("Which singers did Walter hear in 2014?")
    assert answer.outcome == "answered"
    assert answer.warnings == (
        'Nothing in this answer stands for "Walter".',
        'Nothing in this answer stands for "2014".',
    )


def test_a_follow_up_may_take_back_what_was_said(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT title FROM concert WHERE year = 2014", 0.9))
    first = assistant.ask("Which concerts were in 2014?")
    fake_parser.answer(("SELECT title FROM concert WHERE year = 2015", 0.9))
    answer = assistant.ask("I meant those held in 2015, please, with all titles", previous=first)
    assert not any("stands for" in warning for warning in answer.warnings)
