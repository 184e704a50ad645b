"""How much gold SQL survives the target sequence: there and back, and what is lost by cause.

    python -m training.roundtrip --data DIR [--set SPLIT ...] [--lost FILE] [--limit N]

For each gold query of a Spider-format folder: linearise it, check that the grammar accepts the tokens,
delinearise them, and compare with the gold by the official exact set match and execution match. The literals of
the gold SQL itself are the candidates, so this measures the language alone; ``training.recall`` measures the
candidates. Prints a table, the causes of what was lost with counts, and one JSON line.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nlidb.delinearize import delinearize
from nlidb.edges import infer_edges
from nlidb.errors import ExecutionFailed, InvalidSQL, NlidbError
from nlidb.grammar import Grammar
from nlidb.linearize import linearize, literals
from nlidb.linking import ValueCandidate
from nlidb.metrics import exact_set_match, execution_accuracy
from nlidb.printing import to_spider, to_sql
from nlidb.sandbox import ReadOnlyDatabase
from nlidb.schema import Schema
from nlidb.spider import Example, database_path, load_examples, load_schemas
from nlidb.vocab import KEYWORDS, TargetToken, render


@dataclass(frozen=True)
class Outcome:
    """What became of one gold query."""

    tokens: int = 0
    """Length of its target sequence, 0 where there is none."""
    accepted: bool = False
    same_again: bool = False
    """The SQL that came back gives the same tokens."""
    exact: bool = False
    executes: bool | None = None
    """None where the gold SQL itself does not run."""
    explicit: bool = False
    """FROM had to be written out."""
    period: bool = False
    """A date range that may differ from the gold SQL on purpose."""
    cause: str = ""
    """Why it was lost, "" where it was not."""
    shown: str = ""


def oracle_candidates(sql: str, schema: Schema) -> list[ValueCandidate]:
    """Candidates that are exactly the literals of the SQL."""
    return [ValueCandidate(text, "span") for text in dict.fromkeys(literals(sql, schema))]


def _words(tokens: Sequence[TargetToken]) -> set[str]:
    return {KEYWORDS[token.index] for token in tokens if token.kind == "keyword"}


def measure(example: Example, schema: Schema, database: ReadOnlyDatabase | None) -> Outcome:
    """Takes one gold query there and back."""
    try:
        candidates = oracle_candidates(example.sql, schema)
        tokens = linearize(example.sql, schema, candidates)
    except InvalidSQL as error:
        return Outcome(cause=f"not converted: {error.message[:80]}", shown=example.sql)
    tree = delinearize(tokens, schema, candidates)
    back = to_spider(tree)
    again = linearize(to_sql(tree, "sqlite"), schema, candidates)
    try:
        exact = exact_set_match(back, example.sql, schema)
    except InvalidSQL:
        exact = False
    executes = None
    if database is not None:
        try:
            executes = execution_accuracy(back, example.sql, database)
        except ExecutionFailed:
            executes = None
    words = _words(tokens)
    cause = "" if exact else "exact match lost"
    if executes is False:
        cause = "execution match lost" if exact else "both matches lost"
    return Outcome(
        tokens=len(tokens),
        accepted=Grammar(schema, candidates).accepts(tokens),
        same_again=again == tokens,
        exact=exact,
        executes=executes,
        explicit="from" in words,
        period="during" in words,
        cause=cause,
        shown=f"{example.sql}\n    {render(tokens, schema, candidates)}\n    {back}",
    )


def measure_set(
    examples: Sequence[Example], schemas: dict[str, Schema], databases: Path
) -> list[Outcome]:
    """All queries of a set, each different one once per database."""
    outcomes: list[Outcome] = []
    known: dict[tuple[str, str], Outcome] = {}
    for db_id in dict.fromkeys(example.db_id for example in examples):
        schema, path = schemas[db_id], database_path(databases, db_id)
        try:
            database = ReadOnlyDatabase(path)
        except NlidbError:
            database = None
        try:
            for example in examples:
                if example.db_id != db_id:
                    continue
                key = db_id, example.sql
                if key not in known:
                    known[key] = measure(example, schema, database)
                outcomes.append(known[key])
        finally:
            if database is not None:
                database.close()
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Counts and rates of a set."""
    total = len(outcomes)
    there = [outcome for outcome in outcomes if outcome.tokens]
    runs = [outcome for outcome in outcomes if outcome.executes is not None or not outcome.tokens]
    return {
        "examples": total,
        "converted": len(there) / total,
        "accepted": sum(o.accepted for o in there) / max(1, len(there)),
        "same_again": sum(o.same_again for o in there) / max(1, len(there)),
        "exact_match": sum(o.exact for o in outcomes) / total,
        "execution_match": sum(bool(o.executes) for o in runs) / max(1, len(runs)),
        "mean_tokens": sum(o.tokens for o in there) / max(1, len(there)),
        "most_tokens": max((o.tokens for o in there), default=0),
        "explicit_from": sum(o.explicit for o in there),
        "periods": sum(o.period for o in there),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", nargs="*", default=["train_spider", "train_others", "dev"])
    parser.add_argument("--lost", type=Path, help="write what was lost there")
    parser.add_argument("--limit", type=int, default=None, help="queries of each set")
    arguments = parser.parse_args()
    schemas = {
        db_id: infer_edges(schema)
        for db_id, schema in load_schemas(arguments.data / "tables.json").items()
    }
    report: dict[str, dict[str, float]] = {}
    lost: list[str] = []
    for name in arguments.set:
        examples = load_examples(arguments.data, name)[: arguments.limit]
        outcomes = measure_set(examples, schemas, arguments.data / "database")
        report[name] = summary(outcomes)
        print(name, *(f"{key} {value:.4g}" for key, value in report[name].items()), sep="\n  ")
        causes = Counter(outcome.cause for outcome in outcomes if outcome.cause)
        for cause, count in causes.most_common():
            print(f"  {count:5} {cause}")
        if name != "dev":  # what is lost on dev is counted, never read
            lost += [json.dumps(asdict(outcome)) for outcome in outcomes if outcome.cause]
    if arguments.lost:
        arguments.lost.write_text("\n".join(lost) + "\n", encoding="utf-8")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
