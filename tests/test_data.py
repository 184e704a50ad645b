"""Training batches: whatever is shuffled, dropped or renamed, the gold query is still there and says the same."""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import tiny

from nlidb.batch import Reindex, target_token
from nlidb.database import Database
from nlidb.delinearize import delinearize
from nlidb.demo import Demo, demo_databases, demo_path
from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.printing import to_spider
from nlidb.schema import Schema
from nlidb.spider import database_path, load_examples, load_schemas
from nlidb.tokenizer import MASK
from nlidb.vocab import TargetToken
from training import data
from training.data import (
    LIKE_DEMOS,
    NO_AUGMENTATION,
    SETS,
    TUNE,
    Augmentation,
    TrainingBatch,
    TrainingExample,
    batches,
    build,
    make_batch,
)
from training.invented import SCRIPTS
from training.invented import build as build_invented

# Two joins lie between the tables that the questions name, and half of the schema is of no use to them.
SCHEMA = tiny.make_schema(
    {
        "singer": "singer_id name:text country:text age unused_a:text",
        "ticket": "ticket_id price concert_id",
        "concert": "concert_id title:text year singer_id stadium_id unused_b:text",
        "label": "label_id name:text unused_c:text",
        "stadium": "stadium_id city:text capacity",
        "award": "award_id title:text singer_id",
    },
    {
        "concert.singer_id": "singer.singer_id",
        "concert.stadium_id": "stadium.stadium_id",
        "ticket.concert_id": "concert.concert_id",
        "award.singer_id": "singer.singer_id",
    },
)
PAIRS = (
    ("How many singers are there?", "SELECT count(*) FROM singer"),
    (
        "Which singers played in a city of capacity 100?",
        "SELECT T1.name FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id "
        "JOIN stadium AS T3 ON T2.stadium_id = T3.stadium_id WHERE T3.capacity = 100",
    ),
    (
        "Names of singers from France older than the average age?",
        "SELECT name FROM singer WHERE country = 'France' AND age > (SELECT avg(age) FROM singer)",
    ),
    (
        "Names of singers without a concert",
        "SELECT name FROM singer WHERE singer_id NOT IN (SELECT singer_id FROM concert)",
    ),
)
EVERYTHING = Augmentation(
    shuffle=True, drop_table=1.0, drop_column=1.0, plain_names=0.5, mask_word=0.3
)


@dataclass
class Seen:
    """What the batch was made on."""

    schema: Schema | None = None
    reindex: Reindex | None = None


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found, original = Seen(), data.collate

    def collate(examples, schema, reindex, *rest) -> TrainingBatch:
        found.schema, found.reindex = schema, reindex
        return original(examples, schema, reindex, *rest)

    monkeypatch.setattr(data, "collate", collate)
    return found


def examples() -> list[TrainingExample]:
    return [tiny.example(text, sql, SCHEMA, i) for i, (text, sql) in enumerate(PAIRS)]


def targets(batch: TrainingBatch, row: int) -> list[TargetToken]:
    tables, items = batch.schema.tables, batch.schema.items
    return [target_token(int(p), tables, items) for p in batch.targets[row] if p >= 0]


def names(item: int, schema: Schema) -> str:
    if item < len(schema.tables):
        return schema.tables[item].name
    column = schema.columns[item - len(schema.tables)]
    return f"{schema.tables[column.table].name}.{column.name}"


@pytest.mark.parametrize("seed", range(25))
def test_the_gold_query_survives_every_variation(seed: int, seen: Seen) -> None:
    chosen = random.Random(seed).sample(examples(), 1 + seed % len(PAIRS))
    # from dropping nothing to dropping whatever may go
    share = seed % 5 / 4
    augmentation = replace(EVERYTHING, drop_table=share, drop_column=share)
    batch = make_batch(chosen, SCHEMA, tiny.tokenizer(), augmentation, random.Random(seed))
    assert seen.schema is not None
    for row, example in enumerate(chosen):
        _, links = tiny.read(PAIRS[example.index][0], SCHEMA)
        whole = delinearize(example.target, SCHEMA, links.candidates)
        reduced = delinearize(targets(batch, row), seen.schema, links.candidates)
        assert to_spider(reduced) == to_spider(whole)
        used = {names(int(i), seen.schema) for i in batch.used[row].nonzero().flatten()}
        expected = set()
        for token in example.target:
            if token.kind == "table":
                expected.add(SCHEMA.tables[token.index].name)
            elif token.kind == "column":
                column = names(len(SCHEMA.tables) + token.index, SCHEMA)
                expected |= {column, column.partition(".")[0]}
        assert used == expected


def test_what_no_question_needs_is_dropped(seen: Seen) -> None:
    make_batch(examples()[:1], SCHEMA, tiny.tokenizer(), EVERYTHING, random.Random(0))
    assert seen.schema is not None
    assert [table.name for table in seen.schema.tables] == ["singer"]
    # key columns stay, for the joins
    assert [column.name for column in seen.schema.columns] == ["singer_id"]


@pytest.mark.parametrize("most", [1, 15, 20, 100])
def test_a_large_schema_loses_unused_columns_until_it_is_small_enough(
    most: int, seen: Seen
) -> None:
    augmentation = replace(NO_AUGMENTATION, most_items=most)
    make_batch(examples()[:1], SCHEMA, tiny.tokenizer(), augmentation, random.Random(0))
    assert seen.schema is not None
    assert [t.name for t in seen.schema.tables] == [t.name for t in SCHEMA.tables]
    keys = {c for key in SCHEMA.foreign_keys for c in (key.column, key.ref_column)}
    kept = [column.name for column in seen.schema.columns]
    assert {SCHEMA.columns[c].name for c in keys} <= set(kept)
    items = len(SCHEMA.tables) + len(SCHEMA.columns)
    least = len(SCHEMA.tables) + len(keys)
    assert len(seen.schema.tables) + len(kept) == min(items, max(most, least))


def test_a_schema_is_never_shown_twice_alike(seen: Seen) -> None:
    shown, rng = set(), random.Random(0)
    for _ in range(20):
        make_batch(examples(), SCHEMA, tiny.tokenizer(), Augmentation(), rng)
        assert seen.schema is not None
        shown.add(tuple(column.name for column in seen.schema.columns))
    assert len(shown) == 20


def test_without_augmentation_a_batch_is_the_schema_and_questions_as_they_are(seen: Seen) -> None:
    chosen = examples()
    batch = make_batch(chosen, SCHEMA, tiny.tokenizer(), NO_AUGMENTATION, random.Random(0))
    assert seen.schema == SCHEMA
    for row, example in enumerate(chosen):
        assert tuple(targets(batch, row)) == example.target
        pieces = [piece for word in example.features.pieces for piece in word]
        assert batch.question.ids[row, 1 : 1 + len(pieces)].tolist() == pieces


def test_masked_words_are_masked_and_nothing_else_is() -> None:
    chosen = examples()[:1]
    augmentation = replace(NO_AUGMENTATION, mask_word=1.0)
    batch = make_batch(chosen, SCHEMA, tiny.tokenizer(), augmentation, random.Random(0))
    words = len(chosen[0].features.pieces)
    mask = tiny.tokenizer().special(MASK)
    assert batch.question.ids[0, 1 : 1 + words].tolist() == [mask] * words


def test_plain_names_are_read_off_the_identifiers(seen: Seen) -> None:
    described = replace(
        SCHEMA, columns=tuple(replace(c, words="described otherwise") for c in SCHEMA.columns)
    )
    augmentation = replace(NO_AUGMENTATION, plain_names=1.0)
    make_batch(examples(), described, tiny.tokenizer(), augmentation, random.Random(0))
    assert seen.schema is not None
    assert seen.schema.columns == SCHEMA.columns


# --- passes over the data


def labelled(source: str, db_id: str, count: int) -> list[TrainingExample]:
    empty = examples()[0].features
    return [TrainingExample(source, i, db_id, empty, ()) for i in range(count)]


def test_a_pass_draws_everything_once_in_groups_of_one_database() -> None:
    everything = [*labelled("train_spider", "a", 10), *labelled("train_spider", "b", 3)]
    stream = batches(everything, 4, random.Random(0), {"train_spider": 1.0})
    for _ in range(3):
        groups = [next(stream) for _ in range(4)]
        assert sorted(len(group) for group in groups) == [3, 3, 3, 4]
        assert all(len({e.db_id for e in group}) == 1 for group in groups)
        drawn = sorted((e.db_id, e.index) for group in groups for e in group)
        assert drawn == sorted((e.db_id, e.index) for e in everything)


def test_the_questions_of_a_group_are_of_about_the_same_length() -> None:
    words = examples()[0].features.pieces
    everything = [
        replace(e, features=replace(e.features, pieces=(words * 10)[: 1 + i % 40]))
        for i, e in enumerate(labelled("train_spider", "a", 400))
    ]
    stream = batches(everything, 16, random.Random(0), {"train_spider": 1.0})
    for _ in range(25):
        lengths = [len(e.features.pieces) for e in next(stream)]
        assert max(lengths) - min(lengths) <= 8


def test_a_set_of_half_weight_gives_about_half_of_its_examples_a_pass() -> None:
    everything = [*labelled("train_spider", "a", 200), *labelled("corpus", "b", 200)]
    stream = batches(everything, 150, random.Random(0), {"train_spider": 1.0, "corpus": 0.5})
    groups = [next(stream) for _ in range(3)]  # two of a, one of b
    sizes = Counter(e.db_id for group in groups for e in group)
    assert sizes["a"] == 200
    assert 60 < sizes["b"] < 140


def test_a_set_of_weight_three_and_a_half_is_drawn_three_or_four_times_a_pass() -> None:
    stream = batches(
        labelled("train_spider", "a", 200), 150, random.Random(0), {"train_spider": 3.5}
    )
    times = Counter(e.index for _ in range(5) for e in next(stream))
    assert set(times) == set(range(200))
    assert set(times.values()) == {3, 4}
    assert 640 < times.total() < 760


def test_questions_of_one_table_are_drawn_together_or_not_at_all() -> None:
    tables = [e for name in range(40) for e in labelled("wikisql", f"t{name}", 5)]
    stream = batches(tables, 16, random.Random(0), {"wikisql": 0.3})
    assert all(len(next(stream)) == 5 for _ in range(100))


def test_the_same_seed_draws_the_same_groups() -> None:
    def first(seed: int) -> list[list[int]]:
        stream = batches(
            labelled("train_spider", "a", 50), 8, random.Random(seed), {"train_spider": 1.0}
        )
        return [[e.index for e in next(stream)] for _ in range(15)]

    assert first(1) == first(1)
    assert first(1) != first(2)


# --- reading


def write_folder(root: Path, pairs: list[tuple[str, str]], db_id: str = "music") -> Path:
    """A folder in Spider's layout with one database."""
    folder = root / "spider"
    (folder / "database" / db_id).mkdir(parents=True)
    columns = [[-1, "*"], *([c.table, c.name] for c in tiny.SCHEMA.columns)]
    entry = {
        "db_id": db_id,
        "table_names_original": [t.name for t in tiny.SCHEMA.tables],
        "table_names": [t.words for t in tiny.SCHEMA.tables],
        "column_names_original": columns,
        "column_names": [[-1, "*"], *([c.table, c.words] for c in tiny.SCHEMA.columns)],
        "column_types": ["text", *(c.type for c in tiny.SCHEMA.columns)],
        "primary_keys": [1 + i for i, c in enumerate(tiny.SCHEMA.columns) if c.primary_key],
        "foreign_keys": [[1 + k.column, 1 + k.ref_column] for k in tiny.SCHEMA.foreign_keys],
    }
    (folder / "tables.json").write_text(json.dumps([entry]), "utf-8")
    found = [{"db_id": db_id, "question": q, "query": sql} for q, sql in pairs]
    for name in ("train_spider", "dev"):
        (folder / f"{name}.json").write_text(json.dumps(found), "utf-8")
    connection = sqlite3.connect(folder / "database" / db_id / f"{db_id}.sqlite")
    for table in tiny.SCHEMA.tables:
        names = ", ".join(tiny.SCHEMA.columns[c].name for c in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({names})")
    connection.execute("INSERT INTO singer VALUES (1, 'Joe', 'France', 50)")
    connection.commit()
    connection.close()
    return folder


def demo_schema(demo: Demo) -> Schema:
    with Database.open(demo_path(demo.db_id)) as database:
        return database.schema


def test_databases_like_a_demo_are_left_out_and_counted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, list(tiny.PAIRS), sorted(LIKE_DEMOS)[0])
    stored = build(folder, ["train_spider"], tiny.write_vocabulary(tmp_path), workers=1)
    assert stored.examples == ()
    assert stored.dropped["train_spider"] == {"LikeDemos": len(tiny.PAIRS)}


def test_a_question_on_a_database_without_a_schema_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, list(tiny.PAIRS))
    (folder / "tables.json").write_text("[]", "utf-8")
    with pytest.raises(ConfigError, match="has no schema of music"):
        build(folder, ["train_spider"], tiny.write_vocabulary(tmp_path), workers=1)


def test_examples_are_read_linked_and_stored_and_losses_counted(tmp_path: Path) -> None:
    lost = ("What day is it?", "SELECT strftime('%d', name) FROM singer")
    folder = write_folder(tmp_path, [*tiny.PAIRS, lost])
    vocabulary = tiny.write_vocabulary(tmp_path)
    stored = build(folder, ["train_spider", "dev"], vocabulary, workers=1)
    train = [e for e in stored.examples if e.source == "train_spider"]
    dev = [e for e in stored.examples if e.source == "dev"]
    assert [e.index for e in train] == list(range(len(tiny.PAIRS)))
    assert stored.dropped["train_spider"] == {"InvalidSQL": 1}
    assert len(dev) == len(tiny.PAIRS) + 1  # what cannot be said counts against us there
    assert dev[-1].target == ()
    # the value index was read from the database
    assert [t.kind for t in train[3].target].count("value") == 1
    assert stored.schemas["music"].tables == tiny.SCHEMA.tables


def test_bare_column_lists_are_read_without_their_types_and_names(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, list(tiny.PAIRS))
    bird = tmp_path / "bird_train"
    bird.mkdir()
    entry = json.loads((folder / "tables.json").read_text("utf-8"))[0]
    entry["db_id"] = "bare"
    entry["column_names_original"][2][1] = "SingerName"
    entry["column_names"][2][1] = "singername"
    (bird / "tables.json").write_text(json.dumps([entry]), "utf-8")
    pair = {
        "db_id": "bare",
        "question": "How many singers are there?",
        "query": "SELECT count(*) FROM singer",
    }
    (bird / "data.jsonl").write_text(json.dumps(pair) + "\n", "utf-8")
    stored = build(folder, ["bird"], tiny.write_vocabulary(tmp_path), workers=1)
    assert len(stored.examples) == 1
    schema = stored.schemas["bare"]
    assert schema.columns[1].words == "singer name"
    assert {column.type for column in schema.columns} == {"other"}


def test_databases_with_few_questions_are_left_out_where_the_set_says_so(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, list(tiny.PAIRS))
    few = tmp_path / "wikisql"
    few.mkdir()
    (few / "tables.json").write_text((folder / "tables.json").read_text("utf-8"), "utf-8")
    pairs = [{"db_id": "music", "question": q, "query": sql} for q, sql in tiny.PAIRS[:4]]
    (few / "data.jsonl").write_text("".join(json.dumps(p) + "\n" for p in pairs), "utf-8")
    stored = build(folder, ["wikisql"], tiny.write_vocabulary(tmp_path), workers=1)
    assert stored.examples == ()
    assert stored.dropped["wikisql"] == {"FewQuestions": 4}


def test_an_unknown_set_and_a_missing_file_are_errors_of_ours(tmp_path: Path) -> None:
    vocabulary = tiny.write_vocabulary(tmp_path)
    with pytest.raises(ConfigError, match="no set 'test'"):
        build(tmp_path / "spider", ["test"], vocabulary)
    with pytest.raises(ConnectionFailed, match=r"tables\.json"):
        build(tmp_path / "spider", ["train_spider"], vocabulary)


@pytest.mark.parametrize("name", ["synthetic_spider", "written_invented"])
def test_what_must_be_made_first_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    vocabulary = tiny.write_vocabulary(tmp_path)
    with pytest.raises(ConfigError, match=f"{name} needs runs/.*fresh.toml say how"):
        build(tmp_path / "spider", [name], vocabulary)


def test_evaluation_sets_are_marked_and_tune_is_held_out_of_training() -> None:
    evaluated = {name for name, where in SETS.items() if not where.train}
    assert evaluated == {"dev", "syn_dev", "written_tune"}
    assert len(TUNE) == 15


def test_written_questions_keep_training_and_tuning_apart() -> None:
    names = [name for name in SETS if name.startswith("written_")]
    assert len(names) == 5
    for name in names:
        pairs = json.loads(SETS[name].path(Path("nowhere")).read_text("utf-8"))
        databases = {pair["db_id"] for pair in pairs}
        assert databases == TUNE if name == "written_tune" else databases.isdisjoint(TUNE)
        assert databases.isdisjoint(LIKE_DEMOS)
        asked = [(pair["db_id"], pair["question"].lower()) for pair in pairs]
        assert len(asked) == len(set(asked))


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the invented databases, which takes seconds to build."""
    folder = tmp_path_factory.mktemp("invented")
    assert build_invented(SCRIPTS, folder)
    return folder


@pytest.mark.data
def test_no_invented_database_is_like_one_that_is_evaluated_on(invented: Path) -> None:
    """Like one: it shares three or more table names with it."""
    data = Path(os.environ["NLIDB_DATA"])
    known = load_schemas(data / "tables.json")
    dev = {example.db_id for example in load_examples(data, "dev")}
    for db_id, schema in load_schemas(invented / "tables.json").items():
        tables = {t.name.lower() for t in schema.tables}
        for other in dev:
            assert len(tables & {t.name.lower() for t in known[other].tables}) < 3, (db_id, other)


@pytest.mark.data
def test_no_database_like_a_demo_is_trained_on() -> None:
    """Like one: it shares three or more table names with it. Spider's own are not ours to choose."""
    data = Path(os.environ["NLIDB_DATA"]).parent
    folders = {where.tables for where in SETS.values() if where.train and not where.invented}
    schemas: dict[str, Schema] = {}
    for folder in folders - {"spider"}:
        schemas |= load_schemas(data / folder / "tables.json")
    demos = [{t.name.lower() for t in demo_schema(demo).tables} for demo in demo_databases()]
    alike = {
        db_id
        for db_id, schema in schemas.items()
        if any(len(names & {t.name.lower() for t in schema.tables}) >= 3 for names in demos)
    }
    assert alike == LIKE_DEMOS


def test_invented_databases_build_in_spider_layout_and_none_is_like_a_demo(invented: Path) -> None:
    schemas = load_schemas(invented / "tables.json")
    pairs = [
        pair
        for name in ("written_invented", "written_states")
        for pair in json.loads(SETS[name].path(Path("nowhere")).read_text("utf-8"))
    ]
    assert (
        {pair["db_id"] for pair in pairs}
        == {path.stem for path in SCRIPTS.glob("*.sql")}
        == set(schemas)
    )
    demos = [{t.name.lower() for t in demo_schema(demo).tables} for demo in demo_databases()]
    for db_id, schema in schemas.items():
        tables = {t.name.lower() for t in schema.tables}
        assert all(len(names & tables) < 3 for names in demos), db_id
        with Database.open(database_path(invented / "database", db_id)) as database:
            read = database.schema
        assert schema.tables == read.tables
        assert [(c.name, c.type) for c in schema.columns] == [
            (c.name, c.type) for c in read.columns
        ]


def test_a_script_that_breaks_its_own_keys_is_refused(tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    text = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES a(id)); INSERT INTO a VALUES (1, 7);"
    (scripts / "broken.sql").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"broken\.sql refer to rows that are not there"):
        build_invented(scripts, tmp_path / "out")
    (scripts / "broken.sql").write_text("CREATE TABLE", "utf-8")
    with pytest.raises(ConfigError, match=r"broken\.sql fails"):
        build_invented(scripts, tmp_path / "out")
