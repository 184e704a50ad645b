"""The agreement command: agrees with the recorded sample, and says so when a verdict differs."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from training import agreement

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    entries = json.loads((FIXTURES / "metrics_databases.json").read_text(encoding="utf-8"))
    tables = [entry["tables"] for entry in entries]
    (tmp_path / "tables.json").write_text(json.dumps(tables), encoding="utf-8")
    for entry in entries:
        name = entry["tables"]["db_id"]
        folder = tmp_path / "database" / name
        folder.mkdir(parents=True)
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection:
            connection.executescript(entry["sql"])
    return tmp_path


def _run(data: Path, reference: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    arguments = ["agreement", "--data", str(data), "--reference", str(reference), *more]
    monkeypatch.setattr("sys.argv", arguments)
    return agreement.main()


def test_the_sample_agrees_and_a_changed_verdict_does_not(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    text = (FIXTURES / "metrics.jsonl").read_text(encoding="utf-8")
    (reference / "sample.jsonl").write_text(text, encoding="utf-8")
    assert _run(data, reference, monkeypatch, "--cases") == 0
    out = capsys.readouterr().out
    assert "240 of 240 verdicts agree" in out
    assert "credit although DISTINCT makes a difference" in out
    assert re.search(r"\n +\d+[\d, ]* \(\w+\)\n +gold +SELECT .*\n +predicted +SELECT ", out)
    lines = text.splitlines()
    record = json.loads(lines[5])
    record["exact_match"] = not record["exact_match"]
    changed = [*lines[:5], json.dumps(record), *lines[6:]]
    (reference / "sample.jsonl").write_text("\n".join(changed), encoding="utf-8")
    assert _run(data, reference, monkeypatch) == 1
    out = capsys.readouterr().out
    assert "{'exact_match': 1}" in out
    assert "239 of 240 verdicts agree" in out


def test_what_is_missing_is_said(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run(data, tmp_path / "none", monkeypatch) == 3
    assert "No *.jsonl" in capsys.readouterr().err
    (data / "sample.jsonl").write_text(
        (FIXTURES / "metrics.jsonl").read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert _run(tmp_path / "nowhere", data, monkeypatch) == 3
    assert "cannot be read" in capsys.readouterr().err
