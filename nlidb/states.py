"""A state that the question names and no condition of the query can mean: "open tickets", read as all of them.

A state is seldom a column's name: "open" is a date that is missing, "overdue" one that is past, "unpaid" a 0. The
model leaves such a word out more often than any other, and the rows it then gives look right. Where the tables
have no column that could say it, the word is let through: "current employees" may be all that there are.
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.question import Question
from nlidb.schema import Schema, identifier_words

_ALWAYS = (
    r"unpaid|outstanding|overdue|unassigned|unresolved|unshipped|undelivered|unreturned|unfinished"
    r"|unsolved|unread"
)
_STATE = (
    rf"({_ALWAYS}|open|closed|active|inactive|late|cancel+ed|pending|expired|current|discontinued|resolved|returned"
    r"|deceased|completed|delayed|suspended|archived|retired|approved|rejected|obsolete|vacant)"
)
_SAID_ANYWHERE = re.compile(rf"\b({_ALWAYS})\b", re.IGNORECASE)
_SAID_OF_IT = re.compile(
    rf"\b(?:is|are|was|were|been|being|still|currently|not|never|yet)\s+"
    rf"(?:(?:still|currently|now|not|yet|already)\s+)*{_STATE}\b"
    r"(?!\s+(?:by|to|than|on|in(?!\s+(?:each|every|all|total))|at|with|from|for)\b)",
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
_STATUS = frozenset(
    """status state stage outcome result progress condition phase activity end ends ended exit expiry expires until
    termination return cancel cancellation close closing finish completion pay payment settlement resolve
    resolution approval rejection delivery shipping""".split()
)
"""Words of columns that say how something stands, or when it came to its end."""
_FLAG = re.compile(
    r"\w{2,}(?:ed|ive|able|ible)|paid|open|sold|sent|done|is|has|left|withdrawn|taken|gone|lost"
)
_BEGINNINGS = frozenset(
    "joined hired created opened started registered ordered issued booked signed updated added placed published"
    " launched founded enrolled named located based".split()
)
"""Words of a column that say how something began, which is no state."""
_DAY = re.compile(r"(\d{4})-\d\d")


def unsaid_state(question: Question, tree: exp.Expr, schema: Schema) -> str:
    """The state for which nothing in the query can stand, though its tables could say it; "" where there is none.

    Of 1 349 questions with such a word, written for training with their SQL, it is found in 8.
    """
    states = _states(question, schema)
    if not states or tree.find(exp.Except, exp.Intersect, exp.Sub, exp.Case) is not None:
        return ""
    if any(isinstance(node.this, exp.In) for node in tree.find_all(exp.Not)):
        return ""
    tables = {schema.find_table(table.name) for table in tree.find_all(exp.Table)}
    telling = {
        column
        for table in tables
        if table is not None
        for column in schema.tables[table].columns
        if _tells_state(column, schema)
    }
    if not telling:
        return ""
    beginnings = [state[:_SAME_BEGINNING] for state in states]
    previous = Previous(tree, schema)
    if not telling.isdisjoint(previous.shown):
        return ""  # "how many were cancelled, how many late": by status
    for condition in tree.find_all(*_CONDITIONS):
        if condition.find_ancestor(exp.Join) is None:
            columns = {previous.resolve(column) for column in condition.find_all(exp.Column)}
            if _may_mean(condition, beginnings, question, bool(columns & telling)):
                return ""
    names = [
        node.name.lower()
        for node in tree.find_all(exp.Column, exp.Table)
        if _BEGINNINGS.isdisjoint(
            identifier_words(node.name).split()
        )  # "open" is not when it was opened
    ]
    for state, beginning in zip(states, beginnings, strict=True):
        if not any(beginning in name for name in names):
            return state
    return ""


def _states(question: Question, schema: Schema) -> list[str]:
    found = [match[1].lower() for match in _SAID_OF_IT.finditer(question.text)]
    found += [match[1].lower() for match in _SAID_ANYWHERE.finditer(question.text)]
    nouns = {word for table in schema.tables for word in table.words.split()}
    nouns |= {f"{word}s" for word in nouns} | {f"{word[:-1]}ies" for word in nouns}
    return found + [
        match[1].lower()
        for match in _SAID_BEFORE_IT.finditer(question.text)
        if match[2].lower() in nouns
    ]


def _tells_state(column: int, schema: Schema) -> bool:
    """Whether a column may say how something stands: a status, a flag, a date that is missing until it happens."""
    known = schema.columns[column]
    words = known.words.split()
    if known.primary_key or not _BEGINNINGS.isdisjoint(words):
        return False
    if known.type == "boolean" or (known.type != "number" and not _STATUS.isdisjoint(words)):
        return True
    return any(_FLAG.fullmatch(word) for word in words)


def _may_mean(condition: exp.Expr, beginnings: list[str], question: Question, tells: bool) -> bool:
    """Whether a condition may stand for a state: it has its name, or something that the question says nowhere."""
    if tells:
        return True
    names = [
        column.name.lower()
        for column in condition.find_all(exp.Column)
        if _BEGINNINGS.isdisjoint(identifier_words(column.name).split())
    ]
    texts = [str(literal.this).lower().strip("%") for literal in condition.find_all(exp.Literal)]
    if any(beginning in name for beginning in beginnings for name in (*names, *texts)):
        return True
    said, words = question.text.lower(), {word.text.lower() for word in question.words}
    for text in filter(None, texts):
        day = _DAY.match(text)
        if day is not None:
            if (
                day[1] not in said and str(int(day[1]) - 1) not in said
            ):  # a year may end where the next begins
                return True
        elif len(text) < _SAME_BEGINNING:
            if text not in words:
                return text in ("0", "-1") or not isinstance(condition, exp.EQ)
        elif not (text in said or text[:_SAME_BEGINNING] in said):
            return True
    return not texts and bool(names)  # IS NULL, one column against another
