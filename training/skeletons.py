"""The shapes of queries: SQL with its tables, columns and values left out, read from gold SQL and counted.

A skeleton says what a query is made of (how many columns, which aggregates, which tests joined by what, groups,
order, limit, set operation, subqueries) and over how many tables; not which ones. Nothing of a question and no
name or value of a query is kept. ``training.sampling`` fills skeletons on a database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

AGGREGATES: Final[dict[type[exp.Expr], str]] = {
    exp.Count: "count",
    exp.Sum: "sum",
    exp.Avg: "avg",
    exp.Min: "min",
    exp.Max: "max",
}
_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.GT: ">",
    exp.LTE: "<=",
    exp.GTE: ">=",
}
_SET_OPERATIONS: Final[dict[type[exp.Expr], str]] = {
    exp.Union: "union",
    exp.Intersect: "intersect",
    exp.Except: "except",
}
_MOST_TABLES: Final = 4


@dataclass(frozen=True)
class PredicateShape:
    """One predicate of WHERE or HAVING."""

    left: str
    """ "column", or an aggregate: "count", "count distinct", "avg", ..."""
    operator: str
    """=, !=, <, >, <=, >=, between, like, not like, in, not in, is null, is not null"""
    right: Skeleton | None = None
    """The subquery compared with; None for values."""


@dataclass(frozen=True)
class Skeleton:
    """The shape of a query."""

    items: tuple[str, ...]
    """What is selected, in a fixed order: "column", "*", "count", "count distinct", "avg", ..."""
    distinct: bool = False
    tests: tuple[PredicateShape, ...] = ()
    joiner: str = ""
    """ "and" or "or" between the tests, "mixed" for both; "" for at most one test."""
    group: int = 0
    """Number of columns in GROUP BY."""
    having: PredicateShape | None = None
    order: tuple[tuple[str, bool], ...] = ()
    """What is sorted by, as in ``items``, and whether it descends."""
    limit: str = ""
    """ "1", "n" or none."""
    tables: int = 1
    """Tables in FROM, at most 4."""
    operation: str = ""
    """ "union", "intersect" or "except" where two queries are combined, and then ``other`` is the second."""
    other: Skeleton | None = None

    def without_tables(self) -> Skeleton:
        """The same with all counts of tables set to 1, for comparing shapes apart from joins."""
        return replace(
            self,
            tables=1,
            tests=tuple(
                replace(test, right=test.right and test.right.without_tables())
                for test in self.tests
            ),
            other=self.other and self.other.without_tables(),
        )


class _OtherShape(Exception):
    """The query has a part that skeletons do not say."""


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Alias | exp.Ordered):
        node = node.this
    return node


def _operand(node: exp.Expr) -> str:
    node = _bare(node)
    for kind, name in AGGREGATES.items():
        if isinstance(node, kind):
            if isinstance(node.this, exp.Distinct):
                return f"{name} distinct"
            return name
    if isinstance(node, exp.Star):
        return "*"
    if isinstance(node, exp.Column):
        return "*" if isinstance(node.this, exp.Star) else "column"
    raise _OtherShape(type(node).__name__)


def _subquery(node: exp.Expr | None) -> Skeleton | None:
    if node is None:
        return None
    node = _bare(node)
    return _query(node.this) if isinstance(node, exp.Subquery) else None


def _test(node: exp.Expr, negated: bool = False) -> PredicateShape:
    node = _bare(node)
    for kind, sign in _COMPARISONS.items():
        if isinstance(node, kind):
            return PredicateShape(_operand(node.this), sign, _subquery(node.expression))
    no = "not " if negated else ""
    if isinstance(node, exp.Not):
        return _test(node.this, not negated)
    if isinstance(node, exp.In):
        return PredicateShape(_operand(node.this), f"{no}in", _subquery(node.args.get("query")))
    if isinstance(node, exp.Between):
        return PredicateShape(_operand(node.this), "between")
    if isinstance(node, exp.Like):
        return PredicateShape(_operand(node.this), f"{no}like")
    if isinstance(node, exp.Is):
        return PredicateShape(_operand(node.this), "is not null" if negated else "is null")
    raise _OtherShape(type(node).__name__)


def _tests(node: exp.Expr) -> tuple[tuple[PredicateShape, ...], str]:
    node = _bare(node)
    if not isinstance(node, exp.And | exp.Or):
        return (_test(node),), ""
    (left, one), (right, two) = _tests(node.this), _tests(node.expression)
    word = "and" if isinstance(node, exp.And) else "or"
    joiners = {word, one, two} - {""}
    return left + right, word if len(joiners) == 1 else "mixed"


def _query(node: exp.Expr) -> Skeleton:
    while isinstance(node, exp.Subquery | exp.Paren):
        node = node.this
    if isinstance(node, exp.SetOperation):
        left, right = _query(node.this), _query(node.expression)
        if left.operation or right.operation:
            raise _OtherShape("nested set operation")
        return replace(left, operation=_SET_OPERATIONS[type(node)], other=right)
    if not isinstance(node, exp.Select):
        raise _OtherShape(type(node).__name__)
    source = node.args.get("from_") or node.args.get("from")
    if source is None or not isinstance(source.this, exp.Table):
        raise _OtherShape("FROM")
    items = [_operand(item) for item in node.expressions]
    where, having = node.args.get("where"), node.args.get("having")
    tests, joiner = _tests(where.this) if where else ((), "")
    group, order, limit = (node.args.get(part) for part in ("group", "order", "limit"))
    after = _tests(having.this)[0] if having else ()
    if len(after) > 1:
        raise _OtherShape("several tests after HAVING")
    return Skeleton(
        items=tuple(sorted(items, key=lambda item: (item not in ("column", "*"), item))),
        distinct=bool(node.args.get("distinct")),
        tests=tests,
        joiner=joiner,
        group=len(group.expressions) if group else 0,
        having=after[0] if after else None,
        order=tuple((_operand(key), bool(key.args.get("desc"))) for key in order.expressions)
        if order
        else (),
        limit="" if not limit else "1" if str(limit.expression) == "1" else "n",
        tables=min(1 + len(node.args.get("joins") or ()), _MOST_TABLES),
    )


def read_skeleton(sql: str) -> Skeleton | None:
    """The skeleton of a query in SQLite's dialect; None where it has parts that skeletons do not say."""
    try:
        return _query(sqlglot.parse_one(sql, read="sqlite"))
    except (SqlglotError, _OtherShape, RecursionError):
        return None


def count_skeletons(queries: Iterable[str]) -> Counter[Skeleton]:
    """How often each skeleton occurs; queries without one are not counted."""
    return Counter(found for found in map(read_skeleton, queries) if found is not None)
