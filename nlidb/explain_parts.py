"""Expressions and conditions of a query as phrases: "average age", "age is above 56", "born is in 2024"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from nlidb.explain_scope import (
    Scope,
    column_type,
    date_part_of,
    join_words,
    own_nodes,
    partners,
    plural,
    repeats,
    scope_of,
    singular,
    source_of,
)
from nlidb.schema import identifier_words
from nlidb.target import period_of

_AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Avg: "average",
    exp.Sum: "total",
    exp.Min: "lowest",
    exp.Max: "highest",
}
_TIME_AGGREGATES: dict[type[exp.Expr], str] = {exp.Min: "earliest", exp.Max: "latest"}
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.GT: "is above",
    exp.GTE: "is at least",
    exp.LT: "is below",
    exp.LTE: "is at most",
    exp.Is: "is",
}
_TIME_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.GT: "is after",
    exp.GTE: "is on or after",
    exp.LT: "is before",
    exp.LTE: "is on or before",
}
_NEGATED = {
    "is": "is not",
    "is not": "is",
    "is above": "is not above",
    "is at least": "is below",
    "is below": "is at least",
    "is at most": "is above",
}
# "x > y" seen from y's side, for conditions that put the value first.
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
}
_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "plus",
    exp.Sub: "minus",
    exp.Mul: "times",
    exp.Div: "divided by",
    exp.Mod: "modulo",
    exp.DPipe: "followed by",
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$")


def expression(node: exp.Expr, scope: Scope) -> str:
    """A value of any kind as a noun phrase without an article."""
    node = node.unnest() if isinstance(node, exp.Paren) else node.unalias()
    part = date_part_of(node, scope)
    if part is not None:
        return f"{part[0]} of {_column(part[1], scope)}"
    if isinstance(node, exp.Column):
        if isinstance(node.this, exp.Star):
            return "all columns"
        return _column(node, scope)
    if isinstance(node, exp.Star):
        return "all columns"
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Neg):
        return _value(node)
    if isinstance(node, exp.Count):
        return count_phrase(node, scope)
    for aggregate, word in _AGGREGATES.items():
        if isinstance(node, aggregate):
            argument = node.this
            if column_type(argument, scope) == "time":
                word = _TIME_AGGREGATES.get(aggregate, word)
            if isinstance(argument, exp.Distinct):
                return (
                    f"{word} of the different {plural(expression(argument.expressions[0], scope))}"
                )
            phrase = expression(argument, scope)
            # The sum of "total amount" is no total total amount.
            return phrase if phrase.startswith(f"{word} ") else f"{word} {phrase}"
    share = share_phrase(node, scope)
    if share:
        return share
    for operation, word in _ARITHMETIC.items():
        if isinstance(node, operation):
            return f"{_operand(node.this, scope)} {word} {_operand(node.expression, scope)}"
    if isinstance(node, exp.Subquery | exp.Query):
        return scope.inner(node)
    if isinstance(node, exp.Cast):
        return expression(node.this, scope)
    if isinstance(node, exp.Round):
        return f"rounded {expression(node.this, scope)}"
    if isinstance(node, exp.Window):
        return _window(node, scope)
    if isinstance(node, exp.Case):
        return "value that depends on whether " + join_words(
            [condition_clause(branch.this, scope) for branch in node.args.get("ifs") or []], "or"
        )
    if isinstance(node, exp.Predicate | exp.Connector | exp.Not):
        return f"whether {condition_clause(node, scope)}"
    arguments = [column for column in own_nodes(node, exp.Column) if column is not node]
    if isinstance(node, exp.Func) and arguments:
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return f"{identifier_words(name)} of " + join_words(
            [_column(column, scope) for column in arguments if isinstance(column, exp.Column)]
        )
    return f"`{node.sql()}`"


def _operand(node: exp.Expr, scope: Scope) -> str:
    inner = node.unnest()
    text = expression(inner, scope)
    return f"({text})" if isinstance(inner, exp.Binary) else text


def _column(column: exp.Column, scope: Scope) -> str:
    """A column's name; with its table's where it is not the one that the sentence is about."""
    alias = source_of(column, scope)
    if alias is None:
        target = scope.aliases.get(column.name.lower()) if not column.table else None
        if target is not None and not isinstance(target, exp.Column):
            return expression(target, scope)
        if scope.outer is not None and source_of(column, scope.outer) is not None:
            around = replace(scope.outer, main="")
            return f"the {_column(column, around)}"
        if not column.table and isinstance(column.this, exp.Identifier) and column.this.quoted:
            # SQLite and MySQL: a quoted name that names no column is a string.
            return f'"{column.name}"'
        return identifier_words(column.name)
    source = scope.sources[alias]
    index = None if source.table is None else scope.schema.find_column(source.table, column.name)
    words = (
        scope.schema.columns[index].words if index is not None else identifier_words(column.name)
    )
    if alias == scope.main or repeats(source.noun, words):
        return words
    return f"{source.noun} {words}"


def _value(node: exp.Expr) -> str:
    """A literal: text in quotation marks, numbers as they are."""
    if isinstance(node, exp.Literal):
        return f'"{node.this}"' if node.is_string else str(node.this)
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Null):
        return "empty"
    if isinstance(node, exp.Neg):
        return f"-{_value(node.this)}"
    return f"`{node.sql()}`"


def count_phrase(count: exp.Count, scope: Scope) -> str:
    """What a COUNT counts: "number of singers", "number of different countries"."""
    argument = count.this.unnest() if count.this else exp.Star()  # DuckDB: count()
    if isinstance(argument, exp.Distinct):
        return f"number of different {_different(argument.expressions, scope)}"
    source = scope.sources.get(scope.counted)
    rows = f"number of {plural(source.noun) if source else 'rows'}"
    if isinstance(argument, exp.Star | exp.Literal | exp.Boolean):
        return rows
    counted = _counted_if(argument)
    if counted is not None:
        condition, value = counted
        values = count_phrase(exp.Count(this=value.copy()), scope)
        return f"{values} for which {condition_clause(condition, scope)}"
    if isinstance(argument, exp.Column):
        if isinstance(argument.this, exp.Star):
            return rows
        # Counting a key counts its table's rows.
        alias = source_of(argument, scope)
        source = scope.sources.get(alias) if alias is not None else None
        if source is not None and source.table is not None:
            index = scope.schema.find_column(source.table, argument.name)
            if (
                index is not None
                and scope.schema.columns[index].primary_key
                and not source.optional
            ):
                return f"number of {plural(source.noun)}"
        return f"number of {plural(_column(argument, scope))}"
    return f"number of values of {expression(argument, scope)}"


def _told_apart(column: exp.Column, scope: Scope) -> str:
    """The rows that the column's values tell apart, "customers": it is their key, or refers to it; else ""."""
    alias = source_of(column, scope)
    source = scope.sources.get(alias) if alias is not None else None
    if source is None or source.table is None:
        return ""
    schema = scope.schema
    found = schema.find_column(source.table, column.name)
    keys = [key.ref_column for key in schema.foreign_keys if key.column == found]
    for target in [found, *keys]:
        if target is None or not schema.columns[target].primary_key:
            continue
        table = schema.tables[schema.columns[target].table]
        noun = singular(table.words)
        named = found is not None and schema.columns[found].words.rsplit(" ", 1)[0] == noun
        if target != found and not named:
            continue  # "referred by": not any customer
        if sum(schema.columns[c].primary_key for c in table.columns) == 1:
            return plural(noun)
    return ""


def _different(values: Sequence[exp.Expr], scope: Scope) -> str:
    """What COUNT(DISTINCT ...) counts."""
    if len(values) == 1 and isinstance(values[0].unnest(), exp.Tuple):
        values = values[0].unnest().expressions
    if len(values) != 1:
        return f"combinations of {join_words([expression(value, scope) for value in values])}"
    value = values[0].unnest()
    rows = _told_apart(value, scope) if isinstance(value, exp.Column) else ""
    if rows:
        return rows
    counted = _counted_if(value)
    if counted is not None:
        condition, value = counted
        return f"{_different([value], scope)} for which {condition_clause(condition, scope)}"
    part = date_part_of(value, scope)
    if part is not None:
        return f"{plural(part[0])} of {_column(part[1], scope)}"
    return plural(expression(value, scope))


def _counted_if(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The condition and the value of ``CASE WHEN condition THEN value END``, or of NULLIF, which is short for one;
    None for any other expression."""
    if isinstance(node, exp.Nullif):
        return exp.NEQ(this=node.this.copy(), expression=node.expression.copy()), node.this
    if isinstance(node, exp.If):
        branch, default, compared = node, node.args.get("false"), None
    elif isinstance(node, exp.Case) and len(node.args["ifs"]) == 1:
        branch, default, compared = node.args["ifs"][0], node.args.get("default"), node.this
    else:
        return None
    if not (default is None or isinstance(default, exp.Null)):
        return None
    condition = branch.this
    if compared:  # CASE status WHEN 'paid' THEN ...
        condition = exp.EQ(this=compared.copy(), expression=condition.copy())
    return condition, branch.args["true"]


def share_phrase(node: exp.Expr, scope: Scope) -> str:
    """A share in percent, as a noun phrase; "" for any other expression."""
    rows = share_of_rows(node, scope)
    if rows is not None:
        return f"percentage of {rows[0]} for which {rows[1]}"
    shares = _hundredfold(node)
    if shares is None or not all(isinstance(one, exp.Select) for one in shares):
        return ""
    part, whole = (scope.inner(query) for query in shares)
    if not part.startswith("the number of ") or not whole.startswith("the number of "):
        return ""
    return f"{part.removeprefix('the ')}, in percent of {whole}"


def share_of_rows(node: exp.Expr, scope: Scope) -> tuple[str, str] | None:
    """The rows and the condition of ``100.0 * SUM(CASE WHEN condition THEN 1 ELSE 0 END) / COUNT(*)``."""
    part, whole = _hundredfold(node) or (None, None)
    if not isinstance(part, exp.Sum) or not isinstance(whole, exp.Count):
        return None
    condition = rows_if(part.this) if isinstance(whole.this, exp.Star) else None
    if condition is None:
        return None
    source = scope.sources.get(scope.counted)
    return plural(source.noun) if source else "rows", condition_clause(condition, scope)


def _hundredfold(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """``a`` and ``b`` of ``100 * a / b`` or ``100 * a / NULLIF(b, 0)``."""
    product = node.this.unnest() if isinstance(node, exp.Div) else None
    if not isinstance(product, exp.Mul) or not isinstance(product.this, exp.Literal):
        return None
    if product.this.is_string or float(product.this.name) != 100:
        return None
    whole = node.expression.unnest()
    return product.expression.unnest(), whole.this.unnest() if isinstance(
        whole, exp.Nullif
    ) else whole


def rows_if(node: exp.Expr) -> exp.Expr | None:
    """The condition of ``CASE WHEN condition THEN 1 ELSE 0 END``, whose sum counts rows."""
    if not isinstance(node, exp.Case) or node.this or len(node.args["ifs"]) != 1:
        return None
    branch, default = node.args["ifs"][0], node.args.get("default")
    values = [
        value.name if isinstance(value, exp.Literal) else ""
        for value in (branch.args["true"], default)
    ]
    condition: exp.Expr = branch.this
    return condition if values == ["1", "0"] else None


def _window(window: exp.Window, scope: Scope) -> str:
    function = window.this
    names = {exp.RowNumber: "row number", exp.Rank: "rank", exp.DenseRank: "dense rank"}
    phrase = next(
        (word for kind, word in names.items() if isinstance(function, kind)),
        None,
    ) or expression(function, scope)
    partition = window.args.get("partition_by") or []
    if partition:
        phrase += f" within each {join_words([expression(part, scope) for part in partition])}"
    order = window.args.get("order")
    if isinstance(order, exp.Order):
        phrase += (
            f" ordered by {join_words([expression(o.this, scope) for o in order.expressions])}"
        )
    return phrase


def condition_clause(condition: exp.Expr, scope: Scope) -> str:
    """A condition as a clause with its subject ("age is above 56")."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        parts = _merge_ranges(_conjuncts(condition), scope)
        return ", and ".join(parts) if _holds_group(condition) else join_words(parts)
    if isinstance(condition, exp.Or):
        parts = [_part(part, scope) for part in _disjuncts(condition)]
        return f"either {join_words(parts, 'or')}"
    if isinstance(condition, exp.Not):
        return _negated(condition.this.unnest(), scope)
    if isinstance(condition, exp.Between):
        low, high = condition.args["low"], condition.args["high"]
        subject = expression(condition.this, scope)
        return f"{subject} is between {expression(low, scope)} and {expression(high, scope)}"
    if isinstance(condition, exp.Like | exp.ILike):
        return _like(condition, scope, negated=bool(condition.args.get("negate")))
    if isinstance(condition, exp.In):
        return _in(condition, scope, "is")
    if isinstance(condition, exp.Exists):
        return f"there is {_existing(condition.this, scope)}"
    if type(condition) in _COMPARISONS:
        return _comparison(condition, scope)
    if isinstance(condition, exp.Column | exp.Boolean):
        return f"{expression(condition, scope)} is true"
    return f"`{condition.sql()}`"


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return _conjuncts(condition.left) + _conjuncts(condition.right)
    return [condition]


def _disjuncts(condition: exp.Expr) -> list[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        return _disjuncts(condition.left) + _disjuncts(condition.right)
    return [condition]


def _holds_group(condition: exp.Expr) -> bool:
    """Whether an AND has an OR or a negated AND or OR among its parts: there "and" alone does not tell where that
    part ends."""
    if not isinstance(condition, exp.And):
        return False
    for part in _conjuncts(condition):
        negated = isinstance(part, exp.Not)
        while isinstance(part, exp.Not):
            part = part.this.unnest()
        if isinstance(part, exp.Or) or (negated and isinstance(part, exp.And)):
            return True
    return False


def _part(condition: exp.Expr, scope: Scope) -> str:
    """A condition inside an OR or a negation, in brackets where it has such parts itself."""
    phrase = condition_clause(condition, scope)
    return f"({phrase})" if _holds_group(condition) else phrase


def where_clause(condition: exp.Expr, scope: Scope) -> str:
    """ " whose age is above 56": "whose" where every part speaks of the sentence's own rows."""
    source = scope.sources.get(scope.main)
    parts = _conjuncts(condition)
    about_rows = source is not None and all(
        not isinstance(part, exp.Or | exp.Exists) and _speaks_of_main(part, scope) for part in parts
    )
    return f" {'whose' if about_rows else 'where'} {condition_clause(condition, scope)}"


def _speaks_of_main(condition: exp.Expr, scope: Scope) -> bool:
    if isinstance(condition, exp.Not):
        condition = condition.this.unnest()
    left = condition.this
    part = date_part_of(left, scope) if isinstance(left, exp.Expr) else None
    left = part[1] if part is not None else left
    return isinstance(left, exp.Column) and source_of(left, scope) == scope.main


def _existing(query: exp.Expr, scope: Scope) -> str:
    """What EXISTS looks for: a row, whatever the subquery's select list says."""
    if not isinstance(query, exp.Select):
        return scope.inner(query)
    inner = scope_of(query, scope.schema, scope.ctes, scope, scope.say)
    noun = inner.sources[inner.main].noun if inner.sources else "row"
    article = "an" if noun[:1] in "aeiou" else "a"
    where = query.args.get("where")
    condition = where_clause(where.this, inner) if where is not None else ""
    return f"{article} {noun}{partners(query, inner)}{condition}"


def _comparison(condition: exp.Expr, scope: Scope) -> str:
    kind = type(condition)
    left, right = condition.this, condition.expression
    if isinstance(left, exp.Literal | exp.Subquery) and not isinstance(
        right, exp.Literal | exp.Subquery
    ):
        left, right, kind = right, left, _MIRRORED.get(kind, kind)
    verb = _COMPARISONS[kind]
    whole = kind in (exp.GTE, exp.LTE) and date_part_of(left, scope) is not None  # not "on" a year
    if column_type(left, scope) == "time" and not whole:
        verb = _TIME_COMPARISONS.get(kind, verb)
    return f"{expression(left, scope)} {verb} {expression(right, scope)}"


def _negated(condition: exp.Expr, scope: Scope) -> str:
    if isinstance(condition, exp.Like | exp.ILike):
        return _like(condition, scope, negated=not condition.args.get("negate"))
    if isinstance(condition, exp.In):
        return _in(condition, scope, "is not")
    if isinstance(condition, exp.Exists):
        return f"there is no such row: {_existing(condition.this, scope)}"
    if isinstance(condition, exp.Between):
        low, high = condition.args["low"], condition.args["high"]
        subject = expression(condition.this, scope)
        return f"{subject} is not between {expression(low, scope)} and {expression(high, scope)}"
    if type(condition) in _COMPARISONS:
        verb = _COMPARISONS[type(condition)]
        subject = expression(condition.this, scope)
        return f"{subject} {_NEGATED[verb]} {expression(condition.expression, scope)}"
    if isinstance(condition, exp.Column):
        return f"{expression(condition, scope)} is false"
    return f"it is not so that {_part(condition, scope)}"


def _like(condition: exp.Expr, scope: Scope, *, negated: bool) -> str:
    subject = expression(condition.this, scope)
    pattern = condition.expression
    verbs = {"contains": "does not contain", "starts with": "does not start with"}
    verbs |= {"ends with": "does not end with", "is like": "is not like"}
    verb, text = "is like", expression(pattern, scope)
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        body = str(pattern.this)
        core = body.strip("%")
        if core and "%" not in core and "_" not in core and core != body:
            if body.startswith("%"):
                verb = "contains" if body.endswith("%") else "ends with"
            else:
                verb = "starts with"
            text = f'"{core}"'
    return f"{subject} {verbs[verb] if negated else verb} {text}"


def _in(condition: exp.In, scope: Scope, verb: str) -> str:
    subject = expression(condition.this, scope)
    query = condition.args.get("query")
    if query is not None:
        return f"{subject} {verb} among {scope.inner(_without_known(query))}"
    values = [expression(value, scope) for value in condition.expressions]
    if len(values) == 1:
        return f"{subject} {verb} {values[0]}"
    return f"{subject} {verb} one of {join_words(values, 'or')}"


def _without_known(query: exp.Expr) -> exp.Expr:
    """The query of a list without the condition that what it lists is known: in a list it goes without saying."""
    select = query.this if isinstance(query, exp.Subquery) else query
    where = select.args.get("where") if isinstance(select, exp.Select) else None
    if where is None or len(select.expressions) != 1:
        return query
    known = exp.Not(this=exp.Is(this=select.expressions[0].unalias(), expression=exp.Null()))
    rest = [part for part in _conjuncts(where.this) if part != known]
    if len(rest) == len(_conjuncts(where.this)):
        return query
    shown = query.copy()
    inner = shown.this if isinstance(shown, exp.Subquery) else shown
    inner.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
    return shown


def _merge_ranges(parts: Sequence[exp.Expr], scope: Scope) -> list[str]:
    """The parts of an AND; a half-open range of a whole year, month or day becomes "is in 2024"."""
    phrases = []
    i = 0
    while i < len(parts):
        period = _period(parts[i], parts[i + 1]) if i + 1 < len(parts) else None
        if period is not None:
            phrases.append(f"{expression(parts[i].this, scope)} is {period}")
            i += 2
        else:
            phrases.append(condition_clause(parts[i], scope))
            i += 1
    return phrases


def _period(first: exp.Expr, second: exp.Expr) -> str | None:
    """ "in 2024" for ``d >= '2024-01-01' AND d < '2025-01-01'``; None if it is no whole period."""
    if (
        not isinstance(first, exp.GTE)
        or not isinstance(second, exp.LT)
        or first.this != second.this
    ):
        return None
    start, end = _date(first.expression), _date(second.expression)
    period = None if start is None or end is None else period_of(start, end, inclusive=False)
    if period is None:
        return None
    year, month, day = [*map(int, period.split("-")), 0, 0][:3]
    if not month:
        return f"in {year}"
    named = f"{_MONTHS[month - 1]} {year}"
    return f"on {day} {named}" if day else f"in {named}"


def _date(node: exp.Expr) -> str | None:
    """The day of a literal that is a date without a time of day."""
    if isinstance(node, exp.Cast):
        node = node.this
    if not (isinstance(node, exp.Literal) and node.is_string):
        return None
    match = _ISO_DATE.fullmatch(str(node.this))
    return None if match is None else match[1]
