"""Our model as a predictor, and `nlidb evaluate` around it, on a small folder in Spider's layout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeParser

from nlidb import assistant as assistant_module
from nlidb.cli import main
from nlidb.predictor import SpiderPredictor
from nlidb.spider import load_examples, load_schemas

# The columns stand in another order than in the database, and "country" has another natural name.
TABLES = {
    "db_id": "music",
    "table_names_original": ["singer", "concert"],
    "table_names": ["singer", "concert"],
    "column_names_original": [
        [-1, "*"],
        [0, "Singer_ID"],
        [0, "Country"],
        [0, "Name"],
        [0, "Age"],
        [1, "Concert_ID"],
        [1, "Title"],
        [1, "Singer_ID"],
    ],
    "column_names": [
        [-1, "*"],
        [0, "singer id"],
        [0, "home land"],
        [0, "name"],
        [0, "age"],
        [1, "concert id"],
        [1, "title"],
        [1, "singer id"],
    ],
    "column_types": ["text", "number", "text", "text", "number", "number", "text", "number"],
    "primary_keys": [1, 5],
    "foreign_keys": [[7, 1]],
}
EXAMPLES = [
    {
        "db_id": "music",
        "question": "How many singers are from France?",
        "query": "SELECT count(*) FROM singer WHERE country = 'France'",
    },
    {
        "db_id": "music",
        "question": "Names of singers who are not 29?",
        "query": "SELECT name FROM singer WHERE age != 29",
    },
]


@pytest.fixture
def data(tmp_path: Path, music_db: Path) -> Path:
    folder = tmp_path / "spider"
    (folder / "database" / "music").mkdir(parents=True)
    shutil.copy(music_db, folder / "database" / "music" / "music.sqlite")
    (folder / "tables.json").write_text(json.dumps([TABLES]), encoding="utf-8")
    (folder / "dev.json").write_text(json.dumps(EXAMPLES), encoding="utf-8")
    return folder


def test_predicts_in_spiders_form_on_tables_json(data: Path, fake_parser: FakeParser) -> None:
    schemas = load_schemas(data / "tables.json")
    examples = load_examples(data, "dev")
    fake_parser.answer(
        ("SELECT nope FROM singer", 0.9),
        ("SELECT COUNT(*) FROM singer WHERE country = 'France'", 0.6),
    )
    fake_parser.answer(("SELECT name FROM singer WHERE age <> 29", 0.3))
    fake_parser.answer(("SELECT nope FROM singer", 0.9))
    with SpiderPredictor(fake_parser, schemas, data / "database") as predictor:
        first, second = (predictor(example) for example in examples)
        third = predictor(examples[0])
    assert first.confidence == 0.6
    assert first.sql is not None and first.sql.lower().startswith("select count(*) from singer")
    assert second.sql is not None and "!= 29" in second.sql
    assert third.sql is None and "nope" in third.error
    assert predictor.refused == 2
    assert fake_parser.encoded == [schemas["music"]]
    # The stored value is found under the number that tables.json gives its column.
    values = [link for link in first.links if link["kind"] == "cell_value"]
    assert [(link["column"], link["value"]) for link in values] == [("Country", "France")]


def _evaluate(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["evaluate", "--json", *arguments]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def test_evaluate_our_model(
    data: Path,
    fake_parser: FakeParser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(assistant_module, "load_parser", lambda folder: fake_parser)
    fake_parser.answer((EXAMPLES[0]["query"], 0.9))
    fake_parser.answer(("SELECT name FROM singer", 0.9))
    checkpoint = tmp_path / "some-checkpoint"
    found = _evaluate(
        capsys,
        *("--data", str(data), "--checkpoint", str(checkpoint)),
        *("--report", str(tmp_path / "report")),
    )
    assert (found["examples"], found["exact_match"], found["execution_match"]) == (2, 0.5, 0.5)
    assert found["checkpoint"] == "some-checkpoint"
    assert len(found["data_sha256"]) == 64
    assert (tmp_path / "report" / "report.json").is_file()


def test_evaluate_a_predictions_file(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "predicted.sql"
    file.write_text("SELECT count(*) FROM singer WHERE country = 'France'\nDROP TABLE singer\n")
    before = (data / "database" / "music" / "music.sqlite").read_bytes()
    found = _evaluate(capsys, "--data", str(data), "--predictions", str(file))
    assert found["execution_match"] == 0.5
    assert found["checkpoint"] is None
    named = _evaluate(
        capsys,
        *("--examples", str(data / "dev.json"), "--tables", str(data / "tables.json")),
        *("--database", str(data / "database"), "--predictions", str(file), "--limit", "1"),
    )
    assert (named["examples"], named["execution_match"]) == (1, 1.0)
    assert (data / "database" / "music" / "music.sqlite").read_bytes() == before


def test_compare_two_reports(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    reports = []
    for name, second in (("a", EXAMPLES[1]["query"]), ("b", "SELECT 1")):
        file = tmp_path / f"{name}.sql"
        file.write_text(f"{EXAMPLES[0]['query']}\n{second}\n")
        folder = tmp_path / name
        arguments = ["--data", str(data), "--predictions", str(file), "--report", str(folder)]
        _evaluate(capsys, *arguments)
        reports.append(str(folder / "report.json"))
    assert _evaluate(capsys, "--compare", *reports)
    assert main(["evaluate", "--compare", *reports]) == 0
    assert capsys.readouterr().out.strip()


def test_evaluate_on_changed_questions(
    data: Path,
    fake_parser: FakeParser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(assistant_module, "load_parser", lambda folder: fake_parser)
    for _ in range(200):
        fake_parser.answer((EXAMPLES[0]["query"], 0.9), ("SELECT COUNT(*) FROM singer", 0.1))
    arguments = ["evaluate", "--data", str(data), "--perturb", "--limit", "1"]
    assert main([*arguments, "--checkpoint", "named"]) == 0
    assert len(fake_parser.questions) > 5
    assert len(set(fake_parser.questions)) > 3
    assert "typo" in capsys.readouterr().out


def test_evaluate_refuses_what_cannot_go_together(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["evaluate", "--data", str(data), "--predictions", "x", "--perturb"]
    assert main(arguments) == 2
    assert "--perturb" in capsys.readouterr().err
    assert main(["evaluate", "--data", str(data), "--split", "nope", "--predictions", "x"]) in {
        2,
        3,
    }
