"""Times a new user's path on the real page, with the shipped model and a real browser: no test, a measurement.

    python -m tests.bench_page        (make bench-page)

Four figures: from the page's address to the first answer, in a server that has just started, and from the
command on; from Enter to the answer's sentence on a page in use; a CSV file of 200 000 rows from upload to answer;
20 questions in a row on one page, the first five against the last five. The first and the third must stay within
10 s, the second within 0.3 s; the last must not grow. The machine's load is printed: a busy one takes longer.
Needs Chromium.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests import browser as tools

ROWS = 200_000
CITIES = ("Lyon", "Porto", "Graz", "Turku", "Bergen", "Gdansk", "Malmo", "Ghent")
QUESTIONS = (
    "How many customers are there?",
    "How many customers are there in each country?",
    "What are the names of the customers from Germany?",
    "sort them by city",
    "How many orders are there?",
)
TURNS = 20
SENTENCES = 10
_FROM_ENTER = """number => new Promise(done => {
  const began = performance.now();
  const seen = () => {
    if (!document.querySelector(`.st-key-turn-${number} .nl-headline`)) return;
    observer.disconnect();
    done(performance.now() - began);
  };
  const observer = new MutationObserver(seen);
  observer.observe(document.body, { childList: true, subtree: true });
  const enter = { key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true, cancelable: true };
  document.querySelector('[data-testid="stChatInputTextArea"]')
    .dispatchEvent(new KeyboardEvent("keydown", enter));
})"""
"""Presses Enter and measures inside the page: the way to the browser's driver and back takes time of its own."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, tools.chromium() as browser:
        home = Path(folder)
        print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPU cores")
        began = time.perf_counter()
        with tools.page_server(home) as address:
            spent = first_answer(browser, address)
            whole = time.perf_counter() - began
            print(f"page opening to first answer: {spent:.1f} s ({whole:.1f} s from the command)")
            sentences = to_the_sentence(browser, address)
            print(
                f"Enter to the sentence, {len(sentences)} times: median {statistics.median(sentences):.2f} s,"
                f" from {min(sentences):.2f} to {max(sentences):.2f} s"
            )
            size, seconds = upload(browser, address, home / "sales.csv")
            print(f"CSV of {ROWS:,} rows ({size / 1e6:.0f} MB), upload to answer: {seconds:.1f} s")
            turns = in_a_row(browser, address)
    first, last = statistics.median(turns[:5]), statistics.median(turns[-5:])
    print(
        f"{TURNS} questions on one page, median: first five {first:.2f} s, last five {last:.2f} s;"
        f" load at the end {os.getloadavg()[0]:.1f}"
    )


def first_answer(browser: Browser, address: str) -> float:
    """Seconds from the address to the first answer on the demo database, by a click on an example."""
    page = browser.new_context(viewport={"width": 1100, "height": 850}).new_page()
    page.set_default_timeout(tools.PATIENCE_MS)
    began = time.perf_counter()
    page.goto(address)
    page.get_by_role("button", name="How many orders are there?").click()
    page.locator(".nl-headline").wait_for()
    spent = time.perf_counter() - began
    page.context.close()
    return spent


def to_the_sentence(browser: Browser, address: str) -> list[float]:
    """Seconds from Enter to the answer's sentence, ``SENTENCES`` times on a page that has answered before."""
    page = tools.open_page(tools.new_profile(browser), address)
    spent = []
    for turn in range(SENTENCES + 1):
        tools.question_box(page).fill(QUESTIONS[turn % len(QUESTIONS)])
        spent.append(page.evaluate(_FROM_ENTER, turn + 1) / 1000)
        tools.settled(page)
    page.context.close()
    return spent[1:]


def upload(browser: Browser, address: str, path: Path) -> tuple[int, float]:
    """Size of a CSV file, and seconds from handing it over to the answer of a question about it."""
    chance = random.Random(7)  # noqa: S311
    with path.open("w") as file:
        file.write("sale_id,city,day,amount,customer\n")
        for number in range(ROWS):
            day = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            amount, buyer = chance.uniform(1, 500), chance.randint(1, 20_000)
            file.write(f"{number},{chance.choice(CITIES)},{day},{amount:.2f},Customer {buyer}\n")
    page = tools.open_page(tools.new_profile(browser), address)
    tools.show(page, "Databases")
    began = time.perf_counter()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_test_id("stFileChipName").wait_for()
    page.get_by_test_id("stFileChipIconSpinner").wait_for(state="detached")
    page.get_by_role("button", name="Open the files").click()
    tools.question_box(page).wait_for()
    _answer(page, "What is the average amount of the sales in Lyon?")
    spent = time.perf_counter() - began
    page.context.close()
    return path.stat().st_size, spent


def in_a_row(browser: Browser, address: str) -> list[float]:
    """Seconds of each of ``TURNS`` questions on one page."""
    page = tools.open_page(tools.new_profile(browser), address)
    spent = []
    for turn in range(TURNS):
        began = time.perf_counter()
        _answer(page, QUESTIONS[turn % len(QUESTIONS)])
        spent.append(time.perf_counter() - began)
        tools.settled(page)
    page.context.close()
    return spent


def _answer(page: Page, question: str) -> None:
    """Ask, and wait until this very question has its answer on the page."""
    box = tools.question_box(page)
    box.fill(question)
    box.press("Enter")
    page.wait_for_function(
        "(question) => {"
        " const asked = [...document.querySelectorAll('.nl-asked')].pop();"
        " const answer = [...document.querySelectorAll('.nl-headline')].pop();"
        " return asked && answer && asked.textContent === question"
        " && asked.compareDocumentPosition(answer) & Node.DOCUMENT_POSITION_FOLLOWING; }",
        arg=question,
        polling=tools.POLLING_MS,
    )


if __name__ == "__main__":
    main()
