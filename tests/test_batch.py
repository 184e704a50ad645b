"""Schemas and questions as tensors: segments, relations, links, value candidates, reordering, target places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch

from nlidb import batch as b
from nlidb.linking import Link, Links, ValueCandidate
from nlidb.question import parse_question
from nlidb.schema import ForeignKey
from nlidb.vocab import KEYWORDS, TargetToken

TABLES, COLUMNS = len(tiny.SCHEMA.tables), len(tiny.SCHEMA.columns)
ITEMS = TABLES + COLUMNS


def item(name: str) -> int:
    """The schema item of "table" or "table.column"."""
    table, _, column = name.partition(".")
    found = tiny.SCHEMA.find_table(table)
    assert found is not None
    if not column:
        return found
    place = tiny.SCHEMA.find_column(found, column)
    assert place is not None
    return TABLES + place


def text(ids: torch.Tensor) -> str:
    return " ".join(tiny.VOCABULARY[int(i)] for i in ids if i)


# --- schema


def test_a_table_is_a_segment_and_its_sub_words_know_their_item() -> None:
    inputs = b.schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    assert inputs.items == ITEMS
    assert inputs.tables == TABLES
    assert text(inputs.ids[0]) == "[CLS] singer : singer id , name , country , age , [SEP]"
    for segment, table in zip(range(3), tiny.SCHEMA.tables, strict=True):
        members = {TABLES + c for c in table.columns} | {segment}
        assert set(inputs.group[segment].tolist()) - {-1} == members
    for place in range(ITEMS):
        pieces = inputs.ids[inputs.group == place]
        words = (
            tiny.SCHEMA.tables[place].words
            if place < TABLES
            else tiny.SCHEMA.columns[place - TABLES].words
        )
        assert text(pieces) == " ".join(tiny.VOCABULARY[i] for i in tiny.tokenizer().pieces(words))
    assert (inputs.group[inputs.ids == 0] == -1).all()


def test_kinds_and_flags() -> None:
    inputs = b.schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    assert inputs.kinds[:TABLES].tolist() == [0, 0, 0]
    assert inputs.kinds[item("singer.name")] == 1 + b.COLUMN_TYPES.index("text")
    assert inputs.kinds[item("singer.age")] == 1 + b.COLUMN_TYPES.index("number")
    assert inputs.flags[item("singer.singer_id")].tolist() == [1, 0, 1]
    assert inputs.flags[item("concert.singer_id")].tolist() == [0, 1, 0]
    assert inputs.flags[item("singer.age")].tolist() == [0, 0, 0]


def test_a_wide_table_goes_on_in_further_segments_under_its_name() -> None:
    names = " ".join(f"title_{i}:text" for i in range(100))
    schema = tiny.make_schema({"singer": names})
    inputs = b.schema_inputs(schema, tiny.tokenizer(), relations=False)
    assert inputs.ids.shape[0] > 1
    assert inputs.ids.shape[1] <= b.MAX_SEGMENT
    assert inputs.relations.numel() == 0
    for segment in inputs.ids:
        assert text(segment).startswith("[CLS] singer :")
    covered = sorted(set(inputs.group.flatten().tolist()) - {-1})
    assert covered == list(range(101))
    # the table's own vector comes from its first segment alone
    assert (inputs.group[1:] != 0).all()


def test_relations_name_what_lies_between_two_items() -> None:
    relations = b.schema_inputs(tiny.SCHEMA, tiny.tokenizer()).relations
    for left, right, relation in (
        ("singer.name", "singer.name", b.ITEM_SELF),
        ("singer.name", "singer.age", b.COLUMN_SAME_TABLE),
        ("singer.name", "concert.title", b.ITEM_OTHER),
        ("concert.singer_id", "singer.singer_id", b.COLUMN_REFERS),
        ("singer.singer_id", "concert.singer_id", b.COLUMN_REFERRED),
        ("singer.name", "singer", b.COLUMN_BELONGS),
        ("singer.singer_id", "singer", b.COLUMN_IS_KEY),
        ("singer.name", "concert", b.COLUMN_FOREIGN_TABLE),
        ("singer", "singer.name", b.TABLE_HAS),
        ("singer", "singer.singer_id", b.TABLE_HAS_KEY),
        ("singer", "concert.title", b.TABLE_FOREIGN_COLUMN),
        ("concert", "singer", b.TABLE_REFERS),
        ("singer", "concert", b.TABLE_REFERRED),
        ("singer", "stadium", b.TABLE_OTHER),
        ("singer", "singer", b.ITEM_SELF),
    ):
        assert relations[item(left), item(right)] == relation, (left, right)


def test_inferred_edges_and_mutual_keys_have_relations_of_their_own() -> None:
    schema = tiny.make_schema(
        {"singer": "singer_id name:text best_concert", "concert": "concert_id singer_id name:text"},
        {"singer.best_concert": "concert.concert_id", "concert.singer_id": "singer.singer_id"},
    )
    schema = replace(
        schema, foreign_keys=(*schema.foreign_keys, ForeignKey(1, 5, inferred=True, score=0.5))
    )
    inputs = b.schema_inputs(schema, tiny.tokenizer())
    assert inputs.relations[0, 1] == inputs.relations[1, 0] == b.TABLE_BOTH
    assert inputs.relations[2 + 1, 2 + 5] == b.COLUMN_REFERS_INFERRED
    assert inputs.relations[2 + 5, 2 + 1] == b.COLUMN_REFERRED_INFERRED
    assert inputs.graph[2 + 1, 2 + 5] == b.EDGE_INFERRED
    # an inferred edge between the columns makes none between the tables
    alone = replace(schema, foreign_keys=schema.foreign_keys[2:])
    graph = b.schema_inputs(alone, tiny.tokenizer()).graph
    assert graph[0, 1] == b.NO_EDGE


def test_the_graph_is_symmetric_without_loops() -> None:
    graph = b.schema_inputs(tiny.SCHEMA, tiny.tokenizer()).graph
    assert torch.equal(graph, graph.T)
    assert (graph.diagonal() == 0).all()
    assert graph[item("singer"), item("singer.name")] == b.EDGE_BELONGS
    assert graph[item("singer"), item("singer.singer_id")] == b.EDGE_KEY
    assert graph[item("concert.singer_id"), item("singer.singer_id")] == b.EDGE_FOREIGN
    assert graph[item("concert"), item("singer")] == b.EDGE_TABLES
    assert graph[item("singer"), item("stadium")] == b.NO_EDGE


# --- question


def test_sub_words_know_their_word() -> None:
    long, _ = features = [
        b.question_features(*tiny.read(text), tiny.tokenizer())
        for text in ("Show the average capacity of each stadium.", "Names?")
    ]
    inputs = b.question_inputs(features, tiny.SCHEMA, tiny.tokenizer())
    words = inputs.mask.shape[1]
    assert inputs.mask.sum(1).tolist() == [len(f.pieces) for f in features]
    assert text(inputs.ids[1]).startswith("[CLS] names")
    assert set(inputs.group[1].tolist()) - {-1} == {words, words + 1}
    for word, pieces in enumerate(long.pieces):
        assert inputs.ids[0][inputs.group[0] == word].tolist() == list(pieces)


def test_the_firmer_link_wins_and_links_reach_their_words_only() -> None:
    question = parse_question("names of singers")
    links = Links(
        (
            Link(0, 1, "partial", None, 1),
            Link(0, 1, "exact", None, 1),
            Link(2, 3, "exact", 0, None),
            Link(2, 3, "partial", 0, None),
            Link(2, 3, "cell_value", None, 2, "Singers", 0.7),
        ),
        (),
    )
    features = b.question_features(question, links, tiny.tokenizer())
    found = b.question_inputs([features], tiny.SCHEMA, tiny.tokenizer()).links[0]
    expected = torch.zeros(3, ITEMS, dtype=torch.long)
    expected[0, item("singer.name")] = b.LINK_COLUMN_EXACT
    expected[2, item("singer")] = b.LINK_TABLE_EXACT
    expected[2, item("singer.country")] = b.LINK_CELL_WEAK
    assert torch.equal(found, expected)


def test_value_candidates_know_words_columns_and_spelling() -> None:
    features = b.question_features(*tiny.read("Which singers are from France?"), tiny.tokenizer())
    _, links = tiny.read("Which singers are from France?")
    inputs = b.question_inputs([features], tiny.SCHEMA, tiny.tokenizer())
    place = next(i for i, c in enumerate(links.candidates) if c.text == "France")
    candidate = links.candidates[place]
    assert inputs.value_mask[0].tolist() == [True] * len(links.candidates)
    assert inputs.value_spans[0, place].nonzero().flatten().tolist() == [candidate.start]
    assert inputs.value_columns[0, place, item("singer.country")] == 1.0
    assert text(inputs.value_ids[0, place]) == "france"
    assert b.VALUE_KINDS[inputs.value_kinds[0, place]] == candidate.kind == "cell"


def test_a_question_without_candidates_has_one_that_does_not_exist() -> None:
    features = b.QuestionFeatures(((5,),), (), ())
    inputs = b.question_inputs([features], tiny.SCHEMA, tiny.tokenizer())
    assert inputs.value_mask.tolist() == [[False]]


@pytest.mark.parametrize(
    "word", ["singer", "qzx" * 60, "?", "\u4e2d\u6587", "\U0001f600", "&" * 300]
)
def test_any_question_fits_the_encoder(word: str) -> None:
    question = parse_question(" ".join([word] * 300))
    links = Links(
        (
            Link(0, 1, "exact", 0, None),
            Link(len(question.words) - 1, len(question.words), "exact", 0, None),
        ),
        (ValueCandidate("x", "span", len(question.words) - 1, len(question.words)),),
    )
    features = b.question_features(question, links, tiny.tokenizer())
    assert 1 <= len(features.pieces) <= b.MAX_WORDS
    inputs = b.question_inputs([features], tiny.SCHEMA, tiny.tokenizer())
    assert inputs.ids.shape[1] <= tiny.CONFIG.max_positions
    with torch.no_grad():
        encoded = tiny.network().encode_question(inputs)
    assert torch.isfinite(encoded).all()


# --- reordering and the target


def test_reordering_moves_everything_that_names_an_item() -> None:
    columns = [6, 0, 9, 1, 5, 7, 10]
    schema, moved = b.reorder(tiny.SCHEMA, [2, 1, 0], columns)
    assert [table.name for table in schema.tables] == ["stadium", "concert", "singer"]
    for old, column in enumerate(tiny.SCHEMA.columns):
        new = int(moved.columns[old])
        assert (new >= 0) == (old in columns)
        if new >= 0:
            assert schema.columns[new].name == column.name
            assert (
                schema.tables[schema.columns[new].table].name
                == tiny.SCHEMA.tables[column.table].name
            )
    for t, table in enumerate(schema.tables):
        assert all(schema.columns[c].table == t for c in table.columns)
        assert int(moved.tables[tiny.SCHEMA.find_table(table.name) or 0]) == t
    assert sorted(c for table in schema.tables for c in table.columns) == list(range(len(columns)))
    assert len(moved.order) == len(schema.tables) + len(schema.columns)
    for new, old in enumerate(moved.order[3:]):
        assert moved.columns[old - TABLES] == new
    # concert.stadium_id (8) was left out, and its key with it
    assert {
        (schema.columns[k.column].name, schema.columns[k.ref_column].name)
        for k in schema.foreign_keys
    } == {("singer_id", "singer_id")}


def test_leaving_a_table_out_leaves_its_columns_and_keys_out() -> None:
    schema, moved = b.reorder(tiny.SCHEMA, [0, 2], range(COLUMNS))
    assert [table.name for table in schema.tables] == ["singer", "stadium"]
    assert schema.foreign_keys == ()
    assert (moved.columns[list(tiny.SCHEMA.tables[1].columns)] == -1).all()
    assert moved.tables.tolist() == [0, -1, 1]


def test_a_reordered_schema_has_the_same_relations_and_links() -> None:
    schema, moved = b.reorder(tiny.SCHEMA, [2, 0, 1], list(reversed(range(COLUMNS))))
    before, after = (b.schema_inputs(s, tiny.tokenizer()) for s in (tiny.SCHEMA, schema))
    order = torch.from_numpy(moved.order)
    assert torch.equal(after.relations, before.relations[order][:, order])
    assert torch.equal(after.graph, before.graph[order][:, order])
    assert torch.equal(after.kinds, before.kinds[order])
    assert torch.equal(after.flags, before.flags[order])
    features = [b.question_features(*tiny.read(tiny.PAIRS[3][0]), tiny.tokenizer())]
    old = b.question_inputs(features, tiny.SCHEMA, tiny.tokenizer())
    new = b.question_inputs(features, schema, tiny.tokenizer(), moved)
    assert torch.equal(new.links, old.links[:, :, order])
    assert torch.equal(new.value_columns, old.value_columns[:, :, order])


def test_every_target_token_has_a_place_of_its_own() -> None:
    tokens = [
        *(TargetToken("keyword", i) for i in range(len(KEYWORDS))),
        *(TargetToken("table", i) for i in range(TABLES)),
        *(TargetToken("column", i) for i in range(COLUMNS)),
        *(TargetToken("value", i) for i in range(5)),
    ]
    places = [b.target_index(token, TABLES, ITEMS) for token in tokens]
    assert places == list(range(len(tokens)))
    assert [b.target_token(place, TABLES, ITEMS) for place in places] == tokens


def test_the_numbers_of_kinds_are_those_of_the_tables() -> None:
    assert b.ITEM_RELATIONS == b.TABLE_OTHER + 1
    assert b.EDGE_KINDS == b.EDGE_INFERRED + 1
    assert b.LINK_RELATIONS == b.LINK_COLUMN_EXACT + 1
    inputs = b.schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    assert int(np.max(inputs.relations.numpy())) < b.ITEM_RELATIONS
