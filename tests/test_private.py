"""Private columns: no query shows, filters or sorts by one, whatever way it is written, on any engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import servers

from nlidb.database import Database
from nlidb.errors import ConfigError, NlidbError, RefusedSQL
from nlidb.execute import execute, explain
from nlidb.private import reading_views
from nlidb.validate import validate
from nlidb.values import ValueIndex

NAMES = {"Ann", "Bob", "Cid", "Dot", "Eve"}
ALL = frozenset(servers.ENGINES)
USES = (
    "SELECT name FROM customer",
    "SELECT c.name FROM customer AS c",
    "SELECT upper(name) FROM customer",
    "SELECT count(DISTINCT name) FROM customer",
    "SELECT id FROM customer WHERE name = 'Ann'",
    "SELECT id FROM customer WHERE customer.name LIKE 'A%'",
    "SELECT id FROM customer ORDER BY name",
    "SELECT city FROM customer GROUP BY city, name",
    "SELECT city FROM customer GROUP BY city HAVING max(name) > 'B'",
    "SELECT id FROM customer WHERE id IN (SELECT id FROM customer WHERE name = 'Ann')",
    "SELECT o.id FROM orders AS o WHERE EXISTS (SELECT 1 FROM customer AS c "
    "WHERE c.id = o.customer_id AND c.name = 'Ann')",
    "SELECT o.id FROM orders AS o JOIN customer AS c ON c.name = 'Ann' AND c.id = o.customer_id",
    "SELECT (SELECT max(b.body) FROM note AS b WHERE b.body = name) FROM customer",
    "WITH x AS (SELECT name FROM customer) SELECT * FROM x",
    "SELECT x.n FROM (SELECT name AS n FROM customer) AS x",
    "SELECT city FROM customer UNION SELECT name FROM customer",
    "SELECT row_number() OVER (ORDER BY name) FROM customer",
    "SELECT city AS name FROM customer WHERE name > 'B'",
    "SELECT CASE WHEN name > 'B' THEN 1 ELSE 0 END FROM customer",
    "SELECT a.id FROM customer AS a JOIN customer AS b USING (name)",
    "SELECT a.id FROM customer AS a NATURAL JOIN customer AS b",
)
"""Every engine must refuse these because of the private column."""
TRICKS = (
    ("SELECT * FROM customer", ALL),
    ("SELECT c.* FROM customer AS c", ALL),
    ("SELECT * FROM customer AS c JOIN orders AS o ON o.customer_id = c.id", ALL),
    ("SELECT * FROM (SELECT * FROM customer) AS x", ALL),
    ("WITH x AS (SELECT * FROM customer) SELECT * FROM x", ALL),
    ("SELECT * FROM customer UNION ALL SELECT * FROM customer", ALL),
    ("SELECT name, city FROM big_spender", ALL),
    ("SELECT * FROM big_spender", ALL),
    ("TABLE customer", ALL),
    ("(TABLE customer)", ALL),
    ("FROM customer", ALL),
    ("SELECT x.name FROM (SELECT * FROM customer) AS x", ALL),
    ("SELECT * FROM customer ORDER BY 2", ALL),
    ("SELECT x.b FROM (SELECT * FROM customer) AS x (a, b, c, d, e)", ALL),
    ("WITH x (a, b, c, d, e) AS (SELECT * FROM customer) SELECT b FROM x", ALL),
    ("SELECT x.b FROM customer AS x (a, b, c, d, e)", ALL),
    ("SELECT a.* FROM customer AS a NATURAL JOIN customer AS b", ALL),
    ("SELECT * FROM customer JOIN customer AS b USING (id)", ALL),
    ("SELECT customer FROM customer", ALL),
    ("SELECT c FROM customer AS c", ALL),
    ("SELECT rowid, * FROM customer", ALL),
    ('SELECT "name" FROM customer', ALL),
    ('SELECT "NAME" FROM customer', ALL),
    ("SELECT NAME FROM CUSTOMER", ALL),
    ("SELECT `name` FROM customer", ALL),
    ("SELECT [name] FROM customer", ALL),
    ("SELECT * FROM public.customer", {"postgres"}),
    ("SELECT public.customer.name FROM public.customer", {"postgres"}),
    ("SELECT (c).name FROM customer AS c", {"postgres"}),
    ("SELECT (c.*).name FROM customer AS c", {"postgres"}),
    ("SELECT c::text FROM customer AS c", {"postgres"}),
    ("SELECT row_to_json(c) FROM customer AS c", {"postgres"}),
    ("SELECT to_jsonb(c) FROM customer AS c", {"postgres"}),
    ("SELECT json_agg(c) FROM customer AS c", {"postgres"}),
    ("SELECT name(c) FROM customer AS c", {"postgres"}),
    ("SELECT array_agg(c) FROM customer AS c", {"postgres"}),
    ("SELECT x.* FROM customer AS c, LATERAL (SELECT c.*) AS x", {"postgres", "duckdb"}),
    ("SELECT min(c) FROM customer AS c", {"postgres", "duckdb"}),
    ("SELECT c.city FROM customer AS c ORDER BY c", {"postgres", "duckdb"}),
    ("SELECT COLUMNS('n.*') FROM customer", {"duckdb"}),
    ("SELECT COLUMNS(*) FROM customer", {"duckdb"}),
    ("SELECT * EXCLUDE (city) FROM customer", {"duckdb"}),
    ("SELECT * REPLACE (1 AS city) FROM customer", {"duckdb"}),
    ("SELECT * LIKE 'na%' FROM customer", {"duckdb"}),
    ("SELECT c['name'] FROM customer AS c", {"duckdb"}),
    ("SELECT struct_extract(c, 'name') FROM customer AS c", {"duckdb"}),
    ("SELECT UNNEST(c) FROM customer AS c", {"duckdb"}),
    ("SELECT to_json(c) FROM customer AS c", {"duckdb"}),
    ("SELECT DISTINCT ON (name) id FROM customer", {"duckdb", "postgres"}),
    ("SELECT * FROM customer ORDER BY ALL", {"duckdb"}),
    ("SELECT * FROM customer QUALIFY row_number() OVER (ORDER BY name) = 1", {"duckdb"}),
    ("SELECT * FROM (PIVOT customer ON city USING max(name))", {"duckdb"}),
    ("SELECT * FROM (SUMMARIZE customer)", {"duckdb"}),
    ("SELECT * FROM query_table('customer')", {"duckdb"}),
    ("SELECT shop.customer.name FROM shop.customer", {"duckdb"}),
    ("SELECT main.customer.name FROM main.customer", {"duckdb", "sqlite"}),
    ("SELECT default(name) FROM customer", {"mysql"}),
    ("SELECT * FROM (TABLE customer) AS x", {"mysql", "postgres"}),
    ("SELECT group_concat(name) FROM customer", {"mysql", "sqlite"}),
    ("SELECT * FROM customer PROCEDURE ANALYSE()", {"mysql"}),
    ("SELECT json_group_array(name) FROM customer", {"sqlite"}),
)
"""Refused, or run without showing a name."""
SHADOWED = (
    # An alias that hides the table, where the engine takes the name for a whole row.
    (
        "SELECT count(*) AS customer FROM customer GROUP BY (customer::text LIKE '%Ann%')",
        {"postgres"},
    ),
    (
        "SELECT count(*) AS customer FROM customer GROUP BY (customer::varchar LIKE '%Ann%')",
        {"duckdb"},
    ),
    (
        "SELECT list(id ORDER BY customer::varchar LIKE '%Ann%') AS customer FROM customer",
        {"duckdb"},
    ),
    (
        "SELECT string_agg(city, ',' ORDER BY customer::text) AS customer FROM customer",
        {"postgres"},
    ),
    (
        "SELECT row_number() OVER (ORDER BY customer) AS customer FROM customer",
        {"postgres", "duckdb"},
    ),
    ("SELECT id AS customer FROM customer ORDER BY customer::text LIKE '%Ann%'", {"postgres"}),
    ("SELECT (SELECT customer FROM customer LIMIT 1) FROM (SELECT 1 AS customer) AS x", {"duckdb"}),
    # Names that are one to a reader and two to the engine.
    ('WITH "Customer" AS (SELECT 1 AS name) SELECT name FROM customer', {"postgres"}),
    ('SELECT c.name FROM (SELECT 1 AS name) AS "C", customer AS c', {"postgres"}),
    ('SELECT (SELECT name FROM (SELECT 1 AS "NAME") AS x) FROM customer', {"postgres"}),
    ("SELECT c.name FROM (SELECT 1 AS name) AS C, customer AS c", {"mysql"}),
    # Two sources of one name, one by its schema.
    (
        "SELECT main.customer.name FROM (SELECT 1 AS name) AS customer, main.customer",
        {"sqlite", "duckdb"},
    ),
    (
        "SELECT (SELECT main.customer.name FROM (SELECT 1 AS name) AS customer) FROM main.customer",
        {"sqlite", "duckdb"},
    ),
    (
        "SELECT (SELECT public.customer.name FROM (SELECT 1 AS name) AS customer) FROM public.customer",
        {"postgres"},
    ),
    ("SELECT c.name FROM json_each('[1]') AS c, customer AS c", {"sqlite"}),
    (
        "SELECT (SELECT x.name FROM customer AS c, (SELECT c.name) AS x LIMIT 1) FROM (SELECT 1 AS name) AS c",
        {"duckdb"},
    ),
    # Names that the parser takes for no column.
    ("SELECT upper(name -> 'x') FROM customer", {"postgres"}),
    ("SELECT coalesce(name -> '$.x', 1) FROM customer", {"sqlite", "mysql", "duckdb"}),
    ("SELECT date_bin('1 day', joined, name) FROM customer", {"postgres"}),
    ("SELECT list_transform([1], name -> name) FROM customer", {"duckdb"}),
    ("SELECT [name FOR x IN [1]] FROM customer", {"duckdb"}),
    ("SELECT * RENAME (city AS town) FROM customer", {"duckdb"}),
)
"""Refused because of the private column."""


@pytest.fixture(scope="module", params=servers.ENGINE_PARAMS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.shop(request.param, tmp_path_factory.mktemp("shop")) as url:
        yield url


@pytest.fixture(scope="module")
def database(url: str) -> Iterator[Database]:
    with Database.open(url, private=["customer.name"]) as opened:
        yield opened


def held(rows: tuple[tuple[object, ...], ...]) -> set[str]:
    """The names that the rows hold, whole or inside of a text."""
    text = repr(rows)
    return {name for name in NAMES if name in text}


def test_private_a_query_that_uses_one_is_refused_and_says_which(database: Database) -> None:
    for sql in USES:
        with pytest.raises(RefusedSQL) as caught:
            validate(sql, database.schema, database.dialect)
        assert caught.value.rule == "private", sql
        assert "customer.name" in caught.value.message and caught.value.hint
        assert caught.value.position is not None


def test_private_no_spelling_shows_one(database: Database) -> None:
    answered = 0
    for sql, engines in TRICKS:
        if database.dialect not in engines:
            continue
        try:
            valid = validate(sql, database.schema, database.dialect)
            explain(database, valid)
            result = execute(database, valid)
        except NlidbError as error:
            assert not held(((str(error),),)), sql
            continue
        answered += 1
        assert not held(result.rows), sql
    assert answered >= 4  # a star stands for the columns that may be seen


def test_private_no_name_hides_one(database: Database) -> None:
    for sql, engines in SHADOWED:
        if database.dialect in engines:
            with pytest.raises(RefusedSQL) as caught:
                validate(sql, database.schema, database.dialect)
            assert caught.value.rule == "private", sql


@pytest.mark.parametrize(
    ("dialect", "text", "is_left_out"),
    [
        ("postgres", "SELECT v.age AS x FROM hidden.v", True),
        ("postgres", "SELECT x FROM off_path", True),
        ("postgres", "SELECT s.x FROM ages() s(x)", True),
        ("postgres", "SELECT ages() AS x", True),
        ("postgres", "SELECT x.x FROM customer c CROSS JOIN LATERAL ages() x(x)", True),
        (
            "postgres",
            "SELECT lower((city)::text) AS c FROM customer JOIN generate_series(1, 3) g(g) ON g.g = customer.id",
            False,
        ),
        ("postgres", "WITH c AS (SELECT city FROM customer) SELECT city FROM c", False),
        ("duckdb", "CREATE VIEW tested AS SELECT age AS x FROM hidden.v;", True),
        ("duckdb", "CREATE VIEW tested AS SELECT * FROM macro();", True),
        ("duckdb", "CREATE VIEW tested AS SELECT macro(1) AS x;", True),
        ("duckdb", "CREATE VIEW tested AS SELECT count_star() AS n FROM main.customer;", False),
        ("sqlite", "CREATE VIEW tested AS SELECT city FROM customer, json_each('[1]')", False),
        ("mysql", "select `shop`.`customer`.`city` AS `city` from `shop`.`customer`", False),
        ("mysql", "select `hr`.`customer`.`city` AS `city` from `hr`.`customer`", True),
        ("mysql", "select `ages`() AS `x`", True),
    ],
)
def test_private_views_of_what_is_not_known_are_left_out(
    dialect: str, text: str, is_left_out: bool
) -> None:
    found = reading_views(
        {"tested": text},
        {"customer": ["age"]},
        dialect,
        known=["customer", "tested"],
        database="shop",
    )
    assert (found == ["tested"]) is is_left_out


def test_private_what_is_not_private_stays_usable(database: Database) -> None:
    for sql, count in (
        ("SELECT count(*) FROM customer", 1),
        ("SELECT city, age FROM customer WHERE age > 30 ORDER BY age", 3),
        ("SELECT title AS name FROM product ORDER BY name", 4),
        (
            "SELECT (SELECT max(x.name) FROM (SELECT title AS name FROM product) AS x) FROM customer",
            5,
        ),
        ("SELECT body FROM note WHERE body LIKE '%name%'", 0),
    ):
        valid = validate(sql, database.schema, database.dialect)
        assert execute(database, valid).row_count == count, sql


def test_private_is_in_no_schema_and_no_value_index(database: Database) -> None:
    schema = database.schema
    assert not [c for c in schema.columns if c.name == "name"]
    assert schema.find_table("big_spender") is None  # a view that reads it
    index = ValueIndex.build(schema, database.distinct_values)
    assert index.find("Paris") and not [name for name in NAMES if index.find(name)]
    assert not NAMES & {text for summary in index.columns for text in summary.samples}


def test_private_view_that_is_named_stays_without_the_column(url: str) -> None:
    with Database.open(url, private=["customer.name", "big_spender.name"]) as database:
        valid = validate("SELECT * FROM big_spender", database.schema, database.dialect)
        result = execute(database, valid)
        assert result.columns == ("city",) and result.row_count == 3
        with pytest.raises(RefusedSQL, match="big_spender.name"):
            validate("SELECT name FROM big_spender", database.schema, database.dialect)


@pytest.mark.parametrize(
    ("view", "is_left_out"),
    [
        ("SELECT city FROM customer", False),
        ("SELECT count(*) AS n FROM customer", False),
        ("SELECT title AS name FROM product", False),
        ("SELECT id, name FROM product, customer", True),
        ("SELECT * FROM customer", True),
        ("SELECT c.* FROM customer AS c", True),
        ("SELECT id FROM customer WHERE name > 'B'", True),
        ('SELECT "NAME" AS x FROM customer', True),
        ("SELECT a.id FROM customer AS a NATURAL JOIN customer AS b", True),
        ("SELECT city FROM other", False),
        ("SELECT x FROM renamed", True),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_private_views_are_left_out_where_they_read_one(
    tmp_path: Path, engine: str, view: str, is_left_out: bool
) -> None:
    script = [
        "CREATE TABLE customer (id INTEGER, name TEXT, city TEXT)",
        "CREATE TABLE product (title TEXT)",
        "CREATE VIEW renamed AS SELECT name AS x, city FROM customer",
        "CREATE VIEW other AS SELECT city FROM customer",
        f"CREATE VIEW tested AS {view.replace('id, name', 'customer.id, customer.name')}",
    ]
    path = tmp_path / "views.db"
    with sqlite3.connect(path) if engine == "sqlite" else duckdb.connect(path) as connection:
        for statement in script:
            connection.execute(statement)
    connection.close()
    with Database.open(path, private=["customer.name"]) as database:
        tables = {table.name for table in database.schema.tables}
    assert ("tested" not in tables) is is_left_out
    assert "renamed" not in tables and "other" in tables


def test_private_names_must_be_there_also_later(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a INTEGER, secret TEXT)")
    with pytest.raises(ConfigError, match=r"t\.nothing"):
        Database.open(path, private=["t.nothing"])
    with Database.open(path, private=["t.secret"]) as database:
        connection.execute("ALTER TABLE t RENAME COLUMN secret TO open")
        connection.commit()
        assert database.changed()
        with pytest.raises(ConfigError, match=r"t\.secret"):
            database.reload()
        assert not [c for c in database.schema.columns if c.name in ("secret", "open")]
    connection.close()


def test_private_key_is_not_shown_by_the_row_name(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a TEXT)")
    connection.close()
    with Database.open(path, private=["t.number"]) as database:
        for sql in (
            "SELECT rowid FROM t",
            "SELECT t.oid FROM t",
            "SELECT a FROM t ORDER BY _rowid_",
        ):
            with pytest.raises(RefusedSQL):
                validate(sql, database.schema, "sqlite")
