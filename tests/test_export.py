"""Exports to files of all kinds: whole or not at all, on a full disk and in a killed process too."""

from __future__ import annotations

import csv
import errno
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest
import servers

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.errors import ExecutionFailed, InvalidSQL, QueryTimeout
from nlidb.export import write_csv
from nlidb.validate import ValidQuery, validate

ENDLESS = "SELECT o1.id FROM " + ", ".join(f"orders AS o{i}" for i in range(1, 20))
NOISE = "SELECT number, noise FROM noisy"
"""500 rows that no format makes smaller than 64 kB."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with noisy_shop(tmp_path) as url, Database.open(url) as database:
        yield database


@contextmanager
def noisy_shop(folder: Path) -> Iterator[str]:
    with servers.shop("sqlite", folder) as url:
        rows = [(number, secrets.token_hex(200)) for number in range(500)]
        with sqlite3.connect(folder / "shop.sqlite") as connection:
            connection.execute("CREATE TABLE noisy (number INTEGER, noise TEXT)")
            connection.executemany("INSERT INTO noisy VALUES (?, ?)", rows)
        connection.close()
        yield url


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


KINDS = ("csv", "xlsx", "parquet")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 kB; left out where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no disk can be mounted: {error}")
    if done.returncode:
        pytest.skip(f"no disk can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("kind", KINDS)
def test_export_to_a_disk_that_is_full(database: Database, small_disk: Path, kind: str) -> None:
    target = small_disk / f"rows.{kind}"
    with Assistant.connect(database.url_safe) as assistant:
        assert assistant.save("SELECT id, name FROM customer", target) == 5
        whole = target.read_bytes()
        with pytest.raises(ExecutionFailed, match="No space left") as caught:
            assistant.save(NOISE, target)
        assert caught.value.hint
        assert target.read_bytes() == whole and list(small_disk.iterdir()) == [target]
        assert assistant.run("SELECT count(*) FROM customer").rows == ((5,),)
        assert assistant.save("SELECT id FROM orders", target) == 6
    assert target.read_bytes() != whole


@pytest.mark.parametrize("kind", KINDS)
def test_export_of_a_process_that_may_write_little(tmp_path: Path, kind: str) -> None:
    """The same without a disk of its own: files of this process may not grow beyond 50 kB."""
    target = tmp_path / f"rows.{kind}"
    target.write_text("old")
    script = f"""
import resource
from nlidb import Assistant, ExecutionFailed
with Assistant.connect({str(tmp_path / "shop.sqlite")!r}) as assistant:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    for turn in range(2):
        try:
            assistant.save({NOISE!r}, {str(target)!r})
        except ExecutionFailed as error:
            assert "too large" in error.message, error
            print("told")
    print(assistant.save("SELECT id FROM customer", {str(target)!r}))
"""
    with noisy_shop(tmp_path):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True
        )
    assert (done.stdout, done.stderr) == ("told\ntold\n5\n", "")
    assert {path.name for path in tmp_path.iterdir()} == {"shop.sqlite", target.name}


@pytest.mark.parametrize("kind", KINDS)
def test_export_of_a_killed_process_leaves_the_old_file(tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"rows.{kind}"
    target.write_text("old")
    script = (
        "from nlidb import Assistant\n"
        f"assistant = Assistant.connect({str(tmp_path / 'shop.sqlite')!r})\n"
        f"assistant.save({ENDLESS!r}, {str(target)!r})\n"
    )
    with servers.shop("sqlite", tmp_path):
        child = subprocess.Popen([sys.executable, "-c", script])
        end = time.monotonic() + 60
        while not list(tmp_path.glob(".*.part")) and time.monotonic() < end:
            time.sleep(0.05)
        assert list(tmp_path.glob(".*.part"))
        child.kill()
        child.wait()
        assert target.read_text() == "old"


def test_export_by_suffix(database: Database, tmp_path: Path) -> None:
    sql = "SELECT id, name FROM customer ORDER BY id"
    with Assistant.connect(database.url_safe) as assistant:
        for kind in (*KINDS, "txt"):
            assert assistant.save(sql, tmp_path / f"rows.{kind}") == 5
    assert (tmp_path / "rows.txt").read_bytes() == (tmp_path / "rows.csv").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert sheet is not None and sheet["B2"].value == "Ann"
    table = pyarrow.parquet.read_table(tmp_path / "rows.parquet")
    assert table.column("name").to_pylist()[1] == "Bob"
    assert sorted(path.name for path in tmp_path.glob("*rows*")) == [
        "rows.csv", "rows.parquet", "rows.txt", "rows.xlsx",
    ]  # fmt: skip
