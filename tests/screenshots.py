"""Makes the README's pictures: the real page, with the shipped model, on the demo database.

    python -m tests.screenshots        (make screenshots)

Needs Chromium. Writes tests/pictures/*.png.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests import browser as tools

PICTURES = Path(__file__).parent / "pictures"
CHART_QUESTION = "How many customers are there in each country?"
LINK_QUESTION = "What are the names of the customers from Germany?"


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        tools.page_server(Path(folder)) as address,
        tools.chromium() as browser,
    ):
        page = tools.open_page(tools.new_profile(browser), address)
        tools.ask(page, LINK_QUESTION)  # the first question of a process waits for the model
        page.context.close()

        page = tools.open_page(tools.new_profile(browser), address, height=900)
        tools.ask(page, CHART_QUESTION)
        page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first.wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / "answer.png")
        page.context.close()

        page = tools.open_page(tools.new_profile(browser), address, height=900, scheme="dark")
        tools.ask(page, LINK_QUESTION)
        page.get_by_role("tab", name="Why").last.click()
        page.wait_for_timeout(1500)
        page.locator(".nl-link").last.hover()
        page.wait_for_timeout(300)
        page.screenshot(path=PICTURES / "why.png")
        page.context.close()
    for path in sorted(PICTURES.glob("*.png")):
        print(f"{path.relative_to(tools.ROOT)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
