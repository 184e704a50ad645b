"""Whole evaluations: verdicts, hostile predictions, test suites, failing gold queries, workers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nlidb.cli import main
from nlidb.errors import ConfigError, ConnectionFailed, ExecutionFailed
from nlidb.evaluate import (
    Evaluation,
    Prediction,
    evaluate,
    evaluate_perturbations,
    read_predictions,
)
from nlidb.perturb import QUESTION_KINDS
from nlidb.schema import Schema
from nlidb.spider import Example, load_schemas

ENTRY = {
    "db_id": "music",
    "table_names_original": ["singer", "concert"],
    "column_names_original": [
        [-1, "*"],
        [0, "id"],
        [0, "name"],
        [0, "age"],
        [0, "country"],
        [1, "id"],
        [1, "singer_id"],
        [1, "year"],
    ],
    "column_types": ["text", "number", "text", "number", "text", "number", "number", "number"],
    "primary_keys": [1, 5],
    "foreign_keys": [[6, 1]],
}
DDL = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, country TEXT);
CREATE TABLE concert (id INTEGER PRIMARY KEY, singer_id INTEGER, year INTEGER);
"""
ROWS = """
INSERT INTO singer VALUES (1, 'Ann', 30, 'France'), (2, 'Bob', 41, 'Peru'), (3, 'Cid', 25, 'France');
INSERT INTO concert VALUES (1, 1, 2014), (2, 1, 2015), (3, 3, 2014);
"""


def _make(path: Path, rows: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DDL + rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of two databases with the same schema."""
    entries = [ENTRY, {**ENTRY, "db_id": "music_2"}]
    (tmp_path / "tables.json").write_text(json.dumps(entries), encoding="utf-8")
    for db_id in ("music", "music_2"):
        _make(tmp_path / "database" / db_id / f"{db_id}.sqlite", ROWS)
    return tmp_path


@pytest.fixture
def schemas(folder: Path) -> dict[str, Schema]:
    return load_schemas(folder / "tables.json")


def _examples(*golds: str, db_id: str = "music") -> tuple[Example, ...]:
    return tuple(Example(i, db_id, f"Question {i}?", gold) for i, gold in enumerate(golds))


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_verdicts_and_the_json_form(folder: Path, schemas: dict[str, Schema]) -> None:
    examples = (
        *_examples(
            "SELECT name FROM singer",
            "SELECT count(DISTINCT country) FROM singer",
            "SELECT name FROM singer WHERE country = 'Peru'",
        ),
        Example(3, "music_2", "Question 3?", "SELECT count(*) FROM concert"),
    )
    predictions = [
        "SELECT name FROM singer",
        "SELECT count(country) FROM singer",
        "SELECT name, age FROM singer WHERE country = 'Peru'",
        "SELECT count(*) FROM nowhere",
    ]
    found: list[int] = []
    result = evaluate(
        examples,
        schemas,
        folder / "database",
        predictions,
        processes=2,
        data_files=[folder / "tables.json"],
        progress=found.append,
    )
    scores = result.to_dict()
    assert set(scores) >= {
        "examples",
        "exact_match",
        "execution_match",
        "execution_match_keep_distinct",
        "execution_match_strict",
        "test_suite_match",
        "subset_match",
        "valid",
        "value_recall",
        "link_precision",
        "link_recall",
        "timeouts",
        "by_hardness",
        "by_database",
        "seconds",
        "checkpoint",
        "data_sha256",
    }
    assert json.loads(json.dumps(scores)) == scores
    assert scores["examples"] == 4
    assert scores["exact_match"] == 0.5
    assert scores["execution_match"] == 0.5
    assert scores["execution_match_keep_distinct"] == 0.25
    assert scores["execution_match_strict"] == 0.25
    assert scores["subset_match"] == 0.5
    assert scores["test_suite_match"] == scores["execution_match"]
    assert scores["valid"] == 0.75
    assert scores["value_recall"] == 1.0
    assert scores["by_database"]["music"]["n"] == 3
    assert scores["by_hardness"]["easy"]["n"] == 4
    assert scores["checkpoint"] is None
    assert len(scores["data_sha256"]) == 64
    assert set(result.data_hashes) == {
        "tables.json",
        "music/music.sqlite",
        "music_2/music_2.sqlite",
    }
    assert [verdict.failure for verdict in result.verdicts] == [
        "",
        "right officially, wrong strictly",
        "wrong select list",
        "invalid SQL",
    ]
    assert "nowhere" in result.verdicts[3].error
    sample = result.verdicts[2].predicted_sample
    assert sample is not None
    assert sample.rows == (("Bob", "41"),)
    assert sorted(found) == [1, 2, 3, 4]
    assert [verdict.index for verdict in result.verdicts] == [0, 1, 2, 3]


HOSTILE = [
    "DROP TABLE singer",
    "DELETE FROM singer",
    "ATTACH DATABASE 'evil.sqlite' AS evil",
    "PRAGMA writable_schema = 1",
    "VACUUM INTO 'evil.sqlite'",
    "SELECT 1; DROP TABLE singer",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x + 1 FROM c) SELECT x FROM c ORDER BY -x",
    "SELECT count(*) FROM " + ", ".join(f"singer AS s{i}" for i in range(19)),
    "SELECT * FROM " + ", ".join(f"singer AS s{i}" for i in range(19)),
    "SELECT '" + "x" * 50_000_000 + "'",
    "SELECT hex(zeroblob(25000000))",
    "SELECT load_extension('evil')",
    "SELECT name FROM singer\0",
    "(" * 5000,
    "",
]


def test_hostile_predictions_change_nothing(folder: Path, schemas: dict[str, Schema]) -> None:
    before = _digests(folder)
    file = folder.parent / "hostile.txt"
    lines = [f"{sql}\tmusic" if i % 2 else sql for i, sql in enumerate(HOSTILE)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # An empty result is what a DROP gives too: it must not count as equal.
    golds = ["SELECT name FROM singer WHERE age > 99" if i % 3 == 0 else "SELECT name FROM singer"
             for i in range(len(HOSTILE))]  # fmt: skip
    examples = _examples(*golds)
    result = evaluate(
        examples,
        schemas,
        folder / "database",
        read_predictions(file, examples),
        timeout=0.5,
        memory=128 << 20,
        processes=2,
    )
    assert [verdict.execution_match for verdict in result.verdicts] == [False] * len(HOSTILE)
    assert [verdict.execution_match_strict for verdict in result.verdicts] == [False] * len(HOSTILE)
    # Reading from a cross join stops at the first row that the gold result does not have.
    valid = [verdict.index for verdict in result.verdicts if verdict.valid]
    assert valid == [HOSTILE.index(next(sql for sql in HOSTILE if sql.startswith("SELECT * FROM")))]
    assert result.to_dict()["timeouts"] >= 2
    assert all(verdict.error for verdict in result.verdicts if not verdict.valid)
    assert _digests(folder) == before


STUCK = (
    "SELECT instr(replace(hex(zeroblob(4000000)), '0', 'a'),"
    " substr(replace(hex(zeroblob(4000000)), '0', 'a'), 1, 3500000) || 'b')"
)


def test_a_query_stuck_in_one_engine_step_is_ended(
    folder: Path, schemas: dict[str, Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlidb.workers.GRACE", 1.0)
    examples = _examples("SELECT name FROM singer", "SELECT age FROM singer", "SELECT 1")
    result = evaluate(
        examples,
        schemas,
        folder / "database",
        ["SELECT name FROM singer", STUCK, "SELECT 1"],
        timeout=0.5,
        processes=1,
    )
    assert [verdict.execution_match for verdict in result.verdicts] == [True, False, True]
    assert result.verdicts[1].timed_out
    assert "was ended" in result.verdicts[1].error


SUITE_ROWS = [
    ROWS,
    "INSERT INTO singer VALUES (1, 'Ann', 30, 'France'), (2, 'Bob', 30, 'Peru');"
    "INSERT INTO concert VALUES (1, 2, 2014);",
    "INSERT INTO singer VALUES (7, 'Eve', 20, 'Peru'), (8, 'Fay', 50, NULL), (9, NULL, 51, 'Peru');"
    "INSERT INTO concert VALUES (1, 7, 2010), (2, 7, 2010), (3, 8, 2014);",
    "INSERT INTO singer VALUES (1, 'Gus', 29, 'france'), (2, 'Gus', 29, 'France');",
    "INSERT INTO singer VALUES (1, 'Hal', 31, 'Chad'); INSERT INTO concert VALUES (5, 1, 2014);",
]
SEEDED = [
    # (gold, a wrong query that the first database cannot tell from it)
    (
        "SELECT name FROM singer WHERE age >= 30",
        "SELECT name FROM singer WHERE age >= 30 AND id < 7",
    ),
    ("SELECT count(*) FROM singer", "SELECT count(name) FROM singer"),
    ("SELECT name FROM singer WHERE age > 30", "SELECT name FROM singer WHERE country = 'Peru'"),
    ("SELECT count(*) FROM concert", "SELECT 3"),
    (
        "SELECT name FROM singer ORDER BY age DESC LIMIT 1",
        "SELECT name FROM singer WHERE country = 'Peru'",
    ),
]


def test_a_suite_of_five_databases_catches_what_one_lets_pass(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    golds = [gold for gold, _ in SEEDED] + [gold for gold, _ in SEEDED]
    predictions = [wrong for _, wrong in SEEDED] + [gold for gold, _ in SEEDED]
    n = len(SEEDED)

    def run() -> Evaluation:
        return evaluate(_examples(*golds), schemas, folder / "database", predictions, processes=1)

    alone = run()
    assert [verdict.execution_match for verdict in alone.verdicts] == [True] * 2 * n
    assert [verdict.test_suite_match for verdict in alone.verdicts] == [True] * 2 * n
    for i, rows in enumerate(SUITE_ROWS[1:]):
        _make(folder / "database" / "music" / f"music_{i}.sqlite", rows)
    suite = run()
    assert [verdict.execution_match for verdict in suite.verdicts] == [True] * 2 * n
    assert [verdict.test_suite_match for verdict in suite.verdicts] == [False] * n + [True] * n
    assert suite.data_sha256 != alone.data_sha256


def test_a_failing_gold_query_is_named_and_not_counted(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    examples = _examples("SELECT name FROM singer", "SELECT name FROM gone", "SELECT a b c FROM")
    result = evaluate(
        examples, schemas, folder / "database", ["SELECT name FROM singer"] * 3, processes=1
    )
    scores = result.to_dict()
    assert scores["execution_match"] == 1.0
    assert [failed["index"] for failed in scores["gold_failures"]] == [1, 2]
    assert "gone" in scores["gold_failures"][0]["error"]
    assert len(scores["gold_failures"][0]["not_counted"]) == 5
    # No prediction can be right there, so none is wrong.
    assert [verdict.failure for verdict in result.verdicts] == ["", "", ""]
    assert result.verdicts[1].execution_match is None
    assert result.verdicts[1].exact_match is None
    assert result.verdicts[1].hardness == "unrated"
    assert scores["by_hardness"]["unrated"]["execution_match"] is None


def test_a_gold_query_that_the_official_script_mends_is_counted_officially(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    golds = [
        "SELECT name FROM singer WHERE age > = 30",
        "SELECT YEAR(CURDATE()) - age FROM singer WHERE id = 1",
        "SELECT name FROM singer WHERE age > = 30",
    ]
    predictions = ["SELECT name FROM singer WHERE age >= 30", "SELECT 1990", "SELECT 'Ann'"]
    result = evaluate(_examples(*golds), schemas, folder / "database", predictions, processes=1)
    for measure in ("execution_match", "execution_match_keep_distinct", "test_suite_match"):
        assert [getattr(verdict, measure) for verdict in result.verdicts] == [True, True, False]
    for measure in ("execution_match_strict", "subset_match"):
        assert [getattr(verdict, measure) for verdict in result.verdicts] == [None] * 3
    assert [verdict.index for verdict in result.gold_failures] == [0, 1, 2]
    assert result.verdicts[0].not_counted == ("execution_match_strict", "subset_match")
    assert not result.verdicts[0].gold_empty
    assert [verdict.failure != "" for verdict in result.verdicts] == [False, False, True]


def test_a_gold_query_that_fails_on_one_file_of_a_suite_is_named_whatever_is_predicted(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    _make(folder / "database" / "music" / "music_1.sqlite", "DROP TABLE concert;")
    gold = "SELECT count(*) FROM concert"
    result = evaluate(
        _examples(gold, gold, gold),
        schemas,
        folder / "database",
        [gold, "SELECT 99", "SELECT nothing FROM nowhere"],
        processes=1,
    )
    assert [verdict.execution_match for verdict in result.verdicts] == [True, False, False]
    assert [verdict.execution_match_strict for verdict in result.verdicts] == [True, False, False]
    assert [verdict.test_suite_match for verdict in result.verdicts] == [None] * 3
    assert all("music_1.sqlite" in verdict.gold_error for verdict in result.verdicts)
    assert result.rate("test_suite_match") is None


def test_a_gold_query_that_ends_its_process_is_named(
    folder: Path, schemas: dict[str, Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlidb.workers.GRACE", 1.0)
    examples = _examples("SELECT name FROM singer", STUCK, "SELECT 1")
    result = evaluate(
        examples,
        schemas,
        folder / "database",
        ["SELECT name FROM singer", "SELECT 1", "SELECT 1"],
        timeout=0.5,
        processes=1,
    )
    assert [verdict.execution_match for verdict in result.verdicts] == [True, None, True]
    assert "was ended" in result.verdicts[1].gold_error
    assert not result.verdicts[1].timed_out


def test_a_predictor_is_asked_each_question(folder: Path, schemas: dict[str, Schema]) -> None:
    asked = []

    def predictor(example: Example) -> Prediction | str:
        asked.append(example.question)
        if example.index == 1:
            raise ExecutionFailed("The model is away.")
        if example.index == 2:
            return Prediction("SELECT 1", confidence=0.5, seconds=1.5, links=({"text": "x"},))
        return "SELECT name FROM singer"

    result = evaluate(
        _examples(*["SELECT name FROM singer"] * 3),
        schemas,
        folder / "database",
        predictor,
        processes=1,
        checkpoint="tiny",
    )
    assert asked == ["Question 0?", "Question 1?", "Question 2?"]
    assert [verdict.execution_match for verdict in result.verdicts] == [True, False, False]
    assert result.verdicts[1].error == "The model is away."
    assert result.verdicts[1].failure == "no prediction"
    assert result.verdicts[0].seconds is not None
    assert result.verdicts[2].seconds == 1.5
    assert result.verdicts[2].links == ({"text": "x"},)
    assert result.to_dict()["checkpoint"] == "tiny"


def test_wrong_input_is_an_error_before_anything_runs(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    examples = _examples("SELECT 1")
    with pytest.raises(ConfigError, match="2 predictions for 1"):
        evaluate(examples, schemas, folder / "database", ["SELECT 1", "SELECT 2"])
    with pytest.raises(ConfigError, match="No schema"):
        evaluate(_examples("SELECT 1", db_id="other"), schemas, folder / "database", ["SELECT 1"])
    with pytest.raises(ConnectionFailed, match="no database"):
        evaluate(examples, schemas, folder / "elsewhere", ["SELECT 1"])
    (folder / "database" / "music" / "music.sqlite").write_bytes(b"damaged" * 400)
    with pytest.raises(ConnectionFailed, match="cannot be opened"):
        evaluate(examples, schemas, folder / "database", ["SELECT 1"])


def test_no_examples_give_no_rates(folder: Path, schemas: dict[str, Schema]) -> None:
    scores = evaluate([], schemas, folder / "database", []).to_dict()
    assert scores["examples"] == 0
    assert scores["execution_match"] is None
    assert scores["by_hardness"] == {}


def test_evaluating_needs_no_main_guard(folder: Path) -> None:
    script = folder / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        "from nlidb.evaluate import evaluate\nfrom nlidb.spider import Example, load_schemas\n"
        "folder = Path(sys.argv[1])\n"
        "result = evaluate([Example(0, 'music', 'q', 'SELECT 1')],\n"
        "    load_schemas(folder / 'tables.json'), folder / 'database', ['SELECT 1'])\n"
        "print(result.to_dict()['execution_match'])\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, str(script), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert run.stdout.strip() == "1.0"


# ---------------------------------------------------------------- the predictions file


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "predictions.sql"


def test_lines_with_and_without_a_database(lines: Path) -> None:
    examples = (*_examples("SELECT 1", "SELECT 2"), Example(2, "music_2", "q", "SELECT 3"))
    lines.write_text("SELECT 1\tmusic\nSELECT\t2\r\nSELECT 3\tmusic_2\n", encoding="utf-8")
    found = read_predictions(lines, examples)
    assert [prediction.sql for prediction in found] == ["SELECT 1", "SELECT\t2", "SELECT 3"]


def test_empty_lines(lines: Path) -> None:
    lines.write_text("SELECT 1\n\nSELECT 3\n", encoding="utf-8")
    three = read_predictions(lines, _examples("a", "b", "c"))
    assert [prediction.sql for prediction in three] == ["SELECT 1", "", "SELECT 3"]
    two = read_predictions(lines, _examples("a", "b"))
    assert [prediction.sql for prediction in two] == ["SELECT 1", "SELECT 3"]


def test_a_file_that_does_not_fit(lines: Path) -> None:
    lines.write_text("SELECT 1\nSELECT 2\nSELECT 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="3 predictions for 2"):
        read_predictions(lines, _examples("a", "b"))
    assert len(read_predictions(lines, _examples("a", "b"), limited=True)) == 2
    with pytest.raises(ConnectionFailed, match="cannot be read"):
        read_predictions(lines.with_name("none"), _examples("a"))
    lines.write_text("SELECT 1\tmusic_2\nSELECT 2\tmusic_2\n", encoding="utf-8")
    examples = (Example(0, "music", "q", ""), Example(1, "music_2", "q", ""))
    with pytest.raises(ConfigError, match="Line 1 .*'music_2'"):
        read_predictions(lines, examples)
    lines.write_text("SELECT 1\tmusic\nSELECT 2\tmusic_3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="Line 2 .*'music_3'"):
        read_predictions(lines, _examples("a", "b"))


def test_a_file_for_other_databases_is_an_error(lines: Path) -> None:
    lines.write_text("SELECT 1\tshop\nSELECT 2\tshop\n\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="Line 1 .*'shop'"):
        read_predictions(lines, _examples("a", "b"))
    # A tab or two in queries is white space.
    lines.write_text("SELECT 1\nSELECT a FROM\tt\nSELECT 3\n", encoding="utf-8")
    assert read_predictions(lines, _examples("a", "b", "c"))[1].sql == "SELECT a FROM\tt"


def test_data_files_of_one_name_are_both_hashed(folder: Path, schemas: dict[str, Schema]) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "tables.json").write_text("[]", encoding="utf-8")
    files = [folder / "tables.json", folder / "more" / "tables.json", folder / "tables.json"]
    result = evaluate(
        _examples("SELECT 1"), schemas, folder / "database", ["SELECT 1"], data_files=files
    )
    assert set(result.data_hashes) == {"tables.json", "more/tables.json", "music/music.sqlite"}
    assert len(set(result.data_hashes.values())) == 3


def test_a_byte_order_mark_is_no_part_of_a_query(lines: Path) -> None:
    lines.write_text("SELECT 1\n", encoding="utf-8-sig")
    assert read_predictions(lines, _examples("a"))[0].sql == "SELECT 1"


# ---------------------------------------------------------------- robustness


def test_perturbations_compare_before_and_after(folder: Path, schemas: dict[str, Schema]) -> None:
    examples = (
        Example(0, "music", "How many singers are there?", "SELECT count(*) FROM singer"),
        Example(1, "music", "List the name of each singer", "SELECT name FROM singer"),
    )

    def make_predictor(used: object, where: Path) -> object:
        """Knows the original question, and reads the columns of the database it is given."""
        with closing(sqlite3.connect(where / "music" / "music.sqlite")) as connection:
            names = [row[1] for row in connection.execute("PRAGMA table_info(singer)")]

        def predictor(example: Example) -> str:
            if example.question == examples[0].question:
                return "SELECT count(*) FROM singer"
            if example.question == examples[1].question:
                return f"SELECT {names[1]} FROM singer"
            return "SELECT 7"

        return predictor

    predictor = make_predictor(schemas, folder / "database")
    before = evaluate(examples, schemas, folder / "database", predictor, processes=1)  # type: ignore[arg-type]
    digests = _digests(folder)
    scores = {}
    for seed in range(4):
        found = evaluate_perturbations(
            examples,
            schemas,
            folder / "database",
            make_predictor,  # type: ignore[arg-type]
            before,
            kinds=("synonyms", "column_synonyms"),
            seed=seed,
            processes=1,
        )
        scores.update({score.kind: score for score in found if score.examples})
    assert scores["synonyms"].examples == 2
    assert (scores["synonyms"].before, scores["synonyms"].after) == (1.0, 0.0)
    assert scores["synonyms"].changed == 1.0
    # The predictor reads the new names, so nothing is lost and, named back, nothing changed.
    renamed = scores["column_synonyms"]
    assert (renamed.examples, renamed.before, renamed.after, renamed.changed) == (1, 1.0, 1.0, 0.0)
    assert _digests(folder) == digests
    assert dataclasses.replace(before, perturbations=tuple(scores.values())).to_dict()[
        "perturbations"
    ]


def _renamed_singers(used: object, where: Path) -> object:
    """A predictor that reads the name of singer's second column in the file it is given."""
    names = {}
    for path in where.glob("*/*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("PRAGMA table_info(singer)").fetchall()
            names[path.stem] = rows[1][1]
    return lambda example: f"SELECT {names[example.db_id]} FROM singer"


def test_a_database_that_cannot_be_renamed_is_left_out_and_named(
    folder: Path, schemas: dict[str, Schema]
) -> None:
    # The schema does not know this column: the new name of "name" is taken in the file.
    with closing(sqlite3.connect(folder / "database" / "music_2" / "music_2.sqlite")) as connection:
        connection.execute("ALTER TABLE concert ADD COLUMN title TEXT")
        connection.execute("ALTER TABLE singer ADD COLUMN title TEXT")
        connection.execute("ALTER TABLE singer ADD COLUMN years_of_age TEXT")
        connection.execute("ALTER TABLE singer ADD COLUMN identifier TEXT")
        connection.execute("ALTER TABLE singer ADD COLUMN nation TEXT")
        connection.commit()
    examples = [
        Example(0, "music", "List the names", "SELECT name FROM singer"),
        Example(1, "music_2", "List the names", "SELECT name FROM singer"),
    ]
    predictor = _renamed_singers(schemas, folder / "database")
    before = evaluate(examples, schemas, folder / "database", predictor, processes=1)  # type: ignore[arg-type]
    scores = [
        score
        for seed in range(6)
        for score in evaluate_perturbations(
            examples,
            schemas,
            folder / "database",
            _renamed_singers,  # type: ignore[arg-type]
            before,
            kinds=("column_synonyms",),
            seed=seed,
            processes=1,
        )
    ]
    named = [score for score in scores if score.left_out]
    assert named
    assert all(set(score.left_out) == {"music_2"} for score in named)
    assert "cannot be copied" in named[0].left_out["music_2"]
    assert any(score.examples for score in named)
    assert all((score.after, score.changed) == (1.0, 0.0) for score in named if score.examples)
    assert json.dumps(dataclasses.replace(before, perturbations=tuple(named)).to_dict())


class _FailingPredictor:
    """Answers the plain questions and then cannot be made any more."""

    made = 0
    refused = 0

    def __init__(self, parser: object, schemas: object, folder: Path) -> None:
        type(self).made += 1
        if self.made > 2:
            raise ConnectionFailed("The disk is full.")

    def __enter__(self) -> _FailingPredictor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, example: Example) -> str:
        return "SELECT name FROM singer"


def test_what_is_known_is_written_when_perturbations_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nlidb.assistant.load_parser", lambda checkpoint: None)
    monkeypatch.setattr("nlidb.predictor.SpiderPredictor", _FailingPredictor)
    entry = {"db_id": "music", "question": "Show the names", "query": "SELECT name FROM singer"}
    (folder / "dev.json").write_text(json.dumps([entry]), encoding="utf-8")
    arguments = ["evaluate", "--data", str(folder), "--checkpoint", "tiny", "--perturb", "--json"]
    assert main([*arguments, "--report", str(folder / "report")]) == 3
    streams = capsys.readouterr()
    scores = json.loads(streams.out)
    assert scores["execution_match"] == 1.0
    # The two kinds of renamed columns come last.
    assert [score["kind"] for score in scores["perturbations"]] == list(QUESTION_KINDS)
    assert "given up: The disk is full." in streams.err
    assert json.loads((folder / "report" / "report.json").read_text())["perturbations"]


def test_a_comparison_writes_no_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--compare", "a.json", "b.json", "--report", str(folder / "x")]) == 2
    assert "--report" in capsys.readouterr().err
    assert not (folder / "x").exists()


def test_the_predictions_file_is_hashed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"db_id": "music", "question": "Show the names", "query": "SELECT name FROM singer"}
    (folder / "dev.json").write_text(json.dumps([entry]), encoding="utf-8")
    found = []
    for sql in ("SELECT name FROM singer", "SELECT 1"):
        (folder / "p.sql").write_text(sql, encoding="utf-8")
        arguments = ["evaluate", "--data", str(folder), "--predictions", str(folder / "p.sql")]
        assert main([*arguments, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    digest = hashlib.sha256(b"SELECT 1").hexdigest()
    assert found[1]["predictions_sha256"] == digest != found[0]["predictions_sha256"]
    # The data are the same: the two runs can be compared.
    assert found[0]["data_sha256"] == found[1]["data_sha256"]
