"""The parser: a question on a schema of any width to ranked readings; wide schemas are cut with care."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from nlidb.edges import join_graph
from nlidb.errors import CheckpointError
from nlidb.linking import Link, Links, link
from nlidb.parser import MAX_ITEMS, Calibration, Parser, load_parser, preselect
from nlidb.printing import to_sql
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.validate import validate
from nlidb.values import ValueIndex


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    return Parser(tiny.write_checkpoint(tmp_path_factory.mktemp("model"), tiny.network()))


def linked(text: str, schema: Schema):
    question = parse_question(text)
    return question, link(question, schema, ValueIndex.empty(schema))


def chain(tables: int, width: int) -> Schema:
    """Tables t0 - t1 - t2 ..., each referring to the one before, with columns of their own."""
    return tiny.make_schema(
        {
            f"t{t}": f"t{t}_id parent_{t} " + " ".join(f"c{t}_{i}:text" for i in range(width))
            for t in range(tables)
        },
        {f"t{t}.parent_{t}": f"t{t - 1}.t{t - 1}_id" for t in range(1, tables)},
        db_id="chain",
    )


# --- readings


def test_readings_are_ranked_valid_and_timed(parser: Parser) -> None:
    encoding = parser.encode_schema(tiny.SCHEMA)
    for text, _ in tiny.PAIRS:
        question, links = tiny.read(text)
        parsed = parser.parse(question, links, encoding, beam_size=4)
        assert 1 <= len(parsed.candidates) <= 4
        scores = [candidate.log_prob for candidate in parsed.candidates]
        assert scores == sorted(scores, reverse=True)
        assert set(parsed.seconds) == {"encode", "attend", "decode"}
        assert all(seconds > 0 for seconds in parsed.seconds.values())
        for candidate in parsed.candidates:
            assert 0 <= candidate.confidence <= 1
            validate(candidate.tree, tiny.SCHEMA, "sqlite")
            assert candidate.attention.shape == (
                len(question.words),
                len(tiny.SCHEMA.tables) + len(tiny.SCHEMA.columns),
            )
            assert (candidate.attention.sum(1) <= 1 + 1e-5).all()


def test_the_same_question_gives_the_same_readings_from_any_thread(parser: Parser) -> None:
    encoding = parser.encode_schema(tiny.SCHEMA)

    def sql(text: str) -> list[str]:
        parsed = parser.parse(*tiny.read(text), encoding, beam_size=3)
        return [to_sql(candidate.tree, "sqlite") for candidate in parsed.candidates]

    texts = [text for text, _ in tiny.PAIRS]
    alone = [sql(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(sql, texts * 2))
    assert together == alone * 2


def test_a_checkpoint_is_loaded_once_a_process(tmp_path: Path) -> None:
    folder = tiny.write_checkpoint(tmp_path, tiny.network())
    assert load_parser(folder) is load_parser(folder.parent / "." / folder.name)
    with pytest.raises(CheckpointError):
        load_parser(tmp_path / "nowhere")


def test_another_reading_is_never_surer_than_the_first() -> None:
    calibration = Calibration(bias=1.4, weight=0.6, margin_weight=0.4)
    for log_probs in ([-0.1, -0.2, -9.0], [-1.0, -1.0], [-4.0, -4.1, -4.2, -4.3], [-0.5]):
        first, *others = calibration.confidences(log_probs)
        assert all(0 < other <= first for other in others)
        assert first + sum(others) <= 1 + 1e-9  # a person adds them up
        assert others == sorted(others, reverse=True)
    assert calibration.confidences([]) == []


def test_confidence_grows_with_probability_and_margin() -> None:
    calibration = Calibration(bias=1.0, weight=0.5, margin_weight=0.3)
    scores = [calibration.confidence(log_prob, 1.0) for log_prob in (-1000.0, -9.0, -1.0, 0.0)]
    assert scores == sorted(scores)
    assert 0 <= scores[0] < scores[-1] <= 1
    assert calibration.confidence(-1.0, 5.0) > calibration.confidence(-1.0, 0.1)
    # the only reading has no next one: its margin is capped, not infinite
    assert calibration.confidence(-1.0, float("inf")) == calibration.confidence(-1.0, 10.0)


# --- wide schemas


def test_a_table_of_two_thousand_columns_parses(parser: Parser) -> None:
    columns = " ".join(f"title_{i}:text" for i in range(1_999))
    schema = tiny.make_schema({"singer": f"singer_id {columns}"}, db_id="wide")
    question, links = linked("How many singers have title 1234?", schema)
    encoding = parser.encode_schema(schema)
    assert encoding.items.shape[0] == 2_001
    parsed = parser.parse(question, links, encoding, beam_size=3)
    assert parsed.candidates
    for candidate in parsed.candidates:
        validate(candidate.tree, schema, "sqlite")
        assert candidate.attention.shape == (len(question.words), 2_001)
        assert (candidate.attention.sum(1) <= 1 + 1e-5).all()
        assert 0 < (candidate.attention > 0).any(0).sum() <= MAX_ITEMS


def test_two_thousand_columns_over_many_tables_parse(parser: Parser) -> None:
    schema = chain(100, 18)
    assert len(schema.columns) == 2_000
    question, links = linked("Show c3 5 and c7 2 of t 3", schema)
    parsed = parser.parse(question, links, parser.encode_schema(schema), beam_size=3)
    assert parsed.candidates
    for candidate in parsed.candidates:
        assert len(candidate.schema.tables) + len(candidate.schema.columns) <= MAX_ITEMS
        validate(candidate.tree, schema, "sqlite")


def test_the_cut_changes_nothing_where_it_keeps_everything(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the limit the schema is read whole; the same schema through the cut gives the same readings."""
    question, links = tiny.read(tiny.PAIRS[7][0])
    whole = parser.parse(question, links, parser.encode_schema(tiny.SCHEMA))
    items = len(tiny.SCHEMA.tables) + len(tiny.SCHEMA.columns)
    everything = (list(range(len(tiny.SCHEMA.tables))), list(range(len(tiny.SCHEMA.columns))))
    monkeypatch.setattr("nlidb.parser.MAX_ITEMS", items - 1)
    monkeypatch.setattr("nlidb.parser.preselect", lambda *_: everything)
    cut = parser.parse(question, links, parser.encode_schema(tiny.SCHEMA))
    assert [c.tokens for c in cut.candidates] == [c.tokens for c in whole.candidates]
    assert cut.candidates[0].log_prob == pytest.approx(whole.candidates[0].log_prob, abs=1e-4)
    assert np.allclose(cut.candidates[0].attention, whole.candidates[0].attention, atol=1e-5)


def silent(schema: Schema) -> np.ndarray:
    """A similarity that tells nothing."""
    return np.zeros(len(schema.tables) + len(schema.columns), dtype=np.float32)


def test_linked_items_are_kept() -> None:
    schema = chain(40, 20)
    columns = [schema.find_column(t, f"c{t}_{i}") for t, i in ((31, 19), (31, 0), (32, 7))]
    links = Links(
        (
            *(Link(0, 1, "exact", None, column) for column in columns),
            Link(2, 3, "cell_value", None, schema.find_column(33, "c33_4"), "x"),
            Link(4, 5, "exact", 30, None),
        ),
        (),
    )
    tables, kept = preselect(schema, links, silent(schema))
    assert {30, 31, 32, 33} <= set(tables)
    assert {*columns, schema.find_column(33, "c33_4")} <= set(kept)
    assert len(tables) + len(kept) <= MAX_ITEMS
    assert tables == sorted(set(tables))
    assert kept == sorted(set(kept))
    assert all(schema.columns[c].table in tables for c in kept)


def test_the_join_path_between_linked_tables_is_kept() -> None:
    schema = chain(30, 30)
    ends = [schema.find_column(10, "c10_3"), schema.find_column(14, "c14_3")]
    links = Links(tuple(Link(i, i + 1, "exact", None, c) for i, c in enumerate(ends)), ())
    tables, kept = preselect(schema, links, silent(schema))
    assert {10, 11, 12, 13, 14} <= set(tables)
    for join in join_graph(schema).tree([10, 14]) or ():
        assert {join.column, join.new_column} <= set(kept)
    # and what is kept is joined by the same path
    for t in range(11, 15):
        assert schema.find_column(t, f"parent_{t}") in kept
        assert schema.find_column(t - 1, f"t{t - 1}_id") in kept


def test_without_links_the_most_similar_items_are_kept() -> None:
    schema = chain(40, 20)
    similarity = silent(schema)
    wanted = [schema.find_column(17, "c17_5"), schema.find_column(17, "c17_6")]
    similarity[[len(schema.tables) + (c or 0) for c in wanted]] = 1.0
    tables, kept = preselect(schema, Links((), ()), similarity)
    assert 17 in tables
    assert set(wanted) <= set(kept)
    assert len(tables) + len(kept) <= MAX_ITEMS


def test_linked_columns_of_one_very_wide_table_are_kept() -> None:
    schema = tiny.make_schema({"singer": " ".join(f"c_{i}:text" for i in range(2_000))})
    places = [5, 777, 1_998]
    links = Links(tuple(Link(i, i + 1, "partial", None, c) for i, c in enumerate(places)), ())
    tables, kept = preselect(schema, links, silent(schema))
    assert tables == [0]
    assert set(places) <= set(kept)
    assert len(tables) + len(kept) == MAX_ITEMS


def test_a_schema_is_encoded_without_a_question_and_kept(parser: Parser) -> None:
    first, again = parser.encode_schema(tiny.SCHEMA), parser.encode_schema(tiny.SCHEMA)
    assert torch.equal(first.items, again.items)
    assert not first.items.requires_grad
