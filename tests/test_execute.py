"""execute, explain and stream: limits that stop, results as plain values, and faults that leave a usable pool."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest
import servers
import sqlalchemy
from hypothesis import strategies as st

from nlidb.database import Database
from nlidb.errors import (
    ConfigError,
    ConnectionFailed,
    ExecutionFailed,
    InvalidSQL,
    NlidbError,
    QueryTimeout,
)
from nlidb.execute import Result, execute, explain, stream
from nlidb.sessions import DuckdbSession, MysqlSession, PostgresSession, Row, Session, SqliteSession
from nlidb.validate import ValidQuery, validate

ENDLESS = "SELECT count(*) FROM " + ", ".join(f"orders AS o{i}" for i in range(20))
MANY = "SELECT o1.id, o2.id, o3.id FROM " + ", ".join(f"orders AS o{i}" for i in range(1, 9))


class Shop(NamedTuple):
    engine: str
    url: str
    database: Database

    def valid(self, sql: str) -> ValidQuery:
        return validate(sql, self.database.schema, self.engine)

    def run(self, sql: str, **options: object) -> Result:
        return execute(self.database, self.valid(sql), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=servers.ENGINE_PARAMS)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    with servers.shop(request.param, tmp_path_factory.mktemp("shop")) as url:
        with Database.open(url) as database:
            yield Shop(request.param, url, database)


def assert_usable(shop: Shop) -> None:
    assert shop.run("SELECT count(*) FROM customer").rows == ((5,),)
    if shop.engine in ("postgres", "mysql"):
        for _ in range(60):
            if not (still := servers.running(shop.engine, shop.url)):
                break
            time.sleep(0.05)
        assert still == 0


def test_execute_gives_rows_as_plain_values(shop: Shop) -> None:
    result = shop.run("SELECT id, name, city, joined FROM customer ORDER BY id")
    day = "2023-01-05" if shop.engine == "sqlite" else datetime.date(2023, 1, 5)
    assert result.columns == ("id", "name", "city", "joined")
    assert result.rows[0] == (1, "Ann", "Paris", day)
    assert result.rows[3] == (4, "Dot", None, None)
    assert (result.row_count, result.truncated, result.cut_cells) == (5, False, 0)
    assert result.seconds > 0
    price = shop.run("SELECT price FROM product WHERE id = 1").rows[0][0]
    assert price == (1.5 if shop.engine == "sqlite" else Decimal("1.50"))
    assert shop.run("SELECT name FROM customer WHERE name LIKE '%n%' AND age % 2 = 1").rows == (
        ("Ann",),
    )
    assert shop.run("SELECT name FROM customer WHERE id < 0").rows == ()


def test_execute_repeats_column_names_as_they_are(shop: Shop) -> None:
    result = shop.run("SELECT c.id, p.id FROM customer AS c JOIN product AS p ON c.id = p.id")
    assert result.columns == ("id", "id")


@pytest.mark.parametrize(
    ("limit", "count", "truncated"), [(0, 0, True), (4, 4, True), (5, 5, False), (6, 5, False)]
)
def test_execute_row_limit(shop: Shop, limit: int, count: int, truncated: bool) -> None:
    result = shop.run("SELECT id FROM customer", limit=limit)
    assert (result.row_count, len(result.rows), result.truncated) == (count, count, truncated)
    # with a LIMIT of its own as well
    result = shop.run("SELECT id FROM customer LIMIT 50", limit=limit)
    assert (result.row_count, result.truncated) == (count, truncated)


def test_execute_reads_no_more_than_it_needs(shop: Shop) -> None:
    result = shop.run(MANY, limit=7, timeout=20)  # 1.7 million rows, were they read
    assert (result.row_count, result.truncated) == (7, True)
    result = shop.run(MANY + " LIMIT 1000000", limit=7, timeout=20)
    assert (result.row_count, result.truncated) == (7, True)
    assert_usable(shop)


def test_execute_byte_limit_and_cell_width(shop: Shop) -> None:
    result = shop.run(MANY, limit=100_000, max_bytes=3000, timeout=20)
    assert result.truncated and 10 < result.row_count < 1000
    result = shop.run("SELECT name, city FROM customer ORDER BY id", max_cell=3)
    assert result.rows[0] == ("Ann", "Par") and result.cut_cells == 4
    assert_usable(shop)


SESSIONS: dict[str, type[Session]] = {
    "sqlite": SqliteSession,
    "duckdb": DuckdbSession,
    "postgres": PostgresSession,
    "mysql": MysqlSession,
}


def test_execute_counts_each_row_before_it_reads_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of a kilobyte under a limit of two: none but the first three is ever held."""
    kind, read = SESSIONS[shop.engine], list[Row]()
    fetch = kind.fetch

    def counted(session: Session, count: int) -> list[Row]:
        rows = fetch(session, count)
        read.extend(rows)
        return rows

    monkeypatch.setattr(kind, "fetch", counted)
    wide = f"SELECT '{'x' * 1000}' AS wide FROM orders AS a, orders AS b, orders AS c"
    result = shop.run(wide, max_bytes=2000)
    assert (result.row_count, result.truncated) == (2, True)
    assert len(read) == 3
    # nor does it help to begin with many narrow ones
    read.clear()
    late = f"SELECT id FROM orders UNION ALL SELECT id FROM orders UNION ALL {wide}"
    late = late.replace("SELECT id", "SELECT CASE WHEN id > 0 THEN 'y' END AS wide")
    assert shop.run(late, max_bytes=2000).truncated
    assert len(read) <= 15
    assert_usable(shop)


def test_execute_stops_at_the_time_limit(shop: Shop) -> None:
    valid = shop.valid(ENDLESS)
    explain(shop.database, valid)
    with pytest.raises(QueryTimeout, match=r"0\.3 seconds"):
        execute(shop.database, valid, timeout=0.3)
    assert_usable(shop)


def test_execute_stops_while_rows_are_read(shop: Shop) -> None:
    sql = ENDLESS.replace("count(*)", "o1.id") + " WHERE o1.id + o2.id + o3.id + o4.id > 21"
    with pytest.raises(QueryTimeout):
        shop.run(sql, timeout=0.3, limit=10**9, max_bytes=10**12)
    assert_usable(shop)


def test_execute_stops_on_request(shop: Shop) -> None:
    cancel = threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    with pytest.raises(ExecutionFailed, match="on request") as caught:
        shop.run(ENDLESS, timeout=60, cancel=cancel)
    assert not isinstance(caught.value, QueryTimeout)
    timer.join()
    with pytest.raises(ExecutionFailed, match="on request"):
        shop.run("SELECT 1", cancel=cancel)
    assert_usable(shop)


def test_execute_many_stopped_at_once(shop: Shop) -> None:
    errors: list[BaseException] = []
    valid = shop.valid(ENDLESS)

    def ask() -> None:
        try:
            execute(shop.database, valid, timeout=0.3)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [QueryTimeout] * 6
    assert_usable(shop)


def test_execute_one_query_stopped_leaves_its_neighbour(shop: Shop) -> None:
    """A stop meant for one statement must not hit the next one on the same connection."""
    for _ in range(5):
        with pytest.raises(QueryTimeout):
            shop.run(ENDLESS, timeout=0.02)
        assert shop.run("SELECT count(*) FROM customer").rows == ((5,),)


def test_execute_engine_errors_are_ours(shop: Shop) -> None:
    sql = {
        "sqlite": "SELECT json_extract('not json', '$.a')",
        "duckdb": "SELECT cast(name AS INTEGER) FROM customer",
        "postgres": "SELECT 1 / (age - age) FROM customer WHERE age > 0",
        "mysql": "SELECT (SELECT id FROM customer) FROM orders",
    }[shop.engine]
    with pytest.raises((ExecutionFailed, InvalidSQL), match="database"):
        shop.run(sql)
    assert_usable(shop)


def test_execute_refuses_limits_that_are_none(shop: Shop) -> None:
    for options in ({"limit": -1}, {"timeout": 0.0}):
        with pytest.raises(ConfigError, match=str(next(iter(options.values())))):
            shop.run("SELECT 1", **options)


def test_execute_takes_no_string(shop: Shop) -> None:
    with pytest.raises(TypeError, match="ValidQuery"):
        execute(shop.database, "SELECT 1")  # type: ignore[arg-type]
    other = "sqlite" if shop.engine != "sqlite" else "duckdb"
    valid = validate("SELECT 1", shop.database.schema, other)
    with pytest.raises(NlidbError, match="checked for"):
        execute(shop.database, valid)


def test_explain_refuses_what_the_engine_refuses(shop: Shop) -> None:
    for sql in (
        "SELECT name FROM customer WHERE count(*) > 1",
        "SELECT sum(avg(age)) FROM customer",
        "SELECT id FROM customer WHERE id = (SELECT id, name FROM customer)",
    ):
        with pytest.raises(InvalidSQL) as caught:
            explain(shop.database, shop.valid(sql))
        assert caught.value.rule == "engine"
    assert_usable(shop)


def test_explain_runs_nothing_and_estimates(shop: Shop) -> None:
    cost = explain(shop.database, shop.valid(MANY), timeout=20)
    if shop.engine in ("sqlite", "duckdb"):
        assert cost is None
        return
    assert cost is not None and cost > 1
    with pytest.raises(ExecutionFailed, match="estimates"):
        explain(shop.database, shop.valid(MANY), max_cost=1.0)


def test_execute_notices_a_dropped_table(shop: Shop) -> None:
    if shop.engine == "duckdb":
        return  # nobody can write a DuckDB file that is open
    servers.run_as_writer(shop.url, "CREATE TABLE passing (a INTEGER)")
    schema = shop.database.reload()
    valid = validate("SELECT a FROM passing", schema, shop.engine)
    assert execute(shop.database, valid).rows == ()
    servers.run_as_writer(shop.url, "DROP TABLE passing")
    with pytest.raises(InvalidSQL) as caught:
        execute(shop.database, valid)
    assert caught.value.rule == "engine"
    assert shop.database.changed(max_age=0)
    assert shop.database.reload().find_table("passing") is None


def test_stream_gives_all_rows_in_batches(shop: Shop) -> None:
    sql = "SELECT a.id, b.name FROM orders AS a, customer AS b ORDER BY a.id, b.id"
    with stream(shop.database, shop.valid(sql), batch=7) as (columns, batches):
        sizes = []
        rows = []
        for batch in batches:
            sizes.append(len(batch))
            rows.extend(batch)
    assert columns == ("id", "name")
    assert sizes == [7, 7, 7, 7, 2] and len(rows) == 30
    assert tuple(rows) == shop.run(sql).rows


def test_stream_can_be_left_early_and_keeps_the_callers_errors(shop: Shop) -> None:
    with stream(shop.database, shop.valid(MANY), batch=10) as (_, batches):
        assert len(next(batches)) == 10
    assert_usable(shop)
    with pytest.raises(OSError, match="disk full"):
        with stream(shop.database, shop.valid(MANY), batch=10) as (_, batches):
            next(batches)
            raise OSError("disk full")
    with pytest.raises(QueryTimeout):
        with stream(shop.database, shop.valid(ENDLESS), timeout=0.2) as (_, batches):
            list(batches)
    assert_usable(shop)


def test_stream_ends_at_its_byte_limit_with_an_error(shop: Shop) -> None:
    with stream(shop.database, shop.valid(MANY), max_bytes=3000) as (_, batches):
        with pytest.raises(ExecutionFailed, match="more than 0.003 MB") as caught:
            list(batches)
    assert "max_export_bytes" in caught.value.hint
    assert_usable(shop)


def test_stream_gives_wide_rows_in_small_batches(shop: Shop) -> None:
    wide = f"SELECT '{'x' * 45_000}' AS wide FROM orders AS a, orders AS b, orders AS c"
    with stream(shop.database, shop.valid(wide), max_bytes=10**10) as (_, batches):
        sizes = [len(batch) for batch in batches]
    assert sum(sizes) == 216 and max(sizes) < 100


def test_explain_is_stopped_as_a_query_is(shop: Shop) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(ExecutionFailed, match="on request"):
        explain(shop.database, shop.valid("SELECT 1"), cancel=cancel)
    assert_usable(shop)


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("postgres", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mariadb),
    ],
)
def test_execute_survives_a_cut_connection(engine: str, tmp_path: Path) -> None:
    if engine == "postgres":
        kill = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with servers.shop(engine, tmp_path) as url, Database.open(url) as database:
        slow = validate(ENDLESS, database.schema, engine)
        quick = validate("SELECT count(*) FROM customer", database.schema, engine)

        def cut() -> None:
            if engine == "postgres":
                servers.run_as_writer(url, kill)
                return
            ids = servers.run_as_writer(
                url,
                "SELECT id FROM information_schema.processlist WHERE db = database() "
                "AND id <> connection_id()",
            )[0]
            for (thread_id,) in ids:
                with suppress(
                    sqlalchemy.exc.OperationalError
                ):  # one that was just ending by itself
                    servers.run_as_writer(url, f"KILL {thread_id}")

        timer = threading.Timer(0.3, cut)
        timer.start()
        with pytest.raises(ConnectionFailed, match="lost"):
            execute(database, slow, timeout=30)
        timer.join()
        assert execute(database, quick).rows == ((5,),)
        cut()  # while every connection lies idle in the pool
        assert execute(database, quick).rows == ((5,),)


@pytest.mark.parametrize(
    ("engine", "kind"),
    [
        pytest.param("postgres", PostgresSession, marks=pytest.mark.postgresql),
        pytest.param("mysql", MysqlSession, marks=pytest.mark.mariadb),
    ],
)
def test_execute_stops_although_the_server_does_not_listen(
    engine: str,
    kind: type[PostgresSession | MysqlSession],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = kind.begin
    monkeypatch.setattr(kind, "interrupt", lambda session: None)
    monkeypatch.setattr(kind, "begin", lambda session, seconds: begin(session, 20.0))
    with servers.shop(engine, tmp_path) as url, Database.open(url) as database:
        slow = validate(ENDLESS, database.schema, engine)
        with pytest.raises(QueryTimeout):
            execute(database, slow, timeout=0.2)
        quick = validate("SELECT count(*) FROM customer", database.schema, engine)
        assert execute(database, quick).rows == ((5,),)
        if engine == "postgres":  # MariaDB goes on until its own limit
            for _ in range(100):
                if not (still := servers.running(engine, url)):
                    break
                time.sleep(0.05)
            assert still == 0


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("postgres", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mariadb),
    ],
)
def test_execute_ends_in_the_server_when_its_process_is_killed(engine: str, tmp_path: Path) -> None:
    with servers.shop(engine, tmp_path) as url:
        script = (
            "from nlidb import Assistant\n"
            f"Assistant.connect({url!r}, timeout=4.0).run({ENDLESS!r})\n"
        )
        child = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
        try:
            end, seen = time.monotonic() + 60, 0
            while seen < 5 and time.monotonic() < end:  # longer than what reads the schema
                time.sleep(0.1)
                seen = seen + 1 if servers.running(engine, url) else 0
            assert seen == 5
        finally:
            child.kill()
            child.wait()
        # PostgreSQL notices that its client is gone; MariaDB goes on until the query's time limit.
        for _ in range(150):
            if not (still := servers.running(engine, url)):
                break
            time.sleep(0.1)
        assert still == 0


@pytest.mark.postgresql
def test_execute_takes_little_memory_for_wide_rows_behind_narrow_ones(tmp_path: Path) -> None:
    """A hundred rows of 3 MB behind a thousand small ones: not one more of them is held than was counted."""
    with servers.shop("postgres", tmp_path) as url:
        servers.run_as_writer(
            url,
            "CREATE TABLE wide AS SELECT CASE WHEN g > 1000 THEN repeat('x', 3000000) ELSE 'y' END AS body "
            "FROM generate_series(1, 1100) AS g",
        )
        script = (
            "import resource\n"
            "from nlidb.database import Database\n"
            "from nlidb.execute import execute\n"
            "from nlidb.validate import validate\n"
            f"with Database.open({url!r}) as database:\n"
            "    def run(sql, **limits):\n"
            "        return execute(database, validate(sql, database.schema, 'postgres'), **limits)\n"
            "    run('SELECT name FROM customer')\n"
            "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "    found = run('SELECT body FROM wide', limit=10_000, max_bytes=1_000_000)\n"
            "    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
            "    print(found.truncated, found.cut_cells < 20, grown < 100_000, run('SELECT 1 AS a').rows)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True True True ((1,),)\n", "")


@pytest.mark.mariadb
def test_execute_on_views_alone(tmp_path: Path) -> None:
    """A login that may read a view and not its table: MariaDB plans nothing for it, and runs the query."""
    with servers.shop("mysql", tmp_path) as url:
        right = "GRANT SELECT, SHOW VIEW ON {database}.big_spender TO {login}"
        with servers.granted("mysql", url, right) as viewer, Database.open(viewer) as database:
            valid = validate("SELECT name FROM big_spender", database.schema, "mysql")
            assert explain(database, valid) is None
            with pytest.raises(ExecutionFailed, match="not known to be below"):
                explain(database, valid, max_cost=1000.0)
            assert execute(database, valid).row_count == 3


@pytest.mark.postgresql
def test_execute_reads_odd_postgresql_values(tmp_path: Path) -> None:
    with servers.shop("postgres", tmp_path) as url:
        servers.run_as_writer(
            url,
            "CREATE TABLE odd (a uuid, b jsonb, c integer[], d inet, e int4range, f interval, g bytea, h point)",
            "INSERT INTO odd VALUES ('00000000-0000-0000-0000-000000000001', '{\"x\": [1]}', '{1,2}', "
            "'10.0.0.1', '[1,5)', '1 day', 'ab', '(1,2)')",
        )
        with Database.open(url) as database:
            row = execute(
                database, validate("SELECT * FROM odd", database.schema, "postgres")
            ).rows[0]
    assert row[0] == "00000000-0000-0000-0000-000000000001"
    assert row[1:4] == ('{"x": [1]}', "[1, 2]", "10.0.0.1")
    assert row[5] == datetime.timedelta(days=1)
    assert row[6] == b"ab"
    assert all(isinstance(value, str) for value in (row[4], row[7]))


def test_execute_a_value_that_python_cannot_hold(tmp_path: Path) -> None:
    with servers.shop("duckdb", tmp_path) as url, Database.open(url) as database:
        for sql in ("SELECT DATE '20000-01-01' AS d", "SELECT DATE '0044-03-15 (BC)' AS d"):
            try:
                row = execute(database, validate(sql, database.schema, "duckdb")).rows[0]
                assert isinstance(row[0], str | datetime.date)
            except ExecutionFailed as error:
                assert error.message


def test_execute_bounds_a_wide_sqlite_value(tmp_path: Path) -> None:
    path = tmp_path / "wide.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a TEXT, b BLOB)")
    connection.execute("INSERT INTO t VALUES (?, ?)", ("x" * 3_000_000, b"y" * 3_000_000))
    connection.commit()
    connection.close()
    with Database.open(path) as database:
        valid = validate("SELECT a, b FROM t", database.schema, "sqlite")
        result = execute(database, valid)
    assert [len(value) for value in result.rows[0]] == [100_000, 100_000]
    assert result.cut_cells == 2


SELECTED = st.sampled_from(
    "id name city age joined count(*) max(age) customer_id 1 'x' NULL -1 ( ) , . = <> AND OR NOT IN LIKE "
    "BETWEEN IS CASE WHEN THEN END GROUP BY ORDER HAVING LIMIT UNION ALL SELECT FROM customer orders WHERE "
    "JOIN ON AS o || * / % DISTINCT EXISTS WITH".split()
)


@pytest.fixture(scope="module")
def sqlite_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with servers.shop("sqlite", tmp_path_factory.mktemp("shop")) as url:
        with Database.open(url) as database:
            yield Shop("sqlite", url, database)


@hypothesis.settings(max_examples=200, deadline=None, derandomize=True)
@hypothesis.given(tail=st.lists(SELECTED, max_size=12))
def test_execute_fuzz(sqlite_shop: Shop, tail: list[str]) -> None:
    """What validate lets through, the engine runs or refuses as one of our errors."""
    try:
        valid = sqlite_shop.valid("SELECT name FROM customer " + " ".join(tail))
        explain(sqlite_shop.database, valid)
        execute(sqlite_shop.database, valid, timeout=2)
    except NlidbError:
        pass
