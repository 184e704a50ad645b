"""The demo databases: built from the SQL text in ``schemas/`` on first use, then only read.

Each lies in a cache folder (``NLIDB_CACHE``, else the user's cache folder, else a private temporary
folder) under a name that carries the digest of its SQL text, so a changed text is a new file. A
file is built beside its place and moved there whole, so two processes may start at once. This
module knows nothing of the model; it opens no database but those it builds.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nlidb.errors import ConfigError, ConnectionFailed

DEFAULT_DEMO = "shop"
"""The database that is opened where none is named."""


@dataclass(frozen=True)
class Demo:
    """One bundled demo database, as a folder of text."""

    db_id: str
    dialect: str
    """sqlglot's name: "sqlite" or "duckdb"."""
    folder: Path
    """Holds ``schema.sql``, ``rows.sql``, ``dialect.txt``, ``description.md``
    and ``examples.jsonl``."""

    @property
    def description(self) -> str:
        """A line on what it holds: the first of its ``description.md``."""
        text = (self.folder / "description.md").read_text("utf-8")
        return text.partition("\n")[0].strip()

    def script(self) -> str:
        """The SQL text that it is built from."""
        names = ("schema.sql", "rows.sql")
        return "\n".join((self.folder / name).read_text("utf-8") for name in names)

    def questions(self) -> tuple[str, ...]:
        """The questions of its ``examples.jsonl``, in order."""
        path = self.folder / "examples.jsonl"
        if not path.is_file():
            return ()
        lines = path.read_text("utf-8").splitlines()
        return tuple(json.loads(line)["question"] for line in lines if line.strip())


def demo_databases() -> tuple[Demo, ...]:
    """The bundled demo databases, the default one first.

    Raises ``ConfigError`` where the installation lacks them.
    """
    here = Path(__file__).resolve().parent
    for root in (here / "schemas", here.parent / "schemas"):  # installed, or in a checkout
        if (root / DEFAULT_DEMO / "schema.sql").is_file():
            return tuple(sorted(read_demos(root), key=lambda demo: demo.db_id != DEFAULT_DEMO))
    raise ConfigError(
        "The demo databases are missing from this installation of nlidb.",
        hint="Install nlidb again, or name a database with --db.",
    )


def read_demos(root: Path) -> tuple[Demo, ...]:
    """The databases of a folder that are laid out as the demos are, by name."""
    folders = sorted(path.parent for path in root.glob("*/schema.sql"))
    return tuple(Demo(path.name, _dialect(path), path) for path in folders)


def demo_path(db_id: str = DEFAULT_DEMO) -> Path:
    """The file of a demo database, built if it is not there yet.

    Raises ``ConfigError`` for an unknown name and ``ConnectionFailed`` where no folder can be
    written.
    """
    demos = {demo.db_id: demo for demo in demo_databases()}
    if db_id not in demos:
        raise ConfigError(
            f"There is no demo database {db_id!r}.", hint=f"There are: {', '.join(demos)}."
        )
    demo = demos[db_id]
    text = demo.script()
    digest = hashlib.sha256(f"{demo.dialect}\n{text}".encode()).hexdigest()[:16]
    folder = _cache_folder() / "demo" / digest
    path = folder / f"{db_id}.{demo.dialect}"
    if path.is_file():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            draft = Path(work) / path.name
            build_database(demo, draft)
            os.replace(draft, path)
    except OSError as error:
        raise ConnectionFailed(
            f"The demo database {db_id!r} could not be built in {folder}: {error}.",
            hint="Name a folder that can be written in the variable NLIDB_CACHE.",
        ) from error
    return path


def _dialect(folder: Path) -> str:
    path = folder / "dialect.txt"
    return path.read_text("utf-8").strip() if path.is_file() else "sqlite"


def build_database(demo: Demo, path: Path) -> None:
    """Run the database's SQL text on a new file.

    Raises ``ConfigError`` where rows refer to rows that do not exist.
    """
    text = demo.script()
    if demo.dialect == "duckdb":
        import duckdb  # only for this one: its import costs more than building a SQLite file

        with duckdb.connect(str(path)) as engine:
            engine.execute(text)
        return
    connection = sqlite3.connect(path)
    try:
        connection.executescript(f"BEGIN;\n{text}\nCOMMIT;")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()
    if broken:
        raise ConfigError(
            f"{path.name}: {len(broken)} rows refer to rows that do not exist.",
            hint="Mend its rows.sql.",
        )


def _cache_folder() -> Path:
    """The first of the possible cache folders that can be written."""
    named = os.environ.get("NLIDB_CACHE")
    if named:
        return Path(named)
    candidates = []
    if os.environ.get("XDG_CACHE_HOME"):
        candidates.append(Path(os.environ["XDG_CACHE_HOME"]) / "nlidb")
    elif Path.home() != Path("/"):
        candidates.append(Path.home() / ".cache" / "nlidb")
    for folder in candidates:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue  # a home that is missing or read-only, as in many containers
    return _private_temporary_folder()


def _private_temporary_folder() -> Path:
    """A folder of this user alone under the system's temporary folder."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"nlidb-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (folder.is_symlink() or folder.stat().st_uid != os.getuid()):
        raise ConnectionFailed(
            f"{folder} belongs to somebody else.",
            hint="Name a folder of your own in the variable NLIDB_CACHE.",
        )
    return folder
