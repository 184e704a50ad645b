"""The public names, and the signatures that the contract promises."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import nlidb
from nlidb import errors


def test_all_is_sorted_and_importable() -> None:
    assert nlidb.__all__ == sorted(nlidb.__all__)
    for name in nlidb.__all__:
        assert getattr(nlidb, name) is not None
    assert set(nlidb.__all__) <= set(dir(nlidb))


def test_nothing_else_is_public() -> None:
    tree = ast.parse(Path(inspect.getfile(nlidb)).read_text("utf-8"))
    named = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("nlidb.")
        for name in node.names
    }
    assert named | {"__version__"} == set(nlidb.__all__)


def test_every_error_is_public() -> None:
    found = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.NlidbError)
    }
    assert found <= set(nlidb.__all__)


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="nope"):
        nlidb.nope  # noqa: B018  the attribute access is the test


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (
            "connect",
            "db *checkpoint *limit *timeout *private *audit *catalogues *max_cost *max_export_bytes",
        ),
        (
            "ask",
            "self question *limit *timeout *alternatives *previous *policy *cancel *progress *who",
        ),
        ("translate", "self question *alternatives *previous *policy"),
        ("check", "self sql"),
        ("run", "self sql *limit *timeout *cancel *who"),
        ("refresh", "self"),
        ("forget_values", "self"),
        ("close", "self"),
    ],
)
def test_signatures(method: str, parameters: str) -> None:
    found = inspect.signature(getattr(nlidb.Assistant, method)).parameters.values()
    marked = ["*" * (p.kind is inspect.Parameter.KEYWORD_ONLY) + p.name for p in found]
    assert " ".join(marked) == parameters


def test_defaults() -> None:
    connect = inspect.signature(nlidb.Assistant.connect).parameters
    assert (connect["limit"].default, connect["timeout"].default) == (1000, 30.0)
    ask = inspect.signature(nlidb.Assistant.ask).parameters
    assert (ask["alternatives"].default, ask["policy"].default) == (3, "balanced")
    assert ask["previous"].default is None


def test_errors_say_what_to_do() -> None:
    error = errors.ConnectionFailed("It is gone.", hint="Look for it.")
    assert str(error) == "It is gone. Look for it."
    assert error.to_dict() == {
        "type": "ConnectionFailed",
        "message": "It is gone.",
        "hint": "Look for it.",
    }
