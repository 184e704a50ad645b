"""A flag that the question names and the query leaves out: "who attended" is not who registered.

    named_flag(tree, question, links, schema, stores) -> ... AND registrations.attended = 1

A column counts as a flag if it is called by one participle or adjective and holds 0 and 1 alone. Of 228 questions
written for training that say such a column's word, and whose SQL reads its table, 218 use it; what the others name
holds no flags.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.nulls import Stores
from nlidb.polarity import denies, flag_word
from nlidb.question import Question
from nlidb.schema import Schema


def named_flag(
    tree: exp.Query, question: Question, links: Links, schema: Schema, stores: Stores
) -> exp.Query:
    """The query, with the flag that the question names wherever its table is read, if nothing in it uses that."""
    changed = tree.copy()
    for column in _named(changed, question, links, schema):
        if not _is_flag(column, schema, stores):
            continue
        known = schema.columns[column]
        for select in list(changed.find_all(exp.Select)):
            sources = Previous(select, schema).sources
            aliases = [alias for alias, table in sources.items() if table == known.table]
            if len(aliases) != 1:
                continue
            yes = exp.true() if known.type == "boolean" else exp.Literal.number(1)
            qualifier = next(
                one.alias_or_name
                for one in select.find_all(exp.Table)
                if one.parent_select is select and one.alias_or_name.lower() == aliases[0]
            )
            flag = exp.column(
                exp.to_identifier(known.name), table=qualifier if len(sources) > 1 else None
            )
            select.where(exp.EQ(this=flag, expression=yes), copy=False)
    return changed


def _named(tree: exp.Expr, question: Question, links: Links, schema: Schema) -> Iterator[int]:
    """The columns whose one word the question says, that no query uses although it reads their table."""
    if denies(question):
        return
    read = {schema.find_table(table.name) for table in tree.find_all(exp.Table)}
    used = {column.name.lower() for column in tree.find_all(exp.Column)}
    for link in links.links:
        if link.column is None or link.value is not None or link.end - link.start != 1:
            continue
        known = schema.columns[link.column]
        is_said = question.words[link.start].text.lower() == flag_word(known.words)
        if not is_said or known.table not in read or known.name.lower() in used:
            continue
        rivals = {
            (other.table, other.column)
            for other in links.links
            if other.start <= link.start < other.end and other.kind == "exact"
        }
        if rivals <= {(link.table, link.column)}:
            yield link.column


def _is_flag(column: int, schema: Schema, stores: Stores) -> bool:
    kind = schema.columns[column].type
    return kind == "boolean" or (kind == "number" and stores(column, "other") is False)
