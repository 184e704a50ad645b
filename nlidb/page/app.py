"""The chat page, from top to bottom: password, connection, the four views.

Run by Streamlit (``nlidb app``); every function here is called again for each click.
"""

from __future__ import annotations

import logging

import streamlit as st

from nlidb.errors import NlidbError
from nlidb.page import browse, connect, style
from nlidb.page.chat import show_chat, show_chat_tools, show_policy
from nlidb.page.kept import show_kept
from nlidb.page.state import VIEWS, Session, open_first, password_needed, password_right

log = logging.getLogger(__name__)


def main() -> None:
    """Draw the page; what goes wrong is said in a sentence, its trace goes to the log."""
    try:
        _draw()
    except NlidbError as error:
        st.error(style.label(str(error), 600))
    except Exception:
        log.exception("the page failed")
        st.error("Something went wrong inside nlidb. The log of the page's process says what.")


def _draw() -> None:
    st.set_page_config(
        page_title="Ask your database", page_icon=style.ICON, layout="centered", menu_items={}
    )
    st.html(style.CSS)
    session = Session.current()
    if password_needed() and not session.let_in:
        _ask_password(session)
        return
    if session.connection is None and not session.started:
        open_first(session)
    session.started = True
    if session.connection is None:
        session.show("Databases")
    if session.connection is not None:  # in every view and first: the page would jump sideways
        with st.sidebar:
            browse.show_sidebar(session.connection)
    _show_head(session)
    _show_views(session)
    if session.view != "Databases":
        session.error = ""  # it has been read
    if session.view == "Databases" or session.connection is None:
        connect.show_databases(session)
    elif session.view == "Schema":
        browse.show_schema(session.connection)
    elif session.view == "Saved":
        show_kept(session)
    else:
        with st.sidebar:
            show_policy(session)
        show_chat(session)
        with st.sidebar:
            show_chat_tools(session)


def _show_views(session: Session) -> None:
    """The control that switches views. Each switch by the page makes a new one: a browser that lags behind still
    reports where the old one stood, and the page would jump back."""
    key = f"view-{session.switches}"

    def clicked() -> None:
        session.view = st.session_state[key]

    st.segmented_control(
        "View",
        VIEWS,
        default=session.view,
        key=key,
        on_change=clicked,
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )


def _show_head(session: Session) -> None:
    connection = session.connection
    if connection is None:
        st.html(style.head("Ask your database", "Connect one to begin."))
    else:
        st.html(style.head(connection.title, connection.description))


def _ask_password(session: Session) -> None:
    """The page's own password, where the person who started it set one."""
    st.html(style.head("Ask your database", "This page asks for a password."))
    with st.form("password", border=False):
        given = st.text_input("Password", type="password")
        if st.form_submit_button("Open", type="primary"):
            if password_right(given):
                session.let_in = True
                st.rerun()
            st.error("That is not the password.")


if __name__ == "__main__":
    main()
