"""Numbers side by side: "how many were paid by card and how many in cash" as one count for each of the two.

    read_sides(question) -> Sides("How many were paid by card and how many in cash?", ...)
    sides_query(tree, schema) -> SELECT pay_method, COUNT(*) ... WHERE pay_method IN (...) GROUP BY pay_method

The model reads such a question as it stands and mostly adds both up. Where its query takes the rows of one
column's values together, a rule counts them apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.question import Question
from nlidb.schema import Schema

_AND_HOW_MANY = re.compile(
    r"\bhow\s+(?:many|much)\b[^?]*\b(?:and|or)\s+how\s+(?:many|much)\b", re.IGNORECASE
)
_AGAINST = re.compile(r"(?<![\w-])(?:vs\.?|versus|compared\s+(?:to|with))(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True)
class Sides:
    """A question for numbers side by side."""

    text: str
    """The question itself: the model reads all of it."""
    places: tuple[int, ...]
    """For each word of ``text`` its place among the words of the question."""
    twice: bool
    """Whether it asks two times how many: one number is no answer."""


def read_sides(question: Question) -> Sides | None:
    """None where the question sets nothing side by side."""
    twice = _AND_HOW_MANY.search(question.text) is not None
    if not twice and _AGAINST.search(question.text) is None:
        return None
    return Sides(question.text, tuple(range(len(question.words))), twice)


def sides_query(tree: exp.Expr, schema: Schema) -> exp.Query | None:
    """The query's number for each of the values that it takes together; the query itself where it gives several
    numbers already; None where it gives one, of which nothing says what it is made of."""
    previous = Previous(tree, schema)
    select = previous.select
    if select is None:
        return None
    if select.args.get("group") or len(select.expressions) > 1:
        return select
    if select.args.get("order") or select.args.get("limit"):
        return None
    item = select.expressions[0].unalias()
    apart = [c for part in previous.conjuncts if (c := _taken_together(part)) is not None]
    if not isinstance(item, exp.AggFunc) or len(apart) != 1:
        return None
    key = apart[0]
    select.set("expressions", [key.copy(), *select.expressions])
    select.set("group", exp.Group(expressions=[key.copy()]))
    return select


def _taken_together(condition: exp.Expr) -> exp.Column | None:
    """The column of which the condition takes several values: ``c = 'a' OR c = 'b'``, ``c IN ('a', 'b')``."""
    condition = condition.unnest()
    if isinstance(condition, exp.In):
        column = condition.this
        listed = len(condition.expressions) > 1 and condition.args.get("query") is None
        return column if listed and isinstance(column, exp.Column) else None
    if not isinstance(condition, exp.Or):
        return None
    parts = [part.unnest() for part in condition.flatten()]
    columns = [part.this for part in parts if isinstance(part, exp.EQ)]
    if len(columns) != len(parts) or not all(isinstance(c, exp.Column) for c in columns):
        return None
    return columns[0] if all(column == columns[0] for column in columns) else None
