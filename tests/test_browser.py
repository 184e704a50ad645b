"""The chat page in a real browser: a person's whole path, on a model that knows the demo questions.

One server and one Chromium serve all tests; each test is a visitor of its own. Together they walk through all that
the page promises:

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
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browser as tools
from tests.browser import ask, question_box, show
from tests.servers import ENGINE_PARAMS, PASSWORD, shop

pytestmark = pytest.mark.browser
expect.set_options(timeout=tools.PATIENCE_MS)  # of its own it gives a busy machine 5 s

BY_COUNTRY = "How many customers are there in each country?"
PICTURES = tools.ROOT / "artefacts" / "page"
"""A picture of every state, made anew by each run, to be looked at."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page keeps what it is asked to keep."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with tools.page_server(home, tools.ROOT / "tests" / "gold_parser.py") as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with tools.chromium() as found:
        yield found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A new visitor's tab."""
    tab = tools.open_page(chromium, address)
    yield tab
    tab.context.close()


def headline(page: Page) -> str:
    return page.locator(".nl-headline").last.inner_text()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).last.click()
    page.wait_for_timeout(300)


def test_a_new_visitor_clicks_an_example_and_nothing_leaves_the_machine(
    chromium: Browser, address: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
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
    context.close()


def test_app_py_by_itself_serves_this_machine_and_nothing_leaves_it(
    chromium: Browser, tmp_path: Path
) -> None:
    with tools.page_server(tmp_path, tools.ROOT / "app.py") as address:
        page = chromium.new_page()
        page.set_default_timeout(tools.PATIENCE_MS)
        foreign = tools.foreign_requests(page, address)
        page.goto(address)
        question_box(page).wait_for()
        tools.settled(page)
        page.close()
        assert foreign == []
        port = int(address.rpartition(":")[2])
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", port))  # of this machine too: all interfaces would answer


def test_nothing_moves_sideways_while_the_page_opens(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1100, "height": 850})
    page.set_default_timeout(tools.PATIENCE_MS)
    page.add_init_script(
        "window.places = new Set(); setInterval(() => {"
        " const head = document.querySelector('.nl-head');"
        " if (head) places.add(Math.round(head.getBoundingClientRect().x)); }, 5)"
    )
    page.goto(address)
    question_box(page).wait_for()
    tools.settled(page)
    assert len(page.evaluate("[...places]")) == 1
    page.close()


SLOW = (
    "SELECT COUNT(*) FROM orders AS a JOIN orders AS b ON a.total_amount < b.total_amount "
    "JOIN orders AS c ON b.total_amount < c.total_amount JOIN employees AS d ON d.employee_id > 0 "
    "JOIN categories AS e ON e.category_id <= 5"
)
"""Some seconds of counting on an idle machine: a question shows its progress well before that."""


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
    chromium: Browser, address: str, width: int, height: int
) -> None:
    page = tools.open_page(chromium, address, width=width, height=height)
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
    page.context.close()


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
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_test_id("stCode").last).to_contain_text("| Germany | 20 |")
    page.keyboard.press("Escape")
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


def test_the_schema_is_searched_and_looked_into(page: Page) -> None:
    show(page, "Schema")
    page.get_by_role("tab", name="Tables").click()
    search = page.get_by_label("Find a table or column").last
    search.fill("country")
    search.press("Enter")
    expect(page.locator(".nl-card")).to_have_count(1)
    expect(page.locator(".nl-card")).to_have_text("customerstable, 120 rows")
    page.get_by_text("Columns and sample values").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_contain_text("primary key")
    expect(table).to_contain_text("Germany")


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


def upload(page: Page, *paths: Path) -> None:
    """Hand the files over in the Databases view, and wait for their chat."""
    page.locator("input[type=file]").set_input_files(paths)
    expect(page.get_by_test_id("stFileChipName")).to_have_count(len(paths))
    expect(page.get_by_test_id("stFileChipIconSpinner")).to_have_count(0)
    page.get_by_role("button", name="Open the files").click()
    question_box(page).wait_for()
    tools.settled(page)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of each kind, with a table of three pets."""
    folder = tmp_path_factory.mktemp("sources")
    with sqlite3.connect(folder / "zoo.sqlite") as connection:
        connection.execute("CREATE TABLE pet (name TEXT, age INTEGER)")
        connection.executemany(
            "INSERT INTO pet VALUES (?, ?)", [("Rex", 3), ("Tom", 4), ("Ada", 5)]
        )
    connection.close()
    with duckdb.connect(str(folder / "zoo.duckdb")) as engine:
        engine.execute(
            "CREATE TABLE pet AS FROM (VALUES ('Rex', 3), ('Tom', 4), ('Ada', 5)) v(name, age)"
        )
        engine.execute("CREATE TABLE food AS SELECT 'hay' AS kind")
        for suffix in ("csv", "parquet"):
            engine.execute(f"COPY pet TO '{folder / f'pet.{suffix}'}'")
        engine.execute(f"COPY food TO '{folder / 'food.csv'}' (HEADER)")
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [("name", "age"), ("Rex", 3), ("Tom", 4), ("Ada", 5)]:
        book.active.append(row)
    book.save(folder / "pet.xlsx")
    return folder


@pytest.mark.parametrize(
    "names",
    [("zoo.sqlite",), ("zoo.duckdb",), ("pet.csv", "food.csv"), ("pet.parquet",), ("pet.xlsx",)],
    ids=lambda names: names[0],
)
def test_an_upload_is_connected_and_asked(
    page: Page, sources: Path, names: tuple[str, ...]
) -> None:
    show(page, "Databases")
    upload(page, *(sources / name for name in names))
    ask(page, "How many pets are there?")
    assert "3" in headline(page)


def test_an_address_is_connected_or_refused_in_words(page: Page, sources: Path) -> None:
    show(page, "Databases")
    field = page.get_by_role("textbox", name="Address")
    field.fill("postgresql://ann:sekret@127.0.0.1:9/shop")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("alert").wait_for()
    assert "sekret" not in page.get_by_role("alert").inner_text()
    field.fill(str(sources / "zoo.sqlite"))
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name="How many pets are there?").wait_for()
    show(page, "Databases")
    page.get_by_role("button", name="Open Hotel").click()
    expect(page.locator(".nl-head h1")).to_have_text("Hotel")
    show(page, "Databases")
    zoo = str(sources / "zoo.sqlite")
    page.get_by_role("button", name=zoo, exact=True).click()
    page.get_by_role("button", name="How many pets are there?").wait_for()
    show(page, "Databases")
    page.get_by_role("button", name=f"Remove {zoo}").click()
    expect(page.get_by_role("button", name=zoo)).to_have_count(0)


def test_an_upload_that_fails_says_so_until_one_leaves(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_text("this is no database")
    show(page, "Databases")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_test_id("stFileChipName")).to_have_count(1)
    page.get_by_role("button", name="Open the files").click()
    expect(page.get_by_role("alert")).to_contain_text("broken.sqlite")
    show(page, "Ask")
    show(page, "Databases")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_database_that_goes_away_leaves_the_page_standing(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "zoo.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE pet (name TEXT)")
    connection.close()
    show(page, "Databases")
    page.get_by_role("textbox", name="Address").fill(str(path))
    page.get_by_role("button", name="Connect").click()
    ask(page, "How many pets are there?")
    path.unlink()
    for view in ("Schema", "Saved", "Ask"):
        show(page, view)
        expect(page.get_by_test_id("stSidebar").get_by_role("alert")).to_contain_text("is gone")
    expect(page.locator(".nl-headline")).to_contain_text("0")
    ask(page, "How many pets are there now?")
    assert "is gone" in headline(page)
    show(page, "Databases")
    page.get_by_role("button", name="Open Shop").click()
    question_box(page).wait_for()


@pytest.mark.parametrize("engine", [p for p in ENGINE_PARAMS if not isinstance(p, str)])
def test_a_server_is_connected_and_asked(page: Page, engine: str, tmp_path: Path) -> None:
    with shop(engine, tmp_path) as url:
        show(page, "Databases")
        page.get_by_role("textbox", name="Address").fill(url)
        page.get_by_role("button", name="Connect").click()
        page.get_by_role("button", name="How many customers are there?").wait_for()
        ask(page, "How many people are in the customer table?")
        assert "5" in headline(page)
        ask(page, "and only those from Paris")
        assert "2" in headline(page)
        ask(page, "DROP TABLE customer")
        assert "only SELECT is allowed" in headline(page)
        show(page, "Databases")
        assert PASSWORD not in page.content()


def test_what_was_not_offered_says_why(page: Page) -> None:
    ask(page, "How many refunds were there?")
    tab(page, "Why")
    expect(page.get_by_text("There is no table refunds").last).to_be_visible()
    expect(page.get_by_text("the same SQL as a likelier reading").last).to_be_visible()


def test_a_shared_link_asks_on_a_click(chromium: Browser, address: str) -> None:
    page = tools.open_page(
        chromium, f"{address}/?db=hotel&q=How%20many%20hotels%20do%20we%20have%3F"
    )
    expect(page.locator(".nl-head h1")).to_have_text("Hotel")
    assert page.locator(".nl-headline").count() == 0
    page.get_by_role("button", name="How many hotels do we have?").first.click()
    expect(page.locator(".nl-headline")).to_contain_text("8")
    page.get_by_role("button", name="Share").click()
    shared = page.get_by_test_id("stCode").last.inner_text()
    assert "db=hotel&q=How+many+hotels" in shared
    page.context.close()


def test_twenty_questions_leave_the_page_as_light_as_five(page: Page) -> None:
    sizes = {}
    for number in range(1, 21):
        ask(page, "How many customers are there?")
        sizes[number] = page.evaluate("document.querySelectorAll('*').length")
    assert sizes[20] < 2 * sizes[5]
    expect(page.locator("[class*=st-key-open-]")).to_have_count(17)


def test_saved_questions_are_asked_again(page: Page) -> None:
    ask(page, BY_COUNTRY)
    page.get_by_role("button", name="Save").last.click()
    page.get_by_text("Saved.").first.wait_for()
    show(page, "Saved")
    page.get_by_role("button", name=f"Ask {BY_COUNTRY}").click()
    tools.answered(page, 2)
    assert headline(page) == "10 rows."
    show(page, "Saved")
    page.get_by_role("button", name=f"Remove {BY_COUNTRY}").click()
    expect(page.get_by_role("button", name=f"Ask {BY_COUNTRY}")).to_have_count(0)


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
    chromium: Browser, address: str, width: int, scheme: str
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = tools.open_page(chromium, address, width=width, height=850, scheme=scheme)

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
    page.context.close()


def test_the_page_fits_a_phone(chromium: Browser, address: str) -> None:
    page = tools.open_page(chromium, address, width=400, height=800)
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
    page.context.close()


def test_the_dark_theme_is_dark_and_readable(chromium: Browser, address: str) -> None:
    page = tools.open_page(chromium, address, scheme="dark")
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
    page.context.close()


def test_the_command_serves_the_page_with_the_shipped_model(
    chromium: Browser, tmp_path: Path
) -> None:
    with tools.page_server(tmp_path) as address:
        page = tools.open_page(chromium, address)
        ask(page, "How many customers are there?")
        assert "120" in headline(page)
        page.context.close()


def test_markup_in_the_data_stays_text(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    text = "<img src=x onerror=alert(1)>"
    path.write_bytes(f"name\n{text}\nother\n".encode())
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    show(page, "Databases")
    upload(page, path)
    ask(page, text)
    ask(page, "SELECT name FROM evil")
    expect(page.locator(".nl-headline").last).to_contain_text(text)
    assert page.locator("img[src=x]").count() == 0
    assert asked == []
