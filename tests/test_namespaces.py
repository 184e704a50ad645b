"""PostgreSQL schemas beside the default one: tables along the search path are read, others are not, and SQL may
write the schema before the name only where it is that table's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import servers
from conftest import FakeParser

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.errors import ConnectionFailed, InvalidSQL, UnsafeSQL

pytestmark = pytest.mark.postgresql

PATH = "?options=-csearch_path%3Dsales,public"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop, with a schema ``sales`` whose customer hides the public one, and a schema ``hr`` off the path."""
    with servers.shop("postgres", tmp_path_factory.mktemp("shop")) as url:
        servers.run_as_writer(
            url,
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.customer (id INTEGER PRIMARY KEY, company VARCHAR(40))",
            "CREATE TABLE sales.invoice (id INTEGER PRIMARY KEY, "
            "customer_id INTEGER REFERENCES sales.customer (id), total INTEGER)",
            "CREATE VIEW sales.debtor AS SELECT company, total FROM sales.customer AS c "
            "JOIN sales.invoice AS i ON i.customer_id = c.id",
            "INSERT INTO sales.customer VALUES (1, 'Acme'), (2, 'Umbrella')",
            "INSERT INTO sales.invoice VALUES (1, 1, 70), (2, 1, 30), (3, 2, 5)",
            "CREATE SCHEMA hr",
            "CREATE TABLE hr.salary (id INTEGER PRIMARY KEY, amount INTEGER)",
            "INSERT INTO hr.salary VALUES (1, 99)",
        )
        yield url


@pytest.fixture
def assistant(url: str, fake_parser: FakeParser) -> Iterator[Assistant]:
    with Assistant(Database.open(url + PATH), lambda: fake_parser) as opened:
        yield opened


def test_namespaces_along_the_search_path_are_read(assistant: Assistant) -> None:
    schema = assistant.schema
    assert {(table.namespace, table.name) for table in schema.tables} == {
        ("sales", "customer"), ("sales", "invoice"), ("sales", "debtor"), ("public", "product"),
        ("public", "orders"), ("public", "note"), ("public", "Odd Name"), ("public", "big_spender"),
    }  # fmt: skip
    customer = schema.find_table("customer")
    assert customer is not None
    assert [schema.columns[c].name for c in schema.tables[customer].columns] == ["id", "company"]
    keys = {
        (schema.columns[k.column].name, schema.columns[k.ref_column].table)
        for k in schema.foreign_keys
        if not k.inferred and schema.tables[schema.columns[k.column].table].name == "invoice"
    }
    assert keys == {("customer_id", customer)}


def test_namespaces_are_queried_by_name_and_by_schema(
    assistant: Assistant, fake_parser: FakeParser
) -> None:
    expected = (("Acme", 100), ("Umbrella", 5))
    for prefix in ("", "sales.", '"sales".', "SALES."):
        sql = (
            f"SELECT c.company, sum(i.total) FROM {prefix}customer AS c JOIN {prefix}invoice AS i "
            "ON i.customer_id = c.id GROUP BY c.company ORDER BY 1"
        )
        assert assistant.run(sql).rows == expected
    assert assistant.run("SELECT sales.customer.company FROM sales.customer ORDER BY 1").rows == (
        ("Acme",), ("Umbrella",),
    )  # fmt: skip
    assert assistant.run("SELECT count(*) FROM public.product").rows == ((4,),)
    fake_parser.answer(("SELECT company FROM customer WHERE company = 'Acme'", 0.9))
    answer = assistant.ask("Which company is Acme?")
    assert answer.rows == (("Acme",),)
    assert ("customer", "company") in [
        (k.table, k.column) for k in answer.links if k.value == "Acme"
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM public.customer",  # hidden by sales.customer
        "SELECT count(*) FROM hr.salary",
        "SELECT count(*) FROM hr.customer",
        "SELECT count(*) FROM sales.product",
        'SELECT count(*) FROM "SALES".customer',
        "SELECT count(*) FROM other.sales.customer",
        "SELECT count(*) FROM pg_catalog.pg_class",
        "SELECT count(*) FROM information_schema.tables",
    ],
)
def test_namespaces_elsewhere_are_refused(assistant: Assistant, sql: str) -> None:
    with pytest.raises(UnsafeSQL) as caught:
        assistant.run(sql)
    assert caught.value.rule == "catalogue"


def test_namespaces_off_the_path_are_no_tables(assistant: Assistant) -> None:
    with pytest.raises(InvalidSQL, match="no table salary"):
        assistant.run("SELECT amount FROM salary")


def test_namespaces_named_like_the_database_are_no_way_around(url: str) -> None:
    name = url.rsplit("/", 1)[1]
    servers.run_as_writer(
        url,
        f"CREATE SCHEMA {name}",
        f"CREATE TABLE {name}.customer (id INTEGER, secret INTEGER)",
    )
    try:
        with Assistant.connect(url) as assistant:
            with pytest.raises(UnsafeSQL):
                assistant.run(f"SELECT id FROM {name}.customer")
            assert assistant.run(f"SELECT count(*) FROM {name}.public.customer").rows == ((5,),)
    finally:
        servers.run_as_writer(url, f"DROP SCHEMA {name} CASCADE")


def test_namespaces_a_change_in_any_of_them_is_noticed(url: str) -> None:
    with Database.open(url + PATH) as database:
        assert not database.changed(max_age=0)
        servers.run_as_writer(url, "CREATE TABLE public.later (a INTEGER)")
        try:
            assert database.changed(max_age=0)
            assert database.reload().find_table("later") is not None
        finally:
            servers.run_as_writer(url, "DROP TABLE public.later")


def test_namespaces_private_columns(url: str) -> None:
    with Assistant.connect(url + PATH, private=["sales.customer.company"]) as assistant:
        assert assistant.schema.find_table("debtor") is None
        with pytest.raises(UnsafeSQL, match="customer.company is private"):
            assistant.run("SELECT company FROM sales.customer")
        assert assistant.run("SELECT * FROM sales.customer").columns == ("id",)


def test_namespaces_the_hint_names_those_that_have_tables(url: str) -> None:
    with pytest.raises(ConnectionFailed, match="no tables") as caught:
        Database.open(f"{url}?options=-csearch_path%3Dnowhere")
    assert "hr, public, sales" in caught.value.hint
    assert "?options=-csearch_path%3Dhr,public,sales" in caught.value.hint
