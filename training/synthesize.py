"""Question and SQL pairs made from any database: skeletons counted in training SQL, filled, worded and checked.

    python -m training.synthesize --data DIR --sets spider corpus --per-database 60 --seed 0 --out FILE.json

DIR is a folder in Spider layout (with ``train_spider.json`` and ``train_others.json``, whose gold SQL gives the
skeletons); ``corpus`` is read from beside it, ``invented`` from
``runs/invented``, where training.invented puts it. The file that is written has Spider's layout: a list of
``{"db_id", "question", "query"}``. Every query was run: it returns rows, and its tests and set operations each
change what is returned. Databases that are held out for tuning or evaluation are left out.

The idea of filling templates of SQL on many schemas and wording them by a grammar follows GraPPa (Yu et al. 2020,
arXiv:2009.13845); the grammar is our own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from nlidb.edges import infer_edges
from nlidb.errors import ConfigError
from nlidb.schema import Schema
from nlidb.spider import database_path, load_examples, load_schemas
from training.data import LIKE_DEMOS, SETS, TUNE
from training.dated import KINDS, Dated
from training.phrasing import Wording
from training.profile import Profile
from training.sampling import Query, Sampler, Unfit, to_sql
from training.skeletons import Skeleton, count_skeletons

SOURCES = {"spider": "train_spider", "corpus": "corpus", "invented": "written_invented"}
"""Source to the set on whose databases it makes pairs."""

_STEPS_PER_QUERY = 2_000_000
"""SQLite's instructions after which a query is given up."""
_ROWS = 300
"""Rows compared to see whether a test changes anything."""
DATED = 0.12
"""Share of the pairs about years and months on a database with dates: about as many as grouped questions in all,
so that training sees each kind some hundred times. The skeletons hold none of them (``training.dated``)."""
_SHORTER = 0.5
"""Share of the pairs that get the shorter of two wordings: people are brief."""
_TRIES = 40
"""Draws for each pair that is wanted, before a database is given up."""


@dataclass(frozen=True)
class Pair:
    """A question with its SQL."""

    db_id: str
    question: str
    query: str


class _Database:
    """Runs queries on one SQLite file, read-only and for a bounded time."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")

    def rows(self, sql: str) -> list[tuple[object, ...]] | None:
        """At most 300 rows; None where the query fails or takes too long."""
        self._connection.set_progress_handler(lambda: 1, _STEPS_PER_QUERY)
        try:
            return self._connection.execute(sql).fetchmany(_ROWS)
        except sqlite3.Error:
            return None
        finally:
            self._connection.set_progress_handler(None, 0)

    def close(self) -> None:
        self._connection.close()


def _simpler(query: Query) -> Iterator[Query]:
    """The query with one part left out at a time; each must change the answer."""
    for place in range(len(query.tests)):
        yield replace(query, tests=query.tests[:place] + query.tests[place + 1 :])
    if len(query.tests) > 1:
        yield replace(query, tests=())
    if query.having is not None:
        yield replace(query, having=None)
    if query.other is not None:
        yield replace(query, operation="", other=None)
        if query.operation != "except":
            yield replace(query.other, distinct=query.distinct)


def _tells(query: Query, sql: str, profile: Profile, database: _Database) -> bool:
    """Whether the query returns something, and each of its parts matters."""
    rows = database.rows(sql)
    if not rows or all(value is None for row in rows for value in row):
        return False
    if len(rows) == 1 and query.items[0].aggregate == "count" and rows[0][0] == 0:
        return False
    if (query.group or query.order) and not query.limit and len(rows) < 2 and not query.having:
        return False
    if query.order and query.limit:
        every = database.rows(to_sql(replace(query, limit=0), profile))
        if every is None or len(every) <= query.limit:
            return False
    plain = replace(query, order=(), limit=0) if query.order and not query.group else query
    whole = sorted(map(repr, database.rows(to_sql(plain, profile)) or []))
    for other in _simpler(plain):
        found = database.rows(to_sql(other, profile))
        if found is not None and sorted(map(repr, found)) == whole:
            return False
    return True


def synthesize(
    schema: Schema,
    database_path: Path,
    *,
    count: int,
    seed: int,
    skeletons: Mapping[Skeleton, int],
    dated: float = DATED,
) -> Iterator[Pair]:
    """At most ``count`` different pairs on one database; the same for the same arguments.

    ``skeletons`` gives how often each is drawn; frequencies are flattened a little (power 0.8) so that rare ones
    are seen. ``dated`` is the share of questions about years and months where the database has dates; with 1 there
    are no others. A database without rows gives none.

    Raises:
        ConfigError: there is no database file.
    """
    if not database_path.is_file():
        raise ConfigError(f"There is no database {database_path}.", hint="Check the path.")
    rng = random.Random(f"{seed} {schema.db_id}")
    profile = Profile.read(infer_edges(schema), database_path)
    sampler, wording = Sampler(profile, rng), Wording(profile, rng)
    dates = Dated(sampler)
    if dated >= 1 and not dates.columns:
        return
    shapes = sorted(skeletons, key=repr)
    weights = [skeletons[shape] ** 0.8 for shape in shapes]
    if not shapes or all(table.rows < 2 for table in profile.tables):
        return
    questions: set[str] = set()
    queries: set[str] = set()
    with closing(_Database(database_path)) as database:
        for _ in range(_TRIES * count):
            if len(questions) >= count:
                return
            shape: Skeleton | str = rng.choices(shapes, weights)[0]
            is_dated = bool(dates.columns) and rng.random() < dated
            if is_dated or dated >= 1:
                shape = rng.choices(list(KINDS), list(KINDS.values()))[0]
            pair = _attempt(shape, sampler, wording, dates, database, queries)
            if pair is None or pair.question.lower() in questions:
                continue
            questions.add(pair.question.lower())
            queries.add(pair.query)
            yield pair


def _attempt(
    shape: Skeleton | str,
    sampler: Sampler,
    wording: Wording,
    dates: Dated,
    database: _Database,
    known: set[str],
) -> Pair | None:
    """A pair of that shape, or kind of dated question, within a few draws; more where one seldom works out."""
    profile = sampler.profile
    hard = isinstance(shape, Skeleton) and (
        len(shape.tests) > 1 or shape.tables > 2 or shape.operation == "intersect"
    )
    for _ in range(40 if hard else 6):
        try:
            query = dates.sample(shape) if isinstance(shape, str) else sampler.sample(shape)
        except Unfit:
            continue
        sql = to_sql(query, profile)
        if sql in known or not _tells(query, sql, profile, database):
            continue
        questions: list[str] = []
        for _ in range(4):
            try:
                asker = dates if isinstance(shape, str) else wording
                questions.append(asker.question(query))
            except Unfit:
                continue
            if len(questions) == (2 if sampler.rng.random() < _SHORTER else 1):
                break
        if questions:
            return Pair(profile.schema.db_id, min(questions, key=len), sql)
    return None


def _of_database(
    job: tuple[Schema, Path, int, int, Mapping[Skeleton, int], float],
) -> list[Pair]:
    schema, path, count, seed, skeletons, dated = job
    return list(synthesize(schema, path, count=count, seed=seed, skeletons=skeletons, dated=dated))


def databases(data: Path, sets: Sequence[str]) -> list[tuple[Schema, Path]]:
    """The databases to make pairs on: those of the named sets that training may see.

    Of Spider's databases these are the ones that a train file names and that are not held out in ``TUNE``.

    Raises:
        ConfigError: an unknown set.
        ConnectionFailed: a file that is missing.
    """
    found = []
    for name in sets:
        if name not in SOURCES:
            raise ConfigError(f"There is no source {name!r}.", hint=f"Known: {', '.join(SOURCES)}.")
        folder = SETS[SOURCES[name]].folder(data)
        schemas = load_schemas(folder / "tables.json")
        wanted = set(schemas)
        if name == "spider":
            wanted &= {example.db_id for example in load_examples(data, "train")}
        for db_id in sorted(wanted - TUNE - LIKE_DEMOS):
            path = database_path(folder / "database", db_id)
            if path.is_file():
                found.append((schemas[db_id], path))
    return found


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    parser.add_argument("--sets", nargs="+", default=["spider", "corpus"])
    parser.add_argument("--per-database", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--dated", type=float, default=DATED, help="share about years and months; 1 for no others"
    )
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    arguments = parser.parse_args(argv)
    train = [e for e in load_examples(arguments.data, "train") if e.db_id not in TUNE]
    skeletons = count_skeletons(example.sql for example in train)
    jobs = [
        (schema, path, arguments.per_database, arguments.seed, skeletons, arguments.dated)
        for schema, path in databases(arguments.data, arguments.sets)
    ]
    start = time.monotonic()
    pairs: list[Pair] = []
    with multiprocessing.get_context("spawn").Pool(arguments.workers) as pool:
        for found in pool.imap(_of_database, jobs):
            pairs += found
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([vars(pair) for pair in pairs], ensure_ascii=False, indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")
    seconds = time.monotonic() - start
    used = Counter(pair.db_id for pair in pairs)
    print(
        f"{len(pairs)} pairs on {len(used)} of {len(jobs)} databases in {seconds:.0f} s",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
