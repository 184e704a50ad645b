"""What the page shows, as the library makes it: examples, charts, pictures, files, kept records."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import sqlite3
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlidb.answer import Answer, AnswerLink, Attention
from nlidb.chart import choose_chart
from nlidb.cli import main
from nlidb.database import Database
from nlidb.demo import demo_databases, demo_path
from nlidb.download import (
    Entry,
    conversation_sql,
    notebook,
    pretty_sql,
    to_markdown,
    unique_names,
    write_result,
)
from nlidb.erd import entity_relationships
from nlidb.errors import ConfigError
from nlidb.examples import example_questions
from nlidb.heatmap import coloured_words, heat_map, weight_grid
from nlidb.keep import MAX_PER_VISIT, Keeper, Pair, Recent, SavedQuestion, VisitKeeper
from nlidb.linking import link
from nlidb.page.answers import confidence_words
from nlidb.page.style import label
from nlidb.question import parse_question
from nlidb.validate import validate
from nlidb.values import ValueIndex
from nlidb.vega import vega_lite

ROOT = Path(__file__).parent.parent

# Examples


@pytest.mark.parametrize("db_id", [demo.db_id for demo in demo_databases()])
def test_examples_use_the_databases_own_words(db_id: str) -> None:
    with Database.open(demo_path(db_id)) as database:
        schema = database.schema
        questions = example_questions(schema, lambda c: tuple(database.distinct_values(c, 15)))
        assert len(questions) == len(set(questions)) == 6
        index = ValueIndex.build(schema, database.distinct_values)
        for question in questions:
            links = link(parse_question(question), schema, index).links
            assert [found for found in links if found.kind == "exact"], question


def test_years_and_codes_are_not_averaged(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE drug (name TEXT, approval_year INT, year_of_test INT, price INT)"
        )
        connection.execute("INSERT INTO drug VALUES ('a', 1999, 2001, 5), ('b', 2003, 2004, 6)")
    connection.close()
    with Database.open(path) as database:
        schema = database.schema
        questions = example_questions(schema, lambda c: tuple(database.distinct_values(c, 15)))
    assert "What is the average price of the drugs?" in questions
    assert not [question for question in questions if "year" in question]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.999, "Sure: 99%"),
        (0.846, "Sure: 85%"),
        (0.596, "Fairly sure: 60%"),
        (0.594, "Not very sure: 59%"),
        (0.001, "Unsure: 0%"),
    ],
)
def test_confidence_is_said_in_words_that_fit_the_number(confidence: float, words: str) -> None:
    assert confidence_words(confidence)[0] == words


def test_examples_of_a_bare_schema(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    connection.close()
    with Database.open(path) as database:
        assert example_questions(database.schema, lambda column: ()) == ("How many ts are there?",)


# Charts


def spec_of(columns: list[str], rows: list[tuple[Any, ...]], kind: Any = None) -> dict[str, Any]:
    return vega_lite(choose_chart(columns, rows), columns, rows, kind)


def test_bars_keep_the_order_of_the_result_and_leave_nulls_out() -> None:
    spec = spec_of(["city", "n"], [("Rome", 3), ("Oslo", Decimal("1.5")), ("Bern", None)])
    assert spec["data"]["values"] == [{"x": "Rome", "y": 3}, {"x": "Oslo", "y": 1.5}]
    assert spec["encoding"]["y"]["sort"] is None
    assert spec["mark"] == "bar"


def test_a_line_over_time_splits_by_series() -> None:
    day = datetime.date(2024, 1, 1)
    rows = [(day, "a", 1.0), (day.replace(day=2), "b", 2.0)]
    spec = spec_of(["day", "kind", "sales"], rows)
    assert spec["encoding"]["x"]["type"] == "temporal"
    assert spec["encoding"]["color"]["field"] == "series"
    assert spec["data"]["values"][0] == {"x": "2024-01-01T00:00:00", "y": 1.0, "series": "a"}


@pytest.mark.parametrize(
    ("name", "value", "x", "kind"),
    [
        # Without hours a browser would read UTC, and west of it draw the day or the month before.
        ("d", "2024-01", "2024-01-01T00:00:00", "temporal"),
        ("d", "2024-02-03", "2024-02-03T00:00:00", "temporal"),
        ("d", "2024-02-03 10:30", "2024-02-03T10:30", "temporal"),
        ("d", datetime.date(2024, 2, 3), "2024-02-03T00:00:00", "temporal"),
        ("d", datetime.datetime(2024, 2, 3, 10), "2024-02-03T10:00:00", "temporal"),
        ("year", "2024", "2024", "ordinal"),
        ("year", 2024.0, "2024", "ordinal"),
        ("year", Decimal("2024.0"), "2024", "ordinal"),
    ],
)
def test_times_are_the_browsers_own(name: str, value: Any, x: str, kind: str) -> None:
    spec = spec_of([name, "n"], [(value, 1), (None, 2)])
    assert spec["data"]["values"][0]["x"] == x
    assert spec["encoding"]["x"]["type"] == kind


def test_long_labels_with_the_same_beginning_stay_apart() -> None:
    names = ["The International Society of Something, " + end for end in ("Rome", "Oslo")]
    spec = spec_of(["name", "n"], [(names[0], 3), (names[1], 1)])
    assert [value["x"] for value in spec["data"]["values"]] == names
    assert spec["encoding"]["y"]["axis"]["labelLimit"]


def test_a_year_that_is_no_number_is_left_out() -> None:
    rows = [(Decimal(2020), 1), (Decimal("NaN"), 2)]
    assert spec_of(["year", "n"], rows)["data"]["values"][0] == {"x": 2020.0, "y": 1}


def test_the_other_kinds() -> None:
    numbers: list[tuple[Any, ...]] = [(float(i), i * 2) for i in range(20)]
    assert spec_of(["width", "height"], numbers)["mark"]["type"] == "point"
    assert spec_of(["width", "height"], numbers, "line")["mark"]["type"] == "line"
    histogram = spec_of(["price"], [(float(i),) for i in range(20)])
    assert histogram["encoding"]["y"] == {
        "aggregate": "count",
        "type": "quantitative",
        "title": "rows",
    }


def test_column_names_are_titles_and_never_fields() -> None:
    name = "a.b['x'] \" datum"
    spec = spec_of([name, "n"], [("Rome", 3), ("Oslo", 1)])
    fields = [
        channel.get("field") for channel in spec["encoding"].values() if isinstance(channel, dict)
    ]
    assert set(fields) == {"x", "y"}
    json.dumps(spec, allow_nan=False)


# Links


def answer_with(*links: AnswerLink, question: str = "singers from France") -> Answer:
    return Answer(question, "answered", "SELECT 1", "sqlite", links=links)


FRANCE = AnswerLink("France", 13, 19, "cell_value", "singer", "country", "France", 0.8)
SINGERS = AnswerLink("singers", 0, 7, "exact", "singer", None, None, 0.5)


def test_the_grid_holds_words_items_and_weights() -> None:
    grid = weight_grid(answer_with(SINGERS, FRANCE))
    assert grid.words == ((0, 7), (13, 19))
    assert grid.items == ("singer", "singer.country = France")
    assert grid.weights == ((0.5, 0.0), (0.0, 0.8))


def test_words_are_coloured_where_they_stand() -> None:
    text = coloured_words(answer_with(SINGERS, FRANCE))
    assert "<span class='nl-link nl-table' tabindex='0'>singers<" in text
    assert "> from <" in text
    assert "stored value, 0.80" in text
    assert heat_map(answer_with()) == ""


ATTENTION = Attention(
    ((0, 7), (8, 12), (13, 19)),
    ("singer.country", "singer", "concert"),
    ((0.1, 0.7, 0.02), (0.3, 0.0, 0.01), (0.9, 0.04, 0.0)),
)


def test_the_heat_map_shows_the_attention_of_every_word() -> None:
    answer = replace(answer_with(SINGERS, FRANCE), attention=ATTENTION)
    assert weight_grid(answer).words == ATTENTION.words
    text = heat_map(answer)
    assert text.count("scope='row'") == 3 and text.count("scope='col'") == 3
    assert "title='from: singer.country, 0.30'" in text
    assert "title='France: singer.country = France, 0.90'>0.90<" in text
    assert "title='singers: concert, 0.02'></td>" in text  # shaded, too little to write


def test_a_word_says_what_it_attended_to() -> None:
    text = coloured_words(replace(answer_with(SINGERS, FRANCE), attention=ATTENTION))
    assert "<span class='nl-word' tabindex='0'>from<" in text
    assert "<b>singer.country</b> attention, 0.30" in text
    assert text.count("<b>singer.country = France</b> stored value, 0.80") == 1
    assert "<b>singer.country</b> attention, 0.10" in text  # beside the link of "singers"
    assert "concert" not in text  # less than a share worth a line


@given(st.text(max_size=40), st.text(max_size=20))
def test_the_pictures_escape_whatever_they_show(question: str, name: str) -> None:
    question, name = f"<b>{question}", f"<script>{name}"
    links = [AnswerLink(question, 0, len(question), "exact", name, name, None, 0.3)]
    answer = answer_with(*links, question=question)
    seen = Attention(((0, len(question)),), (name,), ((0.4,),))
    attending = replace(answer, attention=seen)
    for shown in (answer, attending):
        for text in (coloured_words(shown), heat_map(shown)):
            assert "<script" not in text
            assert "<b><" not in text


@given(st.text(max_size=60))
def test_labels_hold_no_markup(text: str) -> None:
    shown = label(text)
    bare = shown.replace("\\\\", "")
    assert not [sign for sign in "`*_[]()<>!$#" if sign in bare.replace(f"\\{sign}", "")]


# The schema's picture


def test_the_picture_names_tables_keys_and_inferred_links(music_db: Path) -> None:
    with Database.open(music_db) as database:
        dot = entity_relationships(database.schema)
    assert "<u>singer_id</u>" in dot
    assert "t1:c8 -> t0:c0;" in dot
    assert dot.count("->") == 1


def test_a_hostile_name_stays_a_name(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("""CREATE TABLE "a</b>>]; evil [label=""x" (c INTEGER)""")
    connection.close()
    with Database.open(path) as database:
        dot = entity_relationships(database.schema)
    assert "a&lt;/b&gt;&gt;]; evil [label=&quot;x" in dot


# Files

ODD = """
CREATE TABLE odd (
  n INTEGER, r REAL, t TEXT, b BLOB
);
INSERT INTO odd VALUES (1, 1.5, '=1+1', x'0102'), (NULL, NULL, NULL, NULL), (9007199254740993, 2, 'a,"b"
c', NULL), (3, 'text in a number', char(1) || 'x', NULL);
"""


@pytest.fixture
def odd(tmp_path: Path) -> Any:
    path = tmp_path / "odd.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(ODD)
    connection.close()
    with Database.open(path) as database:
        yield database


def written(database: Database, sql: str, kind: Any) -> io.BytesIO:
    file = io.BytesIO()
    valid = validate(sql, database.schema, database.dialect)
    count = write_result(database, valid, kind, file)
    file.seek(0)
    if sql == "SELECT * FROM odd":
        assert count == 4
    return file


def test_csv_holds_the_values_as_they_are(odd: Database) -> None:
    text = written(odd, "SELECT * FROM odd", "csv").read().decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["n", "r", "t", "b"]
    assert rows[1] == ["1", "1.5", "=1+1", "AQI="]
    assert rows[2] == ["", "", "", ""]
    assert rows[3][2] == 'a,"b"\nc'


def test_excel_holds_values_and_no_formulas(odd: Database) -> None:
    sheet = openpyxl.load_workbook(written(odd, "SELECT * FROM odd", "xlsx")).active
    assert sheet is not None
    cell = sheet["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert sheet["A2"].value == 1
    assert sheet["A4"].value == "9007199254740993"
    assert sheet["C5"].value == "x"


def test_parquet_gives_each_column_one_type(odd: Database) -> None:
    table = pyarrow.parquet.read_table(written(odd, "SELECT * FROM odd", "parquet"))
    assert table.schema.field("n").type == pyarrow.int64()
    assert table.schema.field("r").type == pyarrow.string()
    assert table.schema.field("b").type == pyarrow.binary()
    assert table.column("r").to_pylist() == ["1.5", None, "2.0", "text in a number"]


def test_parquet_types_widen_over_batches(tmp_path: Path) -> None:
    path = tmp_path / "wide.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE w AS SELECT CASE WHEN i > 2500 THEN i + 0.5 END AS late, "
            "CAST(i AS DECIMAL(12, 2)) AS money, DATE '2024-01-01' + CAST(i AS INTEGER) AS day "
            "FROM range(3000) AS r(i)"
        )
    with Database.open(path) as database:
        table = pyarrow.parquet.read_table(written(database, "SELECT * FROM w", "parquet"))
    assert table.num_rows == 3000
    assert pyarrow.types.is_date(table.schema.field("day").type)
    assert pyarrow.types.is_decimal(table.schema.field("money").type)
    assert float(table.column("late").to_pylist()[-1]) == 2999.5


def test_an_export_is_whole_and_guarded(odd: Database) -> None:
    many = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) SELECT i, i FROM c"
    lines = written(odd, many, "csv").read().decode().splitlines()
    assert len(lines) == 5001
    assert lines[0] == "i,i (2)"
    with pytest.raises(ConfigError, match="'ods'"):
        written(odd, "SELECT * FROM odd", "ods")


def test_repeated_names_get_numbers() -> None:
    assert unique_names(["a", "a", "", "", "a (2)"]) == [
        "a",
        "a (2)",
        "column",
        "column (2)",
        "a (2) (2)",
    ]


RESULT = Answer(
    "how | many?", "answered", "SELECT a, b FROM t WHERE a > 1", "sqlite",
    ("a", "b|c"), ((1, "x|y\nz"), (2, None)), 2,
)  # fmt: skip


def test_markdown_keeps_its_table_whole() -> None:
    lines = to_markdown(RESULT).splitlines()
    assert "| a | b\\|c |" in lines
    assert "| 1 | x\\|y z |" in lines
    assert "| 2 | NULL |" in lines
    assert "```sql" in lines


def test_pretty_sql_says_the_same() -> None:
    text = pretty_sql("SELECT a FROM t WHERE a > 1", "sqlite")
    assert text.split() == "SELECT a FROM t WHERE a > 1".split()
    assert "\n" in text
    assert pretty_sql("SELECT FROM WHERE (", "sqlite") == "SELECT FROM WHERE ("
    assert pretty_sql("SELECT 1", "no such dialect") == "SELECT 1"


ENTRIES = [
    Entry("How many?\nDROP TABLE t;", "SELECT COUNT(*) FROM t", "The answer is 3.", "sqlite"),
    Entry('say """hi"""', """SELECT '\"\"\"' """, "1 row.", "sqlite"),
    Entry("no idea", None, "I cannot answer.", "sqlite"),
]


def test_a_conversation_as_sql_has_its_words_in_comments() -> None:
    text = conversation_sql(ENTRIES, "shop")
    code = [line for line in text.splitlines() if line and not line.startswith("--")]
    assert not [line for line in code if "DROP" in line]
    assert "-- 3. no idea" in text


def test_a_conversation_as_a_notebook_runs(music_db: Path) -> None:
    entries = [Entry("How many?", "SELECT COUNT(*) AS n FROM singer", "6", "sqlite"), *ENTRIES[1:]]
    book = json.loads(notebook(entries, str(music_db)))
    assert book["nbformat"] == 4
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    names: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    names["assistant"].close()


def test_a_notebook_shows_stored_text_letter_by_letter() -> None:
    evil = "<img src=x onerror=alert(1)> ![x](http://e.com/x.png) [a](http://e.com) $x$ www.e.com **b** `c`"
    book = json.loads(notebook([Entry(evil, None, evil, "")], f"shop {evil}"))
    for cell in (book["cells"][0], book["cells"][2]):
        shown = "".join(cell["source"]).removeprefix("# Questions about ").replace("**", "")
        bare = re.sub(r"\\(.)", "", shown)
        assert not [sign for sign in "<>![]()$`.:*" if sign in bare], bare
        assert "onerror" in shown


@pytest.mark.parametrize("names", [["people.csv"], ["people.csv", "pets.csv"]])
def test_the_notebook_of_an_upload_runs_beside_its_files(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names:
        (tmp_path / name).write_text("name,age\nAnn,3\n")
    monkeypatch.chdir(tmp_path)
    entries = [Entry("How many?", "SELECT COUNT(*) AS n FROM people", "1", "duckdb")]
    book = json.loads(notebook(entries, ", ".join(names), names))
    variables: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), variables)
    variables["assistant"].close()


# Kept records

PAIR = Pair("How many?", "SELECT 1", "accepted", "shop", "sqlite")


def test_kept_records_are_read_again_and_replaced(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "home")
    assert keeper.read(Pair) == []
    keeper.add(PAIR)
    keeper.add(Pair("How many?", "SELECT 1", "rejected", "shop", "sqlite", "wrong table"))
    (kept,) = keeper.read(Pair)
    assert (kept.kind, kept.reason) == ("rejected", "wrong table")
    assert datetime.datetime.fromisoformat(kept.kept_at).tzinfo is not None
    assert json.loads(keeper.text(Pair))["question"] == "How many?"
    file = tmp_path / "home" / "pairs.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keeper.remove(kept)
    assert keeper.read(Pair) == []


def test_recent_connections_are_few(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    for number in range(12):
        keeper.add(Recent(f"db{number}"))
    assert [entry.database for entry in keeper.read(Recent)][-2:] == ["db10", "db11"]
    assert len(keeper.read(Recent)) == 8


def test_lines_that_are_no_records_are_left_out(tmp_path: Path) -> None:
    good = json.dumps({"question": "q", "database": "d"})
    (tmp_path / "saved.jsonl").write_text(
        f'{good}\nnot json\n[1]\n{{"question": 1}}\n{{"x": "y"}}\n'
    )
    assert [saved.question for saved in Keeper(tmp_path).read(SavedQuestion)] == ["q"]


def test_a_verdict_of_another_name_is_no_record(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.add(PAIR)
    file = tmp_path / "pairs.jsonl"
    file.write_text(file.read_text() + file.read_text().replace('"accepted"', '"accept"'))
    assert [pair.kind for pair in keeper.read(Pair)] == ["accepted"]


def test_a_record_may_hold_any_line_end(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    question = "a\u2028b\u2029c\x85d\x0be\r\nf?"
    keeper.add(SavedQuestion(question, "d"))
    keeper.add(SavedQuestion("Another?", "d"))
    assert [saved.question for saved in keeper.read(SavedQuestion)] == [question, "Another?"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="NLIDB_HOME"):
        Keeper(tmp_path / "file" / "home").add(PAIR)


def test_a_failed_write_leaves_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(tmp_path)
    keeper.add(PAIR)
    before = sorted(tmp_path.iterdir())

    def full(path: Path, text: str, encoding: str) -> int:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ConfigError, match="No space left"):
        keeper.add(replace(PAIR, question="Another?"))
    monkeypatch.undo()
    with pytest.raises(ConfigError, match="surrogates"):
        keeper.add(replace(PAIR, question="half a letter: \ud83d"))
    assert sorted(tmp_path.iterdir()) == before
    assert [pair.question for pair in keeper.read(Pair)] == [PAIR.question]


def test_a_visit_keeps_its_own_and_no_more_than_its_share() -> None:
    one, other = VisitKeeper(), VisitKeeper()
    for number in range(MAX_PER_VISIT + 10):
        one.add(SavedQuestion(f"q{number}", "d"))
    saved = one.read(SavedQuestion)
    assert len(saved) == MAX_PER_VISIT
    assert saved[-1].question == f"q{MAX_PER_VISIT + 9}" and saved[-1].kept_at
    one.remove(saved[-1])
    assert one.read(SavedQuestion) == saved[:-1]
    one.add(PAIR)
    assert json.loads(one.text(Pair))["sql"] == PAIR.sql
    assert other.read(Pair) == [] and other.read(SavedQuestion) == []


# Settings


def test_streamlit_run_in_a_clone_has_the_settings_of_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[str] = []

    class Child:
        def __init__(self, command: list[str], **options: Any) -> None:
            given.extend(command)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr("subprocess.Popen", Child)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert main(["app"]) == 0
    checked_in = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    flags = {flag for flag in given if flag.startswith("--") and "server.port" not in flag}
    assert set(_flags(checked_in)) == flags


def _flags(settings: dict[str, Any], section: str = "") -> Iterator[str]:
    """Settings as Streamlit takes them on a command line."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flags(value, f"{section}{name}.")
        else:
            for one in value if isinstance(value, list) else [value]:
                text = str(one).lower() if isinstance(one, bool) else str(one)
                yield f"--{section}{name}={text}"
