"""Seeded variants of a question set or of a database's names, to see what a parser leans on.

Every variant keeps the meaning, so the gold SQL stays right; words in quotes and words with
digits are values and are left alone. It is a measuring tool, after Dr.Spider (arXiv:2301.08881)
and Spider-Syn (arXiv:2106.01065), with small lists of our own; it is not a paraphraser.

    perturb_question("How many singers are there?", "typos", seed=0)
    renaming = rename_columns(schema, "column_synonyms", seed=0)
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from nlidb.errors import ConfigError, ConnectionFailed
from nlidb.schema import Column, Schema, identifier_words
from nlidb.spider import Example

QuestionKind = Literal["typos", "case", "synonyms", "stop_words", "word_order", "paraphrase"]
SchemaKind = Literal["column_synonyms", "column_abbreviations"]
Kind = QuestionKind | SchemaKind

QUESTION_KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
SCHEMA_KINDS: tuple[SchemaKind, ...] = get_args(SchemaKind)

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "how many": ("what number of",),
    "show": ("display", "present"),
    "list": ("give", "name"),
    "find": ("look up", "get"),
    "return": ("give", "get"),
    "number": ("count",),
    "average": ("mean",),
    "maximum": ("highest", "largest"),
    "minimum": ("lowest", "smallest"),
    "total": ("overall",),
    "different": ("distinct",),
    "distinct": ("different",),
    "each": ("every",),
    "every": ("each",),
    "greater": ("higher", "larger"),
    "larger": ("greater", "bigger"),
    "more": ("greater",),
    "less": ("fewer",),
    "older": ("of higher age",),
    "oldest": ("most aged",),
    "youngest": ("least aged",),
    "most": ("largest number of",),
    "name": ("title",),
    "names": ("titles",),
    "people": ("persons",),
    "student": ("pupil",),
    "students": ("pupils",),
    "teacher": ("instructor",),
    "teachers": ("instructors",),
    "employee": ("staff member",),
    "employees": ("staff members",),
    "customer": ("client",),
    "customers": ("clients",),
    "company": ("firm",),
    "companies": ("firms",),
    "country": ("nation",),
    "countries": ("nations",),
    "city": ("town",),
    "cities": ("towns",),
    "movie": ("film",),
    "movies": ("films",),
    "car": ("automobile",),
    "cars": ("automobiles",),
    "price": ("cost",),
    "salary": ("pay",),
    "address": ("location",),
    "phone": ("telephone",),
    "id": ("identifier",),
    "ids": ("identifiers",),
    "year": ("calendar year",),
    "department": ("division",),
    "departments": ("divisions",),
    "ordered": ("sorted",),
    "sorted": ("ordered",),
    "descending": ("decreasing",),
    "ascending": ("increasing",),
    "alphabetical": ("lexicographic",),
}
_ABBREVIATIONS = {
    "address": "addr",
    "amount": "amt",
    "average": "avg",
    "code": "cd",
    "country": "ctry",
    "customer": "cust",
    "date": "dt",
    "department": "dept",
    "description": "descr",
    "employee": "emp",
    "first": "fst",
    "identifier": "id",
    "name": "nm",
    "number": "num",
    "product": "prod",
    "quantity": "qty",
    "year": "yr",
}
_COLUMN_SYNONYMS = {
    "address": "location",
    "age": "years_of_age",
    "amount": "sum",
    "city": "town",
    "code": "short_code",
    "country": "nation",
    "customer": "client",
    "date": "calendar_day",
    "department": "division",
    "description": "details",
    "employee": "staff_member",
    "gender": "sex",
    "height": "tallness",
    "id": "identifier",
    "name": "title",
    "phone": "telephone",
    "price": "cost",
    "rank": "position",
    "salary": "pay",
    "sex": "gender",
    "status": "state_of_it",
    "title": "heading",
    "type": "kind",
    "weight": "heaviness",
    "year": "calendar_year",
}
_STOP_WORDS = frozenset(
    ("the", "a", "an", "of", "all", "are", "is", "do", "does", "that", "there", "their", "please")
)
_PREFIXES = (
    "Please tell me: ",
    "I would like to know: ",
    "Can you find out: ",
    "A quick question: ",
    "From the data, ",
)
_MOVABLE = frozenset(("for", "in", "from", "with", "at", "during"))
_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "s", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o",
    "j": "k", "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t",
    "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c", "y": "t", "z": "x",
}  # fmt: skip
_PIECES = re.compile(r"""\"[^"]*\" | '[^']*'(?!\w) | [\w'-]+ | \s+ | .""", re.VERBOSE | re.DOTALL)


def _pieces(text: str) -> list[str]:
    """Words, quoted strings, spaces and signs; joined they are the text again."""
    return _PIECES.findall(text)


def _is_plain(piece: str) -> bool:
    """A word of the language: no number, no quoted value, no name in the middle of a sentence."""
    return piece.isalpha() and (piece.islower() or piece.istitle())


def _typos(pieces: list[str], chance: random.Random) -> str:
    places = [i for i, piece in enumerate(pieces) if piece.isalpha() and piece.islower()]
    places = [i for i in places if len(pieces[i]) >= 4]
    for i in chance.sample(places, min(len(places), 1 + len(places) // 8)):
        word = pieces[i]
        at = chance.randrange(1, len(word) - 1)
        pieces[i] = chance.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + _NEIGHBOURS.get(word[at], word[at]) + word[at + 1 :],
            )
        )
    return "".join(pieces)


def _case(pieces: list[str], chance: random.Random) -> str:
    change: Callable[[str], str] = chance.choice((str.lower, str.upper, str.title))
    return "".join(piece if piece[0] in "'\"" else change(piece) for piece in pieces)


def _like(model: str, word: str) -> str:
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _synonyms(pieces: list[str], chance: random.Random) -> str:
    out: list[str] = []
    i = 0
    while i < len(pieces):
        pair = "".join(pieces[i : i + 3]).lower()
        word = pieces[i].lower()
        if pair in SYNONYMS:
            out.append(_like(pieces[i], chance.choice(SYNONYMS[pair])))
            i += 3
            continue
        plain = _is_plain(pieces[i]) and word in SYNONYMS
        out.append(_like(pieces[i], chance.choice(SYNONYMS[word])) if plain else pieces[i])
        i += 1
    return "".join(out)


def _stop_words(pieces: list[str], chance: random.Random) -> str:
    places = [i for i, piece in enumerate(pieces) if piece.lower() in _STOP_WORDS]
    dropped = set(chance.sample(places, (len(places) + 1) // 2))
    kept = [
        piece
        for i, piece in enumerate(pieces)
        if i not in dropped and not (i - 1 in dropped and piece.isspace())
    ]
    return "".join(kept)


def _word_order(pieces: list[str], chance: random.Random) -> str:
    end = len(pieces)
    while end and not pieces[end - 1][0].isalnum() and pieces[end - 1][0] not in "'\"":
        end -= 1
    places = [i for i in range(6, end - 1) if pieces[i].lower() in _MOVABLE]
    if not places:
        return "".join(pieces)
    cut = chance.choice(places)
    head, tail = "".join(pieces[:cut]).strip(), "".join(pieces[cut:end])
    return f"{_like('A', tail)}, {head[:1].lower()}{head[1:]}{''.join(pieces[end:])}"


def _paraphrase(pieces: list[str], chance: random.Random) -> str:
    text = "".join(pieces)
    return chance.choice(_PREFIXES) + text[:1].lower() + text[1:]


_CHANGES: dict[QuestionKind, Callable[[list[str], random.Random], str]] = {
    "typos": _typos,
    "case": _case,
    "synonyms": _synonyms,
    "stop_words": _stop_words,
    "word_order": _word_order,
    "paraphrase": _paraphrase,
}


def perturb_question(question: str, kind: QuestionKind, *, seed: int = 0) -> str:
    """A variant of a question; the same one for the same question, kind and seed.

    It is the question itself where the kind finds nothing to change.

    Raises:
        ConfigError: there is no such kind.
    """
    if kind not in _CHANGES:
        raise ConfigError(
            f"There is no perturbation {kind!r} of questions.",
            hint=f"Choose one of {', '.join(QUESTION_KINDS)}.",
        )
    pieces = _pieces(question)
    if not pieces:
        return question
    return _CHANGES[kind](pieces, random.Random(f"{seed}|{kind}|{question}"))


def perturb_examples(
    examples: Sequence[Example], kind: QuestionKind, *, seed: int = 0
) -> tuple[Example, ...]:
    """The examples with their questions perturbed; all of them, changed or not."""
    return tuple(
        replace(example, question=perturb_question(example.question, kind, seed=seed))
        for example in examples
    )


# ---------------------------------------------------------------- names of a schema

_SQL_PIECES = re.compile(
    r"""'(?:''|[^'])*' | "[^"]*" | `[^`]*` | \[[^\]]*\] | \w+ | \s+ | .""", re.X | re.S
)


@dataclass(frozen=True)
class ColumnRenaming:
    """New names for some columns of a database; columns of one name all get the same new one."""

    new_names: Mapping[str, str]
    """Old name in lower case -> new name, which is no other name of the database."""

    def schema(self, schema: Schema) -> Schema:
        """The schema with its columns renamed, in ``words`` too."""
        columns = tuple(
            replace(column, name=new, words=identifier_words(new))
            if (new := self._new_name(column, schema)) is not None
            else column
            for column in schema.columns
        )
        return replace(schema, columns=columns)

    def _new_name(self, column: Column, schema: Schema) -> str | None:
        owner = schema.tables[column.table].name
        return None if _is_internal(owner) else self.new_names.get(column.name.lower())

    def sql(self, sql: str) -> str:
        """A query on the database as a query on the renamed one."""
        return _renamed(sql, self.new_names)

    def restore(self, sql: str) -> str:
        """A query on the renamed database as one on the database."""
        return _renamed(sql, {new.lower(): old for old, new in self.new_names.items()})

    def copy_database(self, source: Path, target: Path, schema: Schema) -> None:
        """Write a copy of a SQLite file whose columns are renamed.

        Args:
            schema: the schema of the source; columns that the file does not have are passed over.

        Raises:
            ConnectionFailed: the source cannot be read, the copy not be written, or SQLite refuses.
        """
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            with closing(sqlite3.connect(target)) as connection:
                present = _columns_in(connection)
                for column in schema.columns:
                    new = self._new_name(column, schema)
                    table = schema.tables[column.table].name
                    if new is not None and (table.lower(), column.name.lower()) in present:
                        connection.execute(
                            f'ALTER TABLE "{table}" RENAME COLUMN "{column.name}" TO "{new}"'
                        )
                connection.commit()
        except (OSError, sqlite3.Error) as error:
            raise ConnectionFailed(
                f"{source} cannot be copied with new column names to {target}: {error}.",
                hint="Check both paths, and that the schema fits the database.",
            ) from error


def _is_internal(table: str) -> bool:
    """A table of SQLite's own, such as sqlite_sequence: it cannot be altered."""
    return table.lower().startswith("sqlite_")


def _columns_in(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every (table, column) of a file, in lower case."""
    rows = connection.execute(
        "SELECT lower(t.name), lower(c.name)"
        " FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    )
    return set(rows)


def _renamed(sql: str, names: Mapping[str, str]) -> str:
    pieces = _SQL_PIECES.findall(sql)
    out = []
    for i, piece in enumerate(pieces):
        quoted = piece[0] in '"`['
        name = piece[1:-1] if quoted and len(piece) > 1 else piece
        # In double quotes a lone word is as likely a string; after a dot it is a name. Before a
        # bracket a word is a function, even where a column is called sum.
        is_name = piece[0] != "'" and (piece[0] != '"' or (i > 0 and pieces[i - 1] == "."))
        is_name = is_name and not "".join(pieces[i + 1 : i + 3]).lstrip().startswith("(")
        new = names.get(name.lower()) if is_name else None
        out.append(piece if new is None else new)
    return "".join(out)


def _abbreviation(word: str) -> str:
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    if len(word) <= 4:
        return word
    return word[0] + re.sub(r"[aeiou]", "", word[1:])[:3]


def rename_columns(schema: Schema, kind: SchemaKind, *, seed: int = 0) -> ColumnRenaming:
    """New column names by synonyms or by abbreviation, for about half of the columns that allow it.

    Left alone are names that are also a table's, those that have no synonym or are short, and the
    columns of SQLite's own tables.

    Raises:
        ConfigError: there is no such kind.
    """
    if kind not in SCHEMA_KINDS:
        raise ConfigError(
            f"There is no perturbation {kind!r} of schemas.",
            hint=f"Choose one of {', '.join(SCHEMA_KINDS)}.",
        )
    chance = random.Random(f"{seed}|{kind}|{schema.db_id}")
    taken = {table.name.lower() for table in schema.tables}
    taken |= {column.name.lower() for column in schema.columns}
    tables = {table.name.lower() for table in schema.tables}
    names: dict[str, str] = {}
    own = {
        column.name.lower(): column.name
        for column in schema.columns
        if not _is_internal(schema.tables[column.table].name)
    }
    for old in sorted(own.items()):
        words = identifier_words(old[1]).split()
        if kind == "column_synonyms":
            changed = [_COLUMN_SYNONYMS.get(word, word) for word in words]
        else:
            changed = [_abbreviation(word) for word in words]
        new = "_".join(changed)
        usable = new.isidentifier() and new.isascii() and changed != words
        if usable and old[0] not in tables and new not in taken and chance.random() < 0.5:
            names[old[0]] = new
            taken.add(new)
    return ColumnRenaming(names)
