"""The command line: exit codes and output, in a real process and, with a fake model, in this."""

from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest
from conftest import FakeParser

from nlidb import assistant as assistant_module
from nlidb.cli import CHAT_HELP, main
from nlidb.errors import NlidbError

COUNT = "SELECT COUNT(*) FROM singer"
QUESTION = "How many singers are there?"


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """``python -m nlidb`` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "nlidb", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
    )


def one_json(text: str) -> Any:
    """The only JSON object on standard output."""
    assert text.count("\n") == 1
    return json.loads(text)


# In a real process


def test_ask_json(music_db: Path) -> None:
    done = run("ask", "--db", str(music_db), "--json", COUNT)
    assert (done.returncode, done.stderr) == (0, "")
    answer = one_json(done.stdout)
    assert answer["outcome"] == "answered"
    assert answer["rows"] == [[6]]
    assert set(answer["timings"]) == {
        "link",
        "encode",
        "attend",
        "decode",
        "validate",
        "execute",
        "total",
    }


def test_ask_text(music_db: Path) -> None:
    done = run("ask", "--db", str(music_db), "SELECT name, age FROM singer WHERE age > 42")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "2 rows."
    assert "Joe Sharp      52" in lines
    assert any(line.startswith("SQL ") for line in lines)
    assert any(line.startswith("Read  The name and age of each singer") for line in lines)


def test_no_run_limit_and_timeout(music_db: Path) -> None:
    done = run("ask", "--db", str(music_db), "--json", "--no-run", COUNT)
    assert (done.returncode, one_json(done.stdout)["columns"]) == (0, [])
    done = run("ask", "--db", str(music_db), "--json", "--limit", "2", "select name from singer")
    assert (one_json(done.stdout)["row_count"], one_json(done.stdout)["truncated"]) == (2, True)
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) FROM r"
    done = run("ask", "--db", str(music_db), "--json", "--timeout", "0.3", endless)
    assert done.returncode == 1
    assert one_json(done.stdout)["error"]["type"] == "QueryTimeout"


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["ask", ""], 1, None),
        (["ask", "\U0001f600"], 1, None),
        (["ask", "x " * 5000], 1, None),
        (["ask", "Wie viele Sänger gibt es in der Liste?"], 1, None),
        (["ask", "DROP TABLE singer"], 1, "UnsafeSQL"),
        (["ask", "SELECT * FROM nope"], 1, "InvalidSQL"),
        (["ask"], 2, "ConfigError"),
        (["ask", "--limit", "0", "q"], 2, "ConfigError"),
        (["ask", "--limit", "many", "q"], 2, "ConfigError"),
        (["ask", "--max-cost", "0", "q"], 2, "ConfigError"),
        (["ask", "--nope", "q"], 2, "ConfigError"),
        (["check", "SELECT 1", "SELECT 2"], 2, "ConfigError"),
    ],
)
def test_exit_codes(music_db: Path, arguments: list[str], code: int, kind: str | None) -> None:
    before = music_db.read_bytes()
    command, *rest = arguments
    done = run(command, "--json", "--db", str(music_db), *rest)
    assert done.returncode == code
    found = one_json(done.stdout)
    if kind is None:
        assert found["outcome"] == "declined"
    else:
        assert found["error"]["type"] == kind
        assert found["error"]["message"]
    assert music_db.read_bytes() == before


def test_unknown_command_and_no_command() -> None:
    assert run("fly").returncode == 2
    assert run().returncode == 2
    assert "Error:" in run("fly").stderr


@pytest.mark.parametrize("command", ["ask", "schema", "check", "chat"])
def test_a_database_out_of_reach(tmp_path: Path, command: str) -> None:
    missing = str(tmp_path / "nope.sqlite")
    rest = ["SELECT 1"] if command in {"ask", "check"} else []
    done = run(command, "--db", missing, *rest)
    assert done.returncode == 3
    assert "nope.sqlite" in done.stderr
    assert done.stdout == ""


def test_a_checkpoint_out_of_reach(music_db: Path, tmp_path: Path) -> None:
    done = run(
        "ask", "--db", str(music_db), "--json", "--checkpoint", str(tmp_path / "nope"), "How many?"
    )
    assert done.returncode == 3
    assert one_json(done.stdout)["error"]["type"] == "CheckpointError"
    assert run("models", "--checkpoint", str(tmp_path)).returncode == 3


def test_a_password_is_not_shown() -> None:
    done = run("schema", "--db", "postgresql://joe:hunter22@127.0.0.1:9/db")
    assert done.returncode == 3
    assert "hunter22" not in done.stdout + done.stderr


def test_check(music_db: Path) -> None:
    done = run("check", "--db", str(music_db), "--json", "SELECT name FROM singer")
    assert done.returncode == 0
    assert one_json(done.stdout) == {
        "ok": True,
        "sql": "SELECT name FROM singer",
        "reason": "",
        "rule": "",
        "position": None,
        "tables": ["singer"],
        "columns": ["singer.name"],
    }
    done = run("check", "--db", str(music_db), "--json", "SELECT 1; DELETE FROM singer")
    assert done.returncode == 1
    assert one_json(done.stdout)["ok"] is False
    done = run("check", "--db", str(music_db), "SELECT nmae FROM singer")
    assert done.returncode == 1
    assert done.stdout.startswith("Refused (")


def test_schema(music_db: Path) -> None:
    done = run("schema", "--db", str(music_db), "--json")
    schema = one_json(done.stdout)
    assert done.returncode == 0
    singer = next(table for table in schema["tables"] if table["name"] == "singer")
    country = next(column for column in singer["columns"] if column["name"] == "country")
    assert "France" in country["values"]
    assert country["values_linked"] is True
    assert [key["column"] for key in schema["foreign_keys"]] == ["concert.singer_id"]
    text = run("schema", "--db", str(music_db)).stdout
    assert "concert.singer_id = singer.singer_id" in text


def test_schema_shows_a_key_of_several_columns_as_one(tmp_path: Path) -> None:
    path = tmp_path / "school.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE course (number INTEGER, semester TEXT, PRIMARY KEY (number, semester));"
            "CREATE TABLE seat (id INTEGER PRIMARY KEY, number INTEGER, semester TEXT,"
            " FOREIGN KEY (number, semester) REFERENCES course (number, semester));"
        )
    joins = run("schema", "--db", str(path)).stdout.partition("Joins")[2].strip()
    assert joins == "seat.number = course.number AND seat.semester = course.semester"


def test_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("item,price\nbread,2.50\nmilk,1.20\n", encoding="utf-8")
    done = run("ask", "--db", str(path), "--json", "SELECT item FROM prices WHERE price < 2")
    assert one_json(done.stdout)["rows"] == [["milk"]]


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("ask", "chat", "app", "schema", "check", "evaluate", "models"):
        assert command in done.stdout
        assert run(command, "--help").returncode == 0
    assert run("--version").stdout.startswith("nlidb ")


def test_a_stored_value_does_not_drive_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a TEXT, b TEXT)")
        connection.execute("INSERT INTO t VALUES ('\x1b[2Jgone', 'x'), ('y', '\x07')")
    connection.close()
    done = run("ask", "--db", str(path), "SELECT a, b FROM t")
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout
    assert "\\x1b[2Jgone" in done.stdout


def test_a_closed_pipe_is_no_error(music_db: Path) -> None:
    command = f"{sys.executable} -m nlidb schema --db {music_db} --json | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""


def test_ctrl_c_ends_quietly(music_db: Path) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) FROM r"
    child = subprocess.Popen(
        [sys.executable, "-m", "nlidb", "ask", "-v", "--db", str(music_db), endless],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2.0)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)  # well before the query's own time limit
    assert child.returncode == 130
    assert out == "" and "Traceback" not in err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_app_listens_on_this_machine_only_and_stops(music_db: Path, stop: signal.Signals) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "nlidb", "app", "--db", str(music_db), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "BROWSER": "true"},
        text=True,
        start_new_session=True,
    )
    try:
        assert _health(port) == "ok"
        with socket.socket() as other, pytest.raises(OSError):
            other.settimeout(2)
            other.connect((_own_address(), port))
        child.send_signal(stop)
        out, _ = child.communicate(timeout=30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # the page's server is a process of its own
        child.communicate()
    assert child.returncode == (130 if stop is signal.SIGINT else 0)
    assert "Traceback" not in out


def _health(port: int) -> str:
    end = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as reply:
                return str(reply.read().decode())
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.2)


def _own_address() -> str:
    """An address of this machine that is not 127.0.0.1, as another machine would use it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.2"  # no network: another loopback address serves as well


def test_evaluate_usage(tmp_path: Path) -> None:
    done = run("evaluate", "--json", NLIDB_DATA="")
    assert done.returncode == 2
    assert "--data" in one_json(done.stdout)["error"]["hint"]
    assert run("evaluate", "--data", str(tmp_path / "nope")).returncode == 3
    assert run("evaluate", "--compare", "none.json", "none.json").returncode == 3
    data = ("--data", str(tmp_path), "--limit", "-5")
    (tmp_path / "tables.json").write_text("[]", encoding="utf-8")
    (tmp_path / "dev.json").write_text("[]", encoding="utf-8")
    assert run("evaluate", *data).returncode == 2


def test_chat_through_a_terminal(music_db: Path) -> None:
    parent, terminal = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "nlidb", "chat", "--db", str(music_db)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        env={**os.environ, "TERM": "dumb"},
    )
    os.close(terminal)

    def read_until(text: str) -> str:
        seen = ""
        end = time.monotonic() + 30
        while text not in seen:
            assert time.monotonic() < end, seen
            if select.select([parent], [], [], 0.2)[0]:
                seen += os.read(parent, 4096).decode()
        return seen

    def say(line: str) -> None:
        os.write(parent, f"{line}\n".encode())

    try:
        read_until("> ")
        say("select name from singer where age > 50")
        assert "Joe Sharp" in read_until("Note ")
        say("\\sql")
        read_until("SELECT name FROM singer WHERE age > 50")
        say("\\quit")
        assert child.wait(timeout=30) == 0
    finally:
        child.kill()
        child.wait()
        os.close(parent)


# In this process, with a fake model


@pytest.fixture
def model(fake_parser: FakeParser, monkeypatch: pytest.MonkeyPatch) -> FakeParser:
    monkeypatch.setattr(assistant_module, "load_parser", lambda folder: fake_parser)
    return fake_parser


def chat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: Path, *lines: str
) -> str:
    """What the terminal chat prints for these lines."""
    waiting = [*lines]

    def read(prompt: str = "") -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    monkeypatch.setattr("builtins.input", read)
    assert main(["chat", "--db", str(db)]) == 0
    return capsys.readouterr().out


def test_ask_with_the_model(
    model: FakeParser, music_db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.answer((COUNT, 0.87), ("SELECT name FROM singer", 0.1))
    assert main(["ask", "--db", str(music_db), QUESTION]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The number of singers is 6.\n")
    assert "Sure  87%" in out
    assert "Or    The name of each singer. (10%)" in out
    model.answer((COUNT, 0.87), ("SELECT name FROM singer", 0.1))
    arguments = ["ask", "--db", str(music_db), "--json", "--alternatives", "0", QUESTION]
    assert main(arguments) == 0
    assert one_json(capsys.readouterr().out)["alternatives"] == []


def test_ask_that_is_asked_back(
    model: FakeParser, music_db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.answer((COUNT, 0.1), ("SELECT name FROM singer", 0.08))
    assert main(["ask", "--db", str(music_db), QUESTION]) == 1
    out = capsys.readouterr().out
    assert (
        "  1. The number of singers.\n     SELECT COUNT(*) FROM singer\n  2. The name of each"
        in out
    )
    assert "type the number in `nlidb chat`" in out


def test_chat(
    model: FakeParser,
    music_db: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model.answer(("SELECT name, age FROM singer WHERE country = 'France'", 0.9))
    model.answer((COUNT, 0.9))
    target = tmp_path / "out.csv"
    out = chat(
        monkeypatch,
        capsys,
        music_db,
        "\\sql",
        "Show the singers from France",
        "\\why",
        f"\\csv {target}",
        f"\\csv {target}",
        "how many are they",
        "\\sql",
        "\\history",
        "\\schema",
        "\\nope",
        "\\help",
        "DROP TABLE singer",
        "",
        "\\quit",
        "never read",
    )
    assert "there is none yet" in out
    assert "4 rows." in out
    assert "'France' -> singer.country = 'France' (cell_value" in out
    assert f"4 rows saved to {target}." in out
    assert "is there already" in out
    assert model.questions[1] == "Show the singers from France, how many are they"
    assert COUNT in out
    assert "  1  Show the singers from France" in out
    assert "singer: singer_id, name, country, age, born" in out
    assert "There is no command \\nope" in out
    assert CHAT_HELP in out
    assert "only SELECT is allowed" in out
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["name", "age"]
    assert len(rows) == 5


def test_chat_takes_the_number_of_a_choice(
    model: FakeParser,
    music_db: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model.answer(("SELECT name FROM singer", 0.1), (COUNT, 0.08))
    out = chat(monkeypatch, capsys, music_db, QUESTION, "2")
    assert "2. The number of singers." in out
    assert "The number of singers is 6." in out


def test_chat_cannot_save_what_is_not_there(
    model: FakeParser,
    music_db: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "no" / "folder.csv"
    out = chat(
        monkeypatch, capsys, music_db, "\\csv", COUNT, "\\csv", f"\\csv {target}", "😀", "\\csv x"
    )
    assert out.count("Error:") == 4
    assert not target.exists()


def test_chat_forgets_and_refreshes_values(
    model: FakeParser,
    music_db: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    question = "How many singers are from France?"
    for _ in range(3):
        model.answer((COUNT, 0.9))
    out = chat(
        monkeypatch, capsys, music_db,
        question, "\\why", "\\forget", question, "\\why", "\\refresh", question, "\\why",
    )  # fmt: skip
    assert out.count("'France' -> singer.country = 'France'") == 2
    assert "are forgotten" in out and "were read again" in out


def test_private_and_audit(music_db: Path, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    private = ["--db", str(music_db), "--private", "singer.name", "--private", "age"]
    asked = run("ask", "--json", *private, "--audit", str(log), "SELECT name FROM singer")
    assert asked.returncode == 1
    assert "singer.name is private" in one_json(asked.stdout)["error"]["message"]
    done = run("ask", "--json", *private, "--audit", str(log), "SELECT * FROM singer")
    assert one_json(done.stdout)["columns"] == ["singer_id", "country", "born"]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["outcome"], line["refused"], line["rows"]) for line in lines] == [
        ("refused", "private", 0), ("answered", "", 6),
    ]  # fmt: skip
    assert run("check", *private, "SELECT age FROM singer").returncode == 1
    shown = run("schema", *private).stdout
    assert "country" in shown and "Joe Sharp" not in shown and "  age" not in shown
    chatted = run("chat", *private, "--audit", str(log), stdin="SELECT age FROM singer\n")
    assert "singer.age is private" in chatted.stdout
    assert len(log.read_text().splitlines()) == 3
    wrong = run("ask", "--db", str(music_db), "--private", "singer.nope", COUNT)
    assert (wrong.returncode, "singer.nope" in wrong.stderr) == (2, True)
    for command in (["ask", COUNT], ["app"]):
        wrong = run(*command, "--db", str(music_db), "--audit", str(tmp_path / "no" / "log"))
        assert (wrong.returncode, "cannot be written" in wrong.stderr) == (2, True)


def test_catalogues(music_db: Path) -> None:
    sql = "SELECT count(*) FROM sqlite_master"
    assert run("check", "--db", str(music_db), sql).returncode == 1
    assert run("check", "--db", str(music_db), "--catalogues", sql).returncode == 0


def test_a_cost_limit_reaches_the_assistant_and_the_page(
    music_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[object] = []

    def connect(*_: object, max_cost: float | None, **__: object) -> NoReturn:
        costs.append(max_cost)
        raise NlidbError("enough")

    def start(*_: object, env: dict[str, str]) -> NoReturn:
        costs.append(env.get("NLIDB_MAX_COST"))
        raise NlidbError("enough")

    monkeypatch.setattr(assistant_module.Assistant, "connect", connect)
    monkeypatch.setattr(subprocess, "Popen", start)
    for command in (["ask", "q"], ["chat"], ["app"]):
        assert main([*command, "--max-cost", "5"]) == 1
        assert main(command) == 1
    assert costs == [5.0, None, 5.0, None, "5.0", None]
