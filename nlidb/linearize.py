"""SQL to target tokens and back, on sqlglot's tree: the language that the decoder speaks.

    query     = block { ("union" | "intersect" | "except") block }
    block     = "count" "(" query ")"                                   SELECT count(*) FROM (query)
              | [ "from" table { table | "on" column column } "select" ]
                [ "distinct" ] item { item }
                [ "where" condition ] [ "group" column { column } [ "having" condition ] ]
                { ("asc" | "desc") expression } [ "limit-1" | "limit" value ]
    item      = expression | table (its *) | "all" (* over several tables)
    expression= column | aggregate [ "distinct" ] (expression | table) | arithmetic expression expression
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
each joined by the implied edge to the latest table before it, or by the two columns after ``on``.

``during`` is a year, month or day as a half-open range over a column of dates: it stands for
``LIKE '2023-04%'`` and for a BETWEEN over a whole year or month as well, so these come back as a range.

What the language cannot say raises ``InvalidSQL``: outer joins, joins along no key, functions, CASE, EXISTS,
correlated subqueries, common table expressions, window functions.

After IRNet (arXiv:1905.08205), NatSQL (arXiv:2109.05153) and Spider's grammar (arXiv:1809.08887).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nlidb.edges import Join, JoinGraph, join_graph
from nlidb.errors import InvalidSQL
from nlidb.linking import ValueCandidate
from nlidb.schema import Column, ColumnType, Schema
from nlidb.vocab import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    END,
    INSTANCES,
    KEYWORDS,
    PATTERNS,
    SET_OPERATIONS,
    TargetToken,
    keyword,
)

_AGGREGATE_TYPES: Final[dict[type[exp.Expr], str]] = {
    exp.Count: "count",
    exp.Sum: "sum",
    exp.Avg: "avg",
    exp.Min: "min",
    exp.Max: "max",
}
_ARITHMETIC_TYPES: Final[dict[type[exp.Expr], str]] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}
_COMPARISON_TYPES: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.GT: ">",
    exp.LTE: "<=",
    exp.GTE: ">=",
}
_SET_TYPES: Final[dict[type[exp.Expr], str]] = {
    exp.Union: "union",
    exp.Intersect: "intersect",
    exp.Except: "except",
}
_AGGREGATE_CLASSES: Final = {name: cls for cls, name in _AGGREGATE_TYPES.items()}
_ARITHMETIC_CLASSES: Final = {name: cls for cls, name in _ARITHMETIC_TYPES.items()}
_COMPARISON_CLASSES: Final = {name: cls for cls, name in _COMPARISON_TYPES.items()}
_SET_CLASSES: Final = {name: cls for cls, name in _SET_TYPES.items()}
_FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_PERIOD: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_DATE_WORDS: Final = frozenset({"date", "datetime", "time", "timestamp", "day", "when", "dt"})
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED: Final = frozenset(
    """add all alter and as autoincrement between case check collate commit constraint create default deferrable
    delete distinct drop else escape except exists foreign from group having in index insert intersect into is
    isnull join limit not notnull null on or order primary references returning select set table then to
    transaction union unique update using values when where""".split()
)
"""Words that SQLite takes as a name only in quotes."""
_AWKWARD: Final = _RESERVED | frozenset(
    """asc by cast column cross current_date current_time current_timestamp desc end filter for full if inner key
    left like match natural offset outer over partition replace right row user view window with""".split()
)
"""Words that other engines, or readers, want in quotes as well."""


class MissingValue(InvalidSQL):
    """The SQL is fine, but uses literals that are not among the candidates; ``values`` has their texts."""

    def __init__(self, values: Sequence[str]) -> None:
        shown = ", ".join(repr(value) for value in values)
        super().__init__(
            f"Not among the value candidates: {shown}.",
            hint="Name the value in the question.",
            rule="value",
        )
        self.values = tuple(values)


# --- the tree between SQL and tokens --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    column: int
    source: int
    """Position in the block's FROM while reading SQL; instance number (1 is the first) while reading tokens."""


@dataclass(frozen=True)
class _Star:
    table: int
    """Index of the table; -1 where any table of FROM may be named (only while reading SQL)."""
    source: int


@dataclass(frozen=True)
class _All:
    """``*`` over several tables."""


@dataclass(frozen=True)
class _Aggregate:
    name: str
    distinct: bool
    operand: _Expression


@dataclass(frozen=True)
class _Arithmetic:
    operator: str
    left: _Expression
    right: _Expression


@dataclass(frozen=True)
class _Value:
    candidate: int


_Expression: TypeAlias = "_Column | _Star | _All | _Aggregate | _Arithmetic"


@dataclass(frozen=True)
class _Predicate:
    left: _Expression
    operator: str
    right: tuple[_Expression | _Value | _Query, ...]


@dataclass(frozen=True)
class _Junction:
    operator: str
    parts: tuple[_Condition, ...]


_Condition: TypeAlias = "_Predicate | _Junction"


@dataclass(frozen=True)
class _Step:
    """A join step between positions in FROM: ``join.column`` belongs to source ``left``."""

    left: int
    join: Join


@dataclass(frozen=True)
class _Block:
    sources: tuple[int, ...]
    """The table of each position in FROM; empty where FROM is left out (only while reading tokens)."""
    steps: tuple[_Step, ...]
    """Step i brings in source i + 1."""
    distinct: bool
    items: tuple[_Expression, ...]
    where: _Condition | None = None
    group: tuple[_Column, ...] = ()
    having: _Condition | None = None
    order: tuple[tuple[_Expression, bool], ...] = ()
    """Expression, and whether it descends."""
    limit: _Value | int | None = None


@dataclass(frozen=True)
class _Counted:
    query: _Query


@dataclass(frozen=True)
class _SetOperation:
    operator: str
    left: _Query
    right: _Query


_Query: TypeAlias = "_Block | _Counted | _SetOperation"


def _leaves(node: object) -> Iterator[_Column | _Star | _All]:
    """The columns and stars of a block's own expressions in order, not those of its subqueries."""
    if isinstance(node, _Column | _Star | _All):
        yield node
    elif isinstance(node, _Aggregate):
        yield from _leaves(node.operand)
    elif isinstance(node, _Arithmetic):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, _Predicate):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, _Junction):
        yield from _leaves(node.parts)
    elif isinstance(node, tuple):
        for part in node:
            yield from _leaves(part)


def _block_leaves(block: _Block) -> list[_Column | _Star | _All]:
    parts = (block.items, block.where, block.group, block.having, block.order)
    return list(_leaves(parts))


def _unsayable(what: str) -> NoReturn:
    raise InvalidSQL(
        f"This SQL is outside what the assistant can say: {what}.",
        hint="Use SELECT with joins along keys, WHERE, GROUP BY, ORDER BY and set operations.",
        rule="grammar",
    )


# --- literals -------------------------------------------------------------------------------------------------


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
    return column.type == "text" and not _DATE_WORDS.isdisjoint(column.words.split())


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


def _period_of(low: str, high: str, *, inclusive: bool) -> str | None:
    """The year, month or day that a pair of bounds spells out; ``inclusive``: BETWEEN's last day counts."""
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


_KIND_ORDER: Final = {"cell": 0, "quoted": 1, "number": 2, "date": 3, "span": 4, "constant": 5}


class _Literals:
    """Finds literals among the candidates, and remembers the ones that are not there."""

    def __init__(self, candidates: Sequence[ValueCandidate] | None) -> None:
        self._candidates = candidates
        self._texts: dict[str, list[int]] = {}
        self._numbers: dict[float, list[int]] = {}
        self._folded: dict[str, list[int]] = {}
        for i, candidate in enumerate(candidates or ()):
            self._texts.setdefault(candidate.text, []).append(i)
            self._folded.setdefault(candidate.text.casefold(), []).append(i)
            number = as_number(candidate.text)
            if number is not None:
                self._numbers.setdefault(number, []).append(i)
        self.used: list[str] = []
        self.missing: list[str] = []

    def has(self, text: str) -> bool:
        """Whether the text itself is a candidate; true where no candidates are given."""
        return self._candidates is None or text in self._texts

    def find(self, text: str, column: int | None) -> _Value:
        self.used.append(text)
        if self._candidates is None:
            return _Value(len(self.used) - 1)
        number = as_number(text)
        found = self._texts.get(text) or (self._numbers.get(number) if number is not None else None)
        found = found or self._folded.get(text.casefold())
        if not found:
            self.missing.append(text)
            return _Value(0)
        candidates = self._candidates
        return _Value(
            min(
                found,
                key=lambda i: (
                    column not in candidates[i].columns,
                    _KIND_ORDER[candidates[i].kind],
                    i,
                ),
            )
        )


# --- SQL to tree ----------------------------------------------------------------------------------------------


def _parse(sql: str, dialect: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except (SqlglotError, RecursionError) as error:
        raise InvalidSQL(f"The SQL does not parse: {error}.", rule="syntax") from error
    return tree


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def _is_trivial(node: exp.Expr | None) -> bool:
    return node is None or (isinstance(node, exp.Boolean) and bool(node.this))


def _conjuncts(node: exp.Expr | None) -> list[exp.Expr]:
    if node is None or _is_trivial(node):
        return []
    if isinstance(node, exp.And):
        return _conjuncts(node.this) + _conjuncts(node.expression)
    if isinstance(node, exp.Paren):
        return _conjuncts(node.this)
    return [node]


class _Reader:
    """Reads a SELECT with its scope: which tables, which of them an unqualified column belongs to."""

    def __init__(self, schema: Schema, graph: JoinGraph, literals: _Literals) -> None:
        self._schema = schema
        self._graph = graph
        self._literals = literals

    def query(self, node: exp.Expr) -> _Query:
        while isinstance(node, exp.Subquery | exp.Paren):
            node = node.this
        if node.args.get("with_") or node.args.get("with"):
            _unsayable("WITH")
        if isinstance(node, exp.SetOperation):
            if node.args.get("distinct") is False:
                _unsayable("ALL in a set operation")
            if any(node.args.get(key) for key in ("order", "limit", "offset")):
                _unsayable("ORDER BY or LIMIT over a set operation")
            left, right = self.query(node.this), self.query(node.expression)
            for side in (left, right):
                if isinstance(side, _Block) and (side.order or side.limit is not None):
                    _unsayable("ORDER BY or LIMIT inside a set operation")
            if isinstance(right, _SetOperation):
                _unsayable("a nested set operation")
            return _SetOperation(_SET_TYPES[type(node)], left, right)
        if not isinstance(node, exp.Select):
            _unsayable(type(node).__name__)
        return self._select(node)

    def _select(self, node: exp.Select) -> _Query:
        for key, value in node.args.items():
            known = ("expressions", "distinct", "from_", "joins", "where", "group", "having")
            if value and key not in (*known, "order", "limit", "kind"):
                _unsayable(key)
        source = node.args.get("from_")
        if source is None:
            _unsayable("a SELECT without FROM")
        if isinstance(source.this, exp.Subquery):
            return self._counted(node, source.this)
        scope = _Scope(self._schema)
        joins: list[exp.Join] = node.args.get("joins") or []
        conditions: list[exp.Expr] = []
        scope.add(source.this)
        for join in joins:
            if join.side or join.args.get("method") or join.kind not in ("", "INNER", "CROSS"):
                _unsayable(f"{join.side} {join.kind} JOIN".strip())
            scope.add(join.this)
            for name in join.args.get("using") or ():
                conditions.append(scope.using(name))
            conditions.extend(_conjuncts(join.args.get("on")))
        where = node.args.get("where")
        filters: list[exp.Expr] = []
        if joins and where is not None and len(conditions) < len(joins):
            parts = _conjuncts(where.this)
            conditions.extend(part for part in parts if scope.link(part))
            filters = [part for part in parts if not scope.link(part)]
        elif where is not None:
            filters = [where.this]
        sources, steps, extra = self._join(scope, conditions)
        condition = self._all_of([self._condition(part, scope) for part in filters] + extra)
        distinct = node.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            _unsayable("DISTINCT ON")
        items = tuple(self._item(item, scope) for item in node.expressions)
        group = node.args.get("group")
        having = node.args.get("having")
        keys: list[_Column] = []
        for part in group.expressions if group else ():
            column = self._expression(part, scope)
            if not isinstance(column, _Column):
                _unsayable("GROUP BY something else than a column")
            keys.append(column)
        return _Block(
            sources=sources,
            steps=steps,
            distinct=distinct is not None,
            items=items,
            where=condition,
            group=tuple(keys),
            having=self._condition(having.this, scope) if having else None,
            order=self._order(node, scope, items),
            limit=self._limit(node),
        )

    def _counted(self, node: exp.Select, source: exp.Subquery) -> _Counted:
        plain = all(
            not value or key in ("expressions", "from_") for key, value in node.args.items()
        )
        items = node.expressions
        if not (
            plain
            and len(items) == 1
            and isinstance(items[0], exp.Count)
            and isinstance(items[0].this, exp.Star)
        ):
            _unsayable("a subquery in FROM")
        query = self.query(source.this)
        if isinstance(query, _Counted):
            _unsayable("a subquery in FROM")
        return _Counted(query)

    def _order(
        self, node: exp.Select, scope: _Scope, items: tuple[_Expression, ...]
    ) -> tuple[tuple[_Expression, bool], ...]:
        order = node.args.get("order")
        keys: list[tuple[_Expression, bool]] = []
        for part in order.expressions if order else ():
            target = _bare(part.this)
            position = scope.alias_position(target, node)
            key = items[position] if position is not None else self._expression(target, scope)
            keys.append((key, bool(part.args.get("desc"))))
        return tuple(keys)

    def _limit(self, node: exp.Select) -> _Value | int | None:
        limit = node.args.get("limit")
        if limit is None:
            return None
        number = limit.expression
        if not isinstance(number, exp.Literal) or not number.name.isdigit():
            _unsayable("a LIMIT that is no whole number")
        return 1 if int(number.name) == 1 else self._literals.find(number.name, None)

    def _item(self, node: exp.Expr, scope: _Scope) -> _Expression:
        node = _bare(node)
        if isinstance(node, exp.Star):
            return _All() if len(scope.tables) > 1 else _Star(scope.tables[0], 0)
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            position = scope.source(node.table)
            if position is None:
                _unsayable(f"a star of {node.table}, which is not in FROM")
            return _Star(scope.tables[position], scope.order[position])
        return self._expression(node, scope)

    def _expression(self, node: exp.Expr, scope: _Scope) -> _Expression:
        node = _bare(node)
        name = _AGGREGATE_TYPES.get(type(node))
        if name:
            operand = _bare(node.this)
            distinct = isinstance(operand, exp.Distinct)
            if distinct:
                if len(operand.expressions) != 1:
                    _unsayable("count(DISTINCT) of several columns")
                operand = _bare(operand.expressions[0])
            if node.args.get("expressions"):
                _unsayable(f"{name} of several arguments")
            if isinstance(operand, exp.Star):
                if name != "count" or distinct:
                    _unsayable(f"{name} of a star")
                return _Aggregate(name, False, _Star(-1, 0))
            inner = self._expression(operand, scope)
            if any(isinstance(part, _Aggregate) for part in _parts(inner)):
                _unsayable("an aggregate of an aggregate")
            return _Aggregate(name, distinct, inner)
        operator = _ARITHMETIC_TYPES.get(type(node))
        if operator:
            left = self._expression(node.this, scope)
            right = self._expression(node.expression, scope)
            return _Arithmetic(operator, left, right)
        if isinstance(node, exp.Column):
            found = scope.find(node)
            if found is None:
                _unsayable(f"{node.sql()} names no column here")
            return _Column(found[0], scope.order[found[1]])
        _unsayable(f"{type(node).__name__} as an expression")

    def _all_of(self, conditions: list[_Condition]) -> _Condition | None:
        parts: list[_Condition] = []
        for condition in conditions:
            if isinstance(condition, _Junction) and condition.operator == "and":
                parts.extend(condition.parts)
            else:
                parts.append(condition)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else _Junction("and", tuple(parts))

    def _condition(self, node: exp.Expr, scope: _Scope) -> _Condition:
        if isinstance(node, exp.Paren):
            return self._condition(node.this, scope)
        if isinstance(node, exp.And):
            parts = self._merge_ranges(_conjuncts(node), scope)
            merged = self._all_of(parts)
            assert merged is not None
            return merged
        if isinstance(node, exp.Or):
            sides: list[_Condition] = []
            for side in (node.this, node.expression):
                condition = self._condition(side, scope)
                if isinstance(condition, _Junction) and condition.operator == "or":
                    sides.extend(condition.parts)
                else:
                    sides.append(condition)
            return _Junction("or", tuple(sides))
        return self._predicate(node, scope)

    def _merge_ranges(self, nodes: list[exp.Expr], scope: _Scope) -> list[_Condition]:
        """The conjuncts as conditions, ``c >= first AND c < after`` over a year, month or day as one."""
        conditions: list[_Condition] = []
        i = 0
        while i < len(nodes):
            pair = nodes[i : i + 2]
            if (
                len(pair) == 2
                and isinstance(pair[0], exp.GTE)
                and type(pair[1]) in (exp.LT, exp.LTE)
            ):
                merged = self._during(
                    scope,
                    pair[0].this,
                    pair[1].this,
                    pair[0].expression,
                    pair[1].expression,
                    inclusive=isinstance(pair[1], exp.LTE),
                )
                if merged:
                    conditions.append(merged)
                    i += 2
                    continue
            conditions.append(self._condition(nodes[i], scope))
            i += 1
        return conditions

    def _during(
        self,
        scope: _Scope,
        column: exp.Expr,
        same: exp.Expr,
        low: exp.Expr,
        high: exp.Expr,
        *,
        inclusive: bool,
    ) -> _Predicate | None:
        found = scope.find(column) if isinstance(column, exp.Column) else None
        if found is None or column != same or not is_date_column(self._schema.columns[found[0]]):
            return None
        bounds = scope.text(low), scope.text(high)
        if bounds[0] is None or bounds[1] is None:
            return None
        period = _period_of(bounds[0], bounds[1], inclusive=inclusive)
        if period is None or not self._literals.has(period):
            return None
        left = _Column(found[0], scope.order[found[1]])
        return _Predicate(left, "during", (self._literals.find(period, found[0]),))

    def _predicate(self, node: exp.Expr, scope: _Scope) -> _Predicate:
        negated = isinstance(node, exp.Not)
        if negated:
            node = _bare(node.this)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            left = self._expression(node.this, scope)
            negated = negated != bool(node.args.get("negate"))
            return _Predicate(left, "is-not-null" if negated else "is-null", ())
        if isinstance(node, exp.In):
            return self._in(node, scope, negated)
        if isinstance(node, exp.Like):
            return self._like(node, scope, negated != bool(node.args.get("negate")))
        if isinstance(node, exp.Between) and not negated:
            merged = self._during(
                scope, node.this, node.this, node.args["low"], node.args["high"], inclusive=True
            )
            if merged:
                return merged
            left = self._expression(node.this, scope)
            low, high = (self._operand(node.args[key], scope, left) for key in ("low", "high"))
            return _Predicate(left, "between", (low, high))
        operator = _COMPARISON_TYPES.get(type(node))
        if operator is None or (negated and operator not in ("=", "!=")):
            _unsayable(f"the condition {node.sql()}")
        if negated:
            operator = "!=" if operator == "=" else "="
        this, other = _bare(node.this), _bare(node.expression)
        if scope.text(this) is not None or isinstance(this, exp.Subquery):
            this, other, operator = other, this, _FLIPPED.get(operator, operator)
        left = self._expression(this, scope)
        return _Predicate(left, operator, (self._operand(other, scope, left),))

    def _in(self, node: exp.In, scope: _Scope, negated: bool) -> _Predicate:
        left = self._expression(node.this, scope)
        operator = "not-in" if negated else "in"
        query = node.args.get("query")
        if query is not None:
            return _Predicate(left, operator, (self.query(query),))
        if len(node.expressions) == 1 and isinstance(_bare(node.expressions[0]), exp.Subquery):
            return _Predicate(left, operator, (self.query(_bare(node.expressions[0])),))
        values = tuple(self._operand(part, scope, left) for part in node.expressions)
        if not values or not all(isinstance(value, _Value) for value in values):
            _unsayable("an IN list of something else than values")
        return _Predicate(left, operator, values)

    def _like(self, node: exp.Like, scope: _Scope, negated: bool) -> _Predicate:
        left = self._expression(node.this, scope)
        pattern = scope.text(_bare(node.expression))
        if pattern is None or node.args.get("escape"):
            _unsayable("a LIKE pattern that is no plain text")
        column = left.column if isinstance(left, _Column) else None
        inner = pattern.strip("%")
        starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
        if column is not None and starts and not ends and not negated:
            period = inner.rstrip("-")
            if (
                is_date_column(self._schema.columns[column])
                and period_range(period)
                and self._literals.has(period)
            ):
                return _Predicate(left, "during", (self._literals.find(period, column),))
        if not inner or "%" in inner or "_" in inner or (starts and ends):
            operator, text = "like", pattern
        else:
            operator = "starts" if starts else "ends" if ends else "contains"
            text = inner
        operator = f"not-{operator}" if negated else operator
        return _Predicate(left, operator, (self._literals.find(text, column),))

    def _operand(
        self, node: exp.Expr, scope: _Scope, left: _Expression
    ) -> _Expression | _Value | _Query:
        node = _bare(node)
        if isinstance(node, exp.Subquery | exp.Select):
            return self.query(node)
        text = scope.text(node)
        if text is not None:
            column = left.column if isinstance(left, _Column) else None
            return self._literals.find(text, column)
        return self._expression(node, scope)

    def _join(
        self, scope: _Scope, conditions: list[exp.Expr]
    ) -> tuple[tuple[int, ...], tuple[_Step, ...], list[_Condition]]:
        """A spanning tree of key joins over FROM; other conditions go to WHERE.

        Sets ``scope.order``: where each table of FROM stands in the result.
        """
        links: list[tuple[tuple[int, int], tuple[int, int]]] = []
        others: list[exp.Expr] = []
        for condition in conditions:
            link = scope.link(condition)
            if link is None:
                others.append(condition)
            elif link not in links:
                links.append(link)
        order, steps = [0], list[_Step]()
        waiting = list(links)
        while len(order) < len(scope.tables):
            for link in waiting:
                (column, left), (new_column, right) = link
                if (left in order) == (right in order):
                    continue
                if new_column not in self._graph.partners(column):
                    continue
                if right in order:
                    column, left, new_column, right = new_column, right, column, left
                steps.append(_Step(order.index(left), Join(column, new_column)))
                order.append(right)
                waiting.remove(link)
                break
            else:
                _unsayable("a join along no key")
        scope.order = [order.index(position) for position in range(len(order))]
        sources = tuple(scope.tables[position] for position in order)
        same = _classes(steps)
        extra: list[_Condition] = []
        for (column, left), (new_column, right) in waiting:
            first, second = (scope.order[left], column), (scope.order[right], new_column)
            if not any(first in group and second in group for group in same):
                extra.append(
                    _Predicate(_Column(column, first[0]), "=", (_Column(new_column, second[0]),))
                )
        extra.extend(self._condition(other, scope) for other in others)
        return sources, tuple(steps), extra


def _parts(node: _Expression) -> Iterator[_Expression]:
    yield node
    if isinstance(node, _Aggregate):
        yield from _parts(node.operand)
    elif isinstance(node, _Arithmetic):
        yield from _parts(node.left)
        yield from _parts(node.right)


def _classes(steps: Sequence[_Step]) -> list[set[tuple[int, int]]]:
    """The (source, column) pairs that the joins make equal, as groups: what a join means, however spelt."""
    groups: list[set[tuple[int, int]]] = []
    for i, step in enumerate(steps):
        pair = {(step.left, step.join.column), (i + 1, step.join.new_column)}
        touching = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair]
        groups.append(pair.union(*touching))
    return groups


class _Scope:
    """The tables of one FROM and what names mean in it."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names: list[str] = []
        self.tables: list[int] = []
        self.order: list[int] = [0]

    def add(self, node: exp.Expr) -> None:
        if not isinstance(node, exp.Table):
            _unsayable("a subquery in FROM")
        table = self._schema.find_table(node.name)
        if table is None:
            raise InvalidSQL(f"There is no table {node.name}.", rule="table")
        self.tables.append(table)
        self._names.append((node.alias or node.name).lower())

    def source(self, name: str) -> int | None:
        """Position in FROM of the table with that alias or name."""
        if name.lower() in self._names:
            return self._names.index(name.lower())
        table = self._schema.find_table(name)
        return self.tables.index(table) if table in self.tables else None

    def find(self, node: exp.Column) -> tuple[int, int] | None:
        """(column, position in FROM) that a column name means here; None for a string in double quotes."""
        if isinstance(node.this, exp.Star):
            return None
        if node.table:
            position = self.source(node.table)
            positions = [] if position is None else [position]
        else:
            positions = list(range(len(self.tables)))
        for position in positions:
            column = self._schema.find_column(self.tables[position], node.name)
            if column is not None:
                return column, position
        return None

    def text(self, node: exp.Expr) -> str | None:
        """The text of a literal, None where the node is none."""
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
            return f"-{node.this.name}"
        if isinstance(node, exp.Literal):
            return str(node.name)
        if isinstance(node, exp.Boolean):
            return "1" if node.this else "0"
        if (
            isinstance(node, exp.Column)
            and isinstance(node.this, exp.Identifier)
            and node.this.quoted
            and not node.table
            and self.find(node) is None
        ):
            return str(node.name)
        return None

    def link(self, node: exp.Expr) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """The two (column, position) that a join condition makes equal, None where it is none."""
        node = _bare(node)
        if not isinstance(node, exp.EQ):
            return None
        left, right = _bare(node.this), _bare(node.expression)
        if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
            return None
        first, second = self.find(left), self.find(right)
        if first is None or second is None or first[1] == second[1]:
            return None
        return first, second

    def using(self, name: exp.Expr) -> exp.Expr:
        right = len(self.tables) - 1
        for left in range(right):
            if self._schema.find_column(self.tables[left], name.name) is not None:
                return exp.EQ(
                    this=exp.column(name.name, table=self._names[left]),
                    expression=exp.column(name.name, table=self._names[right]),
                )
        _unsayable(f"USING ({name.name}), which no table before has")

    def alias_position(self, node: exp.Expr, select: exp.Select) -> int | None:
        """Which select item an ORDER BY term means by its alias or number, None where it is an expression."""
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            number = int(node.name)
            return number - 1 if 1 <= number <= len(select.expressions) else None
        if not isinstance(node, exp.Column) or node.table or self.find(node) is not None:
            return None
        for i, item in enumerate(select.expressions):
            if isinstance(item, exp.Alias) and item.alias.lower() == node.name.lower():
                return i
        return None


# --- tree to tokens -------------------------------------------------------------------------------------------


def implied_source(graph: JoinGraph, sources: Sequence[int], table: int) -> int | None:
    """Which of the tables in FROM a new one joins when no ``on`` says it: the latest with an edge to it."""
    for position in range(len(sources) - 1, -1, -1):
        if graph.join(sources[position], table) is not None:
            return position
    return None


class _Writer:
    """Writes the tree as tokens, deciding whether FROM can be left out and which table a star names."""

    def __init__(self, graph: JoinGraph, schema: Schema) -> None:
        self._graph = graph
        self._schema = schema
        self.tokens: list[TargetToken] = []

    def _word(self, name: str) -> None:
        self.tokens.append(keyword(name))

    def query(self, query: _Query) -> None:
        if isinstance(query, _SetOperation):
            self.query(query.left)
            self._word(query.operator)
            self.query(query.right)
        elif isinstance(query, _Counted):
            self._word("count")
            self._word("(")
            self.query(query.query)
            self._word(")")
        else:
            self._block(query)

    def _block(self, block: _Block) -> None:
        derived = self._derive(block)
        if derived is None:
            self._from(block)
            star = self._counted_tables(block)[0]
        else:
            star = derived
        instance = [block.sources[:i].count(t) + 1 for i, t in enumerate(block.sources)]
        self._instance = instance
        self._sources = block.sources
        self._star = star
        if block.distinct:
            self._word("distinct")
        for item in block.items:
            self._expression(item)
        state = (self._instance, self._sources, self._star)
        if block.where is not None:
            self._word("where")
            self._condition(block.where, state)
        if block.group:
            self._word("group")
            for column in block.group:
                self._expression(column)
        if block.having is not None:
            self._word("having")
            self._condition(block.having, state)
        for key, descends in block.order:
            self._word("desc" if descends else "asc")
            self._expression(key)
        if isinstance(block.limit, _Value):
            self._word("limit")
            self._value(block.limit)
        elif block.limit is not None:
            self._word("limit-1")

    def _counted_tables(self, block: _Block) -> list[int]:
        """Positions in FROM, the best table for a ``*`` first: one that refers to others but is not referred to
        has a row for each joined row, so its rows are what ``count(*)`` counts."""
        referred = set[int]()
        for i, step in enumerate(block.steps):
            left, right = step.join.column, step.join.new_column
            for key in self._schema.foreign_keys:
                if (key.column, key.ref_column) == (left, right):
                    referred.add(i + 1)
                elif (key.column, key.ref_column) == (right, left):
                    referred.add(step.left)
        return sorted(range(len(block.sources)), key=lambda i: (i in referred, i))

    def _derive(self, block: _Block) -> int | None:
        """The position that stars name if FROM can be left out, else None."""
        if len(set(block.sources)) < len(block.sources):
            return None
        leaves = _block_leaves(block)
        if any(isinstance(leaf, _All) for leaf in leaves):
            return None
        floating = any(isinstance(leaf, _Star) and leaf.table < 0 for leaf in leaves)
        for star in self._counted_tables(block) if floating else [0]:
            named = [
                block.sources[star if isinstance(leaf, _Star) and leaf.table < 0 else leaf.source]
                for leaf in leaves
                if isinstance(leaf, _Column | _Star)
            ]
            tree = self._graph.tree(named)
            if tree is not None and self._same_from(block, named[0], tree):
                return star
        return None

    def _same_from(self, block: _Block, first: int, tree: Sequence[Join]) -> bool:
        sources, steps = _positions(self._schema, first, tree)
        if sorted(sources) != sorted(block.sources):
            return False
        place = [block.sources.index(table) for table in sources]
        derived = [{(place[s], c) for s, c in group} for group in _classes(steps)]
        wanted = _classes(block.steps)
        return len(derived) == len(wanted) and all(group in wanted for group in derived)

    def _from(self, block: _Block) -> None:
        self._word("from")
        self.tokens.append(TargetToken("table", block.sources[0]))
        for i, step in enumerate(block.steps):
            before, table = block.sources[: i + 1], block.sources[i + 1]
            position = implied_source(self._graph, before, table)
            if position == step.left and self._graph.join(before[position], table) == step.join:
                self.tokens.append(TargetToken("table", table))
                continue
            self._word("on")
            self._mark(before[: step.left].count(before[step.left]) + 1)
            self.tokens.append(TargetToken("column", step.join.column))
            self.tokens.append(TargetToken("column", step.join.new_column))
        self._word("select")

    def _mark(self, instance: int) -> None:
        if instance - 2 >= len(INSTANCES):
            _unsayable(f"one table {instance} times in FROM")
        if instance > 1:
            self._word(INSTANCES[instance - 2])

    def _expression(self, node: _Expression) -> None:
        if isinstance(node, _Column):
            self._mark(self._instance[node.source])
            self.tokens.append(TargetToken("column", node.column))
        elif isinstance(node, _Star):
            source = self._star if node.table < 0 else node.source
            self._mark(self._instance[source])
            self.tokens.append(TargetToken("table", self._sources[source]))
        elif isinstance(node, _All):
            self._word("all")
        elif isinstance(node, _Aggregate):
            self._word(node.name)
            if node.distinct:
                self._word("distinct")
            self._expression(node.operand)
        else:
            self._word(node.operator)
            self._expression(node.left)
            self._expression(node.right)

    def _value(self, value: _Value) -> None:
        self.tokens.append(TargetToken("value", value.candidate))

    def _condition(
        self, node: _Condition, state: tuple[list[int], tuple[int, ...], int], inside: str = "or"
    ) -> None:
        if isinstance(node, _Junction):
            grouped = inside == "and" and node.operator == "or"
            if grouped:
                self._word("[")
            for i, part in enumerate(node.parts):
                if i:
                    self._word(node.operator)
                self._condition(part, state, node.operator)
            if grouped:
                self._word("]")
            return
        self._expression(node.left)
        self._word(node.operator)
        for operand in node.right:
            if isinstance(operand, _Value):
                self._value(operand)
            elif isinstance(operand, _Block | _Counted | _SetOperation):
                self._word("(")
                self.query(operand)
                self._word(")")
                self._instance, self._sources, self._star = state
            else:
                self._expression(operand)


def _positions(
    schema: Schema, first: int, tree: Sequence[Join]
) -> tuple[tuple[int, ...], tuple[_Step, ...]]:
    """A join tree over different tables as sources and steps."""
    sources, steps = [first], list[_Step]()
    for join in tree:
        steps.append(_Step(sources.index(schema.columns[join.column].table), join))
        sources.append(schema.columns[join.new_column].table)
    return tuple(sources), tuple(steps)


def _read(sql: str, schema: Schema, literals: _Literals, dialect: str) -> _Query:
    reader = _Reader(schema, join_graph(schema), literals)
    try:
        return reader.query(_parse(sql, dialect))
    except RecursionError as error:
        raise InvalidSQL("The SQL is nested too deeply.", rule="syntax") from error


def linearize(
    sql: str,
    schema: Schema,
    candidates: Sequence[ValueCandidate],
    *,
    dialect: str = "sqlite",
) -> tuple[TargetToken, ...]:
    """The SQL as a target sequence, ``<end>`` included.

    Raises ``MissingValue`` where only literals stand in the way, else ``InvalidSQL`` for SQL that does not parse
    or that the language of the sequences cannot say.
    """
    literals = _Literals(candidates)
    query = _read(sql, schema, literals, dialect)
    writer = _Writer(join_graph(schema), schema)
    writer.query(query)
    writer.tokens.append(keyword(END))
    if literals.missing:
        raise MissingValue(literals.missing)
    return tuple(writer.tokens)


def literals(sql: str, schema: Schema, *, dialect: str = "sqlite") -> list[str]:
    """The texts that must be among the candidates for ``linearize`` to succeed, in order of use.

    A LIKE pattern counts without its ``%``, a whole year, month or day as that period; LIMIT 1 needs none.
    Raises ``InvalidSQL`` as ``linearize`` does.
    """
    found = _Literals(None)
    _read(sql, schema, found, dialect)
    return found.used


# --- tokens to tree -------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent over target tokens; instances stay as they are marked."""

    def __init__(self, tokens: Sequence[TargetToken], schema: Schema, graph: JoinGraph) -> None:
        self._tokens = tokens
        self._schema = schema
        self._graph = graph
        self._next = 0

    def parse(self) -> _Query:
        query = self._query()
        self._expect(END)
        if self._next != len(self._tokens):
            self._broken()
        return query

    def _broken(self) -> NoReturn:
        raise InvalidSQL(f"The target sequence breaks its grammar at token {self._next}.")

    def _peek(self) -> TargetToken:
        if self._next >= len(self._tokens):
            self._broken()
        return self._tokens[self._next]

    def _word(self) -> str:
        """The keyword that comes next, "" where a pointer does."""
        token = self._peek()
        return KEYWORDS[token.index] if token.kind == "keyword" else ""

    def _take(self, *words: str) -> str:
        """Consumes the next token if it is one of these keywords and returns it, else ""."""
        word = self._word()
        if word and word in words:
            self._next += 1
            return word
        return ""

    def _expect(self, word: str) -> None:
        if not self._take(word):
            self._broken()

    def _pointer(self, kind: str) -> int:
        token = self._peek()
        if token.kind != kind:
            self._broken()
        self._next += 1
        return token.index

    def _query(self) -> _Query:
        query = self._block()
        while operator := self._take(*SET_OPERATIONS):
            query = _SetOperation(operator, query, self._block())
        return query

    def _block(self) -> _Query:
        if self._word() == "count" and self._tokens[self._next + 1 :][:1] == [keyword("(")]:
            self._next += 2
            inner = self._query()
            self._expect(")")
            return _Counted(inner)
        sources, steps = self._from() if self._take("from") else ((), ())
        distinct = bool(self._take("distinct"))
        items = [self._expression()]
        while self._starts_expression() or self._word() == "all":
            items.append(self._expression())
        where = self._condition() if self._take("where") else None
        group: list[_Column] = []
        having = None
        if self._take("group"):
            while self._starts_expression():
                key = self._expression()
                if not isinstance(key, _Column):
                    self._broken()
                group.append(key)
            having = self._condition() if self._take("having") else None
        order: list[tuple[_Expression, bool]] = []
        while direction := self._take("asc", "desc"):
            order.append((self._expression(), direction == "desc"))
        limit: _Value | int | None = None
        if self._take("limit-1"):
            limit = 1
        elif self._take("limit"):
            limit = _Value(self._pointer("value"))
        return _Block(
            sources, steps, distinct, tuple(items), where, tuple(group), having, tuple(order), limit
        )

    def _from(self) -> tuple[tuple[int, ...], tuple[_Step, ...]]:
        sources, steps = [self._pointer("table")], list[_Step]()
        while not self._take("select"):
            if self._take("on"):
                instance = self._instance()
                column, new_column = self._pointer("column"), self._pointer("column")
                table = self._schema.columns[column].table
                places = [i for i, source in enumerate(sources) if source == table]
                if len(places) < instance or new_column not in self._graph.partners(column):
                    self._broken()
                step = _Step(places[instance - 1], Join(column, new_column))
            else:
                new_table = self._pointer("table")
                position = implied_source(self._graph, sources, new_table)
                join = (
                    self._graph.join(sources[position], new_table) if position is not None else None
                )
                if position is None or join is None:
                    self._broken()
                step = _Step(position, join)
            steps.append(step)
            sources.append(self._schema.columns[step.join.new_column].table)
        return tuple(sources), tuple(steps)

    def _instance(self) -> int:
        word = self._take(*INSTANCES)
        return INSTANCES.index(word) + 2 if word else 1

    def _starts_expression(self) -> bool:
        token = self._peek()
        return token.kind in ("table", "column") or (
            token.kind == "keyword"
            and KEYWORDS[token.index] in (*AGGREGATES, *ARITHMETIC, *INSTANCES)
        )

    def _expression(self) -> _Expression:
        if self._take("all"):
            return _All()
        if name := self._take(*AGGREGATES):
            return _Aggregate(name, bool(self._take("distinct")), self._expression())
        if operator := self._take(*ARITHMETIC):
            return _Arithmetic(operator, self._expression(), self._expression())
        instance = self._instance()
        if self._peek().kind == "table":
            return _Star(self._pointer("table"), instance)
        return _Column(self._pointer("column"), instance)

    def _condition(self) -> _Condition:
        """``and`` binds tighter than ``or``."""
        alternatives: list[_Condition] = []
        parts = [self._predicate()]
        while True:
            if self._take("and"):
                parts.append(self._predicate())
                continue
            alternatives.append(parts[0] if len(parts) == 1 else _Junction("and", tuple(parts)))
            if not self._take("or"):
                break
            parts = [self._predicate()]
        if len(alternatives) == 1:
            return alternatives[0]
        return _Junction("or", tuple(alternatives))

    def _predicate(self) -> _Condition:
        if self._take("["):
            condition = self._condition()
            self._expect("]")
            return condition
        left = self._expression()
        operator = self._word()
        self._next += 1
        if operator in ("is-null", "is-not-null"):
            return _Predicate(left, operator, ())
        if operator == "between":
            return _Predicate(left, operator, (self._operand(), self._operand()))
        if operator in ("in", "not-in"):
            if self._word() == "(":
                return _Predicate(left, operator, (self._operand(),))
            values = [_Value(self._pointer("value"))]
            while self._peek().kind == "value":
                values.append(_Value(self._pointer("value")))
            return _Predicate(left, operator, tuple(values))
        if operator in PATTERNS or operator == "during":
            return _Predicate(left, operator, (_Value(self._pointer("value")),))
        if operator not in COMPARISONS:
            self._broken()
        return _Predicate(left, operator, (self._operand(),))

    def _operand(self) -> _Expression | _Value | _Query:
        if self._take("("):
            query = self._query()
            self._expect(")")
            return query
        if self._peek().kind == "value":
            return _Value(self._pointer("value"))
        return self._expression()


# --- tree to SQL ----------------------------------------------------------------------------------------------


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=_needs_quotes(name))


def _needs_quotes(name: str) -> bool:
    return not _PLAIN_NAME.fullmatch(name) or name.lower() in _AWKWARD


class _Builder:
    """Builds sqlglot's tree from ours."""

    def __init__(
        self, schema: Schema, graph: JoinGraph, candidates: Sequence[ValueCandidate]
    ) -> None:
        self._schema = schema
        self._graph = graph
        self._candidates = candidates
        self._aliases = 0
        """T1, T2, ... run through the whole query: Spider's parser keeps one list of aliases a query."""

    def query(self, query: _Query) -> exp.Query:
        if isinstance(query, _SetOperation):
            built = _SET_CLASSES[query.operator](
                this=self.query(query.left), distinct=True, expression=self.query(query.right)
            )
            return cast(exp.Query, built)
        if isinstance(query, _Counted):
            source = exp.Subquery(this=self.query(query.query))
            source.set("alias", exp.TableAlias(this=_identifier("T")))
            return exp.Select(
                expressions=[exp.Count(this=exp.Star(), big_int=True)], from_=exp.From(this=source)
            )
        return self._block(query)

    def _block(self, block: _Block) -> exp.Select:
        sources, steps = block.sources, block.steps
        if not sources:
            sources, steps = self._derive(block)
        place: dict[tuple[int, int], int] = {}
        for i, table in enumerate(sources):
            place[table, sources[:i].count(table) + 1] = i
        names = _Names(self._schema, sources, place, self._aliases)
        self._aliases += len(sources) if names.several else 0
        select = exp.Select(expressions=[self._expression(item, names) for item in block.items])
        if block.distinct:
            select.set("distinct", exp.Distinct())
        select.set("from_", exp.From(this=names.source(0)))
        where, links = self._split(block.where, names)
        joins = []
        for i, step in enumerate(steps):
            on: exp.Expr = exp.EQ(
                this=names.column(step.join.column, step.left),
                expression=names.column(step.join.new_column, i + 1),
            )
            for link in links.get(i + 1, ()):
                on = exp.And(this=on, expression=self._condition(link, names))
            joins.append(exp.Join(this=names.source(i + 1), on=on))
        if joins:
            select.set("joins", joins)
        if where is not None:
            select.set("where", exp.Where(this=self._condition(where, names)))
        if block.group:
            keys = [self._expression(key, names) for key in block.group]
            select.set("group", exp.Group(expressions=keys))
        if block.having is not None:
            select.set("having", exp.Having(this=self._condition(block.having, names)))
        if block.order:
            ordered = [
                exp.Ordered(
                    this=self._expression(key, names), desc=descends, nulls_first=not descends
                )
                for key, descends in block.order
            ]
            select.set("order", exp.Order(expressions=ordered))
        if block.limit is not None:
            select.set("limit", exp.Limit(expression=self._limit(block.limit)))
        return select

    def _split(
        self, where: _Condition | None, names: _Names
    ) -> tuple[_Condition | None, dict[int, list[_Predicate]]]:
        """WHERE without the equalities that belong to a join of several columns, and those by the position of
        the later of their two tables."""
        conjuncts: tuple[_Condition, ...] = (where,) if where is not None else ()
        if isinstance(where, _Junction) and where.operator == "and":
            conjuncts = where.parts
        kept: list[_Condition] = []
        links: dict[int, list[_Predicate]] = {}
        for part in conjuncts:
            positions = self._linked(part, names)
            if positions and isinstance(part, _Predicate):
                links.setdefault(max(positions), []).append(part)
            else:
                kept.append(part)
        if not kept:
            return None, links
        return kept[0] if len(kept) == 1 else _Junction("and", tuple(kept)), links

    def _linked(self, part: _Condition, names: _Names) -> tuple[int, int] | None:
        """Positions of the two tables if the condition equates columns of one name or one key, else None."""
        if not isinstance(part, _Predicate) or part.operator != "=":
            return None
        left, right = part.left, part.right[0]
        if not isinstance(left, _Column) or not isinstance(right, _Column):
            return None
        first, second = self._schema.columns[left.column], self._schema.columns[right.column]
        positions = (
            names.position(first.table, left.source),
            names.position(second.table, right.source),
        )
        same = first.name.lower() == second.name.lower()
        same = same or right.column in self._graph.partners(left.column)
        return positions if same and positions[0] != positions[1] else None

    def _limit(self, limit: _Value | int) -> exp.Expr:
        if isinstance(limit, int):
            return exp.Literal.number(limit)
        text = self._candidates[limit.candidate].text
        number = as_number(text)
        if number is None or number != int(number) or number < 0:
            raise InvalidSQL(f"{text!r} is no number of rows.")
        return exp.Literal.number(int(number))

    def _derive(self, block: _Block) -> tuple[tuple[int, ...], tuple[_Step, ...]]:
        tables: list[int] = []
        for leaf in _block_leaves(block):
            if isinstance(leaf, _Column):
                tables.append(self._schema.columns[leaf.column].table)
            elif isinstance(leaf, _Star):
                tables.append(leaf.table)
        tree = self._graph.tree(tables) if tables else None
        if tree is None:
            raise InvalidSQL("The tables of the target sequence cannot be joined.")
        return _positions(self._schema, tables[0], tree)

    def _expression(self, node: _Expression, names: _Names) -> exp.Expr:
        if isinstance(node, _Column):
            table = self._schema.columns[node.column].table
            return names.column(node.column, names.position(table, node.source))
        if isinstance(node, _Star):
            position = names.position(node.table, node.source)
            if not names.several:
                return exp.Star()
            return exp.Column(this=exp.Star(), table=_identifier(names.alias(position)))
        if isinstance(node, _All):
            return exp.Star()
        if isinstance(node, _Aggregate):
            if isinstance(node.operand, _Star):
                names.position(node.operand.table, node.operand.source)
                return exp.Count(this=exp.Star(), big_int=True)
            operand = self._expression(node.operand, names)
            if node.distinct:
                operand = exp.Distinct(expressions=[operand])
            cls: Any = _AGGREGATE_CLASSES[node.name]
            return cast(
                exp.Expr, cls(this=operand, big_int=True) if cls is exp.Count else cls(this=operand)
            )
        operator: Any = _ARITHMETIC_CLASSES[node.operator]
        built = operator(
            this=self._side(node.left, names), expression=self._side(node.right, names)
        )
        if (
            operator is exp.Div
        ):  # as sqlglot reads SQLite's: whole numbers divide to whole numbers, x / 0 is NULL
            built.set("typed", True)
            built.set("safe", True)
        return cast(exp.Expr, built)

    def _side(self, node: _Expression, names: _Names) -> exp.Expr:
        built = self._expression(node, names)
        return exp.Paren(this=built) if isinstance(node, _Arithmetic) else built

    def _condition(self, node: _Condition, names: _Names, inside: str = "or") -> exp.Expr:
        if isinstance(node, _Junction):
            cls = exp.And if node.operator == "and" else exp.Or
            built = self._condition(node.parts[0], names, node.operator)
            for part in node.parts[1:]:
                built = cls(this=built, expression=self._condition(part, names, node.operator))
            grouped = inside == "and" and node.operator == "or"
            return exp.Paren(this=built) if grouped else built
        left = self._expression(node.left, names)
        operator = node.operator
        negated = operator.startswith(("not-", "is-not"))
        if operator in ("is-null", "is-not-null"):
            built = exp.Is(this=left, expression=exp.Null())
        elif operator in PATTERNS:
            built = exp.Like(this=left, expression=self._pattern(operator, node))
            if negated:
                built.set("negate", True)
            return built
        elif operator == "during":
            return self._during(left, node)
        elif operator in ("in", "not-in"):
            built = exp.In(this=left)
            if isinstance(node.right[0], _Value):
                values = [self._operand(part, node.left, names) for part in node.right]
                built.set("expressions", values)
            else:
                built.set("query", self._operand(node.right[0], node.left, names))
        elif operator == "between":
            low, high = (self._operand(part, node.left, names) for part in node.right)
            built = exp.Between(this=left, low=low, high=high)
        else:
            comparison: Any = _COMPARISON_CLASSES[operator]
            built = comparison(this=left, expression=self._operand(node.right[0], node.left, names))
        return exp.Not(this=built) if negated else built

    def _text(self, part: object) -> str:
        assert isinstance(part, _Value)
        return self._candidates[part.candidate].text

    def _pattern(self, operator: str, node: _Predicate) -> exp.Expr:
        text, shape = self._text(node.right[0]), operator.removeprefix("not-")
        if shape in ("contains", "ends"):
            text = f"%{text}"
        if shape in ("contains", "starts"):
            text = f"{text}%"
        return exp.Literal.string(text)

    def _during(self, left: exp.Expr, node: _Predicate) -> exp.Expr:
        bounds = period_range(self._text(node.right[0]))
        if bounds is None:
            raise InvalidSQL(f"{self._text(node.right[0])!r} is no year, month or day.")
        return exp.And(
            this=exp.GTE(this=left, expression=exp.Literal.string(bounds[0])),
            expression=exp.LT(this=left.copy(), expression=exp.Literal.string(bounds[1])),
        )

    def _operand(self, part: object, left: _Expression, names: _Names) -> exp.Expr:
        if isinstance(part, _Value):
            return self._literal(self._text(part), self._type(left))
        if isinstance(part, _Block | _Counted | _SetOperation):
            return exp.Subquery(this=self.query(part))
        return self._expression(cast(_Expression, part), names)

    def _type(self, node: _Expression) -> ColumnType:
        """The type of an expression's values, for writing a literal that is compared with it."""
        if isinstance(node, _Column):
            return self._schema.columns[node.column].type
        if isinstance(node, _Aggregate) and node.name in ("min", "max"):
            return self._type(node.operand)
        return "number"

    def _literal(self, text: str, kind: ColumnType) -> exp.Expr:
        number = as_number(text) if kind in ("number", "other") else None
        if number is None or not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
            return exp.Literal.string(text)
        if text.startswith("-"):
            return exp.Neg(this=exp.Literal.number(text[1:]))
        return exp.Literal.number(text)


class _Names:
    """The tables of one FROM while it is written: aliases T1, T2, ... where there are several."""

    def __init__(
        self,
        schema: Schema,
        sources: Sequence[int],
        place: dict[tuple[int, int], int],
        taken: int,
    ) -> None:
        self._schema = schema
        self._taken = taken
        self._sources = sources
        self._place = place
        self.several = len(sources) > 1

    def alias(self, position: int) -> str:
        return f"T{self._taken + position + 1}"

    def position(self, table: int, instance: int) -> int:
        """Where the table's instance stands in FROM. Raises ``InvalidSQL`` where it does not."""
        if (table, instance) not in self._place:
            name = self._schema.tables[table].name
            raise InvalidSQL(f"{name} does not stand in FROM {instance} times.")
        return self._place[table, instance]

    def source(self, position: int) -> exp.Table:
        table = exp.Table(this=_identifier(self._schema.tables[self._sources[position]].name))
        if self.several:
            table.set("alias", exp.TableAlias(this=_identifier(self.alias(position))))
        return table

    def column(self, column: int, position: int) -> exp.Column:
        built = exp.Column(this=_identifier(self._schema.columns[column].name))
        if self.several:
            built.set("table", _identifier(self.alias(position)))
        return built


def delinearize(
    tokens: Sequence[TargetToken], schema: Schema, candidates: Sequence[ValueCandidate]
) -> exp.Query:
    """The target sequence as sqlglot's tree, in a canonical form: T1, T2, ... where FROM has several tables.

    Raises ``InvalidSQL`` for tokens that are no sequence of the language; one that ``Grammar`` let pass is.
    """
    graph = join_graph(schema)
    query = _Parser(list(tokens), schema, graph).parse()
    return _Builder(schema, graph, candidates).query(query)


def _negated(generator: Any, node: exp.Not) -> str:
    """``x NOT IN (...)`` where sqlglot prints ``NOT x IN (...)``."""
    inner = node.this
    left = generator.sql(inner, "this")
    if isinstance(inner, exp.In):
        query = inner.args.get("query")
        listed = generator.sql(query) if query else f"({generator.expressions(inner, flat=True)})"
        return f"{left} NOT IN {listed}"
    if isinstance(inner, exp.Is):
        return f"{left} IS NOT {generator.sql(inner, 'expression')}"
    return f"NOT {generator.sql(inner)}"


def _printed(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    generator: Any = sqlglot.Dialect.get_or_raise(dialect).generator(pretty=pretty, comments=False)
    handlers: dict[type[exp.Expr], Callable[[Any, Any], str]] = {
        exp.Not: _negated,
        exp.NEQ: lambda generator, node: str(generator.binary(node, "!=")),
    }
    generator._dispatch = {**generator._dispatch, **handlers}
    return str(generator.generate(tree))


def to_sql(tree: exp.Query, dialect: str) -> str:
    """A canonical tree as SQL text in the engine's dialect ("sqlite", "duckdb", "postgres", "mysql").

    Tables keep their own names as qualifiers; only a table that stands in FROM twice gets numbered aliases. Other
    engines than SQLite refuse a column beside an aggregate that GROUP BY does not name: there it is added, which
    changes nothing where the key decides it.
    """
    tree = tree.copy()
    for select in tree.find_all(exp.Select):
        _rename_sources(select)
        if dialect != "sqlite":
            _group_strictly(select)
    for identifier in tree.find_all(exp.Identifier):
        name = identifier.name
        folded = name.lower() if dialect in ("postgres",) else name
        identifier.set("quoted", _needs_quotes(name) or folded != name)
    return _printed(tree, dialect)


def _group_strictly(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is None:
        return
    parts = [*select.expressions, select.args.get("having"), select.args.get("order")]
    for column in [column for part in parts if part for column in part.find_all(exp.Column)]:
        inside = column.find_ancestor(exp.AggFunc, exp.Select)
        if inside is select and not isinstance(column.this, exp.Star):
            if column not in group.expressions:
                group.append("expressions", column.copy())


def _rename_sources(select: exp.Select) -> None:
    tables = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    if len(tables) < 2 or not all(isinstance(table, exp.Table) for table in tables):
        return
    names = [table.name for table in tables]
    renamed: dict[str, str] = {}
    for i, table in enumerate(tables):
        repeated = names.count(table.name) > 1
        new = f"{table.name}_{names[: i + 1].count(table.name)}" if repeated else table.name
        renamed[table.alias] = new
        table.set("alias", exp.TableAlias(this=_identifier(new)) if repeated else None)
    for column in select.find_all(exp.Column):
        if column.table in renamed and column.find_ancestor(exp.Select) is select:
            column.set("table", _identifier(renamed[column.table]))


def to_spider(tree: exp.Query) -> str:
    """A canonical tree in the surface form that Spider's official evaluators parse.

    ``!=``, ``NOT IN``, T1 aliases, no ASC (it is their default), ``*`` for a table's star, names without quotes
    where SQLite takes them so.
    """
    tree = tree.copy()
    for identifier in tree.find_all(exp.Identifier):
        name = identifier.name
        identifier.set("quoted", not _PLAIN_NAME.fullmatch(name) or name.lower() in _RESERVED)
        if (
            "value" in name
        ):  # the official script replaces that word by 1 in a prediction, names included
            identifier.set("this", name.upper())
    for column in list(tree.find_all(exp.Column)):
        if isinstance(column.this, exp.Star) and not column.find_ancestor(exp.SetOperation):
            column.replace(exp.Star())
    for subquery in tree.find_all(exp.Subquery):
        subquery.set("alias", None)
    for ordered in tree.find_all(exp.Ordered):
        if not ordered.args.get("desc"):
            ordered.set("desc", None)
    return _printed(tree, "sqlite")
