"""One example judged: the gold query and a prediction run and compared by every measure.

    score_example(task, schema, databases) -> Verdict

The measures are ``metrics``; the SQL runs in ``sandbox``. A gold query that fails is named in the verdict and
counts in no measure that needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from nlidb.errors import ExecutionFailed, InvalidSQL, NlidbError, QueryTimeout, UnsafeSQL
from nlidb.metrics import (
    Clause,
    ClauseScore,
    compare_structure,
    compatible_sql,
    execution_accuracy,
    strict_execution_match,
    test_suite_accuracy,
)
from nlidb.sandbox import ReadOnlyDatabase, Row
from nlidb.schema import Schema
from nlidb.usage import usage

_SAMPLE_ROWS = 5
_SAMPLE_CELL = 80

Failure = Literal[
    "",
    "no prediction",
    "not one reading statement",
    "time or memory limit",
    "invalid SQL",
    "wrong tables",
    "wrong set operation or nesting",
    "wrong select list",
    "wrong condition",
    "wrong grouping",
    "wrong order or limit",
    "wrong value",
    "other difference",
    "right officially, wrong strictly",
]
"""What went wrong with a prediction, the first that applies; "" where it is right, and where the
gold query gives nothing to be right by."""


@dataclass(frozen=True)
class Sample:
    """The beginning of a result, for the report."""

    rows: tuple[tuple[str, ...], ...]
    """Cells as short text."""
    row_count: int
    """All rows; of a predicted result at most one more than the gold result has."""


Measure = Literal[
    "exact_match",
    "execution_match",
    "execution_match_keep_distinct",
    "execution_match_strict",
    "test_suite_match",
    "subset_match",
    "valid",
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
"""The measures that are a yes or no for each example."""
EXECUTION = MEASURES[1:-1]
"""Those that need the gold query's result."""


@dataclass(frozen=True)
class Verdict:
    """All measures of one example. An execution measure is None where the gold query that it runs
    fails: the strict ones run it as it is written, the official ones as their script mends it."""

    index: int
    db_id: str
    question: str
    gold: str
    predicted: str
    hardness: str
    """Spider's level, "unrated" where its evaluator cannot read the gold query."""
    exact_match: bool | None
    """None where Spider's evaluator cannot read the gold query."""
    execution_match: bool | None
    """On ``<db_id>.sqlite`` alone."""
    execution_match_keep_distinct: bool | None
    execution_match_strict: bool | None
    test_suite_match: bool | None
    """On every ``*.sqlite`` of the folder: what the official script calls execution match."""
    subset_match: bool | None
    valid: bool
    """SQLite ran the prediction as written and within the limits, as far as its rows are read: one
    more than the gold result has. A query whose rows never end is valid too."""
    timed_out: bool
    """A time limit stopped the prediction."""
    error: str
    """Why the prediction is not valid, else ""."""
    gold_error: str
    """Why the gold query fails, as it is written or as the official script mends it, on one of the
    databases, which is then named; else ""."""
    gold_empty: bool
    """The gold result has no rows: a match proves little."""
    failure: Failure
    clauses: Mapping[Clause, ClauseScore] = field(default_factory=dict)
    """Official partial matches; empty where ``exact_match`` is None."""
    values: tuple[int, int] = (0, 0)
    """Literals of the gold query that the prediction has, and all of them."""
    items: tuple[int, int, int] = (0, 0, 0)
    """Tables and columns in both queries, in the prediction, in the gold query."""
    gold_sample: Sample | None = None
    """Of wrong predictions only."""
    predicted_sample: Sample | None = None
    confidence: float | None = None
    seconds: float | None = None
    links: tuple[Mapping[str, Any], ...] = ()

    @property
    def not_counted(self) -> tuple[Measure, ...]:
        """The execution measures that the gold query's failure leaves unknown."""
        return tuple(measure for measure in EXECUTION if getattr(self, measure) is None)


@dataclass(frozen=True)
class Task:
    """What a worker needs to know of one example."""

    position: int
    index: int
    db_id: str
    question: str
    gold: str
    predicted: str
    not_run: str = ""
    """Why the prediction is not run: a worker ended over this example."""
    gold_not_run: str = ""
    """Why the gold query is not run either: another worker ended, without the prediction."""
    timed_out: bool = False


def _sample(rows: list[Row]) -> Sample:
    def short(cell: object) -> str:
        text = "NULL" if cell is None else str(cell)
        return text if len(text) <= _SAMPLE_CELL else text[: _SAMPLE_CELL - 1] + "…"

    return Sample(tuple(tuple(map(short, row[:20])) for row in rows[:_SAMPLE_ROWS]), len(rows))


def _failure(
    verdict: Mapping[str, Any], clauses: Mapping[Clause, ClauseScore], problem: NlidbError | None
) -> Failure:
    if verdict["execution_match"]:
        strict = verdict["execution_match_strict"]
        return "right officially, wrong strictly" if strict is False else ""
    if verdict["execution_match"] is None:
        return ""
    if not verdict["predicted"].strip():
        return "no prediction"
    if isinstance(problem, UnsafeSQL):
        return "not one reading statement"
    if verdict["timed_out"] or (problem is not None and "refused" not in problem.message):
        return "time or memory limit"
    if problem is not None:
        return "invalid SQL"
    if not verdict["same_tables"]:
        return "wrong tables"
    parts: tuple[tuple[Clause, Failure], ...] = (
        ("IUEN", "wrong set operation or nesting"),
        ("select", "wrong select list"),
        ("where", "wrong condition"),
        ("and/or", "wrong condition"),
        ("group", "wrong grouping"),
        ("order", "wrong order or limit"),
    )
    for clause, failure in parts:
        if clause in clauses and not clauses[clause].exact:
            return failure
    return "wrong value" if verdict["values"][0] < verdict["values"][1] else "other difference"


@dataclass(frozen=True)
class _GoldResult:
    """How the gold query runs, before any prediction is looked at."""

    rows: list[Row] | None
    """As it is written, else as the official script runs it; None where both fail."""
    errors: Mapping[Measure, str]
    """Why a measure cannot be taken."""

    @property
    def error(self) -> str:
        """The first of the errors, "" where there is none."""
        return next(iter(self.errors.values()), "")


def _run_gold(gold: str, databases: Sequence[ReadOnlyDatabase]) -> _GoldResult:
    """Run the gold query in each of its forms, and on every database of the test suite."""

    def run(sql: str, database: ReadOnlyDatabase) -> list[Row] | str:
        try:
            return database.run(sql)
        except (ExecutionFailed, UnsafeSQL) as error:
            return str(error)

    main, *others = databases
    official, kept = (
        compatible_sql(gold, keep_distinct=keep, predicted=False) for keep in (False, True)
    )
    written, mended = run(gold, main), run(official, main)
    outcomes: list[tuple[Measure, list[Row] | str]] = [
        ("execution_match_strict", written),
        ("subset_match", written),
        ("execution_match", mended),
        ("execution_match_keep_distinct", run(kept, main)),
        ("test_suite_match", mended),
    ]
    for database in others:
        outcome = run(official, database)
        if isinstance(outcome, str):
            outcomes.append(("test_suite_match", f"On {database.path.name}: {outcome}"))
            break
    rows = next((outcome for outcome in (written, mended) if not isinstance(outcome, str)), None)
    errors = {measure: outcome for measure, outcome in outcomes if isinstance(outcome, str)}
    return _GoldResult(rows, errors)


def _execution_matches(
    task: Task,
    schema: Schema,
    databases: Sequence[ReadOnlyDatabase],
    wanted: _GoldResult,
    runs: bool,
) -> dict[str, bool]:
    """The execution measures that the gold query allows.

    Args:
        runs: whether the prediction runs as it is written.

    Raises:
        ExecutionFailed, UnsafeSQL: the gold query fails now, though it ran before.
    """
    gold, predicted, main = task.gold, task.predicted, databases[0]
    right: dict[str, bool] = {}
    if "execution_match" not in wanted.errors:
        right["execution_match"] = execution_accuracy(predicted, gold, main)
    if "execution_match_keep_distinct" not in wanted.errors:
        right["execution_match_keep_distinct"] = execution_accuracy(
            predicted, gold, main, keep_distinct=True
        )
    if "test_suite_match" not in wanted.errors:
        right["test_suite_match"] = right["execution_match"] and (
            len(databases) == 1 or test_suite_accuracy(predicted, gold, databases[1:])
        )
    if "execution_match_strict" not in wanted.errors:
        strict = runs and strict_execution_match(predicted, gold, main, schema)
        right["execution_match_strict"] = strict
        right["subset_match"] = strict or (
            runs
            and bool(wanted.rows)
            and strict_execution_match(predicted, gold, main, schema, extra_columns=True)
        )
    return right


def score_example(task: Task, schema: Schema, databases: Sequence[ReadOnlyDatabase]) -> Verdict:
    """All measures of one example; nothing in it is fatal.

    Args:
        databases: the database of the example first, then the others of its test suite.
    """
    gold, predicted = task.gold, task.predicted
    found: dict[str, Any] = dict.fromkeys(MEASURES)
    found.update(valid=False, timed_out=task.timed_out, predicted=predicted)
    clauses: Mapping[Clause, ClauseScore] = {}
    level = "unrated"
    try:
        structure = compare_structure(predicted, gold, schema)
        level, clauses = structure.hardness, structure.clauses
        found["exact_match"] = structure.exact
    except InvalidSQL:
        pass
    named, wanted = usage(predicted, schema), usage(gold, schema)
    found["values"] = (len(named.values & wanted.values), len(wanted.values))
    found["items"] = (len(named.items & wanted.items), len(named.items), len(wanted.items))
    found["same_tables"] = named.tables == wanted.tables

    if task.gold_not_run:
        result = _GoldResult(None, dict.fromkeys(EXECUTION, task.gold_not_run))
    else:
        result = _run_gold(gold, databases)
    predicted_rows: list[Row] | None = None
    problem: NlidbError | None = None
    if task.not_run:
        problem = QueryTimeout(task.not_run)
    elif not predicted.strip():
        problem = InvalidSQL("There is no SQL.")
    else:
        try:
            # One row more than the gold result is enough to tell them apart.
            predicted_rows = databases[0].run(predicted, max_rows=len(result.rows or ()) + 1)
            found["valid"] = True
        except (ExecutionFailed, UnsafeSQL) as error:
            problem = error
            found["timed_out"] = isinstance(error, QueryTimeout)
    if task.not_run:
        found.update((measure, False) for measure in EXECUTION if measure not in result.errors)
    else:
        try:
            runs = predicted_rows is not None
            found.update(_execution_matches(task, schema, databases, result, runs))
        except (ExecutionFailed, UnsafeSQL) as error:  # too slow to run twice within the limit
            result = _GoldResult(None, dict.fromkeys(EXECUTION, str(error)))
    failure = _failure(found, clauses, problem)
    del found["same_tables"]
    return Verdict(
        index=task.index,
        db_id=task.db_id,
        question=task.question,
        gold=gold,
        hardness=level,
        error="" if problem is None else str(problem),
        gold_error=result.error,
        gold_empty=result.rows == [],
        failure=failure,
        clauses=clauses,
        gold_sample=_sample(result.rows) if failure and result.rows is not None else None,
        predicted_sample=(
            _sample(predicted_rows) if failure and predicted_rows is not None else None
        ),
        **found,
    )
