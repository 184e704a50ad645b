"""Reads data sets in the layout of Spider: questions, schemas and where the databases are.

Spider is Yu et al. 2018 (arXiv:1809.08887). This is a reader only: it opens no database and decides
nothing about a query. The same functions read Spider-Syn, Spider-DK, Spider-Realistic, KaggleDBQA
and BIRD files as they are downloaded, and JSONL files with one example a line.

    schemas = load_schemas(folder / "tables.json")
    examples = load_examples(folder, split="dev")
    database = database_path(folder / "database", examples[0].db_id)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table, identifier_words

_TYPES: dict[str, ColumnType] = {
    "text": "text",
    "number": "number",
    "integer": "number",
    "real": "number",
    "time": "time",
    "date": "time",
    "datetime": "time",
    "boolean": "boolean",
}
_QUESTION_KEYS = ("SpiderSynQuestion", "question", "utterance")
"""Spider-Syn's own files hold the altered question beside the original one: its key comes first."""
_SQL_KEYS = ("query", "SQL", "sql")
"""Spider's ``sql`` is a parsed tree, BIRD's ``SQL`` and others' ``sql`` are text: text is taken."""
_SPLITS = {"train": ("train_spider", "train_others")}
"""Splits made of more than one file; where none of the files exists, ``NAME.json`` is read."""
_NEEDED = (
    "db_id",
    "table_names_original",
    "column_names_original",
    "column_types",
)


@dataclass(frozen=True)
class Example:
    """One question of a data set with its gold SQL."""

    index: int
    """Position in the split, counted from 0 before anything is filtered."""
    db_id: str
    question: str
    sql: str
    """The gold SQL as the file has it, "" where the set hides it."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Other text fields of the entry, such as ``split``, ``evidence`` or ``original_question``."""


def _read_json(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectionFailed(
            f"The file {path} cannot be read: {error}.", hint="Check the path and that it is UTF-8."
        ) from error
    try:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return json.loads(text)
    except ValueError as error:
        raise ConfigError(
            f"The file {path} is not valid JSON: {error}.", hint="Download it again."
        ) from error


def _damaged(path: Path, what: str) -> ConfigError:
    return ConfigError(f"The file {path} is damaged: {what}.", hint="Download it again.")


def schema_from_entry(entry: Mapping[str, Any]) -> Schema:
    """One entry of a ``tables.json`` as a ``Schema``; the ``*`` column is left out.

    Order is kept: table ``i`` is entry table ``i``, column ``i`` is entry column ``i + 1``, and
    foreign keys stand in the entry's order (the official exact match depends on it).

    Raises:
        KeyError, ValueError, TypeError, IndexError: the entry is not of Spider's form.
    """
    for key in _NEEDED:
        if key not in entry:
            raise ValueError(f"{key!r} is missing")
    originals = [(int(table), str(name)) for table, name in entry["column_names_original"]]
    natural = entry.get("column_names") or entry["column_names_original"]
    spoken = [str(name) for _, name in natural]
    kinds = [str(kind) for kind in entry["column_types"]]
    names = [str(name) for name in entry["table_names_original"]]
    table_words = [str(name) for name in entry.get("table_names") or names]
    if not len(originals) == len(spoken) == len(kinds) or len(names) != len(table_words):
        raise ValueError("its lists of names and types differ in length")
    shift = 1 if originals and originals[0][0] < 0 else 0
    if any(not 0 <= table < len(names) for table, _ in originals[shift:]):
        raise ValueError("a column belongs to no table")
    count = len(originals) - shift
    primary: set[int] = set()
    for key in entry.get("primary_keys") or ():
        primary.update(int(part) - shift for part in (key if isinstance(key, list) else [key]))
    columns = tuple(
        Column(
            name=name,
            table=table,
            type=_TYPES.get(kind.lower(), "other"),
            words=" ".join(words.lower().split()) or identifier_words(name),
            primary_key=i in primary,
        )
        for i, ((table, name), words, kind) in enumerate(
            zip(originals[shift:], spoken[shift:], kinds[shift:], strict=True)
        )
    )
    tables = tuple(
        Table(
            name=name,
            words=" ".join(words.lower().split()) or identifier_words(name),
            columns=tuple(i for i, column in enumerate(columns) if column.table == t),
        )
        for t, (name, words) in enumerate(zip(names, table_words, strict=True))
    )
    keys = tuple(
        ForeignKey(int(left) - shift, int(right) - shift)
        for left, right in entry.get("foreign_keys") or ()
    )
    if any(not 0 <= end < count for key in keys for end in (key.column, key.ref_column)) or any(
        not 0 <= column < count for column in primary
    ):
        raise ValueError("a key names no column")
    return Schema(
        db_id=str(entry["db_id"]),
        dialect="sqlite",
        tables=tables,
        columns=columns,
        foreign_keys=keys,
    )


def load_schemas(tables_path: Path) -> dict[str, Schema]:
    """The schemas of a ``tables.json``, by db_id.

    Natural names (``table_names``, ``column_names``) become ``words``; all foreign keys count as
    declared.

    Raises:
        ConnectionFailed: the file cannot be read.
        ConfigError: it is not of Spider's form.
    """
    entries = _read_json(tables_path)
    if not isinstance(entries, list):
        raise _damaged(tables_path, "it holds no list of databases")
    schemas: dict[str, Schema] = {}
    for number, entry in enumerate(entries):
        try:
            schema = schema_from_entry(entry)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise _damaged(tables_path, f"in entry {number}, {error}") from error
        schemas[schema.db_id] = schema
    return schemas


def _first_text(entry: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((entry[key] for key in keys if isinstance(entry.get(key), str)), None)


def split_files(folder: Path, split: str) -> tuple[Path, ...]:
    """The files that hold a split: ``NAME.json`` or ``.jsonl``; for ``train`` Spider's two.

    Raises:
        ConfigError: there are none.
    """
    parts = [folder / f"{name}.json" for name in _SPLITS.get(split, ())]
    found = tuple(path for path in parts if path.is_file())
    if found:
        return found
    for suffix in (".json", ".jsonl"):
        if (folder / f"{split}{suffix}").is_file():
            return (folder / f"{split}{suffix}",)
    names = sorted(path.stem for path in folder.glob("*.json") if path.stem != "tables")
    raise ConfigError(
        f"There is no split {split!r} in {folder}.",
        hint=f"Splits there: {', '.join(names) or 'none'}.",
    )


def load_examples(path: Path, split: str | None = None) -> tuple[Example, ...]:
    """The examples of a file, or of a split in a folder.

    Args:
        path: a ``.json`` file (a list of entries), a ``.jsonl`` file (an entry a line), or a
            folder.
        split: in a folder, its ``NAME.json`` is read (``train`` is ``train_spider`` and
            ``train_others`` together); in a file, entries whose ``split`` field has another value
            are left out.

    Raises:
        ConnectionFailed: the file cannot be read.
        ConfigError: there is no such split, or an entry lacks its question or db_id.
    """
    if path.is_dir():
        if split is None:
            raise ConfigError(f"{path} is a folder.", hint="Name a split, for example dev.")
        paths = split_files(path, split)
    else:
        paths = (path,)
    examples: list[Example] = []
    position = 0
    for file in paths:
        entries = _read_json(file)
        if not isinstance(entries, list):
            raise _damaged(file, "it holds no list of examples")
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("db_id"), str):
                raise _damaged(file, f"example {position} names no db_id")
            question = _first_text(entry, _QUESTION_KEYS)
            if question is None:
                raise _damaged(file, f"example {position} has no question")
            sql = _first_text(entry, _SQL_KEYS)
            extra = {
                key: value
                for key, value in entry.items()
                if isinstance(value, str) and key not in ("db_id", *_SQL_KEYS)
                if value is not question
            }
            # Only a file is filtered: in a folder the file's name is the split.
            if path.is_dir() or split is None or extra.get("split", split) == split:
                examples.append(Example(position, entry["db_id"], question, sql or "", extra))
            position += 1
    return tuple(examples)


def database_path(folder: Path, db_id: str) -> Path:
    """``folder/<db_id>/<db_id>.sqlite``; ``folder`` is the set's ``database`` folder.

    Raises:
        ConfigError: ``db_id`` is not a plain name (it would lead out of the folder).
    """
    if not db_id or db_id in (".", "..") or any(sign in db_id for sign in "/\\\0"):
        raise ConfigError(
            f"{db_id!r} is not a database name.", hint="A db_id is the name of a folder."
        )
    return folder / db_id / f"{db_id}.sqlite"


def database_files(folder: Path, db_id: str) -> tuple[Path, ...]:
    """Every ``*.sqlite`` of a database's folder, sorted by name: a test suite if more than one.

    Raises:
        ConfigError: as ``database_path``.
    """
    return tuple(sorted(database_path(folder, db_id).parent.glob("*.sqlite")))
