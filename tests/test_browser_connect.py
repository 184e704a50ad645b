"""The chat page's ways to a database and back to a question, in a real browser (see test_browser.py)."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import duckdb
import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import browser as tools
from tests.browser import ask, headline, question_box, show
from tests.servers import ENGINE_PARAMS, PASSWORD, shop

pytestmark = pytest.mark.browser
expect.set_options(timeout=tools.PATIENCE_MS)  # of its own it gives a busy machine 5 s

BY_COUNTRY = "How many customers are there in each country?"


def test_app_py_by_itself_serves_this_machine_and_nothing_leaves_it(
    profile: BrowserContext, tmp_path: Path
) -> None:
    with tools.page_server(tmp_path, tools.ROOT / "app.py") as address:
        page = profile.new_page()
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


def test_a_shared_link_asks_on_a_click(profile: BrowserContext, address: str) -> None:
    page = tools.open_page(
        profile, f"{address}/?db=hotel&q=How%20many%20hotels%20do%20we%20have%3F"
    )
    expect(page.locator(".nl-head h1")).to_have_text("Hotel")
    assert page.locator(".nl-headline").count() == 0
    page.get_by_role("button", name="How many hotels do we have?").first.click()
    expect(page.locator(".nl-headline")).to_contain_text("8")
    page.get_by_role("button", name="Share").click()
    shared = page.get_by_test_id("stCode").last.inner_text()
    assert "db=hotel&q=How+many+hotels" in shared
    page.close()


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


def test_the_command_serves_the_page_with_the_shipped_model(
    profile: BrowserContext, tmp_path: Path
) -> None:
    with tools.page_server(tmp_path) as address:
        page = tools.open_page(profile, address)
        ask(page, "How many customers are there?")
        assert "120" in headline(page)
        page.close()


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
