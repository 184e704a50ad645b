"""nlidb: ask a database in English. A small trained model writes SQL; only checked, read-only SQL is run.

    from nlidb import Assistant

    with Assistant.connect("sqlite:///shop.sqlite") as assistant:
        answer = assistant.ask("Which five customers spent most in 2024?")
        print(answer.sql, answer.rows)

What is not an error is imported on first use, so that ``import nlidb`` and ``nlidb --help`` stay light
(no torch, no SQLAlchemy).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nlidb.errors import (
    CannotAnswer,
    CheckpointError,
    ConfigError,
    ConnectionFailed,
    ExecutionFailed,
    InvalidSQL,
    NlidbError,
    QueryTimeout,
    RefusedSQL,
    UnsafeSQL,
)

if TYPE_CHECKING:
    from nlidb.answer import Alternative, Answer, AnswerLink, Attention, Check, Refused
    from nlidb.assistant import Assistant
    from nlidb.chart import ChartSpec
    from nlidb.database import Database
    from nlidb.schema import Schema

__version__ = "0.1.0"

__all__ = [
    "Alternative",
    "Answer",
    "AnswerLink",
    "Assistant",
    "Attention",
    "CannotAnswer",
    "ChartSpec",
    "Check",
    "CheckpointError",
    "ConfigError",
    "ConnectionFailed",
    "Database",
    "ExecutionFailed",
    "InvalidSQL",
    "NlidbError",
    "QueryTimeout",
    "Refused",
    "RefusedSQL",
    "Schema",
    "UnsafeSQL",
    "__version__",
]

# Where each name that is imported on first use comes from.
_LAZY = {
    "Alternative": "nlidb.answer",
    "Answer": "nlidb.answer",
    "AnswerLink": "nlidb.answer",
    "Assistant": "nlidb.assistant",
    "Attention": "nlidb.answer",
    "ChartSpec": "nlidb.chart",
    "Check": "nlidb.answer",
    "Database": "nlidb.database",
    "Refused": "nlidb.answer",
    "Schema": "nlidb.schema",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'nlidb' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
