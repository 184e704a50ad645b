"""Shows an evaluation: a table for the terminal, ``report.json``, and one HTML page that needs no
network.

    print(format_table(evaluation))
    write_report(evaluation, Path("report"))
    print(format_comparison(compare(load_report(a), load_report(b))))

It computes nothing about SQL; its own are only the intervals (bootstrap over examples), the
curves of confidence, and the comparison of two runs."""

from __future__ import annotations

import dataclasses
import html
import importlib.metadata
import json
import os
import platform
import random
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlidb import __version__
from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.evaluate import Evaluation, PerturbationScore
from nlidb.metrics import ClauseScore
from nlidb.verdict import EXECUTION, MEASURES, Measure, Sample, Verdict

REPEATS = 1000
"""Bootstrap resamples: an interval's ends are then certain to about half a point."""
_BINS = 10
_SHOWN = 60
"""Errors of one group that the page shows; ``report.json`` has all."""
_SQL_SHOWN = 4000
_TURNS_SHOWN = 10
"""Examples won, and lost, of which the terminal shows the SQL; ``--json`` has all."""
_SQL_LINE = 400

_TITLES: Mapping[Measure, str] = {
    "exact_match": "Exact set match",
    "execution_match": "Execution match",
    "execution_match_keep_distinct": "Execution match, DISTINCT kept",
    "execution_match_strict": "Execution match, strict",
    "test_suite_match": "Test-suite match",
    "subset_match": "Subset match",
    "valid": "Valid SQL",
}
_NOTES: Mapping[Measure, str] = {
    "exact_match": "official: clauses equal as sets, values ignored",
    "execution_match": "official: one database, DISTINCT dropped",
    "execution_match_keep_distinct": "official, keep_distinct",
    "execution_match_strict": "ours: outer order only, no credit for two empty results",
    "test_suite_match": "official: every database file of the folder",
    "subset_match": "strict, extra columns allowed",
    "valid": "runs for as many rows as are compared, read-only, within the limits",
}


# ---------------------------------------------------------------- numbers


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


def _hardness(verdict: Verdict) -> str:
    return verdict.hardness


def _database(verdict: Verdict) -> str:
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
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, correct in _confident(evaluation):
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, correct))
    return tuple(
        ReliabilityBin(
            low=i / _BINS,
            high=(i + 1) / _BINS,
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


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]


def _latencies(evaluation: Evaluation) -> list[float]:
    return [verdict.seconds for verdict in evaluation.verdicts if verdict.seconds is not None]


# ---------------------------------------------------------------- two runs


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


# ---------------------------------------------------------------- terminal


def _percent(value: float | int | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _spread(interval: Interval | None) -> str:
    return "" if interval is None else f"{_percent(interval.low)} to {_percent(interval.high)}"


def _grid(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _gold_failure(verdict: Verdict) -> str:
    """One sentence on a gold query that fails: in all of its forms, or in some."""
    counted = len(verdict.not_counted) < len(EXECUTION)
    missing = ", ".join(_TITLES[measure] for measure in verdict.not_counted)
    not_counted = f"is not counted in {missing}" if counted else "is not counted"
    return (
        f"Gold query {verdict.index} ({verdict.db_id}) fails and {not_counted}:"
        f" {verdict.gold_error}"
    )


def format_table(evaluation: Evaluation) -> str:
    """The scores as text for a terminal: measures, then hardness levels, then components."""
    scores = evaluation.to_dict()
    lines = [f"{len(evaluation.verdicts)} examples, scored in {evaluation.seconds:.1f} s", ""]
    rows = [["measure", "%", "95 % interval"]]
    for measure, interval in intervals(evaluation).items():
        if interval is not None:
            rows.append(
                [
                    _TITLES[measure],  # type: ignore[index]
                    _percent(interval.value),
                    f"{_percent(interval.low)} to {_percent(interval.high)}",
                ]
            )
    for key in ("value_recall", "link_precision", "link_recall"):
        rows.append([key.replace("_", " ").capitalize(), _percent(scores[key]), ""])
    lines += [*_grid(rows), ""]
    rows = [["hardness", "n", "exact", "execution"]]
    for level, row in evaluation.by_hardness().items():
        rows.append(
            [level, str(row["n"]), _percent(row["exact_match"]), _percent(row["execution_match"])]
        )
    lines += [*_grid(rows), ""]
    clauses = evaluation.by_clause()
    if clauses:
        rows = [["component", "n", "precision", "recall", "F1"]]
        for clause, row in clauses.items():
            rows.append(
                [clause, str(row["n"])] + [_percent(row[x]) for x in ("precision", "recall", "f1")]
            )
        lines += [*_grid(rows), ""]
    groups = _failures(evaluation)
    if groups:
        rows = [["what went wrong", "n"]]
        rows += [[failure, str(len(verdicts))] for failure, verdicts in groups]
        lines += [*_grid(rows), ""]
    if evaluation.perturbations:
        rows = [["perturbation", "n", "before", "after", "SQL changed"]]
        for score in evaluation.perturbations:
            shares = (score.before, score.after, score.changed)
            rows.append([score.kind, str(score.examples), *map(_percent, shares)])
        lines += [*_grid(rows), ""]
    if scores["timeouts"]:
        lines.append(f"{scores['timeouts']} predictions ran out of time.")
    lines += [_gold_failure(verdict) for verdict in evaluation.gold_failures]
    for score in evaluation.perturbations:
        for db_id, why in score.left_out.items():
            lines.append(f"{score.kind} leaves out the database {db_id}: {why}")
    return "\n".join(lines).rstrip() + "\n"


def format_comparison(comparison: Comparison) -> str:
    """Two runs side by side as text for a terminal."""
    rows = [["measure", "A", "B", "B - A", "95 % interval", "won", "lost", "p"]]
    for part in comparison.differences:
        rows.append(
            [
                _TITLES[part.measure],
                _percent(part.a),
                _percent(part.b),
                f"{100 * (part.b - part.a):+.1f}",
                f"{100 * part.low:+.1f} to {100 * part.high:+.1f}",
                str(part.won),
                str(part.lost),
                f"{part.p_value:.3f}",
            ]
        )
    lines = _grid(rows)
    for title, turns in (("won", comparison.won), ("lost", comparison.lost)):
        if turns:
            names = ", ".join(str(turn.b.index) for turn in turns[:40])
            more = f" and {len(turns) - 40} more" if len(turns) > 40 else ""
            lines += ["", f"Examples {title} by B (execution match): {names}{more}"]
            lines += [line for turn in turns[:_TURNS_SHOWN] for line in _turn_lines(turn)]
    return "\n".join(lines) + "\n"


def _turn_lines(turn: Turn) -> list[str]:
    record = turn.to_dict()
    if record["a"] is None and record["b"] is None:
        return []
    lines = ["", f"{record['index']}. ({record['db_id']}) {record['question'] or ''}".rstrip()]
    for name in ("gold", "a", "b"):
        if record[name] is not None:
            sql = " ".join(record[name].split()) or "(none)"
            shown = sql if len(sql) <= _SQL_LINE else sql[: _SQL_LINE - 1] + "…"
            lines.append(f"  {name.upper() if len(name) == 1 else name:4}  {shown}")
    return lines


# ---------------------------------------------------------------- report.json


def _failures(evaluation: Evaluation) -> list[tuple[str, list[Verdict]]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in evaluation.verdicts:
        if verdict.failure:
            groups.setdefault(verdict.failure, []).append(verdict)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def _version(package: str) -> str:
    """Of an installed package, "" where it is missing; it is not imported for that."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    """The processor's model, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _memory_gib() -> float | None:
    """Memory of the machine; None where the system does not tell."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _environment(command: str, commit: str) -> dict[str, Any]:
    return {
        "command": command,
        "commit": commit,
        "nlidb": __version__,
        "python": platform.python_version(),
        "torch": _version("torch"),
        "sqlite": sqlite3.sqlite_version,
        "machine": platform.machine(),
        "system": platform.platform(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _verdict_dict(verdict: Verdict) -> dict[str, Any]:
    record = {
        one.name: getattr(verdict, one.name)
        for one in dataclasses.fields(verdict)
        if one.name not in ("clauses", "gold_sample", "predicted_sample")
    }
    record["predicted"] = verdict.predicted[:_SQL_SHOWN]
    record["clauses"] = {
        clause: [score.gold, score.predicted, score.matched]
        for clause, score in verdict.clauses.items()
    }
    for name in ("gold_sample", "predicted_sample"):
        sample = getattr(verdict, name)
        record[name] = None if sample is None else dataclasses.asdict(sample)
    return record


def _ends(found: Mapping[str, Interval | None]) -> dict[str, list[float] | None]:
    return {
        name: None if interval is None else [interval.low, interval.high]
        for name, interval in found.items()
    }


def report_dict(evaluation: Evaluation, *, command: str = "", commit: str = "") -> dict[str, Any]:
    """All of an evaluation as JSON: what ``report.json`` holds and ``load_report`` reads."""
    bins = reliability(evaluation)
    latencies = _latencies(evaluation)
    return {
        "scores": evaluation.to_dict(),
        "intervals": _ends(intervals(evaluation)),
        "group_intervals": {
            "hardness": _ends(group_intervals(evaluation, _hardness)),
            "database": _ends(group_intervals(evaluation, _database)),
            "clause": _ends(clause_intervals(evaluation)),
        },
        "by_clause": evaluation.by_clause(),
        "failures": {failure: len(found) for failure, found in _failures(evaluation)},
        "gold_empty": sum(verdict.gold_empty for verdict in evaluation.verdicts),
        "reliability": [dataclasses.asdict(part) for part in bins],
        "calibration_error": calibration_error(bins),
        "coverage": [list(point) for point in _thinned(coverage_curve(evaluation))],
        "latency": {
            name: percentile(latencies, share)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
            if latencies
        },
        "perturbations": [dataclasses.asdict(score) for score in evaluation.perturbations],
        "data_hashes": dict(evaluation.data_hashes),
        "environment": _environment(command, commit),
        "verdicts": [_verdict_dict(verdict) for verdict in evaluation.verdicts],
    }


def _sample_from(record: Mapping[str, Any] | None) -> Sample | None:
    if record is None:
        return None
    return Sample(tuple(tuple(row) for row in record["rows"]), record["row_count"])


def _bare_verdicts(outcomes: Mapping[str, str]) -> tuple[Verdict, ...]:
    values = {"1": True, "0": False, "-": None}
    texts = ("db_id", "question", "gold", "predicted", "hardness", "error", "gold_error", "failure")
    verdicts = []
    for index, row in enumerate(zip(*(outcomes[measure] for measure in MEASURES), strict=True)):
        fields: dict[str, Any] = dict.fromkeys(texts, "")
        fields.update(index=index, timed_out=False, gold_empty=False)
        fields.update(zip(MEASURES, (values[sign] for sign in row), strict=True))
        verdicts.append(Verdict(**fields))
    return tuple(verdicts)


def load_report(path: Path) -> Evaluation:
    """An evaluation from its ``report.json`` (or the folder that holds it).

    The output of ``nlidb evaluate --json`` can be read too: its verdicts then tell right from wrong
    and nothing else, which is enough for ``compare``.

    Raises:
        ConnectionFailed: the file cannot be read.
        ConfigError: it holds no verdicts.
    """
    try:
        path = path / "report.json" if path.is_dir() else path
        data = json.loads(path.read_text(encoding="utf-8"))
        if "verdicts" not in data:
            return Evaluation(
                verdicts=_bare_verdicts(data["outcomes"]),
                seconds=data["seconds"],
                checkpoint=data["checkpoint"],
                data_sha256=data["data_sha256"],
                predictions_sha256=data.get("predictions_sha256", ""),
            )
        verdicts = []
        for record in data["verdicts"]:
            fields = dict(record)
            fields["clauses"] = {
                clause: ClauseScore(*score) for clause, score in record["clauses"].items()
            }
            fields["gold_sample"] = _sample_from(record["gold_sample"])
            fields["predicted_sample"] = _sample_from(record["predicted_sample"])
            for name in ("values", "items", "links"):
                fields[name] = tuple(record[name])
            verdicts.append(Verdict(**fields))
        scores = data["scores"]
        return Evaluation(
            verdicts=tuple(verdicts),
            seconds=scores["seconds"],
            checkpoint=scores["checkpoint"],
            data_sha256=scores["data_sha256"],
            data_hashes=data["data_hashes"],
            predictions_sha256=scores.get("predictions_sha256", ""),
            perturbations=tuple(PerturbationScore(**score) for score in data["perturbations"]),
        )
    except OSError as error:
        raise ConnectionFailed(
            f"The report {path} cannot be read: {error}.", hint="Check the path."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} is no report.json of an evaluation: {error!r}.",
            hint="Make one with `nlidb evaluate --report DIR`.",
        ) from error


# ---------------------------------------------------------------- the page

_STYLE = """
:root { --ink: #1d2733; --soft: #5b6b7c; --line: #dfe5ec; --back: #f6f8fa; --card: #ffffff;
  --blue: #2563a8; --pale: #cfe0f2; --red: #b4432f; --green: #2e7d4f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e9f0; --soft: #9aa9b8; --line: #34404d;
  --back: #171d24; --card: #1f2730; --blue: #6aa9e9; --pale: #2b4560; --red: #e88a76;
  --green: #74c795; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 12px; }
h3 { font-size: 15px; margin: 0 0 8px; } p.soft, .soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 14px 16px; }
.big { font-size: 28px; font-weight: 600; } .tiles .soft { font-size: 13px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 12px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.track { display: inline-block; width: 120px; height: 8px; border-radius: 4px; text-align: left;
  background: var(--pale); overflow: hidden; vertical-align: middle; }
.bar { display: block; height: 8px; background: var(--blue); }
pre { margin: 2px 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  margin: 8px 0; padding: 8px 14px; }
details details { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 8px 0;
  margin: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.result { overflow-x: auto; } .result table { width: auto; font-size: 13px; }
.result td { padding-right: 14px; }
.chip { display: inline-block; background: var(--pale); border-radius: 10px; padding: 0 8px;
  margin: 0 4px 4px 0; font-size: 13px; }
.label { color: var(--soft); font-size: 13px; margin-top: 8px; }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 11px; }
"""


def _text(value: object) -> str:
    return html.escape(str(value))


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= 200:
        return list(points)
    return [points[i * (len(points) - 1) // 199] for i in range(200)]


_LEFT, _TOP, _WIDE, _HIGH = 42, 12, 300, 200
"""Where a chart's plane lies in its 360 x 250 picture."""


def _at(x: float, y: float) -> tuple[float, float]:
    return round(_LEFT + _WIDE * x, 1), round(_TOP + _HIGH * (1 - y), 1)


def _chart(
    body: str, x_title: str, y_title: str, x_ticks: Sequence[tuple[float, str]], top: float = 1.0
) -> str:
    parts = ['<svg viewBox="0 0 360 252" role="img" aria-label="', _text(y_title), '">']
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _at(0, tick)
        parts.append(
            f'<line x1="{x}" y1="{y}" x2="{x + _WIDE}" y2="{y}" stroke="var(--line)"/>'
            f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{round(top * tick, 2):g}</text>'
        )
    for place, label in x_ticks:
        x, y = _at(place, 0)
        parts.append(f'<text x="{x}" y="{y + 15}" text-anchor="middle">{_text(label)}</text>')
    x, y = _at(0.5, 0)
    parts += [body, f'<text x="{x}" y="{y + 32}" text-anchor="middle">{_text(x_title)}</text>']
    return "".join([*parts, "</svg>"])


_UNIT_TICKS = tuple((tick, f"{tick:g}") for tick in (0.0, 0.25, 0.5, 0.75, 1.0))


def _polyline(points: Sequence[tuple[float, float]], style: str) -> str:
    places = " ".join(f"{x},{y}" for x, y in (_at(*point) for point in points))
    return f'<polyline points="{places}" fill="none" {style}/>'


def _reliability_chart(bins: Sequence[ReliabilityBin]) -> str:
    most = max(part.examples for part in bins)
    body = []
    for part in bins:
        x, y = _at(part.low, 0.15 * part.examples / most)
        width, height = _WIDE / _BINS - 2, _TOP + _HIGH - y
        body.append(
            f'<rect x="{x + 1:.1f}" y="{y}" width="{width:.1f}" height="{height:.1f}"'
            ' fill="var(--pale)"/>'
        )
    body.append(_polyline([(0, 0), (1, 1)], 'stroke="var(--soft)" stroke-dasharray="4 4"'))
    points = [(part.confidence, part.accuracy) for part in bins]
    body.append(_polyline(points, 'stroke="var(--blue)" stroke-width="2"'))
    for part in bins:
        x, y = _at(part.confidence, part.accuracy)
        body.append(
            f'<circle cx="{x}" cy="{y}" r="4" fill="var(--blue)"><title>{part.examples} examples:'
            f" confidence {part.confidence:.2f}, right {part.accuracy:.2f}</title></circle>"
        )
    return _chart("".join(body), "confidence", "share right by confidence", _UNIT_TICKS)


def _coverage_chart(points: Sequence[tuple[float, float]]) -> str:
    body = _polyline(_thinned(points), 'stroke="var(--blue)" stroke-width="2"')
    x, y = _at(*points[-1])
    body += f'<circle cx="{x}" cy="{y}" r="4" fill="var(--blue)"/>'
    return _chart(body, "share of questions answered", "share of answers right", _UNIT_TICKS)


def _latency_chart(latencies: Sequence[float]) -> str:
    # The slowest hundredth would squeeze the rest; its bar stands at the right end.
    top = percentile(latencies, 0.99) * 1.05 or 1e-6
    counts = [0] * 24
    for value in latencies:
        counts[min(int(24 * value / top), 23)] += 1
    most = max(counts)
    body = []
    for i, count in enumerate(counts):
        x, y = _at(i / 24, count / most)
        body.append(
            f'<rect x="{x}" y="{y}" width="{_WIDE / 24 - 1:.1f}" height="{_TOP + _HIGH - y:.1f}"'
            f' fill="var(--blue)"><title>{count} questions</title></rect>'
        )
    ticks = [(tick, f"{1000 * top * tick:.0f}") for tick in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return _chart("".join(body), "milliseconds a question", "questions by latency", ticks, most)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are numbers; cells are HTML already."""
    kinds = ["" if i == 0 else ' class="n"' for i in range(len(header))]
    head = "".join(
        f"<th{kind}>{_text(name)}</th>" for kind, name in zip(kinds, header, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _bar(value: float | int | None) -> str:
    if value is None:
        return ""
    share = f"{100 * value:.0f}%"
    return f'<span class="track"><span class="bar" style="width:{share}"></span></span>'


def _result(title: str, sample: Sample | None, error: str) -> str:
    if sample is None:
        return f'<div class="label">{title}</div><div>{_text(error) or "not run"}</div>'
    rows = "".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in sample.rows
    )
    more = sample.row_count - len(sample.rows)
    note = f'<div class="soft">and {more:,} more</div>' if more > 0 else ""
    body = f"<table>{rows}</table>{note}" if rows else '<div class="soft">no rows</div>'
    return f'<div class="label">{title}</div><div class="result">{body}</div>'


def _link(link: Mapping[str, Any]) -> str:
    place = ".".join(str(link[key]) for key in ("table", "column") if link.get(key))
    value = f" = {link['value']}" if link.get("value") else ""
    return f'<span class="chip">{_text(link.get("text", ""))} → {_text(place + value)}</span>'


def _error(verdict: Verdict) -> str:
    facts = [verdict.db_id, verdict.hardness]
    if verdict.confidence is not None:
        facts.append(f"confidence {verdict.confidence:.2f}")
    for name, outcome in (
        ("exact", verdict.exact_match),
        ("strict", verdict.execution_match_strict),
    ):
        if outcome:
            facts.append(f"right by {name} match")
    predicted = verdict.predicted[:_SQL_SHOWN] or "(none)"
    links = "".join(_link(link) for link in verdict.links)
    return "".join(
        (
            f"<details><summary>{verdict.index}. {_text(verdict.question)}",
            f' <span class="soft">({_text(", ".join(facts))})</span></summary>',
            f'<div class="label">gold</div><pre>{_text(verdict.gold)}</pre>',
            f'<div class="label">predicted</div><pre>{_text(predicted)}</pre>',
            f'<div class="label">links</div><div>{links}</div>' if links else "",
            '<div class="pair"><div>',
            _result("gold result", verdict.gold_sample, verdict.gold_error),
            "</div><div>",
            _result("predicted result", verdict.predicted_sample, verdict.error),
            "</div></div></details>",
        )
    )


def _score_tiles(evaluation: Evaluation) -> str:
    tiles = []
    for measure, interval in intervals(evaluation).items():
        title, note = _TITLES[measure], _NOTES[measure]  # type: ignore[index]
        if interval is not None:
            tiles.append(
                f'<div class="card"><h3>{title}</h3><span class="big">{_percent(interval.value)}'
                f'</span> <span class="soft">{_percent(interval.low)} to'
                f' {_percent(interval.high)}</span><div class="soft">{note}</div></div>'
            )
    scores = evaluation.to_dict()
    for key, title, note in (
        ("value_recall", "Value recall", "gold literals that the prediction has"),
        ("link_precision", "Linking precision", "named tables and columns that the gold SQL names"),
        ("link_recall", "Linking recall", "gold tables and columns that are named"),
    ):
        tiles.append(
            f'<div class="card"><h3>{title}</h3><span class="big">{_percent(scores[key])}</span>'
            f'<div class="soft">{note}</div></div>'
        )
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _breakdowns(evaluation: Evaluation) -> str:
    parts = ['<h2>By hardness</h2><div class="card">']
    parts.append(_groups("level", evaluation.by_hardness(), group_intervals(evaluation, _hardness)))
    parts.append('</div><h2>By component</h2><div class="card">')
    spreads = clause_intervals(evaluation)
    rows = [
        [_text(clause), str(row["n"])]
        + [_percent(row[key]) for key in ("precision", "recall", "f1")]
        + [_spread(spreads[clause]), _bar(row["f1"])]
        for clause, row in evaluation.by_clause().items()
    ]
    header = ("component", "in gold", "precision", "recall", "F1", "95 % interval of F1", "")
    parts.append(_table(header, rows))
    parts.append('</div><h2>By database</h2><div class="card">')
    parts.append(
        _groups("database", evaluation.by_database(), group_intervals(evaluation, _database))
    )
    return "".join([*parts, "</div>"])


def _groups(
    title: str,
    table: Mapping[str, Mapping[str, float | int | None]],
    spreads: Mapping[str, Interval | None],
) -> str:
    rows = [
        [_text(name), str(row["n"]), _percent(row["exact_match"])]
        + [_percent(row["execution_match"]), _spread(spreads[name]), _bar(row["execution_match"])]
        for name, row in table.items()
    ]
    return _table((title, "n", "exact", "execution", "95 % interval", ""), rows)


def _curves(evaluation: Evaluation) -> str:
    cards = []
    bins = reliability(evaluation)
    if bins:
        gap = calibration_error(bins)
        cards.append(
            f'<div class="card"><h3>Reliability of the confidence</h3>{_reliability_chart(bins)}'
            f'<div class="soft">Share right by confidence; on the dashed line both are equal.'
            f" Calibration error {gap:.3f}. Bars: how many predictions.</div></div>"
        )
        cards.append(
            f'<div class="card"><h3>Coverage and precision</h3>'
            f"{_coverage_chart(coverage_curve(evaluation))}"
            '<div class="soft">Precision when only the surest questions are answered.</div></div>'
        )
    latencies = _latencies(evaluation)
    if latencies:
        shares = ", ".join(
            f"p{share} {1000 * percentile(latencies, share / 100):.0f} ms" for share in (50, 95, 99)
        )
        cards.append(
            f'<div class="card"><h3>Latency</h3>{_latency_chart(latencies)}'
            f'<div class="soft">{shares}, over {len(latencies)} questions.</div>'
            "</div>"
        )
    if not cards:
        return ""
    return f'<h2>Confidence and latency</h2><div class="pair">{"".join(cards)}</div>'


def _page(evaluation: Evaluation, environment: Mapping[str, Any]) -> str:
    n = len(evaluation.verdicts)
    system = evaluation.checkpoint or "predictions file"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Evaluation: {_text(system)}</title><style>{_STYLE}</style></head><body><main>",
        f'<h1>Evaluation</h1><p class="soft">{_text(system)} on {n} examples of'
        f" {len(evaluation.by_database())} databases, scored in {evaluation.seconds:.1f} s."
        " Shares in per cent, with 95 % bootstrap intervals.</p>",
        _score_tiles(evaluation),
        _breakdowns(evaluation),
        _curves(evaluation),
    ]
    if evaluation.perturbations:
        rows = [
            [_text(score.kind), str(score.examples)]
            + [_percent(x) for x in (score.before, score.after, score.changed)]
            for score in evaluation.perturbations
        ]
        header = ("perturbation", "n", "execution before", "after", "SQL changed")
        left_out = "".join(
            f'<p class="soft">{_text(score.kind)} leaves out {_text(db_id)}: {_text(why)}</p>'
            for score in evaluation.perturbations
            for db_id, why in score.left_out.items()
        )
        table = _table(header, rows)
        parts.append(f'<h2>Robustness</h2><div class="card">{table}{left_out}</div>')
    parts.append("<h2>Errors</h2>")
    groups = _failures(evaluation)
    if not groups:
        parts.append('<p class="soft">None by execution match, official or strict.</p>')
    for failure, verdicts in groups:
        shown = "".join(_error(verdict) for verdict in verdicts[:_SHOWN])
        rest = len(verdicts) - _SHOWN
        note = f'<p class="soft">{rest} more in report.json</p>' if rest > 0 else ""
        parts.append(
            f"<details><summary><b>{_text(failure)}</b>: {len(verdicts)}"
            f' <span class="soft">({_percent(len(verdicts) / n)} %)</span></summary>'
            f"{shown}{note}</details>"
        )
    empty = sum(verdict.gold_empty for verdict in evaluation.verdicts)
    timeouts = sum(verdict.timed_out for verdict in evaluation.verdicts)
    parts.append(
        f'<h2>About this run</h2><div class="card"><p>{empty} gold queries have an empty result,'
        f" {timeouts} predictions ran out of time,"
        f" {len(evaluation.gold_failures)} gold queries fail.</p>"
    )
    for verdict in evaluation.gold_failures:
        parts.append(f"<p>{_text(_gold_failure(verdict))}</p><pre>{_text(verdict.gold)}</pre>")
    rows = [
        [_text(key), _text(value)] for key, value in environment.items() if value not in ("", None)
    ]
    rows.append(["data SHA-256", f"<code>{_text(evaluation.data_sha256)}</code>"])
    if evaluation.predictions_sha256:
        digest = _text(evaluation.predictions_sha256)
        rows.append(["predictions SHA-256", f"<code>{digest}</code>"])
    parts.append(_table(("", ""), rows))
    parts.append("</div></main></body></html>\n")
    return "".join(parts)


def write_report(
    evaluation: Evaluation, folder: Path, *, command: str = "", commit: str = ""
) -> Path:
    """Write ``report.json`` and ``report.html`` into a folder, which is made; returns the page's
    path.

    Args:
        command: the command line that made the evaluation, for the record.
        commit: the commit of the code, where it is known.

    Raises:
        ConfigError: the folder or a file cannot be written.
    """
    data = report_dict(evaluation, command=command, commit=commit)
    page = folder / "report.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8", errors="replace")
        page.write_text(_page(evaluation, data["environment"]), encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(
            f"The report cannot be written to {folder}: {error}.", hint="Name another folder."
        ) from error
    return page
