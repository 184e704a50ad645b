"""How well linking covers gold SQL: are the literals among the candidates, do columns and tables
have links?

    python -m training.recall --data DIR [--split train] [--limit N] [--missing FILE]

Reads a Spider-format folder and prints a table, then one JSON line. It measures ``nlidb.linking``
alone; no model is involved. Literals are counted as they stand in the gold SQL, LIMIT numbers
included, LIKE patterns without their ``%``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from nlidb.errors import ConfigError
from nlidb.linking import Links, link
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.spider import Example, database_path, load_examples, load_schemas
from nlidb.values import ValueIndex, fold
from training.data import value_index


@dataclass(frozen=True)
class Gold:
    """What a gold query names."""

    texts: tuple[tuple[str, bool], ...]
    """Its literals, each with whether it is a string."""
    tables: frozenset[int]
    columns: frozenset[int]


def read_gold(sql: str, schema: Schema) -> Gold | None:
    """The literals, tables and columns of a gold query; None where it does not parse.

    Spider quotes strings with double quotes as well: a quoted name that is no column of the schema
    is one.
    """
    try:
        tree = sqlglot.parse_one(sql, read="sqlite")
    except sqlglot.errors.SqlglotError:
        return None
    aliases: dict[str, int] = {}
    for table in tree.find_all(exp.Table):
        number = schema.find_table(table.name)
        if number is not None:
            aliases[table.alias_or_name.lower()] = number
    used = frozenset(aliases.values())
    names = {column.name.lower() for column in schema.columns}
    texts: list[tuple[str, bool]] = []
    columns: set[int] = set()
    for node in tree.walk():
        if isinstance(node, exp.Literal):
            sign = "-" if isinstance(node.parent, exp.Neg) else ""
            texts.append((sign + node.this, node.is_string))
        elif isinstance(node, exp.Column):
            name = node.name.lower()
            quoted = isinstance(node.this, exp.Identifier) and node.this.args.get("quoted")
            if quoted and not node.table and name not in names:
                texts.append((node.name, True))
                continue
            owner = aliases.get(node.table.lower()) if node.table else None
            for table_number in [owner] if owner is not None else sorted(used):
                found = schema.find_column(table_number, name)
                if found is not None:
                    columns.add(found)
                    break
    return Gold(tuple(texts), used, frozenset(columns))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def holds(links: Links, text: str, *, is_string: bool) -> tuple[bool, bool]:
    """Whether a literal is among the candidates: in that spelling, and in any case and
    punctuation."""
    bare = text.strip("%")
    texts = {candidate.text for candidate in links.candidates}
    exact = bool({text, bare, bare.strip()} & texts)
    if not exact and not is_string:
        exact = _number(text) in {n for t in texts if (n := _number(t)) is not None}
    return exact, exact or fold(bare) in {fold(t) for t in texts}


def cause_of_miss(text: str, question: str, index: ValueIndex, *, is_string: bool) -> str:
    """A short reason why a literal is no candidate."""
    bare = text.strip("%").strip()
    if not is_string:
        return "number not in the question"
    if not bare or bare.lower() == "null":
        return "empty string or 'null'"
    if fold(bare) in fold(question):
        return "in the question, cut off or not taken"
    if index.find(bare):
        return "stored, but the question says it in other words"
    return "neither in the question nor stored"


def _by_database(examples: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.db_id, []).append(example)
    yield from groups.items()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 0, or 2 where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m training.recall", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a Spider-format folder")
    parser.add_argument("--split", default="train")
    parser.add_argument("--limit", type=int, help="only the first N examples")
    parser.add_argument(
        "--missing", type=Path, help="write the missed literals here, one JSON a line"
    )
    options = parser.parse_args(arguments)
    try:
        schemas = load_schemas(options.data / "tables.json")
        examples = load_examples(options.data, split=options.split)[: options.limit]
    except ConfigError as error:
        print(error)
        return 2
    seen: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    sizes: list[int] = []
    missing: list[dict[str, str]] = []
    seconds = 0.0
    for db_id, group in _by_database(examples):
        schema = schemas[db_id]
        index = value_index(schema, database_path(options.data / "database", db_id))
        for example in group:
            started = time.perf_counter()
            links = link(parse_question(example.question), schema, index)
            seconds += time.perf_counter() - started
            sizes.append(len(links.candidates))
            seen["links"] += len(links.links)
            gold = read_gold(example.sql, schema)
            if gold is None:
                seen["unparsed"] += 1
                continue
            whole = True
            for text, is_string in gold.texts:
                exact, folded = holds(links, text, is_string=is_string)
                seen["literals"] += 1
                seen["exact"] += exact
                seen["folded"] += folded
                whole = whole and folded
                if not folded:
                    cause = cause_of_miss(text, example.question, index, is_string=is_string)
                    causes[cause] += 1
                    missing.append(
                        {
                            "db_id": db_id,
                            "literal": text,
                            "cause": cause,
                            "question": example.question,
                            "sql": example.sql,
                        }
                    )
            seen["whole"] += whole
            tables = {known.table for known in links.links}
            columns = {known.column for known in links.links}
            seen["tables"] += len(gold.tables)
            seen["tables linked"] += len(gold.tables & tables)
            seen["columns"] += len(gold.columns)
            seen["columns linked"] += len(gold.columns & columns)
    count = max(1, len(sizes))
    result = {
        "split": options.split,
        "examples": len(sizes),
        "unparsed": seen["unparsed"],
        "literals": seen["literals"],
        "recall": round(seen["folded"] / max(1, seen["literals"]), 4),
        "recall_same_spelling": round(seen["exact"] / max(1, seen["literals"]), 4),
        "questions_with_all": round(seen["whole"] / max(1, len(sizes) - seen["unparsed"]), 4),
        "candidates_mean": round(sum(sizes) / count, 2),
        "candidates_max": max(sizes, default=0),
        "links_mean": round(seen["links"] / count, 2),
        "gold_tables_linked": round(seen["tables linked"] / max(1, seen["tables"]), 4),
        "gold_columns_linked": round(seen["columns linked"] / max(1, seen["columns"]), 4),
        "microseconds": round(1e6 * seconds / count),
    }
    for name, value in result.items():
        print(f"{name:22} {value}")
    for cause, number in causes.most_common():
        print(f"  missed {number:5}  {cause}")
    if options.missing:
        lines = (json.dumps(entry, ensure_ascii=False) for entry in missing)
        options.missing.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
