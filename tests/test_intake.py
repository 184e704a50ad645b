"""What a person typed: cleaned, refused, or told to be SQL or a follow-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlidb.intake import (
    MAX_QUESTION,
    asks_for_change,
    asks_for_tables,
    clean,
    has_english,
    is_follow_up,
    join_follow_up,
    looks_like_sql,
    may_be_sql,
    refusal,
    unwrapped,
)


def test_clean() -> None:
    assert clean("  How many\n\tsingers?  ") == ("How many singers?", ())
    text, warnings = clean("How\x00 many \ud800singers?")
    assert text == "How many singers?"
    assert warnings == ("2 unreadable characters were left out of the question.",)


@given(st.text())
def test_clean_gives_one_line_of_text(text: str) -> None:
    cleaned, _ = clean(text)
    assert cleaned == clean(cleaned)[0]
    cleaned.encode()
    assert not any(ord(char) < 32 for char in cleaned)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("\U0001f600\U0001f389", "no words"),
        ("?!... 42", "no words"),
        ("x" * (MAX_QUESTION + 1), "characters"),
        ("how many singers " * 600, "characters"),
        ("Сколько певцов из Франции?", "another script"),
        ("有多少歌手", "another script"),
        ("كم عدد المطربين؟", "another script"),
        ("Combien de chanteurs y a-t-il ?", "another language"),
        ("Wie viele Sänger gibt es in der Datenbank?", "another language"),
        ("¿Cuántos cantantes hay en la lista?", "another language"),
        ("Quanti cantanti sono nella lista?", "another language"),
        ("Hoeveel zangers zijn er?", "another language"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    found = refusal(text)
    assert found is not None
    assert reason in found


@pytest.mark.parametrize(
    "text",
    [
        "How many singers are there?",
        "singer names",
        "Which books did García Márquez write?",
        "List the trains from Den Haag to La Rochelle.",
        "What is the average age of all singers from Los Angeles?",
        "Show flights to São Paulo and El Paso",
        "BRCA1 trials",
        "How many books by 村上春樹 are there?",
        "x" * MAX_QUESTION,
    ],
)
def test_let_through(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM singer",
        "  select name from singer where age > 5;",
        "WITH t AS (SELECT 1) SELECT * FROM t",
        "DROP TABLE singer",
        "delete from singer",
        "INSERT INTO singer VALUES (1)",
        "update singer set age = 3",
        "PRAGMA writable_schema = 1",
        "ATTACH DATABASE 'x.db' AS x",
        "explain query plan select 1",
        "SELECT nme FROM customers",
        "SELECT name FROM customers WHERE",
        "SELECT 1;",
        "SELECT now()",
        "SELECT",
        "VALUES (1)",
        "DESCRIBE customers",
    ],
)
def test_sql(text: str) -> None:
    assert looks_like_sql(text)


@pytest.mark.parametrize(
    "text",
    [
        "Select all singers from France",
        "Which singers come from France?",
        "With which singers did Rihanna perform?",
        "Update me on the sales of 2024",
        "Delete rows older than 2020 please",
        "Create a list of all singers",
        "Show everything; then stop",
        "select 5 customers",
        "select customer(s) who paid",
        "Select the names of singers",
        "describe the customers",
        "LIST ALL SINGERS FROM FRANCE",
    ],
)
def test_english(text: str) -> None:
    assert not looks_like_sql(text)


@pytest.mark.parametrize(
    ("pasted", "sql"),
    [
        ("```sql\nSELECT COUNT(*) FROM singer;\n```", "SELECT COUNT(*) FROM singer;"),
        ("```\nselect name from singer\n```", "select name from singer"),
        ("(SELECT 1)", "SELECT 1"),
        ("-- all of them\n/* really */ SELECT 1", "SELECT 1"),
        ("(which singers are old)", "(which singers are old)"),
        ("```what is this```", "```what is this```"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_sql_is_freed_of_what_was_copied_with_it(pasted: str, sql: str) -> None:
    assert unwrapped(pasted) == sql


def test_wishes_that_no_query_answers() -> None:
    for text in ("What tables are there?", "show me the tables", "SHOW TABLES;", "list all tables"):
        assert asks_for_tables(text), text
    for text in ("which tables are free tonight", "show me the tables near the window"):
        assert not asks_for_tables(text), text
    for text in ("delete all customers", "please drop the singer table", "update the price to 5"):
        assert asks_for_change(text), text
    for text in (
        "drop-offs in Berlin",
        "update me on sales from May to June",
        "set of all singers",
    ):
        assert not asks_for_change(text), text


def test_may_be_sql() -> None:
    assert may_be_sql("select name from singer")
    assert not looks_like_sql("select name from singer")
    assert not may_be_sql("which singers are there")


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("and only those from Lyon", True),
        ("sort them by age", True),
        ("how many are they", True),
        ("What about 2023?", True),
        ("their names", True),
        ("only the French ones", True),
        ("How many singers are there?", False),
        (
            "Which singers have released an album and sung songs from it in more than two cities",
            False,
        ),
    ],
)
def test_follow_up(text: str, follows: bool) -> None:
    assert is_follow_up(text) is follows


def test_join_follow_up() -> None:
    assert join_follow_up("Show all shops.", "Only those in Lyon") == (
        "Show all shops, only those in Lyon"
    )


def test_has_english() -> None:
    assert has_english("asdf the qwer")
    assert not has_english("asdf qwer")


def test_brackets_around_a_whole_statement_go_and_others_stay() -> None:
    assert unwrapped("((SELECT name FROM customers))") == "SELECT name FROM customers"
    union = "(SELECT name FROM customers) UNION (SELECT name FROM products)"
    assert unwrapped(union) == union
    assert may_be_sql(union)
