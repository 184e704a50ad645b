"""Run a ValidQuery under limits: time, rows, bytes, width of a cell, estimated cost.

Covered: a query that runs too long or is no longer wanted is stopped in the engine; rows are streamed, and no
more than the limit (and one, to know that there are more) are read; a result cannot fill the memory, nor an
export the disk; the session is read-only and rolled back, whatever happens.

Not covered: what the SQL says. ``execute`` takes a ``ValidQuery``, which only ``validate`` makes, and never a
string.

The row limit of n + 1 and the interrupt follow datasette (``max_returned_rows``, ``sql_time_limit_ms``).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from decimal import Decimal
from typing import Any, Final

from nlidb.database import Database
from nlidb.errors import ConfigError, ConnectionFailed, ExecutionFailed, InvalidSQL
from nlidb.sessions import Row, Session, Watch, engine_error
from nlidb.validate import ValidQuery

DEFAULT_LIMIT: Final = 1000
DEFAULT_TIMEOUT: Final = 30.0
MAX_BYTES: Final = 50_000_000
"""Size of a result in memory, roughly: what a browser table can still show."""
MAX_CELL: Final = 100_000
"""Characters or bytes of one cell; the rest is cut."""
MAX_EXPORT_BYTES: Final = 2_000_000_000
"""Size of all values of an export, roughly."""
EXPLAIN_SECONDS: Final = 10.0
"""Planning takes milliseconds; more means that the server hangs or a lock is waited for."""
_BATCH_BYTES: Final = 4_000_000
_MYSQL_NO_PLAN: Final = 1345
"""EXPLAIN can not be issued; lacking privileges for underlying table."""
_PLAIN: Final = frozenset({int, float, bool, type(None)})


@dataclass(frozen=True)
class Result:
    """The rows of a query."""

    columns: tuple[str, ...]
    """Names as the database gives them; they may repeat."""
    rows: tuple[Row, ...]
    row_count: int
    """Rows in ``rows``."""
    truncated: bool
    """There were more rows than the limit, or more bytes."""
    cut_cells: int
    """Cells that were longer than the limit and were cut."""
    seconds: float


def explain(
    database: Database,
    valid: ValidQuery,
    *,
    timeout: float = EXPLAIN_SECONDS,
    max_cost: float | None = None,
    cancel: threading.Event | None = None,
) -> float | None:
    """Let the engine plan the query without running it.

    SQLite, DuckDB and PostgreSQL read no row for it. MySQL and MariaDB may read single rows of
    constant tables while planning.

    Args:
        database: where it would be run.
        valid: the query.
        timeout: seconds.
        max_cost: refuse a query that the engine estimates above this, in the engine's own unit (PostgreSQL:
            the planner's cost; MySQL, MariaDB: rows examined). SQLite and DuckDB estimate nothing.
        cancel: stops the planning when it is set, from any thread.

    Returns:
        The estimated cost, None where the engine gives none: MySQL and MariaDB do not plan a query on a view
        for a login that may not read the tables under it, though they run it.

    Raises:
        InvalidSQL: the engine does not accept the query.
        ExecutionFailed: above ``max_cost``, or not known to be below it.
        QueryTimeout, ConnectionFailed: as for ``execute``.
    """
    prefix = "EXPLAIN (FORMAT JSON) " if database.dialect == "postgres" else "EXPLAIN "
    _check_dialect(database, valid)
    with database.sessions.session(timeout) as session, Watch(session, timeout, cancel) as watch:
        watch.check()
        try:
            session.execute(prefix + valid.sql)
            rows = session.fetch(1000) if database.dialect in ("postgres", "mysql") else []
            columns = session.columns
        except Exception as error:
            if error.args[:1] == (_MYSQL_NO_PLAN,) and not watch.reason:
                if max_cost is None:
                    return None
                raise _no_plan(max_cost) from error
            ours = engine_error(error, database.sessions.target, watch)
            if type(ours) is ExecutionFailed and not watch.reason:
                # Nothing was run, so whatever the engine minds is in the SQL.
                raise InvalidSQL(
                    f"The database does not accept this SQL: {ours.message.partition(': ')[2]}",
                    rule="engine",
                ) from error
            raise ours from error
    cost = _cost(database.dialect, columns, rows)
    if max_cost is not None and cost is not None and cost > max_cost:
        raise ExecutionFailed(
            f"The database estimates a cost of {cost:,.0f} for this query, above the limit of "
            f"{max_cost:,.0f}.",
            hint="Ask for less, or raise the limit.",
        )
    return cost


def _no_plan(max_cost: float) -> ExecutionFailed:
    return ExecutionFailed(
        "The database does not tell what this query costs, so it is not known to be below the limit of "
        f"{max_cost:,.0f}: the login may not read the tables under a view.",
        hint="Let the login read those tables, or leave the cost limit out.",
    )


def execute(
    database: Database,
    valid: ValidQuery,
    *,
    limit: int = DEFAULT_LIMIT,
    timeout: float = DEFAULT_TIMEOUT,
    max_bytes: int = MAX_BYTES,
    max_cell: int = MAX_CELL,
    cancel: threading.Event | None = None,
) -> Result:
    """Run a query and read at most ``limit`` rows of it.

    Args:
        database: where to run it.
        valid: the query.
        limit: most rows; one more is asked for, to know whether there are more.
        timeout: seconds, of the whole of running and reading.
        max_bytes: most bytes of the result, roughly.
        max_cell: most characters or bytes of one cell.
        cancel: stops the query when it is set, from any thread.

    Raises:
        QueryTimeout: the time limit; the engine has stopped.
        ExecutionFailed: the engine broke it off, or ``cancel`` was set.
        InvalidSQL: the engine does not know a name any more: the schema changed.
        ConnectionFailed: lost, locked, deleted.
        ConfigError: a limit that is no limit.
    """
    if limit < 0 or timeout <= 0:
        raise ConfigError(
            f"limit is {limit} and timeout {timeout}: the one must be 0 or more, the other above 0."
        )
    started = time.perf_counter()
    rows: list[Row] = []
    size, cut, truncated = 0, 0, False
    with _running(database, valid, timeout, cancel, limit + 1) as (session, watch):
        columns = session.columns
        for row, row_size, row_cut in _rows(database, session, watch, max_cell):
            if len(rows) >= limit or size > max_bytes:
                truncated = True
                break
            rows.append(row)
            size += row_size
            cut += row_cut
    return Result(columns, tuple(rows), len(rows), truncated, cut, time.perf_counter() - started)


@contextlib.contextmanager
def stream(
    database: Database,
    valid: ValidQuery,
    *,
    timeout: float = 300.0,
    batch: int = 1000,
    max_cell: int = MAX_CELL,
    max_bytes: int = MAX_EXPORT_BYTES,
    cancel: threading.Event | None = None,
) -> Iterator[tuple[tuple[str, ...], Iterator[list[Row]]]]:
    """All rows of a query for an export, in batches: ``with stream(...) as (columns, batches)``.

    Never more than a batch is held: ``batch`` rows, or fewer where they are wide. Raises as ``execute`` does, also
    while the batches are read, and ``ExecutionFailed`` above ``max_bytes`` of values, roughly.
    """
    with _running(database, valid, timeout, cancel, None) as (session, watch):
        rows = _rows(database, session, watch, max_cell)
        yield session.columns, _batches(rows, batch, max_bytes)


def _batches(
    rows: Iterator[tuple[Row, int, int]], batch: int, max_bytes: int
) -> Iterator[list[Row]]:
    held: list[Row] = []
    size, total = 0, 0
    for row, row_size, _ in rows:
        held.append(row)
        size += row_size
        total += row_size
        if total > max_bytes:
            raise ExecutionFailed(
                f"The result has more than {max_bytes / 1e6:,g} MB, the most that is written to a file.",
                hint="Ask for fewer rows or columns, or raise the limit (max_export_bytes).",
            )
        if len(held) >= batch or size > _BATCH_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _rows(
    database: Database, session: Session, watch: Watch, max_cell: int
) -> Iterator[tuple[Row, int, int]]:
    """Each further row with its size and its cut cells, as ``_plain_row`` gives them.

    One at a time: how wide the next one is, nobody knows before it is there.
    """
    while rows := _fetch(database, session, watch, 1):
        yield _plain_row(rows[0], max_cell)


def _fetch(database: Database, session: Session, watch: Watch, count: int) -> list[Row]:
    """The next rows; whatever the driver raises becomes one of our errors."""
    try:
        rows = session.fetch(count)
    except Exception as error:
        # also ValueError and the like: a date beyond the year 9999 is no date in Python
        raise engine_error(error, database.sessions.target, watch) from error
    watch.check()
    return rows


@contextlib.contextmanager
def _running(
    database: Database,
    valid: ValidQuery,
    timeout: float,
    cancel: threading.Event | None,
    max_rows: int | None,
) -> Iterator[tuple[Session, Watch]]:
    """The query, started. What the caller raises in the meantime is left as it is."""
    _check_dialect(database, valid)
    with database.sessions.session(timeout) as session, Watch(session, timeout, cancel) as watch:
        watch.check()
        try:
            session.execute(valid.sql, max_rows)
        except Exception as error:
            raise engine_error(error, database.sessions.target, watch) from error
        yield session, watch


def _check_dialect(database: Database, valid: ValidQuery) -> None:
    if not isinstance(valid, ValidQuery):
        raise TypeError("only a ValidQuery can be run: call validate(sql, schema, dialect) first")
    if database.dialect != valid.dialect:
        raise ConnectionFailed(
            f"The query was checked for {valid.dialect} and cannot run on {database.dialect}.",
            hint="Check it again for this database.",
        )


def _cost(dialect: str, columns: tuple[str, ...], rows: list[Row]) -> float | None:
    try:
        if dialect == "postgres":
            plan = rows[0][0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            return float(plan[0]["Plan"]["Total Cost"])
        if dialect == "mysql":
            place = [name.lower() for name in columns].index("rows")
            return float(sum(float(row[place] or 0) for row in rows))
    except (LookupError, TypeError, ValueError):
        return None
    return None


def _plain_row(row: Row, max_cell: int) -> tuple[Row, int, int]:
    """The row as plain Python values, its size in bytes (roughly) and how many cells were cut."""
    values: list[Any] = []
    size, cut = 0, 0
    for value in row:
        if type(value) in _PLAIN:
            size += 8
        else:
            value = _plain(value)
            if isinstance(value, str | bytes):
                if len(value) > max_cell:
                    value = value[:max_cell]
                    cut += 1
                size += len(value)
            size += 50
        values.append(value)
    return tuple(values), size, cut


def _plain(value: Any) -> Any:
    """A driver's value as a number, text, bytes, Decimal, date, time or timedelta.

    Lists and structs become JSON text; UUIDs, ranges, network addresses and the like their own text.
    """
    if isinstance(value, str | bytes | Decimal | date | clock_time | timedelta):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, dict | list | tuple | set):
        listed = list(value) if isinstance(value, tuple | set) else value
        return json.dumps(listed, default=str, ensure_ascii=False)
    return str(value)
