"""sqlglot's tree as SQL text: for an engine, and for Spider's evaluators.

It prints the canonical trees of ``nlidb.delinearize``, no others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

from nlidb.delinearize import RESERVED, as_identifier, needs_quotes
from nlidb.target import date_part


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
    changes nothing where the key decides it. Years and months get a name, since that of their expression says
    little ("extract"), and nothing by which to draw them.
    """
    tree = tree.copy()
    for select in tree.find_all(exp.Select):
        _rename_sources(select)
        if dialect != "sqlite":
            _group_strictly(select)
        if dialect == "mysql":
            _aggregate_in_having(select)
    _title_dates(tree)
    if dialect != "sqlite":
        _name_years(tree, dialect)
    for identifier in tree.find_all(exp.Identifier):
        name = identifier.name
        folded = name.lower() if dialect in ("postgres",) else name
        identifier.set("quoted", needs_quotes(name) or folded != name)
    return _printed(tree, dialect)


def _title_dates(tree: exp.Query) -> None:
    """The column of years is called "year", that of months "month", where nothing else in the SELECT is."""
    select: exp.Expr = tree
    while isinstance(select, exp.SetOperation):
        select = select.this
    parts = [(item, date_part(item)) for item in select.expressions]
    taken = [column.name.lower() for column in select.find_all(exp.Column)]
    taken += [part[0] for _, part in parts if part is not None]
    for item, part in parts:
        if part is not None and taken.count(part[0]) == 1:
            item.replace(exp.alias_(item.copy(), part[0]))


def _name_years(tree: exp.Query, dialect: str) -> None:
    """The year of a date by the engine's own function."""
    for cast in list(tree.find_all(exp.Cast)):
        if date_part(cast) is None:
            continue
        moment = cast.this.this
        if dialect == "postgres":
            cast.set("this", exp.Extract(this=exp.var("YEAR"), expression=moment))
        else:
            cast.replace(exp.Year(this=moment))


def _group_strictly(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is None:
        return
    parts = [*select.expressions, select.args.get("having"), select.args.get("order")]
    for column in [column for part in parts if part for column in part.find_all(exp.Column)]:
        inside = column.find_ancestor(exp.AggFunc, exp.Select)
        if inside is select and not isinstance(column.this, exp.Star):
            shown = _with_date_part(column)
            if column not in group.expressions and shown not in group.expressions:
                group.append("expressions", shown.copy())


def _aggregate_in_having(select: exp.Select) -> None:
    """MySQL knows in HAVING no expression of GROUP BY, only its columns: of one year, the least is that year."""
    having = select.args.get("having")
    for column in list(having.find_all(exp.Column)) if having is not None else ():
        shown = _with_date_part(column)
        if shown is not column and column.find_ancestor(exp.AggFunc, exp.Select) is select:
            shown.replace(exp.Min(this=shown.copy()))


def _with_date_part(column: exp.Column) -> exp.Expr:
    """The year or month that is taken of the column, else the column."""
    found: exp.Expr = column
    node = column.parent
    while isinstance(node, exp.Cast | exp.TimeToStr):
        if date_part(node) is not None:
            found = node
        node = node.parent
    return found


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
