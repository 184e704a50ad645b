"""A private column is private under every name that its rows have: PostgreSQL's partitions and inheritance."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import servers

from nlidb.database import Database
from nlidb.errors import RefusedSQL
from nlidb.validate import validate

TABLES = (
    "CREATE TABLE pt (id INTEGER, k INTEGER, secret TEXT) PARTITION BY LIST (k)",
    "CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1) PARTITION BY LIST (id)",
    "CREATE TABLE pt11 PARTITION OF pt1 FOR VALUES IN (1)",
    "CREATE TABLE pt2 PARTITION OF pt FOR VALUES IN (2)",
    "CREATE TABLE base (id INTEGER, secret TEXT)",
    "CREATE TABLE child (extra INTEGER) INHERITS (base)",
    "CREATE VIEW peek AS SELECT secret FROM pt11",
    "CREATE SCHEMA aside",
    "CREATE TABLE aside.middle () INHERITS (base)",
    "CREATE TABLE last () INHERITS (aside.middle)",
    "CREATE TABLE other (secret TEXT)",
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.shop("postgres", tmp_path_factory.mktemp("shop")) as url:
        servers.run_as_writer(url, *TABLES)
        yield url


def readable(url: str, private: str) -> set[str]:
    """The tables whose column can still be read."""
    found = set()
    with Database.open(url, private=[private]) as database:
        for table in ("pt", "pt1", "pt11", "pt2", "base", "child", "last", "peek", "other"):
            try:
                validate(f"SELECT secret FROM {table}", database.schema, "postgres")
                found.add(table)
            except RefusedSQL:
                pass
        validate("SELECT id FROM pt11", database.schema, "postgres")
        validate("SELECT extra FROM child", database.schema, "postgres")
    return found


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("private", "left"),
    [
        ("pt.secret", {"base", "child", "last", "other"}),
        ("public.pt.secret", {"base", "child", "last", "other"}),
        # a partition's rows are rows of the whole as well; another partition's are not its own
        ("pt1.secret", {"pt2", "base", "child", "last", "other"}),
        ("base.secret", {"pt", "pt1", "pt11", "pt2", "peek", "other"}),
        ("last.secret", {"pt", "pt1", "pt11", "pt2", "peek", "child", "other"}),
    ],
)
def test_kin_of_a_private_column_are_private(url: str, private: str, left: set[str]) -> None:
    assert readable(url, private) == left
