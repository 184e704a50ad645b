"""The databases invented for the project, built from their SQL scripts into a folder in Spider layout.

    python -m training.invented --out runs/invented

``training/written/invented/`` holds a script a database (tables, keys, rows), ``training/written/invented.json``
and ``states.json`` the questions on them. They exist because a small model's accuracy on a new database grows with
the number of schemas that it has seen, and published sets name their tables and columns much alike.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from nlidb.database import Database
from nlidb.errors import ConfigError
from nlidb.schema import Schema
from nlidb.spider import database_path

SCRIPTS = Path(__file__).parent / "written" / "invented"

_TYPES = {"other": "others"}
"""Our column types in Spider's words, where they differ."""


def entry(schema: Schema) -> dict[str, Any]:
    """The schema as an entry of Spider's ``tables.json``: the inverse of ``nlidb.spider.schema_from_entry``."""
    return {
        "db_id": schema.db_id,
        "table_names_original": [table.name for table in schema.tables],
        "table_names": [table.words for table in schema.tables],
        "column_names_original": [[-1, "*"], *([c.table, c.name] for c in schema.columns)],
        "column_names": [[-1, "*"], *([c.table, c.words] for c in schema.columns)],
        "column_types": ["text", *(_TYPES.get(c.type, c.type) for c in schema.columns)],
        "primary_keys": [i + 1 for i, c in enumerate(schema.columns) if c.primary_key],
        "foreign_keys": [
            [key.column + 1, key.ref_column + 1] for key in schema.foreign_keys if not key.inferred
        ],
    }


def build(scripts: Path, out: Path) -> list[str]:
    """Runs every script on a new SQLite file and writes ``tables.json``; returns the names of the databases.

    Raises:
        ConfigError: a script fails or breaks a foreign key of its own.
    """
    entries = []
    for script in sorted(scripts.glob("*.sql")):
        path = database_path(out / "database", script.stem)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            # Hundreds of files that can be made again need not wait for the disk.
            connection.execute("PRAGMA synchronous = OFF")
            try:
                connection.executescript(script.read_text("utf-8"))
                broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            except sqlite3.Error as error:
                raise ConfigError(f"The script {script} fails: {error}.") from error
            if broken:
                raise ConfigError(f"Rows of {script} refer to rows that are not there: {broken}.")
            connection.commit()
        with Database.open(path) as database:
            entries.append(entry(database.schema))
    out.mkdir(parents=True, exist_ok=True)
    (out / "tables.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    return [str(e["db_id"]) for e in entries]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    arguments = parser.parse_args(argv)
    names = build(SCRIPTS, arguments.out)
    print(f"{len(names)} databases in {arguments.out}")


if __name__ == "__main__":
    main()
