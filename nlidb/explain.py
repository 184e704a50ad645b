"""A query in plain English: one sentence on how the question was read, made from the SQL's tree.

It reads the tree clause by clause (what is shown, of what, under which conditions, for each what,
in which order, how many), so it says what the SQL does, not what the model meant to do. It runs
nothing and is no translation back for machines: two different queries may get the same sentence.
A construct it has no words for appears as its SQL text, so every query gets a sentence.

    tree = sqlglot.parse_one("SELECT name FROM singer WHERE age > 56 ORDER BY age DESC")
    explain_query(tree, schema)
    -> 'The name of each singer whose age is above 56, oldest first.'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nlidb.explain_parts import (
    condition_clause,
    count_phrase,
    expression,
    rows_if,
    share_of_rows,
    share_phrase,
    where_clause,
)
from nlidb.explain_scope import (
    Scope,
    column_type,
    join_words,
    own_nodes,
    partners,
    plural,
    scope_of,
    source_of,
)
from nlidb.schema import Schema

_MAX_LENGTH = 900  # a sentence longer than a screen explains nothing


def explain_query(tree: exp.Expr, schema: Schema) -> str:
    """One plain sentence that says what the query asks for, clause by clause.

    ``tree`` is any SELECT or set operation as sqlglot parses it, qualified or not. Names that
    ``schema`` does not know are used as they are spelled.
    """
    try:
        phrase = _query(tree, schema, {})
    except RecursionError:
        phrase = "the result of a query too deeply nested to put in words"
    phrase = _cut(phrase)
    return phrase[:1].upper() + phrase[1:] + "."


def clauses(sql: str, schema: Schema) -> tuple[tuple[str, str], ...]:
    """The same as a short list: what each clause is called, and what it says.

    ``(("Shows", "the name"), ("Of", "the singers"), ("Where", "age is above 56"), ("Order", "oldest first"))``;
    empty where the SQL cannot be parsed.
    """
    try:
        tree = sqlglot.parse_one(sql, read=schema.dialect)
        return tuple((name, _cut(phrase)) for name, phrase in _clauses(tree, schema) if phrase)
    except (SqlglotError, RecursionError):
        return ()


def _cut(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    if len(phrase) > _MAX_LENGTH:
        phrase = phrase[:_MAX_LENGTH].rsplit(" ", 1)[0] + " ..."
    return phrase


def _query(tree: exp.Expr, schema: Schema, ctes: dict[str, str], outer: Scope | None = None) -> str:
    """A query as a noun phrase, without a capital or a full stop."""
    ctes = _ctes(tree, schema, ctes, outer)
    if isinstance(tree, exp.Subquery):
        return _query(tree.this, schema, ctes, outer) + _tail(tree, None, schema)
    if isinstance(tree, exp.SetOperation):
        left = _query(tree.left, schema, ctes, outer)
        right = _query(tree.right, schema, ctes, outer)
        if isinstance(tree, exp.Intersect):
            phrase = f"{left}, kept only where it is also among {right}"
        elif isinstance(tree, exp.Except):
            phrase = f"{left}, without {right}"
        else:
            phrase = f"{left}, together with {right}"
        return phrase + _tail(tree, None, schema)
    if isinstance(tree, exp.Select):
        return _select(tree, schema, ctes, outer)
    return f"the result of `{tree.sql()}`"


def _ctes(
    tree: exp.Expr, schema: Schema, ctes: dict[str, str], outer: Scope | None
) -> dict[str, str]:
    """The phrases in reach of the query: those from around it, and those of its own WITH."""
    clause = tree.args.get("with_") or tree.args.get("with")
    if not isinstance(clause, exp.With):
        return ctes
    ctes = dict(ctes)
    for cte in clause.expressions:
        name = cte.alias.lower()
        ctes[name] = ""  # a recursive CTE names itself
        ctes[name] = _query(cte.this, schema, ctes, outer)
    return ctes


def _clauses(tree: exp.Expr, schema: Schema) -> Iterator[tuple[str, str]]:
    ctes = _ctes(tree, schema, {}, None)
    scope = None
    whole = _as_a_whole(tree, schema, ctes, None) if isinstance(tree, exp.Select) else None
    if whole is not None:  # its clauses speak of places or counts, which nobody asked for
        yield "Shows", whole
        return
    if isinstance(tree, exp.Select):
        scope = scope_of(tree, schema, ctes, None, _query)
        yield from _select_clauses(tree, scope)
    elif isinstance(tree, exp.SetOperation):
        names = {exp.Intersect: "Also among", exp.Except: "Without"}
        yield "Shows", _query(tree.left, schema, ctes)
        yield names.get(type(tree), "Together with"), _query(tree.right, schema, ctes)
    else:
        yield "Shows", _query(tree, schema, ctes)
        return
    yield "Order", _orders(tree, scope, schema).removeprefix("sorted by ")
    yield "Rows", ", ".join(_limits(tree))


def _select_clauses(select: exp.Select, scope: Scope) -> Iterator[tuple[str, str]]:
    group = select.args.get("group")
    keys = _group_keys(group, select) if group else []
    items = [item.unalias() for item in select.expressions]
    yield "Shows", _items(items, scope, select.args.get("distinct") is not None)
    source = scope.sources.get(scope.main)
    if source is not None:
        held = f" ({source.query})" if source.query else ""
        yield "Of", f"the {plural(source.noun)}{held}"
        joined = partners(select, scope)
        absent = joined.startswith(" without ")
        yield ("Without" if absent else "With"), re.sub("^ with(out)? ", "", joined)
    for name, part in (("Where", "where"), ("Groups where", "having"), ("Kept where", "qualify")):
        if name == "Groups where":
            yield "For each", join_words([expression(key, scope) for key in keys])
        condition = select.args.get(part)
        yield name, "" if condition is None else condition_clause(condition.this, scope)


def _as_a_whole(
    select: exp.Select, schema: Schema, ctes: dict[str, str], outer: Scope | None
) -> str | None:
    """A query whose subquery in FROM is no table of its own, in one phrase; None for any other."""
    return _ranked(select, schema, ctes, outer) or _averaged(select, schema, ctes, outer)


def _inside(select: exp.Select) -> exp.Expr | None:
    """The query of a subquery in FROM; None where there is none."""
    source = select.args.get("from_")
    if source is None or not isinstance(source.this, exp.Subquery):
        return None
    inside: exp.Expr = source.this.this
    return inside


def _averaged(
    select: exp.Select, schema: Schema, ctes: dict[str, str], outer: Scope | None
) -> str | None:
    """An average of counts: ``SELECT AVG(n) FROM (SELECT COUNT(*) AS n ... GROUP BY ...)``; None for any other."""
    inner = _inside(select)
    known = ("expressions", "from_")
    if len(select.expressions) != 1 or any(v for k, v in select.args.items() if k not in known):
        return None
    average = select.expressions[0].unalias()
    if not isinstance(average, exp.Avg) or not isinstance(average.this, exp.Column):
        return None
    if not isinstance(inner, exp.Select) or inner.args.get("group") is None:
        return None
    if [item.alias for item in inner.expressions] != [average.this.name]:
        return None
    counts = _query(inner, schema, ctes, outer)
    return f"the average of these numbers: {counts}; what has none is left out"


def _ranked(
    select: exp.Select, schema: Schema, ctes: dict[str, str], outer: Scope | None
) -> str | None:
    """The first rows of each group: ``SELECT ... FROM (SELECT ..., RANK() OVER (...) AS p ...) WHERE p <= n``.

    None for any other query.
    """
    inner, where = _inside(select), select.args.get("where")
    kept = where.this if where is not None else None
    if not isinstance(inner, exp.Select) or not isinstance(kept, exp.LTE | exp.EQ):
        return None
    if select.args.get("joins") or select.args.get("group") or select.args.get("limit"):
        return None
    *items, rank = inner.expressions
    window, number = rank.unalias(), kept.expression
    ranks = isinstance(window, exp.Window) and isinstance(window.this, exp.Rank | exp.DenseRank)
    if not ranks or not items or kept.this.name != rank.alias:
        return None
    if not isinstance(number, exp.Literal) or not number.name.isdigit():
        return None
    if [item.alias_or_name for item in items] != [item.name for item in select.expressions]:
        return None
    shown = [item.unalias() for item in items]
    group = shown.pop(0) if window.args.get("partition_by") and len(shown) > 1 else None
    about = inner.copy()  # the sentence is about the rows, not the groups
    about.set("expressions", [item.copy() for item in shown])
    scope = scope_of(about, schema, ctes, outer, _query)
    phrase = f"for each {expression(group, scope)}, " if group is not None else ""
    phrase += _items(shown, scope, False)
    phrase += _of(shown, scope, each=False, grouped=True) + partners(inner, scope)
    condition = inner.args.get("where")
    if condition is not None:
        phrase += where_clause(condition.this, scope)
    order = window.args["order"]
    keys = [item for item in order.expressions if not _puts_nulls_last(item)]
    phrase += f", {join_words([_order(item, scope) for item in keys], 'then')}"
    if number.name == "1":
        first = "the first"
    elif isinstance(kept, exp.LTE):
        first = f"the first {number.name}"
    else:
        first = f"the {_PLACES.get(str(int(number.name) - 1), f'number {number.name}')}"
    of_each = " of each" if group is not None else ""
    return f"{phrase}, only {first}{of_each}, with those that tie"


def _select(select: exp.Select, schema: Schema, ctes: dict[str, str], outer: Scope | None) -> str:
    whole = _as_a_whole(select, schema, ctes, outer)
    if whole is not None:
        return whole
    scope = scope_of(select, schema, ctes, outer, _query)
    group = select.args.get("group")
    keys = _group_keys(group, select) if group else []
    items = [item.unalias() for item in select.expressions]
    distinct = select.args.get("distinct") is not None

    if keys:
        shown = [item for item in items if not any(_same(item, key, scope) for key in keys)]
        phrase = f"for each {join_words([expression(key, scope) for key in keys])}"
        if shown:
            phrase += f", {_items(shown, scope, distinct)}"
            phrase += _of(shown, scope, each=False, grouped=True)
        elif scope.sources:
            phrase = f"each different {join_words([expression(key, scope) for key in keys])}"
            phrase += f" of the {plural(scope.sources[scope.main].noun)}"
    else:
        aggregated = any(_is_aggregate(item) for item in items)
        phrase = _items(items, scope, distinct)
        phrase += _of(items, scope, each=not aggregated and not distinct)
    narrowed = partners(select, scope)
    where = select.args.get("where")
    if where is not None:
        narrowed += where_clause(where.this, scope)
    share = share_of_rows(items[0], scope) if len(items) == 1 and not keys else None
    if share and narrowed:  # what is said of the whole, before what is said of the part
        phrase = f"of the {share[0]}{narrowed}, the percentage for which {share[1]}"
    else:
        phrase += narrowed
    having = select.args.get("having")
    if having is not None:
        phrase += f", only those whose {condition_clause(having.this, scope)}"
    qualify = select.args.get("qualify")
    if qualify is not None:
        phrase += f", only those whose {condition_clause(qualify.this, scope)}"
    return phrase + _tail(select, scope, schema)


def _is_aggregate(node: exp.Expr) -> bool:
    return any(
        not isinstance(found.parent, exp.Window)  # a window function keeps every row
        for found in own_nodes(node, exp.AggFunc)
    )


def _items(items: Sequence[exp.Expr], scope: Scope, distinct: bool) -> str:
    phrases = [expression(item, scope) for item in items]
    if distinct:
        return f"each different {join_words(phrases)}"
    if len(items) == 1 and isinstance(items[0], exp.Literal):
        return phrases[0]
    return f"the {join_words(phrases)}" if phrases[:1] != ["all columns"] else join_words(phrases)


def _of(items: Sequence[exp.Expr], scope: Scope, *, each: bool, grouped: bool = False) -> str:
    """ " of each singer", " of the singers", or nothing where the items name the rows already."""
    source = scope.sources.get(scope.main)
    if source is None:
        return ""
    noun = source.noun
    counted = [count_phrase(item, scope) for item in items if isinstance(item, exp.Count)]
    named = f"number of {plural(noun)}"
    counted += filter(None, (share_phrase(item, scope) for item in items))
    starts = (f"{named} for which ", f"percentage of {plural(noun)} for which ")
    of_rows = any(words == named or words.startswith(starts) for words in counted)
    if of_rows and (grouped or len(counted) == len(items)):
        return f" ({source.query})" if source.query else ""
    rows = f"each {noun}" if each else f"the {plural(noun)}"
    return f" of {rows}" + (f" ({source.query})" if source.query else "")


def _group_keys(group: exp.Expr, select: exp.Select) -> list[exp.Expr]:
    keys = []
    for key in group.expressions:
        if isinstance(key, exp.Literal) and not key.is_string:
            position = int(key.this) - 1
            if 0 <= position < len(select.expressions):
                key = select.expressions[position].unalias()
        keys.append(key)
    return keys


def _same(item: exp.Expr, key: exp.Expr, scope: Scope) -> bool:
    if isinstance(key, exp.Column) and not key.table:
        key = scope.aliases.get(key.name.lower(), key)
    if isinstance(item, exp.Column) and isinstance(key, exp.Column):
        same_name = item.name.lower() == key.name.lower()
        return same_name and source_of(item, scope) == source_of(key, scope)
    return item == key


Direction = Literal["up", "down"]
_ORDER_WORDS: dict[tuple[str, Direction], str] = {
    ("number", "up"): "lowest first",
    ("number", "down"): "highest first",
    ("time", "up"): "earliest first",
    ("time", "down"): "latest first",
    ("text", "up"): "from A to Z",
    ("text", "down"): "from Z to A",
}


_PLACES = {
    str(n): word
    for n, word in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}
"""By the number of rows before it."""


def _tail(tree: exp.Expr, scope: Scope | None, schema: Schema) -> str:
    """Order, limit and offset, each after a comma."""
    order = _orders(tree, scope, schema)
    return "".join(f", {part}" for part in ([order] if order else []) + _limits(tree))


def _orders(tree: exp.Expr, scope: Scope | None, schema: Schema) -> str:
    order = tree.args.get("order")
    if order is None:
        return ""
    empty = scope or Scope(schema, {}, "", "", {}, {}, _query)
    keys = [item for item in order.expressions if not _puts_nulls_last(item)]
    return join_words([_order(item, empty) for item in keys], "then")


def _puts_nulls_last(item: exp.Expr) -> bool:
    """Whether it is ``CASE WHEN x IS NULL THEN 1 ELSE 0 END``: MySQL has no other way to say so."""
    node = item.this if isinstance(item, exp.Ordered) else item
    condition = rows_if(node)
    return isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)


def _limits(tree: exp.Expr) -> list[str]:
    phrases = []
    limit, offset = tree.args.get("limit"), tree.args.get("offset")
    skipped = offset.expression.sql() if offset is not None else ""
    if limit is not None:
        count = limit.expression if isinstance(limit, exp.Limit) else limit.args.get("count")
        words = count.sql() if isinstance(count, exp.Expr) else "some"
        if words == "1" and skipped in _PLACES and tree.args.get("order") is not None:
            return [f"only the {_PLACES[skipped]} row"]
        first = "only the first row" if tree.args.get("order") is not None else "one row only"
        phrases.append(first if words == "1" else f"at most {words} rows")
    if skipped:
        phrases.append(f"leaving out the first {skipped}")
    return phrases


def _order(item: exp.Expr, scope: Scope) -> str:
    node = item.this if isinstance(item, exp.Ordered) else item
    direction: Direction = "down" if item.args.get("desc") else "up"
    if isinstance(node, exp.Literal) and not node.is_string:
        return f"sorted by column {node.this}{', descending' if direction == 'down' else ''}"
    words = expression(node, scope)
    if words == "age" or words.endswith(" age"):
        return "oldest first" if direction == "down" else "youngest first"
    kind = column_type(node, scope)
    order = _ORDER_WORDS.get(
        (kind, direction), "descending" if direction == "down" else "ascending"
    )
    return f"sorted by {words}, {order}"
