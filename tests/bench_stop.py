"""How soon a query stops: at its time limit and on request, in all four engines. No test, a measurement.

    python -m tests.bench_stop [RUNS]        (20 runs of each)

Endless queries of the tests' shop under a limit of half a second, each over when the error is there and the engine
has stopped. Printed is by how much the limit, or the request, was passed: the middle run and the slowest. The
machine's load is printed, since a busy one takes longer. Servers that are not there are left out.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import sqlalchemy

from nlidb.database import Database
from nlidb.errors import ExecutionFailed
from nlidb.execute import execute
from nlidb.validate import ValidQuery, validate
from tests import servers

LIMIT = 0.5
ENDLESS = "SELECT count(*) FROM " + ", ".join(f"orders AS o{i}" for i in range(20))


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPU cores")
    for engine in servers.ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                with servers.shop(engine, Path(folder)) as url, Database.open(url) as database:
                    _measure(engine, url, database, runs)
            except sqlalchemy.exc.OperationalError as error:
                print(f"{engine:<9} left out: {str(error).splitlines()[0]}")


def _measure(engine: str, url: str, database: Database, runs: int) -> None:
    valid = validate(ENDLESS, database.schema, engine)
    for kind, stop in (("time limit", _at_the_limit), ("on request", _on_request)):
        late = [stop(engine, url, database, valid) for _ in range(runs)]
        middle, slowest = statistics.median(late), max(late)
        print(f"{engine:<9} {kind}: {1000 * middle:4.0f} ms late, at most {1000 * slowest:4.0f} ms")


def _at_the_limit(engine: str, url: str, database: Database, valid: ValidQuery) -> float:
    return _late(engine, url, database, valid, LIMIT, None)


def _on_request(engine: str, url: str, database: Database, valid: ValidQuery) -> float:
    cancel = threading.Event()
    timer = threading.Timer(LIMIT, cancel.set)
    timer.start()
    try:
        return _late(engine, url, database, valid, 60.0, cancel)
    finally:
        timer.join()


def _late(
    engine: str,
    url: str,
    database: Database,
    valid: ValidQuery,
    timeout: float,
    cancel: threading.Event | None,
) -> float:
    started = time.perf_counter()
    try:
        execute(database, valid, timeout=timeout, cancel=cancel)
    except ExecutionFailed:
        pass
    while engine in ("postgres", "mysql") and servers.running(engine, url):
        pass
    return time.perf_counter() - started - LIMIT


if __name__ == "__main__":
    main()
