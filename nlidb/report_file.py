"""An evaluation as files: ``report.json``, there and back, and the page beside it.

    write_report(evaluation, Path("report"))
    evaluation = load_report(Path("report"))

The page cannot be read back.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlidb import __version__
from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.evaluate import Evaluation, PerturbationScore
from nlidb.intervals import (
    Interval,
    calibration_error,
    clause_intervals,
    coverage_curve,
    database_of,
    group_intervals,
    hardness_of,
    intervals,
    latencies_of,
    percentile,
    reliability,
    thinned,
)
from nlidb.metrics import ClauseScore
from nlidb.report import SQL_SHOWN, failures
from nlidb.report_page import report_page
from nlidb.verdict import MEASURES, Sample, Verdict


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
    record["predicted"] = verdict.predicted[:SQL_SHOWN]
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
    latencies = latencies_of(evaluation)
    return {
        "scores": evaluation.to_dict(),
        "intervals": _ends(intervals(evaluation)),
        "group_intervals": {
            "hardness": _ends(group_intervals(evaluation, hardness_of)),
            "database": _ends(group_intervals(evaluation, database_of)),
            "clause": _ends(clause_intervals(evaluation)),
        },
        "by_clause": evaluation.by_clause(),
        "failures": {failure: len(found) for failure, found in failures(evaluation)},
        "gold_empty": sum(verdict.gold_empty for verdict in evaluation.verdicts),
        "reliability": [dataclasses.asdict(part) for part in bins],
        "calibration_error": calibration_error(bins),
        "coverage": [list(point) for point in thinned(coverage_curve(evaluation))],
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
        page.write_text(
            report_page(evaluation, data["environment"]), encoding="utf-8", errors="replace"
        )
    except OSError as error:
        raise ConfigError(
            f"The report cannot be written to {folder}: {error}.", hint="Name another folder."
        ) from error
    return page
