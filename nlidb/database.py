"""Connect to a database, read-only from the first byte, and read its schema and samples of its values.

``Database.open`` takes a SQLAlchemy URL or a file: SQLite, DuckDB, CSV, TSV, Parquet or XLSX. Files that are no
database are loaded into a private temporary DuckDB file first, which goes when the database is closed. The
sessions themselves, and what they cannot do, are in sessions.py. This file runs only SQL that it writes itself;
a user's or the model's SQL goes through ``validate`` and ``execute``.
"""

from __future__ import annotations

import contextlib
import csv
import logging
import re
import shutil
import tempfile
import textwrap
import threading
import time
import warnings
import weakref
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import duckdb
import sqlalchemy
from sqlalchemy.engine import URL, Engine
from sqlalchemy.engine.reflection import ObjectKind

from nlidb.edges import infer_edges
from nlidb.errors import ConfigError, ConnectionFailed, NlidbError
from nlidb.private import reading_views
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table, identifier_words
from nlidb.sessions import (
    DUCKDB_CONFIG,
    DuckdbSession,
    Row,
    Session,
    Sessions,
    Target,
    Watch,
    as_sentence,
    connection_error,
    engine_error,
)

log = logging.getLogger(__name__)

READ_SECONDS: Final = 60.0
"""Time limit of reading the schema."""
SAMPLE_SECONDS: Final = 5.0
"""Time limit of reading one column's values, or of counting one table."""
SCAN_ROWS: Final = 500_000
"""Rows of a table that value samples and counts look at, at most."""
VALUE_CHARS: Final = 200
"""Stored texts longer than this are prose, not values that a question names."""
CHECK_SECONDS: Final = 5.0
"""``changed`` asks a server at most this often."""
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
OVERLAP_ROWS: Final = 5_000
OVERLAP_VALUES: Final = 200
"""Sizes of the samples that the value overlap of two columns is measured on."""

_DRIVERS: Final = {
    "sqlite": ("sqlite", "sqlite"),
    "duckdb": ("duckdb", "duckdb"),
    "postgresql": ("postgres", "postgresql+psycopg"),
    "postgres": ("postgres", "postgresql+psycopg"),
    "mysql": ("mysql", "mysql+pymysql"),
    "mariadb": ("mysql", "mysql+pymysql"),
}
_LOADED_SUFFIXES: Final = frozenset({".csv", ".tsv", ".parquet", ".xlsx"})
_ACCEPTED: Final = (
    "Give a .sqlite, .duckdb, .csv, .tsv, .parquet or .xlsx file, or a SQLAlchemy URL."
)

_NAMEABLE: Final = re.compile(r"[^\W_]")
"""A letter or digit of any script."""

_TYPES: Final[tuple[tuple[ColumnType, str], ...]] = (
    ("text", r"^enum|^set\("),
    ("boolean", r"bool|^bit(\(1\))?$|^tinyint\(1\)"),
    ("time", r"date|time|^year"),
    (
        "other",
        r"blob|binary|bytea|json|\[\]|^struct|^map|^union|array|range|point|geometry|^list|vector",
    ),
    ("number", r"int|real|floa|doub|num|dec|money|serial|^bit|number|oid$"),
    ("text", r"char|text|clob|string|uuid|name|inet|cidr|xml"),
)


def column_type(sql_type: str) -> ColumnType:
    """Spider's column type for a type as an engine declares it; "other" where none fits.

    "interval" and "point" hold "int", so what is looked for first matters.
    """
    lowered = sql_type.lower().strip()
    if lowered.startswith("interval"):
        return "other"
    for name, pattern in _TYPES:
        if re.search(pattern, lowered):
            return name
    return "other"


@dataclass
class _Reflection:
    """What an engine says of its tables, before it is numbered into a ``Schema``."""

    tables: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Name -> (is it a view, comment), in the database's order."""
    columns: dict[str, list[tuple[str, str, bool, str]]] = field(default_factory=dict)
    """Table -> (name, SQL type, part of the primary key, comment) of each column."""
    private: dict[str, list[str]] = field(default_factory=dict)
    """Table -> names of the columns that were taken out."""
    keys: list[tuple[str, str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    """(table, table referred to, (column, column referred to) of each part) of each foreign key."""
    views: dict[str, str] = field(default_factory=dict)
    """View -> the query it stands for, "" where the login may not read it."""
    nameless: Counter[str] = field(default_factory=Counter)
    """Table -> how many columns were taken out because a question cannot name them."""
    namespaces: dict[str, str] = field(default_factory=dict)
    """Table -> the schema it stands in, on PostgreSQL."""
    kin: dict[str, set[str]] = field(default_factory=dict)
    """Table -> the tables that its rows are also rows of, and those whose rows are also its own (PostgreSQL's
    partitions and inheritance)."""


class Database:
    """One open, read-only database. Thread-safe; a context manager.

    Made by ``Database.open``.
    """

    def __init__(
        self,
        target: Target,
        *,
        name: str = "",
        folder: Path | None = None,
        private: Iterable[str] = (),
    ) -> None:
        self._target = target
        self._folder = folder
        self._private = frozenset(item.lower() for item in private)
        # Also when the process ends or the object is dropped without close().
        self._cleanup = weakref.finalize(self, _remove, folder) if folder is not None else None
        self.name = name or (target.path.stem if target.path else target.url.database or "")
        """The file's name without its suffix, or the database's name: ``Schema.db_id``."""
        self._lock = threading.RLock()
        self._schema: Schema | None = None
        self._stamp: object = None
        self._checked_at = 0.0
        try:
            self.sessions = Sessions(target)
        except NlidbError:
            self._remove_folder()
            raise
        try:
            self.reload()
        except NlidbError:
            self.close()
            raise

    @classmethod
    def open(
        cls, source: str | Path | Sequence[str | Path], *, private: Iterable[str] = ()
    ) -> Database:
        """Open a database read-only and read its schema.

        Args:
            source: a SQLAlchemy URL ("postgresql://user:password@host/name", "sqlite:///shop.sqlite"), the path
                of a SQLite, DuckDB, CSV, TSV, Parquet or XLSX file, or several CSV, TSV, Parquet or XLSX files,
                which become one database of a table a file (a sheet).
            private: columns that nobody may see, as "table.column", or "column" in every table: they are not
                in the schema, so no value of them is read or linked and no query can name or show them.
                A view that reads one is left out as a whole, unless you name one of its own columns
                ("view.column"): then the rest of it can be read.

        Raises:
            ConnectionFailed: missing, unreadable, no database, wrong password, locked, or without tables.
            ConfigError: ``private`` names a column that is not there, or ``source`` is none of these.
        """
        if isinstance(source, str) and "://" in source:
            return cls(_parse_url(source), private=private)
        paths = _paths([source] if isinstance(source, str | Path) else source)
        for path in paths:
            _check_readable(path)
        kind = _file_kind(paths[0])
        if len(paths) == 1 and kind in ("sqlite", "duckdb"):
            return cls(_file_target(kind, paths[0]), private=private)
        for path in paths:
            if _file_kind(path) != "loaded":
                raise ConnectionFailed(f"{path} is not a file of a known kind.", hint=_ACCEPTED)
        folder = Path(tempfile.mkdtemp(prefix="nlidb-"))
        try:
            _load_files(paths, folder)
        except BaseException:
            _remove(folder)
            raise
        name = paths[0].stem if len(paths) == 1 else paths[0].absolute().parent.name or "files"
        target = _file_target("duckdb", folder / "loaded.duckdb")
        return cls(target, name=name, folder=folder, private=private)

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections and remove what was loaded from files. May be called twice."""
        self.sessions.close()
        self._remove_folder()

    @property
    def dialect(self) -> str:
        """sqlglot's name of the engine's dialect: "sqlite", "duckdb", "postgres" or "mysql"."""
        return self._target.dialect

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, whose connections are as read-only as the sessions'."""
        return self.sessions.engine

    @property
    def url_safe(self) -> str:
        """How to name the database to a person: its file, or its URL without the password."""
        return self.name if self._folder is not None else self._target.safe

    @property
    def schema(self) -> Schema:
        """The schema as last read (see ``changed`` and ``reload``)."""
        with self._lock:
            assert self._schema is not None
            return self._schema

    def reload(self) -> Schema:
        """Read the schema again, on fresh connections.

        Raises:
            ConnectionFailed: the database cannot be reached, or has no tables.
        """
        with self._lock:
            if self._schema is not None:
                self.sessions.refresh()
            # The stamp first: a change while reading is then noticed by the next look.
            stamp = self._read_stamp()
            found = self._reflect()
            hidden = _hide(found, self._private, self.dialect, self._target.url.database or "")
            _leave_out_nameless(found)
            if self._private - hidden:
                # Also when it is read again: a private column that was renamed must not become a public one.
                raise ConfigError(
                    f"There is no column {', '.join(sorted(self._private - hidden))} to keep private.",
                    hint='Write "table.column", or "column" for every table.',
                )
            if not any(found.columns.get(table) for table in found.tables):
                raise ConnectionFailed(
                    f"{self.url_safe} has no tables to ask about.", hint=self._no_tables_hint()
                )
            schema = _number(self.name, self.dialect, found)
            self._schema = schema
            self._schema = infer_edges(schema, self._overlap)
            self._stamp = stamp
            self._checked_at = time.monotonic()
            return self._schema

    def changed(self, *, max_age: float = CHECK_SECONDS) -> bool:
        """Has the schema changed since it was read? Then call ``reload``.

        SQLite: its schema version and the file's identity; DuckDB: the file's identity and time; servers: a
        fingerprint of their catalogue, asked for at most every ``max_age`` seconds.

        Raises:
            ConnectionFailed: the database is gone.
        """
        if self._target.path is None and time.monotonic() - self._checked_at < max_age:
            return False
        stamp = self._read_stamp()
        self._checked_at = time.monotonic()
        return stamp != self._stamp

    def distinct_values(self, column: int, limit: int = 10_000) -> Iterator[Any]:
        """Distinct stored values of a column, the most frequent first; NULL and long texts are left out.

        Looks at ``SCAN_ROWS`` rows for at most ``SAMPLE_SECONDS``; where even that is too slow it
        gives what a small sample holds.

        Args:
            column: index into ``schema.columns``.
            limit: most values.
        """
        text, table = self._quoted(column)
        condition = f"{text} IS NOT NULL"
        if self.schema.columns[column].type not in ("number", "time", "boolean"):
            as_text = f"CAST({text} AS {'CHAR' if self.dialect == 'mysql' else 'TEXT'})"
            length = "char_length" if self.dialect == "mysql" else "length"
            condition += f" AND {length}({as_text}) <= {VALUE_CHARS}"
        for scan in (SCAN_ROWS, OVERLAP_ROWS):
            sql = (
                f"SELECT v FROM (SELECT {text} AS v FROM {table} WHERE {condition} LIMIT {scan}) AS sample "
                f"GROUP BY v ORDER BY count(*) DESC, v LIMIT {int(limit)}"
            )
            try:
                rows = self._rows(sql, seconds=SAMPLE_SECONDS)
            except ConnectionFailed:
                raise
            except NlidbError as error:
                log.info("values of %s not read: %s", text, error)
                continue
            return iter([row[0] for row in rows])
        return iter(())

    def row_count(self, table: int) -> int | None:
        """How many rows a table has: estimated on servers and DuckDB, counted up to ``SCAN_ROWS`` in SQLite and
        for views; None where it cannot be told in time.

        Args:
            table: index into ``schema.tables``.
        """
        entry = self.schema.tables[table]
        literal = "'" + entry.name.replace("'", "''") + "'"
        estimate = {
            "postgres": f"SELECT reltuples FROM pg_class WHERE oid = to_regclass(quote_ident({literal}))",
            "mysql": "SELECT table_rows FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name = {literal}",
            "duckdb": f"SELECT estimated_size FROM duckdb_tables() WHERE table_name = {literal}",
        }.get(self.dialect)
        try:
            if estimate is not None and not entry.is_view:
                rows = self._rows(
                    estimate.replace("\\", "\\\\") if self.dialect == "mysql" else estimate
                )
                if rows and rows[0][0] is not None and rows[0][0] > 0:
                    return int(rows[0][0])
            name = self._quote(entry.name)
            counted = self._rows(
                f"SELECT count(*) FROM (SELECT 1 AS one FROM {name} LIMIT {SCAN_ROWS}) AS sample"
            )
            return int(counted[0][0])
        except ConnectionFailed:
            raise
        except NlidbError as error:
            log.info("rows of %s not counted: %s", entry.name, error)
            return None

    def writable_login(self) -> str | None:
        """A warning where the login could write if our own layers failed; None where it could not.

        Only servers have logins; a file is opened read-only whatever its permissions say.
        """
        found: list[str] = []
        try:
            if self.dialect == "postgres":
                found = _postgres_rights(self)
            elif self.dialect == "mysql":
                found = _mysql_rights(self)
        except ConnectionFailed:
            raise
        except NlidbError as error:
            log.info("the login's rights could not be read: %s", error)
        if not found:
            return None
        return (
            f"The login {self._target.url.username!r} could write to {self.url_safe} "
            f"({', '.join(found)}). nlidb only reads, but a login that can only SELECT is safer: "
            "see the GRANT lines in README.md."
        )

    # Reading

    def _rows(self, sql: str, *, seconds: float = SAMPLE_SECONDS) -> list[Row]:
        """The rows of SQL that this file wrote."""
        with self.sessions.session(seconds) as session, Watch(session, seconds) as watch:
            try:
                return _fetch_all(session, sql)
            except Exception as error:
                raise engine_error(error, self._target, watch) from error

    def _quote(self, name: str) -> str:
        mark = "`" if self.dialect == "mysql" else '"'
        return mark + name.replace(mark, mark * 2) + mark

    def _quoted(self, column: int) -> tuple[str, str]:
        entry = self.schema.columns[column]
        return self._quote(entry.name), self._quote(self.schema.tables[entry.table].name)

    def _overlap(self, left: int, right: int) -> float:
        """Share of a sample of ``left``'s distinct values that a sample of ``right`` holds, in [0, 1].

        0 where either cannot be read in half a second or has no values.
        """
        left_column, left_table = self._quoted(left)
        right_column, right_table = self._quoted(right)
        sql = (
            "SELECT count(*), count(r.v) FROM "
            f"(SELECT DISTINCT v FROM (SELECT {left_column} AS v FROM {left_table} "
            f"WHERE {left_column} IS NOT NULL LIMIT {OVERLAP_ROWS}) AS a LIMIT {OVERLAP_VALUES}) AS l "
            f"LEFT JOIN (SELECT DISTINCT v FROM (SELECT {right_column} AS v FROM {right_table} "
            f"WHERE {right_column} IS NOT NULL LIMIT {OVERLAP_ROWS * 10}) AS b) AS r ON l.v = r.v"
        )
        try:
            total, shared = self._rows(sql, seconds=0.5)[0]
        except ConnectionFailed:
            raise
        except NlidbError:
            return 0.0
        return float(shared) / float(total) if total else 0.0

    def _read_stamp(self) -> object:
        stat = self.sessions.file_stat()
        if stat is not None and self.dialect == "sqlite":
            return stat.st_dev, stat.st_ino, self._rows("PRAGMA schema_version")[0][0]
        if stat is not None:
            return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size
        if self.dialect == "postgres":
            return self._rows(
                "SELECT md5(string_agg(concat_ws(' ', c.oid, c.relname, a.attnum, a.attname, a.atttypid), ',' "
                "ORDER BY c.oid, a.attnum)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                f"WHERE {_POSTGRES_SEEN} AND a.attnum > 0 AND NOT a.attisdropped"
            )
        return self._rows(
            "SELECT count(*), sum(crc32(concat_ws(' ', table_name, column_name, column_type, "
            "ordinal_position))) FROM information_schema.columns WHERE table_schema = DATABASE()"
        )

    def _reflect(self) -> _Reflection:
        if self.dialect in ("sqlite", "duckdb"):
            read = _reflect_sqlite if self.dialect == "sqlite" else _reflect_duckdb
            with (
                self.sessions.session(READ_SECONDS) as session,
                Watch(session, READ_SECONDS) as watch,
            ):
                try:
                    return read(session)
                except Exception as error:
                    raise engine_error(error, self._target, watch) from error
        try:
            return _reflect_server(self.engine)
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise connection_error(error, self._target) from error

    def _no_tables_hint(self) -> str:
        if self.dialect in ("sqlite", "duckdb"):
            return "Check that this is the right file."
        hint = "Check that this is the right database, and that the login may read its tables."
        if self.dialect == "postgres":
            others = [str(row[0]) for row in self._rows(_POSTGRES_UNSEEN)]
            if others:
                path = ",".join(others)
                hint = (
                    f"It has tables in the schemas {', '.join(others)}, which are not on the login's search "
                    f"path: add ?options=-csearch_path%3D{path} to the URL."
                )
        return hint

    def _remove_folder(self) -> None:
        if self._cleanup is not None:
            self._cleanup()


def _fetch_all(session: Session, sql: str) -> list[Row]:
    session.execute(sql)
    rows: list[Row] = []
    while batch := session.fetch(1000):
        rows.extend(batch)
    return rows


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


# Where it is


def _paths(source: Iterable[str | Path]) -> list[Path]:
    try:
        paths = [Path(item).expanduser() for item in source]
    except TypeError as error:
        raise ConfigError(
            f"A database is opened by its URL or path, not by {type(source).__name__}.",
            hint=_ACCEPTED,
        ) from error
    except RuntimeError as error:  # "~somebody", of whom there is no home folder
        raise ConnectionFailed(
            f"There is no file there: {error}", hint="Check the path."
        ) from error
    if not paths:
        raise ConnectionFailed("No file was given.", hint=_ACCEPTED)
    return paths


def _parse_url(text: str) -> Target:
    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        # The text is not repeated: it may hold a password.
        raise ConnectionFailed(
            "The database URL could not be read.",
            hint="Write it like postgresql://user:password@host:5432/database; special characters in the "
            "password are percent-encoded.",
        ) from error
    backend = url.drivername.partition("+")[0].lower()
    if backend not in _DRIVERS:
        raise ConnectionFailed(
            f"{backend} is not a database that nlidb can open.",
            hint="Use sqlite, duckdb, postgresql, mysql or mariadb.",
        )
    dialect, driver = _DRIVERS[backend]
    if dialect in ("postgres", "mysql"):
        if not url.database:
            raise ConnectionFailed(
                "The URL names no database.", hint=f"Write {backend}://user:password@host/database."
            )
        return Target(dialect, url.set(drivername=driver))
    if url.host:
        written = "/".join(part for part in (url.host, url.database) if part)
        raise ConnectionFailed(
            f"{backend}://{written} names a server, and this database is a file.",
            hint=f"Write three slashes: {backend}:///{written}.",
        )
    if not url.database or url.database == ":memory:":
        raise ConnectionFailed(
            "A database in memory is empty when it is opened.",
            hint=f"Name a file: {backend}:///file.",
        )
    path = Path(url.database)
    _check_readable(path)
    return _file_target(dialect, path)


def _file_target(dialect: str, path: Path) -> Target:
    absolute = path.absolute()
    return Target(dialect, URL.create(dialect, database=str(absolute)), absolute)


def _check_readable(path: Path) -> None:
    shown = _without_password(str(path))
    try:
        if path.is_dir():
            raise ConnectionFailed(f"{shown} is a folder, not a file.", hint=_ACCEPTED)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        # Not ``from`` it: it names the path as it was given.
        raise ConnectionFailed(f"There is no file {shown}.", hint="Check the path.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectionFailed(
            f"{shown!r} cannot be read: {reason}.", hint="Check the path and its permissions."
        ) from None


def _without_password(text: str) -> str:
    """A path as it may be shown: it may be a URL with a mistake, or a driver's own way of naming a server."""
    text = re.sub(r":.*@", ":***@", text, flags=re.DOTALL)
    return _SECRET_SETTING.sub(r"\1***", text)


_SECRET_SETTING: Final = re.compile(
    r"((?:pass\w*|pwd|secret|token|\w*key)\s*=\s*)('(?:[^'\\]|\\.)*'?|[^\s&;]+)", re.IGNORECASE
)


def _file_kind(path: Path) -> str:
    """ "sqlite", "duckdb" or "loaded", by what the file holds first and by its suffix second.

    Both engines' files are called ``.db``.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3"):
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    suffix = path.suffix.lower()
    if suffix in _LOADED_SUFFIXES:
        return "loaded"
    if suffix in (".sqlite", ".sqlite3", ".db"):
        return "sqlite"
    if suffix == ".duckdb":
        return "duckdb"
    raise ConnectionFailed(f"{path} is not a file of a known kind.", hint=_ACCEPTED)


# Files that are no database

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


def _load_files(paths: Sequence[Path], folder: Path) -> None:
    """Load files as tables of ``folder/loaded.duckdb``."""
    taken: set[str] = set()
    loaded = folder / "loaded.duckdb"
    with duckdb.connect(str(loaded), config=_LOAD_CONFIG) as root:
        session = DuckdbSession(root)
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
    if _fetch_all(session, f'SELECT count(*) FROM "{table}"')[0][0] > MAX_LOADED_ROWS:
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


# Reading the schema


def _reflect_sqlite(session: Session) -> _Reflection:
    found = _Reflection()
    primary: dict[str, dict[int, str]] = {}
    links: list[tuple[str, str, list[Row]]] = []
    for name, kind, text in _fetch_all(
        session,
        "SELECT m.name, m.type, m.sql FROM sqlite_master AS m LEFT JOIN pragma_table_list AS l "
        "ON l.name = m.name AND l.schema = 'main' WHERE m.type IN ('table', 'view') "
        "AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND coalesce(l.type, '') <> 'shadow' ORDER BY m.rowid",
    ):
        literal = "'" + name.replace("'", "''") + "'"
        try:
            columns = _fetch_all(
                session,
                # hidden: 1 is a virtual table's own column; 2 and 3 are generated ones, which can be read
                f"SELECT name, type, pk FROM pragma_table_xinfo({literal}) WHERE hidden <> 1",
            )
            keys = _fetch_all(
                session,
                f'SELECT id, "table", "from", "to", seq FROM pragma_foreign_key_list({literal}) '
                "ORDER BY id DESC, seq",
            )
        except Exception as error:  # a view of a dropped table, a module that is not there
            log.warning("%s %s cannot be read and is left out: %s", kind, name, error)
            continue
        found.tables[name] = (kind == "view", "")
        if kind == "view":
            found.views[name] = text or ""
        found.columns[name] = [
            (column, declared or _stored_type(session, name, column), bool(pk), "")
            for column, declared, pk in columns
        ]
        primary[name.lower()] = {pk: column for column, _, pk in columns if pk}
        for _, parts in groupby(keys, key=lambda part: part[0]):
            rows = list(parts)
            links.append((name, rows[0][1], rows))
    for name, parent, rows in links:
        # "REFERENCES parent" with no columns means the parent's primary key
        own = primary.get(parent.lower(), {})
        pairs = [(column, to or own.get(seq + 1, "")) for _, _, column, to, seq in rows]
        found.keys.append((name, parent, tuple(pairs)))
    return found


def _stored_type(session: Session, table: str, column: str) -> str:
    """The type of a column that declares none (a view's expression, ``CREATE TABLE t (a)``): what it stores."""
    quoted_column, quoted_table = ('"' + name.replace('"', '""') + '"' for name in (column, table))
    try:
        rows = _fetch_all(
            session,
            f"SELECT DISTINCT typeof(v) FROM (SELECT {quoted_column} AS v FROM {quoted_table} LIMIT 100)",
        )
    except Exception:
        return ""
    stored = {row[0] for row in rows} - {"null"}
    if stored and stored <= {"integer", "real"}:
        return "REAL" if "real" in stored else "INTEGER"
    return stored.pop().upper() if len(stored) == 1 else ""


def _reflect_duckdb(session: Session) -> _Reflection:
    """Every schema of the file, in the order of the session's search path: of tables of one name the first is
    read, as it is the one that the bare name leads to."""
    found = _Reflection()
    own = "database_name = current_database()"
    first = "schema_name <> 'main', schema_name"
    seen: dict[str, str] = {}
    for namespace, name, is_view, comment, text in _fetch_all(
        session,
        "SELECT schema_name, table_name, false, comment, '' FROM duckdb_tables() "
        f"WHERE {own} AND NOT internal "
        "UNION ALL SELECT schema_name, view_name, true, comment, sql FROM duckdb_views() "
        f"WHERE {own} AND NOT internal ORDER BY {first}, 3, 2",
    ):
        if name.lower() in seen:
            log.warning("%s.%s is left out: another schema has that name too", namespace, name)
            continue
        seen[name.lower()] = namespace
        found.namespaces[name] = namespace
        found.tables[name] = (is_view, comment or "")
        if is_view:
            found.views[name] = text or ""
        found.columns[name] = []
    primary: set[tuple[str, str]] = set()
    for namespace, table, kind, columns, ref_table, ref_columns in _fetch_all(
        session,
        "SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, "
        f"referenced_column_names FROM duckdb_constraints() WHERE {own} "
        f"ORDER BY {first}, table_oid, constraint_index",
    ):
        if found.namespaces.get(table) != namespace:
            continue
        if kind == "PRIMARY KEY":
            primary.update((table, column) for column in columns)
        elif (
            kind == "FOREIGN KEY" and seen.get(ref_table.lower()) == namespace
        ):  # never across schemas
            found.keys.append((table, ref_table, tuple(zip(columns, ref_columns, strict=True))))
    for namespace, table, name, sql_type, comment in _fetch_all(
        session,
        "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() "
        f"WHERE {own} AND NOT internal ORDER BY {first}, table_oid, column_index",
    ):
        if found.namespaces.get(table) == namespace:
            found.columns[table].append((name, sql_type, (table, name) in primary, comment or ""))
    found.namespaces = {n: space for n, space in found.namespaces.items() if space != "main"}
    return found


_POSTGRES_SEEN: Final = (
    "pg_table_is_visible(c.oid) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
    "AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
)
"""The tables and views that the login's search path leads to, as it stands in the connection."""
_POSTGRES_NAMESPACES: Final = (
    "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE {_POSTGRES_SEEN}"
)
_POSTGRES_KIN: Final = (
    "WITH RECURSIVE line (child, parent) AS (SELECT inhrelid, inhparent FROM pg_inherits UNION "
    "SELECT l.child, i.inhparent FROM line l JOIN pg_inherits i ON i.inhrelid = l.parent) "
    "SELECT k.relname, c.relname FROM line JOIN pg_class k ON k.oid = line.child "
    "JOIN pg_class c ON c.oid = line.parent "
    f"WHERE {_POSTGRES_SEEN} AND pg_table_is_visible(k.oid) AND k.relkind IN ('r', 'p', 'f')"
)
"""(Table, one that it is a partition of or inherits from, over any number of steps)."""
_POSTGRES_UNSEEN: Final = (
    "SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT pg_table_is_visible(c.oid) "
    "AND n.nspname !~ '^pg_|^information_schema$' AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1"
)
_MYSQL_VIEWS: Final = (
    "SELECT table_name, view_definition FROM information_schema.views "
    "WHERE table_schema = DATABASE()"
)
_VIEWS: Final = {
    "postgresql": "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c "
    f"WHERE {_POSTGRES_SEEN} AND c.relkind IN ('v', 'm')",
    "mysql": _MYSQL_VIEWS,
    "mariadb": _MYSQL_VIEWS,
}
"""(View, its query) of every view, by SQLAlchemy's name of the dialect."""


def _reflect_server(engine: Engine) -> _Reflection:
    found = _Reflection()
    with warnings.catch_warnings(), engine.connect() as connection:
        # SQLAlchemy warns of types it does not know (geometry, vector); they become "other" here.
        warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
        inspector = sqlalchemy.inspect(connection)
        views = {key[1] for key in inspector.get_multi_columns(kind=ObjectKind.ANY_VIEW)}
        columns = inspector.get_multi_columns(kind=ObjectKind.ANY)
        primary = inspector.get_multi_pk_constraint(kind=ObjectKind.ANY)
        foreign = inspector.get_multi_foreign_keys(kind=ObjectKind.ANY)
        comments = inspector.get_multi_table_comment(kind=ObjectKind.ANY)
        if engine.dialect.name == "postgresql":
            found.namespaces = _pairs(connection, _POSTGRES_NAMESPACES)
            for child, parent in connection.exec_driver_sql(_POSTGRES_KIN):
                found.kin.setdefault(child, set()).add(parent)
                found.kin.setdefault(parent, set()).add(child)
        definitions = _pairs(connection, _VIEWS[engine.dialect.name])
        found.views = {name: definitions.get(name, "") for name in sorted(views)}
        for key in sorted(columns, key=lambda key: (key[1] in views, key[1])):
            name = key[1]
            comment = comments.get(key, {"text": None}).get("text") or ""
            # MySQL gives every view the comment VIEW
            found.tables[name] = (name in views, "" if comment == "VIEW" else comment)
            pk = set(primary[key]["constrained_columns"]) if key in primary else set()
            found.columns[name] = [
                (
                    str(column["name"]),
                    _type_text(column["type"], engine),
                    column["name"] in pk,
                    str(column.get("comment") or ""),
                )
                for column in columns[key]
            ]
            for constraint in foreign.get(key, []):
                if constraint["referred_schema"] is None:
                    ends = constraint["constrained_columns"], constraint["referred_columns"]
                    found.keys.append(
                        (name, constraint["referred_table"], tuple(zip(*ends, strict=True)))
                    )
    return found


def _type_text(sql_type: Any, engine: Engine) -> str:
    try:
        return str(sql_type.compile(engine.dialect))
    except Exception:  # a type that SQLAlchemy cannot print, such as NullType
        return "" if type(sql_type).__name__ == "NullType" else type(sql_type).__name__.upper()


def _pairs(connection: sqlalchemy.Connection, sql: str) -> dict[str, str]:
    return {str(name): str(text or "") for name, text in connection.exec_driver_sql(sql)}


def _hide(
    found: _Reflection, private: frozenset[str], dialect: str, database: str
) -> frozenset[str]:
    """Take private columns, and the views that read them or what is not known, out of a reflection; gives the
    entries of ``private`` that were found."""
    used: set[str] = set()
    named: set[str] = set()
    for table, entries in found.columns.items():
        # Kin hold the same rows, and their columns have the same names.
        family = [table, *found.kin.get(table, ())]
        family += [f"{found.namespaces.get(name, '')}.{name}" for name in family]
        for entry in list(entries):
            column = entry[0].lower()
            qualified = {f"{name}.{column}".lower() for name in family} & private
            names = qualified | ({column} & private)
            if names:
                entries.remove(entry)
                found.private.setdefault(table, []).append(column)
                used |= names
            if qualified:
                named.add(table)
    if private:
        views = {name: text for name, text in found.views.items() if name not in named}
        known = list(found.tables)
        own = database if dialect == "mysql" else ""
        for name in reading_views(views, found.private, dialect, known=known, database=own):
            log.warning("the view %s may show private columns and is left out", name)
            del found.tables[name], found.columns[name]
    return frozenset(used)


def _leave_out_nameless(found: _Reflection) -> None:
    """Take out tables and columns whose name has no letter or digit: no question can name them."""
    for table, entries in found.columns.items():
        named = [entry for entry in entries if _NAMEABLE.search(entry[0])]
        if not _NAMEABLE.search(table):
            log.warning("the table %r has a name without letters and is left out", table)
            named = []
        elif len(named) < len(entries):
            log.warning("columns of %s have names without letters and are left out", table)
        found.nameless[table] = len(entries) - len(named)
        found.columns[table] = named


def _number(db_id: str, dialect: str, found: _Reflection) -> Schema:
    """The reflection as a ``Schema``: tables and columns by index, keys that hold."""
    tables: list[Table] = []
    columns: list[Column] = []
    index: dict[tuple[str, str], int] = {}
    for name, (is_view, comment) in found.tables.items():
        entries = found.columns.get(name)
        if not entries:
            continue
        first = len(columns)
        for column, sql_type, is_primary, column_comment in entries:
            index[name.lower(), column.lower()] = len(columns)
            columns.append(
                Column(
                    name=column,
                    table=len(tables),
                    type=column_type(sql_type),
                    words=identifier_words(column),
                    sql_type=sql_type,
                    primary_key=is_primary,
                    comment=column_comment,
                )
            )
        tables.append(
            Table(
                name=name,
                words=identifier_words(name),
                columns=tuple(range(first, len(columns))),
                is_view=is_view,
                comment=comment,
                private=tuple(found.private.get(name, ())),
                left_out=found.nameless[name],
                namespace=found.namespaces.get(name, ""),
            )
        )
    keys = _number_keys(found, index)
    return Schema(db_id, dialect, tuple(tables), tuple(columns), keys)


def _number_keys(
    found: _Reflection, index: Mapping[tuple[str, str], int]
) -> tuple[ForeignKey, ...]:
    """The foreign keys that are there as a whole: a part of one would join rows that do not belong together."""
    keys: dict[tuple[tuple[int, int], ...], int] = {}
    for table, ref_table, parts in found.keys:
        left = [index.get((table.lower(), column.lower())) for column, _ in parts]
        right = [index.get((ref_table.lower(), column.lower())) for _, column in parts]
        ends = zip(left, right, strict=True)
        pairs = tuple((a, b) for a, b in ends if a is not None and b is not None)
        if len(pairs) == len(parts):
            keys.setdefault(pairs, len(keys) + 1 if len(parts) > 1 else 0)
        elif not found.private.keys() & {table, ref_table}:
            log.warning("a foreign key of %s refers to %s, which is not there", table, ref_table)
    return tuple(
        ForeignKey(column, ref_column, group=group)
        for pairs, group in keys.items()
        for column, ref_column in pairs
    )


# What the login may do


_POSTGRES_MEMBER: Final = "pg_has_role(current_user, m.oid, 'MEMBER')"
"""Roles that the login is, or may become."""
_POSTGRES_ROLES: Final = (
    "SELECT bool_or(m.rolsuper), bool_or(m.rolcreaterole), bool_or(m.rolcreatedb), "
    "bool_or(m.rolname = 'pg_write_server_files'), bool_or(m.rolname = 'pg_read_server_files'), "
    "bool_or(m.rolname = 'pg_execute_server_program'), "
    "bool_or(has_database_privilege(m.oid, current_database(), 'CREATE')) "
    f"FROM pg_roles m WHERE {_POSTGRES_MEMBER}"
)
_POSTGRES_OBJECTS: Final = (
    "WITH m AS (SELECT m.oid FROM pg_roles m "
    f"WHERE {_POSTGRES_MEMBER}), n AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' "
    "AND nspname <> 'information_schema'), c AS (SELECT m.oid AS role, c.oid, c.relkind FROM m, pg_class c "
    "JOIN n ON n.oid = c.relnamespace WHERE has_schema_privilege(m.oid, n.oid, 'USAGE')) "
    "SELECT EXISTS (SELECT 1 FROM m, n WHERE has_schema_privilege(m.oid, n.oid, 'CREATE')), "
    "EXISTS (SELECT 1 FROM c WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND ("
    "has_table_privilege(role, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') "
    "OR has_any_column_privilege(role, oid, 'INSERT, UPDATE'))), "
    # AND does not stop the planner from asking a table for a sequence's rights; CASE does
    "EXISTS (SELECT 1 FROM c WHERE CASE WHEN relkind = 'S' "
    "THEN has_sequence_privilege(role, oid, 'USAGE, UPDATE') END)"
)


def _postgres_rights(database: Database) -> list[str]:
    roles = database._rows(_POSTGRES_ROLES)[0]
    if roles[0]:
        return ["it is or may become a superuser"]
    names = (
        "it may create roles",
        "it may create databases",
        "it may write the server's files",
        "it may read the server's files",
        "it may run programs on the server",
        "it may create schemas",
        "it may create tables",
        "it may change rows",
        "it may move sequences",
    )
    rights = (*roles[1:], *database._rows(_POSTGRES_OBJECTS)[0])
    return [name for name, has in zip(names, rights, strict=True) if has]


_MYSQL_RIGHTS: Final = re.compile(
    r"\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|INDEX|TRIGGER|EXECUTE|EVENT|FILE|SUPER|RELOAD"
    r"|SHUTDOWN|LOCK TABLES|GRANT OPTION)\b"
)
_MYSQL_GRANT: Final = re.compile(
    r"GRANT (?P<rights>.+?) ON (?:[A-Z]+ )*(?P<database>`(?:[^`]|``)*`|\*)\.(?P<rest>.*)", re.DOTALL
)


def _mysql_rights(database: Database) -> list[str]:
    """The rights of the login and of its active role; those of a role that it may take on cannot be read."""
    found: list[str] = []
    for (line,) in database._rows("SHOW GRANTS"):
        grant = _MYSQL_GRANT.match(line)
        if grant is not None and _is_granted_on(grant["database"], database._target.url.database):
            found.extend(_MYSQL_RIGHTS.findall(grant["rights"]))
            if grant["rest"].endswith("WITH GRANT OPTION"):
                found.append("GRANT OPTION")
    return [f"it has {name}" for name in dict.fromkeys(found)]


def _is_granted_on(quoted: str, name: str | None) -> bool:
    """Does a grant's database, a pattern as LIKE has it, stand for this one?"""
    if quoted == "*":
        return True
    signs = re.findall(r"\\.|.", quoted[1:-1].replace("``", "`"), re.DOTALL)
    pattern = "".join({"_": ".", "%": ".*"}.get(sign) or re.escape(sign[-1]) for sign in signs)
    return re.fullmatch(pattern, name or "", re.DOTALL | re.IGNORECASE) is not None
