"""The Ask view: the conversation, the question box, the question that is being answered."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import partial

import streamlit as st

from nlidb import intake
from nlidb.answer import Answer, headline
from nlidb.download import Entry, conversation_sql, notebook
from nlidb.page import style
from nlidb.page.answers import show_short, show_turn
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

_HISTORY_KEYS = """<script>
(() => {
  const asked = %s;
  const box = document.querySelector('[data-testid="stChatInputTextArea"]');
  if (!box) return;
  window.nlidbAsked = asked;
  if (box.dataset.nlidb) return;
  box.dataset.nlidb = "1";
  let place = 0;
  const put = (text) => {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  box.addEventListener("keydown", (event) => {
    const asked = window.nlidbAsked;
    if (event.key === "ArrowUp" && asked.length && (place > 0 || box.value === "")) {
      place = Math.min(place + 1, asked.length);
    } else if (event.key === "ArrowDown" && place > 0) {
      place -= 1;
    } else {
      if (event.key === "Enter" || !event.key.startsWith("Arrow")) place = 0;
      return;
    }
    event.preventDefault();
    put(place ? asked[asked.length - place] : "");
  });
})();
</script>"""


def show_chat(session: Session) -> None:
    """The conversation so far, what is being answered, and the box to ask in."""
    connection = session.connection
    assert connection is not None
    typed = st.chat_input(
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
    older = len(turns) + (job is not None) - FULL_TURNS
    for place, turn in enumerate(turns):
        if place < older and turn.number not in session.opened:
            show_short(session, turn)
        else:
            show_turn(session, turn, run=partial(run_sql, session), ask=partial(ask, session))
    if job is not None:
        _show_job(session, job)
    _bind_arrow_keys(session)


def ask(session: Session, question: str, *, follow: bool = True) -> None:
    """Start answering a question; ``follow`` lets it continue the conversation."""
    connection = session.connection
    assert connection is not None
    previous = session.previous if follow and not session.fresh_topic else None
    cleaned, _ = intake.clean(question)
    if not intake.is_follow_up(cleaned) or intake.looks_like_sql(cleaned):
        previous = None  # a question of its own, or SQL
    session.fresh_topic = False
    earlier = _carried(previous)
    turn = Turn(_next_number(session), question, carried=earlier.question if earlier else "")

    def work(job: Job) -> Answer:
        return connection.assistant.ask(
            question,
            previous=earlier,
            policy=session.policy,
            cancel=job.cancel,
            progress=job.enter,
        )

    session.begin(Job(turn, work))


def _carried(previous: Turn | None) -> Answer | None:
    """What a follow-up follows: the earlier answer, under the question that led to it."""
    if previous is None or previous.answer is None:
        return None
    # SQL that was run by hand answers the question that it corrects.
    return replace(previous.answer, question=previous.asked) if previous.note else previous.answer


def run_sql(session: Session, asked: str, sql: str, note: str) -> None:
    """Start running SQL that a person wrote or picked, behind the same guard."""
    connection = session.connection
    assert connection is not None
    turn = Turn(_next_number(session), asked, note=note)

    def work(job: Job) -> Answer:
        job.enter("execute")
        return connection.assistant.run(sql, cancel=job.cancel)

    session.begin(Job(turn, work))


def _next_number(session: Session) -> int:
    last = session.turns[-1].number if session.turns else 0
    return max(last, session.job.turn.number if session.job else 0) + 1


def _show_job(session: Session, job: Job) -> None:
    """Wait for the answer, and draw it where it was waited for."""
    place = st.empty()
    if not job.done.wait(QUICK):
        with place.container():
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
            while not job.done.wait(0.2):
                # Each line also lets Streamlit break this run off when the person clicks.
                line.html(_progress(session, job))
    session.finish(job)
    with place.container():
        show_turn(session, job.turn, run=partial(run_sql, session), ask=partial(ask, session))


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
    del st.query_params["q"]
    ask(session, question)


def show_policy(session: Session) -> None:
    """In the sidebar: how sure to be. Drawn before the chat: usable while a question is answered."""
    st.divider()
    session.policy = st.selectbox(
        "How sure before answering",
        ("balanced", "careful", "eager"),
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
        data=lambda: notebook(_entries(session), connection.name),
        file_name="questions.ipynb",
        mime="application/x-ipynb+json",
        on_click="ignore",
        width="stretch",
        key="notebook",
    )
    st.download_button(
        "Conversation as SQL",
        data=lambda: conversation_sql(_entries(session), connection.name),
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


def _bind_arrow_keys(session: Session) -> None:
    """Up-arrow in the empty box brings back the last question."""
    asked = json.dumps([turn.asked for turn in session.turns if not turn.note][-50:])
    # The questions are the person's own; "<" is escaped so that none can end the script.
    st.html(_HISTORY_KEYS % asked.replace("<", "\\u003c"), unsafe_allow_javascript=True)
