"""DuckDB files with several schemas (as dbt and dlt make them): all are read, and of one name the first one's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import FakeParser

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.errors import InvalidSQL, UnsafeSQL


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``main`` has one table, ``marts`` two and a view; an oddly named schema has a customer that is hidden."""
    path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "CREATE TABLE product (id INTEGER PRIMARY KEY, title VARCHAR)",
            "INSERT INTO product VALUES (1, 'Lamp'), (2, 'Chair')",
            "CREATE SCHEMA marts",
            "CREATE TABLE marts.customer (id INTEGER PRIMARY KEY, company VARCHAR)",
            "CREATE TABLE marts.invoice (id INTEGER PRIMARY KEY, "
            "customer_id INTEGER REFERENCES marts.customer (id), total INTEGER)",
            "CREATE VIEW marts.debtor AS SELECT company, total FROM marts.customer AS c "
            "JOIN marts.invoice AS i ON i.customer_id = c.id",
            "INSERT INTO marts.customer VALUES (1, 'Acme'), (2, 'Umbrella')",
            "INSERT INTO marts.invoice VALUES (1, 1, 70), (2, 1, 30), (3, 2, 5)",
            'CREATE SCHEMA "z, it\'s ""odd"""',
            'CREATE TABLE "z, it\'s ""odd""".customer (id INTEGER, secret VARCHAR)',
            'INSERT INTO "z, it\'s ""odd""".customer SELECT range, \'x\' FROM range(50)',
            'CREATE TABLE "z, it\'s ""odd""".shelf (id INTEGER PRIMARY KEY, row_letter VARCHAR)',
            'INSERT INTO "z, it\'s ""odd""".shelf VALUES (1, \'A\'), (2, \'B\')',
        ):
            connection.execute(statement)
    return path


@pytest.fixture
def assistant(path: Path, fake_parser: FakeParser) -> Iterator[Assistant]:
    with Assistant(Database.open(path), lambda: fake_parser) as opened:
        yield opened


def test_all_schemas_are_read_and_the_first_of_a_name_is_meant(assistant: Assistant) -> None:
    schema = assistant.schema
    assert {(table.namespace, table.name) for table in schema.tables} == {
        ("", "product"), ("marts", "customer"), ("marts", "invoice"), ("marts", "debtor"),
        ('z, it\'s "odd"', "shelf"),
    }  # fmt: skip
    customer = schema.find_table("customer")
    assert customer is not None
    assert [schema.columns[c].name for c in schema.tables[customer].columns] == ["id", "company"]
    assert schema.columns[schema.tables[customer].columns[0]].primary_key
    keys = {
        (schema.columns[k.column].name, schema.columns[k.ref_column].table)
        for k in schema.foreign_keys
        if not k.inferred
    }
    assert keys == {("customer_id", customer)}


def test_rows_are_counted_of_the_table_that_is_meant(path: Path) -> None:
    with Database.open(path) as database:
        counts = {t.name: database.row_count(i) for i, t in enumerate(database.schema.tables)}
    assert counts == {"product": 2, "customer": 2, "invoice": 3, "debtor": 3, "shelf": 2}


def test_tables_are_queried_by_name_and_by_schema(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    expected = (("Acme", 100), ("Umbrella", 5))
    for prefix in ("", "marts.", '"marts".', "MARTS.", "warehouse.marts."):
        sql = (
            f"SELECT c.company, sum(i.total) FROM {prefix}customer AS c JOIN {prefix}invoice AS i "
            "ON i.customer_id = c.id GROUP BY c.company ORDER BY 1"
        )
        assert assistant.run(sql).rows == expected
    assert assistant.run("SELECT row_letter FROM shelf ORDER BY 1").rows == (("A",), ("B",))
    assert assistant.run("SELECT count(*) FROM main.product").rows == ((2,),)
    fake_parser.answer(("SELECT company FROM customer WHERE company = 'Acme'", 0.9))
    answer = assistant.ask("Which company is Acme?")
    assert answer.rows == (("Acme",),)
    assert ("customer", "company") in [
        (k.table, k.column) for k in answer.links if k.value == "Acme"
    ]


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT count(*) FROM "z, it\'s ""odd""".customer',  # hidden by marts.customer
        "SELECT count(*) FROM marts.product",
        "SELECT count(*) FROM main.customer",
        "SELECT count(*) FROM other.marts.customer",
        "SELECT count(*) FROM information_schema.tables",
    ],
)
def test_other_tables_of_that_name_are_refused(assistant: Assistant, sql: str) -> None:
    with pytest.raises(UnsafeSQL) as caught:
        assistant.run(sql)
    assert caught.value.rule == "catalogue"


def test_a_schema_named_like_the_file_is_no_way_around(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER, company VARCHAR)")
        connection.execute("CREATE SCHEMA marts")
        connection.execute("CREATE TABLE marts.marts.customer (id INTEGER, secret VARCHAR)")
    with Assistant.connect(path) as assistant:
        with pytest.raises((UnsafeSQL, InvalidSQL)):
            assistant.run("SELECT id FROM marts.customer")
        with pytest.raises((UnsafeSQL, InvalidSQL)):
            assistant.run("SELECT id FROM marts.marts.customer")
        assert assistant.run("SELECT count(*) FROM marts.main.customer").rows == ((0,),)
        assert assistant.run("SELECT count(*) FROM customer").rows == ((0,),)


def test_a_key_to_a_hidden_table_is_not_taken_for_one_to_its_namesake(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, company VARCHAR)")
        connection.execute("CREATE SCHEMA marts")
        connection.execute("CREATE TABLE marts.customer (id INTEGER PRIMARY KEY)")
        connection.execute(
            "CREATE TABLE marts.invoice (id INTEGER, payer INTEGER REFERENCES marts.customer (id))"
        )
    with Database.open(path) as database:
        assert [key for key in database.schema.foreign_keys if not key.inferred] == []


def test_private_columns_in_another_schema(path: Path) -> None:
    with Assistant.connect(path, private=["marts.customer.company"]) as assistant:
        assert assistant.schema.find_table("debtor") is None
        with pytest.raises((UnsafeSQL, InvalidSQL)):
            assistant.run("SELECT company FROM marts.customer")
        assert assistant.run("SELECT count(*) FROM customer").rows == ((2,),)
