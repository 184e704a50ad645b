"""The best of each: how it is read, and the queries that rank rows in each group, on every engine."""

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
from nlidb.explain import clauses, explain_query
from nlidb.groupwise import Groupwise, groupwise_query, read_groupwise
from nlidb.linking import link
from nlidb.nulls import mind_nulls
from nlidb.printing import to_sql
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.validate import validate
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("groupwise")) as url:
        database = Database.open(url)
        yield database
        database.close()


def read(database: Database, text: str) -> Groupwise | None:
    question = parse_question(text)
    index = ValueIndex.build(database.schema, database.distinct_values)
    return read_groupwise(question, link(question, database.schema, index), database.schema)


def column(schema: Schema, table: str, name: str) -> int:
    number = schema.find_table(table)
    assert number is not None
    found = schema.find_column(number, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "rest", "label"),
    [
        (
            "Which product is the most expensive in each category?",
            "Which product is the most expensive ?",
            ("product", "category"),
        ),
        (
            "Show the top 3 products per category by price",
            "Show the top 3 products by price",
            ("product", "category"),
        ),
        (
            "For each city, who is the oldest customer?",
            "who is the oldest customer?",
            ("customer", "city"),
        ),
        (
            "the latest and largest order of every customer",
            "the latest and largest order",
            ("customer", "name"),
        ),
    ],
)
def test_the_best_of_each_is_read(
    shops: Database, text: str, rest: str, label: tuple[str, str]
) -> None:
    found = read(shops, text)
    assert found is not None
    assert (found.text, found.label) == (rest, column(shops.schema, *label))
    words = [parse_question(text).words[place].text for place in found.places]
    assert words == [word.text for word in parse_question(rest).words]


@pytest.mark.parametrize(
    "text",
    [
        "How many products are there in each category?",
        "Which product is the most expensive?",
        "the quantity per customer, the five highest",  # of all
        "the largest order in each shop",  # of nothing that is stored
        "the test of each customer",
        "the oldest customer in each city of each category",
    ],
)
def test_other_questions_are_left_alone(shops: Database, text: str) -> None:
    assert read(shops, text) is None


DEAREST = "SELECT title FROM product ORDER BY price DESC LIMIT 1"
OLDEST = "SELECT name FROM customer WHERE age > 0 ORDER BY age DESC LIMIT 1"
CASES = [
    # (query, keys, label, rows without the order within a group)
    (
        DEAREST,
        [("product", "category")],
        ("product", "category"),
        {(None, "gum", 0.99), ("furniture", "desk", 180.0), ("office", "pen", 1.5)},
    ),
    (
        OLDEST,
        [("customer", "city")],
        ("customer", "city"),
        {("Paris", "Cid", 52), ("Rome", "Bob", 25), ("Oslo", "Eve", 31)},
    ),
    (
        "SELECT id FROM orders ORDER BY quantity DESC LIMIT 2",
        [("customer", "id")],
        ("customer", "name"),
        {
            ("Ann", 1, 10),
            ("Ann", 2, 1),
            ("Bob", 3, 2),
            ("Cid", 5, 7),
            ("Cid", 4, 5),
            ("Eve", 6, 2),
        },
    ),
    (
        "SELECT product.title FROM orders JOIN product ON orders.product_id = product.id "
        "GROUP BY product.id, product.title ORDER BY SUM(orders.quantity) DESC LIMIT 1",
        [("orders", "deleted")],
        ("orders", "deleted"),
        {(0, "pen", 15), (1, "lamp", 2), (1, "desk", 2)},  # two that tie
    ),
]


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_the_first_rows_of_each_group(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        database = Database.open(url)
        schema, dialect = database.schema, database.dialect
        oldest = sqlglot.parse_one(
            "SELECT name FROM customer ORDER BY age ASC LIMIT 1", read="sqlite"
        )
        assert isinstance(oldest, sqlglot.exp.Query)
        youngest = to_sql(mind_nulls(oldest, schema), dialect)  # as the model's SQL is printed
        ages = {(None, "Dot", None), ("Paris", "Ann", 31), ("Rome", "Bob", 25), ("Oslo", "Eve", 31)}
        city = ("customer", "city")
        for sql, keys, label, wanted in (*CASES, (youngest, [city], city, ages)):
            asked = Groupwise(
                "", (), tuple(column(schema, *key) for key in keys), column(schema, *label)
            )
            tree = validate(sql, schema, dialect).tree
            before = tree.sql()
            query = groupwise_query(tree, asked, schema)
            assert query is not None
            assert tree.sql() == before, "the query itself was changed"
            valid = validate(query, schema, dialect)
            rows = execute(database, valid).rows
            found = {
                (group, what, None if measure is None else round(float(measure), 2))
                for group, what, measure in rows
            }
            assert found == wanted, valid.sql
            assert explain_query(valid.tree, schema).startswith("For each "), valid.sql
        database.close()


@pytest.mark.parametrize(
    ("sql", "keys", "label"),
    [
        ("SELECT title FROM product", ["product.category"], "product.category"),
        ("SELECT MAX(price) FROM product", ["product.category"], "product.category"),
        ("SELECT title FROM product ORDER BY price", ["product.category"], "product.category"),
        ("SELECT * FROM product ORDER BY price LIMIT 1", ["product.category"], "product.category"),
        # every row would be a group of its own
        (DEAREST, ["product.id"], "product.title"),
        (
            "SELECT category FROM product GROUP BY category ORDER BY COUNT(*) DESC LIMIT 1",
            ["product.category"],
            "product.category",
        ),
        # no order belongs to a customer's row alone
        (OLDEST, ["orders.deleted"], "orders.deleted"),
        (
            "SELECT SUM(quantity) FROM orders ORDER BY quantity DESC LIMIT 1",
            ["orders.deleted"],
            "orders.deleted",
        ),
    ],
)
def test_no_query_for_first_rows_of_groups(
    shops: Database, sql: str, keys: list[str], label: str
) -> None:
    numbers = tuple(column(shops.schema, *key.split(".")) for key in keys)
    asked = Groupwise("", (), numbers, column(shops.schema, *label.split(".")))
    assert groupwise_query(validate(sql, shops.schema, "sqlite").tree, asked, shops.schema) is None


def test_the_sentence_names_group_order_and_number(shops: Database) -> None:
    asked = Groupwise(
        "", (), (column(shops.schema, "customer", "id"),), column(shops.schema, "customer", "name")
    )
    tree = validate("SELECT id FROM orders ORDER BY quantity DESC LIMIT 2", shops.schema, "sqlite")
    query = groupwise_query(tree.tree, asked, shops.schema)
    assert query is not None
    assert explain_query(query, shops.schema) == (
        "For each customer name, the id and quantity of the orders with its customer, sorted by quantity, highest "
        "first, only the first 2 of each, with those that tie."
    )


def test_its_clauses_are_that_sentence(shops: Database) -> None:
    asked = Groupwise(
        "",
        (),
        (column(shops.schema, "product", "category"),),
        column(shops.schema, "product", "category"),
    )
    query = groupwise_query(validate(DEAREST, shops.schema, "sqlite").tree, asked, shops.schema)
    assert query is not None
    ((name, said),) = clauses(query.sql("sqlite"), shops.schema)
    assert (name, said) == (
        "Shows",
        "for each category, the title and price of the products, sorted by price, highest first, only the first "
        "of each, with those that tie",
    )


OLDEST_SINGER = "SELECT name FROM singer ORDER BY age DESC LIMIT 1"


def test_the_assistant_ranks_in_each_group(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((OLDEST_SINGER, 0.8), ("SELECT MAX(age) FROM singer", 0.1))
    answer = assistant.ask("Who is the oldest singer in each country?")
    assert fake_parser.questions == ["Who is the oldest singer ?"]
    assert answer.rows == (
        ("France", "John Nizinik", 43),
        ("Netherlands", "Joe Sharp", 52),
        ("United States", "Timbaland", 32),
    )
    assert answer.columns == ("country", "name", "age")
    assert answer.confidence == pytest.approx(0.8 / 0.9)


def test_a_highest_value_is_left_to_the_model(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT MAX(age) FROM singer", 0.8), (OLDEST_SINGER, 0.1))
    fake_parser.answer(("SELECT country, MAX(age) FROM singer GROUP BY country", 0.9))
    answer = assistant.ask("What is the highest age in each country?")
    assert fake_parser.questions[-1] == "What is the highest age in each country?"
    assert answer.columns == ("country", "MAX(age)")


def test_the_best_few_that_no_rule_ranks_are_declined(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT name FROM singer", 0.8))
    answer = assistant.ask("the three oldest singers in each country")
    assert answer.outcome == "declined"
    assert "not of each" in answer.explanation
