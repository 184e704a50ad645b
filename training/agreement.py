"""Checks our measures against recorded verdicts of the official evaluator, and counts where they part.

    python -m training.agreement --data DIR --reference DIR [--cases]

DIR is a Spider folder, and a folder of ``*.jsonl`` files with one verdict a line (index, db_id, gold,
predicted, hardness, exact_match, execution_match, execution_match_keep_distinct). Exit code 1 if a
single verdict differs. ``--cases`` also counts why the strict match differs from the official one, and
shows the shortest cases of each kind: that is what ``EVALUATION.md`` reports.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nlidb.errors import NlidbError
from nlidb.evaluate import Evaluation, evaluate
from nlidb.metrics import orders_rows
from nlidb.spider import Example, load_schemas
from nlidb.verdict import Verdict

MEASURES = (
    "hardness",
    "exact_match",
    "execution_match",
    "execution_match_keep_distinct",
)


SHOWN = 3
"""Cases of one kind that are shown of a file."""


def check_file(path: Path, data: Path, processes: int) -> tuple[Evaluation, list[dict[str, Any]]]:
    """Our verdicts on a file of recorded ones, and the records."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    examples = [Example(record["index"], record["db_id"], "", record["gold"]) for record in records]
    evaluation = evaluate(
        examples,
        load_schemas(data / "tables.json"),
        data / "database",
        [record["predicted"] for record in records],
        processes=processes,
        timeout=60.0,
    )
    return evaluation, records


def reason(verdict: Verdict) -> str:
    """Why the strict execution match differs from the official one; "" where it does not."""
    if verdict.execution_match == verdict.execution_match_strict:
        return ""
    if verdict.execution_match:
        if verdict.gold_empty and verdict.execution_match_keep_distinct:
            return "credit for two empty results"
        if not verdict.execution_match_keep_distinct:
            return "credit although DISTINCT makes a difference"
        if not verdict.valid:
            return "credit for SQL that only runs after repair"
        return "other credit"
    if verdict.execution_match_keep_distinct:
        return "no credit because DISTINCT was dropped"
    if "order by" in verdict.gold.lower() and not orders_rows(verdict.gold):
        return "order asked for by a subquery"
    return "tied rows in another order, or numbers within 1e-6"


def cases(verdicts: Iterable[Verdict]) -> str:
    """Where the strict execution match differs from the official one: how often for each reason, and the
    shortest cases with their index."""
    kinds: dict[str, dict[tuple[str, str], list[Verdict]]] = {}
    for verdict in verdicts:
        why = reason(verdict)
        if why:
            # Spider asks most questions twice: one gold query, two examples.
            texts = (" ".join(verdict.gold.split()), " ".join(verdict.predicted.split()))
            kinds.setdefault(why, {}).setdefault(texts, []).append(verdict)
    lines = []
    for why, found in kinds.items():
        lines.append(f"  {sum(map(len, found.values())):4d}  {why}")
        for gold, predicted in sorted(found, key=lambda texts: len("".join(texts)))[:SHOWN]:
            same = found[gold, predicted]
            numbers = ", ".join(str(verdict.index) for verdict in same)
            lines.append(f"        {numbers} ({same[0].db_id})")
            lines += [f"          gold       {gold}", f"          predicted  {predicted}"]
    return "\n".join(lines)


def main() -> int:
    """Check every file; 0 if all verdicts agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a Spider folder")
    parser.add_argument("--reference", type=Path, required=True, help="recorded verdicts")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cases", action="store_true", help="show defects of the official one")
    options = parser.parse_args()
    files = sorted(options.reference.glob("*.jsonl"))
    if not files:
        print(f"No *.jsonl in {options.reference}.", file=sys.stderr)
        return 3
    differing = total = 0
    try:
        for file in files:
            started = time.perf_counter()
            evaluation, records = check_file(file, options.data, options.processes)
            seconds = time.perf_counter() - started
            counts = Counter(
                measure
                for verdict, record in zip(evaluation.verdicts, records, strict=True)
                for measure in MEASURES
                if getattr(verdict, measure) != record[measure]
            )
            suite = sum(
                verdict.test_suite_match != verdict.execution_match
                for verdict in evaluation.verdicts
            )
            differing += counts.total()
            total += len(records) * len(MEASURES)
            shares = ", ".join(
                f"{measure} {evaluation.to_dict()[measure]:.4f}"
                for measure in (*MEASURES[1:], "execution_match_strict")
            )
            print(f"{file.name}: {len(records)} examples in {seconds:.2f} s; {shares}")
            print(
                f"  verdicts that differ: {dict(counts) or 'none'}; test suite differs on {suite}"
            )
            if options.cases:
                print(cases(evaluation.verdicts))
    except NlidbError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"{total - differing} of {total} verdicts agree.")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
