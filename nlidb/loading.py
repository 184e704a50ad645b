"""CSV, TSV, Parquet and Excel files become tables of a DuckDB file, which is then opened like any other."""

from __future__ import annotations

import contextlib
import csv
import re
import textwrap
import threading
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from nlidb.errors import ConnectionFailed, NlidbError
from nlidb.sessions import DUCKDB_CONFIG, DuckdbSession, Watch, as_sentence, fetch_all

LOAD_SECONDS: Final = 120.0
"""Time limit of loading files that are no database."""
MAX_LOADED_ROWS: Final = 10_000_000
"""Rows of a table that is loaded from a file."""
MAX_LOADED_BYTES: Final = 4_000_000_000
"""Size of the DuckDB file that files are loaded into: a small Parquet file can hold a large table."""
MAX_SHEET_CELLS: Final = 5_000_000
"""Cells of the rectangle that a sheet's cells lie in: each one takes a place, also where it is empty."""
MAX_UNPACKED_BYTES: Final = 300_000_000
"""Size of an Excel file without its compression; its texts are held in memory."""

# files may be read, since that is what loading is; the rest holds as for a query
_LOAD_CONFIG: Final = {**DUCKDB_CONFIG, "enable_external_access": "true"}
_TOO_LARGE: Final = "Load it into a DuckDB or SQLite file, and give that."


class _Overgrown(threading.Event):
    """Set while a file is larger than it may be."""

    def __init__(self, path: Path, limit: int) -> None:
        super().__init__()
        self._path = path
        self._limit = limit

    def is_set(self) -> bool:
        return self._path.exists() and self._path.stat().st_size > self._limit


def load_files(paths: Sequence[Path], folder: Path) -> None:
    """Load files as tables of ``folder/loaded.duckdb``, an Excel file's sheets one by one.

    Raises:
        ConnectionFailed: a file that is broken, empty, or larger than the limits above.
    """
    taken: set[str] = set()
    loaded = folder / "loaded.duckdb"
    with duckdb.connect(str(loaded), config=_LOAD_CONFIG) as root:
        session = DuckdbSession(root.cursor())
        with Watch(session, LOAD_SECONDS, _Overgrown(loaded, MAX_LOADED_BYTES)) as watch:
            for path in paths:
                try:
                    for name, part in _parts(path, folder, watch):
                        _load_part(session, part, _table_name(name, taken))
                        watch.check()
                        part.unlink()
                except Exception as error:
                    if watch.reason:
                        raise _stopped(path, watch) from error
                    if isinstance(error, NlidbError):
                        raise
                    raise _load_error(error, path, folder) from error
        session.end()


def _load_part(session: DuckdbSession, part: Path, table: str) -> None:
    reader = "read_parquet" if part.suffix == ".parquet" else "read_csv"
    literal = "'" + str(part).replace("'", "''") + "'"
    session.execute(
        f'CREATE TABLE "{table}" AS SELECT * FROM {reader}({literal}) LIMIT {MAX_LOADED_ROWS + 1}'
    )
    if fetch_all(session, f'SELECT count(*) FROM "{table}"')[0][0] > MAX_LOADED_ROWS:
        raise ConnectionFailed(
            f"{table} has more than {MAX_LOADED_ROWS:,} rows, the most that is loaded from a file.",
            hint=_TOO_LARGE,
        )


def _stopped(path: Path, watch: Watch) -> ConnectionFailed:
    limit = f"{MAX_LOADED_BYTES / 1e9:g} GB on the disk"
    if watch.reason == "timeout":
        limit = f"{watch.seconds:g} seconds"
    return ConnectionFailed(
        f"{path} could not be loaded: it takes more than {limit}.", hint=_TOO_LARGE
    )


def _load_error(error: Exception, path: Path, folder: Path) -> ConnectionFailed:
    if path.suffix.lower() in (".csv", ".tsv") and not _is_utf8(path):
        return ConnectionFailed(
            f"{path} is not in UTF-8.", hint='Save it as UTF-8 (in Excel: as "CSV UTF-8").'
        )
    # Behind its first sentences DuckDB gives advice on the options of its reader, and our own statement.
    text = re.split(r"\s(?:Possible \w+|LINE \d+):", str(error))[0]
    text = textwrap.shorten(
        text.replace(f"{folder}/input", path.stem).replace(f"{folder}/", ""),
        300,
        placeholder=" ...",
    )
    return ConnectionFailed(
        f"{path} could not be loaded: {as_sentence(text)}",
        hint="Check that it is a whole CSV, TSV, Parquet or XLSX file, in UTF-8.",
    )


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(2**20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _parts(path: Path, folder: Path, watch: Watch) -> Iterator[tuple[str, Path]]:
    """(table name, file that DuckDB can read) of each table in a file."""
    suffix = path.suffix.lower()
    if suffix != ".xlsx":
        # A link under a plain name: DuckDB would take * and [ in the user's file name for a pattern.
        link = folder / f"input{suffix}"
        link.symlink_to(path.absolute())
        if suffix != ".parquet":
            with path.open("rb") as file:
                start = file.read(8192)
            if not start.strip() or b"\0" in start:
                raise ConnectionFailed(
                    f"{path} is {'no text' if start.strip() else 'empty'}.",
                    hint="Give a CSV or TSV file with a line of column names, in UTF-8.",
                )
        yield path.stem, link
        return
    sheets = _read_sheets(path, folder, watch)
    for title, part in sheets:
        yield (title if len(sheets) > 1 else path.stem), part


def _read_sheets(path: Path, folder: Path, watch: Watch) -> list[tuple[str, Path]]:
    """(title, CSV file) of each sheet that has cells; a row is held at a time."""
    try:
        import openpyxl
    except ImportError as error:
        raise ConnectionFailed(
            f"{path} is an Excel file, and openpyxl is not installed.",
            hint="Install it (pip install openpyxl), or save the sheet as CSV.",
        ) from error
    _check_unpacked(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    found = []
    try:
        for number, sheet in enumerate(book.worksheets):
            sheet.reset_dimensions()  # what the file says of its size is made of empty cells, or wrong
            part = folder / f"sheet{number}.csv"
            # closed, since openpyxl would leave the file open where not all rows are read
            with contextlib.closing(sheet.iter_rows(values_only=True)) as rows:
                width = _write_rows(rows, part, watch)
            if width:
                found.append((sheet.title, _padded(part, width)))
    finally:
        book.close()
    return found


def _check_unpacked(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise ConnectionFailed(
            f"{path} has {size / 1e6:,.0f} MB when it is unpacked, more than {MAX_UNPACKED_BYTES / 1e6:,.0f} MB.",
            hint="Save its sheets as CSV.",
        )


def _write_rows(rows: Iterable[Sequence[Any]], part: Path, watch: Watch) -> int:
    """Write the rows that are not empty, as wide as each is; gives the widest one's width."""
    count, width = 0, 0
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, row in enumerate(rows):
            if number % 1000 == 0:
                watch.check()
            wide = max((i for i, cell in enumerate(row, 1) if cell is not None), default=0)
            if not wide:
                continue
            count, width = count + 1, max(width, wide)
            if count * width > MAX_SHEET_CELLS:
                raise ConnectionFailed(
                    f"A sheet has more than {MAX_SHEET_CELLS:,} cells, the most that is loaded.",
                    hint="Save it as CSV.",
                )
            writer.writerow(row[:wide])
    return width


def _padded(part: Path, width: int) -> Path:
    """The same rows, all of them as wide as the widest, in a file of its own."""
    whole = part.with_name(f"whole-{part.name}")
    with (
        part.open(encoding="utf-8", newline="") as source,
        whole.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target)
        for row in csv.reader(source):
            writer.writerow(row + [""] * (width - len(row)))
    part.unlink()
    return whole


def _table_name(name: str, taken: set[str]) -> str:
    """A table name for a file or sheet: letters, digits and _, none twice."""
    base = re.sub(r"\W+", "_", name).strip("_").lower() or "data"
    if base[0].isdigit():
        base = f"t_{base}"
    unique, count = base, 1
    while unique in taken:
        count += 1
        unique = f"{base}_{count}"
    taken.add(unique)
    return unique
