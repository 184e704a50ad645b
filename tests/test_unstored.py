"""Texts that no row holds: told, with what is stored; looked for inside longer values and in other columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from conftest import FakeParser
from sqlglot import exp

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.unstored import by_part, invented, misplaced, unstored
from nlidb.values import MAX_VALUE_LENGTH, ValueIndex

SCRIPT = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT, plan TEXT, joined DATE, note TEXT);
CREATE TABLE agent (id INTEGER PRIMARY KEY, name TEXT, remark TEXT);
CREATE TABLE ticket (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), agent_id INTEGER REFERENCES agent (id)
);
INSERT INTO customer VALUES (1, 'Klaus Meier', 'Berlin', 'Basic', '2024-01-01', NULL),
    (2, 'Anna Hoffmann', 'Lyon', 'Pro', '2024-02-01', NULL),
    (3, 'Anna Krüger', 'Hannover', NULL, '2024-03-01', NULL),
    (4, 'Ines Petit', 'Lyon', 'Pro', '2024-03-01', NULL);
INSERT INTO agent VALUES (1, 'Grace Vogt', 'x'), (2, 'Hanna Vogt', 'y');
INSERT INTO ticket VALUES (1, 1, 1), (2, 2, 1), (3, 2, 2);
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Customers, agents and tickets."""
    path = tmp_path_factory.mktemp("desk") / "desk.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCRIPT)
    connection.close()
    database = Database.open(path)
    yield database
    database.close()


@pytest.fixture(scope="module")
def index(desk: Database) -> ValueIndex:
    return ValueIndex.build(desk.schema, desk.distinct_values)


def parsed(sql: str) -> exp.Query:
    tree = sqlglot.parse_one(sql, read="sqlite")
    assert isinstance(tree, exp.Query)
    return tree


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            "city = 'Berln'",
            'No customer city is "Berln". Close to it: "Berlin".',
        ),
        (
            "plan = 'Gold'",
            'No customer plan is "Gold". Stored there: "Basic" and "Pro".',
        ),
        (
            "name = 'Vogt'",
            'No customer name is "Vogt", but there is the agent name "Grace Vogt" and "Hanna Vogt".',
        ),
        ("name LIKE '%zzz%'", 'No customer name contains "zzz".'),
        ("name LIKE 'nna%'", 'No customer name begins with "nna".'),
        (
            "'Rom' = city",
            'No customer city is "Rom". Stored there: "Berlin", "Hannover" and "Lyon".',
        ),
        ("note = 'qq'", 'No customer note is "qq": the column is empty.'),
        (
            "name = 'Anna'",
            'No customer name is "Anna". Close to it: "Anna Hoffmann" and "Anna Krüger".',
        ),
    ],
)
def test_what_is_told(desk: Database, index: ValueIndex, where: str, told: str) -> None:
    assert unstored(parsed(f"SELECT id FROM customer WHERE {where}"), desk.schema, index) == (told,)


@pytest.mark.parametrize(
    "where",
    [
        "city = 'Berlin'",
        "city = 'BERLIN'",  # whether that is the same, the engine says
        "name LIKE '%eie%'",
        "name LIKE 'A_na%'",  # no plain text
        "joined = '2025-01-01'",  # a date is no name
        "id = 99",
        "city = ''",
        f"name = '{'x' * (MAX_VALUE_LENGTH + 1)}'",  # too long to be in the index
    ],
)
def test_what_is_not_told(desk: Database, index: ValueIndex, where: str) -> None:
    tree = parsed(f"SELECT id FROM customer WHERE {where}")
    assert unstored(tree, desk.schema, index) == ()


def test_nothing_is_told_of_a_column_that_was_not_read_to_its_end(desk: Database) -> None:
    cut = ValueIndex.build(desk.schema, desk.distinct_values, max_values_per_column=2)
    assert unstored(parsed("SELECT id FROM customer WHERE city = 'Rome'"), desk.schema, cut) == ()


def test_the_database_is_asked(desk: Database, index: ValueIndex) -> None:
    """It may have new rows, and its own mind on capitals; where something was found these need no telling."""

    def told(where: str, finds: bool | None, *, is_empty: bool = True) -> int:
        tree = parsed(f"SELECT id FROM customer WHERE {where}")
        asked: list[str] = []

        def ask(column: int, condition: exp.Expr) -> bool | None:
            asked.append(condition.sql())
            return finds

        return len(unstored(tree, desk.schema, index, ask, is_empty=is_empty))

    assert told("city = 'Rome'", finds=False) == 1
    assert told("city = 'Rome'", finds=True) == told("city = 'Rome'", finds=None) == 0
    assert told("city <> 'Rome' OR city IN ('Lyon', 'Paris')", finds=False, is_empty=False) == 2
    assert told("city = 'BERLIN'", finds=False) == 1
    assert told("city = 'BERLIN'", finds=False, is_empty=False) == 0
    assert told("city LIKE 'ber%'", finds=False) == 1
    assert told("city = 'Berlin'", finds=False) == 0  # not asked at all


@pytest.mark.parametrize(
    ("where", "changed"),
    [
        ("name = 'klaus'", "name LIKE '%Klaus%'"),
        ("name = 'Anna'", "name LIKE '%Anna%'"),
        ("name <> 'Klaus'", "NOT name LIKE '%Klaus%'"),
        ("agent.name = 'Anna'", "agent.name = 'Anna'"),
        ("name = 'Anna Krüger'", "name = 'Anna Krüger'"),
        ("name = 'Ann'", "name = 'Ann'"),  # only a part of words
        ("name = 'Walter'", "name = 'Walter'"),
        ("name = 'Anna%'", "name = 'Anna%'"),
        ("city = 'Hannover'", "city = 'Hannover'"),
    ],
)
def test_a_part_is_looked_for_inside(
    desk: Database, index: ValueIndex, where: str, changed: str
) -> None:
    tree = parsed(f"SELECT id FROM customer WHERE {where}")
    found = by_part(tree, desk.schema, index)
    assert found.sql() == f"SELECT id FROM customer WHERE {changed}"


def test_the_column_of_a_join_is_the_one_meant(desk: Database, index: ValueIndex) -> None:
    sql = "SELECT t.id FROM ticket AS t JOIN agent AS a ON t.agent_id = a.id WHERE a.name = 'Meier'"
    told = 'No agent name is "Meier", but there is the customer name "Klaus Meier".'
    assert misplaced(parsed(sql), desk.schema, index) == told
    nowhere = parsed("SELECT id FROM agent WHERE name = 'Zorn'")
    assert misplaced(nowhere, desk.schema, index) == ""


def test_the_answer_tells_and_the_right_column_is_taken(
    desk: Database, fake_parser: FakeParser
) -> None:
    def by(table: str) -> str:
        joined = f"ticket JOIN {table} ON ticket.{table}_id = {table}.id"
        return f"SELECT COUNT(*) FROM {joined} WHERE {table}.name = 'Meier'"

    assistant = Assistant(desk, lambda: fake_parser)
    fake_parser.answer((by("agent"), 0.6), (by("customer"), 0.3))
    answer = assistant.ask("How many tickets did Meier open?")
    assert answer.rows == ((1,),)
    assert answer.explanation.endswith('customer name contains "Meier".')
    assert [one.reason for one in answer.refused] == [
        'No agent name is "Meier", but there is the customer name "Klaus Meier".'
    ]
    fake_parser.answer(("SELECT name FROM customer WHERE city = 'Rome'", 0.9))
    told = 'No customer city is "Rome". Stored there: "Berlin", "Hannover" and "Lyon".'
    assert assistant.ask("Who lives in Rome?").warnings == (told,)
    run = assistant.run("SELECT name FROM customer WHERE plan = 'Free'")
    assert run.warnings == ('No customer plan is "Free". Stored there: "Basic" and "Pro".',)


def test_what_nobody_said_is_not_looked_for(
    desk: Database, index: ValueIndex, fake_parser: FakeParser
) -> None:
    zero = "SELECT name FROM customer WHERE plan = '0'"
    told = 'It looks for "0", which the question does not say.'
    assert invented("open customers", parsed(zero), desk.schema, index) == told
    assert invented("customers of plan 0", parsed(zero), desk.schema, index) == ""
    basic = parsed("SELECT name FROM customer WHERE plan = 'Basic'")
    assert invented("customers", basic, desk.schema, index) == ""  # it is stored
    fake_parser.answer((zero, 0.7), ("SELECT name FROM customer WHERE plan = 'Basic'", 0.2))
    answer = Assistant(desk, lambda: fake_parser).ask("simple customers", policy="eager")
    assert answer.rows == (("Klaus Meier",),)


def test_where_no_reading_has_its_place_it_asks_back(
    desk: Database, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT id FROM agent WHERE name = 'Meier'", 0.9))
    answer = Assistant(desk, lambda: fake_parser).ask("Which is Meier?")
    assert answer.outcome == "asks"
    assert answer.warnings == (
        'The likeliest reading is no good: No agent name is "Meier", but there is the customer name '
        '"Klaus Meier".',
    )


def test_what_came_after_the_index_is_found(tmp_path: Path, fake_parser: FakeParser) -> None:
    path = tmp_path / "desk.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCRIPT)
        with Assistant(Database.open(path), lambda: fake_parser) as assistant:
            fake_parser.answer(("SELECT name FROM customer", 0.9))
            assistant.ask("Which customers are there?")
            connection.execute(
                "INSERT INTO customer VALUES (9, 'Ugo Riva', 'Rome', 'Pro', NULL, NULL)"
            )
            connection.commit()
            fake_parser.answer(("SELECT name FROM customer WHERE city = 'Rome'", 0.9))
            answer = assistant.ask("Who lives in Rome?")
    assert (answer.rows, answer.warnings) == ((("Ugo Riva",),), ())
    connection.close()
