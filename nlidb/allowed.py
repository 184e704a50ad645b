"""What a query may consist of: the allow-lists of SQL nodes, clauses and functions, and the check of a tree.

Everything that is not listed is refused, so that a construct nobody thought of is refused too. ``check_tree``
reads only the tree: it knows neither the schema (binding.py) nor the database (sessions.py).

Names follow sqlglot's node classes, functions are listed as the engine calls them: the check looks at the name
that will be printed into the SQL, not at the one that was read.
"""

from __future__ import annotations

import difflib
import re
from typing import Any, Final

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from nlidb.errors import InvalidSQL, UnsafeSQL

MAX_DEPTH: Final = 400
"""Levels of the tree. A chain of 300 ORs is deep and harmless; what is deeper is no question."""
MAX_QUERIES: Final = 100
"""SELECTs in one statement."""
MAX_PADDING: Final = 10_000
"""Length that REPEAT, LPAD and the like may build: a literal up to this."""

ROOTS: Final = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def _classes(names: str) -> frozenset[type[exp.Expr]]:
    return frozenset(getattr(exp, name) for name in names.split())


NODES: Final = _classes(
    # queries and their clauses
    "Select Union Intersect Except Subquery With CTE From Join Where Group Having Qualify Order Ordered "
    "Limit Offset Fetch LimitOptions Distinct Values Tuple Lateral Table TableAlias Unnest Cube Rollup "
    "GroupingSets "
    # names and values
    "Column Identifier Alias Star Literal Boolean Null Var Interval DataType DataTypeParam HexString "
    "IntervalSpan National RawString ByteString "
    # operators
    "And Or Xor Not Paren Neg EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is Between In Exists Any All "
    "Like ILike SimilarTo Glob Match RegexpLike RegexpILike Escape Collate Add Sub Mul Div IntDiv Mod Pow "
    "DPipe BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift Overlaps "
    "Bracket Slice Array ArrayContainsAll ArrayContainedBy ArrayOverlaps JSONExtract JSONExtractScalar "
    "JSONBExtract JSONBExtractScalar JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathWildcard "
    "JSONExtractArray JSONKeyValue AtTimeZone Lambda Case If Cast TryCast Dot MatchAgainst "
    # aggregates and windows
    "Window WindowSpec Filter WithinGroup IgnoreNulls RespectNulls"
)
"""Node classes that may occur. Function classes are not here: they are judged by name."""

OPERATORS: Final = _classes(
    "And Or Xor Case If Cast TryCast Collate Array Unnest JSONExtract JSONExtractScalar JSONBExtract "
    "JSONBExtractScalar JSONExtractArray RegexpLike RegexpILike Match MatchAgainst Glob Exists "
    "ArrayContainsAll ArrayContainedBy ArrayOverlaps Pow Overlaps Any All"
)
"""Classes that sqlglot counts as functions and that are operators or syntax."""

_QUERY_ARGS: Final = frozenset(
    "with_ this expression expressions distinct from_ joins laterals where group having qualify windows "
    "order limit offset alias by_name side kind on".split()
)
ARGS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    exp.Select: _QUERY_ARGS - {"kind", "this", "on", "side"},
    exp.Union: _QUERY_ARGS - {"on", "kind", "side"},
    exp.Intersect: _QUERY_ARGS - {"on", "kind", "side"},
    exp.Except: _QUERY_ARGS - {"on", "kind", "side"},
    exp.Subquery: _QUERY_ARGS,
    exp.Table: frozenset({"this", "alias", "db", "catalog", "joins"}),
    exp.With: frozenset({"expressions", "recursive"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.Join: frozenset({"this", "on", "side", "kind", "using", "method"}),
    exp.Star: frozenset({"except_", "replace"}),
    exp.Column: frozenset({"this", "table", "db", "catalog"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe"}),
    exp.DataType: frozenset({"this", "expressions", "nested", "values", "nullable"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "alias", "over"}),
    exp.Lateral: frozenset({"this", "alias", "view", "outer"}),
    exp.Unnest: frozenset({"expressions", "alias", "offset"}),
    exp.Distinct: frozenset({"expressions", "on"}),
    exp.Group: frozenset({"expressions", "grouping_sets", "cube", "rollup", "all"}),
    exp.Values: frozenset({"expressions", "alias", "order", "limit", "offset"}),
}
"""Clauses that a node may have; INTO, FOR UPDATE, hints, samples, modifiers and the rest are not among them."""

_REFUSED: Final[tuple[tuple[str, str, str], ...]] = (
    # (class names, rule, what it is); only for the message: what is on no list is refused anyway
    ("Insert Update Delete Merge Copy LoadData", "write", "changes data"),
    (
        "Create Drop Alter TruncateTable Comment Refresh Cache Analyze Index",
        "schema-change",
        "changes the database",
    ),
    ("Into", "into", "INTO writes the rows somewhere"),
    ("Lock", "lock", "a locking clause takes locks"),
    ("Parameter SessionParameter Placeholder PropertyEQ", "variable", "variables are not allowed"),
    ("Hint IndexTableHint WithTableHint", "hint", "hints are not allowed"),
    (
        "Command Set SetItem Use Show Describe Pragma Kill Transaction Commit Rollback Attach Detach Summarize "
        "Execute Declare Grant Revoke",
        "statement",
        "only SELECT is allowed",
    ),
    ("ObjectIdentifier", "type", "reads the system catalogue"),
)
_REASONS: Final[dict[type[exp.Expr], tuple[str, str]]] = {
    getattr(exp, name): (rule, reason)
    for names, rule, reason in _REFUSED
    for name in names.split()
    if hasattr(exp, name)
}

_COMMON: Final = (
    "COUNT SUM AVG MIN MAX ABS ROUND CEIL CEILING FLOOR SIGN SQRT POWER POW EXP LN LOG LOG10 LOG2 MOD PI "
    "SIN COS TAN ASIN ACOS ATAN ATAN2 RADIANS DEGREES "
    "LOWER UPPER LENGTH TRIM LTRIM RTRIM REPLACE SUBSTR SUBSTRING CONCAT CONCAT_WS COALESCE NULLIF "
    "CAST CASE EXTRACT POSITION INSTR CHAR_LENGTH CHARACTER_LENGTH LEFT RIGHT REVERSE ASCII HEX LPAD RPAD "
    "REPEAT GREATEST LEAST EXISTS ANY ALL CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP "
    "ROW_NUMBER RANK DENSE_RANK PERCENT_RANK CUME_DIST NTILE LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE"
)
_STATISTICS: Final = (
    "STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP BIT_AND BIT_OR BIT_XOR GROUPING"
)
_SQLITE: Final = (
    "TOTAL GROUP_CONCAT STRING_AGG IFNULL IIF IF TYPEOF UNICODE CHAR QUOTE RANDOM UNLIKELY LIKELY PRINTF FORMAT "
    "DATE TIME DATETIME JULIANDAY UNIXEPOCH STRFTIME TIMEDIFF OCTET_LENGTH GLOB LIKE TRUNC "
    "JSON JSON_EXTRACT JSON_TYPE JSON_ARRAY_LENGTH JSON_EACH JSON_TREE JSON_VALID JSON_GROUP_ARRAY "
    "JSON_GROUP_OBJECT JSON_ARRAY JSON_OBJECT"
)
_POSTGRES: Final = (
    "STRING_AGG ARRAY_AGG BOOL_AND BOOL_OR EVERY JSON_AGG JSONB_AGG CORR COVAR_POP COVAR_SAMP REGR_SLOPE "
    "REGR_INTERCEPT REGR_R2 MODE PERCENTILE_CONT PERCENTILE_DISC TRUNC DIV CBRT RANDOM WIDTH_BUCKET "
    "BTRIM INITCAP SPLIT_PART STRPOS TRANSLATE STARTS_WITH OCTET_LENGTH BIT_LENGTH CHR MD5 FORMAT OVERLAY "
    "REGEXP_REPLACE REGEXP_MATCH REGEXP_MATCHES REGEXP_COUNT REGEXP_LIKE REGEXP_SUBSTR REGEXP_INSTR "
    "REGEXP_SPLIT_TO_ARRAY REGEXP_SPLIT_TO_TABLE STRING_TO_ARRAY ARRAY_TO_STRING ARRAY_LENGTH CARDINALITY "
    "ARRAY_POSITION ARRAY_UPPER ARRAY_LOWER UNNEST GENERATE_SERIES NOW AGE DATE_PART DATE_TRUNC DATE_BIN "
    "TO_CHAR TO_DATE TO_TIMESTAMP TO_NUMBER MAKE_DATE MAKE_TIMESTAMP MAKE_INTERVAL JUSTIFY_DAYS "
    "JUSTIFY_HOURS JUSTIFY_INTERVAL LOCALTIME LOCALTIMESTAMP CLOCK_TIMESTAMP STATEMENT_TIMESTAMP "
    "TRANSACTION_TIMESTAMP ISFINITE JSON_EXTRACT_PATH JSON_EXTRACT_PATH_TEXT JSONB_EXTRACT_PATH "
    "JSONB_EXTRACT_PATH_TEXT JSON_ARRAY_LENGTH JSONB_ARRAY_LENGTH JSONB_TYPEOF JSON_TYPEOF "
    "JSON_BUILD_OBJECT JSONB_BUILD_OBJECT JSON_BUILD_ARRAY JSONB_BUILD_ARRAY TO_JSON TO_JSONB "
    "JSONB_ARRAY_ELEMENTS JSONB_ARRAY_ELEMENTS_TEXT JSON_ARRAY_ELEMENTS JSON_ARRAY_ELEMENTS_TEXT "
    "JSON_EACH JSONB_EACH JSON_EACH_TEXT JSONB_EACH_TEXT JSON_OBJECT_KEYS JSONB_OBJECT_KEYS "
    "TO_TSVECTOR TO_TSQUERY PLAINTO_TSQUERY TS_RANK ENCODE DECODE NUM_NULLS NUM_NONNULLS LOWER_INC"
)
_DUCKDB: Final = (
    "STRING_AGG GROUP_CONCAT LISTAGG LIST ARRAY_AGG BOOL_AND BOOL_OR ANY_VALUE FIRST LAST ARG_MIN ARG_MAX "
    "MIN_BY MAX_BY MEDIAN MODE QUANTILE QUANTILE_CONT QUANTILE_DISC PERCENTILE_CONT PERCENTILE_DISC CORR "
    "COVAR_POP COVAR_SAMP REGR_SLOPE REGR_INTERCEPT REGR_R2 SKEWNESS KURTOSIS ENTROPY HISTOGRAM PRODUCT "
    "FSUM KAHAN_SUM SUMKAHAN COUNT_IF COUNTIF APPROX_COUNT_DISTINCT APPROX_QUANTILE MAD SEM COUNT_STAR "
    "TRUNC CBRT RANDOM EVEN FACTORIAL GCD LCM ISNAN ISINF ISFINITE IFNULL IF "
    "CONTAINS STARTS_WITH PREFIX ENDS_WITH SUFFIX STRPOS SPLIT_PART STRING_SPLIT STR_SPLIT SPLIT "
    "STRING_TO_ARRAY ARRAY_TO_STRING REGEXP_MATCHES REGEXP_REPLACE REGEXP_EXTRACT REGEXP_EXTRACT_ALL "
    "REGEXP_FULL_MATCH REGEXP_SPLIT_TO_ARRAY STRLEN CHR UNICODE ORD MD5 PRINTF FORMAT TRANSLATE INITCAP "
    "LEVENSHTEIN DAMERAU_LEVENSHTEIN JACCARD JARO_SIMILARITY JARO_WINKLER_SIMILARITY HAMMING STRIP_ACCENTS "
    "NOW TODAY AGE DATE_PART DATEPART DATE_TRUNC DATETRUNC DATE_DIFF DATEDIFF DATE_SUB DATE_ADD TIME_BUCKET "
    "STRFTIME STRPTIME TRY_STRPTIME YEAR MONTH DAY HOUR MINUTE SECOND QUARTER WEEK WEEKDAY DAYOFWEEK "
    "DAYOFMONTH DAYOFYEAR ISODOW ISOYEAR WEEKOFYEAR YEARWEEK CENTURY DECADE DAYNAME MONTHNAME LAST_DAY "
    "MAKE_DATE MAKE_TIME MAKE_TIMESTAMP TO_DAYS TO_MONTHS TO_YEARS TO_HOURS TO_MINUTES TO_SECONDS TO_WEEKS "
    "EPOCH EPOCH_MS TO_TIMESTAMP DATE TIMESTAMP TYPEOF TRY_CAST "
    "UNNEST GENERATE_SERIES RANGE LEN CARDINALITY ARRAY_LENGTH LIST_CONTAINS LIST_TRANSFORM LIST_FILTER "
    "LIST_SUM LIST_AVG LIST_MIN LIST_MAX LIST_COUNT LIST_SORT LIST_DISTINCT LIST_UNIQUE "
    "LIST_VALUE LIST_EXTRACT ARRAY_CONTAINS ARRAY_EXTRACT JSON_EXTRACT JSON_EXTRACT_STRING "
    "JSON_ARRAY_LENGTH JSON_TYPE JSON_KEYS JSON_VALID STRUCT_EXTRACT MAP_KEYS MAP_VALUES ELEMENT_AT"
)
_MYSQL: Final = (
    "GROUP_CONCAT ANY_VALUE STD IFNULL IF ISNULL TRUNCATE RAND CRC32 CONV FORMAT UCASE LCASE MID "
    "LOCATE SUBSTRING_INDEX FIELD FIND_IN_SET ELT STRCMP SPACE SOUNDEX CHAR ORD UNHEX MD5 OCTET_LENGTH "
    "BIT_LENGTH BIT_COUNT REGEXP_REPLACE REGEXP_INSTR REGEXP_SUBSTR REGEXP_LIKE NOW CURDATE CURTIME SYSDATE "
    "UTC_DATE UTC_TIME UTC_TIMESTAMP LOCALTIME LOCALTIMESTAMP DATE TIME TIMESTAMP YEAR MONTH DAY DAYOFMONTH "
    "DAYOFWEEK DAYOFYEAR HOUR MINUTE SECOND MICROSECOND QUARTER WEEK WEEKDAY WEEKOFYEAR YEARWEEK DAYNAME "
    "MONTHNAME LAST_DAY DATEDIFF TIMEDIFF TIMESTAMPDIFF TIMESTAMPADD DATE_ADD DATE_SUB ADDDATE SUBDATE "
    "ADDTIME SUBTIME DATE_FORMAT TIME_FORMAT STR_TO_DATE FROM_DAYS TO_DAYS TO_SECONDS MAKEDATE MAKETIME "
    "FROM_UNIXTIME UNIX_TIMESTAMP SEC_TO_TIME TIME_TO_SEC PERIOD_ADD PERIOD_DIFF CONVERT JSON_EXTRACT "
    "JSON_UNQUOTE JSON_LENGTH JSON_CONTAINS JSON_KEYS JSON_TYPE JSON_VALID JSON_VALUE JSON_ARRAY "
    "JSON_OBJECT JSON_ARRAYAGG JSON_OBJECTAGG JSON_SEARCH MATCH MEDIAN"
)

FUNCTIONS: Final[dict[str, frozenset[str]]] = {
    "sqlite": frozenset(f"{_COMMON} {_SQLITE}".split()),
    "postgres": frozenset(f"{_COMMON} {_STATISTICS} {_POSTGRES}".split()),
    "duckdb": frozenset(f"{_COMMON} {_STATISTICS} {_DUCKDB}".split()),
    "mysql": frozenset(f"{_COMMON} {_STATISTICS} {_MYSQL}".split()),
}
"""Functions by dialect. They compute from their arguments; none reads files, other tables, settings or the
network, waits, locks, moves a sequence or writes."""

TABLE_FUNCTIONS: Final[dict[str, frozenset[str]]] = {
    "sqlite": frozenset({"JSON_EACH", "JSON_TREE"}),
    "postgres": frozenset(
        "GENERATE_SERIES UNNEST JSON_ARRAY_ELEMENTS JSON_ARRAY_ELEMENTS_TEXT JSONB_ARRAY_ELEMENTS "
        "JSONB_ARRAY_ELEMENTS_TEXT JSON_EACH JSONB_EACH JSON_EACH_TEXT JSONB_EACH_TEXT JSON_OBJECT_KEYS "
        "JSONB_OBJECT_KEYS REGEXP_SPLIT_TO_TABLE REGEXP_MATCHES".split()
    ),
    "duckdb": frozenset({"GENERATE_SERIES", "RANGE", "UNNEST"}),
    "mysql": frozenset(),
}
"""Of these, the ones that may stand in FROM."""

_PADDING: Final = frozenset({"REPEAT", "LPAD", "RPAD", "SPACE"})
_TEMPLATES: Final = frozenset({"PRINTF", "FORMAT"})
_CALL: Final = re.compile(r"\s*([^\W\d]\w*)\s*\(")
_BARE_CALL: Final = re.compile(r"\s*([^\W\d]\w*)\s*(?:\(|$)")


def check_tree(tree: exp.Expr, dialect: str, source: str = "") -> None:
    """Refuse a tree that is anything but one harmless query.

    Args:
        tree: as sqlglot parsed it.
        dialect: sqlglot's name.
        source: the text it was parsed from, for positions.

    Raises:
        UnsafeSQL: a node, a clause or a function that is not on the lists, with its position and the rule.
        InvalidSQL: a function that is on no list and resembles one that is, or a query nested too deeply.
    """
    if not isinstance(tree, ROOTS):
        _refuse(tree, source, "statement", "only SELECT is allowed")
    if isinstance(tree, exp.Subquery):
        inner = tree.unnest()
        if not isinstance(inner, ROOTS):
            _refuse(inner, source, "statement", "only SELECT is allowed")
    queries = 0
    level: list[exp.Expr] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidSQL(
                f"The query is nested more than {MAX_DEPTH} levels deep.",
                hint="Write it in a simpler way.",
                rule="depth",
            )
        below: list[exp.Expr] = []
        for node in level:
            queries += isinstance(node, exp.Select)
            _check_node(node, dialect, source)
            below.extend(node.iter_expressions())
        level = below
    if queries > MAX_QUERIES:
        raise InvalidSQL(
            f"The statement has {queries} SELECTs, more than {MAX_QUERIES}.",
            hint="Write it in a simpler way.",
            rule="depth",
        )


def position_of(node: exp.Expr, source: str = "") -> int | None:
    """Where a node stands in the SQL: its own offset, else that of its keyword, else of its first part."""
    own = node.meta.get("start") if node._meta else None
    if own is not None:
        return int(own)
    pattern = _PATTERNS.get(type(node))
    if pattern is None:
        starts = [part.meta["start"] for part in node.walk() if part._meta and "start" in part.meta]
        if starts:
            return int(min(starts))
        pattern = rf"\b{re.escape(type(node).__name__)}\b"
    found = re.search(pattern, source, re.IGNORECASE)
    return found.start() if found else None


_PATTERNS: Final[dict[type[exp.Expr], str]] = {
    exp.Into: r"\bINTO\b",
    exp.Lock: r"\b(?:FOR|LOCK)\b",
    exp.Placeholder: r"[?:$@]",
    exp.Parameter: r"[?:$@]",
    exp.SessionParameter: r"@@",
}


def _refuse(node: exp.Expr, source: str, rule: str, reason: str) -> None:
    name = type(node).__name__.upper()
    if isinstance(node, exp.Command):
        name = str(node.this).upper() or name
    raise UnsafeSQL(
        f"{name} is refused: {reason}.",
        hint="Only one SELECT statement that reads is allowed.",
        rule=rule,
        position=position_of(node, source),
    )


def _check_node(node: exp.Expr, dialect: str, source: str) -> None:
    kind = type(node)
    if isinstance(node, exp.Func) and kind not in OPERATORS:
        _check_function(node, dialect, source)
    elif kind not in NODES:
        rule, reason = _REASONS.get(
            kind, ("node", "it is not on the list of what a query may hold")
        )
        _refuse(node, source, rule, reason)
    allowed = ARGS.get(kind)
    if allowed is not None:
        for key, value in node.args.items():
            if value and key not in allowed:
                _refuse_clause(node, key, value, source)
    if isinstance(node, exp.Table):
        _check_table(node, dialect, source)
    elif isinstance(node, exp.Dot):
        _check_dot(node, dialect, source)
    elif isinstance(node, exp.In) and node.args.get("field") and dialect != "duckdb":
        # SQLite reads a table in x IN name, x IN 'name' and x IN name(...); only DuckDB has lists there.
        _refuse(node.args["field"], source, "table", "IN takes a list or a query in parentheses")
    elif kind is exp.DataType and node.this in _REFUSED_TYPES:
        raise UnsafeSQL(
            f"The type {node.sql(dialect)} is refused.",
            rule="type",
            position=position_of(node, source),
        )
    elif kind is exp.Var and "@" in str(node.this):
        _refuse(node, source, "variable", "variables are not allowed")


_REFUSED_TYPES: Final = frozenset({exp.DataType.Type.USERDEFINED, exp.DataType.Type.UNKNOWN})


def _refuse_clause(node: exp.Expr, key: str, value: Any, source: str) -> None:
    first = value[0] if isinstance(value, list) else value
    if isinstance(first, exp.Expr):
        rule, reason = _REASONS.get(
            type(first), ("clause", f"the clause {key.strip('_').upper()} is not allowed")
        )
        _refuse(first, source, rule, reason)
    raise UnsafeSQL(
        f"{key.strip('_').upper()} on {type(node).__name__.upper()} is refused: the clause is not allowed.",
        hint="Only one SELECT statement that reads is allowed.",
        rule="clause",
        position=position_of(node, source),
    )


def _check_table(table: exp.Table, dialect: str, source: str) -> None:
    """A table is named by an identifier, or is a listed table function."""
    if isinstance(table.this, exp.Identifier):
        return
    if isinstance(table.this, exp.Func):
        name = function_name(table.this, dialect)
        if name not in TABLE_FUNCTIONS[dialect] or table.args.get("db"):
            raise UnsafeSQL(
                f"The table function {name} is refused: it is not on the list.",
                hint=f"Allowed in FROM: {', '.join(sorted(TABLE_FUNCTIONS[dialect])) or 'none'}.",
                rule="table-function",
                position=position_of(table.this, source),
            )
        return
    _refuse(table.this, source, "table-function", "FROM takes tables")


def _check_dot(dot: exp.Dot, dialect: str, source: str) -> None:
    """A field of a struct, in DuckDB; not a function of another schema, nor a method call.

    PostgreSQL takes ``(x).f`` for ``f(x)`` where x has no field f: ``('/etc/passwd').pg_read_file``.
    """
    if dialect != "duckdb" or not isinstance(dot.expression, exp.Identifier):
        raise UnsafeSQL(
            "A field, a function called through a schema, or a method is refused.",
            hint="Call a function by its plain name.",
            rule="function",
            position=position_of(dot, source),
        )


def function_name(node: exp.Func, dialect: str) -> str:
    """The name, in capitals, under which the function will be called; "" where it prints as an expression."""
    if isinstance(node, exp.Anonymous):
        # A quoted name is printed in another case than it was written: refused by its quotes.
        return f'"{node.name}"' if isinstance(node.this, exp.Identifier) else str(node.this).upper()
    if isinstance(node, exp.AnonymousAggFunc):
        return str(node.this).upper()
    text = node.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.IGNORE)
    # CURRENT_DATE has no parentheses; a function printed as its bare argument (a column) has no name.
    found = (_CALL if any(node.iter_expressions()) else _BARE_CALL).match(text)
    return found.group(1).upper() if found else ""


def _check_function(node: exp.Func, dialect: str, source: str) -> None:
    name = function_name(node, dialect)
    if name in FUNCTIONS[dialect]:
        _check_size(node, name, dialect, source)
        return
    if not name and type(node) in _REWRITTEN:
        return
    shown = name or type(node).__name__.upper()
    near = difflib.get_close_matches(shown, FUNCTIONS[dialect], n=1, cutoff=0.8)
    raise UnsafeSQL(
        f"The function {shown} is refused: it is not on the list for {dialect}.",
        hint=f"Did you mean {near[0]}?"
        if near
        else "Only functions that compute from their arguments are allowed.",
        rule="function",
        position=position_of(node, source),
    )


_REWRITTEN: Final = _classes(
    "Concat Ceil TsOrDsToDate TsOrDsToTimestamp TimestampTrunc DateTrunc DateAdd DateSub DateDiff "
    "TsOrDsAdd TsOrDsDiff StrPosition ArrayContains Extract Nvl2 Coalesce CountIf LogicalAnd LogicalOr "
    "CurrentDate CurrentTimestamp CurrentTime TimeToStr StrToTime StrToDate Date Timestamp ToDays"
)
"""Functions that a dialect prints as an expression (date + INTERVAL, a || b, CAST). What they print is read
again and checked again, as every text that is sent."""


def _check_size(node: exp.Func, name: str, dialect: str, source: str) -> None:
    """Refuse a short call that would build a huge text."""
    if name in _PADDING:
        parts = list(node.iter_expressions())
        sizes = parts[:1] if name == "SPACE" else parts[1:2]
        is_bounded = bool(sizes) and all(
            isinstance(size, exp.Literal)
            and not size.is_string
            and _is_at_most(size.name, MAX_PADDING)
            for size in sizes
        )
        is_nested = any(
            function_name(inner, dialect) in _PADDING
            for part in parts
            for inner in part.find_all(exp.Func)
        )
        if not is_bounded or is_nested:
            raise UnsafeSQL(
                f"{name} is refused: its length must be a number up to {MAX_PADDING}, and it must not be "
                "nested.",
                rule="size",
                position=position_of(node, source),
            )
    elif name in _TEMPLATES and dialect != "mysql":  # MySQL's FORMAT rounds a number
        templates = list(node.iter_expressions())[:1]
        if not all(
            isinstance(part, exp.Literal) and not _WIDTH.search(part.name) for part in templates
        ):
            raise UnsafeSQL(
                f"{name} is refused: its template must be a text without widths above 999.",
                rule="size",
                position=position_of(node, source),
            )


_WIDTH: Final = re.compile(r"\d{4}|\*")


def _is_at_most(text: str, bound: int) -> bool:
    try:
        return 0 <= float(text) <= bound
    except ValueError:
        return False
