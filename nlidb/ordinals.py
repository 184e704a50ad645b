"""The second, the third: "the second most expensive product" read as the most expensive one, one place later.

    read_ordinal(question) -> Ordinal("What is the most expensive product?", 2, ...)
    nth_query(tree, 2, schema) -> SELECT ... FROM (SELECT ..., DENSE_RANK() OVER (...) AS p ...) WHERE p = 2

The target language has no ranks, so the model reads the question without the ordinal, and a rule moves its query
on: to what has the second different value, so that two products of the highest price are both the most expensive.
A query that is no list cut to its first row, and holds no single highest or lowest value, is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.question import Question, parse_question
from nlidb.schema import Schema

PLACE = "place"
"""The column of ranks, inside the query."""
RANKED = "ranked"
"""What the ranked rows are called."""

SUPERLATIVE = (
    r"(?:most|least|best|worst|"
    r"(?!(?:test|quest|guest|request|harvest|interest|forest|west|rest|contest|priest|protest)\b)\w{3,}est)"
)
_WORDS = """second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_ORDINAL = rf"(?:{'|'.join(_WORDS)}|\d{{1,3}}\s?(?:st|nd|rd|th))"
_SAID = re.compile(
    rf"(?<![\w-])(?P<ordinal>{_ORDINAL})[\s\u2010\u2011-]+"
    rf"(?={SUPERLATIVE}\b)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(rf"(?<![\w-])(?:(?:first|last)(?!\s+names?)|{_ORDINAL})(?!\w)", re.IGNORECASE)
_INSIDE = re.compile(
    r"\b(?:except|but|without|by|from|between|to|did|does|do|in|for)\s+(?:the\s+|our\s+|their\s+)?$"
    r"|\b(?:difference|except|ratio)\b",
    re.IGNORECASE,
)
"""Words before the ordinal with which the row in that place is only a part of what is asked."""
_OF_EACH = re.compile(
    r"\b(?:in|per|by|for|of|within)\s+(?:each|every|their|its|his|her|a|an)\b", re.I
)


@dataclass(frozen=True)
class Ordinal:
    """A question for the one in that place, as a question for the first one."""

    text: str
    number: int
    places: tuple[int, ...]
    """For each word of ``text`` its place among the words of the question."""


def says_ordinal(text: str) -> bool:
    """Whether the text says an ordinal before a superlative."""
    return _SAID.search(text) is not None


def read_ordinal(question: Question) -> Ordinal | None:
    """None where the question does not say one ordinal alone, before a superlative, of what it asks for itself."""
    text = question.text
    match = _SAID.search(text)
    if match is None or len(_SEVERAL.findall(text)) > 1:
        return None
    if _INSIDE.search(text[: match.start()]) or _OF_EACH.search(text[match.end() :]):
        return None
    said = [i for i, w in enumerate(question.words) if match.start() <= w.start < match.end()]
    rest = text[: match.start()] + text[match.end() :]
    places = tuple(i for i in range(len(question.words)) if i not in said)
    ordinal = match["ordinal"].lower()
    number = _WORDS.index(ordinal) + 2 if ordinal in _WORDS else int(re.sub(r"\D", "", ordinal))
    if number < 2 or len(parse_question(rest).words) != len(places):
        return None
    return Ordinal(rest, number, places)


def nth_query(tree: exp.Expr, number: int, schema: Schema) -> exp.Query | None:
    """The query for what is in that place instead of the first; None where the tree is not one for the first.

    The highest or lowest value becomes the one in that place among the different values.
    """
    previous = Previous(tree, schema)
    select = previous.select
    if select is None:
        return None
    if previous.ordered and previous.limited:
        return _ranked(select, number)
    values = [value for value in select.find_all(exp.Max, exp.Min) if _is_extreme(value)]
    if len(values) != 1 or previous.ordered or previous.limited:
        return None
    value = values[0]
    query = value.parent_select
    if isinstance(query, exp.Select):
        _to_place(query, value, number)
    return select


def _is_extreme(value: exp.Expr) -> bool:
    """Whether the value, of a plain column, is all that its query gives."""
    query = value.parent_select
    known = ("expressions", "from_", "joins", "where")
    return (
        isinstance(query, exp.Select)
        and len(query.expressions) == 1
        and query.expressions[0].unalias() is value
        and isinstance(value.this, exp.Column)
        and not any(part for key, part in query.args.items() if key not in known)
    )


def _to_place(query: exp.Select, value: exp.Expr, number: int) -> None:
    """Make ``SELECT MAX(c) ...`` the one in that place among the different values of c."""
    column = value.this
    query.set("expressions", [column.copy()])
    query.set("distinct", exp.Distinct())
    query.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())), copy=False)
    descends = isinstance(value, exp.Max)
    # there is no NULL left: what the engine does with it by itself need not be said
    order = exp.Ordered(this=column.copy(), desc=descends, nulls_first=not descends)
    query.set("order", exp.Order(expressions=[order]))
    query.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    query.set("offset", exp.Offset(expression=exp.Literal.number(number - 1)))


def _ranked(select: exp.Select, number: int) -> exp.Query | None:
    """The rows in that place of a list cut to its first row."""
    limit = select.args["limit"].expression
    barred = ("offset", "distinct", "qualify", "windows")
    if limit is None or limit.name != "1" or any(select.args.get(key) for key in barred):
        return None
    items = select.expressions
    grouped = select.args.get("group") is not None
    if any(item.is_star for item in items):
        return None
    if not grouped and any(item.find(exp.AggFunc) is not None for item in items):
        return None
    names = [item.alias_or_name for item in items]
    if len({name.lower() for name in (*names, PLACE)}) <= len(names) or not all(names):
        return None
    rank = exp.Window(this=exp.DenseRank(), order=select.args["order"].copy(), over="OVER")
    return ranked_rows(select, items, rank, exp.EQ(expression=exp.Literal.number(number)))


def ranked_rows(
    select: exp.Select, items: Sequence[exp.Expr], rank: exp.Window, within: exp.Binary
) -> exp.Select:
    """The rows of ``select`` whose place by ``rank`` is ``within``, with these items, each of a name of its own.

    ``within`` is a comparison without its left side; ``select`` is taken up into the query.
    """
    place = exp.to_identifier(PLACE)
    select.set("expressions", [*items, exp.alias_(rank, place.copy())])
    select.set("order", None)
    select.set("limit", None)
    source = exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(RANKED)))
    within.set("this", exp.Column(this=place))
    shown = [exp.Column(this=_name(item)) for item in items]
    return exp.select(*shown).from_(source).where(within)


def _name(item: exp.Expr) -> exp.Expr:
    """What an item is called, spelled as it is."""
    named = item.args.get("alias") if isinstance(item, exp.Alias) else item.this
    return (
        named.copy() if isinstance(named, exp.Identifier) else exp.to_identifier(item.alias_or_name)
    )
