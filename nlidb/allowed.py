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
MAX_TEXT: Final = 1_000_000
"""Length of a text that a query may build of others, where a stored one counts as ``CELL``."""
MAX_SEARCH: Final = 10_000_000
"""Product of the lengths of two texts of which one is searched for in the other: engines do not stop in there."""
CELL: Final = 1_000

ROOTS: Final = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def _classes(names: str) -> frozenset[type[exp.Expr]]:
    return frozenset(getattr(exp, name) for name in names.split())


NODES: Final = _classes(
    # queries and their clauses
    "Select Union Intersect Except Subquery With CTE From Join Where Group Having Qualify Order Ordered "
    "Limit Offset Fetch LimitOptions Distinct Values Tuple Lateral Table TableAlias Unnest Cube Rollup "
    "GroupingSets "
    # names and values; what of them is printed without quotes is looked at again (_check_raw)
    "Column Identifier Alias Star Literal Boolean Null Var Interval DataType DataTypeParam HexString "
    "IntervalSpan National RawString ByteString BitString Introducer "
    # operators
    "And Or Xor Not Paren Neg EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is Between In Exists Any All "
    "Like ILike SimilarTo Glob Match RegexpLike RegexpILike Escape Collate Add Sub Mul Div IntDiv Mod Pow "
    "DPipe BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift Overlaps "
    "Bracket Slice Array ArrayContainsAll ArrayContainedBy ArrayOverlaps JSONExtract JSONExtractScalar "
    "JSONBExtract JSONBExtractScalar JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathWildcard "
    "JSONExtractArray JSONKeyValue JSONValue AtTimeZone Lambda Comprehension Case If Cast TryCast Dot "
    "MatchAgainst Kwarg PropertyEQ ColumnDef Struct ToMap "
    # aggregates and windows
    "Window WindowSpec Filter WithinGroup IgnoreNulls RespectNulls"
)
"""Node classes that may occur. Function classes are not here: they are judged by name."""

OPERATORS: Final = _classes(
    "And Or Xor Case If Cast TryCast Collate Array Unnest JSONExtract JSONExtractScalar JSONBExtract "
    "JSONBExtractScalar JSONExtractArray RegexpLike RegexpILike Match MatchAgainst Glob Exists "
    "ArrayContainsAll ArrayContainedBy ArrayOverlaps Pow Overlaps Any All Struct ToMap Comprehension"
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
    exp.Table: frozenset({"this", "alias", "db", "catalog", "joins", "ordinality"}),
    exp.With: frozenset({"expressions", "recursive"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.Join: frozenset({"this", "on", "side", "kind", "using", "method"}),
    exp.Star: frozenset({"except_", "replace", "rename"}),
    exp.JSONValue: frozenset({"this", "path", "returning"}),
    exp.ColumnDef: frozenset({"this", "kind"}),
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
    "JSON_GROUP_OBJECT JSON_ARRAY JSON_OBJECT JSON_SET JSON_INSERT JSON_REPLACE JSON_REMOVE JSON_PATCH JSON_QUOTE"
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
    "TO_TSVECTOR TO_TSQUERY PLAINTO_TSQUERY TS_RANK ENCODE DECODE NUM_NULLS NUM_NONNULLS LOWER_INC "
    "UPPER_INC ISEMPTY INT4RANGE INT8RANGE NUMRANGE DATERANGE TSRANGE TSTZRANGE MAKE_TIME ROW ROW_TO_JSON "
    "JSON_OBJECT_AGG JSONB_OBJECT_AGG JSONB_SET JSONB_INSERT JSONB_PRETTY JSON_STRIP_NULLS JSONB_STRIP_NULLS "
    "JSONB_PATH_QUERY JSONB_PATH_QUERY_ARRAY JSONB_PATH_QUERY_FIRST JSONB_PATH_EXISTS ARRAY_APPEND "
    "ARRAY_PREPEND ARRAY_REMOVE ARRAY_REPLACE ARRAY_CAT STRING_TO_TABLE SHA224 SHA256 SHA384 SHA512 GCD LCM COT "
    "TO_HEX SCALE MIN_SCALE TRIM_SCALE QUOTE_LITERAL QUOTE_IDENT"
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
    "JSON_ARRAY_LENGTH JSON_TYPE JSON_KEYS JSON_VALID STRUCT_EXTRACT MAP_KEYS MAP_VALUES ELEMENT_AT "
    "MAP ROW LIST_AGGREGATE LIST_AGGR LIST_SLICE LIST_CONCAT LIST_APPEND LIST_PREPEND LIST_REVERSE LIST_POSITION "
    "LIST_ZIP FLATTEN JSON_OBJECT JSON_ARRAY TO_JSON JSON_GROUP_ARRAY JSON_GROUP_OBJECT JSON_STRUCTURE HASH SHA1 "
    "SHA256 BIT_COUNT BIT_LENGTH BASE64 TO_BASE64 DATESUB ERA GROUPING_ID LOCALTIMESTAMP CURRENT_LOCALTIMESTAMP "
    "GET_CURRENT_TIMESTAMP REGEXP_SPLIT_TO_TABLE COT"
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
    "JSON_OBJECT JSON_ARRAYAGG JSON_OBJECTAGG JSON_SEARCH MATCH MEDIAN "
    "JSON_SET JSON_INSERT JSON_REPLACE JSON_REMOVE JSON_MERGE_PATCH JSON_ARRAY_APPEND JSON_QUOTE JSON_QUERY "
    "JSON_EXISTS JSON_PRETTY SHA SHA1 SHA2 CONVERT_TZ INSERT BIN OCT QUOTE COT INET_ATON INET_NTOA "
    "PERCENTILE_CONT PERCENTILE_DISC"
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
        "JSONB_OBJECT_KEYS REGEXP_SPLIT_TO_TABLE REGEXP_MATCHES STRING_TO_TABLE JSONB_PATH_QUERY".split()
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
    _Sizes(dialect, source).query(tree, {}, CELL)


def position_of(node: exp.Expr, source: str = "") -> int | None:
    """Where a node stands in the SQL: its own offset, that of its first part, of its word, or of what it is in.

    None only where there is no text.
    """
    found = _position(node, source)
    above = node.parent
    while found is None and above is not None:
        found = _position(above, source)
        above = above.parent
    return found if found is not None or not source else 0


def _position(node: exp.Expr, source: str) -> int | None:
    own = node.meta.get("start") if node._meta else None
    if own is not None:
        return int(own)
    pattern = _PATTERNS.get(type(node))
    if pattern is None:
        starts = [part.meta["start"] for part in node.walk() if part._meta and "start" in part.meta]
        if starts:
            return int(min(starts))
        pattern = rf"\b(?:{'|'.join(_words(node))})\b"
    found = re.search(pattern, source, re.IGNORECASE)
    return found.start() if found else None


def _words(node: exp.Expr) -> list[str]:
    """How a node may be written: the name of its class, CURRENT_USER for CurrentUser, and its own text."""
    words = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(node).__name__)]
    words += list(node.sql_names()) if isinstance(node, exp.Func) else []
    texts = [node.args.get(key) for key in ("this", "kind")]
    words += [
        text.name if isinstance(text, exp.Expr) else str(getattr(text, "value", text))
        for text in texts
    ]
    return [re.escape(word).replace("_", "[_ ]?") for word in words if re.match(r"\w+$", word)] or [
        "$^"
    ]


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
    _check_raw(node, source)
    if kind is exp.Identifier and dialect == "postgres" and len(node.name.encode()) > 63:
        # The server cuts it, and may then take it for another one.
        _refuse(node, source, "length", "a name has at most 63 bytes")
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


def _check_raw(node: exp.Expr, source: str) -> None:
    """Refuse text that is printed as it is, between other words, unless it is what stands there in a query.

    The parser keeps quoted names and strings in such places (``EXTRACT("year" FROM x)``), without their quotes.
    """
    kind = type(node)
    if kind is exp.Var:
        _check_word(node, source)
    elif kind is exp.Introducer and str(node.this).lower() not in _CHARSETS:
        _refuse(node, source, "word", "it is no listed character set")
    elif kind is exp.PropertyEQ and not isinstance(node.parent, exp.Struct):
        _refuse(node, source, "variable", "variables are not allowed")
    elif kind is exp.Kwarg and not isinstance(node.parent, exp.MakeInterval):
        _refuse(node, source, "word", "arguments are given by their place")
    elif kind is exp.ColumnDef and not isinstance(node.parent, exp.DataType):
        _refuse(node, source, "node", "it is not on the list of what a query may hold")
    elif kind is exp.Extract and not isinstance(node.this, exp.Var | exp.Literal):
        _refuse(node.this, source, "word", "EXTRACT takes a unit of time")
    elif kind is exp.Collate and isinstance(node.expression, exp.Literal):
        _refuse(node.expression, source, "word", "COLLATE takes a name")
    elif kind is exp.DataType:
        for part in node.expressions:
            inner = part.this if isinstance(part, exp.DataTypeParam) else part
            if not isinstance(inner, exp.Literal | exp.DataType | exp.ColumnDef):
                _refuse(inner, source, "type", "a type takes numbers")
    for key, value in node.args.items():
        texts = value if isinstance(value, list) else (value,)
        pattern = _RAW.get((kind, key), _PLAIN)
        if (
            kind is exp.Literal
            and node.is_string
            or kind is exp.Identifier
            and node.args.get("quoted")
        ):
            continue
        for text in texts:
            if isinstance(text, str) and not pattern.fullmatch(text):
                _refuse(node, source, "word", f"{text[:30]!r} is no plain word")
    if kind is exp.Extract and not _PLAIN.fullmatch(node.this.name):
        _refuse(node.this, source, "word", "EXTRACT takes a unit of time")


def _check_word(node: exp.Expr, source: str) -> None:
    """A bare word: a unit of time where one belongs, else the name of a collation or a character set."""
    word = str(node.this)
    if "@" in word:
        _refuse(node, source, "variable", "variables are not allowed")
    is_name = isinstance(node.parent, exp.Collate)
    if isinstance(node.parent, exp.Kwarg) and word.lower() in _INTERVAL_PARTS:
        return
    if isinstance(node.parent, exp.WindowSpec) and word.upper() in _EXCLUDED:
        return
    if word.upper() == "ALL" and isinstance(node.parent, exp.Ordered | exp.Group):
        return
    if not (_PLAIN.fullmatch(word) if is_name else word.upper() in UNITS):
        _refuse(node, source, "word", f"{word[:30]!r} is no unit of time")


_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*")
_ANY: Final = re.compile(r".*", re.DOTALL)
_RAW: Final[dict[tuple[type[exp.Expr], str], re.Pattern[str]]] = {
    (exp.Literal, "this"): re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"),
    (exp.Identifier, "this"): re.compile(r"\w[\w$]*"),
    (exp.HexString, "this"): re.compile(r"[0-9A-Fa-f]*"),
    (exp.BitString, "this"): re.compile(r"[01]*"),
    # These are printed in quotes, escaped.
    (exp.RawString, "this"): _ANY,
    (exp.National, "this"): _ANY,
    (exp.ByteString, "this"): _ANY,
    (exp.JSONPathKey, "this"): _ANY,
}
"""What may stand in a node's texts beside plain words."""

_CHARSETS: Final = frozenset({"_utf8mb4", "_binary"})
_EXCLUDED: Final = frozenset({"CURRENT ROW", "GROUP", "TIES", "NO OTHERS"})
_INTERVAL_PARTS: Final = frozenset({"years", "months", "weeks", "days", "hours", "mins", "secs"})
UNITS: Final = frozenset(
    "MICROSECOND MICROSECONDS MILLISECOND MILLISECONDS SECOND SECONDS MINUTE MINUTES HOUR HOURS DAY DAYS "
    "WEEK WEEKS MONTH MONTHS QUARTER QUARTERS YEAR YEARS DECADE DECADES CENTURY CENTURIES MILLENNIUM "
    "MILLENNIA DOW DOY ISODOW "
    "ISOYEAR ISOWEEK EPOCH JULIAN ERA DAYOFWEEK DAYOFYEAR DAYOFMONTH WEEKDAY WEEKOFYEAR WEEKISO YEARWEEK TIMEZONE "
    "TIMEZONE_HOUR TIMEZONE_MINUTE EPOCH_SECOND EPOCH_MILLISECOND EPOCH_MICROSECOND EPOCH_NANOSECOND NANOSECOND "
    "SECOND_MICROSECOND MINUTE_MICROSECOND MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE "
    "DAY_MICROSECOND DAY_SECOND DAY_MINUTE DAY_HOUR YEAR_MONTH".split()
)
"""Units of time, which stand without quotes."""

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
    text = _cut(node).sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.IGNORE)
    # CURRENT_DATE has no parentheses; a function printed as its bare argument (a column) has no name.
    found = (_CALL if any(node.iter_expressions()) else _BARE_CALL).match(text)
    return found.group(1).upper() if found else ""


def _cut(node: exp.Expr, depth: int = 2) -> exp.Expr:
    """A copy without what lies deeper: a call's name does not depend on it, and printing it takes time."""
    if depth == 0 and any(node.iter_expressions()):
        return exp.column("x")
    copy = type(node)()
    copy._type = node._type
    for key, value in node.args.items():
        if isinstance(value, list):
            copy.set(
                key, [_cut(v, depth - 1) if isinstance(v, exp.Expr) else v for v in value[:12]]
            )
        else:
            copy.set(key, _cut(value, depth - 1) if isinstance(value, exp.Expr) else value)
    return copy


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
        if not is_bounded:
            raise UnsafeSQL(
                f"{name} is refused: its length must be a number up to {MAX_PADDING}.",
                rule="size",
                position=position_of(node, source),
            )
    elif name in _TEMPLATES and dialect != "mysql":  # MySQL's FORMAT rounds a number
        templates = list(node.iter_expressions())[:1]
        if not all(
            isinstance(part, exp.Literal) and not _WIDTH.search(part.name) for part in templates
        ):
            raise UnsafeSQL(
                f"{name} is refused: its template must be a text without widths above 999 or from arguments.",
                rule="size",
                position=position_of(node, source),
            )


_WIDTH: Final = re.compile(r"\d{4}|\*|\{[^}]*\{")


def _is_at_most(text: str, bound: int) -> bool:
    try:
        return 0 <= float(text) <= bound
    except ValueError:
        return False


# How long a text may become


class _Sizes:
    """Bounds of the lengths of the texts that a query builds, through its subqueries and CTEs.

    A short query can build a text of gigabytes: by REPEAT in REPEAT, by REPLACE of each letter, by doubling in
    each of thirty CTEs. Engines look at their clock between rows, not inside of one such call.
    """

    def __init__(self, dialect: str, source: str) -> None:
        self.dialect = dialect
        self.source = source

    def query(self, node: exp.Expr, ctes: dict[str, int], outer: int) -> int:
        """A bound for every cell of the query's result."""
        ctes = dict(ctes)
        clause = node.args.get("with_")
        for cte in clause.expressions if clause is not None else ():
            name = cte.alias.lower()
            if clause is not None and clause.args.get("recursive"):
                self._check_recursion(cte)
            ctes[name] = max(CELL, self.query(cte.this, {**ctes, name: CELL}, outer))
        if isinstance(node, exp.SetOperation):
            # A chain of UNIONs leans to the left: walked in a loop, it is not nesting.
            bound = 0
            while isinstance(node, exp.SetOperation):
                bound = max(bound, self.query(node.expression, ctes, outer))
                node = node.this
            return max(bound, self.query(node, ctes, outer))
        if isinstance(node, exp.Subquery | exp.Table):
            return self._source(node, ctes, outer)
        cell = max(outer, CELL)
        for part in ("from_", "joins", "laterals"):
            for source in _listed(node.args.get(part)):
                cell = max(cell, self._source(source, ctes, cell))
        aliases: dict[str, int] = {}
        bound = 0
        for item in node.expressions:
            size = self._expression(item, ctes, cell, aliases)
            bound = max(bound, size)
            if isinstance(item, exp.Alias):
                # DuckDB lets the next items use it, each doubling the one before.
                aliases[item.alias.lower()] = size
        for key, value in node.args.items():
            if key not in ("with_", "from_", "joins", "laterals", "expressions"):
                for clause_part in _listed(value):
                    self._expression(clause_part, ctes, cell, aliases)
        return bound

    def _source(self, node: exp.Expr, ctes: dict[str, int], cell: int) -> int:
        """A bound for the cells of what stands in FROM, with its joins."""
        bound = CELL
        for key, value in node.args.items():
            for part in _listed(value):
                if isinstance(part, exp.Table | exp.Subquery | exp.Join | exp.Lateral | exp.Query):
                    is_query = isinstance(part, exp.Query) and not isinstance(part, exp.Subquery)
                    inner = self.query if is_query else self._source
                    bound = max(bound, inner(part, ctes, max(cell, bound)))
                elif key != "with_":
                    bound = max(bound, self._expression(part, ctes, max(cell, bound), {}))
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) and not node.db:
            bound = max(bound, ctes.get(node.name.lower(), 0))
        return bound

    def _expression(
        self, root: exp.Expr, ctes: dict[str, int], cell: int, aliases: dict[str, int]
    ) -> int:
        order = [root]
        for node in order:
            if not isinstance(node, exp.Query) and not _is_text(node):
                order.extend(node.iter_expressions())
        bounds: dict[int, int] = {}
        for node in reversed(order):
            if isinstance(node, exp.Query):
                bound = self.query(node, ctes, cell)
            elif isinstance(node, exp.Column):
                bound = max(cell, aliases.get(node.name.lower(), 0))
            elif _is_text(node):
                bound = len(str(node.this))
            else:
                bound = self._call(node, bounds)
            bounds[id(node)] = bound
        return bounds[id(root)]

    def _call(self, node: exp.Expr, bounds: dict[int, int]) -> int:
        """A bound for what a function or an operator gives, from those of its arguments."""
        parts = [bounds[id(part)] for part in node.iter_expressions()]
        if isinstance(node, exp.Predicate | exp.Connector | exp.Not):
            return 30
        if isinstance(node, exp.Case | exp.If | exp.Coalesce | exp.Tuple | exp.Ordered | exp.Order):
            return max(parts, default=0)
        name = function_name(node, self.dialect) if isinstance(node, exp.Func) else ""
        if name in _SEARCHES:
            self._check_search(node, name, parts)
        bound = self._built(node, name, parts)
        if bound > MAX_TEXT:
            raise UnsafeSQL(
                f"{name or node.key.upper()} is refused: it could build a text of more than {MAX_TEXT} letters.",
                hint="Build shorter texts.",
                rule="size",
                position=position_of(node, self.source),
            )
        return bound

    def _built(self, node: exp.Expr, name: str, parts: list[int]) -> int:
        text, rest = (parts[0] if parts else 0), parts[1:]
        if name in ("REPEAT", "SPACE", "LPAD", "RPAD"):
            arguments = list(node.iter_expressions())
            size = arguments[0] if name == "SPACE" else arguments[1]
            count = int(float(size.name)) if isinstance(size, exp.Literal) else MAX_PADDING
            return count * max(1, text) if name == "REPEAT" else count
        if name in _REPLACING:
            old, new = (rest + [0, 0])[:2]
            return (
                text * max(1, new) if name == "REPLACE" or not new else text * (1 + max(old, new))
            )
        if name in _TEMPLATES and self.dialect != "mysql":
            widths = re.findall(r"\d+", next(node.iter_expressions()).name)
            return text * max(rest + [int(width) for width in widths] + [1])
        if name in _GATHERING:
            return 10 * sum(parts)
        doubles = name in _ESCAPING or isinstance(node, exp.Array | exp.Struct)
        return sum(parts) * (2 if doubles else 1)

    def _check_search(self, node: exp.Expr, name: str, parts: list[int]) -> None:
        if len(parts) > 1 and parts[0] * parts[1] > MAX_SEARCH:
            raise UnsafeSQL(
                f"{name} is refused: its texts may be too long to be searched in time.",
                hint="Search in shorter texts.",
                rule="size",
                position=position_of(node, self.source),
            )

    def _check_recursion(self, cte: exp.CTE) -> None:
        """Each round may add to a text or list of the CTE's own, not double it."""
        name = cte.alias.lower()
        parts = _selects(cte.this)
        named = cte.args["alias"].args.get("columns") or parts[0].expressions
        own = [column.alias_or_name.lower() for column in named]
        growing = {
            column
            for part in parts[1:]
            for column, item in zip(own, part.expressions, strict=False)
            if not isinstance(item.unalias().unnest(), exp.Add | exp.Sub | exp.Mul | exp.Literal)
            and any(found.name.lower() in own for found in item.find_all(exp.Column))
        }
        for select in cte.this.find_all(exp.Select):
            tables = [table for table in select.find_all(exp.Table) if table.name.lower() == name]
            direct = [select.args.get("from_"), *(select.args.get("joins") or ())]
            is_direct = all(any(table.parent is part for part in direct) for table in tables)
            sources = {table.alias_or_name.lower() for table in tables} | {""}
            aliases = {i.alias.lower() for i in select.expressions if isinstance(i, exp.Alias)}
            for item in select.expressions if tables else ():
                used = [
                    column
                    for column in item.find_all(exp.Column)
                    if not is_direct
                    or "*" in own
                    or column.table.lower() in sources
                    and column.name.lower() in growing | (aliases if not column.table else set())
                ]
                self._check_growth(item, used)

    def _check_growth(self, item: exp.Expr, used: list[exp.Column]) -> None:
        """Refuse what makes a recursive text longer by more than what is added to it."""
        for node in item.find_all(exp.DPipe, exp.Func, exp.Array):
            inside = {id(column) for column in node.find_all(exp.Column)}
            within = [column for column in used if id(column) in inside]
            is_operator = isinstance(node, exp.DPipe | exp.Array)
            name = ""
            if not is_operator and isinstance(node, exp.Func):
                name = function_name(node, self.dialect)
            adds = is_operator or name in _ADDING
            multiplies = name in _REPLACING | _TEMPLATES | _GATHERING | _ESCAPING | {"REPEAT"}
            if within and (multiplies or (adds and len(within) > 1)):
                raise UnsafeSQL(
                    "A recursive query may add to its own text in each round, once, and not multiply it.",
                    hint="Add to it with || or CONCAT.",
                    rule="size",
                    position=position_of(node, self.source),
                )


_SEARCHES: Final = frozenset(
    "INSTR LOCATE POSITION STRPOS CONTAINS REPLACE SPLIT_PART STRING_SPLIT STR_SPLIT SPLIT STRING_TO_ARRAY "
    "STRING_TO_TABLE SUBSTRING_INDEX FIND_IN_SET LEVENSHTEIN DAMERAU_LEVENSHTEIN JACCARD JARO_SIMILARITY "
    "JARO_WINKLER_SIMILARITY HAMMING REGEXP_REPLACE REGEXP_EXTRACT REGEXP_MATCHES REGEXP_LIKE REGEXP_SUBSTR "
    "REGEXP_INSTR REGEXP_COUNT TRANSLATE".split()
)
"""Functions that look for one text in another."""
_REPLACING: Final = frozenset("REPLACE REGEXP_REPLACE ARRAY_TO_STRING".split())
_ADDING: Final = frozenset(
    "CONCAT CONCAT_WS LIST_APPEND ARRAY_APPEND LIST_CONCAT ARRAY_CAT ARRAY_CONCAT LIST_VALUE "
    "ARRAY_PREPEND LIST_PREPEND".split()
)
_GATHERING: Final = frozenset(
    "GROUP_CONCAT STRING_AGG LISTAGG ARRAY_AGG LIST JSON_AGG JSONB_AGG JSON_OBJECT_AGG JSONB_OBJECT_AGG "
    "JSON_ARRAYAGG JSON_OBJECTAGG JSON_GROUP_ARRAY JSON_GROUP_OBJECT HISTOGRAM".split()
)
"""Functions that put rows together."""
_ESCAPING: Final = frozenset(
    "HEX QUOTE ENCODE TO_JSON TO_JSONB ROW_TO_JSON ROW JSON JSON_QUOTE JSON_ARRAY JSON_OBJECT JSON_BUILD_OBJECT "
    "JSONB_BUILD_OBJECT JSON_BUILD_ARRAY JSONB_BUILD_ARRAY JSON_SET JSON_INSERT JSON_REPLACE JSONB_SET "
    "JSON_MERGE_PATCH JSON_ARRAY_APPEND STRUCT_PACK JSON_PRETTY JSONB_PRETTY QUOTE_LITERAL BIN".split()
)
"""Functions whose result may be twice as long, however often they stand in one another."""


def _selects(query: exp.Expr) -> list[exp.Expr]:
    """The SELECTs and VALUES of a chain of UNIONs, from the first."""
    found: list[exp.Expr] = []
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.SetOperation):
            waiting += [node.expression, node.this]
        elif isinstance(node, exp.Subquery):
            waiting.append(node.this)
        else:
            found.append(node)
    return found


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal | exp.RawString | exp.National | exp.ByteString)


def _listed(value: Any) -> list[exp.Expr]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, exp.Expr)]
