"""Averaged checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
import torch

from nlidb.checkpoint import load_network, read_config
from nlidb.errors import CheckpointError, ConfigError
from training.average import main


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two checkpoints of different weights and one of another shape."""
    for i in range(3):
        (tmp_path / str(i)).mkdir()
    networks = (tiny.network(seed=0), tiny.network(seed=1), tiny.network(tiny.config("softmax")))
    return [tiny.write_checkpoint(tmp_path / str(i), network) for i, network in enumerate(networks)]


def test_every_weight_is_the_mean(folders: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "mean"
    main([str(folders[0]), str(folders[1]), "--out", str(out)])
    first, second, mean = (load_network(f).state_dict() for f in (*folders[:2], out))
    for name, value in mean.items():
        expected = 0.5 * (first[name] + second[name])
        # large matrices are stored in bytes, with an error of half a 254th of a row's greatest
        assert torch.allclose(value, expected, atol=float(expected.abs().max()) / 200), name
    assert not all(torch.allclose(value, first[name], atol=1e-3) for name, value in mean.items())
    facts = read_config(out)["facts"]
    assert facts["average_of"] == [read_config(f)["facts"] for f in folders[:2]]


def test_what_cannot_be_averaged_is_refused(folders: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "mean"
    with pytest.raises(ConfigError, match="different shapes"):
        main([str(folders[0]), str(folders[2]), "--out", str(out)])
    with pytest.raises(CheckpointError):
        main([str(folders[0]), str(tmp_path / "none"), "--out", str(out)])
    assert not out.exists()
