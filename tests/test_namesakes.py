"""A part of a name that several rows share is asked back, with all of them and each of them to choose from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from conftest import FakeParser

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.linking import link
from nlidb.namesakes import MOST, Namesakes, namesakes
from nlidb.question import parse_question
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Customers of whom some share a name."""
    path = tmp_path_factory.mktemp("people") / "people.sqlite"
    names = ["Anna Hoffmann", "Anna Krüger", "Anna Krüger Lenz", "Klaus Meier", "Hanna Vogt"]
    names += [f"{first} Smith" for first in ("Al", "Bo", "Cy", "Di", "Ed", "Flo")]
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, friend TEXT)")
        connection.executemany(
            "INSERT INTO customer (name, friend) VALUES (?, 'none')", [(n,) for n in names]
        )
    connection.close()
    database = Database.open(path)
    yield database
    database.close()


def found(people: Database, text: str, where: str) -> Namesakes | None:
    index = ValueIndex.build(people.schema, people.distinct_values)
    question = parse_question(text)
    links = link(question, people.schema, index)
    tree = sqlglot.parse_one(f"SELECT id FROM customer WHERE {where}", read="sqlite")
    return namesakes(question, links, tree, people.schema, index)


def test_all_and_each_are_offered(people: Database) -> None:
    several = found(people, "Which customer is Hoffmann or Anna?", "name = 'Anna Hoffmann'")
    assert several is None  # both words are said: she is meant
    several = found(people, "What did Anna buy?", "name = 'Anna Hoffmann'")
    assert several is not None
    assert several.doubt == '"Anna" may be "Anna Hoffmann", "Anna Krüger" or "Anna Krüger Lenz".'
    assert [query.args["where"].this.sql() for query in several.queries] == [
        "name IN ('Anna Hoffmann', 'Anna Krüger', 'Anna Krüger Lenz')",
        "name = 'Anna Hoffmann'",
        "name = 'Anna Krüger'",
        "name = 'Anna Krüger Lenz'",
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("What did Klaus buy?", "name = 'Klaus Meier'"),  # there is one
        ("What did Anna Krüger buy?", "name = 'Anna Krüger'"),  # it is all of a name
        ("What did Anna buy?", "name LIKE '%Anna%'"),
        ("What did Smith buy?", "name = 'Al Smith'"),  # more than can be chosen among
        ("Who has no friend?", "friend = 'none'"),
    ],
)
def test_others_are_left_alone(people: Database, text: str, where: str) -> None:
    assert MOST < 6
    assert found(people, text, where) is None


def test_another_text_is_no_doubt(people: Database) -> None:
    several = found(people, "Anna and Klaus", "name = 'Anna Krüger' OR name = 'Klaus Meier'")
    assert several is not None and several.is_person
    assert several.queries[1].args["where"].this.sql() == (
        "name = 'Anna Hoffmann' OR name = 'Klaus Meier'"
    )
    doubled = found(people, "Annas", "name = 'Anna Krüger'")
    assert doubled is not None and len(doubled.queries) == 4


def test_of_things_all_are_taken(tmp_path: Path, fake_parser: FakeParser) -> None:
    path = tmp_path / "rooms.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE room (id INTEGER PRIMARY KEY, kind TEXT)")
        connection.executemany(
            "INSERT INTO room (kind) VALUES (?)", [("Suite",), ("Junior Suite",), ("Family Suite",)]
        )
        connection.execute("DELETE FROM room WHERE kind = 'Suite'")
    connection.close()
    with Assistant(Database.open(path), lambda: fake_parser) as assistant:
        fake_parser.answer(("SELECT COUNT(*) FROM room WHERE kind = 'Junior Suite'", 0.8))
        answer = assistant.ask("How many suites are there?")
    assert answer.rows == ((2,),)
    assert answer.warnings == ('"suites" may be "Family Suite" or "Junior Suite". All are taken.',)


def test_the_question_is_asked_back(people: Database, fake_parser: FakeParser) -> None:
    assistant = Assistant(people, lambda: fake_parser)
    fake_parser.answer(
        ("SELECT COUNT(*) FROM customer WHERE name = 'Anna Krüger'", 0.8),
        ("SELECT name FROM customer WHERE name = 'Anna Krüger'", 0.1),
    )
    answer = assistant.ask("How many customers are called Anna?")
    assert answer.outcome == "asks"
    assert answer.warnings == (
        '"Anna" may be "Anna Hoffmann", "Anna Krüger" or "Anna Krüger Lenz".',
    )
    assert len({choice.sql for choice in answer.choices}) == len(answer.choices) == 4
    assert assistant.run(answer.choices[0].sql).rows == ((3,),)
