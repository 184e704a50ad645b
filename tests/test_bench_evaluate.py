"""The timing command: what it runs, and its last line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from training import bench_evaluate

OFFICIAL = """
import argparse, pathlib
parser = argparse.ArgumentParser()
for name in ("etype", "gold", "pred", "db", "table"):
    parser.add_argument("--" + name, required=True)
parser.add_argument("--keep_distinct", action="store_true")
options = parser.parse_args()
gold = pathlib.Path(options.gold).read_text().splitlines()
assert gold == ["SELECT name FROM singer\\tmusic"] * 2, gold
assert pathlib.Path(options.pred).read_text().splitlines() == ["SELECT 1", "SELECT"]
assert (pathlib.Path(options.db) / "music" / "music.sqlite").is_file()
assert pathlib.Path(options.table).is_file()
pathlib.Path("ran.txt").open("a").write(f"{options.keep_distinct} ")
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    entry = {
        "db_id": "music",
        "table_names_original": ["singer"],
        "column_names_original": [[-1, "*"], [0, "name"]],
        "column_types": ["text", "text"],
    }
    example = {"db_id": "music", "question": "Who?", "query": "SELECT name\nFROM singer"}
    (tmp_path / "tables.json").write_text(json.dumps([entry]), encoding="utf-8")
    (tmp_path / "dev.json").write_text(json.dumps([example] * 2), encoding="utf-8")
    path = tmp_path / "database" / "music" / "music.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE singer (name TEXT)")
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["bench_evaluate", *arguments])
    return bench_evaluate.main()


def test_ours_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "--data", str(data)) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(last) == {"ours_seconds", "ours_one_process_seconds"}


def test_beside_the_official_script(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    official = tmp_path / "official"
    official.mkdir()
    (official / "evaluation.py").write_text(OFFICIAL, encoding="utf-8")
    (tmp_path / "predictions.sql").write_text("SELECT 1\n\n", encoding="utf-8")
    options = ["--data", str(data), "--predictions", str(tmp_path / "predictions.sql")]
    assert _run(monkeypatch, *options, "--official", str(official)) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["times_faster"] > 0
    assert (official / "ran.txt").read_text() == "False True "
    assert _run(monkeypatch, *options, "--official", str(data)) == 3
    assert "no evaluation.py" in capsys.readouterr().err
    (official / "evaluation.py").write_text("raise SystemExit(4)", encoding="utf-8")
    assert _run(monkeypatch, *options, "--official", str(official)) == 1
    message = capsys.readouterr().err
    assert "exit code 4" in message
    assert "sqlparse" in message and "PYTHONPATH" in message
