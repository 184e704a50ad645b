"""Words of time that the model knows nothing of, said as dates: "orders last month" as "orders in October 2026",
"Q2 2024" as "between 2024-04-01 and 2024-06-30".

Ages are dates of birth ("older than 50") where only those are stored.

Neither the linker nor the model knows what day it is, and of quarters the model saw too few; both read a year, a
month, a day or a range of days. ``absolute_dates`` rewrites the words and says which. A name of the schema ("last
year" of a column ``last_year``) and quoted text stay as they are. It never fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from nlidb.periods import period_mentions
from nlidb.question import lemma, parse_question
from nlidb.schema import Schema
from nlidb.target import is_date_column

_COUNTS = {
    name: n
    for n, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
_COUNTS |= {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90}
_N = rf"(?:\d{{1,4}}|{'|'.join(_COUNTS)}|couple of|few)"
_VAGUE = {"couple of": 2, "few": 3}
_UNITS = "day|week|month|year"

_PREPOSITIONS = (
    "in|on|at|during|over|within|for|of|throughout|since|from|until|till|before|after|by|about"
)
_PHRASE = re.compile(
    rf"""(?<![\w-])
    (?:(?P<prep>{_PREPOSITIONS})\s+)?
    (?:
        (?P<far>(?:more|longer|over|earlier)\s+than\s+|at\s+least\s+)?(?P<near>(?:less|fewer)\s+than\s+)?
        (?P<ago>{_N})\s+(?P<ago_unit>{_UNITS})s?\s+ago
      | (?:the\s+)?(?:last|past|previous)\s+(?P<back>{_N})\s+(?P<back_unit>{_UNITS})s?
      | (?:the\s+)?(?:next|coming|following)\s+(?P<ahead>{_N})\s+(?P<ahead_unit>{_UNITS})s?
      | (?P<the>the\s+)?(?P<which>this|current|last|past|next)\s+(?P<unit>week|month|quarter|year)
        (?:\s+so\s+far)?
      | (?P<day>today|yesterday|tomorrow)
      | (?P<ytd>(?:this\s+)?year[\s-]to[\s-]date|ytd|so\s+far\s+this\s+year)
    )
    (?P<own>['\u2019]s)?(?![\w-])(?!\s+(?:of|in\s+which|minus|and\s+first|to\s+date)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_BARE_MONTH = re.compile(
    rf"""(?<![\w-])(?P<prep>since|after|from|until|till|before)\s+
    (?P<part>(?:the\s+)?(?:end|start|beginning)\s+of\s+)?
    (?P<month>{"|".join(_MONTHS)})(?![\w-])
    (?!\s*,?\s*(?:of\s+)?(?:the\s+)?(?:\d|last|this|next|previous|and|or|to|in|until|till))(?P<on>\s+on(?:wards)?\b)?""",
    re.IGNORECASE | re.VERBOSE,
)
"""A month without its year, from which or up to which is counted: "since March"."""
_AGED = re.compile(
    rf"""(?<![\w-])(?:aged\s+)?(?:
        (?P<older>older\s+than|over|above|more\s+than)\s+(?:the\s+age\s+of\s+)?(?P<older_n>{_N})
      | (?P<younger>younger\s+than|under|below|less\s+than)\s+(?:the\s+age\s+of\s+)?(?P<younger_n>{_N})
      | (?P<least>at\s+least)\s+(?P<least_n>{_N})
    )(?P<old>\s+years?(?:\s+(?:old|of\s+age))?)?(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_THEIR = re.compile(
    r"\bin\s+(?:their|his|her)\s+(?P<tens>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties"
    r"|[2-9]0['\u2019]?s)\b",
    re.IGNORECASE,
)
_TENS = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_BIRTHS = frozenset("birth birthdate birthday born dob".split())
"""Words of a column that holds when somebody was born."""
_ANYBODY = frozenset("people person anyone anybody everyone everybody someone those".split())
_OF_WHOM = re.compile(
    r"(?P<noun>[^\W\d_]+)\s+(?:(?:who|that)\s+)?(?:(?:are|is|were|was)\s+)?$", re.IGNORECASE
)
"""Whose age it is, before it: "patients over 70", "members who are under 18"."""
_NO_UNIT = re.compile(
    r"\s*(?:$|[?.!,;]|(?:in|from|with|who|whose|and|or|that|by|at|of|living|have|has|do|does|did|there)\b)",
    re.IGNORECASE,
)
"""What follows an age: "over 70 in Denby", and no thing that is counted."""
_PREPOSITION = re.compile(
    rf"(?<![\w-])(?P<prep>{_PREPOSITIONS})(?:\s+the)?\s+$|\bthe\s+$", re.IGNORECASE
)
_NO_PERIOD = re.compile(
    r"\b(?:first|and\s+the|no|their|its|his|her|my|our|your|an?|minus|every|each|same|whose)\s*$",
    re.IGNORECASE,
)
"""Words before "last year" after which it is a thing and no time: "no last year", "their last year"."""
_NOW = re.compile(r"\b(?:worth|prices?|costs?|still|as of|old|alive|valid|current(?:ly)?)\b", re.I)
"""Words with which "today" is no day that is stored: "what is it worth today"."""
_QUOTED = re.compile(r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|(?<!\w)'[^']*'(?!\w)")
_OWN_PERIODS = frozenset("quarter quarters half halves semester semesters".split())
"""Words of a column that holds quarters or halves itself."""
_KEPT = frozenset("since from until till before after by about".split())
"""Prepositions that a range of days leaves standing, each before one of its ends."""


@dataclass(frozen=True)
class Rewritten:
    """Words of a question that were replaced."""

    said: str
    read: str


def absolute_dates(text: str, today: date, schema: Schema) -> tuple[str, tuple[Rewritten, ...]]:
    """The question with dates for the words that count from ``today``, and those words.

    Unchanged where the schema has no dates to compare with.
    """
    if not any(is_date_column(c) or "year" in c.words.split() for c in schema.columns):
        return text, ()
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    names = {c.words for c in schema.columns} | {t.words for t in schema.tables}
    rewritten: list[Rewritten] = []

    def replaced(match: re.Match[str]) -> str:
        said = match[0]
        inside = any(start < match.end() and match.start() < end for start, end in quoted)
        read = None
        if not inside and not _is_thing(match, text, names):
            read = _read(match, today)
        if read is None:
            return said
        # the preposition is not what was rewritten, where it stays
        prep = f"{match['prep']} " if match["prep"] and read.startswith(match["prep"]) else ""
        rewritten.append(Rewritten(said[len(prep) :], read[len(prep) :]))
        return read

    persons = _persons(schema)
    if persons:
        text = _AGED.sub(lambda match: _born(match, today, rewritten, quoted, persons), text)
        text = _IN_THEIR.sub(lambda match: _born_between(match, today, rewritten), text)
        quoted = [match.span() for match in _QUOTED.finditer(text)]
    text = _PHRASE.sub(replaced, text)
    if not re.search(r"\b\d{4}\b", text):
        text = _BARE_MONTH.sub(lambda match: _with_year(match, today, rewritten), text)
    if any(not _OWN_PERIODS.isdisjoint(c.words.split()) for c in schema.columns):
        return text, tuple(rewritten)
    question = parse_question(text)
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found: list[Rewritten] = []
    for period in reversed(period_mentions(question)):  # from the end: places before it stay
        if period.whole_years:
            continue  # a decade may be meant in years
        start, end = question.words[period.start].start, question.words[period.end - 1].end
        if any(first < end and start < last for first, last in quoted):
            continue
        before = _PREPOSITION.search(text[:start])
        start = before.start() if before else start
        read = _range(before["prep"] if before else None, period.first, period.last)
        found.append(Rewritten(text[start:end], read))
        text = text[:start] + read + text[end:]
    return text, (*rewritten, *reversed(found))


def _persons(schema: Schema) -> frozenset[str]:
    """What those are called of whom the schema knows when they were born; none where it knows somebody's age."""
    words = [set(column.words.split()) for column in schema.columns]
    if any("age" in w for w in words):
        return frozenset()
    tables = {
        column.table
        for column, w in zip(schema.columns, words, strict=True)
        if is_date_column(column) and w & _BIRTHS
    }
    names = {lemma(schema.tables[table].words.split()[-1]) for table in tables}
    return frozenset(names | _ANYBODY if names else ())


def _born(
    match: re.Match[str],
    today: date,
    rewritten: list[Rewritten],
    quoted: list[tuple[int, int]],
    persons: frozenset[str],
) -> str:
    """ "older than 50" as "born before 1976-11-29"."""
    said = match[0]
    if not match["old"] and not said.lower().startswith(("aged", "older", "younger")):
        noun = _OF_WHOM.search(match.string[: match.start()])
        whole = _NO_UNIT.match(match.string[match.end() :]) is not None
        bare = said.lower().startswith(("over", "above", "under", "below"))
        if not whole or not bare or noun is None:
            return said  # "over 50 euros", "more than 50" may be anything
        if persons.isdisjoint({noun["noun"].lower(), lemma(noun["noun"])}):
            return said
    if any(a < match.end() and match.start() < b for a, b in quoted):
        return said
    years = _count(match["older_n"] or match["younger_n"] or match["least_n"])
    try:
        day = _shift(today, -years, "year")
    except (ValueError, OverflowError):
        return said
    if match["least"]:
        day += timedelta(1)
    read = f"born {'after' if match['younger'] else 'before'} {day}"
    rewritten.append(Rewritten(said, read))
    return read


def _born_between(match: re.Match[str], today: date, rewritten: list[Rewritten]) -> str:
    """ "In their thirties" as the days on which they were born."""
    said = match["tens"].lower()
    years = 10 * (_TENS.index(said) + 2) if said in _TENS else int(said[:2])
    first = _shift(today, -(years + 10), "year") + timedelta(1)
    read = f"born between {first} and {_shift(today, -years, 'year')}"
    rewritten.append(Rewritten(match[0], read))
    return read


def _with_year(match: re.Match[str], today: date, rewritten: list[Rewritten]) -> str:
    """ "since March" as the last March that has begun; "until March" as this year's."""
    month = match["month"].capitalize()
    past = match["prep"].lower() in ("since", "after", "from")
    year = today.year - (past and _MONTHS.index(month) + 1 > today.month)
    if match["prep"].lower() == "from" and not match["on"]:
        return match[0]  # "from May" may be what it is called
    rewritten.append(Rewritten(match["month"], f"{month} {year}"))
    return f"{match['prep']} {match['part'] or ''}{month} {year}"


def _is_thing(match: re.Match[str], text: str, names: set[str]) -> bool:
    """Whether the words name something of the database, and no time."""
    if match["day"]:
        return match["day"].lower() == "today" and (
            match["own"] is not None or _NOW.search(text) is not None
        )
    if not match["unit"]:
        return False
    words = f"{match['which']} {match['unit']}".lower()
    if any(words in name for name in names):
        return True
    return match["prep"] is None and _NO_PERIOD.search(text[: match.start()]) is not None


def _read(match: re.Match[str], today: date) -> str | None:
    """What the phrase says, preposition included; None where that is no date of the calendar."""
    try:
        if match["ago"]:
            return _ago(match, _shift(today, -_count(match["ago"]), match["ago_unit"]))
        if match["back"]:
            first = _shift(today, -_count(match["back"]), match["back_unit"])
            return f"{_before_day(match['prep'], 'since')} {first}"
        if match["ahead"]:
            last = _shift(today, _count(match["ahead"]), match["ahead_unit"])
            return _range(match["prep"], today, last)
        if match["ytd"]:
            return _within(match) + str(today.year)
        if match["day"]:
            days = {"yesterday": -1, "today": 0, "tomorrow": 1}[match["day"].lower()]
            return f"{_before_day(match['prep'], 'on')} {today + timedelta(days)}"
        return _calendar(match, today)
    except (ValueError, OverflowError):
        return None


def _calendar(match: re.Match[str], today: date) -> str:
    """ "this month", "last year", "the past week"."""
    which, unit, prep = match["which"].lower(), match["unit"].lower(), match["prep"]
    rolling = which == "past" or (
        which == "last" and match["the"] and prep and prep.lower() not in _KEPT
    )
    if rolling and unit != "quarter":
        return f"{_before_day(prep, 'since')} {_shift(today, -1, unit)}"
    step = {"this": 0, "current": 0, "next": 1}.get(which, -1)
    if unit == "year":
        return f"{_within(match)}{today.year + step}"
    if unit == "month":
        return _within(match) + _shift(today.replace(day=1), step, "month").strftime("%B %Y")
    if unit == "week":
        first = today + timedelta(7 * step - today.weekday())
        return _range(prep, first, first + timedelta(6))
    first = _shift(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), 3 * step, "month")
    return _range(prep, first, _shift(first, 3, "month") - timedelta(1))


def _within(match: re.Match[str]) -> str:
    """What stands before a year or a month: nothing in "last year's sales" and "last year sales"."""
    if match["prep"]:
        return f"{match['prep']} "
    return "" if match["own"] or not match.string[: match.start()].strip() else "in "


def _ago(match: re.Match[str], day: date) -> str:
    if match["far"] or (match["prep"] or "").lower() == "over":
        return f"before {day}"
    if match["near"] or (match["prep"] or "").lower() in ("within", "in"):
        return f"after {day}"
    prep = match["prep"]
    if prep and prep.lower() in _KEPT:
        return f"{prep} {day}"
    unit = match["ago_unit"].lower()
    if unit == "year":
        return f"in {day.year}"
    return f"in {day:%B %Y}" if unit == "month" else f"on {day}"


def _range(prep: str | None, first: date, last: date) -> str:
    """A range of days, or the end of it that the preposition means."""
    if prep and prep.lower() in ("since", "from", "before", "about"):
        return f"{prep} {first}"
    if prep and prep.lower() in ("until", "till", "by", "after"):
        return f"{prep} {last}"
    return f"between {first} and {last}"


def _before_day(prep: str | None, other: str) -> str:
    return prep if prep and prep.lower() in _KEPT else other


def _count(text: str) -> int:
    low = " ".join(text.lower().split())
    return int(low) if low.isdigit() else _COUNTS.get(low) or _VAGUE[low]


def _shift(day: date, count: int, unit: str) -> date:
    """The day so many units later; the last of a shorter month where it lacks that day."""
    unit = unit.lower()
    if unit in ("day", "week"):
        return day + timedelta(count * (7 if unit == "week" else 1))
    months = 12 * day.year + day.month - 1 + count * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(
        first.replace(day=min(day.day, 28)) + timedelta(max(0, day.day - 28)), after - timedelta(1)
    )
