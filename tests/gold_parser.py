"""Stands in for the model on the demo databases: it knows their questions' gold SQL by heart.

``make_assistant`` takes the place of the page's own. Run as a script by Streamlit
(``streamlit run tests/gold_parser.py``) this file is the chat page with that parser.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlglot

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.demo import demo_databases
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

Known = list[tuple[str, float]]

# Questions that the demo databases' own lists lack: (SQL, confidence) of each reading. A comment, since
# Streamlit shows a script's bare strings on the page.
MORE: dict[str, Known] = {
    "how many customers are there in each country?": [
        ("SELECT country, COUNT(*) FROM customers GROUP BY country", 0.92),
        ("SELECT COUNT(*) FROM customers", 0.04),
    ],
    "what are the monthly sales in 2024?": [
        (
            "SELECT strftime('%Y-%m', order_date) AS month, SUM(total_amount) AS sales FROM orders "
            "WHERE order_date >= '2024-01-01' AND order_date < '2025-01-01' GROUP BY month",
            0.71,
        )
    ],
    "who is best?": [
        ("SELECT name FROM employees ORDER BY salary DESC LIMIT 1", 0.09),
        ("SELECT name FROM customers ORDER BY name LIMIT 1", 0.07),
    ],
    "what will the weather be?": [("SELECT COUNT(*) FROM orders", 0.01)],
    "all pairs of orders": [
        (
            "SELECT COUNT(*) FROM orders AS a JOIN orders AS b ON a.total_amount < b.total_amount + 1 "
            "JOIN orders AS c ON b.total_amount < c.total_amount + 1 "
            "JOIN orders AS d ON c.total_amount < d.total_amount + 1",
            0.9,
        )
    ],
    "show all order lines": [("SELECT * FROM order_lines", 0.88)],
    "which customers are from atlantis?": [
        ("SELECT name FROM customers WHERE country = 'Atlantis'", 0.81)
    ],
    "how many refunds were there?": [
        ("SELECT COUNT(*) FROM refunds", 0.5),
        ("SELECT COUNT(*) FROM payments", 0.45),
        ("SELECT COUNT(*) FROM payments", 0.03),
    ],
    "how many customers are there, and only those from germany": [
        ("SELECT COUNT(*) FROM customers WHERE country = 'Germany'", 0.77)
    ],
}


@dataclass(frozen=True)
class Reading:
    """A reading as the model would give it."""

    tree: Any
    log_prob: float
    confidence: float
    attention: Any = None


@dataclass(frozen=True)
class Readings:
    """What the parser makes of one question."""

    candidates: list[Reading]
    seconds: Mapping[str, float] = field(default_factory=dict)


class GoldParser:
    """Answers from a table of questions; for others it counts the table that is named."""

    def __init__(self, more: dict[str, Known] | None = None) -> None:
        self.known: dict[str, Known] = dict(MORE)
        for demo in demo_databases():
            for line in (demo.folder / "examples.jsonl").read_text("utf-8").splitlines():
                example = json.loads(line)
                self.known[example["question"].lower()] = [(example["sql"], 0.93)]
        self.known.update(more or {})

    def encode_schema(self, schema: Schema, samples: Sequence[Sequence[str]]) -> Schema:
        return schema

    def parse(
        self,
        question: Question,
        links: Links,
        encoding: Schema,
        *,
        beam_size: int,
        on_stage: Callable[[str], None] = lambda name: None,
    ) -> Readings:
        on_stage("decode")
        readings = self.known.get(question.text.lower())
        if readings is None:
            asked = question.text.lower()
            names = [table.name for table in encoding.tables]
            table = next((name for name in names if name.lower() in asked), names[0])
            readings = [(f'SELECT COUNT(*) FROM "{table}"', 0.9)]
        return Readings(
            [
                Reading(sqlglot.parse_one(sql, read=encoding.dialect), math.log(share), share)
                for sql, share in readings
            ]
        )


def make_assistant(source: str | Path | Sequence[Path], *, private: bool = True) -> Assistant:
    """An assistant for a database, with this parser."""
    return Assistant(Database.open(source), GoldParser)


if __name__ == "__main__":
    from nlidb.page import state
    from nlidb.page.app import main

    state.make_assistant = make_assistant
    main()
