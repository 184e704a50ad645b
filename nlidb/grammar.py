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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from nlidb.edges import join_graph
from nlidb.grammar_masks import Mask, build_masks
from nlidb.grammar_state import BINARY, BINARY_RIGHT, Frame, Moves, Place, State
from nlidb.linking import ValueCandidate
from nlidb.schema import Schema
from nlidb.target import implied_source
from nlidb.vocab import (
    AGGREGATES,
    ARITHMETIC,
    DATE_PARTS,
    INSTANCES,
    KEYWORDS,
    PATTERNS,
    SET_OPERATIONS,
    TargetToken,
    keyword,
    keyword_id,
)

_Repeats = frozenset[tuple[TargetToken, ...]]
"""What would complete an expression that the section has already: its last one or two tokens."""

MAX_DEPTH: Final = 6
"""Blocks inside one another, the outermost included; the deepest training query has 6."""
MAX_SOURCES: Final = 9
"""Tables in an explicit FROM."""
_NEAR_END: Final = 12
"""Tokens left beyond the shortest end from which on each choice is checked to leave room for one: no token but a
set operation, whose right side must be as wide as its left, takes the shortest end further away than this."""


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
        self._moves = Moves(schema)
        self._masks = build_masks(schema, candidates)
        self._date_parts = tuple(date_parts)
        self._max_length = max_length
        self._cache: dict[object, Allowed] = {}

    def start(self) -> State:
        """The state before the first token."""
        return self._moves.start()

    def advance(self, state: State, token: TargetToken) -> State:
        """The state after an allowed token. An unallowed one may raise ``InvalidSQL`` or give nonsense later."""
        return self._moves.advance(state, token)

    def accepts(self, tokens: Iterable[TargetToken]) -> bool:
        """Whether every token is allowed where it stands and the last one ends the sequence."""
        state = self.start()
        for token in tokens:
            if state.finished or token not in self.allowed(state):
                return False
            state = self.advance(state, token)
        return state.finished

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
                prefix=frame.prefix if frame.place is Place.ON_NEW_COLUMN else (), done=()
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
        return _Choice(
            len(self._schema.tables), len(self._schema.columns), len(self._masks.any_value)
        )

    def _freeze(self, choice: _Choice) -> Allowed:
        for mask in (choice.keywords, choice.tables, choice.columns, choice.values):
            mask.flags.writeable = False
        return Allowed(choice.keywords, choice.tables, choice.columns, choice.values)

    def _compute(self, frame: Frame, repeats: _Repeats, depth: int) -> Allowed:
        choice = self._choice()
        place = frame.place
        if place in (Place.FROM_FIRST, Place.FROM_NEXT, Place.ON_COLUMN, Place.ON_NEW_COLUMN):
            self._allow_from(choice, frame)
        elif place is Place.ITEM:
            self._allow_operand(choice, frame, repeats)
            plain = not (frame.stack or frame.prefix or frame.distinct or frame.returned)
            if plain and not frame.sources:
                choice.words("distinct")
                if self._masks.joinable.any():
                    choice.words("from")
            elif plain:
                choice.words("distinct")
            if frame.stack == ("count",) and not (
                frame.sources or frame.distinct or frame.returned or frame.counted
            ):
                if depth < MAX_DEPTH and frame.width <= 1:
                    choice.words("(")
        elif place is Place.ITEM_DONE:
            if not frame.width or frame.returned < frame.width:
                self._allow_operand(choice, frame, repeats)
            if not frame.width or frame.returned == frame.width:
                choice.words("where", "group")
                self._allow_tail(choice, frame)
        elif place is Place.LEFT:
            self._allow_operand(choice, frame, repeats)
            if not (frame.bracket or frame.stack or frame.prefix):
                choice.words("[")
        elif place is Place.LEFT_DONE:
            self._allow_operators(choice, frame, depth)
        elif place in (Place.RIGHT, Place.LOW, Place.HIGH, Place.LIST):
            self._allow_right(choice, frame, depth)
        elif place is Place.PATTERN:
            choice.values |= self._masks.any_value
        elif place is Place.PERIOD:
            choice.values |= self._masks.period_value
        elif place is Place.LIMIT:
            choice.values |= self._masks.limit_value
        elif place in (Place.CONDITION_DONE, Place.LIST_MORE):
            if place is Place.LIST_MORE:
                choice.values |= self._values_for(frame)
            choice.words("and", "or")
            if frame.bracket == 2:
                choice.words("]")
            if not frame.bracket:
                if not frame.having:
                    choice.words("group")
                self._allow_tail(choice, frame)
        elif place is Place.KEY:
            self._allow_operand(choice, frame, repeats)
        elif place is Place.KEY_DONE:
            self._allow_operand(choice, frame, repeats)
            choice.words("having")
            self._allow_tail(choice, frame)
        elif place is Place.ORDER:
            self._allow_operand(choice, frame, repeats)
        elif place is Place.ORDER_DONE:
            choice.words("asc", "desc", "limit-1")
            if self._masks.limit_value.any():
                choice.words("limit")
            choice.keywords[frame.closing] = True
        else:
            choice.keywords[frame.closing] = True
        return self._freeze(choice)

    def _allow_tail(self, choice: _Choice, frame: Frame) -> None:
        """What may follow a block's body: order, a set operation, the end."""
        choice.keywords[frame.closing] = True
        choice.words(*SET_OPERATIONS)
        if not frame.compound:
            choice.words("asc", "desc", "limit-1")
            if self._masks.limit_value.any():
                choice.words("limit")

    def _allow_from(self, choice: _Choice, frame: Frame) -> None:
        sources, place = frame.sources, frame.place
        if place is Place.FROM_FIRST:
            np.logical_or.at(choice.tables, self._masks.table_of[self._masks.joinable], True)
        elif place is Place.FROM_NEXT:
            if len(sources) < MAX_SOURCES:
                if self._open_columns(frame).any():
                    choice.words("on")
                for table in range(len(self._schema.tables)):
                    if sources.count(table) <= len(INSTANCES) and self._implied(sources, table):
                        choice.tables[table] = True
            if len(sources) > 1:
                choice.words("select")
        elif place is Place.ON_COLUMN:
            choice.columns |= self._open_columns(frame)
            if frame.instance == 1:
                for i, word in enumerate(INSTANCES):
                    if self._open_columns(frame._replace(instance=i + 2)).any():
                        choice.words(word)
        else:
            choice.columns[self._new_columns(frame.prefix[0].index, sources)] = True

    def _open_columns(self, frame: Frame) -> Mask:
        """Columns of the tables in FROM that may join one more table."""
        mask = self._masks.joinable & self._source_columns(frame)
        for c in np.flatnonzero(mask):
            mask[c] = bool(self._new_columns(int(c), frame.sources))
        return mask

    def _implied(self, sources: tuple[int, ...], table: int) -> bool:
        return implied_source(self._graph, sources, table) is not None

    def _new_columns(self, column: int, sources: tuple[int, ...]) -> list[int]:
        return [
            other
            for other in self._graph.partners(column)
            if sources.count(int(self._masks.table_of[other])) <= len(INSTANCES)
        ]

    def _allow_instances(self, choice: _Choice, frame: Frame) -> None:
        most = max((frame.sources.count(table) for table in frame.sources), default=1)
        choice.words(*INSTANCES[: most - 1])

    def _source_tables(self, frame: Frame) -> Mask:
        """Tables that may be named here: those of an explicit FROM, else those that can be joined."""
        if frame.sources:
            mask = np.zeros(len(self._masks.usable), dtype=np.bool_)
            for table in frame.sources:
                mask[table] = frame.sources.count(table) >= frame.instance
            return mask
        if frame.component < 0:
            return self._masks.usable
        joined: Mask = self._masks.usable & (self._masks.component_of == frame.component)
        return joined

    def _source_columns(self, frame: Frame) -> Mask:
        mask: Mask = self._source_tables(frame)[self._masks.table_of]
        return mask

    def _allow_operand(self, choice: _Choice, frame: Frame, repeats: _Repeats) -> None:
        """The next token of an expression, where ``frame.stack`` has its open operators.

        ``repeats`` may not come, but where a column must and no other can.
        """
        place, stack = frame.place, frame.stack
        top = stack[-1] if stack else ""
        operator = top.removesuffix(" distinct")
        columns = self._source_columns(frame)
        if top in DATE_PARTS:
            self._allow_part(choice, frame, columns & self._masks.parted, repeats)
            return
        adding = operator in ("sum", "avg")
        numeric = columns & (self._masks.summable if adding else self._masks.numeric)
        tables = self._source_tables(frame)
        has_numbers = bool(numeric.any())
        only_numbers = adding or operator in (BINARY, BINARY_RIGHT)
        if not (only_numbers and not has_numbers):
            choice.columns |= numeric if only_numbers else columns
        item = place in (Place.ITEM, Place.ITEM_DONE)
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
        owed = place is not Place.ITEM_DONE or frame.width > 0
        if owed and not choice.columns.any() and not choice.tables.any():
            choice.columns |= numeric if only_numbers and has_numbers else columns
        if frame.instance > 1:
            return
        self._allow_instances(choice, frame)
        parted = columns & self._masks.parted
        scalar = bool(frame.width) and not frame.compound
        if stack in ((), ("count distinct",), ("min",), ("max",)) and parted.any():
            if not (item and (scalar or wanted and wanted[0] is not None)):
                choice.words(*(w for w in self._date_parts if self._leaves_one(w, parted, repeats)))
        if place in (Place.KEY, Place.KEY_DONE):
            return
        inside = any(part.removesuffix(" distinct") in AGGREGATES for part in stack)
        conditions = place is Place.LEFT and not frame.having
        ungrouped = place is Place.ORDER and not (frame.grouped or frame.aggregated)
        if not inside and not conditions and not ungrouped and len(stack) < 3:
            choice.words("count")
            choice.words(*(w for w in ("min", "max") if self._leaves_one(w, columns, repeats)))
            summable = columns & self._masks.summable
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

    def _allow_part(self, choice: _Choice, frame: Frame, columns: Mask, repeats: _Repeats) -> None:
        """The column after "year" or "month"."""
        choice.columns |= columns
        for tail in repeats:
            if len(tail) == 1 and tail[0].kind == "column":
                choice.columns[tail[0].index] = False
        if not choice.columns.any():
            choice.columns |= columns
        if frame.instance == 1:
            for i, word in enumerate(INSTANCES):
                again = self._source_columns(frame._replace(instance=i + 2)) & self._masks.parted
                if frame.sources and again.any():
                    choice.words(word)

    def _leaves_one(self, word: str, columns: Mask, repeats: _Repeats) -> bool:
        """Whether some column after the word makes no repeated expression."""
        first = keyword(word)
        used = {tail[1].index for tail in repeats if len(tail) == 2 and tail[0] == first}
        return not used or int(columns.sum()) > len(used)

    def _values_for(self, frame: Frame) -> Mask:
        """Candidates that the left side may be compared with."""
        if frame.left is None:
            return self._masks.number_value
        if frame.left.kind == "keyword":
            return self._masks.part_values[KEYWORDS[frame.left.index]]
        kind = self._masks.types[frame.left.index] if frame.left.kind == "column" else "other"
        values = self._masks.any_value
        if self._masks.strict or (frame.ordering and kind == "number"):
            values = self._masks.typed_values.get(kind, values)
        dated = frame.left.kind == "column" and self._masks.dated[frame.left.index]
        if kind == "time":
            # of 3 400 gold queries that compare a date none does so with such a number
            values = values & self._masks.no_small_number
        if frame.ordering and (kind == "time" or dated):
            values = values & self._masks.no_word
        if frame.ordering:
            return values
        # Of the gold queries of train_spider, train_others and corpus (1700 with a year or month in the question)
        # none has a date equal to a day that is not named, or to a bare year or month; 92 compare a date with one
        # of these by size, 31 say "during".
        values = values & self._masks.no_bound
        if frame.left.kind == "column" and self._masks.parted[frame.left.index]:
            values = values & self._masks.no_period
        return values

    def _allow_operators(self, choice: _Choice, frame: Frame, depth: int) -> None:
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
        text = not self._masks.strict or self._masks.types[frame.left.index] == "text"
        if text and self._masks.any_value.any():
            choice.words(*PATTERNS)
        if self._masks.dated[frame.left.index] and self._masks.period_value.any():
            choice.words("during")

    def _allow_right(self, choice: _Choice, frame: Frame, depth: int) -> None:
        if frame.stack:
            choice.columns |= self._source_columns(frame) & self._masks.numeric
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
        if frame.place is Place.RIGHT:
            columns = self._source_columns(frame)
            if bool((columns & self._masks.numeric).any()) and frame.instance == 1:
                choice.words(*ARITHMETIC)
            if frame.left is not None:
                columns = columns & self._masks.of_type[self._masks.types[frame.left.index]]
                columns[frame.left.index] = bool(frame.sources)
            else:
                columns = columns & self._masks.numeric
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
            return self._masks.of_type[self._masks.types[column]]
        mask: Mask
        name = self._schema.columns[column].name.lower()
        mask = self._masks.keyed & self._masks.of_type[self._masks.types[column]]
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

    def _rest(self, frame: Frame, *, open_block: bool) -> int:
        place = frame.place
        value = 1 if self._values_for(frame).any() else 3
        bracket = (0, 4, 1)[frame.bracket]
        if open_block:
            rest = value if place is Place.LOW else 0
            return rest + bracket
        items = max(1, frame.width - frame.returned)
        named = frame.stack or frame.prefix or frame.sources or frame.component >= 0
        if place is Place.ITEM and not named and frame.wanted[:1] in ((), (None,)):
            if frame.width in self._masks.table_widths:  # that table's star
                items = 1
        operands = 1 + frame.stack.count(BINARY)
        if place in (Place.FROM_FIRST, Place.FROM_NEXT, Place.ON_COLUMN, Place.ON_NEW_COLUMN):
            joins = {
                Place.FROM_FIRST: 5,
                Place.FROM_NEXT: 4 if len(frame.sources) < 2 else 1,
                Place.ON_COLUMN: 3,
                Place.ON_NEW_COLUMN: 2,
            }
            return joins[place] + items
        if place is Place.ITEM:
            return items - 1 + operands
        if place is Place.ITEM_DONE:
            return max(0, frame.width - frame.returned)
        if place in (Place.KEY, Place.ORDER):
            return operands
        if place is Place.LEFT:
            return operands + 1 + bracket
        if place is Place.LOW:
            return 2 * value + bracket
        if place in (Place.RIGHT, Place.HIGH, Place.LIST):
            return (operands if frame.stack or frame.instance > 1 else value) + bracket
        if place in (Place.LEFT_DONE, Place.PATTERN, Place.PERIOD):
            return 1 + bracket
        if place is Place.LIMIT:
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
