"""Conditions that say the opposite of the question: "until June" as after it, "inactive" as ``active = 1``.

The words around a number, a date, a flag's name or a stored value say which way a condition must go. Only what
they say plainly counts; where a question denies or doubles it, nothing is said here.
"""

from __future__ import annotations

import re

from sqlglot import exp

from nlidb.linking import Links
from nlidb.question import Question, date_mentions
from nlidb.schema import identifier_words
from nlidb.target import as_number

_MORE = (
    r"(?:more|greater|higher|larger|bigger|longer|heavier|taller|older|costlier)\s+than"
    r"|over|above|exceed(?:s|ing)?|at\s+least|no\s+(?:less|fewer)\s+than|minimum\s+of"
)
_LESS = (
    r"(?:less|fewer|lower|smaller|shorter|lighter|cheaper|younger)\s+than"
    r"|under|below|at\s+most|no\s+more\s+than|up\s+to|maximum\s+of"
)
_BEFORE_NUMBER = re.compile(
    rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\s+(?:an?\s+|the\s+|of\s+|[$\u20ac\u00a3]\s*)*$",
    re.IGNORECASE,
)
_AFTER_NUMBER = re.compile(
    r"\S+\s+(?:\w+\s+)?or\s+(?:(?P<more>more|over|above|higher|longer|greater|older)"
    r"|(?P<less>less|fewer|under|below|lower|shorter|younger))\b",
    re.IGNORECASE,
)
_BEFORE_DATE = re.compile(
    r"\b(?:(?P<more>after|since|later\s+than|from)|(?P<less>before|until|till|prior\s+to|up\s+to|earlier\s+than))\s+"
    r"(?:(?:and\s+including|the|end|start|beginning|of|in|on)\s+)*$",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|without|no|nor|neither|nobody|none|nothing|zero|out|off|except|exclud\w+|between|from|older|younger)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)
"""Words that may turn a comparison round, or give it a second end."""
_UP, _DOWN = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
_DAY = re.compile(r"\d{4}-\d\d")
_YES = frozenset("1 true t yes y".split())
_NO = frozenset("0 false f no n".split())
_ADJECTIVE = re.compile(r"\w{2,}(?:ed|ive|able|ible|ent)|paid|open|sold|sent|done")
"""Of a flag: "active", "is_paid"; not the number of ``open_issues`` or a price of 0."""
_DENYING = (
    r"(?:not|n['\u2019]t|never|no|without|non|nor|neither)"
    r"(?:\s+(?:yet|been|be|currently|still|an?|any|the|have|has))*"
)
_DENIED_VALUE = re.compile(
    r"(?:\bnot|n['\u2019]t|\bexcept(?:\s+for)?|\bexcluding|\bother\s+than|\bapart\s+from)\s+"
    r"(?:(?:in|from|at|the|an?|any|by|to|with|of|for|on|be|live|work|based|located|living)\s+){0,3}$",
    re.IGNORECASE,
)


def opposite(question: Question, links: Links, tree: exp.Expr) -> str:
    """The words of which a condition says the opposite; "" where there are none."""
    return (
        _wrong_way(question, tree)
        or _wrong_side(question, tree)
        or _wrong_flag(question, tree)
        or _wrong_value(question, links, tree)
    )


def _wrong_way(question: Question, tree: exp.Expr) -> str:
    """Numbers: "2 or less" as >= 2."""
    if _DENIED.search(question.text):
        return ""
    for node in tree.find_all(*_UP, *_DOWN):
        if not isinstance(node.this, exp.Column | exp.AggFunc):
            continue
        if not isinstance(node.expression, exp.Literal) or _is_denied(node):
            continue
        value = as_number(str(node.expression.this))
        found = []
        for word in question.words:
            if value is None or as_number(word.text) != value:
                continue
            for match in (
                _BEFORE_NUMBER.search(question.text[: word.start]),
                _AFTER_NUMBER.match(question.text[word.start :]),
            ):
                if match is not None:
                    found.append((match["more"] is not None, match[0].strip()))
        if len({way for way, _ in found}) == 1 and found[0][0] != isinstance(node, _UP):
            return found[0][1]
    return ""


def _wrong_side(question: Question, tree: exp.Expr) -> str:
    """Dates: "until June" as after it, or as in it."""
    mentions = date_mentions(question)
    if len({(mention.start, mention.end) for mention in mentions}) != 1:
        return ""
    match = _BEFORE_DATE.search(question.text[: question.words[mentions[0].start].start])
    if match is None or _DENIED.search(question.text):
        return ""
    wrong = _DOWN if match["more"] else _UP
    for node in tree.find_all(*wrong):
        text = str(node.expression.this) if isinstance(node.expression, exp.Literal) else ""
        if _DAY.match(text) and not _is_denied(node):
            return match[0].strip()
    return ""


def _wrong_flag(question: Question, tree: exp.Expr) -> str:
    """Flags: "inactive" as active = 1."""
    words = {word.text.lower() for word in question.words}
    for node in tree.find_all(exp.EQ, exp.NEQ):
        value = node.expression
        if not isinstance(node.this, exp.Column) or not isinstance(
            value, exp.Literal | exp.Boolean
        ):
            continue
        text = str(value.this).lower()
        if text not in _YES | _NO or text in words:  # "inactive (active 0)"
            continue
        asked = (text in _YES) != _is_denied(node)
        for name in identifier_words(node.this.name).split():
            if not _ADJECTIVE.fullmatch(name):
                continue
            word = rf"{re.escape(name)}(?:ed|d)?"
            denied = re.search(
                rf"\b(?:in|un|non-?|dis){word}\b|{_DENYING}\s+{word}\b",
                question.text,
                re.IGNORECASE,
            )
            said = re.search(rf"\b{word}\b", question.text, re.IGNORECASE)
            if denied is not None and (said is None or denied.end() == said.end()):
                if asked:
                    return denied[0]
            elif said is not None and denied is None and not asked:
                if not _DENIED.search(question.text):
                    return said[0]
    return ""


def _wrong_value(question: Question, links: Links, tree: exp.Expr) -> str:
    """Stored values: "not from Germany" as country = 'Germany', with another value denied in its place."""
    compared: dict[str, list[bool]] = {}
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like):
        others = node.expressions if isinstance(node, exp.In) else [node.expression]
        for other in others:
            if isinstance(other, exp.Literal) and other.is_string:
                compared.setdefault(str(other.this).strip("%").lower(), []).append(_is_denied(node))
    for link in links.links:
        known = compared.get((link.value or "").lower())
        if known is None or any(known):
            continue
        start, end = question.words[link.start].start, question.words[link.end - 1].end
        match = _DENIED_VALUE.search(question.text[:start])
        if match is not None:
            return question.text[match.start() : end]
    return ""


def _is_denied(node: exp.Expr) -> bool:
    """Whether what holds by a condition is left out: an odd number of negations stands above it."""
    count = int(isinstance(node, exp.NEQ)) + bool(node.args.get("negate"))
    below, above = node, node.parent
    while above is not None:
        count += isinstance(above, exp.Not)
        count += isinstance(above, exp.Except) and below is above.expression
        below, above = above, above.parent
    return count % 2 == 1
