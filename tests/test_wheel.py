"""The wheel, installed into an empty environment elsewhere, answers a question on its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "NOTICE", "app.py", "nlidb", "schemas"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: an older build folder in the checkout must not leak into it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True)
    return next(folder.glob("nlidb-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment that holds the wheel.

    The dependencies are borrowed from this environment by a path file. Path files in a folder named
    that way are not read, so the checkout, installed editable there, stays out of sight.
    """
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    paths = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = home / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--quiet", "--python", str(python), "install"]
    command += ["--no-deps", "--no-index", "--ignore-installed", str(wheel)]
    subprocess.run(command, check=True)
    return home / "bin"


def _run(installed: Path, cwd: Path, *command: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["NLIDB_CACHE"] = str(cwd / "cache")
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _json(text: str) -> Any:
    return json.loads(text)


def test_contents(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "nlidb/page/app.py" in names
    assert "nlidb/py.typed" in names
    assert "nlidb/schemas/shop/schema.sql" in names
    assert "nlidb/schemas/shop/examples.jsonl" in names
    assert any(name.startswith("nlidb/checkpoints/") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    folders = {name.split("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"nlidb"}
    assert not any("__pycache__" in name for name in names)


def test_it_is_the_installed_one_that_runs(installed: Path, tmp_path: Path) -> None:
    where = _run(installed, tmp_path, "python", "-c", "import nlidb; print(nlidb.__file__)")
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_ask(installed: Path, tmp_path: Path) -> None:
    out = _run(installed, tmp_path, "nlidb", "ask", "--json", "How many customers are there?")
    answer = _json(out)
    assert answer["outcome"] == "answered"
    assert answer["rows"] == [[120]]


def test_models_and_demo_databases(installed: Path, tmp_path: Path) -> None:
    assert _json(_run(installed, tmp_path, "nlidb", "models", "--json"))["megabytes"] <= 45
    schema = _json(_run(installed, tmp_path, "nlidb", "schema", "--json"))
    assert schema["db_id"] == "shop"
