"""A page's process ends well while a thread of its own is still busy."""

from __future__ import annotations

import subprocess
import sys

BUSY = r"""
import sys, threading
import torch
from nlidb.page import beside

stopped = threading.Event()
begun = threading.Event()

def busy():
    while not stopped.is_set():
        begun.set()
        torch.ones(300, 300) @ torch.ones(300, 300)
    beside.start(lambda: sys.stdout.write("and what it started\n"))
    sys.stdout.write("stopped\n")

beside.start(busy, stop=stopped.set)
begun.wait()
"""


def test_the_end_of_the_process_stops_a_busy_thread_and_waits_for_it() -> None:
    for _ in range(3):  # without the wait most of these abort
        ended = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert set(ended.stdout.splitlines()) == {"stopped", "and what it started"}


def test_a_thread_that_has_ended_is_forgotten() -> None:
    from nlidb.page import beside

    for _ in range(3):
        beside.start(lambda: None)
        for thread, _ in beside._started:
            thread.join(30)
    assert len(beside._started) == 1
