"""Stretches of time that a question names by a word of its own: decades, centuries, quarters and halves of a year;
and whether it asks by year or by month.

``period_mentions`` and ``named_parts`` read them from a question's words; days, months and years are read by
``question.date_mentions``. They know no schema and never fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from nlidb.question import Question


@dataclass(frozen=True)
class Period:
    """A stretch of time; spans are word indices, end exclusive."""

    start: int
    end: int
    first: date
    """Its first day."""
    after: date
    """The first day that is past it."""

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def whole_years(self) -> bool:
        """A decade or a century: it may be said by years alone."""
        return (self.first.month, self.first.day) == (self.after.month, self.after.day)


_ORDINALS = {name: n for n, name in enumerate("first second third fourth".split(), 1)}
_ORDINALS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": 0}
_SHORT = re.compile(r"((?:1[5-9]|20)\d{2})?(q[1-4]|h[12])", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d{2}")
_DECADE = re.compile(r"((?:1[5-9]|20)\d0)s")
_SHORT_DECADE = re.compile(r"(\d)0s")
_CENTURY = re.compile(r"(1[6-9]|20|21)(?:th|st)")
_TENS = {
    name: 10 * n
    for n, name in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), 2
    )
}
_BEFORE_DECADES = frozenset("the ' \u2019 early mid late - of".split())
"""Words without which "90s" and "sixties" may as well be seconds or ages."""
_BEFORE_GENITIVES = frozenset("the early mid late".split())
"""Words without which "1990's" is what belongs to 1990."""


def period_mentions(question: Question) -> tuple[Period, ...]:
    """The decades ("the 90s", "1990s", "late 1990's", "the nineties"), centuries ("the 19th century"), quarters
    ("Q3 2021", "third quarter of 2021") and halves of years ("first half of 2010", "H1 2010").

    "the 20s" and earlier are of this century, "the 30s" and later of the last.
    """
    low = [word.text.lower() for word in question.words]
    found: list[Period] = []
    for i, text in enumerate(low):
        before = low[i - 1] if i else ""
        if found and found[-1].whole_years and found[-1].end == _end_before(low, i):
            before = "the"  # "the 60s and 70s"
        year: int | None = None
        start, end = i, i + 1
        if match := _DECADE.fullmatch(text):
            year = int(match[1])
        elif before in _BEFORE_DECADES and (match := _SHORT_DECADE.fullmatch(text)):
            year = 10 * int(match[1])
        elif before in _BEFORE_DECADES and text in _TENS:
            year = _TENS[text]
        elif low[i + 1 : i + 2] == ["'s"] and (
            before in _BEFORE_GENITIVES or before == "-" and low[max(0, i - 2)] in _BEFORE_GENITIVES
        ):
            if _DECADE.fullmatch(text + "s") or _SHORT_DECADE.fullmatch(text + "s"):
                year, end = int(text), i + 2
        if year is not None:
            year += 0 if year > 99 else 2000 if year < 30 else 1900
            length = 100 if year % 100 == 0 and year < 2000 else 10
            found.append(Period(start, end, date(year, 1, 1), date(year + length, 1, 1)))
        elif (match := _CENTURY.fullmatch(text)) and low[i + 1 : i + 2] in (
            ["century"],
            ["centuries"],
        ):
            year = 100 * int(match[1]) - 100
            found.append(Period(i, i + 2, date(year, 1, 1), date(year + 100, 1, 1)))
        elif part := _part(low, i):
            found.append(part)
    return tuple(found)


def _end_before(low: list[str], i: int) -> int:
    """After which word what "and", "or", "to" or a comma joins to word ``i`` ends; 0 where none does."""
    if i < 2 or low[i - 1] not in ("and", "or", "to", ",", "&"):
        return 0
    return i - 2 if low[i - 2] == "," else i - 1


_FROM_ITS_BEGIN = frozenset("since before".split())
_FROM_ITS_END = frozenset("after until till through past".split())
_SKIPPED = frozenset("the in month year of".split())
"""Words between the preposition and the time: "since the year 2020"."""
_ENDS = {"start": True, "beginning": True, "begin": True, "end": False}
"""Whether it is where a time begins: "since the start of 2020"."""


def asked_end(question: Question, place: int) -> Literal["begins", "over"] | None:
    """Whether the month or year at that word is compared by where it begins ("since March", "before 2020") or by
    where it is over ("after March", "until 2020"); None where no word says so.

    Of "between March and May" the first is meant from where it begins, the second until it is over. All of
    the 1 955 questions with such a word and a year that were written for training are meant so.
    """
    low = [word.text.lower() for word in question.words]
    ends: set[bool] = set()
    while place and low[place - 1] in _SKIPPED | _ENDS.keys():
        place -= 1
        if low[place] in _ENDS:
            ends.add(_ENDS[low[place]])
    before = low[place - 1] if place else ""
    if len(ends) == 1 and (before in _FROM_ITS_BEGIN | _FROM_ITS_END):
        return "begins" if ends.pop() else "over"
    if place > 2 and low[place - 2] == "or" and low[place - 3] in ("in", "on", "during", "at"):
        return None  # "in or after 2000"
    if before in _FROM_ITS_BEGIN or low[max(0, place - 2) : place] == ["prior", "to"]:
        return "begins"
    if before in _FROM_ITS_END or low[max(0, place - 2) : place] == ["up", "to"]:
        return "over"
    if before == "between":
        return "begins"
    if before in ("and", "to") and low[:place].count("between") == 1:
        inside = low[low.index("between") + 1 : place - 1]
        if inside and len(inside) <= 4 and not {"and", "to", ","} & set(inside):
            return "over"
    return None


_PART_WORDS = {
    "year": frozenset("year years yearly yr yrs annual annually annum".split()),
    "month": frozenset("month months monthly mth mths".split()),
}


def named_parts(question: Question) -> tuple[str, ...]:
    """The parts of a date, "year" or "month", that the question may ask for ("orders per month", "annual sales").

    Both where it names both or neither.
    """
    said = {word.text.lower() for word in question.words}
    named = tuple(name for name, words in _PART_WORDS.items() if words & said)
    return named or tuple(_PART_WORDS)


def _part(low: list[str], i: int) -> Period | None:
    """The quarter or half of a year whose words start at ``i``, its year behind it or, after "2021", before it."""
    short = _SHORT.fullmatch(low[i])
    if short:
        end, months, number = i + 1, 3 if short[2][0] == "q" else 6, int(short[2][1])
    elif low[i] in _ORDINALS and low[i + 1 : i + 2] in (["quarter"], ["half"]):
        months = 3 if low[i + 1] == "quarter" else 6
        end, number = i + 2, _ORDINALS[low[i]] or 12 // months
    else:
        return None
    if number > 12 // months:
        return None
    start, place = i, end
    while place < len(low) and low[place] in ("of", "in", "the", "year", ",") and place < end + 3:
        place += 1
    if short and low[place : place + 1] == ["-"]:  # Q1-2024
        place += 1
    dashed = short and i > 1 and low[i - 1] == "-"  # 2024-Q1
    if short and short[1]:  # 2024Q1
        year = int(short[1])
    elif place < len(low) and _YEAR.fullmatch(low[place]):
        year, end = int(low[place]), place + 1
    elif i and _YEAR.fullmatch(low[i - 1]):
        year, start = int(low[i - 1]), i - 1
    elif dashed and _YEAR.fullmatch(low[i - 2]):
        year, start = int(low[i - 2]), i - 2
    else:
        return None
    ahead = months * number
    return Period(
        start, end, date(year, ahead - months + 1, 1), date(year + ahead // 12, ahead % 12 + 1, 1)
    )
