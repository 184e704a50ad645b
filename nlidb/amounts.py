"""Money where a line holds a quantity and the price of one: "total revenue" is no sum of pieces, nor of prices.

The model often takes one of the two columns that make an amount. Where the question asks for money and the query
adds up one of them alone, the rule multiplies it by the other.
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

_MONEY = re.compile(
    r"\b(?:revenues?|turnover|takings|income|earn(?:ed|ings|s)?|money|(?:total|order|stock|sales)\s+value|value\s+of"
    r"|spend|spent)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow\s+many\b|\bnumber\s+of\b|\b(?:units?|pieces?|portions?|copies|quantit(?:y|ies)|stock\s+of|items)\b",
    re.IGNORECASE,
)
"""Words with which pieces are asked for as well, or instead."""
_PIECES = frozenset("quantity qty pieces pcs units amount".split())
_OF_ONE = frozenset("unit each piece".split())
_PRICE = frozenset("price cost rate fee".split())
_TOTAL = frozenset("total subtotal sum line net gross discount".split())
"""Words of columns that hold an amount already, or change it: with one of them nothing is sure."""


def whole_amount(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it adds up a quantity or the price of one piece and money is asked for: their product."""
    if _MONEY.search(question.text) is None or _COUNTED.search(question.text) is not None:
        return tree
    named = {link.column for link in links.links if link.kind == "exact" and link.value is None}
    changed = tree.copy()
    for select in changed.find_all(exp.Select):
        previous = Previous(select, schema)
        for total in list(select.find_all(exp.Sum)):
            if total.parent_select is not select or not isinstance(total.this, exp.Column):
                continue
            column = previous.resolve(total.this)
            other = None if column is None or column in named else _factor(column, schema)
            if other is not None:
                factor = exp.column(schema.columns[other].name, table=total.this.args.get("table"))
                total.set("this", exp.Mul(this=total.this, expression=factor))
    return changed


def _factor(column: int, schema: Schema) -> int | None:
    """The column that makes an amount of this one, in the same table; None where that is not sure."""
    columns = [
        c for c in schema.tables[schema.columns[column].table].columns if _is_number(c, schema)
    ]
    words = {c: set(schema.columns[c].words.split()) for c in columns}
    if any(not own.isdisjoint(_TOTAL) for own in words.values()):
        return None
    pieces = [c for c in columns if words[c] & _PIECES and not words[c] & _PRICE]
    prices = [c for c in columns if words[c] & _PRICE]
    if len(pieces) != 1 or len(prices) != 1:
        return None
    if column == pieces[0]:
        return prices[0]
    return pieces[0] if column == prices[0] and words[column] & _OF_ONE else None


def _is_number(column: int, schema: Schema) -> bool:
    known = schema.columns[column]
    return known.type == "number" and not known.primary_key
