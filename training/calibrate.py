"""Fits a checkpoint's confidence on the tune databases (Platt scaling) and writes it into its config.json.

    python -m training.calibrate CHECKPOINT --data DIR

Confidence is the probability that the first reading gives the gold result, on both sets of questions about them:
Spider's, and ours, which are worded as people type and are harder. The expected calibration error
(ECE, ten bins of equal width; arXiv:1706.04599) is reported by fivefold cross-fitting over databases, so that
no question is judged by a fit that saw its database. The last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path

import torch

from nlidb.checkpoint import CONFIG, read_config
from nlidb.parser import Calibration, Parser
from training.score import Scored, readings

SPLITS = ("tune", "written_tune")
FOLDS = 5
BINS = 10


@dataclasses.dataclass(frozen=True)
class Observation:
    """What the confidence is made from, and whether the reading was right."""

    db_id: str
    log_prob: float
    margin: float
    right: bool


def observe(scored: Sequence[Scored]) -> list[Observation]:
    """One observation a question that has a reading."""
    found = []
    for one in scored:
        if not one.candidates:
            continue
        first = one.candidates[0].log_prob
        second = one.candidates[1].log_prob if len(one.candidates) > 1 else -math.inf
        found.append(Observation(one.example.db_id, first, first - second, one.execution[0]))
    return found


def fit(observations: Sequence[Observation], steps: int = 200) -> Calibration:
    """Logistic regression of "right" on the log-probability and the margin, by L-BFGS."""
    features = torch.tensor([[1.0, o.log_prob, min(o.margin, 10.0)] for o in observations])
    right = torch.tensor([float(o.right) for o in observations])
    weights = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=steps)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(features @ weights, right)
        loss = loss + 1e-3 * (weights[1:] ** 2).sum()  # a little prior: a fold has few databases
        loss.backward()
        return loss

    optimizer.step(closure)
    bias, weight, margin_weight = (round(float(w), 4) for w in weights.detach())
    return Calibration(bias, weight, margin_weight)


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """ECE: the mean gap between confidence and accuracy over ten bins, weighted by their sizes."""
    total = 0.0
    for b in range(BINS):
        members = [i for i, c in enumerate(confidence) if min(int(c * BINS), BINS - 1) == b]
        if members:
            sure = sum(confidence[i] for i in members)
            total += abs(sure - sum(right[i] for i in members))
    return total / max(1, len(confidence))


def cross_fitted(observations: Sequence[Observation]) -> list[float]:
    """Each question's confidence by a fit on the other folds' databases."""
    databases = sorted({o.db_id for o in observations})
    confidence = [0.0] * len(observations)
    for fold in range(FOLDS):
        held = set(databases[fold::FOLDS])
        known = fit([o for o in observations if o.db_id not in held])
        for i, o in enumerate(observations):
            if o.db_id in held:
                confidence[i] = known.confidence(o.log_prob, o.margin)
    return confidence


def calibrate(checkpoint: Path, data: Path, beam_size: int = 5) -> dict[str, float]:
    """Fits the confidence on the tune databases and writes it into the checkpoint; what was measured there."""
    parser = Parser(checkpoint)
    observations = observe(
        [
            one
            for split in SPLITS
            for one in readings(parser, data, split, beam_size=beam_size, judged=1)
        ]
    )
    right = [o.right for o in observations]
    measured = {
        "questions": len(observations),
        "execution_match": round(sum(right) / len(right), 4),
        "ece": round(calibration_error(cross_fitted(observations), right), 4),
    }
    calibration = dataclasses.asdict(fit(observations))
    settings = read_config(checkpoint)
    settings["facts"] |= {"calibration": calibration, "tune": measured}
    path = checkpoint / CONFIG
    part = path.with_suffix(".part")
    part.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    return {**measured, **calibration}


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    arguments.add_argument("--beam", type=int, default=5)
    chosen = arguments.parse_args(argv)
    print(json.dumps(calibrate(chosen.checkpoint, chosen.data, chosen.beam)))


if __name__ == "__main__":
    main()
