"""Which views could show a private column: they are left out of the schema.

Told by the names in a view's text, because a view may rename or compute what it reads; that says yes rather too
often. So it does where a view reads what is not known: a table or view outside of the schema, or a function of
the database's own, which may read anything. It knows no database: what the private columns are, and that no
query names one, is the business of reflection.py and binding.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp

from nlidb.allowed import FUNCTIONS, TABLE_FUNCTIONS, function_name


def reading_views(
    views: Mapping[str, str],
    private: Mapping[str, Sequence[str]],
    dialect: str,
    *,
    known: Iterable[str] | None = None,
    database: str = "",
) -> list[str]:
    """The views that read a private column, by themselves or through another such view.

    Args:
        views: view -> the query it stands for, "" where it is not known.
        private: table -> its private columns, in lower case.
        dialect: sqlglot's name.
        known: all tables and views of the schema; a view that reads another is among the result.
        database: the database's own name, by which MySQL's views call it; "" where it is not known.
    """
    names = None if known is None else {name.lower() for name in (*known, *views, *private)}
    secret = {table.lower(): set(columns) for table, columns in private.items()}
    found: list[str] = []
    gone: set[str] = set()
    more = True
    while more:
        reading = [
            name
            for name, text in views.items()
            if name not in found and _reads(text, secret, gone, dialect, names, database)
        ]
        more = bool(reading)
        found += reading
        gone |= {name.lower() for name in reading}
    return found


def _reads(
    text: str,
    secret: Mapping[str, set[str]],
    gone: set[str],
    dialect: str,
    names: set[str] | None,
    database: str,
) -> bool:
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except Exception:
        # Whatever the parser stumbles over, and where the login may not read the text: what it shows is not known.
        return True
    if (
        tree.find(exp.Command) is not None
        or tree.find(exp.Select, exp.SetOperation, exp.Values) is None
    ):
        return True  # the parser keeps what it cannot read as a bare command
    if names is not None and _reads_unknown(tree, names, dialect, database):
        return True
    sources = list(tree.find_all(exp.Table))
    tables = {table.name.lower() for table in sources}
    if tables & gone:
        return True
    read = [table for table in tables if table in secret]
    if not read:
        return False
    is_natural = any(join.args.get("method") == "NATURAL" for join in tree.find_all(exp.Join))
    has_star = any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))
    rows = {table.alias_or_name.lower() for table in sources}
    has_row = any(
        column.name.lower() in rows and not column.table for column in tree.find_all(exp.Column)
    )
    words = {identifier.name.lower() for identifier in tree.find_all(exp.Identifier, exp.Var)}
    return is_natural or has_star or has_row or any(secret[table] & words for table in read)


def _reads_unknown(tree: exp.Expr, names: set[str], dialect: str, database: str) -> bool:
    """Does it read a table that is not one of the names, or call a function that is on no list?"""
    own = {"sqlite": {"main"}, "duckdb": {"main"}, "mysql": {database}}.get(dialect, set())
    within = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            continue
        # A CTE's name may also be a table's: then both are known.
        if table.name.lower() not in (names if table.db else names | within):
            return True
        # PostgreSQL writes a schema only where the search path does not lead to the table.
        if table.db and table.db not in own and (dialect != "mysql" or database):
            return True
    called = [function_name(node, dialect) for node in tree.find_all(exp.Anonymous)]
    called += [
        function_name(table.this, dialect)
        for table in tree.find_all(exp.Table)
        if isinstance(table.this, exp.Func)
    ]
    return any(name not in FUNCTIONS[dialect] | TABLE_FUNCTIONS[dialect] for name in called)
