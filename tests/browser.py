"""A real browser on the real page: the server as a process of its own, Chromium through Playwright."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).parent.parent
PATIENCE_MS = 90_000
"""A busy machine with two cores still answers within this."""
WIDTH, HEIGHT = 1100, 850
"""Of a new tab, in CSS pixels."""
POLLING_MS = 50
"""By the clock: by frames, as Playwright does otherwise, a busy machine that paints none waits for ever."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
)


@contextmanager
def page_server(folder: Path, script: Path | None = None, **variables: str) -> Iterator[str]:
    """The address of a page that is served until the block ends; it must end well when it is told to.

    Args:
        folder: holds what the page keeps, and its log.
        script: a script for ``streamlit run``, with the settings of .streamlit/config.toml alone; None is
            ``nlidb app``, with the shipped model.
        variables: more environment variables.
    """
    port = _free_port()
    if script is None:
        arguments = ["-m", "nlidb", "app", "--port", str(port)]
    else:
        arguments = ["-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = {
        **os.environ,
        "NLIDB_HOME": str(folder / "home"),
        "STREAMLIT_SERVER_HEADLESS": "true",
        **variables,
    }
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health", server, folder / "server.log")
            yield address
            server.terminate()
            assert server.wait(30) == 0, (folder / "server.log").read_text()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(f"the page did not start: {log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def new_profile(browser: Browser) -> BrowserContext:
    """A profile with an empty cache, which the tabs of ``open_page`` share."""
    return browser.new_context(
        viewport={
            "width": WIDTH,
            "height": HEIGHT,
        },  # a tab that is resized moves what is drawn by then
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
    )


def open_page(
    profile: BrowserContext,
    address: str,
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    """A new tab on the page, once it has drawn itself. The page takes every tab for a visitor of its own."""
    page = profile.new_page()
    if (width, height) != (WIDTH, HEIGHT):
        page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.locator(".nl-head").first.wait_for()
    settled(page)
    return page


def foreign_requests(page: Page, address: str) -> list[str]:
    """A list that grows with each request of the page to anywhere but its own server."""
    ours = re.compile(rf"(http|ws)://{re.escape(address.removeprefix('http://'))}/|data:|blob:")
    found: list[str] = []
    page.on("request", lambda r: None if ours.match(r.url) else found.append(r.url))
    page.on("websocket", lambda w: None if ours.match(w.url) else found.append(w.url))
    return found


def question_box(page: Page) -> Locator:
    """Where questions are typed."""
    return page.get_by_test_id("stChatInputTextArea")


def ask(page: Page, question: str) -> None:
    """Type a question and wait until it is answered."""
    with answering(page):
        question_box(page).fill(question)
        question_box(page).press("Enter")


@contextmanager
def answering(page: Page) -> Iterator[None]:
    """Wait after the block, which asks in the Ask view, for the answer under the next number.

    Elements are not counted: what the last run of the page's script drew may stand for a moment beside the new.
    """
    number = 1 + page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('[class*=st-key-turn-], [class*=st-key-open-]')]"
        ".map(node => Number(node.className.match(/st-key-(?:turn|open)-([0-9]+)/)[1])))"
    )
    yield
    answered(page, number)


def answered(page: Page, number: int) -> None:
    """Wait until the conversation's question of this number is answered, and say what is seen if it never is."""
    try:
        page.locator(f".st-key-turn-{number} .nl-headline").wait_for(state="attached")
    except PlaywrightTimeout:
        shown = page.evaluate("document.body.innerText")
        raise AssertionError(f"question {number} has no answer on the page:\n{shown}") from None
    settled(page)


def headline(page: Page) -> str:
    """The newest answer's sentence."""
    return page.locator(".nl-headline").last.inner_text()


def show(page: Page, view: str) -> None:
    """Switch to a view."""
    page.get_by_role("radio", name=view).click()
    page.wait_for_timeout(200)
    settled(page)


def settled(page: Page) -> None:
    """Wait until the script of the page has run to its end, twice over a moment."""
    state = (
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState"
        " === 'notRunning'"
    )
    for _ in range(2):
        page.wait_for_function(state, polling=POLLING_MS)
        page.wait_for_timeout(150)
