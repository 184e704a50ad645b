"""Examples for training: read, linked, linearised and stored; batches that never show a schema twice alike.

    python -m training.data --data DIR --out runs/features

DIR is a folder in Spider layout; its neighbours (``corpus``, ``spider_syn``) are read from beside it. What
cannot be used is dropped and counted by reason. No dev or test split is read unless ``--sets`` names it, and
then for evaluation only: ``training.train`` refuses to train on it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from nlidb.batch import (
    QuestionFeatures,
    QuestionInputs,
    Reindex,
    SchemaInputs,
    question_features,
    question_inputs,
    reorder,
    schema_inputs,
    target_index,
)
from nlidb.edges import infer_edges
from nlidb.errors import ConfigError, NlidbError
from nlidb.linearize import linearize
from nlidb.linking import Links, link
from nlidb.question import parse_question
from nlidb.schema import Schema, identifier_words
from nlidb.spider import Example, database_path, load_examples, load_schemas
from nlidb.tokenizer import MASK, Tokenizer
from nlidb.values import ValueIndex
from nlidb.vocab import TargetToken


@dataclass(frozen=True)
class DataSet:
    """Where a set lies, from the folder that holds the Spider folder."""

    examples: str
    tables: str
    """Folder of its ``tables.json`` and ``database``, from the folder that holds the Spider folder; where
    ``invented`` is set, from the working directory."""
    train: bool = True
    """Whether it may be trained on."""
    place: Literal["data", "run", "project"] = "data"
    """What its path starts from: the folder that holds the Spider folder; the working directory (a file that
    training.synthesize made there); or this folder (questions written for the project)."""
    names_only: bool = False
    """Whether its ``tables.json`` lists bare identifiers without types (BIRD's: every column is "text")."""
    least: int = 1
    """Databases with fewer questions are left out: a group of few costs a step as much as a full one."""
    invented: bool = False
    """Whether its databases are the project's own, which training.invented builds."""

    def path(self, data: Path) -> Path:
        """Its examples, where ``data`` is the Spider folder."""
        starts = {"data": data.parent, "run": Path(), "project": Path(__file__).parent}
        return starts[self.place] / self.examples

    def folder(self, data: Path) -> Path:
        """Where its ``tables.json`` and ``database`` are."""
        return (Path() if self.invented else data.parent) / self.tables


SETS = {
    "train_spider": DataSet("spider/train_spider.json", "spider"),
    "train_others": DataSet("spider/train_others.json", "spider"),
    "syn_train": DataSet("spider_syn/train_spider_syn.json", "spider"),
    "corpus": DataSet("corpus/train.json", "corpus"),
    "synthetic_spider": DataSet("runs/synthetic_spider.json", "spider", place="run"),
    "synthetic_corpus": DataSet("runs/synthetic_corpus.json", "corpus", place="run"),
    "bird": DataSet("bird_train/data.jsonl", "bird_train", names_only=True),
    "wikisql": DataSet("wikisql/data.jsonl", "wikisql", least=5),
    "written_spider": DataSet("written/spider.json", "spider", place="project"),
    "written_corpus": DataSet("written/corpus.json", "corpus", place="project"),
    "written_invented": DataSet(
        "written/invented.json", "runs/invented", place="project", invented=True
    ),
    "written_states": DataSet(
        "written/states.json", "runs/invented", place="project", invented=True
    ),
    "synthetic_invented": DataSet(
        "runs/synthetic_invented.json", "runs/invented", place="run", invented=True
    ),
    "written_tune": DataSet("written/tune.json", "spider", train=False, place="project"),
    "dev": DataSet("spider/dev.json", "spider", train=False),
    "syn_dev": DataSet("spider_syn/dev_syn.json", "spider", train=False),
}

LIKE_DEMOS = frozenset({"steel_mill_orders", "car_retails", "retail_world", "sales"})
"""Databases of the corpus and of BIRD that share three or more table names with a demo database: never
trained on."""

TUNE = frozenset(
    {
        "body_builder",
        "candidate_poll",
        "cinema",
        "coffee_shop",
        "company_1",
        "company_office",
        "customers_campaigns_ecommerce",
        "epinions_1",
        "mountain_photos",
        "perpetrator",
        "protein_institute",
        "sakila_1",
        "scientist_1",
        "tracking_orders",
        "wine_1",
    }
)
"""Training databases held out for tuning: 15 of train_spider's 140, drawn by ``random.Random(7)``."""


@dataclass(frozen=True)
class TrainingExample:
    """One question, ready-made for batching."""

    source: str
    index: int
    db_id: str
    features: QuestionFeatures
    target: tuple[TargetToken, ...]


@dataclass(frozen=True)
class FeatureFile:
    """The stored examples of some sets and the schemas they are on."""

    examples: tuple[TrainingExample, ...]
    schemas: dict[str, Schema]
    dropped: dict[str, Counter[str]]
    """By set: how many examples were left out for which reason."""


def plain_names(schema: Schema) -> Schema:
    """The schema with names read off its identifiers instead of the natural names."""
    return replace(
        schema,
        tables=tuple(replace(t, words=identifier_words(t.name)) for t in schema.tables),
        columns=tuple(replace(c, words=identifier_words(c.name)) for c in schema.columns),
    )


def untyped(schema: Schema) -> Schema:
    """The schema with every column's type unknown."""
    return replace(schema, columns=tuple(replace(c, type="other") for c in schema.columns))


def value_index(schema: Schema, path: Path) -> ValueIndex:
    """The value index of a SQLite file; an empty one where there is no file."""
    if not path.exists():
        return ValueIndex.empty(schema)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")

        def fetch(column: int, limit: int) -> Iterable[object]:
            name = schema.columns[column].name.replace('"', '""')
            table = schema.tables[schema.columns[column].table].name.replace('"', '""')
            try:
                rows = connection.execute(
                    f'SELECT DISTINCT "{name}" FROM "{table}" LIMIT ?', (limit,)
                ).fetchall()
            except sqlite3.Error:  # a few of Spider's files lack a table that tables.json names
                return []
            return [row[0] for row in rows]

        return ValueIndex.build(schema, fetch)


def _featurize(
    job: tuple[str, Schema, list[Example], Path, Path],
) -> tuple[str, list[TrainingExample], Counter[str]]:
    """All examples of one database of one set."""
    source, schema, examples, database, vocabulary = job
    tokenizer = Tokenizer.load(vocabulary)
    index = value_index(schema, database)
    kept, dropped = [], Counter[str]()
    for example in examples:
        question = parse_question(example.question)
        links: Links = link(question, schema, index)
        try:
            target = linearize(example.sql, schema, links.candidates)
        except NlidbError as error:
            if SETS[source].train:
                dropped[type(error).__name__] += 1
                continue
            target = ()  # evaluated all the same
        features = question_features(question, links, tokenizer)
        if any(t.kind == "value" and t.index >= len(features.candidates) for t in target):
            dropped["CandidateCut"] += 1
            continue
        kept.append(TrainingExample(source, example.index, schema.db_id, features, target))
    return source, kept, dropped


def build(data: Path, sets: Sequence[str], vocabulary: Path, *, workers: int = 2) -> FeatureFile:
    """Reads, links and linearises the named sets; databases in parallel.

    Raises:
        ConfigError: an unknown set, or a question on a database whose schema is not there.
        ConnectionFailed: a file that is missing.
    """
    jobs = []
    schemas: dict[str, Schema] = {}
    dropped: dict[str, Counter[str]] = defaultdict(Counter)
    for name in sets:
        if name not in SETS:
            raise ConfigError(f"There is no set {name!r}.", hint=f"Known sets: {', '.join(SETS)}.")
        where = SETS[name]
        tables = where.folder(data)
        made = [tables / "tables.json"] if where.invented else []
        made += [where.path(data)] if where.place == "run" else []
        for path in made:
            if not path.is_file():
                raise ConfigError(
                    f"The set {name} needs {path}, which is not there.",
                    hint="The first lines of training/configs/fresh.toml say how to make it.",
                )
        known = load_schemas(tables / "tables.json")
        by_db: dict[str, list[Example]] = defaultdict(list)
        for example in load_examples(where.path(data)):
            by_db[example.db_id].append(example)
        for db_id, examples in by_db.items():
            if db_id in LIKE_DEMOS:
                dropped[name]["LikeDemos"] += len(examples)
                continue
            if len(examples) < where.least:
                dropped[name]["FewQuestions"] += len(examples)
                continue
            if db_id not in known:
                how = (
                    f"Run python -m training.invented --out {tables} again."
                    if where.invented
                    else ""
                )
                raise ConfigError(f"{tables} has no schema of {db_id}.", hint=how)
            read = untyped(plain_names(known[db_id])) if where.names_only else known[db_id]
            schema = schemas.setdefault(db_id, infer_edges(read))
            path = database_path(tables / "database", db_id)
            jobs.append((name, schema, examples, path, vocabulary))
    found: list[TrainingExample] = []
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for source, kept, lost in pool.imap(_featurize, jobs, chunksize=4):
            found += kept
            dropped[source] += lost
    return FeatureFile(tuple(found), schemas, dict(dropped))


@dataclass(frozen=True)
class TrainingBatch:
    """Questions on one schema with their targets."""

    question: QuestionInputs
    schema: SchemaInputs
    targets: Tensor
    """Places in the decoder's softmax (B, T), -1 = padding."""
    used: Tensor
    """1 for the schema items that the gold SQL names (B, S)."""


@dataclass(frozen=True)
class Augmentation:
    """How a schema and its questions are varied at every step."""

    shuffle: bool = True
    """Tables, and columns within a table, in random order."""
    drop_table: float = 0.25
    """Share of the unused tables left out."""
    drop_column: float = 0.15
    """Share of the unused columns left out."""
    plain_names: float = 0.15
    """Share of batches whose names are read off the identifiers instead of the natural names."""
    mask_word: float = 0.06
    """Share of question words replaced by [MASK]."""
    most_items: int = 100
    """Of a schema with more tables and columns than this, as many unused columns are left out as it takes, keys
    aside; 0 = never. Attention between items is quadratic in them, and a few schemas have several hundred."""


NO_AUGMENTATION = Augmentation(False, 0.0, 0.0, 0.0, 0.0, 0)


def make_batch(
    examples: Sequence[TrainingExample],
    schema: Schema,
    tokenizer: Tokenizer,
    augmentation: Augmentation,
    rng: random.Random,
) -> TrainingBatch:
    """Pads examples on one schema, after varying it."""
    needed_tables: set[int] = set()
    needed_columns: set[int] = set()
    for example in examples:
        for token in example.target:
            if token.kind == "table":
                needed_tables.add(token.index)
            elif token.kind == "column":
                needed_columns.add(token.index)
                needed_tables.add(schema.columns[token.index].table)
    # joins need the tables between and the key columns, so keys of kept tables stay
    keys = {c for key in schema.foreign_keys for c in (key.column, key.ref_column)}
    connected = {schema.columns[c].table for c in keys}
    tables = [
        t
        for t in range(len(schema.tables))
        if t in needed_tables
        or t in connected
        and len(needed_tables) > 1
        or rng.random() >= augmentation.drop_table
    ]
    columns = [
        c
        for c in range(len(schema.columns))
        if c in needed_columns or c in keys or rng.random() >= augmentation.drop_column
    ]
    surplus = len(tables) + len(columns) - augmentation.most_items
    if augmentation.most_items and surplus > 0:
        unused = [c for c in columns if c not in needed_columns and c not in keys]
        dropped = set(rng.sample(unused, min(surplus, len(unused))))
        columns = [c for c in columns if c not in dropped]
    if augmentation.shuffle:
        rng.shuffle(tables)
        rng.shuffle(columns)
    reduced, reindex = reorder(schema, tables, columns)
    if augmentation.plain_names and rng.random() < augmentation.plain_names:
        reduced = plain_names(reduced)
    return collate(examples, reduced, reindex, tokenizer, augmentation.mask_word, rng)


def collate(
    examples: Sequence[TrainingExample],
    schema: Schema,
    reindex: Reindex,
    tokenizer: Tokenizer,
    mask_word: float,
    rng: random.Random,
) -> TrainingBatch:
    """Questions, schema and targets as tensors on the reordered schema."""
    tables, items = len(schema.tables), len(schema.tables) + len(schema.columns)
    features = [example.features for example in examples]
    if mask_word:
        mask = (tokenizer.special(MASK),)
        features = [
            replace(f, pieces=tuple(mask if rng.random() < mask_word else p for p in f.pieces))
            for f in features
        ]
    longest = max(len(example.target) for example in examples)
    targets = np.full((len(examples), longest), -1, dtype=np.int64)
    used = np.zeros((len(examples), items), dtype=np.float32)
    for b, example in enumerate(examples):
        for t, token in enumerate(example.target):
            if token.kind == "table":
                token = TargetToken("table", int(reindex.tables[token.index]))
                used[b, token.index] = 1
            elif token.kind == "column":
                token = TargetToken("column", int(reindex.columns[token.index]))
                used[b, tables + token.index] = used[b, schema.columns[token.index].table] = 1
            targets[b, t] = target_index(token, tables, items)
    return TrainingBatch(
        question_inputs(features, schema, tokenizer, reindex),
        schema_inputs(schema, tokenizer),
        torch.from_numpy(targets),
        torch.from_numpy(used),
    )


LENGTH_NOISE = 4.0
"""Words by which a question may stand out of its place in the order of length, so that passes differ."""


def batches(
    examples: Sequence[TrainingExample],
    size: int,
    rng: random.Random,
    weights: dict[str, float],
) -> Iterator[list[TrainingExample]]:
    """Endless groups of at most ``size`` examples on one database, in passes over the data.

    ``weights`` gives the share of each set that a pass draws (0.25 = a quarter, fresh each pass; 1.0 = all of
    it; 2.5 = all of it twice and a half of it once more); sets on the same databases are mixed within a group.
    What a set has on one database is drawn together or not at all where it fits one group. A group's questions are
    of about the same length: at random, half of the words in a batch are padding.
    """
    sets: dict[tuple[str, str], list[TrainingExample]] = defaultdict(list)
    for example in examples:
        sets[example.db_id, example.source].append(example)
    while True:
        by_db: dict[str, list[TrainingExample]] = defaultdict(list)
        for (db_id, source), on_it in sets.items():
            whole, rest = divmod(weights[source], 1.0)
            together = rng.random() < rest
            for example in on_it:
                once_more = together if len(on_it) <= size else rng.random() < rest
                by_db[db_id] += [example] * (int(whole) + once_more)
        groups = []
        for found in filter(None, by_db.values()):
            found.sort(
                key=lambda example: len(example.features.pieces) + rng.uniform(0, LENGTH_NOISE)
            )
            parts = -(-len(found) // size)  # equal parts rather than a small rest
            cuts = [len(found) * i // parts for i in range(parts + 1)]
            groups += [found[a:b] for a, b in pairwise(cuts)]
        rng.shuffle(groups)
        yield from groups


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    parser.add_argument(
        "--sets", nargs="+", default=[n for n, s in SETS.items() if s.train and s.place != "run"]
    )
    parser.add_argument("--vocabulary", type=Path, default=None, help="a tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    arguments = parser.parse_args(argv)
    vocabulary = arguments.vocabulary
    if vocabulary is None:
        from training.pretrained import vocabulary_path

        vocabulary = vocabulary_path()
    stored = build(arguments.data, arguments.sets, vocabulary)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("wb") as file:
        pickle.dump(stored, file)
    counts = Counter(example.source for example in stored.examples)
    for name in arguments.sets:
        print(
            name, counts[name], "kept; dropped", dict(stored.dropped.get(name, {})), file=sys.stderr
        )


if __name__ == "__main__":
    main()
