"""The best of each: "the three dearest products in each category" read as the three dearest, then ranked in each.

    read_groupwise(question, links, schema) -> Groupwise("the three dearest products", ...)
    groupwise_query(tree, ...) -> SELECT ... FROM (SELECT ..., RANK() OVER (...) AS place ...) WHERE place <= 3

The target language has no window functions, so the model reads the question without "in each category", and a rule
ranks its rows. A query that is no list cut to its first rows is not taken: of "the highest price in each category"
the model knows by itself how it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous, nulls_first_of
from nlidb.delinearize import needs_quotes
from nlidb.examples import name_column
from nlidb.explain_scope import singular
from nlidb.linking import Link, Links
from nlidb.ordinals import PLACE, SUPERLATIVE, ranked_rows
from nlidb.question import Question, parse_question
from nlidb.schema import Schema

_EACH = re.compile(
    r"(?:(?<![\w-])(?:in|of|from|for|per|within|by|at|on)\s+(?:each|every)|(?<![\w-])per|^\W*(?:each|every))\s+",
    re.IGNORECASE,
)
_BEST = re.compile(rf"(?<![\w-])(?:top|bottom|{SUPERLATIVE})(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True)
class Groupwise:
    """A question for the best of each, as a question for the best of all."""

    text: str
    places: tuple[int, ...]
    """For each word of ``text`` its place among the words of the question."""
    keys: tuple[int, ...]
    """Columns that tell one group from another (indices into ``Schema.columns``)."""
    label: int
    """The column that names a group."""


def read_groupwise(question: Question, links: Links, schema: Schema) -> Groupwise | None:
    """None where the question asks for nothing best, or not of each of something that is stored."""
    found = list(_EACH.finditer(question.text))
    best = _BEST.search(question.text)
    if len(found) != 1 or best is None:
        return None
    match = found[0]
    if best.start() > match.end() and question.text[: match.start()].strip():
        return None  # "sales per genre, the five best": of all
    first = next((i for i, word in enumerate(question.words) if word.start >= match.end()), None)
    meant = None if first is None else named_from(first, links, schema)
    if first is None or meant is None:
        return None
    if match[0].strip().lower() == "per" and meant.kind != "exact":
        return None  # "the cheapest per hour": a price per hour
    said = [i for i, word in enumerate(question.words) if match.start() <= word.start < match.end()]
    said += range(first, meant.end)
    if said[0] == 0:  # "For each category, the ..."
        while said[-1] + 1 < len(question.words) and question.words[said[-1] + 1].text == ",":
            said.append(said[-1] + 1)
    places = tuple(i for i in range(len(question.words)) if i not in said)
    text = " ".join(
        part
        for part in (question.span(0, said[0]), question.span(said[-1] + 1, len(question.words)))
        if part
    )
    if not text or len(parse_question(text).words) != len(places):
        return None
    if meant.column is not None:
        return Groupwise(text, places, (meant.column,), meant.column)
    assert meant.table is not None
    columns = schema.tables[meant.table].columns
    keys = tuple(c for c in columns if schema.columns[c].primary_key)
    label = name_column(schema, meant.table)
    if label is None:
        label = keys[0] if len(keys) == 1 else None
    return None if label is None or not keys else Groupwise(text, places, keys, label)


def named_from(first: int, links: Links, schema: Schema) -> Link | None:
    """What the words from ``first`` on name: as many words as can be, rather all of a name, rather a table.

    Of two names side by side, "file format", the last.
    """
    found: Link | None = None
    kinds: tuple[str, ...] = ("exact", "partial")
    start = first
    while True:
        tables = {link.table for link in (found,) if link is not None}
        named = [
            link
            for link in links.links
            if link.start == start and link.value is None and link.kind in kinds
        ]
        if not named:
            return found
        found = min(
            named,
            key=lambda link: (
                -link.end,
                link.kind != "exact",
                link.column is not None,
                link.column is not None and schema.columns[link.column].table not in tables,
            ),
        )
        start, kinds = found.end, ("exact",)


def groupwise_query(tree: exp.Expr, asked: Groupwise, schema: Schema) -> exp.Query | None:
    """The query's first rows of each group instead of all; None where it is not one for first rows, or where its
    rows belong to no one group.

    Rows that tie for the last place are all kept.
    """
    previous = Previous(tree, schema)
    if previous.select is None or not previous.ordered or not previous.limited:
        return None
    limit = previous.select.args["limit"].expression
    barred = ("offset", "distinct", "having", "qualify", "windows")
    if (
        limit is None
        or not limit.name.isdigit()
        or any(previous.select.args.get(key) for key in barred)
    ):
        return None
    items = previous.select.expressions
    if not previous.grouped and any(item.find(exp.AggFunc) is not None for item in items):
        return None
    group = previous.select.args.get("group")
    grouped = {previous.resolve(c) for c in group.expressions} if group is not None else {None}
    own = {schema.columns[column].table for column in asked.keys}
    whole = all(schema.columns[column].primary_key for column in asked.keys)
    if grouped <= {*asked.keys, asked.label} or (whole and own == set(previous.sources.values())):
        return None  # each of its rows would be a group
    ordering = {
        previous.resolve(column)
        for key in previous.select.args["order"].expressions
        for column in key.find_all(exp.Column)
    }
    if asked.label in ordering or ordering & set(asked.keys):
        return None
    keys = [previous.reached(column) for column in asked.keys]
    label = previous.reached(asked.label)
    if label is None or any(key is None for key in keys):
        return None
    select = previous.select
    by = [key for key in (*keys, label) if key is not None]
    group = select.args.get("group")
    if group is not None:
        for column in by:
            if column not in group.expressions:
                group.append("expressions", column.copy())
    shown = [item for item in select.expressions if item.unalias() != label]
    if not shown or any(item.is_star for item in shown):
        return None
    # What it is the best by, beside what is best. MySQL says first whether there is a value at all.
    by_what = [key.this for key in select.args["order"].expressions]
    measure = next((key for key in by_what if not isinstance(key, exp.Case)), by_what[0])
    if measure not in [item.unalias() for item in (label, *shown)]:
        shown.append(measure)
    names = _names([label, *shown], asked.label, schema)
    items = [
        item.copy() if item.alias_or_name == name.name else exp.alias_(item.unalias().copy(), name)
        for name, item in zip(names, [label, *shown], strict=True)
    ]
    rank = exp.Window(
        this=exp.Rank(),
        partition_by=[key.copy() for key in by[: len(keys)]],
        order=select.args["order"].copy(),
        over="OVER",
    )
    within = exp.EQ if limit.name == "1" else exp.LTE
    outer = ranked_rows(select, items, rank, within(expression=limit.copy()))
    nulls = nulls_first_of(schema.dialect, False)
    for name in (names[0], exp.to_identifier(PLACE)):
        column = exp.Column(this=name.copy())
        outer = outer.order_by(exp.Ordered(this=column, nulls_first=nulls), copy=False)
    return outer


def _names(items: Sequence[exp.Expr], label: int, schema: Schema) -> list[exp.Identifier]:
    """A name for each item, all different: a column's own, "count" for a COUNT; the group's with its table's where
    it is another's."""
    table = schema.tables[schema.columns[label].table].words
    found: list[str] = []
    for i, item in enumerate(items):
        plain = item.unalias()
        name = item.alias or (plain.name if isinstance(plain, exp.Column) else plain.key)
        if i == 0 and any(other.alias_or_name.lower() == name.lower() for other in items[1:]):
            name = f"{singular(table)} {name}".replace(" ", "_")
        while name.lower() in [PLACE, *(other.lower() for other in found)]:
            name += "_2"
        found.append(name)
    folded = [name.lower() if schema.dialect == "postgres" else name for name in found]
    return [
        exp.Identifier(this=name, quoted=needs_quotes(name) or name != plain)
        for name, plain in zip(found, folded, strict=True)
    ]
