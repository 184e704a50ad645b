"""The recipe of the shipped checkpoint: every stage finds what it starts from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training import recipe
from training.train import load_config

ROOT = Path(__file__).resolve().parent.parent


def test_every_stage_starts_from_what_an_earlier_one_left() -> None:
    made: set[str] = set()
    for step in recipe.STEPS:
        words = step.split()
        if words[0] == "train":
            config = load_config(ROOT / words[1])
            assert not config.warm_start or config.warm_start in made, step
            if any(name.startswith("synthetic") for name in config.sets):
                assert {"runs/synthetic_spider.json", "runs/synthetic_corpus.json"} <= made, step
            out = words[words.index("--out") + 1] if "--out" in words else f"runs/{config.name}"
            made.add(f"{out}/checkpoint")
        elif "--out" in words:
            assert all(
                word in made for word in words[1 : words.index("--out")] if "checkpoint" in word
            ), step
            made.add(words[words.index("--out") + 1])
        else:
            assert words[1] in made, step
    assert recipe.OUT in made


def test_the_data_folder_goes_to_the_steps_that_read_it() -> None:
    train = recipe.command("train training/configs/fresh.toml --minutes 82", Path("d"))
    assert train[1:] == [
        "-m",
        "training.train",
        "training/configs/fresh.toml",
        "--minutes",
        "82",
        "--data",
        "d",
    ]
    assert "--data" not in recipe.command("invented --out a", Path("d"))


def test_some_stages_train_in_several_processes() -> None:
    train = recipe.command("train a.toml --minutes 1 --together", Path("d"))
    assert train[1:5] == ["-m", "torch.distributed.run", "--nproc-per-node", "2"]
    assert train[5:] == ["-m", "training.train", "a.toml", "--minutes", "1", "--data", "d"]


def test_the_recipe_stops_at_a_step_that_fails(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "training.recipe", "--data", str(tmp_path / "none"), "--first", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "go on with --first 2" in run.stderr


def test_a_step_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        recipe.main(["--data", ".", "--first", "99"])
    assert "the steps are 1 to" in capsys.readouterr().err
