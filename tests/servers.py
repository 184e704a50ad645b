"""The databases that the database, validation and execution tests run on, one for each engine.

Each holds the same small shop. On a server it is a database of its own with a login that may write its tables
(and is no superuser), so that what stops a write is nlidb and not the grants. Whether a server is there at all
is the marks' business (conftest.py).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest
import sqlalchemy

ENGINES = ("sqlite", "duckdb", "postgres", "mysql")
ENGINE_PARAMS = (
    "sqlite",
    "duckdb",
    pytest.param("postgres", marks=pytest.mark.postgresql),
    pytest.param("mysql", marks=pytest.mark.mariadb),
)
"""For ``parametrize`` and ``fixture(params=...)``."""

LOGIN = "nlidb_test_writer"
PASSWORD = "s3cret-Pw"

_TABLES = """
CREATE TABLE customer (
    id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, city VARCHAR(40), age INTEGER, joined DATE
);
CREATE TABLE product (
    id INTEGER PRIMARY KEY, title VARCHAR(40) NOT NULL, price DECIMAL(10, 2), category VARCHAR(20)
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER, product_id INTEGER, quantity INTEGER NOT NULL,
    ordered_at TIMESTAMP, update_date DATE, deleted INTEGER DEFAULT 0,
    FOREIGN KEY (customer_id) REFERENCES customer (id), FOREIGN KEY (product_id) REFERENCES product (id)
);
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, "select" VARCHAR(20), "größe" INTEGER);
CREATE TABLE "Odd Name" (id INTEGER PRIMARY KEY, "First Name" VARCHAR(20));
CREATE VIEW big_spender AS SELECT name, city FROM customer WHERE age > 30;
"""

_ROWS = """
INSERT INTO customer VALUES (1, 'Ann', 'Paris', 31, '2023-01-05'), (2, 'Bob', 'Rome', 25, '2023-02-11'),
    (3, 'Cid', 'Paris', 52, '2024-03-01'), (4, 'Dot', NULL, NULL, NULL), (5, 'Eve', 'Oslo', 31, '2024-07-09');
INSERT INTO product VALUES (1, 'pen', 1.50, 'office'), (2, 'desk', 180.00, 'furniture'),
    (3, 'lamp', 35.25, 'furniture'), (4, 'gum', 0.99, NULL);
INSERT INTO orders VALUES (1, 1, 1, 10, '2024-01-02 10:00:00', '2024-01-03', 0),
    (2, 1, 2, 1, '2024-02-02 11:30:00', '2024-02-03', 0), (3, 2, 3, 2, '2024-02-10 09:15:00', NULL, 1),
    (4, 3, 1, 5, '2024-03-05 16:45:00', '2024-03-06', 0), (5, 3, 4, 7, '2024-03-05 16:50:00', NULL, 0),
    (6, 5, 2, 2, NULL, NULL, 1);
INSERT INTO note VALUES (1, 'first; drop table note', 'a', 1), (2, 'say "hi"', 'b', 2), (3, 'it''s', NULL, 3);
INSERT INTO "Odd Name" VALUES (1, 'Zoë'), (2, 'Ян');
"""


_POSTGRES_ADMIN = (
    "NLIDB_TEST_POSTGRESQL",
    "postgresql+psycopg://postgres@/postgres?host=/var/run/postgresql",
)
_MARIADB_ADMIN = (
    "NLIDB_TEST_MARIADB",
    "mysql+pymysql://root@localhost/mysql?unix_socket=/run/mysqld/mysqld.sock",
)


def statements(script: str) -> list[str]:
    """The statements of a script whose lines end a statement with ``;``."""
    parts = script.replace(";\n", ";\0").split("\0")
    return [part.strip().rstrip(";") for part in parts if part.strip()]


@contextmanager
def shop(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a fresh shop database on an engine; on a server with a login that may write."""
    make = {"sqlite": _sqlite, "duckdb": _duckdb, "postgres": _postgres, "mysql": _mysql}[engine]
    with make(folder) as url:
        yield url


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    path = folder / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(_TABLES + _ROWS)
    connection.close()
    yield f"sqlite:///{path}"


@contextmanager
def _duckdb(folder: Path) -> Iterator[str]:
    path = folder / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in statements(_TABLES + _ROWS):
            connection.execute(statement)
        connection.execute("CREATE SEQUENCE counter")
        connection.execute("COMMENT ON COLUMN customer.age IS 'in years'")
    yield f"duckdb:///{path}"


def _admin(variable: str, default: str) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(
        os.environ.get(variable, default),
        isolation_level="AUTOCOMMIT",
        poolclass=sqlalchemy.NullPool,
    )


def _login_url(admin: sqlalchemy.Engine, backend: str, name: str) -> str:
    # Through TCP: a login by socket may go by the operating system's user instead of the password.
    url = admin.url
    where = url.host or "127.0.0.1"
    port = f":{url.port}" if url.port else ""
    return f"{backend}://{LOGIN}:{PASSWORD}@{where}{port}/{name}"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    name = f"nlidb_test_{uuid.uuid4().hex[:10]}"
    engine = _admin(*_POSTGRES_ADMIN)
    url = _login_url(engine, "postgresql", name)
    with engine.connect() as admin:
        with suppress(sqlalchemy.exc.DBAPIError):  # it is there, or just being made
            admin.exec_driver_sql(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        admin.exec_driver_sql(f"CREATE DATABASE {name} OWNER {LOGIN}")
        try:
            # PostgreSQL 15: the public schema belongs to the database's owner
            run_as_writer(
                url,
                *statements(_TABLES + _ROWS),
                "CREATE SEQUENCE counter",
                "COMMENT ON COLUMN customer.age IS 'in years'",
            )
            yield url
        finally:
            admin.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _mysql(folder: Path) -> Iterator[str]:
    name = f"nlidb_test_{uuid.uuid4().hex[:10]}"
    engine = _admin(*_MARIADB_ADMIN)
    url = _login_url(engine, "mysql", name).replace("@localhost", "@127.0.0.1")
    logins = [f"'{LOGIN}'@'{host}'" for host in ("127.0.0.1", "localhost")]
    with engine.connect() as admin:
        admin.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        for login in logins:
            admin.exec_driver_sql(f"CREATE USER IF NOT EXISTS {login} IDENTIFIED BY '{PASSWORD}'")
            admin.exec_driver_sql(f"GRANT ALL ON {name}.* TO {login}")
        try:
            script = _TABLES + _ROWS
            for quoted in ("select", "größe", "Odd Name", "First Name"):
                script = script.replace(f'"{quoted}"', f"`{quoted}`")
            run_as_writer(
                url,
                *statements(script),
                "ALTER TABLE customer MODIFY age INTEGER COMMENT 'in years'",
                "CREATE SEQUENCE counter",
            )
            yield url
        finally:
            admin.exec_driver_sql(f"DROP DATABASE {name}")
            for login in logins:
                admin.exec_driver_sql(f"REVOKE ALL ON {name}.* FROM {login}")


def admin_url(engine: str, database: str | None = None) -> str:
    """The administrator's URL of a server, in a database of it."""
    url = _admin(*(_POSTGRES_ADMIN if engine == "postgres" else _MARIADB_ADMIN)).url
    return url.set(database=database or url.database).render_as_string(hide_password=False)


@contextmanager
def granted(engine: str, url: str, *sql: str) -> Iterator[str]:
    """The URL of a login of its own on a shop's server, once an administrator has run these statements there.

    ``{login}`` and ``{database}`` in them are the login and the shop's database.
    """
    name, is_postgres = f"nlidb_test_{uuid.uuid4().hex[:10]}", engine == "postgres"
    database = sqlalchemy.make_url(url).database or ""
    there = admin_url(engine, database)
    if is_postgres:
        logins, kind, password = [name], "ROLE", f"LOGIN PASSWORD '{PASSWORD}'"
    else:
        logins = [f"'{name}'@'{host}'" for host in ("127.0.0.1", "localhost")]
        kind, password = "USER", f"IDENTIFIED BY '{PASSWORD}'"
    for login in logins:
        run_as_writer(there, f"CREATE {kind} {login} {password}")
    try:
        for login in logins:
            run_as_writer(there, *(each.format(login=login, database=database) for each in sql))
        yield url.replace(LOGIN, name)
    finally:
        for login in logins:
            if is_postgres:
                run_as_writer(there, f"DROP OWNED BY {login}")
            run_as_writer(there, f"DROP {kind} {login}")


def writer(url: str) -> sqlalchemy.Engine:
    """An engine of the tests' own, with the rights of the login and none of nlidb's protections."""
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
    parsed = sqlalchemy.make_url(url)
    return sqlalchemy.create_engine(
        parsed.set(drivername=driver.get(parsed.drivername, parsed.drivername)),
        poolclass=sqlalchemy.NullPool,
        isolation_level="AUTOCOMMIT",
    )


def run_as_writer(url: str, *sql: str) -> list[list[tuple[object, ...]]]:
    """Run statements with the login's own rights; the rows of each that has rows."""
    found = []
    with writer(url).connect() as connection:
        for statement in sql:
            # % is a placeholder to both drivers
            result = connection.exec_driver_sql(statement.replace("%", "%%"))
            found.append([tuple(row) for row in result] if result.returns_rows else [])
    return found


_OUTSIDE_TABLES = {
    "postgres": (
        "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1, 2",
        "SELECT oid FROM pg_largeobject_metadata ORDER BY oid",
        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database() ORDER BY 1",
    ),
    # The server lists no locks of GET_LOCK; it is asked for the name that the hostile cases take.
    "mysql": ("SELECT IS_USED_LOCK('x')",),
}
"""What a statement may leave behind outside of tables: locks, large objects, replication slots."""


def fingerprint(engine: str, url: str) -> str:
    """A hash of everything in the database: files byte by byte; on servers every row, table and sequence, and
    what lies outside of tables."""
    if engine in ("sqlite", "duckdb"):
        path = Path(sqlalchemy.make_url(url).database or "")
        # with the logs and journals beside it, where a write would go first
        files = sorted(path.parent.glob(f"{path.name}*"))
        return hashlib.sha256(
            repr([(file.name, file.read_bytes()) for file in files]).encode()
        ).hexdigest()
    where = "table_schema = 'public'" if engine == "postgres" else "table_schema = database()"
    catalogue = (
        "SELECT table_name, column_name, ordinal_position, data_type, column_default "
        f"FROM information_schema.columns WHERE {where} ORDER BY 1, 3"
    )
    tables = sorted({str(row[0]) for row in run_as_writer(url, catalogue)[0]})
    mark = '"' if engine == "postgres" else "`"
    rows = run_as_writer(
        url,
        catalogue,
        *_OUTSIDE_TABLES[engine],
        *(f"SELECT * FROM {mark}{table}{mark} ORDER BY 1" for table in tables),
        "SELECT last_value, is_called FROM counter"
        if engine == "postgres"
        else "SELECT next_not_cached_value FROM counter",
    )
    return hashlib.sha256(repr((tables, rows)).encode()).hexdigest()


def running(engine: str, url: str) -> int:
    """How many statements the login has running on a server, this question apart."""
    if engine == "postgres":
        sql = (
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND state = 'active' "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
    else:
        sql = (
            "SELECT count(*) FROM information_schema.processlist WHERE command = 'Query' "
            "AND db = database() AND id <> connection_id()"
        )
    return int(str(run_as_writer(url, sql)[0][0][0]))
