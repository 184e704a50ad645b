"""The words of a follow-up question, and which columns, values, numbers and dates they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlidb.amend import Previous
from nlidb.linking import Link, Links
from nlidb.question import DateMention, Question, date_mentions, number_mentions

MIN_VALUE_SCORE = 0.75
"""A value linked less firmly than this is a guess from its spelling; the model weighs those better."""

_OPENERS = re.compile(
    r"(?:(?:and|but|also|now|then|ok|okay|so|well|please|can you|could you|would you|i want|i need|"
    r"i would like|show me|show|list|give me|give|tell me|let me see|let 's see|maybe) )+"
)
_CLOSERS = re.compile(r"(?: (?:please|then|now|instead|too|as well|also|only|alone))+$")
_MORE = re.compile(r"^(?:and |but )?(?:also|as well as|plus)\b| (?:too|as well|also)$")
_INSTEAD = re.compile(r"^(?:what|how) about\b|^(?:now|the same|same)\b| instead$")

GLUE = frozenset(
    """a an the of in at from to for on by with and who which that whose where is are was were be been being
    those these them ones one they their its it have has had having live lives lived living located based
    come comes came made placed sent ordered bought sold called named work works working worked belong
    belongs use uses show only just also all do does did year years old month months euros dollars kg km s
    still there not this same people persons everyone items""".split()
)
"""Words of a condition that need no link."""
_BORN = frozenset("birth born year".split())
"""Words of columns that say when somebody was born, not how old they are."""
_LISTING = frozenset(
    "a an the of and their its his her all each also what which when is are s".split()
)
"""Words of a list of columns that need no link."""


@dataclass(frozen=True)
class Slot:
    """A stretch of the follow-up's words: indices into ``Words.kept``, end exclusive."""

    start: int
    end: int


class Words:
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

    def slot(self, match: re.Match[str], name: str) -> Slot:
        """The words of a group of a match."""
        start, end = (self._offset + offset for offset in match.span(name))
        places, at = [], 0
        for place, word in enumerate(self.lower):
            if start <= at and at + len(word) <= end:
                places.append(place)
            at += len(word) + 1
        return Slot(places[0], places[-1] + 1) if places else Slot(0, 0)

    # columns

    def columns(self, slot: Slot) -> list[int] | None:
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

    def column(self, slot: Slot) -> int | None:
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

    def is_age(self, column: int) -> bool:
        """Whether the column can hold an age: a number, but no year of birth."""
        known = self.schema.columns[column]
        return known.type == "number" and _BORN.isdisjoint(known.words.split())

    def is_glue(self, place: int) -> bool:
        return self.lower[place] in GLUE

    def is_lower(self, place: int) -> bool:
        """Whether the word is written in lower case, so that it is hardly a value's name."""
        return self._cased[place].islower()

    def is_table(self, place: int) -> bool:
        """Whether the word names a table that the previous query reads."""
        return any(
            link.table in self.previous.tables and link.kind == "exact"
            for _, link in self._links.get(place, ())
        )

    def counted(self, slot: Slot) -> bool:
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

    # numbers, values and dates

    def number_at(self, place: int) -> tuple[int, str] | None:
        """A number from a word on: where it ends, and its digits."""
        return self._numbers.get(place)

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
