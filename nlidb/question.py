"""A question as the other stages see it: its text and its words with their character spans.

``parse_question`` splits a question into words and gives each its lemma; ``quoted_spans``,
``number_mentions`` and ``date_mentions`` read the values that stand in any English question. It
knows English only, uses no dictionary and never fails: any text, also an empty one, gives a
``Question``. It does not know the schema.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache


@dataclass(frozen=True)
class Word:
    """One word, number, quoted string mark or punctuation sign of a question."""

    text: str
    """As it stands in the question."""
    start: int
    """Character offset of its first character in ``Question.text``."""
    end: int
    """Character offset after its last character."""
    lemma: str
    """Lower-cased and reduced to its dictionary form ("singers" -> "singer")."""


@dataclass(frozen=True)
class Question:
    """A question, tokenised. Spans in other stages (``start``, ``end``) are *word* indices, end
    exclusive."""

    text: str
    words: tuple[Word, ...]

    def span(self, start: int, end: int) -> str:
        """The question's own text of the words ``start:end``, "" for an empty span."""
        if not 0 <= start < end <= len(self.words):
            return ""
        return self.text[self.words[start].start : self.words[end - 1].end]


_LETTER = r"[^\W\d_]"
_WORD = re.compile(
    rf"""
    [\w.+-]+@[\w-]+(?:\.[\w-]+)+                   # an e-mail address
  | (?:https?://|www\.)[^\s"'<>]*[^\s"'<>.,;:?!)]  # a web address
  | \d{{4}}-\d{{1,2}}-\d{{1,2}}                     # 2024-01-31, ISO time stamps
        (?:T\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?![\w-])
  | \d{{1,4}}[/.]\d{{1,2}}[/.]\d{{2,4}}(?!\w)       # 1/31/2024
  | \d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?!\w)  # 10:30:00
  | (?:(?<![\w)\]])-)?                            # 1.5k, 1,500k, 1.80m
        (?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+\.\d+)[a-zA-Z]{{1,4}}(?!\w)
  | (?:(?<![\w)\]])-)?                            # 1,000,000.50
        \d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\w)
  | (?:(?<![\w)\]])-)?                            # 3.5, 42, -7
        (?:\d+\.\d+|\d+|(?<!\w)\.\d+)(?!\w)
  | (?:(?<=\s)|^)(?:{_LETTER}\.){{2,}}             # U.S., a.m.
  | (?<=\w)'[sS](?!\w)                            # the genitive, but not the letter 's'
  | (?!(?<!\w)'S[^']*[^'\s]'(?!\w))'[sS](?!['\w]) # nor the start of 'S-Class'
  | \w+(?:['\u2019](?![sS](?!\w))\w+)*            # words, identifiers, O'Brien, 3rd, A340
  | ``|''                                         # TeX quotes
  | <=|>=|<>|!=
  | \S
    """,
    re.VERBOSE,
)

_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "indices": "index",
    "indexes": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "analyses": "analysis",
    "diagnoses": "diagnosis",
    "hypotheses": "hypothesis",
    "theses": "thesis",
    "crises": "crisis",
    "buses": "bus",
    "gases": "gas",
    "statuses": "status",
    "campuses": "campus",
    "viruses": "virus",
    "bonuses": "bonus",
    "menus": "menu",
    "quizzes": "quiz",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "hoodies": "hoodie",
    "rookies": "rookie",
    "ties": "tie",
    "pies": "pie",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "shelves": "shelf",
    "halves": "half",
    "wolves": "wolf",
    "leaves": "leaf",
    "scarves": "scarf",
    "thieves": "thief",
    "is": "be",
    "are": "be",
    "was": "be",
    "were": "be",
    "been": "be",
    "being": "be",
    "am": "be",
    "has": "have",
    "had": "have",
    "having": "have",
    "does": "do",
    "did": "do",
    "done": "do",
    "doing": "do",
    "goes": "go",
    "went": "go",
    "gone": "go",
    "won": "win",
    "bought": "buy",
    "sold": "sell",
    "made": "make",
    "took": "take",
    "taken": "take",
    "taught": "teach",
    "wrote": "write",
    "written": "write",
    "gave": "give",
    "given": "give",
    "held": "hold",
    "paid": "pay",
    "said": "say",
    "spent": "spend",
    "sent": "send",
    "began": "begin",
    "begun": "begin",
    "born": "bear",
    "came": "come",
    "got": "get",
    "flew": "fly",
    "flown": "fly",
    "grew": "grow",
    "knew": "know",
    "known": "know",
    "led": "lead",
    "left": "leave",
    "lost": "lose",
    "met": "meet",
    "ran": "run",
    "sang": "sing",
    "sung": "sing",
    "saw": "see",
    "seen": "see",
    "shown": "show",
    "driven": "drive",
    "drove": "drive",
    "chose": "choose",
    "chosen": "choose",
    "built": "build",
    "kept": "keep",
    "caught": "catch",
    "found": "find",
    "felt": "feel",
    "stood": "stand",
    "understood": "understand",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "died": "die",
    "tied": "tie",
    "used": "use",
    "using": "use",
    "focused": "focus",
    "changing": "change",
    "changed": "change",
    "arranged": "arrange",
    "ranging": "range",
    "exchanged": "exchange",
    "explored": "explore",
    "ignored": "ignore",
}

# words whose ending only looks like an inflection
_AS_IS = frozenset(
    """this its his hers us as yes always perhaps plus minus versus across less unless bus gas lens
    news series species means politics physics mathematics economics statistics athletics gymnastics
    status campus virus bonus census corpus genus focus basis analysis diagnosis thesis crisis texas
    paris canvas atlas alias bias christmas kansas arkansas address class process access success
    business during something nothing anything everything thing morning evening ceiling wedding
    bed red need seed feed speed breed exceed proceed succeed indeed hundred unlimited
    united""".split()
)

_VOWEL = re.compile(r"[aeiouy]")
_ADD_E = re.compile(
    r"(?:at|bl|iz|is|v|c|dg|rg|[aeiou]g|u|as|os|ys|quir|spir|[aeiou]s|ur|[^aeiou]l|rs|ns|eth|yp|yl)$"
)
_SHORT = re.compile(r"^[^aeiou]*[aeiouy][^aeiouywx]$")
_SYLLABLE = re.compile(r"[aeiouy]+")


def _verb_stem(stem: str) -> str:
    """Undo what "-ed" and "-ing" did to a verb: doubled consonant, dropped e."""
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "lsz" and stem[-1] not in "aeiou":
        return stem[:-1]
    if stem.endswith(("ll", "ss", "zz")) or len(_SYLLABLE.findall(stem)) == 0:
        return stem
    if stem.endswith(("cc", "ng")):
        return stem
    if _ADD_E.search(stem) and not re.search(r"(?:[aeiou]{2}l|rl|ow|cus|al)$", stem):
        return stem + "e"
    if _SHORT.match(stem):
        return stem + "e"
    return stem


@lru_cache(maxsize=65_536)
def lemma(word: str) -> str:
    """The lower-cased dictionary form of one English word, by rule ("cities" -> "city", "hired" ->
    "hire").

    Rules over a list of irregular forms, after Porter's suffix conditions (Porter 1980, "An
    algorithm for suffix stripping"), but kept to inflections: derivations ("owner", "ownership")
    stay apart. A word with a digit or a character outside a-z is only lower-cased.
    """
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if len(low) < 4 or low in _AS_IS or not (low.isascii() and low.isalpha()):
        return low
    if low.endswith("ies"):
        return low[:-3] + "y" if len(low) > 4 else low[:-1]
    if low.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return low[:-2]
    if low.endswith("oes") and len(low) > 5:
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    if low.endswith("ied") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith("eed"):
        return low
    if low.endswith("ed") and len(low) > 4 and _VOWEL.search(low[:-2]):
        return _verb_stem(low[:-2])
    if low.endswith("ing") and len(low) > 5 and _VOWEL.search(low[:-3]):
        return _verb_stem(low[:-3])
    return low


def parse_question(text: str) -> Question:
    """Split a question into words with exact character spans and lemmas.

    Numbers stay whole with their sign, separators and decimals ("-50", "1,000", "3.5"; the "$" of
    "$500" is a word of its own), and so do dates and times in digits, e-mail addresses, identifiers
    (``cust_nm``) and names like "O'Brien"; the genitive 's, hyphens, quotation marks and other
    signs are words of their own.
    """
    return Question(
        text=text,
        words=tuple(
            Word(m.group(), m.start(), m.end(), lemma(m.group().replace("\u2019", "'")))
            for m in _WORD.finditer(text)
        ),
    )


_CLOSING = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "\u2018": "\u2019",
    "``": "''",
    "\u00ab": "\u00bb",
}


def quoted_spans(question: Question) -> tuple[tuple[int, int], ...]:
    """Word spans of the quoted strings, without their marks, in order; marks that do not pair give
    none.

    A single quote opens only where no letter stands before it, and closes only where none follows,
    so an apostrophe does not.
    """
    spans: list[tuple[int, int]] = []
    words, text = question.words, question.text
    i = 0
    while i < len(words):
        close = {_CLOSING.get(words[i].text, "")} - {""}
        if words[i].text == "``":
            close |= {'"', "``"}
        if words[i].text == "\u201d":  # a closing mark used for both
            close = {"\u201d"}
        if words[i].text == "''":
            close = {"''"}
        before = text[words[i].start - 1] if words[i].start else " "
        if not close or (words[i].text in ("'", "\u2018") and before.isalnum()):
            i += 1
            continue
        for j in range(i + 1, len(words)):
            after = text[words[j].end] if words[j].end < len(text) else " "
            inner = words[j].text in ("'", "\u2019") and after.isalnum()
            if words[j].text in close and not inner:
                if j > i + 1:
                    spans.append((i + 1, j))
                i = j
                break
        i += 1
    return tuple(spans)


@dataclass(frozen=True)
class NumberMention:
    """A number in the question, in digits or words; spans are word indices, end exclusive."""

    start: int
    end: int
    text: str
    """In plain digits: no separators, no sign but "-" ("1,000" -> "1000", "two million" ->
    "2000000")."""


_DIGITS = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")
_SUFFIXED = re.compile(r"(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)([a-z]{1,4})", re.IGNORECASE)
_SUFFIX_SCALES = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mil": 1_000_000,
    "mln": 1_000_000,
    "bn": 1_000_000_000,
    "b": 1_000_000_000,
}
_UNITS = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    name: 10 * value
    for value, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_FACTORS = (
    _SCALES
    | {"dozen": 12}
    | {name: _SUFFIX_SCALES[name] for name in ("k", "bn", "mn", "mil", "mln")}
)
"""What multiplies the number before it; "5 m" are metres and "5 b" is anything."""
_ORDINALS = {
    name: value
    for value, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        " twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
_LAST_DIGITS = tuple([name] for name, value in _ORDINALS.items() if value < 10)
_HALVED = tuple([name] for name in (*_SCALES, "dozen"))
_COUNTS = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "dozen": 12,
    "single": 1,
    "double": 2,
    "couple": 2,
    "pair": 2,
}


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_year_mark(question: Question, place: int) -> bool:
    """Is the number short for a year, as in "CVPR '16"?"""
    mark, number = question.words[place - 1], question.words[place]
    following = question.text[number.end : number.end + 1]
    return (
        mark.text in ("'", "\u2019")
        and mark.end == number.start
        and following not in ("'", "\u2019")
    )


def _starts_another(low: list[str], first: int, place: int) -> bool:
    """Whether the "and" at ``place`` ends the number in words that starts at ``first``: "between one hundred and
    two hundred", but not "one hundred and five thousand"."""
    last = largest = _SCALES[low[place - 1]]
    scales: list[int] = []
    i = place + 1
    while i < len(low) and (
        low[i] in _UNITS or low[i] in _TENS or low[i] in _SCALES or low[i] == "-"
    ):
        if (scale := _SCALES.get(low[i])) is not None:
            if scales and scale < largest:
                break
            largest = scale
            scales.append(scale)
        i += 1
    if first and low[first - 1] == "between" and (scales or low[i : i + 1] != ["and"]):
        return True
    return any(scale == last or scale > last > 100 for scale in scales)


def number_mentions(question: Question) -> tuple[NumberMention, ...]:
    """The numbers of a question, in digits ("1,000", "-50", "3rd", "180cm", "1.5 million") and in
    words.

    A number before a scale word is given both ways ("20 million": 20 and 20000000), and one after
    "minus" too ("minus 5": 5 and -5); an ordinal as its number.
    """
    words = question.words
    lower = [word.text.lower() for word in words]
    found: list[NumberMention] = []
    i = 0
    while i < len(words):
        text = words[i].text
        low = lower[i]
        first = i
        if any(c.isdigit() for c in text) and text.isascii():
            suffixed = _SUFFIXED.fullmatch(text)
            if _DIGITS.fullmatch(text):
                plain = text.replace(",", "")
                plain = plain.replace(".", "0.", 1) if plain.lstrip("-").startswith(".") else plain
                found.append(NumberMention(i, i + 1, plain))
                if len(plain) == 2 and i and _is_year_mark(question, i):
                    century = 2000 if int(plain) < 50 else 1900
                    found.append(NumberMention(i, i + 1, str(century + int(plain))))
                scale = 1
                j = i + 1
                while j < len(words) and words[j].lemma in _FACTORS:
                    scale *= _FACTORS[words[j].lemma]
                    j += 1
                if scale > 1:
                    found.append(NumberMention(i, j, _plain(Decimal(plain) * scale)))
                    i = j - 1
            elif suffixed:
                number, suffix = suffixed.group(1).replace(",", ""), suffixed.group(2).lower()
                found.append(NumberMention(i, i + 1, number))
                if suffix in _SUFFIX_SCALES:
                    scaled = Decimal(number) * _SUFFIX_SCALES[suffix]
                    found.append(NumberMention(i, i + 1, _plain(scaled)))
        elif low == "half" and lower[i + 1 : i + 2] == ["a"] and lower[i + 2 : i + 3] in _HALVED:
            found.append(NumberMention(i, i + 3, str(_FACTORS[lower[i + 2]] // 2)))
            i += 2
        elif (
            low in _TENS and lower[i + 1 : i + 2] == ["-"] and lower[i + 2 : i + 3] in _LAST_DIGITS
        ):
            found.append(NumberMention(i, i + 3, str(_TENS[low] + _ORDINALS[lower[i + 2]])))
            i += 2
        elif low in _UNITS or low in _TENS or low in _SCALES:
            total = current = 0
            j = i
            while j < len(words):
                word = words[j].text.lower()
                if word in _UNITS:
                    if current % 10 or (j > i and words[j - 1].text.lower() in _UNITS):
                        break
                    current += _UNITS[word]
                elif word in _TENS:
                    if current % 100:
                        break
                    current += _TENS[word]
                elif word == "hundred":
                    current = max(current, 1) * 100
                elif word in _SCALES:
                    total += max(current, 1) * _SCALES[word]
                    current = 0
                elif not (
                    word in ("and", "-")
                    and j + 1 < len(words)
                    and (
                        (word == "-" and words[j - 1].text.lower() in _TENS)
                        or (word == "and" and words[j - 1].text.lower() in _SCALES)
                    )
                    and (words[j + 1].text.lower() in _UNITS or words[j + 1].text.lower() in _TENS)
                    and not (word == "and" and _starts_another(lower, i, j))
                ):
                    break
                j += 1
            amount = Decimal(total + current)
            if lower[j : j + 3] == ["and", "a", "half"] and lower[j + 3 : j + 4] in _HALVED:
                amount = (amount + Decimal("0.5")) * _FACTORS[lower[j + 3]]
                j += 4
            elif lower[j : j + 1] == ["dozen"]:
                amount *= 12
                j += 1
            found.append(NumberMention(i, j, _plain(amount)))
            i = j - 1
        elif low in _ORDINALS:
            found.append(NumberMention(i, i + 1, str(_ORDINALS[low])))
        elif low in _COUNTS:
            found.append(NumberMention(i, i + 1, str(_COUNTS[low])))
        if first and lower[first - 1] in ("minus", "negative") and found:
            last = found[-1]
            counted = low in _COUNTS or low in _ORDINALS
            if last.start == first and not last.text.startswith("-") and not counted:
                found.append(NumberMention(first - 1, last.end, "-" + last.text))
        i += 1
    return tuple(found)


@dataclass(frozen=True)
class DateMention:
    """A date in the question, maybe without a day or a year; spans are word indices, end
    exclusive."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None


_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november"
        " december".split(),
        1,
    )
}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_DAY = re.compile(r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d{2}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
_SLASHED = re.compile(r"(\d{1,4})[/.](\d{1,2})[/.](\d{2,4})")
_JOINED = re.compile(
    rf"""(?<![\w/.,-])(?:
    (?P<year>{_YEAR.pattern})-(?P<month>0[1-9]|1[0-2])  # 2024-03
  | (?P<month_2>0?[1-9]|1[0-2])/(?P<year_2>{_YEAR.pattern})  # 03/2021
  | (?P<first>\d{{1,2}})-(?P<second>\d{{1,2}}|{"|".join(sorted(_MONTHS, key=len, reverse=True))})
        -(?P<year_3>{_YEAR.pattern})  # 01-31-2024, 5-Jan-2020
    )(?![\w/-]|[.,]\d)""",
    re.VERBOSE | re.IGNORECASE,
)
"""Dates whose parts are words of their own, joined by dashes or a slash."""


def _mention(start: int, end: int, year: int, month: int, day: int) -> list[DateMention]:
    """The mention, if there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return []
    return [DateMention(start, end, year, month, day)]


def _joined_dates(question: Question) -> list[DateMention]:
    """The months and days that are written with dashes, and the months with a slash."""
    starts = {word.start: i for i, word in enumerate(question.words)}
    ends = {word.end: i + 1 for i, word in enumerate(question.words)}
    seasons = any(word.lemma == "season" for word in question.words)
    found: list[DateMention] = []
    for match in _JOINED.finditer(question.text):
        start, end = starts.get(match.start()), ends.get(match.end())
        if start is None or end is None:
            continue
        year = int(match["year"] or match["year_2"] or match["year_3"])
        if month := match["month"] or match["month_2"]:
            if not (seasons and year % 100 + 1 == int(month)):  # "the 2009-10 season"
                found.append(DateMention(start, end, year, int(month), None))
        elif match["second"].isalpha():
            found += _mention(
                start, end, year, _MONTHS[match["second"].lower()], int(match["first"])
            )
        else:
            a, b = int(match["first"]), int(match["second"])
            month_found, day = (b, a) if a > 12 else (a, b)
            found += _mention(start, end, year, month_found, day)
    return found


def date_mentions(question: Question) -> tuple[DateMention, ...]:
    """The dates of a question: month names with a day, a year or both in any usual order, single
    years from 1500 to 2099, and dates in digits ("2024-01-31", "2024-03"; "1/31/2024" is read the
    American way where it can be, so the day is the second number unless it must be the first).

    In a range or a list a part that is said once counts for all ("between June and August 2021",
    "from 10 to 15 March 2018", "March 3 and 9, 2008"); a range may begin in the year before
    ("December to February 2011").
    """
    words = question.words
    found = _joined_dates(question)
    joined = {i for mention in found for i in range(mention.start, mention.end)}
    used = set(joined)

    def step(i: int, by: int, skip: tuple[str, ...] = (",", "of", "the", "in", ".")) -> int:
        """The next word that is no comma or "of", in a direction; at most two are passed over."""
        j = i + by
        while 0 <= j < len(words) and words[j].text.lower() in skip and abs(j - i) < 3:
            j += by
        return j if 0 <= j < len(words) else i

    for i, word in enumerate(words):
        text = word.text
        if i in joined:
            continue
        if iso := _ISO.fullmatch(text):
            found += _mention(i, i + 1, int(iso[1]), int(iso[2]), int(iso[3]))
            used.add(i)
        elif slashed := _SLASHED.fullmatch(text):
            a, b, c = (int(part) for part in slashed.groups())
            used.add(i)
            if a > 31:
                found += _mention(i, i + 1, a, b, c)
                continue
            year = c if c > 99 else (2000 + c if c < 50 else 1900 + c)
            month, day = (b, a) if a > 12 or "." in text else (a, b)
            found += _mention(i, i + 1, year, month, day)
        elif text.lower() in _MONTHS:
            month = _MONTHS[text.lower()]
            # no "in": the 5 of "top 5 in May" is no day
            after, before = (step(i, by, (",", "of", "the", ".")) for by in (1, -1))
            start, end = i, i + 1
            day_found: int | None = None
            year_found: int | None = None
            if after > i and (m := _DAY.fullmatch(words[after].text)):
                day_found, end = int(m[1]), after + 1
            elif before < i and (m := _DAY.fullmatch(words[before].text)) and before not in used:
                day_found, start = int(m[1]), before
            last = end - 1
            follow = step(last, 1)
            if follow > last and _YEAR.fullmatch(words[follow].text):
                year_found, end = int(words[follow].text), follow + 1
            elif start > 0 and (ahead := step(start, -1)) < start:
                if _YEAR.fullmatch(words[ahead].text) and ahead not in used:
                    year_found, start = int(words[ahead].text), ahead
            if day_found is None and year_found is None and not text[0].isupper():
                if text.lower() in ("may", "march") or len(text) < 4:
                    continue  # a verb, or the start of another word
            used.update(range(start, end))
            if year_found is not None and day_found is not None:
                found += _mention(start, end, year_found, month, day_found)
            else:
                found.append(DateMention(start, end, year_found, month, day_found))
    for i, word in enumerate(words):
        if i not in used and _YEAR.fullmatch(word.text):
            found.append(DateMention(i, i + 1, int(word.text), None, None))
    return tuple(sorted(_completed(words, found), key=lambda mention: mention.start))


_RANGE_WORDS = frozenset("to until till through thru - \u2013 \u2014".split())
_LIST_WORDS = frozenset(", and or &".split())


def _joined_before(words: tuple[Word, ...], start: int) -> tuple[int, bool] | None:
    """After which word the neighbour ends that "to", "and" or a comma joins to what starts here,
    and whether the two are the ends of a range."""
    i = start - 1
    if i > 0 and words[i].text.lower() in ("the", "in", "on") and words[i - 1].text != ",":
        i -= 1
    if i <= 0 or (low := words[i].text.lower()) not in _RANGE_WORDS | _LIST_WORDS:
        return None
    if low in ("and", "or") and words[i - 1].text == ",":
        i -= 1
    opener = words[max(0, i - 2)].text.lower()
    return i, low in _RANGE_WORDS or (low == "and" and opener == "between")


def _completed(words: tuple[Word, ...], found: list[DateMention]) -> list[DateMention]:
    """The mentions, with the years and months filled in that their neighbours say."""
    ends = {mention.end: mention for mention in found}
    starts = {mention.start: mention for mention in found}
    queue = [mention for mention in found if mention.month is not None]
    while queue:
        known = queue.pop()
        joined = _joined_before(words, known.start)
        if joined is None:
            continue
        end, is_range = joined
        left = ends.get(end)
        low = words[end - 1].text.lower()
        if left is None and low in _MONTHS:  # "march and may 2020": no verb after all
            left = DateMention(end - 1, end, None, _MONTHS[low], None)
        new: DateMention | None = None
        if left is not None and left.month is not None and known.month is not None:
            if known.year is not None and left.year is None:
                year = known.year - (is_range and left.month > known.month)
                new = replace(left, year=year)
            elif left.year is not None and known.year is None and words[end].text != ",":
                later = replace(known, year=left.year + (is_range and known.month < left.month))
                if _is_day_or_month(later):
                    starts[known.start] = ends[known.end] = later
        elif left is None and known.day is not None and known.month is not None:
            day = _DAY.fullmatch(words[end - 1].text)
            opened = words[max(0, end - 2)].text.lower() in (*_OPENS_DAYS, *_LIST_WORDS)
            if day and words[known.start].text.lower() not in _MONTHS and (is_range or opened):
                new = DateMention(end - 1, end, known.year, known.month, int(day[1]))
        if new is not None and _is_day_or_month(new):
            starts[new.start] = ends[new.end] = new
            queue.append(new)
    for mention in list(starts.values()):
        if mention.day is not None and words[mention.start].text.lower() in _MONTHS:
            starts |= {later.start: later for later in _later_days(words, mention, starts)}
    return list(starts.values())


_OPENS_DAYS = ("between", "from", "on", "the", "either", "both")


def _later_days(
    words: tuple[Word, ...], mention: DateMention, starts: dict[int, DateMention]
) -> list[DateMention]:
    """ "March 3" of "March 3 and 9, 2008", and the 9th; takes the year's own mention out."""
    i = mention.end
    if mention.year is not None or i + 1 >= len(words):
        return []
    if words[i].text.lower() not in _RANGE_WORDS | {"and", "or"}:
        return []
    i += 1 + (words[i + 1].text.lower() == "the" and i + 2 < len(words))
    day = _DAY.fullmatch(words[i].text)
    place = i + 1 + (i + 1 < len(words) and words[i + 1].text in (",", "of"))
    year = starts.get(place)
    if day is None or year is None or year.month is not None:
        return []
    days = [
        replace(mention, year=year.year),
        DateMention(i, year.end, year.year, mention.month, int(day[1])),
    ]
    if not all(map(_is_day_or_month, days)):
        return []
    del starts[place]
    return days


def _is_day_or_month(mention: DateMention) -> bool:
    """Whether the calendar has it."""
    try:
        date(mention.year or 2000, mention.month or 1, mention.day or 1)
    except ValueError:
        return False
    return True
