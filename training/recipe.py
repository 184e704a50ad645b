"""Makes the shipped checkpoint again: all its stages in order, in one command.

    python -m training.recipe --data DIR [--first N]

About nine hours on two cores. Stages warm-start from one another through ``runs/``; one that was interrupted goes
on where it was when the command is given again with its number as ``--first``. The written questions are today's,
so what comes out is the recipe's model and not the shipped one to the bit (`training/LOG.md` says what each stage
had seen). The last steps calibrate the result and write its card; it is put into the package by hand, after
`training.score` on tune and written_tune, and `training.demo_score --unseen`, say that it is better.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OUT = "runs/fresh_mix/checkpoint"
"""What the last stage leaves."""
PROCESSES = 2
"""That train together in a step that says so: one for each core of the machine the stages ran on."""

STEPS: tuple[str, ...] = (
    "invented --out runs/invented",
    "synthesize --sets spider --per-database 110 --dated 0.3 --seed 71 --out runs/synthetic_spider.json",
    "synthesize --sets corpus --per-database 60 --dated 0.3 --seed 72 --out runs/synthetic_corpus.json",
    "synthesize --sets invented --per-database 60 --dated 0.3 --seed 73 --out runs/synthetic_invented.json",
    "train training/configs/fresh.toml --minutes 82",
    "train training/configs/fresh_more.toml --minutes 112",
    "train training/configs/fresh_fine.toml --minutes 98 --together",
    "train training/configs/fresh_last.toml --minutes 105 --together",
    "train training/configs/fresh_mix.toml --minutes 103 --together",
    f"calibrate {OUT}",
    f"card {OUT} --command 'python -m training.recipe --data DIR'",
)
"""Modules of this package with their arguments, the data folder left out."""

WITHOUT_DATA = frozenset({"card", "invented"})
"""Modules that read no data."""
TOGETHER = "--together"
"""In ``PROCESSES`` processes."""


def command(step: str, data: Path) -> list[str]:
    """A step as it is run."""
    module, *arguments = shlex.split(step)
    if module not in WITHOUT_DATA:
        arguments += ["--data", str(data)]
    run = ["-m", f"training.{module}"]
    if TOGETHER in arguments:
        arguments.remove(TOGETHER)
        run = ["-m", "torch.distributed.run", "--nproc-per-node", str(PROCESSES), *run]
    return [sys.executable, *run, *arguments]


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
