"""Which rule reads a question that the target language cannot say as it stands, and what it makes of a query.

    rule_for(question, links, schema) -> Ordinal("What is the most expensive product?", 2, ...)
    changed_by(rule, tree, schema) -> (SELECT ... DENSE_RANK() ..., )

Each rule has a file of its own: it reads the question as another one, which the model can read, and changes the
query that comes of that. Only the assistant knows the model. What no rule reads is told (``nlidb.beyond``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from nlidb.averages import Average, asks_for_average_of_counts, average_query, read_average
from nlidb.beyond import beyond
from nlidb.groupwise import Groupwise, groupwise_query, read_groupwise
from nlidb.linking import Links
from nlidb.ordinals import Ordinal, nth_query, read_ordinal, says_ordinal
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.shares import Share, asks_for_share, names_measure, names_share, read_share
from nlidb.sides import Sides, read_sides, sides_query

Rewording = Ordinal | Groupwise | Average | Sides
"""A rule that has another question read, and changes the query of it."""
Rule = Share | Rewording

SHARE_UNCLEAR = "I cannot work out this share: ask for the part and for the whole, each by itself."
ORDINAL_UNCLEAR = (
    "I cannot tell which row of this is meant: ask for the first few, as in 'the top 3'."
)
SIDES_UNCLEAR = "I cannot tell these two numbers apart: ask for one after the other."
AVERAGE_UNCLEAR = "I cannot average these counts: ask for the number of each, or for both numbers."

_ASKS_ANEW = re.compile(r"(?:and\s+|but\s+)?(?:how\s+many|list|show|who|which)\b", re.IGNORECASE)
"""How a follow-up begins that does not ask for the share again."""


def rule_for(question: Question, links: Links, schema: Schema) -> Rule | str | None:
    """The rule for the question, or the reason to decline it; None for one that the target language can say."""
    each = read_groupwise(question, links, schema)
    unsaid = beyond(question, links, schema, of_each=each is None)
    if unsaid is not None:
        return unsaid
    ordinal = says_ordinal(question.text)
    share = read_share(question, links)
    if share is not None and not ordinal:
        return share
    wanted = _asks_for_share(question.text, schema)
    if share is not None or (wanted and not names_measure(question, links, schema)):
        return SHARE_UNCLEAR
    if ordinal:
        return read_ordinal(question) or ORDINAL_UNCLEAR
    if asks_for_average_of_counts(question, links, schema):
        return read_average(question, links, schema) or AVERAGE_UNCLEAR
    return each or read_sides(question)


def unsaid_by(own: Question, links: Links, whole: Question, schema: Schema) -> str | None:
    """Why a follow-up of these words, ``whole`` with what it carries over, is declined; None where it is not.

    A rule reads a whole question: what carries one over would be read without what it said.
    """
    unsaid = beyond(own, links, schema)
    if unsaid is not None:
        return unsaid
    if says_ordinal(whole.text) or says_ordinal(own.text):
        return ORDINAL_UNCLEAR
    if _asks_for_share(own.text, schema) or (
        asks_for_share(whole.text) and not _ASKS_ANEW.match(own.text)
    ):
        return SHARE_UNCLEAR
    return AVERAGE_UNCLEAR if asks_for_average_of_counts(own, links, schema) else None


def _asks_for_share(text: str, schema: Schema) -> bool:
    """Whether a share is asked for that no column holds."""
    return asks_for_share(text) and not any(
        names_share(text, column.words) for column in schema.columns
    )


def unclear(rule: Rule, question: Question, links: Links, schema: Schema) -> str | None:
    """What to say where the rule found no query; None where the model may read the question as it stands."""
    if isinstance(rule, Groupwise):
        return beyond(question, links, schema)  # "the highest price": the model knows it for each
    if isinstance(rule, Average) and rule.table is None:
        return None  # "how many kilometres": a column may hold them
    if isinstance(rule, Sides):
        return SIDES_UNCLEAR if rule.twice else None
    if isinstance(rule, Share):
        return SHARE_UNCLEAR
    return ORDINAL_UNCLEAR if isinstance(rule, Ordinal) else AVERAGE_UNCLEAR


def changed_by(rule: Rewording, tree: exp.Expr, schema: Schema) -> Sequence[exp.Query]:
    """The query of the model's reading as the rule changes it; empty where it does not fit."""
    if isinstance(rule, Ordinal):
        query = nth_query(tree, rule.number, schema)
    elif isinstance(rule, Groupwise):
        query = groupwise_query(tree, rule, schema)
    elif isinstance(rule, Average):
        query = average_query(tree, rule, schema)
    else:
        query = sides_query(tree, schema)
    return () if query is None else (query,)
