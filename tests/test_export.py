"""write_csv: whole or not at all."""

from __future__ import annotations

import csv
import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

from nlidb.database import Database
from nlidb.errors import ExecutionFailed, InvalidSQL, QueryTimeout
from nlidb.export import write_csv
from nlidb.validate import ValidQuery, validate

ENDLESS = "SELECT o1.id FROM " + ", ".join(f"orders AS o{i}" for i in range(1, 20))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with servers.shop("sqlite", tmp_path) as url, Database.open(url) as database:
        yield database


def valid(database: Database, sql: str) -> ValidQuery:
    return validate(sql, database.schema, database.dialect)


def test_export_writes_all_rows(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "out" / "größe.csv"
    target.parent.mkdir()
    sql = "SELECT c.id, c.city, n.body FROM customer AS c, note AS n ORDER BY c.id, n.id"
    assert write_csv(database, valid(database, sql), target) == 15
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["id", "city", "body"]
    assert rows[2] == ["1", "Paris", 'say "hi"']
    assert rows[10] == ["4", "", "first; drop table note"]
    assert len(rows) == 16
    assert list(target.parent.iterdir()) == [target]


def test_export_leaves_the_old_file_when_it_fails(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "out" / "rows.csv"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    with pytest.raises(QueryTimeout):
        write_csv(database, valid(database, ENDLESS), target, timeout=0.2)
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(ExecutionFailed, match="on request"):
        write_csv(database, valid(database, ENDLESS), target, cancel=cancel)
    assert target.read_text(encoding="utf-8") == "old"
    assert list(target.parent.iterdir()) == [target]


def test_export_says_that_the_disk_is_full(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("nlidb.export.os.fsync", full)
    with pytest.raises(ExecutionFailed, match="No space left") as caught:
        write_csv(database, valid(database, "SELECT * FROM customer"), tmp_path / "full.csv")
    assert caught.value.hint
    assert not list(tmp_path.glob("*full.csv*"))


@pytest.mark.parametrize("name", ["missing/rows.csv", "nul\0.csv"])
def test_export_says_what_cannot_be_written(database: Database, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExecutionFailed, match="could not be written"):
        write_csv(database, valid(database, "SELECT 1"), f"{tmp_path}/{name}")


def test_export_passes_a_database_error_on(database: Database, tmp_path: Path) -> None:
    query = valid(database, "SELECT id FROM customer")
    with sqlite3.connect(database.url_safe) as connection:
        connection.execute("DROP VIEW big_spender")
        connection.execute("DROP TABLE orders")
        connection.execute("DROP TABLE customer")
    connection.close()
    with pytest.raises(InvalidSQL, match="does not accept"):
        write_csv(database, query, tmp_path / "rows.csv")
    assert not list(tmp_path.glob("*rows.csv*"))
