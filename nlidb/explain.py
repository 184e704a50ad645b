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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nlidb.schema import ColumnType, Schema, identifier_words
from nlidb.target import date_part, has_date_parts, period_of

AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Avg: "average",
    exp.Sum: "total",
    exp.Min: "lowest",
    exp.Max: "highest",
}
TIME_AGGREGATES: dict[type[exp.Expr], str] = {exp.Min: "earliest", exp.Max: "latest"}

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.GT: "is above",
    exp.GTE: "is at least",
    exp.LT: "is below",
    exp.LTE: "is at most",
    exp.Is: "is",
}
TIME_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.GT: "is after",
    exp.GTE: "is on or after",
    exp.LT: "is before",
    exp.LTE: "is on or before",
}
NEGATED = {
    "is": "is not",
    "is not": "is",
    "is above": "is not above",
    "is at least": "is below",
    "is below": "is at least",
    "is at most": "is above",
}
# "x > y" seen from y's side, for conditions that put the value first.
MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
}
ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "plus",
    exp.Sub: "minus",
    exp.Mul: "times",
    exp.Div: "divided by",
    exp.Mod: "modulo",
    exp.DPipe: "followed by",
}
MONTHS = (
    "January February March April May June July August September October November December".split()
)

Keeps = Literal["", "with", "without"]
_KEEPS: dict[str, Keeps] = {"SEMI": "with", "ANTI": "without"}

_MAX_LENGTH = 900  # a sentence longer than a screen explains nothing
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$")


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


def join_words(parts: Sequence[str], last: str = "and") -> str:
    """``["a", "b", "c"]`` as "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def plural(noun: str) -> str:
    """The plural of an English noun phrase; what looks plural already stays as it is."""
    head, _, word = noun.rpartition(" ")
    if word == "person":
        word = "people"
    elif word == "child":
        word = "children"
    elif word != singular(word) or word in {
        "people",
        "staff",
        "data",
        "series",
        "species",
        "children",
    }:
        pass
    elif re.search(r"[^aeiou]y$", word):
        word = word[:-1] + "ies"
    elif re.search(r"(s|x|z|ch|sh)$", word):
        word += "es"
    elif word:
        word += "s"
    return f"{head} {word}".strip()


def singular(noun: str) -> str:
    """The singular of an English noun phrase; what looks singular already stays as it is."""
    head, _, word = noun.rpartition(" ")
    if word in {"people", "children"}:
        word = {"people": "person", "children": "child"}[word]
    elif word in {"series", "species", "news"} or re.search(r"(ss|us|is)$", word):
        pass
    elif len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif re.search(r"(ss|x|z|ch|sh)es$", word):
        word = word[:-2]
    elif len(word) > 2 and word.endswith("s"):
        word = word[:-1]
    return f"{head} {word}".strip()


@dataclass(frozen=True)
class _Source:
    """One entry of a FROM clause."""

    noun: str
    """What a row of it is called, singular."""
    table: int | None
    """Index into ``Schema.tables``; None for a subquery, a CTE or an unknown name."""
    query: str = ""
    """For a subquery or a CTE: what it holds, in words."""
    optional: bool = False
    """Joined so that rows without a partner stay (LEFT JOIN)."""
    keeps: Keeps = ""
    """Joined only to keep the rows with a partner (SEMI JOIN) or those without one (ANTI JOIN)."""


@dataclass(frozen=True)
class _Scope:
    """What the names inside one SELECT mean."""

    schema: Schema
    sources: dict[str, _Source]
    """By alias or name, lower case, in the order of FROM."""
    main: str
    """The source that the sentence is about."""
    counted: str
    """The source whose rows ``COUNT(*)`` counts."""
    ctes: dict[str, str]
    """Phrases of the CTEs in reach, by lower-case name."""
    aliases: dict[str, exp.Expr]
    """What the select list's aliases stand for, by lower-case name."""
    outer: _Scope | None = None
    """The query around it, for columns that a correlated subquery takes from there."""


def _query(
    tree: exp.Expr, schema: Schema, ctes: dict[str, str], outer: _Scope | None = None
) -> str:
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
    tree: exp.Expr, schema: Schema, ctes: dict[str, str], outer: _Scope | None
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
    if isinstance(tree, exp.Select):
        scope = _scope(tree, schema, ctes, None)
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


def _select_clauses(select: exp.Select, scope: _Scope) -> Iterator[tuple[str, str]]:
    group = select.args.get("group")
    keys = _group_keys(group, select) if group else []
    items = [item.unalias() for item in select.expressions]
    yield "Shows", _items(items, scope, select.args.get("distinct") is not None)
    source = scope.sources.get(scope.main)
    if source is not None:
        held = f" ({source.query})" if source.query else ""
        yield "Of", f"the {plural(source.noun)}{held}"
        partners = _partners(select, scope)
        absent = partners.startswith(" without ")
        yield ("Without" if absent else "With"), re.sub("^ with(out)? ", "", partners)
    for name, part in (("Where", "where"), ("Groups where", "having"), ("Kept where", "qualify")):
        if name == "Groups where":
            yield "For each", join_words([_expression(key, scope) for key in keys])
        condition = select.args.get(part)
        yield name, "" if condition is None else _condition(condition.this, scope)


def _select(select: exp.Select, schema: Schema, ctes: dict[str, str], outer: _Scope | None) -> str:
    scope = _scope(select, schema, ctes, outer)
    group = select.args.get("group")
    keys = _group_keys(group, select) if group else []
    items = [item.unalias() for item in select.expressions]
    distinct = select.args.get("distinct") is not None

    if keys:
        shown = [item for item in items if not any(_same(item, key, scope) for key in keys)]
        phrase = f"for each {join_words([_expression(key, scope) for key in keys])}"
        if shown:
            phrase += f", {_items(shown, scope, distinct)}"
            phrase += _of(shown, scope, each=False, grouped=True)
        elif scope.sources:
            phrase = f"each different {join_words([_expression(key, scope) for key in keys])}"
            phrase += f" of the {plural(scope.sources[scope.main].noun)}"
    else:
        aggregated = any(_is_aggregate(item) for item in items)
        phrase = _items(items, scope, distinct)
        phrase += _of(items, scope, each=not aggregated and not distinct)
    narrowed = _partners(select, scope)
    where = select.args.get("where")
    if where is not None:
        narrowed += _where(where.this, scope)
    share = _share_of_rows(items[0], scope) if len(items) == 1 and not keys else None
    if share and narrowed:  # what is said of the whole, before what is said of the part
        phrase = f"of the {share[0]}{narrowed}, the percentage for which {share[1]}"
    else:
        phrase += narrowed
    having = select.args.get("having")
    if having is not None:
        phrase += f", only those whose {_condition(having.this, scope)}"
    qualify = select.args.get("qualify")
    if qualify is not None:
        phrase += f", only those whose {_condition(qualify.this, scope)}"
    return phrase + _tail(select, scope, schema)


def _scope(
    select: exp.Select, schema: Schema, ctes: dict[str, str], outer: _Scope | None
) -> _Scope:
    sources: dict[str, _Source] = {}
    clause = select.args.get("from_") or select.args.get("from")
    entries: list[tuple[exp.Expr, bool, Keeps]] = []
    if clause is not None:
        entries.append((clause.this, False, ""))
    for join in select.args.get("joins") or []:
        keeps: Keeps = _KEEPS.get((join.kind or "").upper(), "")
        optional = not keeps and (join.side or "").upper() in {"LEFT", "FULL"}
        entries.append((join.this, optional, keeps))
    for entry, optional, kept in entries:
        alias = entry.alias_or_name.lower() or f"row {len(sources) + 1}"
        if isinstance(entry, exp.Table):
            name = entry.name
            table = None if name.lower() in ctes else schema.find_table(name)
            words = schema.tables[table].words if table is not None else identifier_words(name)
            noun = singular(words) if name.lower() not in ctes else f"{words} row"
            sources[alias] = _Source(noun, table, ctes.get(name.lower(), ""), optional, kept)
        elif isinstance(entry, exp.Subquery):
            noun = f"{identifier_words(entry.alias)} row" if entry.alias else "row"
            query = _query(entry.this, schema, ctes, outer)
            sources[alias] = _Source(noun, None, query, optional, kept)
        else:
            sources[alias] = _Source("row", None, f"`{entry.sql()}`", optional, kept)
    aliases = {
        item.alias.lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)
    }
    first = next(iter(sources), "")
    scope = _Scope(schema, sources, first, first, ctes, aliases, outer)
    scope = replace(scope, sources={**sources, **_roles(select, scope)})
    scope = replace(scope, counted=_counted_source(scope))
    return replace(scope, main=_main_source(select, scope))


def _roles(select: exp.Select, scope: _Scope) -> dict[str, _Source]:
    """The joined sources whose table alone does not say which of several keys leads to them.

    A flight has a source airport and a destination airport; an employee's manager is an employee.
    """
    named: dict[str, _Source] = {}
    for join in select.args.get("joins") or []:
        for equal in join.args["on"].find_all(exp.EQ) if join.args.get("on") else ():
            for key, reference in ((equal.left, equal.right), (equal.right, equal.left)):
                alias = _source_of(reference, scope)
                words = _key_words(key, reference, scope)
                if alias is not None and words:
                    noun = scope.sources[alias].noun
                    role = words if f" {words} ".endswith(f" {noun} ") else f"{words} {noun}"
                    named[alias] = replace(scope.sources[alias], noun=role)
    return named


def _key_words(key: exp.Expr, reference: exp.Expr, scope: _Scope) -> str:
    """The words of a foreign key that is one of several to the same column; "" where it is the only one."""
    places = []
    for column in (key, reference):
        alias = _source_of(column, scope)
        table = scope.sources[alias].table if alias is not None else None
        places.append(None if table is None else scope.schema.find_column(table, column.name))
    own, target = places
    if own is None or target is None:
        return ""
    columns, keys = scope.schema.columns, scope.schema.foreign_keys
    alike = {
        k.column
        for k in keys
        if k.ref_column == target and columns[k.column].table == columns[own].table
    }
    if own not in alike or len(alike) < 2:
        return ""
    return re.sub(r" (id|code|no|number|key)$", "", columns[own].words)


def _counted_source(scope: _Scope) -> str:
    """The source with one row for each row of the join: the one that no other refers to.

    A join along a foreign key has one row for each row of the referring side.
    """
    columns = scope.schema.columns
    joined = {alias: source for alias, source in scope.sources.items() if not source.keeps}
    tables = {source.table for source in joined.values()} - {None}
    referred = {
        columns[key.ref_column].table
        for key in scope.schema.foreign_keys
        if columns[key.column].table in tables
        and columns[key.column].table != columns[key.ref_column].table
    }
    referring = [alias for alias, source in joined.items() if source.table not in referred]
    return next(iter(referring or scope.sources), "")


def _main_source(select: exp.Select, scope: _Scope) -> str:
    """The source the sentence is about: what is counted, else the first shown column's."""
    if any(isinstance(item.unalias(), exp.Count | exp.Star) for item in select.expressions):
        return scope.counted
    for item in select.expressions:
        for column in _own(item, exp.Column):
            alias = _source_of(column, scope)
            if alias is not None:
                return alias
    return next(iter(scope.sources), "")


def _own(node: exp.Expr, *types: type[exp.Expr]) -> Iterable[exp.Expr]:
    """The nodes of these types under ``node``, not looking into subqueries."""
    if isinstance(node, types):
        yield node
    if isinstance(node, exp.Query) and node.parent is not None:
        return
    for child in node.iter_expressions():
        yield from _own(child, *types)


def _source_of(column: exp.Expr, scope: _Scope) -> str | None:
    """The alias of the source that a column belongs to, None where it cannot be told."""
    if not isinstance(column, exp.Column):
        return None
    if column.table:
        alias = column.table.lower()
        return alias if alias in scope.sources else None
    for alias, source in scope.sources.items():
        if (
            source.table is not None
            and scope.schema.find_column(source.table, column.name) is not None
        ):
            return alias
    return None


def _date_part(node: exp.Expr | None, scope: _Scope) -> tuple[str, exp.Column] | None:
    """ "year" or "month" and the column of dates it is taken of."""
    found = date_part(node) if node is not None else None
    alias = _source_of(found[1], scope) if found is not None else None
    table = scope.sources[alias].table if alias is not None else None
    if found is None or table is None:
        return None
    index = scope.schema.find_column(table, found[1].name)
    is_date = index is not None and has_date_parts(scope.schema.columns[index])
    return found if is_date else None


def _column_type(node: exp.Expr | None, scope: _Scope) -> ColumnType:
    if _date_part(node, scope) is not None:
        return "time"
    if isinstance(node, exp.Min | exp.Max | exp.Paren):
        return _column_type(node.this, scope)
    if isinstance(node, exp.AggFunc | exp.Binary | exp.Literal):
        is_text = isinstance(node, exp.Literal) and node.is_string
        return "text" if is_text or isinstance(node, exp.DPipe) else "number"
    if isinstance(node, exp.Column):
        alias = _source_of(node, scope)
        if alias is None:
            target = scope.aliases.get(node.name.lower()) if not node.table else None
            return "other" if target is None or target is node else _column_type(target, scope)
        table = scope.sources[alias].table
        index = None if table is None else scope.schema.find_column(table, node.name)
        return "other" if index is None else scope.schema.columns[index].type
    return "other"


def _column(column: exp.Column, scope: _Scope) -> str:
    """A column's name; with its table's where it is not the one that the sentence is about."""
    alias = _source_of(column, scope)
    if alias is None:
        target = scope.aliases.get(column.name.lower()) if not column.table else None
        if target is not None and not isinstance(target, exp.Column):
            return _expression(target, scope)
        if scope.outer is not None and _source_of(column, scope.outer) is not None:
            around = replace(scope.outer, main="")
            return f"the {_column(column, around)}"
        if not column.table and isinstance(column.this, exp.Identifier) and column.this.quoted:
            # SQLite and MySQL: a quoted name that names no column is a string.
            return f'"{column.name}"'
        return identifier_words(column.name)
    source = scope.sources[alias]
    index = None if source.table is None else scope.schema.find_column(source.table, column.name)
    words = (
        scope.schema.columns[index].words if index is not None else identifier_words(column.name)
    )
    if alias == scope.main or _repeats(source.noun, words):
        return words
    return f"{source.noun} {words}"


def _repeats(noun: str, words: str) -> bool:
    """Whether the column's words begin with the end of its table's ("course" and "course name")."""
    parts = noun.split()
    endings = [" ".join(parts[i:]) for i in range(len(parts))]
    return not parts or any(f"{words} ".startswith(f"{ending} ") for ending in endings)


def _value(node: exp.Expr) -> str:
    """A literal: text in quotation marks, numbers as they are."""
    if isinstance(node, exp.Literal):
        return f'"{node.this}"' if node.is_string else str(node.this)
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Null):
        return "empty"
    if isinstance(node, exp.Neg):
        return f"-{_value(node.this)}"
    return f"`{node.sql()}`"


def _expression(node: exp.Expr, scope: _Scope) -> str:
    """A value of any kind as a noun phrase without an article."""
    node = node.unnest() if isinstance(node, exp.Paren) else node.unalias()
    part = _date_part(node, scope)
    if part is not None:
        return f"{part[0]} of {_column(part[1], scope)}"
    if isinstance(node, exp.Column):
        if isinstance(node.this, exp.Star):
            return "all columns"
        return _column(node, scope)
    if isinstance(node, exp.Star):
        return "all columns"
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Neg):
        return _value(node)
    if isinstance(node, exp.Count):
        return _count(node, scope)
    for aggregate, word in AGGREGATES.items():
        if isinstance(node, aggregate):
            argument = node.this
            if _column_type(argument, scope) == "time":
                word = TIME_AGGREGATES.get(aggregate, word)
            if isinstance(argument, exp.Distinct):
                return (
                    f"{word} of the different {plural(_expression(argument.expressions[0], scope))}"
                )
            phrase = _expression(argument, scope)
            # The sum of "total amount" is no total total amount.
            return phrase if phrase.startswith(f"{word} ") else f"{word} {phrase}"
    share = _share(node, scope)
    if share:
        return share
    for operation, word in ARITHMETIC.items():
        if isinstance(node, operation):
            return f"{_operand(node.this, scope)} {word} {_operand(node.expression, scope)}"
    if isinstance(node, exp.Subquery | exp.Query):
        return _query(node, scope.schema, scope.ctes, scope)
    if isinstance(node, exp.Cast):
        return _expression(node.this, scope)
    if isinstance(node, exp.Round):
        return f"rounded {_expression(node.this, scope)}"
    if isinstance(node, exp.Window):
        return _window(node, scope)
    if isinstance(node, exp.Case):
        return "value that depends on whether " + join_words(
            [_condition(branch.this, scope) for branch in node.args.get("ifs") or []], "or"
        )
    if isinstance(node, exp.Predicate | exp.Connector | exp.Not):
        return f"whether {_condition(node, scope)}"
    arguments = [column for column in _own(node, exp.Column) if column is not node]
    if isinstance(node, exp.Func) and arguments:
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return f"{identifier_words(name)} of " + join_words(
            [_column(column, scope) for column in arguments if isinstance(column, exp.Column)]
        )
    return f"`{node.sql()}`"


def _operand(node: exp.Expr, scope: _Scope) -> str:
    inner = node.unnest()
    text = _expression(inner, scope)
    return f"({text})" if isinstance(inner, exp.Binary) else text


def _count(count: exp.Count, scope: _Scope) -> str:
    argument = count.this.unnest() if count.this else exp.Star()  # DuckDB: count()
    if isinstance(argument, exp.Distinct):
        return f"number of different {_different(argument.expressions, scope)}"
    source = scope.sources.get(scope.counted)
    rows = f"number of {plural(source.noun) if source else 'rows'}"
    if isinstance(argument, exp.Star | exp.Literal | exp.Boolean):
        return rows
    counted = _counted_if(argument)
    if counted is not None:
        condition, value = counted
        return f"{_count(exp.Count(this=value.copy()), scope)} for which {_condition(condition, scope)}"
    if isinstance(argument, exp.Column):
        if isinstance(argument.this, exp.Star):
            return rows
        # Counting a key counts its table's rows.
        alias = _source_of(argument, scope)
        source = scope.sources.get(alias) if alias is not None else None
        if source is not None and source.table is not None:
            index = scope.schema.find_column(source.table, argument.name)
            if (
                index is not None
                and scope.schema.columns[index].primary_key
                and not source.optional
            ):
                return f"number of {plural(source.noun)}"
        return f"number of {plural(_column(argument, scope))}"
    return f"number of values of {_expression(argument, scope)}"


def _share(node: exp.Expr, scope: _Scope) -> str:
    """A share in percent, as a noun phrase; "" for any other expression."""
    rows = _share_of_rows(node, scope)
    if rows is not None:
        return f"percentage of {rows[0]} for which {rows[1]}"
    shares = _hundredfold(node)
    if shares is None or not all(isinstance(one, exp.Select) for one in shares):
        return ""
    part, whole = (_query(query, scope.schema, scope.ctes, scope) for query in shares)
    if not part.startswith("the number of ") or not whole.startswith("the number of "):
        return ""
    return f"{part.removeprefix('the ')}, in percent of {whole}"


def _share_of_rows(node: exp.Expr, scope: _Scope) -> tuple[str, str] | None:
    """The rows and the condition of ``100.0 * SUM(CASE WHEN condition THEN 1 ELSE 0 END) / COUNT(*)``."""
    part, whole = _hundredfold(node) or (None, None)
    if not isinstance(part, exp.Sum) or not isinstance(whole, exp.Count):
        return None
    condition = _rows_if(part.this) if isinstance(whole.this, exp.Star) else None
    if condition is None:
        return None
    source = scope.sources.get(scope.counted)
    return plural(source.noun) if source else "rows", _condition(condition, scope)


def _hundredfold(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """``a`` and ``b`` of ``100 * a / b`` or ``100 * a / NULLIF(b, 0)``."""
    product = node.this.unnest() if isinstance(node, exp.Div) else None
    if not isinstance(product, exp.Mul) or not isinstance(product.this, exp.Literal):
        return None
    if product.this.is_string or float(product.this.name) != 100:
        return None
    whole = node.expression.unnest()
    return product.expression.unnest(), whole.this.unnest() if isinstance(
        whole, exp.Nullif
    ) else whole


def _rows_if(node: exp.Expr) -> exp.Expr | None:
    """The condition of ``CASE WHEN condition THEN 1 ELSE 0 END``, whose sum counts rows."""
    if not isinstance(node, exp.Case) or node.this or len(node.args["ifs"]) != 1:
        return None
    branch, default = node.args["ifs"][0], node.args.get("default")
    values = [
        value.name if isinstance(value, exp.Literal) else ""
        for value in (branch.args["true"], default)
    ]
    condition: exp.Expr = branch.this
    return condition if values == ["1", "0"] else None


def _different(values: Sequence[exp.Expr], scope: _Scope) -> str:
    """What COUNT(DISTINCT ...) counts."""
    if len(values) == 1 and isinstance(values[0].unnest(), exp.Tuple):
        values = values[0].unnest().expressions
    if len(values) != 1:
        return f"combinations of {join_words([_expression(value, scope) for value in values])}"
    value = values[0].unnest()
    counted = _counted_if(value)
    if counted is not None:
        condition, value = counted
        return f"{_different([value], scope)} for which {_condition(condition, scope)}"
    part = _date_part(value, scope)
    if part is not None:
        return f"{plural(part[0])} of {_column(part[1], scope)}"
    return plural(_expression(value, scope))


def _counted_if(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The condition and the value of ``CASE WHEN condition THEN value END``, or of NULLIF, which is short for one;
    None for any other expression."""
    if isinstance(node, exp.Nullif):
        return exp.NEQ(this=node.this.copy(), expression=node.expression.copy()), node.this
    if isinstance(node, exp.If):
        branch, default, compared = node, node.args.get("false"), None
    elif isinstance(node, exp.Case) and len(node.args["ifs"]) == 1:
        branch, default, compared = node.args["ifs"][0], node.args.get("default"), node.this
    else:
        return None
    if not (default is None or isinstance(default, exp.Null)):
        return None
    condition = branch.this
    if compared:  # CASE status WHEN 'paid' THEN ...
        condition = exp.EQ(this=compared.copy(), expression=condition.copy())
    return condition, branch.args["true"]


def _window(window: exp.Window, scope: _Scope) -> str:
    function = window.this
    names = {exp.RowNumber: "row number", exp.Rank: "rank", exp.DenseRank: "dense rank"}
    phrase = next(
        (word for kind, word in names.items() if isinstance(function, kind)),
        None,
    ) or _expression(function, scope)
    partition = window.args.get("partition_by") or []
    if partition:
        phrase += f" within each {join_words([_expression(part, scope) for part in partition])}"
    order = window.args.get("order")
    if isinstance(order, exp.Order):
        phrase += (
            f" ordered by {join_words([_expression(o.this, scope) for o in order.expressions])}"
        )
    return phrase


def _is_aggregate(node: exp.Expr) -> bool:
    return any(
        not isinstance(found.parent, exp.Window)  # a window function keeps every row
        for found in _own(node, exp.AggFunc)
    )


def _items(items: Sequence[exp.Expr], scope: _Scope, distinct: bool) -> str:
    phrases = [_expression(item, scope) for item in items]
    if distinct:
        return f"each different {join_words(phrases)}"
    if len(items) == 1 and isinstance(items[0], exp.Literal):
        return phrases[0]
    return f"the {join_words(phrases)}" if phrases[:1] != ["all columns"] else join_words(phrases)


def _of(items: Sequence[exp.Expr], scope: _Scope, *, each: bool, grouped: bool = False) -> str:
    """ " of each singer", " of the singers", or nothing where the items name the rows already."""
    source = scope.sources.get(scope.main)
    if source is None:
        return ""
    noun = source.noun
    counted = [_count(item, scope) for item in items if isinstance(item, exp.Count)]
    named = f"number of {plural(noun)}"
    counted += filter(None, (_share(item, scope) for item in items))
    starts = (f"{named} for which ", f"percentage of {plural(noun)} for which ")
    of_rows = any(words == named or words.startswith(starts) for words in counted)
    if of_rows and (grouped or len(counted) == len(items)):
        return f" ({source.query})" if source.query else ""
    rows = f"each {noun}" if each else f"the {plural(noun)}"
    return f" of {rows}" + (f" ({source.query})" if source.query else "")


def _partners(select: exp.Select, scope: _Scope) -> str:
    """The other sources of a join that something outside the join's own condition uses."""
    used: set[str] = set()
    for key, part in select.args.items():
        if key in {"joins", "from", "from_"}:
            continue
        for node in part if isinstance(part, list) else [part]:
            if isinstance(node, exp.Expr):
                for column in _own(node, exp.Column):
                    alias = _source_of(column, scope)
                    if alias is not None:
                        used.add(alias)
    partners: list[str] = []
    absent: list[str] = []
    for alias, source in scope.sources.items():
        if alias == scope.main:
            continue
        if source.keeps:
            query = f" ({source.query})" if source.query else ""
            phrases = partners if source.keeps == "with" else absent
            phrases.append(f"a matching {source.noun}{query}")
        elif alias in used or source.query or source.optional:
            phrase = f"its {source.noun}"
            if source.query:
                phrase += f" ({source.query})"
            partners.append(phrase + (" if it has one" if source.optional else ""))
        elif not _is_bridge(source, scope):
            # Nothing of it is shown, yet the join keeps only rows with a partner in it.
            partners.append(f"a matching {source.noun}")
    held = f" with {join_words(partners)}" if partners else ""
    lacked = f" without {join_words(absent, 'or')}" if absent else ""
    return f"{held} and{lacked}" if held and lacked else held + lacked


def _is_bridge(source: _Source, scope: _Scope) -> bool:
    """Only ties two other tables of the join together, as that of a many-to-many relation does."""
    tables = {other.table for other in scope.sources.values() if other.table is not None}
    columns = scope.schema.columns
    referred = {
        columns[key.ref_column].table
        for key in scope.schema.foreign_keys
        if columns[key.column].table == source.table
    }
    return len((referred & tables) - {source.table}) >= 2


def _where(condition: exp.Expr, scope: _Scope) -> str:
    """ " whose age is above 56": "whose" where every part speaks of the sentence's own rows."""
    source = scope.sources.get(scope.main)
    parts = _conjuncts(condition)
    about_rows = source is not None and all(
        not isinstance(part, exp.Or | exp.Exists) and _speaks_of_main(part, scope) for part in parts
    )
    return f" {'whose' if about_rows else 'where'} {_condition(condition, scope)}"


def _speaks_of_main(condition: exp.Expr, scope: _Scope) -> bool:
    if isinstance(condition, exp.Not):
        condition = condition.this.unnest()
    left = condition.this
    part = _date_part(left, scope) if isinstance(left, exp.Expr) else None
    left = part[1] if part is not None else left
    return isinstance(left, exp.Column) and _source_of(left, scope) == scope.main


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return _conjuncts(condition.left) + _conjuncts(condition.right)
    return [condition]


def _disjuncts(condition: exp.Expr) -> list[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        return _disjuncts(condition.left) + _disjuncts(condition.right)
    return [condition]


def _condition(condition: exp.Expr, scope: _Scope) -> str:
    """A condition as a clause with its subject ("age is above 56")."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        parts = _merge_ranges(_conjuncts(condition), scope)
        return ", and ".join(parts) if _holds_group(condition) else join_words(parts)
    if isinstance(condition, exp.Or):
        parts = [_part(part, scope) for part in _disjuncts(condition)]
        return f"either {join_words(parts, 'or')}"
    if isinstance(condition, exp.Not):
        return _negated(condition.this.unnest(), scope)
    if isinstance(condition, exp.Between):
        low, high = condition.args["low"], condition.args["high"]
        subject = _expression(condition.this, scope)
        return f"{subject} is between {_expression(low, scope)} and {_expression(high, scope)}"
    if isinstance(condition, exp.Like | exp.ILike):
        return _like(condition, scope, negated=bool(condition.args.get("negate")))
    if isinstance(condition, exp.In):
        return _in(condition, scope, "is")
    if isinstance(condition, exp.Exists):
        return f"there is {_existing(condition.this, scope)}"
    if type(condition) in COMPARISONS:
        return _comparison(condition, scope)
    if isinstance(condition, exp.Column | exp.Boolean):
        return f"{_expression(condition, scope)} is true"
    return f"`{condition.sql()}`"


def _holds_group(condition: exp.Expr) -> bool:
    """Whether an AND has an OR or a negated AND or OR among its parts: there "and" alone does not tell where that
    part ends."""
    if not isinstance(condition, exp.And):
        return False
    for part in _conjuncts(condition):
        negated = isinstance(part, exp.Not)
        while isinstance(part, exp.Not):
            part = part.this.unnest()
        if isinstance(part, exp.Or) or (negated and isinstance(part, exp.And)):
            return True
    return False


def _part(condition: exp.Expr, scope: _Scope) -> str:
    """A condition inside an OR or a negation, in brackets where it has such parts itself."""
    phrase = _condition(condition, scope)
    return f"({phrase})" if _holds_group(condition) else phrase


def _existing(query: exp.Expr, scope: _Scope) -> str:
    """What EXISTS looks for: a row, whatever the subquery's select list says."""
    if not isinstance(query, exp.Select):
        return _query(query, scope.schema, scope.ctes, scope)
    inner = _scope(query, scope.schema, scope.ctes, scope)
    noun = inner.sources[inner.main].noun if inner.sources else "row"
    article = "an" if noun[:1] in "aeiou" else "a"
    where = query.args.get("where")
    condition = _where(where.this, inner) if where is not None else ""
    return f"{article} {noun}{_partners(query, inner)}{condition}"


def _comparison(condition: exp.Expr, scope: _Scope) -> str:
    kind = type(condition)
    left, right = condition.this, condition.expression
    if isinstance(left, exp.Literal | exp.Subquery) and not isinstance(
        right, exp.Literal | exp.Subquery
    ):
        left, right, kind = right, left, MIRRORED.get(kind, kind)
    verb = COMPARISONS[kind]
    whole = kind in (exp.GTE, exp.LTE) and _date_part(left, scope) is not None  # not "on" a year
    if _column_type(left, scope) == "time" and not whole:
        verb = TIME_COMPARISONS.get(kind, verb)
    return f"{_expression(left, scope)} {verb} {_expression(right, scope)}"


def _negated(condition: exp.Expr, scope: _Scope) -> str:
    if isinstance(condition, exp.Like | exp.ILike):
        return _like(condition, scope, negated=not condition.args.get("negate"))
    if isinstance(condition, exp.In):
        return _in(condition, scope, "is not")
    if isinstance(condition, exp.Exists):
        return f"there is no such row: {_existing(condition.this, scope)}"
    if isinstance(condition, exp.Between):
        low, high = condition.args["low"], condition.args["high"]
        subject = _expression(condition.this, scope)
        return f"{subject} is not between {_expression(low, scope)} and {_expression(high, scope)}"
    if type(condition) in COMPARISONS:
        verb = COMPARISONS[type(condition)]
        subject = _expression(condition.this, scope)
        return f"{subject} {NEGATED[verb]} {_expression(condition.expression, scope)}"
    if isinstance(condition, exp.Column):
        return f"{_expression(condition, scope)} is false"
    return f"it is not so that {_part(condition, scope)}"


def _like(condition: exp.Expr, scope: _Scope, *, negated: bool) -> str:
    subject = _expression(condition.this, scope)
    pattern = condition.expression
    verbs = {"contains": "does not contain", "starts with": "does not start with"}
    verbs |= {"ends with": "does not end with", "is like": "is not like"}
    verb, text = "is like", _expression(pattern, scope)
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        body = str(pattern.this)
        core = body.strip("%")
        if core and "%" not in core and "_" not in core and core != body:
            if body.startswith("%"):
                verb = "contains" if body.endswith("%") else "ends with"
            else:
                verb = "starts with"
            text = f'"{core}"'
    return f"{subject} {verbs[verb] if negated else verb} {text}"


def _in(condition: exp.In, scope: _Scope, verb: str) -> str:
    subject = _expression(condition.this, scope)
    query = condition.args.get("query")
    if query is not None:
        return f"{subject} {verb} among {_query(query, scope.schema, scope.ctes, scope)}"
    values = [_expression(value, scope) for value in condition.expressions]
    if len(values) == 1:
        return f"{subject} {verb} {values[0]}"
    return f"{subject} {verb} one of {join_words(values, 'or')}"


def _merge_ranges(parts: Sequence[exp.Expr], scope: _Scope) -> list[str]:
    """The parts of an AND; a half-open range of a whole year, month or day becomes "is in 2024"."""
    phrases = []
    i = 0
    while i < len(parts):
        period = _period(parts[i], parts[i + 1]) if i + 1 < len(parts) else None
        if period is not None:
            phrases.append(f"{_expression(parts[i].this, scope)} is {period}")
            i += 2
        else:
            phrases.append(_condition(parts[i], scope))
            i += 1
    return phrases


def _period(first: exp.Expr, second: exp.Expr) -> str | None:
    """ "in 2024" for ``d >= '2024-01-01' AND d < '2025-01-01'``; None if it is no whole period."""
    if (
        not isinstance(first, exp.GTE)
        or not isinstance(second, exp.LT)
        or first.this != second.this
    ):
        return None
    start, end = _date(first.expression), _date(second.expression)
    period = None if start is None or end is None else period_of(start, end, inclusive=False)
    if period is None:
        return None
    year, month, day = [*map(int, period.split("-")), 0, 0][:3]
    if not month:
        return f"in {year}"
    named = f"{MONTHS[month - 1]} {year}"
    return f"on {day} {named}" if day else f"in {named}"


def _date(node: exp.Expr) -> str | None:
    """The day of a literal that is a date without a time of day."""
    if isinstance(node, exp.Cast):
        node = node.this
    if not (isinstance(node, exp.Literal) and node.is_string):
        return None
    match = _ISO_DATE.fullmatch(str(node.this))
    return None if match is None else match[1]


def _group_keys(group: exp.Expr, select: exp.Select) -> list[exp.Expr]:
    keys = []
    for key in group.expressions:
        if isinstance(key, exp.Literal) and not key.is_string:
            position = int(key.this) - 1
            if 0 <= position < len(select.expressions):
                key = select.expressions[position].unalias()
        keys.append(key)
    return keys


def _same(item: exp.Expr, key: exp.Expr, scope: _Scope) -> bool:
    if isinstance(key, exp.Column) and not key.table:
        key = scope.aliases.get(key.name.lower(), key)
    if isinstance(item, exp.Column) and isinstance(key, exp.Column):
        same_name = item.name.lower() == key.name.lower()
        return same_name and _source_of(item, scope) == _source_of(key, scope)
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


def _tail(tree: exp.Expr, scope: _Scope | None, schema: Schema) -> str:
    """Order, limit and offset, each after a comma."""
    order = _orders(tree, scope, schema)
    return "".join(f", {part}" for part in ([order] if order else []) + _limits(tree))


def _orders(tree: exp.Expr, scope: _Scope | None, schema: Schema) -> str:
    order = tree.args.get("order")
    if order is None:
        return ""
    empty = scope or _Scope(schema, {}, "", "", {}, {})
    return join_words([_order(item, empty) for item in order.expressions], "then")


def _limits(tree: exp.Expr) -> list[str]:
    phrases = []
    limit = tree.args.get("limit")
    if limit is not None:
        count = limit.expression if isinstance(limit, exp.Limit) else limit.args.get("count")
        words = count.sql() if isinstance(count, exp.Expr) else "some"
        first = "only the first row" if tree.args.get("order") is not None else "one row only"
        phrases.append(first if words == "1" else f"at most {words} rows")
    offset = tree.args.get("offset")
    if offset is not None:
        phrases.append(f"leaving out the first {offset.expression.sql()}")
    return phrases


def _order(item: exp.Expr, scope: _Scope) -> str:
    node = item.this if isinstance(item, exp.Ordered) else item
    direction: Direction = "down" if item.args.get("desc") else "up"
    if isinstance(node, exp.Literal) and not node.is_string:
        return f"sorted by column {node.this}{', descending' if direction == 'down' else ''}"
    words = _expression(node, scope)
    if words == "age" or words.endswith(" age"):
        return "oldest first" if direction == "down" else "youngest first"
    kind = _column_type(node, scope)
    order = _ORDER_WORDS.get(
        (kind, direction), "descending" if direction == "down" else "ascending"
    )
    return f"sorted by {words}, {order}"
