"""Ends that are past, and last times: what the model cannot say since it knows no today, or leaves to the reader.

lapsed(tree, question, schema, today) -> end_date < '2026-11-29' for end_date IS NULL of "expired contracts"
last_time(tree, question, schema) -> SELECT MAX(seen_on) for SELECT seen_on of "when was she last seen"
"""

from __future__ import annotations

import re
from datetime import date

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.linking import Links
from nlidb.question import Question, date_mentions
from nlidb.schema import Schema
from nlidb.target import is_date_column

_LAPSED = re.compile(
    r"\b(?:(?:has|have|had|is|are|were|was|already)\s+)*(?:expired|lapsed|ran\s+out|run\s+out)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|without|un\w+|before|after|still|yet)\b|n['\u2019]t\b", re.IGNORECASE
)
_ENDS = frozenset("end ends ended ending expiry expires expire expiration until valid to".split())
_HOURS = re.compile(r"time(?!stamp)", re.IGNORECASE)
"""How an engine's type begins that holds a time of day."""
_WHEN = re.compile(
    r"^(?:when|(?:what|which)\s+(?:date|day))\b.*?\b(?:(?P<last>last|latest|most\s+recent)|first|earliest)\s+",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\w+(?:ed|en)|seen|paid|sold|bought|sent|met|told|won|lost|order|buy|pay|visit|play|call|log|serve"
)
"""What somebody last did, or what last happened to something."""
_OF_EACH = re.compile(r"\b(?:each|every|per|all|both)\b", re.IGNORECASE)
_ENDS_OF_TIME = re.compile(r"\b(?:last|first|latest|earliest|most\s+recent)\b", re.IGNORECASE)


def lapsed(tree: exp.Query, question: Question, schema: Schema, today: date) -> exp.Query:
    """The query, where what has expired is taken for what has no end, or any: what ended before today."""
    if _LAPSED.search(question.text) is None or _DENIED.search(question.text) is not None:
        return tree
    if date_mentions(question) or len(list(tree.find_all(exp.Is))) != 1:
        return tree
    if any(_LAPSED.search(str(literal.this)) for literal in tree.find_all(exp.Literal)):
        return tree  # a status says so
    changed = tree.copy()
    previous = Previous(changed, schema)
    for node in list(changed.find_all(exp.Is)):
        if not isinstance(node.expression, exp.Null) or not isinstance(node.this, exp.Column):
            continue
        column = previous.resolve(node.this)
        known = None if column is None else schema.columns[column]
        if known is None or known.type != "time" or _HOURS.match(known.sql_type):
            continue
        if _ENDS.isdisjoint(known.words.split()):
            continue
        past = exp.LT(this=node.this.copy(), expression=exp.Literal.string(today.isoformat()))
        above = node.parent
        (above if isinstance(above, exp.Not) else node).replace(past)
    return changed


def last_time(tree: exp.Query, question: Question, links: Links, schema: Schema) -> exp.Query:
    """The query, where it lists all times of which the last or the first is asked for: that one.

    "Last" and "first" are of what the times are of, or of a verb: "her last visit", "when was she last seen"; not
    of a name ("First Aid") or of something else ("the first team").
    """
    match = _WHEN.search(question.text)
    if match is None or _OF_EACH.search(question.text) or not isinstance(tree, exp.Select):
        return tree
    if len(_ENDS_OF_TIME.findall(question.text)) != 1:
        return tree
    previous = Previous(tree, schema)
    shown = previous.shown
    if len(shown) != 1 or shown[0] is None or not is_date_column(schema.columns[shown[0]]):
        return tree
    if previous.grouped or previous.ordered or previous.limited:
        return tree
    table = schema.columns[shown[0]].table
    place = next((i for i, one in enumerate(question.words) if one.start >= match.end()), -1)
    if place < 0 or not _is_meant(question, links, place, table):
        return tree
    changed = tree.copy()
    end = exp.Max if match["last"] else exp.Min
    changed.set("expressions", [end(this=changed.expressions[0].copy())])
    changed.set("distinct", None)
    return changed


def _is_meant(question: Question, links: Links, place: int, table: int) -> bool:
    """Whether the word after "last" names the table whose times are shown, or is a verb."""
    word = question.words[place]
    over = [link for link in links.links if link.start <= place < link.end]
    if not word.text.islower() or any(link.value is not None for link in over):
        return False
    if any(link.table == table and link.column is None for link in over):
        return word.text == word.lemma
    return _VERB.fullmatch(word.text) is not None and not any(link.column is None for link in over)
