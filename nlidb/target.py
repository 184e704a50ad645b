"""The language that the decoder speaks: its grammar, and the tree of a query that stands between SQL and tokens.

    query     = block { ("union" | "intersect" | "except") block }
    block     = "count" "(" query ")"                                   SELECT count(*) FROM (query)
              | [ "from" table { table | "on" column column } "select" ]
                [ "distinct" ] item { item }
                [ "where" condition ] [ "group" key { key } [ "having" condition ] ]
                { ("asc" | "desc") expression } [ "limit-1" | "limit" value ]
    item      = expression | table (its *) | "all" (* over several tables)
    key       = column | part
    part      = ("year" | "month") column                               of a column of dates
    expression= column | part | aggregate [ "distinct" ] (expression | table) | arithmetic expression expression
    condition = predicate { ("and" | "or") predicate }                  AND binds tighter
    predicate = "[" condition "]"
              | expression comparison (value | expression | "(" query ")")
              | expression "between" two of these
              | expression ("in" | "not-in") ("(" query ")" | value { value })
              | expression ("like" | "contains" | "starts" | "ends" ...) value
              | expression ("is-null" | "is-not-null") | expression "during" value

A sequence is ``query "<end>"``. Columns, tables and values are pointers; a column or table is preceded by ``@2``
(``@3``, ``@4``) where its table's second (third, fourth) instance is meant. FROM is left out where the smallest
join tree over the tables named in the block is the wanted one; else the block starts with its tables in order,
each joined by the implied edge to the latest table before it, or by the two columns after ``on``: of a key of
several columns, which equates them all, the two that ``JoinGraph`` knows it by.

``during`` is a year, month or day as a half-open range over a column of dates: it stands for
``LIKE '2023-04%'`` and for a BETWEEN over a whole year or month as well, so these come back as a range. ``year``
is a number (2024), ``month`` a text that names its year ("2024-03"): "per month" means that of a calendar, and in
this form months sort. They are compared with values only, and in WHERE ``year = 2024`` is ``during 2024``: one way
to say it, and the one that an index serves.

The tree is read from SQL by ``sql_tree`` and written as tokens by ``linearize``; ``delinearize`` is the way back.
This file reads and writes neither.

After IRNet (arXiv:1905.08205), NatSQL (arXiv:2109.05153) and Spider's grammar (arXiv:1809.08887).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

from sqlglot import exp

from nlidb.edges import Join, JoinGraph
from nlidb.errors import InvalidSQL
from nlidb.schema import Column, Schema

AGGREGATE_CLASSES: Final[dict[str, type[exp.Expr]]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
}
ARITHMETIC_CLASSES: Final[dict[str, type[exp.Expr]]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
}
COMPARISON_CLASSES: Final[dict[str, type[exp.Expr]]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    ">": exp.GT,
    "<=": exp.LTE,
    ">=": exp.GTE,
}
SET_CLASSES: Final[dict[str, type[exp.Expr]]] = {
    "union": exp.Union,
    "intersect": exp.Intersect,
    "except": exp.Except,
}
"""What the operators' keywords are in sqlglot's tree."""
_PERIOD: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_YEAR_WORDS: Final = frozenset({"year", "years", "yr", "month", "months", "season"})
_PART_FORMATS: Final = {"%Y": "year", "%Y-%m": "month"}
_PART_LENGTHS: Final = {"4": "year", "7": "month"}
_DATE_WORDS: Final = frozenset({"date", "datetime", "time", "timestamp", "day", "when", "dt"})


# --- the tree of a query --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnRef:
    """A column of one of the tables in FROM."""

    column: int
    """Index into ``Schema.columns``."""
    source: int
    """Position in the block's FROM while reading SQL; instance number (1 is the first) while reading tokens."""


@dataclass(frozen=True)
class DatePart:
    """The year or the month of a column of dates."""

    name: str
    """Its keyword, "year" or "month"."""
    operand: ColumnRef


@dataclass(frozen=True)
class Star:
    """``*`` over one table."""

    table: int
    """Index of the table; -1 where any table of FROM may be named (only while reading SQL)."""
    source: int
    """As a column's."""


@dataclass(frozen=True)
class All:
    """``*`` over several tables."""


@dataclass(frozen=True)
class Aggregate:
    """An aggregate of an expression, or of a table's rows."""

    name: str
    """Its keyword, as "count"."""
    distinct: bool
    operand: Expression


@dataclass(frozen=True)
class Arithmetic:
    """Two expressions and the operator between them."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Value:
    """A literal."""

    candidate: int
    """Index into the value candidates."""


Expression: TypeAlias = "ColumnRef | DatePart | Star | All | Aggregate | Arithmetic"


@dataclass(frozen=True)
class Predicate:
    """One comparison, with as many operands on its right as its operator takes."""

    left: Expression
    operator: str
    """Its keyword, as "not-in"."""
    right: tuple[Expression | Value | Query, ...]


@dataclass(frozen=True)
class Junction:
    """Two or more conditions and the word between them, "and" or "or"."""

    operator: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = "Predicate | Junction"


@dataclass(frozen=True)
class Step:
    """A join step between positions in FROM: ``join.column`` belongs to source ``left``."""

    left: int
    join: Join


@dataclass(frozen=True)
class Block:
    """One SELECT."""

    sources: tuple[int, ...]
    """The table of each position in FROM; empty where FROM is left out (only while reading tokens)."""
    steps: tuple[Step, ...]
    """Step i brings in source i + 1."""
    distinct: bool
    items: tuple[Expression, ...]
    where: Condition | None = None
    group: tuple[ColumnRef | DatePart, ...] = ()
    having: Condition | None = None
    order: tuple[tuple[Expression, bool], ...] = ()
    """Expression, and whether it descends."""
    limit: Value | int | None = None


@dataclass(frozen=True)
class Counted:
    """``SELECT count(*) FROM (query)``."""

    query: Query


@dataclass(frozen=True)
class SetOperation:
    """Two queries and the set operation between them, as its keyword."""

    operator: str
    left: Query
    right: Query


Query: TypeAlias = "Block | Counted | SetOperation"


def unsayable(what: str) -> NoReturn:
    """Raises the InvalidSQL of SQL that the language has no words for."""
    raise InvalidSQL(
        f"This SQL is outside what the assistant can say: {what}.",
        hint="Use SELECT with joins along keys, WHERE, GROUP BY, ORDER BY and set operations.",
        rule="grammar",
    )


def _leaves(node: object) -> Iterator[ColumnRef | Star | All]:
    """The columns and stars of a block's own expressions in order, not those of its subqueries."""
    if isinstance(node, ColumnRef | Star | All):
        yield node
    elif isinstance(node, Aggregate | DatePart):
        yield from _leaves(node.operand)
    elif isinstance(node, Arithmetic):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, Predicate):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, Junction):
        yield from _leaves(node.parts)
    elif isinstance(node, tuple):
        for part in node:
            yield from _leaves(part)


def block_leaves(block: Block) -> list[ColumnRef | Star | All]:
    """The columns and stars of the block itself, in the order of its tokens."""
    parts = (block.items, block.where, block.group, block.having, block.order)
    return list(_leaves(parts))


# --- how tables are joined ------------------------------------------------------------------------------------


def implied_source(graph: JoinGraph, sources: Sequence[int], table: int) -> int | None:
    """Which of the tables in FROM a new one joins when no ``on`` says it: the latest with an edge to it."""
    for position in range(len(sources) - 1, -1, -1):
        if graph.join(sources[position], table) is not None:
            return position
    return None


def tree_steps(
    schema: Schema, first: int, tree: Sequence[Join]
) -> tuple[tuple[int, ...], tuple[Step, ...]]:
    """A join tree over different tables as sources and steps."""
    sources, steps = [first], list[Step]()
    for join in tree:
        steps.append(Step(sources.index(schema.columns[join.column].table), join))
        sources.append(schema.columns[join.new_column].table)
    return tuple(sources), tuple(steps)


def equal_columns(steps: Sequence[Step]) -> list[set[tuple[int, int]]]:
    """The (source, column) pairs that the joins make equal, as groups: what a join means, however spelt."""
    groups: list[set[tuple[int, int]]] = []
    for i, step in enumerate(steps):
        for column, new_column in step.join.pairs:
            pair = {(step.left, column), (i + 1, new_column)}
            touching = [group for group in groups if group & pair]
            groups = [group for group in groups if not group & pair]
            groups.append(pair.union(*touching))
    return groups


# --- numbers and dates ----------------------------------------------------------------------------------------


def as_number(text: str) -> float | None:
    """The number that a literal's text is, None where it is none (``1e999`` and ``nan`` are none)."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip()):
        return None
    value = float(text)
    return value if abs(value) != float("inf") else None


def is_date_column(column: Column) -> bool:
    """Whether ``during`` makes sense: a column of dates, or of text whose name says that it holds dates."""
    if column.type == "time":
        return True
    words = column.words.split()
    dated = not _DATE_WORDS.isdisjoint(words) or (len(words) > 1 and words[-1] in ("on", "at"))
    return column.type == "text" and dated  # "created at", "hired on"


def has_date_parts(column: Column) -> bool:
    """Whether its year and month make sense: a column of dates that is not a year or a month itself."""
    return is_date_column(column) and _YEAR_WORDS.isdisjoint(column.words.split())


def date_part(node: exp.Expr) -> tuple[str, exp.Column] | None:
    """ "year" or "month" and the column, where SQL of any engine takes that part of a date; else None.

    Read are ``strftime`` and its like with ``%Y`` and ``%Y-%m``, the first 4 or 7 letters of an ISO date, ``year``
    and EXTRACT; a year may be cast to a number.
    """
    if isinstance(node, exp.Cast):
        inner = date_part(node.this)
        return inner if inner and inner[0] == "year" and node.to.this in _NUMBER_TYPES else None
    name: str | None = None
    inside: exp.Expr | None = node.this if isinstance(node.this, exp.Expr) else None
    if isinstance(node, exp.TimeToStr):
        style = node.args.get("format")
        name = _PART_FORMATS.get(style.name) if isinstance(style, exp.Literal) else None
    elif isinstance(node, exp.Year):
        name = "year"
    elif isinstance(node, exp.Extract):
        name = "year" if node.name.lower() == "year" else None
        inside = node.expression
    elif isinstance(node, exp.Substring):
        start, length = node.args.get("start"), node.args.get("length")
        if isinstance(length, exp.Literal) and isinstance(start, exp.Literal) and start.name == "1":
            name = _PART_LENGTHS.get(length.name)
    elif isinstance(node, exp.Left) and isinstance(node.expression, exp.Literal):
        name = _PART_LENGTHS.get(node.expression.name)
    while isinstance(inside, _DATE_WRAPPERS):
        inside = inside.this
    return (name, inside) if name and isinstance(inside, exp.Column) else None


PART_VALUES: Final = {
    "year": re.compile(r"[12]\d{3}"),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
}
"""What a year and a month may be compared with."""

_DATE_WRAPPERS: Final = (exp.Cast, exp.TsOrDsToTimestamp, exp.TsOrDsToDate, exp.Date, exp.Paren)
_NUMBER_TYPES: Final = exp.DataType.INTEGER_TYPES | exp.DataType.NUMERIC_TYPES


def period_range(text: str) -> tuple[str, str] | None:
    """First and next first day of an ISO year, month or day: "2023-04" -> ("2023-04-01", "2023-05-01").

    None where the text is no such period.
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
        if day:
            after = first + datetime.timedelta(days=1)
        elif month:
            after = datetime.date(year + month // 12, month % 12 + 1, 1)
        else:
            after = datetime.date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None
    return first.isoformat(), after.isoformat()


def period_of(low: str, high: str, *, inclusive: bool) -> str | None:
    """The year, month or day that a pair of bounds spells out, the way back from ``period_range``; ``inclusive``:
    BETWEEN's last day counts."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?", low)
    if match is None:
        return None
    year, month, day = match.groups()
    for text in (year, f"{year}-{month}", f"{year}-{month}-{day}"):
        bounds = period_range(text)
        if bounds is None or bounds[0] != low[:10]:
            continue
        last = bounds[1]
        if inclusive:
            before = datetime.date.fromisoformat(last) - datetime.timedelta(days=1)
            ends = {before.isoformat(), f"{before.isoformat()} 23:59:59"}
        else:
            ends = {last, f"{last} 00:00:00"}
        if high in ends:
            return text
    return None
