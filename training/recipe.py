"""Makes the shipped checkpoint again: all its stages in order, in one command.

    python -m training.recipe --data DIR [--first N]

About ten hours on one core. Stages warm-start from one another through ``runs/``; one that was interrupted goes
on where it was when the command is given again with its number as ``--first``. The written questions are today's,
so what comes out is the recipe's model and not the shipped one to the bit (`training/LOG.md` says what each stage
had seen). The last steps calibrate the result and write its card; it is put into the package by hand, after
`training.score` on tune and written_tune says that it is better.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OUT = "runs/both/checkpoint"
"""What the last stage leaves."""


def _synthesize(per_spider: int, per_corpus: int, *more: str, seeds: tuple[int, int]) -> list[str]:
    return [
        " ".join(
            (
                f"synthesize --sets {name} --per-database {count}",
                *more,
                f"--seed {seed} --out runs/synthetic_{name}.json",
            )
        )
        for name, count, seed in zip(
            ("spider", "corpus"), (per_spider, per_corpus), seeds, strict=True
        )
    ]


STEPS: tuple[str, ...] = (
    "train training/configs/base.toml --minutes 105",
    *_synthesize(60, 60, seeds=(0, 0)),
    "train training/configs/synthetic.toml --minutes 13",
    *_synthesize(250, 160, seeds=(11, 12)),
    "train training/configs/wide.toml --minutes 60",
    *_synthesize(110, 60, "--dated 0.3", seeds=(21, 22)),
    "train training/configs/written.toml --minutes 43",
    *_synthesize(110, 60, "--dated 0.4", seeds=(41, 42)),
    "train training/configs/typed.toml --minutes 34",
    "train training/configs/asked.toml --minutes 64",
    "train training/configs/asked.toml --minutes 62 --seed 7 --out runs/asked7",
    "average runs/asked/checkpoint runs/asked7/checkpoint --out runs/averaged/checkpoint",
    *_synthesize(110, 60, "--dated 0.4", seeds=(51, 52)),
    "train training/configs/wider.toml --minutes 95",
    "invented --out runs/invented",
    *_synthesize(110, 60, "--dated 0.3", seeds=(61, 62)),
    "synthesize --sets invented --per-database 60 --dated 0.3 --seed 63 --out runs/synthetic_invented.json",
    "train training/configs/broad.toml --minutes 72",
    "train training/configs/broad.toml --minutes 58 --seed 22 --out runs/broad22",
    "average runs/broad/checkpoint runs/broad22/checkpoint --out runs/both/checkpoint",
    f"calibrate {OUT}",
    f"card {OUT} --command 'python -m training.recipe --data DIR'",
)
"""Modules of this package with their arguments, the data folder left out."""

WITHOUT_DATA = frozenset({"average", "card", "invented"})
"""Modules that read no data."""


def command(step: str, data: Path) -> list[str]:
    """A step as it is run."""
    module, *arguments = shlex.split(step)
    if module not in WITHOUT_DATA:
        arguments += ["--data", str(data)]
    return [sys.executable, "-m", f"training.{module}", *arguments]


def main(argv: Sequence[str] | None = None) -> None:
    listed = "\n".join(f"{number:>3}  {step}" for number, step in enumerate(STEPS, 1))
    arguments = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog=f"steps:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    arguments.add_argument(
        "--first", type=int, default=1, metavar="N", help="the step to begin with"
    )
    chosen = arguments.parse_args(argv)
    if not 1 <= chosen.first <= len(STEPS):
        arguments.error(f"--first is {chosen.first}; the steps are 1 to {len(STEPS)}.")
    for number, step in list(enumerate(STEPS, 1))[chosen.first - 1 :]:
        print(f"[{number}/{len(STEPS)}] {step}", flush=True)
        if subprocess.run(command(step, chosen.data), check=False).returncode:
            sys.exit(f"Step {number} failed; once it is mended, go on with --first {number}.")


if __name__ == "__main__":
    main()
