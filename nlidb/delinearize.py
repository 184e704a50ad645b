"""Target tokens to SQL as sqlglot's tree, in one canonical form.

``nlidb.target`` describes the language; ``nlidb.printing`` makes text of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any, Final, NoReturn, cast

from sqlglot import exp

from nlidb.edges import JoinGraph, join_graph
from nlidb.errors import InvalidSQL
from nlidb.linking import ValueCandidate
from nlidb.schema import ColumnType, Schema
from nlidb.target import (
    AGGREGATE_CLASSES,
    ARITHMETIC_CLASSES,
    COMPARISON_CLASSES,
    SET_CLASSES,
    Aggregate,
    All,
    Arithmetic,
    Block,
    ColumnRef,
    Condition,
    Counted,
    DatePart,
    Expression,
    Junction,
    Predicate,
    Query,
    SetOperation,
    Star,
    Step,
    Value,
    as_number,
    block_leaves,
    implied_source,
    period_range,
    tree_steps,
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
)

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED: Final = frozenset(
    """add all alter and as autoincrement between case check collate commit constraint create default deferrable
    delete distinct drop else escape except exists foreign from group having in index insert intersect into is
    isnull join limit not notnull null on or order primary references returning select set table then to
    transaction union unique update using values when where""".split()
)
"""Words that SQLite takes as a name only in quotes."""
_AWKWARD: Final = RESERVED | frozenset(
    """asc by cast column cross current_date current_time current_timestamp desc end filter for full if inner key
    left like match natural offset outer over partition replace right row user view window with""".split()
)
"""Words that other engines, or readers, want in quotes as well."""


# --- tokens to tree -------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent over target tokens; instances stay as they are marked."""

    def __init__(self, tokens: Sequence[TargetToken], schema: Schema, graph: JoinGraph) -> None:
        self._tokens = tokens
        self._schema = schema
        self._graph = graph
        self._next = 0

    def parse(self) -> Query:
        query = self._query()
        self._expect(END)
        if self._next != len(self._tokens):
            self._broken()
        return query

    def _broken(self) -> NoReturn:
        raise InvalidSQL(f"The target sequence breaks its grammar at token {self._next}.")

    def _peek(self) -> TargetToken:
        if self._next >= len(self._tokens):
            self._broken()
        return self._tokens[self._next]

    def _word(self) -> str:
        """The keyword that comes next, "" where a pointer does."""
        token = self._peek()
        return KEYWORDS[token.index] if token.kind == "keyword" else ""

    def _take(self, *words: str) -> str:
        """Consumes the next token if it is one of these keywords and returns it, else ""."""
        word = self._word()
        if word and word in words:
            self._next += 1
            return word
        return ""

    def _expect(self, word: str) -> None:
        if not self._take(word):
            self._broken()

    def _pointer(self, kind: str) -> int:
        token = self._peek()
        if token.kind != kind:
            self._broken()
        self._next += 1
        return token.index

    def _query(self) -> Query:
        query = self._block()
        while operator := self._take(*SET_OPERATIONS):
            query = SetOperation(operator, query, self._block())
        return query

    def _block(self) -> Query:
        if self._word() == "count" and self._tokens[self._next + 1 :][:1] == [keyword("(")]:
            self._next += 2
            inner = self._query()
            self._expect(")")
            return Counted(inner)
        sources, steps = self._from() if self._take("from") else ((), ())
        distinct = bool(self._take("distinct"))
        items = [self._expression()]
        while self._starts_expression() or self._word() == "all":
            items.append(self._expression())
        where = self._condition() if self._take("where") else None
        group: list[ColumnRef | DatePart] = []
        having = None
        if self._take("group"):
            while self._starts_expression():
                key = self._expression()
                if not isinstance(key, ColumnRef | DatePart):
                    self._broken()
                group.append(key)
            having = self._condition() if self._take("having") else None
        order: list[tuple[Expression, bool]] = []
        while direction := self._take("asc", "desc"):
            order.append((self._expression(), direction == "desc"))
        limit: Value | int | None = None
        if self._take("limit-1"):
            limit = 1
        elif self._take("limit"):
            limit = Value(self._pointer("value"))
        return Block(
            sources, steps, distinct, tuple(items), where, tuple(group), having, tuple(order), limit
        )

    def _from(self) -> tuple[tuple[int, ...], tuple[Step, ...]]:
        sources, steps = [self._pointer("table")], list[Step]()
        while not self._take("select"):
            if self._take("on"):
                instance = self._instance()
                column, new_column = self._pointer("column"), self._pointer("column")
                table = self._schema.columns[column].table
                places = [i for i, source in enumerate(sources) if source == table]
                join = self._graph.joined(column, new_column)
                if len(places) < instance or join is None:
                    self._broken()
                step = Step(places[instance - 1], join)
            else:
                new_table = self._pointer("table")
                position = implied_source(self._graph, sources, new_table)
                join = (
                    self._graph.join(sources[position], new_table) if position is not None else None
                )
                if position is None or join is None:
                    self._broken()
                step = Step(position, join)
            steps.append(step)
            sources.append(self._schema.columns[step.join.new_column].table)
        return tuple(sources), tuple(steps)

    def _instance(self) -> int:
        word = self._take(*INSTANCES)
        return INSTANCES.index(word) + 2 if word else 1

    def _starts_expression(self) -> bool:
        token = self._peek()
        return token.kind in ("table", "column") or (
            token.kind == "keyword"
            and KEYWORDS[token.index] in (*AGGREGATES, *ARITHMETIC, *INSTANCES, *DATE_PARTS)
        )

    def _expression(self) -> Expression:
        if self._take("all"):
            return All()
        if name := self._take(*AGGREGATES):
            return Aggregate(name, bool(self._take("distinct")), self._expression())
        if operator := self._take(*ARITHMETIC):
            return Arithmetic(operator, self._expression(), self._expression())
        if part := self._take(*DATE_PARTS):
            instance = self._instance()
            return DatePart(part, ColumnRef(self._pointer("column"), instance))
        instance = self._instance()
        if self._peek().kind == "table":
            return Star(self._pointer("table"), instance)
        return ColumnRef(self._pointer("column"), instance)

    def _condition(self) -> Condition:
        """``and`` binds tighter than ``or``."""
        alternatives: list[Condition] = []
        parts = [self._predicate()]
        while True:
            if self._take("and"):
                parts.append(self._predicate())
                continue
            alternatives.append(parts[0] if len(parts) == 1 else Junction("and", tuple(parts)))
            if not self._take("or"):
                break
            parts = [self._predicate()]
        if len(alternatives) == 1:
            return alternatives[0]
        return Junction("or", tuple(alternatives))

    def _predicate(self) -> Condition:
        if self._take("["):
            condition = self._condition()
            self._expect("]")
            return condition
        left = self._expression()
        operator = self._word()
        self._next += 1
        if operator in ("is-null", "is-not-null"):
            return Predicate(left, operator, ())
        if operator == "between":
            return Predicate(left, operator, (self._operand(), self._operand()))
        if operator in ("in", "not-in"):
            if self._word() == "(":
                return Predicate(left, operator, (self._operand(),))
            values = [Value(self._pointer("value"))]
            while self._peek().kind == "value":
                values.append(Value(self._pointer("value")))
            return Predicate(left, operator, tuple(values))
        if operator in PATTERNS or operator == "during":
            return Predicate(left, operator, (Value(self._pointer("value")),))
        if operator not in COMPARISONS:
            self._broken()
        return Predicate(left, operator, (self._operand(),))

    def _operand(self) -> Expression | Value | Query:
        if self._take("("):
            query = self._query()
            self._expect(")")
            return query
        if self._peek().kind == "value":
            return Value(self._pointer("value"))
        return self._expression()


# --- tree to sqlglot's tree ------------------------------------------------------------------------------------


def as_identifier(name: str) -> exp.Identifier:
    """The name of a table, column or alias, in quotes where some engine or reader wants them."""
    return exp.to_identifier(name, quoted=needs_quotes(name))


def needs_quotes(name: str, words: frozenset[str] = _AWKWARD) -> bool:
    """Whether the name is no plain word, or one of ``words``."""
    return not _PLAIN_NAME.fullmatch(name) or name.lower() in words


class _Builder:
    """Builds sqlglot's tree from ours."""

    def __init__(
        self, schema: Schema, graph: JoinGraph, candidates: Sequence[ValueCandidate]
    ) -> None:
        self._schema = schema
        self._graph = graph
        self._candidates = candidates
        self._aliases = 0
        """T1, T2, ... run through the whole query: Spider's parser keeps one list of aliases a query."""

    def query(self, query: Query) -> exp.Query:
        if isinstance(query, SetOperation):
            built = SET_CLASSES[query.operator](
                this=self.query(query.left), distinct=True, expression=self.query(query.right)
            )
            return cast(exp.Query, built)
        if isinstance(query, Counted):
            source = exp.Subquery(this=self.query(query.query))
            source.set("alias", exp.TableAlias(this=as_identifier("T")))
            return exp.Select(
                expressions=[exp.Count(this=exp.Star(), big_int=True)], from_=exp.From(this=source)
            )
        return self._block(query)

    def _block(self, block: Block) -> exp.Select:
        sources, steps = block.sources, block.steps
        if not sources:
            sources, steps = self._derive(block)
        place: dict[tuple[int, int], int] = {}
        for i, table in enumerate(sources):
            place[table, sources[:i].count(table) + 1] = i
        names = _Names(self._schema, sources, place, self._aliases)
        self._aliases += len(sources) if names.several else 0
        select = exp.Select(expressions=[self._expression(item, names) for item in block.items])
        if block.distinct:
            select.set("distinct", exp.Distinct())
        select.set("from_", exp.From(this=names.source(0)))
        where, links = self._split(block.where, names)
        joins = []
        for i, step in enumerate(steps):
            equal: list[exp.Expr] = [
                exp.EQ(
                    this=names.column(column, step.left),
                    expression=names.column(new_column, i + 1),
                )
                for column, new_column in step.join.pairs
            ]
            equal += [self._condition(link, names) for link in links.get(i + 1, ())]
            on = reduce(lambda left, right: exp.And(this=left, expression=right), equal)
            joins.append(exp.Join(this=names.source(i + 1), on=on))
        if joins:
            select.set("joins", joins)
        if where is not None:
            select.set("where", exp.Where(this=self._condition(where, names)))
        if block.group:
            keys = [self._expression(key, names) for key in block.group]
            select.set("group", exp.Group(expressions=keys))
        if block.having is not None:
            select.set("having", exp.Having(this=self._condition(block.having, names)))
        if block.order:
            ordered = [
                exp.Ordered(
                    this=self._expression(key, names), desc=descends, nulls_first=not descends
                )
                for key, descends in block.order
            ]
            select.set("order", exp.Order(expressions=ordered))
        if block.limit is not None:
            select.set("limit", exp.Limit(expression=self._limit(block.limit)))
        return select

    def _split(
        self, where: Condition | None, names: _Names
    ) -> tuple[Condition | None, dict[int, list[Predicate]]]:
        """WHERE without the equalities that belong to a join of several columns, and those by the position of
        the later of their two tables."""
        conjuncts: tuple[Condition, ...] = (where,) if where is not None else ()
        if isinstance(where, Junction) and where.operator == "and":
            conjuncts = where.parts
        kept: list[Condition] = []
        links: dict[int, list[Predicate]] = {}
        for part in conjuncts:
            positions = self._linked(part, names)
            if positions and isinstance(part, Predicate):
                links.setdefault(max(positions), []).append(part)
            else:
                kept.append(part)
        if not kept:
            return None, links
        return kept[0] if len(kept) == 1 else Junction("and", tuple(kept)), links

    def _linked(self, part: Condition, names: _Names) -> tuple[int, int] | None:
        """Positions of the two tables if the condition equates columns of one name or one key, else None."""
        if not isinstance(part, Predicate) or part.operator != "=":
            return None
        left, right = part.left, part.right[0]
        if not isinstance(left, ColumnRef) or not isinstance(right, ColumnRef):
            return None
        first, second = self._schema.columns[left.column], self._schema.columns[right.column]
        positions = (
            names.position(first.table, left.source),
            names.position(second.table, right.source),
        )
        same = first.name.lower() == second.name.lower()
        same = same or right.column in self._graph.partners(left.column)
        return positions if same and positions[0] != positions[1] else None

    def _limit(self, limit: Value | int) -> exp.Expr:
        if isinstance(limit, int):
            return exp.Literal.number(limit)
        text = self._candidates[limit.candidate].text
        number = as_number(text)
        if number is None or number != int(number) or number < 0:
            raise InvalidSQL(f"{text!r} is no number of rows.")
        return exp.Literal.number(int(number))

    def _derive(self, block: Block) -> tuple[tuple[int, ...], tuple[Step, ...]]:
        tables: list[int] = []
        for leaf in block_leaves(block):
            if isinstance(leaf, ColumnRef):
                tables.append(self._schema.columns[leaf.column].table)
            elif isinstance(leaf, Star):
                tables.append(leaf.table)
        tree = self._graph.tree(tables) if tables else None
        if tree is None:
            raise InvalidSQL("The tables of the target sequence cannot be joined.")
        return tree_steps(self._schema, tables[0], tree)

    def _expression(self, node: Expression, names: _Names) -> exp.Expr:
        if isinstance(node, ColumnRef):
            table = self._schema.columns[node.column].table
            return names.column(node.column, names.position(table, node.source))
        if isinstance(node, Star):
            position = names.position(node.table, node.source)
            if not names.several:
                return exp.Star()
            return exp.Column(this=exp.Star(), table=as_identifier(names.alias(position)))
        if isinstance(node, All):
            return exp.Star()
        if isinstance(node, DatePart):
            return self._date_part(node, names)
        if isinstance(node, Aggregate):
            if isinstance(node.operand, Star):
                names.position(node.operand.table, node.operand.source)
                return exp.Count(this=exp.Star(), big_int=True)
            operand = self._expression(node.operand, names)
            if node.distinct:
                operand = exp.Distinct(expressions=[operand])
            cls: Any = AGGREGATE_CLASSES[node.name]
            return cast(
                exp.Expr, cls(this=operand, big_int=True) if cls is exp.Count else cls(this=operand)
            )
        operator: Any = ARITHMETIC_CLASSES[node.operator]
        built = operator(
            this=self._side(node.left, names), expression=self._side(node.right, names)
        )
        if (
            operator is exp.Div
        ):  # as sqlglot reads SQLite's: whole numbers divide to whole numbers, x / 0 is NULL
            built.set("typed", True)
            built.set("safe", True)
        return cast(exp.Expr, built)

    def _date_part(self, node: DatePart, names: _Names) -> exp.Expr:
        """In the form that SQLite reads; ``nlidb.printing`` knows what other engines call a year."""
        column = self._expression(node.operand, names)
        strict = self._schema.dialect in ("duckdb", "postgres")  # theirs take no text for a date
        if strict and self._schema.columns[node.operand.column].type == "text":
            column = exp.cast(column, exp.DataType.Type.DATE)
        if node.name == "month":
            return exp.TimeToStr(this=column, format=exp.Literal.string("%Y-%m"))
        year = exp.TimeToStr(this=column, format=exp.Literal.string("%Y"))
        return exp.cast(year, exp.DataType.Type.INT)

    def _side(self, node: Expression, names: _Names) -> exp.Expr:
        built = self._expression(node, names)
        return exp.Paren(this=built) if isinstance(node, Arithmetic) else built

    def _condition(self, node: Condition, names: _Names, inside: str = "or") -> exp.Expr:
        if isinstance(node, Junction):
            cls = exp.And if node.operator == "and" else exp.Or
            built = self._condition(node.parts[0], names, node.operator)
            for part in node.parts[1:]:
                built = cls(this=built, expression=self._condition(part, names, node.operator))
            grouped = inside == "and" and node.operator == "or"
            return exp.Paren(this=built) if grouped else built
        left = self._expression(node.left, names)
        operator = node.operator
        negated = operator.startswith(("not-", "is-not"))
        if operator in ("is-null", "is-not-null"):
            built = exp.Is(this=left, expression=exp.Null())
        elif operator in PATTERNS:
            built = exp.Like(this=left, expression=self._pattern(operator, node))
            if negated:
                built.set("negate", True)
            return built
        elif operator == "during":
            return self._during(left, node)
        elif operator in ("in", "not-in"):
            built = exp.In(this=left)
            if isinstance(node.right[0], Value):
                values = [self._operand(part, node.left, names) for part in node.right]
                built.set("expressions", values)
            else:
                built.set("query", self._operand(node.right[0], node.left, names))
        elif operator == "between":
            low, high = (self._operand(part, node.left, names) for part in node.right)
            built = exp.Between(this=left, low=low, high=high)
        else:
            comparison: Any = COMPARISON_CLASSES[operator]
            built = comparison(this=left, expression=self._operand(node.right[0], node.left, names))
        return exp.Not(this=built) if negated else built

    def _text(self, part: object) -> str:
        assert isinstance(part, Value)
        return self._candidates[part.candidate].text

    def _pattern(self, operator: str, node: Predicate) -> exp.Expr:
        text, shape = self._text(node.right[0]), operator.removeprefix("not-")
        if shape in ("contains", "ends"):
            text = f"%{text}"
        if shape in ("contains", "starts"):
            text = f"{text}%"
        return exp.Literal.string(text)

    def _during(self, left: exp.Expr, node: Predicate) -> exp.Expr:
        bounds = period_range(self._text(node.right[0]))
        if bounds is None:
            raise InvalidSQL(f"{self._text(node.right[0])!r} is no year, month or day.")
        return exp.And(
            this=exp.GTE(this=left, expression=exp.Literal.string(bounds[0])),
            expression=exp.LT(this=left.copy(), expression=exp.Literal.string(bounds[1])),
        )

    def _operand(self, part: object, left: Expression, names: _Names) -> exp.Expr:
        if isinstance(part, Value):
            return self._literal(self._text(part), left)
        if isinstance(part, Block | Counted | SetOperation):
            return exp.Subquery(this=self.query(part))
        return self._expression(cast(Expression, part), names)

    def _type(self, node: Expression) -> ColumnType:
        """The type of an expression's values, for writing a literal that is compared with it."""
        if isinstance(node, ColumnRef):
            return self._schema.columns[node.column].type
        if isinstance(node, Aggregate) and node.name in ("min", "max"):
            return self._type(node.operand)
        if isinstance(node, DatePart) and node.name == "month":
            return "text"
        return "number"

    def _literal(self, text: str, left: Expression) -> exp.Expr:
        kind = self._type(left)
        number = as_number(text) if kind in ("number", "other") else None
        if number is not None and not isinstance(left, ColumnRef):
            text = (
                f"{number:.15g}"  # what is computed is a number, and "05" would be no equal of any
            )
        if number is None or not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
            return exp.Literal.string(text)
        if text.startswith("-"):
            return exp.Neg(this=exp.Literal.number(text[1:]))
        return exp.Literal.number(text)


class _Names:
    """The tables of one FROM while it is written: aliases T1, T2, ... where there are several."""

    def __init__(
        self,
        schema: Schema,
        sources: Sequence[int],
        place: dict[tuple[int, int], int],
        taken: int,
    ) -> None:
        self._schema = schema
        self._taken = taken
        self._sources = sources
        self._place = place
        self.several = len(sources) > 1

    def alias(self, position: int) -> str:
        return f"T{self._taken + position + 1}"

    def position(self, table: int, instance: int) -> int:
        """Where the table's instance stands in FROM. Raises ``InvalidSQL`` where it does not."""
        if (table, instance) not in self._place:
            name = self._schema.tables[table].name
            raise InvalidSQL(f"{name} does not stand in FROM {instance} times.")
        return self._place[table, instance]

    def source(self, position: int) -> exp.Table:
        table = exp.Table(this=as_identifier(self._schema.tables[self._sources[position]].name))
        if self.several:
            table.set("alias", exp.TableAlias(this=as_identifier(self.alias(position))))
        return table

    def column(self, column: int, position: int) -> exp.Column:
        built = exp.Column(this=as_identifier(self._schema.columns[column].name))
        if self.several:
            built.set("table", as_identifier(self.alias(position)))
        return built


def delinearize(
    tokens: Sequence[TargetToken], schema: Schema, candidates: Sequence[ValueCandidate]
) -> exp.Query:
    """The target sequence as sqlglot's tree, in a canonical form: T1, T2, ... where FROM has several tables.

    Raises ``InvalidSQL`` for tokens that are no sequence of the language; one that ``Grammar`` let pass is.
    """
    graph = join_graph(schema)
    query = _Parser(list(tokens), schema, graph).parse()
    return _Builder(schema, graph, candidates).query(query)
