"""What a server's login may do beyond reading: nlidb only reads, and warns where it alone stands in the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nlidb.sessions import Row

_POSTGRES_MEMBER: Final = "pg_has_role(current_user, m.oid, 'MEMBER')"
"""Roles that the login is, or may become."""
_POSTGRES_ROLES: Final = (
    "SELECT bool_or(m.rolsuper), bool_or(m.rolcreaterole), bool_or(m.rolcreatedb), "
    "bool_or(m.rolname = 'pg_write_server_files'), bool_or(m.rolname = 'pg_read_server_files'), "
    "bool_or(m.rolname = 'pg_execute_server_program'), "
    "bool_or(has_database_privilege(m.oid, current_database(), 'CREATE')) "
    f"FROM pg_roles m WHERE {_POSTGRES_MEMBER}"
)
_POSTGRES_OBJECTS: Final = (
    "WITH m AS (SELECT m.oid FROM pg_roles m "
    f"WHERE {_POSTGRES_MEMBER}), n AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' "
    "AND nspname <> 'information_schema'), c AS (SELECT m.oid AS role, c.oid, c.relkind FROM m, pg_class c "
    "JOIN n ON n.oid = c.relnamespace WHERE has_schema_privilege(m.oid, n.oid, 'USAGE')) "
    "SELECT EXISTS (SELECT 1 FROM m, n WHERE has_schema_privilege(m.oid, n.oid, 'CREATE')), "
    "EXISTS (SELECT 1 FROM c WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND ("
    "has_table_privilege(role, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') "
    "OR has_any_column_privilege(role, oid, 'INSERT, UPDATE'))), "
    # AND does not stop the planner from asking a table for a sequence's rights; CASE does
    "EXISTS (SELECT 1 FROM c WHERE CASE WHEN relkind = 'S' "
    "THEN has_sequence_privilege(role, oid, 'USAGE, UPDATE') END)"
)


def postgres_rights(rows: Callable[[str], list[Row]]) -> list[str]:
    """The rights of the login, by ``rows``, which runs SQL: none where it can only read."""
    roles = rows(_POSTGRES_ROLES)[0]
    if roles[0]:
        return ["it is or may become a superuser"]
    names = (
        "it may create roles",
        "it may create databases",
        "it may write the server's files",
        "it may read the server's files",
        "it may run programs on the server",
        "it may create schemas",
        "it may create tables",
        "it may change rows",
        "it may move sequences",
    )
    rights = (*roles[1:], *rows(_POSTGRES_OBJECTS)[0])
    return [name for name, has in zip(names, rights, strict=True) if has]


_MYSQL_RIGHTS: Final = re.compile(
    r"\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|INDEX|TRIGGER|EXECUTE|EVENT|FILE|SUPER|RELOAD"
    r"|SHUTDOWN|LOCK TABLES|GRANT OPTION)\b"
)
_MYSQL_GRANT: Final = re.compile(
    r"GRANT (?P<rights>.+?) ON (?:[A-Z]+ )*(?P<database>`(?:[^`]|``)*`|\*)\.(?P<rest>.*)", re.DOTALL
)


def mysql_rights(rows: Callable[[str], list[Row]], database: str | None) -> list[str]:
    """The rights of the login and of its active role; those of a role that it may take on cannot be read."""
    found: list[str] = []
    for (line,) in rows("SHOW GRANTS"):
        grant = _MYSQL_GRANT.match(line)
        if grant is not None and _is_granted_on(grant["database"], database):
            found.extend(_MYSQL_RIGHTS.findall(grant["rights"]))
            if grant["rest"].endswith("WITH GRANT OPTION"):
                found.append("GRANT OPTION")
    return [f"it has {name}" for name in dict.fromkeys(found)]


def _is_granted_on(quoted: str, name: str | None) -> bool:
    """Does a grant's database, a pattern as LIKE has it, stand for this one?"""
    if quoted == "*":
        return True
    signs = re.findall(r"\\.|.", quoted[1:-1].replace("``", "`"), re.DOTALL)
    pattern = "".join({"_": ".", "%": ".*"}.get(sign) or re.escape(sign[-1]) for sign in signs)
    return re.fullmatch(pattern, name or "", re.DOTALL | re.IGNORECASE) is not None
