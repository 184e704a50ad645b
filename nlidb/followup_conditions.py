"""The conditions that a follow-up's words name: "from Lyon", "older than 40", "with orders in 2023"."""

from __future__ import annotations

from nlidb.amend import Condition, Operator
from nlidb.followup_words import Slot, Words

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
_UNITS = frozenset("year years old euros dollars kg km percent people days nights".split())


def read_conditions(words: Words, slot: Slot) -> list[Condition] | None:
    """The conditions that the words name; None where a word is left over."""
    return _Conditions(words, slot).read()


class _Conditions:
    """Reads conditions from a stretch of words, left to right."""

    def __init__(self, words: Words, slot: Slot) -> None:
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
        if column is None or words.schema.columns[column].type != "number":
            return False
        if hint == "age" and not words.is_age(column):
            return False  # an age is no date or year of birth
        self._found.append(Condition(column, operator, tuple(values)))
        self._place, self._pending = end, None
        while self._place < self._stop and words.lower[self._place] in _UNITS:
            self._place += 1
        return True

    def _rows_at(self, place: int) -> bool:
        return self._words.counted(Slot(place, place + 1))

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
