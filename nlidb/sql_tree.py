"""SQL to the tree of the target language.

What the language cannot say raises ``InvalidSQL``: outer joins, joins along no key, functions, CASE, EXISTS,
correlated subqueries, common table expressions, window functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nlidb.edges import Join, JoinGraph, join_graph
from nlidb.errors import InvalidSQL
from nlidb.literals import Literals
from nlidb.schema import Schema
from nlidb.target import (
    AGGREGATE_CLASSES,
    ARITHMETIC_CLASSES,
    COMPARISON_CLASSES,
    PART_VALUES,
    SET_CLASSES,
    Aggregate,
    All,
    Arithmetic,
    Block,
    ColumnRef,
    Condition,
    Counted,
    DatePart,
    Expression,
    Junction,
    Predicate,
    Query,
    SetOperation,
    Star,
    Step,
    Value,
    date_part,
    equal_columns,
    has_date_parts,
    is_date_column,
    period_of,
    period_range,
    unsayable,
)
from nlidb.vocab import PATTERNS

_AGGREGATE_TYPES: Final = {cls: name for name, cls in AGGREGATE_CLASSES.items()}
_ARITHMETIC_TYPES: Final = {cls: name for name, cls in ARITHMETIC_CLASSES.items()}
_COMPARISON_TYPES: Final = {cls: name for name, cls in COMPARISON_CLASSES.items()}
_SET_TYPES: Final = {cls: name for name, cls in SET_CLASSES.items()}
_FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def read_query(sql: str, schema: Schema, literals: Literals, dialect: str) -> Query:
    """The SQL as a tree, its literals looked up in ``literals``, which remembers those that are missing.

    Raises ``InvalidSQL`` for SQL that does not parse or that the target language cannot say.
    """
    reader = _Reader(schema, join_graph(schema), literals)
    try:
        return reader.query(_parse(sql, dialect))
    except RecursionError as error:
        raise InvalidSQL("The SQL is nested too deeply.", rule="syntax") from error


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


_Link: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
"""The two (column, position in FROM) that a join condition makes equal."""


class _Reader:
    """Reads a SELECT with its scope: which tables, which of them an unqualified column belongs to."""

    def __init__(self, schema: Schema, graph: JoinGraph, literals: Literals) -> None:
        self._schema = schema
        self._graph = graph
        self._literals = literals

    def query(self, node: exp.Expr) -> Query:
        while isinstance(node, exp.Subquery | exp.Paren):
            node = node.this
        if node.args.get("with_") or node.args.get("with"):
            unsayable("WITH")
        if isinstance(node, exp.SetOperation):
            if node.args.get("distinct") is False:
                unsayable("ALL in a set operation")
            if any(node.args.get(key) for key in ("order", "limit", "offset")):
                unsayable("ORDER BY or LIMIT over a set operation")
            left, right = self.query(node.this), self.query(node.expression)
            for side in (left, right):
                if isinstance(side, Block) and (side.order or side.limit is not None):
                    unsayable("ORDER BY or LIMIT inside a set operation")
            if isinstance(right, SetOperation):
                unsayable("a nested set operation")
            return SetOperation(_SET_TYPES[type(node)], left, right)
        if not isinstance(node, exp.Select):
            unsayable(type(node).__name__)
        return self._select(node)

    def _select(self, node: exp.Select) -> Query:
        for key, value in node.args.items():
            known = ("expressions", "distinct", "from_", "joins", "where", "group", "having")
            if value and key not in (*known, "order", "limit", "kind"):
                unsayable(key)
        source = node.args.get("from_")
        if source is None:
            unsayable("a SELECT without FROM")
        if isinstance(source.this, exp.Subquery):
            return self._counted(node, source.this)
        scope = _Scope(self._schema)
        joins: list[exp.Join] = node.args.get("joins") or []
        conditions: list[exp.Expr] = []
        scope.add(source.this)
        for join in joins:
            if join.side or join.args.get("method") or join.kind not in ("", "INNER", "CROSS"):
                unsayable(f"{join.side} {join.kind} JOIN".strip())
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
            unsayable("DISTINCT ON")
        items = tuple(self._item(item, scope) for item in node.expressions)
        group = node.args.get("group")
        having = node.args.get("having")
        keys: list[ColumnRef | DatePart] = []
        for part in group.expressions if group else ():
            position = scope.alias_position(_bare(part), node)
            column = items[position] if position is not None else self._expression(part, scope)
            if not isinstance(column, ColumnRef | DatePart):
                unsayable("GROUP BY something else than a column, a year or a month")
            keys.append(column)
        scope.grouped = True
        return Block(
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

    def _counted(self, node: exp.Select, source: exp.Subquery) -> Counted:
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
            unsayable("a subquery in FROM")
        query = self.query(source.this)
        if isinstance(query, Counted):
            unsayable("a subquery in FROM")
        return Counted(query)

    def _order(
        self, node: exp.Select, scope: _Scope, items: tuple[Expression, ...]
    ) -> tuple[tuple[Expression, bool], ...]:
        order = node.args.get("order")
        keys: list[tuple[Expression, bool]] = []
        for part in order.expressions if order else ():
            target = _bare(part.this)
            position = scope.alias_position(target, node)
            key = items[position] if position is not None else self._expression(target, scope)
            keys.append((key, bool(part.args.get("desc"))))
        return tuple(keys)

    def _limit(self, node: exp.Select) -> Value | int | None:
        limit = node.args.get("limit")
        if limit is None:
            return None
        number = limit.expression
        if not isinstance(number, exp.Literal) or not number.name.isdigit():
            unsayable("a LIMIT that is no whole number")
        return 1 if int(number.name) == 1 else self._literals.find(number.name, None)

    def _item(self, node: exp.Expr, scope: _Scope) -> Expression:
        node = _bare(node)
        if isinstance(node, exp.Star):
            return All() if len(scope.tables) > 1 else Star(scope.tables[0], 0)
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            position = scope.source(node.table)
            if position is None:
                unsayable(f"a star of {node.table}, which is not in FROM")
            return Star(scope.tables[position], scope.order[position])
        return self._expression(node, scope)

    def _expression(self, node: exp.Expr, scope: _Scope) -> Expression:
        node = _bare(node)
        name = _AGGREGATE_TYPES.get(type(node))
        if name:
            operand = _bare(node.this)
            distinct = isinstance(operand, exp.Distinct)
            if distinct:
                if len(operand.expressions) != 1:
                    unsayable("count(DISTINCT) of several columns")
                operand = _bare(operand.expressions[0])
            if node.args.get("expressions"):
                unsayable(f"{name} of several arguments")
            if isinstance(operand, exp.Star):
                if name != "count" or distinct:
                    unsayable(f"{name} of a star")
                return Aggregate(name, False, Star(-1, 0))
            inner = self._expression(operand, scope)
            if any(isinstance(part, Aggregate) for part in _parts(inner)):
                unsayable("an aggregate of an aggregate")
            if isinstance(inner, DatePart) and not (distinct and name == "count"):
                if name not in ("min", "max") or distinct:
                    unsayable(f"{name} of a {inner.name}")
            return Aggregate(name, distinct, inner)
        dated = date_part(node)
        if dated is not None:
            found = scope.find(dated[1])
            if found is None or not has_date_parts(self._schema.columns[found[0]]):
                unsayable(f"the {dated[0]} of {dated[1].sql()}, which is no column of dates")
            return DatePart(dated[0], ColumnRef(found[0], scope.order[found[1]]))
        operator = _ARITHMETIC_TYPES.get(type(node))
        if operator:
            left = self._expression(node.this, scope)
            right = self._expression(node.expression, scope)
            if any(isinstance(p, DatePart) for side in (left, right) for p in _parts(side)):
                unsayable("arithmetic with years or months")
            return Arithmetic(operator, left, right)
        if isinstance(node, exp.Column):
            found = scope.find(node)
            if found is None:
                unsayable(f"{node.sql()} names no column here")
            return ColumnRef(found[0], scope.order[found[1]])
        unsayable(f"{type(node).__name__} as an expression")

    def _all_of(self, conditions: list[Condition]) -> Condition | None:
        parts: list[Condition] = []
        for condition in conditions:
            if isinstance(condition, Junction) and condition.operator == "and":
                parts.extend(condition.parts)
            else:
                parts.append(condition)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Junction("and", tuple(parts))

    def _condition(self, node: exp.Expr, scope: _Scope) -> Condition:
        if isinstance(node, exp.Paren):
            return self._condition(node.this, scope)
        if isinstance(node, exp.And):
            parts = self._merge_ranges(_conjuncts(node), scope)
            merged = self._all_of(parts)
            assert merged is not None
            return merged
        if isinstance(node, exp.Or):
            sides: list[Condition] = []
            for side in (node.this, node.expression):
                condition = self._condition(side, scope)
                if isinstance(condition, Junction) and condition.operator == "or":
                    sides.extend(condition.parts)
                else:
                    sides.append(condition)
            return Junction("or", tuple(sides))
        return self._predicate(node, scope)

    def _merge_ranges(self, nodes: list[exp.Expr], scope: _Scope) -> list[Condition]:
        """The conjuncts as conditions, ``c >= first AND c < after`` over a year, month or day as one."""
        conditions: list[Condition] = []
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
    ) -> Predicate | None:
        found = scope.find(column) if isinstance(column, exp.Column) else None
        if found is None or column != same or not is_date_column(self._schema.columns[found[0]]):
            return None
        bounds = scope.text(low), scope.text(high)
        if bounds[0] is None or bounds[1] is None:
            return None
        period = period_of(bounds[0], bounds[1], inclusive=inclusive)
        if period is None or not self._literals.has(period):
            return None
        left = ColumnRef(found[0], scope.order[found[1]])
        return Predicate(left, "during", (self._literals.find(period, found[0]),))

    def _predicate(self, node: exp.Expr, scope: _Scope) -> Predicate:
        """One condition. A year or month is compared with values, and as ``during`` where that says the same."""
        found = self._comparison(node, scope)
        left, right = found.left, found.right
        if any(isinstance(part, DatePart) for side in right for part in _parts(side)):
            unsayable("a comparison with a year or month")
        part = left.operand if isinstance(left, Aggregate) and left.name != "count" else left
        if not isinstance(part, DatePart):
            return found
        texts = [self._literals.text(side) for side in right if isinstance(side, Value)]
        if len(texts) < len(right) or found.operator in PATTERNS:
            unsayable(f"a {part.name} compared with something else than values")
        if not all(text is None or PART_VALUES[part.name].fullmatch(text) for text in texts):
            unsayable(f"a {part.name} compared with what is none")
        if found.operator == "=" and not scope.grouped and isinstance(left, DatePart):
            return Predicate(left.operand, "during", right)
        return found

    def _comparison(self, node: exp.Expr, scope: _Scope) -> Predicate:
        negated = isinstance(node, exp.Not)
        if negated:
            node = _bare(node.this)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            left = self._expression(node.this, scope)
            negated = negated != bool(node.args.get("negate"))
            return Predicate(left, "is-not-null" if negated else "is-null", ())
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
            return Predicate(left, "between", (low, high))
        operator = _COMPARISON_TYPES.get(type(node))
        if operator is None or (negated and operator not in ("=", "!=")):
            unsayable(f"the condition {node.sql()}")
        if negated:
            operator = "!=" if operator == "=" else "="
        this, other = _bare(node.this), _bare(node.expression)
        if scope.text(this) is not None or isinstance(this, exp.Subquery):
            this, other, operator = other, this, _FLIPPED.get(operator, operator)
        left = self._expression(this, scope)
        return Predicate(left, operator, (self._operand(other, scope, left),))

    def _in(self, node: exp.In, scope: _Scope, negated: bool) -> Predicate:
        left = self._expression(node.this, scope)
        operator = "not-in" if negated else "in"
        query = node.args.get("query")
        if query is not None:
            return Predicate(left, operator, (self.query(query),))
        if len(node.expressions) == 1 and isinstance(_bare(node.expressions[0]), exp.Subquery):
            return Predicate(left, operator, (self.query(_bare(node.expressions[0])),))
        values = tuple(self._operand(part, scope, left) for part in node.expressions)
        if not values or not all(isinstance(value, Value) for value in values):
            unsayable("an IN list of something else than values")
        return Predicate(left, operator, values)

    def _like(self, node: exp.Like, scope: _Scope, negated: bool) -> Predicate:
        left = self._expression(node.this, scope)
        pattern = scope.text(_bare(node.expression))
        if pattern is None or node.args.get("escape"):
            unsayable("a LIKE pattern that is no plain text")
        column = left.column if isinstance(left, ColumnRef) else None
        inner = pattern.strip("%")
        starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
        if column is not None and starts and not ends and not negated:
            period = inner.rstrip("-")
            if (
                is_date_column(self._schema.columns[column])
                and period_range(period)
                and self._literals.has(period)
            ):
                return Predicate(left, "during", (self._literals.find(period, column),))
        if not inner or "%" in inner or "_" in inner or (starts and ends):
            operator, text = "like", pattern
        else:
            operator = "starts" if starts else "ends" if ends else "contains"
            text = inner
        operator = f"not-{operator}" if negated else operator
        return Predicate(left, operator, (self._literals.find(text, column),))

    def _operand(
        self, node: exp.Expr, scope: _Scope, left: Expression
    ) -> Expression | Value | Query:
        node = _bare(node)
        if isinstance(node, exp.Subquery | exp.Select):
            return self.query(node)
        text = scope.text(node)
        if text is not None:
            column = left.column if isinstance(left, ColumnRef) else None
            return self._literals.find(text, column)
        return self._expression(node, scope)

    def _join(
        self, scope: _Scope, conditions: list[exp.Expr]
    ) -> tuple[tuple[int, ...], tuple[Step, ...], list[Condition]]:
        """A spanning tree of key joins over FROM; other conditions go to WHERE.

        Sets ``scope.order``: where each table of FROM stands in the result.
        """
        links: list[_Link] = []
        others: list[exp.Expr] = []
        for condition in conditions:
            link = scope.link(condition)
            if link is None:
                others.append(condition)
            elif link not in links:
                links.append(link)
        order, steps = [0], list[Step]()
        waiting = list(links)
        while len(order) < len(scope.tables):
            for link in waiting:
                (_, left), (_, right) = link
                if (left in order) == (right in order):
                    continue
                if right in order:
                    left, right = right, left
                join = self._join_of(link, links, left)
                if join is None:
                    continue
                steps.append(Step(order.index(left), join))
                order.append(right)
                waiting.remove(link)
                break
            else:
                unsayable("a join along no key")
        scope.order = [order.index(position) for position in range(len(order))]
        sources = tuple(scope.tables[position] for position in order)
        same = equal_columns(steps)
        extra: list[Condition] = []
        for (column, left), (new_column, right) in waiting:
            first, second = (scope.order[left], column), (scope.order[right], new_column)
            if not any(first in group and second in group for group in same):
                extra.append(
                    Predicate(ColumnRef(column, first[0]), "=", (ColumnRef(new_column, second[0]),))
                )
        extra.extend(self._condition(other, scope) for other in others)
        return sources, tuple(steps), extra

    def _join_of(self, link: _Link, links: Sequence[_Link], left: int) -> Join | None:
        """The join from ``left`` that the link is part of and whose other parts are links too: the widest one."""
        places = {position for _, position in link}
        pairs = dict.fromkeys(
            (one[0], other[0]) if one[1] == left else (other[0], one[0])
            for one, other in (link, *links)
            if {one[1], other[1]} == places
        )
        first = next(iter(pairs))
        joins = [join for pair in pairs if (join := self._graph.joined(*pair)) is not None]
        joins = [join for join in joins if first in join.pairs and pairs.keys() >= {*join.pairs}]
        return max(joins, key=lambda join: len(join.pairs), default=None)


def _parts(node: Expression | Value | Query) -> Iterator[Expression]:
    """An expression and all in it; nothing for a value or a query."""
    if isinstance(node, Value | Block | Counted | SetOperation):
        return
    yield node
    if isinstance(node, Aggregate):
        yield from _parts(node.operand)
    elif isinstance(node, Arithmetic):
        yield from _parts(node.left)
        yield from _parts(node.right)


class _Scope:
    """The tables of one FROM and what names mean in it."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names: list[str] = []
        self.tables: list[int] = []
        self.order: list[int] = [0]
        self.grouped = False
        """Whether WHERE is read already, and HAVING comes."""

    def add(self, node: exp.Expr) -> None:
        if not isinstance(node, exp.Table):
            unsayable("a subquery in FROM")
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

    def link(self, node: exp.Expr) -> _Link | None:
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
        unsayable(f"USING ({name.name}), which no table before has")

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
