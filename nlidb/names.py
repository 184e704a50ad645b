"""The names of a schema's tables and columns as dictionaries: which words name which item.

It knows names only, no stored values, and decides on no link.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from dataclasses import dataclass, field

from nlidb.question import lemma
from nlidb.schema import Schema, identifier_words

_WHOLE = frozenset("id no to is at by of on in up us".split())
"""Short words in names that are not cut from another by leaving out letters."""

Item = tuple[int | None, int | None]
"""A schema item as (table, None) or (None, column)."""


def name_key(word: str) -> str:
    """A word as names are matched: its lemma without a final e, which the lemma rules cannot always
    know."""
    return without_e(lemma(word))


def without_e(form: str) -> str:
    """The word without a final e, unless it is short or ends in two."""
    return form[:-1] if len(form) > 4 and form.endswith("e") and not form.endswith("ee") else form


@dataclass
class Names:
    """The names of one schema, by lemma; built once a schema."""

    whole: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """Joined keys of a whole name to the items called so."""
    parts: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """Key of a word to the items with that word in their name, longer names included."""
    sizes: dict[Item, int] = field(default_factory=dict)
    """Words in an item's name."""
    by_prefix: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """First five letters of a key to keys, for derived words ("manufactured", "manufacturer")."""
    short: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """First letter to the keys that look like abbreviations."""
    by_letter: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """First letter to the keys long enough to be misspelt."""
    longest: int = 1
    """Words in the longest name."""

    @classmethod
    def of(cls, schema: Schema) -> Names:
        """The dictionaries of a schema; ``names_of`` keeps them."""
        names = cls()
        for number, table in enumerate(schema.tables):
            names._add((number, None), table.name, table.words)
        for number, column in enumerate(schema.columns):
            names._add((None, number), column.name, column.words)
        for key in names.parts:
            if len(key) >= 5 and key.isalpha():
                names.by_prefix[key[:5]].append(key)
                names.by_letter[key[0]].append(key)
            if looks_short(key):
                names.short[key[0]].append(key)
        return names

    def _add(self, item: Item, name: str, natural: str) -> None:
        forms = {
            tuple(text.split())
            for text in (natural.lower(), identifier_words(name), identifier_words(natural))
        }
        parts: set[str] = set()
        for form in forms:
            keys = [name_key(word) for word in form]
            parts.update(keys)
            for joined in {"".join(keys), without_e("".join(lemma(word) for word in form))}:
                if joined and item not in self.whole[joined]:
                    self.whole[joined].append(item)
            self.longest = max(self.longest, len(form))
        for part in parts:
            self.parts[part].append(item)
        self.sizes[item] = min((len(form) for form in forms if form), default=1)


_NAMES: dict[int, tuple[weakref.ref[Schema], Names]] = {}


def names_of(schema: Schema) -> Names:
    """The name dictionaries of a schema, made at its first question and dropped with it.

    Kept by identity: hashing a schema reads all its columns.
    """
    known = _NAMES.get(id(schema))
    if known is not None and known[0]() is schema:
        return known[1]
    number = id(schema)

    def drop(ref: weakref.ref[Schema]) -> None:
        held = _NAMES.get(number)
        if held is not None and held[0] is ref:
            _NAMES.pop(number, None)

    names = Names.of(schema)
    _NAMES[number] = (weakref.ref(schema, drop), names)
    return names


def looks_short(key: str) -> bool:
    """Could a name's word be cut from a longer one: "cust", "nm", "desc", "qty"?"""
    return 2 <= len(key) <= 5 and key.isalpha() and key.isascii() and key not in _WHOLE


def abbreviates(short: str, word: str) -> float:
    """How surely ``short`` is cut from ``word``, 0 for not at all: a prefix, or consonants in
    order."""
    if len(word) < len(short) + 2 or len(word) < 5 or short[0] != word[0]:
        return 0.0
    if len(short) >= 4 and word.startswith(short):
        return 0.6
    if any(c in "aeiou" for c in short[1:]):
        return 0.0
    position = 0
    for letter in short:
        position = word.find(letter, position) + 1
        if position == 0:
            return 0.0
    # the abbreviation must keep enough: "nm" of "name", "dpt" of "department", not "st" of "staff"
    consonants = sum(1 for c in word[1:] if c not in "aeiou") + 1
    return 0.6 if len(short) >= (0.6 if len(short) == 2 else 0.4) * consonants else 0.0
