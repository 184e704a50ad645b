"""Worker processes that judge examples: one that takes too much memory dies alone, one that hangs in a single
engine step is ended, and the query it was at counts as wrong.

    Pool(jobs, size, progress).run() -> verdicts by position

Workers are started as ``python -c``, not by ``multiprocessing``, so a caller's script needs no ``__main__``
guard."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from nlidb.errors import ExecutionFailed
from nlidb.sandbox import Limits, ReadOnlyDatabase
from nlidb.schema import Schema
from nlidb.verdict import Task, Verdict, score_example

GRACE = 10.0
"""Seconds after a query's time limit until its process is ended: comparing takes time too."""
_HEARTBEAT = 0.5
"""Seconds between two signs of life of a worker."""


@dataclass(frozen=True)
class Job:
    """Examples of one database for one worker."""

    schema: Schema
    files: tuple[Path, ...]
    """The database first, then the others of its test suite."""
    limits: Limits
    tasks: tuple[Task, ...]


_WORKER = "from nlidb.workers import serve; serve()"


def _send(stream: BinaryIO, kind: str, value: Any) -> None:
    pickle.dump((kind, value), stream, protocol=5)
    stream.flush()


_last_sign = 0.0


def _sign_of_life(answers: BinaryIO) -> None:
    global _last_sign
    now = time.monotonic()
    if now - _last_sign > _HEARTBEAT:
        _last_sign = now
        _send(answers, "query", None)


def serve() -> None:
    """What a worker process runs: jobs come on standard input, verdicts go to standard output."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever else writes to standard output must not come between the verdicts.
    os.dup2(2, 1)
    while True:
        try:
            job: Job = pickle.load(source)
        except EOFError:
            return
        databases = [ReadOnlyDatabase(file, job.limits) for file in job.files]
        for database in databases:
            database.on_query = lambda: _sign_of_life(answers)
        for task in job.tasks:
            _send(answers, "verdict", (task.position, score_example(task, job.schema, databases)))
        for database in databases:
            database.close()
        _send(answers, "done", None)


class _Worker(threading.Thread):
    """A thread that feeds one worker process and starts another where that one ends."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(daemon=True)
        self.pool = pool
        self.process: subprocess.Popen[bytes] | None = None
        self.deadline = float("inf")
        """When the process counts as hanging (``time.monotonic``)."""
        self.failed: BaseException | None = None

    def start_process(self) -> subprocess.Popen[bytes]:
        folder = str(Path(__file__).resolve().parent.parent)
        paths = [folder, os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,  # a Ctrl-C is for the parent, which ends its workers
        )

    def run(self) -> None:
        try:
            while (job := self.pool.next_job()) is not None:
                self.work(job)
        except BaseException as error:  # handed to the caller, who waits for this thread
            self.failed = error
        finally:
            self.deadline = float("inf")
            if self.process is not None:
                self.end_process()

    def end_process(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()

    def work(self, job: Job) -> None:
        """Have a job done, in more than one process if it takes that."""
        left = list(job.tasks)
        while left:
            if self.process is None:
                self.process = self.start_process()
            stdin, stdout = self.process.stdin, self.process.stdout
            assert stdin is not None and stdout is not None
            # A fresh process has to start first, which takes a while on a busy machine.
            self.deadline = time.monotonic() + 60 + job.limits.seconds
            try:
                pickle.dump(replace(job, tasks=tuple(left)), stdin, protocol=5)
                stdin.flush()
                while True:
                    kind, value = pickle.load(stdout)
                    self.deadline = time.monotonic() + job.limits.seconds + GRACE
                    if kind == "done":
                        self.deadline = float("inf")
                        return
                    if kind == "verdict":
                        self.pool.report(*value)
                        left.pop(0)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
                hung = time.monotonic() >= self.deadline
                self.deadline = float("inf")
                self.end_process()
                why = "it ran past its time limit" if hung else "most likely memory"
                reason = f"The process of this query was ended: {why}."
                if not left[0].not_run:
                    left[0] = replace(left[0], not_run=reason, timed_out=hung)
                elif not left[0].gold_not_run:
                    # Without the prediction it ended too: then it was the gold query.
                    not_run = "It was not run: the gold query ends the process."
                    left[0] = replace(
                        left[0], not_run=not_run, gold_not_run=reason, timed_out=False
                    )
                else:
                    raise ExecutionFailed(
                        f"Example {left[0].index} of {left[0].db_id} cannot be scored: its process"
                        " ended three times.",
                        hint="Look at its SQL.",
                    ) from error


class Pool:
    """Jobs, the workers that do them, and their verdicts."""

    def __init__(
        self, jobs: Sequence[Job], size: int, progress: Callable[[int], None] | None
    ) -> None:
        self.jobs = list(jobs)
        self.verdicts: dict[int, Verdict] = {}
        self.lock = threading.Lock()
        self.progress = progress
        self.workers = [_Worker(self) for _ in range(min(size, len(jobs)))]

    def next_job(self) -> Job | None:
        with self.lock:
            return self.jobs.pop(0) if self.jobs else None

    def report(self, position: int, verdict: Verdict) -> None:
        with self.lock:
            self.verdicts[position] = verdict
            if self.progress is not None:
                self.progress(len(self.verdicts))

    def run(self) -> dict[int, Verdict]:
        """Do all jobs; a process that hangs is ended from here."""
        try:
            for worker in self.workers:
                worker.start()
            while any(worker.is_alive() for worker in self.workers):
                for worker in self.workers:
                    worker.join(0.02)
                    process = worker.process
                    if process is not None and time.monotonic() > worker.deadline:
                        process.kill()
        finally:
            with self.lock:
                self.jobs.clear()
            for worker in self.workers:
                process = worker.process
                if process is not None:
                    process.kill()
        for worker in self.workers:
            if worker.failed is not None:
                raise worker.failed
        return self.verdicts
