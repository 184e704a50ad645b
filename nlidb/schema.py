"""The database schema as the model sees it: tables, columns and keys. The join paths between
tables are in ``edges``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnType = Literal["text", "number", "time", "boolean", "other"]
"""Spider's five column types; "time" covers dates, times and timestamps."""
Held = Literal["null", "zero", "other"]
"""What a column may hold: no value, 0 or false, something that is neither of these nor 1 or true."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")


def identifier_words(name: str) -> str:
    """An identifier as lower-case words: ``StuFirstName``, ``stu_first_name`` -> "stu first name"."""
    spaced = _CAMEL.sub(" ", re.sub(r"[^0-9A-Za-z\u0080-\uffff]+", " ", name))
    return " ".join(spaced.lower().split()) or name.lower()


@dataclass(frozen=True)
class Column:
    """A column. Its index in ``Schema.columns`` is its identity everywhere else."""

    name: str
    """As the database spells it."""
    table: int
    """Index of its table in ``Schema.tables``."""
    type: ColumnType
    words: str
    """Its name in natural language, lower case ("first name")."""
    sql_type: str = ""
    """The type as the database declares it ("VARCHAR(20)"), "" where it has none."""
    primary_key: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Table:
    """A table or view. Its index in ``Schema.tables`` is its identity everywhere else."""

    name: str
    words: str
    columns: tuple[int, ...]
    """Indices into ``Schema.columns``, in the database's order."""
    is_view: bool = False
    comment: str = ""
    private: tuple[str, ...] = ()
    """Names, in lower case, of its columns that are kept out of the schema and of every query."""
    left_out: int = 0
    """Columns that the table has but this copy of the schema leaves out."""
    namespace: str = ""
    """The schema it stands in on PostgreSQL, and on DuckDB where that is not ``main``; "" elsewhere. SQL may write
    it before the name."""

    @property
    def width(self) -> int:
        """Columns that its ``*`` stands for."""
        return len(self.columns) + self.left_out


@dataclass(frozen=True)
class ForeignKey:
    """A join edge between two columns; ``inferred`` where no key declares it."""

    column: int
    """The referring column (index into ``Schema.columns``)."""
    ref_column: int
    """The column it refers to."""
    inferred: bool = False
    score: float = 1.0
    """1 for a declared key; for an inferred one how likely it is a real one, in (0, 1)."""
    group: int = 0
    """A number that the parts of one key of several columns share, as they hold only together; 0 for a key of one
    column, and where the source does not say (Spider's ``tables.json``)."""


@dataclass(frozen=True)
class Schema:
    """One database's tables, columns and join edges.

    Tables and columns are named by index. *Schema items* are the tables, then the columns: item ``i`` is
    table ``i`` for ``i < len(tables)``, else column ``i - len(tables)``.
    """

    db_id: str
    dialect: str
    """sqlglot's name of the engine's dialect: "sqlite", "duckdb", "postgres" or "mysql"."""
    tables: tuple[Table, ...]
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()

    @cached_property
    def _table_index(self) -> dict[str, int]:
        return {table.name.lower(): i for i, table in enumerate(self.tables)}

    @cached_property
    def _column_index(self) -> dict[tuple[int, str], int]:
        return {(column.table, column.name.lower()): i for i, column in enumerate(self.columns)}

    def find_table(self, name: str) -> int | None:
        """Index of the table of that name, any case; None where there is none."""
        return self._table_index.get(name.lower())

    def find_column(self, table: int, name: str) -> int | None:
        """Index of the column of that name in the table, any case; None where there is none."""
        return self._column_index.get((table, name.lower()))
