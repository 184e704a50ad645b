"""What the tests share: what a machine must have for some of them, and one small database.

Tests marked ``browser``, ``postgresql``, ``mariadb`` or ``data`` run where that is found. Elsewhere
they are left out, and the summary says in one line each what is missing and how to get it.
``NLIDB_REQUIRE`` (names separated by commas) forbids leaving them out.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
import sqlglot

from nlidb.assistant import Assistant
from nlidb.database import Database
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

POSTGRESQL_URL = os.environ.get(
    "NLIDB_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
"""A login that may create databases and roles."""
MARIADB_URL = os.environ.get("NLIDB_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/mysql")


def _find_browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    if any(shutil.which(name) for name in names):
        return None
    return "no Chromium was found: apt-get install chromium"


def _find_server(url: str, name: str, hint: str) -> str | None:
    arguments = {"connect_timeout": 3}
    try:
        engine = sqlalchemy.create_engine(url, connect_args=arguments)
        with engine.connect():
            pass
        engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError):
        return f"no {name} server answered: {hint}"
    return None


def _find_data() -> str | None:
    folder = os.environ.get("NLIDB_DATA")
    if folder and (Path(folder) / "tables.json").is_file():
        return None
    return "no Spider data: download it and set NLIDB_DATA to the folder that holds tables.json"


NEEDS: dict[str, Callable[[], str | None]] = {
    "browser": _find_browser,
    "postgresql": lambda: _find_server(
        POSTGRESQL_URL,
        "PostgreSQL",
        "apt-get install postgresql, or set NLIDB_TEST_POSTGRESQL to an administrator's URL",
    ),
    "mariadb": lambda: _find_server(
        MARIADB_URL,
        "MariaDB",
        "apt-get install mariadb-server, or set NLIDB_TEST_MARIADB to an administrator's URL",
    ),
    "data": _find_data,
}
_left_out: dict[str, int] = {}


@cache
def _missing(need: str) -> str | None:
    return NEEDS[need]()


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started in the background of a script, whose children ignore Ctrl-C: so would those of the tests.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    required = {name.strip() for name in os.environ.get("NLIDB_REQUIRE", "").split(",")} - {""}
    unknown = required - set(NEEDS)
    if unknown:
        raise pytest.UsageError(f"NLIDB_REQUIRE names {', '.join(sorted(unknown))}: not known")
    for name in sorted(required):
        if _missing(name):
            raise pytest.UsageError(f"NLIDB_REQUIRE names {name}, but {_missing(name)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, dropped = [], []
    for item in items:
        lacks = [name for name in NEEDS if item.get_closest_marker(name) and _missing(name)]
        for name in lacks:
            _left_out[name] = _left_out.get(name, 0) + 1
        (dropped if lacks else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # one of pytest-xdist's processes
        session.config.workeroutput["left_out"] = _left_out


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of them has ended; each collects all tests, so each left out the same."""
    _left_out.update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"{count} tests marked {name!r} not run: {_missing(name)}")


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """The URL of a PostgreSQL login that may create databases and roles."""
    return POSTGRESQL_URL


@pytest.fixture(scope="session")
def mariadb_url() -> str:
    """The URL of a MariaDB login that may create databases and users."""
    return MARIADB_URL


MUSIC = """
CREATE TABLE singer (
  singer_id INTEGER PRIMARY KEY, name TEXT, country TEXT, age INTEGER, born DATE
);
CREATE TABLE concert (
  concert_id INTEGER PRIMARY KEY, title TEXT, year INTEGER,
  singer_id INTEGER REFERENCES singer (singer_id)
);
INSERT INTO singer VALUES
  (1, 'Joe Sharp', 'Netherlands', 52, '1972-05-01'), (2, 'Timbaland', 'United States', 32, NULL),
  (3, 'Justin Brown', 'France', 29, '1995-12-24'), (4, 'Rose White', 'France', 41, '1983-02-28'),
  (5, 'John Nizinik', 'France', 43, NULL), (6, 'Tribal King', 'France', 25, '1999-07-14');
INSERT INTO concert VALUES
  (1, 'Auditions', 2014, 2), (2, 'Super bootcamp', 2014, 3), (3, 'Home Visits', 2015, 2),
  (4, 'Week 1', 2015, 6);
"""


@pytest.fixture
def music_db(tmp_path: Path) -> Path:
    """A SQLite file of six singers and four concerts, with a foreign key, dates and NULLs."""
    path = tmp_path / "music.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(MUSIC)
    connection.close()
    return path


@dataclass(frozen=True)
class FakeCandidate:
    """A reading as the model would give it."""

    tree: sqlglot.exp.Expr
    log_prob: float
    confidence: float
    attention: Any = None


@dataclass(frozen=True)
class FakeParse:
    """All readings of a question, and how long the model's stages took."""

    candidates: list[FakeCandidate]
    seconds: dict[str, float]


class FakeParser:
    """Stands in for the model: each question takes the next readings from a queue."""

    def __init__(self) -> None:
        self.queue: list[list[tuple[str, float]]] = []
        self.attention: Any = None
        self.questions: list[str] = []
        self.encoded: list[Schema] = []

    def answer(self, *readings: tuple[str, float]) -> None:
        """The readings of the next question, best first."""
        self.queue.append(list(readings))

    def encode_schema(self, schema: Schema, samples: Sequence[Sequence[str]]) -> Schema:
        assert len(samples) == len(schema.columns)
        self.encoded.append(schema)
        return schema

    def parse(
        self,
        question: Question,
        links: Links,
        encoding: Schema,
        *,
        beam_size: int,
        on_stage: Callable[[str], None] = lambda name: None,
    ) -> FakeParse:
        for stage in ("encode", "attend", "decode"):
            on_stage(stage)
        assert encoding is self.encoded[-1]
        assert beam_size >= 1
        self.questions.append(question.text)
        readings = [
            FakeCandidate(
                sqlglot.parse_one(sql, read="sqlite"), math.log(share), share, self.attention
            )
            for sql, share in self.queue.pop(0)
        ]
        return FakeParse(readings, {"encode": 0.001, "attend": 0.002, "decode": 0.004})


@pytest.fixture
def fake_parser() -> FakeParser:
    """A model with an empty queue."""
    return FakeParser()


@pytest.fixture
def assistant(music_db: Path, fake_parser: FakeParser) -> Iterator[Assistant]:
    """An assistant on the small database, with the fake model."""
    with Assistant(Database.open(music_db), lambda: fake_parser) as opened:
        yield opened


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the chat page of a file of browser tests keeps what it is asked to keep."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The chat page, on a model that knows the demo questions."""
    from tests import browser as tools  # here, since most tests need no Playwright

    with tools.page_server(home, tools.ROOT / "tests" / "gold_parser.py") as found:
        yield found


@pytest.fixture(scope="module")
def profile() -> Iterator[BrowserContext]:
    """A browser for the file's tests: its tabs load and compile the page's scripts once."""
    from tests import browser as tools

    with tools.chromium() as found:
        yield tools.new_profile(found)


@pytest.fixture
def page(profile: BrowserContext, address: str) -> Iterator[Page]:
    """A new visitor's tab."""
    from tests import browser as tools

    tab = tools.open_page(profile, address)
    yield tab
    tab.close()
