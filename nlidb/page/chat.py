"""The Ask view: the conversation, the question box, the question that is being answered."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from nlidb import intake
from nlidb.answer import Answer, as_reading, headline
from nlidb.config import Policy
from nlidb.download import Entry, conversation_sql, notebook
from nlidb.page import style
from nlidb.page.answers import show_short, show_turn, turn_place
from nlidb.page.script import script
from nlidb.page.state import Connection, Job, Session, Turn

FULL_TURNS = 3
"""The last turns are drawn in full, older ones in two lines: the page stays quick."""
QUICK = 0.4
"""Seconds before an answer that takes longer shows a Stop button."""

STAGES = {
    "link": ("Look up", "Looking for your words in the database's names and values"),
    "encode": ("Read", "Reading the question"),
    "attend": ("Weigh", "Weighing its words against tables and columns"),
    "decode": ("Write", "Writing the SQL"),
    "validate": ("Check", "Checking the SQL"),
    "execute": ("Run", "Asking the database"),
}
"""The assistant's stages, in order: each in a word, and what it does."""


def show_chat(session: Session) -> None:
    """The conversation so far, what is being answered, and the box to ask in."""
    connection = session.connection
    assert connection is not None
    # In st.bottom by name: for a box that it moves there itself Streamlit keeps the end of the page in sight.
    typed = st.bottom.chat_input(
        "Ask a question in English",
        key="question",
        # far above what is read: the browser drops a longer text without a word, and the refusal explains
        max_chars=100 * intake.MAX_QUESTION,
    )
    if typed:
        ask(session, typed)
    start = st.empty()  # empty again at once when a question starts, not when its answer is there
    turns, job = session.conversation()
    if not turns and job is None:
        with start.container():
            _show_empty(session, connection)
    newest = _next_number(session) - 1
    st.html(style.tall(f"turn-{newest}", f"waiting-{newest}"))
    older = len(turns) + (job is not None) - FULL_TURNS
    for place, turn in enumerate(turns):
        if place < older and turn.number not in session.opened:
            show_short(session, turn)
        else:
            with turn_place(turn):
                show_turn(session, turn, run=partial(run_sql, session), ask=partial(ask, session))
    if job is not None:
        _show_job(session, job)
    _run_script(session, newest)


def ask(session: Session, question: str, *, follow: bool = True) -> None:
    """Start answering a question; ``follow`` lets it continue the conversation."""
    connection = session.connection
    assert connection is not None
    previous = session.previous if follow else None
    cleaned, _ = intake.clean(question)
    if not intake.is_follow_up(cleaned) or intake.looks_like_sql(cleaned):
        previous = None  # a question of its own, or SQL
    earlier = previous.answer if previous is not None else None
    turn = Turn(_next_number(session), question, carried=earlier.explanation if earlier else "")

    def work(job: Job) -> Answer:
        return connection.assistant.ask(
            question,
            previous=earlier,
            policy=session.policy,
            cancel=job.cancel,
            who=session.visitor,
            progress=job.enter,
        )

    session.begin(Job(turn, work))


def run_sql(session: Session, origin: Turn, sql: str, note: str) -> None:
    """Start running SQL that a person wrote or picked in place of a turn's own, behind the same guard."""
    connection = session.connection
    assert connection is not None
    asked = origin.answer or origin.corrects
    turn = Turn(_next_number(session), origin.asked, note=note, sql=sql, corrects=asked)

    def work(job: Job) -> Answer:
        job.enter("execute")
        ran = connection.assistant.run(sql, cancel=job.cancel, who=session.visitor)
        return ran if asked is None else as_reading(ran, asked)

    session.begin(Job(turn, work))


def _next_number(session: Session) -> int:
    last = session.turns[-1].number if session.turns else 0
    return max(last, session.job.turn.number if session.job else 0) + 1


def _show_job(session: Session, job: Job) -> None:
    """Wait for the answer, and draw it."""
    # Made before ``place``, to stand where the next run draws the turn: one that moves comes up anew in the
    # browser, and its tabs are back at the first.
    here = turn_place(job.turn)
    place = st.empty()
    if not job.done.wait(QUICK):
        with place.container(key=f"waiting-{job.turn.number}"):
            with st.chat_message("user", avatar=":material/person:"):
                st.html(style.paragraph(job.turn.asked, "asked"))
            with st.chat_message("assistant", avatar=":material/database:"):
                line = st.empty()
                line.html(_progress(session, job))
                st.button(
                    "Stop",
                    key=f"stop-{job.turn.number}",
                    on_click=job.cancel.set,
                    icon=":material/stop:",
                )
            _run_script(session, job.turn.number)
            while not job.done.wait(0.2):
                # Each line also lets Streamlit break this run off when the person clicks.
                line.html(_progress(session, job))
    session.finish(job)
    # Drawn there and not in ``place``, where what it has no part of its own for would stay, Stop among it.
    with here:
        show_turn(session, job.turn, run=partial(run_sql, session), ask=partial(ask, session))
    place.empty()


def _progress(session: Session, job: Job) -> str:
    """What is being done, in words, and how far the stages are: always two lines of the same height."""
    seconds = time.monotonic() - job.started
    if job.cancel.is_set():
        text = "Stopping"
    elif job.stage:
        text = STAGES[job.stage][1]
    elif any(turn.answer is not None for turn in session.turns):
        text = "Starting"
    else:
        text = "Loading the model and reading the database, once"
    names = [short for short, _ in STAGES.values()]
    place = list(STAGES).index(job.stage) if job.stage else -1
    return style.progress(f"{text} ... {seconds:.0f} s", names, place)


def _show_empty(session: Session, connection: Connection) -> None:
    shared = st.query_params.get("q", "")[: intake.MAX_QUESTION]
    if shared:
        st.html(style.paragraph("From the link you opened:", "small"))
        st.button(
            style.label(shared),
            key="shared",
            type="primary",
            on_click=_ask_shared,
            args=(session, shared),
        )
    st.html(style.paragraph("Ask a question in English, or start with one of these:", "small"))
    columns = st.columns(2)
    for number, question in enumerate(connection.examples):
        columns[number % 2].button(
            style.label(question),
            key=f"example-{number}",
            on_click=ask,
            args=(session, question),
            width="stretch",
        )


def _ask_shared(session: Session, question: str) -> None:
    st.query_params.pop("q", None)
    ask(session, question)


def show_policy(session: Session) -> None:
    """In the sidebar: how sure to be. Drawn before the chat: usable while a question is answered."""
    policies: tuple[Policy, ...] = ("balanced", "careful", "eager")
    st.divider()
    session.policy = st.selectbox(
        "How sure before answering",
        policies,
        index=policies.index(session.policy),  # Streamlit forgets what another view does not draw
        format_func=str.capitalize,
        key="policy",
        help="Careful asks back sooner. Eager answers whatever can be read.",
    )


def show_chat_tools(session: Session) -> None:
    """In the sidebar: the conversation, to begin anew or as a file."""
    connection = session.connection
    assert connection is not None
    if not session.turns:
        return
    st.button("New conversation", key="clear", on_click=session.clear, width="stretch")
    st.download_button(
        "Conversation as a notebook",
        data=notebook(_entries(session), connection.name, connection.files),
        file_name="questions.ipynb",
        mime="application/x-ipynb+json",
        on_click="ignore",
        width="stretch",
        key="notebook",
    )
    st.download_button(
        "Conversation as SQL",
        data=conversation_sql(_entries(session), connection.name),
        file_name="questions.sql",
        mime="application/sql",
        on_click="ignore",
        width="stretch",
        key="script",
    )


def _entries(session: Session) -> list[Entry]:
    entries = []
    for turn in session.turns:
        if turn.answer is not None:
            answer = turn.answer
            entries.append(Entry(turn.asked, answer.sql, headline(answer), answer.dialect))
        elif turn.error is not None:
            entries.append(Entry(turn.asked, None, str(turn.error), ""))
    return entries


def _run_script(session: Session, newest: int) -> None:
    asked = [turn.asked for turn in session.turns if not turn.note][-50:]
    st.html(script(asked, newest), unsafe_allow_javascript=True)
