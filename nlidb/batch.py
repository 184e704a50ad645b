"""Question, schema and links (and a target) as padded tensors, masks and relation ids.

One batch holds B questions on *one* schema, so that a schema is encoded once for all of them. Schema items
are numbered as in ``Schema``: tables first, then columns.

Letters: B batch, Q question words, L sub-words, S schema items, V value candidates, T target tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlidb.linking import Links
from nlidb.question import Question
from nlidb.schema import Schema
from nlidb.tokenizer import Tokenizer
from nlidb.vocab import KEYWORDS, TargetToken

MAX_SEGMENT = 160
"""Sub-words of a table segment; a wider table goes on in a further segment under the same name."""
MAX_WORDS = 120
"""Words of a question that the model sees."""
MAX_QUESTION_PIECES = 500
"""And its sub-words: the encoder has 512 positions. A thousand letters of gibberish would need more."""
MAX_CANDIDATES = 64
MAX_VALUE_PIECES = 8

COLUMN_TYPES = ("text", "number", "time", "boolean", "other")
VALUE_KINDS = ("number", "quoted", "cell", "span", "date", "constant")
ITEM_KINDS = 1 + len(COLUMN_TYPES)
DISTANCE = 4
"""Question words further apart than this share one relation (RAT-SQL clips at 2; questions are short)."""
WORD_RELATIONS = 2 * DISTANCE + 1

(
    ITEM_OTHER,
    ITEM_SELF,
    COLUMN_SAME_TABLE,
    COLUMN_REFERS,
    COLUMN_REFERRED,
    COLUMN_REFERS_INFERRED,
    COLUMN_REFERRED_INFERRED,
    COLUMN_SAME_NAME,
    COLUMN_BELONGS,
    COLUMN_IS_KEY,
    COLUMN_FOREIGN_TABLE,
    TABLE_HAS,
    TABLE_HAS_KEY,
    TABLE_FOREIGN_COLUMN,
    TABLE_REFERS,
    TABLE_REFERRED,
    TABLE_BOTH,
    TABLE_OTHER,
) = range(18)
ITEM_RELATIONS = 18

NO_EDGE, EDGE_BELONGS, EDGE_KEY, EDGE_FOREIGN, EDGE_TABLES, EDGE_INFERRED = range(6)
EDGE_KINDS = 6

(
    LINK_NONE,
    LINK_TABLE_PARTIAL,
    LINK_COLUMN_PARTIAL,
    LINK_CELL_WEAK,
    LINK_CELL,
    LINK_TABLE_EXACT,
    LINK_COLUMN_EXACT,
) = range(7)
LINK_RELATIONS = 7
STRONG_CELL = 0.95
"""A cell value matched at least this closely is a strong link."""


@dataclass(frozen=True)
class SchemaInputs:
    """One schema as tensors."""

    ids: Tensor
    """Sub-words of the table segments (N, L)."""
    group: Tensor
    """Schema item of each sub-word, -1 for separators (N, L)."""
    kinds: Tensor
    """0 for a table, else 1 + the column's type (S,)."""
    flags: Tensor
    """Primary key, refers to a key, is referred to (S, 3)."""
    relations: Tensor
    """Relation of each item to each other (S, S)."""
    graph: Tensor
    """Edge kinds of the schema graph, symmetric, 0 for none (S, S)."""
    tables: int

    @property
    def items(self) -> int:
        return int(self.kinds.shape[0])


@dataclass(frozen=True)
class QuestionFeatures:
    """One question as plain numbers, before padding: what training stores."""

    pieces: tuple[tuple[int, ...], ...]
    """Sub-word ids of each word."""
    links: tuple[tuple[int, int, int, int], ...]
    """(first word, after the last, link relation, item): item is a table index, or -1 - a column index."""
    candidates: tuple[tuple[int, int, int, tuple[int, ...], tuple[int, ...]], ...]
    """(kind, first word, after the last, columns, sub-word ids) of each value candidate."""


@dataclass(frozen=True)
class QuestionInputs:
    """B questions on one schema as tensors."""

    ids: Tensor
    """(B, L)."""
    group: Tensor
    """b * Q + word of each sub-word, -1 for none (B, L)."""
    mask: Tensor
    """True for words (B, Q)."""
    links: Tensor
    """Relation of each word to each schema item (B, Q, S)."""
    value_kinds: Tensor
    """(B, V)."""
    value_spans: Tensor
    """Mean over the candidate's words (B, V, Q)."""
    value_columns: Tensor
    """Mean over the columns that store it (B, V, S)."""
    value_ids: Tensor
    """Sub-words of its text (B, V, P)."""
    value_mask: Tensor
    """(B, V)."""


@dataclass(frozen=True)
class Reindex:
    """Where a schema's tables and columns stand in a reordered or reduced copy of it; -1 = left out."""

    tables: NDArray[np.int64]
    columns: NDArray[np.int64]
    order: NDArray[np.int64]
    """The kept schema items, numbered as in the full schema, in their new order."""


def reorder(
    schema: Schema, tables: Sequence[int], columns: Sequence[int]
) -> tuple[Schema, Reindex]:
    """The schema with only these tables and columns, in this order (columns grouped by table as given)."""
    table_at = np.full(len(schema.tables), -1, dtype=np.int64)
    table_at[list(tables)] = np.arange(len(tables))
    ranked = sorted(
        (c for c in columns if table_at[schema.columns[c].table] >= 0),
        key=lambda c: int(table_at[schema.columns[c].table]),
    )
    column_at = np.full(len(schema.columns), -1, dtype=np.int64)
    column_at[ranked] = np.arange(len(ranked))
    new_columns = tuple(
        replace(schema.columns[c], table=int(table_at[schema.columns[c].table])) for c in ranked
    )
    members: list[list[int]] = [[] for _ in tables]
    for position, column in enumerate(new_columns):
        members[column.table].append(position)
    new_tables = tuple(
        replace(
            schema.tables[t],
            columns=tuple(members[i]),
            left_out=schema.tables[t].width - len(members[i]),
        )
        for i, t in enumerate(tables)
    )
    keys = tuple(
        replace(key, column=int(column_at[key.column]), ref_column=int(column_at[key.ref_column]))
        for key in schema.foreign_keys
        if column_at[key.column] >= 0 and column_at[key.ref_column] >= 0
    )
    reduced = replace(schema, tables=new_tables, columns=new_columns, foreign_keys=keys)
    order = np.array([*tables, *(len(schema.tables) + c for c in ranked)], dtype=np.int64)
    return reduced, Reindex(table_at, column_at, order)


def schema_inputs(schema: Schema, tokenizer: Tokenizer, *, relations: bool = True) -> SchemaInputs:
    """Tokenises the table segments ("table : column , column") and works out relations and graph.

    Those are quadratic in the items: with ``relations=False`` they are left empty, for a schema that is
    encoded whole but only ever read in parts.
    """
    n_tables = len(schema.tables)
    colon, comma = tokenizer.pieces(":"), tokenizer.pieces(",")
    segments: list[tuple[list[int], list[int]]] = []
    for t, table in enumerate(schema.tables):
        head = tokenizer.pieces(table.words)
        start = [tokenizer.cls_id, *head, *colon]
        start_group = [-1, *[t] * len(head), *[-1] * len(colon)]
        ids, group = list(start), list(start_group)
        for c in table.columns:
            pieces = tokenizer.pieces(schema.columns[c].words)
            if len(ids) + len(pieces) + 2 > MAX_SEGMENT:
                segments.append(([*ids, tokenizer.sep_id], [*group, -1]))
                # only a table's first segment gives its own vector
                ids, group = list(start), [-1] * len(start)
            ids += [*pieces, *comma]
            group += [*[n_tables + c] * len(pieces), *[-1] * len(comma)]
        segments.append(([*ids, tokenizer.sep_id], [*group, -1]))
    longest = max(len(ids) for ids, _ in segments)
    ids_array = np.zeros((len(segments), longest), dtype=np.int64)
    group_array = np.full((len(segments), longest), -1, dtype=np.int64)
    for i, (ids, group) in enumerate(segments):
        ids_array[i, : len(ids)] = ids
        group_array[i, : len(group)] = group
    between, graph = _relations(schema) if relations else (np.zeros((0, 0), dtype=np.int64),) * 2
    kinds = [0] * n_tables + [1 + COLUMN_TYPES.index(column.type) for column in schema.columns]
    return SchemaInputs(
        ids=torch.from_numpy(ids_array),
        group=torch.from_numpy(group_array),
        kinds=torch.tensor(kinds),
        flags=torch.from_numpy(_flags(schema)),
        relations=torch.from_numpy(between),
        graph=torch.from_numpy(graph),
        tables=n_tables,
    )


def _flags(schema: Schema) -> NDArray[np.float32]:
    """Primary key, refers to a declared key, is referred to (S, 3)."""
    tables = len(schema.tables)
    flags = np.zeros((tables + len(schema.columns), 3), dtype=np.float32)
    for c, column in enumerate(schema.columns):
        flags[tables + c, 0] = float(column.primary_key)
    for key in schema.foreign_keys:
        if not key.inferred:
            flags[tables + key.column, 1] = flags[tables + key.ref_column, 2] = 1.0
    return flags


def _relations(schema: Schema) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Relations (S, S) and graph edge kinds (S, S)."""
    n, tables = len(schema.tables) + len(schema.columns), len(schema.tables)
    owner = np.array([column.table for column in schema.columns], dtype=np.int64)
    relations = np.full((n, n), ITEM_OTHER, dtype=np.int64)
    graph = np.zeros((n, n), dtype=np.int64)
    relations[:tables, :tables] = TABLE_OTHER
    relations[:tables, tables:] = TABLE_FOREIGN_COLUMN
    relations[tables:, :tables] = COLUMN_FOREIGN_TABLE
    if len(owner):
        columns = relations[tables:, tables:]
        names = np.array([column.words for column in schema.columns])
        columns[names[:, None] == names[None, :]] = COLUMN_SAME_NAME
        columns[owner[:, None] == owner[None, :]] = COLUMN_SAME_TABLE
    for c, column in enumerate(schema.columns):
        item, primary = tables + c, column.primary_key
        relations[item, column.table] = COLUMN_IS_KEY if primary else COLUMN_BELONGS
        relations[column.table, item] = TABLE_HAS_KEY if primary else TABLE_HAS
        graph[item, column.table] = graph[column.table, item] = (
            EDGE_KEY if primary else EDGE_BELONGS
        )
    for key in sorted(
        schema.foreign_keys, key=lambda k: not k.inferred
    ):  # declared ones last: they win
        a, b = tables + key.column, tables + key.ref_column
        relations[a, b] = COLUMN_REFERS_INFERRED if key.inferred else COLUMN_REFERS
        relations[b, a] = COLUMN_REFERRED_INFERRED if key.inferred else COLUMN_REFERRED
        graph[a, b] = graph[b, a] = EDGE_INFERRED if key.inferred else EDGE_FOREIGN
        if key.inferred:
            continue
        s, t = int(owner[key.column]), int(owner[key.ref_column])
        if s == t:
            continue
        both = relations[s, t] in (TABLE_REFERRED, TABLE_BOTH)
        relations[s, t] = TABLE_BOTH if both else TABLE_REFERS
        relations[t, s] = TABLE_BOTH if both else TABLE_REFERRED
        graph[s, t] = graph[t, s] = EDGE_TABLES
    np.fill_diagonal(relations, ITEM_SELF)
    np.fill_diagonal(graph, NO_EDGE)
    return relations, graph


def question_features(question: Question, links: Links, tokenizer: Tokenizer) -> QuestionFeatures:
    """A question and its links as plain numbers; words past ``MAX_WORDS`` are not seen."""
    groups = tokenizer.group(word.text.lower() for word in question.words[:MAX_WORDS])
    ends = accumulate(map(len, groups))
    pieces = tuple(
        group for group, end in zip(groups, ends, strict=True) if end <= MAX_QUESTION_PIECES
    )
    rows: list[tuple[int, int, int, int]] = []
    for link in links.links:
        if link.end > len(pieces):
            continue
        if link.kind == "cell_value":
            relation = LINK_CELL if link.score >= STRONG_CELL else LINK_CELL_WEAK
        elif link.table is not None:
            relation = LINK_TABLE_EXACT if link.kind == "exact" else LINK_TABLE_PARTIAL
        else:
            relation = LINK_COLUMN_EXACT if link.kind == "exact" else LINK_COLUMN_PARTIAL
        if link.column is not None:
            rows.append((link.start, link.end, relation, -1 - link.column))
        elif link.table is not None:
            rows.append((link.start, link.end, relation, link.table))
    candidates = tuple(
        (
            VALUE_KINDS.index(candidate.kind),
            candidate.start if candidate.end <= len(pieces) else -1,
            candidate.end if candidate.end <= len(pieces) else -1,
            candidate.columns,
            tokenizer.pieces(candidate.text.lower())[:MAX_VALUE_PIECES],
        )
        for candidate in links.candidates[:MAX_CANDIDATES]
    )
    return QuestionFeatures(pieces, tuple(rows), candidates)


def question_inputs(
    features: Sequence[QuestionFeatures],
    schema: Schema,
    tokenizer: Tokenizer,
    reindex: Reindex | None = None,
) -> QuestionInputs:
    """Pads B questions on one schema; ``reindex`` where their links number the items of the full schema."""
    batch, tables = len(features), len(schema.tables)
    items = tables + len(schema.columns)
    words = max(1, max(len(f.pieces) for f in features))
    length = max(sum(map(len, f.pieces)) for f in features) + 2
    values = max(1, max(len(f.candidates) for f in features))
    ids = np.zeros((batch, length), dtype=np.int64)
    group = np.full((batch, length), -1, dtype=np.int64)
    mask = np.zeros((batch, words), dtype=bool)
    links = np.zeros((batch, words, items), dtype=np.int64)
    value_kinds = np.zeros((batch, values), dtype=np.int64)
    value_spans = np.zeros((batch, values, words), dtype=np.float32)
    value_columns = np.zeros((batch, values, items), dtype=np.float32)
    value_ids = np.zeros((batch, values, MAX_VALUE_PIECES), dtype=np.int64)
    value_mask = np.zeros((batch, values), dtype=bool)
    for b, f in enumerate(features):
        flat = [piece for pieces in f.pieces for piece in pieces]
        ids[b, : len(flat) + 2] = [tokenizer.cls_id, *flat, tokenizer.sep_id]
        group[b, 1 : len(flat) + 1] = np.repeat(
            b * words + np.arange(len(f.pieces)), [len(p) for p in f.pieces]
        )
        mask[b, : len(f.pieces)] = True
        for start, end, relation, item in f.links:
            at = _item(item, tables, reindex)
            if at >= 0:
                np.maximum(links[b, start:end, at], relation, out=links[b, start:end, at])
        for v, (kind, start, end, columns, pieces) in enumerate(f.candidates):
            value_kinds[b, v], value_mask[b, v] = kind, True
            if start >= 0:
                value_spans[b, v, start:end] = 1.0 / (end - start)
            places = [p for c in columns if (p := _item(-1 - c, tables, reindex)) >= 0]
            if places:
                value_columns[b, v, places] = 1.0 / len(places)
            value_ids[b, v, : len(pieces)] = pieces
    return QuestionInputs(
        *(
            torch.from_numpy(array)
            for array in (
                ids,
                group,
                mask,
                links,
                value_kinds,
                value_spans,
                value_columns,
                value_ids,
                value_mask,
            )
        )
    )


def _item(code: int, tables: int, reindex: Reindex | None) -> int:
    """Schema item of a link code (a table index, or -1 - a column index); -1 where it was left out."""
    if code >= 0:
        return code if reindex is None else int(reindex.tables[code])
    column = -1 - code if reindex is None else int(reindex.columns[-1 - code])
    return tables + column if column >= 0 else -1


def target_index(token: TargetToken, tables: int, items: int) -> int:
    """A target token's place in the decoder's softmax: keywords, schema items, value candidates."""
    if token.kind == "keyword":
        return token.index
    if token.kind == "table":
        return len(KEYWORDS) + token.index
    if token.kind == "column":
        return len(KEYWORDS) + tables + token.index
    return len(KEYWORDS) + items + token.index


def target_token(index: int, tables: int, items: int) -> TargetToken:
    """The inverse of ``target_index``."""
    if index < len(KEYWORDS):
        return TargetToken("keyword", index)
    index -= len(KEYWORDS)
    if index < tables:
        return TargetToken("table", index)
    if index < items:
        return TargetToken("column", index - tables)
    return TargetToken("value", index - items)
