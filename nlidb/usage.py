"""What a query names: its tables, columns and literal values, read from its words alone.

    usage("SELECT name FROM singer WHERE age > 30", schema).items
    -> {"singer", "singer.name", "singer.age"}

It works on SQL that no parser takes, so a broken prediction can be compared with its gold query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nlidb.schema import Schema
from nlidb.spider_sql import MAX_SQL_LENGTH

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(
    r"""'(?:''|[^'])*' | "(?:""|[^"])*" | `[^`]*` | \[[^\]]*\] | \d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)
    | [^\W\d][\w$]* | --[^\r\n]* | /\*.*?(?:\*/|\Z) | [^\s]""",
    re.VERBOSE | re.DOTALL,
)
_ENDS_FROM = frozenset(
    ("where", "group", "having", "order", "limit", "window", "union", "intersect", "except")
)
_NO_ALIAS = _ENDS_FROM | frozenset(
    ("on", "using", "join", "natural", "left", "right", "full", "inner", "outer", "cross")
)


@dataclass(frozen=True)
class Usage:
    """What a query names."""

    items: frozenset[str]
    """Tables as ``table``, columns as ``table.column``, in lower case."""
    values: frozenset[str]
    """Literals: text in lower case, numbers as their shortest float."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables among ``items``."""
        return frozenset(item for item in self.items if "." not in item)


_DEEPEST = 100
"""SELECTs in each other that are looked through: SQLite's parser takes no more."""


@dataclass
class _Scope:
    """The tables of one SELECT, gathered while its words are read."""

    parent: _Scope | None
    """The SELECT around it."""
    tables: dict[int, None] = field(default_factory=dict)
    """In the order of FROM."""
    names: dict[str, int | None] = field(default_factory=dict)
    """What a table may be called, by its name and its alias; None for one that is not in the
    schema."""
    derived: bool = False
    """It reads a subquery, or a table that is not in the schema."""

    def chain(self) -> Iterator[_Scope]:
        """This SELECT and those around it, from the inside."""
        scope: _Scope | None = self
        for _ in range(_DEEPEST):
            if scope is not None:
                yield scope
                scope = scope.parent


@dataclass
class _Level:
    """One pair of brackets, while it is open."""

    scope: _Scope
    own: bool = False
    """The SELECT began inside these brackets."""
    in_from: bool = False
    """A comma here stands before a table."""


class _Words:
    """The words of a query, the SELECT that each stands in, and the tables of those."""

    def __init__(self, sql: str, schema: Schema) -> None:
        self.schema = schema
        self.words = [
            word
            for word in _WORD.findall(sql[:MAX_SQL_LENGTH])
            if not word.startswith(("--", "/*"))
        ]
        self.names = [_word_name(word) for word in self.words]
        self.scopes: list[_Scope] = []
        """For each word the SELECT it stands in."""
        self.tables: dict[int, None] = {}
        """All tables, in the order in which they are named."""
        self.naming: set[int] = set()
        """Places of the words that name a table or give it an alias."""
        self._read()

    def name(self, i: int) -> str:
        """The word there without its quotes and in lower case, "" outside of the query."""
        return self.names[i] if 0 <= i < len(self.names) else ""

    def is_name(self, i: int) -> bool:
        """Whether the word there can name something."""
        return i < len(self.words) and (
            self.words[i][0].isalpha() or self.words[i][0] in '_"`[' and len(self.words[i]) > 1
        )

    def _read(self) -> None:
        levels = [_Level(_Scope(None))]
        table_next = False
        for i, word in enumerate(self.words):
            level, name = levels[-1], self.names[i] if word[0] != '"' else ""
            if word == "(":
                # Where a table would stand these brackets hold a subquery, or tables.
                levels.append(_Level(level.scope, in_from=table_next))
            elif word == ")":
                if len(levels) > 1:
                    levels.pop()
                table_next = False
            elif name == "select":
                level.scope.derived |= table_next
                outer = levels[-2].scope if len(levels) > 1 else None
                levels[-1] = _Level(_Scope(outer), own=True)
                table_next = False
            elif name == "from":
                # Inside of extract(year FROM day), and in IS DISTINCT FROM, no table follows.
                if (level.own or len(levels) == 1) and self.name(i - 1) != "distinct":
                    level.in_from = table_next = True
            elif name in _ENDS_FROM:
                level.in_from = table_next = False
            elif name == "join" or (word == "," and level.in_from):
                table_next = True
            elif table_next and word != "." and self.name(i + 1) != ".":
                self._read_table(i, level.scope)
                table_next = False
            self.scopes.append(levels[-1].scope)

    def _read_table(self, i: int, scope: _Scope) -> None:
        table = self.schema.find_table(self.names[i]) if self.is_name(i) else None
        after = i + 2 if self.name(i + 1) == "as" else i + 1
        has_alias = self.is_name(after) and self.names[after] not in _NO_ALIAS
        for place in (i, after) if has_alias else (i,):
            self.naming.add(place)
            scope.names.setdefault(self.names[place], table)
        if table is None:
            scope.derived = True
        else:
            scope.tables[table] = None
            self.tables[table] = None

    def owner(self, i: int) -> int | None:
        """The table of the column that stands there; None where it is no column."""
        column = self.names[i]
        chain = list(self.scopes[i].chain())
        if self.name(i - 1) == ".":
            qualifier = self.name(i - 2)
            table = next((s.names[qualifier] for s in chain if qualifier in s.names), None)
            candidates = [] if table is None else [table]
        else:
            candidates = [table for scope in chain for table in scope.tables]
            # A subquery in FROM, or a WITH, hands on columns of tables named elsewhere.
            if any(scope.derived for scope in chain):
                candidates += self.tables
        return next((t for t in candidates if self.schema.find_column(t, column) is not None), None)


def _word_name(word: str) -> str:
    if word[0] in "'\"" and len(word) > 1:
        return word[1:-1].replace(word[0] * 2, word[0]).lower()
    return word.strip("`[]").lower()


def usage(sql: str, schema: Schema) -> Usage:
    """The tables, columns and literal values in a query, read from its words alone.

    It works on SQL that no parser takes. A name belongs to the tables of its own SELECT, or else to
    those of a SELECT around it; a column that several of them have counts for the first of them
    named; a double-quoted word that names nothing is a literal, as in SQLite."""
    words = _Words(sql, schema)
    items = {schema.tables[table].name.lower() for table in words.tables}
    values: set[str] = set()
    aliases = {words.name(i + 1) for i, name in enumerate(words.names) if name == "as"}
    for i, (word, name) in enumerate(zip(words.words, words.names, strict=True)):
        if i in words.naming or words.name(i - 1) == "as":
            continue
        if word[0] == "'":
            values.add(name)
        elif _NUMBER.fullmatch(word):
            values.add(repr(float(word)))
        elif words.is_name(i) and words.name(i + 1) not in (".", "("):
            owner = words.owner(i)
            if owner is not None:
                items.add(f"{schema.tables[owner].name}.{name}".lower())
            elif word[0] == '"' and words.name(i - 1) != "." and name not in aliases:
                values.add(name)
    return Usage(frozenset(items), frozenset(values))
