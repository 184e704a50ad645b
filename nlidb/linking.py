"""Schema linking and value linking: which question words mean which tables, columns and stored
values.

``link`` looks up the question's n-grams in dictionaries of the schema's names and of the stored
values, so its cost grows with the question and not with the number of columns. It also lists the
value candidates, the only literals that the decoder may use. It matches spellings, not meanings:
synonyms are the model's work.

The kinds of links follow RAT-SQL (Wang et al. 2020, arXiv:1911.04942): exact and partial name
matches, and matches with stored values; folding, close spellings and abbreviations are added to
them.
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from nlidb.lexicon import (
    ABBREVIATED,
    ALIASED,
    BREAKS,
    COMMON,
    FLAGS,
    JOINERS,
    NAMERS,
    OPENERS,
    PATTERN_OPENERS,
    SEXES,
    STOP,
    TEXT_COLUMNS,
)
from nlidb.names import Item, abbreviates, looks_short, names_of
from nlidb.periods import Period, asked_end, named_parts, period_mentions
from nlidb.question import (
    DateMention,
    Question,
    date_mentions,
    number_mentions,
)
from nlidb.schema import Schema
from nlidb.values import ValueIndex, fold
from nlidb.vocab import DATE_PARTS
from nlidb.wording import Wording

LinkKind = Literal["exact", "partial", "cell_value"]
ValueKind = Literal["number", "quoted", "cell", "span", "date", "constant"]


@dataclass(frozen=True)
class Link:
    """The question words ``start:end`` name a schema item (exact, partial) or a value stored in a
    column."""

    start: int
    """First word (index into ``Question.words``)."""
    end: int
    """After the last word."""
    kind: LinkKind
    table: int | None
    """Index into ``Schema.tables`` where a table is meant, else None."""
    column: int | None
    """Index into ``Schema.columns`` where a column (or a value in it) is meant, else None."""
    value: str | None = None
    """The stored value, for ``cell_value`` links."""
    score: float = 1.0
    """How close the match is, in (0, 1]."""


@dataclass(frozen=True)
class ValueCandidate:
    """A value that the SQL may use: the model can name no other."""

    text: str
    """The literal's text in its stored spelling, without quotes ("France", "2024",
    "2024-01-01")."""
    kind: ValueKind
    """Where it comes from: a number (digits or words), a quoted string, a stored cell value, any
    other question span, a derived date (ISO text), or the small set of constants that needs no
    question word."""
    start: int = -1
    """First question word it was read from, -1 for constants."""
    end: int = -1
    columns: tuple[int, ...] = ()
    """Columns that store exactly this value (indices into ``Schema.columns``), for kind "cell"."""


@dataclass(frozen=True)
class Links:
    """All links of a question, and the value candidates the decoder may point to."""

    links: tuple[Link, ...]
    candidates: tuple[ValueCandidate, ...]
    date_parts: tuple[str, ...] = DATE_PARTS
    """The parts of a date that the SQL may take: a question "per month" is not answered by the year."""


_SCALED = re.compile(r"[\d.,]+\s*(?:k|thousand|million|billion)\b", re.IGNORECASE)
IN_SCALE = re.compile(
    r"\b(?:mill?|mln|mio|mn|millions?|bn|billions?|thousands?|\d*k|[mk](?:usd|eur|gbp))\b",
    re.IGNORECASE,
)
"""Words of a column whose numbers are in thousands, millions or billions."""
MAX_CANDIDATES = 40
MAX_NGRAM = 6
_MAX_PARTIAL = 48
"""Most columns (and tables) that one question word may name in part; the best are kept."""
_MAX_TEXT = 120
"""A longer text is no value that a person types."""

_FEW = 30
"""A column of kinds ("status", "type") has no more values than this; names of things mostly have."""

_COPULAS = frozenset("is are was were be = :".split())
"""What may stand between a column's name and its value."""

CONSTANTS = ("1", "2", "3", "0")
"""Numbers that questions imply without a word: LIMIT 1 for "the most", HAVING COUNT(*) > 1 for
"several"."""


class _Linker(Wording):
    """The work on one question; ``link`` is its only caller."""

    def __init__(self, question: Question, schema: Schema, index: ValueIndex) -> None:
        super().__init__(question)
        self.schema = schema
        self.index = index
        self.names = names_of(schema)
        self.links: dict[tuple[int, int, Item, str | None], Link] = {}
        self.candidates: dict[str, ValueCandidate] = {}
        self.priority: dict[str, float] = {}

    # links

    def add(
        self, start: int, end: int, kind: LinkKind, item: Item, value: str | None, score: float
    ) -> None:
        place = (start, end, item, value)
        known = self.links.get(place)
        if known is None or score > known.score:
            self.links[place] = Link(start, end, kind, item[0], item[1], value, round(score, 3))

    def link_names(self) -> None:
        exact: dict[Item, list[tuple[int, int]]] = defaultdict(list)
        for start, end in self.ngrams(min(self.names.longest + 2, 8)):
            if end - start == 1 and self.lower[start] in STOP:
                continue
            joined = "".join("".join(keys) for keys in self.keys[start:end])
            items = self.names.whole.get(joined) or self.names.whole.get(self.compound(start, end))
            for item in items or ():
                if any(a <= start and end <= b for a, b in exact[item]):
                    continue
                exact[item].append((start, end))
                self.add(start, end, "exact", item, None, 1.0)
                self.named.update(range(start, end))
                self.whole.update(range(start, end))
        self.link_parts(exact)

    def link_parts(self, exact: dict[Item, list[tuple[int, int]]]) -> None:
        hits: dict[Item, dict[int, tuple[str, float]]] = defaultdict(dict)
        for place, keys in enumerate(self.keys):
            if self.lower[place] in STOP:
                continue
            for part, score in self.matching_parts(place, keys):
                items = self.names.parts.get(part, ())
                for item in items:
                    known = hits[item].get(place)
                    if known is None or score > known[1]:
                        hits[item][place] = (part, score)
        by_place: dict[int, list[tuple[float, Item]]] = defaultdict(list)
        for item, found in hits.items():
            matched = {part for part, _ in found.values()}
            share = len(matched) / max(self.names.sizes[item], len(matched))
            for place, (_, score) in found.items():
                if any(a <= place < b for a, b in exact.get(item, ())):
                    continue
                by_place[place].append((score * share, item))
        for place, scored in by_place.items():
            for is_table in (True, False):
                ranked = [pair for pair in scored if (pair[1][0] is not None) == is_table]
                if len(ranked) > _MAX_PARTIAL:
                    ranked.sort(key=lambda pair: -pair[0])
                    ranked = ranked[:_MAX_PARTIAL]
                for score, item in ranked:
                    self.add(place, place + 1, "partial", item, None, max(score, 0.05))
                    self.named.add(place)

    def matching_parts(self, place: int, keys: list[str]) -> Iterator[tuple[str, float]]:
        """The words of names that a question word names, with how surely: itself, its derivations
        and abbreviations, itself with a neighbour, the initials of the words from here on, and
        close spellings."""
        for key in keys:
            if key in self.names.parts:
                yield key, 1.0
            if len(key) >= 5 and key.isalpha():
                for other in self.names.by_prefix.get(key[:5], ()):
                    shared = _shared_prefix(key, other)
                    if other != key and shared >= max(5, 0.6 * max(len(key), len(other))):
                        yield other, 0.7 * shared / max(len(key), len(other))
            if len(key) >= 4 and key.isalpha():
                for short in self.names.short.get(key[0], ()):
                    if short != key and (score := abbreviates(short, self.words[place].lemma)):
                        yield short, score
        for start in (place - 1, place):  # "post code" for postcode
            if start >= 0 and start + 2 <= len(self.keys):
                joined = self.compound(start, start + 2)
                if joined in self.names.parts and joined not in keys:
                    yield joined, 0.9
        for short in ABBREVIATED.get(self.words[place].lemma, ()):
            if short in self.names.parts:
                yield short, 0.7
        for key in keys:
            if len(key) >= 6 and key not in self.names.parts and not self.is_filler(place):
                near = process.extract(
                    key,
                    self.names.by_letter.get(key[0], ()),
                    scorer=OSA.distance,
                    score_cutoff=1 if len(key) < 9 else 2,
                    limit=2,
                )
                yield from ((other, 0.6 - 0.1 * distance) for other, distance, _ in near)
        for length in (2, 3, 4):
            stretch = [w for w in self.folds[place : place + length] if w and w[0].isalpha()]
            initials = "".join(w[0] for w in stretch)
            if (
                len(stretch) == length >= 3
                and initials in self.names.parts
                and looks_short(initials)
            ):
                yield initials, 0.5

    # values

    def link_values(self) -> None:
        """Find stored values by whole n-grams, then by close spelling and by single telling
        words."""
        covered: list[tuple[int, int]] = []
        exact: set[int] = set()
        found: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for start, end in self.ngrams(MAX_NGRAM):
            if end - start == 1 and self.is_plain(start):
                score = 1.0 if (start, end) in self.quoted else 0.5
                if scored := [(value, score) for value in self.plain_values(start)]:
                    found[start, end] = scored
                continue
            folded = "".join(self.folds[start:end])
            if "." in self.lower[start:end]:  # a point between digits counts: "v2.0", "192.168.1.1"
                folded = fold(self.question.span(start, end))
            values = self.index.by_fold.get(folded, ())
            plain = end - start == 1 and not self.is_marked(start)
            ordinary = plain and self.is_filler(start)
            # "players" may be stored somewhere, but here it is the table's name
            named = plain and start in self.whole
            scored = [(value, 0.5 if ordinary else 0.8 if named else 1.0) for value in values]
            if end - start <= 4 and not ordinary:
                scored += [(value, 0.8) for value in self.other_names(start, end)]
                if not named:
                    scored += [(v, 0.9) for v in self.inflected(start, end, folded)]
            if end - start <= 2:
                known = {value for value, _ in scored}
                scored += [(v, 0.5) for v in self.kinds(start, end, folded) if v not in known]
            if scored:
                found[start, end] = scored
        for start, end in sorted(found, key=lambda span: span[0] - span[1]):
            inner = any(a <= start and end <= b for a, b in covered)
            for value, score in found[start, end]:
                self.add_value(start, end, value, score * (0.8 if inner else 1.0), inner=inner)
            covered.append((start, end))
            exact.update(range(start, end))
        self.link_parts_of_values(exact)
        self.link_close_values(exact)

    def plain_values(self, place: int) -> Iterator[int]:
        """Stored values that are an ordinary word: quoted alone, or said of a column of few values ("servers
        with status down", "whose status is down")."""
        word = self.lower[place]
        alone = (place, place + 1) in self.quoted
        if len(word) < 2 or not (alone or self.is_last(place) or self.lower[place - 1] in _COPULAS):
            return
        for value in self.index.by_fold.get(self.folds[place], ()):
            columns = filter(self.has_few, self.index.value_columns[value])
            # "in" and "me" are no states
            code = len(word) == 2 and self.index.values[value].isupper()
            if alone or not code and any(self.is_said_of(place, column) for column in columns):
                yield value

    def is_said_of(self, place: int, column: int) -> bool:
        """Whether the column's name, or a part of it, stands right before a word, maybe with "is" between them."""
        end = place - (self.lower[place - 1] in _COPULAS)
        return any(
            known.column == column and known.end == end and known.kind != "cell_value"
            for known in self.links.values()
        )

    def inflected(self, start: int, end: int, folded: str) -> Iterator[int]:
        """Stored values in another number or tense, but no short word by accident: red, Redding."""
        for value in self.index.find_lemma("".join(self.lemmas[start:end])):
            stored = fold(self.index.values[value])
            longer = max(len(stored), len(folded))
            if stored != folded and _shared_prefix(stored, folded) >= max(4, longer - 3):
                yield value

    def kinds(self, start: int, end: int, folded: str) -> Iterator[int]:
        """Values of a column of few, in another form, where the rules for texts in general are too
        strict: short ("VIPs"), irregular ("led"), a word of requests ("contain") or a name
        ("purchases")."""
        keys = {"".join(self.lemmas[start:end])}
        text = self.words[end - 1].text
        if end - start == 1 and len(text) > 2 and text.endswith("s") and text[:-1].isupper():
            keys.add(folded[:-1])  # "CDs"
        for value in {v for key in keys for v in self.index.find_lemma(key)}:
            stored = fold(self.index.values[value])
            short, long = sorted((stored, folded), key=len)
            plural = long in (short + "s", short + "es", short[:-1] + "ies")
            alike = plural or _shared_prefix(short, long) >= max(5, len(long) - 3)
            # another stem altogether; "red" is no form of "Redding"
            irregular = not long.startswith(short) and short[0] == long[0] and len(short) > 2
            if stored == folded or len(short) < 2 or not (alike or irregular):
                continue
            if self.is_filler(start) and end - start == 1 and len(short) < 5:
                continue
            if any(self.has_few(column) for column in self.index.value_columns[value]):
                yield value

    def has_few(self, column: int) -> bool:
        """A column of kinds: it was read whole, and few values repeat."""
        summary = self.index.columns[column]
        return not summary.cut and summary.distinct <= _FEW

    def link_parts_of_values(self, exact: set[int]) -> None:
        """Several words that stand together inside a longer stored value: "San Jose State"."""
        for start, end in self.ngrams(4):
            if end - start < 2 or not exact.isdisjoint(range(start, end)):
                continue
            if not any(self.is_marked(place) for place in (start, end - 1)):
                continue
            parts = [text for text in self.folds[start:end] if text]
            held = [set(values) for text in parts if (values := self.index.containing(text))]
            shared = set.intersection(*held) if held else set()
            joined = "".join(parts)
            inside = sorted(v for v in shared if joined in fold(self.index.values[v]))
            if 0 < len(inside) <= 4:
                for value in inside:
                    self.add_value(start, end, value, 0.7, inner=False)
                exact.update(range(start, end))

    def other_names(self, start: int, end: int) -> Iterator[int]:
        """Stored values that are another spelling of what the words say ("California": CA)."""
        folded = "".join(self.folds[start:end])
        if len(folded) <= 2 and not self.question.span(start, end).isupper():
            return  # "in" and "me" are states only in capitals
        names = ALIASED.get(folded) or ALIASED.get("".join(self.lemmas[start:end]), ())
        if end - start == 1:  # "professor" is stored as PROF
            names = (*names, *ABBREVIATED.get(self.words[start].lemma, ()))
        for name in names:
            for value in self.index.by_fold.get(name, ()):
                if len(name) > 1 or folded not in SEXES or self.is_of_sexes(value):
                    yield value

    def is_of_sexes(self, value: int) -> bool:
        """Some column holds the value among other sexes: an F may be a grade, or stand for false."""
        return any(
            self.index.columns[column].distinct <= 5
            and {fold(text) for text in self.index.samples(column)} <= SEXES
            for column in self.index.value_columns[value]
        )

    def link_close_values(self, exact: set[int]) -> None:
        for place, word in enumerate(self.words):
            text = self.folds[place]
            if place in exact or self.lower[place] in STOP or self.lower[place] in COMMON:
                continue
            if len(text) < 3 or not text.isalpha():
                continue
            whole = self.index.containing(text)
            if not whole and word.lemma != text:
                whole = self.index.containing(word.lemma)
            named = place in self.named
            if named and not self.is_marked(place):
                continue  # "player" is the column, not some value with the word in it
            telling = len(whole) <= (8 if self.is_marked(place) else 3)
            if whole and telling:
                for value in whole:
                    closeness = fuzz.partial_ratio(
                        self.index.values[value].lower(), self.around(place), score_cutoff=0
                    )
                    self.add_value(place, place + 1, value, 0.3 + 0.3 * closeness / 100, inner=True)
            if whole or named:
                continue
            for token, similarity in self.index.close_tokens(text):
                single = [v for v in self.index.by_fold.get(token, ())]
                for value in single:
                    self.add_value(place, place + 1, value, 0.7 * similarity, inner=False)
                near = self.around(place)
                for value in self.index.containing(token):
                    closeness = fuzz.partial_ratio(self.index.values[value].lower(), near)
                    if closeness >= 85:
                        start, end = self.fit(place, self.index.values[value])
                        self.add_value(start, end, value, 0.7 * closeness / 100, inner=False)

    def add_value(self, start: int, end: int, value: int, score: float, *, inner: bool) -> None:
        text = self.index.values[value]
        columns = self.index.value_columns[value]
        for column in columns:
            self.add(start, end, "cell_value", (None, column), text, score)
        self.offer(text, "cell", start, end, 2.0 + score + 0.2 * (end - start) - inner, columns)

    # candidates

    def offer(
        self,
        text: str,
        kind: ValueKind,
        start: int,
        end: int,
        priority: float,
        columns: tuple[int, ...] = (),
    ) -> None:
        """Add a candidate, or raise the standing of one with the same text.

        A value known from the database stays a "cell" whatever else reads it; otherwise the first
        kind stays.
        """
        if not 0 < len(text) <= _MAX_TEXT:
            return
        known = self.candidates.get(text)
        if known is None:
            self.candidates[text] = ValueCandidate(text, kind, start, end, columns)
            self.priority[text] = priority
            return
        if known.start < 0 <= start or (kind == "cell" and known.kind != "cell"):
            self.candidates[text] = ValueCandidate(text, kind, start, end, columns or known.columns)
        self.priority[text] = max(self.priority[text], priority)

    def stored(self, text: str) -> tuple[int, ...]:
        """The columns that store exactly this text."""
        for value in self.index.find(text):
            if self.index.values[value] == text:
                return self.index.value_columns[value]
        return ()

    def offer_values(self) -> None:
        for start, end in self.quoted:
            if end >= len(self.words):
                continue
            text = self.question.span(start, end)
            self.offer(text, "quoted", start, end, 10.0, self.stored(text))
            raw = self.question.text[self.words[start - 1].end : self.words[end].start]
            if raw != text and raw.strip("%") != raw:  # a pattern's blanks count
                self.offer(raw.strip("%").strip(), "quoted", start, end, 9.0)
        numbers = number_mentions(self.question)
        largest: dict[int, float] = {}
        for number in numbers:
            largest[number.start] = max(largest.get(number.start, 0.0), float(number.text))
        for number in numbers:
            end = min(number.start + 2, len(self.question.words))
            scaled = self.question.span(number.start, end)
            if float(number.text) < largest[number.start] and _SCALED.match(scaled):
                if not any(IN_SCALE.search(column.words) for column in self.schema.columns):
                    continue  # "5 million" is 5 only where a column counts in millions
            if self.is_in_name(number.start) and self.words[number.start].text.isalpha():
                continue  # the "first" of "first name"
            if number.end <= len(self.words):
                self.offer(number.text, "number", number.start, number.end, 8.0)
                written = self.question.span(number.start, number.end)
                if written.isdigit() and written != number.text:
                    self.offer(written, "number", number.start, number.end, 5.0)
        periods = [p for p in period_mentions(self.question) if p.end <= len(self.words)]
        for period in periods:
            self.offer_period(period)
        for mention in date_mentions(self.question):
            inside = any(p.start <= mention.start and mention.end <= p.end for p in periods)
            if mention.end <= len(self.words) and not inside:
                self.offer_dates(mention)
        for place, word in enumerate(self.words):  # times, codes and stamps as written
            if any(c.isdigit() for c in word.text) and not word.text.isdigit():
                self.offer(word.text, "span", place, place + 1, 4.0)
                following = self.words[place + 1].text if place + 1 < len(self.words) else ""
                if word.text.count("-") == 2 and following.count(":") >= 1:
                    self.offer(self.question.span(place, place + 2), "date", place, place + 2, 7.0)
        for constant in CONSTANTS:
            self.offer(constant, "constant", -1, -1, 6.0)
        self.offer_spans()
        self.offer_flags()

    def is_in_name(self, place: int) -> bool:
        """Part of a whole name of several words."""
        return any(
            known.kind == "exact"
            and known.end - known.start > 1
            and known.start <= place < known.end
            for known in self.links.values()
        )

    def date_formats(self) -> set[str]:
        """How the database stores its dates."""
        formats = {summary.date_format for summary in self.index.columns if summary.date_format}
        formats -= {"%Y", "%H:%M:%S"}
        if any(column.type == "time" for column in self.schema.columns):
            formats.add("%Y-%m-%d")
        return formats

    def offer_period(self, period: Period) -> None:
        """The ends of a decade, a quarter or their like: first day, last day, and the day after."""
        if period.whole_years:
            for year in (period.first.year, period.last.year, period.after.year):
                self.offer(f"{year:04}", "number", period.start, period.end, 5.5)
        if self.date_formats():
            for when in (period.first, period.last, period.after):
                self.offer(when.isoformat(), "date", period.start, period.end, 5.5)

    def offer_dates(self, mention: DateMention) -> None:
        """The texts by which stored dates can be compared with a date of the question."""
        formats = self.date_formats()
        start, end = mention.start, mention.end
        year, month, day = mention.year, mention.month, mention.day
        if year is not None and month is not None and day is not None:
            when = date(year, month, day)
            self.offer(when.isoformat(), "date", start, end, 7.0)
            for name in sorted(filter(None, formats)):
                if name == "%Y-%m-%d" or " %H" in name or "T%H" in name:
                    continue
                self.offer(when.strftime(name), "date", start, end, 6.5)
                if name == "%m/%d/%Y":
                    self.offer(f"{month}/{day}/{year}", "date", start, end, 6.5)
            after = when + timedelta(days=1) if when < date.max else when
            if any(" %H" in name or "T%H" in name for name in formats if name):
                self.offer(after.isoformat(), "date", start, end, 3.0)
            return
        if not formats:
            return
        if year is not None and month is not None:
            last = calendar.monthrange(year, month)[1]
            following = date(year + month // 12, month % 12 + 1, 1)
            self.offer(f"{year:04}-{month:02}", "date", start, end, 6.0)
            begins, over = date(year, month, 1), (following, date(year, month, last))
            for when in self.meant_days(mention, begins, over):
                self.offer(when.isoformat(), "date", start, end, 5.5)
        elif year is not None:
            begins, over = date(year, 1, 1), (date(year + 1, 1, 1), date(year, 12, 31))
            for when in self.meant_days(mention, begins, over):
                self.offer(when.isoformat(), "date", start, end, 3.2)
        elif month is not None:
            if "%m/%d/%Y" in formats:
                self.offer(f"{month}/", "date", start, end, 5.0)
            if any("%b" in name for name in formats if name):
                self.offer(calendar.month_abbr[month], "date", start, end, 5.0)
            if day is None:
                self.offer(f"-{month:02}-", "date", start, end, 3.0)

    def meant_days(
        self, mention: DateMention, begins: date, over: tuple[date, ...]
    ) -> tuple[date, ...]:
        """Of a month's or year's first day and the days where it is over those that the word before it leaves."""
        end = asked_end(self.question, mention.start)
        if end == "begins":
            return (begins,)
        return over if end == "over" else (begins, *over)

    def offer_spans(self) -> None:
        """Question words that may be values although no column stores them: capitalised runs,
        unusual words, what follows "named" or "in"; wherever text columns are empty, any stretch of
        content words."""
        words, lower = self.words, self.lower
        count = len(words)
        bare = self.has_unread_columns()
        i = 0
        while i < count:
            if not self.is_proper(i):
                i += 1
                continue
            j = i + 1
            while j < count:
                if self.is_proper(j):
                    j += 1
                elif j + 1 < count and lower[j] in JOINERS and self.is_proper(j + 1):
                    j += 2
                else:
                    break
            self.offer(self.question.span(i, j), "span", i, j, 4.0 + (j - i > 1) * 0.3)
            if j - i > 2:
                for a in range(i, j):
                    for b in range(a + 2, min(j, a + 4) + 1):
                        edges = self.lower[a] not in JOINERS and self.lower[b - 1] not in JOINERS
                        if (a, b) != (i, j) and edges and self.folds[a] and self.folds[b - 1]:
                            self.offer(self.question.span(a, b), "span", a, b, 1.5)
            i = j
        for place in range(count):
            text, folded = words[place].text, self.folds[place]
            if not folded or folded.isdigit():
                continue
            after = lower[place - 1] if place else ""
            if place and (text.isupper() or len(text) == 1 and after in NAMERS | {"'", '"'}):
                self.offer(text, "span", place, place + 1, 3.5)
            if self.is_filler(place) and after not in NAMERS:
                continue
            if place in self.whole and after not in NAMERS and not self.is_marked(place):
                continue
            score = 2.0
            if place in self.named:
                score -= 1.0
            if after in OPENERS or after in ("'", '"'):
                score += 0.7
            if self.is_proper(place):
                score += 0.8
            self.offer(text, "span", place, place + 1, score)
        if bare:
            self.offer_stretches()
            self.offer_tails()
        else:
            self.offer_stretches(only_after=NAMERS)
        self.offer_patterns()

    def offer_patterns(self) -> None:
        """What texts contain or start with, not quoted: "with love in the title", "mentioning free
        wifi in its description", "starting with mc"."""
        count = len(self.words)
        for place in range(1, count):
            before = self.lower[place - 1]
            if (
                before == "with"
                and place > 1
                and self.words[place - 2].lemma in ("start", "begin", "end")
            ):
                if self.folds[place] and self.lower[place] not in ("the", "an", "letter"):
                    self.offer(self.words[place].text, "span", place, place + 1, 4.2)
                continue
            if before not in PATTERN_OPENERS:
                continue
            start = place + (
                self.lower[place] in ("the", "a") and self.lower[place + 1 : place + 2] == ["word"]
            )
            start += self.lower[start] == "word" if start < count else 0
            for end in range(start + 1, min(start + 5, count - 1)):
                if self.lower[end] in BREAKS:
                    break
                if self.lower[end] in ("in", "somewhere", "anywhere") and self.is_text_column(
                    end + 1
                ):
                    if self.folds[start] and self.folds[end - 1]:
                        self.offer(self.question.span(start, end), "span", start, end, 4.2)
                    break

    def is_text_column(self, place: int) -> bool:
        """Whether words from here on say "the title", "its description" or their like."""
        near = self.lower[place : place + 3]
        return any(self.words[place + i].lemma in TEXT_COLUMNS for i in range(len(near)))

    def has_unread_columns(self) -> bool:
        """True where text columns hold nothing, or were not read whole: a value may be anything."""
        texts = [
            summary
            for summary, column in zip(self.index.columns, self.schema.columns, strict=True)
            if column.type == "text"
        ]
        unread = sum(1 for summary in texts if summary.distinct == 0)
        return unread > 0.5 * len(texts)

    def offer_stretches(self, only_after: frozenset[str] | None = None) -> None:
        """N-grams of two to five words that start and end with content words and cross no sentence
        mark."""
        for start, end in self.ngrams(5):
            if end - start < 2 or self.is_filler(start) or self.is_filler(end - 1):
                continue
            if any(word in BREAKS for word in self.lower[start:end]):
                continue
            before = self.lower[start - 1] if start else ""
            if only_after is not None and before not in only_after:
                continue
            named = sum(1 for place in range(start, end) if place in self.named)
            stops = sum(1 for place in range(start, end) if self.lower[place] in STOP)
            after = self.lower[end] if end < len(self.words) else "?"
            score = 2.6 - 0.8 * named - 0.5 * stops - 0.02 * (end - start)
            score += 0.5 * (before in OPENERS) + 0.3 * (after in STOP)
            self.offer(self.question.span(start, end), "span", start, end, score)

    def offer_tails(self) -> None:
        """What follows "about" or "on" up to the end of the sentence: a title or a topic of many
        words."""
        count = len(self.words)
        for place in range(count - 2):
            if self.lower[place] in ("about", "on", "titled", "named", "called", "like"):
                end = place + 1
                while end < count and end - place <= 12 and self.lower[end] not in BREAKS:
                    end += 1
                while end > place + 1 and not self.folds[end - 1]:
                    end -= 1
                if end - place > 2:
                    self.offer(self.question.span(place + 1, end), "span", place + 1, end, 2.4)

    def offer_flags(self) -> None:
        """Stored values of yes-or-no and other tiny columns whose name the question mentions."""
        linked: dict[int, float] = defaultdict(float)
        tables: set[int] = set()
        for known in self.links.values():
            if known.kind == "cell_value":
                continue
            if known.column is not None:
                linked[known.column] = max(linked[known.column], known.score)
            elif known.table is not None and known.kind == "exact":
                tables.add(known.table)
        for column, summary in enumerate(self.index.columns):
            if not summary.indexed or not 1 <= summary.distinct <= 3 or summary.cut:
                continue
            flag = all(fold(text) in FLAGS for text in summary.samples)
            near = flag and self.schema.columns[column].table in tables
            if linked.get(column, 0.0) < (0.3 if flag else 0.5) and not near:
                continue
            for text in summary.samples:
                score = 1.0 + flag + linked.get(column, 0.0)
                self.offer(text, "constant", -1, -1, score, (column,))

    def result(self) -> Links:
        links = sorted(
            self.links.values(),
            key=lambda known: (
                known.start,
                -known.end,
                known.kind,
                -known.score,
                -1 if known.table is None else known.table,
                -1 if known.column is None else known.column,
            ),
        )
        kept = sorted(self.candidates.values(), key=lambda c: -self.priority[c.text])[
            :MAX_CANDIDATES
        ]
        kept.sort(key=lambda c: (c.start < 0, c.start, -c.end, c.text))
        return Links(tuple(links), tuple(kept), named_parts(self.question))


def link(question: Question, schema: Schema, index: ValueIndex) -> Links:
    """Link a question's words to schema items and stored values, and list its value candidates.

    Links name single words for partial matches and spans for the other kinds. Candidates are at
    most ``MAX_CANDIDATES``, one for each text, in question order with the constants last. A
    question of any length is safe: words after the first ``MAX_WORDS`` are not linked.
    """
    linker = _Linker(question, schema, index)
    linker.link_names()
    linker.link_values()
    linker.offer_values()
    return linker.result()


def _shared_prefix(left: str, right: str) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count
