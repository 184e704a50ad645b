"""Scores a whole set of predictions: in parallel over databases, safely, with nothing lost to one
query.

    evaluation = evaluate(examples, schemas, folder / "database", read_predictions(path, examples))
    evaluation.to_dict()["execution_match"]

Predictions come from a file or from a function of ours or anyone's. Each example is judged by
``verdict``, in the worker processes of ``workers``."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlidb.errors import (
    ConfigError,
    ConnectionFailed,
    NlidbError,
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
from nlidb.sandbox import Limits, ReadOnlyDatabase
from nlidb.schema import Schema
from nlidb.spider import Example, database_files, database_path
from nlidb.verdict import MEASURES, Measure, Task, Verdict
from nlidb.workers import Job, Pool

MAX_PREDICTION = 1_000_000
"""Characters of a prediction that are kept: SQLite refuses longer SQL, so the rest cannot
matter."""
_CHUNK = 40
"""Examples of one database handed to a worker at a time, so that the last worker is not long
alone."""


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
    groups: dict[str, list[Task]] = defaultdict(list)
    for position, (example, prediction) in enumerate(zip(examples, ready, strict=True)):
        predicted = (prediction.sql or "")[: MAX_PREDICTION + 1]
        groups[example.db_id].append(
            Task(position, example.index, example.db_id, example.question, example.sql, predicted)
        )
    jobs: list[Job] = []
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
            Job(schemas[db_id], (main, *others), limits, tuple(tasks[i : i + _CHUNK]))
            for i in range(0, len(tasks), _CHUNK)
        ]
    size = processes if processes is not None else os.cpu_count() or 1
    pool = Pool(sorted(jobs, key=lambda job: -len(job.tasks)), max(size, 1), progress)
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
