"""The Saved view: questions to ask again, and the question-SQL pairs that were judged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from nlidb.download import pretty_sql
from nlidb.errors import NlidbError
from nlidb.keep import Pair, SavedQuestion
from nlidb.page import style
from nlidb.page.answers import keeps
from nlidb.page.chat import ask
from nlidb.page.state import Session, reopen


def show_kept(session: Session) -> None:
    """Both lists, newest first."""
    try:
        saved, pairs = session.keeper.read(SavedQuestion), session.keeper.read(Pair)
    except NlidbError as error:
        st.error(style.label(str(error), 400))
        return
    st.html(style.paragraph(f"All of this is kept {session.keeper.where}.", "small"))
    st.html(style.paragraph("Saved questions", "section"))
    if not saved:
        st.html(
            style.paragraph(
                "Nothing saved yet. Save below an answer puts its question here.", "small"
            )
        )
    for number, entry in enumerate(reversed(saved)):
        with st.container(border=True):
            name = entry.title or entry.database
            st.html(
                style.paragraph(entry.question, "asked") + style.paragraph(f"About {name}", "small")
            )
            with st.container(horizontal=True):
                is_asked = _again_button(session, entry, number)
                st.button(
                    style.named("Remove", entry.question),
                    key=f"unsave-{number}",
                    type="tertiary",
                    on_click=_try,
                    args=(partial(session.keeper.remove, entry),),
                    help=f"Remove {style.label(entry.question, 60)}",
                )
            if is_asked:
                _ask_again(session, entry)
    st.html(style.paragraph("Kept pairs", "section"))
    text = "Questions with SQL that you accepted, rejected or corrected."
    st.html(style.paragraph(text, "small"))
    if not pairs:
        return
    st.download_button(
        "All pairs as JSONL",
        data=lambda: session.keeper.text(Pair),
        file_name="pairs.jsonl",
        mime="application/jsonl",
        on_click="ignore",
        key="pairs",
    )
    styles = {"corrected": "mid", "accepted": "high", "rejected": "low"}
    for number, pair in enumerate(reversed(pairs)):
        with st.container(border=True):
            chips = [(pair.kind, styles[pair.kind]), (pair.title or pair.database, "")]
            if pair.reason:
                chips.append((pair.reason, ""))
            st.html(style.paragraph(pair.question, "asked") + style.facts(chips))
            st.code(pretty_sql(pair.sql, pair.dialect), language="sql", wrap_lines=True)
            st.button(
                style.named("Remove", pair.question),
                key=f"forget-{number}",
                type="tertiary",
                on_click=_try,
                args=(partial(session.keeper.remove, pair),),
                help=f"Remove {style.label(pair.question, 60)}",
            )


def _try(work: Callable[[], None]) -> None:
    """For a click: what it raises is not seen by the page, which says what goes wrong."""
    keeps(work)


def _again_button(session: Session, entry: SavedQuestion, number: int) -> bool:
    connection = session.connection
    here = connection is not None and connection.record_name == entry.database
    name = style.label(entry.title or entry.database, 40)
    return st.button(
        style.named("Ask" if here else f"Open {name} and ask", entry.question),
        key=f"again-{number}",
        help=f"Ask {style.label(entry.question, 60)}",
    )


def _ask_again(session: Session, entry: SavedQuestion) -> None:
    """Ask it of its own database, which is opened where another one is connected."""
    try:
        with st.spinner("Opening ..."):
            reopen(session, entry.database)
    except NlidbError as error:
        st.error(style.label(str(error), 400))
        return
    ask(session, entry.question, follow=False)
    st.rerun()
