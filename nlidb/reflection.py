"""What an engine says of its tables, read and numbered into a ``Schema``."""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import sqlalchemy
from sqlalchemy.engine import Engine
from sqlalchemy.engine.reflection import ObjectKind

from nlidb.private import reading_views
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table, identifier_words
from nlidb.sessions import Row, Session, fetch_all

log = logging.getLogger(__name__)

_NAMEABLE: Final = re.compile(r"[^\W_]")
"""A letter or digit of any script."""

_TYPES: Final[tuple[tuple[ColumnType, str], ...]] = (
    ("text", r"^enum|^set\("),
    ("boolean", r"bool|^bit(\(1\))?$|^tinyint\(1\)"),
    ("time", r"date|time|^year"),
    (
        "other",
        r"blob|binary|bytea|json|\[\]|^struct|^map|^union|array|range|point|geometry|^list|vector",
    ),
    ("number", r"int|real|floa|doub|num|dec|money|serial|^bit|number|oid$"),
    ("text", r"char|text|clob|string|uuid|name|inet|cidr|xml"),
)


def column_type(sql_type: str) -> ColumnType:
    """Spider's column type for a type as an engine declares it; "other" where none fits.

    "interval" and "point" hold "int", so what is looked for first matters.
    """
    lowered = sql_type.lower().strip()
    if lowered.startswith("interval"):
        return "other"
    for name, pattern in _TYPES:
        if re.search(pattern, lowered):
            return name
    return "other"


@dataclass
class Reflection:
    """What an engine says of its tables, before it is numbered into a ``Schema``."""

    tables: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Name -> (is it a view, comment), in the database's order."""
    columns: dict[str, list[tuple[str, str, bool, str]]] = field(default_factory=dict)
    """Table -> (name, SQL type, part of the primary key, comment) of each column."""
    private: dict[str, list[str]] = field(default_factory=dict)
    """Table -> names of the columns that were taken out."""
    keys: list[tuple[str, str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    """(table, table referred to, (column, column referred to) of each part) of each foreign key."""
    views: dict[str, str] = field(default_factory=dict)
    """View -> the query it stands for, "" where the login may not read it."""
    nameless: Counter[str] = field(default_factory=Counter)
    """Table -> how many columns were taken out because a question cannot name them."""
    namespaces: dict[str, str] = field(default_factory=dict)
    """Table -> the schema it stands in, on PostgreSQL."""
    kin: dict[str, set[str]] = field(default_factory=dict)
    """Table -> the tables that its rows are also rows of, and those whose rows are also its own (PostgreSQL's
    partitions and inheritance)."""


def reflect_sqlite(session: Session) -> Reflection:
    """What SQLite's own tables and pragmas say; shadow tables of virtual ones are left out."""
    found = Reflection()
    primary: dict[str, dict[int, str]] = {}
    links: list[tuple[str, str, list[Row]]] = []
    for name, kind, text in fetch_all(
        session,
        "SELECT m.name, m.type, m.sql FROM sqlite_master AS m LEFT JOIN pragma_table_list AS l "
        "ON l.name = m.name AND l.schema = 'main' WHERE m.type IN ('table', 'view') "
        "AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND coalesce(l.type, '') <> 'shadow' ORDER BY m.rowid",
    ):
        literal = "'" + name.replace("'", "''") + "'"
        try:
            columns = fetch_all(
                session,
                # hidden: 1 is a virtual table's own column; 2 and 3 are generated ones, which can be read
                f"SELECT name, type, pk FROM pragma_table_xinfo({literal}) WHERE hidden <> 1",
            )
            keys = fetch_all(
                session,
                f'SELECT id, "table", "from", "to", seq FROM pragma_foreign_key_list({literal}) '
                "ORDER BY id DESC, seq",
            )
        except Exception as error:  # a view of a dropped table, a module that is not there
            log.warning("%s %s cannot be read and is left out: %s", kind, name, error)
            continue
        found.tables[name] = (kind == "view", "")
        if kind == "view":
            found.views[name] = text or ""
        found.columns[name] = [
            (column, declared or _stored_type(session, name, column), bool(pk), "")
            for column, declared, pk in columns
        ]
        primary[name.lower()] = {pk: column for column, _, pk in columns if pk}
        for _, parts in groupby(keys, key=lambda part: part[0]):
            rows = list(parts)
            links.append((name, rows[0][1], rows))
    for name, parent, rows in links:
        # "REFERENCES parent" with no columns means the parent's primary key
        own = primary.get(parent.lower(), {})
        pairs = [(column, to or own.get(seq + 1, "")) for _, _, column, to, seq in rows]
        found.keys.append((name, parent, tuple(pairs)))
    return found


def _stored_type(session: Session, table: str, column: str) -> str:
    """The type of a column that declares none (a view's expression, ``CREATE TABLE t (a)``): what it stores."""
    quoted_column, quoted_table = ('"' + name.replace('"', '""') + '"' for name in (column, table))
    try:
        rows = fetch_all(
            session,
            f"SELECT DISTINCT typeof(v) FROM (SELECT {quoted_column} AS v FROM {quoted_table} LIMIT 100)",
        )
    except Exception:
        return ""
    stored = {row[0] for row in rows} - {"null"}
    if stored and stored <= {"integer", "real"}:
        return "REAL" if "real" in stored else "INTEGER"
    return stored.pop().upper() if len(stored) == 1 else ""


def reflect_duckdb(session: Session) -> Reflection:
    """Every schema of the file, in the order of the session's search path: of tables of one name the first is
    read, as it is the one that the bare name leads to."""
    found = Reflection()
    own = "database_name = current_database()"
    first = "schema_name <> 'main', schema_name"
    seen: dict[str, str] = {}
    for namespace, name, is_view, comment, text in fetch_all(
        session,
        "SELECT schema_name, table_name, false, comment, '' FROM duckdb_tables() "
        f"WHERE {own} AND NOT internal "
        "UNION ALL SELECT schema_name, view_name, true, comment, sql FROM duckdb_views() "
        f"WHERE {own} AND NOT internal ORDER BY {first}, 3, 2",
    ):
        if name.lower() in seen:
            log.warning("%s.%s is left out: another schema has that name too", namespace, name)
            continue
        seen[name.lower()] = namespace
        found.namespaces[name] = namespace
        found.tables[name] = (is_view, comment or "")
        if is_view:
            found.views[name] = text or ""
        found.columns[name] = []
    primary: set[tuple[str, str]] = set()
    for namespace, table, kind, columns, ref_table, ref_columns in fetch_all(
        session,
        "SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, "
        f"referenced_column_names FROM duckdb_constraints() WHERE {own} "
        f"ORDER BY {first}, table_oid, constraint_index",
    ):
        if found.namespaces.get(table) != namespace:
            continue
        if kind == "PRIMARY KEY":
            primary.update((table, column) for column in columns)
        # A key stays in its schema, where the table that it refers to may be one that is left out.
        elif kind == "FOREIGN KEY" and seen.get(ref_table.lower()) == namespace:
            found.keys.append((table, ref_table, tuple(zip(columns, ref_columns, strict=True))))
    for namespace, table, name, sql_type, comment in fetch_all(
        session,
        "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() "
        f"WHERE {own} AND NOT internal ORDER BY {first}, table_oid, column_index",
    ):
        if found.namespaces.get(table) == namespace:
            found.columns[table].append((name, sql_type, (table, name) in primary, comment or ""))
    found.namespaces = {n: space for n, space in found.namespaces.items() if space != "main"}
    return found


POSTGRES_SEEN: Final = (
    "pg_table_is_visible(c.oid) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
    "AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
)
"""The tables and views that the login's search path leads to, as it stands in the connection."""
_POSTGRES_NAMESPACES: Final = (
    "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE {POSTGRES_SEEN}"
)
_POSTGRES_KIN: Final = (
    "WITH RECURSIVE line (child, parent) AS (SELECT inhrelid, inhparent FROM pg_inherits UNION "
    "SELECT l.child, i.inhparent FROM line l JOIN pg_inherits i ON i.inhrelid = l.parent) "
    "SELECT k.relname, c.relname FROM line JOIN pg_class k ON k.oid = line.child "
    "JOIN pg_class c ON c.oid = line.parent "
    f"WHERE {POSTGRES_SEEN} AND pg_table_is_visible(k.oid) AND k.relkind IN ('r', 'p', 'f')"
)
"""(Table, one that it is a partition of or inherits from, over any number of steps)."""
POSTGRES_UNSEEN: Final = (
    "SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT pg_table_is_visible(c.oid) "
    "AND n.nspname !~ '^pg_|^information_schema$' AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1"
)
_MYSQL_VIEWS: Final = (
    "SELECT table_name, view_definition FROM information_schema.views "
    "WHERE table_schema = DATABASE()"
)
_VIEWS: Final = {
    "postgresql": "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c "
    f"WHERE {POSTGRES_SEEN} AND c.relkind IN ('v', 'm')",
    "mysql": _MYSQL_VIEWS,
    "mariadb": _MYSQL_VIEWS,
}
"""(View, its query) of every view, by SQLAlchemy's name of the dialect."""


def reflect_server(engine: Engine) -> Reflection:
    """PostgreSQL and MySQL through SQLAlchemy's inspector."""
    found = Reflection()
    with warnings.catch_warnings(), engine.connect() as connection:
        # SQLAlchemy warns of types it does not know (geometry, vector); they become "other" here.
        warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
        inspector = sqlalchemy.inspect(connection)
        views = {key[1] for key in inspector.get_multi_columns(kind=ObjectKind.ANY_VIEW)}
        columns = inspector.get_multi_columns(kind=ObjectKind.ANY)
        primary = inspector.get_multi_pk_constraint(kind=ObjectKind.ANY)
        foreign = inspector.get_multi_foreign_keys(kind=ObjectKind.ANY)
        comments = inspector.get_multi_table_comment(kind=ObjectKind.ANY)
        if engine.dialect.name == "postgresql":
            found.namespaces = _pairs(connection, _POSTGRES_NAMESPACES)
            for child, parent in connection.exec_driver_sql(_POSTGRES_KIN):
                found.kin.setdefault(child, set()).add(parent)
                found.kin.setdefault(parent, set()).add(child)
        definitions = _pairs(connection, _VIEWS[engine.dialect.name])
        found.views = {name: definitions.get(name, "") for name in sorted(views)}
        for key in sorted(columns, key=lambda key: (key[1] in views, key[1])):
            name = key[1]
            comment = comments.get(key, {"text": None}).get("text") or ""
            # MySQL gives every view the comment VIEW
            found.tables[name] = (name in views, "" if comment == "VIEW" else comment)
            pk = set(primary[key]["constrained_columns"]) if key in primary else set()
            found.columns[name] = [
                (
                    str(column["name"]),
                    _type_text(column["type"], engine),
                    column["name"] in pk,
                    str(column.get("comment") or ""),
                )
                for column in columns[key]
            ]
            for constraint in foreign.get(key, []):
                if constraint["referred_schema"] is None:
                    ends = constraint["constrained_columns"], constraint["referred_columns"]
                    found.keys.append(
                        (name, constraint["referred_table"], tuple(zip(*ends, strict=True)))
                    )
    return found


def _type_text(sql_type: Any, engine: Engine) -> str:
    try:
        return str(sql_type.compile(engine.dialect))
    except Exception:  # a type that SQLAlchemy cannot print, such as NullType
        return "" if type(sql_type).__name__ == "NullType" else type(sql_type).__name__.upper()


def _pairs(connection: sqlalchemy.Connection, sql: str) -> dict[str, str]:
    return {str(name): str(text or "") for name, text in connection.exec_driver_sql(sql)}


def hide_private(
    found: Reflection, private: frozenset[str], dialect: str, database: str
) -> frozenset[str]:
    """Take private columns, and the views that read them or what is not known, out of a reflection; gives the
    entries of ``private`` that were found."""
    used: set[str] = set()
    named: set[str] = set()
    for table, entries in found.columns.items():
        # Kin hold the same rows, and their columns have the same names.
        family = [table, *found.kin.get(table, ())]
        family += [f"{found.namespaces.get(name, '')}.{name}" for name in family]
        for entry in list(entries):
            column = entry[0].lower()
            qualified = {f"{name}.{column}".lower() for name in family} & private
            names = qualified | ({column} & private)
            if names:
                entries.remove(entry)
                found.private.setdefault(table, []).append(column)
                used |= names
            if qualified:
                named.add(table)
    if private:
        views = {name: text for name, text in found.views.items() if name not in named}
        known = list(found.tables)
        own = database if dialect == "mysql" else ""
        for name in reading_views(views, found.private, dialect, known=known, database=own):
            log.warning("the view %s may show private columns and is left out", name)
            del found.tables[name], found.columns[name]
    return frozenset(used)


def leave_out_nameless(found: Reflection) -> None:
    """Take out tables and columns whose name has no letter or digit: no question can name them."""
    for table, entries in found.columns.items():
        named = [entry for entry in entries if _NAMEABLE.search(entry[0])]
        if not _NAMEABLE.search(table):
            log.warning("the table %r has a name without letters and is left out", table)
            named = []
        elif len(named) < len(entries):
            log.warning("columns of %s have names without letters and are left out", table)
        found.nameless[table] = len(entries) - len(named)
        found.columns[table] = named


def numbered(db_id: str, dialect: str, found: Reflection) -> Schema:
    """The reflection as a ``Schema``: tables and columns by index, keys that hold."""
    tables: list[Table] = []
    columns: list[Column] = []
    index: dict[tuple[str, str], int] = {}
    for name, (is_view, comment) in found.tables.items():
        entries = found.columns.get(name)
        if not entries:
            continue
        first = len(columns)
        for column, sql_type, is_primary, column_comment in entries:
            index[name.lower(), column.lower()] = len(columns)
            columns.append(
                Column(
                    name=column,
                    table=len(tables),
                    type=column_type(sql_type),
                    words=identifier_words(column),
                    sql_type=sql_type,
                    primary_key=is_primary,
                    comment=column_comment,
                )
            )
        tables.append(
            Table(
                name=name,
                words=identifier_words(name),
                columns=tuple(range(first, len(columns))),
                is_view=is_view,
                comment=comment,
                private=tuple(found.private.get(name, ())),
                left_out=found.nameless[name],
                namespace=found.namespaces.get(name, ""),
            )
        )
    keys = _number_keys(found, index)
    return Schema(db_id, dialect, tuple(tables), tuple(columns), keys)


def _number_keys(found: Reflection, index: Mapping[tuple[str, str], int]) -> tuple[ForeignKey, ...]:
    """The foreign keys that are there as a whole: a part of one would join rows that do not belong together."""
    keys: dict[tuple[tuple[int, int], ...], int] = {}
    for table, ref_table, parts in found.keys:
        left = [index.get((table.lower(), column.lower())) for column, _ in parts]
        right = [index.get((ref_table.lower(), column.lower())) for _, column in parts]
        ends = zip(left, right, strict=True)
        pairs = tuple((a, b) for a, b in ends if a is not None and b is not None)
        if len(pairs) == len(parts):
            keys.setdefault(pairs, len(keys) + 1 if len(parts) > 1 else 0)
        elif not found.private.keys() & {table, ref_table}:
            log.warning("a foreign key of %s refers to %s, which is not there", table, ref_table)
    return tuple(
        ForeignKey(column, ref_column, group=group)
        for pairs, group in keys.items()
        for column, ref_column in pairs
    )
