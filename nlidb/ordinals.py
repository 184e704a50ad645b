"""The second, the third: "the second most expensive product" read as the most expensive one, one row later.

    read_ordinal(question, links) -> Ordinal("What is the most expensive product?", 2, ...)
    nth_query(tree, 2) -> SELECT name FROM products ORDER BY list_price DESC LIMIT 1 OFFSET 1

The target language has no OFFSET, so the model reads the question without the ordinal, and a rule moves its query
on. A query that is no list cut to its first row, and no single highest or lowest value, is not taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from nlidb.linking import Links
from nlidb.question import Question, parse_question

_ORDINALS = {
    word: n
    for n, word in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth".split(), 2
    )
}
_ORDINALS |= {f"{n}{'nd' if n == 2 else 'rd' if n == 3 else 'th'}": n for n in range(2, 11)}
_SAID = re.compile(
    rf"(?<![\w-])(?P<ordinal>{'|'.join(_ORDINALS)})[\s-]+"
    r"(?=(?:most|least|best|worst|(?!(?:test|quest|guest|request|harvest|interest|forest|west)\b)\w{3,}est)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ordinal:
    """A question for the one in that place, as a question for the first one."""

    text: str
    number: int
    places: tuple[int, ...]
    """For each word of ``text`` its place among the words of the question."""


def read_ordinal(question: Question, links: Links) -> Ordinal | None:
    """None where the question says no ordinal before a superlative, or the ordinal names something stored."""
    found = list(_SAID.finditer(question.text))
    if len(found) != 1:
        return None
    match = found[0]
    said = [i for i, w in enumerate(question.words) if match.start() <= w.start < match.end()]
    if any(link.start <= said[0] < link.end and link.kind != "partial" for link in links.links):
        return None
    text = question.text[: match.start()] + question.text[match.end() :]
    places = tuple(i for i in range(len(question.words)) if i not in said)
    if len(parse_question(text).words) != len(places):
        return None
    return Ordinal(text, _ORDINALS[match["ordinal"].lower()], places)


def nth_query(tree: exp.Expr, number: int) -> exp.Query | None:
    """The query for the row in that place instead of the first; None where the tree is not one for a first row.

    The highest or lowest value becomes the one in that place among the different values.
    """
    if not isinstance(tree, exp.Select):
        return None
    offset = exp.Offset(expression=exp.Literal.number(number - 1))
    query = tree.copy()
    limit = query.args.get("limit")
    if query.args.get("order") is not None and limit is not None:
        if limit.expression is None or limit.expression.name != "1" or query.args.get("offset"):
            return None
        query.set("offset", offset)
        return query
    known = ("expressions", "from_", "joins", "where")
    if any(value for key, value in query.args.items() if key not in known):
        return None
    value = query.expressions[0].unalias() if len(query.expressions) == 1 else None
    if not isinstance(value, exp.Max | exp.Min) or not isinstance(value.this, exp.Column):
        return None
    column = value.this
    query.set("expressions", [column.copy()])
    query.set("distinct", exp.Distinct())
    query = query.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())))
    order = exp.Ordered(this=column.copy(), desc=isinstance(value, exp.Max), nulls_first=False)
    query.set("order", exp.Order(expressions=[order]))
    query.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    query.set("offset", offset)
    return query
