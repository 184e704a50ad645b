"""Shows an evaluation, or the difference of two, in the terminal.

print(format_table(evaluation))
print(format_comparison(compare(load_report(a), load_report(b))))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlidb.evaluate import Evaluation
from nlidb.intervals import (
    Comparison,
    Interval,
    Turn,
    intervals,
)
from nlidb.verdict import EXECUTION, Measure, Verdict

_TURNS_SHOWN = 10
"""Examples won, and lost, of which the terminal shows the SQL; ``--json`` has all."""
_SQL_LINE = 400
SQL_SHOWN = 4000
"""Characters of a prediction that a page or a file keeps."""

TITLES: Mapping[Measure, str] = {
    "exact_match": "Exact set match",
    "execution_match": "Execution match",
    "execution_match_keep_distinct": "Execution match, DISTINCT kept",
    "execution_match_strict": "Execution match, strict",
    "test_suite_match": "Test-suite match",
    "subset_match": "Subset match",
    "valid": "Valid SQL",
}
NOTES: Mapping[Measure, str] = {
    "exact_match": "official: clauses equal as sets, values ignored",
    "execution_match": "official: one database, DISTINCT dropped",
    "execution_match_keep_distinct": "official, keep_distinct",
    "execution_match_strict": "ours: outer order only, no credit for two empty results",
    "test_suite_match": "official: every database file of the folder",
    "subset_match": "strict, extra columns allowed",
    "valid": "runs for as many rows as are compared, read-only, within the limits",
}


def percent(value: float | int | None) -> str:
    """A share in per cent; "-" where there is none."""
    return "-" if value is None else f"{100 * value:.1f}"


def spread(interval: Interval | None) -> str:
    """An interval's ends in per cent; "" where there is none."""
    return "" if interval is None else f"{percent(interval.low)} to {percent(interval.high)}"


def _grid(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def gold_failure(verdict: Verdict) -> str:
    """One sentence on a gold query that fails: in all of its forms, or in some."""
    counted = len(verdict.not_counted) < len(EXECUTION)
    missing = ", ".join(TITLES[measure] for measure in verdict.not_counted)
    not_counted = f"is not counted in {missing}" if counted else "is not counted"
    return (
        f"Gold query {verdict.index} ({verdict.db_id}) fails and {not_counted}:"
        f" {verdict.gold_error}"
    )


def failures(evaluation: Evaluation) -> list[tuple[str, list[Verdict]]]:
    """The wrong predictions by kind of failure, the commonest first."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in evaluation.verdicts:
        if verdict.failure:
            groups.setdefault(verdict.failure, []).append(verdict)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def format_table(evaluation: Evaluation) -> str:
    """The scores as text for a terminal: measures, then hardness levels, then components."""
    scores = evaluation.to_dict()
    lines = [f"{len(evaluation.verdicts)} examples, scored in {evaluation.seconds:.1f} s", ""]
    rows = [["measure", "%", "95 % interval"]]
    for measure, interval in intervals(evaluation).items():
        if interval is not None:
            rows.append(
                [
                    TITLES[measure],  # type: ignore[index]
                    percent(interval.value),
                    f"{percent(interval.low)} to {percent(interval.high)}",
                ]
            )
    for key in ("value_recall", "link_precision", "link_recall"):
        rows.append([key.replace("_", " ").capitalize(), percent(scores[key]), ""])
    lines += [*_grid(rows), ""]
    rows = [["hardness", "n", "exact", "execution"]]
    for level, row in evaluation.by_hardness().items():
        rows.append(
            [level, str(row["n"]), percent(row["exact_match"]), percent(row["execution_match"])]
        )
    lines += [*_grid(rows), ""]
    clauses = evaluation.by_clause()
    if clauses:
        rows = [["component", "n", "precision", "recall", "F1"]]
        for clause, row in clauses.items():
            rows.append(
                [clause, str(row["n"])] + [percent(row[x]) for x in ("precision", "recall", "f1")]
            )
        lines += [*_grid(rows), ""]
    groups = failures(evaluation)
    if groups:
        rows = [["what went wrong", "n"]]
        rows += [[failure, str(len(verdicts))] for failure, verdicts in groups]
        lines += [*_grid(rows), ""]
    if evaluation.perturbations:
        rows = [["perturbation", "n", "before", "after", "SQL changed"]]
        for score in evaluation.perturbations:
            shares = (score.before, score.after, score.changed)
            rows.append([score.kind, str(score.examples), *map(percent, shares)])
        lines += [*_grid(rows), ""]
    if scores["timeouts"]:
        lines.append(f"{scores['timeouts']} predictions ran out of time.")
    lines += [gold_failure(verdict) for verdict in evaluation.gold_failures]
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
                TITLES[part.measure],
                percent(part.a),
                percent(part.b),
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
