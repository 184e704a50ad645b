"""Where a database is: a URL or paths become a ``Target``, or files that have to be loaded first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import sqlalchemy
from sqlalchemy.engine import URL

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.sessions import Target

_DRIVERS: Final = {
    "sqlite": ("sqlite", "sqlite"),
    "duckdb": ("duckdb", "duckdb"),
    "postgresql": ("postgres", "postgresql+psycopg"),
    "postgres": ("postgres", "postgresql+psycopg"),
    "mysql": ("mysql", "mysql+pymysql"),
    "mariadb": ("mysql", "mysql+pymysql"),
}
_LOADED_SUFFIXES: Final = frozenset({".csv", ".tsv", ".parquet", ".xlsx"})
ACCEPTED: Final = (
    "Give a .sqlite, .duckdb, .csv, .tsv, .parquet or .xlsx file, or a SQLAlchemy URL."
)


def paths_of(source: Iterable[str | Path]) -> list[Path]:
    """The paths as such, "~" resolved.

    Raises:
        ConfigError: something that is no path.
        ConnectionFailed: none at all, or nobody's home folder.
    """
    try:
        paths = [Path(item).expanduser() for item in source]
    except TypeError as error:
        raise ConfigError(
            f"A database is opened by its URL or path, not by {type(source).__name__}.",
            hint=ACCEPTED,
        ) from error
    except RuntimeError as error:  # "~somebody", of whom there is no home folder
        raise ConnectionFailed(
            f"There is no file there: {error}", hint="Check the path."
        ) from error
    if not paths:
        raise ConnectionFailed("No file was given.", hint=ACCEPTED)
    return paths


def url_target(text: str) -> Target:
    """The database that a SQLAlchemy URL names.

    Raises:
        ConnectionFailed: no such URL, engine or file.
    """
    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        # The text is not repeated: it may hold a password.
        raise ConnectionFailed(
            "The database URL could not be read.",
            hint="Write it like postgresql://user:password@host:5432/database; special characters in the "
            "password are percent-encoded.",
        ) from error
    backend = url.drivername.partition("+")[0].lower()
    if backend not in _DRIVERS:
        raise ConnectionFailed(
            f"{backend} is not a database that nlidb can open.",
            hint="Use sqlite, duckdb, postgresql, mysql or mariadb.",
        )
    dialect, driver = _DRIVERS[backend]
    if dialect in ("postgres", "mysql"):
        if not url.database:
            raise ConnectionFailed(
                "The URL names no database.", hint=f"Write {backend}://user:password@host/database."
            )
        return Target(dialect, url.set(drivername=driver))
    if url.host:
        written = "/".join(part for part in (url.host, url.database) if part)
        raise ConnectionFailed(
            f"{backend}://{written} names a server, and this database is a file.",
            hint=f"Write three slashes: {backend}:///{written}.",
        )
    if not url.database or url.database == ":memory:":
        raise ConnectionFailed(
            "A database in memory is empty when it is opened.",
            hint=f"Name a file: {backend}:///file.",
        )
    path = Path(url.database)
    check_readable(path)
    return file_target(dialect, path)


def file_target(dialect: str, path: Path) -> Target:
    """A SQLite or DuckDB file."""
    absolute = path.absolute()
    return Target(dialect, URL.create(dialect, database=str(absolute)), absolute)


def check_readable(path: Path) -> None:
    """Raises ``ConnectionFailed`` where the path is no file that can be read."""
    shown = _without_password(str(path))
    try:
        if path.is_dir():
            raise ConnectionFailed(f"{shown} is a folder, not a file.", hint=ACCEPTED)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        # Not ``from`` it: it names the path as it was given.
        raise ConnectionFailed(f"There is no file {shown}.", hint="Check the path.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectionFailed(
            f"{shown!r} cannot be read: {reason}.", hint="Check the path and its permissions."
        ) from None


def _without_password(text: str) -> str:
    """A path as it may be shown: it may be a URL with a mistake, or a driver's own way of naming a server."""
    text = re.sub(r":.*@", ":***@", text, flags=re.DOTALL)
    return _SECRET_SETTING.sub(r"\1***", text)


_SECRET_SETTING: Final = re.compile(
    r"((?:pass\w*|pwd|secret|token|\w*key)\s*=\s*)('(?:[^'\\]|\\.)*'?|[^\s&;]+)", re.IGNORECASE
)


def file_kind(path: Path) -> str:
    """ "sqlite", "duckdb" or "loaded", by what the file holds first and by its suffix second.

    Both engines' files are called ``.db``.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3"):
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    suffix = path.suffix.lower()
    if suffix in _LOADED_SUFFIXES:
        return "loaded"
    if suffix in (".sqlite", ".sqlite3", ".db"):
        return "sqlite"
    if suffix == ".duckdb":
        return "duckdb"
    raise ConnectionFailed(f"{path} is not a file of a known kind.", hint=ACCEPTED)
