"""Our model as a predictor for ``evaluate``: a question of a Spider-format set to SQL in Spider's
form.

It differs from ``Assistant.translate`` where benchmarks differ from use: the schema is that of
tables.json, as every parser on the leaderboard reads it, and the SQL is printed in the surface
form that Spider's official evaluator parses. Whatever the confidence, the best valid candidate is
given; nothing is run, and no gold query is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nlidb.config import DecodeConfig
from nlidb.database import Database
from nlidb.edges import infer_edges
from nlidb.errors import RefusedSQL
from nlidb.evaluate import Prediction
from nlidb.evidence import answer_links
from nlidb.execute import explain
from nlidb.linking import link
from nlidb.printing import to_spider
from nlidb.question import parse_question
from nlidb.reading import Parser
from nlidb.schema import Schema
from nlidb.spider import Example, database_path
from nlidb.validate import validate
from nlidb.values import ValueIndex


@dataclass(frozen=True)
class _Opened:
    """A benchmark's database, open, with what the model needs of it."""

    database: Database
    schema: Schema
    index: ValueIndex
    encoding: Any


class SpiderPredictor:
    """Answers the examples of one set of databases; a context manager. For one thread."""

    def __init__(
        self,
        parser: Parser,
        schemas: Mapping[str, Schema],
        database_dir: Path,
        *,
        decode: DecodeConfig | None = None,
    ) -> None:
        self.refused = 0
        """Candidates so far that did not validate or that the engine's EXPLAIN refused."""
        self._parser = parser
        self._schemas = schemas
        self._folder = database_dir
        self._decode = decode or DecodeConfig()
        self._opened: dict[str, _Opened] = {}

    def __enter__(self) -> SpiderPredictor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the databases."""
        for opened in self._opened.values():
            opened.database.close()
        self._opened.clear()

    def __call__(self, example: Example) -> Prediction:
        """The best candidate that is valid on the example's database; ``sql`` None where none
        is."""
        opened = self._open(example.db_id)
        question = parse_question(example.question)
        links = link(question, opened.schema, opened.index)
        parsed = self._parser.parse(
            question, links, opened.encoding, beam_size=self._decode.beam_size
        )
        error = "no candidate"
        for candidate in parsed.candidates:
            try:
                valid = validate(candidate.tree, opened.database.schema, opened.database.dialect)
                explain(opened.database, valid)
            except RefusedSQL as refused:
                self.refused += 1
                error = str(refused)
                continue
            named = answer_links(question, links, opened.schema, candidate.attention)
            return Prediction(
                to_spider(candidate.tree),
                confidence=candidate.confidence,
                links=tuple(asdict(item) for item in named),
            )
        return Prediction(None, error=error)

    def _open(self, db_id: str) -> _Opened:
        if db_id not in self._opened:
            schema = infer_edges(self._schemas[db_id])
            database = Database.open(database_path(self._folder, db_id))
            index = _index(schema, database)
            samples = [index.samples(column) for column in range(len(schema.columns))]
            encoding = self._parser.encode_schema(schema, samples)
            self._opened[db_id] = _Opened(database, schema, index, encoding)
        return self._opened[db_id]


def _index(schema: Schema, database: Database) -> ValueIndex:
    """The stored values under the numbers of tables.json's columns, which may differ from the
    file's."""
    reflected = database.schema

    def fetch(column: int, limit: int) -> Iterable[object]:
        described = schema.columns[column]
        table = reflected.find_table(schema.tables[described.table].name)
        found = None if table is None else reflected.find_column(table, described.name)
        return () if found is None else database.distinct_values(found, limit)

    return ValueIndex.build(schema, fetch)
