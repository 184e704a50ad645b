"""The second and the third: how they are read, and the queries for the row in that place, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeParser
from servers import ENGINE_PARAMS, shop

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.execute import execute
from nlidb.ordinals import nth_query, read_ordinal
from nlidb.question import parse_question
from nlidb.validate import validate


@pytest.mark.parametrize(
    ("text", "first", "number"),
    [
        ("Who is the second oldest singer?", "Who is the oldest singer?", 2),
        ("the 3rd most popular concert", "the most popular concert", 3),
        ("What is the second-highest age?", "What is the highest age?", 2),
        ("Which country has the fourth most singers?", "Which country has the most singers?", 4),
        ("the Second Best singer", "the Best singer", 2),
        ("the 12th oldest singer", "the oldest singer", 12),
        (
            "the first name of the third\u2011oldest singer",
            "the first name of the oldest singer",
            3,
        ),
    ],
)
def test_an_ordinal_is_read(text: str, first: str, number: int) -> None:
    question = parse_question(text)
    found = read_ordinal(question)
    assert found is not None
    assert (found.text, found.number) == (first, number)
    words = [question.words[place].text for place in found.places]
    assert words == [word.text for word in parse_question(first).words]


@pytest.mark.parametrize(
    "text",
    [
        "Who is the oldest singer?",
        "the second concert of 2014",
        "the second interest of each singer",
        "the second oldest and the third oldest singer",
        "the first and second oldest singer",
        "all singers except the second oldest",
        "How many concerts did the second oldest singer give?",
        "the second oldest singer in each country",
    ],
)
def test_other_words_are_no_ordinal(text: str) -> None:
    assert read_ordinal(parse_question(text)) is None


CASES = [
    ("SELECT name FROM customer WHERE age > 0 ORDER BY age DESC LIMIT 1", 2, "Ann Eve"),
    ("SELECT name FROM customer WHERE age > 0 ORDER BY age DESC LIMIT 1", 3, "Bob"),
    ("SELECT name FROM customer WHERE age = (SELECT MAX(age) FROM customer)", 2, "Ann Eve"),
    ("SELECT COUNT(*) FROM customer WHERE age < (SELECT MAX(age) FROM customer)", 2, 1),
    # of the values 52, 31, 31, 25 the second different one
    ("SELECT MAX(age) FROM customer", 2, 31),
    ("SELECT MAX(age) FROM customer", 3, 25),
    ("SELECT MIN(age) FROM customer", 1, 25),
    ("SELECT MIN(age) FROM customer WHERE city = 'Paris'", 2, 52),
    (
        "SELECT category FROM product GROUP BY category ORDER BY COUNT(*) DESC, category ASC LIMIT 1",
        1,
        "furniture",
    ),
]


@pytest.mark.parametrize("engine", ENGINE_PARAMS)
def test_the_row_in_that_place(engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        database = Database.open(url)
        schema, dialect = database.schema, database.dialect
        for sql, number, wanted in CASES:
            tree = validate(sql, schema, dialect).tree
            before = tree.sql()
            query = nth_query(tree, number, schema)
            assert query is not None
            assert tree.sql() == before, "the query itself was changed"
            rows = execute(database, validate(query, schema, dialect)).rows
            values = wanted.split() if isinstance(wanted, str) else [wanted]
            assert sorted(row[0] for row in rows) == values, sql
        database.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM singer",
        "SELECT name FROM singer ORDER BY age DESC",
        "SELECT name FROM singer ORDER BY age DESC LIMIT 3",
        "SELECT name FROM singer ORDER BY age DESC LIMIT 1 OFFSET 1",
        "SELECT COUNT(*) FROM singer",
        "SELECT country, MAX(age) FROM singer GROUP BY country",
        "SELECT MAX(age), MIN(age) FROM singer",
        "SELECT COUNT(*) FROM singer ORDER BY age DESC LIMIT 1",
        "SELECT name FROM singer WHERE age = (SELECT MAX(age) FROM singer) ORDER BY name LIMIT 3",
        "SELECT name FROM singer UNION SELECT title FROM concert",
    ],
)
def test_no_query_for_a_first_row(assistant: Assistant, sql: str) -> None:
    assert nth_query(validate(sql, assistant.schema, "sqlite").tree, 2, assistant.schema) is None


def test_the_assistant_asks_for_the_first_and_moves_on(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    oldest = "SELECT name FROM singer ORDER BY age DESC LIMIT 1"
    items = len(assistant.schema.tables) + len(assistant.schema.columns)
    fake_parser.attention = [[0.0] * items for _ in range(6)]  # who is the oldest singer ?
    fake_parser.attention[4][0] = 0.5
    fake_parser.answer((oldest, 0.5), ("SELECT name FROM singer", 0.3))
    answer = assistant.ask("Who is the second oldest singer?")
    assert fake_parser.questions == ["Who is the oldest singer?"]
    assert answer.question == "Who is the second oldest singer?"
    assert answer.rows == (("John Nizinik",),)
    assert answer.confidence == pytest.approx(0.5 / 0.7)
    assert answer.explanation.endswith("oldest first, only the second, with those that tie.")
    assert answer.attention is not None
    start, end = answer.attention.words[5]
    assert answer.question[start:end] == "singer"
    assert max(answer.attention.weights[5]) == 0.5


def test_an_ordinal_that_cannot_be_moved_is_declined(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    # what the best reading is not, no other is
    fake_parser.answer(
        ("SELECT name FROM singer ORDER BY age DESC", 0.9),
        ("SELECT name FROM singer ORDER BY age DESC LIMIT 1", 0.1),
    )
    answer = assistant.ask("Who is the second oldest singer?")
    assert answer.outcome == "declined"
    assert "which row" in answer.explanation
    for text in ("the first and second oldest singer", "all but the second oldest singer"):
        assert assistant.ask(text).outcome == "declined", text


def test_a_follow_up_of_an_ordinal_is_declined(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer(("SELECT name FROM singer ORDER BY age DESC LIMIT 1", 0.9))
    second = assistant.ask("Who is the second oldest singer?")
    assert assistant.ask("and the third?", previous=second).outcome == "declined"
