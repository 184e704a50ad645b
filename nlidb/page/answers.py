"""One turn of the conversation: the question, the answer in words, table, chart, SQL, why, correct."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from urllib.parse import urlencode

import streamlit as st

from nlidb.answer import Answer, display_value, headline, json_value
from nlidb.chart import ChartKind, choose_chart
from nlidb.download import (
    FILE_TYPES,
    FileFormat,
    pretty_sql,
    to_markdown,
    unique_names,
)
from nlidb.errors import NlidbError, RefusedSQL
from nlidb.heatmap import coloured_words, heat_map
from nlidb.keep import Pair, PairKind, SavedQuestion
from nlidb.page import style
from nlidb.page.state import Connection, Session, Turn
from nlidb.schema import identifier_words
from nlidb.vega import vega_lite

if TYPE_CHECKING:
    import pandas

PLAIN_NUMBERS = {"year", "id", "code", "number", "key", "zip"}
"""Last words of column names whose numbers take no thousands separators."""
TABLE_HEIGHT = 388
FILE_NAMES: dict[FileFormat, str] = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


class Run(Protocol):
    """Starts running SQL for a question, with a note on whose SQL it is."""

    def __call__(self, asked: str, sql: str, note: str) -> None: ...


class Ask(Protocol):
    """Starts answering a question."""

    def __call__(self, question: str, *, follow: bool = True) -> None: ...


def confidence_words(confidence: float) -> tuple[str, str]:
    """A confidence in words and its style: ("Sure", "high")."""
    if confidence >= 0.85:
        return "Sure", "high"
    if confidence >= 0.6:
        return "Fairly sure", "high"
    if confidence >= 0.3:
        return "Not very sure", "mid"
    return "Unsure", "low"


def show_short(session: Session, turn: Turn) -> None:
    """An older turn in two lines, with a button that opens it."""
    text = headline(turn.answer) if turn.answer is not None else str(turn.error)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            st.html(style.paragraph(turn.asked, "asked") + style.paragraph(text, "small"))
        st.button(
            "Open",
            key=f"open-{turn.number}",
            type="tertiary",
            on_click=session.opened.add,
            args=(turn.number,),
            help=f"Open the answer to {style.label(turn.asked, 60)}",
        )


def show_turn(session: Session, turn: Turn, *, run: Run, ask: Ask) -> None:
    """A turn in full, under a name of its own on the page: ``st-key-turn-3``."""
    with st.container(key=f"turn-{turn.number}"):
        with st.chat_message("user", avatar=":material/person:"):
            st.html(style.paragraph(turn.asked, "asked"))
            if turn.note:
                st.html(style.paragraph(f"Run with {turn.note}.", "small"))
            if turn.carried:
                _show_carried(turn, ask)
        with st.chat_message("assistant", avatar=":material/database:"):
            if turn.error is not None:
                _show_error(turn, run)
            elif turn.answer is not None:
                _show_answer(session, turn, turn.answer, run)


def _show_carried(turn: Turn, ask: Ask) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(style.facts([(f"Carried over: {turn.carried}", "")]))
        st.button(
            "Ask it alone",
            key=f"alone-{turn.number}",
            type="tertiary",
            on_click=lambda: ask(turn.asked, follow=False),
            help="Drop what is carried over",
        )


def _show_error(turn: Turn, run: Run) -> None:
    error = turn.error
    assert error is not None
    st.html(style.paragraph(error.message, "headline"))
    if error.hint:
        st.html(style.paragraph(error.hint, "read"))
    if isinstance(error, RefusedSQL):
        chips = [("Nothing was run", "low")]
        if error.rule:
            chips.append((f"Rule: {error.rule}", ""))
        st.html(style.facts(chips))


def _show_answer(session: Session, turn: Turn, answer: Answer, run: Run) -> None:
    connection = session.connection
    assert connection is not None
    # A declined answer's guess follows below, with a button.
    text = headline(answer).partition(" The best guess: ")[0]
    st.html(style.paragraph(text, "headline"))
    if answer.outcome == "answered":
        st.html(style.paragraph(f"Read as: {answer.explanation}", "read"))
    _show_facts(turn, answer)
    if answer.outcome != "answered":
        _show_choices(turn, answer, run)
        return
    result, sql, why, correct = st.tabs(
        ["Result", "SQL", "Why", "Correct"], key=f"tabs-{turn.number}"
    )
    with result:
        _show_result(turn, answer)
    with sql:
        st.code(pretty_sql(answer.sql or "", answer.dialect), language="sql", wrap_lines=True)
    with why:
        _show_why(turn, answer, run)
    with correct:
        _show_correct(session, turn, answer, run)
    _show_actions(session, connection, turn, answer)


def _show_facts(turn: Turn, answer: Answer) -> None:
    chips = []
    # Nothing is unsure about what was declined before the model was asked.
    if not turn.note and answer.confidence:
        words, kind = confidence_words(answer.confidence)
        chips.append((f"{words}: {answer.confidence:.0%}", kind))
    if answer.outcome == "answered":
        total = answer.timings.get("total", 0.0)
        chips.append((f"{total:.0f} ms" if total < 1000 else f"{total / 1000:.1f} s", ""))
    # What is carried over has a chip of its own; the rest of the warnings are said here.
    chips += [
        (warning, "warn")
        for warning in answer.warnings
        if not (turn.carried and warning.startswith("Read as a follow-up of"))
        and warning != answer.explanation
    ]
    if chips:
        st.html(style.facts(chips))


def _show_choices(turn: Turn, answer: Answer, run: Run) -> None:
    """Readings to pick from: the choices where it asks, the best guess where it declines."""
    options: list[tuple[str, str, float | None]] = [
        (choice.text, choice.sql, None) for choice in answer.choices
    ] or [(other.explanation, other.sql, other.confidence) for other in answer.alternatives[:1]]
    if options and not answer.choices:
        st.html(style.paragraph("The best guess:", "small"))
    for number, (text, sql, confidence) in enumerate(options):
        _show_option(turn, number, text, sql, confidence, run)
    if answer.links:
        with st.expander("How the words were linked"):
            _show_links(answer)
    if answer.refused:
        with st.expander("What was not offered"):
            _show_refused(answer)


def _show_option(
    turn: Turn, number: int, text: str, sql: str, confidence: float | None, run: Run
) -> None:
    with st.container(border=True):
        chance = "" if confidence is None else f" <small>{confidence:.0%}</small>"
        st.html(f"<p class='nl-option'>{escape(text)}{chance}</p>")
        with st.container(horizontal=True):
            st.button(
                "Run this",
                key=f"option-{turn.number}-{number}",
                on_click=run,
                args=(turn.asked, sql, "another reading"),
                help=f"Run: {style.label(text, 120)}",
            )
            with st.popover("SQL", key=f"option-sql-{turn.number}-{number}"):
                st.code(pretty_sql(sql, _dialect(turn)), language="sql", wrap_lines=True)


def _dialect(turn: Turn) -> str:
    return turn.answer.dialect if turn.answer is not None else ""


def _show_result(turn: Turn, answer: Answer) -> None:
    if not answer.rows:
        text = "No rows. The words may be spelled otherwise in the database: see Why."
        st.html(style.paragraph(text, "small"))
        return
    if answer.truncated:
        text = (
            f"Only the first {answer.row_count:,} rows are shown. "
            "Download gives all of them; a narrower question gives fewer."
        )
        st.html(style.paragraph(text, "small"))
    spec = choose_chart(answer.columns, answer.rows)
    kind: ChartKind | None = spec.kind
    if spec.options:
        options = ["table", *spec.options]
        picked = st.segmented_control(
            "Show as",
            options,
            default=spec.kind,
            key=f"chart-{turn.number}",
            required=True,
            format_func=str.capitalize,
            label_visibility="collapsed",
        )
        kind = next((option for option in spec.options if option == picked), None)
        if kind is not None and kind != "none":
            st.vega_lite_chart(
                spec=vega_lite(spec, answer.columns, answer.rows, kind),
                width="stretch",
                alt=f"Chart: {headline(answer)}",
                key=f"vega-{turn.number}-{kind}",
            )
            return
    if len(answer.rows) > 1 or len(answer.columns) > 1:
        _show_table(turn, answer)
    else:
        st.html(style.paragraph("One value: the one in the sentence above.", "small"))


def _show_table(turn: Turn, answer: Answer) -> None:
    import pandas  # takes half a second, so not before the first table

    names = unique_names(answer.columns)
    data, config = {}, {}
    for i, name in enumerate(names):
        values = [row[i] for row in answer.rows]
        data[name], config[name] = _column(answer.columns[i], values)
    frame = pandas.DataFrame(data, columns=pandas.Index(names))
    tall = len(answer.rows) > 10
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=TABLE_HEIGHT if tall else "auto",
        column_config=config,
        key=f"table-{turn.number}",
        alt=f"Table: {headline(answer)}",
    )


def _column(name: str, values: list[Any]) -> tuple[pandas.Series, Any]:
    """A column's values as the table sorts and formats them, and how."""
    import pandas

    present = [value for value in values if value is not None]
    title = " ".join(name.split()) or "column"
    if present and all(isinstance(value, bool) for value in present):
        return pandas.Series(values, dtype="boolean"), st.column_config.CheckboxColumn(title)
    if present and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        for value in present
    ):
        words = identifier_words(name).split()
        whole = all(isinstance(value, int) for value in present)
        plain = whole and bool(words) and words[-1] in PLAIN_NUMBERS
        if not whole or all(abs(value) < 2**53 for value in present):
            numbers = [None if value is None else float(value) for value in values]
            series = pandas.Series(numbers, dtype="float64")
            if whole:
                series = series.astype("Int64")
            pattern = "%d" if plain else "localized"
            return series, st.column_config.NumberColumn(title, format=pattern)
    if present and all(type(value) is datetime.date for value in present):
        series = pandas.Series(values, dtype="object")
        return series, st.column_config.DateColumn(title, format="YYYY-MM-DD")
    texts = [None if value is None else _text(value) for value in values]
    return pandas.Series(texts, dtype="object"), st.column_config.TextColumn(title)


def _text(value: Any) -> str:
    if isinstance(value, float | bytes | bytearray | memoryview):
        return display_value(value)
    return str(json_value(value))


def _show_why(turn: Turn, answer: Answer, run: Run) -> None:
    _show_links(answer)
    if answer.alternatives:
        st.html(style.paragraph("Other readings, one click runs them:", "small"))
        for number, other in enumerate(answer.alternatives):
            _show_option(turn, number, other.explanation, other.sql, other.confidence, run)
    elif not turn.note:
        st.html(style.paragraph("There is no other reading.", "small"))
    _show_refused(answer)


def _show_refused(answer: Answer) -> None:
    """Readings that were written and not offered, each with why."""
    if not answer.refused:
        return
    st.html(style.paragraph("Not offered:", "small"))
    for item in answer.refused:
        with st.container(border=True):
            st.html(style.paragraph(item.reason, "option"))
            if item.sql:
                st.code(pretty_sql(item.sql, answer.dialect), language="sql", wrap_lines=True)


def _show_links(answer: Answer) -> None:
    if not answer.links and answer.attention is None:
        text = "No word was linked to the schema."
        st.html(style.paragraph(text, "small"))
        return
    keys = "".join(
        f"<span class='nl-key nl-{kind}'>{kind}</span> " for kind in ("table", "column", "value")
    )
    st.html(
        coloured_words(answer)
        + f"<p class='nl-small'>{keys} Hover or tab to a word to see its tables, columns and values.</p>"
    )
    st.html(heat_map(answer))


def _show_correct(session: Session, turn: Turn, answer: Answer, run: Run) -> None:
    with st.form(f"edit-{turn.number}", border=False):
        sql = st.text_area(
            "The SQL, to change and run",
            value=pretty_sql(answer.sql or "", answer.dialect),
            key=f"sql-{turn.number}",
            height=160,
            max_chars=50_000,
        )
        if st.form_submit_button("Run", icon=":material/play_arrow:"):
            run(turn.asked, sql, "your SQL")
            st.rerun()
    if turn.judged:
        st.html(style.facts([(f"Kept as {turn.judged}", "high")]))
        return
    if turn.note == "your SQL":
        st.html(style.paragraph("If this SQL answers the question, keep the pair:", "small"))
        _judge_button(session, turn, answer, "Remember this", "corrected")
        return
    st.html(
        style.paragraph(
            "Was the question read rightly? Your verdict is kept on this machine.", "small"
        )
    )
    reason = st.text_input(
        "Why (if it was not)", key=f"reason-{turn.number}", max_chars=300,
        placeholder="for example: it should count orders, not customers",
    )  # fmt: skip
    with st.container(horizontal=True):
        _judge_button(session, turn, answer, "Yes, right", "accepted")
        _judge_button(session, turn, answer, "No, wrong", "rejected", reason)


def _judge_button(
    session: Session, turn: Turn, answer: Answer, text: str, kind: PairKind, reason: str = ""
) -> None:
    st.button(
        text,
        key=f"{kind}-{turn.number}",
        on_click=_judge,
        args=(session, turn, answer, kind, reason),
    )


def _judge(session: Session, turn: Turn, answer: Answer, kind: PairKind, reason: str) -> None:
    connection = session.connection
    assert connection is not None
    pair = Pair(turn.asked, answer.sql or "", kind, connection.name, answer.dialect, reason)
    if _keeps(lambda: session.keeper.add(pair)):
        turn.judged = kind


def _keeps(work: Callable[[], None]) -> bool:
    try:
        work()
    except NlidbError as error:
        st.toast(style.label(str(error), 400), icon=":material/error:")
        return False
    return True


def _show_actions(session: Session, connection: Connection, turn: Turn, answer: Answer) -> None:
    with st.container(horizontal=True):
        with st.popover("Download", icon=":material/download:", key=f"download-{turn.number}"):
            st.html(style.paragraph("The whole result, not only the rows shown.", "small"))
            for kind, name in FILE_NAMES.items():
                _download_button(connection, turn, answer, kind, name)
        with st.popover("Copy", icon=":material/content_copy:", key=f"copy-{turn.number}"):
            st.code(to_markdown(answer, max_rows=50), language="markdown", height=240)
        with st.popover("Share", icon=":material/link:", key=f"share-{turn.number}"):
            _show_link(connection, turn)
        st.button(
            "Save",
            key=f"save-{turn.number}",
            icon=":material/bookmark:",
            on_click=_save,
            args=(session, connection, turn, answer),
            help="Keep this question on the Saved page",
        )


def _download_button(
    connection: Connection, turn: Turn, answer: Answer, kind: FileFormat, name: str
) -> None:
    def make() -> BinaryIO:
        # On disk while it is written; Streamlit reads it whole before it sends it, so it is held once. It takes
        # a file that can only be read, not one opened for both.
        with tempfile.TemporaryFile() as file:
            connection.assistant.write(answer.sql or "", kind, file)
            file.flush()
            return open(os.dup(file.fileno()), "rb")  # Streamlit goes to its beginning and reads

    st.download_button(
        name,
        data=make,
        file_name=f"result-{turn.number}.{kind}",
        mime=FILE_TYPES[kind],
        on_click="ignore",
        key=f"{kind}-{turn.number}",
        width="stretch",
    )


def _show_link(connection: Connection, turn: Turn) -> None:
    if not connection.shareable:
        text = "Only questions about the demo databases, and the database this page was started with, can be shared."  # noqa: E501
        st.html(style.paragraph(text, "small"))
        return
    query = {"db": connection.link} if connection.link else {}
    address = (st.context.url or "").partition("?")[0]
    st.html(style.paragraph("Opens this question on this page:", "small"))
    st.code(f"{address}?{urlencode({**query, 'q': turn.asked})}", language=None, wrap_lines=True)


def _save(session: Session, connection: Connection, turn: Turn, answer: Answer) -> None:
    saved = SavedQuestion(turn.asked, connection.name, answer.sql or "")
    if _keeps(lambda: session.keeper.add(saved)):
        st.toast("Saved.", icon=":material/bookmark:")
