"""Half a name that is shown gets its other half, unless the question chooses one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlglot
import tiny
from conftest import FakeParser
from sqlglot import exp

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.fullnames import full_names, with_names
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex

CLINIC = tiny.make_schema(
    {
        "patient": "pat_id first_nm:text last_nm:text city:text",
        "visit": "visit_id pat_id",
        "staff": "staff_id surname:text",
        "guest": "guest_id FirstName:text LastName:text maiden_last_name:text",
    },
    {"visit.pat_id": "patient.pat_id"},
)
JOINED = "FROM patient JOIN visit ON patient.pat_id = visit.pat_id"


def changed(text: str, sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    made = full_names(tree, parse_question(text), CLINIC).sql("sqlite")
    assert tree.sql("sqlite") == sql, "the query itself was changed"
    return made


@pytest.mark.parametrize(
    ("sql", "whole"),
    [
        ("SELECT first_nm, city FROM patient", "SELECT first_nm, last_nm, city FROM patient"),
        ("SELECT city, last_nm FROM patient", "SELECT city, first_nm, last_nm FROM patient"),
        (
            f"SELECT patient.first_nm, COUNT(*) {JOINED} GROUP BY patient.pat_id",
            f"SELECT patient.first_nm, patient.last_nm, COUNT(*) {JOINED} GROUP BY patient.pat_id",
        ),
        (
            "SELECT T1.first_nm, COUNT(*) FROM patient AS T1 GROUP BY T1.first_nm",
            "SELECT T1.first_nm, T1.last_nm, COUNT(*) FROM patient AS T1 GROUP BY T1.first_nm, T1.last_nm",
        ),
        (
            "SELECT first_nm FROM patient WHERE city = 'A' INTERSECT SELECT first_nm FROM patient",
            "SELECT first_nm, last_nm FROM patient WHERE city = 'A' INTERSECT "
            "SELECT first_nm, last_nm FROM patient",
        ),
    ],
)
def test_the_other_half_is_shown(sql: str, whole: str) -> None:
    assert changed("patients with their towns", sql) == whole


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("the first names of our patients", "SELECT first_nm FROM patient"),
        ("first and last name", "SELECT first_nm FROM patient"),
        ("surnames of patients", "SELECT last_nm FROM patient"),
        ("patients", "SELECT first_nm, last_nm FROM patient"),
        (
            "which name is the most common",
            "SELECT first_nm FROM patient GROUP BY first_nm ORDER BY COUNT(*) DESC LIMIT 1",
        ),
        ("who works here", "SELECT surname FROM staff"),  # there is no first name
        ("guests", "SELECT FirstName FROM guest"),  # of which last name?
        (
            "visits per patient",
            f"SELECT patient.first_nm, COUNT(*) {JOINED} GROUP BY visit.visit_id",
        ),
        ("how many names", "SELECT COUNT(DISTINCT first_nm) FROM patient"),
        ("all", "SELECT first_nm FROM patient UNION SELECT city FROM patient"),
        ("visits", "SELECT visit_id FROM visit WHERE pat_id IN (SELECT first_nm FROM patient)"),
    ],
)
def test_others_stay(text: str, sql: str) -> None:
    assert changed(text, sql) == sql


def named(text: str, sql: str) -> str:
    question = parse_question(text)
    links = link(question, CLINIC, ValueIndex.empty(CLINIC))
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    made = with_names(tree, question, links, CLINIC).sql("sqlite")
    assert tree.sql("sqlite") == sql, "the query itself was changed"
    return made


def test_what_belongs_to_somebody_comes_with_a_name() -> None:
    sql = "SELECT city FROM patient WHERE pat_id > 3"
    whole = "SELECT first_nm, city FROM patient WHERE pat_id > 3"
    assert named("patients with their city", sql) == whole
    assert named("show our patients and their city", sql) == whole


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("cities of patients", "SELECT city FROM patient"),
        ("patients with their city", "SELECT last_nm, city FROM patient"),
        ("patients with their number", "SELECT pat_id FROM patient"),
        ("patients with their city", "SELECT city, COUNT(*) FROM patient GROUP BY city"),
        ("patients with their city", "SELECT COUNT(*) FROM patient"),
        ("city and their patients", "SELECT city FROM patient"),
        ("visits with their city", "SELECT city FROM patient"),
    ],
)
def test_what_has_a_name_stays(text: str, sql: str) -> None:
    assert named(text, sql) == sql


def test_the_assistant_shows_whole_names(fake_parser: FakeParser, tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT);"
            "INSERT INTO person VALUES (1, 'Ann', 'Lee'), (2, 'Bob', 'Ray');"
        )
    with Database.open(path) as database:
        fake_parser.answer(("SELECT first_name FROM person WHERE id = 2", 0.9))
        answer = Assistant(database, lambda: fake_parser).ask("Which person has number 2?")
    assert answer.columns == ("first_name", "last_name")
    assert answer.rows == (("Bob", "Ray"),)
