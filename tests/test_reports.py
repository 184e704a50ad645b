"""What the benchmark, the demo score and the attention report measure, on things small enough to know."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import tiny
import torch
from conftest import FakeParser
from test_data import write_folder

from nlidb.answer import Answer
from nlidb.assistant import Assistant
from nlidb.batch import EDGE_KINDS, schema_inputs
from nlidb.demo import build_database, demo_databases, read_demos
from nlidb.parser import Parser
from training import attention_report, demo_score
from training.benchmark import T5Base, draw, percentiles, schema_sizes, synthetic_schema


def answer(*rows: tuple[object, ...], columns: tuple[str, ...] = ("a", "b")) -> Answer:
    return Answer("?", "answered", "SELECT", "sqlite", columns=columns, rows=rows)


def test_rows_are_compared_as_the_gold_order_asks() -> None:
    gold = answer((1, "x"), (2, "y"))
    swapped = answer((2, "y"), (1, "x"))
    assert demo_score.same(gold, swapped, ordered=False)
    assert not demo_score.same(gold, swapped, ordered=True)
    assert demo_score.same(gold, answer(("x", 1), ("y", 2)), ordered=True)
    assert not demo_score.same(gold, answer((1, "x"), (2, "z")), ordered=False)
    assert demo_score.same(answer((Decimal("1.10"),)), answer((1.1 + 1e-9,)), ordered=False)


def test_no_rows_are_right_only_where_there_are_none() -> None:
    assert demo_score.same(answer(), answer(), ordered=False)
    assert not demo_score.same(answer(), answer(columns=("a",)), ordered=False)
    assert not demo_score.same(answer(), answer((1, 2)), ordered=False)
    assert not demo_score.same(answer((1, 2)), answer(), ordered=False)


def test_demo_questions_are_counted(assistant: Assistant, fake_parser: FakeParser) -> None:
    gold = "SELECT name FROM singer WHERE age > 40"
    examples = [{"question": "Which singers are older than 40?", "sql": gold}] * 4
    wrong = "SELECT name FROM singer WHERE age < 40"
    missed: list[str] = []
    fake_parser.answer((gold, 0.9))
    fake_parser.answer((wrong, 0.6), (gold, 0.3))  # right in another reading
    fake_parser.answer((gold, 0.01))  # right but unsure
    fake_parser.answer(("SELECT nope FROM singer", 0.9))
    assert demo_score.score(assistant, examples, missed) == {
        "questions": 4,
        "right": 2,
        "offered": 3,
        "unread": 1,
        "sure": 2,
        "sure_and_right": 1,
    }
    assert [text.splitlines()[1].strip() for text in missed] == [
        f"0.60 {wrong}",
        "I found no reading of this question that fits this database.",
    ]


def test_the_unseen_databases_hold_together(tmp_path: Path) -> None:
    """Each question's SQL runs, and nothing of them is trained on or shown as a demo."""
    found = read_demos(demo_score.UNSEEN)
    assert {demo.db_id for demo in found}.isdisjoint(demo.db_id for demo in demo_databases())
    for demo in found:
        path = tmp_path / f"{demo.db_id}.{demo.dialect}"
        build_database(demo, path)
        lines = (demo.folder / "examples.jsonl").read_text("utf-8").splitlines()
        with Assistant.connect(path) as assistant:
            for line in lines:
                assert assistant.run(json.loads(line)["sql"], limit=1_000).columns
    assert len(found) == 7


def test_percentiles_are_nearest_ranks() -> None:
    assert percentiles([float(i) for i in range(100)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert percentiles([3.0]) == {"p50": 3.0, "p95": 3.0, "p99": 3.0}


@pytest.mark.parametrize("columns", [10, 100, 1_000])
def test_synthetic_schemas_hold_together(columns: int) -> None:
    schema = synthetic_schema(columns)
    assert len(schema.columns) == columns
    for t, table in enumerate(schema.tables):
        assert all(schema.columns[c].table == t for c in table.columns)
        names = [schema.columns[c].name for c in table.columns]
        assert len(set(names)) == len(names)
    assert len({table.name for table in schema.tables}) == len(schema.tables)
    assert len(schema.foreign_keys) == len(schema.tables) - 1


def test_sizes_are_timed_and_drawn(tmp_path: Path) -> None:
    parser = Parser(tiny.write_checkpoint(tmp_path, tiny.network()))
    sizes = schema_sizes(parser, (10, 200))
    assert [row["columns"] for row in sizes] == [10, 200]
    assert all(value > 0 for row in sizes for value in row.values())
    draw(sizes, 100.0, tmp_path / "pictures" / "sizes.png")
    assert (tmp_path / "pictures" / "sizes.png").stat().st_size > 1_000


def test_the_yardstick_has_t5_bases_size_and_its_cache_is_right() -> None:
    with torch.device("meta"):
        parameters = sum(p.numel() for p in T5Base().parameters())
    assert parameters == pytest.approx(222_900_000, rel=0.005)
    torch.manual_seed(0)
    small = T5Base(dim=16, heads=2, ffn_dim=32, layers=2, vocab=50).eval()
    ids = torch.randint(1, 50, (3, 7))
    tokens = small.generate(ids, 6)
    assert tokens.shape == (3, 6)
    assert torch.equal(tokens[:, :4], small.generate(ids, 4))
    assert torch.equal(tokens[1:2], small.generate(ids[1:2], 6))


# --- attention


def test_the_graph_of_a_star_has_its_known_gap() -> None:
    """Metropolis weights on a star of n leaves with full edge weights: eigenvalues 1, 1 - 1/n (n - 1 times) and
    1 - (n + 1)/n."""
    attention = tiny.network().layers[0].attention
    with torch.no_grad():
        attention.edge_logit.fill_(100.0)
        graph = torch.zeros(7, 7, dtype=torch.long)
        graph[0, 1:6] = graph[1:6, 0] = 1  # five leaves, and one item by itself
        gap = attention_report.spectral_gap(attention, graph)
    assert torch.allclose(gap, torch.full_like(gap, 1 / 5), atol=1e-5)


def test_steps_to_equilibrium_fall_with_alpha() -> None:
    attention = tiny.network().layers[0].attention
    graph = schema_inputs(tiny.SCHEMA, tiny.tokenizer()).graph
    assert int(graph.max()) < EDGE_KINDS
    gibbs = torch.zeros(1, tiny.CONFIG.heads, 1, graph.shape[0])
    gibbs[..., 0] = 1.0
    found = []
    with torch.no_grad():
        for logit in (-20.0, 20.0):
            attention.alpha_logit.fill_(logit)
            found.append(attention_report.steps_to_equilibrium(gibbs, attention, graph))
    slow, quick = found
    assert (slow > quick).all()
    assert (quick <= 2).all()  # alpha = 0.95
    assert (slow <= 8).all()  # 2 * 0.5^8 < 0.01


@pytest.mark.parametrize("mode", ["softmax", "diffusion"])
def test_the_attention_report_covers_the_tune_databases(
    mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_folder(tmp_path, list(tiny.PAIRS[:3]), db_id="cinema")
    folder = tiny.write_checkpoint(tmp_path, tiny.network(tiny.config(mode)))  # type: ignore[arg-type]
    attention_report.main([str(folder), "--data", str(data)])
    (found,) = json.loads(capsys.readouterr().out.splitlines()[-1]).values()
    assert found["questions"] == 3
    assert 0 < found["largest_share_mean"] <= found["largest_share_p99"] <= 1
    items = len(tiny.SCHEMA.tables) + len(tiny.SCHEMA.columns)
    assert 1 <= found["effective_items_mean"] <= items + 1
    assert found["case_n"] == 3
    assert 0 <= found["case_sql_changed"] <= 1
    diffusion = mode == "diffusion"
    for name in ("steps_to_equilibrium_mean", "spectral_gap_mean", "alpha_mean"):
        assert (found[name] is not None) == diffusion
    if not diffusion:
        assert found["null_share_mean"] == pytest.approx(0, abs=1e-4)
        assert found["moved_by_diffusion_mean"] == 0
