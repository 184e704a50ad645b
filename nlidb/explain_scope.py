"""What the names in a query mean, in words: the tables of FROM, their columns, which of them is spoken of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sqlglot import exp

from nlidb.schema import ColumnType, Schema, identifier_words
from nlidb.target import date_part, has_date_parts

Keeps = Literal["", "with", "without"]
_KEEPS: dict[str, Keeps] = {"SEMI": "with", "ANTI": "without"}


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


Say: TypeAlias = "Callable[[exp.Expr, Schema, dict[str, str], Scope | None], str]"
"""Puts a query in words: with the phrases of the CTEs in reach, and the query around it."""


@dataclass(frozen=True)
class Source:
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
class Scope:
    """What the names inside one SELECT mean."""

    schema: Schema
    sources: dict[str, Source]
    """By alias or name, lower case, in the order of FROM."""
    main: str
    """The source that the sentence is about."""
    counted: str
    """The source whose rows ``COUNT(*)`` counts."""
    ctes: dict[str, str]
    """Phrases of the CTEs in reach, by lower-case name."""
    aliases: dict[str, exp.Expr]
    """What the select list's aliases stand for, by lower-case name."""
    say: Say
    """Puts a query in words."""
    outer: Scope | None = None
    """The query around it, for columns that a correlated subquery takes from there."""

    def inner(self, query: exp.Expr) -> str:
        """A query inside this one, in words."""
        return self.say(query, self.schema, self.ctes, self)


def scope_of(
    select: exp.Select,
    schema: Schema,
    ctes: dict[str, str],
    outer: Scope | None,
    say: Say,
) -> Scope:
    """The scope of a SELECT inside ``outer``; ``say`` puts a subquery in words."""
    sources: dict[str, Source] = {}
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
            sources[alias] = Source(noun, table, ctes.get(name.lower(), ""), optional, kept)
        elif isinstance(entry, exp.Subquery):
            noun = f"{identifier_words(entry.alias)} row" if entry.alias else "row"
            query = say(entry.this, schema, ctes, outer)
            sources[alias] = Source(noun, None, query, optional, kept)
        else:
            sources[alias] = Source("row", None, f"`{entry.sql()}`", optional, kept)
    aliases = {
        item.alias.lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)
    }
    first = next(iter(sources), "")
    scope = Scope(schema, sources, first, first, ctes, aliases, say, outer)
    scope = replace(scope, sources={**sources, **_roles(select, scope)})
    scope = replace(scope, counted=_counted_source(scope))
    return replace(scope, main=_main_source(select, scope))


def _roles(select: exp.Select, scope: Scope) -> dict[str, Source]:
    """The joined sources whose table alone does not say which of several keys leads to them.

    A flight has a source airport and a destination airport; an employee's manager is an employee.
    """
    named: dict[str, Source] = {}
    for join in select.args.get("joins") or []:
        for equal in join.args["on"].find_all(exp.EQ) if join.args.get("on") else ():
            for key, reference in ((equal.left, equal.right), (equal.right, equal.left)):
                alias = source_of(reference, scope)
                words = _key_words(key, reference, scope)
                if alias is not None and words:
                    noun = scope.sources[alias].noun
                    role = words if f" {words} ".endswith(f" {noun} ") else f"{words} {noun}"
                    named[alias] = replace(scope.sources[alias], noun=role)
    return named


def _key_words(key: exp.Expr, reference: exp.Expr, scope: Scope) -> str:
    """The words of a foreign key that is one of several to the same column; "" where it is the only one."""
    places = []
    for column in (key, reference):
        alias = source_of(column, scope)
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


def _counted_source(scope: Scope) -> str:
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


def _main_source(select: exp.Select, scope: Scope) -> str:
    """The source the sentence is about: what is counted, else the first shown column's."""
    if any(isinstance(item.unalias(), exp.Count | exp.Star) for item in select.expressions):
        return scope.counted
    for item in select.expressions:
        for column in own_nodes(item, exp.Column):
            alias = source_of(column, scope)
            if alias is not None:
                return alias
    return next(iter(scope.sources), "")


def own_nodes(node: exp.Expr, *types: type[exp.Expr]) -> Iterable[exp.Expr]:
    """The nodes of these types under ``node``, not looking into subqueries."""
    if isinstance(node, types):
        yield node
    if isinstance(node, exp.Query) and node.parent is not None:
        return
    for child in node.iter_expressions():
        yield from own_nodes(child, *types)


def source_of(column: exp.Expr, scope: Scope) -> str | None:
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


def partners(select: exp.Select, scope: Scope) -> str:
    """The other sources of a join that something outside the join's own condition uses."""
    used: set[str] = set()
    for key, part in select.args.items():
        if key in {"joins", "from", "from_"}:
            continue
        for node in part if isinstance(part, list) else [part]:
            if isinstance(node, exp.Expr):
                for column in own_nodes(node, exp.Column):
                    alias = source_of(column, scope)
                    if alias is not None:
                        used.add(alias)
    held: list[str] = []
    absent: list[str] = []
    for alias, source in scope.sources.items():
        if alias == scope.main:
            continue
        if source.keeps:
            query = f" ({source.query})" if source.query else ""
            phrases = held if source.keeps == "with" else absent
            phrases.append(f"a matching {source.noun}{query}")
        elif alias in used or source.query or source.optional:
            phrase = f"its {source.noun}"
            if source.query:
                phrase += f" ({source.query})"
            held.append(phrase + (" if it has one" if source.optional else ""))
        elif not _is_bridge(source, scope):
            # Nothing of it is shown, yet the join keeps only rows with a partner in it.
            held.append(f"a matching {source.noun}")
    kept = f" with {join_words(held)}" if held else ""
    lacked = f" without {join_words(absent, 'or')}" if absent else ""
    return f"{kept} and{lacked}" if kept and lacked else kept + lacked


def _is_bridge(source: Source, scope: Scope) -> bool:
    """Only ties two other tables of the join together, as that of a many-to-many relation does."""
    tables = {other.table for other in scope.sources.values() if other.table is not None}
    columns = scope.schema.columns
    referred = {
        columns[key.ref_column].table
        for key in scope.schema.foreign_keys
        if columns[key.column].table == source.table
    }
    return len((referred & tables) - {source.table}) >= 2


def date_part_of(node: exp.Expr | None, scope: Scope) -> tuple[str, exp.Column] | None:
    """ "year" or "month" and the column of dates it is taken of."""
    found = date_part(node) if node is not None else None
    alias = source_of(found[1], scope) if found is not None else None
    table = scope.sources[alias].table if alias is not None else None
    if found is None or table is None:
        return None
    index = scope.schema.find_column(table, found[1].name)
    is_date = index is not None and has_date_parts(scope.schema.columns[index])
    return found if is_date else None


def column_type(node: exp.Expr | None, scope: Scope) -> ColumnType:
    """The type of a value, "time" for one that a year or month is taken of; "other" where it is not known."""
    if date_part_of(node, scope) is not None:
        return "time"
    if isinstance(node, exp.Min | exp.Max | exp.Paren):
        return column_type(node.this, scope)
    if isinstance(node, exp.AggFunc | exp.Binary | exp.Literal):
        is_text = isinstance(node, exp.Literal) and node.is_string
        return "text" if is_text or isinstance(node, exp.DPipe) else "number"
    if isinstance(node, exp.Column):
        alias = source_of(node, scope)
        if alias is None:
            target = scope.aliases.get(node.name.lower()) if not node.table else None
            return "other" if target is None or target is node else column_type(target, scope)
        table = scope.sources[alias].table
        index = None if table is None else scope.schema.find_column(table, node.name)
        return "other" if index is None else scope.schema.columns[index].type
    return "other"


def repeats(noun: str, words: str) -> bool:
    """Whether the column's words begin with the end of its table's ("course" and "course name")."""
    parts = noun.split()
    endings = [" ".join(parts[i:]) for i in range(len(parts))]
    return not parts or any(f"{words} ".startswith(f"{ending} ") for ending in endings)
