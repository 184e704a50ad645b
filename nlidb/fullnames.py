"""Whole names: a list of people whose first names alone are read is one of first and last names, and one "with
their rates" has names at all.

    full_names(tree, question, schema) -> SELECT first_name, last_name ... for SELECT first_name ...
    with_names(tree, question, links, schema) -> SELECT name, rate FROM therapist for SELECT rate FROM therapist

Of the 738 questions written for training that show a name of this kind, and say neither "first name" nor "last
name", 729 show both halves, 9 the last name alone and none the first alone. Of 72 that ask for things "with
their" columns, all show a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.delinearize import as_identifier
from nlidb.examples import name_column
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

_FIRST = re.compile(r"\b(?:first|given|fst|f)\s?(?:name|nm)$|\bforename$")
_LAST = re.compile(r"\b(?:last|family|lst|l)\s?(?:name|nm)$|\bsurname$")
_SAID = re.compile(
    r"\b(?:first|given|fore|last|family|sur|middle|nick)[\s-]?names?\b|\bfirst\s+and\s+last\b|\bsurnamed\b",
    re.IGNORECASE,
)
"""The question chooses a half by itself."""
_OF_NAMES = re.compile(
    r"\bnames?\b.*\b(?:common|popular|frequent|same|shared?|different|distinct|unique)\b"
    r"|\b(?:common|popular|frequent|same|shared?|different|distinct|unique)\b.*\bnames?\b",
    re.IGNORECASE,
)
"""It asks about names, and not about who has them."""

_WITH_THEIR = re.compile(r"\b(?:with|and)\s+(?:their|its|his|her)\b", re.IGNORECASE)
_NAMES = re.compile(r"\b(?:names?|nm|title|label|subject|code|number|no|id|key)\b|name$")
"""What tells one thing from another by itself."""


def full_names(tree: exp.Query, question: Question, schema: Schema) -> exp.Query:
    """The query, where it shows one half of people's names and the question asks for none: with the other half."""
    if _SAID.search(question.text) or _OF_NAMES.search(question.text):
        return tree
    halves = [_halves(select, schema) for select in _sides(tree)]
    if not all(halves) or len({tuple(place for place, _, _ in found) for found in halves}) != 1:
        return tree  # both sides of a UNION show the same
    changed = tree.copy()
    for select, found in zip(_sides(changed), halves, strict=True):
        for place, other, is_first in reversed(found):
            shown = select.expressions[place]
            name = as_identifier(schema.columns[other].name)
            column = exp.column(name, table=shown.args.get("table"))
            group = select.args.get("group")
            if group is not None and shown in group.expressions:
                group.append("expressions", column.copy())
            items = list(select.expressions)
            items.insert(place if is_first else place + 1, column)
            select.set("expressions", items)
    return changed


def with_names(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it shows what belongs to the things that the question names first, and not their names."""
    match = _WITH_THEIR.search(question.text)
    known = Previous(tree, schema)
    select = known.select
    if match is None or select is None or known.grouped or not known.shown:
        return tree
    heads = [link for link in links.links if link.kind == "exact" and link.column is None]
    first = min(heads, key=lambda link: link.start, default=None)
    if first is None or first.table is None or question.words[first.start].start > match.start():
        return tree
    shown = [None if column is None else schema.columns[column] for column in known.shown]
    if any(one is None or one.table != first.table or _NAMES.search(one.words) for one in shown):
        return tree
    name = name_column(schema, first.table)
    if name is None:
        return tree
    column = exp.column(
        as_identifier(schema.columns[name].name), table=select.expressions[0].args.get("table")
    )
    select.set("expressions", [column, *select.expressions])
    return select


def _sides(tree: exp.Expr) -> Iterator[exp.Select]:
    """The query, or the queries that a UNION, INTERSECT or EXCEPT puts together."""
    if isinstance(tree, exp.SetOperation):
        yield from _sides(tree.this)
        yield from _sides(tree.expression)
    elif isinstance(tree, exp.Select):
        yield tree


def _halves(select: exp.Select, schema: Schema) -> list[tuple[int, int, bool]]:
    """Where in SELECT half a name stands, the column of the other half, and whether that comes first."""
    known = Previous(select, schema)
    shown = known.shown
    grouped = select.args.get("group")
    keys = [] if grouped is None else grouped.expressions
    found = []
    for place, column in enumerate(shown):
        if column is None:
            continue
        for own, wanted, is_first in ((_FIRST, _LAST, False), (_LAST, _FIRST, True)):
            if own.search(schema.columns[column].words.lower()) is None:
                continue
            others = [
                other
                for other in schema.tables[schema.columns[column].table].columns
                if wanted.search(schema.columns[other].words.lower())
            ]
            if len(others) != 1 or others[0] in shown:
                continue
            item = select.expressions[place]
            if grouped is None or item in keys or known.has_one(others[0]):
                found.append((place, others[0], is_first))
    return found
