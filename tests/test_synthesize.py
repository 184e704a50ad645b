"""The synthesiser: skeletons read from SQL, queries sampled on a database, questions worded for them."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from nlidb.edges import infer_edges
from nlidb.errors import ConfigError
from nlidb.grammar import Grammar
from nlidb.linearize import linearize
from nlidb.linking import link
from nlidb.question import parse_question
from nlidb.schema import Column, ColumnType, ForeignKey, Schema, Table
from nlidb.vocab import KEYWORDS
from training import synthesize as command
from training.data import TUNE, value_index
from training.nouns import article, column_noun, plural, singular, table_noun, time_noun
from training.profile import Profile
from training.skeletons import PredicateShape, Skeleton, count_skeletons, read_skeleton
from training.synthesize import Pair, synthesize
from training.templates import expand

ZOO = """
CREATE TABLE city (city_id INTEGER PRIMARY KEY, city_name TEXT, country TEXT, population INTEGER);
CREATE TABLE keeper (keeper_id INTEGER PRIMARY KEY, name TEXT, age INTEGER, gender TEXT, salary INTEGER,
                     hired_on TEXT, home_city_id INTEGER REFERENCES city (city_id));
CREATE TABLE animal (animal_id INTEGER PRIMARY KEY, name TEXT, species TEXT, weight_kg REAL, birth_year INTEGER,
                     keeper_id INTEGER REFERENCES keeper (keeper_id), is_tame TEXT);
"""
KINDS: dict[str, ColumnType] = {"INTEGER": "number", "REAL": "number", "TEXT": "text"}
QUERIES = {
    "SELECT name FROM a": 4,
    "SELECT name, x FROM a WHERE y = 'v'": 8,
    "SELECT name FROM a WHERE x > 3 AND y = 'v'": 4,
    "SELECT name FROM a WHERE y = 'v' OR y = 'w'": 3,
    "SELECT DISTINCT y FROM a": 3,
    "SELECT name FROM a ORDER BY x DESC": 4,
    "SELECT name FROM a ORDER BY x LIMIT 1": 4,
    "SELECT name FROM a WHERE name LIKE '%v%'": 3,
    "SELECT count(*) FROM a": 4,
    "SELECT count(*) FROM a WHERE x BETWEEN 1 AND 2": 3,
    "SELECT avg(x), max(x) FROM a": 4,
    "SELECT count(DISTINCT y) FROM a": 2,
    "SELECT y, count(*) FROM a GROUP BY y": 5,
    "SELECT y FROM a GROUP BY y ORDER BY count(*) DESC LIMIT 1": 4,
    "SELECT y FROM a GROUP BY y HAVING count(*) > 1": 4,
    "SELECT T1.name FROM a AS T1 JOIN b AS T2 ON T1.i = T2.i WHERE T2.y = 'v'": 6,
    "SELECT T1.name, count(*) FROM a AS T1 JOIN b AS T2 ON T1.i = T2.i GROUP BY T1.i": 5,
    "SELECT T1.name FROM a AS T1 JOIN b AS T2 ON T1.i = T2.i GROUP BY T1.i HAVING count(*) >= 2": 4,
    "SELECT name FROM a WHERE x > (SELECT avg(x) FROM a)": 4,
    "SELECT name FROM a WHERE i NOT IN (SELECT i FROM b)": 5,
    "SELECT i FROM a EXCEPT SELECT i FROM b": 3,
    "SELECT y FROM a WHERE x > 1 INTERSECT SELECT y FROM a WHERE x < 1": 5,
}
SKELETONS = count_skeletons(sql for sql, count in QUERIES.items() for _ in range(count))


@pytest.fixture
def zoo(tmp_path: Path) -> tuple[Schema, Path]:
    """Six cities, thirty keepers, ninety animals; one keeper in six has no animal."""
    path = tmp_path / "zoo.sqlite"
    rng = random.Random(1)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ZOO)
        places = [("Lyon", "France"), ("Nice", "France"), ("Rome", "Italy"), ("Bari", "Italy")]
        places += [("Graz", "Austria"), ("Wels", "Austria")]
        for number, (name, country) in enumerate(places, 1):
            row = (number, name, country, rng.randrange(10, 900) * 1000)
            connection.execute("INSERT INTO city VALUES (?, ?, ?, ?)", row)
        for number in range(1, 31):
            day = f"20{rng.randrange(10, 24)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
            pay = rng.randrange(20, 60) * 1000
            keeper = (
                number,
                f"Keeper{number} Smith",
                rng.randrange(20, 64),
                rng.choice("FM"),
                pay,
                day,
            )
            connection.execute(
                "INSERT INTO keeper VALUES (?, ?, ?, ?, ?, ?, ?)", (*keeper, number % 6 + 1)
            )
        for number in range(1, 91):
            kind = rng.choice(["lion", "zebra", "camel", "otter", "polar bear"])
            animal = (number, f"Beast{number}", kind, rng.randrange(4, 400), 2000 + number % 20)
            keeper_id = rng.choice([k for k in range(1, 31) if k % 6])
            connection.execute(
                "INSERT INTO animal VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*animal, keeper_id, rng.choice(["yes", "no"])),
            )
        connection.commit()
    return schema_of(path), path


def schema_of(path: Path) -> Schema:
    """Tables, columns and keys of a SQLite file whose names are lower-case words."""
    tables: list[Table] = []
    columns: list[Column] = []
    keys: list[tuple[str, str, str, str]] = []
    with closing(sqlite3.connect(path)) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master ORDER BY rowid")
        ]
        for number, table in enumerate(names):
            first = len(columns)
            for _, name, kind, _, _, primary in connection.execute(f"PRAGMA table_info({table})"):
                words = name.replace("_", " ")
                columns.append(Column(name, number, KINDS[kind], words, kind, bool(primary)))
            tables.append(Table(table, table, tuple(range(first, len(columns)))))
            for row in connection.execute(f"PRAGMA foreign_key_list({table})"):
                keys.append((table, row[3], row[2], row[4]))
    schema = Schema("zoo", "sqlite", tuple(tables), tuple(columns))

    def find(table: str, column: str) -> int:
        found = schema.find_table(table)
        assert found is not None
        place = schema.find_column(found, column)
        assert place is not None
        return place

    edges = tuple(ForeignKey(find(a, b), find(c, d)) for a, b, c, d in keys)
    return Schema("zoo", "sqlite", schema.tables, schema.columns, edges)


def made(zoo: tuple[Schema, Path], count: int = 120, seed: int = 0) -> list[Pair]:
    return list(synthesize(*zoo, count=count, seed=seed, skeletons=SKELETONS))


@pytest.mark.parametrize(
    ("sql", "skeleton"),
    [
        ("SELECT count(*), b FROM t", Skeleton(items=("column", "count"))),
        ("SELECT b, count(*) FROM t", Skeleton(items=("column", "count"))),
        (
            "SELECT DISTINCT a FROM t WHERE b = 'x' AND c >= 2",
            Skeleton(
                ("column",),
                True,
                (PredicateShape("column", "="), PredicateShape("column", ">=")),
                "and",
            ),
        ),
        (
            "SELECT T1.a FROM t AS T1 JOIN u AS T2 ON T1.i = T2.i GROUP BY T1.i "
            "HAVING count(*) > 3 ORDER BY avg(T2.c) DESC LIMIT 3",
            Skeleton(
                ("column",),
                group=1,
                having=PredicateShape("count", ">"),
                order=(("avg", True),),
                limit="n",
                tables=2,
            ),
        ),
        (
            "SELECT a FROM t WHERE i NOT IN (SELECT i FROM u WHERE c LIKE '%x%')",
            Skeleton(
                ("column",),
                tests=(
                    PredicateShape(
                        "column",
                        "not in",
                        Skeleton(("column",), tests=(PredicateShape("column", "like"),)),
                    ),
                ),
            ),
        ),
        (
            "SELECT a FROM t WHERE b = 1 UNION SELECT a FROM u",
            Skeleton(
                ("column",),
                tests=(PredicateShape("column", "="),),
                operation="union",
                other=Skeleton(("column",)),
            ),
        ),
    ],
)
def test_a_skeleton_keeps_the_shape_and_nothing_else(sql: str, skeleton: Skeleton) -> None:
    assert read_skeleton(sql) == skeleton


@pytest.mark.parametrize("sql", ["SELECT 1 +", "SELECT a - b FROM t", "DELETE FROM t", "SELECT 1"])
def test_other_sql_has_no_skeleton(sql: str) -> None:
    assert read_skeleton(sql) is None


def test_skeletons_are_counted_and_compared_without_joins() -> None:
    one = "SELECT a FROM t WHERE b = 'x'"
    two = "SELECT T1.a FROM t AS T1 JOIN u AS T2 ON T1.i = T2.i WHERE T2.c = 5"
    counted = count_skeletons([one, one.replace("a", "c"), two, "nonsense ("])
    assert sorted(counted.values()) == [1, 2]
    assert len({skeleton.without_tables() for skeleton in counted}) == 1


def test_every_query_runs_matters_and_is_told_apart(zoo: tuple[Schema, Path]) -> None:
    pairs = made(zoo)
    assert len(pairs) == 120
    assert len({pair.question.lower() for pair in pairs}) == len(pairs)
    assert len({pair.query for pair in pairs}) == len(pairs)
    plain = [pair.query for pair in pairs if not re.search(r"LIKE '\d{4}", pair.query)]
    assert len(plain) < len(pairs)  # a year or a month may take the place of a day
    shapes = {s.without_tables() for s in map(read_skeleton, plain) if s}
    assert len(shapes) >= 15
    assert shapes <= {skeleton.without_tables() for skeleton in SKELETONS}
    with closing(sqlite3.connect(zoo[1])) as connection:
        for pair in pairs:
            rows = connection.execute(pair.query).fetchall()
            assert rows and rows != [(0,)], pair
            where = re.fullmatch(r"(SELECT [^()]*?) WHERE [^()]*?( ORDER BY .*)?", pair.query)
            if where and not re.search("INTERSECT|UNION|EXCEPT|LIMIT", pair.query):
                assert rows != connection.execute(where[1] + (where[2] or "")).fetchall(), pair


def test_questions_name_the_values_and_can_be_linked(zoo: tuple[Schema, Path]) -> None:
    schema = infer_edges(zoo[0])
    index = value_index(schema, zoo[1])
    for pair in made(zoo):
        assert re.fullmatch(r"[^\[\]{}|]+", pair.question), pair
        assert "  " not in pair.question and pair.question == pair.question.strip()
        candidates = link(parse_question(pair.question), schema, index).candidates
        linearize(pair.query, schema, candidates)  # raises where a value is not in the question


def test_dated_questions_name_their_part_and_can_be_linked(zoo: tuple[Schema, Path]) -> None:
    schema = infer_edges(zoo[0])
    index = value_index(schema, zoo[1])
    pairs = list(synthesize(*zoo, count=150, seed=2, skeletons=SKELETONS, dated=1))
    assert len(pairs) == 150
    used = Counter[str]()
    with closing(sqlite3.connect(zoo[1])) as connection:
        for pair in pairs:
            candidates = link(parse_question(pair.question), schema, index).candidates
            tokens = linearize(pair.query, schema, candidates)
            assert Grammar(schema, candidates).accepts(tokens), pair
            words = {KEYWORDS[token.index] for token in tokens if token.kind == "keyword"}
            used.update(words)
            for part, said in (("year", r"year|annual|\d{4}"), ("month", "month")):
                if part in words:
                    assert re.search(said, pair.question, re.I), pair
            assert connection.execute(pair.query).fetchall(), pair
    assert min(used[word] for word in ("year", "month", "during", "group", "sum", "limit-1")) > 3
    said = " \n ".join(pair.question.lower() for pair in pairs)
    for phrase in ("per year", "each month", "monthly", "hired", "in which year", "which month"):
        assert phrase in said, phrase


def test_dated_questions_have_their_share_where_there_are_dates(
    zoo: tuple[Schema, Path], tmp_path: Path
) -> None:
    def share(pairs: list[Pair]) -> float:
        return sum("strftime" in pair.query for pair in pairs) / len(pairs)

    assert 0.04 < share(made(zoo, 400)) < 0.14
    path = tmp_path / "dateless.sqlite"
    shutil.copy(zoo[1], path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE keeper SET hired_on = 'long ago ' || keeper_id")
        connection.commit()
    assert share(made((zoo[0], path), 100)) == 0
    assert not list(synthesize(zoo[0], path, count=5, seed=0, skeletons=SKELETONS, dated=1))


def test_the_same_seed_gives_the_same_pairs(zoo: tuple[Schema, Path]) -> None:
    assert made(zoo, 30) == made(zoo, 30)
    assert made(zoo, 30) != made(zoo, 30, seed=1)


def test_wordings_follow_the_meaning_of_columns(zoo: tuple[Schema, Path]) -> None:
    said = " \n ".join(pair.question for pair in made(zoo, 1500))
    for words in (
        "older than",
        "oldest",
        "youngest",
        "heaviest",
        "in France",
        "born",
        "hired",
        "female",
    ):
        assert words in said, words
    openings = Counter(line.split()[0].lower() for line in said.split(" \n "))
    assert len(openings) >= 25
    assert max(openings.values()) < 0.4 * sum(openings.values())


def test_a_database_without_rows_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "zoo.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ZOO)
    assert list(synthesize(schema_of(path), path, count=5, seed=0, skeletons=SKELETONS)) == []


def test_a_missing_database_is_an_error(zoo: tuple[Schema, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        list(synthesize(zoo[0], tmp_path / "none.sqlite", count=1, seed=0, skeletons=SKELETONS))


def test_profile_tells_what_columns_are_good_for(zoo: tuple[Schema, Path]) -> None:
    schema, path = zoo
    profile = Profile.read(schema, path)
    roles = {
        column.name: found.role
        for column, found in zip(schema.columns, profile.columns, strict=True)
    }
    assert roles["age"] == "number"
    assert roles["hired_on"] == "date"
    assert roles["birth_year"] == "year"
    assert roles["is_tame"] == "flag"
    assert roles["species"] == "category"
    assert roles["home_city_id"] == "key"
    nouns = {
        column.name: found.noun
        for column, found in zip(schema.columns, profile.columns, strict=True)
    }
    assert nouns["city_name"] == "name"
    assert nouns["hired_on"] == "date hired"
    assert [table.person for table in profile.tables] == [False, True, False]
    assert profile.relation(1, 0)[0] == "parent"
    assert profile.relation(0, 1)[0] == "child"
    assert profile.relation(0, 2)[0] == "far"


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("city", "cities"),
        ("person", "people"),
        ("order item", "order items"),
        ("series", "series"),
        ("church", "churches"),
        ("craftsman", "craftsmen"),
    ],
)
def test_plurals_and_back(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one


def test_nouns() -> None:
    assert plural("number of pages") == "numbers of pages"
    assert plural("year built") == "years built"
    assert singular("members of parliament") == "member of parliament"
    assert article("hour") == "an" and article("unit") == "a" and article("age") == "an"
    assert table_noun("ref document types") == "document type"
    assert column_noun("singer name", "singer") == ("name", "")
    assert column_noun("weight kg", "parcel") == ("weight", "kilograms")
    assert column_noun("cust nm", "order") == ("customer name", "")
    assert time_noun("opened", "year") == "year opened"
    assert time_noun("debut", "year") == "debut year"


def test_templates_expand_from_the_inside() -> None:
    found = {expand("[a|b[c|d]] {x}", random.Random(seed)) for seed in range(40)}
    assert found == {"a {x}", "bc {x}", "bd {x}"}


def test_the_command_leaves_held_out_databases_alone(
    zoo: tuple[Schema, Path], tmp_path: Path
) -> None:
    """The file has Spider's layout, and only databases of the train files, without those in TUNE."""
    schema, path = zoo
    held = sorted(TUNE)[0]
    folder = tmp_path / "spider"
    entries = []
    for db_id in ("zoo", held, "unseen"):
        (folder / "database" / db_id).mkdir(parents=True)
        (folder / "database" / db_id / f"{db_id}.sqlite").write_bytes(path.read_bytes())
        entries.append(
            {
                "db_id": db_id,
                "table_names_original": [table.name for table in schema.tables],
                "table_names": [table.words for table in schema.tables],
                "column_names_original": [[-1, "*"]] + [[c.table, c.name] for c in schema.columns],
                "column_names": [[-1, "*"]] + [[c.table, c.words] for c in schema.columns],
                "column_types": ["text"] + [c.type for c in schema.columns],
                "primary_keys": [i + 1 for i, c in enumerate(schema.columns) if c.primary_key],
                "foreign_keys": [[k.column + 1, k.ref_column + 1] for k in schema.foreign_keys],
            }
        )
    (folder / "tables.json").write_text(json.dumps(entries), encoding="utf-8")
    train = [
        {"db_id": db_id, "question": "?", "query": sql}
        for sql in QUERIES
        for db_id in ("zoo", held)
    ]
    (folder / "train_spider.json").write_text(json.dumps(train), encoding="utf-8")
    (folder / "train_others.json").write_text("[]", encoding="utf-8")
    out = tmp_path / "made" / "pairs.json"
    command.main(
        ["--data", str(folder), "--sets", "spider", "--per-database", "12", "--out", str(out)]
    )
    pairs = json.loads(out.read_text(encoding="utf-8"))
    assert len(pairs) == 12
    assert {pair["db_id"] for pair in pairs} == {"zoo"}
    assert all(set(pair) == {"db_id", "question", "query"} for pair in pairs)
    with pytest.raises(ConfigError):
        command.databases(folder, ["nonesuch"])
