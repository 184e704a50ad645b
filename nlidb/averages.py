"""Averages of counts: "how many orders does a customer have on average?" read as how many each has, then averaged.

    read_average(question, links, schema) -> Average("how many orders does each customer have ?", ...)
    average_query(tree, ...) -> SELECT AVG(number) FROM (SELECT COUNT(*) AS number ... GROUP BY ...)

The target language cannot put one aggregate into another, so the model reads the question without "average", and
a rule averages its counts. It does so only where the query surely counts rows for each of what is named, and those
of the table that is named, if one is. What has none has no row to count: the average is over those that have any.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.examples import name_column
from nlidb.groupwise import named_from
from nlidb.linking import Link, Links
from nlidb.question import Question, Word, parse_question
from nlidb.schema import Schema
from nlidb.shares import counted_table

NUMBER, COUNTS, AVERAGE = "number", "counts", "average"
"""What the counts, the rows that hold them and their average are called."""

_MEAN = r"(?:average|mean|avg\.?)"
_EACH = r"(?:per|for\s+each|for\s+every|in\s+each|in\s+every|of\s+each|by\s+each|each|every)"
_STATED = re.compile(
    rf"\b(?P<mean>{_MEAN}\s+)(?P<of>(?:number|count|amount)\s+of\s+)?(?P<counted>[^?,.]+?)\s(?P<each>{_EACH})\s+(?=\w)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\bhow\s+many\s+(?P<counted>[^?,.]+?)\s(?:(?P<verb>do|does|did|has|have|is|are|were|was)\s+(?:there\s+)?)?"
    rf"(?:(?P<each>{_EACH}|an?)\s+)?(?=\w)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:(?:show|list|give\s+me)\s+)?(?:the\s+)?(?P<of>number\s+of\s+)?"
    r"(?P<counted>(?!how\b|what\b|which\b)[\w-]+(?:\s+[\w-]+)??)\s"
    rf"(?P<each>{_EACH})\s+(?=[\w-]+(?:\s+[\w-]+){{0,2}}\s*,?\s*\b(?:on|in)\s+(?:the\s+)?average\W*$)",
    re.IGNORECASE,
)
"""With "on average", and without a verb: "tickets per account on average"."""
_ON_AVERAGE = re.compile(r",?\s*\b(?:on|in)\s+(?:the\s+)?average\b\s*,?\s*", re.IGNORECASE)
_STORED = frozenset("number num no count total quantity qty amount".split())
"""Words of a column that holds a count itself: "the average number of employees" of ``employee_count``."""
_TIMES = frozenset("year quarter month week day date".split())


@dataclass(frozen=True)
class Average:
    """A question for an average of counts, as a question for the counts."""

    text: str
    places: tuple[int, ...]
    """For each word of ``text`` its place among the words of the question; -1 for a word that is not there."""
    table: int | None
    """The table whose rows are counted (index into ``Schema.tables``), where the question names it."""
    each: tuple[int, ...]
    """The columns, any of which tells what it is counted for; empty for a part of a date."""
    label: int | None = None
    """The column that names what the first of ``each`` tells apart."""


@dataclass(frozen=True)
class _Said:
    """How a question asks for an average of counts."""

    match: re.Match[str]
    table: int | None


def asks_for_average_of_counts(question: Question, links: Links, schema: Schema) -> bool:
    """Whether a number of rows is to be averaged: "orders per customer", not "pages per book"."""
    return _said(question, links, schema) is not None


def _said(question: Question, links: Links, schema: Schema) -> _Said | None:
    text = question.text
    match = _STATED.search(text)
    if _ON_AVERAGE.search(text):
        match = _ASKED.search(text)
        if match is None:
            listed = _LISTED.match(text)
            match = listed if listed and _ends_with_it(question, links, schema, listed) else None
    if match is None:
        return None
    start, end = match.span("counted")
    inside = [i for i, word in enumerate(question.words) if start <= word.start < end]
    if not inside or question.words[inside[-1]].text.lower() == question.words[inside[-1]].lemma:
        return None  # "the average rating": one thing, no number of them
    if any(
        _holds_count(one, schema)
        for one in links.links
        if one.start >= inside[0] and one.end <= inside[-1] + 1
    ):
        return None
    named = [one for one in links.links if one.end == inside[-1] + 1 and one.start >= inside[0]]
    tables = [one for one in named if one.table is not None and one.column is None]
    known = {one.table for one in tables if one.kind == "exact"}
    if len(known) == 1:
        return _Said(match, known.pop())
    counts = match.groupdict().get("of", "how many") or tables
    return _Said(match, None) if counts else None


def _ends_with_it(question: Question, links: Links, schema: Schema, match: re.Match[str]) -> bool:
    """Whether what stands after "each" is one name, and no verb with it: "in each category", not "in each category
    cost"."""
    last = _ON_AVERAGE.search(question.text, match.end())
    assert last is not None, "the pattern ends with it"
    inside = [
        i for i, word in enumerate(question.words) if match.end() <= word.start < last.start()
    ]
    meant = named_from(inside[0], links, schema)
    is_time = len(inside) == 1 and question.words[inside[0]].lemma in _TIMES
    return is_time or (meant is not None and meant.end == inside[-1] + 1)


def _holds_count(named: Link, schema: Schema) -> bool:
    """Whether the words name a column that is averaged as it is stored."""
    if named.column is None or named.value is not None:
        return False
    column = schema.columns[named.column]
    if named.kind == "partial":
        return column.type == "number" and not _STORED.isdisjoint(column.words.split())
    return named.kind == "exact"


def read_average(question: Question, links: Links, schema: Schema) -> Average | None:
    """The question for the counts; None where no average of counts is asked for, or not clear for each what."""
    found = _said(question, links, schema)
    if found is None:
        return None
    match = found.match
    first = next((i for i, word in enumerate(question.words) if word.start >= match.end()), None)
    if first is None:
        return None
    meant = named_from(first, links, schema)
    each, label = _told_apart(meant, schema)
    if not each and (meant is not None or question.words[first].lemma not in _TIMES):
        return None
    changes = [(*on.span(), " ") for on in _ON_AVERAGE.finditer(question.text)]
    said = match.groupdict()
    if "mean" in said:
        changes.append((*match.span("mean"), "" if said["of"] else "number of "))
    elif "verb" not in said:
        changes.append(
            (match.start("counted"), match.start("counted"), "" if said["of"] else "number of ")
        )
    elif not said["each"]:  # "how many orders do customers have": each customer
        word = question.words[first]
        if said["verb"] is None or word.text.lower() == word.lemma:
            return None
        changes.append((*match.span("verb"), "does"))
        changes.append((word.start, word.end, f"each {word.lemma}"))
    elif said["each"].lower() in ("a", "an"):
        changes.append((*match.span("each"), "each"))
    text, origins = _edited(question.text, changes)
    places = tuple(_place(word, origins, question) for word in parse_question(text).words)
    return Average(text, places, found.table, each, label)


def _told_apart(meant: Link | None, schema: Schema) -> tuple[tuple[int, ...], int | None]:
    """The columns, any of which tells one of what is named from another, and the one that only names it.

    A column tells its values apart; a table's rows are told apart by its key, and by what refers to that.
    """
    if meant is None:
        return (), None
    if meant.column is not None:
        return (meant.column,), None
    assert meant.table is not None
    keys = [c for c in schema.tables[meant.table].columns if schema.columns[c].primary_key]
    if len(keys) != 1:
        return (), None
    referring = [key.column for key in schema.foreign_keys if key.ref_column == keys[0]]
    return (keys[0], *referring), name_column(schema, meant.table)


def _edited(text: str, changes: Sequence[tuple[int, int, str]]) -> tuple[str, list[int]]:
    """The text with these stretches replaced, and for each of its characters where it stood; -1 for a new one."""
    made, origins, last = "", [], 0
    for start, end, new in sorted(changes):
        made += text[last:start] + new
        origins += [*range(last, start), *([-1] * len(new))]
        last = end
    made += text[last:]
    origins += range(last, len(text))
    kept = len(made) - len(made.lstrip())
    return made[kept:].rstrip(), origins[kept:]


def _place(word: Word, origins: Sequence[int], question: Question) -> int:
    origin = origins[word.start]
    return next((i for i, one in enumerate(question.words) if one.start == origin), -1)


def _of_one_row(key: int, schema: Schema) -> tuple[int, ...]:
    """The columns of which a row has one for each value of a key; none where the column is no key."""
    column = schema.columns[key]
    return schema.tables[column.table].columns if column.primary_key else ()


def average_query(tree: exp.Expr, asked: Average, schema: Schema) -> exp.Query | None:
    """The average of the query's counts; None where it does not count these rows for each of what is named."""
    previous = Previous(tree, schema)
    select = previous.select
    known = ("expressions", "from_", "joins", "where", "group", "order")
    if select is None or any(value for key, value in select.args.items() if key not in known):
        return None
    group = select.args.get("group")
    counts = [item.unalias() for item in select.expressions if item.find(exp.AggFunc) is not None]
    if group is None or len(counts) != 1 or not isinstance(counts[0], exp.Count):
        return None
    counted = counted_table(previous, counts[0])
    if counted is None or asked.table not in (None, counted):
        return None
    keys = {previous.resolve(k) if isinstance(k, exp.Column) else None for k in group.expressions}
    if not asked.each:
        if keys != {None}:
            return None
    elif asked.label in keys and keys <= {*_of_one_row(asked.each[0], schema)} - {*asked.each}:
        # two of one name are two
        key = previous.reached(asked.each[0])
        if key is None:
            return None
        group.append("expressions", key)
    elif keys.isdisjoint(asked.each) or not keys <= {
        *asked.each,
        *_of_one_row(asked.each[0], schema),
    }:
        return None
    if asked.each and not keys.isdisjoint(
        asked.each
    ):  # its name tells nothing that the key does not
        kept = [k for k in group.expressions if previous.resolve(k) in asked.each]
        group.set("expressions", kept)
    joined = [
        side.sql()
        for join in select.args.get("joins") or ()
        for side in join.args["on"].find_all(exp.Column)
    ]
    for column in group.find_all(exp.Column):
        number = previous.resolve(column)
        is_key = number is not None and schema.columns[number].primary_key
        if not is_key and column.sql() not in joined:  # the orders of no customer are no customer's
            select.where(
                exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())), copy=False
            )
    select.set("expressions", [exp.alias_(counts[0].copy(), NUMBER)])
    select.set("order", None)
    source = exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(COUNTS)))
    average = exp.Avg(this=exp.column(NUMBER, table=COUNTS))
    return exp.select(exp.alias_(average, AVERAGE)).from_(source)
