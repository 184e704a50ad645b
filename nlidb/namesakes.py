"""A name of which only a part is said, and which several stored values share: "Anna" of the shop, which has two.

    namesakes(question, links, tree, schema, index) -> Namesakes('"Anna" may be "Anna Hoffmann" or ...', queries)

The model takes one of them, as it must copy a stored value. Which one is meant nobody can tell, so a reading with
all of them and one with each are offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.evidence import SAME_BEGINNING
from nlidb.explain_scope import join_words
from nlidb.linking import Link, Links
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.values import ValueIndex, tokens

MOST = 5
"""So many namesakes can be chosen among; a word that more values share is no name."""


@dataclass(frozen=True)
class Namesakes:
    """The readings of a question whose name several stored values share."""

    doubt: str
    """Why it is to be asked back, in a sentence."""
    queries: tuple[exp.Query, ...]
    """First the one that takes all of them, then one for each."""


def namesakes(
    question: Question, links: Links, tree: exp.Expr, schema: Schema, index: ValueIndex
) -> Namesakes | None:
    """The readings, where the query takes a stored value that the question says no better than another."""
    if not isinstance(tree, exp.Query):
        return None
    previous = Previous(tree, schema)
    compared = [
        node
        for node in tree.find_all(exp.EQ)
        if isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Literal)
        and node.expression.is_string
    ]
    if len(compared) != 1:  # of two names it would be hard to say which is in doubt
        return None
    taken = str(compared[0].expression.this)
    column = previous.resolve(compared[0].this)
    if column is None or not index.is_whole(column):
        return None
    said = _said(question, links, taken, column)
    if said is None:
        return None
    text = question.span(said.start, said.end)
    words = tokens(text)
    sharing = [value for value in index.column_values(column) if _has(value, words)]
    sharing = _best_said(question, sharing)
    if taken not in sharing or not 1 < len(sharing) <= MOST:
        return None
    quoted = join_words([f'"{value}"' for value in sharing], "or")
    queries = [_with(tree, _any_of(compared[0].this, sharing))]
    queries += [_with(tree, _is(compared[0].this, value)) for value in sharing]
    return Namesakes(f'"{text}" may be {quoted}.', tuple(queries))


def _said(question: Question, links: Links, taken: str, column: int) -> Link | None:
    """The longest words that the value was taken for, where they are not all of it."""
    found = [link for link in links.links if link.value == taken and link.column == column]
    longest = max(found, key=lambda link: link.end - link.start, default=None)
    if longest is None:
        return None
    words = tokens(question.span(longest.start, longest.end))
    return longest if words and _has(taken, words) and len(tokens(taken)) > len(words) else None


def _has(value: str, words: Sequence[str]) -> bool:
    """Whether a value has these words, one after the other."""
    own = tokens(value)
    return any(own[i : i + len(words)] == list(words) for i in range(len(own) - len(words) + 1))


def _best_said(question: Question, values: Sequence[str]) -> list[str]:
    """The values of which the question says most: "Anna from Hoffmann" is no Anna Krüger."""
    said = {word.text.casefold()[:SAME_BEGINNING] for word in question.words}
    counts = [sum(word[:SAME_BEGINNING] in said for word in tokens(value)) for value in values]
    return [value for value, count in zip(values, counts, strict=True) if count == max(counts)]


def _is(column: exp.Expr, value: str) -> exp.Expr:
    return exp.EQ(this=column.copy(), expression=exp.Literal.string(value))


def _any_of(column: exp.Expr, values: Sequence[str]) -> exp.Expr:
    return exp.In(this=column.copy(), expressions=[exp.Literal.string(value) for value in values])


def _with(tree: exp.Query, condition: exp.Expr) -> exp.Query:
    """The query with another condition in place of its one comparison with a text."""
    changed = tree.copy()
    for node in changed.find_all(exp.EQ):
        if node.this == condition.this and isinstance(node.expression, exp.Literal):
            node.replace(condition)
            break
    return changed
