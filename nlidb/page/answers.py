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

from nlidb.answer import Answer, display_value, headline, json_value, marked_sql
from nlidb.chart import ChartKind, choose_chart
from nlidb.download import (
    FILE_TYPES,
    FileFormat,
    pretty_sql,
    to_markdown,
    unique_names,
)
from nlidb.errors import NlidbError, RefusedSQL
from nlidb.explain import clauses
from nlidb.heatmap import coloured_words, heat_map
from nlidb.keep import Pair, PairKind, SavedQuestion
from nlidb.page import style
from nlidb.page.state import Connection, Session, Turn, max_download_mb
from nlidb.schema import Schema, identifier_words
from nlidb.vega import vega_lite

if TYPE_CHECKING:
    import pandas
    from streamlit.delta_generator import DeltaGenerator

PLAIN_NUMBERS = {"year", "id", "code", "number", "key", "zip"}
"""Last words of column names whose numbers take no thousands separators."""
TABLE_HEIGHT = 388
FILE_NAMES: dict[FileFormat, str] = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


class Run(Protocol):
    """Starts running SQL in place of a turn's own, with a note on whose SQL it is."""

    def __call__(self, origin: Turn, sql: str, note: str) -> None: ...


class Ask(Protocol):
    """Starts answering a question."""

    def __call__(self, question: str, *, follow: bool = True) -> None: ...


def confidence_words(confidence: float) -> tuple[str, str]:
    """A confidence in words with its number, and its style: ("Sure: 93%", "high")."""
    percent = _percent(confidence)
    if percent >= 85:
        return f"Sure: {percent}%", "high"
    if percent >= 60:
        return f"Fairly sure: {percent}%", "high"
    if percent >= 30:
        return f"Not very sure: {percent}%", "mid"
    return f"Unsure: {percent}%", "low"


def _percent(confidence: float) -> int:
    """As it is shown: no guess is certain."""
    return min(99, round(100 * confidence))


def show_short(session: Session, turn: Turn) -> None:
    """An older turn in two lines, with a button that opens it."""
    text = headline(turn.answer) if turn.answer is not None else str(turn.error)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            st.html(style.paragraph(turn.asked, "asked") + style.paragraph(text, "small"))
        st.button(
            style.named("Open", turn.asked),
            key=f"open-{turn.number}",
            type="tertiary",
            on_click=session.opened.add,
            args=(turn.number,),
            help=f"Open the answer to {style.label(turn.asked, 60)}",
        )


def turn_place(turn: Turn) -> DeltaGenerator:
    """Where a turn stands on the page, under a name of its own: ``st-key-turn-3``. Nothing is seen of it until
    something is drawn in it."""
    return st.container(key=f"turn-{turn.number}")


def show_turn(session: Session, turn: Turn, *, run: Run, ask: Ask) -> None:
    """A turn in full."""
    with st.chat_message("user", avatar=":material/person:"):
        st.html(style.paragraph(turn.asked, "asked"))
        if turn.note:
            st.html(style.paragraph(f"Run with {turn.note}.", "small"))
        if turn.carried:
            _show_carried(turn, ask)
    with st.chat_message("assistant", avatar=":material/database:"):
        if turn.error is not None:
            _show_error(session, turn, run)
        elif turn.answer is not None:
            _show_answer(session, turn, turn.answer, run)
        if turn.number in session.opened:
            st.button(
                style.named("Close", turn.asked),
                key=f"close-{turn.number}",
                type="tertiary",
                on_click=session.opened.discard,
                args=(turn.number,),
                help=f"Close the answer to {style.label(turn.asked, 60)}",
            )


def _show_carried(turn: Turn, ask: Ask) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(style.facts([(f"Carried over: {_short(turn.carried)}", "")]))
        st.button(
            style.named("Ask it alone", turn.asked),
            key=f"alone-{turn.number}",
            type="tertiary",
            on_click=lambda: ask(turn.asked, follow=False),
            help="Drop what is carried over",
        )


def _short(text: str, length: int = 100) -> str:
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + " \u2026"


def _show_error(session: Session, turn: Turn, run: Run) -> None:
    error, sql = turn.error, turn.broken_sql
    assert error is not None and session.connection is not None
    st.html(style.paragraph(error.message, "headline"))
    if error.hint:
        st.html(style.paragraph(error.hint, "read"))
    if isinstance(error, RefusedSQL):
        chips = [("Nothing was run", "low")]
        if error.rule:
            chips.append((f"Rule: {error.rule}", ""))
        st.html(style.facts(chips))
    if not sql:
        return
    if isinstance(error, RefusedSQL) and error.position is not None:
        st.code(marked_sql(sql, error.position), language=None)
    elif not isinstance(error, RefusedSQL):
        _show_clauses(sql, session.connection.assistant.database.schema)
    _show_edit(turn, sql, run)


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
        _show_why(connection, turn, answer, run)
    with correct:
        _show_correct(session, turn, answer, run)
    _show_actions(session, connection, turn, answer)


def _show_facts(turn: Turn, answer: Answer) -> None:
    chips = []
    # Nothing is unsure about what was declined before the model was asked.
    if turn.note != "your SQL" and 0 < answer.confidence < 1:  # 1: it was pasted as SQL
        chips.append(confidence_words(answer.confidence))
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
    options: list[tuple[str, str, float]] = [
        (choice.text, choice.sql, choice.confidence) for choice in answer.choices
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


def _show_option(turn: Turn, number: int, text: str, sql: str, confidence: float, run: Run) -> None:
    with st.container(border=True):
        chance = f"{_percent(confidence)}%"
        st.html(f"<p class='nl-option'>{escape(text)} <small>{chance}</small></p>")
        with st.container(horizontal=True):
            st.button(
                style.named("Run this", text),
                key=f"option-{turn.number}-{number}",
                on_click=run,
                args=(turn, sql, "another reading"),
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


def _show_clauses(sql: str, schema: Schema) -> None:
    """The query clause by clause, as a short list."""
    lines = [
        f"<li><small>{name}</small> {escape(text)}</li>" for name, text in clauses(sql, schema)
    ]
    if lines:
        st.html(f"<ul class='nl-columns'>{''.join(lines)}</ul>")


def _show_why(connection: Connection, turn: Turn, answer: Answer, run: Run) -> None:
    _show_clauses(answer.sql or "", connection.assistant.database.schema)
    _show_links(answer)
    if answer.alternatives:
        st.html(style.paragraph("Other readings, one click runs them:", "small"))
        for number, other in enumerate(answer.alternatives):
            _show_option(turn, number, other.explanation, other.sql, other.confidence, run)
    elif turn.note != "your SQL":
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
    _show_edit(turn, pretty_sql(answer.sql or "", answer.dialect), run)
    if turn.judged:
        st.html(style.facts([(f"Kept as {turn.judged}", "high")]))
        return
    if turn.note == "your SQL":
        st.html(style.paragraph("If this SQL answers the question, keep the pair:", "small"))
        _judge_button(session, turn, answer, "Remember this", "corrected")
        return
    st.html(
        style.paragraph(
            f"Was the question read rightly? Your verdict is kept {session.keeper.where}.", "small"
        )
    )
    key = f"reason-{turn.number}"

    def typed() -> None:
        turn.reason = st.session_state[key]

    st.text_input(
        "Why (if it was not)", value=turn.reason, key=key, on_change=typed, max_chars=300,
        placeholder="for example: it should count orders, not customers",
    )  # fmt: skip
    with st.container(horizontal=True):
        _judge_button(session, turn, answer, "Yes, right", "accepted")
        _judge_button(session, turn, answer, "No, wrong", "rejected")


def _show_edit(turn: Turn, sql: str, run: Run) -> None:
    with st.form(f"edit-{turn.number}", border=False):
        edited = st.text_area(
            "The SQL, to change and run",
            value=sql,
            key=f"sql-{turn.number}",
            height=160,
            max_chars=50_000,
        )
        if st.form_submit_button("Run", icon=":material/play_arrow:"):
            run(turn, edited, "your SQL")
            st.rerun()


def _judge_button(session: Session, turn: Turn, answer: Answer, text: str, kind: PairKind) -> None:
    st.button(
        text,
        key=f"{kind}-{turn.number}",
        on_click=_judge,
        args=(session, turn, answer, kind),
    )


def _judge(session: Session, turn: Turn, answer: Answer, kind: PairKind) -> None:
    connection = session.connection
    assert connection is not None
    # Not as the page was last drawn: the click that judges also sends what was typed before it.
    reason = st.session_state[f"reason-{turn.number}"] if kind == "rejected" else ""
    pair = Pair(
        turn.question,
        answer.sql or "",
        kind,
        connection.record_name,
        answer.dialect,
        reason,
        title=connection.title,
    )
    if keeps(lambda: session.keeper.add(pair)):
        turn.judged = kind


def keeps(work: Callable[[], None]) -> bool:
    """Whether the change to what is kept was made; why not is said in a toast."""
    try:
        work()
    except NlidbError as error:
        st.toast(style.label(str(error), 400), icon=":material/error:")
        return False
    return True


UNDELIVERED_S = 5.0
"""How soon an open Download says why there is no file, in seconds. Each look lets Streamlit delete what nobody
fetched since the last but one, so not at once: a slow browser still fetches its file."""


def _show_actions(session: Session, connection: Connection, turn: Turn, answer: Answer) -> None:
    with st.container(horizontal=True):
        download = st.popover(
            "Download",
            icon=":material/download:",
            key=f"download-{turn.number}",
            on_change="rerun",
        )
        with download:
            text = f"The whole result, not only the rows shown, up to {max_download_mb():,g} MB."
            st.html(style.paragraph(text, "small"))
            if download.open:
                # Not before: opening draws the page again, and a button that Streamlit then replaces would hold a
                # file that is there no more.
                for kind, name in FILE_NAMES.items():
                    _download_button(session, turn, answer, kind, name)
                st.fragment(_show_undelivered, run_every=UNDELIVERED_S)(turn)
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


def _show_undelivered(turn: Turn) -> None:
    if turn.undelivered:
        st.html(style.paragraph(turn.undelivered, "small"))


def _download_button(
    session: Session, turn: Turn, answer: Answer, kind: FileFormat, name: str
) -> None:
    st.download_button(
        name,
        data=_file_maker(session, turn, answer, kind),
        file_name=f"result-{turn.number}.{kind}",
        mime=FILE_TYPES[kind],
        on_click="ignore",
        key=f"{kind}-{turn.number}",
        width="stretch",
    )


def _file_maker(
    session: Session, turn: Turn, answer: Answer, kind: FileFormat
) -> Callable[[], BinaryIO]:
    connection, visitor = session.connection, session.visitor
    assert connection is not None

    def make() -> BinaryIO:
        # On disk while it is written; Streamlit reads it whole before it sends it, so it is held once. It takes
        # a file that can only be read, not one opened for both.
        with tempfile.TemporaryFile() as file:
            try:
                connection.assistant.write(answer.sql or "", kind, file, who=visitor)
            except NlidbError as error:
                # Streamlit says only that there is no file; why is said when the page is drawn again.
                turn.undelivered = f"There is no file: {error}"
                raise
            turn.undelivered = ""
            file.flush()
            return open(os.dup(file.fileno()), "rb")  # Streamlit goes to its beginning and reads

    return make


def _show_link(connection: Connection, turn: Turn) -> None:
    if not connection.shareable:
        text = "Only questions about the demo databases, and the database this page was started with, can be shared."  # noqa: E501
        st.html(style.paragraph(text, "small"))
        return
    query = {"db": connection.link} if connection.link else {}
    address = (st.context.url or "").partition("?")[0]
    st.html(style.paragraph("Opens this question on this page:", "small"))
    st.code(f"{address}?{urlencode({**query, 'q': turn.question})}", language=None, wrap_lines=True)


def _save(session: Session, connection: Connection, turn: Turn, answer: Answer) -> None:
    saved = SavedQuestion(
        turn.question, connection.record_name, answer.sql or "", title=connection.title
    )
    if keeps(lambda: session.keeper.add(saved)):
        st.toast("Saved.", icon=":material/bookmark:")
