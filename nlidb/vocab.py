"""The output vocabulary: a target token is a SQL keyword, or points to a table, a column or a value.

A target sequence is a linearised SELECT statement: columns and values are pointers, FROM and ON are mostly
left out and derived from the schema's join edges (IRNet, arXiv:1905.08205; NatSQL, arXiv:2109.05153).
The language of the sequences is described in ``target``; this file only names the tokens and prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from nlidb.schema import Schema

TokenKind = Literal["keyword", "table", "column", "value"]


class TargetToken(NamedTuple):
    """One token of a target sequence.

    ``index`` points into ``KEYWORDS``, ``Schema.tables``, ``Schema.columns`` or ``Links.candidates``. A table
    token as a select item or under an aggregate is that table's ``*``.
    """

    kind: TokenKind
    index: int  # type: ignore[assignment]  # hides tuple.index, which no token needs


END: Final = "<end>"
AGGREGATES: Final = ("count", "sum", "avg", "min", "max")
ARITHMETIC: Final = ("+", "-", "*", "/")
COMPARISONS: Final = ("=", "!=", "<", ">", "<=", ">=")
PATTERNS: Final = (
    "like",
    "not-like",
    "contains",
    "not-contains",
    "starts",
    "not-starts",
    "ends",
    "not-ends",
)
"""LIKE and its three usual shapes: ``%x%`` (contains), ``x%`` (starts) and ``%x`` (ends)."""
SET_OPERATIONS: Final = ("union", "intersect", "except")
INSTANCES: Final = ("@2", "@3", "@4")
"""Before a column or table pointer: the second (third, fourth) time its table stands in FROM."""
DATE_PARTS: Final = ("year", "month")
"""Of a column of dates: the year as a number (2024), and the month of a year as text ("2024-03")."""

KEYWORDS: Final[tuple[str, ...]] = (
    END,
    "distinct",
    *AGGREGATES,
    *ARITHMETIC,
    "all",
    "where",
    "and",
    "or",
    "[",
    "]",
    *COMPARISONS,
    "between",
    "in",
    "not-in",
    *PATTERNS,
    "is-null",
    "is-not-null",
    "during",
    "group",
    "having",
    "asc",
    "desc",
    "limit",
    "limit-1",
    *SET_OPERATIONS,
    "(",
    ")",
    "from",
    "on",
    "select",
    *INSTANCES,
    *DATE_PARTS,
)
"""Every keyword; its id is its index. Padding and the start mark belong to the model, not to this list. New ones
go to the end: stored targets and the rows of a trained decoder keep their ids."""

_IDS: Final = {name: i for i, name in enumerate(KEYWORDS)}


def keyword_id(name: str) -> int:
    """The id of a keyword. Raises ``KeyError`` for a name that is none."""
    return _IDS[name]


def keyword(name: str) -> TargetToken:
    """The token of a keyword. Raises ``KeyError`` for a name that is none."""
    return TargetToken("keyword", _IDS[name])


def render(tokens: Sequence[TargetToken], schema: Schema, candidates: Sequence[object]) -> str:
    """A target sequence as one readable line: ``count singer.* where singer.age > '56'``.

    ``candidates`` are ``ValueCandidate``s: anything with a ``text``.
    """
    words: list[str] = []
    for kind, index in tokens:
        if kind == "keyword":
            words.append(KEYWORDS[index])
        elif kind == "table":
            words.append(f"{schema.tables[index].name}.*")
        elif kind == "column":
            column = schema.columns[index]
            words.append(f"{schema.tables[column.table].name}.{column.name}")
        else:
            words.append(f"'{getattr(candidates[index], 'text', '?')}'")
    return " ".join(words)
