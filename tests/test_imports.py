"""Import direction, library islands, light start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nlidb"

ORDER = """errors config demo keep audit intake question periods schema vocab edges sessions allowed private
location loading reflection rights database values lexicon names wording linking beyond target literals
sql_tree linearize delinearize printing grammar_masks grammar_state grammar tokenizer batch dropout encoder
attention interaction decoder model checkpoint beam parser amend nulls followup_words followup_conditions
followup leftout shares either counts amounts ordinals binding validate execute export explain_scope
explain_parts explain examples groupwise averages sides rules polarity states sense unstored among flags
fullnames margins lapsed mend chart vega erd answer heatmap timewords reading sift evidence namesakes choose
course download assistant spider spider_sql usage sandbox metrics verdict workers perturb evaluate intervals
report report_page report_file predictor cli __main__""".split()
"""Data flow from top to bottom: a module imports only modules before it."""

ISLANDS = {
    "torch": "batch dropout encoder attention interaction decoder model checkpoint beam parser",
    "safetensors": "checkpoint",
    "tokenizers": "tokenizer",
    "sqlglot": "database private target sql_tree delinearize printing nulls allowed binding validate explain_scope"
    " explain_parts explain download amend followup leftout shares either counts amounts ordinals groupwise"
    " averages sides rules polarity states sense unstored among flags fullnames margins lapsed mend reading"
    " evidence namesakes assistant metrics parser",
    "sqlalchemy": "sessions location reflection database",
    "duckdb": "sessions loading demo",
    "duckdb_engine": "sessions",
    "rapidfuzz": "values wording linking",
    "pandas": "answer",
    "argparse": "cli",
    "streamlit": "",
    "transformers": "",
    "sentence_transformers": "",
    "training": "",
    "tests": "",
}
"""The only modules that may import a library."""


def _imports(path: Path) -> Iterator[str]:
    """Every imported module of a file, also those imported inside functions or for types only."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            yield str(node.module)
            if node.module == "nlidb":
                yield from (f"nlidb.{name.name}" for name in node.names)


@cache
def _modules() -> dict[str, set[str]]:
    return {path.stem: set(_imports(path)) for path in sorted(PACKAGE.glob("*.py"))}


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(set(_modules()) - {"__init__"})


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_one_way(module: str) -> None:
    ours = {name.split(".")[1] for name in _modules()[module] if name.startswith("nlidb.")}
    above = set(ORDER[: ORDER.index(module)])
    names = {name for name in ours if name in ORDER}
    assert names <= above, f"{module} imports {names - above}, which stand below it"


@pytest.mark.parametrize("library", ISLANDS)
def test_islands(library: str) -> None:
    users = {
        module
        for module, names in _modules().items()
        if any(name.split(".")[0] == library for name in names)
    }
    assert users <= set(ISLANDS[library].split())


def test_the_page_stands_apart() -> None:
    """The page shows what the library gives it; the library knows nothing of the page."""
    for path in [ROOT / "app.py", *(PACKAGE / "page").glob("*.py")]:
        found = {name.split(".")[0] for name in _imports(path)}
        assert not found & {"torch", "sqlglot", "training", "tests"}, path.name
    for module, names in _modules().items():
        assert not any(name.startswith("nlidb.page") for name in names), module


def _loaded(code: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after running the code."""
    code += "\nimport sys\nprint('modules', *{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"torch", "numpy", "pandas", "sqlalchemy", "duckdb", "sqlglot", "tokenizers", "streamlit"}


def test_import_is_light() -> None:
    loaded = _loaded("import nlidb")
    assert "nlidb" in loaded
    assert not loaded & HEAVY


def test_help_is_light() -> None:
    code = "import contextlib, nlidb.cli\nwith contextlib.suppress(SystemExit): nlidb.cli.main(['--help'])"
    assert not _loaded(code) & HEAVY


def test_checking_sql_loads_no_torch(music_db: Path) -> None:
    loaded = _loaded(
        f"from nlidb.cli import main; main(['check', '--db', {str(music_db)!r}, 'SELECT 1'])"
    )
    assert "sqlglot" in loaded
    assert not loaded & {"torch", "transformers", "pandas", "streamlit"}
