"""Averages the weights of runs that started from one checkpoint.

    python -m training.average runs/asked/checkpoint runs/asked7/checkpoint --out runs/averaged

The weights of fine-tuning runs from one start lie in one basin of the loss, and their mean is mostly better than
each of them ("model soups", arXiv:2203.05482): here, two cores train apart and meet at the end.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from nlidb.checkpoint import VOCABULARY, load_network, read_config, save_checkpoint
from nlidb.errors import ConfigError


def average(folders: Sequence[Path], out: Path) -> None:
    """Writes the checkpoint whose every weight is the mean of these checkpoints', of one shape.

    Raises:
        ConfigError: checkpoints of different shapes.
        CheckpointError: a checkpoint that cannot be read.
    """
    networks = [load_network(folder) for folder in folders]
    if any(network.config != networks[0].config for network in networks):
        raise ConfigError(
            "The checkpoints have networks of different shapes.",
            hint="Average runs that started from one checkpoint.",
        )
    states = [network.state_dict() for network in networks]
    with torch.no_grad():
        for name, mean in states[0].items():
            mean.copy_(sum(state[name] for state in states) / len(states))
    facts = [read_config(folder)["facts"] for folder in folders]
    save_checkpoint(out, networks[0], folders[0] / VOCABULARY, {"average_of": facts})


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    arguments = parser.parse_args(argv)
    average(arguments.checkpoints, arguments.out)


if __name__ == "__main__":
    main()
