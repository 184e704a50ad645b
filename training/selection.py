"""Which candidate to use, and when to answer: measured on the tune databases.

    python -m training.selection CHECKPOINT --data DIR

Two tables: execution match against the margin within which the next candidate replaces an empty result
(config.DecodeConfig.empty_margin), and coverage and precision against the confidence from which on the assistant
answers (config.POLICIES). Confidence is cross-fitted as in training.calibrate. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nlidb.parser import Parser
from nlidb.spider import database_path
from training.calibrate import SPLITS, cross_fitted, observe
from training.score import Scored, examples_of, readings

MARGINS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, math.inf)
THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def is_empty(sql: str, database: Path) -> bool:
    """Whether the query returns no row."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        return connection.execute(sql).fetchone() is None


def by_margin(scored: Sequence[Scored], folder: Path) -> dict[float, float]:
    """Execution match when an empty first result gives way to a full second within the margin."""
    gains: list[
        tuple[float, int]
    ] = []  # margin from which on the second is used, and what that changes
    right = 0
    for one in scored:
        right += one.execution[0]
        if len(one.candidates) < 2:
            continue
        database = database_path(folder / "database", one.example.db_id)
        if is_empty(one.sql[0], database) and not is_empty(one.sql[1], database):
            margin = one.candidates[0].log_prob - one.candidates[1].log_prob
            gains.append((margin, int(one.execution[1]) - int(one.execution[0])))
    return {
        limit: round((right + sum(g for m, g in gains if m <= limit)) / len(scored), 4)
        for limit in MARGINS
    }


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    chosen = arguments.parse_args(argv)
    parser = Parser(chosen.checkpoint)
    scored = [
        one
        for split in SPLITS
        for one in readings(parser, chosen.data, split, beam_size=5, judged=2)
    ]
    margins = by_margin(scored, examples_of(chosen.data, "tune")[1])
    observations = observe(scored)
    confidence = cross_fitted(observations)
    print("margin  execution match")
    for margin, rate in margins.items():
        print(f"{margin:6.2f}  {rate:.4f}")
    print("answer at  coverage  precision")
    rows = []
    for threshold in THRESHOLDS:
        kept = [o.right for o, c in zip(observations, confidence, strict=True) if c >= threshold]
        coverage, precision = len(kept) / len(observations), sum(kept) / max(1, len(kept))
        rows.append((threshold, round(coverage, 4), round(precision, 4)))
        print(f"{threshold:9.2f}  {coverage:8.3f}  {precision:9.3f}")
    print(json.dumps({"by_margin": {str(m): r for m, r in margins.items()}, "by_threshold": rows}))


if __name__ == "__main__":
    main()
