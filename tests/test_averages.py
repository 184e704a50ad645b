"""Averages of counts: which questions ask for one, how they are read, and the queries, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FakeParser
from servers import ENGINE_PARAMS, shop

from nlidb.assistant import Assistant
from nlidb.averages import Average, average_query, read_average
from nlidb.database import Database
from nlidb.execute import execute
from nlidb.explain import clauses, explain_query
from nlidb.linking import Links, link
from nlidb.question import Question, parse_question
from nlidb.rules import AVERAGE_UNCLEAR, rule_for
from nlidb.schema import Schema
from nlidb.validate import validate
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("averages")) as url:
        database = Database.open(url)
        yield database
        database.close()


def linked(database: Database, text: str) -> tuple[Question, Links]:
    question = parse_question(text)
    index = ValueIndex.build(database.schema, database.distinct_values)
    return question, link(question, database.schema, index)


def column(schema: Schema, name: str) -> int:
    table, _, own = name.partition(".")
    number = schema.find_table(table)
    assert number is not None
    found = schema.find_column(number, own)
    assert found is not None
    return found


BY_CUSTOMER = ("customer.id", "orders.customer_id")


@pytest.mark.parametrize(
    ("text", "rest", "table", "each"),
    [
        (
            "What is the average number of orders per customer?",
            "What is the number of orders per customer?",
            "orders",
            BY_CUSTOMER,
        ),
        ("average orders per customer", "number of orders per customer", "orders", BY_CUSTOMER),
        (
            "How many orders does a customer have on average?",
            "How many orders does each customer have ?",
            "orders",
            BY_CUSTOMER,
        ),
        (
            "On average, how many orders do customers from Paris place?",
            "how many orders does each customer from Paris place?",
            "orders",
            BY_CUSTOMER,
        ),
        (
            "mean number of products in each category",
            "number of products in each category",
            "product",
            ("product.category",),
        ),
        (
            "the average number of orders per month in 2024",
            "the number of orders per month in 2024",
            "orders",
            (),
        ),
        ("orders per customer on average", "number of orders per customer", "orders", BY_CUSTOMER),
        (
            "list the number of products in each category, on average",
            "list the number of products in each category",
            "product",
            ("product.category",),
        ),
        (
            "How many purchases does each customer make on average?",
            "How many purchases does each customer make ?",
            None,
            BY_CUSTOMER,
        ),
    ],
)
def test_an_average_of_counts_is_read(
    shops: Database, text: str, rest: str, table: str | None, each: tuple[str, ...]
) -> None:
    question, links = linked(shops, text)
    found = read_average(question, links, shops.schema)
    assert found is not None
    assert found.text == rest
    assert found.table == (None if table is None else shops.schema.find_table(table))
    assert found.each == tuple(column(shops.schema, name) for name in each)
    words = parse_question(rest).words
    for place, word in zip(found.places, words, strict=True):
        if place < 0:
            assert word.text in ("number", "of", "does", "each", "customer")
        else:
            assert question.words[place].text == word.text


@pytest.mark.parametrize(
    "text",
    [
        "What is the average price per category?",  # of a column
        "the average quantity of orders per customer",
        "average age",
        "How many orders are there?",
        "How many orders does each customer have?",
        "How many prices do customers pay on average?",  # the column, as it is stored
        "What do products in each category cost on average?",
        "How much do customers in each city spend on average?",
        "Orders of each customer are how large on average?",
        "products in each category cost on average",
    ],
)
def test_other_questions_are_left_alone(shops: Database, text: str) -> None:
    question, links = linked(shops, text)
    assert read_average(question, links, shops.schema) is None
    assert rule_for(question, links, shops.schema) is None


def test_an_average_for_nothing_known_is_declined(shops: Database) -> None:
    question, links = linked(shops, "What is the average number of orders per rep?")
    assert rule_for(question, links, shops.schema) == AVERAGE_UNCLEAR


def asked(schema: Schema, table: str | None, each: tuple[str, ...], label: str = "") -> Average:
    number = None if table is None else schema.find_table(table)
    columns = tuple(column(schema, name) for name in each)
    return Average("", (), number, columns, column(schema, label) if label else None)


CASES = [
    # (the counts' query, what is counted, for each what, the average)
    ("SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id", "orders", BY_CUSTOMER, 6 / 4),
    (
        "SELECT customer.name, COUNT(*) FROM customer JOIN orders ON customer.id = orders.customer_id "
        "WHERE customer.age > 30 GROUP BY customer.id ORDER BY COUNT(*) DESC",
        "orders",
        BY_CUSTOMER,
        5 / 3,
    ),
    (  # what else a customer's row says does not count apart
        "SELECT customer.city, COUNT(*) FROM customer JOIN orders ON customer.id = orders.customer_id "
        "GROUP BY customer.id, customer.city",
        "orders",
        BY_CUSTOMER,
        6 / 4,
    ),
    # the product of no category is no category's
    (
        "SELECT category, COUNT(*) FROM product GROUP BY category",
        "product",
        ("product.category",),
        3 / 2,
    ),
]


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_the_average_of_the_counts(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        database = Database.open(url)
        schema, dialect = database.schema, database.dialect
        for sql, table, each, wanted in CASES:
            if dialect != "sqlite":
                sql = sql.replace("GROUP BY customer.id", "GROUP BY customer.id, customer.name")
            tree = validate(sql, schema, dialect).tree
            before = tree.sql()
            query = average_query(tree, asked(schema, table, each, "customer.name"), schema)
            assert query is not None, sql
            assert tree.sql() == before, "the query itself was changed"
            valid = validate(query, schema, dialect)
            ((found,),) = execute(database, valid).rows
            assert float(found) == pytest.approx(wanted, abs=1e-4), valid.sql
        database.close()


def test_the_orders_of_an_unknown_month_are_in_no_month(shops: Database) -> None:
    sql = "SELECT STRFTIME('%Y-%m', ordered_at), COUNT(*) FROM orders GROUP BY STRFTIME('%Y-%m', ordered_at)"
    tree = validate(sql, shops.schema, "sqlite").tree
    query = average_query(tree, asked(shops.schema, "orders", ()), shops.schema)
    assert query is not None
    ((found,),) = execute(shops, validate(query, shops.schema, "sqlite")).rows
    assert found == pytest.approx(5 / 3)


def test_two_of_one_name_are_two(shops: Database) -> None:
    sql = (
        "SELECT customer.name, COUNT(*) FROM customer JOIN orders ON customer.id = orders.customer_id "
        "GROUP BY customer.name"
    )
    tree = validate(sql, shops.schema, "sqlite").tree
    query = average_query(
        tree, asked(shops.schema, "orders", BY_CUSTOMER, "customer.name"), shops.schema
    )
    assert query is not None
    assert "GROUP BY customer.name, customer.id" in query.sql("sqlite")


@pytest.mark.parametrize(
    ("sql", "table", "each"),
    [
        ("SELECT COUNT(*) FROM orders", "orders", BY_CUSTOMER),
        ("SELECT city, COUNT(*) FROM customer GROUP BY city", "orders", ("customer.city",)),
        ("SELECT product_id, COUNT(*) FROM orders GROUP BY product_id", "orders", BY_CUSTOMER),
        (
            "SELECT customer_id, SUM(quantity) FROM orders GROUP BY customer_id",
            "orders",
            BY_CUSTOMER,
        ),
        (
            "SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id HAVING COUNT(*) > 1",
            "orders",
            BY_CUSTOMER,
        ),
        (
            "SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id LIMIT 3",
            "orders",
            BY_CUSTOMER,
        ),
        ("SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id", "orders", ()),
        ("SELECT customer_id, COUNT(quantity) FROM orders GROUP BY customer_id", None, BY_CUSTOMER),
        (
            # a customer once for each order
            "SELECT city, COUNT(*) FROM customer JOIN orders ON customer.id = orders.customer_id GROUP BY city",
            "customer",
            ("customer.city",),
        ),
    ],
)
def test_no_query_for_an_average_of_counts(
    shops: Database, sql: str, table: str | None, each: tuple[str, ...]
) -> None:
    tree = validate(sql, shops.schema, "sqlite").tree
    assert average_query(tree, asked(shops.schema, table, each), shops.schema) is None


def test_the_sentence_says_what_is_averaged(shops: Database) -> None:
    tree = validate(CASES[1][0], shops.schema, "sqlite").tree
    query = average_query(tree, asked(shops.schema, "orders", BY_CUSTOMER), shops.schema)
    assert query is not None
    said = (
        "the average of these numbers: for each customer id, the number of orders with its customer where "
        "customer age is above 30; what has none is left out"
    )
    assert explain_query(query, shops.schema) == f"T{said[1:]}."
    assert clauses(query.sql("sqlite"), shops.schema) == (("Shows", said),)


def test_the_assistant_averages_the_counts(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(
        ("SELECT singer_id, COUNT(*) FROM concert GROUP BY singer_id", 0.8),
        ("SELECT COUNT(*) FROM concert", 0.1),
    )
    answer = assistant.ask("How many concerts does a singer give on average?")
    assert fake_parser.questions == ["How many concerts does each singer give ?"]
    assert answer.columns == ("average",)
    assert len(answer.rows) == 1
    assert answer.confidence == pytest.approx(0.8 / 0.9)


def test_counts_that_no_rule_averages_are_declined(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT COUNT(*) FROM concert", 0.8))
    answer = assistant.ask("What is the average number of concerts per singer?")
    assert answer.outcome == "declined"
    assert answer.explanation == AVERAGE_UNCLEAR


def test_a_follow_up_for_an_average_of_counts_is_declined(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT COUNT(*) FROM concert", 0.9))
    first = assistant.ask("How many concerts are there?")
    answer = assistant.ask("and the average number of concerts per singer?", previous=first)
    assert answer.outcome == "declined"
    assert answer.explanation == AVERAGE_UNCLEAR
