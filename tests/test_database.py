"""Opening databases of every kind, reading their schemas, and what happens when they are not what they seem."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
import servers

from nlidb.database import Database
from nlidb.delinearize import delinearize
from nlidb.errors import ConfigError, ConnectionFailed, NlidbError
from nlidb.execute import execute
from nlidb.linearize import linearize
from nlidb.linking import ValueCandidate
from nlidb.printing import to_sql
from nlidb.reflection import column_type
from nlidb.schema import ForeignKey
from nlidb.validate import validate


def make_sqlite(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def columns_of(database: Database, table: str) -> dict[str, str]:
    schema = database.schema
    index = schema.find_table(table)
    assert index is not None
    return {schema.columns[i].name: schema.columns[i].type for i in schema.tables[index].columns}


def keys_of(database: Database) -> set[tuple[str, str]]:
    schema = database.schema

    def name(i: int) -> str:
        return f"{schema.tables[schema.columns[i].table].name}.{schema.columns[i].name}"

    return {(name(k.column), name(k.ref_column)) for k in schema.foreign_keys if not k.inferred}


@pytest.fixture(scope="module", params=servers.ENGINE_PARAMS)
def shop_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    with servers.shop(request.param, tmp_path_factory.mktemp("shop")) as url:
        yield request.param, url


def test_database_reads_the_same_schema_from_every_engine(shop_url: tuple[str, str]) -> None:
    engine, url = shop_url
    with Database.open(url) as database:
        assert database.dialect == engine
        assert {table.name for table in database.schema.tables} == {
            "customer", "product", "orders", "note", "Odd Name", "big_spender",
        }  # fmt: skip
        assert columns_of(database, "orders") == {
            "id": "number", "customer_id": "number", "product_id": "number", "quantity": "number",
            "ordered_at": "time", "update_date": "time", "deleted": "number",
        }  # fmt: skip
        assert columns_of(database, "note")["größe"] == "number"
        assert columns_of(database, "product")["price"] == "number"
        assert keys_of(database) == {
            ("orders.customer_id", "customer.id"),
            ("orders.product_id", "product.id"),
        }
        views = {table.name for table in database.schema.tables if table.is_view}
        assert views == {"big_spender"}
        primary = [c for c in database.schema.columns if c.primary_key]
        assert len(primary) == 5 and all(c.name == "id" for c in primary)
        age = next(c for c in database.schema.columns if c.name == "age")
        assert age.comment == ("" if engine == "sqlite" else "in years")
        assert database.row_count(database.schema.find_table("customer") or 0) == 5
        city = next(i for i, c in enumerate(database.schema.columns) if c.name == "city")
        assert list(database.distinct_values(city, 10)) == ["Paris", "Oslo", "Rome"]
        assert list(database.distinct_values(city, 1)) == ["Paris"]
        assert servers.PASSWORD not in database.url_safe


def test_database_notices_and_reads_a_changed_schema(shop_url: tuple[str, str]) -> None:
    engine, url = shop_url
    with Database.open(url) as database:
        assert not database.changed(max_age=0)
        if engine == "duckdb":
            # nobody can write a DuckDB file that is open; it can be replaced
            path = Path(url.removeprefix("duckdb:///"))
            copy = path.with_suffix(".new")
            shutil.copy(path, copy)
            with duckdb.connect(str(copy)) as connection:
                connection.execute("CREATE TABLE extra (a INTEGER)")
            os.replace(copy, path)
        else:
            servers.run_as_writer(url, "CREATE TABLE extra (a INTEGER)")
        assert database.changed(max_age=0)
        assert database.reload().find_table("extra") is not None
        assert not database.changed(max_age=0)
        valid = validate("SELECT count(*) FROM extra", database.schema, engine)
        assert execute(database, valid).rows == ((0,),)
    if engine != "duckdb":
        servers.run_as_writer(url, "DROP TABLE extra")


OFFERINGS = (
    "CREATE TABLE course_offering (course_no INTEGER, semester VARCHAR(9), room VARCHAR(9), "
    "PRIMARY KEY (semester, course_no))",
    "CREATE TABLE enrollment (id INTEGER PRIMARY KEY, course_no INTEGER, semester VARCHAR(9), "
    "FOREIGN KEY (semester, course_no) REFERENCES course_offering (semester, course_no))",
    "INSERT INTO course_offering VALUES (1, 'F24', 'A'), (1, 'S25', 'B'), (2, 'F24', 'C')",
    "INSERT INTO enrollment VALUES (1, 1, 'F24'), (2, 1, 'F24'), (3, 1, 'S25'), (4, 2, 'F24')",
)


@pytest.mark.parametrize("engine", servers.ENGINE_PARAMS)
def test_database_joins_a_key_of_several_columns_on_all_of_them(
    tmp_path: Path, engine: str
) -> None:
    asked = (
        "SELECT count(*) FROM enrollment AS e JOIN course_offering AS o "
        "ON e.course_no = o.course_no AND e.semester = o.semester WHERE o.room = 'B'"
    )
    candidates = [ValueCandidate("B", "span")]
    with servers.shop(engine, tmp_path) as url:
        if engine == "duckdb":  # duckdb_engine does not know the writer's isolation level
            with duckdb.connect(url.removeprefix("duckdb:///")) as connection:
                connection.execute(";".join(OFFERINGS))
        else:
            servers.run_as_writer(url, *OFFERINGS)
        with Database.open(url) as database:
            schema = database.schema
            ends = {("enrollment.course_no", "course_offering.course_no"),
                    ("enrollment.semester", "course_offering.semester")}  # fmt: skip
            assert ends < keys_of(database)
            parts = [key.group for key in schema.foreign_keys if key.group]
            assert len(parts) == 2 and len(set(parts)) == 1
            tokens = linearize(asked, schema, candidates)
            sql = to_sql(delinearize(tokens, schema, candidates), engine)
            assert sql.count(" = ") == 3
            assert execute(database, validate(sql, schema, engine)).rows == ((1,),)


def test_database_leaves_out_a_key_with_a_private_column(tmp_path: Path) -> None:
    path = make_sqlite(tmp_path / "a.sqlite", ";".join(OFFERINGS))
    with Database.open(path, private=["enrollment.semester"]) as database:
        assert keys_of(database) == set()


def test_database_reads_the_order_of_a_primary_key_that_is_referred_to_by_table(
    tmp_path: Path,
) -> None:
    path = make_sqlite(
        tmp_path / "a.sqlite",
        "CREATE TABLE p (a, b, PRIMARY KEY (b, a)); CREATE TABLE c (x, y, "
        "FOREIGN KEY (x, y) REFERENCES P, FOREIGN KEY (x, y) REFERENCES p (b, a))",
    )
    with Database.open(path) as database:
        keys = database.schema.foreign_keys
    assert keys == (ForeignKey(2, 1, group=1), ForeignKey(3, 0, group=1)), "both are the same key"


@pytest.mark.postgresql
def test_database_warns_of_a_writing_postgresql_login(tmp_path: Path) -> None:
    with servers.shop("postgres", tmp_path) as url, Database.open(url) as database:
        warning = database.writable_login()
    assert warning is not None and "may change rows" in warning and servers.PASSWORD not in warning


@pytest.mark.mariadb
def test_database_warns_of_a_writing_mariadb_login(tmp_path: Path) -> None:
    with servers.shop("mysql", tmp_path) as url, Database.open(url) as database:
        warning = database.writable_login()
    assert warning is not None and "ALL PRIVILEGES" in warning and servers.PASSWORD not in warning


def test_database_file_has_no_login(tmp_path: Path) -> None:
    with Database.open(make_sqlite(tmp_path / "a.db", "CREATE TABLE t (a)")) as database:
        assert database.writable_login() is None


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mariadb),
    ],
)
def test_database_never_shows_a_password(backend: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        Database.open(f"{backend}://nobody_here:Tr0ub4dor@127.0.0.1:1/shop")
    assert "Tr0ub4dor" not in f"{caught.value}{caught.value.hint}{caught.value.__cause__!r}"
    assert "127.0.0.1" in caught.value.message
    with pytest.raises(ConnectionFailed) as caught:
        Database.open(f"{backend}://nobody_here:Tr0ub4dor@127.0.0.1/nlidb_no_such_database")
    assert "Tr0ub4dor" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.mariadb
def test_database_says_what_mariadb_refuses(tmp_path: Path) -> None:
    with servers.shop("mysql", tmp_path) as url:
        with pytest.raises(ConnectionFailed) as caught:
            Database.open(url.replace(servers.PASSWORD, "wrong"))
        assert caught.value.hint == "Check the user name and the password."
        assert caught.value.message.endswith("(using password: YES).")
        assert '(1045, "' not in caught.value.message
        server, _, name = url.rpartition("/")
        with pytest.raises(ConnectionFailed) as caught:
            Database.open(f"{server}/mysql")
        assert "the database's name" in caught.value.hint and "granted" in caught.value.hint
        assert caught.value.message.endswith("to database 'mysql'.")
        with pytest.raises(ConnectionFailed) as caught:
            Database.open(f"mysql://root@127.0.0.1/{name}_not")
        assert "the database's name" in caught.value.hint


@pytest.mark.postgresql
def test_database_says_what_postgresql_refuses(tmp_path: Path) -> None:
    with servers.shop("postgres", tmp_path) as url:
        for login, hint in (("nobody_here", "Check the user name"), (servers.LOGIN, "password")):
            wrong = url.replace(servers.LOGIN, login).replace(servers.PASSWORD, "wrong")
            try:
                Database.open(wrong).close()
            except ConnectionFailed as error:
                assert hint in error.hint and "name." not in error.hint.replace("user name", "")
                assert error.message.endswith(".")
            else:
                assert login == servers.LOGIN, "a server may trust its own machine"
        with pytest.raises(ConnectionFailed) as caught:
            Database.open(f"{url}_not")
        assert caught.value.hint == "Check the database's name."
        name = url.rsplit("/", 1)[1]
        servers.run_as_writer(
            url, f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC, {servers.LOGIN}"
        )
        with pytest.raises(ConnectionFailed) as caught:
            Database.open(url)
        assert "the database's name" in caught.value.hint and "granted" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/nonexistent/shop.sqlite", "no file"),
        ("sqlite:////nonexistent/shop.sqlite", "no file"),
        ("sqlite://", "memory"),
        ("sqlite:///:memory:", "memory"),
        ("duckdb:///:memory:", "memory"),
        ("oracle://u:p@h/d", "not a database that nlidb can open"),
        ("postgresql://u:p@h", "names no database"),
        ("postgresql://u:p@h:notaport/d", "could not be read"),
        ("nul\0byte.sqlite", "cannot be read"),
        (".", "folder"),
        ([], "No file"),
        ("sqlite://db/x.sqlite", "db/x.sqlite names a server"),
        ("duckdb://x.duckdb", "x.duckdb names a server"),
        ("sqlite://me:s3cret@db/x.sqlite", "//db/x.sqlite names a server"),
        ("~nobody_of_that_name/x.sqlite", "no file"),
    ],
)
def test_database_refuses_what_it_cannot_open(source: str | list[str], words: str) -> None:
    with pytest.raises(ConnectionFailed, match=words) as caught:
        Database.open(source)
    assert caught.value.hint


@pytest.mark.parametrize("source", [5, b"x", None, [5], [b"x"], [None, "a.csv"]])
def test_database_refuses_what_is_no_path(source: object) -> None:
    with pytest.raises(ConfigError, match="opened by its URL or path"):
        Database.open(source)  # type: ignore[arg-type]


def test_database_says_how_a_path_is_written_in_a_url() -> None:
    with pytest.raises(ConnectionFailed) as caught:
        Database.open("sqlite://db/x.sqlite")
    assert caught.value.hint == "Write three slashes: sqlite:///db/x.sqlite."


@pytest.mark.parametrize("rows", [1, 50_000])  # in and behind what DuckDB looks at first
def test_database_says_that_text_is_not_in_utf8(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "towns.csv"
    path.write_bytes(b"id,town\n" + b"1,Paris\n" * rows + "2,Genève\n".encode("latin-1"))
    with pytest.raises(ConnectionFailed) as caught:
        Database.open(path)
    assert caught.value.message == f"{path} is not in UTF-8."
    assert caught.value.hint.startswith("Save it as UTF-8")


def test_database_ends_a_foreign_message_with_a_full_stop(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(ConnectionFailed, match=r"file is not a database\. Give a"):
        Database.open(path)
    path = tmp_path / "a.parquet"
    path.write_bytes(b"no parquet" * 100)
    with pytest.raises(ConnectionFailed, match=r"end of file 'a\.parquet'\. Check"):
        Database.open(path)


@pytest.mark.parametrize(
    "name", ["a.sqlite", "a.db", "a.duckdb", "a.csv", "a.parquet", "a.xlsx", "a.pdf"]
)
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02garbage" * 100])
def test_database_refuses_files_that_are_no_database(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConnectionFailed) as caught:
        Database.open(path).close()
    assert name in caught.value.message and caught.value.hint
    assert path.read_bytes() == content


def test_database_refuses_an_empty_database(tmp_path: Path) -> None:
    path = make_sqlite(tmp_path / "empty.sqlite", "CREATE TABLE t (a); DROP TABLE t")
    with pytest.raises(ConnectionFailed, match="no tables") as caught:
        Database.open(path)
    assert "login" not in caught.value.hint
    other = tmp_path / "empty.duckdb"
    duckdb.connect(str(other)).close()
    with pytest.raises(ConnectionFailed, match="no tables") as caught:
        Database.open(other)
    assert "login" not in caught.value.hint


def test_database_leaves_out_names_without_letters(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_sqlite(
        tmp_path / "a.sqlite",
        'CREATE TABLE "." (a INT); CREATE TABLE t1 ("" TEXT, "?" INT); '
        'CREATE TABLE t2 ("!" INT, "ü" INT, "数" INT)',
    )
    with Database.open(path) as database:
        (table,) = database.schema.tables
        assert table.name == "t2" and table.left_out == 1 and table.width == 3
        assert list(columns_of(database, "t2")) == ["ü", "数"]
    assert "table '.'" in caplog.text and "columns of t1" in caplog.text
    path = make_sqlite(
        tmp_path / "b.sqlite", 'CREATE TABLE "." ("?" INT); CREATE TABLE t ("_" INT)'
    )
    with pytest.raises(ConnectionFailed, match="no tables to ask about"):
        Database.open(path)


def test_database_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    with Database.open(str(path)) as database:
        assert database.dialect == "duckdb" and database.name == "odd"


def test_database_reads_awkward_sqlite(tmp_path: Path) -> None:
    path = make_sqlite(
        tmp_path / "awkward.sqlite",
        """
        CREATE TABLE parent (a INTEGER, b INTEGER, "odd "" name" TEXT, PRIMARY KEY (a, b));
        CREATE TABLE child (x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES parent);
        CREATE TABLE lost (x INTEGER REFERENCES gone (id));
        CREATE TABLE untyped (a, b, c);
        INSERT INTO untyped VALUES (1, 'x', NULL), (2.5, 'y', NULL);
        CREATE TABLE made (a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2));
        CREATE TABLE t2 (a); CREATE VIEW broken AS SELECT * FROM t2; DROP TABLE t2;
        CREATE VIRTUAL TABLE docs USING fts5(body);
        INSERT INTO parent VALUES (1, 2, CAST(x'ff41' AS TEXT));
        """,
    )
    with Database.open(path) as database:
        names = {table.name for table in database.schema.tables}
        assert names == {"parent", "child", "lost", "untyped", "made", "docs"}
        assert keys_of(database) == {("child.x", "parent.a"), ("child.y", "parent.b")}
        assert columns_of(database, "untyped") == {"a": "number", "b": "text", "c": "other"}
        assert set(columns_of(database, "made")) == {"a", "twice"}
        odd = next(i for i, c in enumerate(database.schema.columns) if c.name == 'odd " name')
        assert list(database.distinct_values(odd)) == ["\ufffdA"]  # text that is not UTF-8


def test_database_reads_sqlite_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "wal.sqlite"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = wal")
    writer.execute("CREATE TABLE t (a INTEGER)")
    writer.execute("INSERT INTO t VALUES (1)")
    writer.commit()
    with Database.open(path) as database:
        valid = validate("SELECT count(*) FROM t", database.schema, "sqlite")
        assert execute(database, valid).rows == ((1,),)
        writer.execute("INSERT INTO t VALUES (2)")
        writer.commit()
        assert execute(database, valid).rows == ((2,),)
    writer.close()


def test_database_says_that_sqlite_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlidb.sessions.LOCK_SECONDS", 0.05)
    path = make_sqlite(tmp_path / "a.sqlite", "CREATE TABLE t (a INTEGER)")
    with Database.open(path) as database:
        valid = validate("SELECT a FROM t", database.schema, "sqlite")
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConnectionFailed, match="locked"):
            execute(database, valid)
        writer.execute("ROLLBACK")
        writer.close()
        assert execute(database, valid).rows == ()


def test_database_says_that_duckdb_is_held_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    script = (
        "import duckdb, sys\n"
        f"connection = duckdb.connect({str(path)!r})\n"
        "connection.execute('CREATE TABLE t (a INTEGER)')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        holder.stdout.readline()
        with pytest.raises(ConnectionFailed, match="process"):
            Database.open(path)
        holder.stdin.close()
    with Database.open(path) as database:
        assert database.schema.find_table("t") == 0


def test_database_deleted_and_replaced_under_us(tmp_path: Path) -> None:
    path = make_sqlite(
        tmp_path / "a.sqlite", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)"
    )
    with Database.open(path) as database:
        valid = validate("SELECT a FROM t", database.schema, "sqlite")
        assert execute(database, valid).rows == ((1,),)
        path.rename(tmp_path / "moved.sqlite")
        with pytest.raises(ConnectionFailed, match="gone"):
            execute(database, valid)
        with pytest.raises(ConnectionFailed, match="gone"):
            database.changed()
        make_sqlite(path, "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (2)")
        # the new file, not the old one that the pool still had open
        assert execute(database, valid).rows == ((2,),)
        assert database.changed()


def test_database_file_that_goes_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    with Database.open(path) as database:
        looks = iter([path.stat()])
        monkeypatch.setattr(Path, "stat", lambda self, **_: next(looks, None) or os.stat("/gone"))
        database.changed()
        with pytest.raises(ConnectionFailed, match="gone"):
            database.changed()
        monkeypatch.undo()


def test_database_truncated_under_us(tmp_path: Path) -> None:
    path = make_sqlite(
        tmp_path / "a.sqlite",
        "CREATE TABLE t (a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
        " INSERT INTO t SELECT hex(randomblob(50)) FROM n",
    )
    with Database.open(path) as database:
        valid = validate("SELECT max(a) FROM t", database.schema, "sqlite")
        path.write_bytes(path.read_bytes()[:5000])
        with pytest.raises(NlidbError):
            execute(database, valid)


def test_database_closed_is_closed(tmp_path: Path) -> None:
    database = Database.open(make_sqlite(tmp_path / "a.sqlite", "CREATE TABLE t (a INTEGER)"))
    valid = validate("SELECT a FROM t", database.schema, "sqlite")
    database.close()
    database.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        execute(database, valid)


def test_database_loads_files(tmp_path: Path) -> None:
    (tmp_path / "Sales 2024*[1].csv").write_text(
        "id,town,amount,day\n1,Paris,2.5,2024-01-02\n2,Zürich,3.5,2024-01-03\n", encoding="utf-8"
    )
    (tmp_path / "t.tsv").write_text("a\tb\n1\tx\n", encoding="utf-8")
    duckdb.sql("SELECT 1 AS n, 'x' AS t").write_parquet(str(tmp_path / "p.parquet"))
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Staff"
    book.active.append(["name", "age"])
    book.active.append(["Ann", 31])
    book.create_sheet("Empty")
    pets = book.create_sheet("Pets")
    pets.append(["pet"])
    pets.append(["cat"])
    book.save(tmp_path / "book.xlsx")
    with Database.open(tmp_path / "Sales 2024*[1].csv") as database:
        assert database.dialect == "duckdb" and database.url_safe == "Sales 2024*[1]"
        assert columns_of(database, "sales_2024_1") == {
            "id": "number", "town": "text", "amount": "number", "day": "time",
        }  # fmt: skip
        folder = database._folder
        assert folder is not None and folder.exists()
    assert not folder.exists()
    files = [tmp_path / name for name in ("t.tsv", "p.parquet", "book.xlsx")]
    with Database.open([*files, tmp_path / "t.tsv"]) as database:
        names = {table.name for table in database.schema.tables}
        assert names == {"t", "p", "staff", "pets", "t_2"}
        assert columns_of(database, "staff") == {"name": "text", "age": "number"}


def test_database_serves_many_threads(shop_url: tuple[str, str]) -> None:
    engine, url = shop_url
    wrong: list[object] = []

    with Database.open(url) as database:
        valid = validate("SELECT count(*) FROM customer", database.schema, engine)

        def ask() -> None:
            try:
                for _ in range(5):
                    assert execute(database, valid).rows == ((5,),)
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert not [t for t in threading.enumerate() if t.name == "nlidb-watch"]


@pytest.mark.parametrize(
    ("sql_type", "expected"),
    [
        ("INTEGER", "number"), ("tinyint(1)", "boolean"), ("bit", "boolean"), ("BOOL", "boolean"),
        ("varchar(20)", "text"), ("DOUBLE PRECISION", "number"), ("timestamp with time zone", "time"),
        ("interval", "other"), ("jsonb", "other"), ("INTEGER[]", "other"), ("point", "other"),
        ("year", "time"), ("enum('a','b')", "text"), ("bytea", "other"), ("money", "number"), ("", "other"),
        ("unsigned big int", "number"), ("NVARCHAR(10)", "text"), ("DATETIME", "time"), ("UUID", "text"),
    ],
)  # fmt: skip
def test_database_column_type(sql_type: str, expected: str) -> None:
    assert column_type(sql_type) == expected


def test_database_private_columns(shop_url: tuple[str, str]) -> None:
    engine, url = shop_url
    with Database.open(url, private=["customer.AGE", "price"]) as database:
        assert "age" not in columns_of(database, "customer")
        assert "price" not in columns_of(database, "product")
        valid = validate("SELECT * FROM customer AS c ORDER BY id", database.schema, engine)
        result = execute(database, valid)
        assert result.columns == ("id", "name", "city", "joined") and len(result.rows) == 5
        assert (
            len(execute(database, validate("SELECT * FROM note", database.schema, engine)).rows)
            == 3
        )
    with pytest.raises(ConfigError, match="nothing"):
        Database.open(url, private=["customer.nothing"])
