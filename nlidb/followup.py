"""A follow-up question as a change of the previous query: "and only those from Lyon", "sort them by age".

``follow_up`` reads the follow-up's own words by a fixed list of English patterns, finds columns and values in
them through the links, and lets ``amend`` change the earlier query. Where no pattern fits, or a word is left
that it cannot account for, it gives None: then the model reads both questions as one text. It runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from nlidb.amend import Condition, Previous
from nlidb.followup_conditions import read_conditions
from nlidb.followup_words import Slot, Words
from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

_THEM = r"(?:them|those|these|it|that|this|the (?:list|results?|rows|table|names))"
_DIRECTION = (
    r"(?:(?:in )?(?P<down>desc|descending|decreasing|reverse|(?:from )?high to low|(?:from )?z to a|"
    r"(?:the )?(?:highest|largest|biggest|most|latest|newest|most recent|longest|greatest|best|heaviest|"
    r"most expensive) (?:first|ones first|on top|at the top))"
    r"|(?:in )?(?P<up>asc|ascending|increasing|alphabetical|alphabetically|(?:from )?low to high|(?:from )?a to z|"
    r"(?:the )?(?:lowest|smallest|least|earliest|shortest|fewest|lightest|cheapest) "
    r"(?:first|ones first|on top|at the top)))(?: order)?"
)
_SUPERLATIVES: dict[str, tuple[bool, str]] = {
    # word: largest value first, words of the columns that it speaks of where none is named
    "oldest": (True, "age"),
    "youngest": (False, "age"),
    "newest": (True, "date"),
    "latest": (True, "date"),
    "most recent": (True, "date"),
    "earliest": (False, "date"),
    "cheapest": (False, "price cost rate amount fee"),
    "most expensive": (True, "price cost rate amount fee"),
    "heaviest": (True, "weight wt"),
    "lightest": (False, "weight wt"),
    "longest": (True, "length duration distance dist"),
    "shortest": (False, "length duration distance dist"),
    "highest": (True, ""),
    "largest": (True, ""),
    "biggest": (True, ""),
    "most": (True, ""),
    "best": (True, ""),
    "greatest": (True, ""),
    "lowest": (False, ""),
    "smallest": (False, ""),
    "least": (False, ""),
    "fewest": (False, ""),
}
_SUPERLATIVE = "|".join(sorted(_SUPERLATIVES, key=len, reverse=True))
_SUMMARIES = {
    "average": "avg",
    "mean": "avg",
    "avg": "avg",
    "total": "sum",
    "sum": "sum",
    "minimum": "min",
    "lowest": "min",
    "smallest": "min",
    "earliest": "min",
    "maximum": "max",
    "highest": "max",
    "largest": "max",
    "biggest": "max",
    "latest": "max",
}


def follow_up(
    question: Question, links: Links, previous: exp.Expr, schema: Schema
) -> exp.Query | None:
    """The previous query changed as the follow-up asks; None where its words fit no pattern.

    Args:
        question: the follow-up alone, as it was typed.
        links: of that question.
        previous: the earlier question's SQL as a tree.
        schema: what both speak of.
    """
    words = Words(question, links, Previous(previous, schema))
    for rule in _RULES:
        changed = rule(words)
        if changed is not None:
            return changed
    return None


# Rules: each gives the changed query, or None where the words or the query do not fit it


def _count(words: Words) -> exp.Query | None:
    """ "how many are they", "how many of them are from Lyon"."""
    simple = (
        rf"how many(?: of {_THEM})?(?: (?:rows|results))?(?: (?:is|are|were|was))?"
        rf"(?: (?:there|they|{_THEM}))?(?: in (?:total|all)| altogether)?"
        rf"|count {_THEM}|(?:what (?:is|s) )?(?:the|their) (?:number|count)(?: of {_THEM})?"
    )
    if words.match(simple):
        return words.previous.count()
    verbs = (
        r"(?: (?:is|are|was|were|have|has|had|live|lives|come|comes|came|do|did))?(?: there| they)?"
    )
    found = words.match(
        rf"how many(?: of {_THEM})?{verbs} (?P<per>per|by|for each|in each) (?P<key>.+)"
    )
    if found:
        column = words.column(words.slot(found, "key"))
        return None if column is None else words.previous.group(column, count=True)
    found = words.match(rf"how many of {_THEM} (?P<rest>.+)") or words.match(
        r"how many (?P<rest>(?:is|are|was|were|have|has|had|live|come|came) .+)"
    )
    if found:
        conditions = read_conditions(words, words.slot(found, "rest"))
        negative = re.search(r"\b(?:not|no)\b", found["rest"]) is not None
        conditions = _negated(conditions) if negative else conditions
        return words.previous.count(conditions) if conditions else None
    return None


def _limit(words: Words) -> exp.Query | None:
    """ "top 3", "only the first five", "the last 10", "all of them"."""
    if words.match(
        r"all(?: of (?:them|it|those|these))?|(?:without|no|remove|drop) (?:the |a )?limit"
    ):
        return words.previous.limit(None) if words.previous.limited else None
    found = words.match(
        r"(?:only |just |limit (?:it |them |that )?to |keep |to )*(?:the )?"
        r"(?:(?P<which>top|first|best|last|bottom) )?(?P<count>\w+(?: \w+)?)"
        r"(?: of (?:them|those|these)| rows| results| ones)?(?: by (?P<key>.+))?"
    )
    most = words.match(
        rf"(?:only |just )*(?:the )?(?:(?P<count>\w+) (?P<most>{_SUPERLATIVE})"
        rf"|(?P<first>{_SUPERLATIVE}) (?P<many>(?!first)\w+))(?: ones| of them)?"
    )
    if most:
        number = words.number_at(words.slot(most, "count" if most["count"] else "many").start)
        key, down = _most(words, most["most"] or most["first"], None)
        if number is not None and key is not None and number[1].isdigit():
            return words.previous.top(int(number[1]), key, descending=down)
    one = words.match(
        r"(?:only |just )*(?:the )?(?P<which>top|first|last|best)(?: one| row| result)?"
    )
    if one:
        return words.previous.limit(1, reverse=one["which"] == "last")
    if found is None or not (found["which"] or words.only or "limit" in words.text):
        return None
    slot = words.slot(found, "count")
    number = words.number_at(slot.start)
    if number is None or number[0] != slot.end or not number[1].isdigit() or int(number[1]) < 1:
        return None
    count = int(number[1])
    down = found["which"] not in ("last", "bottom")
    if found["key"]:
        key = _key(words, words.slot(found, "key"))
        return None if key is None else words.previous.top(count, key, descending=down)
    shown = words.previous.aggregate
    if found["which"] and shown is not None and not words.previous.ordered:
        return words.previous.top(count, shown, descending=down)
    return words.previous.limit(count, reverse=not down)


def _key(words: Words, slot: Slot) -> int | exp.Expr | None:
    """What to sort by: a column, or the number or the sum that the query shows."""
    shown = words.previous.aggregate
    text = " ".join(words.lower[slot.start : slot.end])
    if shown is not None and re.match(
        r"(?:the )?(?:number|count|amount|total|sum|average)\b", text
    ):
        return shown
    column = words.column(slot)
    if column is None and shown is not None and words.counted(slot):
        return shown
    return column


def _sort(words: Words) -> exp.Query | None:
    """ "sort them by age", "oldest first", "by name", "the other way round"."""
    if words.match(
        rf"(?:reverse|turn|flip)(?: {_THEM}| the order| the sorting)?(?: (?:around|round))?"
        r"|(?:in )?(?:the )?(?:reverse|opposite)(?: order)?|(?:the )?other way (?:a?round)"
    ):
        return words.previous.reverse()
    found = words.match(
        rf"(?:(?P<verb>sort|order|rank|arrange|sorted|ordered|ranked)(?: {_THEM})?"
        rf"(?: (?:by|on|after|according to) (?P<key>.+?))?|by (?P<by>.+?))(?: {_DIRECTION})?"
    )
    if found and (found["key"] or found["by"]):
        if not found["verb"] and words.previous.aggregate is not None:
            return None  # "by country" after a count groups it
        name = "key" if found["key"] else "by"
        key = _key(words, words.slot(found, name))
        if key is None:
            return None
        return words.previous.sort(key, descending=found["down"] is not None)
    only_direction = words.match(rf"(?:(?:sort|order)(?:ed)?(?: {_THEM})? )?{_DIRECTION}")
    if only_direction:
        down = only_direction["down"] is not None
        turned = words.previous.reverse(descending=down)
        if turned is not None:
            return turned
        if "alphabetical" in words.text:
            first = next(iter(words.previous.shown), None)
            return None if first is None else words.previous.sort(first, descending=False)
        by = _default(words, "")
        return None if by is None else words.previous.sort(by, descending=down)
    found = words.match(
        rf"(?:(?:sort|order|rank)(?:ed)?(?: {_THEM})? )?(?:the )?(?P<most>{_SUPERLATIVE})"
        r"(?: (?P<key>.+?))? (?:first|on top|at the top)"
    )
    if found:
        key, down = _most(words, found["most"], words.slot(found, "key") if found["key"] else None)
        return None if key is None else words.previous.sort(key, descending=down)
    return None


def _most(words: Words, most: str, named: Slot | None) -> tuple[int | exp.Expr | None, bool]:
    """The column that "oldest" or "highest salary" speaks of, and whether its largest value leads."""
    down, hint = _SUPERLATIVES[most]
    key = _key(words, named) if named is not None else _default(words, hint)
    if isinstance(key, int) and hint == "age" and not words.is_age(key):
        down = not down  # the oldest were born first
    return key, down


def _default(words: Words, hint: str) -> int | exp.Expr | None:
    """What is meant where no column is named: what the word hints at, else the number that is shown."""
    if hint:
        return words.hinted(hint)
    shown = words.previous.aggregate
    return shown if shown is not None else words.sole_number()


def _which(words: Words) -> exp.Query | None:
    """ "which of them is the oldest", "who has the highest salary"."""
    found = words.match(
        rf"(?:which|who|what)(?: one)?(?: of {_THEM})?(?: one)? (?:is|was|has|had|are|were) (?:the )?"
        rf"(?P<most>{_SUPERLATIVE})(?: (?P<key>.+?))?(?: of {_THEM})?"
    )
    if found is None:
        return None
    key, down = _most(words, found["most"], words.slot(found, "key") if found["key"] else None)
    return None if key is None else words.previous.top(1, key, descending=down)


def _group(words: Words) -> exp.Query | None:
    """ "per country", "break it down by city", "group them by status"."""
    found = words.match(
        r"(?:what about |how about )?(?P<verb>(?:group|grouped|break|broken|split|count)"
        rf"(?: {_THEM})?(?: down| up)? )?(?P<by>by|per|for each|in each|for every) (?P<key>.+)"
    )
    if found is None:
        return None
    if not found["verb"] and found["by"] == "by" and not words.previous.aggregate:
        return None
    column = words.column(words.slot(found, "key"))
    return None if column is None else words.previous.group(column)


def _summarize(words: Words) -> exp.Query | None:
    """ "what is their average age", "and the maximum"."""
    names = "|".join(_SUMMARIES)
    found = words.match(
        rf"(?:what (?:is|are|was|were|s|about) |how about )?(?:the |their |its )?(?P<name>{names})(?: of)?"
        rf"(?: (?:the |their )?(?P<key>.+?))??(?: of {_THEM})?"
    )
    if found is None:
        return None
    name = _SUMMARIES[found["name"]]
    if not found["key"]:
        shown = None if words.previous.aggregate is not None else words.sole_number()
        return words.previous.summarize(name, shown)
    slot = words.slot(found, "key")
    column = words.column(Slot(words.slot(found, "name").start, slot.end))
    if column is None:  # "total amount" is no column's own name
        column = words.column(slot)
    return None if column is None else words.previous.summarize(name, column)


def _instead(words: Words) -> exp.Query | None:
    """ "what about 2023?", "and in Lyon?", "the same for Germany"."""
    found = words.match(
        r"(?:(?:what about|how about|what of|(?:the )?same (?:question |thing )?(?:for|in|with|but)) )?"
        r"(?P<rest>.+)"
    )
    if found is None or re.search(r"\b(?:those|these|them|not|without|except)\b", words.text):
        return None
    if words.only or words.more:
        return None
    if words.previous.limited and not words.instead and "ones" in words.text.split():
        return None  # "the ones from Lyon" are among the five that were shown
    slot = words.slot(found, "rest")
    number = words.number_at(slot.start)
    if words.instead and number is not None and number[0] == slot.end:
        if words.date_at(slot.start) is None:
            return words.previous.swap_number(number[1])
    conditions = read_conditions(words, slot)
    if conditions:
        if all(condition.operator == "known" for condition in conditions):
            return None
        return words.previous.where(conditions, swap=True)
    column = words.column(slot)
    if column is not None and words.instead:
        return words.previous.summarize_other(column)
    return None


def _filter(words: Words) -> exp.Query | None:
    """ "only those from Lyon", "those older than 40", "but not the ones in Paris"."""
    found = words.match(
        r"(?:only |just |keep |filter |which |who |and |what about |how about )*(?:(?:by|on|to) )?(?:of )?"
        r"(?:(?:those|these|them|the ones|ones|the rest|all|everyone) )?(?P<rest>.+)"
    )
    if found is None:
        return None
    slot = words.slot(found, "rest")
    negative = re.match(
        r"(?:(?:those|these|the ones|ones|all|only|just|that|which|who|are|is|of|them) )*"
        r"(?:not|no|without|except(?: for)?|excluding|other than|leave out|exclude|omit|remove|drop|hide)\b ?",
        words.text,
    )
    if negative:
        rest = words.match(re.escape(negative[0]) + r"(?P<rest>.+)")
        if rest is None:
            return None
        slot = words.slot(rest, "rest")
        shown = words.columns(slot)
        if shown and set(shown) <= set(words.previous.shown):
            return words.previous.hide(shown)
        conditions = read_conditions(words, slot)
        if conditions is None and (named := words.columns(slot)) and "without" in words.text:
            conditions = [Condition(column, "known") for column in named]
        negated = _negated(conditions)
        return words.previous.where(negated) if negated else None
    if re.search(r"\b(?:their|its)\b", words.text) and not words.only:
        return None  # "with their email" asks for a column
    conditions = read_conditions(words, slot)
    return words.previous.where(conditions, extend=words.more) if conditions else None


def _negated(conditions: Sequence[Condition] | None) -> list[Condition] | None:
    """The opposite of one condition; of several at once it would not be clear which is meant."""
    if not conditions or len(conditions) > 1:
        return None
    opposite = conditions[0].negated()
    return None if opposite is None else [opposite]


def _columns(words: Words) -> exp.Query | None:
    """ "and their email", "also show age", "only the names"."""
    found = words.match(
        r"(?:(?:add|include|with|show|give|plus|get|display) )?(?:me )?(?:what (?:is|are|s) )?"
        r"(?:only |just )?(?P<own>the |their |its |his |her )?(?P<keys>.+?)"
        rf"(?: of (?:{_THEM}|each)| (?:to|in) {_THEM})?"
    )
    if found is None:
        return None
    columns = words.columns(words.slot(found, "keys"))
    return None if columns is None else words.previous.show(columns, instead=words.only)


_RULES: tuple[Callable[[Words], exp.Query | None], ...] = (
    _count,
    _limit,
    _which,
    _summarize,
    _group,
    _sort,
    _instead,
    _filter,
    _columns,
)
"""In this order: the more a pattern asks of the words, the earlier it is tried."""
