"""Join edges between tables: inferred ones where no key declares them, and the join trees made of them.

``infer_edges`` adds edges to a schema from names and types (and from value overlap where a measure of it is
given); ``JoinGraph`` answers which tables can be joined and by which smallest tree. Neither reads a database.

The rules of inference were chosen on Spider's training databases only: which pairs of columns their queries
join on although no foreign key declares it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

from nlidb.schema import Column, ForeignKey, Schema, Table, identifier_words

INFERRED_COST: Final = 1.4
"""Length of an inferred edge where a declared one has 1: a direct inferred edge beats a detour of two declared
ones, but not a direct declared one."""

SHARED_COST: Final = 1.9
"""Length of a join of two columns that refer to the same key, which leaves out the key's own table."""

VIEW_SCORE: Final = 0.9
"""Score of an edge of a view's columns that have the names of a table's foreign key: as that of equal names."""

BRIDGE_SCORE: Final = 0.3
"""Score of an edge between columns of equal name, for tables that nothing else links."""


@dataclass(frozen=True)
class Join:
    """One step of a join path: a column of a table that is already there, and one of the table it brings in."""

    column: int
    new_column: int
    rest: tuple[tuple[int, int], ...] = ()
    """The other pairs of columns that a key of several columns makes equal with this one."""

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Every (column, new column) that it makes equal."""
        return tuple(sorted(((self.column, self.new_column), *self.rest)))

    def reversed(self) -> Join:
        """The same join from its other side."""
        rest = tuple((new_column, column) for column, new_column in self.rest)
        return Join(self.new_column, self.column, rest)


_Side: TypeAlias = tuple[int, ...]
"""The columns of one table that a join makes equal to as many of another, one by one."""


class JoinGraph:
    """The tables of a schema as a graph whose edges are its foreign keys, declared and inferred.

    A key of several columns is one edge: a join along it equates them all, and is known by one pair of them.
    """

    def __init__(self, schema: Schema) -> None:
        self._table_of = [column.table for column in schema.columns]
        self._best: dict[int, dict[int, tuple[float, Join]]] = {
            table: {} for table in range(len(schema.tables))
        }
        self._partners: dict[int, set[int]] = {}
        keys = [(key[0], *_sides(key)) for key in whole_keys(schema)]
        self._refers: dict[int, set[int]] = {}
        """Table -> the tables that its keys refer to."""
        for _, side, other in keys:
            to = self._refers.setdefault(self._table_of[side[0]], set())
            to.add(self._table_of[other[0]])
        # Columns that refer to the same key may be joined directly, at more cost than an edge.
        declared = {frozenset((side, other)) for _, side, other in keys}
        related = [
            edge
            for edge in _related([(side, other) for _, side, other in keys])
            if frozenset(edge) in declared or not self._is_shortcut(edge, schema)
        ]
        joins = _named(related)
        self._joined = {(join.column, join.new_column): join for join in joins.values()}
        for key, side, other in sorted(
            keys, key=lambda found: (found[0].inferred, -found[0].score)
        ):
            if side != other:
                cost = INFERRED_COST - 0.2 * key.score if key.inferred else 1.0
                self._add(joins.get((side, other)), cost)
                self._add(joins.get((other, side)), cost)
        for edge in related:
            self._add(joins.get(edge), SHARED_COST)
        self._components = self._find_components()
        self._trees: dict[tuple[int, ...], tuple[Join, ...] | None] = {}

    def _is_shortcut(self, edge: tuple[_Side, _Side], schema: Schema) -> bool:
        """Whether the edge joins what a table between links: members and books of one branch, where loans say who
        has borrowed what.

        Of 35 000 joins of gold queries on the training databases 260 equate columns that refer to the same key,
        one of them past such a table.
        """
        left, right = (self._table_of[side[0]] for side in edge)
        if left == right or any(schema.columns[side[0]].primary_key for side in edge):
            return False
        return self._between(left, right) is not None

    def _between(self, left: int, right: int) -> int | None:
        """The first table that refers to both and so links them; None where none does."""
        for table, refers in self._refers.items():
            if table not in (left, right) and {left, right} <= refers:
                return table
        return None

    def _add(self, join: Join | None, cost: float) -> None:
        """Add one direction of an edge, behind those that its tables have already."""
        if join is None:
            return
        left, right = self._table_of[join.column], self._table_of[join.new_column]
        self._partners.setdefault(join.column, set()).add(join.new_column)
        if left != right or cost < SHARED_COST:
            self._best[left].setdefault(right, (cost, join))

    def _find_components(self) -> list[int]:
        component = [-1] * len(self._best)
        for start in self._best:
            if component[start] >= 0:
                continue
            waiting = [start]
            while waiting:
                table = waiting.pop()
                if component[table] < 0:
                    component[table] = start
                    waiting.extend(self._best[table])
        return component

    def component(self, table: int) -> int:
        """A number that two tables share when a join path links them."""
        return self._components[table]

    def partners(self, column: int) -> frozenset[int]:
        """The columns that may be joined with this one: an edge links them, or they refer to the same key (itself
        included, for a table joined with itself). Of a key of several columns, those that it is known by."""
        return frozenset(self._partners.get(column, ()))

    def joined(self, column: int, new_column: int) -> Join | None:
        """The join that two columns are known by, None where they are no partners."""
        return self._joined.get((column, new_column))

    def neighbours(self, table: int) -> tuple[int, ...]:
        """The tables one edge away; a table with an edge to itself is its own neighbour."""
        return tuple(self._best[table])

    def join(self, table: int, new_table: int) -> Join | None:
        """The best edge between two tables: declared before inferred, then by score, then the first."""
        found = self._best[table].get(new_table)
        return found[1] if found else None

    def tree(self, tables: Iterable[int]) -> tuple[Join, ...] | None:
        """The smallest join tree over the tables, as steps from the first table on; None where there is none.

        Takahashi and Matsuyama's shortest path heuristic (Math. Japonica 24, 1980), tried from every table:
        not always the smallest tree, but always the same one for the same tables in the same order.
        """
        terminals = tuple(dict.fromkeys(tables))
        if terminals not in self._trees:
            self._trees[terminals] = self._grow_smallest(terminals)
        return self._trees[terminals]

    def _grow_smallest(self, terminals: tuple[int, ...]) -> tuple[Join, ...] | None:
        if len({self.component(table) for table in terminals}) > 1:
            return None
        best: tuple[float, list[Join]] | None = None
        for start in terminals if len(terminals) > 2 else terminals[:1]:
            grown = self._grow(start, set(terminals))
            if best is None or grown[0] < best[0] - 1e-9:
                best = grown
        assert best is not None
        return self._ordered(terminals[0], self._by_links(terminals, best[1]))

    def _by_links(self, terminals: tuple[int, ...], joins: list[Join]) -> list[Join]:
        """The joins, where two tables that meet in one that both refer to, and nobody asked for, meet in one that
        refers to both instead: members and books in the loans and not in their branch."""
        inside = {self._table_of[c] for join in joins for c in (join.column, join.new_column)}
        for middle in sorted(inside - set(terminals)):
            ends = [
                self._table_of[join.column] + self._table_of[join.new_column] - middle
                for join in joins
                if middle in (self._table_of[join.column], self._table_of[join.new_column])
            ]
            if len(ends) != 2 or not all(middle in self._refers.get(end, ()) for end in ends):
                continue
            table = self._between(*ends)
            steps = [] if table is None else [self.join(end, table) for end in ends]
            if table in inside or not steps or None in steps:
                continue
            kept = [
                join
                for join in joins
                if middle not in (self._table_of[join.column], self._table_of[join.new_column])
            ]
            joins = [*kept, *(step for step in steps if step is not None)]
        return joins

    def _grow(self, start: int, terminals: set[int]) -> tuple[float, list[Join]]:
        inside, missing = {start}, terminals - {start}
        total, joins = 0.0, []
        while missing:
            cost, path = self._shortest(inside, missing)
            total += cost
            joins.extend(path)
            inside.update(self._table_of[join.new_column] for join in path)
            missing -= inside
        return total, joins

    def _shortest(self, inside: set[int], goals: set[int]) -> tuple[float, list[Join]]:
        """Dijkstra from a set of tables to the nearest goal; ties by table index."""
        reached: dict[int, tuple[float, Join | None]] = {table: (0.0, None) for table in inside}
        done: set[int] = set()
        while True:
            table = min(
                (table for table in reached if table not in done),
                key=lambda table: (round(reached[table][0], 6), table),
            )
            done.add(table)
            if table in goals:
                break
            for other, (cost, join) in self._best[table].items():
                length = reached[table][0] + cost
                if other not in reached or length < reached[other][0] - 1e-9:
                    reached[other] = (length, join)
        path: list[Join] = []
        total = reached[table][0]
        step = reached[table][1]
        while step is not None:
            path.append(step)
            step = reached[self._table_of[step.column]][1]
        return total, path[::-1]

    def _ordered(self, first: int, joins: list[Join]) -> tuple[Join, ...]:
        """The same edges as steps that start at ``first`` and each bring in one new table."""
        ordered: list[Join] = []
        inside, waiting = {first}, list(joins)
        while waiting:
            for join in waiting:
                left, right = self._table_of[join.column], self._table_of[join.new_column]
                if left in inside or right in inside:
                    break
            waiting.remove(join)
            if left in inside:
                ordered.append(join)
                inside.add(right)
            else:
                ordered.append(join.reversed())
                inside.add(left)
        return tuple(ordered)


def whole_keys(schema: Schema) -> list[tuple[ForeignKey, ...]]:
    """The schema's keys, each with all its parts, in the order of their first ones."""
    found: dict[tuple[int, int], list[ForeignKey]] = {}
    for i, key in enumerate(schema.foreign_keys):
        found.setdefault((key.group, 0 if key.group else i), []).append(key)
    return [tuple(parts) for parts in found.values()]


def _sides(key: Iterable[ForeignKey]) -> tuple[_Side, _Side]:
    """The referring columns and the columns referred to; in the latter's order, so that keys to the same agree."""
    parts = sorted(key, key=lambda part: part.ref_column)
    return tuple(part.column for part in parts), tuple(part.ref_column for part in parts)


def _related(keys: Iterable[tuple[_Side, _Side]]) -> list[tuple[_Side, _Side]]:
    """Every two sides that refer to the same key or are it, both ways round, each with itself included."""
    kin: dict[_Side, set[_Side]] = {}
    for key in keys:
        group = set(key).union(*(kin.get(side, ()) for side in key))
        for side in group:
            kin[side] = group
    return [(side, other) for side in sorted(kin) for other in sorted(kin[side])]


def _named(related: Iterable[tuple[_Side, _Side]]) -> dict[tuple[_Side, _Side], Join]:
    """The joins between the sides, no two of them known by the same pair of columns.

    One of several columns is known by the pair that the fewest have: two keys may share a tenant's column. It is
    left out where others have all its pairs.
    """
    found: dict[tuple[_Side, _Side], Join] = {}
    edges = sorted(related, key=lambda edge: len(edge[0]))  # one of one column has no choice
    uses = Counter(pair for edge in edges for pair in zip(*edge, strict=True))
    taken: set[tuple[int, int]] = set()
    for side, other in edges:
        pairs = sorted(zip(side, other, strict=True), key=lambda pair: uses[pair])
        first = next((pair for pair in pairs if pair not in taken), None)
        if first is None or (side, other) in found:
            continue
        taken |= {first, first[::-1]}
        join = Join(*first, tuple(pair for pair in pairs if pair != first))
        found[side, other], found[other, side] = join, join.reversed()
    return found


@lru_cache(maxsize=512)
def join_graph(schema: Schema) -> JoinGraph:
    """The schema's join graph, made once a schema."""
    return JoinGraph(schema)


def infer_edges(schema: Schema, overlap: Callable[[int, int], float] | None = None) -> Schema:
    """The schema with inferred join edges added behind its declared ones, best first.

    ``overlap(column, ref_column)`` is the share of the first column's values that the second holds, in [0, 1].
    Where it is given, a pair of columns that have values but share none is dropped.
    """
    inherited = [key for key in _view_keys(schema) if not _contradicts(key, overlap)]
    declared = schema.foreign_keys
    schema = replace(schema, foreign_keys=(*declared, *(part for key in inherited for part in key)))
    edges = [*schema.foreign_keys[len(declared) :], *_guessed(schema, overlap)]
    named = replace(schema, foreign_keys=(*declared, *edges))
    for column, other in _bridges(named):
        bridge = ForeignKey(column, other, True, BRIDGE_SCORE)
        if not _contradicts((bridge,), overlap):
            edges.append(bridge)
    edges.sort(key=lambda key: (-key.score, key.column, key.ref_column))
    return replace(schema, foreign_keys=(*declared, *edges))


def _guessed(schema: Schema, overlap: Callable[[int, int], float] | None) -> list[ForeignKey]:
    found: dict[tuple[int, int], float] = {}
    declared = {(key.column, key.ref_column) for key in schema.foreign_keys}
    declared |= {(ref, column) for column, ref in declared}
    for column, ref_column, score in _guesses(schema):
        if (column, ref_column) in declared or (ref_column, column) in found:
            continue
        if _contradicts((ForeignKey(column, ref_column),), overlap):
            continue
        found[column, ref_column] = max(score, found.get((column, ref_column), 0.0))
    return [ForeignKey(column, ref, True, score) for (column, ref), score in found.items()]


def _contradicts(key: Iterable[ForeignKey], overlap: Callable[[int, int], float] | None) -> bool:
    """Whether the stored values speak against a key: two of its columns have some, and no value is in both."""
    if overlap is None:
        return False
    return any(
        overlap(part.column, part.ref_column) <= 0.0
        and overlap(part.column, part.column) > 0.0
        and overlap(part.ref_column, part.ref_column) > 0.0
        for part in key
    )


def _view_keys(schema: Schema) -> list[tuple[ForeignKey, ...]]:
    """The keys of views: those of tables whose referring columns they have, by name and type.

    Columns that two tables refer to different keys with are left alone: the view may show either.
    """
    found: dict[_Side, set[_Side]] = {}
    for key in whole_keys(schema):
        names = {_folded(schema.columns[part.column].name) for part in key}
        side, other = _sides(key)
        for table in schema.tables:
            shown = _same_columns(schema, table, side)
            if table.is_view and shown is not None and not names <= _GENERIC:
                found.setdefault(shown, set()).add(other)
    last = max((key.group for key in schema.foreign_keys), default=0)
    keys: list[tuple[ForeignKey, ...]] = []
    for shown, others in found.items():
        if len(others) == 1:
            last += 1
            group = last if len(shown) > 1 else 0
            pairs = zip(shown, *others, strict=True)
            keys.append(tuple(ForeignKey(c, ref, True, VIEW_SCORE, group) for c, ref in pairs))
    return keys


def _same_columns(schema: Schema, table: Table, columns: _Side) -> _Side | None:
    """The table's columns of these names and types; None where it lacks one."""
    own = {
        (schema.columns[c].name.lower(), schema.columns[c].type): c for c in reversed(table.columns)
    }
    found = [own.get((schema.columns[c].name.lower(), schema.columns[c].type)) for c in columns]
    return None if None in found else tuple(c for c in found if c is not None)


_GENERIC: Final = frozenset(
    """id name code key no number num date year time type title description status details value rank position
    age city country state address phone email gender first last lastname firstname fname lname price amount
    day month url note notes comment comments result score total count level""".split()
)
"""Names that many tables have without meaning the same thing."""


def _folded(name: str) -> str:
    return "".join(identifier_words(name).split())


def _table_names(name: str) -> set[str]:
    """A table's name as a column may spell it: "Categories" -> {"categories", "category"}."""
    folded = _folded(name)
    names = {folded}
    if folded.endswith("ies"):
        names.add(folded[:-3] + "y")
    elif folded.endswith("s") and not folded.endswith("ss"):
        names.add(folded[:-1])
        if folded.endswith("es"):
            names.add(folded[:-2])
    return names


def _guesses(schema: Schema) -> Iterator[tuple[int, int, float]]:
    """(referring column, key column, score) for each pair whose names say that one refers to the other."""
    names = [_folded(column.name) for column in schema.columns]
    tails = [_tails(column) for column in schema.columns]
    referring = {key.column for key in schema.foreign_keys}
    for t, table in enumerate(schema.tables):
        spellings = _table_names(table.name)
        initials = {word[0] for word in identifier_words(table.name).split()}
        own = [c for c in table.columns if schema.columns[c].primary_key]
        keys = own if len(own) == 1 else []
        if not own:
            keys = [
                c for c in table.columns if any(names[c].startswith(x + "id") for x in spellings)
            ]
        for key in keys:
            for c, column in enumerate(schema.columns):
                if c == key or (column.table == t and column.primary_key):
                    continue
                score = _score(names[c], tails[c], names[key], spellings, initials)
                same_type = column.type == schema.columns[key].type
                if score and not same_type:
                    score = 0.6 if score >= 0.9 else 0.0
                if c in referring and score > 0.4:
                    continue
                if column.table == t and score < 0.75:
                    continue
                if score:
                    yield c, key, score


def _tails(column: Column) -> set[str]:
    """The last words of a column's name, run together: "start_port_id" -> {"startportid", "portid", "id"}."""
    found: set[str] = set()
    for words in (identifier_words(column.name).split(), column.words.split()):
        found |= {"".join(words[i:]) for i in range(len(words))}
    return found


def _score(name: str, tails: set[str], key: str, table: set[str], initials: set[str]) -> float:
    """How much a column's name looks like a reference to a key of a table; 0 for not at all."""
    if name == key and key not in _GENERIC:
        return 0.9
    identifiers = {x + "id" for x in table} | {x + "code" for x in table if key.endswith("code")}
    if any(key == "id" or key.startswith(x) for x in identifiers):
        if name in identifiers:
            return 0.85
        if any(name.startswith(x) for x in identifiers):
            return 0.7
    if (key == "id" or key in identifiers) and any(x in tails for x in identifiers if len(x) > 3):
        return 0.8
    if len(key) > 4 and key not in _GENERIC and key in tails:
        return 0.7
    if name.endswith("id") and key.endswith("id") and 3 <= len(name) <= 4 and len(key) <= 3:
        stem, key_stem = name[:-2], key[:-2]
        if key_stem in initials and key_stem in stem or not key_stem and stem in initials:
            return 0.4
    return 0.0


def _bridges(schema: Schema) -> Iterator[tuple[int, int]]:
    """Pairs of columns of equal name and type, for tables that no path of edges links."""
    graph = JoinGraph(schema)
    group = [graph.component(table) for table in range(len(schema.tables))]
    names = [_folded(column.name) for column in schema.columns]
    for left, table in enumerate(schema.tables):
        for right in range(left + 1, len(schema.tables)):
            if group[left] == group[right]:
                continue
            shared = [
                (c, d)
                for c in table.columns
                for d in schema.tables[right].columns
                if names[c] == names[d]
                and names[c] not in _GENERIC
                and schema.columns[c].type == schema.columns[d].type
            ]
            if shared:
                yield min(shared, key=lambda pair: schema.columns[pair[0]].type != "number")
                merged = group[right]
                group = [group[left] if g == merged else g for g in group]
