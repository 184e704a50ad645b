"""Values that are set against each other: "paid by card vs cash" is of these two, and not of every way to pay.

    among(tree, question, links, schema) -> ... WHERE pay_method IN ('card', 'cash') GROUP BY pay_method

The model groups by the column and leaves the values out, so other values come with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

SURE = 0.9
"""A value that is said as it is stored, or in another form of the same words."""
_OF_ALL = re.compile(
    r"\b(?:kinds?|types?|sorts?|any|other|others|rest|etc|so\s+on|e\.g|for\s+example|such\s+as|including|like)\b"
    r"|\.\.\.|\u2026",
    re.IGNORECASE,
)
"""Words with which the values may be mere examples."""
_BETWEEN = re.compile(
    r"(?:\s|,|&|\b(?:and|or|vs\.?|versus|against|compared\s+(?:to|with)|how\s+many|were|was|are|is|the|those|ones|with|to"
    r"|from|in|at|on|of|total|\w+ed)\b)*",
    re.IGNORECASE,
)
_AGAINST = re.compile(r"\b(?:and|or|vs\.?|versus|against|compared)\b", re.IGNORECASE)


def among(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it groups by a column of which the question names two values or more: those alone."""
    if _OF_ALL.search(question.text) is not None:
        return tree
    changed = Previous(tree, schema)
    select = changed.select
    if select is None or not changed.grouped:
        return tree
    held = {str(literal.this).lower() for literal in select.find_all(exp.Literal)}
    named = {link.column for link in links.links if link.kind == "exact" and link.value is None}
    for key in select.args["group"].expressions:
        column = changed.resolve(key) if isinstance(key, exp.Column) else None
        if column is None or column in named or column not in changed.shown:
            continue
        values = list(_values(question, links, column))
        if (
            len(values) > 1
            and not _is_cut(question, links, values)
            and held.isdisjoint(value.lower() for value in values)
        ):
            literals = [exp.Literal.string(value) for value in values]
            select.where(exp.In(this=key.copy(), expressions=literals), copy=False)
    return select


def _values(question: Question, links: Links, column: int) -> Iterator[str]:
    """The column's values that the question sets against each other, in its order; none of a single one."""
    said = sorted(
        {
            (link.start, link.end, link.value)
            for link in links.links
            if link.column == column and link.value is not None and link.score >= SURE
        }
    )
    for place, (start, end, value) in enumerate(said):
        others = [*said[max(0, place - 1) : place], *said[place + 1 : place + 2]]
        for first, last, other in others:
            low, high = (end, first) if first >= end else (last, start)
            if other != value and high >= low and _sets_against(question, low, high):
                yield value
                break


def _is_cut(question: Question, links: Links, values: list[str]) -> bool:
    """Whether the words beside the values join on another that was not found: "open, won, lost or excluded"."""
    places = [(link.start, link.end) for link in links.links if link.value in values]
    start, end = min(start for start, _ in places), max(end for _, end in places)
    beside = [*question.words[max(0, start - 1) : start], *question.words[end : end + 1]]
    return any(word.text.lower() in (",", "and", "or", "vs", "versus") for word in beside)


def _sets_against(question: Question, start: int, end: int) -> bool:
    """Whether the words between two values join them, and say little else."""
    if start >= end:
        return False
    between = question.span(start, end)
    return _BETWEEN.fullmatch(between) is not None and _AGAINST.search(between) is not None
