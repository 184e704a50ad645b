"""What is left of a price: a margin or a profit is the price less the cost, where no column holds it.

margin(tree, question, links, schema) -> list_price - cost_price > 50 for list_price > 50
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.delinearize import as_identifier
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

_SAID = re.compile(
    r"(?<!non-)(?<!non )(?<!not-for-)(?<!not for )\b(?:margins?|profits?|mark-?ups?)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"%|\bper\s?cent|\brates?\b|\bratios?\b|\brelative\b|-profits?\b", re.IGNORECASE
)
_HELD = re.compile(r"margin|profit|mark\s?up", re.IGNORECASE)
_COST = re.compile(r"\bcost\b|\b(?:purchase|buying|wholesale)\s+price\b")
_PRICE = re.compile(r"\bprice\b")


def margin(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it takes a price or a cost for the margin: the one less the other.

    Nothing is changed where a column holds margins, a share is asked for, or the query subtracts already.
    """
    match = _SAID.search(question.text)
    if match is None or _SHARE.search(question.text) is not None:
        return tree
    if tree.find(exp.Sub, exp.Mul, exp.Div) is not None:
        return tree
    if any(_HELD.search(column.words) for column in schema.columns):
        return tree
    named = [schema.columns[link.column].words for link in links.links if link.column is not None]
    if any(_COST.search(words) or _PRICE.search(words) for words in named):
        return tree  # a price is asked for as well
    said = match.start()
    if any(word.text[:1].isdigit() and word.start < said for word in question.words):
        return tree  # "rooms over 90 that make a profit"
    changed = tree.copy()
    for select in changed.find_all(exp.Select):
        previous = Previous(select, schema)
        for node in list(select.find_all(exp.Column)):
            column = previous.resolve(node) if node.parent_select is select else None
            pair = None if column is None else _pair(column, schema)
            if pair is None or node.find_ancestor(exp.Group, exp.Join) is not None:
                continue
            price, cost = (
                exp.column(as_identifier(schema.columns[one].name), table=node.args.get("table"))
                for one in pair
            )
            node.replace(exp.Sub(this=price, expression=cost))
    return changed


def _pair(column: int, schema: Schema) -> tuple[int, int] | None:
    """The price and the cost, of which the column is one; None where its table has not one of each."""
    keys = {key.column for key in schema.foreign_keys}
    columns = [
        c
        for c in schema.tables[schema.columns[column].table].columns
        if schema.columns[c].type == "number"
        and c not in keys
        and not schema.columns[c].primary_key
    ]
    costs = [c for c in columns if _COST.search(schema.columns[c].words)]
    prices = [c for c in columns if c not in costs and _PRICE.search(schema.columns[c].words)]
    if len(costs) != 1 or len(prices) != 1 or column not in (*costs, *prices):
        return None
    return prices[0], costs[0]
