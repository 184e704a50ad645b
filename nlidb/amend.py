"""A query changed the way a follow-up asks: another filter, order, column or limit; counted, grouped, summed up.

``Previous`` is the earlier query; each of its methods gives a changed copy, or None where the change does not
fit that query. Trees only: it reads no words and runs no SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import Dialect, exp

from nlidb.delinearize import needs_quotes
from nlidb.edges import Join, join_graph
from nlidb.question import lemma
from nlidb.schema import Schema
from nlidb.target import as_number, is_date_column, period_range

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "between", "in", "not in", "known", "unknown"]

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}
_NEGATED: dict[Operator, Operator] = {
    "=": "!=",
    ">": "<=",
    ">=": "<",
    "in": "not in",
    "known": "unknown",
}
_NEGATED |= {right: left for left, right in _NEGATED.items()}

AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "avg": exp.Avg,
    "sum": exp.Sum,
    "min": exp.Min,
    "max": exp.Max,
}
_SHOWN = "previous"
"""What the earlier query is called where it stands inside the new one."""
_PLACES = frozenset(
    "city town country ctry state region province county district office location nationality".split()
)
"""Last words of columns that hold places: a place asked after another takes its place."""
_YEAR = re.compile(r"(1[5-9]|20)\d\d")
MAX_STEPS = 2
"""Joins to a table that the earlier query does not read; what is further away is seldom meant."""


@dataclass(frozen=True)
class Condition:
    """A condition that a follow-up names."""

    column: int | None
    """Index into ``Schema.columns``; None: the number of rows of each group."""
    operator: Operator
    values: tuple[str, ...] = ()
    """None for "known" and "unknown", two for "between", else one or more. For a date column a year, a month
    ("2024-03") or a day."""

    def negated(self) -> Condition | None:
        """The opposite; None for a range."""
        opposite = _NEGATED.get(self.operator)
        return None if opposite is None else replace(self, operator=opposite)


class Previous:
    """An earlier query, to be changed."""

    def __init__(self, tree: exp.Expr, schema: Schema) -> None:
        self.schema = schema
        self.tree = tree.copy()
        self.sources: dict[str, int] = {}
        """Alias or name, in lower case, to table; in the order of FROM."""
        self.select = self.tree if isinstance(self.tree, exp.Select) else None
        if self.select is not None:
            found = _sources(self.select, schema)
            if found is None:
                self.select = None  # a subquery in FROM, a CTE: only counted as a whole
            else:
                self.sources = found

    # what it says

    @property
    def tables(self) -> list[int]:
        """The tables that it reads, the one that it is about first."""
        tables = list(dict.fromkeys(self.sources.values()))
        shown = [self.schema.columns[c].table for c in self.shown if c is not None]
        counted = [] if shown else self._referring(tables)
        return list(dict.fromkeys([*shown, *counted, *tables]))

    def _referring(self, tables: Sequence[int]) -> list[int]:
        """The tables to which no other one of these refers: those whose rows are counted."""
        columns = self.schema.columns
        referred = {
            columns[key.ref_column].table
            for key in self.schema.foreign_keys
            if columns[key.column].table in tables
            and columns[key.column].table != columns[key.ref_column].table
        }
        return [table for table in tables if table not in referred]

    @property
    def shown(self) -> list[int | None]:
        """The column of each select item, None where it is no plain column."""
        if self.select is None:
            return []
        items = [item.unalias() for item in self.select.expressions]
        return [self.resolve(item) if isinstance(item, exp.Column) else None for item in items]

    @property
    def aggregate(self) -> exp.AggFunc | None:
        """The aggregate that it shows, where it shows exactly one."""
        items = [] if self.select is None else [item.unalias() for item in self.select.expressions]
        found = [item for item in items if isinstance(item, exp.AggFunc)]
        return found[0] if len(found) == 1 else None

    @property
    def grouped(self) -> bool:
        """Whether it has a GROUP BY."""
        return self.select is not None and self.select.args.get("group") is not None

    @property
    def ordered(self) -> bool:
        """Whether it has an ORDER BY."""
        return self.select is not None and self.select.args.get("order") is not None

    @property
    def sole(self) -> bool:
        """Whether it shows aggregates over everything: one row."""
        if self.select is None or self.grouped:
            return False
        return any(item.find(exp.AggFunc) is not None for item in self.select.expressions)

    @property
    def limited(self) -> bool:
        """Whether it has a LIMIT."""
        return self.select is not None and self.select.args.get("limit") is not None

    @property
    def conjuncts(self) -> list[exp.Expr]:
        """The conditions of WHERE that must all hold."""
        clause = None if self.select is None else self.select.args.get("where")
        return [] if clause is None else list(_split(clause.this))

    def rank(self, column: int) -> int | None:
        """How near a column is: 0 in the table it is about, then the other tables, then those that can be joined;
        None for what is too far."""
        tables = self.tables
        table = self.schema.columns[column].table
        if table in tables:
            return tables.index(table)
        steps = self._path(table)
        return None if steps is None else 10 * len(steps) + len(tables)

    def resolve(self, node: exp.Column) -> int | None:
        """The column of the schema that a column of this query, or of a query inside it, means."""
        select = node.parent_select
        while select is not None:
            sources = _sources(select, self.schema) if isinstance(select, exp.Select) else None
            for alias, table in (sources or {}).items():
                if node.table and node.table.lower() != alias:
                    continue
                column = self.schema.find_column(table, node.name)
                if column is not None:
                    return column
            select = select.parent_select
        return None

    def compares(self, column: int) -> bool:
        """Whether it compares the column with a value."""
        parts = self.tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like)
        return any(self._compared(part) == column and _literals(part) for part in parts)

    def time_column(self, table: int | None = None) -> int | None:
        """The column that a date speaks of, in the table that is named or in those that are read: one that is
        compared already, the only one there is, or the one that is called after its table ("order date")."""
        if table is None:
            for node in self.tree.find_all(*_COMPARISONS.values(), exp.Between):
                column = node.find(exp.Column)
                found = None if column is None else self.resolve(column)
                if found is not None and self.is_dated(found):
                    return found
        counted = [] if self.aggregate is None else self._referring(self.tables)
        for place in [*counted, *self.tables] if table is None else [table]:
            dated = [c for c in self.schema.tables[place].columns if self.is_dated(c)]
            if len(dated) > 1:
                words = {lemma(word) for word in self.schema.tables[place].words.split()}
                dated = [c for c in dated if words & {*self.schema.columns[c].words.split()}]
            if dated or any(self.is_dated(c) for c in self.schema.tables[place].columns):
                return dated[0] if len(dated) == 1 else None
        return None

    def can_join(self, table: int) -> bool:
        """Whether another table is near enough to be joined."""
        return self._path(table) is not None

    def is_dated(self, column: int) -> bool:
        """Whether the column holds dates or years."""
        known = self.schema.columns[column]
        return is_date_column(known) or (known.type == "number" and "year" in known.words.split())

    # changes

    def count(self, conditions: Sequence[Condition] = ()) -> exp.Query | None:
        """How many rows it has, of those that meet the conditions."""
        star = exp.Count(this=exp.Star(), big_int=True)
        if self.select is None:
            if conditions:
                return None
            return exp.select(star).from_(exp.Subquery(this=self.tree.copy(), alias=_alias(_SHOWN)))
        if self.sole:
            return self.where(conditions) if conditions else None
        inner = self.select.copy()
        inner.set("order", None)
        distinct = inner.args.get("distinct") is not None
        if not (self.grouped or distinct or self.limited):
            inner.set("expressions", [star])
            return Previous(inner, self.schema).where(conditions) if conditions else inner
        if conditions:
            return self._counted_within(conditions)
        if not distinct:
            inner.set("expressions", [exp.alias_(exp.Literal.number(1), "one")])
        return exp.select(star).from_(exp.Subquery(this=inner, alias=_alias(_SHOWN)))

    def _counted_within(self, conditions: Sequence[Condition]) -> exp.Query | None:
        """How many of the rows shown meet conditions on their own tables."""
        assert self.select is not None
        columns = [condition.column for condition in conditions]
        tables = set(self.sources.values())
        if self.grouped or self.select.args.get("distinct") is not None:
            return None
        if any(c is None or self.schema.columns[c].table not in tables for c in columns):
            return None
        inner = self.select.copy()  # its order decides which rows a limit keeps
        wanted = list(dict.fromkeys(c for c in columns if c is not None))
        names = {c: self.schema.columns[c].name for c in wanted}
        if len(set(names.values())) < len(names):
            return None
        inner.set("expressions", [self._column(c) for c in wanted])
        star = exp.Count(this=exp.Star(), big_int=True)
        outer = exp.select(star).from_(exp.Subquery(this=inner, alias=_alias(_SHOWN)))
        for condition in conditions:
            assert condition.column is not None
            name = self._identifier(names[condition.column])
            outer = outer.where(self._built(condition, exp.Column(this=name)))
        return outer

    def where(
        self, conditions: Sequence[Condition], *, extend: bool = False, swap: bool = False
    ) -> exp.Query | None:
        """Only the rows that meet the conditions as well.

        A new value for a column that is already compared takes the old one's place, or joins it (``extend``).
        ``swap``: a place or a period takes the place of the one that is there.
        """
        if self.select is None:
            return None
        if self.limited and not (self.sole or swap):
            return None if extend else self._filtered_within(conditions)
        changed = Previous(self.select, self.schema)
        for condition in conditions:
            if not changed._add(condition, extend=extend, swap=swap):
                return None
        return changed.select

    def _filtered_within(self, conditions: Sequence[Condition]) -> exp.Query | None:
        """Those of the rows that a limit kept which meet conditions on their own tables, in the same order."""
        assert self.select is not None
        inner = self.select.copy()
        names = [item.alias_or_name for item in inner.expressions]
        if self.grouped or inner.args.get("distinct") is not None:
            return None
        if not all(names) or any(item.is_star for item in inner.expressions):
            return None
        tables = set(self.sources.values())
        if len(tables) < len(self.sources):
            return None  # of a table that is joined to itself, a column is not one thing
        outer = exp.select(*[exp.Column(this=self._identifier(name)) for name in names])
        outer = outer.from_(exp.Subquery(this=inner, alias=_alias(_SHOWN)))
        order = self.select.args["order"].expressions if self.ordered else []
        keys = [self.resolve(k.this) if isinstance(k.this, exp.Column) else None for k in order]
        named = [*keys, *(condition.column for condition in conditions)]
        columns = [c for c in named if c is not None and self.schema.columns[c].table in tables]
        if len(columns) < len(named):
            return None
        shown = self.shown
        for column in columns:
            if column not in shown:
                inner.append("expressions", self._column(column))
                shown.append(column)
                names.append(self.schema.columns[column].name)
        if len({name.lower() for name in names}) < len(names):
            return None
        nodes = [exp.Column(this=self._identifier(names[shown.index(c)])) for c in columns]
        for item, node in zip(order, nodes, strict=False):
            again = item.copy()
            again.set("this", node)
            outer = outer.order_by(again)
        for condition, node in zip(conditions, nodes[len(keys) :], strict=True):
            outer = outer.where(self._built(condition, node))
        return outer

    def _add(self, condition: Condition, *, extend: bool, swap: bool) -> bool:
        assert self.select is not None
        if condition.column is None:
            return self._add_having(condition)
        if swap and self._swap(condition):
            return True
        earlier = [
            part
            for part in self.conjuncts
            if isinstance(part, exp.EQ | exp.In) and self._compared(part) == condition.column
        ]
        if extend:
            if len(earlier) != 1 or condition.operator not in ("=", "in"):
                return False
            values = [*_literals(earlier[0]), *condition.values]
            condition = replace(condition, operator="in", values=tuple(dict.fromkeys(values)))
        if condition.operator in ("=", "in"):
            for part in earlier:
                _drop(part)
        node = self._in_reach(condition)
        if node is None:
            return False
        clause = self.select.args.get("where")
        if clause is None:
            self.select.set("where", exp.Where(this=node))
        else:
            old = exp.Paren(this=clause.this) if isinstance(clause.this, exp.Or) else clause.this
            clause.set("this", exp.And(this=old, expression=node))
        return True

    def _add_having(self, condition: Condition) -> bool:
        assert self.select is not None
        if not self.grouped:
            return False
        star = exp.Count(this=exp.Star(), big_int=True)
        self.select.having(self._built(condition, star), copy=False)
        return True

    def _swap(self, condition: Condition) -> bool:
        """Put the condition's value where another of its kind stands; False where none does."""
        assert condition.column is not None
        if self._swap_dates(condition):
            return True
        if condition.operator not in ("=", "in"):
            return False
        found = self.tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like)
        parts = [(part, self._compared(part)) for part in found if _literals(part)]
        for part, column in parts:
            if column == condition.column:
                node = part.find(exp.Column)
                assert node is not None
                built = self._built(condition, node.copy())
                negative = isinstance(part, exp.NEQ)
                part.replace(exp.not_(built) if negative else built)
                return True
        if not _is_place(self.schema, condition.column):
            return False
        table = self.schema.columns[condition.column].table
        for part, column in parts:
            if column is None or self.schema.columns[column].table != table:
                continue  # an employee's office says nothing about where a customer lives
            here = part.parent_select is self.select
            if here and _is_place(self.schema, column) and _in_where(part):
                _drop(part)
                return False  # the new place is added in its stead
        return False

    def _swap_dates(self, condition: Condition) -> bool:
        """Move a period, a date or a year to another one."""
        if condition.operator != "=" or len(condition.values) != 1 or condition.column is None:
            return False
        new = condition.values[0]
        compared = [
            literal
            for node in self.tree.find_all(*_COMPARISONS.values(), exp.Between, exp.Like)
            if self._is_about_dates(node)
            for literal in node.find_all(exp.Literal)
            if literal.parent_select is node.parent_select and _date_text(literal)
        ]
        if not compared:
            return False
        old = _period([str(literal.this) for literal in compared])
        if old is not None and len(compared) == 2:
            # "what about March" after a month keeps its year, "what about 2023" keeps its month
            moved = new if len(new) >= len(old) else new + old[len(new) :]
            bounds = period_range(moved)
            if bounds is None:
                return False
            for literal, text in zip(sorted(compared, key=_text_of), bounds, strict=True):
                literal.replace(exp.Literal.string(text))
            return True
        years = {str(literal.this)[:4] for literal in compared}
        if len(years) == 1 and _YEAR.fullmatch(new):
            for literal in compared:
                text = new + str(literal.this)[4:]
                number = not literal.is_string
                literal.replace(exp.Literal.number(text) if number else exp.Literal.string(text))
            return True
        if len(compared) == 1 and len(new) == len(str(compared[0].this)):
            compared[0].replace(exp.Literal.string(new))
            return True
        return False

    def _is_about_dates(self, part: exp.Expr) -> bool:
        """Whether a comparison has a column of dates or years in it: an amount of 2000 is no year."""
        columns = [c for c in part.find_all(exp.Column) if c.parent_select is part.parent_select]
        found = [self.resolve(column) for column in columns]
        return any(column is not None and self.is_dated(column) for column in found)

    def swap_number(self, text: str) -> exp.Query | None:
        """Put a number in the place of the only one that is compared."""
        tree = self.tree.copy()
        found = [
            literal
            for node in tree.find_all(*_COMPARISONS.values())
            for literal in (node.this, node.expression)
            if isinstance(literal, exp.Literal) and as_number(str(literal.this)) is not None
        ]
        if len(found) != 1 or not isinstance(tree, exp.Query):
            return None
        string = found[0].is_string
        found[0].replace(exp.Literal.string(text) if string else exp.Literal.number(text))
        return tree

    def sort(self, key: int | exp.Expr, *, descending: bool) -> exp.Query | None:
        """Its rows in another order: by a column, or by something that it shows."""
        if self.select is None or self.sole:
            return None
        if self.limited:
            return self._sorted_within(key, descending)
        changed = Previous(self.select, self.schema)
        node = key.copy() if isinstance(key, exp.Expr) else changed.reached(key)
        if node is None or changed.select is None:
            return None
        changed.select.set("order", self._order(node, descending))
        return changed.select

    def _sorted_within(self, key: int | exp.Expr, descending: bool) -> exp.Query | None:
        """The rows that a limit kept, in another order: the key must be shown."""
        assert self.select is not None
        inner = self.select.copy()
        shown = [item.unalias() for item in inner.expressions]
        matches = self.shown if isinstance(key, int) else shown
        place = next((i for i, match in enumerate(matches) if match == key), None)
        if place is None or any(isinstance(item, exp.Star) for item in shown):
            return None
        names = [item.alias_or_name for item in inner.expressions]
        if not names[place]:
            names[place] = "value"
            item = inner.expressions[place]
            item.replace(exp.alias_(item.copy(), "value"))
        if len({name.lower() for name in names}) < len(names) or not all(names):
            return None
        outer = exp.select(*[exp.Column(this=self._identifier(name)) for name in names])
        outer = outer.from_(exp.Subquery(this=inner, alias=_alias(_SHOWN)))
        name = exp.Column(this=self._identifier(names[place]))
        outer.set("order", self._order(name, descending))
        return outer

    def reverse(self, descending: bool | None = None) -> exp.Query | None:
        """The other way round, or in the direction that is named."""
        if self.select is None or self.select.args.get("order") is None or self.limited:
            return None
        tree = self.select.copy()
        for item in tree.args["order"].expressions:
            down = not item.args.get("desc") if descending is None else descending
            item.set("desc", down or None)
            item.set("nulls_first", nulls_first_of(self.schema.dialect, down))
        return tree

    def limit(self, count: int | None, *, reverse: bool = False) -> exp.Query | None:
        """Only its first rows, or its last; None is all of them."""
        if self.select is None or self.sole:
            return None
        tree = self.select.copy()
        if reverse:
            if tree.args.get("order") is None or self.limited:
                return None
            turned = self.reverse()
            assert isinstance(turned, exp.Select)
            tree = turned
        tree.set("limit", None if count is None else exp.Limit(expression=_number(count)))
        tree.set("offset", None)  # "the first 3" of what begins with the second
        return tree

    def top(self, count: int, key: int | exp.Expr, *, descending: bool) -> exp.Query | None:
        """The first rows by a key."""
        if self.limited:
            return None
        sorted_ = self.sort(key, descending=descending)
        if sorted_ is not None:
            sorted_.set("limit", exp.Limit(expression=_number(count)))
        return sorted_

    def show(self, columns: Sequence[int], *, instead: bool = False) -> exp.Query | None:
        """These columns as well, or in place of what it shows."""
        if self.select is None or self.sole:
            return None
        changed = Previous(self.select, self.schema)
        assert changed.select is not None
        items = [] if instead else list(changed.select.expressions)
        if any(isinstance(item, exp.Star) or item.is_star for item in items):
            return None  # all columns are shown already
        known = set() if instead else set(self.shown)
        new = [column for column in columns if column not in known]
        if not all(self.has_one(column) for column in new):
            return None
        nodes = [changed.reached(column) for column in new]
        if not nodes or any(node is None for node in nodes):
            return None
        if instead and self.grouped:
            return None
        items = [] if instead else list(changed.select.expressions)  # may have been qualified
        changed.select.set("expressions", [*items, *nodes])
        return changed.select

    def has_one(self, column: int) -> bool:
        """Whether each row has one value of a column: a group has where it is of one row of its table."""
        if self.select is None or not self.grouped:
            return True
        items = self.select.args["group"].expressions
        keys = {self.resolve(item) for item in items if isinstance(item, exp.Column)}
        columns = self.schema.columns
        held = self.schema.tables[columns[column].table].columns
        primary = {c for c in held if columns[c].primary_key}
        return column in keys or (bool(primary) and primary <= keys)

    def hide(self, columns: Sequence[int]) -> exp.Query | None:
        """Without these columns, which it shows."""
        if self.select is None or not set(columns) <= set(self.shown):
            return None
        tree = self.select.copy()
        pairs = zip(tree.expressions, self.shown, strict=True)
        kept = [item for item, column in pairs if column not in columns]
        tree.set("expressions", kept)
        return tree if kept else None

    def group(self, column: int, *, count: bool = False) -> exp.Query | None:
        """Its aggregate for each value of a column; ``count``: how many of its rows there are for each."""
        if self.select is None or self.limited:
            return None
        changed = Previous(self.select, self.schema)
        key = changed.reached(column)
        tree = changed.select
        if key is None or tree is None:
            return None
        items = [item.unalias() for item in tree.expressions]
        values = [item for item in items if item.find(exp.AggFunc) is not None]
        if not values or count:
            if self.grouped or tree.args.get("distinct") is not None:
                return None
            values = [exp.Count(this=exp.Star(), big_int=True)]
        tree.set("expressions", [key, *values])
        tree.set("group", exp.Group(expressions=[key.copy()]))
        tree.set("order", None)
        return tree

    def summarize(self, name: str, column: int | None) -> exp.Query | None:
        """One number over its rows: the average, sum, lowest or highest of a column; the one that it already
        summarizes where none is named."""
        function = AGGREGATES[name]
        if column is None:
            old = self.aggregate
            if self.select is None or old is None or not isinstance(old.this, exp.Column):
                return None
            copy = self.select.copy()
            for same in list(copy.find_all(type(old))):
                if same == old:
                    same.replace(function(this=old.this.copy()))
            return copy
        if self.select is None or self.grouped or self.select.args.get("distinct") is not None:
            return None
        changed = Previous(self.select, self.schema)
        node = changed.reached(column)
        tree = changed.select
        if node is None or tree is None:
            return None
        if not self.limited:
            tree.set("order", None)
            tree.set("expressions", [function(this=node)])
            return tree
        tree.set("expressions", [node])
        outer = exp.Column(this=self._identifier(self.schema.columns[column].name))
        return exp.select(function(this=outer)).from_(exp.Subquery(this=tree, alias=_alias(_SHOWN)))

    def summarize_other(self, column: int) -> exp.Query | None:
        """Its aggregate over another column."""
        old = self.aggregate
        if self.select is None or old is None or not isinstance(old.this, exp.Column):
            return None
        changed = Previous(self.select, self.schema)
        node = changed.reached(column)
        if node is None or changed.select is None:
            return None
        for found in list(changed.select.find_all(type(old))):
            if isinstance(found.this, exp.Column) and found.this.name == old.this.name:
                found.set("this", node.copy())
        return changed.select

    # its parts

    def _compared(self, part: exp.Expr) -> int | None:
        """The column that a comparison with literals is about."""
        return self.resolve(part.this) if isinstance(part.this, exp.Column) else None

    def _in_reach(self, condition: Condition) -> exp.Expr | None:
        """The condition on a table that is read, on one that is joined, or as "among those that ..."."""
        assert condition.column is not None and self.select is not None
        table = self.schema.columns[condition.column].table
        if table in self.sources.values() or self._joins_up(table):
            node = self.reached(condition.column)
            return None if node is None else self._built(condition, node)
        steps = self._path(table)
        if steps is None or steps[0].rest:  # IN compares one column, not a key of several
            return None
        # A join would repeat rows here, so the rows are looked up among those of the other table.
        first, *rest = steps
        source = self.schema.columns[first.column].table
        inner_table = self.schema.columns[first.new_column].table
        inner = Previous(
            exp.select(self._plain(first.new_column)).from_(self._table(inner_table)), self.schema
        )
        for step in rest:
            inner._join(step)
        node = inner._column(condition.column)
        assert inner.select is not None
        inner.select.where(inner._built(condition, node), copy=False)
        return exp.In(this=self._column(first.column, source), query=inner.select.subquery())

    def reached(self, column: int) -> exp.Column | None:
        """The column as this query names it; its table is joined where each row has at most one row of it."""
        table = self.schema.columns[column].table
        if table not in self.sources.values():
            if not self._joins_up(table):
                return None
            for step in self._path(table) or ():
                self._join(step)
        return self._column(column)

    def _joins_up(self, table: int) -> bool:
        """Whether a table can be joined without repeating rows: along references, from row to what it names."""
        steps = self._path(table)
        if not steps:
            return False
        references = {(key.column, key.ref_column) for key in self.schema.foreign_keys}
        return all((step.column, step.new_column) in references for step in steps)

    def _path(self, table: int) -> tuple[Join, ...] | None:
        """The joins from the nearest table that is read to another one."""
        graph = join_graph(self.schema)
        paths = [graph.tree([source, table]) for source in self.tables]
        near = [path for path in paths if path and len(path) <= MAX_STEPS]
        return min(near, key=len, default=None)

    def _join(self, step: Join) -> None:
        assert self.select is not None
        if len(self.sources) == 1:
            self._qualify(next(iter(self.sources)))
        new = self.schema.columns[step.new_column].table
        name = self.schema.tables[new].name
        equal = []
        for column, new_column in step.pairs:
            left = self._column(column, self.schema.columns[column].table)
            left.set("table", self._identifier(self._source_of(column)))
            right = exp.Column(
                this=self._identifier(self.schema.columns[new_column].name),
                table=self._identifier(name),
            )
            equal.append(exp.EQ(this=left, expression=right))
        on = exp.and_(*equal, copy=False)
        self.select.append("joins", exp.Join(this=self._table(new), on=on))
        self.sources[name.lower()] = new

    def _qualify(self, source: str) -> None:
        """Name the only source at each of its columns, before another one comes in."""
        assert self.select is not None
        name = self._source_name(source)
        for node in list(self.select.find_all(exp.Column)):
            if node.parent_select is self.select and not node.table:
                if self.resolve(node) is not None:
                    node.set("table", self._identifier(name))
        for item in list(self.select.expressions):
            if isinstance(item, exp.Star):
                item.replace(exp.Column(this=exp.Star(), table=self._identifier(name)))

    def _source_of(self, column: int) -> str:
        table = self.schema.columns[column].table
        return self._source_name(next(a for a, known in self.sources.items() if known == table))

    def _source_name(self, alias: str) -> str:
        """The alias as the query spells it."""
        assert self.select is not None
        tables = [*_from(self.select)]
        return next(t.alias_or_name for t in tables if t.alias_or_name.lower() == alias)

    def _column(self, column: int, table: int | None = None) -> exp.Column:
        node = self._plain(column)
        if len(self.sources) > 1:
            node.set("table", self._identifier(self._source_of(column)))
        return node

    def _plain(self, column: int) -> exp.Column:
        return exp.Column(this=self._identifier(self.schema.columns[column].name))

    def _table(self, table: int) -> exp.Table:
        return exp.Table(this=self._identifier(self.schema.tables[table].name))

    def _identifier(self, name: str) -> exp.Identifier:
        folded = name.lower() if self.schema.dialect == "postgres" else name
        return exp.Identifier(this=name, quoted=needs_quotes(name) or folded != name)

    def _order(self, node: exp.Expr, descending: bool) -> exp.Order:
        nulls = nulls_first_of(self.schema.dialect, descending)
        ordered = exp.Ordered(this=node, desc=descending or None, nulls_first=nulls)
        return exp.Order(expressions=[ordered])

    def _built(self, condition: Condition, node: exp.Expr) -> exp.Expr:
        """The condition as SQL."""
        operator, values = condition.operator, condition.values
        if operator in ("known", "unknown"):
            unknown = exp.Is(this=node, expression=exp.Null())
            return exp.Not(this=unknown) if operator == "known" else unknown
        if condition.column is not None and is_date_column(self.schema.columns[condition.column]):
            dated = _dated(operator, values, node)
            if dated is not None:
                return dated
        literals = [self._literal(value, condition.column) for value in values]
        if operator == "between":
            return exp.Between(this=node, low=literals[0], high=literals[1])
        if operator in ("in", "not in") or len(literals) > 1:
            listed = exp.In(this=node, expressions=literals)
            return exp.Not(this=listed) if operator in ("not in", "!=") else listed
        return _COMPARISONS[operator](this=node, expression=literals[0])

    def _literal(self, value: str, column: int | None) -> exp.Expr:
        kind = "number" if column is None else self.schema.columns[column].type
        if kind == "boolean":
            return exp.Boolean(this=value == "1")
        number = kind == "number"
        if number and as_number(value) is not None:
            return exp.Literal.number(value)
        return exp.Literal.string(value)


def _dated(operator: Operator, values: Sequence[str], node: exp.Expr) -> exp.Expr | None:
    """A comparison of a date with a year, a month or a day; None where a value is no such period."""
    periods = [period_range(value) for value in values]
    bounds = [period for period in periods if period is not None]
    if len(bounds) != len(values) or not bounds:
        return None
    low, high = exp.Literal.string(bounds[0][0]), exp.Literal.string(bounds[-1][1])
    if operator in ("=", "between"):
        return exp.and_(
            exp.GTE(this=node, expression=low), exp.LT(this=node.copy(), expression=high)
        )
    if operator in (">=", "<"):
        return _COMPARISONS[operator](this=node, expression=low)
    if operator in (">", "<="):
        after: type[exp.Binary] = exp.GTE if operator == ">" else exp.LT
        return after(this=node, expression=high)
    return None


def _from(select: exp.Select) -> Iterator[exp.Expr]:
    clause = select.args.get("from_")
    if clause is not None:
        yield clause.this
    for join in select.args.get("joins") or ():
        yield join.this


def _sources(select: exp.Select, schema: Schema) -> dict[str, int] | None:
    """The tables of FROM by alias; None where it holds anything else."""
    found: dict[str, int] = {}
    for entry in _from(select):
        table = schema.find_table(entry.name) if isinstance(entry, exp.Table) else None
        if table is None or select.args.get("with_") is not None:
            return None
        found[entry.alias_or_name.lower()] = table
    return found or None


def _split(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a condition that must all hold."""
    if isinstance(condition, exp.And):
        yield from _split(condition.this)
        yield from _split(condition.expression)
    elif isinstance(condition, exp.Paren):
        yield from _split(condition.this)
    else:
        yield condition


def _in_where(part: exp.Expr) -> bool:
    """Whether it is one of the conditions that must all hold in WHERE."""
    parent = part.parent
    while isinstance(parent, exp.And | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Where)


def _drop(part: exp.Expr) -> None:
    """Take a condition out of those that must all hold."""
    parent = part.parent
    while isinstance(parent, exp.Paren):
        part, parent = parent, parent.parent
    if isinstance(parent, exp.And):
        other = parent.expression if parent.this is part else parent.this
        parent.replace(other.copy())
    elif isinstance(parent, exp.Where):
        parent.pop()


def _literals(part: exp.Expr) -> list[str]:
    values = part.expressions if isinstance(part, exp.In) else [part.args.get("expression")]
    return [str(value.this) for value in values if isinstance(value, exp.Literal)]


def _text_of(literal: exp.Expr) -> str:
    return str(literal.this)


def _date_text(literal: exp.Literal) -> bool:
    """Whether a literal is a year, a month or a date, with a time of day or % after it."""
    text = str(literal.this)
    return re.fullmatch(r"(?:1[5-9]|20)\d\d(?:-\d\d(?:-\d\d)?)?(?:[ T%].*)?", text) is not None


def _period(texts: Sequence[str]) -> str | None:
    """The year, month or day that two bounds enclose."""
    if len(texts) != 2:
        return None
    low, high = sorted(texts)
    return next((low[:n] for n in (4, 7, 10) if period_range(low[:n]) == (low, high)), None)


def _is_place(schema: Schema, column: int) -> bool:
    words = schema.columns[column].words.split()
    return bool(words) and words[-1] in _PLACES


def nulls_first_of(dialect: str, descending: bool) -> bool:
    """Where the engine puts NULL by itself, so that the SQL need not say it."""
    ordering = Dialect.get_or_raise(dialect).NULL_ORDERING
    if ordering == "nulls_are_last":
        return False
    return descending if ordering == "nulls_are_large" else not descending


def _number(count: int) -> exp.Expr:
    return exp.Literal.number(str(count))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.Identifier(this=name, quoted=False))
