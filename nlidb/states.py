"""A state that the question names and no condition of the query can mean: "open tickets", read as all of them.

A state is seldom a column's name: "open" is a date that is missing, "overdue" one that is past, "unpaid" a 0. The
model leaves such a word out more often than any other, and the rows it then gives look right.
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.question import Question
from nlidb.schema import Schema

_STATE = (
    r"(open|closed|active|inactive|unpaid|outstanding|overdue|late|cancel+ed|pending|unassigned|expired|current"
    r"|discontinued|unresolved|resolved|unshipped|undelivered|unreturned|returned|deceased|completed|unfinished"
    r"|unsolved|delayed|suspended|archived|retired|approved|rejected|unread|obsolete|vacant)"
)
_SAID_OF_IT = re.compile(
    rf"\b(?:is|are|was|were|been|being|still|currently|not|never|yet)\s+"
    rf"(?:(?:still|currently|now|not|yet|already)\s+)*{_STATE}\b(?!\s+(?:by|to|than|on|in|at|with|from|for)\b)",
    re.IGNORECASE,
)
"""The state of what was named before: "which tickets are still open"; not "closed by Smith", "open to all"."""
_SAID_BEFORE_IT = re.compile(
    rf"(?<!most )(?<!least )(?<!more )(?<!less )(?<!too )\b{_STATE}\s+(?=(\w+))", re.IGNORECASE
)
"""The state of what is named next: "open tickets"; not "the most active users"."""
_CONDITIONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.In, exp.Between, exp.Is,
)  # fmt: skip
_SAME_BEGINNING = 4
"""Letters: "cancelled" is meant by "canceled" and by ``cancel_date``."""


def unsaid_state(question: Question, tree: exp.Expr, schema: Schema) -> str:
    """The state for which nothing in the query can stand; "" where there is none.

    Of 1 147 questions with such a word, written for training with their SQL, it is found in 23.
    """
    states = _states(question, schema)
    if not states or tree.find(exp.Except, exp.Intersect, exp.Sub, exp.Case) is not None:
        return ""
    beginnings = [state[:_SAME_BEGINNING] for state in states]
    if any(isinstance(node.this, exp.In) for node in tree.find_all(exp.Not)):
        return ""
    for condition in tree.find_all(*_CONDITIONS):
        if condition.find_ancestor(exp.Join) is None and _may_mean(condition, beginnings, question):
            return ""
    names = [node.name.lower() for node in tree.find_all(exp.Column, exp.Table)]
    for state, beginning in zip(states, beginnings, strict=True):
        if not any(beginning in name for name in names):
            return state
    return ""


def _states(question: Question, schema: Schema) -> list[str]:
    found = [match[1].lower() for match in _SAID_OF_IT.finditer(question.text)]
    nouns = {word for table in schema.tables for word in table.words.split()}
    nouns |= {f"{word}s" for word in nouns} | {f"{word[:-1]}ies" for word in nouns}
    return found + [
        match[1].lower()
        for match in _SAID_BEFORE_IT.finditer(question.text)
        if match[2].lower() in nouns
    ]


def _may_mean(condition: exp.Expr, beginnings: list[str], question: Question) -> bool:
    """Whether a condition may stand for a state: it has its name, or something that the question says nowhere."""
    names = [column.name.lower() for column in condition.find_all(exp.Column)]
    texts = [str(literal.this).lower().strip("%") for literal in condition.find_all(exp.Literal)]
    if any(beginning in name for beginning in beginnings for name in (*names, *texts)):
        return True
    said, words = question.text.lower(), {word.text.lower() for word in question.words}
    for text in filter(None, texts):
        short = len(text) < _SAME_BEGINNING
        if not (text in words if short else text in said or text[:_SAME_BEGINNING] in said):
            return True
    return not texts  # IS NULL, one column against another
