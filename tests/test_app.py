"""The chat page in fine grain, through Streamlit's AppTest: no browser, no checkpoint."""

from __future__ import annotations

import gc
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from nlidb.answer import Answer
from nlidb.assistant import Assistant
from nlidb.audit import AuditLog
from nlidb.database import Database
from nlidb.demo import demo_path
from nlidb.errors import ConfigError, ConnectionFailed, ExecutionFailed, NlidbError, RefusedSQL
from nlidb.keep import Keeper, Pair, Recent, SavedQuestion
from nlidb.page import answers, state
from nlidb.page.state import Job, Session, Turn, Upload
from tests.gold_parser import GoldParser, make_assistant

real_make_assistant = state.make_assistant

APP = str(Path(__file__).parent.parent / "app.py")
COUNT = "How many customers are there?"
BY_COUNTRY = "How many customers are there in each country?"


@pytest.fixture(autouse=True)
def own_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A page of this test's own: the fake model, an empty folder of kept things, this machine."""
    monkeypatch.setenv("NLIDB_HOME", str(tmp_path / "home"))
    for name in ("DB", "PASSWORD", "CHECKPOINT"):
        monkeypatch.delenv(f"NLIDB_APP_{name}", raising=False)
    monkeypatch.setattr(state, "make_assistant", make_assistant)
    monkeypatch.setattr(state, "_shared", {})
    before = streamlit.config.get_option("server.address")
    streamlit.config.set_option("server.address", "127.0.0.1")
    yield
    streamlit.config.set_option("server.address", before)


@pytest.fixture
def page() -> AppTest:
    """The page as a new visitor sees it."""
    return run(AppTest.from_file(APP, default_timeout=120))


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    assert not page.error
    return page


def ask(page: AppTest, question: str) -> AppTest:
    page.chat_input[0].set_value(question)
    return run(page)


def press(page: AppTest, label: str, which: int = 0) -> AppTest:
    """Press the button that is seen under this label; what only a screen reader says comes after it."""
    found = [button for button in page.button if button.label.partition(" :small[")[0] == label]
    assert found, f"no button {label!r} among {[button.label for button in page.button]}"
    found[which].click()
    return run(page)


def show(page: AppTest, view: str) -> AppTest:
    page.segmented_control[0].set_value(view)
    return run(page)


def html(page: AppTest, kind: str = "") -> list[str]:
    """The bodies of the page's own HTML of a class, in order, the style sheet left out."""
    bodies = [element.value for element in page.get("html")]
    return [body for body in bodies if f"nl-{kind}" in body and not body.startswith("<style>")]


def turns(page: AppTest) -> list[Turn]:
    session: Session = page.session_state["session"]
    return session.turns


def last_answer(page: AppTest) -> Answer:
    answer = turns(page)[-1].answer
    assert answer is not None
    return answer


# Asking


def test_the_page_opens_on_the_demo_with_examples(page: AppTest) -> None:
    assert "Shop" in html(page, "head")[0]
    examples = [button.label for button in page.button]
    assert len(examples) == 6
    assert "How many orders are there?" in examples


def test_an_answer_says_the_number_how_it_was_read_and_how_sure(page: AppTest) -> None:
    ask(page, COUNT)
    assert "120" in html(page, "headline")[-1]
    assert "number of customers" in html(page, "read")[-1]
    assert "Sure: 93%" in html(page, "facts")[-1]
    assert page.code[0].value.replace("\n", " ").split() == "SELECT COUNT(*) FROM customers".split()
    assert [tab.label for tab in page.tabs] == ["Result", "SQL", "Why", "Correct"]


def test_an_example_is_asked_by_a_click(page: AppTest) -> None:
    press(page, "How many orders are there?")
    assert turns(page)[-1].asked == "How many orders are there?"
    assert last_answer(page).outcome == "answered"


def test_a_category_with_a_measure_is_a_chart_that_can_be_switched(page: AppTest) -> None:
    ask(page, BY_COUNTRY)
    assert len(page.get("vega_lite_chart")) == 1
    assert not page.dataframe
    page.session_state["chart-1"] = "table"
    run(page)
    assert not page.get("vega_lite_chart")
    assert page.dataframe[0].value.shape == (10, 2)


def test_candidates_that_were_not_offered_say_why(page: AppTest) -> None:
    ask(page, "How many refunds were there?")
    assert last_answer(page).sql == "SELECT COUNT(*) FROM payments"
    reasons = html(page, "option")
    assert any("no table refunds" in reason for reason in reasons)
    assert any("the same SQL" in reason for reason in reasons)
    assert any("refunds" in code.value for code in page.code)


def test_links_are_coloured_and_mapped(page: AppTest) -> None:
    ask(page, "customers from Germany")
    words = html(page, "words")[-1]
    assert "nl-value" in words
    assert "customers.country = Germany" in words
    assert "<table" in html(page, "heat")[-1]


def test_an_ambiguous_question_offers_its_readings_and_runs_none(page: AppTest) -> None:
    ask(page, "Who is best?")
    assert last_answer(page).outcome == "asks"
    assert last_answer(page).rows == ()
    options = html(page, "option")
    assert len(options) == 2
    press(page, "Run this", 1)
    assert turns(page)[-1].note == "another reading"
    assert last_answer(page).row_count == 1


def test_a_declined_question_shows_its_best_guess_and_runs_nothing(page: AppTest) -> None:
    ask(page, "What will the weather be?")
    assert "too unsure" in html(page, "headline")[-1]
    assert "Unsure: 1%" in html(page, "facts")[-1]
    assert not page.dataframe
    press(page, "Run this")
    assert last_answer(page).rows


def test_another_reading_is_one_click_away(page: AppTest) -> None:
    ask(page, BY_COUNTRY)
    press(page, "Run this")
    assert last_answer(page).rows == ((120,),)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("   ", "empty"),
        ("\U0001f600\U0001f600", "no words"),
        ("Combien de clients y a-t-il dans la base ?", "English only"),
        ("SELECT name FROM customers LIMIT 2", "2 rows"),
    ],
)
def test_odd_questions_get_a_plain_sentence(page: AppTest, question: str, said: str) -> None:
    ask(page, question)
    assert said in html(page, "headline")[-1]


def test_pasted_sql_that_writes_is_refused_in_words(page: AppTest) -> None:
    ask(page, "DROP TABLE customers")
    assert "only SELECT is allowed" in html(page, "headline")[-1]
    assert "Nothing was run" in html(page, "facts")[-1]


def test_an_empty_and_a_cut_result_say_so(page: AppTest) -> None:
    ask(page, "Which customers are from Atlantis?")
    assert "no rows" in html(page, "headline")[-1]
    assert any("No rows." in text for text in html(page, "small"))
    page.session_state["session"].connection.assistant._limits = state_limits(5)
    ask(page, "Show all order lines")
    assert "More than 5 rows" in html(page, "headline")[-1]
    assert any("Only the first 5 rows" in text for text in html(page, "small"))


def state_limits(rows: int) -> Any:
    from nlidb.course import Limits

    return Limits(rows, 30.0)


def test_older_turns_are_short_and_open_again(page: AppTest) -> None:
    for _ in range(5):
        ask(page, COUNT)
    ask(page, "How many orders are there?")
    assert len(page.tabs) == 4 * 3
    press(page, "Open", 0)
    assert len(page.tabs) == 4 * 4
    press(page, "Close")
    assert len(page.tabs) == 4 * 3


def test_a_follow_up_says_what_it_carries_and_can_drop_it(page: AppTest) -> None:
    ask(page, COUNT)
    ask(page, "and only those from Germany")
    assert last_answer(page).rows == ((20,),)
    assert "Carried over: The number of customers." in html(page, "facts")[-2]
    press(page, "Ask it alone")
    assert turns(page)[-1].asked == "and only those from Germany"
    assert turns(page)[-1].carried == ""


def test_follow_ups_go_on_from_each_other_and_from_sql_by_hand(page: AppTest) -> None:
    ask(page, COUNT)
    edit(page, "SELECT name FROM customers WHERE country = 'Italy'")
    ask(page, "sort them by birth date, latest first")
    assert last_answer(page).sql == (
        "SELECT name FROM customers WHERE country = 'Italy' ORDER BY birth_date DESC"
    )
    assert turns(page)[-1].carried == 'The name of each customer whose country is "Italy".'
    ask(page, "what about France?")
    assert "'France' ORDER BY" in str(last_answer(page).sql)
    ask(page, "how many are they?")
    assert last_answer(page).sql == "SELECT COUNT(*) FROM customers WHERE country = 'France'"
    assert "France" in turns(page)[-1].carried
    assert turns(page)[-1].question == (
        f"{COUNT[:-1]}, sort them by birth date, latest first, what about France, how many are they?"
    )


def test_a_shared_link_opens_its_database_and_asks_only_on_a_click() -> None:
    page = AppTest.from_file(APP, default_timeout=120)
    page.query_params["db"] = "hotel"
    page.query_params["q"] = "How many hotels do we have?"
    run(page)
    assert "Hotel" in html(page, "head")[0]
    assert turns(page) == []
    press(page, "How many hotels do we have?")
    assert last_answer(page).rows == ((8,),)


# Correcting and keeping


def edit(page: AppTest, sql: str) -> AppTest:
    page.text_area[-1].set_value(sql)
    return press(page, "Run", -1)


def test_edited_sql_is_run_and_kept_on_request(page: AppTest, tmp_path: Path) -> None:
    ask(page, COUNT)
    edit(page, "SELECT COUNT(*) FROM customers WHERE country = 'Italy'")
    assert turns(page)[-1].note == "your SQL"
    assert last_answer(page).rows == ((14,),)
    press(page, "Remember this")
    line = json.loads((tmp_path / "home" / "pairs.jsonl").read_text())
    assert line["question"] == COUNT
    assert line["kind"] == "corrected"
    assert "Italy" in line["sql"]
    assert "Kept as corrected" in html(page, "facts")[-1]


def test_an_unsafe_edit_is_refused_and_changes_nothing(page: AppTest) -> None:
    before = demo_path().read_bytes()
    ask(page, COUNT)
    edit(page, "DELETE FROM customers")
    assert turns(page)[-1].answer is None
    assert "only SELECT" in html(page, "headline")[-1]
    edit(page, "SELECT name,\n  nme FROM customers")
    assert "nme" in html(page, "headline")[-1]
    assert page.code[-1].value == "SELECT name,\n  nme FROM customers\n  ^"
    assert page.text_area[-1].value == "SELECT name,\n  nme FROM customers"
    edit(page, "SELECT name FROM customers")
    assert (last_answer(page).question, last_answer(page).row_count) == (COUNT, 120)
    assert demo_path().read_bytes() == before


def test_sql_that_is_stopped_or_fails_says_how_it_was_read_and_can_be_edited(page: AppTest) -> None:
    ask(page, COUNT)
    failed = ExecutionFailed("Stopped.")
    failed.sql = "SELECT name FROM customers WHERE city = 'Lyon'"
    page.session_state["session"].turns.append(Turn(2, "Who lives in Lyon?", error=failed))
    run(page)
    assert any("city is &quot;Lyon&quot;" in text for text in html(page, "columns"))
    edit(page, page.text_area[-1].value)
    assert turns(page)[-1].asked == "Who lives in Lyon?"
    assert last_answer(page).outcome == "answered"


def test_pasted_sql_that_is_refused_can_be_mended(page: AppTest) -> None:
    ask(page, "SELECT nme FROM customers WHERE 1 = 1;")
    assert page.code[-1].value.endswith("\n       ^")
    edit(page, page.text_area[-1].value.replace("nme", "name"))
    assert last_answer(page).row_count == 120


def test_a_follow_up_is_kept_with_what_it_follows(page: AppTest) -> None:
    ask(page, COUNT)
    ask(page, "and only those from Germany")
    whole = "How many customers are there, and only those from Germany"
    page.button(key="save-2").click()
    page.button(key="accepted-2").click()
    run(page)
    assert [saved.question for saved in Keeper().read(SavedQuestion)] == [whole]
    assert [pair.question for pair in Keeper().read(Pair)] == [whole]
    assert [code.value for code in page.code if "only+those" in code.value][0].endswith(
        "?db=shop&q=How+many+customers+are+there%2C+and+only+those+from+Germany"
    )


def test_another_reading_keeps_the_question_its_links_and_its_confidence(page: AppTest) -> None:
    ask(page, BY_COUNTRY)
    asked = last_answer(page)
    press(page, "Run this")
    picked = last_answer(page)
    assert (picked.question, picked.links) == (BY_COUNTRY, asked.links)
    assert picked.confidence == asked.alternatives[0].confidence == 0.04
    assert [other.sql for other in picked.alternatives] == [asked.sql]
    assert "Unsure: 4%" in html(page, "facts")[-1]
    assert any(code.value.startswith(f"**{BY_COUNTRY}**") for code in page.code)


def test_sql_by_hand_has_no_confidence(page: AppTest) -> None:
    ask(page, "SELECT name FROM customers LIMIT 2")
    assert not any("ure:" in text for text in html(page, "facts"))
    edit(page, "SELECT name FROM customers LIMIT 3")
    assert last_answer(page).row_count == 3
    assert not any("ure:" in text for text in html(page, "facts"))


def test_why_reads_the_query_clause_by_clause(page: AppTest) -> None:
    ask(page, BY_COUNTRY)
    (lines,) = [text for text in html(page, "columns") if "<small>Shows</small>" in text]
    assert "<small>Of</small> the customers" in lines
    assert "<small>For each</small> country" in lines


def test_a_follow_up_that_leaves_a_value_out_asks_back(page: AppTest) -> None:
    ask(page, COUNT)
    ask(page, "and those from Germany who signed up elsewhere")
    assert last_answer(page).outcome == "asks"
    assert "leaves out &#x27;Germany&#x27;" in html(page, "facts")[-1]


def test_a_rejected_answer_is_kept_with_the_reason_typed_right_before(page: AppTest) -> None:
    ask(page, COUNT)
    page.text_input(key="reason-1").set_value("count orders")
    press(page, "No, wrong")
    (pair,) = Keeper().read(Pair)
    assert (pair.kind, pair.reason) == ("rejected", "count orders")
    show(page, "Saved")
    assert any("count orders" in text for text in html(page, "facts"))
    press(page, "Remove")
    assert Keeper().read(Pair) == []


def test_what_was_typed_and_chosen_outlives_another_view(page: AppTest) -> None:
    ask(page, COUNT)
    page.text_input(key="reason-1").set_value("count orders")
    page.selectbox(key="policy").set_value("careful")
    run(page)
    show(show(page, "Schema"), "Ask")
    assert page.text_input(key="reason-1").value == "count orders"
    assert page.selectbox(key="policy").value == "careful"
    assert page.session_state["session"].policy == "careful"
    press(page, "No, wrong")
    assert [pair.reason for pair in Keeper().read(Pair)] == ["count orders"]


def test_what_cannot_be_removed_is_said(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    Keeper().add(SavedQuestion(COUNT, "demo:shop"))
    Keeper().add(Pair(COUNT, "SELECT 1", "accepted", "demo:shop", "no such dialect"))

    def refuse(keeper: Keeper, record: object) -> None:
        raise ConfigError("The disk is full.")

    monkeypatch.setattr(Keeper, "remove", refuse)
    show(page, "Saved")
    for key in ("unsave-0", "forget-0"):
        page.button(key=key).click()
        run(page)
        assert "The disk is full" in page.toast[0].value


def test_a_saved_question_is_asked_again(page: AppTest) -> None:
    ask(page, COUNT)
    press(page, "Save")
    (saved,) = Keeper().read(SavedQuestion)
    assert (saved.question, saved.database, saved.title) == (COUNT, "demo:shop", "Shop")
    show(page, "Saved")
    press(page, "Ask")
    assert page.session_state["session"].view == "Ask"
    assert len(turns(page)) == 2


def test_a_saved_question_is_asked_of_its_own_database(page: AppTest) -> None:
    ask(page, COUNT)
    press(page, "Save")
    show(page, "Databases")
    page.button(key="demo-hotel").click()
    show(run(page), "Saved")
    assert "About Shop" in html(page, "small")[-2]
    press(page, "Open Shop and ask")
    assert "Shop" in html(page, "head")[0]
    assert last_answer(page).rows == ((120,),)


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("people.csv", "not here any more"),
        (", ".join(f"people of {number}.csv" for number in range(10, 25)), "not here any more"),
        ("postgresql://ann:***@db/shop", "asks for its password"),
    ],
)
def test_a_saved_question_whose_database_cannot_be_opened_says_so(
    page: AppTest, database: str, said: str
) -> None:
    Keeper().add(SavedQuestion(COUNT, database, title="People"))
    show(page, "Saved")
    page.button(key="again-0").click().run()
    assert said in page.error[0].value
    assert turns(page) == []


def test_a_new_conversation_is_empty(page: AppTest) -> None:
    ask(page, COUNT)
    press(page, "New conversation")
    assert turns(page) == []
    assert "How many orders are there?" in [button.label for button in page.button]


# The schema


def test_the_schema_view_draws_and_finds(page: AppTest) -> None:
    show(page, "Schema")
    assert "order_lines" in page.get("graphviz_chart")[0].proto.spec
    page.text_input(key="schema-search").set_value("salary")
    run(page)
    cards = html(page, "card")
    assert len(cards) == 1
    assert "employees" in cards[0]
    page.toggle[0].set_value(True)
    run(page)
    assert "salary" in list(page.dataframe[0].value["Column"])
    page.text_input(key="schema-search").set_value("nothing like it")
    run(page)
    assert "No table or column" in html(page, "small")[-1]


def test_names_and_values_of_a_database_are_never_markup(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    evil = "<img src=x onerror=alert(1)> ![x](http://example.com/x.png)"
    path = tmp_path / "evil.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f'CREATE TABLE "{evil}" (id INTEGER PRIMARY KEY, "{evil}" TEXT)')
        connection.execute(f'INSERT INTO "{evil}" VALUES (1, ?)', [evil])
    connection.close()
    monkeypatch.setenv("NLIDB_APP_DB", str(path))
    page = run(AppTest.from_file(APP, default_timeout=120))
    ask(page, f"which {evil}")
    edit(page, f'SELECT "{evil}" FROM "{evil}"')
    assert last_answer(page).rows == ((evil,),)
    for view in ("Ask", "Schema"):
        show(page, view)
        assert not [body for body in html(page) if "<img" in body]
        labels = [expander.label for expander in page.expander]
        labels += [button.label for button in page.button]
        assert not [label for label in labels if "![" in label]


# Connecting


def connect(page: AppTest, url: str) -> AppTest:
    show(page, "Databases")
    page.text_input(key="url").set_value(url)
    next(button for button in page.button if button.label == "Connect").click()
    page.run()
    assert not page.exception
    return page


def test_a_path_is_connected_and_remembered(page: AppTest, music_db: Path) -> None:
    connect(page, str(music_db))
    assert not page.error
    assert "Music" in html(page, "head")[0]
    assert page.session_state["session"].view == "Ask"
    ask(page, "How many singers are there?")
    assert last_answer(page).rows == ((6,),)
    assert [entry.database for entry in Keeper().read(Recent)] == [str(music_db)]


def test_a_folder_that_cannot_be_written_is_no_failed_connection(
    music_db: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NLIDB_HOME", str(tmp_path / "file" / "home"))
    page = connect(run(AppTest.from_file(APP, default_timeout=120)), str(music_db))
    assert not page.error
    assert "Music" in html(page, "head")[0]


def test_a_server_used_before_asks_for_its_password(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    def refuse(source: Any, *, private: bool = True) -> Assistant:
        opened.append(source)
        raise ConnectionFailed("It is closed.")

    monkeypatch.setattr(state, "make_assistant", refuse)
    Keeper().add(Recent("postgresql://ann:***@db/shop"))
    show(page, "Databases")
    page.button(key="recent-0").click()
    run(page)
    assert opened == []
    page.text_input(key="url-password").set_value("p@ss:word")
    next(button for button in page.button if button.label == "Connect").click()
    page.run()
    assert opened == ["postgresql://ann:p%40ss%3Aword@db/shop"]


def test_a_failed_connection_says_why_and_shows_no_password(page: AppTest) -> None:
    connect(page, "postgresql://ann:sekret@127.0.0.1:1/shop")
    assert len(page.error) == 1
    assert "127" in page.error[0].value
    shown = [element.value for element in page.error] + html(page)
    assert not [text for text in shown if "sekret" in text]
    assert page.session_state["session"].view == "Databases"
    assert Keeper().read(Recent) == []


def test_a_demo_is_opened_from_its_card(page: AppTest) -> None:
    show(page, "Databases")
    assert len(html(page, "card")) == 5
    page.button(key="demo-hotel").click()
    run(page)
    assert "Hotel" in html(page, "head")[0]


def test_a_page_open_to_others_takes_no_addresses(music_db: Path) -> None:
    streamlit.config.set_option("server.address", "0.0.0.0")
    page = run(AppTest.from_file(APP, default_timeout=120))
    show(page, "Databases")
    assert "Connect" not in [button.label for button in page.button]
    with pytest.raises(ConnectionFailed, match="open to other machines"):
        state.connect_url(Session(), str(music_db))


def visit() -> AppTest:
    return run(AppTest.from_file(APP, default_timeout=120))


def test_visitors_of_this_machine_share_what_they_keep() -> None:
    first, second = visit(), visit()
    press(ask(first, COUNT), "Save")
    assert any("on this machine" in text for text in html(first, "small"))
    show(second, "Saved")
    assert any(COUNT in text for text in html(second, "asked"))


@pytest.mark.parametrize("password", ["", "open sesame"])
def test_visitors_of_an_open_page_keep_what_they_keep_apart(
    password: str, monkeypatch: pytest.MonkeyPatch, music_db: Path, tmp_path: Path
) -> None:
    streamlit.config.set_option("server.address", "0.0.0.0")
    first, second = visit(), visit()
    if (
        password
    ):  # the page is opened to addresses by a password, and its visitors are still several
        monkeypatch.setenv("NLIDB_APP_PASSWORD", password)
        for page in (first, second):
            page.session_state["session"].let_in = True
        connect(first, str(music_db))
        show(first, "Databases")
        assert any("for this visit only" in text for text in html(first, "small"))
    show(first, "Ask")
    press(ask(first, "How many singers are there?" if password else COUNT), "Save")
    press(first, "Yes, right")
    show(first, "Saved")
    assert any("for this visit only" in text for text in html(first, "small"))
    assert len(html(first, "asked")) == 2
    show(second, "Saved")
    assert not html(second, "asked")
    show(second, "Databases")
    assert not [button.label for button in second.button if str(music_db) in button.label]
    assert not (tmp_path / "home").exists()


def test_the_audit_log_tells_visitors_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")

    def recorded(source: Path, *, private: bool = True) -> Assistant:
        return Assistant(Database.open(source), GoldParser, audit=log)

    monkeypatch.setattr(state, "make_assistant", recorded)
    first, second = visit(), visit()
    for page in (first, second):
        ask(page, COUNT)
    edit(second, "SELECT COUNT(*) FROM orders")
    time.sleep(0.5)  # what warms the model up asks no question that anybody asked
    lines = [json.loads(line) for line in log.path.read_text("utf-8").splitlines()]
    who = [page.session_state["session"].visitor for page in (first, second)]
    assert [line["who"] for line in lines] == [who[0], who[1], who[1]]
    assert who[0] != who[1] and all(name.startswith("visitor ") for name in who)


def test_a_download_has_a_limit_of_the_pages_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NLIDB_MAX_DOWNLOAD_MB", "0.001")
    monkeypatch.setenv("NLIDB_MAX_COST", "7")
    with real_make_assistant(demo_path("shop")) as assistant:
        assert assistant._max_cost == 7
        with (tmp_path / "rows").open("w+b") as file:
            with pytest.raises(NlidbError, match="more than 0"):
                assistant.write("SELECT * FROM customers", "csv", file)
    for name, wrong in (("NLIDB_MAX_COST", "much"), ("NLIDB_MAX_DOWNLOAD_MB", "-1")):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ConfigError, match=name):
            real_make_assistant(demo_path("shop"))
        monkeypatch.delenv(name)


def test_the_page_says_why_a_download_came_to_nothing(page: AppTest) -> None:
    ask(page, COUNT)
    page.session_state["session"].connection.assistant._max_export_bytes = 1
    turn = turns(page)[-1]
    make = answers._file_maker(page.session_state["session"], turn, last_answer(page), "csv")
    with pytest.raises(NlidbError):
        make()
    page.session_state[f"download-{turn.number}"] = True  # opened
    run(page)
    assert any("There is no file: The result has more than" in text for text in html(page, "small"))
    page.session_state["session"].connection.assistant._max_export_bytes = 10**6
    with make() as file:
        file.seek(0)
        assert file.read().startswith(b"COUNT")
    assert turn.undelivered == ""


def test_a_missing_start_database_leads_to_the_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLIDB_APP_DB", "/no/such/file.sqlite")
    page = AppTest.from_file(APP, default_timeout=120).run()
    assert not page.exception
    assert "no file" in page.error[0].value
    page.button(key="demo-shop").click()
    run(page)
    assert "Shop" in html(page, "head")[0]


def test_the_password_keeps_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLIDB_APP_PASSWORD", "open sesame")
    page = run(AppTest.from_file(APP, default_timeout=120))
    assert not page.chat_input
    page.text_input[0].set_value("wrong")
    page.button[0].click().run()
    assert "not the password" in page.error[0].value
    assert not page.chat_input
    page.text_input[0].set_value("open sesame")
    page.button[0].click()
    run(page)
    assert page.chat_input


def upload(*files: tuple[str, bytes]) -> Session:
    session = Session()
    state.connect_uploads(session, [Upload(name, memoryview(data)) for name, data in files])
    return session


def tables(session: Session) -> list[str]:
    assert session.connection is not None
    return [table.name for table in session.connection.assistant.schema.tables]


def test_uploaded_files_become_tables_and_are_removed_with_their_session(
    music_db: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    session = upload(("../../people.csv", b"name,age\nAnn,3\n"), ("Pets & co.csv", b"pet\ncat\n"))
    assert tables(session) == ["people", "pets_co"]
    assert session.connection is not None
    assert session.connection.link == ""
    assert not session.connection.shareable
    other = upload(("music.sqlite", music_db.read_bytes()))
    assert tables(other) == ["singer", "concert"]
    assert len(list(tmp_path.glob("nlidb-upload-*"))) == 2
    time.sleep(0.5)  # the warm-up of the model holds the connection
    del session, other
    for _ in range(50):
        gc.collect()
        if not list(tmp_path.glob("nlidb-upload-*")):
            break
        time.sleep(0.1)
    assert not list(tmp_path.glob("nlidb-upload-*"))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "No file"),
        ([("a.csv", b"x\n1\n")] * 21, "too many"),
        ([("notes.txt", b"hello")], "notes.txt is not a file of a known kind"),
        ([("broken.parquet", b"PAR1 no")], "broken.parquet could not be loaded"),
        ([("empty.sqlite", b"SQLite format 3\0 and then nonsense")], "empty.sqlite"),
    ],
)
def test_uploads_that_cannot_be_read_leave_nothing_behind(
    files: list[tuple[str, bytes]],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ConnectionFailed) as raised:
        upload(*files)
    assert said in str(raised.value)
    assert str(tmp_path) not in str(raised.value)
    assert not list(tmp_path.glob("nlidb-*"))


def test_an_upload_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_UPLOAD_MB", 0)
    with pytest.raises(ConnectionFailed, match="MB together"):
        upload(("a.csv", b"x\n1\n"))


# What the page was started with


def test_private_columns_and_the_audit_log_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLIDB_PRIVATE", "customers.email, customers.phone")
    monkeypatch.setenv("NLIDB_AUDIT", str(tmp_path / "audit.jsonl"))
    with real_make_assistant(demo_path("shop")) as assistant:
        with pytest.raises(RefusedSQL, match="email"):
            assistant.run("SELECT email FROM customers")
        assistant.run("SELECT city FROM customers")
    assert "SELECT city FROM customers" in (tmp_path / "audit.jsonl").read_text("utf-8")
    with pytest.raises(ConfigError):  # another database has no such column: said, not ignored
        real_make_assistant(demo_path("hotel"))
    with real_make_assistant(demo_path("hotel"), private=False) as assistant:
        assert assistant.schema.tables


def test_a_file_is_named_so_that_a_notebook_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sales.csv").write_text("city,amount\nRome,3\n")
    monkeypatch.chdir(tmp_path)
    own = state.own_connection("sales.csv")
    assert own.name == str(tmp_path / "sales.csv")
    session = Session()
    state.connect_url(session, "sales.csv")
    assert session.connection is not None
    assert session.connection.name == own.name
    state.reopen(session, own.record_name)
    assert session.connection.name == own.name


def test_what_was_read_of_a_schema_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"

    def change(*statements: str) -> None:
        with sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    change("CREATE TABLE city (name TEXT)", "INSERT INTO city VALUES ('Rome')")
    connection = state.own_connection(str(path))
    assert (connection.samples(0), connection.row_count(0)) == (("Rome",), 1)
    change("DROP TABLE city", "CREATE TABLE bird (name TEXT)")
    change("INSERT INTO bird VALUES ('wren'), ('wren')")
    assert connection.assistant.schema.tables[0].name == "bird"
    assert (connection.samples(0), connection.row_count(0)) == (("wren",), 2)


# Stopping


def test_stop_breaks_the_query_off_in_the_engine() -> None:
    with Assistant(Database.open(demo_path()), GoldParser) as assistant:
        job = Job(
            Turn(1, ""),
            lambda job: assistant.ask("all pairs of orders", cancel=job.cancel, progress=job.enter),
        )
        assert not job.done.wait(1.0)
        assert job.stage == "execute"
        job.cancel.set()
        assert job.done.wait(20)
    assert job.turn.answer is None
    assert str(job.turn.error).startswith("Stopped.")
    assert job.turn.broken_sql.startswith("SELECT COUNT(*)")


def test_a_defect_is_said_in_a_sentence() -> None:
    def fail(job: Job) -> Answer:
        raise ZeroDivisionError("secret detail")

    job = Job(Turn(1, ""), fail)
    assert job.done.wait(10)
    assert isinstance(job.turn.error, NlidbError)
    assert "secret" not in str(job.turn.error)


def test_a_question_that_two_runs_of_the_script_wait_for_becomes_one_turn() -> None:
    def work(job: Job) -> Answer:
        raise NlidbError("Nothing was asked.")

    session, job = Session(), Job(Turn(1, "How many?"), work)
    session.job = job
    session.finish(job)
    session.finish(job)
    assert session.conversation() == ([job.turn], None)
    session.job = Job(Turn(2, "And now?"), work)
    session.finish(job)  # a run that was left behind ends nothing of the next question
    assert len(session.turns) == 1 and session.job is not None
