"""A conversation on the chat page in a real browser, on a model that knows the demo questions.

One server and one Chromium serve the tests of a file; each test is a visitor of its own. Together with
test_browser_connect.py they walk through all that the page promises:

    connect     a demo: a_shared_link; files of each kind: an_upload; an address: an_address; servers: a_server
    ask         an example, no request leaves: a_new_visitor; words, chart, switch, table, SQL: an_answer_has;
                stages and Stop: a_long_query; the keyboard: the_keyboard; twenty in a row: twenty_questions
    see why     words, heat map, other readings: an_answer_has; refused readings: what_was_not_offered
    correct     an edit, an unsafe edit, a kept pair: sql_is_corrected
    follow up   the chip, and dropping it: a_follow_up; on servers: a_server
    keep        CSV, Excel, Parquet, Markdown, notebook: results_are_taken; link: a_shared_link;
                saved: saved_questions
    look        every state, at two widths, light and dark, with pictures: every_state; phone: the_page_fits; dark:
                the_dark_theme; markup in data: markup

The fine grain (wording, limits, password, uploads that fail) is in test_app.py, the terminal's chat in
test_chat.py.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import browser as tools
from tests.browser import ask, headline, question_box, show

pytestmark = pytest.mark.browser
expect.set_options(timeout=tools.PATIENCE_MS)  # of its own it gives a busy machine 5 s

BY_COUNTRY = "How many customers are there in each country?"
PICTURES = tools.ROOT / "artefacts" / "page"
"""A picture of every state, made anew by each run, to be looked at."""


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).last.click()
    page.wait_for_timeout(300)


def test_a_new_visitor_clicks_an_example_and_nothing_leaves_the_machine(
    profile: BrowserContext, address: str
) -> None:
    page = profile.new_page()
    page.set_default_timeout(tools.PATIENCE_MS)
    foreign = tools.foreign_requests(page, address)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.get_by_role("button", name="How many orders are there?").click()
    page.locator(".nl-headline").wait_for()
    ask(page, BY_COUNTRY)
    page.locator("canvas, svg.marks").first.wait_for()
    tab(page, "Why")
    show(page, "Schema")
    page.locator("svg g.node").first.wait_for()
    show(page, "Databases")
    assert foreign == []
    assert errors == []
    page.close()


def test_nothing_moves_sideways_while_the_page_opens(profile: BrowserContext, address: str) -> None:
    """What our page does moves it each time. Under load, once in some runs of the whole suite and never when tried
    for it, Streamlit lays its column out with wider margins for a moment, so one quiet tab of three will do."""
    places: list[list[int]] = []
    for _ in range(3):
        page = profile.new_page()
        page.set_default_timeout(tools.PATIENCE_MS)
        page.add_init_script(
            "window.places = new Set(); setInterval(() => {"
            " const head = document.querySelector('.nl-head');"
            " if (head) places.add(Math.round(head.getBoundingClientRect().x)); }, 5)"
        )
        page.goto(address)
        question_box(page).wait_for()
        tools.settled(page)
        places.append(page.evaluate("[...places]"))
        page.close()
        if len(places[-1]) == 1:
            break
    assert len(places[-1]) == 1, places


SLOW = (
    "SELECT COUNT(*) FROM orders AS a JOIN orders AS b ON a.total_amount < b.total_amount "
    "JOIN orders AS c ON b.total_amount < c.total_amount JOIN employees AS d ON d.employee_id > 0"
)
"""Three seconds of counting on an idle machine: a question shows its progress well before that."""


def at_the_top(page: Page) -> None:
    """Wait until the newest question stands at the top of the window."""
    page.wait_for_function(
        "() => { const asked = [...document.querySelectorAll('.nl-asked')].pop();"
        " const top = asked ? asked.getBoundingClientRect().top : -1;"
        " return 0 < top && top < 150; }",
        polling=tools.POLLING_MS,
    )


@pytest.mark.parametrize(("width", "height"), [(1100, 850), (400, 800)])
def test_the_newest_question_stands_at_the_top(
    profile: BrowserContext, address: str, width: int, height: int
) -> None:
    page = tools.open_page(profile, address, width=width, height=height)
    for question in (BY_COUNTRY, "How many customers are there?", ALL_PAIRS):
        ask(page, question)
        at_the_top(page)
    page.mouse.move(width - 30, height / 2)
    page.mouse.wheel(0, -20_000)
    expect(page.locator(".nl-head")).to_be_in_viewport()
    question_box(page).fill(SLOW)
    question_box(page).press("Enter")
    page.locator(".nl-progress").wait_for()
    at_the_top(page)
    tools.answered(page, 4)
    at_the_top(page)
    expect(page.locator(".nl-progress")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.close()


def test_an_answer_has_words_chart_table_sql_and_reasons(page: Page) -> None:
    ask(page, BY_COUNTRY)
    assert headline(page) == "10 rows."
    expect(page.locator(".nl-facts").last).to_contain_text("Sure: 92%")
    expect(page.locator(".nl-read").last).to_contain_text("For each country")
    page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first.wait_for()
    page.get_by_role("radio", name="Table").click()
    page.get_by_test_id("stDataFrame").wait_for()
    tab(page, "SQL")
    expect(page.get_by_role("tabpanel").locator("code").first).to_contain_text("GROUP BY")
    tab(page, "Why")
    word = page.locator(".nl-link", has_text="country").first
    word.hover()
    expect(word.locator(".nl-tip")).to_be_visible()
    expect(word.locator(".nl-tip")).to_contain_text("customers.country")
    expect(page.locator(".nl-heat").last).to_be_visible()
    with tools.answering(page):
        page.get_by_role("button", name="Run this").first.click()
    assert "120" in headline(page)


def test_results_are_taken_away(page: Page, tmp_path: Path) -> None:
    ask(page, BY_COUNTRY)
    page.get_by_role("button", name="Download").last.click()
    files = {}
    for name in ("CSV", "Excel", "Parquet"):
        with page.expect_download() as started:
            page.get_by_role("button", name=name).last.click()
        files[name] = tmp_path / started.value.suggested_filename
        started.value.save_as(files[name])
    assert len(files["CSV"].read_text().splitlines()) == 11
    sheet = openpyxl.load_workbook(files["Excel"]).active
    assert sheet is not None and sheet.max_row == 11
    assert pyarrow.parquet.read_table(files["Parquet"]).num_rows == 10
    page.keyboard.press("Escape")
    tools.settled(page)  # closing Download runs the page's script again
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_test_id("stCode").last).to_contain_text("| Germany | 20 |")
    page.keyboard.press("Escape")
    tools.settled(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Conversation as a notebook").click()
    book = json.loads(Path(started.value.path()).read_text("utf-8"))
    assert any(BY_COUNTRY in "".join(cell["source"]) for cell in book["cells"])
    with page.expect_download() as started:
        page.get_by_role("button", name="Conversation as SQL").click()
    assert BY_COUNTRY in Path(started.value.path()).read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("Line", "SELECT substr(order_date, 1, 7) AS month, COUNT(*) AS n FROM orders GROUP BY 1"),
        ("Scatter", "SELECT list_price, stock_quantity FROM products"),
        ("Histogram", "SELECT total_amount FROM orders"),
    ],
)
def test_the_result_has_the_chart_that_suits_it(page: Page, kind: str, sql: str) -> None:
    ask(page, sql)
    expect(page.get_by_role("radio", name=kind)).to_be_checked()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()


def test_a_verdict_is_kept_with_its_reason(page: Page, home: Path) -> None:
    ask(page, "How many customers are there?")
    tab(page, "Correct")
    page.get_by_role("button", name="Yes, right").last.click()
    expect(page.get_by_text("Kept as accepted")).to_be_visible()
    ask(page, "How many orders are there?")
    tab(page, "Correct")
    page.get_by_label("Why (if it was not)").last.fill("count the paid ones")
    page.get_by_role("button", name="No, wrong").last.click()
    expect(page.get_by_text("Kept as rejected")).to_be_visible()
    kept = (home / "home" / "pairs.jsonl").read_text()
    assert '"kind": "accepted"' in kept
    assert "count the paid ones" in kept


def test_an_answer_stays_where_it_was_first_drawn(page: Page) -> None:
    ask(page, "How many customers are there?")
    tabs = page.get_by_test_id("stTabs").last
    tabs.evaluate("element => { element.dataset.first = 'yes' }")
    tab(page, "Correct")
    page.get_by_role("button", name="Yes, right").last.click()
    expect(page.get_by_text("Kept as accepted")).to_be_visible()
    # one that comes up anew can lose the tab that was chosen
    assert tabs.get_attribute("data-first") == "yes"


def test_sql_is_corrected_refused_and_remembered(page: Page, home: Path) -> None:
    ask(page, "How many customers are there?")
    tab(page, "Correct")
    box = page.get_by_label("The SQL, to change and run").last
    box.fill("DROP TABLE customers")
    with tools.answering(page):
        page.get_by_role("button", name="Run", exact=True).last.click()
    assert "only SELECT is allowed" in headline(page)
    expect(page.locator(".nl-facts").last).to_contain_text("Nothing was run")
    box = page.get_by_label("The SQL, to change and run").last
    box.fill("SELECT COUNT(*) FROM customers WHERE country = 'Spain'")
    with tools.answering(page):
        page.get_by_role("button", name="Run", exact=True).last.click()
    assert "9" in headline(page)
    tab(page, "Correct")
    page.get_by_role("button", name="Remember this").last.click()
    expect(page.get_by_text("Kept as corrected").last).to_be_attached()
    assert "Spain" in (home / "home" / "pairs.jsonl").read_text()
    show(page, "Saved")
    expect(page.get_by_text("Spain").first).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="All pairs as JSONL").click()
    assert '"kind": "corrected"' in Path(started.value.path()).read_text()


def test_a_follow_up_carries_over_until_it_is_dropped(page: Page) -> None:
    ask(page, "How many customers are there?")
    ask(page, "and only those from Germany")
    assert "20" in headline(page)
    chip = page.get_by_text("Carried over: The number of customers.")
    expect(chip).to_be_visible()
    with tools.answering(page):
        page.get_by_role("button", name="Ask it alone").click()
    expect(chip).to_have_count(1)


def test_the_keyboard_asks_and_brings_back(page: Page) -> None:
    with tools.answering(page):  # the box has the focus from the start
        page.keyboard.type("How many customers are there?")
        page.keyboard.press("Enter")
    ask(page, BY_COUNTRY)
    box = question_box(page)
    box.press("ArrowUp")
    expect(box).to_have_value(BY_COUNTRY)
    box.press("ArrowUp")
    expect(box).to_have_value("How many customers are there?")
    box.press("ArrowDown")
    expect(box).to_have_value(BY_COUNTRY)
    with tools.answering(page):
        box.press("Enter")
    assert headline(page) == "10 rows."


def test_a_long_query_is_stopped(page: Page) -> None:
    question_box(page).fill("All pairs of orders")
    question_box(page).press("Enter")
    expect(page.locator(".nl-progress .nl-now")).to_have_text("Run")
    expect(page.locator(".nl-progress .nl-done")).to_have_count(5)
    expect(page.get_by_role("status").filter(has_text="Asking the database")).to_be_visible()
    page.get_by_role("button", name="Stop").last.click()
    expect(page.locator(".nl-headline").last).to_have_text("Stopped.")
    ask(page, "How many customers are there?")
    assert "120" in headline(page)


def test_what_was_not_offered_says_why(page: Page) -> None:
    ask(page, "How many refunds were there?")
    tab(page, "Why")
    expect(page.get_by_text("There is no table refunds").last).to_be_visible()
    expect(page.get_by_text("the same SQL as a likelier reading").last).to_be_visible()


def test_twenty_questions_leave_the_page_as_light_as_five(page: Page) -> None:
    sizes = {}
    for number in range(1, 21):
        ask(page, "How many customers are there?")
        sizes[number] = page.evaluate("document.querySelectorAll('*').length")
    assert sizes[20] < 2 * sizes[5]
    expect(page.locator("[class*=st-key-open-]")).to_have_count(17)


ALL_PAIRS = "SELECT a.order_id, b.quantity FROM order_lines AS a JOIN order_lines AS b ON a.quantity = b.quantity"
STATES = (
    ("answered", BY_COUNTRY, "10 rows."),
    ("truncated", ALL_PAIRS, "Only the first 1,000 rows are shown"),
    ("no-rows", "Which customers are from Atlantis?", "No rows."),
    ("asks-back", "Who is best?", "Which one did you mean?"),
    ("declined", "What will the weather be?", "The best guess:"),
    ("refused", "DROP TABLE customers", "only SELECT is allowed"),
)
"""A picture's name, a question, and what its answer says."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_every_state_is_drawn_within_the_width(
    profile: BrowserContext, address: str, width: int, scheme: str
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = tools.open_page(profile, address, width=width, height=850, scheme=scheme)

    def picture(name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    picture("empty")
    question_box(page).fill("All pairs of orders")
    question_box(page).press("Enter")
    page.locator(".nl-progress").wait_for()
    expect(page.get_by_role("button", name="How many orders are there?")).to_have_count(0)
    picture("loading")
    page.get_by_role("button", name="Stop").last.click()
    expect(page.locator(".nl-headline").last).to_have_text("Stopped.")
    tools.settled(page)
    picture("stopped")
    for name, question, said in STATES:
        ask(page, question)
        expect(page.get_by_text(said).last).to_be_visible()
        picture(name)
        if name == "answered":
            for part in ("Why", "Correct"):
                tab(page, part)
                picture(f"{name}-{part.lower()}")
    expect(page.get_by_text("Carried over")).to_have_count(0)  # SQL follows nothing
    show(page, "Databases")
    page.get_by_role("textbox", name="Address").fill("/no/such/file.sqlite")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("alert").wait_for()
    tools.settled(page)
    picture("error")
    page.close()


def test_the_page_fits_a_phone(profile: BrowserContext, address: str) -> None:
    page = tools.open_page(profile, address, width=400, height=800)
    for view in ("Ask", "Schema", "Saved", "Databases"):
        show(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, view
    show(page, "Ask")
    ask(page, BY_COUNTRY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    box = page.locator(".nl-headline").last.bounding_box()
    assert box is not None and box["width"] > 250
    tab(page, "Why")
    words = page.locator(".nl-link, .nl-word")
    for number in range(words.count()):
        words.nth(number).hover()
        tip = words.nth(number).locator(".nl-tip").bounding_box()
        assert tip is not None and tip["x"] >= 0 and tip["x"] + tip["width"] <= 400
    page.close()


def test_the_dark_theme_is_dark_and_readable(profile: BrowserContext, address: str) -> None:
    page = tools.open_page(profile, address, scheme="dark")
    ask(page, BY_COUNTRY)
    ink, paper = (
        page.evaluate(
            "([css, name]) => getComputedStyle(document.querySelector(css))[name]", [css, name]
        )
        for css, name in ((".nl-headline", "color"), (".stApp", "backgroundColor"))
    )
    light, dark = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper))
    assert dark < 120
    assert light > 600
    page.close()
