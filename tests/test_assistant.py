"""The assistant on a real database, with a fake model that takes its readings from a queue."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import threading
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import servers
from conftest import FakeParser

from nlidb.answer import TIMING_STAGES, Answer
from nlidb.assistant import Assistant
from nlidb.audit import AuditLog
from nlidb.config import POLICIES
from nlidb.database import Database
from nlidb.errors import (
    CheckpointError,
    ConfigError,
    ConnectionFailed,
    ExecutionFailed,
    InvalidSQL,
    QueryTimeout,
    RefusedSQL,
    UnsafeSQL,
)

COUNT = "SELECT COUNT(*) FROM singer"
NAMES = "SELECT name FROM singer ORDER BY age"
EMPTY = "SELECT name FROM singer WHERE country = 'Spain'"
NO_SPAIN = (
    'No singer country is "Spain". Stored there: "France", "Netherlands" and "United States".'
)
# Valid and accepted by the planner, but the engine breaks it off while it runs.
FAILS = "SELECT ABS(-9223372036854775807 - age / age) FROM singer"
ENDLESS = (
    "SELECT COUNT(*) FROM singer a, singer b, singer c, singer d, singer e, singer f, singer g, "
    "singer h, singer i, singer j, singer k, singer l, singer m, singer n"
)
QUESTION = "How many singers are there?"


def test_answered(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.8), (NAMES, 0.1))
    answer = assistant.ask(QUESTION)
    assert answer.outcome == "answered"
    assert answer.sql is not None and answer.sql.upper() == COUNT.upper()
    assert (answer.rows, answer.row_count, answer.truncated) == (((6,),), 1, False)
    assert answer.question == QUESTION
    assert answer.dialect == "sqlite"
    assert answer.confidence == 0.8
    assert answer.explanation == "The number of singers."
    assert [other.confidence for other in answer.alternatives] == [0.1]
    assert answer.choices == () and answer.warnings == ()
    assert tuple(answer.timings) == TIMING_STAGES
    assert answer.timings["total"] >= answer.timings["execute"] > 0


def test_links_carry_names_and_offsets(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.8))
    answer = assistant.ask("How many singers are from France?")
    table = next(link for link in answer.links if link.table == "singer" and link.column is None)
    assert (table.text, answer.question[table.start : table.end]) == ("singers", "singers")
    value = next(link for link in answer.links if link.kind == "cell_value")
    assert (value.table, value.column, value.value) == ("singer", "country", "France")
    assert answer.question[value.start : value.end] == "France"


def test_a_value_that_is_said_in_part_is_told(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    named = "SELECT age FROM singer WHERE name = 'Justin Brown'"
    fake_parser.answer((named, 0.8))
    answer = assistant.ask("How old is Justin Smith?")
    assert answer.warnings == ('Read "Justin" as the stored "Justin Brown".',)
    fake_parser.answer((named, 0.8))
    assert assistant.ask("How old is justin brown?").warnings == ()


def test_last_month_is_said_as_a_date(music_db: Path, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.8))
    database = Database.open(music_db)
    with Assistant(database, lambda: fake_parser, today=lambda: date(2024, 3, 15)) as assistant:
        answer = assistant.ask("How many concerts were there last month?")
    assert answer.question == "How many concerts were there in February 2024?"
    assert answer.warnings[0] == 'Read "last month" as "in February 2024".'


def test_attention_weighs_the_links(assistant: Assistant, fake_parser: FakeParser) -> None:
    items = len(assistant.schema.tables) + len(assistant.schema.columns)
    words = len(QUESTION.rstrip("?").split()) + 1
    fake_parser.attention = [[0.0] * items for _ in range(words)]
    singer = assistant.schema.find_table("singer")
    assert singer is not None
    fake_parser.attention[2][singer] = 0.625  # "singers"
    fake_parser.answer((COUNT, 0.8))
    links = assistant.ask(QUESTION).links
    assert [link.weight for link in links if link.table == "singer" and not link.column] == [0.625]


def test_translate_runs_nothing(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((FAILS, 0.8), (COUNT, 0.1))
    answer = assistant.translate(QUESTION)
    assert answer.outcome == "answered"
    assert answer.sql is not None
    assert (answer.columns, answer.rows) == ((), ())
    assert answer.timings["execute"] == 0


def test_translate_and_ask_choose_the_same(assistant: Assistant, fake_parser: FakeParser) -> None:
    for _ in range(2):
        fake_parser.answer((NAMES, 0.6), (COUNT, 0.3))
    assert assistant.translate(QUESTION).sql == assistant.ask(QUESTION).sql


def test_asks_back_when_unsure(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.1), (NAMES, 0.08))
    answer = assistant.ask(QUESTION)
    assert answer.outcome == "asks"
    assert answer.sql is None
    assert answer.rows == ()
    assert answer.alternatives[0].confidence == answer.confidence == 0.1
    assert [choice.text for choice in answer.choices][0] == "The number of singers."
    assert assistant.run(answer.choices[0].sql).rows == ((6,),)


def test_readings_that_sound_alike_are_told_apart(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((COUNT, 0.5), ("SELECT count(singer_id) FROM singer", 0.3))
    answer = assistant.ask(QUESTION)
    assert answer.explanation == "The number of singers."
    assert answer.alternatives[0].explanation.startswith("The number of singers, as `SELECT COUNT(")


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": 5},
        {"question": QUESTION, "limit": 1.5},
        {"question": QUESTION, "timeout": "soon"},
        {"question": QUESTION, "alternatives": None},
        {"question": QUESTION, "previous": "How many?"},
    ],
)
def test_arguments_of_another_type_are_errors_of_ours(
    assistant: Assistant, fake_parser: FakeParser, wrong: dict[str, Any]
) -> None:
    fake_parser.answer((COUNT, 0.9))
    with pytest.raises(ConfigError):
        assistant.ask(wrong.pop("question"), **wrong)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT nme FROM singer",
        "```sql\nSELECT nme FROM singer\n```",
        "SELECT name FROM singer WHERE",
    ],
)
def test_broken_sql_is_told_so_and_not_taken_for_english(assistant: Assistant, text: str) -> None:
    with pytest.raises(InvalidSQL):
        assistant.ask(text)


def test_declines_when_very_unsure(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.01))
    answer = assistant.ask(QUESTION, alternatives=0)
    assert answer.outcome == "declined"
    assert answer.sql is None
    assert len(answer.alternatives) == 1
    assert "The number of singers." in answer.explanation


def test_declines_without_a_valid_reading(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(("SELECT nope FROM singer", 0.9), ("SELECT 1 FROM nope", 0.9))
    answer = assistant.ask(QUESTION)
    assert (answer.outcome, answer.sql, answer.alternatives) == ("declined", None, ())


@pytest.mark.parametrize("policy", POLICIES)
def test_policies(assistant: Assistant, fake_parser: FakeParser, policy: str) -> None:
    found = []
    for share in (0.001, 0.5, 0.9):
        fake_parser.answer((COUNT, share))
        found.append(assistant.ask(QUESTION, policy=policy).outcome)  # type: ignore[arg-type]
    expected = {
        "eager": ["answered", "answered", "answered"],
        "balanced": ["declined", "answered", "answered"],
        "careful": ["declined", "asks", "answered"],
    }
    assert found == expected[policy]


def test_invalid_candidates_are_passed_over(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(("SELECT nope FROM singer", 0.9), (COUNT, 0.5), (COUNT, 0.4), (NAMES, 0.2))
    answer = assistant.ask(QUESTION)
    assert answer.confidence == 0.5
    assert [other.confidence for other in answer.alternatives] == [0.2]


def test_a_failure_takes_the_second_reading(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((FAILS, 0.8), (COUNT, 0.1), (NAMES, 0.05))
    answer = assistant.ask(QUESTION)
    assert answer.rows == ((6,),)
    assert answer.confidence == 0.1
    assert any("failed" in warning for warning in answer.warnings)
    assert [other.confidence for other in answer.alternatives] == [0.05]
    assert [("ABS" in item.sql, "overflow" in item.reason) for item in answer.refused] == [
        (True, True)
    ]


def test_at_most_two_readings_are_run(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((FAILS, 0.8), (FAILS + " LIMIT 5", 0.1), (COUNT, 0.05))
    with pytest.raises(ExecutionFailed):
        assistant.ask(QUESTION)
    fake_parser.answer((FAILS, 0.8))
    with pytest.raises(ExecutionFailed):
        assistant.ask(QUESTION)


def test_an_empty_result_gives_way_only_to_a_close_reading(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    question = "singers of spain, or of italy"
    fake_parser.answer((EMPTY, 0.45), (NAMES, 0.4))
    close = assistant.ask(question)
    assert close.row_count == 6
    assert any("no rows" in warning for warning in close.warnings)
    fake_parser.answer((EMPTY, 0.6), (NAMES, 0.2))
    far = assistant.ask(question)
    assert (far.row_count, far.columns) == (0, ("name",))
    assert far.warnings == (NO_SPAIN,)
    fake_parser.answer((EMPTY, 0.45), (EMPTY.replace("Spain", "Italy"), 0.4))
    both = assistant.ask(question)
    assert both.confidence == 0.45 and both.warnings == (NO_SPAIN,)


def test_limit_and_timeout(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((NAMES, 0.9))
    answer = assistant.ask(QUESTION, limit=2)
    assert (answer.row_count, answer.truncated) == (2, True)
    fake_parser.answer((ENDLESS, 0.9), (COUNT, 0.1))
    with pytest.raises(QueryTimeout):
        assistant.ask(QUESTION, timeout=0.2)


def test_cancel_stops_in_the_engine(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((ENDLESS, 0.9), (COUNT, 0.1))
    cancel = threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    with pytest.raises(ExecutionFailed):
        assistant.ask(QUESTION, cancel=cancel)
    timer.join()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \x00 ", "empty"),
        ("\U0001f600\U0001f600", "no words"),
        ("how many singers " * 1000, "characters"),
        ("Combien de chanteurs y a-t-il ?", "English only"),
        ("歌手は何人ですか", "English only"),
        ("qwer zxcv asdf", "Ask about singer and concert."),
        ("What tables are there?", "The tables are singer and concert."),
        ("delete all singers", "nothing was changed"),
    ],
)
def test_no_question(assistant: Assistant, text: str, reason: str) -> None:
    answer = assistant.ask(text)
    assert answer.outcome == "declined"
    assert (answer.sql, answer.rows, answer.alternatives) == (None, (), ())
    assert reason in answer.explanation
    assert answer.explanation in answer.warnings


def test_a_stored_share_is_asked_like_any_column(
    assistant: Assistant, fake_parser: FakeParser, music_db: Path
) -> None:
    with sqlite3.connect(music_db) as connection:
        connection.execute("ALTER TABLE singer ADD COLUMN market_share REAL")
    connection.close()
    fake_parser.answer((COUNT, 0.8))
    assert assistant.ask("What share of the market has Rose White?").outcome == "answered"


def test_a_nul_byte_is_left_out(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((COUNT, 0.9))
    answer = assistant.ask("How many\x00 singers are there?")
    assert fake_parser.questions == [QUESTION]
    assert answer.rows == ((6,),)
    assert "unreadable" in answer.warnings[0]


def test_pasted_sql(assistant: Assistant, music_db: Path) -> None:
    answer = assistant.ask("select  name from singer where name = 'Joe  Sharp' or age > 50;")
    assert answer.rows == (("Joe Sharp",),)
    assert "'Joe  Sharp'" in (answer.sql or "")  # blanks inside a string are the user's
    assert any("SQL" in warning for warning in answer.warnings)
    assert assistant.ask("select country from singer").row_count == 6
    before = music_db.read_bytes()
    for sql in ("DELETE FROM singer", "select 1 from singer; drop table singer"):
        with pytest.raises(UnsafeSQL):
            assistant.ask(sql)
    assert music_db.read_bytes() == before
    with pytest.raises(InvalidSQL):
        assistant.translate("SELECT * FROM nope")


def test_english_that_begins_like_sql(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((NAMES, 0.9))
    assert assistant.ask("Select all singers from France").row_count == 6
    assert fake_parser.questions == ["Select all singers from France"]


def test_progress_names_each_stage_as_it_begins(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((COUNT, 0.8))
    stages: list[str] = []
    assistant.ask(QUESTION, progress=stages.append)
    assert stages == ["link", "encode", "attend", "decode", "validate", "execute"]


def test_a_question_is_stopped_between_stages(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((COUNT, 0.8))
    cancel = threading.Event()
    stages: list[str] = []

    def stop_at_decode(stage: str) -> None:
        stages.append(stage)
        if stage == "decode":
            cancel.set()

    with pytest.raises(ExecutionFailed, match="stopped"):
        assistant.ask(QUESTION, progress=stop_at_decode, cancel=cancel)
    assert stages[-1] == "decode"


def test_refused_candidates_say_why(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(
        ("SELECT nmae FROM singer", 0.5), (COUNT, 0.3), (COUNT, 0.1), ("DELETE FROM singer", 0.05)
    )
    answer = assistant.ask(QUESTION, policy="eager")
    assert answer.rows == ((6,),)
    unknown, twice, unsafe = answer.refused
    assert "nmae" in unknown.sql and "nmae" in unknown.reason
    assert twice.reason == "It is the same SQL as a likelier reading."
    assert "DELETE" in unsafe.sql and "SELECT" in unsafe.reason
    assert answer.alternatives == ()


def test_readings_that_say_the_same_are_one(assistant: Assistant, fake_parser: FakeParser) -> None:
    french = "SELECT name FROM singer WHERE age > 30 AND country = 'France'"
    fake_parser.answer(
        (french, 0.6),
        ("SELECT name FROM singer WHERE country = 'France' AND age > 30", 0.1),
        (f"{french} AND age > 30", 0.1),
        ("SELECT name FROM singer WHERE age > 30 OR country = 'France'", 0.1),
    )
    answer = assistant.ask(QUESTION, policy="eager")
    assert [other.sql for other in answer.alternatives] == [
        "SELECT name FROM singer WHERE age > 30 OR country = 'France'"
    ]
    assert len(answer.refused) == 2


def test_only_refused_candidates(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer(("SELECT nmae FROM singer", 0.9))
    answer = assistant.ask(QUESTION)
    assert answer.outcome == "declined"
    assert [item.sql for item in answer.refused] == ["SELECT nmae FROM singer"]


def test_attention_names_what_takes_most(assistant: Assistant, fake_parser: FakeParser) -> None:
    schema = assistant.schema
    weights = np.zeros((6, len(schema.tables) + len(schema.columns)), np.float32)
    table = schema.find_table("singer")
    column = schema.find_column(table or 0, "country")
    assert table is not None and column is not None
    weights[2, table] = 0.75
    weights[4, len(schema.tables) + column] = 0.5
    fake_parser.attention = weights
    fake_parser.answer((COUNT, 0.8))
    found = assistant.ask("How many singers are there?").attention
    assert found is not None
    assert found.items[:2] == ("singer", "singer.country")
    assert [
        QUESTION[start:end] for start, end in found.words
    ] == "How many singers are there".split()
    assert found.weights[2][0] == 0.75
    assert found.weights[4][1] == 0.5


def test_a_question_longer_than_the_model_reads_has_links_all_the_same(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    items = len(assistant.schema.tables) + len(assistant.schema.columns)
    fake_parser.attention = np.full((3, items), 0.1, np.float32)
    fake_parser.answer((COUNT, 0.8))
    answer = assistant.ask("How many of the singers are from France?")
    assert [link.value for link in answer.links if link.value] == ["France"]


def test_follow_up(assistant: Assistant, fake_parser: FakeParser) -> None:
    fake_parser.answer((NAMES, 0.9))
    fake_parser.answer((EMPTY, 0.9))
    fake_parser.answer((COUNT, 0.9))
    first = assistant.ask("Show all singers.")
    second = assistant.ask("And only those from Spain", previous=first)
    assert second.question == "Show all singers, and only those from Spain"
    assert second.warnings == ("Read as a follow-up of 'Show all singers.'.", NO_SPAIN)
    third = assistant.ask("How many concerts were there in 2014?", previous=second)
    assert third.question == "How many concerts were there in 2014?"
    assert fake_parser.questions == [first.question, second.question, third.question]


def test_a_follow_up_changes_the_previous_query(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    """Whatever the model makes of both questions as one text: that becomes another reading."""
    fake_parser.answer((NAMES, 0.95))
    first = assistant.ask("Show the names of all singers by age.")
    fake_parser.answer((COUNT, 0.9))
    second = assistant.ask("and only those from France", previous=first)
    assert [row[0] for row in second.rows] == [
        "Tribal King", "Justin Brown", "Rose White", "John Nizinik",
    ]  # fmt: skip
    assert second.confidence == 0.9
    assert [(other.sql, round(other.confidence, 3)) for other in second.alternatives] == [
        (COUNT, 0.1)
    ]
    fake_parser.answer((COUNT, 0.9))
    third = assistant.ask("how many are they?", previous=second)
    assert third.rows == ((4,),)
    fake_parser.answer((COUNT, 0.9))
    assert assistant.ask("and those taller than a tree", previous=second).sql == COUNT


def test_readings_are_at_most_certain_together(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((NAMES, 0.95))
    first = assistant.ask("Show the names of all singers by age.")
    fake_parser.answer((COUNT, 0.6), (EMPTY, 0.3), (COUNT + " WHERE age > 3", 0.1))
    second = assistant.ask("and only those from France", previous=first)
    confidences = [second.confidence, *(other.confidence for other in second.alternatives)]
    assert [round(confidence, 3) for confidence in confidences] == [0.9, 0.06, 0.03, 0.01]


def test_a_follow_up_whose_words_are_left_out_is_asked_back(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((NAMES, 0.95))
    first = assistant.ask("Show the names of all singers by age.")
    fake_parser.answer((NAMES, 0.9), (COUNT, 0.05))
    second = assistant.ask("and those from France who sang abroad", previous=first)
    assert (second.outcome, second.sql, second.rows) == ("asks", None, ())
    assert "leaves out 'France'" in second.warnings[-1]
    assert [choice.confidence for choice in second.choices] == [0.9, 0.05]
    assert [other.confidence for other in second.alternatives] == [0.9, 0.05]


def test_a_follow_up_with_an_empty_result_stays(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    fake_parser.answer((NAMES, 0.95))
    first = assistant.ask("Show the names of all singers by age.")
    fake_parser.answer((NAMES, 0.9))
    second = assistant.ask("only those older than 90", previous=first)
    assert second.rows == ()
    assert second.sql is not None and "90" in second.sql


def test_check(assistant: Assistant) -> None:
    fine = assistant.check("SELECT name FROM singer WHERE age > 3")
    assert (fine.ok, fine.tables) == (True, ("singer",))
    assert set(fine.columns) == {"singer.name", "singer.age"}
    refused = assistant.check("SELECT name FROM singer; DROP TABLE singer")
    assert not refused.ok and refused.reason and refused.rule
    unknown = assistant.check("SELECT nmae FROM singer")
    assert not unknown.ok and "nmae" in unknown.reason
    assert not assistant.check("").ok


def test_run(assistant: Assistant) -> None:
    answer = assistant.run("SELECT country, COUNT(*) AS n FROM singer GROUP BY 1 ORDER BY 2 DESC")
    assert answer.columns == ("country", "n")
    assert answer.rows[0] == ("France", 4)
    assert (answer.outcome, answer.confidence) == ("answered", 1.0)
    assert answer.explanation.startswith("For each country, the number of singers")
    with pytest.raises(UnsafeSQL):
        assistant.run("UPDATE singer SET age = 1")
    with pytest.raises(InvalidSQL):
        assistant.run("SELECT nope FROM singer")


def test_the_model_is_loaded_only_for_questions(music_db: Path) -> None:
    loaded: list[int] = []

    def load() -> FakeParser:
        loaded.append(1)
        parser = FakeParser()
        parser.answer((COUNT, 0.9))
        parser.answer((COUNT, 0.9))
        return parser

    with Assistant(Database.open(music_db), load) as assistant:
        assistant.check(COUNT)
        assistant.run(COUNT)
        assistant.ask("")
        assert loaded == []
        assistant.ask(QUESTION)
        assistant.ask(QUESTION)
        assert loaded == [1]


def test_a_changed_schema_is_read_again(
    assistant: Assistant, fake_parser: FakeParser, music_db: Path
) -> None:
    fake_parser.answer((COUNT, 0.9))
    assistant.ask(QUESTION)
    with sqlite3.connect(music_db) as connection:
        connection.execute("CREATE TABLE album (album_id INTEGER PRIMARY KEY, title TEXT)")
        connection.execute("INSERT INTO album VALUES (1, 'Blue')")
    connection.close()
    fake_parser.answer(("SELECT title FROM album", 0.9))
    answer = assistant.ask("What are the album titles?")
    assert answer.rows == (("Blue",),)
    assert any(link.table == "album" for link in answer.links)
    assert len(fake_parser.encoded) == 2
    assert assistant.schema.find_table("album") is not None


def test_sql_that_needs_the_newest_schema_is_tried_again_at_once(
    assistant: Assistant, music_db: Path
) -> None:
    assert assistant.database.changed(max_age=0) is False  # looked at just now: trusted for a while
    with sqlite3.connect(music_db) as connection:
        connection.execute("CREATE TABLE label (label_name TEXT)")
        connection.execute("INSERT INTO label VALUES ('Blue Note')")
    connection.close()
    assert assistant.run("SELECT label_name FROM label").rows == (("Blue Note",),)
    with pytest.raises(InvalidSQL):
        assistant.run("SELECT nothing FROM label")


def test_many_threads(assistant: Assistant, fake_parser: FakeParser) -> None:
    for _ in range(40):
        fake_parser.answer((COUNT, 0.9), (NAMES, 0.05))
    found: list[Answer] = []

    def work() -> None:
        for _ in range(5):
            found.append(assistant.ask(QUESTION))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert all(answer.rows == ((6,),) for answer in found)
    assert len(fake_parser.encoded) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 0},
        {"limit": -1},
        {"timeout": 0.0},
        {"timeout": float("nan")},
        {"alternatives": -1},
    ],
)
def test_senseless_limits(assistant: Assistant, changes: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        assistant.ask(QUESTION, **changes)  # type: ignore[arg-type]


def test_unknown_policy(assistant: Assistant) -> None:
    with pytest.raises(ConfigError, match="balanced"):
        assistant.ask(QUESTION, policy="brave")  # type: ignore[arg-type]


def test_connect_errors(tmp_path: Path, music_db: Path) -> None:
    with pytest.raises(ConnectionFailed):
        Assistant.connect(tmp_path / "nope.sqlite")
    with pytest.raises(CheckpointError, match="nope"):
        Assistant.connect(music_db, checkpoint=tmp_path / "nope")
    with pytest.raises(ConfigError):
        Assistant.connect(music_db, limit=0)
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    with pytest.raises(ConnectionFailed):
        Assistant.connect(tmp_path / "empty.sqlite")


def test_the_database_is_deleted_under_us(
    assistant: Assistant, fake_parser: FakeParser, music_db: Path
) -> None:
    fake_parser.answer((COUNT, 0.9))
    assistant.ask(QUESTION)
    os.remove(music_db)
    with pytest.raises(ConnectionFailed):
        assistant.ask(QUESTION)


def test_connect_without_a_database_opens_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLIDB_CACHE", str(tmp_path))
    with Assistant.connect() as assistant:
        assert assistant.schema.db_id == "shop"
        assert assistant.run("SELECT COUNT(*) FROM customers").row_count == 1


def test_private_columns_are_in_no_answer(music_db: Path, fake_parser: FakeParser) -> None:
    database = Database.open(music_db, private=["singer.name"])
    with Assistant(database, lambda: fake_parser) as assistant:
        fake_parser.answer(
            (NAMES, 0.6), ("SELECT COUNT(DISTINCT name) FROM singer", 0.5), (COUNT, 0.1)
        )
        answer = assistant.ask("How many singers are called Joe Sharp?", policy="eager")
        assert answer.rows == ((6,),) and answer.alternatives == ()
        assert not [link for link in answer.links if link.value or link.column == "name"]
        for sql in (NAMES, "select name from singer"):
            with pytest.raises(RefusedSQL, match="singer.name is private"):
                assistant.ask(sql)
            with pytest.raises(RefusedSQL, match="singer.name is private"):
                assistant.run(sql)
        assert "singer.name" in assistant.check(NAMES).reason
        assert assistant.run("SELECT * FROM singer").columns == (
            "singer_id", "country", "age", "born",
        )  # fmt: skip


def test_connect_takes_private_columns_audit_and_limits(music_db: Path, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    with Assistant.connect(music_db, private=["age"], audit=log, max_cost=5.0) as assistant:
        assert not [column for column in assistant.schema.columns if column.name == "age"]
        assistant.run(COUNT)
    assert json.loads(log.read_text())["sql"] == COUNT
    for wrong in (
        {"private": ["singer.nothing"]},
        {"private": ["age"], "catalogues": True},
        {"audit": tmp_path / "missing" / "audit.jsonl"},
        {"max_cost": 0.0},
    ):
        with pytest.raises(ConfigError):
            Assistant.connect(music_db, **wrong)  # type: ignore[arg-type]


def test_catalogues_are_read_only_where_allowed(
    assistant: Assistant, music_db: Path, fake_parser: FakeParser
) -> None:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    with pytest.raises(UnsafeSQL, match="catalogue"):
        assistant.run(sql)
    with Assistant.connect(music_db, catalogues=True) as allowed:
        assert allowed.run(sql).rows == (("concert",), ("singer",))
        with pytest.raises(UnsafeSQL):
            allowed.run("DELETE FROM sqlite_master")


def test_every_question_and_sql_is_one_line_of_the_audit_log(
    music_db: Path, fake_parser: FakeParser, tmp_path: Path
) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    with Assistant(Database.open(music_db), lambda: fake_parser, audit=log) as assistant:
        fake_parser.answer((NAMES, 0.9))
        assistant.ask(QUESTION)
        fake_parser.answer((NAMES, 0.9))
        assistant.translate(QUESTION)
        fake_parser.answer((NAMES, 0.1))
        assistant.ask(QUESTION)
        assistant.ask("")
        assistant.run(COUNT)
        assistant.ask("SELECT * FROM singer WHERE age > 50")
        with pytest.raises(UnsafeSQL):
            assistant.run("DELETE FROM singer")
        with pytest.raises(UnsafeSQL):
            assistant.ask("DROP TABLE singer")
        fake_parser.answer((ENDLESS, 0.9))
        with pytest.raises(QueryTimeout):
            assistant.ask(QUESTION, timeout=0.1)
        assistant.save(NAMES, tmp_path / "names.csv")
        with pytest.raises(InvalidSQL):
            assistant.save("SELECT nope FROM singer", tmp_path / "nope.csv")
        assistant.check(COUNT)
        file = io.BytesIO()
        assert assistant.write(NAMES, "csv", file) == 6
        assert len(file.getvalue().splitlines()) == 7
        with pytest.raises(UnsafeSQL):
            assistant.write("DELETE FROM singer", "csv", file)
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert [(x["question"], x["outcome"], x["rows"], x["refused"]) for x in lines] == [
        (QUESTION, "answered", 6, ""),
        (QUESTION, "translated", 0, ""),
        (QUESTION, "asks", 0, ""),
        ("", "declined", 0, ""),
        ("", "answered", 1, ""),
        ("SELECT * FROM singer WHERE age > 50", "answered", 1, ""),
        ("", "refused", 0, "statement"),
        ("DROP TABLE singer", "refused", 0, "statement"),
        (QUESTION, "failed", 0, "QueryTimeout"),
        ("", "answered", 6, ""),
        ("", "refused", 0, "column"),
        ("", "answered", 6, ""),
        ("", "refused", 0, "statement"),
    ]
    assert lines[0]["sql"] == NAMES and lines[2]["sql"] is None
    assert lines[6]["sql"] == "DELETE FROM singer" and lines[7]["sql"] == "DROP TABLE singer"
    assert "CROSS JOIN" in lines[8]["sql"] or "singer" in lines[8]["sql"]
    assert all(x["when"] and x["who"] and x["database"] == str(music_db) for x in lines)
    assert "Sharp" not in log.path.read_text()


def test_no_answer_without_its_line_in_the_audit_log(music_db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    with Assistant.connect(music_db, audit=folder / "audit.jsonl") as assistant:
        (folder / "audit.jsonl").unlink()
        folder.rmdir()
        with pytest.raises(ConfigError, match="cannot be written"):
            assistant.run(COUNT)


def test_stored_values_are_forgotten_and_read_again(
    assistant: Assistant, fake_parser: FakeParser, music_db: Path
) -> None:
    def values(question: str) -> list[str | None]:
        fake_parser.answer((COUNT, 0.9))
        return [link.value for link in assistant.ask(question).links if link.kind == "cell_value"]

    assert values("How many singers are from France?") == ["France"]
    with sqlite3.connect(music_db) as connection:
        connection.execute("UPDATE singer SET country = 'Norway' WHERE country = 'France'")
    connection.close()
    assert values("How many singers are from Norway?") == []
    assistant.refresh()
    assert values("How many singers are from Norway?") == ["Norway"]
    assert values("How many singers are from France?") == []
    assistant.forget_values()
    assert values("How many singers are from Norway?") == []
    assert assistant._view is not None and len(assistant._view.index) == 0
    assistant.refresh()
    assert values("How many singers are from Norway?") == ["Norway"]


@pytest.mark.postgresql
def test_a_query_that_costs_too_much_is_not_run(tmp_path: Path) -> None:
    with (
        servers.shop("postgres", tmp_path) as url,
        Assistant.connect(url, max_cost=1000.0) as assistant,
    ):
        assert assistant.run("SELECT count(*) FROM customer").rows == ((5,),)
        huge = "SELECT count(*) FROM " + ", ".join(f"orders AS o{i}" for i in range(8))
        with pytest.raises(ExecutionFailed, match="cost"):
            assistant.run(huge)
        with pytest.raises(ExecutionFailed, match="cost"):
            assistant.save(huge, tmp_path / "huge.csv")
    assert not (tmp_path / "huge.csv").exists()
