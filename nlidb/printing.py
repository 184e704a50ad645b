"""sqlglot's tree as SQL text: for an engine, and for Spider's evaluators.

It prints the canonical trees of ``nlidb.delinearize``, no others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

from nlidb.delinearize import RESERVED, as_identifier, needs_quotes


def _negated(generator: Any, node: exp.Not) -> str:
    """``x NOT IN (...)`` where sqlglot prints ``NOT x IN (...)``."""
    inner = node.this
    left = generator.sql(inner, "this")
    if isinstance(inner, exp.In):
        query = inner.args.get("query")
        listed = generator.sql(query) if query else f"({generator.expressions(inner, flat=True)})"
        return f"{left} NOT IN {listed}"
    if isinstance(inner, exp.Is):
        return f"{left} IS NOT {generator.sql(inner, 'expression')}"
    return f"NOT {generator.sql(inner)}"


def _printed(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    generator: Any = sqlglot.Dialect.get_or_raise(dialect).generator(pretty=pretty, comments=False)
    handlers: dict[type[exp.Expr], Callable[[Any, Any], str]] = {
        exp.Not: _negated,
        exp.NEQ: lambda generator, node: str(generator.binary(node, "!=")),
    }
    generator._dispatch = {**generator._dispatch, **handlers}
    return str(generator.generate(tree))


def to_sql(tree: exp.Query, dialect: str) -> str:
    """A canonical tree as SQL text in the engine's dialect ("sqlite", "duckdb", "postgres", "mysql").

    Tables keep their own names as qualifiers; only a table that stands in FROM twice gets numbered aliases. Other
    engines than SQLite refuse a column beside an aggregate that GROUP BY does not name: there it is added, which
    changes nothing where the key decides it.
    """
    tree = tree.copy()
    for select in tree.find_all(exp.Select):
        _rename_sources(select)
        if dialect != "sqlite":
            _group_strictly(select)
    for identifier in tree.find_all(exp.Identifier):
        name = identifier.name
        folded = name.lower() if dialect in ("postgres",) else name
        identifier.set("quoted", needs_quotes(name) or folded != name)
    return _printed(tree, dialect)


def _group_strictly(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is None:
        return
    parts = [*select.expressions, select.args.get("having"), select.args.get("order")]
    for column in [column for part in parts if part for column in part.find_all(exp.Column)]:
        inside = column.find_ancestor(exp.AggFunc, exp.Select)
        if inside is select and not isinstance(column.this, exp.Star):
            if column not in group.expressions:
                group.append("expressions", column.copy())


def _rename_sources(select: exp.Select) -> None:
    tables = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    if len(tables) < 2 or not all(isinstance(table, exp.Table) for table in tables):
        return
    names = [table.name for table in tables]
    renamed: dict[str, str] = {}
    for i, table in enumerate(tables):
        repeated = names.count(table.name) > 1
        new = f"{table.name}_{names[: i + 1].count(table.name)}" if repeated else table.name
        renamed[table.alias] = new
        table.set("alias", exp.TableAlias(this=as_identifier(new)) if repeated else None)
    for column in select.find_all(exp.Column):
        if column.table in renamed and column.find_ancestor(exp.Select) is select:
            column.set("table", as_identifier(renamed[column.table]))


def to_spider(tree: exp.Query) -> str:
    """A canonical tree in the surface form that Spider's official evaluators parse.

    ``!=``, ``NOT IN``, T1 aliases, no ASC (it is their default), ``*`` for a table's star, names without quotes
    where SQLite takes them so.
    """
    tree = tree.copy()
    for identifier in tree.find_all(exp.Identifier):
        name = identifier.name
        identifier.set("quoted", needs_quotes(name, RESERVED))
        if (
            "value" in name
        ):  # the official script replaces that word by 1 in a prediction, names included
            identifier.set("this", name.upper())
    for column in list(tree.find_all(exp.Column)):
        if isinstance(column.this, exp.Star) and not column.find_ancestor(exp.SetOperation):
            column.replace(exp.Star())
    for subquery in tree.find_all(exp.Subquery):
        subquery.set("alias", None)
    for ordered in tree.find_all(exp.Ordered):
        if not ordered.args.get("desc"):
            ordered.set("desc", None)
    return _printed(tree, "sqlite")
