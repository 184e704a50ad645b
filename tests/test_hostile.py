"""Hostile statements: none has an effect, and each layer stops the ones assigned to it with the others off.

The cases are data: ``hostile/<dialect>.jsonl`` holds ``{"sql", "layer", "why"}``, and ``{dir}`` in the SQL is an
empty folder that must stay empty. The layers are

- tree: one statement, allow-listed nodes, clauses and functions (validate.py, allowed.py), without a schema;
- names: every name is in the schema (binding.py), without the allow-lists;
- session: the raw text reaches a session that cannot write (sessions.py);
- limits: the raw text runs under ``execute``'s limits of time, rows and bytes.

``harmless.jsonl`` holds the opposite: queries that must pass, and give what the engine gives for the text as
it was written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import servers
import sqlglot
from sqlglot import exp

from nlidb.allowed import check_tree
from nlidb.binding import bind_names
from nlidb.database import Database
from nlidb.errors import ExecutionFailed, InvalidSQL, NlidbError, RefusedSQL
from nlidb.execute import execute, explain
from nlidb.sessions import Watch
from nlidb.validate import ValidQuery, _Proof, parse_one_statement, validate

HERE = Path(__file__).parent
LAYERS = ("tree", "names", "session", "limits")
TIMEOUT = 0.3


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


HOSTILE = {engine: _read(HERE / "hostile" / f"{engine}.jsonl") for engine in servers.ENGINES}
HARMLESS = _read(HERE / "harmless.jsonl")


class Shop(NamedTuple):
    engine: str
    url: str
    database: Database
    folder: Path
    before: str

    def cases(self, layer: str) -> list[str]:
        found = [case["sql"] for case in HOSTILE[self.engine] if case["layer"] == layer]
        return [sql.replace("{dir}", str(self.folder)) for sql in found]


@pytest.fixture(scope="module", params=servers.ENGINE_PARAMS)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    engine = request.param
    with servers.shop(engine, tmp_path_factory.mktemp("shop")) as url:
        before = servers.fingerprint(engine, url)
        with Database.open(url) as database:
            yield Shop(engine, url, database, tmp_path_factory.mktemp("target"), before)


def forged(sql: str, dialect: str) -> ValidQuery:
    """Unchecked text in the shape of a checked one: what ``execute`` would face if every check failed."""
    return ValidQuery(sql, dialect, exp.Null(), (), (), _Proof(sql, dialect))


def assert_untouched(shop: Shop) -> None:
    assert servers.fingerprint(shop.engine, shop.url) == shop.before
    assert list(shop.folder.iterdir()) == []
    assert not Path("/tmp/nlidb_evil").exists()


def test_hostile_there_are_enough() -> None:
    assert sum(map(len, HOSTILE.values())) >= 400
    assert len(HARMLESS) >= 200
    for cases in HOSTILE.values():
        assert {case["layer"] for case in cases} == set(LAYERS)
        assert all(case["why"] for case in cases)


def test_hostile_tree_layer_alone(shop: Shop) -> None:
    passed = []
    for sql in shop.cases("tree"):
        try:
            check_tree(parse_one_statement(sql, shop.engine), shop.engine, sql)
            passed.append(sql)
        except RefusedSQL as error:
            assert error.rule and error.position is not None, sql
    assert passed == []


def test_hostile_name_layer_alone(shop: Shop) -> None:
    passed = []
    for sql in shop.cases("names"):
        tree = sqlglot.parse_one(sql, read=shop.engine)
        try:
            bind_names(tree, shop.database.schema, shop.engine, sql)
            passed.append(sql)
        except RefusedSQL as error:
            assert error.rule in ("table", "column", "catalogue"), sql
            assert error.position is not None, sql
    assert passed == []


def test_hostile_session_layer_alone(shop: Shop) -> None:
    for sql in shop.cases("session"):
        with (
            shop.database.sessions.session(2.0) as session,
            Watch(session, 2.0),
        ):
            try:
                session.execute(sql)
                session.fetch(10)
            except Exception:
                continue  # the engine refused it; what counts is that nothing changed
    assert_untouched(shop)
    # and the pool still works
    assert shop.database.row_count(0) is not None


def test_hostile_limit_layer_alone(shop: Shop) -> None:
    slowest = 0.0
    for sql in shop.cases("limits"):
        started = time.monotonic()
        try:
            result = execute(
                shop.database, forged(sql, shop.engine), limit=10, timeout=TIMEOUT, max_bytes=10**6
            )
            assert result.truncated or result.row_count <= 10, sql
        except (ExecutionFailed, InvalidSQL):
            pass
        slowest = max(slowest, time.monotonic() - started)
    if shop.engine in ("postgres", "mysql"):
        for _ in range(40):
            if not (still := servers.running(shop.engine, shop.url)):
                break
            time.sleep(0.05)
        assert still == 0
    # The promise is one second past the limit; a loaded machine gets some more before the test fails.
    assert slowest < TIMEOUT + 4
    assert_untouched(shop)


def test_hostile_all_layers(shop: Shop) -> None:
    """The whole way, as a person's SQL goes: refused, or run without effect."""
    for layer in ("tree", "names", "session"):
        for sql in shop.cases(layer):
            try:
                valid = validate(sql, shop.database.schema, shop.engine)
                execute(shop.database, valid, limit=10, timeout=TIMEOUT)
            except NlidbError:
                continue
            pytest.fail(f"ran: {sql}")
    assert_untouched(shop)


def test_harmless_pass_unchanged(shop: Shop) -> None:
    cases = [case["sql"] for case in HARMLESS if shop.engine in case["dialects"]]
    assert len(cases) > 150
    wrong = []
    for sql in cases:
        expected = execute(shop.database, forged(sql.rstrip(";"), shop.engine))
        try:
            valid = validate(sql, shop.database.schema, shop.engine)
            explain(shop.database, valid)
            if execute(shop.database, valid).rows != expected.rows:
                wrong.append((sql, valid.sql))
        except NlidbError as error:
            wrong.append((sql, str(error)))
    assert wrong == []
    assert_untouched(shop)


def test_security_md_table_is_current() -> None:
    """SECURITY.md's table of hostile cases says what the files hold."""
    text = (HERE.parent / "SECURITY.md").read_text(encoding="utf-8")
    for engine, cases in HOSTILE.items():
        counts = [sum(case["layer"] == layer for case in cases) for layer in LAYERS]
        harmless = sum(engine in case["dialects"] for case in HARMLESS)
        row = " | ".join(str(count) for count in [engine, *counts, len(cases), harmless])
        assert f"| {row} |" in text
