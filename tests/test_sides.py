"""Numbers side by side: which questions set some, and the queries that count them apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import FakeParser
from servers import shop

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.execute import execute
from nlidb.question import parse_question
from nlidb.rules import SIDES_UNCLEAR
from nlidb.sides import read_sides, sides_query
from nlidb.validate import validate


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("sides")) as url:
        database = Database.open(url)
        yield database
        database.close()


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("How many customers are from Paris and how many from Rome?", True),
        ("customers from Paris vs Rome", False),
        ("average price of office versus furniture products", False),
        ("How many customers are there in Paris compared to Rome?", False),
        ("How many customers are from Paris and Rome?", None),
        ("orders of the vs-1 lamp", None),
    ],
)
def test_which_questions_set_numbers_side_by_side(text: str, twice: bool | None) -> None:
    found = read_sides(parse_question(text))
    assert (None if found is None else found.twice) == twice


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (
            "SELECT COUNT(*) FROM customer WHERE city = 'Paris' OR city = 'Rome'",
            {("Paris", 2), ("Rome", 1)},
        ),
        (
            "SELECT AVG(price) FROM product WHERE category IN ('office', 'furniture') AND price > 1",
            {("office", 1.5), ("furniture", 107.625)},
        ),
        (
            "SELECT COUNT(*) FROM orders JOIN customer ON orders.customer_id = customer.id "
            "WHERE (customer.city = 'Paris' OR customer.city = 'Oslo') AND orders.deleted = 0",
            {("Paris", 4)},
        ),
    ],
)
def test_a_sum_of_two_is_counted_apart(
    shops: Database, sql: str, rows: set[tuple[object, ...]]
) -> None:
    tree = validate(sql, shops.schema, "sqlite").tree
    before = tree.sql()
    query = sides_query(tree, shops.schema)
    assert query is not None
    assert tree.sql() == before, "the query itself was changed"
    assert set(execute(shops, validate(query, shops.schema, "sqlite")).rows) == rows


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT city, COUNT(*) FROM customer GROUP BY city",
        "SELECT MIN(price), MAX(price) FROM product",
    ],
)
def test_several_numbers_stay_as_they_are(shops: Database, sql: str) -> None:
    tree = validate(sql, shops.schema, "sqlite").tree
    query = sides_query(tree, shops.schema)
    assert query is not None
    assert query.sql() == tree.sql()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) FROM customer WHERE city = 'Paris'",
        "SELECT COUNT(*) FROM customer WHERE city = 'Paris' OR age = 3",
        "SELECT COUNT(*) FROM customer WHERE (city = 'Paris' OR city = 'Rome') AND (age = 1 OR age = 2)",
        "SELECT name FROM customer WHERE city = 'Paris' OR city = 'Rome'",
        "SELECT COUNT(*) FROM customer WHERE id IN (SELECT customer_id FROM orders)",
    ],
)
def test_one_number_is_not_taken_apart(shops: Database, sql: str) -> None:
    assert sides_query(validate(sql, shops.schema, "sqlite").tree, shops.schema) is None


def test_the_assistant_counts_apart(assistant: Assistant, fake_parser: FakeParser) -> None:
    question = "How many singers are from France and how many from the Netherlands?"
    fake_parser.answer(
        ("SELECT COUNT(*) FROM singer WHERE country = 'France' OR country = 'Netherlands'", 0.9)
    )
    answer = assistant.ask(question)
    assert fake_parser.questions == [question]
    assert [row[0] for row in answer.rows] == ["France", "Netherlands"]
    fake_parser.answer(("SELECT COUNT(*) FROM singer WHERE country = 'France'", 0.9))
    answer = assistant.ask(question)
    assert (answer.outcome, answer.explanation) == ("declined", SIDES_UNCLEAR)


def test_what_is_only_compared_is_left_to_the_model(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT name FROM singer WHERE country = 'France'", 0.9))
    fake_parser.answer(("SELECT name FROM singer WHERE country = 'France'", 0.9))
    answer = assistant.ask("singers from France vs the Netherlands")
    assert answer.outcome == "answered"
