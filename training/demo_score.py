"""Scores a checkpoint on the questions of the bundled demo databases: how many get the right rows.

    python -m training.demo_score [--checkpoint DIR]
    python -m training.demo_score --unseen [--wrong] [--checkpoint DIR]

Nobody tunes on the demos' questions, so only counts are printed, never which ones failed. ``--unseen`` takes the
databases of ``training/unseen`` instead, which are for tuning: everyday questions, each with its SQL, that were
written to look for silent wrong answers; the half of them that are marked ``probe`` were worded after what had
failed. ``--wrong`` prints what is not right there. A question is right if
its answer has the rows of the query written for it: as a bag, as a list where that query's outermost ORDER BY
asks for one; numbers within 1e-6, columns in any order; no rows where there are none. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlidb.answer import Answer
from nlidb.assistant import Assistant, load_parser
from nlidb.config import POLICIES
from nlidb.database import Database
from nlidb.demo import Demo, build_database, demo_databases, demo_path, read_demos
from nlidb.errors import NlidbError
from nlidb.metrics import orders_rows, same_result_strict

LIMIT = 100_000
"""Rows read of an answer: more than any demo query returns."""
COUNTS = ("questions", "right", "offered", "unread", "failed", "sure", "sure_and_right")


UNSEEN = Path(__file__).parent / "unseen"
TODAY = date(2026, 11, 29)
"""The day on which the unseen questions were asked: "last year" is 2025."""


def opened(demo: Demo, work: Path, checkpoint: Path | None, unseen: bool) -> Assistant:
    """An assistant for a demo database, or for an unseen one that is built in ``work``."""
    if not unseen:
        return Assistant.connect(demo_path(demo.db_id), checkpoint=checkpoint)
    path = work / f"{demo.db_id}.{demo.dialect}"
    build_database(demo, path)
    return Assistant(Database.open(path), lambda: load_parser(checkpoint), today=lambda: TODAY)


def rows_of(answer: Answer) -> list[tuple[Any, ...]]:
    """The rows with exact decimals as floats, so that engines compare alike."""
    return [
        tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row)
        for row in answer.rows
    ]


def same(gold: Answer, answer: Answer, *, ordered: bool) -> bool:
    """Whether an answer has the gold query's rows."""
    if not gold.rows:
        return not answer.rows and len(answer.columns) == len(gold.columns)
    return same_result_strict(rows_of(gold), rows_of(answer), ordered=ordered)


def score(
    assistant: Assistant, examples: Sequence[dict[str, Any]], wrong: list[str] | None = None
) -> Counter[str]:
    """Counts over a database's examples, by the names in ``COUNTS``; ``wrong`` takes what is not right."""
    counts: Counter[str] = Counter()
    threshold = POLICIES["balanced"].answer_at
    for example in examples:
        counts["questions"] += 1
        gold = assistant.run(example["sql"], limit=LIMIT)
        ordered = orders_rows(example["sql"])
        try:
            answer = assistant.ask(example["question"], limit=LIMIT, policy="eager")
        except NlidbError as error:
            counts["failed"] += 1
            _note(wrong, example, str(error))
            continue
        if answer.outcome != "answered":
            counts["unread"] += 1
            _note(wrong, example, answer.explanation)
            continue
        right = same(gold, answer, ordered=ordered)
        counts["right"] += right
        if not right:
            _note(wrong, example, f"{answer.confidence:.2f} {answer.sql}")
        counts["offered"] += right or any(
            gives(assistant, other.sql, gold, ordered=ordered) for other in answer.alternatives
        )
        if answer.confidence >= threshold:
            counts["sure"] += 1
            counts["sure_and_right"] += right
    return counts


def _note(wrong: list[str] | None, example: dict[str, Any], found: str) -> None:
    if wrong is not None:
        wrong.append(f"{example['question']}\n    {found}\n    gold {example['sql']}")


def gives(assistant: Assistant, sql: str, gold: Answer, *, ordered: bool) -> bool:
    """Whether a query gives the gold rows; one that fails does not."""
    try:
        return same(gold, assistant.run(sql, limit=LIMIT), ordered=ordered)
    except NlidbError:
        return False


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, default=None, help="default: the shipped one")
    parser.add_argument(
        "--unseen", action="store_true", help="training/unseen instead of the demos"
    )
    parser.add_argument(
        "--wrong", action="store_true", help="with --unseen: print what is not right"
    )
    arguments = parser.parse_args(argv)
    logging.disable(logging.WARNING)  # refused candidates would show the questions' SQL
    wrong: list[str] | None = [] if arguments.unseen and arguments.wrong else None
    found: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as work:
        for demo in read_demos(UNSEEN) if arguments.unseen else demo_databases():
            lines = (demo.folder / "examples.jsonl").read_text("utf-8").splitlines()
            examples = [json.loads(line) for line in lines if line.strip()]
            with opened(demo, Path(work), arguments.checkpoint, arguments.unseen) as assistant:
                found[demo.db_id] = score(assistant, examples, wrong)
    for text in wrong or ():
        print(text)
    total = sum(found.values(), Counter())
    print(
        "right: the rows are right. offered: right, or another of the readings is. unread: no reading.\n"
        "failed: the database broke it off. sure: at least as sure as the balanced policy asks for.\n"
    )
    print(f"{'database':<18}" + "".join(f"{name:>16}" for name in COUNTS))
    for name, counts in [*found.items(), ("all", total)]:
        print(f"{name:<18}" + "".join(f"{counts[count]:>16}" for count in COUNTS))
    print()
    report = {
        name: {count: counts[count] for count in COUNTS}
        for name, counts in [*found.items(), ("all", total)]
    }
    rate = round(total["right"] / max(1, total["questions"]), 4)
    print(
        json.dumps({"checkpoint": str(arguments.checkpoint or "shipped"), "rate": rate, **report})
    )


if __name__ == "__main__":
    main()
