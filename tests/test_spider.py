"""Spider-format files: schemas, examples in every known layout, and what damaged files give."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.spider import (
    database_files,
    database_path,
    load_examples,
    load_schemas,
    schema_from_entry,
)

ENTRY: dict[str, Any] = {
    "db_id": "shop",
    "table_names_original": ["Customer", "Orders"],
    "table_names": ["customer", "order"],
    "column_names_original": [
        [-1, "*"],
        [0, "CustomerID"],
        [0, "FullName"],
        [0, "Joined"],
        [1, "OrderID"],
        [1, "CustomerID"],
        [1, "Paid"],
    ],
    "column_names": [
        [-1, "*"],
        [0, "customer id"],
        [0, "Full Name"],
        [0, ""],
        [1, "order id"],
        [1, "customer id"],
        [1, "paid"],
    ],
    "column_types": ["text", "number", "text", "time", "number", "number", "boolean"],
    "primary_keys": [1, 4],
    "foreign_keys": [[5, 1]],
}


def _write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_schema_from_tables_json(tmp_path: Path) -> None:
    schema = load_schemas(_write(tmp_path / "tables.json", [ENTRY]))["shop"]
    assert schema.dialect == "sqlite"
    assert [table.name for table in schema.tables] == ["Customer", "Orders"]
    assert [table.words for table in schema.tables] == ["customer", "order"]
    assert [table.columns for table in schema.tables] == [(0, 1, 2), (3, 4, 5)]
    assert [column.name for column in schema.columns][:3] == ["CustomerID", "FullName", "Joined"]
    assert [column.words for column in schema.columns][:3] == [
        "customer id",
        "full name",
        "joined",
    ]
    kinds = [column.type for column in schema.columns]
    assert kinds == ["number", "text", "time", "number", "number", "boolean"]
    assert [column.primary_key for column in schema.columns] == [True, 0, 0, True, 0, 0]
    (key,) = schema.foreign_keys
    assert (key.column, key.ref_column, key.inferred) == (4, 0, False)


def test_composite_keys_and_unknown_types() -> None:
    entry = {**ENTRY, "primary_keys": [[1, 2], 4], "column_types": ["text"] * 6 + ["others"]}
    schema = schema_from_entry(entry)
    assert [i for i, column in enumerate(schema.columns) if column.primary_key] == [0, 1, 3]
    assert schema.columns[-1].type == "other"


@pytest.mark.parametrize(
    "change",
    [
        {"column_types": ["text"]},
        {"foreign_keys": [[99, 1]]},
        {"primary_keys": [99]},
        {"column_names_original": [[7, "lost"]]},
        {"column_names_original": None},
        {"foreign_keys": "none"},
    ],
)
def test_damaged_entry_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    path = _write(tmp_path / "tables.json", [ENTRY, {**ENTRY, **change}])
    with pytest.raises(ConfigError, match=r"tables\.json.*entry 1"):
        load_schemas(path)


@pytest.mark.parametrize("text", ["", "{", '{"db_id": 1}', "[1]", "[{}]"])
def test_damaged_files_are_config_errors(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tables.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"tables\.json"):
        load_schemas(path)
    with pytest.raises(ConfigError, match=r"tables\.json"):
        load_examples(path)


def test_files_that_are_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="cannot be read"):
        load_schemas(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConnectionFailed, match="cannot be read"):
        load_examples(tmp_path / "binary.json")


def test_train_is_two_files(tmp_path: Path) -> None:
    one = {"db_id": "shop", "question": "How many?", "query": "SELECT 1", "sql": {"from": []}}
    _write(tmp_path / "train_spider.json", [one, one])
    _write(tmp_path / "train_others.json", [{**one, "question": "And others?"}])
    _write(tmp_path / "dev.json", [one])
    train = load_examples(tmp_path, "train")
    assert [example.index for example in train] == [0, 1, 2]
    assert train[2].question == "And others?"
    assert train[0].sql == "SELECT 1"
    assert len(load_examples(tmp_path, "dev")) == 1
    with pytest.raises(ConfigError, match="no split 'test'") as caught:
        load_examples(tmp_path, "test")
    assert "dev" in caught.value.hint
    with pytest.raises(ConfigError, match="is a folder"):
        load_examples(tmp_path)


@pytest.mark.parametrize(
    ("entry", "question", "sql"),
    [
        pytest.param(
            {
                "db_id": "shop",
                "SpiderQuestion": "How many clients?",
                "SpiderSynQuestion": "What number of buyers?",
                "query": "SELECT 1",
            },
            "What number of buyers?",
            "SELECT 1",
            id="spider-syn",
        ),
        pytest.param(
            {"db_id": "shop", "question": "q", "query": "SELECT 2", "query_toks": ["SELECT", "2"]},
            "q",
            "SELECT 2",
            id="spider-dk-and-realistic",
        ),
        pytest.param(
            {"db_id": "GeoNuclearData", "query": "SELECT 3", "question": "q", "sql": {"a": 1}},
            "q",
            "SELECT 3",
            id="kaggledbqa",
        ),
        pytest.param(
            {
                "question_id": 7,
                "db_id": "shop",
                "question": "q",
                "evidence": "e",
                "SQL": "SELECT 4",
            },
            "q",
            "SELECT 4",
            id="bird",
        ),
        pytest.param({"db_id": "shop", "question": "q"}, "q", "", id="hidden-test-set"),
    ],
)
def test_known_layouts(tmp_path: Path, entry: dict[str, Any], question: str, sql: str) -> None:
    (example,) = load_examples(_write(tmp_path / "set.json", [entry]))
    assert (example.question, example.sql) == (question, sql)
    if "evidence" in entry:
        assert example.extra["evidence"] == "e"


def test_jsonl_and_its_split_field(tmp_path: Path) -> None:
    lines = [
        {"db_id": "shop", "question": f"q{i}", "query": "SELECT 1", "split": split}
        for i, split in enumerate(("train", "dev", "train"))
    ]
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    assert len(load_examples(path)) == 3
    train = load_examples(path, "train")
    assert [example.index for example in train] == [0, 2]
    assert train[1].extra == {"split": "train"}


@pytest.mark.parametrize("entry", [{"question": "q"}, {"db_id": "shop"}, "text"])
def test_examples_without_what_they_need(tmp_path: Path, entry: object) -> None:
    good = {"db_id": "shop", "question": "q"}
    with pytest.raises(ConfigError, match="example 1"):
        load_examples(_write(tmp_path / "set.json", [good, entry]))


@pytest.mark.parametrize("db_id", ["", ".", "..", "../etc", "a/b", "a\\b"])
def test_a_db_id_cannot_leave_the_folder(tmp_path: Path, db_id: str) -> None:
    with pytest.raises(ConfigError, match="not a database name"):
        database_path(tmp_path, db_id)


def test_database_files_are_all_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("shop_2.sqlite", "shop.sqlite", "schema.sql"):
        (folder / name).touch()
    assert database_path(tmp_path, "shop") == folder / "shop.sqlite"
    assert [file.name for file in database_files(tmp_path, "shop")] == [
        "shop.sqlite",
        "shop_2.sqlite",
    ]


@pytest.mark.data
def test_the_official_download_loads() -> None:
    folder = Path(os.environ["NLIDB_DATA"])
    schemas = load_schemas(folder / "tables.json")
    examples = load_examples(folder, "train")
    assert len(schemas) == 166
    assert len(examples) == 7000 + 1659
    assert {example.db_id for example in examples} <= schemas.keys()
    assert all(database_path(folder / "database", e.db_id).is_file() for e in examples)
