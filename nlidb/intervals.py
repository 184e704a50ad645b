"""How sure the figures of an evaluation are: bootstrap intervals, curves of confidence, two runs compared."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nlidb.errors import ConfigError
from nlidb.evaluate import Evaluation
from nlidb.verdict import MEASURES, Measure, Verdict

REPEATS = 1000
"""Bootstrap resamples: an interval's ends are then certain to about half a point."""
BINS = 10


@dataclass(frozen=True)
class Interval:
    """A share with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def bootstrap(
    outcomes: Sequence[float], *, repeats: int = REPEATS, seed: int = 0
) -> Interval | None:
    """The mean of the outcomes and its 95 % percentile interval over resampled examples.

    Efron's percentile bootstrap. None where there is no outcome.
    """
    if not outcomes:
        return None
    chance = random.Random(seed)
    n = len(outcomes)
    means = sorted(sum(chance.choices(outcomes, k=n)) / n for _ in range(repeats))
    low, high = means[int(0.025 * repeats)], means[min(int(0.975 * repeats), repeats - 1)]
    return Interval(sum(outcomes) / n, low, high)


def _outcomes(verdicts: Sequence[Verdict], measure: Measure) -> list[float]:
    values = [getattr(verdict, measure) for verdict in verdicts]
    return [float(value) for value in values if value is not None]


def bootstrap_ratio(
    parts: Sequence[tuple[float, float]], *, repeats: int = REPEATS, seed: int = 0
) -> Interval | None:
    """The sum of the first numbers over that of the second, with its interval as in ``bootstrap``.

    None where the second numbers are all zero.
    """
    parts = [part for part in parts if part[1]]
    if not parts:
        return None
    chance = random.Random(seed)
    n = len(parts)

    def ratio(drawn: Sequence[tuple[float, float]]) -> float:
        return sum(top for top, _ in drawn) / sum(bottom for _, bottom in drawn)

    ratios = sorted(ratio(chance.choices(parts, k=n)) for _ in range(repeats))
    low, high = ratios[int(0.025 * repeats)], ratios[min(int(0.975 * repeats), repeats - 1)]
    return Interval(ratio(parts), low, high)


def clause_intervals(evaluation: Evaluation) -> dict[str, Interval | None]:
    """The 95 % interval of the F1 of every component.

    An exact component is there in both queries or in neither, so F1 is twice the examples where it
    is exact, over those where the prediction has it and those where the gold query has it.
    """
    scored = [verdict.clauses for verdict in evaluation.verdicts if verdict.clauses]
    found: dict[str, Interval | None] = {}
    for clause in scored[0] if scored else ():
        scores = [clauses[clause] for clauses in scored]
        found[clause] = bootstrap_ratio(
            [
                (2 * (score.exact and score.gold > 0), (score.gold > 0) + (score.predicted > 0))
                for score in scores
            ]
        )
    return found


def group_intervals(
    evaluation: Evaluation, key: Callable[[Verdict], str]
) -> dict[str, Interval | None]:
    """The 95 % interval of the execution match in each group of examples."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in evaluation.verdicts:
        groups.setdefault(key(verdict), []).append(verdict)
    return {name: bootstrap(_outcomes(group, "execution_match")) for name, group in groups.items()}


def hardness_of(verdict: Verdict) -> str:
    """To group by."""
    return verdict.hardness


def database_of(verdict: Verdict) -> str:
    """To group by."""
    return verdict.db_id


def intervals(evaluation: Evaluation) -> dict[str, Interval | None]:
    """The 95 % interval of every measure."""
    return {measure: bootstrap(_outcomes(evaluation.verdicts, measure)) for measure in MEASURES}


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions whose confidence falls into one tenth."""

    low: float
    high: float
    examples: int
    confidence: float
    """Mean."""
    accuracy: float
    """Share right by execution match."""


def _confident(evaluation: Evaluation) -> list[tuple[float, bool]]:
    """Confidence, and right or wrong, where the gold query tells which."""
    return [
        (verdict.confidence, verdict.execution_match)
        for verdict in evaluation.verdicts
        if verdict.confidence is not None and verdict.predicted.strip()
        if verdict.execution_match is not None
    ]


def reliability(evaluation: Evaluation) -> tuple[ReliabilityBin, ...]:
    """Accuracy against confidence in tenths (Guo et al. 2017, arXiv:1706.04599), empty ones left
    out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, correct in _confident(evaluation):
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, correct))
    return tuple(
        ReliabilityBin(
            low=i / BINS,
            high=(i + 1) / BINS,
            examples=len(found),
            confidence=sum(confidence for confidence, _ in found) / len(found),
            accuracy=sum(correct for _, correct in found) / len(found),
        )
        for i, found in enumerate(bins)
        if found
    )


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """Expected calibration error: the mean gap between confidence and accuracy; None for no
    bins."""
    total = sum(part.examples for part in bins)
    if not total:
        return None
    return sum(part.examples * abs(part.confidence - part.accuracy) for part in bins) / total


def coverage_curve(evaluation: Evaluation) -> tuple[tuple[float, float], ...]:
    """(coverage, precision) as the least sure predictions are left unanswered one after another.

    Coverage counts also the examples without a prediction, but not those whose gold query fails.
    Ties in confidence enter together."""
    total = len(_outcomes(evaluation.verdicts, "execution_match"))
    ranked = sorted(_confident(evaluation), key=lambda pair: -pair[0])
    points: list[tuple[float, float]] = []
    right = 0
    for i, (confidence, correct) in enumerate(ranked, start=1):
        right += correct
        if i == len(ranked) or ranked[i][0] != confidence:
            points.append((i / total, right / i))
    return tuple(points)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most 200 of the points, evenly chosen: a page and a file need no more."""
    if len(points) <= 200:
        return list(points)
    return [points[i * (len(points) - 1) // 199] for i in range(200)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]


def latencies_of(evaluation: Evaluation) -> list[float]:
    """Seconds of every question that was timed."""
    return [verdict.seconds for verdict in evaluation.verdicts if verdict.seconds is not None]


@dataclass(frozen=True)
class Difference:
    """How B differs from A in one measure, over the examples where both are known."""

    measure: Measure
    examples: int
    a: float
    b: float
    won: int
    """Right in B only."""
    lost: int
    """Right in A only."""
    low: float
    """Lower end of the 95 % interval of b - a."""
    high: float
    p_value: float
    """Paired bootstrap, two-sided: how often a difference this large comes from resampling
    alone."""


@dataclass(frozen=True)
class Turn:
    """An example that one run gets right and the other wrong."""

    a: Verdict
    b: Verdict

    def to_dict(self) -> dict[str, Any]:
        """As JSON; question and SQL are None where a run's file does not have them."""
        return {
            "index": self.b.index,
            "db_id": self.b.db_id or self.a.db_id,
            "question": self.b.question or self.a.question or None,
            "gold": self.b.gold or self.a.gold or None,
            "a": self.a.predicted if self.a.db_id else None,
            "b": self.b.predicted if self.b.db_id else None,
        }


@dataclass(frozen=True)
class Comparison:
    """Two runs on the same examples."""

    differences: tuple[Difference, ...]
    won: tuple[Turn, ...]
    """Where only B is right by execution match."""
    lost: tuple[Turn, ...]
    """Where only A is right."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON: ``{"differences", "won", "lost"}``, all examples with both predictions."""
        return {
            "differences": [dataclasses.asdict(part) for part in self.differences],
            "won": [turn.to_dict() for turn in self.won],
            "lost": [turn.to_dict() for turn in self.lost],
        }


def compare(a: Evaluation, b: Evaluation, *, repeats: int = REPEATS, seed: int = 0) -> Comparison:
    """Compare two runs example by example.

    The p-value is the paired bootstrap's (Koehn 2004; Berg-Kirkpatrick et al. 2012): the share of
    resamples whose difference lies further from the observed one than that lies from zero.

    Raises:
        ConfigError: the runs are not about the same examples.
    """
    pairs = list(zip(a.verdicts, b.verdicts, strict=False))
    bare = any(not verdict.db_id for verdict in (*a.verdicts, *b.verdicts))
    if len(a.verdicts) != len(b.verdicts) or (
        a.data_sha256 != b.data_sha256
        if bare
        else any(
            (left.index, left.db_id, left.gold) != (right.index, right.db_id, right.gold)
            for left, right in pairs
        )
    ):
        raise ConfigError(
            f"The two runs are about different examples ({len(a.verdicts)} and {len(b.verdicts)}).",
            hint="Compare runs on the same split with the same limit.",
        )
    differences = []
    for measure in MEASURES:
        known = [
            (float(left), float(right))
            for left, right in (
                (getattr(one, measure), getattr(other, measure)) for one, other in pairs
            )
            if left is not None and right is not None
        ]
        if not known:
            continue
        n = len(known)
        deltas = [right - left for left, right in known]
        observed = sum(deltas) / n
        chance = random.Random(seed)
        means = sorted(sum(chance.choices(deltas, k=n)) / n for _ in range(repeats))
        as_far = sum(abs(mean - observed) >= abs(observed) for mean in means)
        differences.append(
            Difference(
                measure=measure,
                examples=n,
                a=sum(left for left, _ in known) / n,
                b=sum(right for _, right in known) / n,
                won=sum(delta > 0 for delta in deltas),
                lost=sum(delta < 0 for delta in deltas),
                low=means[int(0.025 * repeats)],
                high=means[min(int(0.975 * repeats), repeats - 1)],
                p_value=(as_far + 1) / (repeats + 1),
            )
        )
    # As in the differences: an example that one run does not know is neither won nor lost.
    turned = {
        (old, new): tuple(
            Turn(left, right)
            for left, right in pairs
            if (left.execution_match, right.execution_match) == (old, new)
        )
        for old, new in ((False, True), (True, False))
    }
    return Comparison(tuple(differences), won=turned[False, True], lost=turned[True, False])
