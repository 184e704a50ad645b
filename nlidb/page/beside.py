"""Threads beside the page's own, which the end of the process waits for.

A thread inside torch or DuckDB, whose C++ cannot be unwound, aborts the process when Python is taken down under
it.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

PATIENCE_S = 20.0
"""Longer than loading the model takes on a slow, busy machine."""

_lock = threading.Lock()
_started: list[tuple[threading.Thread, Callable[[], None]]] = []


def start(work: Callable[[], None], stop: Callable[[], None] = lambda: None) -> None:
    """Do the work in a thread of its own.

    Args:
        work: catches its errors itself.
        stop: called when the process ends before the work does; it may cut the work short.
    """
    thread = threading.Thread(target=work, daemon=True)
    with _lock:
        thread.start()
        _started[:] = [*_unfinished(), (thread, stop)]


def _unfinished() -> list[tuple[threading.Thread, Callable[[], None]]]:
    return [(thread, stop) for thread, stop in _started if thread.is_alive()]


@atexit.register
def _wait() -> None:
    deadline = time.monotonic() + PATIENCE_S
    # Again and again, because what ended may have started another.
    while (left := _unfinished()) and time.monotonic() < deadline:
        for thread, stop in left:
            stop()
            thread.join(max(0.0, deadline - time.monotonic()))
