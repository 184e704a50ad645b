"""What the tables and columns of a database are good for in questions, from their names, types and first rows.

A profile tells keys from names, categories, measures and dates, gives every table and column an English noun, and
keeps stored values to ask about. It is made once for a database and reads at most 1500 rows of a table.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from nlidb.edges import Join, JoinGraph, join_graph
from nlidb.schema import Schema
from training.nouns import (
    column_noun,
    is_kind,
    is_person,
    spelled_out,
    stem,
    table_noun,
    time_noun,
)

Role = Literal["key", "name", "category", "number", "year", "date", "flag", "text"]
Relation = Literal["parent", "child", "far"]

_ROWS_READ: Final = 1500
_LONGEST_VALUE: Final = 32
_FLAGS: Final = frozenset("yes no y n t f true false 0 1".split())
_YEAR_WORDS: Final = re.compile(
    r"\b(year|yr|season|founded|opened|built|since|vintage|debut|born|birth|died|released|joined|launched|"
    r"elected|hired|acquired|published|created|retired)\b",
    re.I,
)
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_KEY_WORDS: Final = re.compile(r"(^|\b|_)(id|ids|key|uuid|stuid)$", re.I)
_CODE_WORDS: Final = re.compile(
    r"\b(code|cd|no|num|number|nr|ref|isbn|iata|icao|barcode|sku|vin)$", re.I
)
_NAME_WORDS: Final = re.compile(
    r"\b(name|nm|title|label|headline|lname|fname|surname|forename)$", re.I
)
_PART_NAME: Final = re.compile(
    r"\b(first|last|middle|given|family|sur|fore|short|long)\b|\b(fname|lname|surname|forename)\b"
)
_WHOLE_NAME: Final = re.compile(
    r"((official|common|full|display|scientific|stage|brand|nick|user|screen) ?)?(name|title|label|headline)"
)
_LONG_WORDS: Final = re.compile(
    r"\b(description|details|address|email|phone|url|website|comment|note|notes|remark|text|content|summary|"
    r"biography|line|password|login|image|logo|abstract|street|fax|postcode|zip)\b"
)


@dataclass(frozen=True)
class ColumnProfile:
    """What one column is good for."""

    role: Role
    noun: str
    """Its name as a noun phrase in the singular ("first name")."""
    unit: str
    """The unit that its name ends in ("kilograms"), "" for none."""
    values: tuple[str, ...]
    """Values as SQL spells them, as often as they occur among the rows read; NULL and odd ones left out."""
    cells: tuple[str | None, ...]
    """The usable value of each row read, None where there is none."""
    distinct: int
    """Distinct values among the rows read."""
    filled: float
    """Share of the rows read that are not NULL."""
    quoted: bool
    """Its literals take quotes."""


@dataclass(frozen=True)
class TableProfile:
    """What one table is good for."""

    noun: str
    person: bool
    rows: int
    """Rows read, at most 1500."""
    link: bool
    """It only links other tables: no name of its own, and two foreign keys or more."""
    key: int | None
    """The column that tells its rows apart."""
    names: tuple[int, ...]
    """The columns that name a row; several where a name has parts."""


class Profile:
    """A database as the sampler sees it.

    ``schema`` should have its inferred edges. A table that cannot be read counts as empty.
    """

    def __init__(self, schema: Schema, rows: Callable[[int], Sequence[Sequence[object]]]) -> None:
        self.schema = schema
        self.graph: JoinGraph = join_graph(schema)
        found = [rows(table) for table in range(len(schema.tables))]
        foreign = {key.column for key in schema.foreign_keys}
        self.foreign = foreign
        nouns = [table_noun(table.words) for table in schema.tables]
        self.columns: list[ColumnProfile] = []
        for number, column in enumerate(schema.columns):
            place = schema.tables[column.table].columns.index(number)
            values = [row[place] for row in found[column.table]]
            self.columns.append(
                _column_profile(
                    column.words,
                    column.type,
                    nouns[column.table],
                    number in foreign or column.primary_key,
                    values,
                )
            )
        self.tables = [
            self._table_profile(table, nouns[table], len(found[table]))
            for table in range(len(schema.tables))
        ]

    @classmethod
    def read(cls, schema: Schema, path: Path) -> Profile:
        """The profile of a SQLite file, from the first rows of each table."""
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")

            def rows(table: int) -> list[tuple[object, ...]]:
                names = ", ".join(
                    '"' + schema.columns[c].name.replace('"', '""') + '"'
                    for c in schema.tables[table].columns
                )
                name = schema.tables[table].name.replace('"', '""')
                try:
                    return connection.execute(
                        f'SELECT {names} FROM "{name}" LIMIT {_ROWS_READ}'
                    ).fetchall()
                except sqlite3.Error:  # tables.json and the file disagree
                    return []

            return cls(schema, rows)

    def _table_profile(self, table: int, noun: str, rows: int) -> TableProfile:
        columns = self.schema.tables[table].columns
        keys = [c for c in columns if self.schema.columns[c].primary_key]
        key = keys[0] if len(keys) == 1 else None
        if key is None and not keys:
            own = [c for c in columns if self.columns[c].role == "key" and c not in self.foreign]
            if own and self.columns[own[0]].distinct == rows:
                key = own[0]
        foreign = [c for c in columns if c in self.foreign]
        named = [c for c in columns if self.columns[c].role == "name"]
        parts = [c for c in named if _PART_NAME.search(self.schema.columns[c].words.lower())]
        whole = [
            c
            for c in named
            if c not in parts
            and (_WHOLE_NAME.fullmatch(self.columns[c].noun) or self.columns[c].noun == noun)
        ]
        names = tuple(whole[:1] or parts[:2])
        return TableProfile(
            noun,
            is_person(noun) or len(parts) > 1,
            rows,
            not names and len(foreign) >= 2 and (key is None or key in self.foreign),
            key,
            names,
        )

    def relation(self, table: int, other: int) -> tuple[Relation, Join | None]:
        """How rows of ``table`` have rows of ``other``: one parent, many children, or by a longer way."""
        join = self.graph.join(table, other)
        if join is None:
            return "far", None
        for key in self.schema.foreign_keys:
            if (key.column, key.ref_column) == (join.column, join.new_column):
                return "parent", join
            if (key.ref_column, key.column) == (join.column, join.new_column):
                return "child", join
        return "far", join

    def role_noun(self, join: Join, parent: int) -> str:
        """What the parent is to the child, from the name of the referring column ("winner"), else its noun."""
        noun = self.tables[parent].noun
        words = self.schema.columns[join.column].words.lower().split()
        while words and words[-1] in ("id", "code", "cd", "no", "number", "key", "ref", "name"):
            words.pop()
        child = self.tables[self.schema.columns[join.column].table].noun.split()
        if len(words) > len(child) and words[: len(child)] == child:
            words = words[len(child) :]
        role = spelled_out(" ".join(words))
        words = role.split()
        if not role or len(role) < 4 or not role.replace(" ", "").isalpha():
            return noun
        if stem(role) == stem(noun) or set(stem(role).split()) < set(stem(noun).split()):
            return noun
        if words[-1] in ("by", "in", "at", "on", "of", "to", "from", "with"):
            return noun
        if len(words) > 3 or noun.startswith(role) or noun.endswith(role):
            return noun
        return role


def spelling(value: object) -> str | None:
    """A value as SQL text spells it; None for NULL and binary values."""
    if isinstance(value, bool) or value is None or isinstance(value, bytes):
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _is_usable(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_VALUE
        and text == text.strip()
        and not set(text) & set("'\"\n\r\t\\`%\ufffd")
        and text.lower() not in ("null", "none", "n/a", "nan", "unknown")
    )


def _column_profile(
    words: str, kind: str, table: str, keyed: bool, values: Sequence[object]
) -> ColumnProfile:
    noun, unit = column_noun(words, table)
    texts = [text for text in map(spelling, values) if text is not None]
    filled = len(texts) / max(1, len(values))
    distinct = len(set(texts))
    numeric = bool(texts) and all(isinstance(v, int | float) for v in values if v is not None)
    years = numeric or all(text.isdigit() for text in texts)
    role: Role
    if distinct == 0:
        role = "text"
    elif keyed or _KEY_WORDS.search(words) or re.search(r"\bid\b", words):
        role = "key"
    elif distinct <= 2 and {t.lower() for t in texts} <= _FLAGS and noun not in ("value", "number"):
        role = "flag"
    elif (
        years
        and texts
        and _YEAR_WORDS.search(words)
        and all(1000 <= float(text) <= 2100 for text in texts)
    ):
        role = "year"
    elif kind == "time" or texts and all(_DATE.fullmatch(text) for text in texts):
        role = "date"
    elif _CODE_WORDS.search(words) and not re.search(r"\bnumber of\b|^num\b", words):
        role = "category" if 1 < distinct <= min(12, len(texts) / 3) else "text"
    elif kind == "number" and numeric:
        role = "number"
    elif numeric:
        role = "text"
    elif _LONG_WORDS.search(words) or any(len(text) > 70 for text in texts):
        role = "text"
    elif distinct > 1 and distinct <= len(texts) / 2 and distinct <= 80:
        role = "category"
    elif _NAME_WORDS.search(words) or noun == table or words == table:
        role = "name"
    else:
        role = "category" if is_kind(noun) and distinct > 1 else "text"
    if _NAME_WORDS.search(words) and role in ("category", "text") and distinct > len(texts) / 4:
        role = "name"
    if role in ("year", "date"):
        noun = time_noun(noun, role)
    cells = tuple(
        text if text is not None and _is_usable(text) else None for text in map(spelling, values)
    )
    usable = [text for text in cells if text is not None]
    return ColumnProfile(
        role, noun, unit, tuple(usable), cells, distinct, filled, not (kind == "number" and numeric)
    )
