"""SQL as Spider's official evaluator reads it: a small query tree, its hardness, its components.

It is not a SQL parser for users' queries (sqlglot is, in ``validate``). The official exact set
match (taoyds/test-suite-sql-eval, commit e97acc5, ``process_sql.py`` and ``evaluation.py``) is
defined by what its own small parser accepts: no LEFT JOIN, no IS NULL, no select alias, operators
set apart by spaces. What it refuses counts as an empty query, so the figures can only be met by
reading the same SQL the same way. This file is our own writing of that behaviour, checked against
recorded verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nlidb.errors import InvalidSQL
from nlidb.schema import Schema

Hardness = Literal["easy", "medium", "hard", "extra"]

MAX_SQL_LENGTH = 100_000
"""Longer SQL is refused unread: no query of a benchmark comes near it (Spider's longest has
577)."""

_CLAUSE = frozenset(
    ("select", "from", "where", "group", "order", "limit", "intersect", "union", "except")
)
_JOIN = frozenset(("join", "on", "as"))
_CONDITION_OPS = frozenset(
    ("not", "between", "=", ">", "<", ">=", "<=", "!=", "in", "like", "is", "exists")
)
_ARITHMETIC = frozenset(("none", "-", "+", "*", "/"))
_AGGREGATES = frozenset(("none", "max", "min", "count", "sum", "avg"))
_SET_OPS = frozenset(("intersect", "union", "except"))
_CLOSING = frozenset((")", ";"))

# NLTK's Treebank rules, as far as SQL without quotes can meet them; the order matters.
_SPLITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([«“‘„]|`+)"), r" \1 "),
    # Possessive: what follows the dot is looked through once, not again for each of its spaces.
    (re.compile(r"([^.])(\.)([\])}>»”’ ]*+)\s*+$"), r"\1 \2 \3 "),
    (re.compile(r"([:,])([^\d])"), r" \1 \2"),
    (re.compile(r"([:,])$"), r" \1 "),
    (re.compile(r"\.{2,}"), r" \g<0> "),
    (re.compile(r"[;@#$%&?!*]"), r" \g<0> "),
    (re.compile(r"[\]\[(){}<>]"), r" \g<0> "),
    (re.compile(r"--"), r" -- "),
    (re.compile(r"([»”’])"), r" \1 "),
    (re.compile(r"(?i)\b(can)(not)\b"), r" \1 \2 "),
    (re.compile(r"(?i)\b(gim|lem)(me)\b"), r" \1 \2 "),
    (re.compile(r"(?i)\b(gon|wan)(na)\b"), r" \1 \2 "),
    (re.compile(r"(?i)\b(got)(ta)\b"), r" \1 \2 "),
)
_QUOTED = re.compile('"[^"]*"')


@dataclass(frozen=True)
class ColumnUnit:
    """A column under at most one aggregate."""

    aggregate: str
    """"none", "max", "min", "count", "sum" or "avg"."""
    column: str
    """``table.column`` in lower case, or ``*``."""
    distinct: bool | None
    """Whether DISTINCT stands before it; None once exact match has put it aside."""


@dataclass(frozen=True)
class ValueUnit:
    """A column, or two of them with an arithmetic sign between."""

    op: str
    left: ColumnUnit
    right: ColumnUnit | None


@dataclass(frozen=True)
class SelectItem:
    """One item of a select list: an aggregate ("none" for none) over a value unit."""

    aggregate: str
    unit: ValueUnit


@dataclass(frozen=True)
class Condition:
    """One comparison of a WHERE, ON or HAVING."""

    negated: bool
    op: str
    unit: ValueUnit
    value: Value
    """What it is compared with; None once exact match has put literals aside."""
    upper: Value
    """The upper end of a BETWEEN, else None."""


@dataclass(frozen=True)
class Conditions:
    """Comparisons in order, and the "and" / "or" between them."""

    items: tuple[Condition, ...] = ()
    connectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A SELECT, and the query it is combined with by a set operation."""

    select: tuple[SelectItem, ...] = ()
    distinct: bool | None = False
    tables: tuple[str | Query, ...] = ()
    """FROM in order: table names in lower case, or subqueries."""
    on: Conditions = Conditions()
    where: Conditions = Conditions()
    group_by: tuple[ColumnUnit, ...] = ()
    having: Conditions = Conditions()
    order_by: tuple[ValueUnit, ...] = ()
    direction: str = ""
    """The last direction written in ORDER BY ("asc" where none is), "" without an ORDER BY."""
    limit: bool = False
    """Whether there is a LIMIT; the official parser does not read its number."""
    set_op: str = ""
    """"intersect", "union", "except" or ""."""
    other: Query | None = None
    """The right side of the set operation."""


Value = Query | ColumnUnit | str | float | None

EMPTY_QUERY = Query()
"""What the official evaluator scores in place of a prediction that it cannot read."""


def tokenize_spider(sql: str) -> list[str]:
    """Tokens of a query as the official evaluator cuts them.

    Both quote signs are taken for one, two by two, so ``'O''Brien'`` is two strings side by side;
    everything but strings becomes lower case; ``=`` is only a token where spaces set it apart.

    Raises:
        InvalidSQL: an odd number of quote signs, or SQL longer than ``MAX_SQL_LENGTH``.
    """
    if len(sql) > MAX_SQL_LENGTH:
        raise InvalidSQL(f"The SQL has {len(sql)} characters.", hint="It is too long to be read.")
    text = sql.replace("'", '"')
    if text.count('"') % 2:
        raise InvalidSQL("The SQL holds an unclosed quote.", hint="Close the string.")
    strings: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        name = f"__val_{match.start()}_{match.end() - 1}__"
        strings[name] = match.group()
        return name

    text = _QUOTED.sub(keep, text)
    for pattern, spaced in _SPLITS:
        text = pattern.sub(spaced, text)
    tokens: list[str] = []
    for word in text.split():
        token = word.lower()
        if token == "=" and tokens and tokens[-1] in ("!", ">", "<"):
            tokens[-1] += "="
        else:
            tokens.append(strings.get(token, token))
    return tokens


class _Parser:
    """One pass over the tokens; every step may raise ``InvalidSQL`` or run off the end."""

    def __init__(self, tokens: list[str], schema: Schema) -> None:
        self.tokens = tokens
        self.columns: dict[str, set[str]] = {
            table.name.lower(): {schema.columns[i].name.lower() for i in table.columns}
            for table in schema.tables
        }
        self.names = {
            tokens[i + 1]: tokens[i - 1] for i, token in enumerate(tokens[:-1]) if token == "as"
        }
        self.require(tokens[-1:] != ["as"], "it ends with AS")
        clash = self.names.keys() & self.columns.keys()
        self.require(not clash, f"an alias has the name of the table {', '.join(sorted(clash))}")
        self.names.update((name, name) for name in self.columns)

    def require(self, condition: object, what: str) -> None:
        if not condition:
            raise InvalidSQL(f"Spider's evaluator cannot read this SQL: {what}.")

    def at(self, index: int) -> str:
        """The token there, "" after the end."""
        return self.tokens[index] if index < len(self.tokens) else ""

    def expect(self, index: int, token: str) -> int:
        self.require(self.at(index) == token, f"{token!r} expected, {self.at(index)!r} found")
        return index + 1

    def ends_clause(self, index: int) -> bool:
        token = self.at(index)
        return not token or token in _CLAUSE or token in _CLOSING

    def column(self, index: int, scope: list[str]) -> tuple[int, str]:
        token = self.at(index)
        if token == "*":
            return index + 1, "*"
        if "." in token:
            alias, _, name = token.partition(".")
            table = self.names.get(alias, "")
            self.require(
                "." not in name and name in self.columns.get(table, ()), f"no column {token}"
            )
            return index + 1, f"{table}.{name}"
        found = next((table for table in scope if token in self.columns[table]), None)
        self.require(found is not None, f"no column {token!r}")
        return index + 1, f"{found}.{token}"

    def column_unit(self, index: int, scope: list[str]) -> tuple[int, ColumnUnit]:
        opened = self.at(index) == "("
        index += opened
        if self.at(index) in _AGGREGATES:
            aggregate = self.at(index)
            index = self.expect(index + 1, "(")
            distinct = self.at(index) == "distinct"
            index, column = self.column(index + distinct, scope)
            # An aggregate that opened with a bracket of its own leaves that bracket to the caller.
            return self.expect(index, ")"), ColumnUnit(aggregate, column, distinct)
        distinct = self.at(index) == "distinct"
        index, column = self.column(index + distinct, scope)
        if opened:
            index = self.expect(index, ")")
        return index, ColumnUnit("none", column, distinct)

    def value_unit(self, index: int, scope: list[str]) -> tuple[int, ValueUnit]:
        opened = self.at(index) == "("
        index, left = self.column_unit(index + opened, scope)
        op, right = "none", None
        if self.at(index) in _ARITHMETIC:
            op = self.at(index)
            index, right = self.column_unit(index + 1, scope)
        if opened:
            index = self.expect(index, ")")
        return index, ValueUnit(op, left, right)

    def value(self, index: int, scope: list[str]) -> tuple[int, Value]:
        start = index
        opened = self.at(index) == "("
        index += opened
        token = self.at(index)
        value: Value
        if token == "select":
            index, value = self.query(index)
        elif '"' in token:
            index, value = index + 1, token
        else:
            try:
                index, value = index + 1, float(token)
            except ValueError:
                index = start + opened
                while self.at(index) and not (
                    self.at(index) in (",", ")", "and")
                    or self.at(index) in _CLAUSE
                    or self.at(index) in _JOIN
                ):
                    index += 1
                # The official parser looks at this stretch alone, so an open bracket must close
                # within it; what stands behind the column in it is passed over.
                part = _Stretch(self, self.tokens[start:index])
                value = part.column_unit(0, scope)[1]
        if opened:
            index = self.expect(index, ")")
        return index, value

    def conditions(self, index: int, scope: list[str]) -> tuple[int, Conditions]:
        items: list[Condition] = []
        connectors: list[str] = []
        while index < len(self.tokens):
            self.require(len(items) == len(connectors), "two conditions without AND or OR")
            index, unit = self.value_unit(index, scope)
            negated = self.at(index) == "not"
            index += negated
            op = self.at(index)
            self.require(op in _CONDITION_OPS, f"{op!r} is no comparison")
            index, value = self.value(index + 1, scope)
            upper: Value = None
            if op == "between":
                index, upper = self.value(self.expect(index, "and"), scope)
            items.append(Condition(negated, op, unit, value, upper))
            if self.ends_clause(index) or self.at(index) in _JOIN:
                break
            if self.at(index) in ("and", "or"):
                connectors.append(self.at(index))
                index += 1
        return index, Conditions(tuple(items), tuple(connectors))

    def select(self, index: int, scope: list[str]) -> tuple[bool, tuple[SelectItem, ...]]:
        index = self.expect(index, "select")
        distinct = self.at(index) == "distinct"
        index += distinct
        items: list[SelectItem] = []
        while self.at(index) and self.at(index) not in _CLAUSE:
            aggregate = "none"
            if self.at(index) in _AGGREGATES:
                aggregate = self.at(index)
                index += 1
            index, unit = self.value_unit(index, scope)
            items.append(SelectItem(aggregate, unit))
            index += self.at(index) == ","
        return distinct, tuple(items)

    def from_(self, index: int) -> tuple[int, tuple[str | Query, ...], Conditions, list[str]]:
        self.require("from" in self.tokens[index:], "no FROM")
        index = self.tokens.index("from", index) + 1
        tables: list[str | Query] = []
        scope: list[str] = []
        items: tuple[Condition, ...] = ()
        connectors: tuple[str, ...] = ()
        while index < len(self.tokens):
            opened = self.at(index) == "("
            index += opened
            if self.at(index) == "select":
                index, subquery = self.query(index)
                tables.append(subquery)
            else:
                index += self.at(index) == "join"
                table = self.names.get(self.at(index), "")
                self.require(table in self.columns, f"no table {self.at(index)!r}")
                index += 3 if self.at(index + 1) == "as" else 1
                tables.append(table)
                scope.append(table)
            if self.at(index) == "on":
                index, found = self.conditions(index + 1, scope)
                connectors += ("and",) * bool(items) + found.connectors
                items += found.items
            if opened:
                index = self.expect(index, ")")
            if self.ends_clause(index):
                break
        return index, tuple(tables), Conditions(items, connectors), scope

    def order_by(self, index: int, scope: list[str]) -> tuple[int, str, tuple[ValueUnit, ...]]:
        direction = "asc"
        units: list[ValueUnit] = []
        while not self.ends_clause(index):
            index, unit = self.value_unit(index, scope)
            units.append(unit)
            if self.at(index) in ("asc", "desc"):
                direction = self.at(index)
                index += 1
            if self.at(index) != ",":
                break
            index += 1
        return index, direction, tuple(units)

    def query(self, index: int) -> tuple[int, Query]:
        opened = self.at(index) == "("
        start = index + opened
        index, tables, on, scope = self.from_(index)
        distinct, select = self.select(start, scope)
        where = having = Conditions()
        group_by: list[ColumnUnit] = []
        order_by: tuple[ValueUnit, ...] = ()
        direction = ""
        if self.at(index) == "where":
            index, where = self.conditions(index + 1, scope)
        if self.at(index) == "group":
            index = self.expect(index + 1, "by")
            while not self.ends_clause(index):
                index, unit = self.column_unit(index, scope)
                group_by.append(unit)
                if self.at(index) != ",":
                    break
                index += 1
        if self.at(index) == "having":
            index, having = self.conditions(index + 1, scope)
        if self.at(index) == "order":
            index = self.expect(index + 1, "by")
            index, direction, order_by = self.order_by(index, scope)
        limit = self.at(index) == "limit"
        if limit:
            self.require(self.at(index + 1), "LIMIT without a number")
            index += 2
        index = self.semicolons(index)
        if opened:
            index = self.expect(index, ")")
        index = self.semicolons(index)
        set_op = self.at(index) if self.at(index) in _SET_OPS else ""
        other = None
        if set_op:
            index, other = self.query(index + 1)
        return index, Query(
            select=select,
            distinct=distinct,
            tables=tables,
            on=on,
            where=where,
            group_by=tuple(group_by),
            having=having,
            order_by=order_by,
            direction=direction,
            limit=limit,
            set_op=set_op,
            other=other,
        )

    def semicolons(self, index: int) -> int:
        while self.at(index) == ";":
            index += 1
        return index


class _Stretch(_Parser):
    """The same reader on a part of the tokens, with the aliases of the whole."""

    def __init__(self, whole: _Parser, tokens: list[str]) -> None:
        self.tokens = tokens
        self.columns = whole.columns
        self.names = whole.names


def parse_spider(sql: str, schema: Schema) -> Query:
    """Read one query as the official evaluator does.

    What follows a complete query is not looked at, as there.

    Raises:
        InvalidSQL: the official evaluator could not read it either.
    """
    tokens = tokenize_spider(sql)
    try:
        return _Parser(tokens, schema).query(0)[1]
    except RecursionError as error:
        raise InvalidSQL("The SQL is nested too deeply.") from error


# ---------------------------------------------------------------- hardness


def nested_queries(query: Query) -> list[Query]:
    """Subqueries in conditions and the right side of the set operation; not those in FROM."""
    conditions = query.on.items + query.where.items + query.having.items
    nested = [
        value
        for item in conditions
        for value in (item.value, item.upper)
        if isinstance(value, Query)
    ]
    return nested + ([query.other] if query.other is not None else [])


def hardness_of(query: Query) -> Hardness:
    """Spider's level of difficulty: it counts clauses, subqueries, and "other" complications."""
    comparisons = query.on.items + query.where.items + query.having.items
    connectors = query.on.connectors + query.where.connectors + query.having.connectors
    clauses = (
        bool(query.where.items)
        + bool(query.group_by)
        + bool(query.order_by)
        + query.limit
        + max(len(query.tables) - 1, 0)
        + connectors.count("or")
        + sum(item.op == "like" for item in comparisons)
    )
    nested = len(nested_queries(query))
    # The official count of aggregates takes a NOT for one, and every AND or OR of a HAVING.
    aggregates = (
        sum(item.aggregate != "none" for item in query.select)
        + sum(item.negated for item in query.where.items)
        + sum(unit.aggregate != "none" for unit in query.group_by)
        + sum(
            unit is not None and unit.aggregate != "none"
            for pair in query.order_by
            for unit in (pair.left, pair.right)
        )
        + sum(item.negated for item in query.having.items)
        + len(query.having.connectors)
    )
    others = (
        (aggregates > 1)
        + (len(query.select) > 1)
        + (len(query.where.items) + len(query.where.connectors) > 1)
        + (len(query.group_by) > 1)
    )
    if nested == 0:
        if clauses <= 1 and others == 0:
            return "easy"
        if (others <= 2 and clauses <= 1) or (clauses <= 2 and others < 2):
            return "medium"
        if (others > 2 and clauses <= 2) or (2 < clauses <= 3 and others <= 2):
            return "hard"
    elif clauses <= 1 and others == 0 and nested <= 1:
        return "hard"
    return "extra"


# ---------------------------------------------------------------- what exact match puts aside


def foreign_key_groups(schema: Schema) -> dict[str, str]:
    """For each column of a foreign key the column that stands for its group.

    Keys are taken in the schema's order; a key joins the first group that holds one of its ends,
    and two groups that meet later are not merged: so does the official evaluator."""
    groups: list[set[int]] = []
    for key in schema.foreign_keys:
        ends = {key.column, key.ref_column}
        group = next((group for group in groups if group & ends), None)
        if group is None:
            groups.append(ends)
        else:
            group |= ends
    names = [
        f"{schema.tables[column.table].name}.{column.name}".lower() for column in schema.columns
    ]
    return {names[i]: names[min(group)] for group in groups for i in sorted(group)}


def _without_values(query: Query) -> Query:
    def plain(value: Value) -> Value:
        return _without_values(value) if isinstance(value, Query) else None

    def stripped(conditions: Conditions) -> Conditions:
        items = tuple(
            replace(item, value=plain(item.value), upper=plain(item.upper))
            for item in conditions.items
        )
        return Conditions(items, conditions.connectors)

    return replace(
        query,
        on=stripped(query.on),
        where=stripped(query.where),
        having=stripped(query.having),
        other=None if query.other is None else _without_values(query.other),
    )


def _folded(query: Query, groups: Mapping[str, str], tables: frozenset[str]) -> Query:
    def unit(item: ColumnUnit) -> ColumnUnit:
        column = item.column
        if column in groups and column.partition(".")[0] in tables:
            column = groups[column]
        return ColumnUnit(item.aggregate, column, None)

    def pair(item: ValueUnit) -> ValueUnit:
        return ValueUnit(item.op, unit(item.left), None if item.right is None else unit(item.right))

    def conditions(found: Conditions) -> Conditions:
        items = tuple(replace(item, unit=pair(item.unit)) for item in found.items)
        return Conditions(items, found.connectors)

    return replace(
        query,
        select=tuple(SelectItem(item.aggregate, pair(item.unit)) for item in query.select),
        distinct=None,
        on=conditions(query.on),
        where=conditions(query.where),
        group_by=tuple(unit(item) for item in query.group_by),
        having=conditions(query.having),
        order_by=tuple(pair(item) for item in query.order_by),
        other=None if query.other is None else _folded(query.other, groups, tables),
    )


def comparable(query: Query, groups: Mapping[str, str]) -> Query:
    """The query without what the official exact match does not compare.

    Literals go (not those of a subquery in FROM); DISTINCT goes and columns of one foreign-key
    group become one, both only in the outer query and its set operations, and only for columns of
    the outer query's own tables.

    Args:
        groups: from ``foreign_key_groups``.
    """
    tables = frozenset(table for table in query.tables if isinstance(table, str))
    return _folded(_without_values(query), groups, tables)


def keywords(query: Query) -> frozenset[str]:
    """The keywords that the official partial match compares."""
    comparisons = query.on.items + query.where.items + query.having.items
    connectors = query.on.connectors + query.where.connectors + query.having.connectors
    present: Iterable[tuple[str, object]] = (
        ("where", query.where.items),
        ("group", query.group_by),
        ("having", query.having.items),
        (query.direction, query.order_by),
        ("order", query.order_by),
        ("limit", query.limit),
        (query.set_op, query.set_op),
        ("or", "or" in connectors),
        ("not", any(item.negated for item in comparisons)),
        ("in", any(item.op == "in" for item in comparisons)),
        ("like", any(item.op == "like" for item in comparisons)),
    )
    return frozenset(word for word, holds in present if holds)
