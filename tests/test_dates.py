"""Years and months of dates: each engine takes the SQL, and gives the same answer."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
import servers
from test_grammar import parse, walk

from nlidb.database import Database
from nlidb.delinearize import delinearize
from nlidb.edges import infer_edges
from nlidb.execute import execute, explain
from nlidb.explain import explain_query
from nlidb.grammar import Grammar
from nlidb.linearize import linearize
from nlidb.linking import ValueCandidate
from nlidb.printing import to_sql
from nlidb.validate import validate
from nlidb.vocab import (
    AGGREGATES,
    ARITHMETIC,
    DATE_PARTS,
    KEYWORDS,
    SET_OPERATIONS,
    TargetToken,
    keyword,
)

CANDIDATES = (
    ValueCandidate("2024", "date"),
    ValueCandidate("2023", "number"),
    ValueCandidate("2024-02", "date"),
    ValueCandidate("2", "number"),
)
TEXT_DATES = (
    "CREATE TABLE visit (id INTEGER PRIMARY KEY, city VARCHAR(20), visit_date VARCHAR(30))",
    "INSERT INTO visit VALUES (1, 'Rome', '2023-12-31'), (2, 'Rome', '2024-02-01 10:00:00'), "
    "(3, 'Oslo', '2024-02-29'), (4, 'Oslo', NULL)",
)
"""Dates as text, as SQLite has them and uploaded files often do."""


@pytest.fixture(scope="module", params=servers.ENGINE_PARAMS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("dates")
    with servers.shop(request.param, folder) as url:
        if request.param == "duckdb":
            with duckdb.connect(str(folder / "shop.duckdb")) as connection:
                for statement in TEXT_DATES:
                    connection.execute(statement)
        else:
            servers.run_as_writer(url, *TEXT_DATES)
        with Database.open(url) as opened:
            yield opened


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (
            "year customer.joined count customer.* where customer.joined is-not-null "
            "group year customer.joined asc year customer.joined <end>",
            ((2023, 2), (2024, 2)),
        ),
        (
            "month orders.ordered_at sum orders.quantity where orders.ordered_at during '0 "
            "group month orders.ordered_at desc sum orders.quantity <end>",
            (("2024-03", 12), ("2024-01", 10), ("2024-02", 3)),
        ),
        (
            "month visit.visit_date count visit.* where visit.visit_date is-not-null "
            "group month visit.visit_date having month visit.visit_date > '2 or count visit.* = '3 <end>",
            (("2024-02", 2),),
        ),
        ("count distinct year visit.visit_date <end>", ((2,),)),
        ("max year visit.visit_date min month visit.visit_date <end>", ((2024, "2023-12"),)),
        ("visit.city where year visit.visit_date < '0 <end>", (("Rome",),)),
        (
            "distinct visit.city where year visit.visit_date between '1 '0 asc visit.city <end>",
            (("Oslo",), ("Rome",)),
        ),
        (
            "year visit.visit_date visit.city count visit.* where month visit.visit_date in '2 "
            "group year visit.visit_date visit.city asc visit.city <end>",
            ((2024, "Oslo", 1), (2024, "Rome", 1)),
        ),
        (
            "year orders.ordered_at count orders.* where customer.city is-not-null "
            "group year orders.ordered_at desc count orders.* limit-1 <end>",
            ((2024, 5),),
        ),
        (
            "year customer.joined group year customer.joined having year customer.joined = '1 <end>",
            ((2023,),),
        ),
    ],
)
def test_every_engine_gives_the_same_rows(
    words: str, rows: tuple[tuple[object, ...], ...], database: Database
) -> None:
    schema = infer_edges(database.schema)
    tokens = parse(words, schema)
    assert Grammar(schema, CANDIDATES).accepts(tokens)
    sql = to_sql(delinearize(tokens, schema, CANDIDATES), schema.dialect)
    valid = validate(sql, database.schema, schema.dialect)
    result = execute(database, valid)
    assert result.rows == rows, sql
    if schema.dialect != "mysql" or "having" not in words:  # there HAVING takes min(year(...))
        assert linearize(sql, schema, CANDIDATES, dialect=schema.dialect) == tuple(tokens)
    if words.startswith(("year", "month")):
        assert result.columns[0] == words.split()[0]
    assert "`" not in explain_query(valid.tree, schema)


def _plain(tokens: list[TargetToken]) -> bool:
    """Whether it holds none of what engines that check types may refuse, with dates or without: ``SELECT *``,
    arithmetic, set operations, DISTINCT sorted by something else, a column beside an aggregate without groups."""
    used = {KEYWORDS[t.index] for t in tokens if t.kind == "keyword"}
    rows = any(
        token.kind == "table" and (i == 0 or tokens[i - 1] != keyword("count"))
        for i, token in enumerate(tokens)
    )
    mixed = "group" not in used and used & {*AGGREGATES}
    return not (rows or mixed or used & {*ARITHMETIC, *SET_OPERATIONS, "distinct"})


def test_walks_through_the_grammar_end_as_sql_that_the_engine_plans(database: Database) -> None:
    schema = infer_edges(database.schema)
    rng = random.Random(7)
    planned = 0
    for _ in range(3000):
        if planned == 60:
            break
        tokens = walk(Grammar(schema, CANDIDATES, max_length=16), rng, 0.4)
        if not _plain(tokens) or not {keyword(part) for part in DATE_PARTS} & set(tokens):
            continue
        sql = to_sql(delinearize(tokens, schema, CANDIDATES), schema.dialect)
        explain(database, validate(sql, database.schema, schema.dialect))
        planned += 1
    assert planned == 60
