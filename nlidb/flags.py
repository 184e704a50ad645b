"""A flag that the question names and the query leaves out: "who attended" is not who registered.

    named_flag(tree, question, links, schema, stores) -> ... AND registrations.attended = 1
    by_number(tree, schema) -> newsletter = 1 for newsletter = 'newsletter', where the column holds numbers

A column counts as a flag if it is called by one participle or adjective and holds 0 and 1 alone. Of 228 questions
written for training that say such a column's word, and whose SQL reads its table, 218 use it; what the others name
holds no flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.delinearize import as_identifier
from nlidb.linking import Link, Links
from nlidb.nulls import Stores
from nlidb.polarity import denies, flag_word
from nlidb.question import Question
from nlidb.schema import Schema, identifier_words

SAME_BEGINNING = 4
"""Letters: ``closed_on`` and 'closing' say that something is closed."""
_UNSURE = re.compile(
    r"\b(?:including|include[sd]?|whether|regardless|either|or|when|do|does|did|how\s+long"
    r"|why)\b",
    re.IGNORECASE,
)
"""Words with which rows without the flag may be meant as well, or the word is a verb in some other sense."""
_DEGREES = frozenset("most least more less very how too so".split())
_GOES_ON = frozenset(
    "by in since on at for from with to until after before during most more less the".split()
)
"""Words after a verb that says something else than the flag does."""


def named_flag(
    tree: exp.Query, question: Question, links: Links, schema: Schema, stores: Stores
) -> exp.Query:
    """The query, with the flag that the question names wherever its table is read, if nothing in it uses that."""
    named = [c for c in _named(tree, question, links, schema) if _is_flag(c, schema, stores)]
    if not named:
        return tree
    changed = tree.copy()
    for column in named:
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
                as_identifier(known.name),
                table=as_identifier(qualifier) if len(sources) > 1 else None,
            )
            select.where(exp.EQ(this=flag, expression=yes), copy=False)
    return changed


def by_number(tree: exp.Query, schema: Schema) -> exp.Query:
    """The query, where a column of numbers or truth values is compared with its own name: with 1, or true."""
    if not any(_is_text(node.expression) for node in tree.find_all(exp.EQ, exp.NEQ)):
        return tree
    changed = tree.copy()
    previous = Previous(changed, schema)
    for node in changed.find_all(exp.EQ, exp.NEQ):
        literal = node.expression
        if not _is_text(literal):
            continue
        column = previous.resolve(node.this) if isinstance(node.this, exp.Column) else None
        known = None if column is None else schema.columns[column]
        if known is None or known.type not in ("number", "boolean"):
            continue
        word = str(literal.this).lower()
        if word and word in (known.words, known.name.lower(), flag_word(known.words)):
            yes = exp.true() if known.type == "boolean" else exp.Literal.number(1)
            literal.replace(yes)
    return changed


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _named(tree: exp.Expr, question: Question, links: Links, schema: Schema) -> Iterator[int]:
    """The columns whose one word the question says, of tables that the query reads without a word of them."""
    if denies(question) or _UNSURE.search(question.text) is not None:
        return
    read = {schema.find_table(table.name) for table in tree.find_all(exp.Table)}
    used = [
        word for one in tree.find_all(exp.Column) for word in identifier_words(one.name).split()
    ]
    used += [str(literal.this).lower() for literal in tree.find_all(exp.Literal)]
    for link in links.links:
        if link.column is None or link.value is not None or link.end - link.start != 1:
            continue
        known, word = schema.columns[link.column], question.words[link.start]
        if word.text.lower() != flag_word(known.words) or known.table not in read:
            continue
        if re.search(
            rf"\b(?:un|in|non-?|dis){re.escape(word.text)}\b", question.text, re.IGNORECASE
        ):
            continue  # "paid and unpaid"
        beginning = word.text.lower()[:SAME_BEGINNING]
        if any(text.startswith(beginning) for text in used):
            continue  # it is said in another way
        others = {
            (other.table, other.column, other.value)
            for other in links.links
            if other.start <= link.start < other.end
        }
        if len(others) == 1 and _is_said_of(question, links, link, known.table):
            yield link.column


def _is_said_of(question: Question, links: Links, flag: Link, table: int) -> bool:
    """Whether the word says how a row of the table is: "paid orders", "who attended Jazz"; not "active contracts"
    of a customer, "the most active", "used by Ann", "enrolled in Physics"."""
    words = question.words
    before = words[flag.start - 1].text.lower() if flag.start else ""
    after = words[flag.end] if flag.end < len(words) else None
    if before in _DEGREES or (after is not None and after.text.lower() in _GOES_ON):
        return False
    next_tables = {
        link.table
        for link in links.links
        if link.start == flag.end and link.table is not None and link.column is None
    }
    return not next_tables or table in next_tables


def _is_flag(column: int, schema: Schema, stores: Stores) -> bool:
    kind = schema.columns[column].type
    if kind == "boolean":
        return stores(column, "other") is not True  # SQLite's may hold words
    return kind == "number" and stores(column, "other") is False
