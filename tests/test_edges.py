"""Inferred join edges, and the join trees made of declared and inferred ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from nlidb.edges import Join, JoinGraph, infer_edges, join_graph
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table, identifier_words


def make(tables: Mapping[str, str], keys: Sequence[tuple[str, str]] = ()) -> Schema:
    """A schema from ``{"singer": "*id name:text"}``: ``*`` marks a primary key, numbers are the default."""
    found: list[Table] = []
    columns: list[Column] = []
    for t, (name, fields) in enumerate(tables.items()):
        start = len(columns)
        for field in fields.split():
            column, _, kind = field.lstrip("*").partition(":")
            type_: ColumnType = "text" if kind == "text" else "number"
            words = identifier_words(column)
            columns.append(Column(column, t, type_, words, primary_key=field.startswith("*")))
        found.append(Table(name, identifier_words(name), tuple(range(start, len(columns)))))
    place = {f"{found[c.table].name}.{c.name}": i for i, c in enumerate(columns)}
    declared = tuple(ForeignKey(place[left], place[right]) for left, right in keys)
    return Schema("x", "sqlite", tuple(found), tuple(columns), declared)


def edges(schema: Schema) -> set[str]:
    def name(i: int) -> str:
        column = schema.columns[i]
        return f"{schema.tables[column.table].name}.{column.name}"

    return {f"{name(k.column)} {name(k.ref_column)}" for k in schema.foreign_keys if k.inferred}


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [
        (
            {"singer": "*singer_id", "concert": "*id singer_id"},
            {"concert.singer_id singer.singer_id"},
        ),
        ({"singers": "*id", "concert": "*id singer_id"}, {"concert.singer_id singers.id"}),
        ({"Category": "*ID", "item": "*id CategoryID"}, {"item.CategoryID Category.ID"}),
        ({"categories": "*id", "item": "*no category_id"}, {"item.category_id categories.id"}),
        ({"station": "*id", "trip": "*no start_station_id"}, {"trip.start_station_id station.id"}),
        (
            {"ports": "*id", "reports": "*id", "comments": "*no report_id"},
            {"comments.report_id reports.id"},
        ),
        ({"genre": "*g_name:text", "song": "*song_name:text"}, set()),
        ({"page": "*page_id parent_page_id"}, {"page.parent_page_id page.page_id"}),
        ({"a": "*custid", "b": "*no custid:text"}, {"b.custid a.custid"}),
        ({"list": "*n room", "teacher": "*m room"}, {"list.room teacher.room"}),
        ({"team": "team_id_br:text", "pay": "*n team_id:text"}, {"pay.team_id team.team_id_br"}),
        ({"singer": "*id name:text", "concert": "*id name:text"}, set()),
        ({"a": "*x year", "b": "*z year"}, set()),
        ({"a": "*p *q", "b": "p r"}, {"a.p b.p"}),
    ],
)
def test_edges_are_inferred_from_names(tables: dict[str, str], wanted: set[str]) -> None:
    assert edges(infer_edges(make(tables))) == wanted


def test_declared_keys_stay_first_and_are_not_doubled() -> None:
    keys = [("concert.singer_id", "singer.singer_id")]
    schema = make(
        {"singer": "*singer_id", "concert": "*id singer_id stage_id", "stage": "*id"}, keys
    )
    inferred = infer_edges(schema)
    assert inferred.foreign_keys[0] == schema.foreign_keys[0]
    assert edges(inferred) == {"concert.stage_id stage.id"}
    assert all(0 < key.score < 1 for key in inferred.foreign_keys if key.inferred)


def test_stored_values_can_speak_against_an_edge() -> None:
    schema = make({"singer": "*singer_id", "concert": "*id singer_id"})
    disjoint = {(2, 2): 1.0, (0, 0): 1.0}
    assert not edges(infer_edges(schema, lambda left, right: disjoint.get((left, right), 0.0)))
    assert edges(infer_edges(schema, lambda left, right: 0.0)), "empty tables say nothing"
    assert edges(infer_edges(schema, lambda left, right: 0.4))


def test_the_smallest_tree_joins_the_tables() -> None:
    keys = [("b.a_id", "a.id"), ("c.b_id", "b.id"), ("d.c_id", "c.id"), ("d.a_id", "a.id")]
    schema = make({"a": "*id", "b": "*id a_id", "c": "*id b_id", "d": "*id c_id a_id"}, keys)
    graph = join_graph(schema)
    assert graph.tree([0]) == ()
    assert graph.tree([0, 3]) == (Join(0, 7),)
    assert graph.tree([2, 0]) == (Join(4, 1), Join(2, 0))
    tree = graph.tree([1, 3, 0])
    assert tree is not None and len(tree) == 2
    assert graph.tree([3, 0]) == (Join(7, 0),)


def test_a_declared_edge_beats_an_inferred_one_and_a_detour_does_not() -> None:
    tables = {"city": "*city_id", "shop": "*id city_id home_id", "home": "*home_id city_id"}
    schema = make(tables, [("shop.home_id", "home.home_id")])
    graph = join_graph(infer_edges(schema))
    assert graph.join(1, 2) == Join(3, 4)
    assert graph.tree([1, 0]) == (Join(2, 0),)


def test_unlinked_tables_have_no_tree() -> None:
    graph = join_graph(make({"a": "*x", "b": "*z"}))
    assert graph.tree([0, 1]) is None
    assert graph.component(0) != graph.component(1)
    assert graph.join(0, 1) is None


def test_columns_that_refer_to_the_same_key_may_be_joined() -> None:
    keys = [("b.a_id", "a.id"), ("c.a_id", "a.id")]
    graph = join_graph(make({"a": "*id", "b": "*x a_id", "c": "*z a_id"}, keys))
    assert graph.partners(2) == {0, 2, 4}
    assert graph.partners(1) == frozenset()
    assert graph.join(1, 2) == Join(2, 4)
    assert graph.tree([1, 2]) == (Join(2, 4),)


def grouped(tables: Mapping[str, str], *keys: Sequence[tuple[str, str]]) -> Schema:
    """A schema with keys of several columns."""
    schema = make(tables, [pair for key in keys for pair in key])
    groups = [n if len(key) > 1 else 0 for n, key in enumerate(keys, start=1) for _ in key]
    parts = zip(schema.foreign_keys, groups, strict=True)
    return replace(schema, foreign_keys=tuple(replace(part, group=group) for part, group in parts))


def test_a_key_of_several_columns_is_one_edge() -> None:
    key = [("b.y", "a.q"), ("b.x", "a.p")]
    graph = join_graph(grouped({"a": "*p *q", "b": "*id x y"}, key))
    join = graph.join(1, 0)
    assert join is not None and join.pairs == ((3, 0), (4, 1))
    assert graph.tree([0, 1]) == (join.reversed(),)
    assert graph.partners(3) == {0, 3} and not graph.partners(4), "one pair stands for both"
    assert graph.joined(3, 0) == join and graph.joined(4, 1) is None


def test_columns_that_refer_to_the_same_key_of_several_are_joined_on_all() -> None:
    tables = {"a": "*p *q", "b": "*x u v", "c": "*z s t"}
    keys = [("b.u", "a.p"), ("b.v", "a.q")], [("c.t", "a.q"), ("c.s", "a.p")]
    graph = join_graph(grouped(tables, *keys))
    join = graph.join(1, 2)
    assert join is not None and join.pairs == ((3, 6), (4, 7))
    own = graph.joined(3, 3)
    assert own is not None and own.pairs == ((3, 3), (4, 4)), "a table joined with itself"


def test_keys_that_share_a_column_are_told_apart() -> None:
    tables = {"t": "*tenant", "a": "*tenant *id", "b": "*no tenant buyer payer"}
    buys = [("b.tenant", "a.tenant"), ("b.buyer", "a.id")]
    pays = [("b.tenant", "a.tenant"), ("b.payer", "a.id")]
    owns = [[(f"{name}.tenant", "t.tenant")] for name in "ab"]
    graph = JoinGraph(grouped(tables, buys, pays, *owns))
    joins = [graph.joined(column, 2) for column in (5, 6)]
    assert [join and join.pairs for join in joins] == [((4, 1), (5, 2)), ((4, 1), (6, 2))]
    assert graph.join(2, 1) == joins[0], "a declared key comes before the tenant's"
    tenants = graph.joined(4, 1)
    assert tenants is not None and tenants.pairs == ((4, 1),)


def with_view(schema: Schema) -> Schema:
    """The schema with its last table as a view."""
    return replace(schema, tables=(*schema.tables[:-1], replace(schema.tables[-1], is_view=True)))


FLIGHTS = {
    "airports": "*code:text name:text",
    "flights": "*id source:text target:text price",
    "cheap": "source:text target:text price",
}
FLIGHT_KEYS = [("flights.source", "airports.code"), ("flights.target", "airports.code")]


def test_a_view_has_the_keys_of_its_table() -> None:
    inferred = infer_edges(with_view(make(FLIGHTS, FLIGHT_KEYS)))
    assert edges(inferred) == {"cheap.source airports.code", "cheap.target airports.code"}
    other_type = FLIGHTS | {"cheap": "source:text target price"}
    assert edges(infer_edges(with_view(make(other_type, FLIGHT_KEYS)))) == {
        "cheap.source airports.code"
    }


def test_a_view_has_no_key_that_two_tables_have_differently() -> None:
    tables = {
        "shop": "*code town:text", "club": "*tag song:text", "sale": "*no place", "gig": "*n place",
        "place_list": "place fee",
    }  # fmt: skip
    keys = [("sale.place", "shop.code"), ("gig.place", "club.tag")]
    found = edges(infer_edges(with_view(make(tables, keys))))
    assert not found & {"place_list.place shop.code", "place_list.place club.tag"}


def test_a_view_has_a_key_of_several_columns_as_a_whole() -> None:
    tables = {"a": "*p *q", "b": "*id x y", "c": "x y"}
    key = [("b.x", "a.p"), ("b.y", "a.q")]
    inferred = infer_edges(with_view(grouped(tables, key)))
    join = join_graph(inferred).join(2, 0)
    assert join is not None and join.pairs == ((5, 0), (6, 1))
    schema = with_view(grouped(tables | {"c": "x"}, key))
    assert "c.x a.p" not in edges(infer_edges(schema)), "a part of it is no key"
    disjoint = infer_edges(
        with_view(grouped(tables, key)), lambda left, right: float((left, right) != (6, 1))
    )
    assert not any(part.inferred and part.group for part in disjoint.foreign_keys)


def test_a_key_that_was_stored_before_keys_had_groups_is_read() -> None:
    old = object.__new__(ForeignKey)
    vars(old).update(column=2, ref_column=0, inferred=False, score=1.0)
    assert old == ForeignKey(2, 0) and replace(old, column=1) == ForeignKey(1, 0)


LENT = {
    "branch": "*id",
    "member": "*id home_id",
    "book": "*id shelf_id",
    "loan": "*id member_id book_id",
    "fine": "*id member_id",
}
LENT_KEYS = [
    ("member.home_id", "branch.id"),
    ("book.shelf_id", "branch.id"),
    ("loan.member_id", "member.id"),
    ("loan.book_id", "book.id"),
    ("fine.member_id", "member.id"),
]


def test_no_shared_key_joins_what_a_table_links() -> None:
    """Who borrowed what stands in the loans: members and books of one branch are no answer."""
    schema = make(LENT, LENT_KEYS)
    graph = JoinGraph(schema)
    column = {f"{schema.tables[c.table].name}.{c.name}": i for i, c in enumerate(schema.columns)}
    assert graph.joined(column["member.home_id"], column["book.shelf_id"]) is None
    assert column["book.shelf_id"] not in graph.partners(column["member.home_id"])
    # a key stays one, whatever else refers to both
    direct = make(LENT, [*LENT_KEYS, ("book.shelf_id", "member.id")])
    assert JoinGraph(direct).joined(column["book.shelf_id"], column["member.id"]) is not None
    # what no other table refers to both of may share a key as before
    assert graph.joined(column["loan.member_id"], column["fine.member_id"]) is not None
    without = make(
        {k: v for k, v in LENT.items() if k != "loan"}, [LENT_KEYS[i] for i in (0, 1, 4)]
    )
    places = {f"{without.tables[c.table].name}.{c.name}": i for i, c in enumerate(without.columns)}
    assert JoinGraph(without).joined(places["member.home_id"], places["book.shelf_id"]) is not None


def test_two_tables_meet_in_the_one_that_links_them() -> None:
    """Members and books are two steps apart by their branch as well as by the loans."""
    schema = make(LENT, LENT_KEYS)
    graph = JoinGraph(schema)
    number = {table.name: i for i, table in enumerate(schema.tables)}

    def met(*names: str) -> set[str]:
        joins = graph.tree([number[name] for name in names])
        assert joins is not None
        return {
            schema.tables[schema.columns[c].table].name
            for join in joins
            for c in (join.column, join.new_column)
        }

    assert met("member", "book") == {"member", "loan", "book"}
    assert met("book", "fine") == {"loan", "book", "fine"}
    assert met("member", "branch", "book") == {"member", "branch", "book"}  # it was asked for
