"""What has expired ended before today, and the last time is one."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlglot
import tiny
from conftest import FakeParser
from sqlglot import exp

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.lapsed import lapsed, last_time
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.values import ValueIndex

SCHEMA = tiny.make_schema(
    {
        "contract": "contract_id client:text start_date:time end_date:time",
        "voucher": "voucher_id valid_until:text notes:text seen_on:time",
    }
)
TODAY = date(2026, 11, 29)


def parsed(sql: str) -> exp.Query:
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    return tree


@pytest.mark.parametrize(
    ("text", "where", "meant"),
    [
        ("expired contracts", "end_date IS NULL", "end_date < '2026-11-29'"),
        ("contracts that have lapsed", "NOT end_date IS NULL", "end_date < '2026-11-29'"),
        (
            "what has run out for Acme",
            "client = 'Acme' AND end_date IS NULL",
            "client = 'Acme' AND end_date < '2026-11-29'",
        ),
        ("contracts not yet expired", "end_date IS NULL", "end_date IS NULL"),
        ("contracts that expired in 2024", "end_date IS NULL", "end_date IS NULL"),
        ("open contracts", "end_date IS NULL", "end_date IS NULL"),
        ("expired contracts", "start_date IS NULL", "start_date IS NULL"),
        ("expired contracts", "client IS NULL", "client IS NULL"),
        (
            "expired",
            "client = 'expired' AND end_date IS NULL",
            "client = 'expired' AND end_date IS NULL",
        ),
    ],
)
def test_what_has_expired_ended_before_today(text: str, where: str, meant: str) -> None:
    tree = parsed(f"SELECT client FROM contract WHERE {where}")
    made = lapsed(tree, parse_question(text), SCHEMA, TODAY)
    assert made.args["where"].this.sql() == meant
    assert tree.args["where"].this.sql() == where, "the query itself was changed"


@pytest.mark.parametrize(
    ("text", "sql", "made"),
    [
        (
            "When was voucher 7 last seen?",
            "SELECT seen_on FROM voucher WHERE voucher_id = 7",
            "SELECT MAX(seen_on) FROM voucher WHERE voucher_id = 7",
        ),
        (
            "when did the first contract start",
            "SELECT DISTINCT T1.start_date FROM contract AS T1",
            "SELECT MIN(T1.start_date) FROM contract AS T1",
        ),
        (
            "when was the last one seen",
            "SELECT seen_on FROM voucher ORDER BY seen_on DESC LIMIT 1",
            "SELECT seen_on FROM voucher ORDER BY seen_on DESC LIMIT 1",
        ),
        (
            "When was the last voucher seen?",
            "SELECT seen_on FROM voucher",
            "SELECT MAX(seen_on) FROM voucher",
        ),
        (
            "When is the First Aid voucher seen?",
            "SELECT seen_on FROM voucher",
            "SELECT seen_on FROM voucher",
        ),
        (
            "when did the first team see it",
            "SELECT seen_on FROM voucher",
            "SELECT seen_on FROM voucher",
        ),
        ("when were the last 3 seen", "SELECT seen_on FROM voucher", "SELECT seen_on FROM voucher"),
        (
            "when was our first client last seen",
            "SELECT seen_on FROM voucher",
            "SELECT seen_on FROM voucher",
        ),
        ("when was each last seen", "SELECT seen_on FROM voucher", "SELECT seen_on FROM voucher"),
        ("when was it seen", "SELECT seen_on FROM voucher", "SELECT seen_on FROM voucher"),
        ("the last vouchers", "SELECT seen_on FROM voucher", "SELECT seen_on FROM voucher"),
        ("when was the last", "SELECT notes FROM voucher", "SELECT notes FROM voucher"),
    ],
)
def test_the_last_time_is_one(text: str, sql: str, made: str) -> None:
    tree = parsed(sql)
    question = parse_question(text)
    links = link(question, SCHEMA, ValueIndex.empty(SCHEMA))
    assert last_time(tree, question, links, SCHEMA).sql("sqlite") == made
    assert tree.sql("sqlite") == sql, "the query itself was changed"


def test_the_assistant_knows_today(fake_parser: FakeParser, tmp_path: Path) -> None:
    path = tmp_path / "club.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE pass (id INTEGER PRIMARY KEY, end_date DATE);"
            "INSERT INTO pass VALUES (1, '2026-11-28'), (2, '2026-11-29'), (3, NULL);"
        )
    with Database.open(path) as database:
        fake_parser.answer(("SELECT id FROM pass WHERE end_date IS NULL", 0.9))
        assistant = Assistant(database, lambda: fake_parser, today=lambda: TODAY)
        assert assistant.ask("Which passes have expired?").rows == ((1,),)
