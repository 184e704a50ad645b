"""The databases that the database, validation and execution tests run on, one for each engine.

Each holds the same small shop. On a server it is a database of its own with a login that may write its tables
(and is no superuser), so that what stops a write is nlidb and not the grants. A server that does not answer
skips its tests with one line, unless ``NLIDB_REQUIRE`` names it: then they fail.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

ENGINES = ("sqlite", "duckdb", "postgres", "mysql")

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


def unreachable(engine: str, error: Exception) -> None:
    """Skip the test, or fail it where the engine must be there."""
    name = {"postgres": "postgresql", "mysql": "mariadb"}[engine]
    place = {"postgres": "127.0.0.1:5432", "mysql": "127.0.0.1:3306"}[engine]
    reason = f"{name} does not answer at {place}: start the server to run this test"
    required = {item.strip() for item in os.environ.get("NLIDB_REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"{reason} ({error})")
    pytest.skip(reason)


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


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    import psycopg

    name = f"nlidb_test_{uuid.uuid4().hex[:10]}"
    try:
        admin = psycopg.connect(
            "postgresql://postgres@127.0.0.1:5432/postgres", autocommit=True, connect_timeout=3
        )
    except psycopg.OperationalError as error:
        unreachable("postgres", error)
        raise
    with admin:
        with suppress(psycopg.errors.DuplicateObject):
            admin.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        admin.execute(f"CREATE DATABASE {name} OWNER {LOGIN}")
        url = f"postgresql://{LOGIN}:{PASSWORD}@127.0.0.1:5432/{name}"
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                # PostgreSQL 15: the public schema belongs to the database's owner
                for statement in statements(_TABLES + _ROWS):
                    connection.execute(statement)
                connection.execute("CREATE SEQUENCE counter")
                connection.execute("COMMENT ON COLUMN customer.age IS 'in years'")
            yield url
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _mysql(folder: Path) -> Iterator[str]:
    import pymysql

    name = f"nlidb_test_{uuid.uuid4().hex[:10]}"
    try:
        admin = pymysql.connect(host="127.0.0.1", port=3306, user="root", connect_timeout=3)
    except pymysql.err.OperationalError as error:
        unreachable("mysql", error)
        raise
    with admin:
        cursor = admin.cursor()
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        cursor.execute(f"CREATE USER IF NOT EXISTS '{LOGIN}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        cursor.execute(f"CREATE USER IF NOT EXISTS '{LOGIN}'@'localhost' IDENTIFIED BY '{PASSWORD}'")
        for host in ("127.0.0.1", "localhost"):
            cursor.execute(f"GRANT ALL ON {name}.* TO '{LOGIN}'@'{host}'")
        cursor.execute(f"USE {name}")
        for statement in statements(_TABLES + _ROWS):
            cursor.execute(statement.replace('"select"', "`select`").replace('"größe"', "`größe`")
                           .replace('"Odd Name"', "`Odd Name`").replace('"First Name"', "`First Name`"))
        cursor.execute("ALTER TABLE customer MODIFY age INTEGER COMMENT 'in years'")
        cursor.execute("CREATE SEQUENCE counter")
        admin.commit()
        try:
            yield f"mysql://{LOGIN}:{PASSWORD}@127.0.0.1:3306/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name}")
            for host in ("127.0.0.1", "localhost"):
                cursor.execute(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{LOGIN}'@'{host}'")
