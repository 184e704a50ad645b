"""The course of one question through the stages: how long each took, how much it may take, whether to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from nlidb.answer import TIMING_STAGES
from nlidb.errors import ConfigError, ExecutionFailed


@dataclass(frozen=True)
class Limits:
    """How much one answer may take; ``Limits.over`` fills in what a call leaves out."""

    rows: int
    seconds: float
    cancel: threading.Event | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.rows, int) or self.rows < 1:
            raise ConfigError(f"The row limit is {self.rows!r}; it must be a whole number from 1.")
        if not isinstance(self.seconds, int | float) or not self.seconds > 0:
            raise ConfigError(f"The time limit is {self.seconds!r} s; it must be more than 0.")

    def over(
        self, rows: int | None, seconds: float | None, cancel: threading.Event | None
    ) -> Limits:
        return Limits(
            self.rows if rows is None else rows,
            self.seconds if seconds is None else seconds,
            cancel,
        )


class Course:
    """The course of one question through the stages: milliseconds by stage, who is told, and whether to stop."""

    def __init__(
        self,
        progress: Callable[[str], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._start = time.perf_counter()
        self._stages = dict.fromkeys(TIMING_STAGES, 0.0)
        self._progress = progress
        self._cancel = cancel

    def begin(self, name: str) -> None:
        """A stage begins. Raises ``ExecutionFailed`` where the question was stopped before it."""
        if self._cancel is not None and self._cancel.is_set():
            raise ExecutionFailed("The question was stopped.", hint="Ask again, or ask for less.")
        if self._progress is not None:
            self._progress(name)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.begin(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] += 1000 * (time.perf_counter() - start)

    def add(self, seconds: Mapping[str, float]) -> None:
        """Stages that were measured elsewhere."""
        for name, spent in seconds.items():
            self._stages[name] += 1000 * spent

    def timings(self) -> dict[str, float]:
        total = 1000 * (time.perf_counter() - self._start)
        return {name: round(ms, 3) for name, ms in {**self._stages, "total": total}.items()}
