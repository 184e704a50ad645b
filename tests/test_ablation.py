"""The ablation: five variants that differ in the attention alone, trained and measured once each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
from test_data import write_folder

from training.ablation import CONFIG, VARIANTS, draw, prepared, run, spread, table
from training.train import TrainConfig, load_config


def test_variants_differ_in_the_attention_and_the_consistency_alone() -> None:
    base = load_config(CONFIG)
    configs = [prepared(base, variant, 3) for variant in VARIANTS]
    assert len({config.name for config in configs}) == len(VARIANTS) == 6
    assert {config.seed for config in configs} == {3}
    alike = [
        replace(
            config,
            name="",
            seed=0,
            consistency=0.0,
            model=replace(config.model, attention=base.model.attention),
        )
        for config in configs
    ]
    assert all(config == replace(base, name="") for config in alike)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Spider's and Spider-Syn's questions on one database to train on and one to tune on."""
    folder = write_folder(tmp_path, list(tiny.PAIRS))
    (entry,) = json.loads((folder / "tables.json").read_text("utf-8"))
    (folder / "tables.json").write_text(json.dumps([entry, {**entry, "db_id": "cinema"}]), "utf-8")
    source = folder / "database" / "music" / "music.sqlite"
    (folder / "database" / "cinema").mkdir()
    (folder / "database" / "cinema" / "cinema.sqlite").write_bytes(source.read_bytes())
    pairs = json.loads((folder / "train_spider.json").read_text("utf-8"))
    pairs += [{**pair, "db_id": "cinema"} for pair in pairs[:2]]
    (folder / "train_spider.json").write_text(json.dumps(pairs), "utf-8")
    synonyms = [{**pair, "SpiderSynQuestion": pair["question"]} for pair in pairs]
    (tmp_path / "spider_syn").mkdir()
    (tmp_path / "spider_syn" / "train_spider_syn.json").write_text(json.dumps(synonyms), "utf-8")
    return folder


def test_every_variant_is_trained_and_measured_once(data: Path, tmp_path: Path) -> None:
    two = (VARIANTS[0], VARIANTS[2])
    base = TrainConfig(
        "tiny",
        sets={"train_spider": 1.0, "syn_train": 1.0},
        group_size=4,
        groups=1,
        steps=1,
        vocabulary=str(tiny.write_vocabulary(tmp_path)),
        model=tiny.config(),
    )
    out = tmp_path / "ablation"
    results = tmp_path / "ablation.json"
    found = run(base, data, two, [5], out, results)
    made = {name: runs for name, runs in found.items() if runs}
    assert list(made) == [variant.name for variant in two]
    for runs in made.values():
        assert 0 <= runs["5"]["tune_execution"] <= 1
        assert 0 < runs["5"]["largest_share_mean"] <= 1
        assert "syn_tune_exact" in runs["5"]
    assert "alpha_mean" in found["diffusion"]["5"]
    assert "alpha_mean" not in found["softmax"]["5"]
    # what is measured is not made again
    kept = json.loads(results.read_text("utf-8"))
    assert kept == found
    kept["softmax"]["5"]["tune_execution"] = 0.123
    results.write_text(json.dumps(kept), "utf-8")
    assert run(base, data, two, [5], out, results) == kept


def test_the_table_gives_mean_and_spread_and_the_picture_is_drawn(tmp_path: Path) -> None:
    row = {
        "tune_execution": 0.5,
        "syn_tune_execution": 0.4,
        "largest_share_mean": 0.3,
        "synonyms_sql_changed": 0.2,
    }
    found = {
        "softmax": {"0": row, "1": {**row, "tune_execution": 0.6}},
        "diffusion": {"0": {**row, "alpha_mean": 0.7}, "1": {**row, "alpha_mean": 0.7}},
    }
    assert spread(found["softmax"], "tune_execution") == "0.550 ± 0.050"
    assert spread({"0": row}, "tune_execution") == "0.500"
    lines = table(found).splitlines()
    assert lines[0] == "| measure | softmax | diffusion |"
    assert "| alpha mean | - | 0.700 ± 0.000 |" in lines
    draw(found, tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 0
