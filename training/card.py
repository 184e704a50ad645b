"""Writes a checkpoint's model card: what it is, what it was trained on, how well it does, how to make it again.

    python -m training.card CHECKPOINT --command "python -m training.recipe --data DIR" [--score FILE.json ...]

Each FILE.json is the last line of ``python -m training.score`` (or of ``training.demo_score``). The scores go
into config.json too, where ``nlidb models`` reads them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlidb.checkpoint import CONFIG, VOCABULARY, WEIGHTS, load_network, read_config
from training.data import SETS
from training.invented import SCRIPTS

CARD = "README.md"

TEXT = """# The nlidb checkpoint `{name}`

A semantic parser for English questions over a relational schema: {parameters:.1f} M parameters,
{megabytes:.1f} MB on disk (8-bit rows with scales). Made by `{command}` at commit `{commit}`:
{examples:,} examples seen in {steps:,} optimiser steps, seed {seed}.

## Data and licences

The weights are licensed under CC BY-SA 4.0, apart from the code's Apache-2.0, because they were trained on
CC BY-SA 4.0 data.

| part | licence |
|---|---|
| encoder initialised from all-MiniLM-L6-v2 | Apache-2.0 |
| Spider 1.0, train_spider and train_others (15 databases held out for tuning) | CC BY-SA 4.0 |
| Spider-Syn, train | MIT (questions), CC BY-SA 4.0 |
| corpus: question and SQL pairs of our own over 286 databases | ours |
| {written:,} questions written for the project on these databases (`training/written`) | ours |
| {invented:,} questions on {databases} databases invented for the project (`training/written/invented`) | ours |
| BIRD, train: 4 673 questions on 64 databases | CC BY-SA 4.0 |
| WikiSQL: 23 999 questions on 5 266 tables | BSD-3-Clause |
| pairs made by `training.synthesize` on the training databases | ours, on the databases above |

No dev or test split of a set that is scored here was trained on. WikiSQL's questions come from all of its splits,
so no score on WikiSQL can be given. The demo databases are held out too, with every database that shares three
table names with one of them.

## Measured scores

{scores}

`tune` and `written_tune` are Spider's and our own questions on 15 training databases that were held out.
Confidence is calibrated on both together: expected calibration error {ece}.

## Use and limits

English questions only. SELECT queries within the target language described in `nlidb/target.py`: no window
functions, no outer joins, no CASE. A low confidence means what it says: read the SQL.
"""


def scores_table(scores: Sequence[dict[str, Any]]) -> str:
    """Markdown rows of the measured sets."""
    lines = ["| set | questions | exact match | execution match |", "|---|---|---|---|"]
    for score in scores:
        exact = "-" if score.get("exact_match") is None else f"{score['exact_match']:.3f}"
        lines.append(
            f"| {score['split']} | {score['n']} | {exact} | {score['execution_match']:.3f} |"
        )
    return "\n".join(lines)


def questions(*names: str) -> int:
    """How many questions the project's own sets of these names hold."""
    files = (SETS[name].path(Path()) for name in names)
    return sum(len(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--command", required=True, help="the training command, as it was given")
    arguments.add_argument("--score", type=Path, nargs="*", default=[])
    chosen = arguments.parse_args(argv)
    settings = read_config(chosen.checkpoint)
    facts = settings["facts"]
    facts["command"] = chosen.command
    facts["commit"] = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if chosen.score:
        lines = [path.read_text(encoding="utf-8").strip().splitlines()[-1] for path in chosen.score]
        keys = ("split", "n", "exact_match", "execution_match")
        facts["scores"] = [{k: json.loads(line).get(k) for k in keys} for line in lines]
    network = load_network(chosen.checkpoint)
    size = sum((chosen.checkpoint / name).stat().st_size for name in (WEIGHTS, CONFIG, VOCABULARY))
    text = TEXT.format(
        name=chosen.checkpoint.name,
        parameters=sum(p.numel() for p in network.parameters()) / 1e6,
        megabytes=size / 1e6,
        command=facts["command"],
        commit=facts["commit"],
        examples=facts["examples_seen"],
        steps=facts["steps"],
        seed=facts["seed"],
        written=questions("written_spider", "written_corpus"),
        invented=questions("written_invented", "written_states"),
        databases=len(list(SCRIPTS.glob("*.sql"))),
        scores=scores_table(facts.get("scores", [])),
        ece=facts.get("tune", {}).get("ece", "not measured"),
    )
    (chosen.checkpoint / CONFIG).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    (chosen.checkpoint / CARD).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
