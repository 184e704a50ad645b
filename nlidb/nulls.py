"""What people mean where a value is missing: SQL as it stands takes NULL for the first of all, and for a doubt.

The target language says neither, so this changes the model's query before it is printed. No benchmark's query is
changed: there the gold query's own reading counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.question import Question
from nlidb.schema import Held, Schema
from nlidb.target import as_number

Stores = Callable[[int, Held], bool | None]
"""Whether a column holds a "null", a "zero" or any "other" number than 0 and 1; None where that is not known."""

_UNKNOWN = re.compile(
    r"\b(?:unlimited|no\s+limit|without\s+(?:an?\s+|any\s+)?limit|missing|unknown|unspecified|unrecorded|blank"
    r"|(?:not|never)\s+(?:known|recorded|given|specified|set|filled|entered|stated))\b",
    re.IGNORECASE,
)
"""Words for a value that is not there. Of a stock, a score or a delay "none" is 0 and nothing else."""


def mind_nulls(tree: exp.Query, schema: Schema, stores: Stores | None = None) -> exp.Query:
    """The same query, where rows that lack a value come last and leave no list in doubt, and where a number that
    no row lacks is asked for by 0: of "free events" none is without a price, and some cost 0.
    """
    tree = tree.copy()
    for node, column in _missing(tree, schema) if stores is not None else ():
        assert stores is not None
        known = schema.columns[column]
        if known.type not in ("number", "boolean") or known.primary_key:
            continue
        if stores(column, "null") is False and stores(column, "zero"):
            zero = exp.false() if known.type == "boolean" else exp.Literal.number(0)
            node.replace(exp.EQ(this=node.this.copy(), expression=zero))
    for select in tree.find_all(exp.Select):
        _come_last(select)
    for negated in tree.find_all(exp.Not):
        query = negated.this.args.get("query") if isinstance(negated.this, exp.In) else None
        if isinstance(query, exp.Subquery):
            query = query.this
        if isinstance(query, exp.Select):
            _leave_no_doubt(query, schema)
    return tree


def zero_for_none(tree: exp.Query, question: Question, schema: Schema, stores: Stores) -> exp.Query:
    """The same query, where the question asks for what is not known or not limited, and the query for a 0 that no
    row holds: for the value's missing, if it is missing anywhere.
    """
    if _UNKNOWN.search(question.text) is None:
        return tree
    if any(as_number(word.text) == 0 for word in question.words):
        return tree
    tree = tree.copy()
    previous = Previous(tree, schema)
    for node in list(tree.find_all(exp.EQ)):
        if not isinstance(node.this, exp.Column) or not isinstance(node.expression, exp.Literal):
            continue
        column = previous.resolve(node.this)
        if column is None or as_number(str(node.expression.this)) != 0:
            continue
        known = schema.columns[column]
        if known.type != "number" or known.primary_key:
            continue
        if stores(column, "zero") is False and stores(column, "null"):
            node.replace(exp.Is(this=node.this.copy(), expression=exp.Null()))
    return tree


def never_missing(tree: exp.Expr, schema: Schema, stores: Stores) -> str:
    """Why no row, or every one, meets a condition on a missing date, number or flag; "" where that is not so."""
    for _, column in _missing(tree, schema):
        if stores(column, "null") is False:
            return f"No row lacks its {schema.columns[column].words}."
    return ""


def _missing(tree: exp.Expr, schema: Schema) -> Iterator[tuple[exp.Is, int]]:
    """The conditions that ask whether a value is missing, and its column; those of a NOT IN list are no such."""
    previous = Previous(tree, schema)
    for node in list(tree.find_all(exp.Is)):
        if not isinstance(node.expression, exp.Null) or not isinstance(node.this, exp.Column):
            continue
        listed = node.parent_select is not None and isinstance(
            node.parent_select.parent, exp.In | exp.Subquery
        )
        column = None if listed else previous.resolve(node.this)
        if column is not None and schema.columns[column].type in ("number", "boolean", "time"):
            yield node, column


def _come_last(select: exp.Select) -> None:
    """ "The oldest customer" is none whose birth date nobody knows, whom SQLite and MySQL would put first."""
    order = select.args.get("order")
    if order is None or select.args.get("limit") is None:
        return
    for key in order.expressions:
        if not isinstance(key.this, exp.Count):  # a count is never NULL
            key.set("nulls_first", False)


def _leave_no_doubt(listed: exp.Select, schema: Schema) -> None:
    """ "Agents without a ticket" are those who are in none: one ticket without an agent is a NULL in the list, and
    NOT IN holds for nobody."""
    item = listed.expressions[0].unalias()
    if len(listed.expressions) != 1 or not isinstance(item, exp.Column):
        return
    tables = {table.alias_or_name.lower(): table.name for table in listed.find_all(exp.Table)}
    names = [tables[item.table.lower()]] if item.table.lower() in tables else list(tables.values())
    for name in names:
        table = schema.find_table(name)
        column = None if table is None else schema.find_column(table, item.name)
        if column is not None and schema.columns[column].primary_key:
            return
    known = exp.Not(this=exp.Is(this=item.copy(), expression=exp.Null()))
    where = listed.args.get("where")
    if where is None or known not in list(
        where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    ):
        listed.where(known, copy=False)
