"""Values that a query looks for and no row holds: what to say of them, and names of which only a part is said.

    unstored(tree, schema, index) -> ('No customer country is "Denmark". Close to it: "Germany".',)
    misplaced(tree, schema, index) -> the same, of a text that another column holds
    by_part(tree, schema, index)  -> WHERE name LIKE '%Klaus%' for = 'Klaus', where "Klaus Meier" is stored

An empty table or a zero is true of "orders by Walter" as of a Walter who never ordered; only the first is told. Of
a column whose values are not all in the index nothing is known, so nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.explain_scope import join_words, repeats, singular
from nlidb.schema import Schema
from nlidb.values import MAX_VALUE_LENGTH, ValueIndex, fold

MOST_SHOWN = 3
"""Stored values that are named in place of one that is not; of a column with hardly more, all."""
FEW_VALUES = 8
"""A column with so many values at most is listed whole: nothing else tells what there is to ask for."""
MIN_PART = 3
"""Letters of a word that can stand for a longer stored value: "Ann", not the "A" of "A+"."""


@dataclass(frozen=True)
class _Sought:
    """A column that a query compares with a text."""

    node: exp.Expr
    """The comparison: EQ, NEQ, In, Like."""
    column: int
    text: str
    """Without the wildcards of a pattern."""
    is_pattern: bool

    @property
    def is_needed(self) -> bool:
        """Whether the query has no row, or counts none, unless a row holds the text."""
        if isinstance(self.node, exp.NEQ | exp.In) or self.node.args.get("negate"):
            return False
        above = self.node.parent
        while isinstance(above, exp.And | exp.Paren):
            above = above.parent
        return isinstance(above, exp.Where) and getattr(above.parent, "parent", None) is None


def unstored(
    tree: exp.Expr, schema: Schema, index: ValueIndex, *, has_rows: bool = False
) -> tuple[str, ...]:
    """A sentence for each text of the query that its column does not hold, with what it does hold.

    ``has_rows``: the query found something, so a text that all its rows need came after the index.
    """
    found = {}
    for sought in _sought(tree, schema, index):
        if not _is_held(sought, index) and not (has_rows and sought.is_needed):
            found[sought.column, sought.text] = _sentence(sought, schema, index)
    return tuple(found.values())


def misplaced(tree: exp.Expr, schema: Schema, index: ValueIndex) -> str:
    """As ``unstored``, of the first text that another column does hold: "" where there is none."""
    for sought in _sought(tree, schema, index):
        elsewhere = "" if _is_held(sought, index) else _elsewhere(sought, schema, index)
        if elsewhere:
            return _sentence(sought, schema, index)
    return ""


def by_part(tree: exp.Query, schema: Schema, index: ValueIndex) -> exp.Query:
    """The same query, where a text that is no stored value but whole words of some is looked for inside them."""
    tree = tree.copy()
    for sought in list(_sought(tree, schema, index)):
        node = sought.node
        if not isinstance(node, exp.EQ | exp.NEQ) or _is_held(sought, index):
            continue
        spelling = _spelling_inside(sought.text, index.column_values(sought.column))
        if spelling:
            inside = exp.Like(this=node.this.copy(), expression=exp.Literal.string(f"%{spelling}%"))
            if isinstance(node, exp.NEQ):
                inside.set("negate", True)
            node.replace(inside)
    return tree


def _sought(tree: exp.Expr, schema: Schema, index: ValueIndex) -> Iterator[_Sought]:
    """The texts that columns are compared with whose values are all known."""
    for select in tree.find_all(exp.Select):
        previous = Previous(select, schema)
        for node in select.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like):
            if node.parent_select is not select or not isinstance(node.this, exp.Column):
                continue
            others = node.expressions if isinstance(node, exp.In) else [node.args.get("expression")]
            texts = [
                str(one.this) for one in others if isinstance(one, exp.Literal) and one.is_string
            ]
            column = previous.resolve(node.this) if texts else None
            if (
                column is None
                or schema.columns[column].type != "text"
                or not index.is_whole(column)
            ):
                continue
            for text in texts:
                is_pattern = isinstance(node, exp.Like)
                said = text.strip("%") if is_pattern else text
                if fold(said) and not (is_pattern and any(sign in said for sign in "%_")):
                    yield _Sought(node, column, said, is_pattern)


def _is_held(sought: _Sought, index: ValueIndex) -> bool:
    if index.holds(sought.column, sought.text):
        return True
    if not sought.is_pattern:
        return len(sought.text) > MAX_VALUE_LENGTH
    low = sought.text.casefold()
    return index.columns[sought.column].has_long or any(
        low in value.casefold() for value in index.column_values(sought.column)
    )


def _spelling_inside(text: str, values: tuple[str, ...]) -> str:
    """How stored values spell a text that is whole words of them and nowhere a part of one; "" where none does."""
    low = text.casefold()
    if len(text) < MIN_PART or not all(char.isalpha() or char in " -'" for char in text):
        return ""
    spellings = set()
    for value in values:
        start = value.casefold().find(low)
        if start < 0:
            continue
        end = start + len(low)
        if value[start - 1 : start].isalnum() or value[end : end + 1].isalnum():
            return ""
        spellings.add(value[start:end])
    return spellings.pop() if len(spellings) == 1 else ""


def _sentence(sought: _Sought, schema: Schema, index: ValueIndex) -> str:
    verb = "contains" if sought.is_pattern else "is"
    said = f'No {_named(sought.column, schema)} {verb} "{sought.text}"'
    close = index.close_values(sought.column, sought.text, MOST_SHOWN)
    if close:
        return f"{said}. Close to it: {_listed(close)}."
    elsewhere = _elsewhere(sought, schema, index)
    if elsewhere:
        return f"{said}, but {elsewhere}."
    if index.columns[sought.column].distinct <= FEW_VALUES:
        values = tuple(sorted(index.column_values(sought.column)))
        return f"{said}. Stored there: {_listed(values)}." if values else f"{said}: it is empty."
    return f"{said}."


def _elsewhere(sought: _Sought, schema: Schema, index: ValueIndex) -> str:
    """Where else it is stored, whole or as a word of something longer."""
    for value in (*index.find(sought.text), *index.containing(sought.text.lower())):
        for column in index.value_columns[value]:
            if column != sought.column:
                return f'there is the {_named(column, schema)} "{index.values[value]}"'
    return ""


def _named(column: int, schema: Schema) -> str:
    """ "customer country": a column as a sentence names it."""
    known = schema.columns[column]
    noun = singular(schema.tables[known.table].words)
    return known.words if repeats(noun, known.words) else f"{noun} {known.words}"


def _listed(values: tuple[str, ...]) -> str:
    return join_words([f'"{value}"' for value in values])
