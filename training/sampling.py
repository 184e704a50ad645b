"""Queries sampled from a database: skeletons filled with its tables, columns and values.

``Sampler.sample`` fills a skeleton with tables that join, columns that suit and values that are stored, or raises
``Unfit`` where the draw does not work out. ``to_sql`` writes the query in the style of Spider's gold SQL. Nothing
here words a question.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nlidb.edges import Join
from training.nouns import is_awkward
from training.profile import ColumnProfile, Profile, Role, spelling
from training.skeletons import PredicateShape, Skeleton

_NO_MEASURE: Final = re.compile(r"\b(phone|fax|zip|postcode|major|month|day|hour|x|y)$")
"""Numbers that are labels: nobody asks for their average."""
_NO_SUM: Final = re.compile(
    r"\b(age|height|speed|rating|grade|score|rank|position|level|temperature|percent|percentage|rate|latitude|"
    r"longitude|order|sequence|average|minimum|maximum|floor|depth|altitude|elevation|gpa|stars|size)\b"
)
"""Numbers that nobody adds up."""


class Unfit(Exception):
    """The skeleton does not suit what was drawn; draw again."""


@dataclass(frozen=True)
class Item:
    """What is selected, tested or sorted by; ``column`` None is a row of the table (``*``)."""

    table: int
    column: int | None
    aggregate: str = ""
    distinct: bool = False
    part: str = ""
    """ "year" or "month" where that part of a date is meant."""


@dataclass(frozen=True)
class Test:
    """A predicate on an item: with values, or with a subquery."""

    item: Item
    operator: str
    values: tuple[str, ...] = ()
    query: Query | None = None


@dataclass(frozen=True)
class Query:
    """A filled skeleton, with what a wording needs to know."""

    subject: int
    """The table whose rows are asked about; with groups, whose rows are counted."""
    items: tuple[Item, ...]
    tests: tuple[Test, ...] = ()
    joiner: str = "and"
    group: tuple[int, ...] = ()
    group_part: str = ""
    """ "year" or "month" where the first group is that part of a date."""
    entity: int | None = None
    """The table whose rows the groups are, None where groups are values of a column."""
    having: Test | None = None
    order: tuple[tuple[Item, bool], ...] = ()
    limit: int = 0
    distinct: bool = False
    tables: tuple[int, ...] = ()
    """FROM, in order."""
    operation: str = ""
    other: Query | None = None


_ITEM_WEIGHTS: Final[dict[Role, float]] = {
    "key": 0.25,
    "name": 6.0,
    "category": 1.6,
    "number": 1.6,
    "year": 1.0,
    "date": 1.0,
    "flag": 0.03,
    "text": 1.2,
}
_TEST_WEIGHTS: Final[dict[str, dict[Role, float]]] = {
    "=": {"category": 6, "name": 3, "year": 1, "number": 0.4, "flag": 1, "date": 0.9, "text": 0.3},
    "!=": {"category": 6, "name": 1.0, "year": 0.2, "flag": 0.2},
    "in": {"category": 5, "name": 1, "year": 0.4},
    "like": {"name": 4, "text": 2, "category": 1.5, "date": 4},
    "<": {"number": 5, "year": 2.0, "date": 1.0},
    "is": {"text": 1, "category": 1, "number": 1, "date": 1},
}
_TEST_WEIGHTS["not in"] = _TEST_WEIGHTS["in"]
_TEST_WEIGHTS["not like"] = _TEST_WEIGHTS["like"]
for _sign in (">", "<=", ">=", "between"):
    _TEST_WEIGHTS[_sign] = _TEST_WEIGHTS["<"]
_SWAPPED: Final = {">": ("<", "<="), ">=": ("<", "<="), "<": (">", ">="), "<=": (">", ">=")}


class Sampler:
    """Fills skeletons on one database."""

    def __init__(self, profile: Profile, rng: random.Random) -> None:
        self.profile = profile
        self.schema = profile.schema
        self.rng = rng

    # --- drawing ----------------------------------------------------------------------------------------------

    def _draw(self, pool: Sequence[int], weights: Sequence[float]) -> int:
        if not pool or sum(weights) <= 0:
            raise Unfit
        return self.rng.choices(pool, weights)[0]

    def _table(self, fits: Callable[[int], bool] = lambda table: True) -> int:
        pool, weights = [], []
        for number, table in enumerate(self.profile.tables):
            if table.rows < 2 or self.schema.tables[number].name.startswith("sqlite_"):
                continue
            if not fits(number):
                continue
            pool.append(number)
            useful = len(self.schema.tables[number].columns)
            weights.append((0.35 if table.link else 1.0) * min(useful, 6))
        return self._draw(pool, weights)

    def _columns(self, table: int, roles: Sequence[Role]) -> list[int]:
        return [
            c for c in self.schema.tables[table].columns if self.profile.columns[c].role in roles
        ]

    def _item_column(self, table: int, taken: Sequence[int] = ()) -> int:
        pool, weights = [], []
        for c in self.schema.tables[table].columns:
            profile = self.profile.columns[c]
            if c in taken or profile.distinct == 0 or profile.filled < 0.4:
                continue
            weight = _ITEM_WEIGHTS[profile.role]
            if is_awkward(profile.noun):
                weight *= 0.05
            if c == self.profile.tables[table].key and profile.role == "key":
                weight = 1.0 if self.profile.tables[table].names else 3.0
            pool.append(c)
            weights.append(weight)
        return self._draw(pool, weights)

    def _item_columns(self, table: int, count: int, avoid: Sequence[int] = ()) -> list[int]:
        """Columns to show, without those that ``avoid`` names (a test fixes their value)."""
        taken: list[int] = []
        names = self.profile.tables[table].names
        if count >= 2 and len(names) == 2 and not set(names) & set(avoid):
            if self.rng.random() < 0.7:
                taken = list(names)
        while len(taken) < count:
            taken.append(self._item_column(table, [*taken, *avoid]))
        if self.rng.random() < 0.8:  # the name first, then the rest
            taken.sort(key=lambda c: (c not in names, c != self.profile.tables[table].key))
        return taken

    def _category(self, table: int, *, low: int = 2) -> int:
        """A column whose values are shared by several rows, for groups and common values."""
        pool, weights = [], []
        for c in self.schema.tables[table].columns:
            profile = self.profile.columns[c]
            if profile.distinct < low or profile.distinct > 0.75 * self.profile.tables[table].rows:
                continue
            weight = {"category": 5.0, "year": 1.2, "name": 0.8, "flag": 0.03, "text": 0.2}.get(
                profile.role, 0.0
            )
            if profile.role == "key" and c in self.profile.foreign:
                weight = 0.15
            pool.append(c)
            weights.append(weight)
        return self._draw(pool, weights)

    def _measure(self, table: int, roles: Sequence[Role] = ("number",)) -> int:
        pool = [
            c
            for c in self._columns(table, roles)
            if self.profile.columns[c].distinct > 1 and self.profile.columns[c].filled > 0.5
            if not _NO_MEASURE.search(self.profile.columns[c].noun)
        ]
        return self._draw(pool, [1.0] * len(pool))

    # --- predicates -------------------------------------------------------------------------------------------

    def _values(self, column: int, operator: str, row: int | None = None) -> tuple[str, ...]:
        """Stored values to compare with; those of one row where ``row`` names it."""
        profile = self.profile.columns[column]
        pool = profile.values
        if not pool:
            raise Unfit
        if row is not None and operator == "=":
            cell = profile.cells[row]
            if cell is None:
                raise Unfit
            return (cell,)
        if operator in ("=", "!="):
            return (self.rng.choice(pool),)
        if operator in ("in", "not in"):
            distinct = sorted(set(pool))
            if len(distinct) < 4:
                raise Unfit
            return tuple(self.rng.sample(distinct, self.rng.choice((2, 2, 3))))
        if operator in ("like", "not like"):
            if profile.role == "date":
                return (self._period(pool),)
            return (self._pattern(pool),)
        ordered = sorted(pool, key=_as_key(profile.role))
        if ordered[0] == ordered[-1]:
            raise Unfit
        if operator == "between":
            low, high = sorted(
                self.rng.sample(range(len(ordered)), 2) if len(ordered) > 2 else (0, 1)
            )
            if ordered[low] == ordered[high]:
                raise Unfit
            return self._rounded(ordered[low], profile), self._rounded(ordered[high], profile)
        place = int(self.rng.triangular(0.05, 0.95, 0.5) * (len(ordered) - 1))
        return (self._rounded(ordered[place], profile),)

    def _rounded(self, value: str, profile: ColumnProfile) -> str:
        """Thresholds are mostly round numbers."""
        if profile.role != "number" or self.rng.random() < 0.3:
            return value
        number = float(value)
        size = abs(number)
        step = next((s for limit, s in _STEPS if size >= limit), 0.0)
        if not step:
            return value
        rounded = round(number / step) * step
        return spelling(float(rounded)) or value

    def _period(self, pool: Sequence[str]) -> str:
        """A year, or a month of a year, as the start of ISO dates."""
        text = self.rng.choice(pool)
        if not re.match(r"\d{4}-(0[1-9]|1[0-2])-", text):
            raise Unfit
        return f"{text[: self.rng.choice((4, 4, 7))]}%"

    def _pattern(self, pool: Sequence[str]) -> str:
        text = self.rng.choice(pool)
        words = [word for word in re.findall(r"[A-Za-z]{3,}", text) if len(word) > 2]
        if not words:
            raise Unfit
        roll = self.rng.random()
        if roll < 0.5:
            return f"%{self.rng.choice(words)}%"
        if roll < 0.65:
            return f"%{self.rng.choice(words)[0].lower()}%"
        if roll < 0.85:
            return f"{text[: self.rng.choice((1, 1, 1, len(words[0])))]}%"
        return f"%{text[-self.rng.choice((1, 1, len(words[-1]))) :]}"

    def _test(
        self, table: int, operator: str, taken: Sequence[int] = (), row: int | None = None
    ) -> Test:
        base = operator if operator in _TEST_WEIGHTS else "is"
        pool, weights = [], []
        for c in self.schema.tables[table].columns:
            profile = self.profile.columns[c]
            if c in taken or profile.distinct < 2:
                continue
            weight = _TEST_WEIGHTS[base].get(profile.role, 0.0)
            if base == "is" and not 0.1 < profile.filled < 0.95:
                weight = 0.0
            if profile.role == "name" and base == "!=":
                weight *= 0.3
            if weight:
                pool.append(c)
                weights.append(float(weight))
        column = self._draw(pool, weights)
        if base == "is":
            return Test(Item(table, column), operator)
        if (
            operator == "="
            and self.profile.columns[column].role == "date"
            and self.rng.random() < 0.65
        ):
            operator = "like"  # people ask for a year or a month rather than a day
        return Test(Item(table, column), operator, self._values(column, operator, row))

    def _again(self, test: Test) -> Test:
        """Another value for the same column."""
        assert test.item.column is not None
        for _ in range(6):
            values = self._values(test.item.column, test.operator)
            if values != test.values:
                return replace(test, values=values)
        raise Unfit

    def _tests(self, skeleton: Skeleton, subject: int, places: Sequence[int]) -> tuple[Test, ...]:
        """Tests on the tables at hand; the further tables of ``places`` are used first."""
        found: list[Test] = []
        shapes = list(skeleton.tests)
        further = [table for table in places if table != subject]
        rows: dict[int, int] = {}
        if skeleton.joiner == "and":  # values of one row go together
            rows = {t: self.rng.randrange(max(1, self.profile.tables[t].rows)) for t in places}
        for shape in shapes:
            if shape.left != "column":
                raise Unfit
            taken = [t.item.column for t in found if t.item.column is not None]
            if shape.right is not None:
                found.append(self._nested(shape, subject))
                continue
            same = [t for t in found if t.operator == shape.operator and t.query is None]
            if skeleton.joiner == "or" and same and self.rng.random() < 0.75:
                found.append(self._again(same[-1]))
                continue
            mirror = [
                t
                for t in found
                if t.query is None and t.operator in _SWAPPED.get(shape.operator, ())
            ]
            if mirror and self.rng.random() < 0.7:
                found.append(self._mirror(mirror[-1], shape.operator, skeleton.joiner))
                continue
            where = subject
            if further and (self.rng.random() < 0.75 or len(found) + 1 == len(shapes)):
                where = further.pop(0)
            elif len(places) > 1 and self.rng.random() < 0.3:
                where = self.rng.choice(list(places))
            found.append(self._test(where, shape.operator, taken, rows.get(where)))
        return tuple(found)

    def _mirror(self, test: Test, operator: str, joiner: str) -> Test:
        """The other bound of a range on the same column."""
        column = test.item.column
        assert column is not None
        key = _as_key(self.profile.columns[column].role)
        up = operator.startswith(">")
        for _ in range(8):
            values = self._values(column, operator)
            above = key(values[0]) > key(test.values[0])
            apart = key(values[0]) != key(test.values[0])
            if apart and above == (up if joiner == "or" else not up):
                return Test(test.item, operator, values)
        raise Unfit

    def _nested(self, shape: PredicateShape, subject: int) -> Test:
        inner = shape.right
        assert inner is not None
        if inner.operation or inner.group or inner.limit:
            return self._nested_rare(shape, subject)
        if shape.operator in ("in", "not in"):
            return self._membership(shape.operator, inner, subject)
        if len(inner.items) != 1 or inner.items[0] not in ("avg", "max", "min"):
            raise Unfit
        aggregate = inner.items[0]
        if shape.operator not in ("=", ">", "<", ">=", "<="):
            raise Unfit
        roles: tuple[Role, ...] = ("number",) if aggregate == "avg" else ("number", "year", "date")
        column = self._measure(subject, roles)
        tests: tuple[Test, ...] = ()
        if inner.tests:
            if any(t.right is not None for t in inner.tests) or len(inner.tests) > 1:
                raise Unfit
            tests = (self._test(subject, inner.tests[0].operator, (column,)),)
            tested = tests[0].item.column
            if tested is not None and self.profile.columns[tested].role == "name":
                raise Unfit
        elif (aggregate, shape.operator) in (
            ("max", ">"),
            ("min", "<"),
            ("max", ">="),
            ("min", "<="),
        ):
            raise Unfit
        query = Query(subject, (Item(subject, column, aggregate),), tests, tables=(subject,))
        return Test(Item(subject, column), shape.operator, query=query)

    def _nested_rare(self, shape: PredicateShape, subject: int) -> Test:
        """The key of the row that is first in some order, or of most rows elsewhere."""
        inner = shape.right
        assert inner is not None
        simple = inner.items == ("column",) and not inner.tests and inner.limit == "1"
        if not simple or shape.operator not in ("=", "in") or inner.operation:
            raise Unfit
        child, join = self._child(subject)
        if join.column != self.profile.tables[subject].key:
            raise Unfit
        item = Item(child, join.new_column)
        if len(inner.order) != 1:
            raise Unfit
        key, descends = inner.order[0]
        if inner.group == 1 and key == "count":
            query = Query(
                child,
                (item,),
                group=(join.new_column,),
                entity=subject,
                order=((Item(child, None, "count"), descends),),
                limit=1,
                tables=(child,),
            )
        elif not inner.group and key == "column":
            column = self._measure(child, ("number", "date", "year"))
            query = Query(
                child, (item,), order=((Item(child, column), descends),), limit=1, tables=(child,)
            )
        else:
            raise Unfit
        return Test(Item(subject, join.column), shape.operator, query=query)

    def _child(self, table: int) -> tuple[int, Join]:
        """A table whose rows refer to rows of this one."""
        found = []
        for other in self.profile.graph.neighbours(table):
            relation, join = self.profile.relation(table, other)
            if relation == "child" and other != table and self.profile.tables[other].rows > 1:
                found.append((other, join))
        if not found:
            raise Unfit
        other, join = self.rng.choice(found)
        assert join is not None
        return other, join

    def _membership(self, operator: str, inner: Skeleton, subject: int) -> Test:
        if inner.items != ("column",) or any(t.right is not None for t in inner.tests):
            raise Unfit
        child, join = self._child(subject)
        if join.column == join.new_column:
            raise Unfit
        tables, places = self._reach(child, inner.tables, avoid=subject)
        tests = self._tests(inner, child, places)
        if operator == "in" and not tests:
            raise Unfit
        query = Query(
            child,
            (Item(child, join.new_column),),
            tests,
            inner.joiner or "and",
            tables=tables,
            distinct=inner.distinct,
        )
        return Test(Item(subject, join.column), operator, query=query)

    # --- joins ------------------------------------------------------------------------------------------------

    def _reach(
        self, subject: int, count: int, avoid: int | None = None
    ) -> tuple[tuple[int, ...], list[int]]:
        """FROM with ``count`` tables around the subject, and the tables in it that are worth asking about."""
        if count == 1:
            return (subject,), [subject]
        tables = [subject]
        current = subject
        while len(tables) < count:
            pool = [
                other
                for other in self.profile.graph.neighbours(current)
                if other not in tables and other != avoid and self.profile.tables[other].rows > 1
                if self.profile.relation(current, other)[0] != "far"
            ]
            if not pool:
                raise Unfit
            current = self.rng.choice(pool)
            tables.append(current)
        far = tables[-1]
        if self.profile.tables[far].link and count > 1 and self.rng.random() < 0.8:
            raise Unfit  # a link at the end asks for nothing
        steps = self.profile.graph.tree((subject, far))
        if steps is None:
            raise Unfit
        order = [subject]
        for step in steps:
            order.append(self.schema.columns[step.new_column].table)
        if order != tables:
            raise Unfit
        between = [
            table
            for table in order[1:-1]
            if not self.profile.tables[table].link and self.rng.random() < 0.15
        ]
        return tuple(order), [subject, far, *between]

    # --- queries ----------------------------------------------------------------------------------------------

    def sample(self, skeleton: Skeleton) -> Query:
        """One query of that shape.

        Raises:
            Unfit: the draw does not suit; another may.
        """
        if skeleton.joiner == "mixed" or len(skeleton.tests) > 3 or len(skeleton.items) > 4:
            raise Unfit
        if skeleton.operation:
            return self._combined(skeleton)
        if skeleton.group:
            return self._grouped(skeleton)
        aggregates = [item for item in skeleton.items if item not in ("column", "*")]
        if aggregates and len(aggregates) == len(skeleton.items):
            return self._aggregated(skeleton)
        if aggregates or skeleton.having:
            raise Unfit
        return self._listed(skeleton)

    def _finish(self, skeleton: Skeleton, query: Query) -> Query:
        limit = {"": 0, "1": 1, "n": self.rng.choice((2, 3, 3, 3, 4, 5, 5, 5, 8, 10))}[
            skeleton.limit
        ]
        return replace(
            query, limit=limit, distinct=skeleton.distinct, joiner=skeleton.joiner or "and"
        )

    def _listed(self, skeleton: Skeleton) -> Query:
        starred = "*" in skeleton.items
        if starred and (len(skeleton.items) > 1 or skeleton.tables > 1):
            raise Unfit
        subject = self._table()
        tables, places = self._reach(subject, skeleton.tables)
        tests = self._tests(skeleton, subject, places)
        used = {test.item.table for test in tests}
        further = places[1:2]
        order: list[tuple[Item, bool]] = []
        for key, descends in skeleton.order:
            if key != "column":
                raise Unfit
            where = subject
            if further and further[0] not in used and self.rng.random() < 0.5:
                where = further[0]
            if skeleton.limit:
                column = self._measure(where, ("number", "year", "date"))
            else:
                column = self._sort_column(where)
            if any(column == item.column for item, _ in order):
                raise Unfit
            used.add(where)
            order.append((Item(where, column), descends))
        if starred:
            items = [Item(subject, None)]
        else:
            if (
                skeleton.distinct
                and len(skeleton.items) == 1
                and not skeleton.tests
                and not skeleton.order
            ):
                columns = [self._category(subject)]
            else:
                fixed = [
                    test.item.column
                    for test in tests
                    if test.operator == "="
                    and test.query is None
                    and (skeleton.joiner != "or" or len(skeleton.items) == 1)
                ]
                columns = self._item_columns(
                    subject, len(skeleton.items), [c for c in fixed if c is not None]
                )
            items = [Item(subject, c) for c in columns]
            if skeleton.limit and len(items) == 1 and order and items[0] == order[0][0]:
                raise Unfit
            if further and (further[0] not in used or len(items) > 1 and self.rng.random() < 0.3):
                if len(items) == 1 and further[0] not in used:
                    raise Unfit
                other = self._item_columns(further[0], 1)[0]
                items[-1] = Item(further[0], other)
                if items[0].table != subject:
                    items.reverse()
            self._distinguish(items)
        query = Query(subject, tuple(items), tests, order=tuple(order), tables=tables)
        return self._finish(skeleton, query)

    def _distinguish(self, items: Sequence[Item]) -> None:
        if len({item.column for item in items}) < len(items):
            raise Unfit

    def _sort_column(self, table: int) -> int:
        pool, weights = [], []
        for c in self.schema.tables[table].columns:
            profile = self.profile.columns[c]
            weight = {"number": 4.0, "name": 3.0, "year": 2.5, "date": 2.0, "category": 0.6}.get(
                profile.role, 0.0
            )
            if weight and profile.distinct > 2 and profile.filled > 0.5:
                pool.append(c)
                weights.append(weight)
        return self._draw(pool, weights)

    def _aggregate_items(self, names: Sequence[str], table: int) -> list[Item]:
        items: list[Item] = []
        measure: int | None = None
        for name in names:
            aggregate, _, distinct = name.partition(" ")
            if name == "count":
                items.append(Item(table, None, "count"))
            elif name == "count distinct":
                items.append(Item(table, self._category(table), "count", True))
            elif distinct:
                raise Unfit
            elif (
                measure is not None
                and self.rng.random() < 0.75
                and all(item.aggregate != aggregate for item in items)
            ):
                items.append(Item(table, measure, aggregate))
            else:
                roles: tuple[Role, ...] = ("number",)
                if aggregate in ("max", "min") and self.rng.random() < 0.35:
                    roles = ("number", "year", "date")
                measure = self._measure(table, roles)
                noun = self.profile.columns[measure].noun
                if aggregate == "sum" and _NO_SUM.search(noun):
                    raise Unfit
                items.append(Item(table, measure, aggregate))
        if len(set(items)) < len(items):
            raise Unfit
        return items

    def _aggregated(self, skeleton: Skeleton) -> Query:
        if skeleton.order or skeleton.limit or skeleton.distinct:
            raise Unfit
        if "count" in skeleton.items and skeleton.items != ("count",) and self.rng.random() < 0.5:
            raise Unfit
        subject = self._table()
        tables, places = self._reach(subject, skeleton.tables)
        tests = self._tests(skeleton, subject, places)
        if len(tables) > 1 and all(test.item.table == subject for test in tests):
            raise Unfit
        items = self._aggregate_items(skeleton.items, subject)
        tested = {test.item.column for test in tests if test.operator == "="}
        if any(item.column is not None and item.column in tested for item in items):
            raise Unfit
        query = Query(subject, tuple(items), tests, tables=tables)
        return self._finish(skeleton, query)

    def _grouped(self, skeleton: Skeleton) -> Query:
        if skeleton.group > 2 or "*" in skeleton.items:
            raise Unfit
        if any(test.right is not None for test in skeleton.tests):
            raise Unfit
        columns = skeleton.items.count("column")
        aggregates = [item for item in skeleton.items if item != "column"]
        by_entity = skeleton.tables > 1 and skeleton.group == 1
        entity: int | None = None
        group: tuple[int, ...]
        if by_entity:
            entity = self._table(lambda table: self.profile.tables[table].key is not None)
            tables, places = self._reach(entity, skeleton.tables)
            subject = places[1]
            if skeleton.tables == 2 and self.profile.relation(entity, subject)[0] != "child":
                raise Unfit
            if skeleton.tables > 2 and self.profile.relation(tables[0], tables[1])[0] != "child":
                raise Unfit
            key = self.profile.tables[entity].key
            assert key is not None
            group = (key,)
            items = [Item(entity, c) for c in self._item_columns(entity, columns)]
            if (
                columns == 1
                and self.rng.random() < 0.2
                and self.profile.tables[entity].names[:1] == (items[0].column,)
            ):
                group = (items[0].column,) if items[0].column is not None else group
        else:
            if skeleton.tables > 1:
                raise Unfit
            subject = self._table()
            tables, places = (subject,), [subject]
            if columns > skeleton.group:
                raise Unfit
            first = self._category(subject)
            group = (first,)
            if skeleton.group == 2:
                second = self._category(subject)
                if second == first:
                    raise Unfit
                group = (first, second)
            items = [Item(subject, c) for c in group[:columns]]
        tests = self._tests(skeleton, subject, [subject])
        if any(test.item.column in group for test in tests):
            raise Unfit
        items += self._aggregate_items(aggregates, subject)
        fixed = {test.item.column for test in tests if test.operator == "="} | set(group)
        if any(
            item.aggregate and item.column is not None and item.column in fixed for item in items
        ):
            raise Unfit
        having = None
        if skeleton.having is not None:
            having = self._having(skeleton.having, subject, items)
        order: list[tuple[Item, bool]] = []
        for key_shape, descends in skeleton.order:
            if key_shape == "column":
                known = [item for item in items if not item.aggregate]
                if not known or skeleton.limit:
                    raise Unfit
                order.append((known[0], descends))
                continue
            same = [
                item
                for item in items
                if item.aggregate
                and key_shape == item.aggregate + (" distinct" if item.distinct else "")
            ]
            item = same[0] if same else self._aggregate_items([key_shape], subject)[0]
            order.append((item, descends))
        if len(order) > 1 or any(item.aggregate and item.column in group for item, _ in order):
            raise Unfit
        if having is not None and having.item.column in group:
            raise Unfit
        if not aggregates and having is None and not order:
            raise Unfit
        query = Query(
            subject,
            tuple(items),
            tests,
            group=group,
            entity=entity,
            having=having,
            order=tuple(order),
            tables=tables,
        )
        return self._finish(skeleton, query)

    def _having(self, shape: PredicateShape, subject: int, items: Sequence[Item]) -> Test:
        if shape.right is not None or shape.operator not in (">", ">=", "<", "<=", "=", "between"):
            raise Unfit
        if shape.left == "count":
            low = {">": (1, 1, 1, 2, 2, 3, 4, 5, 10), ">=": (2, 2, 2, 3, 3, 4, 5, 10)}
            number = self.rng.choice(low.get(shape.operator, (1, 2, 2, 3, 3, 4, 5)))
            values: tuple[str, ...] = (str(number),)
            if shape.operator == "between":
                values = (str(number), str(number + self.rng.choice((1, 2, 3))))
            return Test(Item(subject, None, "count"), shape.operator, values)
        same = [i for i in items if i.aggregate == shape.left and not i.distinct]
        item = same[0] if same else self._aggregate_items([shape.left], subject)[0]
        if item.column is None or item.distinct or shape.operator == "=":
            raise Unfit
        values = self._values(item.column, shape.operator)
        if shape.left == "sum":
            values = tuple(
                self._rounded(
                    spelling(float(v) * self.rng.choice((1, 2, 3))) or v,
                    self.profile.columns[item.column],
                )
                for v in values
            )
        return Test(item, shape.operator, values)

    def _combined(self, skeleton: Skeleton) -> Query:
        other = skeleton.other
        assert other is not None
        for side in (skeleton, other):
            if side.order or side.limit or side.having or side.group or side.joiner == "mixed":
                raise Unfit
            if any(t.right is not None for t in side.tests) or set(side.items) != {"column"}:
                raise Unfit
            if len(side.tests) > 2:
                raise Unfit
        if len(skeleton.items) != len(other.items):
            raise Unfit
        left, right = skeleton.tests, other.tests
        if skeleton.operation == "except" and not right:
            return self._without(skeleton, other)
        if not left and not right:
            return self._two_tables(skeleton)
        if skeleton.tables > 1 or other.tables > 1:
            return self._by_children(skeleton, other)
        return self._by_values(skeleton, other)

    def _pair(
        self, skeleton: Skeleton, other: Skeleton, subject: int, places: Sequence[int]
    ) -> tuple[tuple[Test, ...], tuple[Test, ...]]:
        """Tests of the two sides, mostly on the same columns."""
        first = self._tests(skeleton, subject, places)
        second: list[Test] = []
        for place, shape in enumerate(other.tests):
            partner = first[place] if place < len(first) else None
            if partner is not None and self.rng.random() < 0.8:
                if partner.operator == shape.operator:
                    second.append(self._again(partner))
                    continue
                if shape.operator in _SWAPPED.get(partner.operator, ()):
                    joiner = "or" if skeleton.operation != "except" else "and"
                    second.append(self._mirror(partner, shape.operator, joiner))
                    continue
            taken = [t.item.column for t in second if t.item.column is not None]
            where = places[-1] if len(places) > 1 else subject
            second.append(self._test(where, shape.operator, taken))
        return first, tuple(second)

    def _by_values(self, skeleton: Skeleton, other: Skeleton) -> Query:
        """One table; what is common to its rows of two kinds is a shared column, or (union) anything."""
        subject = self._table()
        count = len(skeleton.items)
        if skeleton.operation == "union":
            columns = self._item_columns(subject, count)
        else:
            if count > 1:
                raise Unfit
            columns = [self._category(subject, low=3)]
        if not skeleton.tests and skeleton.operation != "except" or not other.tests:
            raise Unfit
        first, second = self._pair(skeleton, other, subject, [subject])
        if any(t.item.column in columns and t.operator == "=" for t in (*first, *second)):
            raise Unfit
        items = tuple(Item(subject, c) for c in columns)
        one = Query(subject, items, first, skeleton.joiner or "and", tables=(subject,))
        two = Query(subject, items, second, other.joiner or "and", tables=(subject,))
        return replace(one, operation=skeleton.operation, other=two, distinct=skeleton.distinct)

    def _by_children(self, skeleton: Skeleton, other: Skeleton) -> Query:
        """Rows of one table by what two rows linked to them say."""
        count = max(skeleton.tables, other.tables)
        subject = self._table(lambda table: not self.profile.tables[table].link)
        tables, places = self._reach(subject, count)
        if self.profile.relation(tables[0], tables[1])[0] == "parent":
            raise Unfit
        first, second = self._pair(skeleton, other, subject, places[:2])
        further = places[1]
        for tests, side in ((first, skeleton), (second, other)):
            if tests and all(t.item.table == subject for t in tests) and side.tables > 1:
                raise Unfit
        items = tuple(Item(subject, c) for c in self._item_columns(subject, len(skeleton.items)))

        def part(tests: tuple[Test, ...], joiner: str) -> Query:
            linked = any(t.item.table == further for t in tests)
            return Query(
                subject, items, tests, joiner or "and", tables=tables if linked else (subject,)
            )

        one, two = part(first, skeleton.joiner), part(second, other.joiner)
        return replace(one, operation=skeleton.operation, other=two, distinct=skeleton.distinct)

    def _without(self, skeleton: Skeleton, other: Skeleton) -> Query:
        """Rows of a table without any row linked to them."""
        subject = self._table(lambda table: self.profile.tables[table].key is not None)
        if skeleton.tables > 1:
            raise Unfit
        tests = self._tests(skeleton, subject, [subject])
        if other.tables == 1:
            if len(skeleton.items) > 1:
                raise Unfit
            child, join = self._child(subject)
            left, right = Item(subject, join.column), Item(child, join.new_column)
            two = Query(child, (right,), tables=(child,))
            one = Query(subject, (left,), tests, tables=(subject,))
        else:
            tables, places = self._reach(subject, other.tables)
            if self.profile.relation(tables[0], tables[1])[0] == "parent":
                raise Unfit
            items = tuple(
                Item(subject, c) for c in self._item_columns(subject, len(skeleton.items))
            )
            if self.profile.tables[subject].names[:1] != (items[0].column,):
                if items[0].column != self.profile.tables[subject].key:
                    raise Unfit
            one = Query(subject, items, tests, tables=(subject,))
            two = Query(subject, items, tables=tables)
        return replace(one, operation="except", other=two, distinct=skeleton.distinct)

    def _two_tables(self, skeleton: Skeleton) -> Query:
        """The same kind of column in two tables ("cities of shops and cities of customers")."""
        if len(skeleton.items) > 1:
            raise Unfit
        by_noun: dict[str, list[int]] = {}
        for c, column in enumerate(self.schema.columns):
            profile = self.profile.columns[c]
            if profile.role in ("name", "category") and self.profile.tables[column.table].rows > 1:
                by_noun.setdefault(profile.noun, []).append(c)
        pools = [pool for noun, pool in by_noun.items() if len(pool) > 1]
        if not pools:
            raise Unfit
        one, two = self.rng.sample(self.rng.choice(pools), 2)
        if self.schema.columns[one].table == self.schema.columns[two].table:
            raise Unfit
        queries = []
        for c in (one, two):
            table = self.schema.columns[c].table
            queries.append(Query(table, (Item(table, c),), tables=(table,)))
        return replace(
            queries[0],
            operation=skeleton.operation,
            other=queries[1],
            distinct=skeleton.distinct,
        )


_STEPS: Final = (
    (1e9, 1e8),
    (1e8, 1e7),
    (1e7, 1e6),
    (1e6, 1e5),
    (1e5, 1e4),
    (1e4, 1e3),
    (1e3, 1e2),
    (200, 50.0),
    (50, 10.0),
    (10, 5.0),
    (3, 1.0),
)


def _as_key(role: str) -> Callable[[str], tuple[float, str]]:
    if role in ("number", "year"):
        return lambda text: (_float(text), "")
    return lambda text: (0.0, text)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


# --- SQL ------------------------------------------------------------------------------------------------------

PARTS: Final = {"year": "CAST(strftime('%Y', {}) AS INTEGER)", "month": "strftime('%Y-%m', {})"}
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED: Final = frozenset(
    """all and as asc between by case check collate cross default desc distinct drop else end escape except exists
    for foreign from full group having if in index inner insert intersect into is join key left like limit match
    natural not null of offset on or order outer primary references right select set table then to transaction
    union unique update using values view when where with""".split()
)


def to_sql(query: Query, profile: Profile) -> str:
    """The query in the style of Spider's gold SQL: T1, T2 for joined tables, no alias for one table."""
    text = _block(query, profile)
    if query.other is not None:
        text += f" {query.operation.upper()} {_block(query.other, profile)}"
    return text


def _block(query: Query, profile: Profile) -> str:
    schema = profile.schema
    joined = len(query.tables) > 1
    alias = {table: f"T{place}" for place, table in enumerate(query.tables, 1)}

    def name(column: int) -> str:
        bare = quoted(schema.columns[column].name)
        return f"{alias[schema.columns[column].table]}.{bare}" if joined else bare

    def part(text: str, which: str) -> str:
        return PARTS[which].format(text) if which else text

    def item(one: Item) -> str:
        inner = "*" if one.column is None else part(name(one.column), one.part)
        if not one.aggregate:
            return inner
        return f"{one.aggregate}({'DISTINCT ' if one.distinct else ''}{inner})"

    def literal(text: str, one: Item) -> str:
        if one.aggregate == "count" or one.column is None or one.part == "year":
            return text
        return f"'{text}'" if profile.columns[one.column].quoted else text

    def test(one: Test) -> str:
        left = item(one.item)
        sign = one.operator.upper()
        if one.query is not None:
            return f"{left} {sign} ({to_sql(one.query, profile)})"
        values = [literal(value, one.item) for value in one.values]
        if one.operator in ("like", "not like"):
            return f"{left} {sign} '{one.values[0]}'"
        if one.operator == "between":
            return f"{left} BETWEEN {values[0]} AND {values[1]}"
        if one.operator in ("in", "not in"):
            return f"{left} {sign} ({', '.join(values)})"
        return f"{left} {sign} {values[0]}" if values else f"{left} {sign}"

    first = quoted(schema.tables[query.tables[0]].name)
    parts = [
        "SELECT",
        "DISTINCT" if query.distinct else "",
        ", ".join(map(item, query.items)),
        "FROM",
        first + (" AS T1" if joined else ""),
    ]
    if joined:
        steps = profile.graph.tree((query.tables[0], query.tables[-1]))
        assert steps is not None
        for step in steps:
            table = schema.columns[step.new_column].table
            parts += ["JOIN", quoted(schema.tables[table].name), "AS", alias[table], "ON"]
            parts += [name(step.column), "=", name(step.new_column)]
    if query.tests:
        parts += ["WHERE", f" {query.joiner.upper()} ".join(map(test, query.tests))]
    if query.group:
        keys = [part(name(query.group[0]), query.group_part), *map(name, query.group[1:])]
        parts += ["GROUP BY", ", ".join(keys)]
    if query.having is not None:
        parts += ["HAVING", test(query.having)]
    if query.order:
        keys = [item(one) + (" DESC" if descends else "") for one, descends in query.order]
        parts += ["ORDER BY", ", ".join(keys)]
    if query.limit:
        parts += ["LIMIT", str(query.limit)]
    return " ".join(part for part in parts if part)


def quoted(name: str) -> str:
    """An identifier, in double quotes where it must be."""
    if _PLAIN.fullmatch(name) and name.lower() not in _RESERVED:
        return name
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
