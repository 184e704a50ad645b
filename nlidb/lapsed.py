"""Ends that are past, and last times: what the model cannot say since it knows no today, or leaves to the reader.

lapsed(tree, question, schema, today) -> end_date < '2026-11-29' for end_date IS NULL of "expired contracts"
last_time(tree, question, schema) -> SELECT MAX(seen_on) for SELECT seen_on of "when was she last seen"
"""

from __future__ import annotations

import re
from datetime import date

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.question import Question, date_mentions
from nlidb.schema import Schema
from nlidb.target import is_date_column

_LAPSED = re.compile(
    r"\b(?:(?:has|have|had|is|are|were|was|already)\s+)*(?:expired|lapsed|ran\s+out|run\s+out)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|without|un\w+|before|after|still|yet)\b|n['\u2019]t\b", re.IGNORECASE
)
_ENDS = frozenset("end ends ended ending expiry expires expire expiration until valid to".split())
_WHEN = re.compile(
    r"^(?:when|(?:what|which)\s+(?:date|day))\b.*?\b(?:(?P<last>last|latest|most\s+recent)|first|earliest)\b"
    r"(?!\s+(?:names?|and|year|month|week)\b)",
    re.IGNORECASE,
)

_OF_EACH = re.compile(r"\b(?:each|every|per|all|both)\b", re.IGNORECASE)


def lapsed(tree: exp.Query, question: Question, schema: Schema, today: date) -> exp.Query:
    """The query, where what has expired is taken for what has no end, or any: what ended before today."""
    if _LAPSED.search(question.text) is None or _DENIED.search(question.text) is not None:
        return tree
    if date_mentions(question):
        return tree
    changed = tree.copy()
    previous = Previous(changed, schema)
    for node in list(changed.find_all(exp.Is)):
        if not isinstance(node.expression, exp.Null) or not isinstance(node.this, exp.Column):
            continue
        column = previous.resolve(node.this)
        if column is None or not is_date_column(schema.columns[column]):
            continue
        if _ENDS.isdisjoint(schema.columns[column].words.split()):
            continue
        past = exp.LT(this=node.this.copy(), expression=exp.Literal.string(today.isoformat()))
        above = node.parent
        (above if isinstance(above, exp.Not) else node).replace(past)
    return changed


def last_time(tree: exp.Query, question: Question, schema: Schema) -> exp.Query:
    """The query, where it lists all times of which the last or the first is asked for: that one."""
    match = _WHEN.search(question.text)
    if match is None or _OF_EACH.search(question.text) or not isinstance(tree, exp.Select):
        return tree
    previous = Previous(tree, schema)
    shown = previous.shown
    if len(shown) != 1 or shown[0] is None or not is_date_column(schema.columns[shown[0]]):
        return tree
    if previous.grouped or previous.ordered or previous.limited:
        return tree
    changed = tree.copy()
    end = exp.Max if match["last"] else exp.Min
    changed.set("expressions", [end(this=changed.expressions[0].copy())])
    changed.set("distinct", None)
    return changed
