"""Conditions that say the opposite of the question are turned round: "until June" read as after it, "inactive" as
``active = 1``, "2 or less" as ``>= 2``, "closed" as ``closed_on IS NULL``.

    put_right(question, tree) -> the query whose conditions go the way that the words about them say
    denies_another(question, links, tree) -> 'not from Germany', where something else is left out in its place

Only what the words plainly say counts; where a question denies or doubles it, the query stays. Of 76 834 questions
with SQL that people wrote for training it changes 13, most of which are wrong themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from nlidb.linking import Links
from nlidb.periods import asked_end
from nlidb.question import Question, date_mentions
from nlidb.schema import identifier_words
from nlidb.target import as_number

_MORE = (
    r"(?:more|greater|higher|larger|bigger|longer|heavier|taller|costlier)\s+than"
    r"|over|above|exceed(?:s|ing)?|at\s+least|no\s+(?:less|fewer)\s+than|minimum\s+of"
)
_LESS = (
    r"(?:less|fewer|lower|smaller|shorter|lighter|cheaper)\s+than"
    r"|under|below|at\s+most|no\s+more\s+than|up\s+to|maximum\s+of"
)
_EXCLUDING = r"(?:excluding|except(?:\s+for)?|leaving\s+out|not\s+counting|ignoring)"
_BEFORE_NUMBER = re.compile(
    rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\s+(?:an?\s+|the\s+|of\s+|[$\u20ac\u00a3]\s*)*$",
    re.IGNORECASE,
)
_AFTER_NUMBER = re.compile(
    r"\S+\s+(?:\w+\s+)?or\s+(?:(?P<more>more|over|above|higher|longer|greater)"
    r"|(?P<less>less|fewer|under|below|lower|shorter))\b",
    re.IGNORECASE,
)
_BEFORE_DATE = re.compile(
    r"\b(?:(?P<more>after|since|later\s+than)|(?P<less>before|until|till|prior\s+to|up\s+to|earlier\s+than))\s+"
    r"(?:(?:and\s+including|the|end|start|beginning|of|in|on)\s+)*$",
    re.IGNORECASE,
)
_JUST_DENIED = re.compile(
    r"(?:\b(?:not|never)|n['\u2019]t)\s+(?:(?:cost|weigh|tak|last|earn|hav|pric|rat|reach|scor|pay|paid|spen|own|be|get|got"
    r"|worth|any)\w*\s+){0,2}$",
    re.IGNORECASE,
)
"""A negation of the comparison itself: "not less than", "doesn't cost more than"."""
_JUST_EXCLUDED = re.compile(rf"\b{_EXCLUDING}\s+(?P<what>(?:\w+\s+){{0,4}})$", re.IGNORECASE)
_THOSE = frozenset(
    """the those ones any anything everything all that which who are were is was have not costing priced born made
    published sold placed issued from""".split()
)
"""What may stand between "excluding" and what is left out, beside the name of what the query is about."""
_DENIED = re.compile(
    r"\b(?:not|never|without|no|nor|neither|nobody|none|nothing|zero|out|off|but|minus|vs|versus|besides|between|from"
    r"|older|younger|(?:except|exclud|ignor|hid|skip|drop|avoid|remov|omit|leav)\w*)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""Words that may turn a condition round, or give it a second end."""
_UP, _DOWN = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE,
}  # fmt: skip
"""Numbers: "2 or less" holds for 2, as "2 or more" does."""
_OTHER_SIDE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LTE, exp.GTE: exp.LT, exp.LT: exp.GTE, exp.LTE: exp.GT,
}  # fmt: skip
"""Dates: what is not from that day on is before it."""
_YEARS = range(1000, 2100)
_DAY = re.compile(r"\d{4}-\d\d")
_FLAGS = {"1": "0", "true": "false", "t": "f", "yes": "no", "y": "n"}
_FLAGS |= {no: yes for yes, no in _FLAGS.items()}
_YES = frozenset("1 true t yes y".split())
_ADJECTIVE = re.compile(r"\w{2,}(?:ed|ive|able|ible|ent)|paid|open|sold|sent|done")
"""Of a flag: "active", "is_paid"; not the number of ``open_issues`` or a price of 0."""
_IRREGULAR = frozenset("left sent withdrawn taken gone lost won done built bought broken".split())
_WHEN = frozenset("on at date dt day time".split())
_UNSURE = re.compile(
    r"\b(?:longer|missing|lack\w*|unknown|empty|whether|yet|still|due|date|when|wait\w*|first|last|open)\b",
    re.IGNORECASE,
)
"""Words with which a date may be missing in some other way."""
_GONE = re.compile(
    r"\b(?:no\s+longer|former(?:ly)?|past\s+(?:members?|employees?|staff|customers?))\b|\bex-",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:still\s+(?:with|work\w*|employed|here|active|member)|current(?:ly)?\s+(?:employ\w*|work\w*|members?|staff))\b",
    re.IGNORECASE,
)
_ENDS = frozenset(
    "left end ended exit leaving departure departed quit resigned termination terminated".split()
)
"""Words of a column that says when somebody went."""
_DENYING = (
    r"(?:not|n['\u2019]t|never|no|without|non|nor|neither)"
    r"(?:\s+(?:yet|been|be|currently|still|an?|any|the|have|has))*"
)
_DENIED_VALUE = re.compile(
    r"(?:\bnot|n['\u2019]t|\bexcept(?:\s+for)?|\bexcluding|\bother\s+than|\bapart\s+from)\s+"
    r"(?:(?:in|from|at|the|an?|any|by|to|with|of|for|on|be|live|work|based|located|living)\s+){0,3}$",
    re.IGNORECASE,
)


def put_right(question: Question, tree: exp.Query) -> exp.Query:
    """The query, where each comparison, flag or missing date that says the opposite of the question is turned."""
    tree = tree.copy()
    _turn_numbers(question, tree)
    _turn_dates(question, tree)
    _turn_flags(question, tree)
    _turn_absences(question, tree)
    return tree


def _turn_numbers(question: Question, tree: exp.Expr) -> None:
    nouns = _nouns(tree)
    for node in list(tree.find_all(*_UP, *_DOWN)):
        if not isinstance(node.this, exp.Column | exp.AggFunc) or _is_denied(node):
            continue
        number = node.expression
        value = as_number(str(number.this)) if isinstance(number, exp.Literal) else None
        ways = set(_ways(question, value, tree, nouns)) if value is not None else set()
        if {None if way is None else way.is_more for way in ways} == {not isinstance(node, _UP)}:
            turned = _TURNED[type(node)]
            if any(
                way is not None and way.is_denied for way in ways
            ):  # "not less than 5" holds for 5
                turned = exp.LTE if isinstance(node, _UP) else exp.GTE
            node.replace(turned(this=node.this.copy(), expression=number.copy()))


@dataclass(frozen=True)
class _Way:
    """What a question asks for beside a number."""

    is_more: bool
    is_denied: bool
    """Whether it says so by what it leaves out: "not under 5"."""


def _nouns(tree: exp.Expr) -> frozenset[str]:
    """The words for what the query is about, in the singular."""
    words = (
        word for table in tree.find_all(exp.Table) for word in identifier_words(table.name).split()
    )
    return frozenset(word.removesuffix("s") for word in words)


def _excludes(text: str, tree: exp.Expr, nouns: frozenset[str]) -> re.Match[str] | None:
    """Whether what follows the text is what is to be left out: "excluding books", "leaving out those".

    In "except novels over 10" the novels are; the query says so by itself, and the number is of what is kept.
    """
    match = _JUST_EXCLUDED.search(text)
    if match is None or tree.find(exp.NEQ, exp.Except, exp.Not) is not None:
        return None
    words = match["what"].lower().split()
    is_all = all(word in _THOSE or word.removesuffix("s") in nouns for word in words)
    return match if is_all else None


def _ways(
    question: Question, value: float, tree: exp.Expr, nouns: frozenset[str]
) -> Iterator[_Way | None]:
    """For each time the number is said, whether more than it is asked for; None where something denies that."""
    for word in question.words:
        if as_number(word.text) != value:
            continue
        text = question.text[: word.start]
        is_year = value in _YEARS and len(word.text) == 4
        before = _BEFORE_NUMBER.search(text) or (_BEFORE_DATE.search(text) if is_year else None)
        after = _AFTER_NUMBER.match(question.text[word.start :])
        match = before or after
        if match is None:
            continue
        start = match.start() if match is before else word.start
        end = word.end if match is before else word.start + match.end()
        denied = _JUST_DENIED.search(question.text[:start])
        denied = denied or _excludes(question.text[:start], tree, nouns)
        rest = question.text[: denied.start() if denied else start] + " " + question.text[end:]
        if _DENIED.search(rest):
            yield None
        else:
            yield _Way((match["more"] is not None) != (denied is not None), denied is not None)


def _turn_dates(question: Question, tree: exp.Expr) -> None:
    """ "Until June" after it, "before 2020" in it."""
    mentions = date_mentions(question)
    if len({(mention.start, mention.end) for mention in mentions}) != 1:
        return
    place = mentions[0].start
    match = _BEFORE_DATE.search(question.text[: question.words[place].start])
    if match is None or _DENIED.search(question.text.replace(match[0], " ")):
        return
    for node in list(tree.find_all(*(_DOWN if match["more"] else _UP))):
        if not _is_day(node) or _is_denied(node):
            continue
        partner = _other_end(node)
        if partner is None:
            turned = _OTHER_SIDE[type(node)](
                this=node.this.copy(), expression=node.expression.copy()
            )
            node.replace(turned)
            continue
        low, high = (partner, node) if match["more"] else (node, partner)
        if mentions[0].year is None or str(mentions[0].year) not in str(low.expression.this):
            continue  # "of the 70s before 1975": another period
        end = high if asked_end(question, place) == "over" else low
        side: type[exp.Expr] = exp.GTE if match["more"] else exp.LT
        kept = side(this=node.this.copy(), expression=end.expression.copy())
        partner.replace(kept)
        above = node.parent
        assert above is not None
        above.replace(above.expression if above.this is node else above.this)


def _is_day(node: exp.Expr) -> bool:
    text = str(node.expression.this) if isinstance(node.expression, exp.Literal) else ""
    return _DAY.match(text) is not None and isinstance(node.this, exp.Column)


def _other_end(node: exp.Expr) -> exp.Expr | None:
    """The comparison that makes a range of days of this one: that it is in the same AND, with the same column."""
    around = node.parent
    while isinstance(around, exp.And) and isinstance(around.parent, exp.And):
        around = around.parent
    if not isinstance(around, exp.And):
        return None
    others = _DOWN if isinstance(node, _UP) else _UP
    for other in around.flatten():
        if isinstance(other, others) and other.this == node.this and _is_day(other):
            return other
    return None


def _turn_flags(question: Question, tree: exp.Expr) -> None:
    """ "Inactive" as active = 1."""
    words = {word.text.lower() for word in question.words}
    flags = [
        node
        for node in tree.find_all(exp.EQ, exp.NEQ)
        if isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Literal | exp.Boolean)
        and str(node.expression.this).lower() in _FLAGS
    ]
    columns = [node.this.name.lower() for node in flags]
    for node in flags:
        text = str(node.expression.this)
        if text.lower() in words or columns.count(node.this.name.lower()) > 1:
            continue  # "inactive (active 0)", "paid and unpaid"
        asked = (text.lower() in _YES) != _is_denied(node)
        if _flag_said(question, node.this.name) == (not asked):
            other = _FLAGS[text.lower()]
            if isinstance(node.expression, exp.Boolean):
                node.set("expression", exp.Boolean(this=not node.expression.this))
            else:
                spelt = other.upper() if text.isupper() else other
                spelt = spelt.capitalize() if text.istitle() and len(text) > 1 else spelt
                node.expression.set("this", spelt)


def _flag_said(question: Question, column: str) -> bool | None:
    """Whether the question asks for what the flag says, or for the others; None where it does not tell."""
    for name in identifier_words(column).split():
        if not _ADJECTIVE.fullmatch(name):
            continue
        word = rf"{re.escape(name)}(?:ed|d)?"
        denied = re.search(
            rf"\b(?:in|un|non-?|dis){word}\b|{_DENYING}\s+{word}\b", question.text, re.IGNORECASE
        )
        said = re.search(rf"\b{word}\b", question.text, re.IGNORECASE)
        if denied is not None and (said is None or denied.end() == said.end()):
            rest = question.text[: denied.start()] + question.text[denied.end() :]
            return None if _DENIED.search(rest) else False
        if said is not None and denied is None:
            return None if _DENIED.search(question.text) else True
    return None


def _turn_absences(question: Question, tree: exp.Expr) -> None:
    """ "Closed" as closed_on IS NULL, "unpaid" as paid_on IS NOT NULL, "former" as left_on IS NULL."""
    gone, here = _GONE.search(question.text), _HERE.search(question.text)
    if (gone is None) != (here is None):
        for node in list(tree.find_all(exp.Is)):
            if not isinstance(node.expression, exp.Null) or not isinstance(node.this, exp.Column):
                continue
            is_end = not _ENDS.isdisjoint(identifier_words(node.this.name).split())
            negated = isinstance(node.parent, exp.Not)
            if not is_end or negated == (gone is not None):
                continue
            if negated:
                assert node.parent is not None
                node.parent.replace(node.copy())
            elif not _is_denied(node):
                node.replace(exp.Not(this=node.copy()))
        return
    nouns = _nouns(tree)
    is_unsure = _DENIED.search(question.text) or _UNSURE.search(question.text)
    for node in list(tree.find_all(exp.Is)):
        if not isinstance(node.expression, exp.Null) or not isinstance(node.this, exp.Column):
            continue
        stem = _state_stem(node.this.name)
        if not stem:
            continue
        if is_unsure:
            unsaid = rf"\b(?:(?:not|never)\s+(?:been\s+)?|un){stem}"
            places = [match.start() for match in re.finditer(unsaid, question.text, re.IGNORECASE)]
            twice = any(_excludes(question.text[:place], tree, nouns) for place in places)
            if twice and not _is_denied(node):
                node.replace(exp.Not(this=node.copy()))
            continue
        word = rf"{stem}(?:ed|d|en)?\b"
        denied = re.search(rf"\b(?:un|in|non-?|dis){word}", question.text, re.IGNORECASE)
        said = re.search(rf"\b{word}", question.text, re.IGNORECASE)
        negated = isinstance(node.parent, exp.Not)
        if (denied is None) == (said is None) or (denied is not None) != negated:
            continue
        if negated:
            assert node.parent is not None
            node.parent.replace(node.copy())
        elif not _is_denied(node):
            node.replace(exp.Not(this=node.copy()))


def _state_stem(name: str) -> str:
    """ "close" of ``closed_on``, "paid" of ``paid_dt``; "" of a column that is no date of what happened."""
    words = identifier_words(name).split()
    if len(words) != 2 or words[1] not in _WHEN:
        return ""
    if words[0] in _IRREGULAR or words[0] == "paid":
        return words[0]
    match = re.fullmatch(r"(\w{3,})(?:ed|d)", words[0])
    return re.escape(match[1]) if match is not None else ""


def denies(question: Question) -> bool:
    """Whether some word of the question may turn a condition round."""
    return _DENIED.search(question.text) is not None


def flag_word(words: str) -> str:
    """The one word that a column's words say of something: "active" of "is active"; "" of any other column."""
    own = [word for word in words.split() if word not in ("is", "was", "has")]
    return own[0] if len(own) == 1 and _ADJECTIVE.fullmatch(own[0]) is not None else ""


def denies_another(question: Question, links: Links, tree: exp.Expr) -> str:
    """The words of a value that is to be left out, where the query asks for it: "not from Germany" with something
    else left out; "" where there are none."""
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
