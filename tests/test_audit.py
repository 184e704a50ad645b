"""The audit log: one line a question, no result data, rotating."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from nlidb.assistant import Assistant
from nlidb.audit import AuditLog
from nlidb.database import Database
from nlidb.errors import ConfigError, ExecutionFailed
from tests.gold_parser import GoldParser


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_audit_records_what_was_asked(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.record(
        question="how many?", sql="SELECT 1", outcome="answered", rows=1, database="shop", who="ann"
    )
    log.record(
        question='x\n{"forged": 1}', sql="DROP TABLE t", outcome="refused", refused="statement"
    )
    first, second = read(log.path)
    assert (first["who"], first["question"], first["sql"], first["rows"]) == (
        "ann", "how many?", "SELECT 1", 1,
    )  # fmt: skip
    assert str(first["when"]).endswith("+00:00")
    assert (second["outcome"], second["refused"]) == ("refused", "statement")
    assert second["who"]
    assert log.path.stat().st_mode & 0o077 == 0


def test_audit_rotates(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", max_bytes=2000, kept=2)
    for number in range(100):
        log.record(question=f"question {number}", sql=None, outcome="declined")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    assert read(log.path)[-1]["question"] == "question 99"


def test_audit_takes_lines_from_many_threads(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")

    def ask(number: int) -> None:
        for _ in range(20):
            log.record(question=f"q{number}" * 50, sql=None, outcome="answered")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read(log.path)) == 160


def test_audit_says_at_once_that_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        AuditLog(tmp_path / "missing" / "audit.jsonl")


def test_audit_leaves_no_half_line_on_a_full_disk(tmp_path: Path) -> None:
    """A disk that takes a part of a line: the answer is held back, and the next line is whole again."""
    script = f"""
import resource
from nlidb.audit import AuditLog
from nlidb.errors import ConfigError
log = AuditLog({str(tmp_path / "audit.jsonl")!r})
log.record(question="first", sql=None, outcome="declined")
full = log.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (full + 50, resource.RLIM_INFINITY))
for _ in range(2):
    try:
        log.record(question="second", sql=None, outcome="declined")
    except ConfigError as error:
        print(error.message.rpartition(": ")[2], log.path.stat().st_size == full)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.record(question="third", sql=None, outcome="declined")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("No space left on device. True\n" * 2, "")
    assert [line["question"] for line in read(tmp_path / "audit.jsonl")] == ["first", "third"]


def test_audit_says_who_asked_and_not_what_nobody_asked(music_db: Path, tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    with Assistant(Database.open(music_db), GoldParser, audit=log) as assistant:
        assistant.warm_up("How many singers are there?")
        assert read(log.path) == []
        assistant.ask("How many singers are there?", who="visitor 1")
        assistant.run("SELECT name FROM singer", who="visitor 2")
        with (tmp_path / "rows.csv").open("wb") as file:
            assistant.write("SELECT name FROM singer", "csv", file, who="visitor 3")
            with pytest.raises(Exception, match="nope"):
                assistant.write("SELECT nope FROM singer", "csv", file, who="visitor 4")
    assert [line["who"] for line in read(log.path)] == [f"visitor {n}" for n in range(1, 5)]


def test_planning_has_the_limits_of_its_question(
    music_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines compute constants while they plan: that is cancelled, and takes no longer than the query may."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("nlidb.assistant.explain", lambda *_, **limits: seen.append(limits))
    cancel = threading.Event()
    with Assistant(Database.open(music_db), GoldParser, max_cost=5.0) as assistant:
        assistant.ask("How many singers are there?", timeout=3.0, cancel=cancel)
        assistant.run("SELECT name FROM singer", timeout=3.0, cancel=cancel)
        assert {(limits["timeout"], limits["cancel"]) for limits in seen} == {(3.0, cancel)}
        assert {limits["max_cost"] for limits in seen} == {None, 5.0}
        assistant.check("SELECT name FROM singer")
        assert seen[-1]["timeout"] == 10.0  # planning alone never takes the 30 s of a query


def test_an_export_has_a_limit_and_leaves_no_half_file(music_db: Path, tmp_path: Path) -> None:
    with Assistant(Database.open(music_db), GoldParser, max_export_bytes=100) as assistant:
        for kind in ("csv", "xlsx", "parquet"):
            target = tmp_path / f"rows.{kind}"
            with pytest.raises(ExecutionFailed, match="more than 0.0001 MB"):
                assistant.save("SELECT name FROM singer", target)
            assert assistant.save("SELECT name FROM singer WHERE singer_id = 1", target) == 1
    assert sorted(path.name for path in tmp_path.glob("*rows*")) == [
        "rows.csv", "rows.parquet", "rows.xlsx",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="export limit"):
        Assistant.connect(music_db, max_export_bytes=0)
