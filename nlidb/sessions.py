"""Engine sessions that cannot write: how a database is opened, and how one statement is run and stopped.

What holds here, for any text that reaches ``Session.execute``, checked or not:

- SQLite: file opened ``mode=ro``, ``query_only``, an authorizer that lets only reading actions through, no
  extension loading, no ATTACH, bounded value lengths.
- DuckDB: opened read-only, no access to files or network, configuration locked, memory and threads bounded,
  nothing spilled to disk, no Python objects visible as tables.
- PostgreSQL: a read-only transaction, always rolled back; the statement is sent as a prepared cursor, so that
  it is one statement and a SELECT; ``statement_timeout`` and ``lock_timeout``.
- MySQL and MariaDB: a read-only transaction, always rolled back; one statement a call; a fixed ``sql_mode``,
  so that the server reads quotes as the checker does; the server's own time limit.

What does not: a server function that reads files, sleeps, sends messages or takes locks may run in a
read-only transaction. ``validate`` refuses those; SECURITY.md says which layer holds what.

The time limit follows datasette (an interrupt from outside the statement) with a second, harder stop:
a server that does not answer its cancel request has its socket closed.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb
import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from nlidb.errors import ConnectionFailed, ExecutionFailed, InvalidSQL, NlidbError, QueryTimeout

Row = tuple[Any, ...]

CONNECT_SECONDS: Final = 10
"""Time to reach a server."""
LOCK_SECONDS: Final = 2.0
"""Time to wait for another process's lock before saying that the database is locked."""
POOL_SIZE: Final = 8
MAX_VALUE_BYTES: Final = 16 * 2**20
"""Longest single value SQLite may build or return; stops ``zeroblob(1e9)`` and repeated ``replace``."""
POSTGRES_BLOCK: Final = 1_000_000
"""Rows that a FETCH asks for at most; they are read one by one."""
DUCKDB_MEMORY: Final = "1GB"
DUCKDB_THREADS: Final = 2
HARD_STOP_AFTER: Final = 0.6
"""Seconds between the first cancel request and closing the socket: both fit in the promised second."""

DUCKDB_CONFIG: Final[dict[str, Any]] = {
    "enable_external_access": "false",
    "allow_community_extensions": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": DUCKDB_MEMORY,
    "threads": str(DUCKDB_THREADS),
    "temp_directory": "",
    "lock_configuration": "true",
}

_READING_PRAGMAS: Final = frozenset(
    "database_list encoding foreign_key_list index_info index_list index_xinfo read_uncommitted "
    "schema_version table_info table_list table_xinfo".split()
)
_SETTING_PRAGMAS: Final = frozenset({"encoding", "read_uncommitted", "schema_version"})
"""Of these, the ones that set something when they are given a value."""
_TABLE_FUNCTIONS: Final = (
    "json_each('[]')",
    "json_tree('[]')",
    "pragma_foreign_key_list('')",
    "pragma_table_list",
    "pragma_table_xinfo('')",
)
"""SQLite's table functions that a session may use."""
_SQLITE_ALLOWED: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
    }
)
_SQLITE_DENIED_FUNCTIONS: Final = frozenset(
    "load_extension fts3_tokenizer readfile writefile edit zipfile sqlar_compress".split()
)
_MYSQL_MODE: Final = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


@dataclass(frozen=True)
class Target:
    """Where a database is: what ``open_engine`` opens."""

    dialect: str
    """sqlglot's name: "sqlite", "duckdb", "postgres" or "mysql"."""
    url: URL
    """With the right driver and, for servers, the password."""
    path: Path | None = None
    """The file, for SQLite and DuckDB."""

    @property
    def safe(self) -> str:
        """How the database is named in messages: the file, or the URL without its secrets."""
        if self.path is not None:
            return str(self.path)
        hidden = {
            key: "***" for key in self.url.query if "pass" in key.lower() or "key" in key.lower()
        }
        return self.url.update_query_dict(hidden).render_as_string(hide_password=True)

    def scrub(self, text: str) -> str:
        """``text`` without the password, should a driver have printed it."""
        secrets = [self.url.password or ""]
        for key, value in self.url.query.items():
            if "pass" in key.lower() or "key" in key.lower():
                secrets.extend([value] if isinstance(value, str) else value)
        for secret in secrets:
            if len(secret) > 2:
                text = text.replace(secret, "***")
        return " ".join(text.split())


class Watch:
    """Stops a session's statement at its time limit or when ``cancel`` is set, and remembers why.

    Runs in a thread of its own and asks again until the statement has ended: a single request may arrive
    just before the engine starts the statement, and would be lost.
    """

    def __init__(
        self, session: Session, seconds: float, cancel: threading.Event | None = None
    ) -> None:
        self.reason = ""
        """"" while running freely, "timeout" or "cancelled" once a stop was asked for."""
        self.seconds = seconds
        self._session = session
        self._deadline = time.monotonic() + seconds
        self._cancel = cancel
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nlidb-watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        # The connection goes back to the pool after this: a late cancel must not hit its next user.
        self._thread.join()

    def check(self) -> None:
        """Raise when a stop was asked for between two fetches.

        Raises:
            QueryTimeout: past the limit.
            ExecutionFailed: cancelled.
        """
        if not self.reason and time.monotonic() >= self._deadline:
            self.reason = "timeout"
        if not self.reason and self._cancel is not None and self._cancel.is_set():
            self.reason = "cancelled"
        if self.reason:
            raise self.error()

    def error(self) -> ExecutionFailed:
        """The error that says why the statement was stopped."""
        if self.reason == "timeout":
            return QueryTimeout(
                f"The query was stopped after {self.seconds:g} seconds.",
                hint="Ask for less, or raise the time limit.",
            )
        return ExecutionFailed("The query was stopped on request.")

    def _run(self) -> None:
        # With a cancel flag to look at, wake up often enough that Stop feels immediate.
        step = 0.05 if self._cancel is not None else self.seconds
        while not self.reason:
            left = self._deadline - time.monotonic()
            if left <= 0:
                self.reason = "timeout"
            elif self._cancel is not None and self._cancel.is_set():
                self.reason = "cancelled"
            elif self._done.wait(min(step, left)):
                return
        asked = time.monotonic()
        while not self._done.is_set():
            with contextlib.suppress(Exception):  # a failed request is repeated
                self._session.interrupt()
            if self._done.wait(0.1):
                return
            if time.monotonic() - asked > HARD_STOP_AFTER:
                with contextlib.suppress(Exception):
                    self._session.hard_stop()


class Session(ABC):
    """One connection, taken from the pool, on which one read-only statement is run at a time."""

    columns: tuple[str, ...] = ()
    """Column names of the running statement."""

    @abstractmethod
    def begin(self, seconds: float) -> None:
        """Start a read-only transaction whose statements the engine itself ends after ``seconds``."""

    @abstractmethod
    def execute(self, sql: str, max_rows: int | None = None) -> None:
        """Start one statement that returns rows; ``max_rows`` is a hint, the caller still counts."""

    @abstractmethod
    def fetch(self, count: int) -> list[Row]:
        """At most ``count`` further rows; an empty list at the end."""

    @abstractmethod
    def interrupt(self) -> None:
        """Ask the engine to stop the running statement. Called from another thread."""

    def hard_stop(self) -> None:  # noqa: B027  engines in our own process have no socket to close
        """Cut the connection under the running statement. Called from another thread."""

    @abstractmethod
    def end(self) -> None:
        """Roll back and give the connection back to the pool, or drop it where it is no longer usable."""


def fetch_all(session: Session, sql: str) -> list[Row]:
    """All rows of SQL that nlidb wrote itself: nothing limits how many."""
    session.execute(sql)
    rows: list[Row] = []
    while batch := session.fetch(1000):
        rows.extend(batch)
    return rows


class _PooledSession(Session):
    """What sessions over a SQLAlchemy pool share."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = engine.pool
        self._fairy = engine.raw_connection()
        self._driver: Any = self._fairy.driver_connection
        self._cursor: Any = None
        self._broken = False

    def fetch(self, count: int) -> list[Row]:
        return list(self._cursor.fetchmany(count))

    def _named(self, cursor: Any) -> None:
        self._cursor = cursor
        self.columns = tuple(str(item[0]) for item in cursor.description or ())

    def _cut(self, fileno: int) -> None:
        self._broken = True
        # A duplicate: shutting it down wakes the reader, while the driver still owns its own descriptor.
        with socket.socket(fileno=os.dup(fileno)) as duplicate:
            duplicate.shutdown(socket.SHUT_RDWR)

    def _give_back(self) -> None:
        # After a dispose() the old pool is gone: a connection given back to it would be left open.
        try:
            if self._broken or self._engine.pool is not self._pool:
                self._fairy.invalidate()
        finally:
            self._fairy.close()


class SqliteSession(_PooledSession):
    """A session on a SQLite file."""

    def begin(self, seconds: float) -> None:
        """A single SELECT is its own snapshot: nothing to start."""

    def execute(self, sql: str, max_rows: int | None = None) -> None:
        self._named(self._driver.execute(sql))

    def interrupt(self) -> None:
        self._driver.interrupt()

    def end(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
        self._give_back()


class DuckdbSession(Session):
    """A session on a DuckDB file: a cursor of the process's one connection to it.

    Temporary objects live in the cursor and end with it.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor: Any = cursor

    def begin(self, seconds: float) -> None:
        """The file is read-only: nothing to start."""

    def execute(self, sql: str, max_rows: int | None = None) -> None:
        self._cursor.execute(sql)
        self.columns = tuple(str(item[0]) for item in self._cursor.description or ())

    def fetch(self, count: int) -> list[Row]:
        return list(self._cursor.fetchmany(count))

    def interrupt(self) -> None:
        self._cursor.interrupt()

    def end(self) -> None:
        self._cursor.close()


class PostgresSession(_PooledSession):
    """A session on PostgreSQL (psycopg 3).

    Rows come off the socket one by one: a driver that gathers them first may hold any number of bytes.
    """

    _rows: Generator[Row, None, None] | None = None

    def begin(self, seconds: float) -> None:
        # The driver's read_only attribute, set when connecting, makes this open BEGIN READ ONLY.
        milliseconds = max(1, int(seconds * 1000))
        self._driver.execute(
            f"SET LOCAL statement_timeout = {milliseconds}; "
            f"SET LOCAL lock_timeout = {int(LOCK_SECONDS * 1000)}; "
            "SET LOCAL idle_in_transaction_session_timeout = 60000"
        )

    def execute(self, sql: str, max_rows: int | None = None) -> None:
        cursor = self._driver.cursor()
        if sql.startswith("EXPLAIN "):
            # prepare: the extended protocol takes exactly one statement.
            self._named(cursor.execute(sql, prepare=True))
            return
        cursor.execute(f"DECLARE nlidb_rows NO SCROLL CURSOR FOR {sql}", prepare=True)
        self._named(cursor.execute("FETCH FORWARD 0 FROM nlidb_rows"))
        self._rows = self._stream(min(max_rows or POSTGRES_BLOCK, POSTGRES_BLOCK))

    def fetch(self, count: int) -> list[Row]:
        return super().fetch(count) if self._rows is None else list(islice(self._rows, count))

    def _stream(self, block: int) -> Generator[Row, None, None]:
        count = block
        while count == block:
            count, held = 0, None
            for row in self._cursor.stream(f"FETCH FORWARD {block} FROM nlidb_rows"):
                # A row late, so that after the last one the FETCH has ended.
                if held is not None:
                    yield held
                count, held = count + 1, row
            if held is not None:
                yield held

    def interrupt(self) -> None:
        self._driver.cancel_safe(timeout=0.4)

    def hard_stop(self) -> None:
        self._cut(self._driver.fileno())

    def end(self) -> None:
        try:
            if self._driver.info.transaction_status.name == "ACTIVE":
                self._driver.close()  # with rows that nobody wants: to read them to their end may take for ever
            if self._rows is not None:
                self._rows.close()
            if not self._driver.closed:
                self._driver.rollback()
        except Exception:
            self._broken = True
        finally:
            self._broken = self._broken or bool(self._driver.closed)
            self._give_back()


class MysqlSession(_PooledSession):
    """A session on MySQL or MariaDB (PyMySQL)."""

    _exhausted = True

    def __init__(self, engine: Engine, killer: Engine) -> None:
        super().__init__(engine)
        self._killer = killer
        self._thread_id = int(self._driver.thread_id())
        self._is_mariadb = "mariadb" in str(self._driver.get_server_info()).lower()

    def begin(self, seconds: float) -> None:
        if self._is_mariadb:
            limit = f"max_statement_time = {max(0.001, seconds):.3f}"
        else:
            limit = f"max_execution_time = {max(1, int(seconds * 1000))}"
        self._command(f"SET SESSION {limit}, lock_wait_timeout = {max(1, int(LOCK_SECONDS))}")
        self._command("START TRANSACTION READ ONLY")

    def execute(self, sql: str, max_rows: int | None = None) -> None:
        # Without this limit an unread result would have to be read to its end, or the connection dropped.
        self._command(
            f"SET SESSION sql_select_limit = {'DEFAULT' if max_rows is None else int(max_rows)}"
        )
        from pymysql.cursors import SSCursor  # only where a MySQL database is used

        cursor = self._driver.cursor(SSCursor)
        cursor.execute(sql)
        self._exhausted = False
        self._named(cursor)

    def fetch(self, count: int) -> list[Row]:
        rows = super().fetch(count)
        self._exhausted = len(rows) < count
        return rows

    def interrupt(self) -> None:
        connection = self._killer.raw_connection()
        try:
            connection.driver_connection.cursor().execute(f"KILL QUERY {self._thread_id}")  # type: ignore[union-attr]
        finally:
            connection.close()

    def hard_stop(self) -> None:
        self._cut(self._driver._sock.fileno())

    def end(self) -> None:
        try:
            if not self._exhausted:
                # One more row tells whether the rest is empty; if not, closing the cursor would read it all.
                self._exhausted = self._cursor.fetchone() is None
            if self._exhausted:
                if self._cursor is not None:
                    self._cursor.close()
                self._driver.rollback()
            else:
                self._drop()
        except Exception:
            self._drop()
        finally:
            self._give_back()

    def _drop(self) -> None:
        """Close the connection with its unread result."""
        self._broken = True
        result = getattr(self._cursor, "_result", None)
        if result is not None:
            # The driver reads an unread result to its end when the object dies; here there is no end.
            result.unbuffered_active = False
            result.connection = None
            self._cursor._result = None
        self._driver._result = None
        with contextlib.suppress(Exception):
            self._driver._force_close()

    def _command(self, sql: str) -> None:
        with self._driver.cursor() as cursor:
            cursor.execute(sql)


class Sessions:
    """Opens sessions on one database. Thread-safe.

    Raises:
        ConnectionFailed: the database cannot be opened.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._identity: tuple[int, int] | None = None
        self._immutable = False
        self._root: duckdb.DuckDBPyConnection | None = None
        self._duckdb_path = ""
        self._killer: Engine | None = None
        self.closed = False
        self.engine = self._make_engine()
        try:
            with self.session(CONNECT_SECONDS):
                pass
        except NlidbError:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection; sessions in use end when they are given back."""
        with self._lock:
            self.closed = True
            self._dispose()

    def refresh(self) -> None:
        """Drop the connections, so that the next session sees the file as it is now."""
        with self._lock:
            self._dispose()

    @contextlib.contextmanager
    def session(self, seconds: float) -> Iterator[Session]:
        """A session in a read-only transaction, rolled back at the end.

        Raises:
            ConnectionFailed: it cannot be reached, is locked, was deleted, or all connections are in use.
        """
        session = self._start(seconds)
        try:
            yield session
        finally:
            with contextlib.suppress(Exception):
                session.end()

    def file_stat(self) -> os.stat_result | None:
        """What the system says of the database's file; None for a server.

        Raises:
            ConnectionFailed: the file is gone.
        """
        path = self.target.path
        if path is None:
            return None
        try:
            return path.stat()
        except OSError as error:
            raise ConnectionFailed(
                f"The database file {path} is gone or cannot be read.",
                hint="Put it back, or connect to another database.",
            ) from error

    def _start(self, seconds: float) -> Session:
        if self.closed:
            raise ConnectionFailed(
                f"The connection to {self.target.safe} was closed.", hint="Connect again."
            )
        identity = _identity(self.file_stat())
        if identity != self._identity:
            # Another file stands in the same place: an old connection would go on reading the deleted one.
            with self._lock:
                if self._identity is not None:
                    self._dispose()
                self._identity = identity
        for _ in range(2 * POOL_SIZE + 1):
            try:
                session = self._take()
            except NlidbError:
                raise
            except Exception as error:
                raise connection_error(error, self.target) from error
            try:
                session.begin(seconds)
                return session
            except Exception as error:
                with contextlib.suppress(Exception):
                    session.end()
                if self.target.path is not None or not is_disconnect(error):
                    raise connection_error(error, self.target) from error
                last = error
            # The server was restarted, or cut the connection, while it lay in the pool: the next one.
        raise connection_error(last, self.target) from last

    def _take(self) -> Session:
        """A session on a connection of the pool, or on a new one."""
        if self.target.dialect == "duckdb":
            return DuckdbSession(self._duckdb_cursor())
        if self.target.dialect == "sqlite":
            return SqliteSession(self.engine)
        if self.target.dialect == "postgres":
            return PostgresSession(self.engine)
        assert self._killer is not None
        return MysqlSession(self.engine, self._killer)

    def _dispose(self) -> None:
        self.engine.dispose()
        if self._killer is not None:
            self._killer.dispose()
        if self._root is not None:
            self._root.close()
            self._root = None

    def _make_engine(self) -> Engine:
        options: dict[str, Any] = {
            "poolclass": QueuePool,
            "pool_size": POOL_SIZE,
            "max_overflow": POOL_SIZE,
            "pool_timeout": 30,
            "pool_reset_on_return": None,  # Session.end rolls back
        }
        dialect = self.target.dialect
        try:
            if dialect == "sqlite":
                return sqlalchemy.create_engine(
                    "sqlite://", creator=self._connect_sqlite, **options
                )
            if dialect == "duckdb":
                # The Session takes cursors of the root itself; this engine is for SQLAlchemy's own uses.
                return sqlalchemy.create_engine(
                    "duckdb://", creator=self._connect_duckdb, **options
                )
            if dialect == "postgres":
                engine = sqlalchemy.create_engine(
                    self.target.url,
                    connect_args={
                        "connect_timeout": CONNECT_SECONDS,
                        "application_name": "nlidb",
                        "keepalives_idle": 30,
                        "keepalives_interval": 10,
                        "keepalives_count": 3,
                    },
                    **options,
                )
                event.listen(engine, "connect", _prepare_postgres)
                return engine
            arguments = {
                "charset": "utf8mb4",
                "local_infile": False,
                "connect_timeout": CONNECT_SECONDS,
            }
            engine = sqlalchemy.create_engine(self.target.url, connect_args=arguments, **options)
            event.listen(engine, "connect", _prepare_mysql)
            self._killer = sqlalchemy.create_engine(
                self.target.url,
                connect_args={**arguments, "connect_timeout": 1, "read_timeout": 1},
                poolclass=NullPool,
                pool_reset_on_return=None,
            )
            return engine
        except ImportError as error:
            raise ConnectionFailed(
                f"The driver for {self.target.url.drivername} is not installed.",
                hint="Install it with: pip install 'psycopg[binary]' (PostgreSQL) or pip install pymysql "
                "(MySQL, MariaDB).",
            ) from error
        except (SQLAlchemyError, TypeError, ValueError) as error:
            raise ConnectionFailed(
                f"{self.target.safe} is not a URL that can be opened: "
                f"{as_sentence(self.target.scrub(str(error)))}",
                hint="Write it like postgresql://user:password@host:5432/database.",
            ) from error

    def _connect_sqlite(self) -> sqlite3.Connection:
        assert self.target.path is not None
        mode = "immutable=1" if self._immutable else "mode=ro"
        try:
            return _open_sqlite(self.target.path, mode)
        except sqlite3.OperationalError:
            if self._immutable or not _is_settled_wal(self.target.path):
                raise
        # A database in WAL mode in a folder we may not write to: SQLite cannot make its shared-memory file.
        # With no log beside it nothing is pending, so it can be read as it is.
        connection = _open_sqlite(self.target.path, "immutable=1")
        self._immutable = True
        return connection

    def _connect_duckdb(self) -> Any:
        from duckdb_engine import ConnectionWrapper

        return ConnectionWrapper(self._duckdb_cursor())

    def _duckdb_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor that finds the tables of every schema of the file by their bare names, ``main``'s first."""
        with self._lock:
            if self._root is None:
                self._root = duckdb.connect(
                    str(self.target.path), read_only=True, config=DUCKDB_CONFIG
                )
                self._duckdb_path = _duckdb_path(self._root)
            cursor = self._root.cursor()
            if self._duckdb_path:
                cursor.execute(self._duckdb_path)  # a cursor does not take it over from the root
            return cursor


def _duckdb_path(root: duckdb.DuckDBPyConnection) -> str:
    """The statement that sets the search path; "" where ``main`` is the only schema with tables."""
    names = root.execute(
        "SELECT DISTINCT schema_name FROM duckdb_columns() WHERE database_name = current_database() "
        "AND NOT internal AND schema_name <> 'main' ORDER BY 1"
    ).fetchall()
    if not names:
        return ""
    path = ",".join(
        '"' + name.replace('"', '""') + '"' for name in ("main", *(n for (n,) in names))
    )
    return "SET search_path = '" + path.replace("'", "''") + "'"


def _identity(stat: os.stat_result | None) -> tuple[int, int] | None:
    """Device and inode of a file: whether it is still the same one."""
    return None if stat is None else (stat.st_dev, stat.st_ino)


def _open_sqlite(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=LOCK_SECONDS,
        check_same_thread=False,  # the pool hands a connection to one thread at a time
    )
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA schema_version").fetchone()  # opens the file: is it a database?
        for name in _TABLE_FUNCTIONS:
            # Their first use declares them, which the authorizer would have to take for a write; the same
            # goes for the database's own virtual tables (full-text search) below.
            connection.execute(f"SELECT 1 FROM {name} LIMIT 0")
        virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
        for (name,) in connection.execute(virtual).fetchall():
            with contextlib.suppress(sqlite3.Error):  # its module is not there: it cannot be read
                quoted = name.replace('"', '""')
                connection.execute(f'SELECT 1 FROM "{quoted}" LIMIT 0')
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 2**20)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 5000)
        # Text that is not UTF-8 is shown with replacement marks rather than failing the whole result.
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        connection.set_authorizer(_authorize)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_settled_wal(path: Path) -> bool:
    """Is it a readable database in WAL mode with no log beside it?"""
    try:
        with path.open("rb") as file:
            header = file.read(20)
    except OSError:
        return False
    log = path.with_name(path.name + "-wal")
    return header[18:20] == b"\x02\x02" and not (log.exists() and log.stat().st_size)


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None
) -> int:
    """SQLite's authorizer: called for every action of a statement when it is prepared."""
    if action in _SQLITE_ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        is_denied = (second or "").lower() in _SQLITE_DENIED_FUNCTIONS
        return sqlite3.SQLITE_DENY if is_denied else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _READING_PRAGMAS:
        writes = second is not None and (first or "").lower() in _SETTING_PRAGMAS
        return sqlite3.SQLITE_DENY if writes else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _prepare_postgres(connection: Any, _record: Any) -> None:
    connection.execute("SET default_transaction_read_only = on")
    connection.execute("SET standard_conforming_strings = on")
    if connection.info.server_version >= 140_000:
        # A statement whose client is gone, as after a hard stop, ends.
        connection.execute("SET client_connection_check_interval = '500ms'")
    connection.commit()
    connection.read_only = True


def _prepare_mysql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION sql_mode = '{_MYSQL_MODE}'")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")


_MYSQL_LOST: Final = frozenset({0, 1053, 1927, 2002, 2003, 2006, 2013, 2055, 4031})
_MYSQL_NO_GRANT: Final = 1044
"""The login is right, and may not use the database."""
_MYSQL_TIMEOUT: Final = frozenset({1969, 3024})
_MYSQL_NAMES: Final = frozenset(
    {1052, 1054, 1064, 1066, 1109, 1111, 1140, 1146, 1222, 1242, 1305, 1630}
)


def _code(error: BaseException) -> int | None:
    return error.args[0] if error.args and isinstance(error.args[0], int) else None


def _text(error: BaseException, target: Target) -> str:
    """What a driver says, without the password and PyMySQL's code."""
    return target.scrub(str(error if _code(error) is None else error.args[-1]))


def as_sentence(text: str) -> str:
    """A foreign text with a full stop, so that a hint can follow it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def is_disconnect(error: BaseException) -> bool:
    """Did the server go away, so that a new connection may help?"""
    module = type(error).__module__.partition(".")[0]
    if module == "psycopg":
        state = getattr(error, "sqlstate", None)
        return type(error).__name__ in ("OperationalError", "InterfaceError", "AdminShutdown") and (
            state is None or state.startswith(("08", "57P"))
        )
    if module == "pymysql":
        return type(error).__name__ == "InterfaceError" or _code(error) in _MYSQL_LOST
    return isinstance(error, OSError)


def connection_error(error: BaseException, target: Target) -> ConnectionFailed:
    """Our error for one that opening a session met; never shows a password."""
    original = getattr(error, "orig", None) or error
    text = _text(original, target)
    lowered = text.lower()
    hint = "Check the file or URL."
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return ConnectionFailed(
            f"All connections to {target.safe} are in use.", hint="Try again in a moment."
        )
    if "locked" in lowered or "conflicting lock" in lowered or "different configuration" in lowered:
        hint = "Another process holds it: close that one, or copy the file and open the copy."
    elif "not a database" in lowered or "not a valid duckdb" in lowered:
        hint = "Give a SQLite or DuckDB file, a CSV or Parquet file, or a SQLAlchemy URL."
    elif _code(original) == _MYSQL_NO_GRANT or "permission denied for database" in lowered:
        hint = "Check the database's name, and that the login was granted the right to read it."
    elif "password" in lowered or "access denied" in lowered or "authentication" in lowered:
        hint = "Check the user name and the password."
    elif re.search(r'role "[^"]*" does not exist', lowered):
        hint = "Check the user name."
    elif "unknown database" in lowered or "does not exist" in lowered:
        hint = "Check the database's name."
    elif target.path is None:
        hint = "Check that the server runs and that host and port are right."
    return ConnectionFailed(f"Could not open {target.safe}: {as_sentence(text)}", hint=hint)


def engine_error(error: BaseException, target: Target, watch: Watch | None) -> NlidbError:
    """Our error for one that a running statement met.

    Args:
        error: what the driver raised.
        target: the database, named in the message.
        watch: the statement's watch; a stop that it asked for explains any error.
    """
    if watch is not None and watch.reason:
        return watch.error()
    if isinstance(error, NlidbError):
        return error
    text = _text(error, target)
    lowered = text.lower()
    name = type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if state == "57014" or _code(error) in _MYSQL_TIMEOUT:
        return QueryTimeout(
            "The query was stopped at its time limit.", hint="Ask for less, or raise the limit."
        )
    if is_disconnect(error):
        return ConnectionFailed(
            f"The connection to {target.safe} was lost: {as_sentence(text)}",
            hint="Ask again: it reconnects.",
        )
    if "database is locked" in lowered or state == "55P03" or _code(error) == 1205:
        return ConnectionFailed(
            f"{target.safe} is locked by another process.", hint="Try again in a moment."
        )
    if isinstance(error, sqlite3.DatabaseError) and (
        "disk i/o" in lowered
        or "disk image is malformed" in lowered
        or "unable to open" in lowered
        or "not a database" in lowered
    ):
        return ConnectionFailed(
            f"{target.safe} can no longer be read: {as_sentence(text)}", hint="Check the file."
        )
    is_name = (
        (
            isinstance(error, sqlite3.OperationalError)
            and ("no such" in lowered or "syntax" in lowered)
        )
        or (
            isinstance(error, duckdb.Error)
            and name in ("BinderException", "CatalogException", "ParserException")
        )
        or state.startswith("42")
        or _code(error) in _MYSQL_NAMES
    )
    if is_name and state != "42501":
        return InvalidSQL(f"The database does not accept this SQL: {text}", rule="engine")
    return ExecutionFailed(f"The database broke off the query: {text}")
