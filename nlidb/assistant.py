"""The assistant: a question through all stages, in order.

    intake -> parse -> link -> encode, attend, decode -> validate -> execute -> Answer

It alone knows the order of the stages. It holds one database and one model (shared by the whole
process); every method may be called from several threads at once.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from sqlglot import exp

from nlidb import intake
from nlidb.answer import Answer, Check, Refused, warn
from nlidb.audit import AuditLog
from nlidb.choose import asked_back, decide, use
from nlidb.config import POLICIES, DecodeConfig, Policy
from nlidb.course import Course, Limits
from nlidb.database import Database
from nlidb.download import FileFormat, write_file, write_result
from nlidb.errors import (
    CheckpointError,
    ConfigError,
    ExecutionFailed,
    InvalidSQL,
    NlidbError,
    QueryTimeout,
    RefusedSQL,
)
from nlidb.evidence import (
    answer_attention,
    answer_links,
    moved_attention,
    tell_unstored,
    values_guessed,
)
from nlidb.execute import EXPLAIN_SECONDS, MAX_EXPORT_BYTES, Result, execute, explain
from nlidb.explain import explain_query
from nlidb.explain_scope import join_words
from nlidb.export import write_csv
from nlidb.followup import follow_up
from nlidb.leftout import left_out, unused
from nlidb.linking import Links, link
from nlidb.mend import Stored, mended
from nlidb.namesakes import compares, namesakes
from nlidb.printing import to_sql
from nlidb.question import Question, parse_question
from nlidb.reading import LEFT, Candidate, Parser, Reading, Ruled, essence, shared_out
from nlidb.rules import Rewording, changed_by, rule_for, unclear, unsaid_by
from nlidb.schema import Held, Schema
from nlidb.shares import SHARE_COLUMN, Share, share_queries
from nlidb.sift import sift
from nlidb.timewords import absolute_dates
from nlidb.validate import ValidQuery, validate
from nlidb.values import ValueIndex

log = logging.getLogger(__name__)

_FILE_KINDS: dict[str, FileFormat] = {".xlsx": "xlsx", ".parquet": "parquet"}

FOLLOW_UP_CONFIDENCE = 0.9
"""Of a follow-up that a rule has read, at most: it cannot be surer than the answer that it changes. Of 45
follow-ups written after the rules they took 35, and 34 of those as meant; they were few and by the same hand."""

SHARE_AT_LEAST = 0.6
"""A share that is less sure is asked back: two counts must be right. Of the 38 that the shipped model answers of
`tests/fixtures/shares.jsonl` three are below it, all wrong, and 33 of the others are right."""
SHARE_UNSURE = "Both counts of a share must be right, and of these I am not sure."
SHARE_OF_WHAT = "The share may be one of all, or of those alone that meet one of the conditions."


@dataclass(frozen=True)
class _View:
    """The database in one state, as the model reads it: made again when the schema changes."""

    schema: Schema
    index: ValueIndex
    encoding: Any
    """The parser's encoding of the schema."""
    stores: dict[tuple[int, Held], bool | None] = field(default_factory=dict)
    """Which columns hold a NULL, a 0, or anything but 0 and 1: looked up when a reading asks for it."""


@dataclass(frozen=True)
class _Means:
    """What one question is read with."""

    parser: Parser
    view: _View
    course: Course
    limits: Limits | None
    """None: nothing is run."""


@dataclass(frozen=True)
class _Found:
    """What came of a question's parse."""

    readings: list[Reading]
    """The first candidates that the database accepts, best first."""
    refused: tuple[Refused, ...]
    attention: Any
    """The best candidate's: words of the question by schema items, or None."""
    doubt: str = ""
    """Why the first reading is not to be taken without asking."""
    told: str = ""
    """How its name was understood."""


class Assistant:
    """Answers questions about one database; ``Assistant.connect`` makes one."""

    def __init__(
        self,
        database: Database,
        load_parser: Callable[[], Parser],
        *,
        limit: int = 1000,
        timeout: float = 30.0,
        decode: DecodeConfig | None = None,
        audit: AuditLog | None = None,
        catalogues: bool = False,
        max_cost: float | None = None,
        max_export_bytes: int = MAX_EXPORT_BYTES,
        today: Callable[[], date] = date.today,
    ) -> None:
        """``load_parser`` is called once, at the first question: SQL alone needs no model. ``today`` is the day
        that "last month" counts from."""
        self._limits = Limits(limit, timeout)
        self._audit = audit
        self._catalogues = catalogues
        self._max_cost = max_cost
        self._max_export_bytes = max_export_bytes
        self._reads_values = True
        self._database = database
        self._load_parser = load_parser
        self._decode = decode or DecodeConfig()
        self._today = today
        self._lock = threading.Lock()
        self._parser: Parser | None = None
        self._view: _View | None = None

    @classmethod
    def connect(
        cls,
        db: str | Path | Sequence[str | Path] | None = None,
        *,
        checkpoint: str | Path | None = None,
        limit: int = 1000,
        timeout: float = 30.0,
        private: Iterable[str] = (),
        audit: str | Path | None = None,
        catalogues: bool = False,
        max_cost: float | None = None,
        max_export_bytes: int = MAX_EXPORT_BYTES,
    ) -> Assistant:
        """An assistant for a database.

        Args:
            db: a SQLAlchemy URL, the path of a .sqlite, .duckdb, .csv or .parquet file, or the
                paths of several .csv or .parquet files; None is the demo database.
            checkpoint: the model's folder; None is the one in the package.
            limit: most rows an answer holds.
            timeout: most seconds a query may run for an answer; ``save`` and ``write`` have limits of their own
                (600 s for a CSV file at a path, 300 s else).
            private: columns that nobody may see, as "table.column", or "column" in every table: their values
                are not read, and a query that uses one is refused, whoever wrote it. ``*`` stands for the
                others.
            audit: a file that gets one JSON line for each question and each person's SQL (see audit.py).
                Where it cannot be written, no answer is given.
            catalogues: whether SQL may read the database's own system tables.
            max_cost: refuse a query that the engine estimates above this, in its own unit (PostgreSQL: the
                planner's cost; MySQL and MariaDB: rows examined).
            max_export_bytes: most bytes of values, roughly, that ``save`` and ``write`` write to a file.

        Raises:
            ConnectionFailed, CheckpointError, ConfigError
        """
        limits = Limits(limit, timeout)
        private = tuple(private)
        if private and catalogues:
            raise ConfigError(
                "Private columns and system catalogues cannot go together: catalogues hold samples of values.",
                hint="Leave one of them out.",
            )
        if max_cost is not None and not max_cost > 0:
            raise ConfigError(f"The cost limit is {max_cost}; it must be more than 0.")
        if max_export_bytes < 1:
            raise ConfigError(
                f"The export limit is {max_export_bytes} bytes; it must be 1 or more."
            )
        folder = None if checkpoint is None else Path(checkpoint)
        if folder is not None and not folder.is_dir():
            raise CheckpointError(
                f"There is no checkpoint folder {folder}.",
                hint="Name the folder that holds the weights, or leave the checkpoint out.",
            )
        if db is None:
            from nlidb.demo import demo_path

            db = demo_path()
        record = None if audit is None else AuditLog(audit)
        database = Database.open(db, private=private)
        warning = database.writable_login()
        if warning is not None:
            log.warning(warning)
        return cls(
            database,
            lambda: load_parser(folder),
            limit=limits.rows,
            timeout=limits.seconds,
            audit=record,
            catalogues=catalogues,
            max_cost=max_cost,
            max_export_bytes=max_export_bytes,
        )

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. The model stays for other assistants of this process."""
        self._database.close()

    @property
    def schema(self) -> Schema:
        """What the assistant sees of the database: tables, columns, types, keys, descriptions.

        It is read again where the database's schema has changed.
        """
        if self._database.changed():
            return self._database.reload()
        return self._database.schema

    def refresh(self) -> None:
        """Read the schema again now, and the stored values again at the next question.

        The values are read once and kept in memory: rows that came later are found after this.

        Raises:
            ConnectionFailed: the database is gone.
        """
        with self._lock:
            self._database.reload()
            self._view = None
            self._reads_values = True

    def forget_values(self) -> None:
        """Delete the index of stored values: no question is linked to one, and none is read, until ``refresh``."""
        with self._lock:
            self._view = None
            self._reads_values = False

    @property
    def database(self) -> Database:
        """The database it answers from; it stays the assistant's to close."""
        return self._database

    def ask(
        self,
        question: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
        alternatives: int = 3,
        previous: Answer | None = None,
        policy: Policy = "balanced",
        cancel: threading.Event | None = None,
        progress: Callable[[str], None] | None = None,
        who: str | None = None,
    ) -> Answer:
        """Answer a question in English.

        SQL pasted as the question is run behind the same guard as ``run``, with a warning.

        Args:
            question: one question; what is none is declined, with the reason as ``explanation``.
            limit, timeout: in place of those of ``connect``.
            alternatives: how many other readings to name.
            previous: the answer that this question follows ("and only those from Lyon").
            policy: how sure to be before answering.
            cancel: stops the question when it is set, from any thread; a running query in the database.
            progress: called with each stage's name as it begins: "link", "encode", "attend", "decode",
                "validate", "execute". What it raises ends the question.
            who: asks, for the audit log; None is the operating system's user.

        Raises:
            ExecutionFailed, QueryTimeout: the database broke the query off, or it was stopped.
            InvalidSQL, UnsafeSQL: for pasted SQL only.
            ConnectionFailed: the database is gone.
            CheckpointError: the model cannot be loaded.
            ConfigError: a limit or a policy that is none.
        """
        limits = self._limits.over(limit, timeout, cancel)
        return self._recorded(
            lambda: self._ask(question, limits, alternatives, previous, policy, progress),
            question,
            who=who,
        )

    def translate(
        self,
        question: str,
        *,
        alternatives: int = 3,
        previous: Answer | None = None,
        policy: Policy = "balanced",
    ) -> Answer:
        """The same as ``ask`` without running the question's SQL: columns and rows stay empty.

        The schema and the stored values are read, and where a reading needs it the database is asked whether a
        column holds a NULL, a 0 or a flag.
        """
        return self._recorded(
            lambda: self._ask(question, None, alternatives, previous, policy),
            question,
            is_run=False,
        )

    def warm_up(self, question: str = "How many?") -> None:
        """Load the model and read the database now, so that the first question does not wait for them.

        Nobody asked this question: it is not recorded, and no query is run for it.
        """
        self._on_fresh_schema(lambda: self._ask(question, None, 1, None, "balanced"))

    def check(self, sql: str) -> Check:
        """Whether ``sql`` is one valid, read-only statement on this database.

        Raises nothing for bad SQL, ``ConnectionFailed`` where the database is gone.
        """
        try:
            valid = self._validate(sql)
        except RefusedSQL as error:
            return Check(False, sql, str(error), error.rule, error.position)
        return Check(True, sql, tables=tuple(valid.tables), columns=tuple(valid.columns))

    def run(
        self,
        sql: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
        who: str | None = None,
    ) -> Answer:
        """Run a person's own SQL behind the same guard; ``who`` wrote it, for the audit log.

        Raises:
            InvalidSQL, UnsafeSQL: it is refused.
            ExecutionFailed, QueryTimeout: the database broke it off.
            ConnectionFailed: the database is gone.
        """
        limits = self._limits.over(limit, timeout, cancel)
        return self._recorded(lambda: self._answer_sql(sql, limits, Course()), sql=sql, who=who)

    def save(self, sql: str, path: str | Path, *, cancel: threading.Event | None = None) -> int:
        """Write all rows of ``sql`` to a file, behind the same guard; an existing file is replaced.

        A name that ends in .xlsx or .parquet makes an Excel or a Parquet file, any other one CSV.

        Returns how many rows were written. The file is there whole or not at all.

        Raises:
            InvalidSQL, UnsafeSQL: it is refused.
            ExecutionFailed, QueryTimeout: the database broke it off, or the file cannot be written.
            ConfigError: the library that writes such a file is not installed.
            ConnectionFailed: the database is gone.
        """
        kind = _FILE_KINDS.get(Path(path).suffix.lower())
        most = self._max_export_bytes

        def write(valid: ValidQuery) -> int:
            if kind is None:
                return write_csv(self._database, valid, path, max_bytes=most, cancel=cancel)
            return write_file(self._database, valid, kind, path, max_bytes=most, cancel=cancel)

        return self._export(sql, write, cancel)

    def write(
        self,
        sql: str,
        kind: FileFormat,
        file: BinaryIO,
        *,
        cancel: threading.Event | None = None,
        who: str | None = None,
    ) -> int:
        """As ``save``, into a binary file that is open for writing: "csv", "xlsx" or "parquet".

        After an error, what is in the file is no whole result. ``who`` takes it, for the audit log.
        """
        most = self._max_export_bytes

        def write(valid: ValidQuery) -> int:
            return write_result(self._database, valid, kind, file, max_bytes=most, cancel=cancel)

        return self._export(sql, write, cancel, who)

    def _export(
        self,
        sql: str,
        write: Callable[[ValidQuery], int],
        cancel: threading.Event | None,
        who: str | None = None,
    ) -> int:
        limits = self._limits.over(None, None, cancel)
        try:
            valid = self._validate(sql, limits=limits)
            self._check_cost(valid, limits)
            count = write(valid)
        except NlidbError as error:
            self._record_error(error, "", sql, who)
            raise
        self._record(question="", sql=valid.sql, outcome="answered", rows=count, who=who)
        return count

    def _recorded(
        self,
        attempt: Callable[[], Answer],
        question: str = "",
        sql: str | None = None,
        *,
        is_run: bool = True,
        who: str | None = None,
    ) -> Answer:
        """The attempt's answer or error, once it is in the audit log, where there is one."""
        try:
            answer = self._on_fresh_schema(attempt)
        except Exception as error:
            self._record_error(error, question, sql, who)
            raise
        outcome = answer.outcome if is_run or answer.outcome != "answered" else "translated"
        self._record(
            question=question,
            sql=answer.sql or sql,
            outcome=outcome,
            rows=answer.row_count,
            who=who,
        )
        return answer

    def _record_error(
        self, error: Exception, question: str, sql: str | None, who: str | None
    ) -> None:
        if isinstance(error, RefusedSQL):
            # Only a person's SQL is refused with an error: pasted as the question, or given as SQL.
            outcome, sql, refused = "refused", sql or question, error.rule
        else:
            ran = error.sql if isinstance(error, NlidbError) else None
            outcome, sql, refused = "failed", ran or sql, type(error).__name__
        self._record(question=question, sql=sql, outcome=outcome, refused=refused, who=who)

    def _record(
        self,
        *,
        question: str,
        sql: str | None,
        outcome: str,
        rows: int = 0,
        refused: str = "",
        who: str | None = None,
    ) -> None:
        if self._audit is not None:
            self._audit.record(
                question=question,
                sql=sql,
                outcome=outcome,
                rows=rows,
                refused=refused,
                database=self._database.url_safe,
                who=who,
            )

    def _on_fresh_schema(self, attempt: Callable[[], Answer]) -> Answer:
        """The attempt's answer; tried once more where it failed on a schema that has changed since it was read."""
        try:
            answer = attempt()
        except InvalidSQL:
            if not self._database.changed(max_age=0):
                raise
        else:
            if answer.sql is not None or not self._database.changed(max_age=0):
                return answer
        self._database.reload()
        return attempt()

    def _ask(
        self,
        text: str,
        limits: Limits | None,
        alternatives: int,
        previous: Answer | None,
        policy: Policy,
        progress: Callable[[str], None] | None = None,
    ) -> Answer:
        """All stages in order; without ``limits`` nothing is run."""
        if policy not in POLICIES:
            names = ", ".join(POLICIES)
            raise ConfigError(f"There is no policy {policy!r}.", hint=f"There are: {names}.")
        if not isinstance(alternatives, int) or alternatives < 0:
            raise ConfigError(f"alternatives is {alternatives}; it must be at least 0.")
        if not isinstance(text, str):
            raise ConfigError(f"A question is text, not {type(text).__name__}.")
        if previous is not None and not isinstance(previous, Answer):
            raise ConfigError(f"previous is an Answer, not {type(previous).__name__}.")
        course = Course(progress, limits.cancel if limits is not None else None)
        text = intake.unwrapped(text)
        if self._is_sql(text):
            pasted = self._answer_sql(text, limits, course)
            return warn(pasted, "This is SQL, not a question: it was checked and used as it is.")
        draft, own = self._draft(text, previous)
        problem = intake.refusal(draft.question)
        if problem is None and not own:
            problem = self._not_for_the_model(draft.question)
        if problem is not None:
            return _declined(draft, problem, course)

        question = parse_question(draft.question)
        began = time.perf_counter()
        parser, view = self._prepare()
        course.add({"encode": time.perf_counter() - began})  # the model and the schema, once
        with course.stage("link"):
            links = link(question, view.schema, view.index)
            said = parse_question(own)  # a follow-up's own words
            said_links = link(said, view.schema, view.index)
            followed = None
            if own and previous is not None:
                followed = self._followed(said, said_links, previous, view, limits)
        if not links.links and not intake.has_english(draft.question):
            known = f"None of these words is known here. Ask about {_tables(view.schema)}."
            return _declined(draft, known, course)
        means = _Means(parser, view, course, limits)
        found, places = None, tuple(range(len(question.words)))
        if followed is None:  # what a rule made of a follow-up is left alone
            found, places = self._by_rule(question, links, said if own else None, means)
        if isinstance(found, str):
            return _declined(draft, found, course)
        if found is None:
            wanted = 1 + max(1, alternatives)
            found = self._parsed(question, links, means, wanted, followed, whole=not own)
        attention = moved_attention(found.attention, places, len(question.words))
        readings = found.readings
        draft = replace(
            draft,
            links=answer_links(question, links, view.schema, attention),
            attention=answer_attention(question, view.schema, attention),
            refused=found.refused,
        )
        answer = decide(draft, readings, alternatives, policy)
        if followed is None and answer.outcome == "answered":  # a rule leaves no word out
            missing = left_out(said, said_links, readings[0].valid.tree)
            if missing:
                words = join_words([repr(text) for text in missing])
                leaves = f"The likeliest reading leaves out {words}: say which column it is in."
                answer = asked_back(answer, readings, leaves)
        if found.doubt and answer.outcome == "answered":
            answer = asked_back(answer, readings, found.doubt)
        elif found.doubt and answer.outcome == "asks":
            answer = warn(answer, found.doubt)
        if limits is not None and answer.outcome == "answered":
            with course.stage("execute"):
                answer = self._run_best(answer, readings, alternatives, limits)
        if answer.columns == (SHARE_COLUMN,) and answer.rows and answer.rows[0][0] in (0, 100):
            answer = warn(answer, "All or nothing: look at how the question was read.")
        used = next((one.valid.tree for one in readings if one.valid.sql == answer.sql), None)
        if used is not None:
            # a follow-up's own words are looked at above; of the earlier ones it may take back some
            for words in () if own else unused(question, links, used, view.schema):
                answer = warn(answer, f'Nothing in this answer stands for "{words}".')
            if found.told and used is readings[0].valid.tree:
                answer = warn(answer, found.told)
            for words, value in values_guessed(question, links, used):
                answer = warn(answer, f'Read "{words}" as the stored "{value}".')
            finds = self._database.finds if limits is not None else None
            answer = tell_unstored(answer, used, view.schema, view.index, finds)
        timings = course.timings()
        log.info("%d links; %s", len(links.links), timings)
        return replace(answer, timings=timings)

    def _not_for_the_model(self, question: str) -> str | None:
        """What to say to a wish that no query answers; None where it may be a question."""
        schema = self.schema
        if intake.asks_for_tables(question) and schema.find_table("tables") is None:
            return f"The tables are {_tables(schema, most=20)}. Ask about any of them."
        if intake.asks_for_change(question):
            return "nlidb only reads: nothing was changed. Ask for what you want to see."
        return None

    def _by_rule(
        self, question: Question, links: Links, said: Question | None, means: _Means
    ) -> tuple[_Found | str | None, tuple[int, ...]]:
        """What comes of a question that the target language cannot say as it stands: readings that a rule made, or
        the reason to decline it, or None for any other question; and where the words that were read stand in it.

        ``said``: a follow-up's own words.
        """
        schema, everywhere = means.view.schema, tuple(range(len(question.words)))
        if said is not None:
            return unsaid_by(
                said, link(said, schema, means.view.index), question, schema
            ), everywhere
        rule = rule_for(question, links, schema)
        if rule is None or isinstance(rule, str):
            return rule, everywhere
        found = self._share(rule, means) if isinstance(rule, Share) else self._ruled(rule, means)
        if found.readings:
            return found, rule.places
        return unclear(rule, question, links, schema), everywhere

    def _parsed(
        self,
        question: Question,
        links: Links,
        means: _Means,
        wanted: int,
        followed: Reading | None = None,
        *,
        whole: bool = True,
    ) -> _Found:
        """Encode, attend, decode and validate: what the model and the database make of a question.

        Not ``whole``: the text holds an earlier question too, of which it may take back something.
        """
        parsed = means.parser.parse(
            question,
            links,
            means.view.encoding,
            beam_size=self._decode.beam_size,
            on_stage=means.course.begin,
        )
        means.course.add(parsed.seconds)
        with means.course.stage("validate"):
            stores = partial(self._stores, means.view)
            stored = Stored(means.view.schema, means.view.index, stores, self._today())
            candidates = [
                Ruled(
                    mended(one.tree, question, links, stored),
                    one.log_prob,
                    one.confidence,
                    one.attention,
                )
                for one in parsed.candidates
            ]
            readings, refused = self._readings(candidates, stored.schema, means.limits, followed)
            doubt = ""
            if whole and followed is None:
                sifted = sift(readings, question, links, stored)
                readings, doubt = sifted.readings, sifted.doubt
                refused += sifted.refused
        ruled = followed is not None or not readings
        best = parsed.candidates[:1] if ruled else [readings[0].candidate]
        attention = best[0].attention if best else None
        found = _Found(readings[:wanted], refused, attention, doubt)
        return found if followed is not None else self._told_apart(question, links, found, means)

    def _share(self, share: Share, means: _Means) -> _Found:
        """What comes of a question for a share: its two counts put together, with the part's attention."""
        whole = self._read(share.whole, means)
        if not whole.readings:
            return whole
        among = whole.readings[0]
        part = self._read(share.part, means)

        asked = parse_question(share.part)
        asked_links = link(asked, means.view.schema, means.view.index)

        def shares(tree: exp.Expr) -> Sequence[exp.Query]:
            if left_out(asked, asked_links, tree):
                return ()
            return share_queries(tree, among.valid.tree, share, means.view.schema)

        found = self._changed(part, shares, among.candidate.confidence, means)
        if not found.doubt and found.readings:
            if found.readings[0].candidate.confidence < SHARE_AT_LEAST:
                return replace(found, doubt=SHARE_UNSURE)
        return found

    def _ruled(self, rule: Rewording, means: _Means) -> _Found:
        """What comes of a question that a rule has read as another one: its readings, as the rule changes them.

        No readings where it cannot change the likeliest.
        """

        def changed(tree: exp.Expr) -> Sequence[exp.Query]:
            return changed_by(rule, tree, means.view.schema)

        first = self._read(rule.text, means)
        if not first.readings or not changed(first.readings[0].valid.tree):
            return replace(first, readings=[])
        return self._changed(first, changed, 1.0, means)

    def _read(self, text: str, means: _Means) -> _Found:
        """What the model makes of another question than was asked, all of its readings."""
        question = parse_question(text)
        with means.course.stage("link"):
            links = link(question, means.view.schema, means.view.index)
        return self._parsed(question, links, means, self._decode.beam_size)

    def _changed(
        self,
        found: _Found,
        change: Callable[[exp.Expr], Sequence[exp.Query]],
        sure: float,
        means: _Means,
    ) -> _Found:
        """The readings as a rule changes them, each into one query or several that it cannot tell apart.

        Those that it cannot change cannot be meant, and the others share their probability; ``sure`` is how sure
        the rule is of what else it needs.
        """
        made = [(one, trees) for one in found.readings if (trees := change(one.valid.tree))]
        left = 1.0 - sum(reading.candidate.confidence for reading in found.readings)
        left += sum(reading.candidate.confidence for reading, _ in made)
        readings: list[Reading] = []
        for reading, trees in made:
            known = reading.candidate
            confidence = sure * known.confidence / max(left, LEFT) / len(trees)
            ruled = [Ruled(tree, known.log_prob, confidence) for tree in trees]
            readings += self._accepted(ruled, means)
        doubt = SHARE_OF_WHAT if made and len(made[0][1]) > 1 else found.doubt
        return replace(found, readings=shared_out(readings), doubt=doubt)

    def _accepted(self, candidates: Sequence[Candidate], means: _Means) -> list[Reading]:
        """What rules have made, as readings; without what the guard refuses: a mistake of the rule."""
        readings = []
        for one in candidates:
            try:
                valid = self._validate(one.tree, means.view.schema, means.limits)
            except RefusedSQL as error:
                log.warning("a rule gave no valid SQL (%s): %s", error.rule, error)
                continue
            readings.append(Reading(one, valid, explain_query(valid.tree, means.view.schema)))
        return readings

    def _told_apart(self, question: Question, links: Links, found: _Found, means: _Means) -> _Found:
        """The best reading as several, where its name is that of several rows: of people to be chosen among, of
        other things with all of them taken."""
        if not found.readings or found.doubt:
            return found
        best, *others = found.readings
        known, schema = best.candidate, means.view.schema
        several = namesakes(question, links, best.valid.tree, schema, means.view.index)
        if several is None:
            return found
        ruled = [
            Ruled(tree, known.log_prob, known.confidence, known.attention)
            for tree in several.queries
        ]
        readings = self._accepted(ruled, means)
        readings += [one for one in others if not compares(one.valid.tree, several.column, schema)]
        found = replace(found, readings=shared_out(readings))
        if several.is_person:
            return replace(found, doubt=several.doubt)
        return replace(found, told=f"{several.doubt} All are taken.")

    def _is_sql(self, text: str) -> bool:
        """Whether the text is SQL: it has signs that only SQL has, or it is a valid SELECT here."""
        if intake.looks_like_sql(text):
            return True
        if not intake.may_be_sql(text):
            return False
        check = self.check(text)
        return check.ok or check.rule == "private"

    def _answer_sql(self, sql: str, limits: Limits | None, course: Course) -> Answer:
        """SQL in place of a question, or a person's own: the guard, then the database."""
        with course.stage("validate"):
            valid = self._validate(sql, limits=limits)
        answer = Answer(
            question=sql,
            outcome="answered",
            sql=valid.sql,
            dialect=self._database.dialect,
            confidence=1.0,
            explanation=explain_query(valid.tree, self._database.schema),
        )
        if limits is not None:
            with course.stage("execute"):
                answer = _with_result(answer, self._execute(valid, limits))
        view = self._view
        if view is not None and view.schema is self._database.schema:  # else no values are read
            answer = tell_unstored(
                answer, valid.tree, view.schema, view.index, self._database.finds
            )
        return replace(answer, timings=course.timings())

    def _draft(self, text: str, previous: Answer | None) -> tuple[Answer, str]:
        """The answer so far: the question as it will be read, and what was done to it; and a follow-up's own
        words, "" where it follows nothing."""
        question, warnings = intake.clean(text)
        question, rewritten = absolute_dates(question, self._today(), self.schema)
        warnings += tuple(f'Read "{part.said}" as "{part.read}".' for part in rewritten)
        draft = Answer(question, "declined", None, self._database.dialect, warnings=warnings)
        if previous is None or not intake.is_follow_up(question):
            return draft, ""
        joined = intake.join_follow_up(previous.question, question)
        warning = f"Read as a follow-up of {previous.question!r}."
        return warn(replace(draft, question=joined), warning), question

    def _followed(
        self,
        question: Question,
        links: Links,
        previous: Answer,
        view: _View,
        limits: Limits | None,
    ) -> Reading | None:
        """A follow-up as a change of the previous SQL; None where no rule reads it, or the database refuses it."""
        if previous.sql is None:
            return None
        try:
            earlier = validate(previous.sql, view.schema, self._database.dialect).tree
            changed = follow_up(question, links, earlier, view.schema)
            if changed is None:
                return None
            valid = self._validate(changed, view.schema, limits)
        except RefusedSQL as error:
            log.warning("the follow-up's rule gave no valid SQL (%s): %s", error.rule, error)
            return None
        confidence = min(previous.confidence, FOLLOW_UP_CONFIDENCE)
        # No other reading is tried where its result is empty: what was asked for may well be nothing.
        candidate = Ruled(changed, math.inf, confidence)
        return Reading(candidate, valid, explain_query(valid.tree, view.schema))

    def _prepare(self) -> tuple[Parser, _View]:
        """The parser, and the database as it is now; what took long is kept for the next
        question."""
        with self._lock:
            began = time.perf_counter()
            if self._parser is None:
                self._parser = self._load_parser()
                log.info("model loaded in %.2f s", time.perf_counter() - began)
            schema = self.schema
            if self._view is None or self._view.schema is not schema:
                began = time.perf_counter()
                index = ValueIndex.empty(schema)
                if self._reads_values:
                    index = ValueIndex.build(schema, self._database.distinct_values)
                indexed = time.perf_counter()
                samples = [index.samples(column) for column in range(len(schema.columns))]
                self._view = _View(schema, index, self._parser.encode_schema(schema, samples))
                log.info(
                    "%d tables, %d columns: values indexed in %.2f s, names encoded in %.2f s",
                    len(schema.tables),
                    len(schema.columns),
                    indexed - began,
                    time.perf_counter() - indexed,
                )
            return self._parser, self._view

    def _stores(self, view: _View, column: int, value: Held) -> bool | None:
        """Whether a column holds it; None where values may not be read, or not in time."""
        if not self._reads_values:
            return None
        if (column, value) not in view.stores:
            view.stores[column, value] = self._database.stores(column, value)
        return view.stores[column, value]

    def _validate(
        self,
        sql: str | exp.Expr,
        schema: Schema | None = None,
        limits: Limits | None = None,
    ) -> ValidQuery:
        """The guard: one read-only statement, names bound, and accepted by the engine's planner."""
        valid = validate(
            sql,
            schema or self.schema,
            self._database.dialect,
            allow_catalogues=self._catalogues,
        )
        self._plan(valid, limits or self._limits)
        return valid

    def _plan(self, valid: ValidQuery, limits: Limits, max_cost: float | None = None) -> None:
        """Planning may compute constants, so the query's own limits hold for it too."""
        explain(
            self._database,
            valid,
            timeout=min(limits.seconds, EXPLAIN_SECONDS),
            max_cost=max_cost,
            cancel=limits.cancel,
        )

    def _execute(self, valid: ValidQuery, limits: Limits) -> Result:
        try:
            self._check_cost(valid, limits)
            return execute(
                self._database,
                valid,
                limit=limits.rows,
                timeout=limits.seconds,
                cancel=limits.cancel,
            )
        except NlidbError as error:
            error.sql = valid.sql
            raise

    def _check_cost(self, valid: ValidQuery, limits: Limits) -> None:
        if self._max_cost is not None:
            self._plan(valid, limits, self._max_cost)

    def _readings(
        self,
        candidates: Sequence[Candidate],
        schema: Schema,
        limits: Limits | None,
        followed: Reading | None = None,
    ) -> tuple[list[Reading], tuple[Refused, ...]]:
        """The candidates that the database accepts, each SQL once, best first; and those it refused.

        A follow-up that a rule has read stands before the model's candidates.
        """
        readings = [] if followed is None else [followed]
        seen = {essence(reading.valid.tree) for reading in readings}
        refused: list[Refused] = []
        for candidate in candidates:
            sql = ""
            try:
                sql = to_sql(candidate.tree, self._database.dialect)
                valid = self._validate(sql, schema, limits)
            except RefusedSQL as error:
                log.warning("candidate refused (%s): %s", error.rule, error)
                refused.append(Refused(sql, error.message))
                continue
            meant = essence(valid.tree)
            if meant in seen:
                refused.append(Refused(valid.sql, "It is the same SQL as a likelier reading."))
                continue
            seen.add(meant)
            explanation = explain_query(valid.tree, schema)
            if any(explanation == reading.explanation for reading in readings):
                explanation = f"{explanation.removesuffix('.')}, as `{valid.sql}`."
            readings.append(Reading(candidate, valid, explanation))
        return shared_out(readings), tuple(refused)

    def _run_best(
        self, answer: Answer, readings: Sequence[Reading], alternatives: int, limits: Limits
    ) -> Answer:
        """Run the first reading; the second only after an error, or an empty result when it is
        close.

        At most two queries for one question: a replica in production is no place to try out
        guesses.
        """
        first, second = readings[0], readings[1] if len(readings) > 1 else None
        try:
            result = self._execute(first.valid, limits)
        except QueryTimeout:
            raise  # a second long query would only double the wait and the load
        except ExecutionFailed as error:
            if second is None or (limits.cancel is not None and limits.cancel.is_set()):
                raise
            log.warning("the first reading failed, trying the second: %s", error)
            failed = Refused(first.valid.sql, error.message)
            answer = use(answer, (second, *readings[2:]), alternatives)
            return warn(
                _with_result(
                    replace(answer, refused=(failed, *answer.refused)),
                    self._execute(second.valid, limits),
                ),
                "The likeliest reading failed in the database; this is the next one.",
            )
        if result.rows or second is None:
            return _with_result(answer, result)
        if first.candidate.log_prob - second.candidate.log_prob > self._decode.empty_margin:
            return _with_result(answer, result)
        try:
            other = self._execute(second.valid, limits)
        except ExecutionFailed as error:
            log.warning("the second reading failed: %s", error)
            return _with_result(answer, result)
        if not other.rows:
            return _with_result(answer, result)
        return warn(
            _with_result(use(answer, (second, first, *readings[2:]), alternatives), other),
            "The likeliest reading has no rows; this one, almost as likely, has.",
        )


def shipped_checkpoint() -> Path:
    """The folder of the checkpoint in the package; the last by name where there are several.

    Raises ``CheckpointError`` where the installation has none.
    """
    root = Path(__file__).resolve().parent / "checkpoints"
    folders = sorted(path for path in root.glob("*") if path.is_dir())
    if not folders:
        raise CheckpointError(
            "This installation of nlidb has no checkpoint.",
            hint="Install the package again, or name a checkpoint's folder.",
        )
    return folders[-1]


def load_parser(folder: Path | None) -> Parser:
    """The process's shared model of that folder; None is the checkpoint in the package."""
    from nlidb.parser import load_parser  # loads torch, so not before the first question

    parser: Parser = load_parser(shipped_checkpoint() if folder is None else folder)
    return parser


def _tables(schema: Schema, most: int = 6) -> str:
    """The tables' names as a list in words, cut where there are many."""
    names = [table.name for table in schema.tables]
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return join_words(names)


def _declined(draft: Answer, problem: str, course: Course) -> Answer:
    return replace(warn(draft, problem), explanation=problem, timings=course.timings())


def _with_result(answer: Answer, result: Result) -> Answer:
    answer = replace(
        answer,
        columns=result.columns,
        rows=result.rows,
        row_count=result.row_count,
        truncated=result.truncated,
    )
    if result.cut_cells:
        cells = "cell was" if result.cut_cells == 1 else "cells were"
        answer = warn(answer, f"{result.cut_cells:,} very long {cells} cut.")
    return answer
