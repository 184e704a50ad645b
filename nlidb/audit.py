"""A record of who asked what, when, and what came of it: one JSON line a question. Off unless asked for.

Never in it: result data. The question and the SQL are, and may name people: keep the file as private as the
database. It rotates by size, so it cannot fill the disk.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import fcntl
import getpass
import json
import os
import threading
from pathlib import Path
from typing import Final

from nlidb.errors import ConfigError

MAX_BYTES: Final = 10_000_000
"""Size at which the file is put aside as ``NAME.1``."""
KEPT: Final = 5
"""How many files put aside are kept."""
MAX_TEXT: Final = 10_000
"""Characters of a question or of SQL that are recorded."""


class AuditLog:
    """Appends to one file. Thread-safe.

    Raises:
        ConfigError: the file cannot be written.
    """

    def __init__(self, path: str | Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        self.path = Path(path)
        self._max_bytes = max_bytes
        self._kept = kept
        self._lock = threading.Lock()
        self._write("")  # so that a wrong path is said at once

    def record(
        self,
        *,
        question: str,
        sql: str | None,
        outcome: str,
        rows: int = 0,
        refused: str = "",
        database: str = "",
        who: str | None = None,
    ) -> None:
        """Add one line.

        Args:
            question: as it was asked; "" for SQL that a person wrote.
            sql: what was run, or was refused; None where there was none.
            outcome: "answered", "translated" (nothing was run), "asks", "declined", "refused" or "failed".
            rows: how many rows were given.
            refused: why not, as the rule or the error's name.
            database: its safe name, never a URL with a password.
            who: asked, as the page's "visitor 3f..."; the operating system's user where None.
        """
        entry = {
            "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "who": who if who is not None else _user(),
            "database": database,
            "question": question[:MAX_TEXT],
            "sql": None if sql is None else sql[:MAX_TEXT],
            "outcome": outcome,
            "rows": rows,
            "refused": refused,
        }
        # JSON escapes line ends, so that no question can fake a line of its own.
        self._write(json.dumps(entry, ensure_ascii=True) + "\n")

    def _write(self, line: str) -> None:
        with self._lock:
            try:
                if self.path.exists() and self.path.stat().st_size + len(line) > self._max_bytes:
                    self._rotate()
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
                handle = os.open(self.path, flags, 0o600)
                try:
                    _append(handle, line.encode())
                finally:
                    os.close(handle)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise ConfigError(
                    f"The audit log {self.path} cannot be written: {reason}.",
                    hint="Check the folder, its rights and the free space.",
                ) from error

    def _rotate(self) -> None:
        """``log.1`` becomes ``log.2`` and so on, the last one goes, and ``log`` becomes ``log.1``."""
        for number in range(self._kept - 1, 0, -1):
            self._move(self._numbered(number), self._numbered(number + 1))
        if self._kept:
            self._move(self.path, self._numbered(1))
        else:
            self.path.unlink(missing_ok=True)

    def _move(self, old: Path, new: Path) -> None:
        with contextlib.suppress(
            FileNotFoundError
        ):  # not there, or another process has just moved it
            old.replace(new)

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def _append(handle: int, line: bytes) -> None:
    """Write the line whole, or nothing of it; several processes may share the file."""
    fcntl.flock(handle, fcntl.LOCK_EX)  # closing the file gives it back
    written = os.write(handle, line)
    if written < len(line):
        # A disk that is nearly full takes a part, and says nothing.
        os.ftruncate(handle, os.fstat(handle).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name for this user id, as in some containers
        return str(os.getuid())
