"""Reports: the terminal table, report.json there and back, the page on its own, two runs compared."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.evaluate import Evaluation, PerturbationScore
from nlidb.intervals import (
    bootstrap,
    bootstrap_ratio,
    calibration_error,
    clause_intervals,
    compare,
    coverage_curve,
    percentile,
    reliability,
)
from nlidb.metrics import ClauseScore
from nlidb.report import format_comparison, format_table
from nlidb.report_file import load_report, write_report
from nlidb.verdict import Sample, Verdict


def _verdict(index: int, right: bool, confidence: float | None = None) -> Verdict:
    return Verdict(
        index=index,
        db_id="music" if index % 2 else "shop",
        question=f"Who is <b>number</b> {index}?",
        gold="SELECT 1",
        predicted="SELECT '<script>alert(1)</script>'",
        hardness="easy" if index % 3 else "hard",
        exact_match=right,
        execution_match=right,
        execution_match_keep_distinct=right,
        execution_match_strict=right,
        test_suite_match=right,
        subset_match=right,
        valid=True,
        timed_out=False,
        error="",
        gold_error="",
        gold_empty=False,
        failure="" if right else "wrong select list",
        clauses={"select": ClauseScore(1, 1, int(right)), "where": ClauseScore(0, 0, 0)},
        values=(1, 2),
        items=(2, 3, 4),
        gold_sample=None if right else Sample((("Ann & Bob", "NULL"),), 7),
        predicted_sample=None if right else Sample((), 0),
        confidence=confidence,
        seconds=0.01 * (index + 1),
        links=({"text": "who", "table": "singer", "column": "name", "value": "Ann"},),
    )


@pytest.fixture
def evaluation() -> Evaluation:
    verdicts = tuple(_verdict(i, i % 4 != 0, 0.05 + 0.9 * (i % 4) / 3) for i in range(40))
    broken = dataclasses.replace(
        _verdict(40, False),
        execution_match=None,
        execution_match_keep_distinct=None,
        execution_match_strict=None,
        test_suite_match=None,
        subset_match=None,
        gold="SELECT gone",
        gold_error="no such column: gone",
        failure="",
        confidence=0.9,
    )
    return Evaluation(
        verdicts=(*verdicts, broken),
        seconds=1.25,
        checkpoint="tiny",
        data_sha256="ab" * 32,
        data_hashes={"tables.json": "cd" * 32},
        perturbations=(PerturbationScore("typos", 40, 0.75, 0.5, 0.25, {"shop": "it is locked"}),),
    )


def test_bootstrap_holds_the_mean_and_narrows_with_more_examples() -> None:
    few, many = bootstrap([1.0, 0.0] * 20), bootstrap([1.0, 0.0] * 2000)
    assert few is not None
    assert many is not None
    assert few.low < few.value == 0.5 < few.high
    # For shares of one half the interval is 0.98 / sqrt(n) to either side.
    assert 0.11 < few.high - few.value < 0.21
    assert 0.011 < many.high - many.value < 0.021
    assert bootstrap([1.0, 0.0] * 20) == few
    assert bootstrap([]) is None
    certain = bootstrap([1.0] * 5)
    assert certain is not None
    assert (certain.low, certain.high) == (1.0, 1.0)


def test_a_ratio_has_an_interval_too() -> None:
    found = bootstrap_ratio([(2, 2), (0, 1), (0, 1), (0, 0)] * 20)
    assert found is not None
    assert found.low < found.value == 0.5 < found.high
    assert bootstrap_ratio([(0, 0)]) is None


def test_the_f1_of_a_component_is_what_its_interval_is_of() -> None:
    scores = [
        ClauseScore(2, 2, 2),
        ClauseScore(1, 0, 0),
        ClauseScore(1, 2, 1),
        ClauseScore(0, 0, 0),
    ]
    verdicts = tuple(
        dataclasses.replace(_verdict(i, True), clauses={"where": score})
        for i, score in enumerate(scores)
    )
    evaluation = Evaluation(verdicts, 0.1)
    interval = clause_intervals(evaluation)["where"]
    assert interval is not None
    assert interval.value == pytest.approx(evaluation.by_clause()["where"]["f1"])


def test_reliability_and_coverage(evaluation: Evaluation) -> None:
    bins = reliability(evaluation)
    assert [part.examples for part in bins] == [10, 10, 10, 10]
    assert [part.accuracy for part in bins] == [0.0, 1.0, 1.0, 1.0]
    assert bins[0].confidence == pytest.approx(0.05)
    gaps = (0.05 - 0.0, 1 - 0.35, 1 - 0.65, 1 - 0.95)
    assert calibration_error(bins) == pytest.approx(sum(gaps) / 4)
    assert calibration_error(()) is None
    curve = coverage_curve(evaluation)
    # The example whose gold query fails tells nothing of the confidence.
    assert curve[0] == (10 / 40, 1.0)
    assert curve[-1] == (1.0, 0.75)
    assert len(curve) == 4


def test_percentiles() -> None:
    values = [float(i) for i in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (51.0, 100.0)
    assert percentile([3.0], 0.95) == 3.0


def test_the_terminal_table(evaluation: Evaluation) -> None:
    text = format_table(evaluation)
    assert re.search(r"Execution match +75\.0 +\d+\.\d to \d+\.\d", text)
    assert re.search(r"Exact set match +73\.2", text)
    assert re.search(r"hard +14 ", text)
    assert re.search(r"wrong select list +10", text)
    assert re.search(r"typos +40 +75\.0 +50\.0 +25\.0", text)
    assert "Gold query 40 (shop) fails and is not counted: no such column: gone" in text
    assert "typos leaves out the database shop: it is locked" in text
    partly = dataclasses.replace(
        _verdict(1, True), execution_match_strict=None, subset_match=None, gold_error="no"
    )
    text = format_table(Evaluation((partly,), 0.1))
    assert "is not counted in Execution match, strict, Subset match: no" in text


def test_report_json_there_and_back(evaluation: Evaluation, tmp_path: Path) -> None:
    write_report(evaluation, tmp_path / "new" / "report", command="nlidb evaluate", commit="abc")
    path = tmp_path / "new" / "report" / "report.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["scores"] == evaluation.to_dict()
    assert data["environment"]["command"] == "nlidb evaluate"
    assert data["environment"]["commit"] == "abc"
    assert data["data_hashes"] == {"tables.json": "cd" * 32}
    assert data["failures"] == {"wrong select list": 10}
    low, high = data["group_intervals"]["database"]["shop"]
    assert 0 < low < 0.5 < high < 1
    assert set(data["group_intervals"]["hardness"]) == {"easy", "hard"}
    low, high = data["group_intervals"]["clause"]["select"]
    assert low < data["by_clause"]["select"]["f1"] < high
    assert data["group_intervals"]["clause"]["where"] is None
    assert data["environment"]["memory_gib"] > 0
    assert data["environment"]["torch"] == torch.__version__
    assert data["environment"].keys() >= {"processor", "system", "python"}
    again = load_report(path)
    assert again == evaluation
    assert again.to_dict() == evaluation.to_dict()


def test_json_output_can_be_compared(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(evaluation.to_dict()), encoding="utf-8")
    write_report(evaluation, tmp_path / "b")
    bare, full = load_report(tmp_path / "a.json"), load_report(tmp_path / "b")
    for measure in ("exact_match", "execution_match", "valid"):
        assert bare.rate(measure) == evaluation.rate(measure)
    found = compare(bare, full)
    assert [(part.won, part.lost) for part in found.differences] == [(0, 0)] * 7
    # A run without its SQL says only which examples it won and lost.
    wrong = tuple(dataclasses.replace(v, execution_match=False) for v in full.verdicts[:40])
    found = compare(bare, dataclasses.replace(full, verdicts=(*wrong, full.verdicts[40])))
    assert found.to_dict()["lost"][0]["a"] is None
    assert found.to_dict()["lost"][0]["b"] == "SELECT '<script>alert(1)</script>'"
    assert "  B     SELECT" in format_comparison(found)
    nothing = dataclasses.replace(
        bare, verdicts=tuple(dataclasses.replace(v, execution_match=False) for v in bare.verdicts)
    )
    assert "Who is" not in format_comparison(compare(bare, nothing))
    elsewhere = dataclasses.replace(full, data_sha256="other")
    with pytest.raises(ConfigError, match="different examples"):
        compare(bare, elsewhere)


class _Page(HTMLParser):
    """Collects what a page would fetch, and checks that its tags close."""

    VOID = frozenset(("meta", "line", "rect", "circle", "polyline"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_stands_alone(evaluation: Evaluation, tmp_path: Path) -> None:
    text = write_report(evaluation, tmp_path).read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert page.fetched == []
    assert "script" not in page.tags
    assert "@import" not in text and "url(" not in text
    assert page.tags.count("svg") == 3
    words = " ".join(page.text)
    for part in (
        "By hardness",
        "By component",
        "By database",
        "Reliability of the confidence",
        "Coverage and precision",
        "Latency",
        "Robustness",
        "wrong select list",
        "Who is <b>number</b> 4?",
        "SELECT '<script>alert(1)</script>'",
        "who → singer.name = Ann",
        "Ann & Bob",
        "and 6 more",
        "95 % interval of F1",
        "typos leaves out shop: it is locked",
        "no rows",
        "no such column: gone",
        "ab" * 32,
    ):
        assert part in words, part


def test_a_page_without_confidence_errors_or_examples(tmp_path: Path) -> None:
    verdict = dataclasses.replace(_verdict(1, True), seconds=None)
    text = write_report(Evaluation((verdict,), 0.1), tmp_path / "one").read_text(encoding="utf-8")
    assert "<svg" not in text
    assert "None by execution match" in text
    empty = write_report(Evaluation((), 0.0), tmp_path / "none").read_text(encoding="utf-8")
    assert "0 examples" in empty
    assert "0 examples" in format_table(Evaluation((), 0.0))


def test_a_run_equals_itself(evaluation: Evaluation) -> None:
    same = compare(evaluation, evaluation)
    for part in same.differences:
        assert (part.won, part.lost, part.p_value) == (0, 0, 1.0)
    assert (same.won, same.lost) == ((), ())


def test_comparison_counts_wins_and_losses() -> None:
    a = Evaluation(tuple(_verdict(i, i % 2 == 0) for i in range(100)), 1.0)
    better = Evaluation(tuple(_verdict(i, i % 2 == 0 or i < 60) for i in range(100)), 1.0)
    other = Evaluation(tuple(_verdict(i, i % 2 == 0 or i == 1) for i in range(100)), 1.0)
    found = compare(a, better)
    part = next(d for d in found.differences if d.measure == "execution_match")
    assert (part.examples, part.a, part.b) == (100, 0.5, 0.8)
    assert (part.won, part.lost) == (30, 0)
    assert part.p_value < 0.01
    assert part.low > 0.15
    assert [turn.b.index for turn in found.won][:2] == [1, 3]
    worse = next(d for d in compare(better, a).differences if d.measure == "execution_match")
    assert (worse.won, worse.lost) == (0, 30)
    slight = next(d for d in compare(a, other).differences if d.measure == "execution_match")
    assert slight.p_value > 0.1
    text = format_comparison(found)
    assert re.search(r"Execution match +50\.0 +80\.0 +\+30\.0", text)
    assert "won by B (execution match): 1, 3, 5" in text
    assert "1. (music) Who is <b>number</b> 1?\n  gold  SELECT 1\n  A     SELECT '<script>" in text
    assert text.count("Who is") == 10
    record = json.loads(json.dumps(found.to_dict()))
    assert len(record["won"]) == 30
    assert record["won"][0] == {
        "index": 1,
        "db_id": "music",
        "question": "Who is <b>number</b> 1?",
        "gold": "SELECT 1",
        "a": "SELECT '<script>alert(1)</script>'",
        "b": "SELECT '<script>alert(1)</script>'",
    }


def test_runs_on_other_examples_are_not_compared(evaluation: Evaluation) -> None:
    shorter = dataclasses.replace(evaluation, verdicts=evaluation.verdicts[:5])
    with pytest.raises(ConfigError, match="different examples"):
        compare(evaluation, shorter)
    moved = dataclasses.replace(evaluation, verdicts=evaluation.verdicts[::-1])
    with pytest.raises(ConfigError, match="different examples"):
        compare(evaluation, moved)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"outcomes": {}}', '{"verdicts": [{"index": 1}], "scores": {}}']
)
def test_a_file_that_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="no report"):
        load_report(path)
    with pytest.raises(ConnectionFailed, match="cannot be read"):
        load_report(tmp_path / "none.json")


def test_a_folder_that_cannot_be_written(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_report(evaluation, tmp_path / "file")
