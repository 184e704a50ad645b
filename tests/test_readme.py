"""The README is true: its code runs, its sessions print what it shows, what it names exists.

``python tests/test_readme.py`` runs the commands of its sessions again and writes what they print.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def _output(command: str) -> str:
    """What a ``nlidb`` command of a session prints; one that fails raises."""
    program, *arguments = shlex.split(command)
    assert program == "nlidb", f"the README's sessions only run nlidb, not {program}"
    done = subprocess.run(
        [sys.executable, "-m", "nlidb", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def _sessions(block: str) -> list[tuple[str, str]]:
    """(command, what the README shows for it) of a console block."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _timeless(text: str) -> str:
    return re.sub(r"[\d,]+ ms", "N ms", text).strip()


@pytest.mark.parametrize("block", _blocks("console"))
def test_sessions(block: str) -> None:
    for command, shown in _sessions(block):
        assert _timeless(_output(command)) == _timeless(shown), command


@pytest.mark.parametrize("code", _blocks("python"))
def test_code(code: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "error", "NLIDB_CACHE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)\b(?=[`\n ])", README.read_text("utf-8")))
    assert {"app", "test"} <= named
    assert named <= targets


def test_files_exist() -> None:
    text = README.read_text("utf-8")
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    tree = next(block for block in _blocks("text") if "nlidb/" in block)
    folder = ""
    listed = []
    for line in tree.splitlines():
        match = re.match(r"( *)([\w./<>-]+)", line)
        if match is None:
            continue
        name = match[2]
        if not match[1]:
            folder = name if name.endswith("/") else ""
            listed.append(name)
        else:
            listed.append(folder + name)
    assert len(listed) > 30
    missing = [name for name in [*linked, *listed] if not (ROOT / name).exists()]
    assert missing == []


def test_every_module_is_on_the_map() -> None:
    tree = next(block for block in _blocks("text") if "nlidb/" in block)
    modules = {path.name for path in (ROOT / "nlidb").glob("*.py")}
    assert {name for name in modules if name not in tree} == set()


def test_every_command_is_named() -> None:
    from nlidb.cli import main

    text = README.read_text("utf-8")
    for command in ("ask", "chat", "app", "schema", "check", "evaluate", "models"):
        assert f"nlidb {command}" in text
        with pytest.raises(SystemExit):
            main([command, "--help"])


def _rewrite() -> None:
    def run_again(match: re.Match[str]) -> str:
        sessions = _sessions(match[0])
        return "\n".join(f"$ {command}\n{_output(command)}" for command, _ in sessions)

    README.write_text(CONSOLE.sub(run_again, README.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _rewrite()
