"""The fingerprint that the hostile tests compare sees what a statement leaves behind outside of tables, too."""

from __future__ import annotations

from pathlib import Path

import pytest
import servers


@pytest.mark.parametrize(
    ("engine", "take"),
    [
        pytest.param("postgres", "SELECT pg_advisory_lock(7)", marks=pytest.mark.postgresql),
        pytest.param("postgres", "SELECT lo_create(0)", marks=pytest.mark.postgresql),
        pytest.param("mysql", "SELECT get_lock('x', 1)", marks=pytest.mark.mariadb),
        pytest.param(
            "mysql", "UPDATE customer SET age = 1 WHERE id = 1", marks=pytest.mark.mariadb
        ),
    ],
)
def test_fingerprint_sees_what_was_left(engine: str, take: str, tmp_path: Path) -> None:
    with servers.shop(engine, tmp_path) as url, servers.writer(url).connect() as connection:
        before = servers.fingerprint(engine, url)
        assert servers.fingerprint(engine, url) == before
        connection.exec_driver_sql(take)
        assert servers.fingerprint(engine, url) != before
