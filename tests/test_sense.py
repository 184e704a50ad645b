"""Readings that cannot be meant: found where something speaks against them, and set aside for the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
import tiny
from conftest import FakeParser
from servers import shop

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.sense import senseless
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("sense")) as url:
        database = Database.open(url)
        yield database
        database.close()


PEOPLE = tiny.make_schema(
    {"patient": "patient_id name:text birth_date:time registered_on:time no_shows"}, {}
)


def found(schema: Schema, index: ValueIndex, text: str, sql: str) -> str:
    question = parse_question(text)
    links = link(question, schema, index)
    return senseless(question, links, sqlglot.parse_one(sql, read="sqlite"), schema)


@pytest.mark.parametrize(
    ("text", "sql", "reason"),
    [
        (
            "customers who did not order in 2024",
            "SELECT customer_id FROM orders WHERE ordered_at >= '2024-01-01'",
            'Nothing in it stands for "not".',
        ),
        (
            "Who hasn't ordered since March 2024?",
            "SELECT customer_id FROM orders WHERE ordered_at >= '2024-03-01'",
            'Nothing in it stands for "n\'t".',
        ),
        (
            "customers who did not order in 2024",
            "SELECT customer_id FROM orders WHERE ordered_at >= '2024-01-01' AND ordered_at < '2025-01-01'",
            'Nothing in it stands for "not".',
        ),
        (
            "products excluding furniture",
            "SELECT title FROM product WHERE category = 'furniture'",
            'Nothing in it stands for "excluding".',
        ),
        (
            "customers that placed an order in Paris",
            "SELECT name FROM customer WHERE id NOT IN (SELECT customer_id FROM orders)",
            "It leaves rows out, of which the question says nothing.",
        ),
        (
            "orders updated later than they were placed",
            "SELECT id FROM orders WHERE ordered_at > ordered_at",
            "It compares ordered_at with itself.",
        ),
        (
            "average orders of a product",
            "SELECT AVG(customer_id) FROM orders GROUP BY product_id",
            "It adds up customer_id, which only tells rows apart.",
        ),
        (
            "show me all orders of the desk",
            "SELECT c.name FROM customer AS c JOIN orders AS o ON o.customer_id = c.id "
            "JOIN product AS p ON o.product_id = p.id WHERE p.title = 'desk'",
            "It shows customer, of which the question says nothing.",
        ),
        (
            "total of orders",
            "SELECT SUM(id) FROM orders",
            "It adds up id, which only tells rows apart.",
        ),
        (
            "orders per customer, the average",
            "SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id",
            'Nothing in it stands for "average".',
        ),
        (
            "the latest order of each customer",
            "SELECT customer_id, ordered_at FROM orders",
            'Nothing in it stands for "latest".',
        ),
        (
            "orders from March 2024 that were updated",
            "SELECT id FROM orders WHERE ordered_at >= '2024-03-01' AND ordered_at < '2024-04-01' "
            "AND update_date >= '2024-03-01' AND update_date < '2024-04-01'",
            "It takes one date of the question for two columns.",
        ),
    ],
)
def test_what_cannot_be_meant(shops: Database, text: str, sql: str, reason: str) -> None:
    index = ValueIndex.build(shops.schema, shops.distinct_values)
    assert found(shops.schema, index, text, sql) == reason


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        (
            "customers who did not order in 2024",
            "SELECT name FROM customer WHERE id NOT IN (SELECT customer_id FROM orders)",
        ),
        ("customers without a city", "SELECT name FROM customer WHERE city IS NULL"),
        ("orders that are not deleted", "SELECT id FROM orders WHERE deleted = 0"),
        ("customers not over 30", "SELECT name FROM customer WHERE age <= 30"),
        ("titles without 'en' in them", "SELECT title FROM product WHERE title NOT LIKE '%en%'"),
        ("orders with no more than 5 pieces", "SELECT id FROM orders WHERE quantity = 5"),
        ("customers with and without a city", "SELECT city, COUNT(*) FROM customer GROUP BY city"),
        ("categories without repeats", "SELECT DISTINCT category FROM product"),
        (
            "only customers with unknown orders",
            "SELECT name FROM customer WHERE id NOT IN (SELECT customer_id FROM orders)",
        ),
        (
            "ordered in 2024 and updated in 2024",
            "SELECT id FROM orders WHERE ordered_at >= '2024-01-01' AND update_date >= '2024-01-01'",
        ),
        (
            "orders of the desk: who placed them?",
            "SELECT c.name FROM customer AS c JOIN orders AS o ON o.customer_id = c.id "
            "JOIN product AS p ON o.product_id = p.id WHERE p.title = 'desk'",
        ),
        (
            "buyers of the desk",
            "SELECT c.name FROM customer AS c JOIN orders AS o ON o.customer_id = c.id "
            "JOIN product AS p ON o.product_id = p.id WHERE p.title = 'desk'",
        ),
        ("total quantity", "SELECT SUM(quantity) FROM orders"),
        ("customers: I mean their names", "SELECT name FROM customer"),
        ("the average age of customers", "SELECT SUM(age) / COUNT(*) FROM customer"),
        ("customers whose average age is over 30", "SELECT name FROM customer WHERE age > 30"),
        ("orders due at the latest", "SELECT id FROM orders"),
        ("the latest orders", "SELECT id FROM orders WHERE deleted = 0"),  # a condition may say it
        ("quantities excluding tax", "SELECT quantity FROM orders"),
        ("the oldest customers", "SELECT name FROM customer ORDER BY age DESC"),
        ("customers, the oldest first", "SELECT name FROM customer"),
        (
            "products excluding those under 20",
            "SELECT title FROM product WHERE price >= 20",
        ),
        (
            "updated on the day they were placed",
            "SELECT id FROM orders WHERE update_date = ordered_at",
        ),
    ],
)
def test_what_can_be_meant(shops: Database, text: str, sql: str) -> None:
    index = ValueIndex.build(shops.schema, shops.distinct_values)
    assert found(shops.schema, index, text, sql) == ""


def test_a_birth_date_is_asked_for_in_words() -> None:
    index = ValueIndex.empty(PEOPLE)
    per_year = "SELECT COUNT(*) FROM patient WHERE {} >= '2024-01-01'"
    new = "How many new patients came in 2024?"
    born = "It goes by birth_date, of which the question says nothing."
    assert found(PEOPLE, index, new, per_year.format("birth_date")) == born
    assert found(PEOPLE, index, new, per_year.format("registered_on")) == ""
    babies = "How many patients were born in 2024 or later?"
    assert found(PEOPLE, index, babies, per_year.format("birth_date")) == ""
    missing = "SELECT COUNT(*) FROM patient WHERE birth_date IS NULL"
    told = "It looks for a missing birth date, of which the question says nothing."
    assert found(PEOPLE, index, "How many patients turned 40?", missing) == told
    assert found(PEOPLE, index, "patients without a birth date", missing) == ""
    assert found(PEOPLE, index, "oldest patient", "SELECT MIN(birth_date) FROM patient") == ""


def test_a_name_may_hold_the_word() -> None:
    index = ValueIndex.empty(PEOPLE)
    assert found(PEOPLE, index, "total no shows", "SELECT SUM(no_shows) FROM patient") == ""


ALL = "SELECT name FROM singer"
NOT_FRENCH = "SELECT name FROM singer WHERE country <> 'France'"


def test_the_next_reading_is_taken(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((ALL, 0.5), (NOT_FRENCH, 0.4))
    answer = assistant.ask("Which singers are not from France?")
    assert answer.outcome == "answered"
    assert answer.sql == NOT_FRENCH
    assert answer.confidence == pytest.approx(0.8)
    (set_aside,) = answer.refused
    assert (set_aside.sql, set_aside.reason) == (ALL, 'Nothing in it stands for "not".')


def test_where_there_is_no_other_it_asks_back(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((ALL, 0.9), ("SELECT country FROM singer", 0.05))
    answer = assistant.ask("Which singers are not from France?")
    assert answer.outcome == "asks"
    assert answer.choices[0].sql == ALL
    told = 'The likeliest reading is no good: Nothing in it stands for "not".'
    assert told in answer.warnings


def test_a_reading_that_leaves_nothing_out_goes_first(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    dated = "SELECT title FROM concert WHERE year = 2014"
    fake_parser.answer(("SELECT title FROM concert", 0.5), (dated, 0.3))
    answer = assistant.ask("Which concerts were given in 2014?")
    assert answer.sql == dated
    assert answer.warnings == ()
