"""Scores a whole set of predictions: in parallel over databases, safely, with nothing lost to one
query.

    evaluation = evaluate(examples, schemas, folder / "database", read_predictions(path, examples))
    evaluation.to_dict()["execution_match"]

Predictions come from a file or from a function of ours or anyone's. The scoring is ``metrics``,
the SQL runs in ``sandbox``, and both happen in worker processes: one that takes too much memory
dies alone, one that hangs in a single engine step is ended, and the query it was at counts as
wrong. Workers are started as ``python -c``, not by ``multiprocessing``, so a caller's script
needs no ``__main__`` guard."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

from nlidb.errors import (
    ConfigError,
    ConnectionFailed,
    ExecutionFailed,
    InvalidSQL,
    NlidbError,
    QueryTimeout,
    UnsafeSQL,
)
from nlidb.metrics import (
    Clause,
    ClauseScore,
    compare_structure,
    compatible_sql,
    execution_accuracy,
    strict_execution_match,
    test_suite_accuracy,
    usage,
)
from nlidb.perturb import (
    QUESTION_KINDS,
    SCHEMA_KINDS,
    ColumnRenaming,
    Kind,
    QuestionKind,
    SchemaKind,
    perturb_examples,
    rename_columns,
)
from nlidb.sandbox import Limits, ReadOnlyDatabase, Row
from nlidb.schema import Schema
from nlidb.spider import Example, database_files, database_path

GRACE = 10.0
"""Seconds after a query's time limit until its process is ended: comparing takes time too."""
_HEARTBEAT = 0.5
"""Seconds between two signs of life of a worker."""
MAX_PREDICTION = 1_000_000
"""Characters of a prediction that are kept: SQLite refuses longer SQL, so the rest cannot
matter."""
_SAMPLE_ROWS = 5
_SAMPLE_CELL = 80
_CHUNK = 40
"""Examples of one database handed to a worker at a time, so that the last worker is not long
alone."""

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
class Prediction:
    """What a system says to one question."""

    sql: str | None
    """None where it declines or asks back: counted as wrong, and as not covered."""
    confidence: float | None = None
    """In [0, 1], where the system gives one."""
    seconds: float | None = None
    """How long it took; measured by ``evaluate`` where the predictor leaves it out."""
    links: tuple[Mapping[str, Any], ...] = ()
    """Which words it linked to what, for the report, in the form of
    ``Answer.to_dict()["links"]``."""
    error: str = ""
    """Why there is no SQL."""


Predictor = Callable[[Example], Prediction | str]


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
MEASURES: tuple[Measure, ...] = (
    "exact_match",
    "execution_match",
    "execution_match_keep_distinct",
    "execution_match_strict",
    "test_suite_match",
    "subset_match",
    "valid",
)
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


_SIGNS: Mapping[bool | None, str] = {True: "1", False: "0", None: "-"}


def rate(outcomes: Iterable[bool | None]) -> float | None:
    """The share of yes among those that are known; None where none is."""
    known = [outcome for outcome in outcomes if outcome is not None]
    return sum(known) / len(known) if known else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class PerturbationScore:
    """One kind of perturbation: accuracy before and after it."""

    kind: str
    examples: int
    """Questions that the perturbation changed."""
    before: float | None
    """Execution match on those questions as they were."""
    after: float | None
    changed: float | None
    """Share of them whose predicted SQL changed."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Databases whose columns cannot be renamed, and why; their questions are not counted."""


@dataclass(frozen=True)
class Evaluation:
    """The verdicts on a set of examples."""

    verdicts: tuple[Verdict, ...]
    seconds: float
    """Time for scoring, without the predictor's own."""
    checkpoint: str | None = None
    """Which model predicted; None for a predictions file."""
    data_sha256: str = ""
    """One hash over all of ``data_hashes``."""
    data_hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every database and file that was used, by its name."""
    predictions_sha256: str = ""
    """Of the predictions file; "" where there is none."""
    perturbations: tuple[PerturbationScore, ...] = ()

    @property
    def gold_failures(self) -> tuple[Verdict, ...]:
        """Examples whose gold query does not run, in one of its forms or on one of the databases;
        no measure counts them that needs it (``Verdict.not_counted``)."""
        return tuple(verdict for verdict in self.verdicts if verdict.gold_error)

    def rate(self, measure: Measure) -> float | None:
        """The share of examples that are right by a measure; None where it is known of none."""
        return rate(getattr(verdict, measure) for verdict in self.verdicts)

    def _table(self, key: Callable[[Verdict], str]) -> dict[str, dict[str, float | int | None]]:
        groups: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            groups[key(verdict)].append(verdict)
        return {
            name: {
                "n": len(group),
                "exact_match": rate(verdict.exact_match for verdict in group),
                "execution_match": rate(verdict.execution_match for verdict in group),
            }
            for name, group in groups.items()
        }

    def by_hardness(self) -> dict[str, dict[str, float | int | None]]:
        """``{level: {n, exact_match, execution_match}}``, easiest first."""
        table = self._table(lambda verdict: verdict.hardness)
        levels = ("easy", "medium", "hard", "extra", "unrated")
        return {level: table[level] for level in levels if level in table}

    def by_database(self) -> dict[str, dict[str, float | int | None]]:
        """``{db_id: {n, exact_match, execution_match}}``, by name."""
        return dict(sorted(self._table(lambda verdict: verdict.db_id).items()))

    def by_clause(self) -> dict[str, dict[str, float | int | None]]:
        """``{component: {n, precision, recall, f1}}``, the official partial matches.

        Precision is over examples whose prediction has the component, recall over those whose gold
        query has it (n of them).
        """
        scored = [verdict.clauses for verdict in self.verdicts if verdict.clauses]
        table: dict[str, dict[str, float | int | None]] = {}
        for clause in scored[0] if scored else ():
            scores = [clauses[clause] for clauses in scored]
            precision = rate(score.exact for score in scores if score.predicted)
            recall = rate(score.exact for score in scores if score.gold)
            f1 = None
            if precision is not None and recall is not None:
                f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
            table[clause] = {
                "n": sum(score.gold > 0 for score in scores),
                "precision": precision,
                "recall": recall,
                "f1": f1,
            }
        return table

    def to_dict(self) -> dict[str, Any]:
        """The JSON form of ``nlidb evaluate --json``, with the failing gold queries named.

        ``outcomes`` has one sign an example and measure (1 right, 0 wrong, - not known), so that two
        runs can be compared from it.

        ``value_recall`` is the share of the gold queries' literals that the predictions have;
        ``link_precision`` and ``link_recall`` compare the tables and columns that the two name; all
        three are over the whole set, for any system's SQL.
        """
        values = [verdict.values for verdict in self.verdicts]
        items = [verdict.items for verdict in self.verdicts]
        both = sum(both for both, _, _ in items)
        result: dict[str, Any] = {"examples": len(self.verdicts)}
        result.update((measure, self.rate(measure)) for measure in MEASURES)
        result.update(
            value_recall=_ratio(sum(hit for hit, _ in values), sum(n for _, n in values)),
            link_precision=_ratio(both, sum(predicted for _, predicted, _ in items)),
            link_recall=_ratio(both, sum(gold for _, _, gold in items)),
            timeouts=sum(verdict.timed_out for verdict in self.verdicts),
            gold_failures=[
                {
                    "index": verdict.index,
                    "db_id": verdict.db_id,
                    "error": verdict.gold_error,
                    "not_counted": list(verdict.not_counted),
                }
                for verdict in self.gold_failures
            ],
            by_hardness=self.by_hardness(),
            by_database=self.by_database(),
            seconds=round(self.seconds, 3),
            checkpoint=self.checkpoint,
            data_sha256=self.data_sha256,
            predictions_sha256=self.predictions_sha256,
            outcomes={
                measure: "".join(_SIGNS[getattr(verdict, measure)] for verdict in self.verdicts)
                for measure in MEASURES
            },
        )
        if self.perturbations:
            result["perturbations"] = [vars(score) for score in self.perturbations]
        return result


# ---------------------------------------------------------------- predictions


def read_predictions(
    path: Path, examples: Sequence[Example], *, limited: bool = False
) -> tuple[Prediction, ...]:
    """Predictions from a file, ``SQL`` or ``SQL<TAB>db_id`` a line, in the examples' order.

    Empty lines are empty predictions where that makes the count right; else they are passed over
    (the official script takes them for the ends of sessions). A tab inside a query is white space
    (there, the query would end at it); where most lines end in a tab and one word, all such words
    are taken for db_ids.

    Args:
        limited: the examples are the first of a longer set, and the file may go on.

    Raises:
        ConnectionFailed: the file cannot be read.
        ConfigError: it has not one line an example, or names another db_id.
    """
    lines: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
            for line in file:
                lines.append(line.rstrip("\r\n"))
    except OSError as error:
        raise ConnectionFailed(
            f"The file {path} cannot be read: {error}.", hint="Check the path."
        ) from error
    if len(lines) != len(examples) and not (limited and len(lines) > len(examples)):
        lines = [line for line in lines if line.strip()]
    if len(lines) < len(examples) or (len(lines) > len(examples) and not limited):
        raise ConfigError(
            f"The file {path} has {len(lines)} predictions for {len(examples)} examples.",
            hint="Write one SQL a line, in the order of the examples.",
        )
    databases = {example.db_id for example in examples}
    full = [line for line in lines if line.strip()]
    # In a file whose lines mostly end in a word of their own, a word that is no database is a
    # mistake, not a part of the query.
    all_tagged = 2 * sum(_is_tag(line, databases) for line in full) > len(full)
    predictions = []
    for number, (line, example) in enumerate(zip(lines, examples, strict=False), start=1):
        sql, _, name = line.rpartition("\t")
        if not _is_tag(line, databases) or not (all_tagged or name.strip() in databases):
            sql = line
        elif name.strip() != example.db_id:
            raise ConfigError(
                f"Line {number} of {path} is for the database {name.strip()!r};"
                f" example {example.index} is about {example.db_id!r}.",
                hint="Check the order of the lines.",
            )
        predictions.append(Prediction(sql[: MAX_PREDICTION + 1].strip()))
    return tuple(predictions)


def _is_tag(line: str, databases: Collection[str]) -> bool:
    """Whether a line ends in a tab and what may be a db_id."""
    _, tab, name = line.rpartition("\t")
    return bool(tab) and (name.strip() in databases or name.strip().isidentifier())


def predict(examples: Sequence[Example], predictor: Predictor) -> tuple[Prediction, ...]:
    """Ask a predictor each question in turn; where it raises one of our errors, there is no SQL."""
    predictions = []
    for example in examples:
        started = time.perf_counter()
        try:
            given = predictor(example)
        except NlidbError as error:
            given = Prediction(None, error=str(error))
        took = time.perf_counter() - started
        found = Prediction(given) if isinstance(given, str) else given
        predictions.append(found if found.seconds is not None else replace(found, seconds=took))
    return tuple(predictions)


# ---------------------------------------------------------------- one example


@dataclass(frozen=True)
class _Task:
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


@dataclass(frozen=True)
class _Job:
    """Examples of one database for one worker."""

    schema: Schema
    files: tuple[Path, ...]
    """The database first, then the others of its test suite."""
    limits: Limits
    tasks: tuple[_Task, ...]


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
    task: _Task,
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


def score_example(task: _Task, schema: Schema, databases: Sequence[ReadOnlyDatabase]) -> Verdict:
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


# ---------------------------------------------------------------- worker processes

_WORKER = "from nlidb.evaluate import serve; serve()"


def _send(stream: BinaryIO, kind: str, value: Any) -> None:
    pickle.dump((kind, value), stream, protocol=5)
    stream.flush()


_last_sign = 0.0


def _sign_of_life(answers: BinaryIO) -> None:
    global _last_sign
    now = time.monotonic()
    if now - _last_sign > _HEARTBEAT:
        _last_sign = now
        _send(answers, "query", None)


def serve() -> None:
    """What a worker process runs: jobs come on standard input, verdicts go to standard output."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever else writes to standard output must not come between the verdicts.
    os.dup2(2, 1)
    while True:
        try:
            job: _Job = pickle.load(source)
        except EOFError:
            return
        databases = [ReadOnlyDatabase(file, job.limits) for file in job.files]
        for database in databases:
            database.on_query = lambda: _sign_of_life(answers)
        for task in job.tasks:
            _send(answers, "verdict", (task.position, score_example(task, job.schema, databases)))
        for database in databases:
            database.close()
        _send(answers, "done", None)


class _Worker(threading.Thread):
    """A thread that feeds one worker process and starts another where that one ends."""

    def __init__(self, pool: _Pool) -> None:
        super().__init__(daemon=True)
        self.pool = pool
        self.process: subprocess.Popen[bytes] | None = None
        self.deadline = float("inf")
        """When the process counts as hanging (``time.monotonic``)."""
        self.failed: BaseException | None = None

    def start_process(self) -> subprocess.Popen[bytes]:
        folder = str(Path(__file__).resolve().parent.parent)
        paths = [folder, os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,  # a Ctrl-C is for the parent, which ends its workers
        )

    def run(self) -> None:
        try:
            while (job := self.pool.next_job()) is not None:
                self.work(job)
        except BaseException as error:  # handed to the caller, who waits for this thread
            self.failed = error
        finally:
            self.deadline = float("inf")
            if self.process is not None:
                self.end_process()

    def end_process(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()

    def work(self, job: _Job) -> None:
        """Have a job done, in more than one process if it takes that."""
        left = list(job.tasks)
        while left:
            if self.process is None:
                self.process = self.start_process()
            stdin, stdout = self.process.stdin, self.process.stdout
            assert stdin is not None and stdout is not None
            # A fresh process has to start first, which takes a while on a busy machine.
            self.deadline = time.monotonic() + 60 + job.limits.seconds
            try:
                pickle.dump(replace(job, tasks=tuple(left)), stdin, protocol=5)
                stdin.flush()
                while True:
                    kind, value = pickle.load(stdout)
                    self.deadline = time.monotonic() + job.limits.seconds + GRACE
                    if kind == "done":
                        self.deadline = float("inf")
                        return
                    if kind == "verdict":
                        self.pool.report(*value)
                        left.pop(0)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
                hung = time.monotonic() >= self.deadline
                self.deadline = float("inf")
                self.end_process()
                why = "it ran past its time limit" if hung else "most likely memory"
                reason = f"The process of this query was ended: {why}."
                if not left[0].not_run:
                    left[0] = replace(left[0], not_run=reason, timed_out=hung)
                elif not left[0].gold_not_run:
                    # Without the prediction it ended too: then it was the gold query.
                    not_run = "It was not run: the gold query ends the process."
                    left[0] = replace(
                        left[0], not_run=not_run, gold_not_run=reason, timed_out=False
                    )
                else:
                    raise ExecutionFailed(
                        f"Example {left[0].index} of {left[0].db_id} cannot be scored: its process"
                        " ended three times.",
                        hint="Look at its SQL.",
                    ) from error


class _Pool:
    """Jobs, the workers that do them, and their verdicts."""

    def __init__(
        self, jobs: Sequence[_Job], size: int, progress: Callable[[int], None] | None
    ) -> None:
        self.jobs = list(jobs)
        self.verdicts: dict[int, Verdict] = {}
        self.lock = threading.Lock()
        self.progress = progress
        self.workers = [_Worker(self) for _ in range(min(size, len(jobs)))]

    def next_job(self) -> _Job | None:
        with self.lock:
            return self.jobs.pop(0) if self.jobs else None

    def report(self, position: int, verdict: Verdict) -> None:
        with self.lock:
            self.verdicts[position] = verdict
            if self.progress is not None:
                self.progress(len(self.verdicts))

    def run(self) -> dict[int, Verdict]:
        """Do all jobs; a process that hangs is ended from here."""
        try:
            for worker in self.workers:
                worker.start()
            while any(worker.is_alive() for worker in self.workers):
                for worker in self.workers:
                    worker.join(0.02)
                    process = worker.process
                    if process is not None and time.monotonic() > worker.deadline:
                        process.kill()
        finally:
            with self.lock:
                self.jobs.clear()
            for worker in self.workers:
                process = worker.process
                if process is not None:
                    process.kill()
        for worker in self.workers:
            if worker.failed is not None:
                raise worker.failed
        return self.verdicts


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file.

    Raises:
        ConnectionFailed: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConnectionFailed(f"{path} cannot be read: {error}.") from error


def _hashes(paths: Iterable[Path], database_dir: Path) -> dict[str, str]:
    """SHA-256 by name: the path in the folder of databases, else as much of the end of the path as
    no other file has."""
    hashes: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        if path.is_relative_to(database_dir):
            names = [path.relative_to(database_dir).as_posix()]
        else:
            parts = path.absolute().parts
            names = ["/".join(parts[-count:]) for count in range(1, len(parts) + 1)]
        name = next((name for name in names if name not in hashes), str(path))
        hashes[name] = sha256_of(path)
    return hashes


def evaluate(
    examples: Sequence[Example],
    schemas: Mapping[str, Schema],
    database_dir: Path,
    predictions: Predictor | Sequence[Prediction | str],
    *,
    timeout: float = 30.0,
    memory: int = 512 << 20,
    processes: int | None = None,
    checkpoint: str | None = None,
    data_files: Sequence[Path] = (),
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Score predictions on a set of examples.

    Args:
        database_dir: holds ``<db_id>/*.sqlite``.
        predictions: one for each example, in order; or a function that is asked each question.
        timeout: seconds that one query may take on one database.
        memory: bytes that SQLite may take in one worker.
        processes: workers; the number of processors where left out.
        checkpoint: which model predicts, for the record.
        data_files: files whose hashes are recorded beside the databases' (examples, tables.json).
        progress: called with the number of examples scored so far, from any thread.

    Raises:
        ConfigError: the numbers of predictions and examples differ, or a db_id has no schema.
        ConnectionFailed: a database is missing or damaged.
    """
    given = predict(examples, predictions) if callable(predictions) else tuple(predictions)
    if len(given) != len(examples):
        raise ConfigError(
            f"There are {len(given)} predictions for {len(examples)} examples.",
            hint="Give one for each, in the same order.",
        )
    ready = [Prediction(item) if isinstance(item, str) else item for item in given]
    started = time.perf_counter()
    limits = Limits(seconds=timeout, memory=memory)
    groups: dict[str, list[_Task]] = defaultdict(list)
    for position, (example, prediction) in enumerate(zip(examples, ready, strict=True)):
        predicted = (prediction.sql or "")[: MAX_PREDICTION + 1]
        groups[example.db_id].append(
            _Task(position, example.index, example.db_id, example.question, example.sql, predicted)
        )
    jobs: list[_Job] = []
    used: list[Path] = []
    for db_id, tasks in groups.items():
        if db_id not in schemas:
            raise ConfigError(
                f"No schema describes the database {db_id!r}.", hint="Check the tables file."
            )
        main = database_path(database_dir, db_id)
        others = tuple(file for file in database_files(database_dir, db_id) if file != main)
        ReadOnlyDatabase(main, limits=Limits()).close()
        used += [main, *others]
        jobs += [
            _Job(schemas[db_id], (main, *others), limits, tuple(tasks[i : i + _CHUNK]))
            for i in range(0, len(tasks), _CHUNK)
        ]
    size = processes if processes is not None else os.cpu_count() or 1
    pool = _Pool(sorted(jobs, key=lambda job: -len(job.tasks)), max(size, 1), progress)
    verdicts = pool.run()
    hashes = _hashes([*data_files, *used], database_dir)
    whole = hashlib.sha256("".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode())
    return Evaluation(
        verdicts=tuple(
            replace(
                verdicts[position],
                confidence=prediction.confidence,
                seconds=prediction.seconds,
                links=tuple(prediction.links),
                error=prediction.error or verdicts[position].error,
            )
            for position, prediction in enumerate(ready)
        ),
        seconds=time.perf_counter() - started,
        checkpoint=checkpoint,
        data_sha256=whole.hexdigest(),
        data_hashes=hashes,
    )


# ---------------------------------------------------------------- robustness

PredictorFactory = Callable[[Mapping[str, Schema], Path], Predictor]
"""Makes a predictor for databases with these schemas in this folder (renamed copies, for
instance)."""


def _same_text(left: str, right: str) -> bool:
    return " ".join(left.lower().split()) == " ".join(right.lower().split())


@dataclass(frozen=True)
class _Variants:
    """A question set after one kind of perturbation."""

    examples: Sequence[Example]
    changed: Sequence[bool]
    schemas: Mapping[str, Schema]
    database_dir: Path
    renamings: Mapping[str, ColumnRenaming]
    """By db_id; empty where the questions were changed."""
    left_out: Mapping[str, str]

    def named_back(self, sql: str, db_id: str) -> str:
        """A query with the column names that the database had."""
        return self.renamings[db_id].restore(sql) if self.renamings else sql


def _asked_differently(
    examples: Sequence[Example],
    schemas: Mapping[str, Schema],
    database_dir: Path,
    kind: QuestionKind,
    seed: int,
) -> _Variants:
    variants = perturb_examples(examples, kind, seed=seed)
    changed = [old.question != new.question for old, new in zip(examples, variants, strict=True)]
    return _Variants(variants, changed, schemas, database_dir, {}, {})


def _with_renamed_columns(
    examples: Sequence[Example],
    schemas: Mapping[str, Schema],
    database_dir: Path,
    kind: SchemaKind,
    seed: int,
    folder: Path,
) -> _Variants:
    """The examples on copies of their databases, which are written into a folder."""
    renamings: dict[str, ColumnRenaming] = {}
    left_out: dict[str, str] = {}
    for db_id in dict.fromkeys(example.db_id for example in examples):
        renaming = rename_columns(schemas[db_id], kind, seed=seed)
        source, target = database_path(database_dir, db_id), database_path(folder, db_id)
        try:
            renaming.copy_database(source, target, schemas[db_id])
        except ConnectionFailed as error:
            left_out[db_id] = error.message
            renaming = ColumnRenaming({})
        renamings[db_id] = renaming
    variants = [
        replace(example, sql=renamings[example.db_id].sql(example.sql)) for example in examples
    ]
    changed = [old.sql != new.sql for old, new in zip(examples, variants, strict=True)]
    used = dict(schemas)
    used.update((db_id, new.schema(schemas[db_id])) for db_id, new in renamings.items())
    return _Variants(variants, changed, used, folder, renamings, left_out)


def evaluate_perturbations(
    examples: Sequence[Example],
    schemas: Mapping[str, Schema],
    database_dir: Path,
    make_predictor: PredictorFactory,
    before: Evaluation,
    *,
    kinds: Sequence[Kind] = (*QUESTION_KINDS, *SCHEMA_KINDS),
    seed: int = 0,
    timeout: float = 30.0,
    processes: int | None = None,
) -> Iterator[PerturbationScore]:
    """Accuracy before and after each kind of perturbation, and how often the SQL changed.

    Yields a score as soon as its kind is done, so that a later failure loses none. Only examples
    that a kind changes count for it; of a renamed schema, those whose gold query names a renamed
    column. Databases with renamed columns are made in a temporary folder; one that cannot be
    renamed is left out and named.

    Args:
        before: the evaluation of the same examples as they are.

    Raises:
        ConfigError, ConnectionFailed: as ``evaluate``.
    """
    plain: Predictor | None = None
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="nlidb-") as folder:
            if kind == "column_synonyms" or kind == "column_abbreviations":
                variants = _with_renamed_columns(
                    examples, schemas, database_dir, kind, seed, Path(folder)
                )
                predictor = make_predictor(variants.schemas, variants.database_dir)
            else:
                variants = _asked_differently(examples, schemas, database_dir, kind, seed)
                predictor = plain = plain or make_predictor(schemas, database_dir)
            chosen = [i for i, is_changed in enumerate(variants.changed) if is_changed]
            after = evaluate(
                [variants.examples[i] for i in chosen],
                variants.schemas,
                variants.database_dir,
                predictor,
                timeout=timeout,
                processes=processes,
            )
        earlier = [before.verdicts[i] for i in chosen]
        differ = [
            not _same_text(old.predicted, variants.named_back(new.predicted, new.db_id))
            for old, new in zip(earlier, after.verdicts, strict=True)
        ]
        yield PerturbationScore(
            kind=kind,
            examples=len(chosen),
            before=rate(verdict.execution_match for verdict in earlier),
            after=after.rate("execution_match"),
            changed=rate(differ),
            left_out=variants.left_out,
        )
