"""Which target tokens may come next: the mask that keeps every beam hypothesis a valid query.

A sequence that ends under this grammar always delinearizes to SQL that parses and binds: it names tables and
columns of the schema, joins only along the schema's edges, and takes every value from the candidates. It is a
state machine of its own, not a parser of SQL; ``nlidb.target`` describes the language. It does not know what a
question means: masks beyond binding are only those that no gold query of Spider's training set breaks (but for
ten that return one column twice), the parts of a date that the question does not name, and for engines that check
types (all but SQLite) those that keep a value's type to its column's.

    grammar = Grammar(schema, links.candidates, date_parts=links.date_parts, max_length=64)
    state = grammar.start()
    while not state.finished:
        allowed = grammar.allowed(state)        # boolean masks over keywords, tables, columns, values
        state = grammar.advance(state, token)   # states are immutable: hypotheses share them

Constrained decoding as in PICARD (arXiv:2109.05093), over pointers instead of sub-words.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlidb.edges import join_graph
from nlidb.errors import InvalidSQL
from nlidb.linking import ValueCandidate
from nlidb.schema import Column, Schema
from nlidb.target import (
    PART_VALUES,
    as_number,
    has_date_parts,
    implied_source,
    is_date_column,
    period_range,
)
from nlidb.vocab import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    DATE_PARTS,
    END,
    INSTANCES,
    KEYWORDS,
    PATTERNS,
    SET_OPERATIONS,
    TargetToken,
    keyword,
    keyword_id,
)

Mask = NDArray[np.bool_]
_Repeats = frozenset[tuple[TargetToken, ...]]
"""What would complete an expression that the section has already: its last one or two tokens."""

MAX_DEPTH: Final = 6
"""Blocks inside one another, the outermost included; the deepest training query has 6."""
MAX_SOURCES: Final = 9
"""Tables in an explicit FROM."""
_NEAR_END: Final = 12
"""Tokens left beyond the shortest end from which on each choice is checked to leave room for one: no token but a
set operation, whose right side must be as wide as its left, takes the shortest end further away than this."""
_BINARY: Final = "binary"
_BINARY_RIGHT: Final = "binary right"


class _Place(IntEnum):
    """Where a block stands: what was read last, or what must come."""

    FROM_FIRST = 0
    FROM_NEXT = 1
    ON_COLUMN = 2
    ON_NEW_COLUMN = 3
    ITEM = 4
    ITEM_DONE = 5
    LEFT = 6
    LEFT_DONE = 7
    RIGHT = 8
    LOW = 9
    HIGH = 10
    LIST = 11
    LIST_MORE = 12
    PATTERN = 13
    PERIOD = 14
    CONDITION_DONE = 15
    KEY = 16
    KEY_DONE = 17
    ORDER = 18
    ORDER_DONE = 19
    LIMIT = 20
    BLOCK_DONE = 21
    COUNTED = 22


class _Frame(NamedTuple):
    """One block that is being read."""

    place: _Place
    closing: int
    """Keyword that ends it."""
    width: int = 0
    """Columns that it must return; 0 for any number."""
    wanted: tuple[tuple[str, int] | None, ...] = ()
    """What each returned column must be, if it is a plain column: ("like", c) of column c's type, ("same", c)
    column c itself, one that is joined with it or has its name, or a key of its type. None: anything."""
    compound: bool = False
    """It is the right side of a set operation."""
    counted: bool = False
    """It stands in ``count ( ... )`` as FROM."""
    component: int = -1
    """The join graph's component that its tables are in; -1 while none is named."""
    sources: tuple[int, ...] = ()
    """Tables of an explicit FROM."""
    distinct: bool = False
    returned: int = 0
    """Columns that it returns so far."""
    kinds: tuple[tuple[str, int] | None, ...] = ()
    """Those columns: ("like", c) for a plain column, else None."""
    stack: tuple[str, ...] = ()
    """Open operators of the expression that is being read."""
    prefix: tuple[TargetToken, ...] = ()
    """Its tokens so far."""
    done: tuple[tuple[TargetToken, ...], ...] = ()
    """Finished expressions of this section, which may not be repeated."""
    instance: int = 1
    left: TargetToken | None = None
    """The column a condition is about, or the keyword of its part ("year"); None for another expression, whose
    value is a number."""
    ordering: bool = False
    """The condition compares by size: a number needs a number."""
    bracket: int = 0
    """0 outside, 1 in a ``[`` without ``or`` so far, 2 in one with."""
    grouped: bool = False
    having: bool = False
    aggregated: bool = False
    """An item is an aggregate."""


class State(NamedTuple):
    """A point in a target sequence. Made by ``Grammar.start`` and ``Grammar.advance`` only."""

    frames: tuple[_Frame, ...]
    """Open blocks, the innermost last; empty when finished."""
    length: int
    """Tokens read."""

    @property
    def finished(self) -> bool:
        """Whether ``<end>`` was read."""
        return not self.frames


@dataclass(frozen=True)
class Allowed:
    """What may come next, as boolean arrays, True = allowed. Shared between states: do not write to them."""

    keywords: Mask
    """(len(KEYWORDS),)"""
    tables: Mask
    """(tables,)"""
    columns: Mask
    """(columns,)"""
    values: Mask
    """(candidates,)"""

    @cached_property
    def mask(self) -> Mask:
        """All four in one: keywords, tables, columns, values."""
        return np.concatenate((self.keywords, self.tables, self.columns, self.values))

    def __contains__(self, token: object) -> bool:
        if not isinstance(token, TargetToken):
            return False
        masks = {
            "keyword": self.keywords,
            "table": self.tables,
            "column": self.columns,
            "value": self.values,
        }
        mask = masks[token.kind]
        return 0 <= token.index < len(mask) and bool(mask[token.index])

    def tokens(self) -> list[TargetToken]:
        """Every allowed token."""
        return [
            *(TargetToken("keyword", int(i)) for i in np.flatnonzero(self.keywords)),
            *(TargetToken("table", int(i)) for i in np.flatnonzero(self.tables)),
            *(TargetToken("column", int(i)) for i in np.flatnonzero(self.columns)),
            *(TargetToken("value", int(i)) for i in np.flatnonzero(self.values)),
        ]


class _Choice:
    """A mask in the making."""

    def __init__(self, tables: int, columns: int, values: int) -> None:
        self.keywords = np.zeros(len(KEYWORDS), dtype=np.bool_)
        self.tables = np.zeros(tables, dtype=np.bool_)
        self.columns = np.zeros(columns, dtype=np.bool_)
        self.values = np.zeros(values, dtype=np.bool_)

    def words(self, *names: str) -> None:
        for name in names:
            self.keywords[keyword_id(name)] = True


_UNSUMMED_WORDS: Final = frozenset(
    """name names title description desc detail details comment comments note notes text address street city state
    country county region location place email mail phone url website code type category kind status gender sex
    color colour language nationality first last middle id key""".split()
)
"""Words in the name of a text column that say that it holds no numbers."""
_BOOLEANS: Final = frozenset({"0", "1", "t", "f", "true", "false", "yes", "no", "y", "n"})


def _is_moment(text: str) -> bool:
    """Whether an engine that checks types takes the text as a date or a time."""
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= 10


def _is_summable(column: Column) -> bool:
    """A number, or a text column that may hold numbers: many SQLite databases store them so."""
    if column.type != "text":
        return column.type != "time"
    return not column.primary_key and _UNSUMMED_WORDS.isdisjoint(column.words.split())


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LONG_PERIOD: Final = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2]))?")
"""A year or a month."""


def _day_after(day: str) -> str:
    bounds = period_range(day)
    return bounds[1] if bounds is not None else day


def _bounds(candidates: Sequence[ValueCandidate]) -> Mask:
    """The days that the question does not name: where the year, month or day that it does begins and ends.

    The last day of a month is none of them: "the last day of January 2024" names it.
    """
    found = np.zeros(len(candidates), dtype=np.bool_)
    spans: dict[tuple[int, int], list[int]] = {}
    for i, candidate in enumerate(candidates):
        if candidate.start >= 0 and candidate.kind in ("date", "number"):
            spans.setdefault((candidate.start, candidate.end), []).append(i)
    for places in spans.values():
        texts = {candidates[i].text for i in places}
        days = sorted(text for text in texts if _DAY.fullmatch(text))
        periods = [text for text in texts if _LONG_PERIOD.fullmatch(text)]
        # a day comes with the next one at most; a quarter's bounds lie further apart
        named = set(days[:1]) if days and not periods and days[-1] <= _day_after(days[0]) else set()
        if any("-" in period for period in periods):
            named = {day for day in days if not day.endswith("-01")}
        for i in places:
            found[i] = candidates[i].text in days and candidates[i].text not in named
    return found


class Grammar:
    """The grammar over one schema and one question's candidates.

    ``date_parts`` are those that the question may ask for (``Links.date_parts``). ``max_length`` bounds the
    sequences, ``<end>`` included: near it only tokens are allowed that leave room for an end. It must be at
    least 8.
    """

    def __init__(
        self,
        schema: Schema,
        candidates: Sequence[ValueCandidate],
        *,
        date_parts: Sequence[str] = DATE_PARTS,
        max_length: int | None = None,
    ) -> None:
        if max_length is not None and max_length < 8:
            raise ValueError(f"max_length must be at least 8, not {max_length}")
        self._schema = schema
        self._graph = join_graph(schema)
        self._max_length = max_length
        self._cache: dict[object, Allowed] = {}
        self._date_parts = tuple(date_parts)
        columns, tables = schema.columns, schema.tables
        self._table_of = np.array([column.table for column in columns], dtype=np.int64)
        self._component_of = np.array(
            [self._graph.component(table) for table in range(len(tables))], dtype=np.int64
        )
        self._table_widths = {table.width for table in tables}
        self._usable = np.array([bool(table.columns) for table in tables], dtype=np.bool_)
        self._strict = schema.dialect != "sqlite"
        number = np.array([column.type == "number" for column in columns], dtype=np.bool_)
        if self._strict:
            self._summable = self._numeric = number
        else:
            self._summable = np.array([_is_summable(column) for column in columns], dtype=np.bool_)
            self._numeric = self._summable | np.array(
                [column.type == "time" for column in columns], dtype=np.bool_
            )
        self._joinable = np.array(
            [bool(self._graph.partners(c)) for c in range(len(columns))], dtype=np.bool_
        )
        self._keyed = self._joinable | np.array(
            [c.primary_key or c.words.endswith((" id", " code")) for c in columns], dtype=np.bool_
        )
        self._types = [column.type for column in columns]
        self._of_type = {
            kind: np.array([other == kind for other in self._types], dtype=np.bool_)
            for kind in set(self._types)
        }
        self._dated = [is_date_column(column) for column in columns]
        self._parted = np.array([has_date_parts(column) for column in columns], dtype=np.bool_)
        self._part_values = {
            name: np.array([bool(pattern.fullmatch(c.text)) for c in candidates], dtype=np.bool_)
            for name, pattern in PART_VALUES.items()
        }
        numbers = [as_number(candidate.text) for candidate in candidates]
        self._any_value = np.ones(len(candidates), dtype=np.bool_)
        self._number_value = np.array([number is not None for number in numbers], dtype=np.bool_)
        self._limit_value = np.array(
            [n is not None and n >= 2 and n == int(n) and n < 2**31 for n in numbers],
            dtype=np.bool_,
        )
        self._typed_values = {
            "number": self._number_value,
            "time": np.array([_is_moment(c.text) for c in candidates], dtype=np.bool_),
            "boolean": np.array([c.text.lower() in _BOOLEANS for c in candidates], dtype=np.bool_),
        }
        self._period_value = np.array(
            [period_range(candidate.text) is not None for candidate in candidates], dtype=np.bool_
        )
        self._no_bound = ~_bounds(candidates)
        self._period_value &= self._no_bound  # "during" a day is equal to it
        self._no_period = ~np.array(
            [bool(_LONG_PERIOD.fullmatch(candidate.text)) for candidate in candidates], np.bool_
        )

    # --- moving ---

    def start(self) -> State:
        """The state before the first token."""
        return State((_Frame(_Place.ITEM, keyword_id(END)),), 0)

    def advance(self, state: State, token: TargetToken) -> State:
        """The state after an allowed token. An unallowed one may raise ``InvalidSQL`` or give nonsense later."""
        *outer, frame = state.frames
        length = state.length + 1
        if token.kind != "keyword":
            return State((*outer, self._point(frame, token)), length)
        word = KEYWORDS[token.index]
        if token.index == frame.closing:
            if outer:
                outer[-1] = self._operand_done(outer[-1])
            return State(tuple(outer), length)
        if word == "(":
            counted = frame.place is _Place.ITEM
            inner = _Frame(_Place.ITEM, keyword_id(")"), counted=counted)
            if not counted:
                wanted: tuple[tuple[str, int] | None, ...] = ()
                if frame.left is not None and frame.left.kind == "column":
                    how = "same" if frame.place is _Place.LIST else "like"
                    wanted = ((how, frame.left.index),)
                inner = inner._replace(width=1, wanted=wanted)
            if counted:
                frame = frame._replace(
                    place=_Place.COUNTED, stack=(), prefix=(), returned=1, kinds=(None,)
                )
            return State((*outer, frame, inner), length)
        return State((*outer, self._word(frame, word, token)), length)

    def accepts(self, tokens: Iterable[TargetToken]) -> bool:
        """Whether every token is allowed where it stands and the last one ends the sequence."""
        state = self.start()
        for token in tokens:
            if state.finished or token not in self.allowed(state):
                return False
            state = self.advance(state, token)
        return state.finished

    def _operand_done(self, frame: _Frame) -> _Frame:
        """After the operand of a condition, or after the block that ``count`` counts."""
        if frame.place is _Place.COUNTED:
            return frame._replace(place=_Place.BLOCK_DONE)
        if frame.place is _Place.LOW:
            return frame._replace(place=_Place.HIGH)
        return frame._replace(place=_Place.CONDITION_DONE)

    def _word(self, frame: _Frame, word: str, token: TargetToken) -> _Frame:
        place = _Place
        if word in INSTANCES:
            frame = self._open_expression(frame)
            return frame._replace(instance=INSTANCES.index(word) + 2, prefix=(*frame.prefix, token))
        if word in AGGREGATES or word in ARITHMETIC or (word == "distinct" and frame.stack):
            frame = self._open_expression(frame)
            stack = frame.stack
            if word == "distinct":
                stack = (*stack[:-1], f"{stack[-1]} distinct")
            else:
                stack = (*stack, word if word in AGGREGATES else _BINARY)
            aggregated = frame.aggregated or (frame.place is place.ITEM and word in AGGREGATES)
            return frame._replace(stack=stack, prefix=(*frame.prefix, token), aggregated=aggregated)
        if word in DATE_PARTS:
            frame = self._open_expression(frame)
            return frame._replace(stack=(*frame.stack, word), prefix=(*frame.prefix, token))
        if word == "distinct":
            return frame._replace(distinct=True)
        if word == "from":
            return frame._replace(place=place.FROM_FIRST)
        if word == "on":
            return frame._replace(place=place.ON_COLUMN, prefix=())
        if word == "select":
            return frame._replace(place=place.ITEM, prefix=())
        if word == "all":
            returned = sum(self._schema.tables[table].width for table in frame.sources)
            return frame._replace(
                place=place.ITEM_DONE,
                returned=frame.returned + returned,
                kinds=(*frame.kinds, *[None] * returned),
                done=(*frame.done, (token,)),
                prefix=(),
            )
        if word in ("where", "having"):
            return frame._replace(place=place.LEFT, having=word == "having", done=())
        if word in ("and", "or"):
            bracket = 2 if frame.bracket and word == "or" else frame.bracket
            return frame._replace(place=place.LEFT, bracket=bracket)
        if word == "[":
            return frame._replace(bracket=1)
        if word == "]":
            return frame._replace(place=place.CONDITION_DONE, bracket=0)
        if word in COMPARISONS:
            return frame._replace(place=place.RIGHT, ordering=word not in ("=", "!="))
        if word == "between":
            return frame._replace(place=place.LOW, ordering=True)
        if word in ("in", "not-in"):
            return frame._replace(place=place.LIST, ordering=False)
        if word in PATTERNS:
            return frame._replace(place=place.PATTERN)
        if word == "during":
            return frame._replace(place=place.PERIOD)
        if word in ("is-null", "is-not-null"):
            return frame._replace(place=place.CONDITION_DONE)
        if word == "group":
            return frame._replace(place=place.KEY, grouped=True, done=())
        if word in ("asc", "desc"):
            done = frame.done if frame.place is place.ORDER_DONE else ()
            return frame._replace(place=place.ORDER, done=done)
        if word == "limit":
            return frame._replace(place=place.LIMIT)
        if word == "limit-1":
            return frame._replace(place=place.BLOCK_DONE)
        if word in SET_OPERATIONS:
            return _Frame(
                place.ITEM,
                frame.closing,
                width=frame.returned,
                wanted=frame.kinds,
                compound=True,
                counted=frame.counted,
            )
        raise InvalidSQL(f"The target token {word!r} cannot stand here.")

    def _open_expression(self, frame: _Frame) -> _Frame:
        """Where one section's expression is over, another token of its kind begins the next."""
        if frame.place is _Place.ITEM_DONE:
            return frame._replace(place=_Place.ITEM, prefix=())
        if frame.place is _Place.KEY_DONE:
            return frame._replace(place=_Place.KEY, prefix=())
        return frame

    def _point(self, frame: _Frame, token: TargetToken) -> _Frame:
        place = frame.place
        if token.kind == "value":
            if place is _Place.LIST or place is _Place.LIST_MORE:
                return frame._replace(place=_Place.LIST_MORE)
            if place is _Place.LIMIT:
                return frame._replace(place=_Place.BLOCK_DONE)
            return self._operand_done(frame)
        if place is _Place.FROM_FIRST or place is _Place.FROM_NEXT:
            return frame._replace(
                place=_Place.FROM_NEXT,
                sources=(*frame.sources, token.index),
                component=int(self._component_of[token.index]),
            )
        if place is _Place.ON_COLUMN:
            return frame._replace(place=_Place.ON_NEW_COLUMN, prefix=(token,), instance=1)
        if place is _Place.ON_NEW_COLUMN:
            return frame._replace(
                place=_Place.FROM_NEXT,
                sources=(*frame.sources, int(self._table_of[token.index])),
                prefix=(),
            )
        return self._operand(self._open_expression(frame), token)

    def _operand(self, frame: _Frame, token: TargetToken) -> _Frame:
        """A column, or a table's star, as an operand of the open expression."""
        table = token.index if token.kind == "table" else int(self._table_of[token.index])
        stack = list(frame.stack)
        while stack:
            top = stack.pop()
            if top == _BINARY:
                stack.append(_BINARY_RIGHT)
                break
        frame = frame._replace(
            component=int(self._component_of[table]),
            instance=1,
            prefix=(*frame.prefix, token),
            stack=tuple(stack),
        )
        if stack:
            return frame
        expression = frame.prefix
        frame = frame._replace(prefix=())
        place = frame.place
        if place is _Place.ITEM:
            star = expression[-1].kind == "table" and all(
                part.kind == "table" or KEYWORDS[part.index] in INSTANCES for part in expression
            )
            width = self._schema.tables[table].width if star else 1
            kinds = [("like", token.index)] if self._plain(expression) else [None] * width
            return frame._replace(
                place=_Place.ITEM_DONE,
                returned=frame.returned + width,
                kinds=(*frame.kinds, *kinds),
                done=(*frame.done, expression),
            )
        if place is _Place.LEFT:
            plain = all(
                part.kind != "keyword"
                or KEYWORDS[part.index] not in (*ARITHMETIC, "count", "sum", "avg")
                for part in expression
            )
            left = token if plain else None
            if plain:
                words = [part for part in expression if part.kind == "keyword"]
                left = next((w for w in words if KEYWORDS[w.index] in DATE_PARTS), token)
            return frame._replace(place=_Place.LEFT_DONE, left=left)
        if place is _Place.KEY:
            return frame._replace(place=_Place.KEY_DONE, done=(*frame.done, expression))
        if place is _Place.ORDER:
            return frame._replace(place=_Place.ORDER_DONE, done=(*frame.done, expression))
        return self._operand_done(frame)

    def _plain(self, expression: tuple[TargetToken, ...]) -> bool:
        """Whether the tokens are a column, and nothing is done to it."""
        first, last = expression[0], expression[-1]
        marked = first.kind == "keyword" and KEYWORDS[first.index] in INSTANCES
        return last.kind == "column" and len(expression) == (2 if marked else 1)

    # --- masks ---

    def allowed(self, state: State) -> Allowed:
        """What may come next. Never empty unless the state is finished."""
        if state.finished:
            return self._freeze(self._choice())
        frame = state.frames[-1]
        depth = len(state.frames)
        # No select item, group key or order key stands twice. Spider's training set has 8,600 gold queries in the
        # language; 10 of them (5 different ones) return a column twice, and are refused for it.
        read = len(frame.prefix)
        repeats = frozenset(
            item[read:]
            for item in frame.done
            if item[:read] == frame.prefix and read < len(item) <= read + 2
        )
        key = (
            frame._replace(
                prefix=frame.prefix if frame.place is _Place.ON_NEW_COLUMN else (), done=()
            ),
            repeats,
            depth,
        )
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._compute(frame, repeats, depth)
        if self._max_length is not None:
            left = self._max_length - state.length
            near = _NEAR_END + max(frame.width, frame.returned)
            if left <= near + self.shortest_end(state):
                return self._leaving_room(state, found, left)
        return found

    def _choice(self) -> _Choice:
        return _Choice(len(self._schema.tables), len(self._schema.columns), len(self._any_value))

    def _freeze(self, choice: _Choice) -> Allowed:
        for mask in (choice.keywords, choice.tables, choice.columns, choice.values):
            mask.flags.writeable = False
        return Allowed(choice.keywords, choice.tables, choice.columns, choice.values)

    def _compute(self, frame: _Frame, repeats: _Repeats, depth: int) -> Allowed:
        choice = self._choice()
        place = frame.place
        if place in (_Place.FROM_FIRST, _Place.FROM_NEXT, _Place.ON_COLUMN, _Place.ON_NEW_COLUMN):
            self._allow_from(choice, frame)
        elif place is _Place.ITEM:
            self._allow_operand(choice, frame, repeats)
            plain = not (frame.stack or frame.prefix or frame.distinct or frame.returned)
            if plain and not frame.sources:
                choice.words("distinct")
                if self._joinable.any():
                    choice.words("from")
            elif plain:
                choice.words("distinct")
            if frame.stack == ("count",) and not (
                frame.sources or frame.distinct or frame.returned or frame.counted
            ):
                if depth < MAX_DEPTH and frame.width <= 1:
                    choice.words("(")
        elif place is _Place.ITEM_DONE:
            if not frame.width or frame.returned < frame.width:
                self._allow_operand(choice, frame, repeats)
            if not frame.width or frame.returned == frame.width:
                choice.words("where", "group")
                self._allow_tail(choice, frame)
        elif place is _Place.LEFT:
            self._allow_operand(choice, frame, repeats)
            if not (frame.bracket or frame.stack or frame.prefix):
                choice.words("[")
        elif place is _Place.LEFT_DONE:
            self._allow_operators(choice, frame, depth)
        elif place in (_Place.RIGHT, _Place.LOW, _Place.HIGH, _Place.LIST):
            self._allow_right(choice, frame, depth)
        elif place is _Place.PATTERN:
            choice.values |= self._any_value
        elif place is _Place.PERIOD:
            choice.values |= self._period_value
        elif place is _Place.LIMIT:
            choice.values |= self._limit_value
        elif place in (_Place.CONDITION_DONE, _Place.LIST_MORE):
            if place is _Place.LIST_MORE:
                choice.values |= self._values_for(frame)
            choice.words("and", "or")
            if frame.bracket == 2:
                choice.words("]")
            if not frame.bracket:
                if not frame.having:
                    choice.words("group")
                self._allow_tail(choice, frame)
        elif place is _Place.KEY:
            self._allow_operand(choice, frame, repeats)
        elif place is _Place.KEY_DONE:
            self._allow_operand(choice, frame, repeats)
            choice.words("having")
            self._allow_tail(choice, frame)
        elif place is _Place.ORDER:
            self._allow_operand(choice, frame, repeats)
        elif place is _Place.ORDER_DONE:
            choice.words("asc", "desc", "limit-1")
            if self._limit_value.any():
                choice.words("limit")
            choice.keywords[frame.closing] = True
        else:
            choice.keywords[frame.closing] = True
        return self._freeze(choice)

    def _allow_tail(self, choice: _Choice, frame: _Frame) -> None:
        """What may follow a block's body: order, a set operation, the end."""
        choice.keywords[frame.closing] = True
        choice.words(*SET_OPERATIONS)
        if not frame.compound:
            choice.words("asc", "desc", "limit-1")
            if self._limit_value.any():
                choice.words("limit")

    def _allow_from(self, choice: _Choice, frame: _Frame) -> None:
        sources, place = frame.sources, frame.place
        if place is _Place.FROM_FIRST:
            np.logical_or.at(choice.tables, self._table_of[self._joinable], True)
        elif place is _Place.FROM_NEXT:
            if len(sources) < MAX_SOURCES:
                if self._open_columns(frame).any():
                    choice.words("on")
                for table in range(len(self._schema.tables)):
                    if sources.count(table) <= len(INSTANCES) and self._implied(sources, table):
                        choice.tables[table] = True
            if len(sources) > 1:
                choice.words("select")
        elif place is _Place.ON_COLUMN:
            choice.columns |= self._open_columns(frame)
            if frame.instance == 1:
                for i, word in enumerate(INSTANCES):
                    if self._open_columns(frame._replace(instance=i + 2)).any():
                        choice.words(word)
        else:
            choice.columns[self._new_columns(frame.prefix[0].index, sources)] = True

    def _open_columns(self, frame: _Frame) -> Mask:
        """Columns of the tables in FROM that may join one more table."""
        mask = self._joinable & self._source_columns(frame)
        for c in np.flatnonzero(mask):
            mask[c] = bool(self._new_columns(int(c), frame.sources))
        return mask

    def _implied(self, sources: tuple[int, ...], table: int) -> bool:
        return implied_source(self._graph, sources, table) is not None

    def _new_columns(self, column: int, sources: tuple[int, ...]) -> list[int]:
        return [
            other
            for other in self._graph.partners(column)
            if sources.count(int(self._table_of[other])) <= len(INSTANCES)
        ]

    def _allow_instances(self, choice: _Choice, frame: _Frame) -> None:
        most = max((frame.sources.count(table) for table in frame.sources), default=1)
        choice.words(*INSTANCES[: most - 1])

    def _source_tables(self, frame: _Frame) -> Mask:
        """Tables that may be named here: those of an explicit FROM, else those that can be joined."""
        if frame.sources:
            mask = np.zeros(len(self._usable), dtype=np.bool_)
            for table in frame.sources:
                mask[table] = frame.sources.count(table) >= frame.instance
            return mask
        if frame.component < 0:
            return self._usable
        joined: Mask = self._usable & (self._component_of == frame.component)
        return joined

    def _source_columns(self, frame: _Frame) -> Mask:
        mask: Mask = self._source_tables(frame)[self._table_of]
        return mask

    def _allow_operand(self, choice: _Choice, frame: _Frame, repeats: _Repeats) -> None:
        """The next token of an expression, where ``frame.stack`` has its open operators.

        ``repeats`` may not come, but where a column must and no other can.
        """
        place, stack = frame.place, frame.stack
        top = stack[-1] if stack else ""
        operator = top.removesuffix(" distinct")
        columns = self._source_columns(frame)
        if top in DATE_PARTS:
            self._allow_part(choice, frame, columns & self._parted, repeats)
            return
        adding = operator in ("sum", "avg")
        numeric = columns & (self._summable if adding else self._numeric)
        tables = self._source_tables(frame)
        has_numbers = bool(numeric.any())
        only_numbers = adding or operator in (_BINARY, _BINARY_RIGHT)
        if not (only_numbers and not has_numbers):
            choice.columns |= numeric if only_numbers else columns
        item = place in (_Place.ITEM, _Place.ITEM_DONE)
        if operator == "count" and top == "count":
            choice.tables |= tables
        elif item and not stack:
            choice.tables |= tables
            if frame.width:
                for t in np.flatnonzero(choice.tables):
                    if self._schema.tables[t].width > frame.width - frame.returned:
                        choice.tables[t] = False
        for tail in repeats:
            if len(tail) == 1 and tail[0].kind == "column":
                choice.columns[tail[0].index] = False
            elif len(tail) == 1 and tail[0].kind == "table":
                choice.tables[tail[0].index] = False
        wanted = frame.wanted[frame.returned : frame.returned + 1] if item and not stack else ()
        if wanted and wanted[0] is not None:
            fitting = choice.columns & self._fitting(*wanted[0])
            if fitting.any():
                choice.columns = fitting
                choice.tables[:] = False
        owed = place is not _Place.ITEM_DONE or frame.width > 0
        if owed and not choice.columns.any() and not choice.tables.any():
            choice.columns |= numeric if only_numbers and has_numbers else columns
        if frame.instance > 1:
            return
        self._allow_instances(choice, frame)
        parted = columns & self._parted
        scalar = bool(frame.width) and not frame.compound
        if stack in ((), ("count distinct",), ("min",), ("max",)) and parted.any():
            if not (item and (scalar or wanted and wanted[0] is not None)):
                choice.words(*(w for w in self._date_parts if self._leaves_one(w, parted, repeats)))
        if place in (_Place.KEY, _Place.KEY_DONE):
            return
        inside = any(part.removesuffix(" distinct") in AGGREGATES for part in stack)
        conditions = place is _Place.LEFT and not frame.having
        ungrouped = place is _Place.ORDER and not (frame.grouped or frame.aggregated)
        if not inside and not conditions and not ungrouped and len(stack) < 3:
            choice.words("count")
            choice.words(*(w for w in ("min", "max") if self._leaves_one(w, columns, repeats)))
            summable = columns & self._summable
            if summable.any():
                choice.words(*(w for w in ("sum", "avg") if self._leaves_one(w, summable, repeats)))
        if has_numbers and operator != "count" and not top.endswith(" distinct") and len(stack) < 3:
            choice.words(*ARITHMETIC)
        if top in AGGREGATES:
            counted = numeric if only_numbers else columns
            if self._leaves_one("distinct", counted, repeats):
                choice.words("distinct")
        if item and not stack and len(frame.sources) > 1 and (keyword("all"),) not in repeats:
            width = sum(self._schema.tables[table].width for table in frame.sources)
            if not frame.width or width == frame.width - frame.returned:
                choice.words("all")

    def _allow_part(self, choice: _Choice, frame: _Frame, columns: Mask, repeats: _Repeats) -> None:
        """The column after "year" or "month"."""
        choice.columns |= columns
        for tail in repeats:
            if len(tail) == 1 and tail[0].kind == "column":
                choice.columns[tail[0].index] = False
        if not choice.columns.any():
            choice.columns |= columns
        if frame.instance == 1:
            for i, word in enumerate(INSTANCES):
                again = self._source_columns(frame._replace(instance=i + 2)) & self._parted
                if frame.sources and again.any():
                    choice.words(word)

    def _leaves_one(self, word: str, columns: Mask, repeats: _Repeats) -> bool:
        """Whether some column after the word makes no repeated expression."""
        first = keyword(word)
        used = {tail[1].index for tail in repeats if len(tail) == 2 and tail[0] == first}
        return not used or int(columns.sum()) > len(used)

    def _values_for(self, frame: _Frame) -> Mask:
        """Candidates that the left side may be compared with."""
        if frame.left is None:
            return self._number_value
        if frame.left.kind == "keyword":
            return self._part_values[KEYWORDS[frame.left.index]]
        kind = self._types[frame.left.index] if frame.left.kind == "column" else "other"
        values = self._any_value
        if self._strict or (frame.ordering and kind == "number"):
            values = self._typed_values.get(kind, values)
        if frame.ordering:
            return values
        # Of the gold queries of train_spider, train_others and corpus (1700 with a year or month in the question)
        # none has a date equal to a day that is not named, or to a bare year or month; 92 compare a date with one
        # of these by size, 31 say "during".
        values = values & self._no_bound
        if frame.left.kind == "column" and self._parted[frame.left.index]:
            values = values & self._no_period
        return values

    def _allow_operators(self, choice: _Choice, frame: _Frame, depth: int) -> None:
        choice.words("is-null", "is-not-null")
        if frame.left is not None and frame.left.kind == "keyword":
            if self._values_for(frame).any():
                choice.words("!=", "in", "not-in", "<", ">", "<=", ">=", "between")
                if frame.having:  # in WHERE it is said by "during"
                    choice.words("=")
            return
        if depth < MAX_DEPTH or self._values_for(frame._replace(ordering=False)).any():
            choice.words("=", "!=", "in", "not-in")
        if depth < MAX_DEPTH or self._values_for(frame._replace(ordering=True)).any():
            choice.words("<", ">", "<=", ">=", "between")
        if frame.left is None or frame.left.kind != "column":
            return
        text = not self._strict or self._types[frame.left.index] == "text"
        if text and self._any_value.any():
            choice.words(*PATTERNS)
        if self._dated[frame.left.index] and self._period_value.any():
            choice.words("during")

    def _allow_right(self, choice: _Choice, frame: _Frame, depth: int) -> None:
        if frame.stack:
            choice.columns |= self._source_columns(frame) & self._numeric
            if not choice.columns.any():
                choice.columns |= self._source_columns(frame)
            if frame.instance == 1:
                self._allow_instances(choice, frame)
            return
        choice.values |= self._values_for(frame)
        if frame.left is not None and frame.left.kind == "keyword":
            return
        if depth < MAX_DEPTH:
            choice.words("(")
        if frame.place is _Place.RIGHT:
            columns = self._source_columns(frame)
            if bool((columns & self._numeric).any()) and frame.instance == 1:
                choice.words(*ARITHMETIC)
            if frame.left is not None:
                columns = columns & self._of_type[self._types[frame.left.index]]
                columns[frame.left.index] = bool(frame.sources)
            else:
                columns = columns & self._numeric
            choice.columns |= columns
            if frame.instance == 1:
                self._allow_instances(choice, frame)
            else:
                choice.values[:] = False
                choice.keywords[:] = False
                choice.columns |= self._source_columns(frame)

    def _fitting(self, how: str, column: int) -> Mask:
        """Columns that may be returned where this one is wanted."""
        if how == "like":
            return self._of_type[self._types[column]]
        mask: Mask
        name = self._schema.columns[column].name.lower()
        mask = self._keyed & self._of_type[self._types[column]]
        mask |= np.array([c.name.lower() == name for c in self._schema.columns], dtype=np.bool_)
        mask[[column, *self._graph.partners(column)]] = True
        return mask

    # --- length ---

    def shortest_end(self, state: State) -> int:
        """An upper bound of the tokens that are enough to finish, ``<end>`` included; some allowed token always
        lowers it by at least one."""
        total = 0
        for i, frame in enumerate(state.frames):
            total += 1 + self._rest(frame, open_block=i + 1 < len(state.frames))
        return total

    def _rest(self, frame: _Frame, *, open_block: bool) -> int:
        place = frame.place
        value = 1 if self._values_for(frame).any() else 3
        bracket = (0, 4, 1)[frame.bracket]
        if open_block:
            rest = value if place is _Place.LOW else 0
            return rest + bracket
        items = max(1, frame.width - frame.returned)
        named = frame.stack or frame.prefix or frame.sources or frame.component >= 0
        if place is _Place.ITEM and not named and frame.wanted[:1] in ((), (None,)):
            if frame.width in self._table_widths:  # that table's star
                items = 1
        operands = 1 + frame.stack.count(_BINARY)
        if place in (_Place.FROM_FIRST, _Place.FROM_NEXT, _Place.ON_COLUMN, _Place.ON_NEW_COLUMN):
            joins = {
                _Place.FROM_FIRST: 5,
                _Place.FROM_NEXT: 4 if len(frame.sources) < 2 else 1,
                _Place.ON_COLUMN: 3,
                _Place.ON_NEW_COLUMN: 2,
            }
            return joins[place] + items
        if place is _Place.ITEM:
            return items - 1 + operands
        if place is _Place.ITEM_DONE:
            return max(0, frame.width - frame.returned)
        if place in (_Place.KEY, _Place.ORDER):
            return operands
        if place is _Place.LEFT:
            return operands + 1 + bracket
        if place is _Place.LOW:
            return 2 * value + bracket
        if place in (_Place.RIGHT, _Place.HIGH, _Place.LIST):
            return (operands if frame.stack or frame.instance > 1 else value) + bracket
        if place in (_Place.LEFT_DONE, _Place.PATTERN, _Place.PERIOD):
            return 1 + bracket
        if place is _Place.LIMIT:
            return 1
        return bracket

    def _leaving_room(self, state: State, found: Allowed, left: int) -> Allowed:
        """The allowed tokens after which the sequence can still end in time."""
        choice = self._choice()

        def fits(token: TargetToken) -> bool:
            return self.shortest_end(self.advance(state, token)) <= left - 1

        for word in np.flatnonzero(found.keywords):
            choice.keywords[word] = fits(TargetToken("keyword", int(word)))
        by_width: dict[int, bool] = {}  # of a table, only its width matters here
        for table in np.flatnonzero(found.tables):
            width = self._schema.tables[table].width
            if width not in by_width:
                by_width[width] = fits(TargetToken("table", int(table)))
            choice.tables[table] = by_width[width]
        if found.columns.any() and fits(TargetToken("column", int(found.columns.argmax()))):
            choice.columns |= found.columns
        if found.values.any() and fits(TargetToken("value", int(found.values.argmax()))):
            choice.values |= found.values
        return self._freeze(choice)
