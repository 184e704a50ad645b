"""What questions ask for that no query of the target language gives: a median, growth, a day of the week.

The model knows no such words and would read over them, and its answer would be wrong and look right. ``beyond``
finds them and says what to ask instead. Words that name something of the database are none of them: a column
``growth_rate``, a stored "Monday". It reads words only and never fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema

_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten)"
_UNIT = r"(?:days?|hours?|weeks?|months?)"
_BEST = r"(?:top|bottom|best|worst|(?:most|least)\s+\w+|\w{3,}est)"
_FEW = rf"(?:{_BEST}\s+{_COUNT}|{_COUNT}\s+{_BEST})"
_DAYS = "mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|weekdays?"
_NO_DATE = r"(?!,?\s+(?:the\s+)?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"


@dataclass(frozen=True)
class _Kind:
    """One thing that cannot be said."""

    pattern: str
    reason: str
    """What to answer; ``{said}`` is what was found."""
    stored: str = ""
    """Words of columns that hold it, where it is asked for like any column."""
    needs: str = ""
    """Words of columns, one of which must be there."""
    of_each: bool = False
    """A rule may find a query for it (``nlidb.groupwise``)."""


_KINDS: Final = (
    _Kind(
        r"medians?|percentiles?|quartiles?|standard\s+deviations?|std\.?\s*dev|stddev|variance|"
        r"correlat(?:es?|ed|ions?)",
        "I know no {said}, only averages, totals, counts, the smallest and the largest.",
    ),
    _Kind(
        r"running\s+(?:totals?|sums?)|cumulative(?:ly)?\b[^?]*\b(?:by|per|over|each)|"
        r"(?:moving|rolling)\s+(?:averages?|sums?|totals?)",
        "I cannot add up from row to row: ask for the total of each month or year.",
    ),
    _Kind(
        r"growth|year[\s-]+over[\s-]+year|month[\s-]+over[\s-]+month|yoy|"
        r"(?:change|increase|decrease)s?\s+(?:in|of)\b[^?]*\b(?:from|between|compared)|"
        r"chang(?:e|ed)\b[^?]*\b(?:from|between)\b[^?]*\d{4}|"
        r"difference\s+in\b[^?]*\bbetween\b[^?]*\d{4}",
        "I cannot set one time against another: ask for each year or month, or for one after the other.",
    ),
    _Kind(
        r"how\s+(?:many|much)\s+(?:more|fewer|less)\s+(?!than\b)[^?]*\bthan\s+(?:in|on|during|from|with|at|for|by|there)",
        "I cannot take one count from another: ask for each by itself.",
    ),
    _Kind(
        r"(?P<key>ratios?)\s+(?:of|between)",
        "I cannot divide one count by another: ask for each by itself.",
    ),
    _Kind(
        rf"(?:top|bottom|best|worst|highest|lowest|first|last)\s+{_COUNT}\s*(?:%|percent|per\s+cent)",
        "I cannot take a percentage of a list: ask for a number of rows, as in 'the top 10'.",
    ),
    _Kind(
        rf"{_FEW}\b[^?,]*\b(?:in|per|for|of|from|within|by)\s+(?:each|every)\s+\w+|"
        rf"^\W*(?:for|in|per|of|from)\s+(?:each|every)\b[^?]*\b{_FEW}",
        "I can list the first few of all, not of each: ask about one at a time.",
        of_each=True,
    ),
    _Kind(
        r"(?:most|least)\s+\w+\s+\w+[^?,]*\b(?:per|in\s+each|of\s+each|for\s+each|every)\s+"
        r"(?:year|quarter|month|week|day)",
        "I can list the first few of all, not of each: ask about one at a time.",
        of_each=True,
    ),
    _Kind(
        rf"(?:on|every|each|during|at|over)\s+(?:an?\s+|the\s+)?(?P<key>{_DAYS}){_NO_DATE}|days?\s+of\s+the\s+week|"
        r"(?:per|by|which|each|every)\s+weekday",
        "I cannot tell the day of the week of a date: ask for a day, a month or a year.",
        stored="weekday wkday dow",
    ),
    _Kind(
        r"in\s+the\s+(?P<key>morning|afternoon|evening)s?|hours?\s+of\s+the\s+day|\d\s*(?:am|pm)|o['\u2019]clock",
        "I cannot tell the time of day: ask for a day, a month or a year.",
        stored="time hour hours shift",
    ),
    _Kind(
        rf"(?:days|weeks|months|hours|minutes|time)\s+(?:between|elapsed|passed){_NO_DATE}",
        "I cannot take one date from another: ask for both dates.",
    ),
    _Kind(
        r"how\s+long\s+(?:do|does|did|have|has)|(?:delivery|shipping|processing|response|lead|waiting)\s+times?|"
        r"(?:resolution|closing|handling|turnaround|completion|reaction|repair)\s+times?|"
        r"(?:average|mean|typical|shortest|longest)\s+(?:\w+\s+)?time\s+(?:to|until|from|between|taken)|"
        r"t(?:ook|akes?)\s+(?:us\s+|them\s+)?(?:the\s+)?(?:longest|shortest|most\s+time|least\s+time)",
        "I cannot take one date from another: ask for both dates.",
        stored="duration days hours minutes seconds milliseconds weeks months years length nights time tenure",
    ),
    _Kind(
        rf"(?:within\s+(?:one|an?|{_COUNT})\s+{_UNIT}\s+of|{_COUNT}\s+{_UNIT}\s+(?:after|before|in\s+advance|late|early|overdue))"
        rf"{_NO_DATE}",
        "I cannot take one date from another: ask for both dates.",
        stored="days hours weeks months",
    ),
    _Kind(
        r"^\W*(?:do|does|did|has|have|is|are|was|were|can)\s+(?:all|every|each|everyone|everybody)\b(?![^?]*\?\s*\w)",
        "I list and count, and do not judge: ask which of them do not.",
    ),
    _Kind(
        r"(?:return|cancellation|occupancy|conversion|churn|retention|completion|drop-?out|no-show)\s+rates?",
        "I work out no rates: ask what percentage of them it is.",
    ),
    _Kind(
        r"how\s+old|(?:average|mean|what)\s+age|ages?\s+of",
        "I know no ages, only when somebody was born: ask for that.",
        stored="age ages",
        needs="birth birthdate birthday born dob",
    ),
    _Kind(
        r"(?:which|any|find|list|show|there)\b[^?]*\bduplicat\w*",
        "I cannot find duplicates: ask how many there are of each.",
    ),
    _Kind(
        r"(?:plus|minus)\s+(?:an?\s+)?\d+\s*(?:%|percent)",
        "I cannot take a percentage of a number: ask for the number itself.",
    ),
    _Kind(
        r"(?:second|next)[\s-]+(?:to[\s-]+)?last|penultimate",
        "I cannot count from the end: ask for the last few.",
    ),
    _Kind(r"random(?:ly)?", "Nothing here is random: ask for the first few rows."),
    _Kind(r"predict(?:s|ed|ion)?|forecasts?", "I only know what is stored, and predict nothing."),
    _Kind(
        rf"{_COUNT}\s+(?:letters|characters)|(?:longest|shortest)\s+(?:\w+\s+)?(?:names?|titles?|descriptions?|comments?)",
        "I cannot count the letters of a text.",
        stored="length len letters characters chars",
    ),
)
_PATTERNS: Final = tuple(
    (re.compile(rf"(?<![\w-])(?:{kind.pattern})(?![\w-])", re.IGNORECASE), kind) for kind in _KINDS
)
_QUOTED = re.compile(
    r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|(?<!\w)'[^']*'(?!\w)"
    r"|\b(?:contain\w*|mention\w*|called|named|titled|saying|says?|word)\s+(?:the\s+)?(?:word\s+)?\S+",
    re.IGNORECASE,
)
"""Words that are looked for, not asked with."""


def beyond(question: Question, links: Links, schema: Schema, *, of_each: bool = True) -> str | None:
    """What to say to a question for something that no query of the target language gives; None for any other.

    Without ``of_each`` the best of each is left for the rule that may find a query for it.
    """
    words = {word for column in schema.columns for word in column.words.split()}
    if any(column.type == "text" and "day" in column.words.split() for column in schema.columns):
        words.add("weekday")  # "Friday" or "Fri": no date is called a day and stored as text
    quoted = [match.span() for match in _QUOTED.finditer(question.text)]
    for pattern, kind in _PATTERNS:
        if not words.isdisjoint(kind.stored.split()) or (kind.of_each and not of_each):
            continue
        if kind.needs and words.isdisjoint(kind.needs.split()):
            continue
        for match in pattern.finditer(question.text):
            inside = any(start <= match.start() < end for start, end in quoted)
            if not inside and not _is_named(question, links, match):
                return kind.reason.format(said=" ".join(match[0].lower().split()))
    return None


def _is_named(question: Question, links: Links, match: re.Match[str]) -> bool:
    """Whether the word that matters, or the first two together, name something of the database."""
    key = "key" if match.groupdict().get("key") else 0
    inside = [
        i
        for i, word in enumerate(question.words)
        if match.start(key) <= word.start < match.end(key)
    ][:2]
    return any(link.start <= min(inside) and max(inside) < link.end for link in links.links)
