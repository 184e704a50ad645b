"""Averages the weights of runs that started from one checkpoint, or one checkpoint's weights with its start's.

    python -m training.average runs/asked/checkpoint runs/asked-2/checkpoint --out runs/averaged

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


def average(folders: Sequence[Path], weights: Sequence[float], out: Path) -> None:
    """Writes the checkpoint whose every weight is the weighted mean of these checkpoints'.

    Args:
        folders: checkpoints of one shape. weights: one each; only their ratios count.

    Raises:
        ConfigError: checkpoints of different shapes, or weights that are not one each and positive.
        CheckpointError: a checkpoint that cannot be read.
    """
    if len(weights) != len(folders) or not folders or min(weights) <= 0:
        raise ConfigError(f"Weights {list(weights)} are not one above zero for each checkpoint.")
    networks = [load_network(folder) for folder in folders]
    if any(network.config != networks[0].config for network in networks):
        raise ConfigError(
            "The checkpoints have networks of different shapes.",
            hint="Average runs that started from one checkpoint.",
        )
    whole = sum(weights)
    states = [network.state_dict() for network in networks]
    with torch.no_grad():
        for name, mean in states[0].items():
            mean *= weights[0] / whole
            for state, weight in zip(states[1:], weights[1:], strict=True):
                mean.add_(state[name], alpha=weight / whole)
    facts = [read_config(folder)["facts"] for folder in folders]
    save_checkpoint(
        out, networks[0], folders[0] / VOCABULARY, {"average_of": facts, "weights": list(weights)}
    )


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--weights", type=float, nargs="+", default=None, help="1 each")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    arguments = parser.parse_args(argv)
    weights = arguments.weights or [1.0] * len(arguments.checkpoints)
    average(arguments.checkpoints, weights, arguments.out)


if __name__ == "__main__":
    main()
