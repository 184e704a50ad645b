"""Runs SQL of unknown origin on one SQLite file, for scoring: it can change nothing.

What holds: the file is opened read-only, and an authorizer lets nothing but SELECT compile (no
write, no ATTACH, no PRAGMA, no transaction; nor ``pragma_table_info('t')`` and its like, which the
authorizer cannot tell from the PRAGMA); a query is stopped in the engine at its time limit;
a result, a string and the SQL itself may only be so long. What does not: one single step of the
engine (a search in a string of megabytes) is not interrupted; ``evaluate`` runs this in processes
of their own, limits their memory and ends one that does not answer. It is not the way users'
queries run (``execute`` is)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from nlidb.errors import ConnectionFailed, ExecutionFailed, QueryTimeout, UnsafeSQL

Row = tuple[Any, ...]
"""Cells are None, int, float, str or bytes."""

_ALLOWED = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)
_FORBIDDEN_FUNCTIONS = frozenset(
    ("load_extension", "readfile", "writefile", "edit", "fts3_tokenizer")
)
_STEPS = 20_000
"""Engine steps between two looks at the clock: about a millisecond."""
_CACHED_ROWS = 200_000
"""Results are kept for reuse up to this many rows a database."""


@dataclass(frozen=True)
class Limits:
    """What one query may use."""

    seconds: float = 30.0
    """BIRD's limit; Spider's evaluator names 60 but never enforces it."""
    rows: int = 1_000_000
    bytes: int = 256 << 20
    """Text and blobs of a whole result."""
    text: int = 16 << 20
    """Bytes of one string, blob or row in the engine, and of the SQL."""
    memory: int | None = None
    """Bytes that SQLite may take in this process, sorting included. It cannot be raised again
    before the process ends, so it is for worker processes only; None: large sorts go to temporary
    files."""


class ReadOnlyDatabase:
    """One SQLite file, opened for reading; a context manager. Not for several threads at once.

    Raises:
        ConnectionFailed: there is no such file, or it is no SQLite database.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self.limits = limits or Limits()
        self.on_query: Callable[[], None] = lambda: None
        """Called before each query that is run."""
        self._deadline = 0.0
        self._cache: dict[str, list[Row] | Exception] = {}
        self._cached_rows = 0
        if not path.is_file():
            raise ConnectionFailed(
                f"There is no database {path}.", hint="Check the folder and db_id."
            )
        # With no journal beside it nobody is writing: SQLite then needs no locks and no files.
        journals = (path.with_name(path.name + end) for end in ("-wal", "-journal"))
        mode = "mode=ro" if any(file.exists() for file in journals) else "mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?{mode}", uri=True, isolation_level=None
            )
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("PRAGMA trusted_schema = OFF")
            if self.limits.memory is not None:
                self._connection.execute("PRAGMA temp_store = MEMORY")
                self._connection.execute(f"PRAGMA hard_heap_limit = {self.limits.memory}")
        except sqlite3.Error as error:
            raise ConnectionFailed(
                f"{path} cannot be opened as a SQLite database: {error}.", hint="Download it again."
            ) from error
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.limits.text)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, min(1_000_000, self.limits.text))
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.set_authorizer(_authorize)
        self._connection.set_progress_handler(self._out_of_time, _STEPS)

    def __enter__(self) -> ReadOnlyDatabase:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and forget kept results."""
        self._cache.clear()
        self._connection.close()

    def _out_of_time(self) -> bool:
        return time.monotonic() > self._deadline

    def run(self, sql: str, *, max_rows: int | None = None) -> list[Row]:
        """The rows of a query, read until ``max_rows`` where that is given.

        Bytes that are no UTF-8 are dropped from text, as Spider's evaluator does. Results and
        failures are kept, so asking twice costs once.

        Raises:
            UnsafeSQL: it is more than one statement, or not a SELECT.
            QueryTimeout: it was stopped at its time limit.
            ExecutionFailed: SQLite refused it, or a limit on rows or bytes was reached.
        """
        kept = self._cache.get(sql)
        if isinstance(kept, Exception):
            raise kept
        if kept is not None:
            return kept if max_rows is None else kept[:max_rows]
        try:
            rows, complete = self._run(sql, max_rows)
        except (ExecutionFailed, UnsafeSQL) as error:
            self._cache[sql[: self.limits.text]] = error
            raise
        if complete and self._cached_rows + len(rows) <= _CACHED_ROWS:
            self._cached_rows += len(rows)
            self._cache[sql] = rows
        return rows

    def _run(self, sql: str, max_rows: int | None) -> tuple[list[Row], bool]:
        self.on_query()
        self._deadline = time.monotonic() + self.limits.seconds
        try:
            self._connection.text_factory = str
            try:
                return self._read(self._connection.execute(sql), max_rows)
            except sqlite3.OperationalError as error:
                if "decode to UTF-8" not in str(error):
                    raise
            self._connection.text_factory = _decode
            return self._read(self._connection.execute(sql), max_rows)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise QueryTimeout(
                    f"The query was stopped after {self.limits.seconds:g} s.",
                    hint="Raise the time limit if it may take that long.",
                ) from error
            raise ExecutionFailed(f"SQLite refused the query: {error}.") from error
        except sqlite3.ProgrammingError as error:
            raise UnsafeSQL(
                f"The SQL is not one statement: {str(error).rstrip('.')}.", rule="one_statement"
            ) from error
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_AUTH:
                raise UnsafeSQL(
                    f"The SQL does more than read: {error}.", rule="read_only"
                ) from error
            raise ExecutionFailed(f"SQLite refused the query: {error}.") from error
        except (sqlite3.Error, sqlite3.Warning, UnicodeError, ValueError, OverflowError) as error:
            raise ExecutionFailed(f"SQLite refused the query: {error}.") from error
        except MemoryError as error:
            raise ExecutionFailed("The query needs more memory than it may take.") from error

    def _read(self, cursor: sqlite3.Cursor, max_rows: int | None) -> tuple[list[Row], bool]:
        if cursor.description is None:
            raise ExecutionFailed("SQLite refused the query: there is no statement in it.")
        rows: list[Row] = []
        size = 0
        for row in cursor:
            if max_rows is not None and len(rows) >= max_rows:
                return rows, False
            rows.append(row)
            for cell in row:
                if cell.__class__ is str or cell.__class__ is bytes:
                    size += len(cell)
            if size > self.limits.bytes or len(rows) > self.limits.rows:
                raise ExecutionFailed(
                    f"The result is too large: over {self.limits.rows} rows"
                    f" or {self.limits.bytes >> 20} MiB.",
                    hint="Add a LIMIT.",
                )
        return rows, True


def _authorize(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    if action not in _ALLOWED or (
        action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN_FUNCTIONS
    ):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _decode(data: bytes) -> str:
    return data.decode("utf-8", errors="ignore")
