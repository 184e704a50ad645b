"""What a checkpoint's cross-attention settles on, measured on the tune databases.

    python -m training.attention_report CHECKPOINT [CHECKPOINT ...] --data DIR [--limit N]

For each checkpoint: the largest share that one schema item takes of a word's attention, how many items a word
effectively looks at, how soon the diffusion is at its equilibrium, the spectral gap of its transition, and how
often the SQL changes when only the wording of the question does (nlidb/perturb.py). Several checkpoints are
shown side by side. The last line is one JSON object. Only training databases are read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from nlidb.attention import CrossWeights, StabilisedAttention, steady_state
from nlidb.batch import question_features, question_inputs
from nlidb.edges import infer_edges
from nlidb.linking import link
from nlidb.metrics import execution_accuracy
from nlidb.parser import MAX_ITEMS, Parser, SchemaEncoding
from nlidb.perturb import QuestionKind, perturb_question
from nlidb.printing import to_spider
from nlidb.question import parse_question
from nlidb.schema import Schema
from nlidb.spider import Example, database_path, load_schemas
from nlidb.values import ValueIndex
from training.data import value_index
from training.score import examples_of

KINDS: tuple[QuestionKind, ...] = ("typos", "case", "synonyms", "word_order")
SETTLED = 0.01
"""A word's weights are at equilibrium when they are this near to it, in total (L1)."""
MOST_STEPS = 40


@dataclass(frozen=True)
class Weights:
    """What one question's attention looks like, a value a layer, head and word."""

    largest: Tensor
    """Largest share of one schema item."""
    effective: Tensor
    """exp(H) of the shares, NULL counted as an item: how many items a word looks at."""
    null: Tensor
    """Share of NULL."""
    drift: Tensor
    """How far the diffusion moved the weights from the Gibbs distribution (L1, at most 2)."""
    steps: Tensor
    """Diffusion steps until equilibrium (a value a layer, head and word; empty without diffusion)."""


def inspect(
    cross: Sequence[CrossWeights], attentions: Sequence[StabilisedAttention], graph: Tensor
) -> Weights:
    """Measures of one question's cross weights, layer by layer."""
    found: dict[str, list[Tensor]] = defaultdict(list)
    for weights, attention in zip(cross, attentions, strict=True):
        settled = weights.question_to_schema[0]  # (H, Q, S)
        null = (1.0 - settled.sum(-1)).clamp(min=0.0)  # (H, Q)
        shares = torch.cat([settled, null[..., None]], -1)
        entropy = -(shares * shares.clamp(min=1e-12).log()).sum(-1)
        found["largest"].append(settled.amax(-1).flatten())
        found["effective"].append(entropy.exp().flatten())
        found["null"].append(null.flatten())
        found["drift"].append((settled - weights.gibbs[0]).abs().sum(-1).flatten())
        if attention.config.mode == "diffusion":
            found["steps"].append(steps_to_equilibrium(weights.gibbs, attention, graph))
    return Weights(
        *(
            torch.cat(found[name]) if found[name] else torch.zeros(0)
            for name in ("largest", "effective", "null", "drift", "steps")
        )
    )


def steps_to_equilibrium(gibbs: Tensor, attention: StabilisedAttention, graph: Tensor) -> Tensor:
    """Steps until each word's weights are within ``SETTLED`` of the exact solve (H * Q,)."""
    transition, alpha = attention.transition(graph), attention.alpha()
    goal, settled = steady_state(gibbs, transition, alpha), gibbs
    steps = torch.zeros(gibbs.shape[1:3])  # (H, Q)
    restart = alpha[:, None, None]
    for _ in range(
        MOST_STEPS
    ):  # the distance only shrinks: count the steps that start too far away
        steps += (settled - goal).abs().sum(-1)[0] > SETTLED
        settled = restart * gibbs + (1.0 - restart) * (settled @ transition)
    return steps.flatten()


def spectral_gap(attention: StabilisedAttention, graph: Tensor) -> Tensor:
    """1 - the second largest |eigenvalue| of P on the graph's largest connected part (H,)."""
    n = graph.shape[0]
    reached = (graph > 0).float() + torch.eye(n)
    for _ in range(n.bit_length()):
        reached = ((reached @ reached) > 0).float()
    members = reached[reached.sum(-1).argmax()].nonzero().squeeze(-1)
    transition = attention.transition(graph)[:, members][:, :, members]
    values = torch.linalg.eigvalsh(transition.double()).abs().sort(dim=-1, descending=True).values
    if values.shape[-1] < 2:
        return torch.ones(values.shape[0])
    return (1.0 - values[:, 1]).float()


@dataclass(frozen=True)
class Opened:
    """A tune database as the parser needs it."""

    schema: Schema
    index: ValueIndex
    encoding: SchemaEncoding
    path: Path


def read(parser: Parser, opened: Opened, text: str) -> str:
    """The first reading's SQL; "" where there is none."""
    question = parse_question(text)
    links = link(question, opened.schema, opened.index)
    found = parser.parse(question, links, opened.encoding).candidates
    return to_spider(found[0].tree) if found else ""


def weights_of(parser: Parser, opened: Opened, text: str) -> Weights:
    """The cross weights of every layer for one question."""
    question = parse_question(text)
    links = link(question, opened.schema, opened.index)
    features = question_features(question, links, parser.tokenizer)
    batch = question_inputs([features], opened.schema, parser.tokenizer)
    network, inputs = parser.network, opened.encoding.inputs
    words = network.encode_question(batch)
    encoding = network.attend(batch, inputs, words, opened.encoding.items)
    return inspect(encoding.cross, attentions_of(parser), inputs.graph)


def attentions_of(parser: Parser) -> list[StabilisedAttention]:
    return [layer.attention for layer in parser.network.layers]  # type: ignore[misc]


def mean(values: Tensor) -> float | None:
    return round(float(values.mean()), 4) if values.numel() else None


def p99(values: Tensor) -> float | None:
    """By sorting: torch's quantile takes no more than 16 million values."""
    if not values.numel():
        return None
    return round(
        float(values.sort().values[min(values.numel() - 1, int(0.99 * values.numel()))]), 4
    )


@torch.inference_mode()
def report(parser: Parser, data: Path, limit: int, seed: int = 0) -> dict[str, Any]:
    """All measures of one checkpoint over ``limit`` tune questions drawn by ``seed``; 0 = all of them."""
    examples, folder = examples_of(data, "tune")
    if limit:
        examples = tuple(random.Random(seed).sample(examples, min(limit, len(examples))))
    by_db: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_db[example.db_id].append(example)
    schemas = load_schemas(folder / "tables.json")
    measured: list[Weights] = []
    gaps: list[Tensor] = []
    varied: dict[str, list[tuple[bool, bool, bool]]] = {kind: [] for kind in KINDS}
    wide = 0
    with tqdm(total=len(examples), mininterval=10, unit="question") as bar:
        for db_id, group in sorted(by_db.items()):
            schema = infer_edges(schemas[db_id])
            path = database_path(folder / "database", db_id)
            opened = Opened(schema, value_index(schema, path), parser.encode_schema(schema), path)
            whole = len(schema.tables) + len(schema.columns) <= MAX_ITEMS
            graph = opened.encoding.inputs.graph
            if whole and parser.network.config.attention.mode == "diffusion":
                gaps += [spectral_gap(attention, graph) for attention in attentions_of(parser)]
            for example in group:
                if whole:
                    measured.append(weights_of(parser, opened, example.question))
                else:
                    wide += 1
                sql = read(parser, opened, example.question)
                right = execution_accuracy(sql, example.sql, path)
                for kind in KINDS:
                    other = perturb_question(example.question, kind, seed=seed)
                    if other == example.question:
                        continue
                    now = read(parser, opened, other)
                    still = right if now == sql else execution_accuracy(now, example.sql, path)
                    varied[kind].append((now != sql, right, still))
                bar.update()
    everything = {
        name: torch.cat([getattr(weights, name) for weights in measured] or [torch.zeros(0)])
        for name in ("largest", "effective", "null", "drift", "steps")
    }
    alphas = torch.cat([attention.alpha() for attention in attentions_of(parser)])
    diffusion = parser.network.config.attention.mode == "diffusion"
    return {
        "mode": parser.network.config.attention.mode,
        "questions": len(examples),
        "too_wide": wide,
        "largest_share_mean": mean(everything["largest"]),
        "largest_share_p99": p99(everything["largest"]),
        "effective_items_mean": mean(everything["effective"]),
        "null_share_mean": mean(everything["null"]),
        "moved_by_diffusion_mean": mean(everything["drift"]),
        "steps_to_equilibrium_mean": mean(everything["steps"]),
        "steps_to_equilibrium_p99": p99(everything["steps"]),
        "spectral_gap_mean": mean(torch.cat(gaps)) if gaps else None,
        "alpha_mean": mean(alphas) if diffusion else None,
        "alpha_min": round(float(alphas.min()), 4) if diffusion else None,
        "alpha_max": round(float(alphas.max()), 4) if diffusion else None,
        **{
            f"{kind}_{name}": value for kind in KINDS for name, value in drift(varied[kind]).items()
        },
    }


def drift(variants: Sequence[tuple[bool, bool, bool]]) -> Mapping[str, float | None]:
    """Over the questions that a perturbation changed: how many, the share whose SQL changed, and execution match
    before and after."""
    n = len(variants)
    if not n:
        return {"n": 0, "sql_changed": None, "execution_before": None, "execution_after": None}
    changed, before, after = (sum(column) / n for column in zip(*variants, strict=True))
    return {
        "n": n,
        "sql_changed": round(changed, 4),
        "execution_before": round(before, 4),
        "execution_after": round(after, 4),
    }


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    arguments.add_argument("--limit", type=int, default=0, help="a sample of so many questions")
    chosen = arguments.parse_args(argv)
    found = {
        str(folder): report(Parser(folder), chosen.data, chosen.limit)
        for folder in chosen.checkpoints
    }
    for i, name in enumerate(found):
        print(f"[{i + 1}] {name}")
    print(f"\n{'':<28}" + "".join(f"{f'[{i + 1}]':>12}" for i in range(len(found))))
    for measure in next(iter(found.values())):
        cells = ("-" if row[measure] is None else str(row[measure]) for row in found.values())
        print(f"{measure:<28}" + "".join(f"{cell:>12}" for cell in cells))
    print()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
