"""Join edges between tables: inferred ones where no key declares them, and the join trees made of them.

``infer_edges`` adds edges to a schema from names and types (and from value overlap where a measure of it is
given); ``JoinGraph`` answers which tables can be joined and by which smallest tree. Neither reads a database.

The rules of inference were chosen on Spider's training databases only: which pairs of columns their queries
join on although no foreign key declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from nlidb.schema import ForeignKey, Schema, identifier_words

INFERRED_COST: Final = 1.4
"""Length of an inferred edge where a declared one has 1: a direct inferred edge beats a detour of two declared
ones, but not a direct declared one."""

SHARED_COST: Final = 1.9
"""Length of a join of two columns that refer to the same key, which leaves out the key's own table."""

BRIDGE_SCORE: Final = 0.3
"""Score of an edge between columns of equal name, for tables that nothing else links."""


@dataclass(frozen=True)
class Join:
    """One step of a join path: a column of a table that is already there, and one of the table it brings in."""

    column: int
    new_column: int


class JoinGraph:
    """The tables of a schema as a graph whose edges are its foreign keys, declared and inferred."""

    def __init__(self, schema: Schema) -> None:
        self._table_of = [column.table for column in schema.columns]
        self._best: dict[int, dict[int, tuple[float, Join]]] = {
            table: {} for table in range(len(schema.tables))
        }
        self._partners: dict[int, set[int]] = {}
        ranked = sorted(
            enumerate(schema.foreign_keys), key=lambda x: (x[1].inferred, -x[1].score, x[0])
        )
        for _, key in ranked:
            if key.column == key.ref_column:
                continue
            left, right = self._table_of[key.column], self._table_of[key.ref_column]
            cost = INFERRED_COST - 0.2 * key.score if key.inferred else 1.0
            self._partners.setdefault(key.column, set()).add(key.ref_column)
            self._partners.setdefault(key.ref_column, set()).add(key.column)
            self._best[left].setdefault(right, (cost, Join(key.column, key.ref_column)))
            self._best[right].setdefault(left, (cost, Join(key.ref_column, key.column)))
        self._share_keys(schema)
        self._components = self._find_components()
        self._trees: dict[tuple[int, ...], tuple[Join, ...] | None] = {}

    def _share_keys(self, schema: Schema) -> None:
        """Columns that refer to the same key may be joined directly, at more cost than an edge."""
        kin: dict[int, set[int]] = {}
        for key in schema.foreign_keys:
            group = {key.column, key.ref_column}
            for column in tuple(group):
                group |= kin.get(column, set())
            for column in group:
                kin[column] = group
        for column in sorted(kin):
            for other in sorted(kin[column]):
                left, right = self._table_of[column], self._table_of[other]
                self._partners.setdefault(column, set()).add(other)
                if left != right:
                    self._best[left].setdefault(right, (SHARED_COST, Join(column, other)))

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
        included, for a table joined with itself)."""
        return frozenset(self._partners.get(column, ()))

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
        return self._ordered(terminals[0], best[1])

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
                ordered.append(Join(join.new_column, join.column))
                inside.add(left)
        return tuple(ordered)


@lru_cache(maxsize=512)
def join_graph(schema: Schema) -> JoinGraph:
    """The schema's join graph, made once a schema."""
    return JoinGraph(schema)


def infer_edges(schema: Schema, overlap: Callable[[int, int], float] | None = None) -> Schema:
    """The schema with inferred join edges added behind its declared ones, best first.

    ``overlap(column, ref_column)`` is the share of the first column's values that the second holds, in [0, 1].
    Where it is given, a pair of columns that have values but share none is dropped.
    """
    found: dict[tuple[int, int], float] = {}
    declared = {(key.column, key.ref_column) for key in schema.foreign_keys}
    declared |= {(ref, column) for column, ref in declared}
    for column, ref_column, score in _guesses(schema):
        if (column, ref_column) in declared or (ref_column, column) in found:
            continue
        if _contradicted(column, ref_column, overlap):
            continue
        found[column, ref_column] = max(score, found.get((column, ref_column), 0.0))
    edges = [ForeignKey(column, ref, True, score) for (column, ref), score in found.items()]
    named = replace(schema, foreign_keys=(*schema.foreign_keys, *edges))
    for column, other in _bridges(named):
        if not _contradicted(column, other, overlap):
            edges.append(ForeignKey(column, other, True, BRIDGE_SCORE))
    edges.sort(key=lambda key: (-key.score, key.column, key.ref_column))
    return replace(schema, foreign_keys=(*schema.foreign_keys, *edges))


def _contradicted(
    column: int, ref_column: int, overlap: Callable[[int, int], float] | None
) -> bool:
    """Whether the stored values speak against an edge: both columns have some, and no value is in both."""
    if overlap is None or overlap(column, ref_column) > 0.0:
        return False
    return overlap(column, column) > 0.0 and overlap(ref_column, ref_column) > 0.0


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
                score = _score(names[c], names[key], spellings, initials)
                same_type = column.type == schema.columns[key].type
                if score and not same_type:
                    score = 0.6 if score >= 0.9 else 0.0
                if c in referring and score > 0.4:
                    continue
                if column.table == t and score < 0.75:
                    continue
                if score:
                    yield c, key, score


def _score(name: str, key: str, table: set[str], initials: set[str]) -> float:
    """How much a column's name looks like a reference to a key of a table; 0 for not at all."""
    if name == key and key not in _GENERIC:
        return 0.9
    identifiers = {x + "id" for x in table} | {x + "code" for x in table if key.endswith("code")}
    if any(key == "id" or key.startswith(x) for x in identifiers):
        if name in identifiers:
            return 0.85
        if any(name.startswith(x) for x in identifiers):
            return 0.7
    if (key == "id" or key in identifiers) and any(
        name.endswith(x) for x in identifiers if len(x) > 3
    ):
        return 0.8
    if len(key) > 4 and key not in _GENERIC and name.endswith(key):
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
