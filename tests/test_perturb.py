"""Perturbed questions keep their values and meaning, are seeded, and renamed databases still answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.perturb import (
    QUESTION_KINDS,
    SCHEMA_KINDS,
    ColumnRenaming,
    QuestionKind,
    SchemaKind,
    perturb_examples,
    perturb_question,
    rename_columns,
)
from nlidb.schema import Schema
from nlidb.spider import Example, schema_from_entry

QUESTION = "Show the names of all students in Paris whose title is 'The Big One' since 2014."


@pytest.fixture
def schema() -> Schema:
    return schema_from_entry(
        {
            "db_id": "school",
            "table_names_original": ["student", "department", "grade"],
            "column_names_original": [
                [-1, "*"],
                [0, "StudentID"],
                [0, "Name"],
                [0, "home_city"],
                [1, "name"],
                [1, "department_code"],
                [1, "description"],
                [2, "student_id"],
                [2, "grade"],
                [2, "year"],
            ],
            "column_types": ["text", "number", "text", "text", "text"] + ["text"] * 5,
            "primary_keys": [1],
            "foreign_keys": [[7, 1]],
        }
    )


@pytest.mark.parametrize("kind", QUESTION_KINDS)
def test_each_kind_changes_this_question_and_only_its_words(kind: QuestionKind) -> None:
    changed = perturb_question(QUESTION, kind, seed=1)
    assert changed != QUESTION
    assert "'The Big One'" in changed
    assert "2014" in changed
    if kind != "case":
        assert "Paris" in changed


@pytest.mark.parametrize("kind", QUESTION_KINDS)
def test_a_seed_gives_the_same_and_seeds_differ(kind: QuestionKind) -> None:
    variants = [perturb_question(QUESTION, kind, seed=seed) for seed in range(12)]
    assert variants == [perturb_question(QUESTION, kind, seed=seed) for seed in range(12)]
    if kind not in ("word_order", "synonyms"):
        assert len(set(variants)) > 1


def test_what_each_kind_does() -> None:
    assert perturb_question(QUESTION, "case", seed=0).lower() == QUESTION.lower()
    words = set(QUESTION.split())
    dropped = perturb_question(QUESTION, "stop_words", seed=0).split()
    assert set(dropped) < words
    assert "  " not in perturb_question(QUESTION, "stop_words", seed=0)
    typo = perturb_question(QUESTION, "typos", seed=0).split()
    assert len(typo) == len(QUESTION.split())
    assert 1 <= sum(a != b for a, b in zip(typo, QUESTION.split(), strict=True)) <= 3
    moved = perturb_question("Show the name of singers for each country.", "word_order", seed=0)
    assert moved == "For each country, show the name of singers."
    assert perturb_question("How many cars?", "synonyms", seed=0) == "What number of automobiles?"
    asked = perturb_question("How many cars?", "paraphrase", seed=0)
    assert asked.endswith("how many cars?")
    assert len(asked) > len("How many cars?")


@pytest.mark.parametrize("kind", QUESTION_KINDS)
@given(question=st.text(max_size=60), seed=st.integers(0, 3))
def test_any_text_is_taken(kind: QuestionKind, question: str, seed: int) -> None:
    changed = perturb_question(question, kind, seed=seed)
    assert isinstance(changed, str)
    digits = [sign for sign in question if sign in "0123456789"]
    if kind in ("typos", "synonyms", "stop_words"):
        assert [sign for sign in changed if sign in "0123456789"] == digits


def test_examples_keep_everything_else() -> None:
    examples = (Example(4, "school", QUESTION, "SELECT 1", {"split": "x"}),)
    (changed,) = perturb_examples(examples, "paraphrase", seed=3)
    assert changed.question != QUESTION
    assert (changed.index, changed.db_id, changed.sql, changed.extra) == (
        4,
        "school",
        "SELECT 1",
        {"split": "x"},
    )


def test_unknown_kinds_name_the_known_ones(schema: Schema) -> None:
    with pytest.raises(ConfigError, match="no perturbation") as caught:
        perturb_question("q", "rhymes")  # type: ignore[arg-type]
    assert "typos" in caught.value.hint
    with pytest.raises(ConfigError, match="no perturbation"):
        rename_columns(schema, "typos")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_renaming_is_seeded_unambiguous_and_spares_table_names(
    kind: SchemaKind, schema: Schema
) -> None:
    found = [rename_columns(schema, kind, seed=seed) for seed in range(20)]
    assert found == [rename_columns(schema, kind, seed=seed) for seed in range(20)]
    old = {table.name.lower() for table in schema.tables}
    old |= {column.name.lower() for column in schema.columns}
    for renaming in found:
        new = [name.lower() for name in renaming.new_names.values()]
        assert len(new) == len(set(new))
        assert not set(new) & old
        assert "grade" not in renaming.new_names
    assert any(renaming.new_names for renaming in found)


def test_sql_goes_there_and_back() -> None:
    renaming = ColumnRenaming({"name": "title", "home_city": "home_town"})
    sql = (
        'SELECT T1.Name, "name" FROM student AS T1 WHERE home_city = \'name\' AND nickname = "name"'
    )
    there = renaming.sql(sql)
    assert there == (
        "SELECT T1.title, \"name\" FROM student AS T1 WHERE home_town = 'name' "
        'AND nickname = "name"'
    )
    assert renaming.restore(there).lower() == sql.lower()


def test_a_word_before_a_bracket_is_a_function() -> None:
    renaming = ColumnRenaming({"amount": "sum", "average": "avg"})
    sql = "SELECT sum(amount), avg (average), T1.amount FROM payment AS T1 WHERE amount IN (1)"
    there = renaming.sql(sql)
    assert there == "SELECT sum(sum), avg (avg), T1.sum FROM payment AS T1 WHERE sum IN (1)"
    assert renaming.restore(there) == sql
    unchanged = "SELECT sum(age) FROM singer"
    assert renaming.restore(unchanged) == unchanged


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_the_engines_own_tables_and_columns_that_a_file_lacks_are_left_alone(
    kind: SchemaKind, tmp_path: Path
) -> None:
    schema = schema_from_entry(
        {
            "db_id": "shop",
            "table_names_original": ["customer", "sqlite_sequence"],
            "column_names_original": [
                [-1, "*"],
                [0, "customer_name"],
                [0, "description"],
                [1, "customer_name"],
                [1, "department"],
            ],
            "column_types": ["text"] * 5,
        }
    )
    source, target = tmp_path / "shop.sqlite", tmp_path / "new" / "shop.sqlite"
    with closing(sqlite3.connect(source)) as connection:
        connection.executescript(
            "CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_name TEXT);"
            "INSERT INTO customer (customer_name) VALUES ('Ann');"
        )
    for seed in range(8):
        renaming = rename_columns(schema, kind, seed=seed)
        assert "department" not in renaming.new_names
        renamed = renaming.schema(schema)
        assert renamed.columns[2:][0].name == "customer_name"
        renaming.copy_database(source, target, schema)
        with closing(sqlite3.connect(target)) as connection:
            sql = renaming.sql("SELECT customer_name FROM customer")
            assert connection.execute(sql).fetchall() == [("Ann",)]


def test_a_renamed_copy_answers_the_renamed_query(schema: Schema, tmp_path: Path) -> None:
    source, target = tmp_path / "school.sqlite", tmp_path / "new" / "school.sqlite"
    with closing(sqlite3.connect(source)) as connection:
        connection.executescript(
            "CREATE TABLE student (StudentID INTEGER, Name TEXT, home_city TEXT);"
            "CREATE TABLE department (name TEXT, department_code TEXT, description TEXT);"
            "CREATE TABLE grade (student_id INTEGER, grade TEXT, year TEXT);"
            "INSERT INTO student VALUES (1, 'Ann', 'Bern'), (2, 'Bob', 'Rome');"
            "INSERT INTO grade VALUES (1, 'A', '2014');"
        )
    before = source.read_bytes()
    renaming = ColumnRenaming({"name": "title", "home_city": "home_town", "year": "calendar_year"})
    renaming.copy_database(source, target, schema)
    assert source.read_bytes() == before
    sql = (
        "SELECT T1.Name FROM student AS T1 JOIN grade AS T2 ON T1.StudentID = T2.student_id "
        "WHERE T2.year = '2014' AND home_city = 'Bern'"
    )
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute(renaming.sql(sql)).fetchall() == [("Ann",)]
        with pytest.raises(sqlite3.OperationalError):
            connection.execute(sql)
    renamed = renaming.schema(schema)
    assert renamed.find_column(0, "home_town") == 2
    assert renamed.columns[2].words == "home town"
    assert renamed.find_column(1, "title") == 3
    assert renamed.foreign_keys == schema.foreign_keys


def test_a_copy_that_cannot_be_made(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="cannot be copied"):
        ColumnRenaming({"name": "x"}).copy_database(tmp_path / "none", tmp_path / "new", schema)
