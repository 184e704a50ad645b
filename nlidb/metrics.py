"""How right a predicted SQL is: the official Spider measures to the digit, and stricter ones.

Official means taoyds/test-suite-sql-eval at commit e97acc5 (Zhong, Yu and Klein 2020,
arXiv:2010.02840), options ``--etype all`` without ``--plug_value``: ``exact_set_match``,
``partial_match``, ``hardness``, ``execution_accuracy`` and ``test_suite_accuracy``. They agree
with its defects too (see ``training/EVALUATION.md``); ``strict_execution_match`` and
``subset_match`` are without them. Nothing here writes to a database. Running many examples in
parallel is ``evaluate``."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Literal

from nlidb.errors import ConfigError, ExecutionFailed, InvalidSQL, UnsafeSQL
from nlidb.sandbox import Limits, ReadOnlyDatabase, Row
from nlidb.schema import Schema
from nlidb.spider_sql import (
    EMPTY_QUERY,
    Conditions,
    Hardness,
    Query,
    comparable,
    foreign_key_groups,
    hardness_of,
    keywords,
    parse_spider,
)
from nlidb.usage import usage

TOLERANCE = 1e-6
"""Relative and absolute, between numbers of which one at least is a float."""

Clause = Literal[
    "select",
    "select(no AGG)",
    "where",
    "where(no OP)",
    "group(no Having)",
    "group",
    "order",
    "and/or",
    "IUEN",
    "keywords",
]
"""The official names of the components; IUEN is intersect, union, except and nested."""


@dataclass(frozen=True)
class ClauseScore:
    """How far one component of the prediction agrees with the gold one."""

    gold: int
    """Parts in the gold query."""
    predicted: int
    """Parts in the prediction."""
    matched: int
    """Parts of the prediction that are in the gold query."""

    @property
    def exact(self) -> bool:
        """Whether the component counts as right: all parts match, none is missing or too much."""
        return self.gold == self.predicted == self.matched


# ---------------------------------------------------------------- exact set match


def _compatible(predicted_sql: str) -> str:
    # The official script does this to each prediction: models without values wrote "value".
    return predicted_sql.replace("value", "1")


def hardness(gold_sql: str, schema: Schema) -> Hardness:
    """Spider's level of a gold query: "easy", "medium", "hard" or "extra".

    Raises:
        InvalidSQL: the official evaluator could not read the query.
    """
    return hardness_of(parse_spider(gold_sql, schema))


def _matched(predicted: Sequence[object], gold: Sequence[object]) -> int:
    left = list(gold)
    for part in predicted:
        if part in left:
            left.remove(part)
    return len(gold) - len(left)


def _sets(predicted: Sequence[object], gold: Sequence[object]) -> ClauseScore:
    return ClauseScore(len(gold), len(predicted), _matched(predicted, gold))


def _connectors(predicted: Conditions, gold: Conditions) -> ClauseScore:
    ours, theirs = set(predicted.connectors), set(gold.connectors)
    if ours == theirs:
        return ClauseScore(1, 1, 1)
    # The official script takes one total for the other here; its averages come from that.
    return ClauseScore(gold=len(ours), predicted=len(theirs), matched=0)


def _group_names(query: Query) -> list[str]:
    return [unit.column.rpartition(".")[2] for unit in query.group_by]


def _set_operations(predicted: Query, gold: Query) -> ClauseScore:
    totals = [0, 0, 0]
    for op in ("intersect", "except", "union"):
        ours = predicted.other if predicted.set_op == op else None
        theirs = gold.other if gold.set_op == op else None
        totals[0] += theirs is not None
        totals[1] += ours is not None
        if ours is not None and theirs is not None:
            totals[2] += _exact(ours, theirs)
    return ClauseScore(*totals)


def _components(predicted: Query, gold: Query) -> dict[Clause, ClauseScore]:
    having = (
        predicted.group_by != ()
        and [unit.column for unit in predicted.group_by] == [unit.column for unit in gold.group_by]
        and predicted.having == gold.having
    )
    order = (
        gold.order_by != ()
        and (predicted.direction, predicted.order_by) == (gold.direction, gold.order_by)
        and predicted.limit == gold.limit
    )
    return {
        "select": _sets(predicted.select, gold.select),
        "select(no AGG)": _sets(
            [item.unit for item in predicted.select], [item.unit for item in gold.select]
        ),
        "where": _sets(predicted.where.items, gold.where.items),
        "where(no OP)": _sets(
            [item.unit for item in predicted.where.items],
            [item.unit for item in gold.where.items],
        ),
        "group(no Having)": _sets(_group_names(predicted), _group_names(gold)),
        "group": ClauseScore(gold.group_by != (), predicted.group_by != (), having),
        "order": ClauseScore(gold.order_by != (), predicted.order_by != (), order),
        "and/or": _connectors(predicted.where, gold.where),
        "IUEN": _set_operations(predicted, gold),
        "keywords": _sets(sorted(keywords(predicted)), sorted(keywords(gold))),
    }


def _same_tables(predicted: Query, gold: Query) -> bool:
    return not gold.tables or Counter(predicted.tables) == Counter(gold.tables)


def _exact(predicted: Query, gold: Query) -> bool:
    return _same_tables(predicted, gold) and all(
        score.exact for score in _components(predicted, gold).values()
    )


@dataclass(frozen=True)
class Structure:
    """How a prediction compares with the gold query as text, by the official script."""

    hardness: Hardness
    """Of the gold query."""
    clauses: Mapping[Clause, ClauseScore]
    exact: bool


def compare_structure(predicted_sql: str, gold_sql: str, schema: Schema) -> Structure:
    """``hardness``, ``partial_match`` and ``exact_set_match`` in one.

    Raises:
        InvalidSQL: the gold query cannot be read.
    """
    read = parse_spider(gold_sql, schema)
    groups = foreign_key_groups(schema)
    gold = comparable(read, groups)
    try:
        predicted = comparable(parse_spider(_compatible(predicted_sql), schema), groups)
    except InvalidSQL:
        predicted = EMPTY_QUERY
    clauses = _components(predicted, gold)
    exact = all(score.exact for score in clauses.values()) and _same_tables(predicted, gold)
    return Structure(hardness_of(read), clauses, exact)


def partial_match(
    predicted_sql: str, gold_sql: str, schema: Schema
) -> Mapping[Clause, ClauseScore]:
    """The official partial matches, component by component.

    A prediction that cannot be read counts as an empty query. The official precision of a component
    is the share of ``exact`` among examples with ``predicted > 0``, its recall among those with
    ``gold > 0``.

    Raises:
        InvalidSQL: the gold query cannot be read.
    """
    return compare_structure(predicted_sql, gold_sql, schema).clauses


def exact_set_match(predicted_sql: str, gold_sql: str, schema: Schema) -> bool:
    """Official exact set match (EM): the clauses are equal as sets, literals and DISTINCT ignored.

    Columns joined by a foreign key count as one, LIMIT's number is not compared, and a prediction
    that the official parser cannot read (LEFT JOIN, IS NULL, a select alias) is wrong.

    Raises:
        InvalidSQL: the gold query cannot be read.
    """
    return compare_structure(predicted_sql, gold_sql, schema).exact


# ---------------------------------------------------------------- execution match, official

_TOKEN = re.compile(
    r"""'(?:''|\\'|[^'])*' | "(?:""|\\"|[^"])*" | `(?:``|[^`])*` | (?<![\w\])])\[[^\]\[]+\]
    | --[^\r\n]* | /\*.*?(?:\*/|\Z) | [\w$]+ | \s+ | .""",
    re.VERBOSE | re.DOTALL,
)
_CURRENT_YEAR = re.compile(r"YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*", re.IGNORECASE)


def without_distinct(sql: str) -> str:
    """The first statement of the SQL with every DISTINCT left out; names and strings stay.

    As the official evaluator does with sqlparse, before it runs either query.
    """
    if "distinct" not in sql.lower() and ";" not in sql:
        return sql
    kept: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(sql):
        token = match.group()
        if token.lower() != "distinct":
            kept.append(token)
        depth += (token == "(") - (token == ")")
        if token == ";" and depth <= 0:
            break
    return "".join(kept)


def compatible_sql(sql: str, *, keep_distinct: bool, predicted: bool) -> str:
    """The text that the official evaluator runs in place of a gold or predicted query."""
    if predicted:
        sql = _compatible(sql)
    sql = sql.replace("> =", ">=").replace("< =", "<=").replace("! =", "!=")
    if not keep_distinct:
        sql = without_distinct(sql)
    return _CURRENT_YEAR.sub("2020", sql)


Column = tuple[object, ...]


def _align(
    gold: Sequence[Column],
    predicted: Sequence[Column],
    agree: Callable[[Sequence[Column], Sequence[Column]], bool],
) -> bool:
    """Whether each gold column can be given a predicted column of its own so that all agree.

    ``agree`` is asked about a growing list of pairs, so a wrong start is given up early; equal
    predicted columns are tried once.
    """

    def place(chosen: tuple[int, ...]) -> bool:
        if len(chosen) == len(gold):
            return True
        tried: set[Column] = set()
        for j, column in enumerate(predicted):
            if j in chosen or column in tried:
                continue
            tried.add(column)
            pairs = [predicted[i] for i in (*chosen, j)]
            if agree(gold[: len(pairs)], pairs) and place((*chosen, j)):
                return True
        return False

    return place(())


def _same_bag(gold: Sequence[Column], predicted: Sequence[Column]) -> bool:
    if Counter(gold[-1]) != Counter(predicted[-1]):
        return False
    return len(gold) == 1 or Counter(zip(*gold, strict=True)) == Counter(
        zip(*predicted, strict=True)
    )


def _sorted_cells(row: Row) -> Row:
    return tuple(sorted(row, key=lambda cell: str(cell) + str(type(cell))))


def _has_float(rows: Sequence[Row]) -> bool:
    return float in set(map(type, chain.from_iterable(rows)))


def same_result(gold: list[Row], predicted: list[Row], *, ordered: bool) -> bool:
    """Whether two results count as equal for the official evaluator.

    Bags of rows under some order of the columns; lists of rows where ``ordered``. Two empty results
    are equal. Cells are compared exactly (1 equals 1.0, never "1").
    """
    if gold is predicted or (not gold and not predicted):
        return True
    if len(gold) != len(predicted) or len(gold[0]) != len(predicted[0]):
        return False
    if gold != predicted:
        gold_columns = list(zip(*gold, strict=True))
        predicted_columns = list(zip(*predicted, strict=True))
        if ordered:
            if Counter(gold_columns) != Counter(predicted_columns):
                return False
        elif not _align(gold_columns, predicted_columns, _same_bag):
            return False
    if not _has_float(gold) and not _has_float(predicted):
        return True
    # Its quick test sorts the cells of a row by their text, so 1 and 1.0 can part ways there.
    left, right = [_sorted_cells(row) for row in gold], [_sorted_cells(row) for row in predicted]
    return left == right if ordered else set(left) == set(right)


@contextmanager
def _opened(database: Path | ReadOnlyDatabase, timeout: float) -> Iterator[ReadOnlyDatabase]:
    if isinstance(database, ReadOnlyDatabase):
        yield database
    else:
        with ReadOnlyDatabase(database, Limits(seconds=timeout)) as opened:
            yield opened


def execution_accuracy(
    predicted_sql: str,
    gold_sql: str,
    database: Path | ReadOnlyDatabase,
    *,
    keep_distinct: bool = False,
    timeout: float = 30.0,
) -> bool:
    """Official execution match (EX) on one database: the two queries give equal results.

    By default DISTINCT is dropped from both first, as the official script does. The order of rows
    matters if "order by" stands anywhere in the gold SQL.

    Args:
        timeout: seconds a query may take; ignored where an opened database brings its limits.

    Raises:
        ExecutionFailed: the gold query fails.
        ConnectionFailed: the database cannot be read.
    """
    gold_text = compatible_sql(gold_sql, keep_distinct=keep_distinct, predicted=False)
    predicted_text = compatible_sql(predicted_sql, keep_distinct=keep_distinct, predicted=True)
    with _opened(database, timeout) as opened:
        gold = opened.run(gold_text)
        try:
            # One row more than the gold result is enough to tell them apart.
            predicted = opened.run(predicted_text, max_rows=len(gold) + 1)
        except (ExecutionFailed, UnsafeSQL):
            return False
    return same_result(gold, predicted, ordered="order by" in gold_text.lower())


def test_suite_accuracy(
    predicted_sql: str,
    gold_sql: str,
    databases: Sequence[Path | ReadOnlyDatabase],
    *,
    keep_distinct: bool = False,
    timeout: float = 30.0,
) -> bool:
    """Test-suite match (TS, arXiv:2010.02840): execution match on every one of the databases.

    Raises:
        ConfigError: no database is given.
        ExecutionFailed: the gold query fails on one that was reached.
    """
    if not databases:
        raise ConfigError("A test suite needs at least one database.", hint="Check the folder.")
    return all(
        execution_accuracy(
            predicted_sql, gold_sql, database, keep_distinct=keep_distinct, timeout=timeout
        )
        for database in databases
    )


test_suite_accuracy.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it


# ---------------------------------------------------------------- execution match, strict


def orders_rows(sql: str) -> bool:
    """Whether the outermost query has an ORDER BY (one inside brackets orders nothing outside)."""
    depth = 0
    before = ""
    for match in _TOKEN.finditer(sql):
        token = match.group().lower()
        if token.isspace() or token.startswith(("--", "/*")):
            continue
        depth += (token == "(") - (token == ")")
        if depth == 0 and before == "order" and token == "by":
            return True
        before = token
    return False


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float)


def _close(left: object, right: object) -> bool:
    if left == right:
        return True
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return False
    # Two whole numbers are keys or counts: there a difference of one is one.
    if isinstance(left, int) and isinstance(right, int):
        return False
    return math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _close_rows(left: Row, right: Row) -> bool:
    return all(map(_close, left, right))


def _close_bag(gold: Sequence[Row], predicted: Sequence[Row]) -> bool:
    ours, theirs = Counter(predicted), Counter(gold)
    if ours == theirs:
        return True
    left, right = list((theirs - ours).elements()), list((ours - theirs).elements())
    if not _has_float(left) and not _has_float(right):
        return False
    # Only rows with the same text in the same places can be close: pair the numbers within those.
    groups: dict[Row, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((left, right)):
        for row in rows:
            key = tuple(0 if _is_number(cell) else (cell,) for cell in row)
            groups[key][side].append(tuple(cell for cell in row if _is_number(cell)))
    for some, others in groups.values():
        if len(some) != len(others):
            return False
        rest = sorted(others)
        for row in sorted(some):
            found = next((i for i, other in enumerate(rest) if _close_rows(row, other)), None)
            if found is None:
                return False
            del rest[found]
    return True


def same_result_strict(
    gold: list[Row], predicted: list[Row], *, ordered: bool, extra_columns: bool = False
) -> bool:
    """Whether two results hold the same rows, as a bag or (``ordered``) a list; columns in any
    order.

    Floats agree within ``TOLERANCE``; text never equals a number. With ``extra_columns`` the
    prediction may have columns that the gold result lacks. Two empty results say nothing and are
    not equal here."""
    if not gold or len(gold) != len(predicted):
        return False
    wide, narrow = len(predicted[0]), len(gold[0])
    if wide < narrow or (wide > narrow and not extra_columns):
        return False
    if gold == predicted:
        return True

    def agree(some: Sequence[Column], others: Sequence[Column]) -> bool:
        if ordered:
            return _close_rows(some[-1], others[-1])
        if not _close_bag([(cell,) for cell in some[-1]], [(cell,) for cell in others[-1]]):
            return False
        return len(some) == 1 or _close_bag(
            list(zip(*some, strict=True)), list(zip(*others, strict=True))
        )

    return _align(list(zip(*gold, strict=True)), list(zip(*predicted, strict=True)), agree)


_DIRECTION = re.compile(r"(?<!\s)\s+(?:asc|desc)$", re.IGNORECASE)
_TIES_UNKNOWN = re.compile(r"\b(?:nulls|collate)\b", re.IGNORECASE)
_OPERAND_ENDS = re.compile(r"[\w)'\"`\]]")
_LIMITS = re.compile(
    r"limit\s+(?P<first>\d+)(?:\s*(?P<sign>,|offset)\s*(?P<second>\d+))?\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class _Keyed:
    """An ordered query made to show what it is ordered by."""

    sql: str
    """The query without its LIMIT, its keys as further columns."""
    skip: int
    """Rows that its OFFSET passes over."""


def _split(tokens: Sequence[str], commas: Sequence[int], start: int, end: int) -> list[str]:
    """The texts between the commas of ``tokens[start:end]``."""
    bounds = [start - 1, *(i for i in commas if start <= i < end), end]
    return [
        "".join(tokens[first + 1 : last]).strip()
        for first, last in zip(bounds, bounds[1:], strict=False)
    ]


def _unquoted(name: str) -> str:
    return name.strip("'\"`[]").lower()


def _without_alias(item: str) -> tuple[str, str]:
    """A select item's expression, and its alias ("" where it has none)."""
    tokens = [match.group() for match in _TOKEN.finditer(item)]
    words = [i for i, token in enumerate(tokens) if not token.isspace()]
    if len(words) < 2:
        return item, ""
    last, before = words[-1], words[-2]
    # A word behind an operand names it; behind a dot or a sign it is a part of the expression.
    if not (tokens[last][0].isalpha() or tokens[last][0] in "_'\"`[") or not (
        _OPERAND_ENDS.match(tokens[before][-1])
    ):
        return item, ""
    end = before if tokens[before].lower() == "as" else last
    return "".join(tokens[:end]).strip(), _unquoted(tokens[last])


def _skipped(limit: str) -> int | None:
    """The rows that a LIMIT clause passes over; None where it does not say so in numbers."""
    if not limit:
        return 0
    found = _LIMITS.match(limit)
    if found is None:
        return None
    return int(found["first"] if found["sign"] == "," else found["second"] or 0)


def _key(text: str, items: Sequence[tuple[str, str]]) -> str:
    """What an ORDER BY term stands for, "" where that is not known.

    The number or the alias of a select item is that item; as in SQLite, an alias hides a column of
    the same name, but only where it is the whole term.
    """
    key = _DIRECTION.sub("", text)
    if key.isdigit():
        starred = any(expression.endswith("*") for expression, _ in items)
        key = "" if starred or not 1 <= int(key) <= len(items) else items[int(key) - 1][0]
    elif key[:1] != "'":
        key = next((expression for expression, name in items if name == _unquoted(key)), key)
    return "" if _TIES_UNKNOWN.search(text + " " + key) else key


def _with_order_keys(sql: str) -> _Keyed | None:
    """The query without its LIMIT, with what it is ordered by as further columns.

    None where its words do not give that: a set operation, DISTINCT, WITH, no outermost ORDER BY,
    NULLS or COLLATE in it, a LIMIT that is no number.
    """
    tokens = [match.group() for match in _TOKEN.finditer(sql.strip().rstrip(";"))]
    tokens = [" " if token[:2] in ("--", "/*") else token for token in tokens]
    top: dict[str, int] = {}
    commas = []
    depth = 0
    for i, word in enumerate(token.lower() for token in tokens):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            top.setdefault(word, i)
            if word == ",":
                commas.append(i)
    end = top.get("limit", len(tokens))
    source = top.get("from", end)
    start = next((i for i in range(top.get("order", end), end) if tokens[i].lower() == "by"), end)
    skip = _skipped("".join(tokens[end:]))
    if (
        top.get("select", -1) != next((i for i, t in enumerate(tokens) if not t.isspace()), None)
        or not source < start < end
        or top.keys() & {"union", "intersect", "except", "distinct", ";"}
        or skip is None
    ):
        return None
    items = [_without_alias(item) for item in _split(tokens, commas, top["select"] + 1, source)]
    keys = [_key(text, items) for text in _split(tokens, commas, start + 1, end)]
    if not all(keys):
        return None
    columns = ", ".join(keys)
    return _Keyed("".join([*tokens[:source], ", ", columns, " ", *tokens[source:end]]), skip)


def _same_but_for_ties(
    keyed: Sequence[Row], width: int, skip: int, predicted: Sequence[Row]
) -> bool:
    """Whether a result is another right answer to an ordered query.

    Args:
        keyed: all rows of the gold query without its LIMIT, in order; what it is ordered by stands
            after the first ``width`` cells.
        skip: how many of them stand before the first that the gold query gives.
    """
    sizes = [len(list(tied)) for _, tied in groupby(keyed, key=lambda row: row[width:])]

    def agree(some: Sequence[Column], others: Sequence[Column]) -> bool:
        rows, given = list(zip(*some, strict=True)), list(zip(*others, strict=True))
        start = 0
        for size in sizes:
            tied = rows[start : start + size]
            part = given[max(start - skip, 0) : max(start + size - skip, 0)]
            # Where the LIMIT or the OFFSET cuts through a tie, any of the tied rows will do.
            whole = len(part) == size
            if not (_close_bag(tied, part) if whole else not Counter(part) - Counter(tied)):
                return False
            start += size
        return True

    columns = list(zip(*(row[:width] for row in keyed), strict=True))
    return _align(columns, list(zip(*predicted, strict=True)), agree)


_HIDDEN_NAMES = frozenset(("rowid", "oid", "_rowid_"))


def _as_sqlite_reads(sql: str, schema: Schema) -> list[str]:
    """The query's tokens, double-quoted words that name nothing as the strings they then are."""
    names = {table.name.lower() for table in schema.tables} | _HIDDEN_NAMES
    names |= {column.name.lower() for column in schema.columns}
    tokens = [match.group() for match in _TOKEN.finditer(sql.strip().rstrip(";"))]
    words = [token for token in tokens if not token.isspace()]
    names |= {
        _unquoted(name)
        for word, name in zip(words, words[1:], strict=False)
        if word.lower() == "as"
    }
    return [
        _quoted(token) if token[0] == '"' and token[1:-1].lower() not in names else token
        for token in tokens
    ]


def _quoted(token: str) -> str:
    """A string in double quotes as one in single quotes."""
    text = token[1:-1].replace('""', '"')
    return "'" + text.replace("'", "''") + "'"


def _plain_text(tokens: Sequence[str]) -> list[str]:
    return [
        token if token[0] in "'\"" else token.lower() for token in tokens if not token.isspace()
    ]


def _joins_in_one_order(tree: Any) -> Any:
    """A copy of an optimized tree in which inner joins stand by name, their conditions in WHERE."""
    from sqlglot import exp

    tree = tree.copy()
    for equal in tree.find_all(exp.EQ):
        left, right = sorted((equal.left, equal.right), key=lambda side: str(side.sql()))
        equal.set("this", left)
        equal.set("expression", right)
    for select in tree.find_all(exp.Select):
        joins = select.args.get("joins") or []
        source = select.find(exp.From)
        if not joins or source is None or source.parent is not select:
            continue
        if any(
            join.side or join.args.get("using") or join.kind not in ("", "INNER", "CROSS")
            for join in joins
        ):
            continue
        tables = sorted(
            (source.this, *(join.this for join in joins)), key=lambda table: str(table.sql())
        )
        where = select.args.get("where")
        parts = [join.args["on"] for join in joins if join.args.get("on")]
        parts += [where.this] if where is not None else []
        conditions = [
            leaf
            for whole in parts
            for leaf in (whole.flatten() if isinstance(whole, exp.And) else (whole,))
        ]
        conditions.sort(key=lambda part: str(part.sql()))
        source.set("this", tables[0])
        select.set("joins", [exp.Join(this=table) for table in tables[1:]])
        if conditions:
            select.set("where", exp.Where(this=exp.and_(*conditions, copy=True)))
    return tree


def same_tree(predicted_sql: str, gold_sql: str, schema: Schema) -> bool:
    """Whether two queries are one after sqlglot's ``optimize`` with the schema (or in plain text).

    Double-quoted words that name nothing in the schema are strings, as SQLite takes them. A query
    that sqlglot cannot read or resolve equals only its own text. The order of inner joins, and of
    the two sides of an equals sign, makes no difference.
    """
    texts = [_as_sqlite_reads(sql, schema) for sql in (predicted_sql, gold_sql)]
    if _plain_text(texts[0]) == _plain_text(texts[1]):
        return True
    # No optimizer brings in another table: spare the work.
    if usage(predicted_sql, schema).tables != usage(gold_sql, schema).tables:
        return False
    # Imported here: it takes as long as scoring a hundred examples, and few need it.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer import optimize
    from sqlglot.optimizer.scope import Scope, traverse_scope

    types = {"number": "DOUBLE", "boolean": "BOOLEAN"}
    tables: dict[str, object] = {
        table.name: {
            schema.columns[i].name: types.get(schema.columns[i].type, "TEXT") for i in table.columns
        }
        for table in schema.tables
    }
    trees = []
    for text in texts:
        try:
            tree = sqlglot.parse_one("".join(text), read="sqlite")
            tree = optimize(tree, schema=tables, dialect="sqlite")
            # T1 or singer: a table that a SELECT uses once is called by its name.
            for scope in traverse_scope(tree):
                uses = Counter(
                    source.name
                    for source in scope.sources.values()
                    if not isinstance(source, Scope)
                )
                for alias, source in scope.sources.items():
                    if isinstance(source, exp.Table) and uses[source.name] == 1:
                        name = exp.to_identifier(source.name, quoted=True)
                        source.set("alias", exp.TableAlias(this=name))
                        for column in scope.columns:
                            if column.table == alias:
                                column.set("table", name.copy())
            trees.append(_joins_in_one_order(tree))
        except (SqlglotError, ValueError, TypeError, KeyError, RecursionError):
            return False
    return bool(trees[0] == trees[1])


def strict_execution_match(
    predicted_sql: str,
    gold_sql: str,
    database: Path | ReadOnlyDatabase,
    schema: Schema,
    *,
    extra_columns: bool = False,
    timeout: float = 30.0,
) -> bool:
    """Our own execution match, without the official one's defects.

    Bag semantics; order only where the gold query's outermost ORDER BY asks for it; DISTINCT
    kept; floats within ``TOLERANCE``. Rows that the ORDER BY leaves tied may stand in any order, and
    where a LIMIT cuts through a tie any of the tied rows will do (as far as the gold query's words
    tell its keys: not with a set operation, SELECT DISTINCT, NULLS or COLLATE). Where both results are
    empty the prediction is right only if the two queries are equal trees (``same_tree``). The SQL
    runs as it is written. Columns may stand in another order, as officially. With
    ``extra_columns`` it is the subset match (after Defog's sql-eval): the prediction may show more
    columns than asked for.

    Raises:
        ExecutionFailed: the gold query fails.
        ConnectionFailed: the database cannot be read.
    """
    with _opened(database, timeout) as opened:
        gold = opened.run(gold_sql)
        try:
            predicted = opened.run(predicted_sql, max_rows=len(gold) + 1)
        except (ExecutionFailed, UnsafeSQL):
            return False
        if not gold and not predicted:
            return same_tree(predicted_sql, gold_sql, schema)
        ordered = orders_rows(gold_sql)
        if same_result_strict(gold, predicted, ordered=ordered, extra_columns=extra_columns):
            return True
        width = len(gold[0]) if gold else 0
        fits = len(gold) == len(predicted) and (
            len(predicted[0]) == width or (extra_columns and len(predicted[0]) > width)
        )
        keyed = _with_order_keys(gold_sql) if ordered and fits else None
        if keyed is None:
            return False
        try:
            rows = opened.run(keyed.sql)
        except (ExecutionFailed, UnsafeSQL):
            return False
    # The gold result tells whether that really is the gold query with more columns.
    return all(_same_but_for_ties(rows, width, keyed.skip, result) for result in (gold, predicted))


def subset_match(
    predicted_sql: str,
    gold_sql: str,
    database: Path | ReadOnlyDatabase,
    schema: Schema,
    *,
    timeout: float = 30.0,
) -> bool:
    """``strict_execution_match`` in which the prediction may show more columns than the gold query.

    Raises:
        ExecutionFailed: the gold query fails.
        ConnectionFailed: the database cannot be read.
    """
    return strict_execution_match(
        predicted_sql, gold_sql, database, schema, extra_columns=True, timeout=timeout
    )
