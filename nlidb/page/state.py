"""A visitor's session: the connection, the conversation, the question that is being answered.

``make_assistant`` is the only place of the page that makes an Assistant. Demo databases and the one
the page was started with are shared by all visitors; an upload belongs to the session that made it
and is removed with it. What visitors keep is in one folder while only this machine can reach the
page; on a page that is open to others, each visitor's is their own and ends with the visit.
"""

from __future__ import annotations

import hmac
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from nlidb import intake
from nlidb.answer import Answer
from nlidb.assistant import Assistant
from nlidb.config import Policy
from nlidb.demo import DEFAULT_DEMO, Demo, demo_databases, demo_path
from nlidb.errors import ConfigError, ConnectionFailed, ExecutionFailed, NlidbError, RefusedSQL
from nlidb.examples import example_questions
from nlidb.keep import Keeper, Recent, VisitKeeper
from nlidb.page import beside
from nlidb.schema import Schema, identifier_words

log = logging.getLogger(__name__)

VIEWS = ("Ask", "Schema", "Saved", "Databases")
MAX_TURNS = 100
"""Older turns of a conversation are dropped."""
MAX_FILES = 20
MAX_UPLOAD_MB = 200
"""Size of all files of one upload together."""
FILE_TYPES = ("sqlite", "sqlite3", "db", "duckdb", "csv", "tsv", "parquet", "xlsx")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEMO_PREFIX = "demo:"
"""Before a demo database's name in kept records."""
MAX_DOWNLOAD_MB = 200
"""Size of a download's values, roughly: Streamlit holds the file in memory while it sends it."""


def make_assistant(source: str | Path | Sequence[Path], *, private: bool = True) -> Assistant:
    """The assistant for a database, with the checkpoint, the audit log, the limits and (``private``) the private
    columns that the page was started with."""
    names = os.environ.get("NLIDB_PRIVATE", "").split(",") if private else []
    max_cost = _number_from("NLIDB_MAX_COST", 0)
    return Assistant.connect(
        source,
        checkpoint=os.environ.get("NLIDB_APP_CHECKPOINT"),
        private=[name.strip() for name in names if name.strip()],
        audit=os.environ.get("NLIDB_AUDIT") or None,
        max_cost=max_cost or None,
        max_export_bytes=int(max_download_mb() * 1e6),
    )


def max_download_mb() -> float:
    """Most megabytes of values that a download holds; ``NLIDB_MAX_DOWNLOAD_MB`` names another limit."""
    return _number_from("NLIDB_MAX_DOWNLOAD_MB", MAX_DOWNLOAD_MB)


def _number_from(variable: str, otherwise: float) -> float:
    text = os.environ.get(variable)
    if not text:
        return otherwise
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ConfigError(f"{variable} is {text!r}; it must be a number above 0.")
    return number


def only_this_machine() -> bool:
    """Whether nobody but a user of this machine can reach the page."""
    return st.get_option("server.address") in LOOPBACK


def make_keeper() -> Keeper:
    """Where a new visitor's connections, questions and verdicts are kept."""
    return Keeper() if only_this_machine() else VisitKeeper()


@dataclass
class Connection:
    """One open database and what the page says of it."""

    assistant: Assistant
    title: str
    description: str
    link: str
    """What names it in a shared link: a demo's name, "" for the page's own; None elsewhere."""
    shareable: bool
    files: tuple[str, ...] = ()
    """Names of the uploaded files; empty elsewhere."""
    source: str = ""
    """The path that it was opened by, where its name alone would not open it again."""
    examples: tuple[str, ...] = ()
    sample_cache: dict[int, tuple[object, ...]] = field(default_factory=dict)
    row_counts: dict[int, int | None] = field(default_factory=dict)
    cached_of: Schema | None = None
    """The schema whose columns and tables the two caches number."""

    @property
    def name(self) -> str:
        """The database as people and files may name it: no password in it."""
        return ", ".join(self.files) or self.source or self.assistant.database.url_safe

    @property
    def record_name(self) -> str:
        """What kept records call it: a demo's file has another name after each change of its text."""
        return DEMO_PREFIX + self.link if self.link else self.name

    def samples(self, column: int) -> tuple[object, ...]:
        """Some stored values of a column, the most frequent first."""
        self._forget_other_schema()
        cache = self.sample_cache  # a schema that is read meanwhile gets another
        if column not in cache:
            cache[column] = tuple(self.assistant.database.distinct_values(column, 15))
        return cache[column]

    def row_count(self, table: int) -> int | None:
        """How many rows a table has, about; None where that cannot be told."""
        self._forget_other_schema()
        cache = self.row_counts
        if table not in cache:
            cache[table] = self.assistant.database.row_count(table)
        return cache[table]

    def _forget_other_schema(self) -> None:
        schema = self.assistant.database.schema
        if schema is not self.cached_of:
            self.sample_cache, self.row_counts = {}, {}
            self.cached_of = schema  # last: another thread that sees it finds empty caches


@dataclass
class Turn:
    """One question and what came of it."""

    number: int
    asked: str
    """As it was typed; for SQL run by hand, the question that it corrects."""
    answer: Answer | None = None
    error: NlidbError | None = None
    carried: str = ""
    """How the answer that it follows was read."""
    note: str = ""
    """"" for a question; else what was run instead ("your SQL", "another reading")."""
    sql: str = ""
    """What was run instead."""
    corrects: Answer | None = None
    """The answer in whose place it was run."""
    reason: str = ""
    """Why the reading is wrong, as typed so far."""
    judged: str = ""
    """What the person said of it: "", "accepted", "rejected", "corrected"."""
    undelivered: str = ""
    """Why the last download came to nothing."""

    @property
    def question(self) -> str:
        """The question in full, with what it follows: what is kept, saved and shared."""
        known = self.answer or self.corrects
        return known.question if known is not None else self.asked

    @property
    def broken_sql(self) -> str:
        """The SQL that was refused, stopped or failed; "" where there is none."""
        if self.error is None:
            return ""
        pasted = intake.unwrapped(self.asked) if isinstance(self.error, RefusedSQL) else ""
        return self.sql or self.error.sql or pasted


class Job:
    """A question being answered in a thread of its own, so that Stop works."""

    def __init__(self, turn: Turn, work: Callable[[Job], Answer]) -> None:
        self.turn = turn
        self.stage = ""
        """The stage that began last; "" before the first."""
        self.started = time.monotonic()
        self.cancel = threading.Event()
        self.done = threading.Event()
        self._work = work
        beside.start(self._run, stop=self.cancel.set)

    def enter(self, stage: str) -> None:
        """A stage begins."""
        self.stage = stage

    def _run(self) -> None:
        try:
            self.turn.answer = self._work(self)
        except NlidbError as error:
            stopped = ExecutionFailed("Stopped.", hint="Ask again, or ask for less.")
            stopped.sql = error.sql
            self.turn.error = stopped if self.cancel.is_set() else error
        except Exception:
            # A defect of ours: the page stays up and says so, the trace goes to the log.
            log.exception("a question failed")
            self.turn.error = NlidbError(
                "Something went wrong inside nlidb.",
                hint="The log of the page's process says what.",
            )
        finally:
            self.done.set()


@dataclass
class Session:
    """What one visitor's browser tab has; kept by Streamlit between runs of the script."""

    connection: Connection | None = None
    turns: list[Turn] = field(default_factory=list)
    job: Job | None = None
    started: bool = False
    let_in: bool = False
    opened: set[int] = field(default_factory=set)
    """Numbers of older turns that were opened again."""
    policy: Policy = "balanced"
    view: str = VIEWS[0]
    switches: int = 0
    """How often the page itself, not the person, has switched the view."""
    error: str = ""
    """Why the last connection failed."""
    keeper: Keeper = field(default_factory=make_keeper)
    visitor: str = field(default_factory=lambda: f"visitor {secrets.token_hex(8)}")
    """Who asks, for the audit log: nothing but that it is the same browser tab."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def current(cls) -> Session:
        """This visitor's session."""
        if "session" not in st.session_state:
            st.session_state["session"] = cls()
        session: Session = st.session_state["session"]
        return session

    def show(self, view: str) -> None:
        """Switch to a view, from the next run of the script on."""
        if view != self.view:
            self.view = view
            self.switches += 1

    def conversation(self) -> tuple[list[Turn], Job | None]:
        """The turns and the question being answered, as they stand at one moment."""
        with self._lock:
            return list(self.turns), self.job

    def begin(self, job: Job) -> None:
        """A question is being answered; it takes the place of one that still is."""
        with self._lock:
            if self.job is not None:
                self.job.cancel.set()
            self.job = job

    def finish(self, job: Job) -> None:
        """The question is answered: it becomes a turn, once. A click starts a new run of the script while the last
        one still waits for the same answer, and both end up here."""
        with self._lock:
            if self.job is job:
                self.job = None
                self.turns.append(job.turn)
                del self.turns[:-MAX_TURNS]

    def use(self, connection: Connection) -> None:
        """Talk to another database from here on, in a new conversation."""
        self.connection, self.error = connection, ""
        self.clear()
        self.show("Ask")

    def clear(self) -> None:
        """Begin a new conversation; what is still being answered is stopped."""
        with self._lock:
            if self.job is not None:
                self.job.cancel.set()
            self.turns, self.job = [], None
            self.opened.clear()

    @property
    def previous(self) -> Turn | None:
        """The last turn that was answered from a question: what a follow-up follows."""
        for turn in reversed(self.turns):
            if turn.answer is not None and turn.answer.outcome == "answered":
                return turn
        return None


# Who may come in


def password_needed() -> bool:
    """Whether the page was started with a password (the variable NLIDB_APP_PASSWORD)."""
    return bool(os.environ.get("NLIDB_APP_PASSWORD"))


_guesses = threading.Lock()


def password_right(given: str) -> bool:
    """Compare in constant time; one guess a second for everybody together."""
    with _guesses:
        time.sleep(1.0)
    wanted = os.environ.get("NLIDB_APP_PASSWORD", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def may_open_anything() -> bool:
    """Whether a visitor may name paths and servers of this machine: only its own user may."""
    return only_this_machine() or password_needed()


# Connecting


_shared: dict[str, Connection] = {}
_shared_lock = threading.Lock()


def open_first(session: Session) -> None:
    """The database that the page opens with: a shared link's demo, the one given, or the demo."""
    wanted = st.query_params.get("db", "")
    try:
        if wanted in {demo.db_id for demo in demo_databases()}:
            session.use(demo_connection(wanted))
        else:
            session.use(first_connection())
    except NlidbError as error:
        session.error = str(error)


def first_connection() -> Connection:
    """The connection of a page that no link names another for: the database given, or the demo."""
    given = os.environ.get("NLIDB_APP_DB")
    return own_connection(given) if given else demo_connection(DEFAULT_DEMO)


def demo_connection(db_id: str) -> Connection:
    """The shared connection to a demo database."""
    demo = next(demo for demo in demo_databases() if demo.db_id == db_id)
    return _share(f"demo {db_id}", lambda: _open_demo(demo))


def own_connection(source: str) -> Connection:
    """The shared connection to the database that the page was started with."""
    return _share(f"own {source}", lambda: _open_own(source))


def reopen(session: Session, name: str) -> None:
    """Connect to the database that a kept record names.

    Raises:
        ConnectionFailed: it cannot be opened from here, or is gone.
    """
    demos = {DEMO_PREFIX + demo.db_id: demo.db_id for demo in demo_databases()}
    given = os.environ.get("NLIDB_APP_DB")
    if session.connection is not None and session.connection.record_name == name:
        session.show("Ask")
    elif name in demos:
        session.use(demo_connection(demos[name]))
    elif given and own_connection(given).record_name == name:
        session.use(own_connection(given))
    elif HIDDEN_PASSWORD in name:
        raise ConnectionFailed(
            f"{name} asks for its password again.", hint="Connect to it under Databases, then ask."
        )
    elif "://" not in name and not os.path.isfile(name):  # Path.is_file raises for a long name
        raise ConnectionFailed(
            f"{name} is not here any more.", hint="Open it again under Databases, then ask."
        )
    else:
        connect_url(session, name)


def _share(key: str, make: Callable[[], Connection]) -> Connection:
    with _shared_lock:
        if key not in _shared:
            _shared[key] = make()
        return _shared[key]


def _open_own(source: str) -> Connection:
    connection = _describe(make_assistant(source), link="", shareable=True)
    connection.source = _file_path(source)
    return connection


def _open_demo(demo: Demo) -> Connection:
    try:
        assistant = make_assistant(demo_path(demo.db_id))
    except ConfigError:  # the private columns are those of another database
        assistant = make_assistant(demo_path(demo.db_id), private=False)
    connection = _describe(assistant, link=demo.db_id, shareable=True)
    connection.title = demo_title(demo)
    connection.description = demo.description
    return connection


def demo_title(demo: Demo) -> str:
    """Its name for people ("Clinical trials")."""
    return demo.db_id.replace("_", " ").capitalize()


def _describe(assistant: Assistant, *, link: str = "", shareable: bool = False) -> Connection:
    schema = assistant.schema
    tables, columns = len(schema.tables), len(schema.columns)
    connection = Connection(
        assistant,
        title=identifier_words(assistant.database.name).capitalize() or "Database",
        description=f"{tables} {'table' if tables == 1 else 'tables'} with {columns} columns, "
        f"read from {assistant.database.url_safe}.",
        link=link,
        shareable=shareable,
    )
    connection.examples = example_questions(schema, connection.samples)
    beside.start(lambda: _warm_up(connection))
    return connection


def _warm_up(connection: Connection) -> None:
    """Load the model and read the database while the person is still reading the page."""
    try:
        connection.assistant.warm_up(connection.examples[0] if connection.examples else "How many?")
    except Exception as error:
        log.info("not warmed up: %s", error)  # the first question will say what is wrong


HIDDEN_PASSWORD = ":***@"
"""What stands in a kept URL where its password was."""


def connect_url(session: Session, url: str, password: str = "") -> None:
    """Connect to a URL or a path that a visitor typed; a kept URL needs its ``password`` again."""
    url = url.strip()
    if not may_open_anything():
        raise ConnectionFailed(
            "This page is open to other machines, so it does not open addresses typed into it.",
            hint="Upload a file, or start the page with a password (NLIDB_APP_PASSWORD).",
        )
    if not url:
        raise ConnectionFailed("No address was given.", hint="Type a URL or the path of a file.")
    if HIDDEN_PASSWORD in url:
        if not password:
            raise ConnectionFailed(
                "The password is missing.", hint="It is not kept: type it again."
            )
        url = url.replace(HIDDEN_PASSWORD, f":{quote(password, safe='')}@", 1)
    connection = _describe(make_assistant(url))
    connection.source = _file_path(url)
    _close_with(connection, None)
    session.use(connection)
    try:
        session.keeper.add(Recent(connection.name))
    except NlidbError as error:
        log.info("not kept: %s", error)  # keeping is a convenience: the connection stands


def _file_path(source: str) -> str:
    """A file's path in full, which opens it from any folder; "" for what is no file."""
    path = os.path.abspath(os.path.expanduser(source))
    return path if os.path.isfile(path) else ""


@dataclass(frozen=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    data: memoryview


def connect_uploads(session: Session, uploads: Sequence[Upload]) -> None:
    """Connect to uploaded files: one database, or several files as tables of one.

    They lie in a private folder with a random name for as long as the session uses them.
    """
    if not uploads:
        raise ConnectionFailed("No file was given.", hint="Choose one or more files.")
    if len(uploads) > MAX_FILES:
        raise ConnectionFailed(
            f"{len(uploads)} files are too many at once.", hint=f"Upload at most {MAX_FILES}."
        )
    size = sum(upload.data.nbytes for upload in uploads)
    if size > MAX_UPLOAD_MB * 2**20:
        raise ConnectionFailed(
            f"The files have {size / 2**20:,.0f} MB together.",
            hint=f"Upload at most {MAX_UPLOAD_MB} MB, or name a path in place of it.",
        )
    folder = Path(tempfile.mkdtemp(prefix=f"nlidb-upload-{secrets.token_hex(8)}-"))
    try:
        paths = []
        for number, upload in enumerate(uploads):
            (folder / str(number)).mkdir()
            path = folder / str(number) / safe_name(upload.name)
            path.write_bytes(upload.data)
            paths.append(path)
        try:
            # A visitor's own files hold no column of the database that the page was started with.
            assistant = make_assistant(paths if len(paths) > 1 else paths[0], private=False)
        except NlidbError as error:
            raise _without_folder(error, folder) from error
        connection = _describe(assistant)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    names = [safe_name(upload.name) for upload in uploads]
    connection.files = tuple(names)
    connection.title = Path(names[0]).stem if len(names) == 1 else f"{len(names)} files"
    tables = len(assistant.schema.tables)
    connection.description = (
        f"{tables} {'table' if tables == 1 else 'tables'} from {', '.join(names[:5])}"
        + (" and others." if len(names) > 5 else ".")
    )
    _close_with(connection, folder)
    session.use(connection)


def safe_name(name: str) -> str:
    """A file name that is only a name, as short and as plain as a table's may be."""
    path = Path(name.replace("\\", "/").rpartition("/")[2])
    stem = re.sub(r"[^\w-]+", "_", path.stem).strip("_")[:60] or "data"
    suffix = re.sub(r"[^.\w]", "", path.suffix.lower())[:10]
    return stem + suffix


def _without_folder(error: NlidbError, folder: Path) -> NlidbError:
    """The same error, naming the file as the person knows it."""
    text = re.sub(re.escape(str(folder)) + r"/\d+/", "", error.message)
    return type(error)(text, hint=error.hint)


def _close_with(connection: Connection, folder: Path | None) -> None:
    """Close the database and remove the files when the session that made them is dropped."""
    weakref.finalize(connection, _close, connection.assistant, folder)


def _close(assistant: Assistant, folder: Path | None) -> None:
    assistant.close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
