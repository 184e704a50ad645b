"""The training loop on a folder in Spider's layout: it runs, resumes exactly, and refuses what it must."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from test_data import write_folder

from nlidb.checkpoint import load_network, read_config
from nlidb.errors import ConfigError
from nlidb.model import Text2SQL
from nlidb.parser import Parser
from training.data import NO_AUGMENTATION, SETS
from training.train import Average, TrainConfig, fast_bf16, load_config, main, rate, train

CONFIGS = Path(__file__).resolve().parent.parent / "training" / "configs"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spider's layout with the eight pairs; one of its databases is a tune database."""
    folder = write_folder(tmp_path_factory.mktemp("data"), list(tiny.PAIRS))
    (entry,) = json.loads((folder / "tables.json").read_text("utf-8"))
    (folder / "tables.json").write_text(json.dumps([entry, {**entry, "db_id": "cinema"}]), "utf-8")
    pairs = json.loads((folder / "train_spider.json").read_text("utf-8"))
    pairs += [{**pair, "db_id": "cinema"} for pair in pairs[:3]]
    (folder / "train_spider.json").write_text(json.dumps(pairs), "utf-8")
    return folder


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """A constant rate, so that the number of steps does not change the first of them; with dropout, noise and
    every variation of the schema, so that all sources of chance are at work."""
    vocabulary = tiny.write_vocabulary(tmp_path_factory.mktemp("vocabulary"))
    return TrainConfig(
        "tiny",
        group_size=3,
        groups=2,
        learning_rate=5e-3,
        encoder_learning_rate=5e-3,
        warmup=0.0,
        decay=0.0,
        vocabulary=str(vocabulary),
        bf16=False,  # a choice by speed could fall differently in the second run
        model=replace(tiny.config(noise=0.3), dropout=0.1),
    )


@pytest.fixture(scope="module")
def whole(data: Path, config: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of eight steps."""
    folder = tmp_path_factory.mktemp("run") / "whole"
    train(replace(config, steps=8), data, 60.0, folder)
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    state = torch.load(folder / "state.pt", weights_only=False)
    return {f"{part}.{name}": v for part in ("model", "average") for name, v in state[part].items()}


def test_a_run_leaves_a_checkpoint_that_answers(whole: Path) -> None:
    parser = Parser(whole / "checkpoint")
    parsed = parser.parse(*tiny.read(tiny.PAIRS[0][0]), parser.encode_schema(tiny.SCHEMA))
    assert parsed.candidates
    facts = read_config(whole / "checkpoint")["facts"]
    assert facts["config"] == "tiny"
    assert facts["steps"] == 8
    assert facts["examples_seen"] > 8
    (row,) = [json.loads(line) for line in (whole / "log.jsonl").read_text("utf-8").splitlines()]
    assert row["step"] == 8
    assert 0 <= row["tune_accuracy"] <= 1
    assert (whole / "curve.png").stat().st_size > 0
    assert not list(whole.glob("*.part"))


def test_the_checkpoint_holds_the_averaged_weights(whole: Path) -> None:
    average = torch.load(whole / "state.pt", weights_only=False)["average"]
    shipped = load_network(whole / "checkpoint").state_dict()
    assert set(shipped) == set(average)
    for name, value in average.items():
        assert torch.allclose(shipped[name], value, atol=float(value.abs().max()) / 200), name


def test_measuring_changes_nothing_of_the_run() -> None:
    """What is frozen stays frozen, and no random number is drawn."""
    network = tiny.network().train()
    network.encoder.words.weight.requires_grad_(False)
    average = Average(network, 0.5)
    average.update(network, 1)
    chance = torch.get_rng_state()
    measured = average.network(network.config, torch.device("cpu"))
    assert torch.equal(torch.get_rng_state(), chance)
    assert not network.encoder.words.weight.requires_grad
    assert not any(value.requires_grad for value in average.values.values())
    for name, value in measured.state_dict().items():
        assert torch.equal(value, average.values[name]), name


def test_word_embeddings_learn_only_where_the_config_says_so(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    torch.manual_seed(config.seed)
    start = Text2SQL(config.model).encoder.words.weight
    assert torch.equal(weights(whole)["model.encoder.words.weight"], start)
    shutil.copy(whole / "features.pkl", tmp_path)
    train(replace(config, steps=1, train_words=True), data, 60.0, tmp_path)
    assert not torch.equal(weights(tmp_path)["model.encoder.words.weight"], start)


def test_a_resumed_run_ends_with_the_same_weights(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "resumed"
    folder.mkdir()
    shutil.copy(whole / "features.pkl", folder)
    for steps in (3, 5, 8):
        train(replace(config, steps=steps), data, 60.0, folder)
    expected, found = weights(whole), weights(folder)
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value), name


def test_another_seed_ends_with_others(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    train(replace(config, steps=8, seed=1), data, 60.0, tmp_path)
    expected, found = weights(whole), weights(tmp_path)
    assert not torch.allclose(found["model.decoder.start"], expected["model.decoder.start"])


def test_training_lowers_the_loss(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    plain = replace(
        config,
        augmentation=NO_AUGMENTATION,
        model=tiny.CONFIG,
        label_smoothing=0.0,
        average=0.9,
        steps=4,
    )
    train(plain, data, 60.0, tmp_path)
    train(replace(plain, steps=40), data, 60.0, tmp_path)
    first, last = [
        json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    ]
    assert last["loss"] < first["loss"]
    assert last["tune_loss"] < 0.7 * first["tune_loss"]


def test_a_warm_start_starts_from_those_weights(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    warm = replace(
        config,
        steps=1,
        learning_rate=0.0,
        encoder_learning_rate=0.0,
        warm_start=str(whole / "checkpoint"),
    )
    train(warm, data, 60.0, tmp_path)
    start, found = load_network(whole / "checkpoint").state_dict(), weights(tmp_path)
    assert all(torch.equal(found[f"model.{name}"], value) for name, value in start.items())


def test_consistency_training_runs(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    train(replace(config, steps=2, consistency=1.0), data, 60.0, tmp_path)
    assert all(torch.isfinite(value).all() for value in weights(tmp_path).values())


def test_a_run_stops_when_its_minutes_are_over(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    train(replace(config, average=0.5), data, 1e-9, tmp_path)
    assert torch.load(tmp_path / "state.pt", weights_only=False)["step"] == 1


def test_the_rate_rises_stays_and_falls() -> None:
    shape = TrainConfig("tiny", warmup=0.1, decay=0.5)
    assert rate(shape, 0.0) == 0.02
    assert rate(shape, 0.05) == pytest.approx(0.5)
    assert rate(shape, 0.3) == rate(shape, 0.5) == 1.0
    assert rate(shape, 0.75) == pytest.approx(0.5)
    assert rate(shape, 1.0) == rate(shape, 1.1) == 0.0
    assert rate(replace(shape, decay=0.0), 1.0) == 1.0


def test_frozen_layers_stay_and_the_others_learn(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    two = replace(config.model, encoder_layers=2)
    frozen = replace(config, frozen_layers=1, model=two, steps=1)
    train(frozen, data, 60.0, tmp_path)
    before = weights(tmp_path)
    train(replace(frozen, steps=3), data, 60.0, tmp_path)
    after = weights(tmp_path)
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert {name for name in before if name.startswith("model.encoder.")} - same == {
        name for name in before if name.startswith("model.encoder.layers.1.")
    }
    assert "model.decoder.start" not in same


def test_the_measure_of_bf16_leaves_the_run_as_it_is() -> None:
    assert fast_bf16(torch.device("cuda"))
    before = torch.get_rng_state()
    assert isinstance(fast_bf16(torch.device("cpu")), bool)
    assert torch.equal(torch.get_rng_state(), before)


# --- configs


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_config_loads(path: Path) -> None:
    config = load_config(path)
    assert config.name == path.stem
    assert config.sets
    assert all(SETS[name].train and 0 < share <= 4 for name, share in config.sets.items())
    assert "--data DIR" in path.read_text("utf-8")  # it opens with the command that runs it


def test_there_are_configs() -> None:
    assert {"fresh", "smoke"} <= {path.stem for path in CONFIGS.glob("*.toml")}


@pytest.mark.parametrize(
    "text",
    [
        'name = "x"\nlearning_rat = 1.0',
        'name = "x"\n[model]\nwidth = 3',
        'name = "x"\n[model.attention]\nmode = "sparse"',
        'name = "x"\n[model.attention]\nheat = 1.0',
        'name = "x"\n[augmentation]\nrotate = true',
        'name = "x"\n[model]\ndim = 100\nheads = 3',
        "learning_rate = 1.0",
        "name = ",
        'name = "x"\n[sets]\ndev = 1.0',
        'name = "x"\n[sets]\nsyn_dev = 0.1',
        'name = "x"\n[sets]\nmystery = 1.0',
    ],
)
def test_a_wrong_config_is_a_config_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        load_config(path)


def test_a_missing_config_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml")


def test_an_error_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"nowhere\.toml"):
        main([str(tmp_path / "nowhere.toml"), "--data", str(tmp_path)])


@pytest.mark.parametrize("name", ["dev", "syn_dev", "written_tune"])
def test_evaluation_sets_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="may not be trained on"):
        TrainConfig("x", sets={name: 1.0})


def test_frozen_embeddings_are_not_to_be_trained() -> None:
    with pytest.raises(ConfigError, match="train_words"):
        TrainConfig("x", frozen_layers=3, train_words=True)


def test_sets_without_examples_are_a_config_error(
    whole: Path, data: Path, config: TrainConfig, tmp_path: Path
) -> None:
    shutil.copy(whole / "features.pkl", tmp_path)
    with pytest.raises(ConfigError, match="no example"):
        train(replace(config, sets={"train_spider": 0.0}), data, 60.0, tmp_path)


def test_the_command_trains_by_a_config_file(
    data: Path, whole: Path, config: TrainConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quick.toml"
    path.write_text(
        f'name = "quick"\nsteps = 1\nvocabulary = "{config.vocabulary}"\n[model]\n{tiny.sizes()}\n',
        "utf-8",
    )
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(whole / "features.pkl", out)
    main([str(path), "--data", str(data), "--seed", "3", "--out", str(out)])
    assert read_config(out / "checkpoint")["facts"]["seed"] == 3
    assert capsys.readouterr().out.splitlines()[-1] == str(out / "checkpoint")
    assert load_network(out / "checkpoint").config == tiny.CONFIG.__class__(
        **{**tiny.CONFIG.__dict__, "dropout": 0.1}
    )
