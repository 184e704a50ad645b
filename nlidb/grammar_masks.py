"""What the grammar asks of a schema and its candidates, as boolean masks: types, keys, dates, numbers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlidb.edges import join_graph
from nlidb.linking import ValueCandidate
from nlidb.schema import Column, ColumnType, Schema
from nlidb.target import PART_VALUES, as_number, has_date_parts, is_date_column, period_range

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Masks:
    """Of the schema's tables (T,) and columns (C,), and of the candidates (V,)."""

    strict: bool
    """Whether the engine checks types: all but SQLite do."""
    usable: Mask
    """(T,) It has columns."""
    component_of: NDArray[np.int64]
    """(T,) Which component of the join graph it is in."""
    table_widths: frozenset[int]
    """How many columns the tables have."""
    table_of: NDArray[np.int64]
    """(C,) Its table."""
    types: tuple[ColumnType, ...]
    """(C,) Its type."""
    of_type: Mapping[ColumnType, Mask]
    """(C,) It has this type."""
    summable: Mask
    """(C,) It may be summed and averaged."""
    numeric: Mask
    """(C,) It may stand in arithmetic."""
    joinable: Mask
    """(C,) An edge leads from it to another."""
    keyed: Mask
    """(C,) It is a key, or has the name of one."""
    dated: tuple[bool, ...]
    """(C,) It holds dates, so that "during" fits."""
    parted: Mask
    """(C,) Its years and months can be taken."""
    any_value: Mask
    """(V,) All of them."""
    number_value: Mask
    """(V,) It is a number."""
    limit_value: Mask
    """(V,) It may stand after "limit"."""
    period_value: Mask
    """(V,) It is a year, a month or a day that the question names."""
    no_bound: Mask
    """(V,) It is not where a period that the question names begins or ends."""
    no_small_number: Mask
    """(V,) It is no number of less than four digits, which is neither a date nor a year."""
    no_word: Mask
    """(V,) It begins with a digit, as a date does; no word, and no part of a date such as "-03-"."""
    no_period: Mask
    """(V,) It is no year and no month."""
    typed_values: Mapping[str, Mask]
    """(V,) By a column's type: an engine that checks types may compare it with such a column."""
    part_values: Mapping[str, Mask]
    """(V,) By "year" and "month": it is one."""


_UNSUMMED_WORDS: Final = frozenset(
    """name names title description desc detail details comment comments note notes text address street city state
    country county region location place email mail phone url website code type category kind status gender sex
    color colour language nationality first last middle id key""".split()
)
"""Words in the name of a text column that say that it holds no numbers."""
_BOOLEANS: Final = frozenset({"0", "1", "t", "f", "true", "false", "yes", "no", "y", "n"})


def _is_moment(text: str) -> bool:
    """Whether an engine that checks types takes the text as a date or a time."""
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= 10


def _is_summable(column: Column) -> bool:
    """A number, or a text column that may hold numbers: many SQLite databases store them so."""
    if column.type != "text":
        return column.type != "time"
    return not column.primary_key and _UNSUMMED_WORDS.isdisjoint(column.words.split())


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SMALL_NUMBER: Final = re.compile(r"-?\d{1,3}(\.\d+)?")
_LONG_PERIOD: Final = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2]))?")
"""A year or a month."""


def _day_after(day: str) -> str:
    bounds = period_range(day)
    return bounds[1] if bounds is not None else day


def _bounds(candidates: Sequence[ValueCandidate]) -> Mask:
    """The days that the question does not name: where the year, month or day that it does begins and ends.

    The last day of a month is none of them: "the last day of January 2024" names it.
    """
    found = np.zeros(len(candidates), dtype=np.bool_)
    spans: dict[tuple[int, int], list[int]] = {}
    for i, candidate in enumerate(candidates):
        if candidate.start >= 0 and candidate.kind in ("date", "number"):
            spans.setdefault((candidate.start, candidate.end), []).append(i)
    for places in spans.values():
        texts = {candidates[i].text for i in places}
        days = sorted(text for text in texts if _DAY.fullmatch(text))
        periods = [text for text in texts if _LONG_PERIOD.fullmatch(text)]
        # a day comes with the next one at most; a quarter's bounds lie further apart
        named = set(days[:1]) if days and not periods and days[-1] <= _day_after(days[0]) else set()
        if any("-" in period for period in periods):
            named = {day for day in days if not day.endswith("-01")}
        for i in places:
            found[i] = candidates[i].text in days and candidates[i].text not in named
    return found


def build_masks(schema: Schema, candidates: Sequence[ValueCandidate]) -> Masks:
    """The masks of one schema and one question's candidates."""
    graph, columns, tables = join_graph(schema), schema.columns, schema.tables
    strict = schema.dialect != "sqlite"
    types = tuple(column.type for column in columns)
    of_type = {kind: _mask(other == kind for other in types) for kind in set(types)}
    if strict:
        summable = numeric = _mask(kind == "number" for kind in types)
    else:
        summable = _mask(_is_summable(column) for column in columns)
        numeric = summable | _mask(kind == "time" for kind in types)
    joinable = _mask(bool(graph.partners(c)) for c in range(len(columns)))
    numbers = [as_number(candidate.text) for candidate in candidates]
    number_value = _mask(number is not None for number in numbers)
    no_bound = ~_bounds(candidates)
    return Masks(
        strict=strict,
        usable=_mask(bool(table.columns) for table in tables),
        component_of=np.array([graph.component(table) for table in range(len(tables))], np.int64),
        table_widths=frozenset(table.width for table in tables),
        table_of=np.array([column.table for column in columns], np.int64),
        types=types,
        of_type=of_type,
        summable=summable,
        numeric=numeric,
        joinable=joinable,
        keyed=joinable
        | _mask(c.primary_key or c.words.endswith((" id", " code")) for c in columns),
        dated=tuple(is_date_column(column) for column in columns),
        parted=_mask(has_date_parts(column) for column in columns),
        any_value=_mask(True for _ in candidates),
        number_value=number_value,
        limit_value=_mask(n is not None and n >= 2 and n == int(n) and n < 2**31 for n in numbers),
        # "during" a day is equal to it
        period_value=_mask(period_range(c.text) is not None for c in candidates) & no_bound,
        no_bound=no_bound,
        no_small_number=_mask(not _SMALL_NUMBER.fullmatch(c.text) for c in candidates),
        no_word=_mask(c.text[:1].isdigit() for c in candidates),
        no_period=_mask(not _LONG_PERIOD.fullmatch(c.text) for c in candidates),
        typed_values={
            "number": number_value,
            "time": _mask(_is_moment(c.text) for c in candidates),
            "boolean": _mask(c.text.lower() in _BOOLEANS for c in candidates),
        },
        part_values={
            name: _mask(bool(pattern.fullmatch(c.text)) for c in candidates)
            for name, pattern in PART_VALUES.items()
        },
    )


def _mask(values: Iterable[bool]) -> Mask:
    return np.array(list(values), dtype=np.bool_)
