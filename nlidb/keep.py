"""What a person keeps between sessions: question-SQL pairs, saved questions, recent connections.

Each is a JSON Lines file in a folder of this user's (``NLIDB_HOME``, else the user's data folder),
readable by this user alone: plain text, to review, to edit and to take away. Nothing is kept but
what a person asked to keep, and no password ever is. Where several people use one process,
``VisitKeeper`` keeps each one's apart, in memory.
"""

from __future__ import annotations

import datetime
import json
import os
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from nlidb.errors import ConfigError

PairKind = Literal["corrected", "accepted", "rejected"]

MAX_RECENT = 8
"""Recent connections that are kept."""
MAX_PER_VISIT = 200
"""Records of a kind that one visitor may keep in memory; the oldest go."""
_lock = threading.Lock()


@dataclass(frozen=True)
class Pair:
    """A question with SQL that a person judged."""

    question: str
    sql: str
    kind: PairKind
    """"corrected": the person wrote this SQL; "accepted" or "rejected": the assistant did."""
    database: str
    """What opens it again: "demo:" and a demo's name, a path, a URL without its password; an upload's files."""
    dialect: str
    reason: str = ""
    kept_at: str = ""
    """ISO 8601, UTC."""
    title: str = ""
    """What the page calls the database ("Shop")."""


@dataclass(frozen=True)
class SavedQuestion:
    """A question to ask again."""

    question: str
    database: str
    """As ``Pair.database``."""
    sql: str = ""
    """The SQL it was answered with, "" where it was not."""
    kept_at: str = ""
    title: str = ""
    """As ``Pair.title``."""


@dataclass(frozen=True)
class Recent:
    """A connection to open again, as a URL without its password or a path."""

    database: str
    kept_at: str = ""


_Record = TypeVar("_Record", Pair, SavedQuestion, Recent)
_FILES: dict[type, str] = {
    Pair: "pairs.jsonl",
    SavedQuestion: "saved.jsonl",
    Recent: "recent.jsonl",
}


class Keeper:
    """Reads and writes one folder of kept records. Safe to use from several threads."""

    where = "on this machine"
    """For people: kept ..."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = data_folder() if folder is None else folder

    def read(self, kind: type[_Record]) -> list[_Record]:
        """The records of a kind, oldest first; lines that are none are left out."""
        try:
            text = (self.folder / _FILES[kind]).read_text("utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error
        found = []
        for line in text.split("\n"):  # not splitlines: JSON strings may hold U+2028 and its like
            record = _record(kind, line)
            if record is not None:
                found.append(record)
        return found

    def add(self, record: _Record) -> None:
        """Keep a record; one that says the same as an earlier one takes its place."""
        with _lock:
            kind = type(record)
            kept = [old for old in self.read(kind) if _identity(old) != _identity(record)]
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            kept.append(kind(**{**asdict(record), "kept_at": now}))
            if kind is Recent:
                kept = kept[-MAX_RECENT:]
            self._write(kind, kept)

    def remove(self, record: _Record) -> None:
        """Drop a record; nothing happens where it is not there."""
        with _lock:
            kind = type(record)
            kept = [old for old in self.read(kind) if _identity(old) != _identity(record)]
            self._write(kind, kept)

    def text(self, kind: type[_Record]) -> str:
        """All records of a kind as JSON Lines."""
        return _lines(self.read(kind))

    def _write(self, kind: type[_Record], records: Iterable[_Record]) -> None:
        """Beside its place first, then moved there whole: a crash loses nothing."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self.folder) as beside:
                part = Path(beside) / _FILES[kind]
                part.touch(mode=0o600)
                part.write_text(_lines(records), "utf-8")
                part.replace(self.folder / part.name)
        except (OSError, ValueError) as error:  # ValueError: text that is no Unicode
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> ConfigError:
        return ConfigError(
            f"Nothing can be kept in {self.folder}: {error}.",
            hint="Name a folder that can be written in the variable NLIDB_HOME.",
        )


class VisitKeeper(Keeper):
    """Keeps one visitor's records in memory, until the visit ends: nobody else reads them."""

    where = "for this visit only"

    def __init__(self) -> None:
        super().__init__(Path())  # never read, never written
        self._kept: dict[type, list[Any]] = {}

    def read(self, kind: type[_Record]) -> list[_Record]:
        return list(self._kept.get(kind, ()))

    def _write(self, kind: type[_Record], records: Iterable[_Record]) -> None:
        self._kept[kind] = list(records)[-MAX_PER_VISIT:]


def data_folder() -> Path:
    """Where this user's records are kept; ``NLIDB_HOME`` names another folder."""
    named = os.environ.get("NLIDB_HOME")
    if named:
        return Path(named)
    root = os.environ.get("XDG_DATA_HOME")
    return (Path(root) if root else Path.home() / ".local" / "share") / "nlidb"


def _identity(record: Pair | SavedQuestion | Recent) -> tuple[str, ...]:
    if isinstance(record, Pair):
        return record.question, record.sql, record.database
    if isinstance(record, SavedQuestion):
        return record.question, record.database
    return (record.database,)


def _lines(records: Iterable[Pair] | Iterable[SavedQuestion] | Iterable[Recent]) -> str:
    return "".join(json.dumps(asdict(record), ensure_ascii=False) + "\n" for record in records)


def _record(kind: type[_Record], line: str) -> _Record | None:
    try:
        values: Any = json.loads(line)
    except ValueError:
        return None
    names = {field.name for field in fields(kind)}
    if not isinstance(values, dict) or not set(values) <= names:
        return None
    if not all(isinstance(value, str) for value in values.values()):
        return None
    if kind is Pair and values.get("kind") not in get_args(PairKind):
        return None
    try:
        return kind(**values)
    except TypeError:  # a field is missing
        return None
