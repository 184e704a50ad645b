"""Which views could show a private column: they are left out of the schema.

Told by the names in a view's text, because a view may rename or compute what it reads; that says yes rather too
often. It knows no database: what the private columns are, and that no query names one, is the business of
database.py and binding.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlglot
from sqlglot import exp


def reading_views(
    views: Mapping[str, str], private: Mapping[str, Sequence[str]], dialect: str
) -> list[str]:
    """The views that read a private column, by themselves or through another such view.

    Args:
        views: view -> the query it stands for, "" where it is not known.
        private: table -> its private columns, in lower case.
        dialect: sqlglot's name.
    """
    secret = {table.lower(): set(columns) for table, columns in private.items()}
    found: list[str] = []
    gone: set[str] = set()
    more = True
    while more:
        reading = [
            name
            for name, text in views.items()
            if name not in found and _reads(text, secret, gone, dialect)
        ]
        more = bool(reading)
        found += reading
        gone |= {name.lower() for name in reading}
    return found


def _reads(text: str, secret: Mapping[str, set[str]], gone: set[str], dialect: str) -> bool:
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except Exception:
        # Whatever the parser stumbles over, and where the login may not read the text: what it shows is not known.
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
    names = {identifier.name.lower() for identifier in tree.find_all(exp.Identifier)}
    return is_natural or has_star or has_row or any(secret[table] & names for table in read)
