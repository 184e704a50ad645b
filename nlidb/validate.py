"""Is this SQL one valid, read-only query on this database? Then here is a ValidQuery, else an error says why not.

    text or tree -> parse -> one statement -> allow-lists (allowed.py) -> names (binding.py)
                 -> print in the engine's dialect -> parse and check that text again, until it prints as itself
                 -> the same strings and names for the engine as for the parser, no comment -> ValidQuery

What is sent is the text printed from the checked tree, never the text that came in: comments, odd quoting and
escapes, and whatever the parser and the engine could read differently, do not survive. sqlglot is a lenient
parser ("a transpiler, not a validator"), so the engine's EXPLAIN (execute.py) has the last word on syntax.

Not here: whether the session could write (sessions.py), and how long or how much it may run (execute.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError
from sqlglot.generator import Generator
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from nlidb.allowed import check_tree
from nlidb.binding import Names, bind_names
from nlidb.errors import InvalidSQL, NlidbError, RefusedSQL, UnsafeSQL
from nlidb.schema import Schema

MAX_LENGTH: Final = 50_000
"""Characters of SQL."""
MAX_TOKENS: Final = 10_000
MAX_PARENTHESES: Final = 60
"""Levels of parentheses, brackets and CASE: the parser goes back and forth in deep ones."""

MAX_ROUNDS: Final = 4
"""How often a text is printed and read again before it must be the same."""

MAX_STEPS_BASE: Final = 5_000
MAX_STEPS_PER_TOKEN: Final = 50
"""Tokens the parser may read, again and again, in all: a base and a multiple of the tokens there are."""

DIALECTS: Final = ("sqlite", "duckdb", "postgres", "mysql")

_OPENING: Final = frozenset(
    {TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.L_PAREN, TokenType.FROM}
)
_NESTING: Final = {
    TokenType.L_PAREN: 1,
    TokenType.L_BRACKET: 1,
    TokenType.L_BRACE: 1,
    TokenType.CASE: 1,
    TokenType.R_PAREN: -1,
    TokenType.R_BRACKET: -1,
    TokenType.R_BRACE: -1,
    TokenType.END: -1,
}


class _Proof:
    """Shows that a ValidQuery's text went through ``validate``: bound to that text, made only here."""

    def __init__(self, sql: str, dialect: str) -> None:
        self._stamp = (sql, dialect)

    def covers(self, sql: str, dialect: str) -> bool:
        return self._stamp == (sql, dialect)


@dataclass(frozen=True)
class ValidQuery:
    """One checked, read-only query. Only ``validate`` makes one; ``execute`` takes nothing else."""

    sql: str
    """In the engine's dialect, as it will be sent."""
    dialect: str
    tree: exp.Expr
    """Its tree; changing it does not change what is sent."""
    tables: tuple[str, ...]
    """The tables it reads, in the order of the schema."""
    columns: tuple[str, ...]
    """The columns it uses, as "table.column"; a ``*`` uses all of its tables'."""
    _proof: _Proof

    def __post_init__(self) -> None:
        if type(self._proof) is not _Proof or not self._proof.covers(self.sql, self.dialect):
            raise TypeError("a ValidQuery is made by validate(), not by hand")


def validate(
    sql: str | exp.Expr,
    schema: Schema,
    dialect: str,
    *,
    allow_catalogues: bool = False,
) -> ValidQuery:
    """Check SQL, whoever wrote it, and give what may be run.

    Args:
        sql: text in ``dialect``, or a tree.
        schema: the live schema.
        dialect: sqlglot's name: "sqlite", "duckdb", "postgres" or "mysql".
        allow_catalogues: whether system catalogues may be read.

    Raises:
        UnsafeSQL: more than one statement, or anything that is not on the allow-lists.
        InvalidSQL: it does not parse, or names what is not there; with near matches.
    """
    if dialect not in DIALECTS:
        raise InvalidSQL(
            f"The dialect {dialect!r} is not known.",
            hint=f"Use {', '.join(DIALECTS)}.",
            rule="dialect",
        )
    try:
        text = sql if isinstance(sql, str) else print_sql(sql, dialect)
        sent, tree, names = _settle(text, schema, dialect, allow_catalogues)
        _check_text(sent, dialect)
    except NlidbError:
        raise
    except RecursionError as error:
        raise InvalidSQL(
            "The query is nested too deeply.", hint="Write it in a simpler way.", rule="depth"
        ) from error
    except SqlglotError as error:
        raise InvalidSQL(f"The SQL could not be read: {_one_line(error)}", rule="parse") from error
    except Exception as error:  # a defect of the parser that odd input finds: refused, not run
        raise InvalidSQL(
            "The SQL could not be read.", hint="Check its syntax.", rule="parse"
        ) from error
    return ValidQuery(sent, dialect, tree, names.tables, names.columns, _Proof(sent, dialect))


def parse_one_statement(sql: str, dialect: str) -> exp.Expr:
    """The tree of one statement, refusing more than one and what cannot be parsed safely.

    Raises:
        InvalidSQL: empty, too long, too deep, or no SQL.
        UnsafeSQL: several statements, or one that does not begin as a query.
    """
    if not sql.strip():
        raise InvalidSQL("The SQL is empty.", hint="Write one SELECT statement.", rule="empty")
    if len(sql) > MAX_LENGTH:
        raise InvalidSQL(
            f"The SQL has {len(sql)} characters, more than {MAX_LENGTH}.", rule="length"
        )
    if "\0" in sql:
        raise InvalidSQL("The SQL holds a NUL character.", rule="parse", position=sql.index("\0"))
    try:
        tokens = sqlglot.tokenize(sql, read=dialect)
    except TokenError as error:
        raise InvalidSQL(
            f"The SQL could not be read: {_one_line(error)}",
            hint="Check its quotes.",
            rule="parse",
        ) from error
    _check_tokens(tokens)
    try:
        parser = _parser_class(dialect)(dialect=Dialect.get_or_raise(dialect))
        statements = [tree for tree in parser.parse(tokens, sql) if tree is not None]
    except ParseError as error:
        raise _parse_error(error, sql) from error
    statements = [tree for tree in statements if not isinstance(tree, exp.Semicolon)]
    if len(statements) != 1:
        raise UnsafeSQL(
            f"There are {len(statements)} statements.",
            hint="Give exactly one SELECT statement.",
            rule="one-statement",
        )
    return statements[0]


def print_sql(tree: exp.Expr, dialect: str) -> str:
    """The tree as SQL in the engine's dialect, without comments."""
    dialect_object, generator = _printer(dialect)
    # What the dialect cannot express is an error, not a text that means something else.
    printer = generator(dialect=dialect_object, comments=False, unsupported_level=ErrorLevel.RAISE)
    return str(printer.generate(tree))


def _settle(
    text: str, schema: Schema, dialect: str, allow_catalogues: bool
) -> tuple[str, exp.Expr, Names]:
    """Check the text, then what is printed of it, until that prints as itself: the text that will be sent.

    The printer may write a function in another way than it was read, so every text is checked anew.
    """
    read = text
    for _ in range(MAX_ROUNDS):
        try:
            tree, names = _check(read, schema, dialect, allow_catalogues)
        except RefusedSQL as error:
            if read != text and error.position is not None:
                error.position = _place_in(text, read, error.position)
            raise
        sent = print_sql(tree, dialect)
        if sent == read:
            return sent, tree, names
        read = sent
    raise UnsafeSQL(
        "The SQL cannot be written so that it is read again as the same query.",
        hint="Write it in a simpler way.",
        rule="text",
        position=0,
    )


def _place_in(text: str, sent: str, position: int) -> int:
    """Where the word at a position of the printed text stands in the text that came in; 0 where nowhere."""
    word = re.match(r"\w*", sent[position:])
    found = re.search(rf"\b{re.escape(word[0])}\b", text, re.IGNORECASE) if word else None
    return found.start() if found and word and word[0] else 0


def _check_text(sent: str, dialect: str) -> None:
    """Refuse a text that the engine could cut into other strings, names and comments than the parser did.

    The engine's rules are written down here a second time, as few as printed text needs: strings, quoted names,
    words, signs and single spaces. sqlglot's tokenizer must find the same strings and names in the same places.
    """
    pattern = _TEXT[dialect]
    quoted: list[tuple[int, int]] = []
    position = 0
    while position < len(sent):
        found = pattern.match(sent, position)
        if found is None:
            raise UnsafeSQL(
                f"The engine could read {sent[position : position + 10]!r} in another way than it was checked.",
                hint="Write it in a simpler way, without comments, odd quotes and signs.",
                rule="text",
                position=0,
            )
        if found["quoted"]:
            quoted.append(found.span())
        position = found.end()
    tokens = sqlglot.tokenize(sent, read=dialect)
    read = [
        (token.start, token.end + 1)
        for token in tokens
        if sent[token.end] in "'\"`" or token.token_type in _QUOTED
    ]
    if read != quoted or any(token.comments for token in tokens):
        raise UnsafeSQL(
            "The engine could read the SQL's quotes in another way than they were checked.",
            hint="Write its texts and names in a simpler way.",
            rule="text",
            position=0,
        )


_BACKSLASHED: Final = r"'(?:[^'\\]|\\.|'')*'"
_DOUBLED: Final = r"'(?:[^']|'')*'"
_HEX: Final = r"[xX]'[0-9a-fA-F]*'"
_BITS: Final = r"[bB]'[01]*'"
_LEXICAL: Final = {
    # strings; quoted names; signs beside those of all engines. In SQLite [ begins a name, and ? : @ # are
    # variables there and in MySQL, where { begins an escape and # a comment.
    "sqlite": (f"{_HEX}|{_DOUBLED}", r'"(?:[^"]|"")*"', ""),
    "mysql": (f"{_HEX}|{_BITS}|[nN]?{_BACKSLASHED}", r"`(?:[^`]|``)*`", ""),
    "postgres": (
        f"{_HEX}|{_BITS}|[eE]{_BACKSLASHED}|[nN]?{_DOUBLED}",
        r'"(?:[^"]|"")*"',
        r"\[\]:@#?",
    ),
    "duckdb": (
        f"{_HEX}|{_BITS}|[eE]{_BACKSLASHED}|{_DOUBLED}",
        r'"(?:[^"]|"")*"',
        r"\[\]:@{}",
    ),
}
_TEXT: Final = {
    dialect: re.compile(
        # What stands in quotes touches no word and no other quote: U&'x' and 'a''b' cannot be put together.
        rf"(?P<quoted>(?<![\w$&'\"`])(?:{strings}|{names})(?![\w$'\"`]))"
        rf"|[^\W\d][\w$]*(?!['\"`])|\d\w*(?!['\"`])|(?!--|/\*|\*/)[-+*/%<>=!|&~^(),. {signs}]",
        re.DOTALL,
    )
    for dialect, (strings, names, signs) in _LEXICAL.items()
}
_QUOTED: Final = frozenset(
    {
        TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING,
        TokenType.BYTE_STRING, TokenType.UNICODE_STRING,
    }
)  # fmt: skip


def _check(
    text: str, schema: Schema, dialect: str, allow_catalogues: bool
) -> tuple[exp.Expr, Names]:
    tree = parse_one_statement(text, dialect)
    check_tree(tree, dialect, text)
    names = bind_names(tree, schema, dialect, text, allow_catalogues=allow_catalogues)
    return tree, names


def _check_tokens(tokens: list[Token]) -> None:
    """Cheap checks before parsing: how it begins, how many statements, how deep."""
    if len(tokens) > MAX_TOKENS:
        raise InvalidSQL(f"The SQL has more than {MAX_TOKENS} words and signs.", rule="length")
    tokens = [token for token in tokens if token.token_type is not TokenType.HINT]
    real = [token for token in tokens if token.token_type is not TokenType.SEMICOLON]
    if not real:
        raise InvalidSQL("The SQL is empty.", hint="Write one SELECT statement.", rule="empty")
    ended = False
    depth = 0
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            ended = token.start > real[0].start
        elif ended:
            raise UnsafeSQL(
                f"A second statement begins with {token.text[:30]!r}.",
                hint="Give exactly one SELECT statement.",
                rule="one-statement",
                position=token.start,
            )
        depth += _NESTING.get(token.token_type, 0)
        if depth > MAX_PARENTHESES:
            raise InvalidSQL(
                f"The query is nested more than {MAX_PARENTHESES} levels deep.",
                hint="Write it in a simpler way.",
                rule="depth",
                position=token.start,
            )
    first = real[0]
    if first.token_type not in _OPENING and first.text.upper() != "TABLE":
        if first.token_type in _STATEMENTS or first.text.upper() in _STATEMENT_WORDS:
            raise UnsafeSQL(
                f"{first.text.upper()} is refused: only SELECT is allowed.",
                hint="Only one SELECT statement that reads is allowed.",
                rule="statement",
                position=first.start,
            )
        raise InvalidSQL(
            f"This is no SQL query: it begins with {first.text[:30]!r}.",
            hint="A query begins with SELECT or WITH.",
            rule="parse",
            position=first.start,
        )


_STATEMENT_WORDS: Final = frozenset(
    "INSERT UPDATE DELETE MERGE REPLACE UPSERT CREATE DROP ALTER TRUNCATE RENAME COMMENT GRANT REVOKE SET RESET "
    "BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE ABORT END PREPARE EXECUTE DEALLOCATE DECLARE FETCH CLOSE "
    "MOVE CALL DO EXPLAIN DESCRIBE DESC SHOW PRAGMA ATTACH DETACH VACUUM ANALYZE REINDEX COPY EXPORT IMPORT "
    "INSTALL LOAD UNLOAD USE LOCK UNLOCK LISTEN NOTIFY UNLISTEN CHECKPOINT CLUSTER REFRESH DISCARD KILL "
    "FLUSH HANDLER PURGE RESIGNAL SIGNAL SHUTDOWN OPTIMIZE REPAIR CHECK CHECKSUM CHANGE STOP XA BINLOG CACHE "
    "SECURITY REASSIGN SUMMARIZE FORCE PIVOT UNPIVOT HELP RESTART CLONE UNINSTALL".split()
)
_STATEMENTS: Final = frozenset({TokenType.COMMAND, TokenType.EXECUTE, TokenType.PRAGMA})


@lru_cache(maxsize=8)
def _parser_class(dialect: str) -> type[Parser]:
    """sqlglot's parser of the dialect, with a bound on its work.

    It tries readings one after another and goes back; where tries nest (many JOINs without ON), the work doubles
    with each. In common queries a token is read two or three times.
    """
    parser: type[Parser] = Dialect.get_or_raise(dialect).parser_class

    def advance(self: Any, times: int = 1) -> None:
        self.steps = getattr(self, "steps", 0) + 1
        if self.steps > MAX_STEPS_BASE + MAX_STEPS_PER_TOKEN * self._tokens_size:
            raise InvalidSQL(
                "The query is too tangled to be read.",
                hint="Write it in a simpler way; give every JOIN its ON.",
                rule="depth",
            )
        parser._advance(self, times)

    def unsupported(self: Any) -> None:
        """No line in the log: what becomes a bare command is refused."""

    functions = {
        name: make for name, make in parser.FUNCTIONS.items() if name not in _AS_WRITTEN[dialect]
    }
    # Outside of DuckDB a -> is the JSON operator, also in a call: as a lambda, its left side would be no column.
    arrow = frozenset() if dialect == "duckdb" else frozenset({TokenType.ARROW})
    lambdas = {token: make for token, make in parser.LAMBDAS.items() if token not in arrow}
    changed = {"FUNCTIONS": functions, "LAMBDAS": lambdas}
    methods = {"_advance": advance, "_warn_unsupported": unsupported}
    return type("_BoundedParser", (parser,), {**changed, **methods})


_AS_WRITTEN: Final = {
    # Functions that sqlglot reads as something else: another function, or an argument as a unit of time.
    "sqlite": frozenset({""}),
    "duckdb": frozenset({""}),
    "postgres": frozenset({"DATE_BIN", "TO_HEX"}),
    "mysql": frozenset({"SPACE", "MEDIAN", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "SHA1", "SHA"}),
}


@lru_cache(maxsize=8)
def _printer(dialect: str) -> tuple[Dialect, type[Generator]]:
    found = Dialect.get_or_raise(dialect)
    generator: type[Generator] = found.generator_class
    if dialect == "mysql":
        # MariaDB has no REGEXP_LIKE; both engines have the operator.
        generator = type(
            "_MySQLGenerator",
            (generator,),
            {"TRANSFORMS": {**generator.TRANSFORMS, exp.RegexpLike: _regexp_operator}},
        )
    return found, generator


def _regexp_operator(generator: Any, node: exp.RegexpLike) -> str:
    return str(generator.binary(node, "REGEXP"))


def _parse_error(error: ParseError, sql: str) -> InvalidSQL:
    first = error.errors[0] if error.errors else {}
    highlight = str(first.get("highlight") or "")
    position = None
    if highlight and first.get("line") is not None:
        position = _offset(sql, int(first["line"]), int(first["col"])) - len(highlight)
    near = f" near {highlight[:40]!r}" if highlight else ""
    return InvalidSQL(
        f"The SQL could not be read{near}: {str(first.get('description') or error).partition(' but got')[0]}",
        hint="Check its syntax there.",
        rule="parse",
        position=None if position is None else max(0, position),
    )


def _offset(sql: str, line: int, column: int) -> int:
    """Offset of a 1-based line and column."""
    lines = sql.split("\n")
    return sum(len(text) + 1 for text in lines[: line - 1]) + column


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
