"""Bind the names of a query to the schema: every table and column it names exists, or it is refused.

sqlglot's ``qualify`` is not used: it accepts unknown tables (``SELECT count(*) FROM nope``), compares names as
its dialect folds them (MySQL's columns are not case-sensitive, its model says they are), and its messages know
no position. The engine's EXPLAIN has the last word on what is legal where; here a name is refused when it
exists nowhere in reach, or when two tables in reach both have it.

Names are compared exactly as the engine folds them (``_Folding``): where it takes "C" and c for two names and we
for one, ``FROM (SELECT 1 AS name) AS "C", customer AS c`` would show a private ``c.name``.

In SQLite a double-quoted name that names no column is a string (a misfeature of SQLite's own, but a habit of
its users and of Spider's gold queries): it is rewritten as a string where something is compared with it, where
it is listed, and, unless it nearly is a column's name, where it is passed to a function. Anywhere else it is an
error: ``SELECT "agee"`` would give the text agee on every row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from nlidb.allowed import function_name, position_of
from nlidb.errors import InvalidSQL, UnsafeSQL
from nlidb.schema import Schema

MAX_QUERY_DEPTH: Final = 30
"""Queries within queries."""

Columns = tuple[str, ...] | None
"""Names of the columns of a source or result, None where they are not known (a table function's)."""

_MAIN_SCHEMAS: Final = {"sqlite": "main", "duckdb": "main", "postgres": "public"}
_ROW_NAMES: Final = {
    "sqlite": frozenset({"rowid", "oid", "_rowid_"}),
    "duckdb": frozenset({"rowid"}),
}
"""Columns every table has although the schema does not list them."""
_CATALOGUE_SCHEMAS: Final = frozenset(
    "information_schema pg_catalog pg_toast mysql performance_schema sys".split()
)
_CATALOGUE_PREFIXES: Final = {
    "sqlite": ("sqlite_", "dbstat", "pragma_"),
    "duckdb": ("duckdb_", "pg_", "sqlite_", "pragma_"),
    "postgres": ("pg_",),
    "mysql": (),
}


@dataclass(frozen=True)
class Names:
    """The tables and columns a query uses, in the order of the schema."""

    tables: tuple[str, ...]
    columns: tuple[str, ...]
    """As "table.column"."""


@dataclass
class _Source:
    name: str
    """Alias or name, folded."""
    columns: Columns
    table: int | None = None
    """Index into ``Schema.tables`` where it is a table."""
    identifier: exp.Identifier | None = None
    """Alias or name as it is written."""


@dataclass
class _Frame:
    """What the names of one SELECT may refer to."""

    sources: list[_Source] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    """Columns that USING or NATURAL merges, which are therefore not ambiguous."""
    is_natural: bool = False


def bind_names(
    tree: exp.Expr,
    schema: Schema,
    dialect: str,
    source: str = "",
    *,
    allow_catalogues: bool = False,
) -> Names:
    """Check every name of a query against the schema.

    Args:
        tree: a query; SQLite's double-quoted strings are rewritten in place.
        schema: the live schema.
        dialect: sqlglot's name.
        source: the text ``tree`` was parsed from, for positions.
        allow_catalogues: whether the engine's own system tables may be read.

    Raises:
        InvalidSQL: an unknown or ambiguous name, with near matches.
        UnsafeSQL: a system catalogue, or another database's table.
    """
    binder = _Binder(schema, dialect, source, allow_catalogues)
    binder.query(tree, {}, ())
    binder.check_unbound(tree)
    columns = sorted(binder.columns)
    return Names(
        tuple(schema.tables[table].name for table in sorted(binder.tables)),
        tuple(
            f"{schema.tables[schema.columns[i].table].name}.{schema.columns[i].name}"
            for i in columns
        ),
    )


class _Folding:
    """Which names are the same to an engine: two are where these give the same text."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def table(self, identifier: exp.Expr | None) -> str:
        """The name of a table, an alias or a CTE; "" where there is none."""
        name = identifier.name if identifier is not None else ""
        if self.dialect == "mysql":
            return name  # as on a server whose files' names are case-sensitive
        return self._folded(identifier, name)

    def column(self, identifier: exp.Expr | None) -> str:
        """The name of a column, or one given to a column."""
        name = identifier.name if identifier is not None else ""
        return name.lower() if self.dialect == "mysql" else self._folded(identifier, name)

    def stored(self, column: str) -> str:
        """The name of a column of the schema."""
        if self.dialect == "postgres":
            return column
        return column.lower() if self.dialect == "mysql" else _ascii_lower(column)

    def _folded(self, identifier: exp.Expr | None, name: str) -> str:
        is_quoted = isinstance(identifier, exp.Identifier) and bool(identifier.args.get("quoted"))
        return name if is_quoted and self.dialect == "postgres" else _ascii_lower(name)


def _ascii_lower(name: str) -> str:
    """Without the letters that only Python takes for the same (SQLite, DuckDB and PostgreSQL do not)."""
    return "".join(char.lower() if char.isascii() else char for char in name)


class _Binder:
    def __init__(self, schema: Schema, dialect: str, source: str, allow_catalogues: bool) -> None:
        self.schema = schema
        self.dialect = dialect
        self.source = source
        self.allow_catalogues = allow_catalogues
        self.folding = _Folding(dialect)
        self.tables: set[int] = set()
        self.columns: set[int] = set()
        self.private_rows: set[str] = set()
        """Lower-case names of the tables and aliases that have private columns."""

    def check_unbound(self, tree: exp.Expr) -> None:
        """Refuse a private name where none is bound: a lambda's parameter, which may be a column to the engine."""
        secret = {name for i in self.tables for name in self.schema.tables[i].private}
        if not secret:
            return
        for node in tree.find_all(exp.Identifier, exp.Var):
            is_parameter = isinstance(node.parent, exp.Lambda | exp.Comprehension | exp.Kwarg)
            is_word = isinstance(node, exp.Var) and node.arg_key not in ("unit", "this")
            name = node.name.lower()
            if (is_parameter or is_word) and (name in secret or name in self.private_rows):
                raise UnsafeSQL(
                    f"{node.name} is the name of something private: it cannot be used here.",
                    hint="Take another name.",
                    rule="private",
                    position=self._at(node),
                )

    # Queries

    def query(
        self, node: exp.Expr, ctes: Mapping[str, Columns], outer: tuple[_Frame, ...], depth: int = 0
    ) -> Columns:
        """Bind a query; gives the names of its result's columns."""
        if depth > MAX_QUERY_DEPTH:
            raise InvalidSQL(
                f"Queries are nested more than {MAX_QUERY_DEPTH} levels deep.",
                hint="Write it in a simpler way.",
                rule="depth",
            )
        ctes = self._with(node, ctes, outer, depth)
        if isinstance(node, exp.Select):
            return self._select(node, ctes, outer, depth)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, ctes, outer, depth)
        if isinstance(node, exp.Subquery):
            columns = self.query(node.this, ctes, outer, depth + 1)
            self._order_of_result(node, columns, ctes, outer, depth)
            return columns
        if isinstance(node, exp.Values):
            self._visit(node.expressions, ctes, (*outer, _Frame()), depth)
            return self._values_columns(node)
        # FROM (a JOIN b): the parentheses hold no query
        raise InvalidSQL(
            f"{type(node).__name__} is not a query.", rule="parse", position=self._at(node)
        )

    def _with(
        self, node: exp.Expr, ctes: Mapping[str, Columns], outer: tuple[_Frame, ...], depth: int
    ) -> Mapping[str, Columns]:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = self.folding.table(cte.args["alias"].this)
            named = self._alias_columns(cte)
            body = cte.this
            if clause.args.get("recursive"):
                # Its own name is known inside; of its columns only what the alias or its first part says.
                known[name] = named
                if named is None and isinstance(body, exp.SetOperation):
                    first, inner = body, self._with(body, known, outer, depth)
                    while isinstance(first.this, exp.SetOperation):
                        first = first.this
                        inner = self._with(first, inner, outer, depth)
                    known[name] = self.query(first.this, inner, outer, depth + 1)
            columns = self.query(body, known, outer, depth + 1)
            known[name] = named or columns
        return known

    def _set_operation(
        self,
        node: exp.SetOperation,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
    ) -> Columns:
        # A chain of UNIONs leans to the left: walked in a loop, it is not nesting.
        chain: list[exp.Expr] = [node.expression]
        first = node.this
        operations: list[exp.SetOperation] = [node]
        while isinstance(first, exp.SetOperation):
            operations.append(first)
            chain.append(first.expression)
            ctes = self._with(first, ctes, outer, depth)
            first = first.this
        columns = self.query(first, ctes, outer, depth + 1)
        for part in reversed(chain):
            other = self.query(part, ctes, outer, depth + 1)
            is_known = columns is not None and other is not None and not _merges(first, part)
            if is_known and len(columns or ()) != len(other or ()):
                raise InvalidSQL(
                    f"The two sides of a {node.key.upper()} have {len(columns or ())} and "
                    f"{len(other or ())} columns.",
                    hint="Give both the same number of columns.",
                    rule="columns",
                    position=self._at(part),
                )
        for operation in operations:
            self._order_of_result(operation, columns, ctes, outer, depth)
        return columns

    def _order_of_result(
        self,
        node: exp.Expr,
        columns: Columns,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
    ) -> None:
        frame = _Frame(sources=[_Source("", columns)])
        for key in ("order", "limit", "offset"):
            part = node.args.get(key)
            if part is not None:
                self._visit([part], ctes, (*outer, frame), depth)

    def _select(
        self,
        node: exp.Select,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
    ) -> Columns:
        frame = _Frame()
        frames = (*outer, frame)
        from_ = node.args.get("from_")
        conditions: list[exp.Expr] = []
        if from_ is not None:
            self._add_source(from_.this, frame, ctes, outer, depth, conditions)
        for join in node.args.get("joins") or ():
            self._add_join(join, frame, ctes, outer, depth, conditions)
        for lateral in node.args.get("laterals") or ():
            self._add_source(lateral, frame, ctes, outer, depth, conditions)
        frame.aliases = {
            self.folding.column(item.args["alias"])
            for item in node.expressions
            if isinstance(item, exp.Alias)
        }
        self._write_out_stars(node, frame)
        self._visit(conditions, ctes, frames, depth)
        rest: list[exp.Expr] = list(node.expressions)
        for key in ("distinct", "where", "group", "having", "qualify", "order", "limit", "offset"):
            if isinstance(part := node.args.get(key), exp.Expr):
                rest.append(part)
        rest.extend(node.args.get("windows") or ())
        self._visit(rest, ctes, frames, depth)
        return self._outputs(node.expressions, frame)

    def _write_out_stars(self, node: exp.Select, frame: _Frame) -> None:
        """Replace ``*`` by the columns that may be seen, where a table has private ones."""
        if not any(self._has_private(source) for source in frame.sources):
            return
        if frame.is_natural:
            self._private_rows(node, frame.sources)
        written: list[exp.Expr] = []
        for item in node.expressions:
            is_star = isinstance(item, exp.Star)
            if not is_star and not (
                isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
            ):
                written.append(item)
                continue
            star = item if is_star else item.this
            wanted = None if is_star else self.folding.table(item.args["table"])
            sources = [s for s in frame.sources if wanted is None or s.name == wanted]
            if not any(self._has_private(source) for source in sources):
                written.append(item)
                continue
            if frame.merged or any(star.args.get(key) for key in ("except_", "replace", "rename")):
                self._private_rows(item, sources)
            for source in sources:
                if source.table is None or source.identifier is None:
                    self._private_rows(item, sources)
                    continue
                for index in self.schema.tables[source.table].columns:
                    name = exp.to_identifier(self.schema.columns[index].name, quoted=True)
                    written.append(exp.Column(this=name, table=source.identifier.copy()))
        node.set("expressions", written)

    def _has_private(self, source: _Source) -> bool:
        return source.table is not None and bool(self.schema.tables[source.table].private)

    def _private_rows(self, node: exp.Expr, sources: Iterable[_Source]) -> None:
        """Refuse whole rows that would hold private columns, and joins that would compare them."""
        names = [
            f"{table.name}.{name}"
            for source in sources
            if source.table is not None and (table := self.schema.tables[source.table])
            for name in table.private
        ]
        raise UnsafeSQL(
            f"{' and '.join(dict.fromkeys(names))} {'is' if len(names) == 1 else 'are'} private: "
            "whole rows cannot be used here.",
            hint="Name the columns to read.",
            rule="private",
            position=self._at(node),
        )

    def _private_column(self, identifier: exp.Expr, table: int) -> None:
        raise UnsafeSQL(
            f"{self.schema.tables[table].name}.{identifier.name.lower()} is private: no query may show it, "
            "filter by it or sort by it.",
            hint="Leave it out.",
            rule="private",
            position=self._at(identifier),
        )

    def _is_private(self, source: _Source, name: str) -> bool:
        return source.table is not None and name.lower() in self.schema.tables[source.table].private

    def _outputs(self, items: Iterable[exp.Expr], frame: _Frame) -> Columns:
        names: list[str] = []
        for item in items:
            is_star = isinstance(item, exp.Star)
            if is_star or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
                star = item if is_star else item.this
                if star.args.get("except_") or star.args.get("rename"):
                    return None
                wanted = None if is_star else self.folding.table(item.args["table"])
                for source in frame.sources:
                    if wanted is not None and source.name != wanted:
                        continue
                    if source.columns is None:
                        return None
                    # What USING and NATURAL merge is there once; here that matters less than that it is known.
                    once = set(names) if wanted is None and frame.merged else set()
                    names.extend(name for name in source.columns if name not in once & frame.merged)
            elif isinstance(item, exp.Alias):
                names.append(self.folding.column(item.args["alias"]))
            elif isinstance(item, exp.Column):
                names.append(self.folding.column(item.this))
            else:
                names.append(self._expression_name(item))
        return tuple(names)

    def _expression_name(self, item: exp.Expr) -> str:
        """The column name an engine gives an expression; "" where it is not known.

        For PostgreSQL it must be known: it takes ``x.f`` for ``f(x)`` where the source x has no column f, which
        would let any function of one argument be called.
        """
        if self.dialect != "postgres":
            return ""
        while isinstance(item, exp.Window | exp.Filter | exp.WithinGroup | exp.Paren):
            item = item.this
        if isinstance(item, exp.Alias):
            return self.folding.column(item.args["alias"])
        if isinstance(item, exp.Column):
            return self.folding.column(item.this)
        if isinstance(item, exp.Cast):
            inner = self._expression_name(item.this)
            return item.to.sql("postgres").lower() if inner == "?column?" else inner
        if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Select):
            return self._expression_name(item.this.expressions[0])
        if isinstance(item, exp.Case | exp.Exists | exp.Array):
            return item.key
        if isinstance(item, exp.Func) and not isinstance(item, exp.Connector):
            return function_name(item, "postgres").lower() or "?column?"
        return "?column?"

    # FROM

    def _add_join(
        self,
        join: exp.Join,
        frame: _Frame,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
        conditions: list[exp.Expr],
    ) -> None:
        before = list(frame.sources)
        self._add_source(join.this, frame, ctes, outer, depth, conditions)
        if str(join.args.get("method") or "").upper() == "NATURAL":
            frame.is_natural = True
            left = {name for source in before for name in source.columns or ()}
            right = [name for s in frame.sources[len(before) :] for name in s.columns or ()]
            frame.merged |= left.intersection(right)
        on = join.args.get("on")
        if on is not None:
            conditions.append(on)
        for name in join.args.get("using") or ():
            column = self.folding.column(name)
            for side in (before, frame.sources[len(before) :]):
                for source in side:
                    if source.table is not None and self._is_private(source, column):
                        self._private_column(name, source.table)
                if not any(s.columns is None or column in s.columns for s in side):
                    self._no_column(name, frame.sources)
                for source in side:
                    self._use(source, column)
            frame.merged.add(column)

    def _add_source(
        self,
        node: exp.Expr,
        frame: _Frame,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
        conditions: list[exp.Expr],
    ) -> None:
        if isinstance(node, exp.Table):
            frame.sources.append(self._table(node, frame, ctes, outer, depth))
            for join in node.args.get("joins") or ():
                self._add_join(join, frame, ctes, outer, depth, conditions)
            return
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery):
            inner = node.this
            while isinstance(inner, exp.Subquery) and not isinstance(inner.this, exp.Query):
                inner = inner.this
            if isinstance(inner, exp.Table) or (
                isinstance(inner, exp.Subquery) and (inner.args.get("joins") or inner.alias)
            ):
                if node.alias:
                    raise InvalidSQL(
                        "A joined table in parentheses cannot have an alias.",
                        rule="parse",
                        position=self._at(node),
                    )
                self._add_source(node.this, frame, ctes, outer, depth, conditions)
                for join in node.args.get("joins") or ():
                    self._add_join(join, frame, ctes, outer, depth, conditions)
                return
        named = self._alias_columns(node)
        columns: Columns = None
        if isinstance(node, exp.Subquery):
            # DuckDB lets every subquery in FROM see what stands before it, as if it were LATERAL.
            beside = (_Frame(sources=list(frame.sources)),) if self.dialect == "duckdb" else ()
            columns = self.query(node, ctes, (*outer, *beside), depth + 1)
            for join in node.args.get("joins") or ():
                conditions.append(join)
        elif isinstance(node, exp.Lateral):
            inside = (*outer, _Frame(sources=list(frame.sources)))
            if isinstance(node.this, exp.Subquery):
                columns = self.query(node.this, ctes, inside, depth + 1)
            else:
                self._visit([node.this], ctes, inside, depth)
        else:  # VALUES, UNNEST
            inside = (*outer, _Frame(sources=list(frame.sources)))
            self._visit(node.iter_expressions(), ctes, inside, depth)
        is_whole = columns is None or len(named or ()) >= len(columns)
        if named is not None and (is_whole or self.dialect == "postgres"):
            columns = named  # in PostgreSQL never one too many: x.f would call f
        elif named is not None and columns is not None:
            columns = named + columns[len(named) :]
        if isinstance(node, exp.Values):
            columns = named or self._values_columns(node)
        elif isinstance(node, exp.Unnest | exp.Lateral) and not isinstance(node.this, exp.Subquery):
            function = node if isinstance(node, exp.Unnest) else node.this
            columns = self._function_columns(node, function)
        frame.sources.append(_Source(self._alias(node), columns))
        if isinstance(node, exp.Subquery):
            for join in node.args.get("joins") or ():
                conditions.remove(join)
                self._add_join(join, frame, ctes, outer, depth, conditions)

    def _table(
        self,
        node: exp.Table,
        frame: _Frame,
        ctes: Mapping[str, Columns],
        outer: tuple[_Frame, ...],
        depth: int,
    ) -> _Source:
        alias = self._alias(node) or self.folding.table(node.this)
        if not isinstance(node.this, exp.Identifier):  # a table function
            inside = (*outer, _Frame(sources=list(frame.sources)))
            self._visit(node.this.iter_expressions(), ctes, inside, depth)
            alias = alias or _ascii_lower(node.this.name)
            return _Source(alias, self._function_columns(node, node.this))
        name = node.name
        folded = self.folding.table(node.this)
        qualifiers = [part.name for part in (node.args.get("catalog"), node.args.get("db")) if part]
        if not qualifiers and folded in ctes:
            return _Source(alias, self._alias_columns(node) or ctes[folded])
        if self.dialect == "mysql" and name.lower() in map(str.lower, ctes):
            raise self._no_table(
                node, list(ctes)
            )  # MariaDB takes it for the CTE, other servers for a table
        is_catalogue = (
            bool(qualifiers)
            and qualifiers[-1].lower() in _CATALOGUE_SCHEMAS
            or (self._find_table(node.this) is None)
            and name.lower().startswith(_CATALOGUE_PREFIXES[self.dialect])
        )
        if is_catalogue:
            if self.allow_catalogues:
                return _Source(alias, None)
            raise UnsafeSQL(
                f"{'.'.join([*qualifiers, name])} is one of the database's own catalogues.",
                hint="Ask about the database's tables.",
                rule="catalogue",
                position=self._at(node),
            )
        index = self._find_table(node.this)
        if not self._is_own(node, index):
            raise UnsafeSQL(
                f"{'.'.join([*qualifiers, name])} is in another database or schema than "
                f"{self.schema.db_id}.",
                hint="Only the tables of this database can be read.",
                rule="catalogue",
                position=self._at(node),
            )
        if index is None:
            raise self._no_table(node, [table.name for table in self.schema.tables])
        self.tables.add(index)
        columns = tuple(
            self.folding.stored(self.schema.columns[i].name)
            for i in self.schema.tables[index].columns
        )
        named = node.args.get("alias")
        identifier = named.this if isinstance(named, exp.TableAlias) else None
        source = _Source(
            alias, self._alias_columns(node) or columns, index, identifier or node.this
        )
        if self._has_private(source):
            self.private_rows.add(alias.lower())
            if self._alias_columns(node):
                self._private_rows(node, [source])
        return source

    def _alias(self, node: exp.Expr) -> str:
        alias = node.args.get("alias")
        return self.folding.table(alias.this if isinstance(alias, exp.TableAlias) else alias)

    def _alias_columns(self, node: exp.Expr) -> tuple[str, ...] | None:
        alias = node.args.get("alias")
        columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        return tuple(self.folding.column(column) for column in columns) if columns else None

    def _find_table(self, identifier: exp.Expr) -> int | None:
        """The table of that name, in the case in which the engine takes it for the same."""
        if self.dialect in ("sqlite", "duckdb"):
            index = self.schema.find_table(identifier.name)
            same = index is not None and _ascii_lower(self.schema.tables[index].name)
            return index if same == _ascii_lower(identifier.name) else None
        name = self.folding.table(identifier)
        return next((i for i, table in enumerate(self.schema.tables) if table.name == name), None)

    def _no_table(self, node: exp.Table, names: Sequence[str]) -> InvalidSQL:
        return InvalidSQL(
            f"There is no table {node.name}.",
            hint=_did_you_mean(_near(node.name, names))
            or f"The tables are: {_listed(self.schema)}.",
            rule="table",
            position=self._at(node),
        )

    def _is_own(self, node: exp.Table, index: int | None) -> bool:
        """Do the names before a table's name lead to the table of that name in the schema?"""
        catalog, db = node.args.get("catalog"), node.args.get("db")
        if self.dialect == "mysql":  # AU5C and au5c may be two databases
            return not catalog and (not db or db.name == self.schema.db_id)
        namespace = "" if index is None else self.schema.tables[index].namespace
        main = _MAIN_SCHEMAS.get(self.dialect, "")
        if self.dialect != "postgres":
            file, spaces = self.schema.db_id.lower(), {(namespace or main).lower()}
            if catalog and catalog.name.lower() != file:
                return False
            if not catalog:
                # One name before the table's may be the file's: DuckDB refuses what is both.
                spaces.add(file)
            return not db or db.name.lower() in spaces
        if catalog and self.folding.table(catalog) != self.schema.db_id:
            return False
        if not db:
            return True
        # As the server folds it: "Sales" and sales may be two schemas with a table of the same name.
        written = db.name if db.args.get("quoted") else db.name.lower()
        return bool(written == (namespace or main))

    def _values_columns(self, node: exp.Values) -> Columns:
        if self.dialect != "postgres":
            return None
        first = node.expressions[0]
        width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
        return tuple(f"column{i + 1}" for i in range(width))

    def _function_columns(self, node: exp.Expr, function: exp.Expr) -> Columns:
        """The columns of a table function; None where they are not known, which PostgreSQL forbids (above)."""
        named = self._alias_columns(node) or ()
        counted = function.args.get("offset") or node.args.get("offset")
        if isinstance(
            counted, exp.Identifier
        ):  # WITH ORDINALITY AS u (x, n): the parser keeps n apart
            named = (*named, self.folding.column(counted))
        if self.dialect != "postgres":
            return named or None
        name = function_name(function, "postgres").lower() if isinstance(function, exp.Func) else ""
        own: tuple[str, ...]
        if "each" in name:
            own = ("key", "value")
        elif "elements" in name:
            own = ("value",)
        elif len(function.expressions) > 1 and isinstance(function, exp.Unnest):
            own = (name,) * len(function.expressions)
        else:
            own = (self._alias(node) or name,)
        if counted or node.args.get("ordinality"):
            own = (*own, "ordinality")
        return (*named, *own[len(named) :])

    # Expressions

    def _visit(
        self,
        nodes: Iterable[exp.Expr],
        ctes: Mapping[str, Columns],
        frames: tuple[_Frame, ...],
        depth: int,
    ) -> None:
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if isinstance(node, exp.Column):
                self._column(node, frames)
                if isinstance(node.this, exp.Star):
                    waiting.extend(node.this.iter_expressions())
            elif isinstance(node, exp.Select | exp.SetOperation | exp.Subquery) or (
                isinstance(node, exp.Values)
            ):
                self.query(node, ctes, frames, depth + 1)
            elif isinstance(node, exp.Comprehension):  # [x * 2 FOR x IN list IF x > 1]
                name = self.folding.column(node.expression)
                inside = (*frames, _Frame(sources=[_Source("", (name,))]))
                self._visit(_present(node, "this", "condition"), ctes, inside, depth)
                waiting.extend(_present(node, "iterator"))
            elif isinstance(node, exp.Table):
                # IN mytable, ANY mytable: a table as an expression
                self._table(node, frames[-1], ctes, frames[:-1], depth)
            else:
                if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
                    # Not one of a SELECT list, which were replaced: as in DuckDB's * LIKE 'a%'.
                    if any(self._has_private(source) for source in frames[-1].sources):
                        self._private_rows(node, frames[-1].sources)
                    self._use_all(frames[-1].sources)
                waiting.extend(node.iter_expressions())

    def _column(self, node: exp.Column, frames: tuple[_Frame, ...]) -> None:
        qualifier = node.args.get("table")
        if qualifier is None:
            self._plain_column(node, frames)
            return
        name = self.folding.table(qualifier)
        # schema.table.column is a table's, never a subquery's or a CTE's of that name
        has_schema = node.args.get("db") is not None
        for frame in reversed(frames):
            sources = [
                source
                for source in frame.sources
                if name and source.name == name and (source.table is not None or not has_schema)
            ]
            if sources:
                self._column_of(node, sources)
                return
        if self.dialect == "duckdb" and self._is_field(node, frames):
            return
        everything = [source.name for frame in frames for source in frame.sources if source.name]
        raise InvalidSQL(
            f"There is no table or alias {qualifier.name} in this part of the query.",
            hint=_did_you_mean(_near(qualifier.name, everything))
            or f"In reach: {', '.join(everything) or 'none'}.",
            rule="table",
            position=self._at(qualifier),
        )

    def _column_of(self, node: exp.Column, sources: Sequence[_Source]) -> None:
        """A column of the sources of one name; SQLite takes it from whichever has it."""
        if isinstance(node.this, exp.Star):
            if any(self._has_private(source) for source in sources):
                # as in count(t.*): those of a SELECT list were replaced
                self._private_rows(node, sources)
            self._use_all(sources)
            return
        name = self.folding.column(node.this)
        for source in sources:
            if source.table is not None and self._is_private(source, name):
                self._private_column(node.this, source.table)
        if not any(self._has(source, name) for source in sources):
            self._no_column(node.this, sources)
        for source in sources:
            self._use(source, name)

    def _is_field(self, node: exp.Column, frames: tuple[_Frame, ...]) -> bool:
        """Is ``x.f`` or ``t.x.f`` the field f of a struct column x, which is not a private one?"""
        qualifier, table = node.args["table"], node.args.get("db")
        name = self.folding.column(qualifier)
        for source in (source for frame in frames for source in frame.sources):
            if source.table is not None and self._is_private(source, name):
                self._private_column(qualifier, source.table)
        if table is None:
            return self._find(name, frames) is not None
        wanted = self.folding.table(table)
        sources = [s for frame in frames for s in frame.sources if s.name == wanted]
        return not node.args.get("catalog") and any(self._has(source, name) for source in sources)

    def _plain_column(self, node: exp.Column, frames: tuple[_Frame, ...]) -> None:
        name = self.folding.column(node.this)
        reachable = [source for frame in frames for source in frame.sources]
        self._check_private(node, frames)
        if _is_bare_item(node) and name in frames[-1].aliases:
            return
        found = self._find(name, frames)
        if found is not None:
            frame, sources = found
            is_merged = frame.is_natural or name in frame.merged
            if len(sources) > 1 and not is_merged and name not in frames[-1].aliases:
                raise InvalidSQL(
                    f"The column {node.name} is ambiguous: {' and '.join(s.name for s in sources)} have "
                    "one.",
                    hint=f"Write {sources[0].name}.{node.name}.",
                    rule="ambiguous",
                    position=self._at(node),
                )
            for source in sources:
                self._use(source, name)
            return
        if any(name in frame.aliases for frame in frames):
            return
        if any(source.columns is None or "" in source.columns for source in reachable):
            return  # may be a table function's, or an expression that the engine names
        rows = [s for s in reachable if s.name == self.folding.table(node.this)]
        if isinstance(node.parent, exp.Match) and rows:
            return  # SQLite's full-text search: docs MATCH 'word'
        if self.dialect in ("postgres", "duckdb") and any(row.table is None for row in rows):
            return  # a whole row of a subquery or a function; a table's may hold what the schema left out
        if self._is_string(node, reachable):
            node.replace(exp.Literal.string(node.name))
            return
        self._no_column(node.this, reachable)

    def _check_private(self, node: exp.Column, frames: tuple[_Frame, ...]) -> None:
        """Refuse a private column, and a whole row by the name of its table, up to where a column has that name.

        Also where an alias has the same name: the engine may take the column or the row for it.
        """
        name = self.folding.column(node.this)
        row = self.folding.table(node.this)
        for frame in reversed(frames):
            for source in frame.sources:
                if source.table is not None and self._is_private(source, name):
                    self._private_column(node.this, source.table)
            has_column = any(name in (source.columns or ()) for source in frame.sources)
            for source in frame.sources:
                if source.name == row and self._has_private(source) and not has_column:
                    self._private_rows(node, [source])
            if has_column:
                return

    def _find(self, name: str, frames: tuple[_Frame, ...]) -> tuple[_Frame, list[_Source]] | None:
        """The innermost frame that has the column, and the sources there that have it."""
        for frame in reversed(frames):
            sources = [s for s in frame.sources if s.columns is not None and name in s.columns]
            if not sources:
                sources = [s for s in frame.sources if self._has_row_name(s, name)][:1]
            if sources:
                return frame, sources
        return None

    def _has(self, source: _Source, name: str) -> bool:
        if source.columns is None or name in source.columns or "" in source.columns:
            return True
        return self._has_row_name(source, name)

    def _has_row_name(self, source: _Source, name: str) -> bool:
        # In SQLite a row's name is its integer primary key, which may be one of the private columns.
        is_row_name = name in _ROW_NAMES.get(self.dialect, frozenset())
        return is_row_name and source.table is not None and not self._has_private(source)

    def _use(self, source: _Source, name: str) -> None:
        if source.table is not None:
            column = self.schema.find_column(source.table, name)
            if column is not None:
                self.columns.add(column)

    def _use_all(self, sources: Sequence[_Source]) -> None:
        for source in sources:
            if source.table is not None:
                self.columns.update(self.schema.tables[source.table].columns)

    def _is_string(self, node: exp.Column, reachable: Sequence[_Source]) -> bool:
        """Is this unknown name one of SQLite's double-quoted strings?"""
        identifier = node.this
        start = identifier.meta.get("start") if identifier._meta else None
        if self.dialect != "sqlite" or not identifier.args.get("quoted"):
            return False
        if start is not None and self.source[start : start + 1] in ("`", "["):
            return False
        inner: exp.Expr = node
        while isinstance(inner.parent, exp.Paren):
            inner = inner.parent
        parent, place = inner.parent, inner.arg_key
        is_compared = isinstance(parent, exp.Predicate | exp.In | exp.Between)
        if is_compared and place != "this":
            return True
        if _near(node.name, _all_columns(reachable), cutoff=0.8):
            return False  # a misspelt column
        if isinstance(parent, exp.Binary) and place == "this":
            return parent.expression.find(exp.Column) is not None
        if is_compared:
            return False
        return isinstance(parent, exp.Binary | exp.Func) and not isinstance(parent, exp.Connector)

    def _no_column(self, identifier: exp.Expr, sources: Sequence[_Source]) -> None:
        names = [source.name for source in sources if source.name]
        where = f" in {', '.join(dict.fromkeys(names))}" if names else ""
        near = _near(identifier.name, _all_columns(sources))
        raise InvalidSQL(
            f"There is no column {identifier.name}{where}.",
            hint=_did_you_mean(near) or self._where_else(identifier.name),
            rule="column",
            position=self._at(identifier),
        )

    def _where_else(self, name: str) -> str:
        tables = [
            self.schema.tables[column.table].name
            for column in self.schema.columns
            if column.name.lower() == name.lower()
        ]
        if tables:
            return f"{', '.join(tables[:3])} has one: join it."
        return ""

    def _at(self, node: exp.Expr) -> int | None:
        return position_of(node, self.source)


def _present(node: exp.Expr, *keys: str) -> list[exp.Expr]:
    return [node.args[key] for key in keys if isinstance(node.args.get(key), exp.Expr)]


def _is_bare_item(node: exp.Expr) -> bool:
    """Is it an item of a query's ORDER BY or GROUP BY by itself, where an alias comes first?

    Inside of an expression, and in the ORDER BY of a window or an aggregate, a name is a column's.
    """
    if isinstance(node.parent, exp.Ordered):
        order = node.parent.parent
        return isinstance(order, exp.Order) and isinstance(order.parent, exp.Query)
    return isinstance(node.parent, exp.Group)


def _merges(*queries: exp.Expr) -> bool:
    """Does a join merge columns, so that how many ``*`` gives is not counted here?"""
    return any(
        join.args.get("using") or join.args.get("method")
        for query in queries
        for join in query.find_all(exp.Join)
    )


def _all_columns(sources: Iterable[_Source]) -> list[str]:
    return [name for source in sources for name in source.columns or () if name]


def _near(name: str, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
    by_lower = {item.lower(): item for item in names}
    return [
        by_lower[match]
        for match in difflib.get_close_matches(
            name.lower()[:100], list(by_lower), n=2, cutoff=cutoff
        )
    ]


def _did_you_mean(near: Sequence[str]) -> str:
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _listed(schema: Schema, most: int = 12) -> str:
    names = [table.name for table in schema.tables[:most]]
    return ", ".join(names) + (", ..." if len(schema.tables) > most else "")
