"""Questions to start from, made for any connected database: what is in it, asked in plain English.

Rules over names, types, keys and stored values; no model. The questions are suggestions to click,
so they stay simple and use the database's own words. They are never used for training or scoring.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nlidb.explain_scope import plural, singular
from nlidb.schema import Column, Schema, Table

MAX_VALUE_CHARS = 24
"""A stored value longer than this makes a clumsy question."""

_KEY_WORDS = re.compile(r"(^|\s)(id|ids|code|key|number|no|uuid|guid|zip|phone|postcode)$")
_NOT_MEASURED = frozenset("year month day id code key number zip phone latitude longitude".split())
_FLAG_VALUES = frozenset("0 1 y n yes no true false t f".split())
_NAME_WORDS = ("name", "title", "full name", "label", "symbol")


def example_questions(
    schema: Schema, samples: Callable[[int], Sequence[object]], count: int = 6
) -> tuple[str, ...]:
    """Up to ``count`` different questions about a database, one kind after the other.

    Args:
        schema: the database's schema.
        samples: some stored values of a column (an index into ``schema.columns``), most frequent
            first; it is asked only for the few columns that a question is made of.
        count: most questions.
    """
    tables = _main_tables(schema)
    kinds = (_count, _filter, _average, _per_partner, _newest, _per_category, _top)
    found: list[str] = []
    for turn in range(len(tables)):
        for offset, make in enumerate(kinds):
            # Another table for each kind, so that the list shows what the database is about.
            table = tables[(turn + offset) % len(tables)]
            question = make(schema, table, samples)
            if question is not None and question not in found:
                found.append(question)
            if len(found) == count:
                return tuple(found)
    return tuple(found)


def _main_tables(schema: Schema) -> list[int]:
    """The tables that a question can be about, those with the most keys to and from them first."""
    links = [0] * len(schema.tables)
    for key in schema.foreign_keys:
        links[schema.columns[key.column].table] += 1
        links[schema.columns[key.ref_column].table] += 2
    described = [
        i
        for i, table in enumerate(schema.tables)
        if not table.is_view and any(_is_plain(schema, c) for c in table.columns)
    ]
    return sorted(described, key=lambda i: -links[i]) or list(range(len(schema.tables)))


def _is_key(schema: Schema, column: int) -> bool:
    entry = schema.columns[column]
    linked = any(column in (key.column, key.ref_column) for key in schema.foreign_keys)
    return linked or entry.primary_key or bool(_KEY_WORDS.search(entry.words))


def _is_plain(schema: Schema, column: int) -> bool:
    """A column that people talk about: no key, and a type that can be read."""
    return not _is_key(schema, column) and schema.columns[column].type != "other"


def _measures(schema: Schema, table: int) -> list[Column]:
    """The numbers that an average or a highest means something of: a year is none."""
    return [
        column
        for column in _columns(schema, table, "number")
        if _NOT_MEASURED.isdisjoint(column.words.split())
    ]


def _columns(schema: Schema, table: int, kind: str) -> list[Column]:
    return [
        schema.columns[c]
        for c in schema.tables[table].columns
        if schema.columns[c].type == kind and _is_plain(schema, c)
    ]


def _nouns(table: Table) -> str:
    return plural(table.words)


def name_column(schema: Schema, table: int) -> int | None:
    """The column that names a row of the table (index into ``Schema.columns``)."""
    for index in schema.tables[table].columns:
        column = schema.columns[index]
        if column.type == "text" and _is_plain(schema, index):
            if column.words in _NAME_WORDS or column.words.endswith((" name", " nm", " title")):
                return index
    return None


def _name_column(schema: Schema, table: int) -> Column | None:
    index = name_column(schema, table)
    return None if index is None else schema.columns[index]


def _count(schema: Schema, table: int, samples: Callable[[int], Sequence[object]]) -> str | None:
    return f"How many {_nouns(schema.tables[table])} are there?"


def _filter(schema: Schema, table: int, samples: Callable[[int], Sequence[object]]) -> str | None:
    """A category and one of its values: the text column with the fewest different values."""
    name = _name_column(schema, table)
    best: tuple[int, Column, str] | None = None
    for c in schema.tables[table].columns:
        column = schema.columns[c]
        if column.type != "text" or column is name or not _is_plain(schema, c):
            continue
        values = [text for text in map(str, samples(c)) if _is_speakable(text)]
        if len(values) >= 2 and (best is None or len(values) < best[0]):
            best = (len(values), column, values[0])
    if best is None:
        return None
    _, column, value = best
    shown = f"the {name.words} of the {_nouns(schema.tables[table])}" if name else "all "
    if name is None:
        shown += _nouns(schema.tables[table])
    return f"Show {shown} whose {column.words} is {value}."


def _is_speakable(text: str) -> bool:
    return (
        0 < len(text) <= MAX_VALUE_CHARS
        and text.lower() not in _FLAG_VALUES
        and re.fullmatch(r"[^\W_](?:[\w '.-]*\w)?", text) is not None
    )


def _average(schema: Schema, table: int, samples: Callable[[int], Sequence[object]]) -> str | None:
    for column in _measures(schema, table):
        if {str(value) for value in samples(schema.columns.index(column))} - _FLAG_VALUES:
            return f"What is the average {column.words} of the {_nouns(schema.tables[table])}?"
    return None


def _per_partner(
    schema: Schema, table: int, samples: Callable[[int], Sequence[object]]
) -> str | None:
    """How many rows of another table refer to each row of this one."""
    for key in schema.foreign_keys:
        child, parent = schema.columns[key.column].table, schema.columns[key.ref_column].table
        name = _name_column(schema, parent)
        if table == parent and child != parent and name is not None:
            return (
                f"How many {_nouns(schema.tables[child])} does each "
                f"{singular(schema.tables[parent].words)} have?"
            )
    return None


def _newest(schema: Schema, table: int, samples: Callable[[int], Sequence[object]]) -> str | None:
    times = _columns(schema, table, "time")
    if not times:
        return None
    return f"Show the {_nouns(schema.tables[table])} sorted by {times[0].words}, latest first."


def _per_category(
    schema: Schema, table: int, samples: Callable[[int], Sequence[object]]
) -> str | None:
    name = _name_column(schema, table)
    for column in _columns(schema, table, "text"):
        values = samples(schema.columns.index(column))
        if column is not name and 2 <= len(values) <= 12:
            return f"How many {_nouns(schema.tables[table])} are there for each {column.words}?"
    return None


def _top(schema: Schema, table: int, samples: Callable[[int], Sequence[object]]) -> str | None:
    name, numbers = _name_column(schema, table), _measures(schema, table)
    if name is None or not numbers:
        return None
    return (
        f"What are the {name.words}s of the 5 {_nouns(schema.tables[table])} "
        f"with the highest {numbers[-1].words}?"
    )
