"""The terminal chat through a pseudo-terminal, as a person at a keyboard sees it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHAT = """
import fcntl
import sys
import termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is a signal
import nlidb.assistant
from tests.gold_parser import GoldParser
nlidb.assistant.load_parser = lambda folder: GoldParser()
from nlidb.cli import main
sys.exit(main(["chat"]))
"""
PATIENCE = 120.0
PROMPT = "\r\n> "


class Terminal:
    """A chat in a pseudo-terminal: type a line, read until a text appears."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHAT],
            cwd=folder,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._file = ours

    def say(self, line: str) -> str:
        """Type a line at the prompt; what was printed up to the next prompt."""
        os.write(self._file, f"{line}\n".encode())
        return self.read_until(PROMPT)

    def press(self, key: str) -> None:
        os.write(self._file, key.encode())

    def read_until(self, text: str) -> str:
        """What was printed up to ``text``."""
        seen, deadline = "", time.monotonic() + PATIENCE
        while text not in seen:
            assert time.monotonic() < deadline, f"{text!r} did not appear after {seen!r}"
            if select.select([self._file], [], [], 0.2)[0]:
                try:
                    seen += os.read(self._file, 65536).decode("utf-8", "replace")
                except OSError:  # the other end is closed
                    raise AssertionError(f"the chat ended after {seen!r}") from None
        return seen

    def close(self) -> int:
        """The exit code, once the chat has ended."""
        code = self.process.wait(PATIENCE)
        os.close(self._file)
        return code


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.process.kill()
    terminal.process.wait()


def test_a_conversation_from_question_to_file(chat: Terminal, tmp_path: Path) -> None:
    assert "customers" in chat.read_until(PROMPT)
    assert "120" in chat.say("How many customers are there?")
    assert "FROM customers" in chat.say("\\sql")
    assert 'country is "Germany" is 20' in chat.say("and only those from Germany")
    assert "country" in chat.say("\\why")
    assert "only SELECT is allowed" in chat.say("DROP TABLE customers")
    assert "10 rows" in chat.say("How many customers are there in each country?")
    chat.say("\\csv out.csv")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 11
    assert "is no file name" in chat.say("\\csv " + "x" * 300)
    assert "is no file name" in chat.say("\\csv ~nobody-of-that-name/out.csv")
    assert "no words" in chat.say("\u00b2")  # a digit to str.isdigit
    assert "and only those from Germany" in chat.say("\\history")
    chat.press("\\quit\n")
    assert chat.close() == 0


def test_the_end_of_input_ends_the_chat(chat: Terminal) -> None:
    chat.read_until(PROMPT)
    chat.say("How many customers are there?")
    chat.press("\x04")
    assert chat.close() == 0


def test_ctrl_c_stops_the_question_and_at_the_prompt_the_chat(chat: Terminal) -> None:
    chat.read_until(PROMPT)
    assert "120" in chat.say("How many customers are there?")
    chat.press("All pairs of orders\n")  # runs for minutes
    chat.read_until("All pairs of orders\r\n")
    time.sleep(1.0)
    chat.press("\x03")
    assert "Stopped." in chat.read_until(PROMPT)
    assert 'country is "Germany" is 20' in chat.say("and only those from Germany")
    time.sleep(1.0)  # readline misses a signal that comes while it is being set up
    chat.press("\x03")
    assert chat.close() == 130
