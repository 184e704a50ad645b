"""What the assistant gives back: an Answer, its other readings, and the verdict on a person's SQL.

The records only hold and present; nothing here asks the model or the database.
"""

from __future__ import annotations

import base64
import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from nlidb.errors import CannotAnswer, ConfigError
from nlidb.explain_scope import join_words
from nlidb.schema import identifier_words

if TYPE_CHECKING:
    import pandas

Outcome = Literal["answered", "asks", "declined"]

TIMING_STAGES = ("link", "encode", "attend", "decode", "validate", "execute", "total")
"""The keys of ``Answer.timings``, in the order of the stages."""


MOST_DECIMALS = 6
"""A place on earth is stored with six; an average of prices has fifteen."""


@dataclass(frozen=True)
class AnswerLink:
    """Words of the question that were linked to a table, a column or a stored value."""

    text: str
    """The words as they stand in the question."""
    start: int
    """Character offset of the first of them in the question."""
    end: int
    """Character offset after the last."""
    kind: str
    """"exact" or "partial" (a name), "cell_value" (a value stored in the column)."""
    table: str | None
    column: str | None
    value: str | None
    """The stored value, where one is meant."""
    weight: float
    """The largest share of attention that one of its words gives the item; where the model was not asked, or
    the link names no item, how close the match is. In [0, 1]."""


@dataclass(frozen=True)
class Attention:
    """What the words of the question attended to: the stabilised attention, mean over its layers."""

    words: tuple[tuple[int, int], ...]
    """Character offsets of the words in the question; punctuation is left out."""
    items: tuple[str, ...]
    """The tables and columns ("table.column") that take the most attention, most first."""
    weights: tuple[tuple[float, ...], ...]
    """A row for each word, a column for each item: shares of the word's attention, in [0, 1]."""


@dataclass(frozen=True)
class Alternative:
    """Another reading of the question."""

    sql: str
    confidence: float
    explanation: str


@dataclass(frozen=True)
class Refused:
    """A reading that the model wrote and that was not offered."""

    sql: str
    """"" where it could not even be written as SQL."""
    reason: str
    """Why not, in a sentence."""


@dataclass(frozen=True)
class Choice:
    """One of the readings a question that was asked back offers; ``Assistant.run(choice.sql)``
    takes it."""

    text: str
    """The reading in plain words."""
    sql: str
    confidence: float = 0.0
    """How likely it is meant, in [0, 1]."""


@dataclass(frozen=True)
class Check:
    """Whether a person's SQL is one valid, read-only statement on this database, and why not."""

    ok: bool
    sql: str
    """The statement as it was given."""
    reason: str = ""
    """Why it was refused, in a sentence; "" where it is fine."""
    rule: str = ""
    """The name of the rule that refused it; "" where it is fine."""
    position: int | None = None
    """Offset of the offending text in ``sql``; None where the rule concerns all of it."""
    tables: tuple[str, ...] = ()
    """The tables that it reads; empty where it was refused."""
    columns: tuple[str, ...] = ()
    """The columns that it names, as "table.column"; empty where it was refused."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON form."""
        return {
            "ok": self.ok,
            "sql": self.sql,
            "reason": self.reason,
            "rule": self.rule,
            "position": self.position,
            "tables": list(self.tables),
            "columns": list(self.columns),
        }


@dataclass(frozen=True)
class Answer:
    """What came of one question.

    ``outcome`` "answered": ``sql`` was chosen, and run unless the caller asked for a translation
    only. "asks": the question has several readings (``choices``). "declined": no reading is good
    enough, or it is no question in English. In both, ``sql`` is None, nothing was run, and the
    best guess, where there is one, stands first in ``alternatives``.
    """

    question: str
    outcome: Outcome
    sql: str | None
    """In the database's own dialect."""
    dialect: str
    """sqlglot's name of that dialect."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_count: int = 0
    """Rows in ``rows``; the result may hold more where ``truncated``."""
    truncated: bool = False
    """There were more rows than the limit, or more than about 50 MB of them."""
    confidence: float = 0.0
    """How likely the SQL is right, in [0, 1], as calibrated on training databases held out."""
    explanation: str = ""
    """One plain sentence on how the question was read, or why it was not."""
    links: tuple[AnswerLink, ...] = ()
    attention: Attention | None = None
    """None where the model was not asked."""
    choices: tuple[Choice, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    """Other readings, best first."""
    refused: tuple[Refused, ...] = ()
    """Readings that the guard or the database refused, or that say the same as a likelier one."""
    warnings: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(TIMING_STAGES, 0.0))
    """Milliseconds by stage: link, encode, attend, decode, validate, execute, total."""

    def raise_for_outcome(self) -> Answer:
        """This answer, for code that wants an answer or an exception.

        Raises ``CannotAnswer`` where the assistant asked back or declined.
        """
        if self.outcome == "answered":
            return self
        if self.outcome == "asks":
            options = join_words(
                [f"({i}) {choice.text}" for i, choice in enumerate(self.choices, 1)]
            )
            raise CannotAnswer(
                f"The question {self.question[:200]!r} can be read in several ways: {options}",
                hint="Ask more precisely, or run one of the readings in answer.choices.",
            )
        raise CannotAnswer(
            f"The question {self.question[:200]!r} was not answered. {self.explanation}".strip(),
            hint="Rephrase it with words of the schema; the best guess, if any, is in "
            "answer.alternatives.",
        )

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas DataFrame, one column for each of ``columns``.

        Raises ``ConfigError`` where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ConfigError(
                "Answer.to_pandas() needs pandas, which is not installed.",
                hint="Install it: pip install pandas.",
            ) from error
        frame = pandas.DataFrame(list(self.rows), columns=range(len(self.columns)))
        frame.columns = pandas.Index(self.columns)  # the names may repeat
        return frame

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON form: every field, with values that ``json.dumps`` accepts."""
        return {
            "question": self.question,
            "outcome": self.outcome,
            "sql": self.sql,
            "dialect": self.dialect,
            "columns": list(self.columns),
            "rows": [[json_value(value) for value in row] for row in self.rows],
            "row_count": self.row_count,
            "truncated": self.truncated,
            "confidence": json_value(self.confidence),
            "explanation": self.explanation,
            "links": [
                {
                    "text": link.text,
                    "start": link.start,
                    "end": link.end,
                    "kind": link.kind,
                    "table": link.table,
                    "column": link.column,
                    "value": link.value,
                    "weight": json_value(link.weight),
                }
                for link in self.links
            ],
            "attention": None
            if self.attention is None
            else {
                "words": [list(word) for word in self.attention.words],
                "items": list(self.attention.items),
                "weights": [
                    [json_value(weight) for weight in row] for row in self.attention.weights
                ],
            },
            "choices": [
                {
                    "text": choice.text,
                    "sql": choice.sql,
                    "confidence": json_value(choice.confidence),
                }
                for choice in self.choices
            ],
            "alternatives": [
                {
                    "sql": alternative.sql,
                    "confidence": json_value(alternative.confidence),
                    "explanation": alternative.explanation,
                }
                for alternative in self.alternatives
            ],
            "refused": [{"sql": item.sql, "reason": item.reason} for item in self.refused],
            "warnings": list(self.warnings),
            "timings": {stage: self.timings.get(stage, 0.0) for stage in TIMING_STAGES},
        }


def warn(answer: Answer, warning: str) -> Answer:
    """The answer with one more warning."""
    return replace(answer, warnings=(*answer.warnings, warning))


def as_reading(ran: Answer, asked: Answer) -> Answer:
    """What came of SQL that was run in place of ``asked``'s own: an answer to the same question, with its links.

    Where the SQL is another reading of the question, that reading's confidence and the readings beside it.
    """
    ran = replace(ran, question=asked.question, links=asked.links, attention=asked.attention)
    known = {
        choice.sql: Alternative(choice.sql, choice.confidence, choice.text)
        for choice in asked.choices
    }
    known |= {other.sql: other for other in asked.alternatives}
    if asked.sql is not None:
        known[asked.sql] = Alternative(asked.sql, asked.confidence, asked.explanation)
    picked = known.pop(ran.sql or "", None)
    if picked is None:
        return ran
    others = sorted(known.values(), key=lambda other: -other.confidence)
    return replace(
        ran,
        confidence=picked.confidence,
        alternatives=tuple(others),
        refused=asked.refused,
    )


def marked_sql(sql: str, position: int) -> str:
    """The SQL with a caret under the text at an offset, as a font of fixed width shows it."""
    column = position - (sql.rfind("\n", 0, position) + 1)
    end = sql.find("\n", position)
    end = len(sql) if end < 0 else end
    return f"{sql[:end]}\n{' ' * column}^{sql[end:]}"


def json_value(value: Any) -> Any:
    """A database value as JSON can hold it.

    Dates and times in ISO 8601, decimals as strings, bytes in base64, NaN and infinity as null;
    lists and structs item by item; anything else (a UUID, a network address) as its text.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, datetime.date | datetime.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f"PT{format(value.total_seconds(), 'f').rstrip('0').rstrip('.')}S"
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(item) for item in value]
    return str(value)


def display_value(value: Any) -> str:
    """A database value as a person reads it in a sentence or a terminal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(bytes(value)):,} bytes"
    return str(json_value(value))


def _number(value: float | Decimal) -> str:
    """A number that may have decimals: all of a stored one's; what was computed has many, and is rounded."""
    if not abs(float(value)) < 1e16:  # nor is NaN
        return f"{value:g}"
    number = Decimal(repr(value)) if isinstance(value, float) else value
    decimals = len(f"{number:f}".partition(".")[2].rstrip("0"))
    if decimals <= MOST_DECIMALS:
        return f"{number:,.{decimals}f}"
    if abs(number) < 1:
        return f"{float(number):.4g}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def headline(answer: Answer) -> str:
    """The answer in one sentence: the number, the name, or how many rows there are."""
    if answer.outcome == "asks":
        return "This can be read in several ways. Which one did you mean?"
    if answer.outcome == "declined":
        return answer.explanation or "I cannot answer this question from this database."
    if not answer.columns:
        return "The SQL is ready; it was not run."
    if not answer.rows:
        return "Nothing matches: the result has no rows."
    if len(answer.rows) == 1 and not answer.truncated:
        return _one_row(answer)
    if len(answer.columns) == 1 and len(answer.rows) <= 5 and not answer.truncated:
        values = [_spoken(answer.columns[0], row[0]) for row in answer.rows]
        return f"{len(answer.rows)} rows: {join_words(values)}."
    if answer.truncated and answer.row_count == 1:
        return "More than one row; this is the first."
    if answer.truncated:
        return f"More than {answer.row_count:,} rows; these are the first {answer.row_count:,}."
    return f"{answer.row_count:,} rows."


def _one_row(answer: Answer) -> str:
    row = answer.rows[0]
    if len(row) == 1:
        value = _spoken(answer.columns[0], row[0])
        if value == "NULL":
            return "There is no value to show: the result is empty (NULL)."
        if answer.columns == ("percentage",) and "100.0 * " in (answer.sql or ""):
            value += " %"
        subject = answer.explanation.rstrip(".")
        if subject.startswith(_SINGLE) and "," not in subject and len(subject) < 160:
            return f"{subject} is {value}."
        return f"The answer is {value}."
    if len(row) <= 4:
        pairs = [
            f"{identifier_words(name)} {_spoken(name, value)}"
            for name, value in zip(answer.columns, row, strict=True)
        ]
        return f"One row: {join_words(pairs)}."
    return "One row."


# Explanations that name one value, so that "... is 6" can follow them.
_SINGLE = (
    "The number of ",
    "The percentage of ",
    "The average ",
    "The total ",
    "The lowest ",
    "The highest ",
    "The earliest ",
    "The latest ",
)


def _spoken(column: str, value: Any) -> str:
    """A value in a sentence; whole numbers with thousands separators unless they are years or
    keys."""
    if isinstance(value, int) and not isinstance(value, bool):
        words = identifier_words(column).split()
        plain = bool(words) and words[-1] in {"year", "id", "code", "number", "key"}
        return str(value) if plain or abs(value) < 10_000 else f"{value:,}"
    text = display_value(value)
    return text if len(text) <= 80 else text[:77] + "..."
