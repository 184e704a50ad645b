"""Two real processes that train together: they meet with the mean of their weights and end alike."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import torch
from test_data import write_folder

from nlidb.checkpoint import read_config
from training.together import ALONE, STEPS_APART, join

PROJECT = Path(__file__).resolve().parent.parent


def torchrun(*command: str) -> str:
    """Runs the command in two processes; returns what they printed."""
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", *command],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everybody_gets_the_mean_of_the_weights_and_the_sum_of_the_numbers(tmp_path: Path) -> None:
    script = tmp_path / "meet.py"
    script.write_text(
        "import json, sys, torch\n"
        f"sys.path.insert(0, {str(PROJECT)!r})\n"
        "from training.together import join\n"
        "team = join()\n"
        "weights = [torch.nn.Parameter(torch.full(shape, 1.0 + 2 * team.rank)) for shape in ((2, 2), (3,))]\n"
        "numbers = team.share(weights, [10.0 + team.rank, 0.5 if team.leads else 0.0])\n"
        "team.wait()\n"
        "lines = [team.size, team.leads, [w.tolist() for w in weights], numbers]\n"
        "open(f'{sys.argv[1]}/{team.rank}.json', 'w').write(json.dumps(lines))\n",
        "utf-8",
    )
    torchrun(str(script), str(tmp_path))
    for rank in (0, 1):
        size, leads, weights, numbers = json.loads((tmp_path / f"{rank}.json").read_text("utf-8"))
        assert (size, leads) == (2, rank == 0)
        assert weights == [[[2.0, 2.0], [2.0, 2.0]], [2.0, 2.0, 2.0]]
        assert numbers == [21.0, 0.5]


def test_two_processes_see_other_examples_and_leave_one_checkpoint(tmp_path: Path) -> None:
    data = write_folder(tmp_path / "data", list(tiny.PAIRS))
    vocabulary = tiny.write_vocabulary(tmp_path)
    config = tmp_path / "pair.toml"
    config.write_text(
        f'name = "pair"\nsteps = {STEPS_APART}\ngroup_size = 2\ngroups = 1\nbf16 = false\n'
        f'vocabulary = "{vocabulary}"\n[model]\n{tiny.sizes()}\n',
        "utf-8",
    )
    out = tmp_path / "out"
    printed = torchrun("-m", "training.train", str(config), "--data", str(data), "--out", str(out))
    assert printed.count("examples,") == 1
    assert printed.splitlines()[-1] == str(out / "checkpoint")
    facts = read_config(out / "checkpoint")["facts"]
    assert facts["steps"] == STEPS_APART
    assert facts["examples_seen"] == 2 * 2 * STEPS_APART
    state = torch.load(out / "state.pt", weights_only=False)
    assert state["spent"] > 0


def test_without_torchrun_there_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert join() is ALONE
    assert all(ALONE.meets(step) for step in range(1, 2 * STEPS_APART))
    ALONE.wait()
    weight = torch.nn.Parameter(torch.ones(3))
    assert ALONE.share([weight], [4.0]) == [4.0]
    assert torch.equal(weight, torch.ones(3))
