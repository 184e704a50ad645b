"""Starts the page's server as ``python -m streamlit`` does, and makes ready what the first visitor needs.

nlidb app          runs ``python -m nlidb.page run nlidb/page/app.py`` with the page's settings
"""

from __future__ import annotations

import logging

from streamlit.web.cli import main as run_streamlit

from nlidb.page import beside

log = logging.getLogger(__name__)


def main() -> None:
    """Serve until the process is ended."""
    # Streamlit is imported above, before the thread starts: two threads in its import cycle would break it.
    beside.start(_make_ready)
    run_streamlit(prog_name="streamlit")


def _make_ready() -> None:
    try:
        import nlidb.page.app  # noqa: F401 - what the script imports, while nobody waits for it
        from nlidb.page.state import first_connection

        first_connection()  # its model loads in a thread of its own
    except Exception as error:
        log.info("not made ready: %s", error)  # the first visitor is told what is wrong


if __name__ == "__main__":
    main()
