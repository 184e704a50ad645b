"""A network of a few thousand parameters, a vocabulary, a schema and eight pairs, for the model's tests.

Nothing pretrained: the vocabulary is made of the words below and of single letters, so that any
text has sub-words.
"""

from __future__ import annotations

import string
from dataclasses import replace
from functools import cache
from pathlib import Path

import tokenizers
import torch

from nlidb.batch import question_features
from nlidb.checkpoint import save_checkpoint
from nlidb.config import AttentionConfig, AttentionMode, ModelConfig
from nlidb.linearize import linearize
from nlidb.linking import Links, link
from nlidb.model import Text2SQL
from nlidb.question import Question, parse_question
from nlidb.schema import Column, ForeignKey, Schema, Table, identifier_words
from nlidb.tokenizer import Tokenizer
from nlidb.values import ValueIndex
from training.data import TrainingExample

WORDS = (
    "how many are there what is the of and all names name show list find from in which who that "
    "singer singers concert concerts stadium stadiums country age title year city capacity id "
    "average oldest each number france older than played"
).split()
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTERS = string.ascii_lowercase + string.digits + string.punctuation
VOCABULARY = (
    *SPECIAL,
    *dict.fromkeys((*CHARACTERS, *("##" + c for c in CHARACTERS), *WORDS)),
)

CONFIG = ModelConfig(
    vocab_size=len(VOCABULARY),
    encoder_dim=32,
    encoder_layers=1,
    encoder_heads=2,
    encoder_ffn_dim=64,
    dim=32,
    heads=2,
    interaction_layers=2,
    decoder_layers=2,
    ffn_dim=64,
    dropout=0.0,
)


def config(mode: AttentionMode = "diffusion", **attention: float | bool) -> ModelConfig:
    """The tiny sizes with another attention."""
    return replace(CONFIG, attention=AttentionConfig(mode=mode, **attention))  # type: ignore[arg-type]


def wordpiece() -> tokenizers.Tokenizer:
    """The vocabulary, read as BERT's uncased one."""
    found = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(
            {piece: i for i, piece in enumerate(VOCABULARY)}, unk_token="[UNK]"
        )
    )
    found.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    found.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    return found


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer(wordpiece())


def write_vocabulary(folder: Path) -> Path:
    """A ``tokenizer.json`` in a folder."""
    path = folder / "tokenizer.json"
    wordpiece().save(str(path))
    return path


def network(config: ModelConfig = CONFIG, seed: int = 0) -> Text2SQL:
    """A network with random weights, the same for the same seed, ready to answer."""
    torch.manual_seed(seed)
    return Text2SQL(config).eval()


def write_checkpoint(folder: Path, model: Text2SQL) -> Path:
    """A checkpoint folder that holds the network."""
    vocabulary = write_vocabulary(folder)
    save_checkpoint(folder / "checkpoint", model, vocabulary, {"config": "tiny"})
    return folder / "checkpoint"


def sizes() -> str:
    """The sizes of ``CONFIG`` as the lines of a training config's [model]."""
    keys = (
        "vocab_size encoder_dim encoder_layers encoder_heads encoder_ffn_dim dim heads "
        "interaction_layers decoder_layers ffn_dim"
    ).split()
    return "\n".join(f"{key} = {getattr(CONFIG, key)}" for key in keys)


def make_schema(
    tables: dict[str, str], keys: dict[str, str] | None = None, db_id: str = "music"
) -> Schema:
    """A schema from ``{table: "column:type column:type"}`` (the first column is the primary key, the type
    "number" if left out) and ``{"table.column": "table.column"}`` for the foreign keys."""
    columns: list[Column] = []
    made: list[Table] = []
    place: dict[str, int] = {}
    for t, (name, described) in enumerate(tables.items()):
        members = []
        for i, spec in enumerate(described.split()):
            column, _, kind = spec.partition(":")
            place[f"{name}.{column}"] = len(columns)
            members.append(len(columns))
            columns.append(
                Column(column, t, kind or "number", identifier_words(column), primary_key=i == 0)  # type: ignore[arg-type]
            )
        made.append(Table(name, identifier_words(name), tuple(members)))
    edges = tuple(ForeignKey(place[a], place[b]) for a, b in (keys or {}).items())
    return Schema(db_id, "sqlite", tuple(made), tuple(columns), edges)


SCHEMA = make_schema(
    {
        "singer": "singer_id name:text country:text age",
        "concert": "concert_id title:text year singer_id stadium_id",
        "stadium": "stadium_id city:text capacity",
    },
    {"concert.singer_id": "singer.singer_id", "concert.stadium_id": "stadium.stadium_id"},
)
VALUES = {"country": ["France", "Netherlands"], "title": ["Auditions", "Home Visits"]}
PAIRS = (
    ("How many singers are there?", "SELECT count(*) FROM singer"),
    ("What are the names of all singers?", "SELECT name FROM singer"),
    ("How many concerts are there?", "SELECT count(*) FROM concert"),
    ("Which singers are from France?", "SELECT name FROM singer WHERE country = 'France'"),
    ("Who is older than 40?", "SELECT name FROM singer WHERE age > 40"),
    ("What is the average age of singers?", "SELECT avg(age) FROM singer"),
    (
        "Show the number of singers in each country.",
        "SELECT country, count(*) FROM singer GROUP BY country",
    ),
    (
        "Show the names of singers and the titles of concerts.",
        "SELECT T1.name, T2.title FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id",
    ),
)


def value_index(schema: Schema = SCHEMA) -> ValueIndex:
    """The stored values of the columns that VALUES names."""
    return ValueIndex.build(
        schema, lambda column, limit: VALUES.get(schema.columns[column].name, [])
    )


def read(text: str, schema: Schema = SCHEMA) -> tuple[Question, Links]:
    """A question and its links."""
    question = parse_question(text)
    return question, link(question, schema, value_index(schema))


def example(text: str, sql: str, schema: Schema = SCHEMA, index: int = 0) -> TrainingExample:
    """A pair as training stores it."""
    question, links = read(text, schema)
    return TrainingExample(
        "train_spider",
        index,
        schema.db_id,
        question_features(question, links, tokenizer()),
        linearize(sql, schema, links.candidates),
    )


def examples() -> list[TrainingExample]:
    return [example(text, sql, index=i) for i, (text, sql) in enumerate(PAIRS)]
