"""The Databases view: demo databases as cards, an address, an upload, recent connections."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from nlidb.demo import demo_databases
from nlidb.errors import NlidbError
from nlidb.keep import Recent
from nlidb.page import style
from nlidb.page.state import (
    FILE_TYPES,
    HIDDEN_PASSWORD,
    MAX_UPLOAD_MB,
    Session,
    Upload,
    connect_uploads,
    connect_url,
    demo_connection,
    demo_title,
    may_open_anything,
)


def show_databases(session: Session) -> None:
    """Everything that can be connected to."""
    if session.error:
        st.error(style.label(session.error, 600), icon=":material/error:")
    st.html(style.paragraph("Your own", "section"))
    with st.form("upload", clear_on_submit=True):
        files = st.file_uploader(
            "Files: SQLite or DuckDB, or CSV, Parquet and Excel as tables",
            type=list(FILE_TYPES),
            accept_multiple_files=True,
            max_upload_size=MAX_UPLOAD_MB,
        )
        if st.form_submit_button("Open the files"):
            uploads = [Upload(file.name, file.getbuffer()) for file in files]
            _connect(session, "Reading the files ...", partial(connect_uploads, session, uploads))
    if may_open_anything():
        _show_url(session)
    st.html(style.paragraph("Demo databases", "section"))
    for demo in demo_databases():
        with st.container(border=True):
            card, button = st.columns([6, 1], vertical_alignment="center")
            card.html(
                f"<div class='nl-card'><b>{escape(demo_title(demo))}</b>"
                f"<p>{escape(demo.description)}</p></div>"
            )
            text = style.named("Open", demo_title(demo))
            if button.button(text, key=f"demo-{demo.db_id}"):
                _connect(
                    session,
                    "Opening ...",
                    partial(lambda name: session.use(demo_connection(name)), demo.db_id),
                )


def _show_url(session: Session) -> None:
    with st.form("address"):
        url = st.text_input(
            "Address: a path on this machine, or a SQLAlchemy URL",
            placeholder="postgresql://user:password@host/database",
            key="url",
            max_chars=2000,
            autocomplete="off",
            help="SQLite, DuckDB, PostgreSQL, MySQL and MariaDB. The password is not kept.",
        )
        password = ""
        if HIDDEN_PASSWORD in url:
            password = st.text_input("Password", type="password", key="url-password")
        if st.form_submit_button("Connect"):
            _connect(session, "Connecting ...", partial(connect_url, session, url, password))
    try:
        recent = session.keeper.read(Recent)
    except NlidbError:
        recent = []  # keeping is a convenience: connecting works without it
    if recent:
        st.html(style.paragraph(f"Used before, kept {session.keeper.where}:", "small"))
    for number, entry in enumerate(reversed(recent)):
        _show_recent(session, number, entry)


def _show_recent(session: Session, number: int, entry: Recent) -> None:
    """An earlier connection: a click opens it again, or asks for the password that is not kept."""
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked = st.button(
            style.label(entry.database, 60),
            key=f"recent-{number}",
            type="tertiary",
            on_click=_fill_url,
            args=(entry.database,),
        )
        st.button(
            style.named("Remove", entry.database),
            key=f"unlist-{number}",
            type="tertiary",
            on_click=_remove,
            args=(session, entry),
        )
    if clicked and HIDDEN_PASSWORD not in entry.database:
        _connect(session, "Connecting ...", partial(connect_url, session, entry.database))


def _fill_url(database: str) -> None:
    st.session_state["url"] = database


def _remove(session: Session, entry: Recent) -> None:
    try:
        session.keeper.remove(entry)
    except NlidbError as error:
        session.error = str(error)


def _connect(session: Session, text: str, work: Callable[[], None]) -> None:
    """Do the work, with a verdict: the new database's chat, or why it could not be opened."""
    try:
        with st.spinner(text):
            work()
    except NlidbError as error:
        session.error = str(error)
        session.show("Databases")
    st.rerun()
