"""An evaluation as one HTML page that needs no network."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from nlidb.evaluate import Evaluation
from nlidb.intervals import (
    BINS,
    Interval,
    ReliabilityBin,
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
from nlidb.report import NOTES, SQL_SHOWN, TITLES, failures, gold_failure, percent, spread
from nlidb.verdict import Sample, Verdict

_SHOWN = 60
"""Errors of one group that the page shows; ``report.json`` has all."""

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
        width, height = _WIDE / BINS - 2, _TOP + _HIGH - y
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
    body = _polyline(thinned(points), 'stroke="var(--blue)" stroke-width="2"')
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
    predicted = verdict.predicted[:SQL_SHOWN] or "(none)"
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
        title, note = TITLES[measure], NOTES[measure]  # type: ignore[index]
        if interval is not None:
            tiles.append(
                f'<div class="card"><h3>{title}</h3><span class="big">{percent(interval.value)}'
                f'</span> <span class="soft">{percent(interval.low)} to'
                f' {percent(interval.high)}</span><div class="soft">{note}</div></div>'
            )
    scores = evaluation.to_dict()
    for key, title, note in (
        ("value_recall", "Value recall", "gold literals that the prediction has"),
        ("link_precision", "Linking precision", "named tables and columns that the gold SQL names"),
        ("link_recall", "Linking recall", "gold tables and columns that are named"),
    ):
        tiles.append(
            f'<div class="card"><h3>{title}</h3><span class="big">{percent(scores[key])}</span>'
            f'<div class="soft">{note}</div></div>'
        )
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _breakdowns(evaluation: Evaluation) -> str:
    parts = ['<h2>By hardness</h2><div class="card">']
    parts.append(
        _groups("level", evaluation.by_hardness(), group_intervals(evaluation, hardness_of))
    )
    parts.append('</div><h2>By component</h2><div class="card">')
    spreads = clause_intervals(evaluation)
    rows = [
        [_text(clause), str(row["n"])]
        + [percent(row[key]) for key in ("precision", "recall", "f1")]
        + [spread(spreads[clause]), _bar(row["f1"])]
        for clause, row in evaluation.by_clause().items()
    ]
    header = ("component", "in gold", "precision", "recall", "F1", "95 % interval of F1", "")
    parts.append(_table(header, rows))
    parts.append('</div><h2>By database</h2><div class="card">')
    parts.append(
        _groups("database", evaluation.by_database(), group_intervals(evaluation, database_of))
    )
    return "".join([*parts, "</div>"])


def _groups(
    title: str,
    table: Mapping[str, Mapping[str, float | int | None]],
    spreads: Mapping[str, Interval | None],
) -> str:
    rows = [
        [_text(name), str(row["n"]), percent(row["exact_match"])]
        + [percent(row["execution_match"]), spread(spreads[name]), _bar(row["execution_match"])]
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
    latencies = latencies_of(evaluation)
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


def report_page(evaluation: Evaluation, environment: Mapping[str, Any]) -> str:
    """The whole page as HTML; ``environment`` says on what machine and by which command it was made."""
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
            + [percent(x) for x in (score.before, score.after, score.changed)]
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
    groups = failures(evaluation)
    if not groups:
        parts.append('<p class="soft">None by execution match, official or strict.</p>')
    for failure, verdicts in groups:
        shown = "".join(_error(verdict) for verdict in verdicts[:_SHOWN])
        rest = len(verdicts) - _SHOWN
        note = f'<p class="soft">{rest} more in report.json</p>' if rest > 0 else ""
        parts.append(
            f"<details><summary><b>{_text(failure)}</b>: {len(verdicts)}"
            f' <span class="soft">({percent(len(verdicts) / n)} %)</span></summary>'
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
        parts.append(f"<p>{_text(gold_failure(verdict))}</p><pre>{_text(verdict.gold)}</pre>")
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
