"""Each row once: a count of what the question names, where a join repeats it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from conftest import FakeParser
from servers import shop

from nlidb.assistant import Assistant
from nlidb.counts import count_once
from nlidb.database import Database
from nlidb.execute import execute
from nlidb.explain import explain_query
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.validate import validate
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customer, product, orders."""
    with shop("sqlite", tmp_path_factory.mktemp("counts")) as url:
        database = Database.open(url)
        yield database
        database.close()


def counted(database: Database, text: str, sql: str) -> str:
    question = parse_question(text)
    links = link(question, database.schema, ValueIndex.empty(database.schema))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, sqlglot.exp.Query)
    before = tree.sql()
    found = count_once(tree, question, links, database.schema).sql("sqlite")
    assert tree.sql() == before, "the query itself was changed"
    return found


JOIN = "FROM customer JOIN orders ON customer.id = orders.customer_id WHERE orders.deleted = 0"
STAR = f"SELECT COUNT(*) {JOIN}"


def test_what_the_join_repeats_is_counted_once(shops: Database) -> None:
    sql = counted(shops, "How many customers have an order that is not deleted?", STAR)
    assert sql == f"SELECT COUNT(DISTINCT customer.id) {JOIN}"
    (plain,) = execute(shops, validate(STAR, shops.schema, "sqlite")).rows
    (once,) = execute(shops, validate(sql, shops.schema, "sqlite")).rows
    assert (plain, once) == ((4,), (2,))
    said = explain_query(sqlglot.parse_one(sql, read="sqlite"), shops.schema)
    assert said.startswith("The number of different customers ")


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("How many orders are not deleted?", STAR),  # the orders are what is counted
        ("How many are there?", STAR),
        ("How many customers are there?", "SELECT COUNT(*) FROM customer"),
        ("How many customers have which city?", f"SELECT city, COUNT(*) {JOIN} GROUP BY city"),
        ("Which customers have orders?", f"SELECT customer.name {JOIN}"),
        ("How many products are there?", STAR),  # not in the query
    ],
)
def test_other_counts_stay(shops: Database, text: str, sql: str) -> None:
    assert counted(shops, text, sql) == sql


def test_a_count_of_one_to_one_rows_stays() -> None:
    import tiny

    schema = tiny.make_schema(
        {"person": "person_id name:text", "swimmer": "swimmer_id town:text"},
        {"swimmer.swimmer_id": "person.person_id"},
    )
    question = parse_question("How many persons swim?")
    links = link(question, schema, ValueIndex.empty(schema))
    tree = sqlglot.parse_one(
        "SELECT COUNT(*) FROM swimmer JOIN person ON swimmer.swimmer_id = person.person_id"
    )
    assert isinstance(tree, sqlglot.exp.Query)
    assert count_once(tree, question, links, schema) is tree


def test_the_assistant_counts_once(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(
        (
            "SELECT COUNT(*) FROM singer JOIN concert ON singer.singer_id = concert.singer_id",
            0.9,
        )
    )
    answer = assistant.ask("How many singers gave a concert?")
    assert answer.sql is not None
    assert answer.sql.startswith("SELECT COUNT(DISTINCT singer.singer_id) FROM singer ")
