"""Each row once: "how many accounts are on the Team plan" counts accounts, and not their subscriptions.

The model writes COUNT(*) over a join, which counts an account as often as it has a subscription. Where the
question says what is counted and the join repeats it, its key is counted instead, each value once.
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.shares import counted_table

_COUNTED = re.compile(
    r"\b(?:how\s+many|(?:the\s+)?(?:number|count)\s+of)\s+(?:(?:different|distinct|of\s+our|of\s+the|our|the)\s+)?",
    re.IGNORECASE,
)


def count_once(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it counts the rows of one table: each of those that the question names once."""
    table = _named(question, links)
    if table is None:
        return tree
    previous = Previous(tree, schema)
    select = previous.select
    if select is None or len(select.expressions) != 1 or select.args.get("group") is not None:
        return tree
    count = select.expressions[0].unalias()
    if not isinstance(count, exp.Count) or not isinstance(count.this, exp.Star):
        return tree
    tables = list(previous.sources.values())
    keys = [c for c in schema.tables[table].columns if schema.columns[c].primary_key]
    if tables.count(table) != 1 or len(keys) != 1 or counted_table(previous, count) == table:
        return tree
    if _is_one_to_one(previous, keys[0]):
        return tree
    key = previous.reached(keys[0])
    if key is None:
        return tree
    count.set("this", exp.Distinct(expressions=[key]))
    return select


def _named(question: Question, links: Links) -> int | None:
    """The table whose rows the question counts, where it names it first of all."""
    match = _COUNTED.search(question.text)
    if match is None:
        return None
    named = {
        link.table
        for link in links.links
        if link.kind == "exact"
        and link.table is not None
        and link.column is None
        and question.words[link.start].start == match.end()
    }
    return named.pop() if len(named) == 1 else None


def _is_one_to_one(previous: Previous, key: int) -> bool:
    """Whether every join with the key is by another table's own key: a swimmer is one person."""
    assert previous.select is not None
    columns = previous.schema.columns
    for join in previous.select.args.get("joins") or ():
        condition = join.args.get("on")
        for node in condition.find_all(exp.EQ) if condition is not None else ():
            ends = {
                previous.resolve(side)
                for side in (node.this, node.expression)
                if isinstance(side, exp.Column)
            }
            others = [end for end in ends - {key} if end is not None]
            if key in ends and not all(columns[end].primary_key for end in others):
                return False
    return True
