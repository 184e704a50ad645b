"""A question's words as linking sees them: folded, in lemmas, and what kind of word each one is.

``Wording`` is made for one question; ``linking`` marks in it which words name schema items.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from nlidb.lexicon import COMMON, STOP
from nlidb.names import name_key, without_e
from nlidb.question import Question, quoted_spans
from nlidb.schema import identifier_words
from nlidb.values import fold

MAX_WORDS = 400
"""A longer question is linked as far as this word: the model reads no more either."""


class Wording:
    """The words of one question, and which of them may be values."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.words = question.words[:MAX_WORDS]
        self.lower = [word.text.lower() for word in self.words]
        self.folds = [fold(word.text) for word in self.words]
        self.lemmas = [fold(word.lemma) for word in self.words]
        self.keys = [
            [name_key(part) for part in identifier_words(word.text).split()]
            if fold(word.text)
            else []
            for word in self.words
        ]
        """Of each word, the keys by which its parts are looked up among names."""
        self.quoted = quoted_spans(question)
        self.named: set[int] = set()
        """Words that some schema item's name contains."""
        self.whole: set[int] = set()
        """Words inside the whole name of a schema item."""

    def ngrams(self, longest: int) -> Iterator[tuple[int, int]]:
        """Word spans that neither start nor end with punctuation, longest first from each start."""
        count = len(self.words)
        for start in range(count):
            if not self.folds[start]:
                continue
            for end in range(min(count, start + longest), start, -1):
                if self.folds[end - 1]:
                    yield start, end

    def compound(self, start: int, end: int) -> str:
        """The words as one, as a name's word is matched ("post code" -> the key of "postcode")."""
        return without_e("".join(self.lemmas[start:end]))

    def is_plain(self, place: int) -> bool:
        """A word too ordinary to be a value: "the", "in", written in lower case or at the start."""
        text = self.words[place].text
        return self.lower[place] in STOP and (
            text.islower()
            or not text.isalpha()
            or place == 0
            or len(text) > 1
            and not text.isupper()
        )

    def is_last(self, place: int) -> bool:
        """The last word of its clause."""
        after = self.lower[place + 1] if place + 1 < len(self.words) else "?"
        return after in (",", ".", "?", "!", ";", "and", "or")

    def is_marked(self, place: int) -> bool:
        """Capitalised inside the sentence or in quotation marks: likely a value."""
        return self.is_proper(place) or any(a <= place < b for a, b in self.quoted)

    def around(self, place: int) -> str:
        return self.question.span(max(0, place - 4), min(len(self.words), place + 5)).lower()

    def fit(self, place: int, value: str) -> tuple[int, int]:
        """The stretch of as many words as the value's over ``place`` that is most like it."""
        text, width = value.lower(), len(value.split())
        best = max(
            range(max(0, place - width + 1), min(place, len(self.words) - width) + 1),
            key=lambda start: fuzz.ratio(text, self.question.span(start, start + width).lower()),
            default=place,
        )
        return best, min(len(self.words), best + width)

    def is_filler(self, place: int) -> bool:
        return self.lower[place] in STOP or self.lower[place] in COMMON

    def is_proper(self, place: int) -> bool:
        """Capitalised inside the sentence, or at its start and no ordinary word."""
        text = self.words[place].text
        if not text[0].isupper():
            return False
        first = place == 0 or self.lower[place - 1] in (".", "?", "!", "'", '"')
        return not (
            first and (self.is_filler(place) or place in self.named or place == 0 and len(text) > 3)
        )
