"""A name of which only a part is said, and which several stored values share: "Anna" of the shop, which has two.

    namesakes(question, links, tree, schema, index) -> Namesakes('"Anna" may be "Anna Hoffmann" or ...', queries)

The model takes one of them, as it must copy a stored value. Of people, which one is meant nobody can tell, so a
reading with all of them and one with each are offered; of other things ("suites", "hemophilia") all are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.evidence import SAME_BEGINNING
from nlidb.explain_scope import join_words
from nlidb.linking import Link, Links
from nlidb.question import Question, lemma
from nlidb.schema import Schema
from nlidb.values import ValueIndex, tokens

MOST = 5
"""So many namesakes can be chosen among; a word that more values share is no name."""
_PEOPLE = frozenset(
    """person people human customer client member user employee staff worker guest patient pupil student teacher
    trainer instructor coach doctor physician nurse therapist driver agent author artist singer actor player owner
    contact tenant borrower reader donor volunteer manager investigator supervisor seller buyer rider lawyer judge
    officer pilot passenger participant candidate applicant researcher professor lecturer adviser advisor mechanic
    waiter chef cook director crew visitor subscriber founder sender recipient""".split()
)
"""What those are called of whom one is meant by a name."""


@dataclass(frozen=True)
class Namesakes:
    """The readings of a question whose name several stored values share."""

    doubt: str
    """What the name may mean, in a sentence."""
    column: int
    """The column that holds the name (index into ``Schema.columns``)."""
    queries: tuple[exp.Query, ...]
    """First the one that takes all of them, then one for each."""
    is_person: bool


def namesakes(
    question: Question, links: Links, tree: exp.Expr, schema: Schema, index: ValueIndex
) -> Namesakes | None:
    """The readings, where the query takes one stored value that the question says no better than another."""
    if not isinstance(tree, exp.Query):
        return None
    found = []
    for place, column, taken in _compared(tree, schema):
        said = _said(question, links, taken, column) if index.is_whole(column) else None
        if said is None:
            continue
        words = tokens(question.span(said.start, said.end))
        sharing = [value for value in index.column_values(column) if _has(value, words)]
        sharing = _best_said(question, sharing)
        if taken in sharing and 1 < len(sharing) <= MOST:
            found.append((place, column, said, sharing))
    if len(found) != 1:  # of two names it would be hard to say which is in doubt
        return None
    place, column, said, sharing = found[0]
    quoted = join_words([f'"{value}"' for value in sharing], "or")
    return Namesakes(
        f'"{question.span(said.start, said.end)}" may be {quoted}.',
        column,
        (_with(tree, place, sharing), *(_with(tree, place, [value]) for value in sharing)),
        _is_person(column, schema),
    )


def compares(tree: exp.Expr, column: int, schema: Schema) -> bool:
    """Whether a query compares this column with a text."""
    previous = Previous(tree, schema)
    return any(
        isinstance(node.this, exp.Column) and previous.resolve(node.this) == column
        for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like)
    )


def _compared(tree: exp.Expr, schema: Schema) -> list[tuple[int, int, str]]:
    """The texts that columns are equal to: which of the query's equalities, the column, the text."""
    previous = Previous(tree, schema)
    found = []
    for place, node in enumerate(tree.find_all(exp.EQ)):
        value = node.expression
        if isinstance(node.this, exp.Column) and isinstance(value, exp.Literal) and value.is_string:
            column = previous.resolve(node.this)
            if column is not None:
                found.append((place, column, str(value.this)))
    return found


def _said(question: Question, links: Links, taken: str, column: int) -> Link | None:
    """The longest words that the value was taken for, where they are not all of it."""
    found = [link for link in links.links if link.value == taken and link.column == column]
    longest = max(found, key=lambda link: link.end - link.start, default=None)
    if longest is None:
        return None
    words = tokens(question.span(longest.start, longest.end))
    return longest if words and _has(taken, words) and len(tokens(taken)) > len(words) else None


def _has(value: str, words: Sequence[str]) -> bool:
    """Whether a value has these words, one after the other, in whatever number ("suites" in "Junior Suite")."""
    own, meant = [lemma(word) for word in tokens(value)], [lemma(word) for word in words]
    return any(own[i : i + len(meant)] == meant for i in range(len(own) - len(meant) + 1))


def _best_said(question: Question, values: Sequence[str]) -> list[str]:
    """The values of which the question says most: "Anna from Hoffmann" is no Anna Krüger."""
    said = {word.text.casefold()[:SAME_BEGINNING] for word in question.words}
    counts = [sum(word[:SAME_BEGINNING] in said for word in tokens(value)) for value in values]
    return [value for value, count in zip(values, counts, strict=True) if count == max(counts)]


def _is_person(column: int, schema: Schema) -> bool:
    known = schema.columns[column]
    words = {*known.words.split(), *schema.tables[known.table].words.split()}
    return not _PEOPLE.isdisjoint(lemma(word) for word in words)


def _with(tree: exp.Query, place: int, values: Sequence[str]) -> exp.Query:
    """The query with these values in one of its equalities."""
    changed = tree.copy()
    node = list(changed.find_all(exp.EQ))[place]
    literals = [exp.Literal.string(value) for value in values]
    if len(literals) == 1:
        node.set("expression", literals[0])
    else:
        node.replace(exp.In(this=node.this.copy(), expressions=literals))
    return changed
