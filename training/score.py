"""Scores a checkpoint: official execution and exact match, on tune or on an evaluation set.

    python -m training.score CHECKPOINT --data DIR [--split tune|syn_tune|written_tune|dev|syn_dev] [--beam 5]

``tune`` are the training databases held out by ``training.data.TUNE``, ``syn_tune`` Spider-Syn's questions and
``written_tune`` our own questions on them: every choice is made there. A dev split is for reporting. The last line
of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from nlidb.database import Database
from nlidb.edges import infer_edges
from nlidb.errors import InvalidSQL, NlidbError
from nlidb.execute import explain
from nlidb.linking import Links, link
from nlidb.metrics import exact_set_match, execution_accuracy, hardness
from nlidb.parser import Candidate, Parser
from nlidb.printing import to_spider, to_sql
from nlidb.question import Question, parse_question
from nlidb.schema import Schema
from nlidb.spider import Example, database_path, load_examples, load_schemas
from nlidb.validate import validate
from training.data import SETS, TUNE, value_index

HELD_OUT = {"tune": "train_spider", "syn_tune": "syn_train"}
"""Splits that are the tune databases' part of a training set."""


@dataclass(frozen=True)
class Scored:
    """One example, its readings and the official verdict on each."""

    example: Example
    schema: Schema
    question: Question
    links: Links
    candidates: tuple[Candidate, ...]
    sql: tuple[str, ...]
    exact: tuple[bool, ...]
    execution: tuple[bool, ...]
    hardness: str
    seconds: float
    refused: tuple[str, ...]
    """Why candidates of the whole beam did not parse, bind or pass EXPLAIN: none should."""


def examples_of(data: Path, split: str) -> tuple[tuple[Example, ...], Path]:
    """The examples of a split, and the folder of their ``tables.json`` and ``database``."""
    where = SETS[HELD_OUT.get(split, split)]
    examples = load_examples(where.path(data))
    if split in HELD_OUT:
        examples = tuple(example for example in examples if example.db_id in TUNE)
    return examples, where.folder(data)


def readings(
    parser: Parser, data: Path, split: str, *, beam_size: int, judged: int, limit: int = 0
) -> Iterator[Scored]:
    """Parses every example and judges its first ``judged`` readings by the official measures."""
    examples, folder = examples_of(data, split)
    schemas = load_schemas(folder / "tables.json")
    by_db: dict[str, list[Example]] = defaultdict(list)
    for example in examples[:limit] if limit else examples:
        by_db[example.db_id].append(example)
    for db_id, group in by_db.items():
        schema, database = infer_edges(schemas[db_id]), database_path(folder / "database", db_id)
        index = value_index(schema, database)
        encoding = parser.encode_schema(schema)
        live = Database.open(database)
        for example in group:
            began = time.perf_counter()
            question = parse_question(example.question)
            links = link(question, schema, index)
            found = parser.parse(question, links, encoding, beam_size=beam_size).candidates
            sql = [to_spider(candidate.tree) for candidate in found[:judged]]
            seconds = time.perf_counter() - began
            yield Scored(
                example,
                schema,
                question,
                links,
                found,
                tuple(sql),
                tuple(_exact(text, example.sql, schemas[db_id]) for text in sql),
                tuple(execution_accuracy(text, example.sql, database) for text in sql),
                _hardness(example.sql, schemas[db_id]),
                seconds,
                tuple(filter(None, (refusal(live, candidate) for candidate in found))),
            )
        live.close()


def _exact(predicted: str, gold: str, schema: Schema) -> bool:
    """Exact set match; False where Spider's own parser cannot read the gold SQL, as in IS NULL."""
    try:
        return exact_set_match(predicted, gold, schema)
    except InvalidSQL:
        return False


def _hardness(gold: str, schema: Schema) -> str:
    """Spider's level; "unread" where its parser cannot read the gold SQL."""
    try:
        return hardness(gold, schema)
    except InvalidSQL:
        return "unread"


def refusal(database: Database, candidate: Candidate) -> str:
    """Why the database's guard or planner refuses the candidate; "" where it does not."""
    try:
        sql = to_sql(candidate.tree, database.dialect)
        explain(database, validate(sql, database.schema, database.dialect))
    except NlidbError as error:
        return f"{database.name}: {error}"
    return ""


def summary(scored: Sequence[Scored]) -> dict[str, object]:
    """Rates over the examples, and by hardness."""

    def rates(part: Sequence[Scored]) -> dict[str, float]:
        n = max(1, len(part))
        return {
            "n": len(part),
            "exact_match": round(sum(s.exact[:1] == (True,) for s in part) / n, 4),
            "execution_match": round(sum(s.execution[:1] == (True,) for s in part) / n, 4),
            "execution_in_beam": round(sum(any(s.execution) for s in part) / n, 4),
        }

    levels = ("easy", "medium", "hard", "extra")
    times = sorted(s.seconds for s in scored)
    return {
        **rates(scored),
        "candidates": sum(len(s.candidates) for s in scored),
        "refused_candidates": sum(len(s.refused) for s in scored),
        "median_ms": round(1000 * times[len(times) // 2], 1) if times else None,
        "by_hardness": {
            level: rates([s for s in scored if s.hardness == level]) for level in levels
        },
    }


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    arguments.add_argument(
        "--split", default="tune", choices=[*HELD_OUT, "written_tune", "dev", "syn_dev"]
    )
    arguments.add_argument("--beam", type=int, default=5)
    arguments.add_argument(
        "--judged", type=int, default=5, help="readings to judge of each question"
    )
    arguments.add_argument("--limit", type=int, default=0, help="only the first so many examples")
    arguments.add_argument("--out", type=Path, default=None, help="file for the predicted SQL")
    chosen = arguments.parse_args(argv)
    parser = Parser(chosen.checkpoint)
    scored = []
    stream = readings(
        parser,
        chosen.data,
        chosen.split,
        beam_size=chosen.beam,
        judged=chosen.judged,
        limit=chosen.limit,
    )
    for one in tqdm(stream, mininterval=5, unit="question"):
        scored.append(one)
    if chosen.out:
        ordered = sorted(scored, key=lambda s: s.example.index)
        chosen.out.write_text("".join(f"{s.sql[0]}\t{s.example.db_id}\n" for s in ordered))
    result = summary(scored)
    print(json.dumps(result, indent=1))
    print(json.dumps({"split": chosen.split, "checkpoint": str(chosen.checkpoint), **result}))


if __name__ == "__main__":
    main()
