"""Values that are set against each other: the groups are those alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from conftest import FakeParser
from servers import shop
from sqlglot import exp

from nlidb.among import among
from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small shop on SQLite: customers of Paris, Rome, Oslo."""
    with shop("sqlite", tmp_path_factory.mktemp("among")) as url:
        database = Database.open(url)
        yield database
        database.close()


BY_CITY = "SELECT city, COUNT(*) FROM customer GROUP BY city"


def changed(shops: Database, text: str, sql: str) -> str:
    question = parse_question(text)
    index = ValueIndex.build(shops.schema, shops.distinct_values)
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    links = link(question, shops.schema, index)
    made = among(tree, question, links, shops.schema).sql("sqlite")
    assert tree.sql("sqlite") == sql, "the query itself was changed"
    return made


@pytest.mark.parametrize(
    "text",
    [
        "customers from Paris vs Rome",
        "how many customers are from Paris and how many from Rome",
        "customers of Paris against Rome",
    ],
)
def test_these_alone_are_compared(shops: Database, text: str) -> None:
    made = "SELECT city, COUNT(*) FROM customer WHERE city IN ('Paris', 'Rome') GROUP BY city"
    assert changed(shops, text, BY_CITY) == made


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("customers per city, such as Paris and Rome", BY_CITY),
        ("customers of every place: Paris, Rome and so on", BY_CITY),
        ("customers by city, Paris vs Rome", BY_CITY),
        ("customers from Rome", BY_CITY),
        ("Lima, Paris and Rome", BY_CITY),  # there is no Lima, which is asked for too
        ("customers from Paris who never went to Rome", BY_CITY),
        ("Paris vs Rome", "SELECT name FROM customer"),
        ("Paris vs Rome", "SELECT COUNT(*) FROM customer GROUP BY city"),
        (
            "Paris vs Rome",
            "SELECT city, COUNT(*) FROM customer WHERE city = 'Paris' GROUP BY city",
        ),
    ],
)
def test_others_stay(shops: Database, text: str, sql: str) -> None:
    assert changed(shops, text, sql) == sql


def test_the_assistant_compares_them(shops: Database, fake_parser: FakeParser) -> None:
    fake_parser.answer((BY_CITY, 0.9))
    answer = Assistant(shops, lambda: fake_parser).ask("How many customers: Paris vs Oslo?")
    assert sorted(answer.rows) == [("Oslo", 1), ("Paris", 2)]
