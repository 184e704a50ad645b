"""The demo databases are built once, whole, and the same each time."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from nlidb import demo
from nlidb.database import Database
from nlidb.demo import DEFAULT_DEMO, demo_databases, demo_path
from nlidb.errors import ConfigError, ConnectionFailed


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NLIDB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _build(cache: str) -> str:
    os.environ["NLIDB_CACHE"] = cache
    return str(demo_path("shop"))


def test_listed() -> None:
    demos = demo_databases()
    assert demos[0].db_id == DEFAULT_DEMO
    assert len(demos) >= 4
    assert "duckdb" in {found.dialect for found in demos}
    for found in demos:
        assert found.description.endswith(".")


@pytest.mark.parametrize("db_id", [found.db_id for found in demo_databases()])
def test_opens(db_id: str) -> None:
    with Database.open(demo_path(db_id)) as database:
        assert database.schema.db_id == db_id
        assert database.schema.foreign_keys
        assert all(database.row_count(table) for table in range(len(database.schema.tables)))


def test_built_once_and_the_same(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = demo_path()
    assert path.is_relative_to(cache)
    stamp = path.stat().st_mtime_ns
    assert demo_path() == path
    assert path.stat().st_mtime_ns == stamp
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    first = path.read_bytes()
    monkeypatch.setenv("NLIDB_CACHE", str(cache.with_name("other")))
    assert demo_path().read_bytes() == first


def test_two_processes_at_once(cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        paths = pool.map(_build, [str(cache)] * 4)
    assert len(set(paths)) == 1
    with Database.open(paths[0]) as database:
        assert database.schema.find_table("customers") is not None


def test_unknown_name() -> None:
    with pytest.raises(ConfigError, match="nope") as caught:
        demo_path("nope")
    assert DEFAULT_DEMO in caught.value.hint


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NLIDB_CACHE", str(tmp_path / "file"))
    with pytest.raises(ConnectionFailed, match="could not be built") as caught:
        demo_path()
    assert "NLIDB_CACHE" in caught.value.hint


def test_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NLIDB_CACHE")
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(demo.tempfile, "gettempdir", lambda: str(tmp_path))
    path = demo_path()
    assert path.is_relative_to(tmp_path)
    assert path.is_file()
