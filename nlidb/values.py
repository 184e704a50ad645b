"""The value index: which columns store a value that a question may mean.

Built once for a database from the distinct values of its columns, in bounded time and memory; then
read-only and picklable. It finds values by exact folded text, by lemma, by one whole word, and by
close spelling. It does not read the database itself (the caller passes ``fetch``), and it knows
nothing of questions.
"""

from __future__ import annotations

import datetime as dt
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlidb.question import lemma
from nlidb.schema import Schema

Fetch = Callable[[int, int], Iterable[object]]
"""``fetch(column, limit)``: at most ``limit`` distinct values of a column, in the database's
order."""

MAX_VALUE_LENGTH = 60
"""Longer texts are free text that nobody types whole; they are not indexed."""
MAX_TOTAL_VALUES = 200_000
"""Bounds the memory of the index to about 100 MB."""
COMMON_TOKEN = 64
"""A word in more stored values than this does not tell one from another; it gets no postings."""
_PROBE = 60
"""Values read from a number column to see what it really holds, and the fewest to judge free text
by."""
_SAMPLES = 5

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_OPAQUE = re.compile(
    r"[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Za-z0-9+/_-]{40,}=*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"(?<=\d)\.(?=\d)|[^\W_]|[+#%]")
_TOKEN = re.compile(r"[^\W_]+")

_DATE_FORMATS = (
    ("%Y-%m-%d %H:%M:%S", re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)?")),
    ("%Y-%m-%dT%H:%M:%S", re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?")),
    ("%Y-%m-%d %H:%M", re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")),
    ("%Y-%m-%d", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("%Y/%m/%d", re.compile(r"\d{4}/\d{2}/\d{2}")),
    ("%Y%m%d", re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")),
    ("%m/%d/%Y", re.compile(r"\d{1,2}/\d{1,2}/\d{4}")),
    ("%d.%m.%Y", re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")),
    ("%d %B %Y", re.compile(r"\d{1,2} (?:[A-Z][a-z]{3,8}|May) \d{4}")),
    ("%d %b %Y", re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}")),
    ("%d-%b-%Y", re.compile(r"\d{1,2}-[A-Z][A-Za-z]{2}-\d{4}")),
    ("%d-%b-%y", re.compile(r"\d{1,2}-[A-Z][A-Za-z]{2}-\d{2}")),
    ("%B %d, %Y", re.compile(r"(?:[A-Z][a-z]{3,8}|May) \d{1,2}, \d{4}")),
    ("%Y-%m", re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")),
    ("%Y", re.compile(r"(?:1[5-9]|20)\d{2}")),
    ("%H:%M:%S", re.compile(r"\d{2}:\d{2}:\d{2}")),
)
_YEAR_NAME = re.compile(r"year|yr|season|founded|opened|since", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """A text as value matching sees it: no case, accents, blanks or punctuation ("St. Paul's" ->
    "stpauls").

    Decimal points and the signs + # % stay, so that "3.5" is not "35" and "C++" is not "C".
    """
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
        )
    folded = text.lower()
    return folded if folded.isalnum() else "".join(_SEPARATOR.findall(folded))


def tokens(text: str) -> list[str]:
    """The lower-case words of a value, accents removed: the units of partial and fuzzy matching."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
        )
    return _TOKEN.findall(text.lower())


def lemma_fold(text: str) -> str:
    """``fold`` of the lemmas of a text's words ("French fries" -> "frenchfry")."""
    return "".join(lemma(token) for token in tokens(text))


@dataclass(frozen=True)
class ColumnSummary:
    """What the index knows of one column."""

    samples: tuple[str, ...] = ()
    """A few of its values, in the database's order."""
    date_format: str | None = None
    """The ``strftime`` format of its values where they are dates, times or years, else None."""
    low: str | None = None
    """Smallest value read, for columns with a date format."""
    high: str | None = None
    """Largest value read, for columns with a date format."""
    distinct: int = 0
    """Distinct values read."""
    indexed: bool = False
    """Its values can be found in the index."""
    cut: bool = False
    """Not all of it was read: a limit on values, time or total size came first."""
    has_long: bool = False
    """Some values are too long to be found."""


def _spell(value: object) -> str | None:
    """A value as SQL text would spell it, None for NULL and binary values."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return None


def _date_format(values: list[str], column_name: str) -> str | None:
    """The date format that at least nine of ten values share."""
    filled = [value for value in values if value.strip()]
    if not filled:
        return None
    for name, pattern in _DATE_FORMATS:
        hits = sum(1 for value in filled if pattern.fullmatch(value))
        if hits >= 0.9 * len(filled):
            if name == "%Y" and not _YEAR_NAME.search(column_name):
                return None
            if name == "%m/%d/%Y":
                first = [int(v.split("/")[0]) for v in filled if pattern.fullmatch(v)]
                return "%d/%m/%Y" if max(first) > 12 else name
            return name
    return None


def _parse_date(text: str, date_format: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(
            text.split(".")[0] if "%S" in date_format else text, date_format
        )
    except ValueError:
        return None


def _extremes(values: list[str], date_format: str) -> tuple[str | None, str | None]:
    """Earliest and latest of the values in that format, as spelt."""
    if date_format.startswith(("%Y", "%H")):  # sorts as text
        filled = [value for value in values if value.strip()]
        return (min(filled), max(filled)) if filled else (None, None)
    dated = [(when, v) for v in values if (when := _parse_date(v, date_format)) is not None]
    return (min(dated)[1], max(dated)[1]) if dated else (None, None)


@dataclass(frozen=True)
class ValueIndex:
    """Stored values by folded text, with the columns that hold them and their stored spelling.

    A value is named by its position in ``values``.
    """

    columns: tuple[ColumnSummary, ...]
    """One for each column of the schema."""
    values: tuple[str, ...]
    """The indexed values, as stored; "USA" and "usa" are two."""
    value_columns: tuple[tuple[int, ...], ...]
    """The columns that store each value."""
    by_fold: dict[str, tuple[int, ...]] = field(repr=False)
    """Folded text to values."""
    by_lemma: dict[str, tuple[int, ...]] = field(repr=False)
    """Folded lemmas to values, where they differ from the folded text."""
    postings: dict[str, tuple[int, ...]] = field(repr=False)
    """A word to the values of several words that contain it; empty for words too common to tell."""
    spellings: dict[tuple[str, int], tuple[str, ...]] = field(repr=False)
    """First letter and length to the words of five letters or more in stored values, for close
    spellings."""

    @classmethod
    def build(
        cls,
        schema: Schema,
        fetch: Fetch,
        *,
        max_values_per_column: int = 50_000,
        max_total_values: int = MAX_TOTAL_VALUES,
        max_seconds: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> ValueIndex:
        """Read the columns' distinct values through ``fetch`` and index the texts among them.

        Number columns are only probed, and indexed where they hold text after all. Columns of
        opaque identifiers (hashes, UUIDs) and of free text are left out, single values longer than
        ``MAX_VALUE_LENGTH`` as well. When a limit on values or seconds is reached, the columns
        concerned are marked ``cut`` and the rest is kept: an index is always returned. An error of
        ``fetch`` passes through.
        """
        deadline = clock() + max_seconds
        summaries: list[ColumnSummary] = []
        ids: dict[str, int] = {}
        holders: list[list[int]] = []
        for number, column in enumerate(schema.columns):
            if clock() > deadline:
                summaries.append(ColumnSummary(cut=True))
                continue
            room = max_total_values - len(ids)
            limit = min(max_values_per_column, max(room, _PROBE))
            texts: list[str] = []
            cut = False
            if column.type == "number":
                texts, cut = _read(fetch(number, _PROBE + 1), _PROBE, deadline, clock)
                if all(_NUMBER.fullmatch(text.strip()) for text in texts if text.strip()):
                    summaries.append(_summarize(texts, column.name, indexed=False, cut=cut))
                    continue
            texts, cut = _read(fetch(number, limit + 1), limit, deadline, clock)
            indexed = room > 0 and not _is_opaque(texts) and not _is_free_text(texts)
            summaries.append(_summarize(texts, column.name, indexed=indexed, cut=cut))
            if not indexed:
                continue
            for text in texts:
                if 0 < len(text) <= MAX_VALUE_LENGTH and fold(text):
                    known = ids.setdefault(text, len(holders))
                    if known == len(holders):
                        holders.append([])
                    holders[known].append(number)
        return cls(tuple(summaries), tuple(ids), *_invert(tuple(ids), holders))

    @classmethod
    def empty(cls, schema: Schema) -> ValueIndex:
        """An index without values, for a schema whose database cannot be read."""
        return cls(tuple(ColumnSummary() for _ in schema.columns), (), (), {}, {}, {}, {})

    def samples(self, column: int) -> tuple[str, ...]:
        """A few stored values of a column."""
        return self.columns[column].samples

    def find(self, text: str) -> tuple[int, ...]:
        """The values equal to a text after folding."""
        return self.by_fold.get(fold(text), ())

    def find_lemma(self, key: str) -> tuple[int, ...]:
        """The values whose folded lemmas equal ``key`` (from ``lemma_fold``), exact folds
        included."""
        return self.by_fold.get(key, ()) + self.by_lemma.get(key, ())

    def containing(self, token: str) -> tuple[int, ...]:
        """The values of several words that contain one whole word, none if the word is too
        common."""
        return self.postings.get(token, ())

    def is_whole(self, column: int) -> bool:
        """Whether all values of a column that are short enough can be found, so that one that is not found is not
        stored."""
        known = self.columns[column]
        return known.indexed and not known.cut

    def holds(self, column: int, text: str) -> bool:
        """Whether a column stores a value equal to a text after folding."""
        return any(column in self.value_columns[value] for value in self.find(text))

    def column_values(self, column: int) -> tuple[str, ...]:
        """The values of one column that can be found: a pass over the whole index, some 10 ms where it is full."""
        return tuple(
            value
            for value, columns in zip(self.values, self.value_columns, strict=True)
            if column in columns
        )

    def close_values(self, column: int, text: str, most: int) -> tuple[str, ...]:
        """Values of a column that are spelt almost like a text or hold it as whole words, best first."""
        key, words = fold(text), set(tokens(text))
        slips = 0 if len(key) < 4 else 1 if len(key) < 8 else 2
        ranked = []
        for value in self.column_values(column):
            distance = OSA.distance(key, fold(value), score_cutoff=slips)
            if distance <= slips:
                ranked.append((distance, value))
            elif words and words.issubset(tokens(value)):
                ranked.append((slips + 1, value))
        return tuple(value for _, value in sorted(ranked)[:most])

    def close_tokens(self, token: str) -> tuple[tuple[str, float], ...]:
        """Words of stored values spelt almost like ``token``: five letters or more, first equal.

        One slip is allowed (a letter missing, added, wrong or swapped with its neighbour), two from
        eight letters on: optimal string alignment distance, from rapidfuzz. Best first, at most
        three, each with its similarity in (0, 1].
        """
        if len(token) < 5:
            return ()
        slips = 1 if len(token) < 8 else 2
        pool = [
            word
            for length in range(max(5, len(token) - slips), len(token) + slips + 1)
            for word in self.spellings.get((token[0], length), ())
        ]
        found = process.extract(token, pool, scorer=OSA.distance, score_cutoff=slips, limit=3)
        return tuple((word, 1 - distance / len(token)) for word, distance, _ in found)

    def __len__(self) -> int:
        return len(self.values)


def _read(
    rows: Iterable[object], limit: int, deadline: float, clock: Callable[[], float]
) -> tuple[list[str], bool]:
    """At most ``limit`` distinct spelt values, and whether there were more or time ran out."""
    texts: dict[str, None] = {}
    long_texts = 0
    for count, row in enumerate(rows):
        if count >= limit or (count % 512 == 511 and clock() > deadline):
            return list(texts), True
        text = _spell(row)
        if text is None:
            continue
        texts[text] = None
        long_texts += len(text) > MAX_VALUE_LENGTH
        if count >= _PROBE and long_texts > 0.8 * count:  # free text: the rest is not worth reading
            return list(texts), True
    return list(texts), False


def _is_opaque(texts: list[str]) -> bool:
    return len(texts) >= 3 and sum(1 for t in texts if _OPAQUE.fullmatch(t)) > 0.8 * len(texts)


def _is_free_text(texts: list[str]) -> bool:
    return len(texts) >= _PROBE and sum(len(t) for t in texts) > MAX_VALUE_LENGTH * len(texts)


def _summarize(texts: list[str], name: str, *, indexed: bool, cut: bool) -> ColumnSummary:
    short = [text for text in texts[:200] if len(text) <= MAX_VALUE_LENGTH]
    date_format = _date_format(short, name)
    low, high = _extremes(texts, date_format) if date_format else (None, None)
    return ColumnSummary(
        samples=tuple(text for text in short if text.strip())[:_SAMPLES],
        date_format=date_format,
        low=low,
        high=high,
        distinct=len(texts),
        indexed=indexed,
        cut=cut,
        has_long=any(len(text) > MAX_VALUE_LENGTH for text in texts),
    )


def _invert(
    values: tuple[str, ...], holders: list[list[int]]
) -> tuple[
    tuple[tuple[int, ...], ...],
    dict[str, tuple[int, ...]],
    dict[str, tuple[int, ...]],
    dict[str, tuple[int, ...]],
    dict[tuple[str, int], tuple[str, ...]],
]:
    """The index's maps, in the order of ``ValueIndex``'s fields after ``values``."""
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}  # most values share a few column lists
    value_columns = tuple(shared.setdefault(tuple(h), tuple(h)) for h in holders)
    by_fold: dict[str, list[int]] = defaultdict(list)
    by_lemma: dict[str, list[int]] = defaultdict(list)
    postings: dict[str, list[int]] = defaultdict(list)
    seen: Counter[str] = Counter()
    spelt: set[str] = set()
    for number, value in enumerate(values):
        key = fold(value)
        by_fold[key].append(number)
        words = tokens(value)
        if not any(word.isalpha() for word in words):
            continue
        lemma_key = "".join(lemma(word) for word in words)
        if lemma_key != key:
            by_lemma[lemma_key].append(number)
        for word in set(words):
            if len(word) >= 5 and word.isalpha():
                spelt.add(word)
            if len(words) > 1 and len(word) > 1:
                seen[word] += 1
                if seen[word] <= COMMON_TOKEN:
                    postings[word].append(number)
    spellings: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in sorted(spelt):
        spellings[word[0], len(word)].append(word)
    return (
        value_columns,
        {key: tuple(found) for key, found in by_fold.items()},
        {key: tuple(found) for key, found in by_lemma.items()},
        {w: tuple(found) if seen[w] <= COMMON_TOKEN else () for w, found in postings.items()},
        {group: tuple(found) for group, found in spellings.items()},
    )
