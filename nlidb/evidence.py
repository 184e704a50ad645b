"""Why an answer reads the question as it does: its links, what its words attended to, and the values it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from nlidb.answer import Answer, AnswerLink, Attention, warn
from nlidb.linking import Link, Links
from nlidb.question import Question, parse_question
from nlidb.schema import Schema
from nlidb.unstored import Finds, unstored
from nlidb.values import ValueIndex

MAX_ATTENDED = 16
"""Schema items of an answer's attention: what a picture can show; the rest takes next to nothing."""
SAME_BEGINNING = 3
"""Letters: "German" begins like "Germany", "Berln" like "Berlin"."""


def answer_links(
    question: Question, links: Links, schema: Schema, attention: Any
) -> tuple[AnswerLink, ...]:
    """The links with names and character offsets, in the question's order, firmest first."""
    found = []
    for known in links.links:
        column = None if known.column is None else schema.columns[known.column]
        table = known.table if column is None else column.table
        found.append(
            AnswerLink(
                text=question.span(known.start, known.end),
                start=question.words[known.start].start,
                end=question.words[known.end - 1].end,
                kind=known.kind,
                table=None if table is None else schema.tables[table].name,
                column=None if column is None else column.name,
                value=known.value,
                weight=_weight(known, schema, attention),
            )
        )
    return tuple(sorted(found, key=lambda item: (item.start, -item.weight)))


def values_guessed(
    question: Question, links: Links, query: exp.Expr
) -> tuple[tuple[str, str], ...]:
    """The stored values of a query that the question says only a part of: its words, and the value they were taken
    for ("Anna Schmidt" has no such customer, and "Anna" became "Anna Hoffmann").

    A word of the value counts as said where a word of the question begins like it.
    """
    held = {
        str(literal.this)
        for literal in query.find_all(exp.Literal)
        if literal.is_string
        and not isinstance(literal.parent, exp.In)  # one of several is no guess
    }
    said = {word.text.casefold()[:SAME_BEGINNING] for word in question.words}
    found: dict[str, Link] = {}
    for known in links.links:
        if known.value is None or known.value not in held:
            continue
        words = {word.text.casefold() for word in parse_question(known.value).words}
        if any(word[:SAME_BEGINNING] not in said for word in words if word.isalnum()):
            longest = found.setdefault(known.value, known)
            if known.end - known.start > longest.end - longest.start:
                found[known.value] = known
    return tuple((question.span(known.start, known.end), value) for value, known in found.items())


def tell_unstored(
    answer: Answer, tree: exp.Expr, schema: Schema, index: ValueIndex, finds: Finds | None
) -> Answer:
    """The answer with what is to be said of values that its query looks for and that are stored nowhere.

    ``finds`` asks the database; None where nothing is to be run.
    """
    nothing = not any(cell not in (0, None) for row in answer.rows for cell in row)
    counted = tree.find(exp.AggFunc) is not None and len(answer.rows) == 1
    is_empty = nothing and (counted or not answer.rows)
    for sentence in unstored(tree, schema, index, finds, is_empty=is_empty):
        answer = warn(answer, sentence)
    return answer


def answer_attention(question: Question, schema: Schema, weights: Any) -> Attention | None:
    """The attention as the answer shows it: words by the schema items that take the most; None without any."""
    if weights is None:
        return None
    # Words past what the model reads have no row.
    words = [
        (place, word)
        for place, word in enumerate(question.words[: len(weights)])
        if any(char.isalnum() for char in word.text)
    ]
    names = [table.name for table in schema.tables]
    names += [f"{schema.tables[column.table].name}.{column.name}" for column in schema.columns]
    totals = [sum(float(weights[place][item]) for place, _ in words) for item in range(len(names))]
    items = sorted(range(len(names)), key=lambda item: -totals[item])[:MAX_ATTENDED]
    return Attention(
        tuple((word.start, word.end) for _, word in words),
        tuple(names[item] for item in items),
        tuple(tuple(round(float(weights[place][item]), 4) for item in items) for place, _ in words),
    )


def moved_attention(weights: Any, places: Sequence[int], count: int) -> Any:
    """The attention of other words, each of which stands at ``places`` among a question's ``count`` words, as rows
    of that question; -1 for a word that does not stand there. None without any."""
    if weights is None:
        return None
    rows = [[0.0] * len(weights[0])] * count
    for place, row in zip(
        places, weights, strict=False
    ):  # of a long question not every word is read
        if place >= 0:
            rows[place] = row
    return rows


def _weight(known: Link, schema: Schema, attention: Any) -> float:
    """How much the words attend to what they are linked to; without attention, how close the match
    is."""
    if attention is None or (known.table is None and known.column is None):
        return known.score
    item = len(schema.tables) + known.column if known.column is not None else known.table
    # The model reads no more words than the attention has rows.
    words = range(known.start, min(known.end, len(attention)))
    return max((float(attention[word][item]) for word in words), default=known.score)
