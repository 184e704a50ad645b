"""Results and conversations to take away: CSV, Excel and Parquet; Markdown; a notebook; SQL with comments.

A result is taken whole, past the row limit of the page: the query is run again through the same
guard and streamed, so no more than a batch of rows is held. Cells of a spreadsheet are written as
values, never as formulas; CSV holds the database's values as they are. For a CSV file at a path see
export.py.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import pickle
import re
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

import sqlglot
from sqlglot.errors import SqlglotError

from nlidb.answer import Answer, display_value, headline, json_value
from nlidb.database import Database
from nlidb.errors import ConfigError, ExecutionFailed
from nlidb.execute import MAX_EXPORT_BYTES, stream
from nlidb.export import whole_file
from nlidb.validate import ValidQuery

FileFormat = Literal["csv", "xlsx", "parquet"]

FILE_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Format -> MIME type."""
SHEET_ROWS = 1_048_575
"""Rows that an Excel sheet holds below its head."""
SHEET_CELL = 32_767
"""Characters that an Excel cell holds."""

_MARKUP = re.compile(r"[\\`*_{}\[\]()#+\-.!|~$&<>:@]")
"""Signs that mean something in a notebook's Markdown: $ begins a formula, and : . @ make a bare address a link."""
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_result(
    database: Database,
    valid: ValidQuery,
    kind: FileFormat,
    file: BinaryIO,
    *,
    timeout: float = 300.0,
    max_bytes: int = MAX_EXPORT_BYTES,
    cancel: threading.Event | None = None,
) -> int:
    """Write the whole result of a query into an open binary file; returns the number of rows.

    Raises:
        ExecutionFailed, QueryTimeout: the database broke it off, the values have more than ``max_bytes``, or the
            rows do not fit the format.
        ConfigError: the format is not known, or its library is not installed.
    """
    if kind not in FILE_TYPES:
        raise ConfigError(
            f"There is no file format {kind!r}.", hint=f"There are: {', '.join(FILE_TYPES)}."
        )
    write = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}[kind]
    try:
        with stream(database, valid, timeout=timeout, max_bytes=max_bytes, cancel=cancel) as (
            columns,
            batches,
        ):
            return write(unique_names(columns), batches, file)
    except OSError as error:  # the disk of the file, or of the temporary files beside, is full
        raise ExecutionFailed(
            f"The result could not be written: {error.strerror or error}.",
            hint="Check the free space of the disk and of the temporary folder.",
        ) from error


def write_file(
    database: Database,
    valid: ValidQuery,
    kind: FileFormat,
    path: str | Path,
    *,
    timeout: float = 300.0,
    max_bytes: int = MAX_EXPORT_BYTES,
    cancel: threading.Event | None = None,
) -> int:
    """Write the whole result of a query to a file, which is there whole or not at all; returns the number of rows.

    Raises:
        ExecutionFailed: the file cannot be written; and as ``write_result``.
    """
    with whole_file(path) as file:
        return write_result(
            database, valid, kind, file, timeout=timeout, max_bytes=max_bytes, cancel=cancel
        )


def unique_names(columns: Sequence[str]) -> list[str]:
    """The column names, each once: a repeated one gets a number."""
    taken: set[str] = set()
    names = []
    for column in columns:
        name, count = column or "column", 1
        while name in taken:
            count += 1
            name = f"{column or 'column'} ({count})"
        taken.add(name)
        names.append(name)
    return names


def _write_csv(names: Sequence[str], batches: Iterator[list[Any]], file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    count = 0
    try:
        writer.writerow(names)
        for rows in batches:
            writer.writerows([json_value(value) for value in row] for row in rows)
            count += len(rows)
    finally:
        text.detach()  # the file is the caller's to close, also after an error
    return count


def _write_xlsx(names: Sequence[str], batches: Iterator[list[Any]], file: BinaryIO) -> int:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.writer.excel import ExcelWriter
    except ImportError as error:
        raise ConfigError(
            "Excel files need openpyxl, which is not installed.",
            hint="Install it (pip install openpyxl), or take CSV.",
        ) from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("result")

    def text_cell(text: str) -> Any:
        cell = WriteOnlyCell(sheet, value=_ILLEGAL_IN_XML.sub("", text)[:SHEET_CELL])
        cell.data_type = "s"  # openpyxl takes text that begins with = for a formula
        return cell

    def cell(value: Any) -> Any:
        if value is None or isinstance(value, bool | float):
            return json_value(value)  # NaN and infinity have no place in a sheet
        if isinstance(value, int):
            return (
                value if abs(value) < 10**15 else text_cell(str(value))
            )  # as Excel would round it
        if isinstance(value, Decimal):
            return float(value) if value.is_finite() else None
        return text_cell(str(json_value(value)))

    count = 0
    try:
        sheet.append([text_cell(name) for name in names])
        for rows in batches:
            count += len(rows)
            if count > SHEET_ROWS:
                raise ExecutionFailed(
                    f"The result has more than {SHEET_ROWS:,} rows, the most that an Excel sheet holds.",
                    hint="Take CSV or Parquet.",
                )
            for row in rows:
                sheet.append([cell(value) for value in row])
        # As book.save does, which leaves the archive open after an error.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    except BaseException:
        _drop_sheet(sheet)
        raise
    return count


def _drop_sheet(sheet: Any) -> None:
    """Close and remove a sheet's temporary file, which openpyxl would keep until the process ends."""
    rows, writer = sheet._rows, sheet._writer
    for part in (rows, writer):
        with contextlib.suppress(Exception):  # closing writes, which a full disk refuses
            part.close()
    with contextlib.suppress(Exception):
        writer.cleanup()


def _write_parquet(names: Sequence[str], batches: Iterator[list[Any]], file: BinaryIO) -> int:
    """Two passes over a temporary file: a Parquet column has one type, known only after all rows."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet files need pyarrow, which is not installed.",
            hint="Install it (pip install pyarrow), or take CSV.",
        ) from error
    types: list[Any] = [pyarrow.null()] * len(names)
    count = 0
    with tempfile.TemporaryFile() as spool:
        for rows in batches:
            count += len(rows)
            pickle.dump(rows, spool)
            for i in range(len(names)):
                types[i] = _wider(types[i], [row[i] for row in rows])
        spool.seek(0)
        schema = pyarrow.schema(list(zip(names, types, strict=True)))
        with pyarrow.parquet.ParquetWriter(file, schema) as writer:
            for rows in _unspool(spool):
                arrays = [_array([row[i] for row in rows], kind) for i, kind in enumerate(types)]
                writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
    return count


def _unspool(spool: Any) -> Iterator[list[Any]]:
    while True:
        try:
            yield pickle.load(spool)  # this process wrote it a moment ago
        except EOFError:
            return


def _wider(kind: Any, values: list[Any]) -> Any:
    """The narrowest Arrow type that holds what was seen so far and these values; text holds all."""
    import pyarrow

    if pyarrow.types.is_string(kind):
        return kind
    try:
        here = pyarrow.array(values).type
    except (pyarrow.ArrowException, OverflowError):
        return pyarrow.string()
    if pyarrow.types.is_null(kind) or here == kind:
        return here
    if pyarrow.types.is_null(here):
        return kind
    if {kind, here} == {pyarrow.int64(), pyarrow.float64()}:
        return pyarrow.float64()
    if pyarrow.types.is_decimal(kind) and pyarrow.types.is_decimal(here):
        scale = max(kind.scale, here.scale)
        whole = max(kind.precision - kind.scale, here.precision - here.scale)
        return pyarrow.decimal128(min(38, whole + scale), scale)
    return pyarrow.string()


def _array(values: list[Any], kind: Any) -> Any:
    import pyarrow

    if pyarrow.types.is_string(kind):
        values = [None if value is None else str(json_value(value)) for value in values]
    elif pyarrow.types.is_float64(kind):
        values = [None if value is None else float(value) for value in values]
    return pyarrow.array(values, type=kind)


@lru_cache(maxsize=1024)  # the page draws itself anew, each answer's SQL with it, at every click
def pretty_sql(sql: str, dialect: str) -> str:
    """The SQL laid out over lines, for reading; as it is where it cannot be parsed."""
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
        return str(tree.sql(dialect=dialect, pretty=True, max_text_width=70))
    except (SqlglotError, ValueError, RecursionError):  # ValueError: no such dialect
        return sql


def to_markdown(answer: Answer, *, max_rows: int = 200) -> str:
    """The question, the answer in one sentence, its table and its SQL, as Markdown text."""
    lines = [f"**{_one_line(answer.question)}**", "", _one_line(headline(answer)), ""]
    if answer.columns:
        lines.append("| " + " | ".join(map(_cell, answer.columns)) + " |")
        lines.append("|" + "---|" * len(answer.columns))
        for row in answer.rows[:max_rows]:
            lines.append("| " + " | ".join(_cell(display_value(value)) for value in row) + " |")
        if answer.row_count > max_rows or answer.truncated:
            lines += ["", f"(the first {min(max_rows, answer.row_count):,} rows)"]
        lines.append("")
    if answer.sql:
        lines += ["```sql", pretty_sql(answer.sql, answer.dialect), "```", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _plain(text: str) -> str:
    """The text on one line, as Markdown that shows it letter by letter: no link, picture or HTML of a value."""
    return _MARKUP.sub(r"\\\g<0>", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Entry:
    """One question of a conversation with what came of it."""

    question: str
    sql: str | None
    comment: str
    """The answer in one sentence, or why there is none."""
    dialect: str


def conversation_sql(entries: Sequence[Entry], database: str) -> str:
    """A conversation as SQL text: each question and answer as comments above its statement."""
    parts = [f"-- Questions about {_one_line(database)}, answered by nlidb\n"]
    for number, entry in enumerate(entries, 1):
        parts.append(f"-- {number}. {_one_line(entry.question)}\n-- {_one_line(entry.comment)}")
        if entry.sql:
            parts.append(pretty_sql(entry.sql, entry.dialect) + ";")
        parts.append("")
    return "\n".join(parts)


def notebook(entries: Sequence[Entry], database: str, files: Sequence[str] = ()) -> str:
    """A conversation as a Jupyter notebook (nbformat 4.5) that runs each statement again.

    ``database`` is a path, or a URL without its password; ``files`` are the names of uploaded files in its place.
    """
    note, source = "a URL needs its password here", json.dumps(database)
    if files:
        note = "put beside this notebook, under this name: " + ", ".join(files)
        source = json.dumps(list(files) if len(files) > 1 else files[0])
    cells = [
        _notebook_cell(0, "markdown", f"# Questions about {_plain(database)}\n"),
        _notebook_cell(
            1,
            "code",
            f"from nlidb import Assistant\n\n# {note}\nassistant = Assistant.connect({source})\n",
        ),
    ]
    for entry in entries:
        text = f"**{_plain(entry.question)}**\n\n{_plain(entry.comment)}\n"
        cells.append(_notebook_cell(len(cells), "markdown", text))
        if entry.sql:
            sql = pretty_sql(entry.sql, entry.dialect)
            source = f"sql = {_triple_quoted(sql)}\nassistant.run(sql).to_pandas()\n"
            cells.append(_notebook_cell(len(cells), "code", source))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1)


def _notebook_cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "id": f"cell-{number}",
        "cell_type": kind,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _triple_quoted(text: str) -> str:
    """Text as a Python literal over several lines."""
    if '"""' in text or "\\" in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text}\n"""'
