"""Flags that the question names and the query leaves out, on every engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from conftest import FakeParser
from servers import ENGINE_PARAMS, shop
from sqlglot import exp

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.flags import by_number, named_flag
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex

SCRIPT = """
CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE visit (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES member (id), attended INTEGER,
    is_paid BOOLEAN, sold INTEGER, title TEXT);
INSERT INTO member VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid');
INSERT INTO visit VALUES (1, 1, 1, 1, 12, 'Jazz'), (2, 2, 0, 1, 0, 'Jazz'), (3, 3, NULL, 0, 3, 'Rock');
"""
JOINED = "FROM member AS T1 JOIN visit AS T2 ON T1.id = T2.member_id"


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Members and their visits: ``attended`` and ``is_paid`` are flags, ``sold`` is a number."""
    path = tmp_path_factory.mktemp("flags") / "club.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCRIPT)
    with Database.open(path) as database:
        yield database


def changed(club: Database, text: str, sql: str) -> str:
    question = parse_question(text)
    links = link(question, club.schema, ValueIndex.build(club.schema, club.distinct_values))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    made = named_flag(tree, question, links, club.schema, club.stores).sql("sqlite")
    assert tree.sql("sqlite") == sql, "the query itself was changed"
    return made


@pytest.mark.parametrize(
    ("text", "sql", "made"),
    [
        (
            "which members attended Jazz",
            f"SELECT T1.name {JOINED} WHERE T2.title = 'Jazz'",
            f"SELECT T1.name {JOINED} WHERE T2.title = 'Jazz' AND T2.attended = 1",
        ),
        (
            "visits that were attended",
            "SELECT id FROM visit",
            "SELECT id FROM visit WHERE attended = 1",
        ),
        (
            "paid visits per title",
            "SELECT title, COUNT(*) FROM visit GROUP BY title",
            "SELECT title, COUNT(*) FROM visit WHERE is_paid = TRUE GROUP BY title",
        ),
        (
            "members who attended Jazz and Rock",
            f"SELECT T1.name {JOINED} WHERE T2.title = 'Jazz' INTERSECT SELECT T1.name {JOINED} "
            "WHERE T2.title = 'Rock'",
            f"SELECT T1.name {JOINED} WHERE T2.title = 'Jazz' AND T2.attended = 1 INTERSECT "
            f"SELECT T1.name {JOINED} WHERE T2.title = 'Rock' AND T2.attended = 1",
        ),
    ],
)
def test_the_flag_is_asked_for(club: Database, text: str, sql: str, made: str) -> None:
    assert changed(club, text, sql) == made


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("visits that were not attended", "SELECT id FROM visit WHERE id > 2"),
        ("visits that were attended", "SELECT id FROM visit WHERE attended = 0"),
        ("how many were sold at each visit", "SELECT id FROM visit"),  # a number, no flag
        ("members who attended", "SELECT name FROM member"),  # no visit is read
        ("visits by title", "SELECT title FROM visit"),
        ("the most attended visit", "SELECT title FROM visit"),
        ("visits attended by Ann", "SELECT id FROM visit"),
        ("all visits including attended ones", "SELECT id FROM visit"),
        ("attended and unattended visits", "SELECT id FROM visit"),
        ("whether the visits were attended", "SELECT id FROM visit"),
        ("when did it get attended", "SELECT id FROM visit"),
        ("paid members", f"SELECT T1.name {JOINED}"),  # their visits are paid
        ("attended visits", "SELECT id FROM visit WHERE title = 'attended'"),
    ],
)
def test_others_stay(club: Database, text: str, sql: str) -> None:
    assert changed(club, text, sql) == sql


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("attended = 'attended'", "attended = 1"),
        ("attended <> 'Attended'", "attended <> 1"),
        ("is_paid = 'paid'", "is_paid = TRUE"),
        ("is_paid = 'is paid'", "is_paid = TRUE"),
        ("title = 'title'", "title = 'title'"),  # a text
        ("attended = 'yes'", "attended = 'yes'"),
        ("attended = 0", "attended = 0"),
    ],
)
def test_a_number_is_not_compared_with_its_name(club: Database, where: str, meant: str) -> None:
    tree = sqlglot.parse_one(f"SELECT id FROM visit WHERE {where}", read="sqlite")
    assert isinstance(tree, exp.Query)
    assert by_number(tree, club.schema).args["where"].this.sql("sqlite") == meant


def test_the_assistant_asks_for_it(club: Database, fake_parser: FakeParser) -> None:
    fake_parser.answer((f"SELECT T1.name {JOINED} WHERE T2.title = 'Jazz'", 0.9))
    answer = Assistant(club, lambda: fake_parser).ask("Which members attended Jazz?")
    assert answer.rows == (("Ann",),)


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_a_flag_on_every_engine(engine: str, tmp_path: Path, fake_parser: FakeParser) -> None:
    with shop(engine, tmp_path) as url, Database.open(url) as database:
        fake_parser.answer(("SELECT id FROM orders", 0.9))
        answer = Assistant(database, lambda: fake_parser).ask("Which orders are deleted?")
        assert sorted(answer.rows) == [(3,), (6,)]
