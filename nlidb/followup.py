"""A follow-up question as a change of the previous query: "and only those from Lyon", "sort them by age".

``follow_up`` reads the follow-up's own words by a fixed list of English patterns, finds columns and values in
them through the links, and lets ``amend`` change the earlier query. Where no pattern fits, or a word is left
that it cannot account for, it gives None: then the model reads both questions as one text. It runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Condition, Operator, Previous
from nlidb.linking import Link, Links
from nlidb.question import DateMention, Question, date_mentions, number_mentions
from nlidb.schema import Schema
from nlidb.target import as_number

MIN_VALUE_SCORE = 0.75
"""A value linked less firmly than this is a guess from its spelling; the model weighs those better."""

SURE_VALUE_SCORE = 0.99
"""A value that is spelled as it is stored: a query for it must hold it."""
_BOUNDS = frozenset("after before since until than over under between".split())

_OPENERS = re.compile(
    r"(?:(?:and|but|also|now|then|ok|okay|so|well|please|can you|could you|would you|i want|i need|"
    r"i would like|show me|show|list|give me|give|tell me|let me see|let 's see|maybe) )+"
)
_CLOSERS = re.compile(r"(?: (?:please|then|now|instead|too|as well|also|only|alone))+$")
_MORE = re.compile(r"^(?:and |but )?(?:also|as well as|plus)\b| (?:too|as well|also)$")
_INSTEAD = re.compile(r"^(?:what|how) about\b|^(?:now|the same|same)\b| instead$")

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
_COMPARED: dict[str, Operator] = {
    "more than": ">",
    "greater than": ">",
    "higher than": ">",
    "larger than": ">",
    "bigger than": ">",
    "over": ">",
    "above": ">",
    "after": ">",
    "later than": ">",
    "at least": ">=",
    "no less than": ">=",
    "since": ">=",
    "from": ">=",
    "less than": "<",
    "fewer than": "<",
    "lower than": "<",
    "smaller than": "<",
    "under": "<",
    "below": "<",
    "before": "<",
    "earlier than": "<",
    "at most": "<=",
    "no more than": "<=",
    "up to": "<=",
    "until": "<=",
    "exactly": "=",
}
_DATED = frozenset(("after", "before", "since", "until", "later than", "earlier than", "from"))
"""The comparisons that speak of time."""
_THAN: dict[str, tuple[Operator, str]] = {
    "older than": (">", "age"),
    "younger than": ("<", "age"),
    "cheaper than": ("<", "price cost rate amount fee"),
    "heavier than": (">", "weight wt"),
    "lighter than": ("<", "weight wt"),
    "longer than": (">", "length duration distance dist nights"),
    "shorter than": ("<", "length duration distance dist nights"),
}
_GLUE = frozenset(
    """a an the of in at from to for on by with and who which that whose where is are was were be been being
    those these them ones one they their its it have has had having live lives lived living located based
    come comes came made placed sent ordered bought sold called named work works working worked belong
    belongs use uses show only just also all do does did year years old month months euros dollars kg km s
    still there not this same people persons everyone items""".split()
)
"""Words of a condition that need no link."""
_LISTING = frozenset(
    "a an the of and their its his her all each also what which when is are s".split()
)
"""Words of a list of columns that need no link."""
_UNITS = frozenset("year years old euros dollars kg km percent people days nights".split())


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
    words = _Words(question, links, Previous(previous, schema))
    for rule in _RULES:
        changed = rule(words)
        if changed is not None:
            return changed
    return None


def left_out(question: Question, links: Links, query: exp.Expr) -> tuple[str, ...]:
    """The stored values, dates and numbers that a follow-up names and a query does not hold.

    Number words are let through: "the one from Lyon" counts nothing.
    """
    held = [str(literal.this).lower() for literal in query.find_all(exp.Literal)]
    dates = date_mentions(question)
    named = [(date.start, date.end, _holds_date(held, date, question)) for date in dates]
    dated = {i for date in dates for i in range(date.start, date.end)}
    named += [known for known in _numbers(question, held) if known[0] not in dated]
    named += _stored(question, links, held)
    fine = {start for start, _, is_held in named if is_held}  # "20 million" is 20 or 20000000
    missing = {start: end for start, end, _ in sorted(named) if start not in fine}
    return tuple(question.span(start, end) for start, end in missing.items())


def _numbers(question: Question, held: Sequence[str]) -> list[tuple[int, int, bool]]:
    """The numbers in digits: first word, the word after the last, whether a literal is that number."""
    values = {abs(value) for text in held if (value := as_number(text)) is not None}
    return [
        (number.start, number.end, abs(float(number.text)) in values)
        for number in number_mentions(question)
        if any(char.isdigit() for char in question.words[number.start].text)
    ]


def _stored(question: Question, links: Links, held: Sequence[str]) -> list[tuple[int, int, bool]]:
    """The words that are spelled as a stored value; a name or a filler in small letters is hardly meant as one."""
    names = {i for link in links.links if link.kind == "exact" for i in range(link.start, link.end)}
    found = []
    for link in links.links:
        word = question.words[link.start].text
        plain = word.islower() and (link.start in names or word in _GLUE)
        if link.value and link.score >= SURE_VALUE_SCORE and not plain:
            found.append((link.start, link.end, link.value.lower() in held))
    return found


def _holds_date(held: Sequence[str], date: DateMention, question: Question) -> bool:
    """Whether a literal has the date's year, or its month where no year is said; after a word such as "before" the
    next year or the one before will do."""
    if date.year is None:
        return any(f"-{date.month:02}" in text or text == str(date.month) for text in held)
    words = {word.text.lower() for word in question.words}
    near = 0 if words.isdisjoint(_BOUNDS) else 1
    years = [str(year) for year in range(date.year - near, date.year + near + 1)]
    return any(year in text for text in held for year in years)


@dataclass(frozen=True)
class _Slot:
    """A stretch of the follow-up's words: indices into ``_Words.kept``, end exclusive."""

    start: int
    end: int


class _Words:
    """The follow-up's words, without punctuation, and what they are linked to."""

    def __init__(self, question: Question, links: Links, previous: Previous) -> None:
        self.previous = previous
        self.schema = previous.schema
        words = question.words
        self.kept = [i for i, word in enumerate(words) if any(c.isalnum() for c in word.text)]
        self.lower = [words[i].text.lower().lstrip("'\u2019") for i in self.kept]
        self._cased = [words[i].text for i in self.kept]
        self._place = {i: place for place, i in enumerate(self.kept)}
        self._links: dict[int, list[tuple[int, Link]]] = {}
        for link in links.links:
            inside = [self._place[i] for i in range(link.start, link.end) if i in self._place]
            if inside:
                self._links.setdefault(inside[0], []).append((inside[-1] + 1, link))
        self._numbers = {
            self._place[n.start]: (self._place[n.end - 1] + 1, n.text)
            for n in number_mentions(question)
            if n.start in self._place and n.end - 1 in self._place
        }
        self._dates = {
            self._place[d.start]: (self._place[d.end - 1] + 1, d)
            for d in date_mentions(question)
            if d.start in self._place and d.end - 1 in self._place
        }
        whole = " ".join(self.lower)
        self.more = _MORE.search(whole) is not None
        self.instead = _INSTEAD.search(whole) is not None
        opened = _OPENERS.match(whole + " ")
        start = min(opened.end(), len(whole)) if opened else 0
        closed = _CLOSERS.search(whole)
        end = closed.start() if closed and closed.start() > start else len(whole)
        self.only = "only" in whole.split() or "just" in whole.split()
        self.text = whole[start:end].strip()
        self._offset = start

    def match(self, pattern: str) -> re.Match[str] | None:
        """The pattern over the whole text, without what opens and closes it."""
        return re.fullmatch(pattern, self.text)

    def slot(self, match: re.Match[str], name: str) -> _Slot:
        """The words of a group of a match."""
        start, end = (self._offset + offset for offset in match.span(name))
        places, at = [], 0
        for place, word in enumerate(self.lower):
            if start <= at and at + len(word) <= end:
                places.append(place)
            at += len(word) + 1
        return _Slot(places[0], places[-1] + 1) if places else _Slot(0, 0)

    # columns

    def columns(self, slot: _Slot) -> list[int] | None:
        """The columns that the words name, in order; None where a word names none."""
        found: list[int] = []
        place = slot.start
        while place < slot.end:
            end, column = self.column_at(place, slot.end)
            if column is not None:
                found.append(column)
            elif self.lower[place] in _LISTING or self.is_table(place):
                end = place + 1
            else:
                return None
            place = end
        return list(dict.fromkeys(found)) or None

    def column(self, slot: _Slot) -> int | None:
        """The one column that the words name."""
        found = self.columns(slot)
        return found[0] if found and len(found) == 1 else None

    def names_column(self, place: int, end: int) -> bool:
        """Whether the words from ``place``, as far as ``end`` or further, are a column's whole name."""
        tables = self.previous.tables
        return any(
            link.kind == "exact"
            and link.column is not None
            and last >= end
            and self.schema.columns[link.column].table in tables
            for last, link in self.links_at(place)
        )

    def links_at(self, place: int) -> Sequence[tuple[int, Link]]:
        """The links that begin at a word, each with where it ends."""
        return self._links.get(place, ())

    def column_at(self, place: int, stop: int) -> tuple[int, int | None]:
        """The column that is named from a word on: by its table and name ("category name"), by its whole name,
        else by a part of it that only it has."""
        for end, link in self.links_at(place):
            if link.table is not None and link.kind == "exact":
                for last, name in self.links_at(end):
                    named = None if name.column is None else self.schema.columns[name.column]
                    whole = name.kind == "exact" and last <= stop
                    if named is not None and whole and named.table == link.table:
                        if self.previous.rank(name.column or 0) is not None:
                            return last, name.column
        known = [
            (end, link.kind == "exact", link.score, link.column)
            for end, link in self.links_at(place)
            if link.column is not None and link.kind != "cell_value" and end <= stop
        ]
        exact = [(end, column) for end, whole, _, column in known if whole]
        if exact:
            longest = max(end for end, _ in exact)
            return longest, self.nearest([column for end, column in exact if end == longest])
        other = any(
            link.kind == "exact" and link.table is not None for _, link in self.links_at(place)
        )
        if self.is_glue(place) or other:
            return place, None  # "customers" are rows, though some column is called customer id
        # "signup date": words that stand together and all name parts of one column
        scores: dict[int, float] = {}
        end = place
        while end < stop and not (self.is_glue(end) and end > place):
            here = {
                link.column: link.score
                for _, link in self._links.get(end, ())
                if link.column is not None and link.kind == "partial"
            }
            shared = here if end == place else {c: s for c, s in here.items() if c in scores}
            if not shared:
                break
            scores = {c: scores.get(c, 0.0) + s for c, s in shared.items()}
            end += 1
        near = {c: s for c, s in scores.items() if self.previous.rank(c) is not None}
        if not near:
            return place, None
        first = min(self.previous.rank(c) or 0 for c in near)
        ranked = {c: s for c, s in near.items() if (self.previous.rank(c) or 0) == first}
        best = max(ranked.values())
        leading = [c for c, score in ranked.items() if score >= best - 0.01]
        if len(leading) > 1:
            return place, None
        dated = self.previous.is_dated(leading[0])
        if dated and end < stop and self.lower[end] in ("date", "day", "time", "year"):
            end += 1  # the "date" of "signup date", where the name has none
        return end, leading[0]

    def nearest(self, columns: Sequence[int]) -> int | None:
        """The column nearest to what the previous query is about; None where all are too far."""
        ranked = [(rank, c) for c in columns if (rank := self.previous.rank(c)) is not None]
        return min(ranked)[1] if ranked else None

    def sole_number(self) -> int | None:
        """The only number that the previous query shows, keys left out."""
        columns = self.schema.columns
        keys = {c for key in self.schema.foreign_keys for c in (key.column, key.ref_column)}
        found = [
            c
            for c in self.previous.shown
            if c is not None
            and columns[c].type == "number"
            and not (columns[c].primary_key or c in keys)
        ]
        return found[0] if len(found) == 1 else None

    def hinted(self, words: str) -> int | None:
        """The only column near by whose name has one of these words; "age" is also a date of birth."""
        for table in self.previous.tables:
            held = self.schema.tables[table].columns
            for wanted in [words.split(), ["birth", "born"] if words == "age" else []]:
                named = [
                    c
                    for c in held
                    if not set(wanted).isdisjoint(self.schema.columns[c].words.split())
                ]
                if named:
                    return named[0] if len(named) == 1 else None
            if words == "date":
                dated = [c for c in held if self.previous.is_dated(c)]
                if dated:
                    return dated[0] if len(dated) == 1 else None
        return None

    def is_glue(self, place: int) -> bool:
        return self.lower[place] in _GLUE

    def is_lower(self, place: int) -> bool:
        """Whether the word is written in lower case, so that it is hardly a value's name."""
        return self._cased[place].islower()

    def is_table(self, place: int) -> bool:
        """Whether the word names a table that the previous query reads."""
        return any(
            link.table in self.previous.tables and link.kind == "exact"
            for _, link in self._links.get(place, ())
        )

    def counted(self, slot: _Slot) -> bool:
        """Whether the words name rows: a table, or "rows" and "results"."""
        words = [place for place in range(slot.start, slot.end) if not self.is_glue(place)]
        return bool(words) and all(
            self.lower[place] in ("rows", "results", "entries", "records")
            or any(
                link.table is not None and link.kind == "exact"
                for _, link in self._links.get(place, ())
            )
            for place in words
        )

    # numbers and conditions

    def number_at(self, place: int) -> tuple[int, str] | None:
        """A number from a word on: where it ends, and its digits."""
        return self._numbers.get(place)

    def conditions(self, slot: _Slot) -> list[Condition] | None:
        """The conditions that the words name; None where a word is left over."""
        return _Conditions(self, slot).read()

    def value_at(
        self, place: int, stop: int, column: int | None, table: int | None = None
    ) -> tuple[int, int, str] | None:
        """A stored value from a word on, in a column or a table if one is named: where it ends, its column, its
        spelling."""
        found: list[tuple[int, tuple[bool, int], int, str]] = []
        for end, link in self._links.get(place, ()):
            if link.kind != "cell_value" or link.column is None or link.value is None:
                continue
            if end > stop or link.score < MIN_VALUE_SCORE:
                continue
            rank = self.previous.rank(link.column)
            if rank is None or (column is not None and link.column != column):
                continue
            if table is not None and self.schema.columns[link.column].table != table:
                continue
            nearness = (not self.previous.compares(link.column), rank)
            found.append((-end, nearness, link.column, link.value))
        if not found:
            return None
        longest, _, best, value = min(found)
        return -longest, best, value

    def date_at(self, place: int) -> tuple[int, str] | None:
        """A year, a month or a day from a word on, in ISO form."""
        known = self._dates.get(place)
        if known is None:
            return None
        text = _iso(known[1])
        return None if text is None else (known[0], text)


def _iso(date: DateMention) -> str | None:
    if date.year is None:
        return None
    if date.month is None:
        return str(date.year)
    if date.day is None:
        return f"{date.year}-{date.month:02}"
    return f"{date.year}-{date.month:02}-{date.day:02}"


class _Conditions:
    """Reads conditions from a stretch of words, left to right."""

    def __init__(self, words: _Words, slot: _Slot) -> None:
        self._words = words
        self._place = slot.start
        self._stop = slot.end
        self._found: list[Condition] = []
        self._pending: int | None = None
        """A column that was named and not yet compared."""
        self._with = False
        """Whether "with" or "have" stood before it."""
        self._about: int | None = None
        """A table that was named and that the previous query does not read."""

    def read(self) -> list[Condition] | None:
        """All of them, or None where a word is left over."""
        while self._place < self._stop:
            read = (
                self._comparison() or self._value() or self._date() or self._table() or self._name()
            )
            if not read:
                if not (self._words.is_glue(self._place) or self._words.is_table(self._place)):
                    return None
                self._with |= self._words.lower[self._place] in ("with", "have", "has", "had")
                self._place += 1
        if not self._close():
            return None
        columns = self._words.schema.columns
        tables = {columns[c.column].table for c in self._found if c.column is not None}
        if self._about is not None and self._about not in tables:
            return None  # "those with orders": what of them is not said
        return self._found or None

    def _close(self) -> bool:
        """A column that is only named must be known: "with an email"."""
        if self._pending is None:
            return True
        known = self._words.schema.columns[self._pending]
        if known.type == "boolean" or known.words.split()[0] in ("has", "is"):
            self._found.append(Condition(self._pending, "=", ("1",)))
        elif known.type == "number":
            return False  # "with a newsletter": whether 0 counts as none is not known here
        else:
            self._found.append(Condition(self._pending, "known"))
        self._pending = None
        said, self._with = self._with, False
        return said

    def _comparison(self) -> bool:
        """ "more than 5", "older than 40", "between 3 and 5", "before 2020"."""
        words = self._words
        for length in (3, 2, 1):
            phrase = " ".join(words.lower[self._place : min(self._place + length, self._stop)])
            if phrase == "between" and length == 1:
                return self._between()
            hint = ""
            operator = _COMPARED.get(phrase)
            if phrase in _THAN:
                operator, hint = _THAN[phrase]
            if operator is None:
                continue
            place = self._place + length
            if self._dated(operator, phrase, place):
                return True
            number = words.number_at(place) if place < self._stop else None
            if number is None or phrase in _DATED:
                return False  # "since 2022" speaks of a date, and there is no one column of dates
            return self._compare(operator, [number[1]], number[0], hint)
        return False

    def _dated(self, operator: Operator, phrase: str, place: int) -> bool:
        """A comparison with a date, where there is a column of dates."""
        if phrase not in _DATED or phrase == "from":
            return False
        date = self._words.date_at(place) if place < self._stop else None
        column = self._date_column()
        if date is None or column is None:
            return False
        self._found.append(Condition(column, operator, (date[1],)))
        self._place, self._pending = date[0], None
        return True

    def _between(self) -> bool:
        words, place = self._words, self._place + 1
        date = words.date_at(place) if place < self._stop else None
        first = date or (words.number_at(place) if place < self._stop else None)
        if first is None or first[0] >= self._stop or words.lower[first[0]] != "and":
            return False
        place = first[0] + 1
        second = (words.date_at(place) if date else None) or words.number_at(place)
        if second is None or second[0] > self._stop:
            return False
        column = self._date_column() if date and self._pending is None else None
        if column is not None:
            self._found.append(Condition(column, "between", (first[1], second[1])))
            self._place = second[0]
            return True
        return self._compare("between", [first[1], second[1]], second[0], "")

    def _compare(self, operator: Operator, values: list[str], end: int, hint: str) -> bool:
        """A comparison with numbers: the column stands before it, after it, or is hinted at."""
        words = self._words
        column = self._pending
        while column is None and end < self._stop and words.lower[end] in _UNITS:
            after, named = words.column_at(end, self._stop)
            if named is not None:
                column, end = named, after
                break
            end += 1
        if column is None and end < self._stop:
            after, column = words.column_at(end, self._stop)
            if column is not None:
                end = after
            elif self._rows_at(end) and words.previous.grouped:
                self._found.append(Condition(None, operator, tuple(values)))
                self._place = end + 1
                return True
        if column is None and not hint and end >= self._stop and operator != "=":
            column = words.sole_number()
        if column is None and hint:
            column = words.hinted(hint)
            if column is not None and words.schema.columns[column].type != "number":
                return False  # an age is no date of birth
        if column is None or words.schema.columns[column].type != "number":
            return False
        self._found.append(Condition(column, operator, tuple(values)))
        self._place, self._pending = end, None
        while self._place < self._stop and words.lower[self._place] in _UNITS:
            self._place += 1
        return True

    def _rows_at(self, place: int) -> bool:
        return self._words.counted(_Slot(place, place + 1))

    def _value(self) -> bool:
        """Stored values: "Lyon", "Lyon or Paris"."""
        words = self._words
        known = words.value_at(self._place, self._stop, self._pending, self._about)
        if known is None:
            return False
        end, column, value = known
        if words.is_lower(self._place) and words.names_column(self._place, end):
            return False  # a column's name that is stored somewhere too
        values = [value]
        while end + 1 < self._stop and words.lower[end] in ("or", "and"):
            more = words.value_at(end + 1, self._stop, column)
            if more is None:
                break
            end, value = more[0], more[2]
            values.append(value)
        operator: Operator = "=" if len(values) == 1 else "in"
        self._found.append(Condition(column, operator, tuple(values)))
        self._place, self._pending = end, None
        if end < self._stop and words.column_at(end, self._stop)[1] == column:
            self._place = words.column_at(end, self._stop)[0]  # "in Lyon city"
        return True

    def _date(self) -> bool:
        """A period, or a number for the column that was named: "in 2023", "5 stars"."""
        words = self._words
        date = words.date_at(self._place)
        pending = self._pending
        column = self._date_column()
        if date is not None and column is not None:
            if pending is None or pending == column:
                self._found.append(Condition(column, "=", (date[1],)))
                self._place, self._pending = date[0], None
                return True
        number = words.number_at(self._place)
        return number is not None and self._compare("=", [number[1]], number[0], "")

    def _date_column(self) -> int | None:
        """The column that a date is compared with: the one that was named, else the only one."""
        previous = self._words.previous
        if self._pending is not None:
            return self._pending if previous.is_dated(self._pending) else None
        return previous.time_column(self._about)

    def _table(self) -> bool:
        """Another table, which what follows speaks of: "with orders in 2023"."""
        words = self._words
        for end, link in words.links_at(self._place):
            if link.table is None or link.kind != "exact" or end > self._stop:
                continue
            known = link.table in words.previous.tables or words.names_column(self._place, end)
            if not known and self._pending is None and words.previous.can_join(link.table):
                self._place, self._about = end, link.table
                return True
        return False

    def _name(self) -> bool:
        """A column's name, to be compared with what follows."""
        end, column = self._words.column_at(self._place, self._stop)
        if column is None or (self._pending is not None and not self._close()):
            return False
        self._place, self._pending = end, column
        return True


# Rules: each gives the changed query, or None where the words or the query do not fit it


def _count(words: _Words) -> exp.Query | None:
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
        conditions = words.conditions(words.slot(found, "rest"))
        negative = re.search(r"\b(?:not|no)\b", found["rest"]) is not None
        conditions = _negated(conditions) if negative else conditions
        return words.previous.count(conditions) if conditions else None
    return None


def _limit(words: _Words) -> exp.Query | None:
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


def _key(words: _Words, slot: _Slot) -> int | exp.Expr | None:
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


def _sort(words: _Words) -> exp.Query | None:
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


def _most(words: _Words, most: str, named: _Slot | None) -> tuple[int | exp.Expr | None, bool]:
    """The column that "oldest" or "highest salary" speaks of, and whether its largest value leads."""
    down, hint = _SUPERLATIVES[most]
    key = _key(words, named) if named is not None else _default(words, hint)
    if isinstance(key, int) and hint == "age" and words.schema.columns[key].type != "number":
        down = not down  # the oldest were born first
    return key, down


def _default(words: _Words, hint: str) -> int | exp.Expr | None:
    """What is meant where no column is named: what the word hints at, else the number that is shown."""
    if hint:
        return words.hinted(hint)
    shown = words.previous.aggregate
    return shown if shown is not None else words.sole_number()


def _which(words: _Words) -> exp.Query | None:
    """ "which of them is the oldest", "who has the highest salary"."""
    found = words.match(
        rf"(?:which|who|what)(?: one)?(?: of {_THEM})?(?: one)? (?:is|was|has|had|are|were) (?:the )?"
        rf"(?P<most>{_SUPERLATIVE})(?: (?P<key>.+?))?(?: of {_THEM})?"
    )
    if found is None:
        return None
    key, down = _most(words, found["most"], words.slot(found, "key") if found["key"] else None)
    return None if key is None else words.previous.top(1, key, descending=down)


def _group(words: _Words) -> exp.Query | None:
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


def _summarize(words: _Words) -> exp.Query | None:
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
    column = words.column(_Slot(words.slot(found, "name").start, slot.end))
    if column is None:  # "total amount" is no column's own name
        column = words.column(slot)
    return None if column is None else words.previous.summarize(name, column)


def _instead(words: _Words) -> exp.Query | None:
    """ "what about 2023?", "and in Lyon?", "the same for Germany"."""
    found = words.match(
        r"(?:(?:what about|how about|what of|(?:the )?same (?:question |thing )?(?:for|in|with|but)) )?"
        r"(?P<rest>.+)"
    )
    if found is None or re.search(r"\b(?:those|these|them|not|without|except)\b", words.text):
        return None
    if words.only or words.more:
        return None
    slot = words.slot(found, "rest")
    number = words.number_at(slot.start)
    if words.instead and number is not None and number[0] == slot.end:
        if words.date_at(slot.start) is None:
            return words.previous.swap_number(number[1])
    conditions = words.conditions(slot)
    if conditions:
        if all(condition.operator == "known" for condition in conditions):
            return None
        return words.previous.where(conditions, swap=True)
    column = words.column(slot)
    if column is not None and words.instead:
        return words.previous.summarize_other(column)
    return None


def _filter(words: _Words) -> exp.Query | None:
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
        conditions = words.conditions(slot)
        if conditions is None and (named := words.columns(slot)) and "without" in words.text:
            conditions = [Condition(column, "known") for column in named]
        negated = _negated(conditions)
        return words.previous.where(negated) if negated else None
    if re.search(r"\b(?:their|its)\b", words.text) and not words.only:
        return None  # "with their email" asks for a column
    conditions = words.conditions(slot)
    return words.previous.where(conditions, extend=words.more) if conditions else None


def _negated(conditions: Sequence[Condition] | None) -> list[Condition] | None:
    """The opposite of one condition; of several at once it would not be clear which is meant."""
    if not conditions or len(conditions) > 1:
        return None
    opposite = conditions[0].negated()
    return None if opposite is None else [opposite]


def _columns(words: _Words) -> exp.Query | None:
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


_RULES: tuple[Callable[[_Words], exp.Query | None], ...] = (
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
