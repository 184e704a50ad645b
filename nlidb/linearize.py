"""SQL to target tokens: the training target of a gold query.

``nlidb.target`` describes the language; ``nlidb.delinearize`` is the way back.
"""

from __future__ import annotations

from collections.abc import Sequence

from nlidb.edges import Join, JoinGraph, join_graph
from nlidb.linking import ValueCandidate
from nlidb.literals import Literals, MissingValue
from nlidb.schema import Schema
from nlidb.sql_tree import read_query
from nlidb.target import (
    Aggregate,
    All,
    Block,
    ColumnRef,
    Condition,
    Counted,
    DatePart,
    Expression,
    Junction,
    Query,
    SetOperation,
    Star,
    Value,
    block_leaves,
    equal_columns,
    implied_source,
    tree_steps,
    unsayable,
)
from nlidb.vocab import END, INSTANCES, TargetToken, keyword


def linearize(
    sql: str,
    schema: Schema,
    candidates: Sequence[ValueCandidate],
    *,
    dialect: str = "sqlite",
) -> tuple[TargetToken, ...]:
    """The SQL as a target sequence, ``<end>`` included.

    Raises ``MissingValue`` where only literals stand in the way, else ``InvalidSQL`` for SQL that does not parse
    or that the language of the sequences cannot say.
    """
    literals = Literals(candidates)
    query = read_query(sql, schema, literals, dialect)
    writer = _Writer(join_graph(schema), schema)
    writer.query(query)
    writer.tokens.append(keyword(END))
    if literals.missing:
        raise MissingValue(literals.missing)
    return tuple(writer.tokens)


def literals(sql: str, schema: Schema, *, dialect: str = "sqlite") -> list[str]:
    """The texts that must be among the candidates for ``linearize`` to succeed, in order of use.

    A LIKE pattern counts without its ``%``, a whole year, month or day as that period; LIMIT 1 needs none.
    Raises ``InvalidSQL`` as ``linearize`` does.
    """
    found = Literals(None)
    read_query(sql, schema, found, dialect)
    return found.used


class _Writer:
    """Writes the tree as tokens, deciding whether FROM can be left out and which table a star names."""

    def __init__(self, graph: JoinGraph, schema: Schema) -> None:
        self._graph = graph
        self._schema = schema
        self.tokens: list[TargetToken] = []

    def _word(self, name: str) -> None:
        self.tokens.append(keyword(name))

    def query(self, query: Query) -> None:
        if isinstance(query, SetOperation):
            self.query(query.left)
            self._word(query.operator)
            self.query(query.right)
        elif isinstance(query, Counted):
            self._word("count")
            self._word("(")
            self.query(query.query)
            self._word(")")
        else:
            self._block(query)

    def _block(self, block: Block) -> None:
        derived = self._derive(block)
        if derived is None:
            self._from(block)
            star = self._counted_tables(block)[0]
        else:
            star = derived
        instance = [block.sources[:i].count(t) + 1 for i, t in enumerate(block.sources)]
        self._instance = instance
        self._sources = block.sources
        self._star = star
        if block.distinct:
            self._word("distinct")
        for item in block.items:
            self._expression(item)
        state = (self._instance, self._sources, self._star)
        if block.where is not None:
            self._word("where")
            self._condition(block.where, state)
        if block.group:
            self._word("group")
            for column in block.group:
                self._expression(column)
        if block.having is not None:
            self._word("having")
            self._condition(block.having, state)
        for key, descends in block.order:
            self._word("desc" if descends else "asc")
            self._expression(key)
        if isinstance(block.limit, Value):
            self._word("limit")
            self._value(block.limit)
        elif block.limit is not None:
            self._word("limit-1")

    def _counted_tables(self, block: Block) -> list[int]:
        """Positions in FROM, the best table for a ``*`` first: one that refers to others but is not referred to
        has a row for each joined row, so its rows are what ``count(*)`` counts."""
        referred = set[int]()
        for i, step in enumerate(block.steps):
            left, right = step.join.column, step.join.new_column
            for key in self._schema.foreign_keys:
                if (key.column, key.ref_column) == (left, right):
                    referred.add(i + 1)
                elif (key.column, key.ref_column) == (right, left):
                    referred.add(step.left)
        return sorted(range(len(block.sources)), key=lambda i: (i in referred, i))

    def _derive(self, block: Block) -> int | None:
        """The position that stars name if FROM can be left out, else None."""
        if len(set(block.sources)) < len(block.sources):
            return None
        leaves = block_leaves(block)
        if any(isinstance(leaf, All) for leaf in leaves):
            return None
        floating = any(isinstance(leaf, Star) and leaf.table < 0 for leaf in leaves)
        for star in self._counted_tables(block) if floating else [0]:
            named = [
                block.sources[star if isinstance(leaf, Star) and leaf.table < 0 else leaf.source]
                for leaf in leaves
                if isinstance(leaf, ColumnRef | Star)
            ]
            tree = self._graph.tree(named)
            if tree is not None and self._same_from(block, named[0], tree):
                return star
        return None

    def _same_from(self, block: Block, first: int, tree: Sequence[Join]) -> bool:
        sources, steps = tree_steps(self._schema, first, tree)
        if sorted(sources) != sorted(block.sources):
            return False
        place = [block.sources.index(table) for table in sources]
        derived = [{(place[s], c) for s, c in group} for group in equal_columns(steps)]
        wanted = equal_columns(block.steps)
        return len(derived) == len(wanted) and all(group in wanted for group in derived)

    def _from(self, block: Block) -> None:
        self._word("from")
        self.tokens.append(TargetToken("table", block.sources[0]))
        for i, step in enumerate(block.steps):
            before, table = block.sources[: i + 1], block.sources[i + 1]
            position = implied_source(self._graph, before, table)
            if position == step.left and self._graph.join(before[position], table) == step.join:
                self.tokens.append(TargetToken("table", table))
                continue
            self._word("on")
            self._mark(before[: step.left].count(before[step.left]) + 1)
            self.tokens.append(TargetToken("column", step.join.column))
            self.tokens.append(TargetToken("column", step.join.new_column))
        self._word("select")

    def _mark(self, instance: int) -> None:
        if instance - 2 >= len(INSTANCES):
            unsayable(f"one table {instance} times in FROM")
        if instance > 1:
            self._word(INSTANCES[instance - 2])

    def _expression(self, node: Expression) -> None:
        if isinstance(node, ColumnRef):
            self._mark(self._instance[node.source])
            self.tokens.append(TargetToken("column", node.column))
        elif isinstance(node, Star):
            source = self._star if node.table < 0 else node.source
            self._mark(self._instance[source])
            self.tokens.append(TargetToken("table", self._sources[source]))
        elif isinstance(node, All):
            self._word("all")
        elif isinstance(node, DatePart):
            self._word(node.name)
            self._expression(node.operand)
        elif isinstance(node, Aggregate):
            self._word(node.name)
            if node.distinct:
                self._word("distinct")
            self._expression(node.operand)
        else:
            self._word(node.operator)
            self._expression(node.left)
            self._expression(node.right)

    def _value(self, value: Value) -> None:
        self.tokens.append(TargetToken("value", value.candidate))

    def _condition(
        self, node: Condition, state: tuple[list[int], tuple[int, ...], int], inside: str = "or"
    ) -> None:
        if isinstance(node, Junction):
            grouped = inside == "and" and node.operator == "or"
            if grouped:
                self._word("[")
            for i, part in enumerate(node.parts):
                if i:
                    self._word(node.operator)
                self._condition(part, state, node.operator)
            if grouped:
                self._word("]")
            return
        self._expression(node.left)
        self._word(node.operator)
        for operand in node.right:
            if isinstance(operand, Value):
                self._value(operand)
            elif isinstance(operand, Block | Counted | SetOperation):
                self._word("(")
                self.query(operand)
                self._word(")")
                self._instance, self._sources, self._star = state
            else:
                self._expression(operand)
