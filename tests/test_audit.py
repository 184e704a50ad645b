"""The audit log: one line a question, no result data, rotating."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from nlidb.audit import AuditLog
from nlidb.errors import ConfigError


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
