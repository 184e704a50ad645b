"""A login that could write is told, by whatever right; one that can only read is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import servers

from nlidb.database import Database

READS = {
    "postgres": (
        "GRANT USAGE ON SCHEMA public TO {login}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {login}",
    ),
    "mysql": ("GRANT SELECT, SHOW VIEW ON {database}.* TO {login}",),
}
POSTGRES = {
    "GRANT UPDATE (city) ON customer TO {login}": "may change rows",
    "CREATE SCHEMA aside; CREATE TABLE aside.t (a INTEGER); GRANT USAGE ON SCHEMA aside TO {login}; "
    "GRANT INSERT ON aside.t TO {login}": "may change rows",
    "GRANT UPDATE ON SEQUENCE counter TO {login}": "may move sequences",
    "GRANT CREATE ON DATABASE {database} TO {login}": "may create schemas",
    "GRANT CREATE ON SCHEMA public TO {login}": "may create tables",
    "ALTER ROLE {login} CREATEROLE": "may create roles",
    "ALTER ROLE {login} CREATEDB": "may create databases",
    "ALTER ROLE {login} NOINHERIT; GRANT pg_write_all_data TO {login}": "may change rows",
    "GRANT postgres TO {login}": "superuser",
    "GRANT pg_execute_server_program TO {login}": "may run programs",
}
MYSQL = {
    # the closest name counts alone, so that it must give what reading needs as well
    "GRANT SELECT, SHOW VIEW, UPDATE ON `{pattern}`.* TO {login}": "UPDATE",
    "GRANT INSERT ON `nlidb%`.* TO {login}": "INSERT",
    "GRANT DELETE ON {database}.customer TO {login}": "DELETE",
    "GRANT UPDATE (city) ON {database}.customer TO {login}": "UPDATE",
    "GRANT SELECT ON {database}.* TO {login} WITH GRANT OPTION": "GRANT OPTION",
    "GRANT FILE ON *.* TO {login}": "FILE",
}


@pytest.mark.postgresql
@pytest.mark.parametrize("grant", ["", *POSTGRES])
def test_postgresql_rights_that_could_write(grant: str, tmp_path: Path) -> None:
    statements = [
        *READS["postgres"],
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        *filter(None, grant.split("; ")),
    ]
    with servers.shop("postgres", tmp_path) as url:
        with (
            servers.granted("postgres", url, *statements) as login,
            Database.open(login) as database,
        ):
            warning = database.writable_login()
    if not grant:
        assert warning is None
    else:
        assert warning is not None and POSTGRES[grant] in warning


@pytest.mark.mariadb
@pytest.mark.parametrize("grant", ["", "GRANT UPDATE ON `another\\_one`.* TO {login}", *MYSQL])
def test_mysql_rights_that_could_write(grant: str, tmp_path: Path) -> None:
    with servers.shop("mysql", tmp_path) as url:
        pattern = url.rpartition("/")[2].replace("_", "\\_")
        statements = [*READS["mysql"], *filter(None, [grant.replace("{pattern}", pattern)])]
        with servers.granted("mysql", url, *statements) as login, Database.open(login) as database:
            warning = database.writable_login()
    if grant not in MYSQL:
        assert warning is None
    else:
        assert warning is not None and f"it has {MYSQL[grant]}" in warning


@pytest.mark.mariadb
def test_mysql_rights_of_the_active_role(tmp_path: Path) -> None:
    role = "nlidb_test_role"
    grants = (
        *READS["mysql"],
        f"CREATE ROLE IF NOT EXISTS {role}",
        f"GRANT INSERT ON {{database}}.* TO {role}",
        f"GRANT {role} TO {{login}}",
        f"SET DEFAULT ROLE {role} FOR {{login}}",
    )
    with servers.shop("mysql", tmp_path) as url:
        try:
            with servers.granted("mysql", url, *grants) as login, Database.open(login) as database:
                warning = database.writable_login()
        finally:
            servers.run_as_writer(servers.admin_url("mysql"), f"DROP ROLE {role}")
    assert warning is not None and "it has INSERT" in warning
