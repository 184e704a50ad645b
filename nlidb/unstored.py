"""Texts that a query looks for and no row holds: what to say of them, and names of which only a part is said.

    unstored(tree, schema, index, finds)  -> ('No customer city is "Berln". Close to it: "Berlin".',)
    misplaced(tree, schema, index)        -> the same, of a text that only another column holds
    invented(question, tree, ...)         -> 'It looks for "0", which the question does not say.'
    by_part(tree, schema, index)          -> WHERE name LIKE '%Klaus%' for = 'Klaus', where "Klaus Meier" is stored

An empty table or a zero is true of "orders by Walter" as of a Walter who never ordered; only the first is told. Of
a column whose values are not all in the index nothing is known, so nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from nlidb.amend import Previous
from nlidb.explain_scope import join_words, repeats, singular
from nlidb.schema import Schema
from nlidb.values import MAX_VALUE_LENGTH, ValueIndex, fold

Finds = Callable[[int, exp.Expr], bool | None]
"""Whether some row of a column's table meets a condition on that column; None where that is not known."""

MOST_SHOWN = 3
"""Stored values that are named in place of one that is not."""
FEW_VALUES = 8
"""A column with so many values at most is listed whole: nothing else tells what there is to ask for."""
MIN_PART = 3
"""Letters of a word that can stand for a longer stored value: "Ann", not the "A" of "A+"."""
MOST_PARTS = 20
"""So many values that hold a name are looked for one by one, where others hold it inside a word ("Annabel")."""


@dataclass(frozen=True)
class _Sought:
    """A column that a query compares with a text."""

    node: exp.Expr
    """The comparison: EQ, NEQ, In, Like."""
    column: int
    text: str
    """Without the wildcards of a pattern."""
    relation: str
    """ "is", "contains", "begins with" or "ends with"."""

    def is_met_by(self, value: str) -> bool:
        """Whether a value meets it, letter by letter."""
        if self.relation == "is":
            return value == self.text
        if self.relation == "contains":
            return self.text in value
        if self.relation == "begins with":
            return value.startswith(self.text)
        return value.endswith(self.text)


def unstored(
    tree: exp.Expr,
    schema: Schema,
    index: ValueIndex,
    finds: Finds | None = None,
    *,
    is_empty: bool = True,
) -> tuple[str, ...]:
    """A sentence for each text of the query that its column does not hold, with what it does hold.

    Args:
        tree: the query.
        schema: its database's schema.
        index: the stored values, as they were when the database was opened.
        finds: asks the database itself, which may have new rows, and its own mind on capitals.
        is_empty: whether the query found nothing. What it found need not be told in other capitals.
    """
    told = {}
    for sought in _sought(tree, schema, index):
        values = index.column_values(sought.column)
        if any(sought.is_met_by(value) for value in values):
            continue
        if _is_held(sought, index, values) and (finds is None or not is_empty):
            continue
        if finds is not None and finds(sought.column, _condition(sought, schema)) is not False:
            continue
        told[sought.column, sought.text] = _sentence(sought, schema, index)
    return tuple(told.values())


def misplaced(tree: exp.Expr, schema: Schema, index: ValueIndex) -> str:
    """As ``unstored``, of the first text that another column holds and its own nothing like; "" without any."""
    for sought in _sought(tree, schema, index):
        if _is_held(sought, index, index.column_values(sought.column)):
            continue
        if not index.close_values(sought.column, sought.text, 1) and _elsewhere(
            sought, schema, index
        ):
            return _sentence(sought, schema, index)
    return ""


def invented(question: str, tree: exp.Expr, schema: Schema, index: ValueIndex) -> str:
    """Why the query cannot be meant that looks for a text which nobody said and no row holds: ``status = '0'``."""
    for sought in _sought(tree, schema, index):
        if sought.text.casefold() in question.casefold():
            continue
        if not _is_held(sought, index, index.column_values(sought.column)):
            return f'It looks for "{sought.text}", which the question does not say.'
    return ""


def by_part(tree: exp.Query, schema: Schema, index: ValueIndex) -> exp.Query:
    """The same query, where a text that is no stored value but whole words of some is looked for inside them."""
    tree = tree.copy()
    for sought in list(_sought(tree, schema, index)):
        node, values = sought.node, index.column_values(sought.column)
        if not isinstance(node, exp.EQ | exp.NEQ) or _is_held(sought, index, values):
            continue
        inside = _inside(sought.text, values, node.this)
        if inside is not None:
            if isinstance(node, exp.NEQ):
                inside = exp.Not(this=inside)
            node.replace(inside)
    return tree


def _sought(tree: exp.Expr, schema: Schema, index: ValueIndex) -> Iterator[_Sought]:
    """The texts that columns are compared with whose values are all known."""
    previous = None
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like):
        compared, others = node.this, [node.args.get("expression")]
        if isinstance(node, exp.In):
            others = node.expressions
        elif isinstance(compared, exp.Literal) and not isinstance(node, exp.Like):
            compared, others = node.expression, [node.this]
        texts = [str(one.this) for one in others if isinstance(one, exp.Literal) and one.is_string]
        if not texts or not isinstance(compared, exp.Column):
            continue
        previous = previous or Previous(tree, schema)
        column = previous.resolve(compared)
        if column is None or schema.columns[column].type != "text" or not index.is_whole(column):
            continue
        for text in texts:
            relation, said = _relation(text) if isinstance(node, exp.Like) else ("is", text)
            if fold(said) and relation:
                yield _Sought(node, column, said, relation)


def _relation(pattern: str) -> tuple[str, str]:
    """What a LIKE pattern says of a text, and that text; "" where it says more than that."""
    said = pattern.strip("%")
    if any(sign in said for sign in "%_"):
        return "", ""
    begins, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if begins and ends:
        return "is", said
    return ("begins with" if begins else "ends with" if ends else "contains"), said


def _is_held(sought: _Sought, index: ValueIndex, values: tuple[str, ...]) -> bool:
    """Whether the column holds the text, whatever the capitals and blanks; or may, in a value that is too long."""
    if sought.relation == "is":
        return len(sought.text) > MAX_VALUE_LENGTH or index.holds(sought.column, sought.text)
    if index.columns[sought.column].has_long:
        return True
    low = _Sought(sought.node, sought.column, sought.text.casefold(), sought.relation)
    return any(low.is_met_by(value.casefold()) for value in values)


def _condition(sought: _Sought, schema: Schema) -> exp.Expr:
    """The comparison by itself, without its negation."""
    column = exp.column(exp.to_identifier(schema.columns[sought.column].name, quoted=True))
    if sought.relation == "is":
        return exp.EQ(this=column, expression=exp.Literal.string(sought.text))
    return exp.Like(this=column, expression=sought.node.expression.copy())


def _inside(text: str, values: tuple[str, ...], column: exp.Expr) -> exp.Expr | None:
    """The condition that a column holds a text as whole words; None where no value does."""
    low = text.casefold()
    if len(text) < MIN_PART or not all(char.isalpha() or char in " -'" for char in text):
        return None
    whole, spellings, parts = [], set(), 0
    for value in values:
        start = value.casefold().find(low)
        if start < 0:
            continue
        end = start + len(low)
        if value[start - 1 : start].isalnum() or value[end : end + 1].isalnum():
            parts += 1
        else:
            whole.append(value)
            spellings.add(value[start:end])
    if whole and not parts and len(spellings) == 1:
        pattern = exp.Literal.string(f"%{spellings.pop()}%")
        return exp.Like(this=column.copy(), expression=pattern)
    if 0 < len(whole) <= MOST_PARTS:
        literals = [exp.Literal.string(value) for value in whole]
        return exp.In(this=column.copy(), expressions=literals)
    return None


def _sentence(sought: _Sought, schema: Schema, index: ValueIndex) -> str:
    said = f'No {_named(sought.column, schema)} {sought.relation} "{sought.text}"'
    close = index.close_values(sought.column, sought.text, MOST_SHOWN)
    if close:
        return f"{said}. Close to it: {_listed(close)}."
    elsewhere = _elsewhere(sought, schema, index)
    if elsewhere:
        return f"{said}, but {elsewhere}."
    values = tuple(sorted(index.column_values(sought.column)))
    if not values:
        return f"{said}: the column is empty."
    if len(values) <= FEW_VALUES and sought.relation == "is":
        return f"{said}. Stored there: {_listed(values)}."
    return f"{said}."


def _elsewhere(sought: _Sought, schema: Schema, index: ValueIndex) -> str:
    """Where else it is stored, whole or as a word of something longer."""
    found: dict[int, list[str]] = {}
    for value in (*index.find(sought.text), *index.containing(sought.text.lower())):
        for column in index.value_columns[value]:
            if column != sought.column:
                found.setdefault(column, []).append(index.values[value])
    if not found:
        return ""
    column, values = next(iter(found.items()))
    shown = tuple(dict.fromkeys(values))[:MOST_SHOWN]
    return f"there is the {_named(column, schema)} {_listed(shown)}"


def _named(column: int, schema: Schema) -> str:
    """ "customer country": a column as a sentence names it."""
    known = schema.columns[column]
    noun = singular(schema.tables[known.table].words)
    return known.words if repeats(noun, known.words) else f"{noun} {known.words}"


def _listed(values: tuple[str, ...]) -> str:
    return join_words([f'"{value}"' for value in values])
