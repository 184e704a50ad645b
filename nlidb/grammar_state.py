"""Where a target sequence stands, and where a token leads: the states of the grammar's machine and its moves.

Which tokens may come is not asked here but in ``nlidb.grammar``.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from nlidb.edges import join_graph
from nlidb.errors import InvalidSQL
from nlidb.schema import Schema
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
    keyword_id,
)

BINARY: Final = "binary"
BINARY_RIGHT: Final = "binary right"
"""Operators on a frame's stack: arithmetic that waits for its left side, and for its right one."""


class Place(IntEnum):
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


class Frame(NamedTuple):
    """One block that is being read."""

    place: Place
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
    """A point in a target sequence. Made by ``Moves`` only."""

    frames: tuple[Frame, ...]
    """Open blocks, the innermost last; empty when finished."""
    length: int
    """Tokens read."""

    @property
    def finished(self) -> bool:
        """Whether ``<end>`` was read."""
        return not self.frames


class Moves:
    """The machine over one schema."""

    def __init__(self, schema: Schema) -> None:
        graph = join_graph(schema)
        self._widths = [table.width for table in schema.tables]
        self._table_of = [column.table for column in schema.columns]
        self._component_of = [graph.component(table) for table in range(len(schema.tables))]

    def start(self) -> State:
        """The state before the first token."""
        return State((Frame(Place.ITEM, keyword_id(END)),), 0)

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
            counted = frame.place is Place.ITEM
            inner = Frame(Place.ITEM, keyword_id(")"), counted=counted)
            if not counted:
                wanted: tuple[tuple[str, int] | None, ...] = ()
                if frame.left is not None and frame.left.kind == "column":
                    how = "same" if frame.place is Place.LIST else "like"
                    wanted = ((how, frame.left.index),)
                inner = inner._replace(width=1, wanted=wanted)
            if counted:
                frame = frame._replace(
                    place=Place.COUNTED, stack=(), prefix=(), returned=1, kinds=(None,)
                )
            return State((*outer, frame, inner), length)
        return State((*outer, self._word(frame, word, token)), length)

    def _operand_done(self, frame: Frame) -> Frame:
        """After the operand of a condition, or after the block that ``count`` counts."""
        if frame.place is Place.COUNTED:
            return frame._replace(place=Place.BLOCK_DONE)
        if frame.place is Place.LOW:
            return frame._replace(place=Place.HIGH)
        return frame._replace(place=Place.CONDITION_DONE)

    def _word(self, frame: Frame, word: str, token: TargetToken) -> Frame:
        place = Place
        if word in INSTANCES:
            frame = self._open_expression(frame)
            return frame._replace(instance=INSTANCES.index(word) + 2, prefix=(*frame.prefix, token))
        if word in AGGREGATES or word in ARITHMETIC or (word == "distinct" and frame.stack):
            frame = self._open_expression(frame)
            stack = frame.stack
            if word == "distinct":
                stack = (*stack[:-1], f"{stack[-1]} distinct")
            else:
                stack = (*stack, word if word in AGGREGATES else BINARY)
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
            returned = sum(self._widths[table] for table in frame.sources)
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
            return Frame(
                place.ITEM,
                frame.closing,
                width=frame.returned,
                wanted=frame.kinds,
                compound=True,
                counted=frame.counted,
            )
        raise InvalidSQL(f"The target token {word!r} cannot stand here.")

    def _open_expression(self, frame: Frame) -> Frame:
        """Where one section's expression is over, another token of its kind begins the next."""
        if frame.place is Place.ITEM_DONE:
            return frame._replace(place=Place.ITEM, prefix=())
        if frame.place is Place.KEY_DONE:
            return frame._replace(place=Place.KEY, prefix=())
        return frame

    def _point(self, frame: Frame, token: TargetToken) -> Frame:
        place = frame.place
        if token.kind == "value":
            if place is Place.LIST or place is Place.LIST_MORE:
                return frame._replace(place=Place.LIST_MORE)
            if place is Place.LIMIT:
                return frame._replace(place=Place.BLOCK_DONE)
            return self._operand_done(frame)
        if place is Place.FROM_FIRST or place is Place.FROM_NEXT:
            return frame._replace(
                place=Place.FROM_NEXT,
                sources=(*frame.sources, token.index),
                component=self._component_of[token.index],
            )
        if place is Place.ON_COLUMN:
            return frame._replace(place=Place.ON_NEW_COLUMN, prefix=(token,), instance=1)
        if place is Place.ON_NEW_COLUMN:
            return frame._replace(
                place=Place.FROM_NEXT,
                sources=(*frame.sources, self._table_of[token.index]),
                prefix=(),
            )
        return self._operand(self._open_expression(frame), token)

    def _operand(self, frame: Frame, token: TargetToken) -> Frame:
        """A column, or a table's star, as an operand of the open expression."""
        table = token.index if token.kind == "table" else self._table_of[token.index]
        stack = list(frame.stack)
        while stack:
            top = stack.pop()
            if top == BINARY:
                stack.append(BINARY_RIGHT)
                break
        frame = frame._replace(
            component=self._component_of[table],
            instance=1,
            prefix=(*frame.prefix, token),
            stack=tuple(stack),
        )
        if stack:
            return frame
        expression = frame.prefix
        frame = frame._replace(prefix=())
        place = frame.place
        if place is Place.ITEM:
            star = expression[-1].kind == "table" and all(
                part.kind == "table" or KEYWORDS[part.index] in INSTANCES for part in expression
            )
            width = self._widths[table] if star else 1
            kinds = [("like", token.index)] if self._plain(expression) else [None] * width
            return frame._replace(
                place=Place.ITEM_DONE,
                returned=frame.returned + width,
                kinds=(*frame.kinds, *kinds),
                done=(*frame.done, expression),
            )
        if place is Place.LEFT:
            plain = all(
                part.kind != "keyword"
                or KEYWORDS[part.index] not in (*ARITHMETIC, "count", "sum", "avg")
                for part in expression
            )
            left = token if plain else None
            if plain:
                words = [part for part in expression if part.kind == "keyword"]
                left = next((w for w in words if KEYWORDS[w.index] in DATE_PARTS), token)
            return frame._replace(place=Place.LEFT_DONE, left=left)
        if place is Place.KEY:
            return frame._replace(place=Place.KEY_DONE, done=(*frame.done, expression))
        if place is Place.ORDER:
            return frame._replace(place=Place.ORDER_DONE, done=(*frame.done, expression))
        return self._operand_done(frame)

    def _plain(self, expression: tuple[TargetToken, ...]) -> bool:
        """Whether the tokens are a column, and nothing is done to it."""
        first, last = expression[0], expression[-1]
        marked = first.kind == "keyword" and KEYWORDS[first.index] in INSTANCES
        return last.kind == "column" and len(expression) == (2 if marked else 1)
