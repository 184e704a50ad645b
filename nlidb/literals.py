"""The literals of a gold query, found among the value candidates of its question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nlidb.errors import InvalidSQL
from nlidb.linking import ValueCandidate
from nlidb.target import Value, as_number

_KIND_ORDER: Final = {"cell": 0, "quoted": 1, "number": 2, "date": 3, "span": 4, "constant": 5}
"""Which kind of candidate is meant where several have the literal's text: the surest comes first."""


class MissingValue(InvalidSQL):
    """The SQL is fine, but uses literals that are not among the candidates; ``values`` has their texts."""

    def __init__(self, values: Sequence[str]) -> None:
        shown = ", ".join(repr(value) for value in values)
        super().__init__(
            f"Not among the value candidates: {shown}.",
            hint="Name the value in the question.",
            rule="value",
        )
        self.values = tuple(values)


class Literals:
    """Finds literals among the candidates, and remembers the ones that are not there."""

    def __init__(self, candidates: Sequence[ValueCandidate] | None) -> None:
        self._candidates = candidates
        self._texts: dict[str, list[int]] = {}
        self._numbers: dict[float, list[int]] = {}
        self._folded: dict[str, list[int]] = {}
        for i, candidate in enumerate(candidates or ()):
            self._texts.setdefault(candidate.text, []).append(i)
            self._folded.setdefault(candidate.text.casefold(), []).append(i)
            number = as_number(candidate.text)
            if number is not None:
                self._numbers.setdefault(number, []).append(i)
        self.used: list[str] = []
        self.missing: list[str] = []

    def has(self, text: str) -> bool:
        """Whether the text itself is a candidate; true where no candidates are given."""
        return self._candidates is None or text in self._texts

    def text(self, value: Value) -> str | None:
        """The text of a value that ``find`` gave; None where it is not among the candidates."""
        if self._candidates is None:
            return self.used[value.candidate]
        if self.missing:
            return None
        return self._candidates[value.candidate].text

    def find(self, text: str, column: int | None) -> Value:
        """The candidate that says this text, one of this column before others."""
        self.used.append(text)
        if self._candidates is None:
            return Value(len(self.used) - 1)
        number = as_number(text)
        found = self._texts.get(text) or (self._numbers.get(number) if number is not None else None)
        found = found or self._folded.get(text.casefold())
        if not found:
            self.missing.append(text)
            return Value(0)
        candidates = self._candidates
        return Value(
            min(
                found,
                key=lambda i: (
                    column not in candidates[i].columns,
                    _KIND_ORDER[candidates[i].kind],
                    i,
                ),
            )
        )
