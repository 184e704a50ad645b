"""Files that are no database are loaded under limits: one that unpacks to a large table is refused in words."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from nlidb import loading as module
from nlidb.database import Database
from nlidb.errors import ConnectionFailed
from nlidb.execute import execute
from nlidb.validate import validate


def sheet(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    return list(execute(database, validate(sql, database.schema, "duckdb")).rows)


def test_a_sheet_with_one_cell_far_away_takes_little_memory(tmp_path: Path) -> None:
    """Held whole and padded, its rows would be 8.4 million cells."""
    path = sheet(tmp_path / "far.xlsx", {"A1": "a", "A2": 1, "ZZ12000": 2})
    tracemalloc.start()
    try:
        with Database.open(path) as database:
            assert len(database.schema.columns) == 702
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * 2**20


def test_a_sheet_of_uneven_rows_is_a_table(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "pets.xlsx",
        {"A1": "name", "B1": "age", "A2": "Rex", "A5": "Tom", "B5": 3, "D1": " "},
    )
    with Database.open(path) as database:
        assert rows(database, "SELECT name, age FROM pets ORDER BY name") == [
            ("Rex", None),
            ("Tom", 3),
        ]


def test_a_sheet_of_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_SHEET_CELLS", 1000)
    path = sheet(tmp_path / "wide.xlsx", {f"A{row}": row for row in range(1, 30)} | {"AZ30": 1})
    with pytest.raises(ConnectionFailed, match="more than 1,000 cells") as caught:
        Database.open(path)
    assert caught.value.hint


def test_an_excel_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNPACKED_BYTES", 5_000_000)
    path = sheet(tmp_path / "bomb.xlsx", {"A1": "a", "A2": 1})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b" " * 6_000_000)
    assert path.stat().st_size < 20_000
    with pytest.raises(ConnectionFailed, match="when it is unpacked"):
        Database.open(path)


@pytest.fixture
def small_parquet(tmp_path: Path) -> Path:
    """200 000 rows in a few kilobytes."""
    path = tmp_path / "many.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 1 AS a, repeat('x', 500) AS b FROM range(200000)) TO '{path}'"
        )
    assert path.stat().st_size < 50_000
    return path


def test_a_small_file_of_too_many_rows_is_refused(
    small_parquet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(small_parquet) as database:
        assert rows(database, "SELECT count(*) FROM many") == [(200_000,)]
    monkeypatch.setattr(module, "MAX_LOADED_ROWS", 199_999)
    with pytest.raises(ConnectionFailed, match="more than 199,999 rows") as caught:
        Database.open(small_parquet)
    assert "DuckDB" in caught.value.hint


def test_loading_ends_at_its_limits_of_time_and_size(
    small_parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(module, "LOAD_SECONDS", 1e-6)
    with pytest.raises(ConnectionFailed, match="takes more than 1e-06 seconds"):
        Database.open(small_parquet)
    monkeypatch.undo()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(module, "MAX_LOADED_BYTES", 1000)
    with pytest.raises(ConnectionFailed, match="GB on the disk"):
        Database.open(small_parquet)
    assert not list(tmp_path.glob("nlidb-*"))


def test_loading_has_a_limit_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DuckDB would have to hold at once to load one row."""
    assert module._LOAD_CONFIG["memory_limit"] == "1GB"
    monkeypatch.setitem(module._LOAD_CONFIG, "memory_limit", "20MB")
    path = tmp_path / "wide.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT list(i) AS a FROM range(10000000) AS t(i)) TO '{path}'")
    with pytest.raises(ConnectionFailed, match="could not be loaded") as caught:
        Database.open(path)
    assert "memory" in caught.value.message.lower()


@pytest.mark.parametrize(
    "source",
    [
        "postgres:/bob:S3cretPw@host/db",
        "postgresql//bob:S3cretPw@host:5432/db",
        "bob:S3cretPw@host",
        "bob:S3:cret@Pw@host",
        "host=db user=bob password=S3cretPw dbname=shop",
        "host=db PASSWORD = 'S3cretPw x' user=bob",
        "mysql:db?user=bob&passwd=S3cretPw",
        "x" * 300 + "bob:S3cretPw@host",
        "bob:S3cretPw@host\0",
    ],
)
def test_a_mistaken_address_shows_no_password(source: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        Database.open(source)
    told = f"{caught.value} {caught.value.__cause__!r}"
    assert "S3cret" not in told and "cret@Pw" not in told
    assert "***" in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="no file .*/nowhere: really/my data.csv"):
        Database.open(tmp_path / "nowhere: really" / "my data.csv")
