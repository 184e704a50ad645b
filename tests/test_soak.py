"""Two minutes of sixteen clients on four engines: endless queries, cut connections, and quick ones between.

Memory stays flat, no thread or connection is left behind, and every client gets rows or is told why not.
"""

from __future__ import annotations

import gc
import os
import random
import resource
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
import servers

from nlidb.database import Database
from nlidb.errors import ConnectionFailed, ExecutionFailed, NlidbError, QueryTimeout
from nlidb.execute import execute, explain, stream
from nlidb.validate import ValidQuery, validate

SECONDS = 120.0
CLIENTS = 4
"""An engine."""
ENDLESS = "SELECT count(*) FROM " + ", ".join(f"orders AS o{i}" for i in range(20))
WIDE = "SELECT o1.*, o2.* FROM " + ", ".join(f"orders AS o{i}" for i in range(1, 9))
QUICK = "SELECT city, count(*) AS n FROM customer GROUP BY city ORDER BY n DESC, city"


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Client(threading.Thread):
    """Asks until told to stop; keeps count of what came of it, and any error that is not ours."""

    def __init__(self, database: Database, stop: threading.Event, seed: int) -> None:
        super().__init__(name=f"client-{seed}")
        self.database = database
        self.stop = stop
        self.random = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.foreign: list[BaseException] = []

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.ask()
            except NlidbError as error:
                self.outcomes[type(error).__name__] += 1
            except BaseException as error:
                self.foreign.append(error)
                return

    def ask(self) -> None:
        database, choice = self.database, self.random.random()
        if choice < 0.1:
            execute(database, self.valid(ENDLESS), timeout=self.random.uniform(0.01, 0.5))
        elif choice < 0.15:
            cancel = threading.Event()
            timer = threading.Timer(self.random.uniform(0.01, 0.3), cancel.set)
            timer.start()
            try:
                execute(database, self.valid(ENDLESS), timeout=10, cancel=cancel)
            finally:
                timer.join()
        elif choice < 0.25:
            assert execute(database, self.valid(WIDE), limit=500).truncated
        elif choice < 0.3:
            with stream(database, self.valid(WIDE), batch=100) as (_, batches):
                next(batches)
        elif choice < 0.35:
            execute(database, self.valid("SELECT nothing FROM customer"))
        elif choice < 0.4:
            execute(database, self.valid("DROP TABLE customer"))
        else:
            valid = self.valid(QUICK)
            explain(database, valid)
            assert execute(database, valid).rows[0][1] == 2
            self.outcomes["rows"] += 1

    def valid(self, sql: str) -> ValidQuery:
        return validate(sql, self.database.schema, self.database.dialect)


def cut(engine: str, url: str) -> None:
    """Cut one of the connections to a server, whatever it is doing."""
    if engine == "postgres":
        servers.run_as_writer(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() LIMIT 1",
        )
    elif engine == "mysql":
        ids = servers.run_as_writer(
            url,
            "SELECT id FROM information_schema.processlist WHERE db = database() "
            "AND id <> connection_id() LIMIT 1",
        )[0]
        for (thread_id,) in ids:
            servers.run_as_writer(url, f"KILL {thread_id}")


def run_clients(shops: dict[str, tuple[str, Database]], seconds: float) -> list[Client]:
    """Let the clients ask for so long, cutting connections, and wait until all have ended."""
    stop = threading.Event()
    clients = [
        Client(database, stop, seed=10 * number + client)
        for number, (_, database) in enumerate(shops.values())
        for client in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(1.0, left))
        for engine in ("postgres", "mysql"):
            try:
                cut(engine, shops[engine][0])
            except Exception as error:  # it was the connection that just ended by itself
                print(f"not cut: {error}")
    stop.set()
    for client in clients:
        client.join(30)
    assert not any(client.is_alive() for client in clients)
    assert [error for client in clients for error in client.foreign] == []
    assert all(client.outcomes["rows"] > 0 for client in clients)
    gc.collect()
    return clients


@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.mariadb
def test_soak(tmp_path: Path) -> None:
    seconds = float(os.environ.get("NLIDB_SOAK_SECONDS", SECONDS))
    with ExitStack() as stack:
        shops = {}
        for engine in servers.ENGINES:
            url = stack.enter_context(servers.shop(engine, tmp_path))
            shops[engine] = (url, stack.enter_context(Database.open(url)))
        threads_before = threading.active_count()
        # Memory is compared at rest: DuckDB holds and gives back hundreds of MiB while queries run.
        run_clients(shops, seconds / 3)
        settled = resident()
        clients = run_clients(shops, seconds * 2 / 3)
        grown = resident() - settled
        outcomes: Counter[str] = sum((client.outcomes for client in clients), Counter())
        print(f"{outcomes}, grown by {grown / 2**20:.1f} MiB from {settled / 2**20:.0f} MiB")
        for kind in (QueryTimeout, ExecutionFailed, ConnectionFailed):
            assert outcomes[kind.__name__] > 0
        assert threading.active_count() == threads_before
        assert grown < 60 * 2**20
        for engine in ("postgres", "mysql"):
            url, database = shops[engine]
            assert servers.running(engine, url) == 0
            assert execute(database, validate(QUICK, database.schema, engine)).row_count == 4
