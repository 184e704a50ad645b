"""Connect to a database, read-only from the first byte, and read its schema and samples of its values.

``Database.open`` takes a SQLAlchemy URL or a file: SQLite, DuckDB, CSV, TSV, Parquet or XLSX. Files that are no
database are loaded into a private temporary DuckDB file first, which goes when the database is closed. The
sessions themselves, and what they cannot do, are in sessions.py. This file runs only SQL that it writes itself;
a user's or the model's SQL goes through ``validate`` and ``execute``.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy.engine import Engine
from sqlglot import exp

from nlidb.edges import infer_edges
from nlidb.errors import ConfigError, ConnectionFailed, NlidbError
from nlidb.loading import load_files
from nlidb.location import ACCEPTED, check_readable, file_kind, file_target, paths_of, url_target
from nlidb.reflection import (
    POSTGRES_SEEN,
    POSTGRES_UNSEEN,
    Reflection,
    hide_private,
    leave_out_nameless,
    numbered,
    reflect_duckdb,
    reflect_server,
    reflect_sqlite,
)
from nlidb.rights import mysql_rights, postgres_rights
from nlidb.schema import Held, Schema
from nlidb.sessions import Row, Sessions, Target, Watch, connection_error, engine_error, fetch_all

log = logging.getLogger(__name__)

READ_SECONDS: Final = 60.0
"""Time limit of reading the schema."""
SAMPLE_SECONDS: Final = 5.0
"""Time limit of reading one column's values, or of counting one table."""
FIND_SECONDS: Final = 1.0
"""Time limit of looking for one row: what is said of it is a hint, which is not worth more."""
SCAN_ROWS: Final = 500_000
"""Rows of a table that value samples and counts look at, at most."""
VALUE_CHARS: Final = 200
"""Stored texts longer than this are prose, not values that a question names."""
CHECK_SECONDS: Final = 5.0
"""``changed`` asks a server at most this often."""
OVERLAP_ROWS: Final = 5_000
OVERLAP_VALUES: Final = 200
"""Sizes of the samples that the value overlap of two columns is measured on."""


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
            return cls(url_target(source), private=private)
        paths = paths_of([source] if isinstance(source, str | Path) else source)
        for path in paths:
            check_readable(path)
        kind = file_kind(paths[0])
        if len(paths) == 1 and kind in ("sqlite", "duckdb"):
            return cls(file_target(kind, paths[0]), private=private)
        for path in paths:
            if file_kind(path) != "loaded":
                raise ConnectionFailed(f"{path} is not a file of a known kind.", hint=ACCEPTED)
        folder = Path(tempfile.mkdtemp(prefix="nlidb-"))
        try:
            load_files(paths, folder)
        except BaseException:
            _remove(folder)
            raise
        name = paths[0].stem if len(paths) == 1 else paths[0].absolute().parent.name or "files"
        target = file_target("duckdb", folder / "loaded.duckdb")
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
            hidden = hide_private(
                found, self._private, self.dialect, self._target.url.database or ""
            )
            leave_out_nameless(found)
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
            schema = numbered(self.name, self.dialect, found)
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

    def stores(self, column: int, value: Held) -> bool | None:
        """Whether some row of a column holds NULL, the number 0 (false), or another one than 0 and 1; None where
        that takes too long."""
        name = exp.column(exp.to_identifier(self.schema.columns[column].name, quoted=True))
        if value == "null":
            return self.finds(column, exp.Is(this=name, expression=exp.Null()))
        if value == "other":
            bits = [exp.Literal.number(0), exp.Literal.number(1)]
            return self.finds(column, exp.Not(this=exp.In(this=name, expressions=bits)))
        is_boolean = self.schema.columns[column].type == "boolean"
        zero = exp.false() if is_boolean else exp.Literal.number(0)
        return self.finds(column, exp.EQ(this=name, expression=zero))

    def finds(self, column: int, condition: exp.Expr) -> bool | None:
        """Whether some row of the column's table meets a condition that names this column alone.

        None where that takes more than ``FIND_SECONDS``, or the engine breaks it off.
        """
        table = self.schema.tables[self.schema.columns[column].table].name
        query = exp.select("1").from_(exp.Table(this=exp.to_identifier(table, quoted=True)))
        sql = query.where(condition).limit(1).sql(self.dialect)
        try:
            return bool(self._rows(sql, seconds=FIND_SECONDS))
        except ConnectionFailed:
            raise
        except NlidbError as error:
            log.info("not known whether a row holds it (%s): %s", sql, error)
            return None

    def row_count(self, table: int) -> int | None:
        """How many rows a table has: estimated on servers and DuckDB, counted up to ``SCAN_ROWS`` in SQLite and
        for views; None where it cannot be told in time.

        Args:
            table: index into ``schema.tables``.
        """
        entry = self.schema.tables[table]
        literal = _literal(entry.name)
        estimate = {
            "postgres": f"SELECT reltuples FROM pg_class WHERE oid = to_regclass(quote_ident({literal}))",
            "mysql": "SELECT table_rows FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name = {literal}",
            "duckdb": "SELECT estimated_size FROM duckdb_tables() WHERE database_name = current_database() "
            f"AND schema_name = {_literal(entry.namespace or 'main')} AND table_name = {literal}",
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
                found = postgres_rights(self._rows)
            elif self.dialect == "mysql":
                found = mysql_rights(self._rows, self._target.url.database)
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
                return fetch_all(session, sql)
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
                f"WHERE {POSTGRES_SEEN} AND a.attnum > 0 AND NOT a.attisdropped"
            )
        return self._rows(
            "SELECT count(*), sum(crc32(concat_ws(' ', table_name, column_name, column_type, "
            "ordinal_position))) FROM information_schema.columns WHERE table_schema = DATABASE()"
        )

    def _reflect(self) -> Reflection:
        if self.dialect in ("sqlite", "duckdb"):
            read = reflect_sqlite if self.dialect == "sqlite" else reflect_duckdb
            with (
                self.sessions.session(READ_SECONDS) as session,
                Watch(session, READ_SECONDS) as watch,
            ):
                try:
                    return read(session)
                except Exception as error:
                    raise engine_error(error, self._target, watch) from error
        try:
            return reflect_server(self.engine)
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise connection_error(error, self._target) from error

    def _no_tables_hint(self) -> str:
        if self.dialect in ("sqlite", "duckdb"):
            return "Check that this is the right file."
        hint = "Check that this is the right database, and that the login may read its tables."
        if self.dialect == "postgres":
            others = [str(row[0]) for row in self._rows(POSTGRES_UNSEEN)]
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


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
