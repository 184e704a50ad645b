"""Measures what a user waits for: latency by stage, throughput, memory, start-up, and time against schema size.

    python -m training.benchmark [--checkpoint DIR]

In the same run a T5-base-shaped model (random weights, 256 tokens in, 48 out, greedy with a cache) is timed as
the yardstick: what a parser built on a plain sequence-to-sequence model of that size would cost here. It prints
tables, writes ``training/pictures/benchmark.png``, and its last line is one JSON object. Nothing here measures
accuracy; ``training.demo_score`` and ``nlidb evaluate`` do.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlidb.answer import TIMING_STAGES
from nlidb.assistant import Assistant, shipped_checkpoint
from nlidb.batch import question_features, question_inputs, schema_inputs
from nlidb.demo import demo_databases, demo_path
from nlidb.errors import NlidbError
from nlidb.linking import link
from nlidb.parser import Parser, load_parser
from nlidb.question import parse_question
from nlidb.schema import Column, ForeignKey, Schema, Table
from nlidb.values import ValueIndex

PICTURE = Path(__file__).resolve().parent / "pictures" / "benchmark.png"
SCHEMA_SIZES = (10, 100, 1_000, 10_000)
BATCHES = (1, 8, 32)
TARGET_TOKENS = 12
"""Decoder steps in the throughput figure: targets have 8 tokens in the mean, 27 at most."""
T5_INPUT, T5_OUTPUT = 256, 48


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 by the nearest rank."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        f"p{p}": round(ordered[min(last, int(p / 100 * len(ordered)))], 2) for p in (50, 95, 99)
    }


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    """Median wall time of an action, after one run that warms up."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def resident_mb() -> float | None:
    """Memory of this process in MB; None where /proc is missing."""
    try:
        text = Path("/proc/self/status").read_text("utf-8")
    except OSError:
        return None
    line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


# --- start-up


def start_up(checkpoint: Path, repeats: int = 3) -> dict[str, float]:
    """Seconds of new processes: Python alone, the import, ``--help``, and a first answer."""
    question = "How many customers are there?"
    commands = {
        "python": ["-c", "pass"],
        "import nlidb": ["-c", "import nlidb"],
        "nlidb --help": ["-m", "nlidb", "--help"],
        "first answer": ["-m", "nlidb", "ask", "--json", "--checkpoint", str(checkpoint), question],
    }
    found = {}
    for name, command in commands.items():

        def run(command: list[str] = command) -> None:
            # a question that the model declines exits with 1, and takes as long
            subprocess.run([sys.executable, *command], capture_output=True, check=False)

        found[name] = round(median_seconds(run, repeats), 3)
    return found


# --- latency


def latency(checkpoint: Path) -> tuple[dict[str, dict[str, float]], int, dict[str, float]]:
    """Milliseconds by stage over all demo questions, how many there were, and the first one of each database."""
    times: dict[str, list[float]] = defaultdict(list)
    first: dict[str, float] = {}
    for demo in demo_databases():
        with Assistant.connect(demo_path(demo.db_id), checkpoint=checkpoint) as assistant:
            for question in (demo.questions()[0], *demo.questions()):
                try:
                    timings = assistant.ask(question, policy="eager").timings
                except NlidbError:
                    continue  # a query that the database broke off has no timings
                if demo.db_id not in first:
                    # reading values and encoding the schema are paid once a database
                    first[demo.db_id] = round(timings["total"], 1)
                    continue
                for stage in TIMING_STAGES:
                    times[stage].append(timings[stage])
    stages = {stage: percentiles(times[stage]) for stage in TIMING_STAGES}
    return stages, len(times["total"]), first


# --- throughput


def throughput(parser: Parser) -> dict[int, float]:
    """Questions a second of the network alone on one demo schema, by batch size: encode, attend, decode."""
    with Assistant.connect(demo_path()) as assistant:
        schema = assistant.schema
    texts = demo_databases()[0].questions()[: max(BATCHES)]
    index = ValueIndex.empty(schema)
    questions = [parse_question(text) for text in texts]
    features = [question_features(q, link(q, schema, index), parser.tokenizer) for q in questions]
    inputs, network = schema_inputs(schema, parser.tokenizer), parser.network
    found = {}
    with torch.inference_mode():
        items = network.encode_schema(inputs)
        for size in BATCHES:
            batch = question_inputs(features[:size], schema, parser.tokenizer)

            def run(batch: Any = batch) -> None:
                encoding = network.attend(batch, inputs, network.encode_question(batch), items)
                memory = network.decoder.prepare(encoding.memory)
                logits, state = network.decoder.step(memory, None, None)
                for _ in range(TARGET_TOKENS - 1):
                    logits, state = network.decoder.step(memory, logits.argmax(-1), state)

            found[size] = round(size / median_seconds(run, 7), 1)
    return found


# --- schema size

_THINGS = (
    "customer order product invoice store employee shipment payment supplier project course student "
    "flight patient device sensor contract policy ticket account branch vehicle recipe match"
).split()
_FACTS = "name city country status amount price weight start date end date score category level note".split()


def synthetic_schema(columns: int) -> Schema:
    """Tables of ten columns each, one a foreign key to an earlier table."""
    rng = random.Random(columns)
    made_columns: list[Column] = []
    tables: list[Table] = []
    keys: list[ForeignKey] = []
    width = 10
    for t in range(max(1, columns // width)):
        thing = _THINGS[t % len(_THINGS)]
        number = t // len(_THINGS)
        words = thing if not number else f"{thing} {number}"
        name = words.replace(" ", "_")
        start = len(made_columns)
        made_columns.append(Column(f"{name}_id", t, "number", f"{words} id", primary_key=True))
        if t:
            other = rng.randrange(t)
            target = tables[other].columns[0]
            ref = made_columns[target]
            made_columns.append(Column(ref.name, t, "number", ref.words))
            keys.append(ForeignKey(len(made_columns) - 1, target))
        while len(made_columns) - start < width:
            fact = _FACTS[(len(made_columns) + t) % len(_FACTS)]
            place = len(made_columns) - start
            made_columns.append(Column(f"{fact}_{place}", t, "text", f"{fact} {place}"))
        tables.append(Table(name, words, tuple(range(start, len(made_columns)))))
    return Schema(f"wide_{columns}", "sqlite", tuple(tables), tuple(made_columns), tuple(keys))


def schema_sizes(parser: Parser, sizes: Sequence[int] = SCHEMA_SIZES) -> list[dict[str, float]]:
    """Seconds to encode a schema, once, and to read a question against it, by its number of columns."""
    found = []
    for size in sizes:
        schema = synthetic_schema(size)
        index = ValueIndex.empty(schema)
        start = time.perf_counter()
        encoding = parser.encode_schema(schema)
        encoded = time.perf_counter() - start
        rng = random.Random(size)
        times = []
        for _ in range(6):
            table = rng.choice(schema.tables)
            column = schema.columns[rng.choice(table.columns)]
            question = parse_question(f"What is the {column.words} of each {table.words}?")
            start = time.perf_counter()
            parser.parse(question, link(question, schema, index), encoding)
            times.append(time.perf_counter() - start)
        found.append(
            {
                "columns": len(schema.columns),
                "encode_schema_s": round(encoded, 3),
                "first_question_s": round(times[0], 3),
                "question_s": round(statistics.median(times[1:]), 4),
            }
        )
    return found


# --- the yardstick


class T5Attention(nn.Module):
    """T5's attention: no scale, a bias by relative position added to the scores (arXiv:1910.10683)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
        q = self.split(self.q(x))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
        mixed: Tensor = self.o(out.transpose(1, 2).flatten(2))
        return mixed


class T5Layer(nn.Module):
    """Self-attention, for the decoder attention to the input as well, and a ReLU feed-forward; pre-norm."""

    def __init__(self, dim: int, heads: int, ffn_dim: int, *, cross: bool) -> None:
        super().__init__()
        self.self_attention = T5Attention(dim, heads)
        self.cross_attention = T5Attention(dim, heads) if cross else None
        self.norms = nn.ModuleList(nn.RMSNorm(dim, eps=1e-6) for _ in range(3))
        self.up = nn.Linear(dim, ffn_dim, bias=False)
        self.down = nn.Linear(ffn_dim, dim, bias=False)

    def forward(
        self,
        x: Tensor,
        bias: Tensor,
        past: tuple[Tensor, Tensor] | None = None,
        memory: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        normed = self.norms[0](x)
        attention = self.self_attention
        k, v = attention.split(attention.k(normed)), attention.split(attention.v(normed))
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        x = x + attention(normed, k, v, bias)
        if self.cross_attention is not None and memory is not None:
            x = x + self.cross_attention(self.norms[1](x), *memory, None)
        return x + self.down(F.relu(self.up(self.norms[2](x)))), (k, v)


class T5Base(nn.Module):
    """The arithmetic of T5-base, 223 M parameters, with random weights."""

    def __init__(
        self,
        dim: int = 768,
        heads: int = 12,
        ffn_dim: int = 3072,
        layers: int = 12,
        vocab: int = 32128,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(vocab, dim)
        self.bias = nn.Embedding(512, heads)
        self.encoder = nn.ModuleList(
            T5Layer(dim, heads, ffn_dim, cross=False) for _ in range(layers)
        )
        self.decoder = nn.ModuleList(
            T5Layer(dim, heads, ffn_dim, cross=True) for _ in range(layers)
        )
        self.norm_encoder, self.norm_decoder = nn.RMSNorm(dim), nn.RMSNorm(dim)

    def position_bias(self, queries: int, keys: int) -> Tensor:
        """(1, H, queries, keys); the queries are the last of the keys."""
        ahead = torch.arange(keys)[None] - torch.arange(keys - queries, keys)[:, None]
        found: Tensor = self.bias(ahead.clamp(-255, 256) + 255).permute(2, 0, 1)[None]
        return found

    @torch.inference_mode()
    def generate(self, ids: Tensor, steps: int) -> Tensor:
        """Greedy tokens (B, steps) after input ids (B, L), with cached keys and values."""
        x = self.words(ids)
        bias = self.position_bias(x.shape[1], x.shape[1])
        for layer in self.encoder:
            x, _ = layer(x, bias)
        x = self.norm_encoder(x)
        memories = []
        for layer in self.decoder:
            cross: Any = layer.cross_attention
            memories.append((cross.split(cross.k(x)), cross.split(cross.v(x))))
        past: list[tuple[Tensor, Tensor] | None] = [None] * len(memories)
        token, tokens = torch.zeros(ids.shape[0], 1, dtype=torch.long), []
        for step in range(steps):
            y = self.words(token)
            bias = self.position_bias(1, step + 1)
            for i, layer in enumerate(self.decoder):
                y, past[i] = layer(y, bias, past[i], memories[i])
            logits = self.norm_decoder(y) @ self.words.weight.T * (y.shape[-1] ** -0.5)
            token = logits.argmax(-1)
            tokens.append(token)
        return torch.cat(tokens, 1)


def yardstick(repeats: int = 3) -> dict[str, float]:
    """Parameters of the T5-base-shaped model, and milliseconds for one question at batch 1."""
    torch.manual_seed(0)
    model = T5Base().eval()
    ids = torch.randint(1, 32_000, (1, T5_INPUT))
    seconds = median_seconds(lambda: model.generate(ids, T5_OUTPUT), repeats)
    parameters = sum(p.numel() for p in model.parameters())
    return {"parameters": parameters, "ms": round(1000 * seconds, 1)}


# --- output


def draw(sizes: Sequence[Mapping[str, float]], t5_ms: float, path: Path) -> None:
    """Time against schema size, with the yardstick as a line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    columns = [row["columns"] for row in sizes]
    question = [1000 * row["question_s"] for row in sizes]
    axes.plot(columns, question, marker="o", label="a question (link, encode, attend, decode)")
    encode = [1000 * row["encode_schema_s"] for row in sizes]
    axes.plot(columns, encode, marker="s", linestyle=":", label="encoding the schema, once")
    axes.axhline(
        t5_ms, color="gray", linestyle="--", label=f"T5-base, {T5_INPUT} tokens in, {T5_OUTPUT} out"
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("columns of the schema")
    axes.set_ylabel("milliseconds")
    axes.grid(alpha=0.3, which="both", linewidth=0.5)
    axes.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def show(report: Mapping[str, Any]) -> None:
    """The report as tables."""
    print(f"{report['threads']} threads, torch {report['torch']}, {report['machine']}\n")
    print(f"latency over {report['questions']} demo questions, ms")
    print(f"  {'stage':<12}" + "".join(f"{p:>10}" for p in ("p50", "p95", "p99")))
    for stage, values in report["latency_ms"].items():
        print(f"  {stage:<12}" + "".join(f"{value:>10.2f}" for value in values.values()))
    t5 = report["t5_base"]
    print(
        f"  {'T5-base':<12}{t5['ms']:>10.2f}   ({t5['parameters'] / 1e6:.0f} M parameters, greedy)"
    )
    print("\nfirst question on a database (its values read, its schema encoded), ms")
    for db_id, ms in report["first_question_ms"].items():
        print(f"  {db_id:<20}{ms:>10.1f}")
    print("\nthroughput of the network, questions a second")
    for size, rate in report["throughput"].items():
        print(f"  batch {size:<14}{rate:>10.1f}")
    print("\nstart-up of a new process, s")
    for name, seconds in report["start_up_s"].items():
        print(f"  {name:<20}{seconds:>10.3f}")
    print("\nmemory of the process, MB")
    for name, memory in report["memory_mb"].items():
        print(f"  {name:<20}{'?' if memory is None else memory:>10}")
    print("\nschema size: s")
    print(f"  {'columns':>8}{'encode once':>14}{'first question':>16}{'question':>10}")
    for row in report["schema_sizes"]:
        print(
            f"  {row['columns']:>8}{row['encode_schema_s']:>14.3f}{row['first_question_s']:>16.3f}"
            f"{row['question_s']:>10.3f}"
        )
    print()


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, default=None, help="default: the shipped one")
    parser.add_argument("--picture", type=Path, default=PICTURE, help="file to draw to")
    arguments = parser.parse_args(argv)
    logging.disable(logging.WARNING)
    checkpoint = arguments.checkpoint or shipped_checkpoint()
    memory: dict[str, float | None] = {"before": resident_mb()}
    model = load_parser(checkpoint)
    memory["model loaded"] = resident_mb()
    stages, questions, first = latency(checkpoint)
    memory["after the questions"] = resident_mb()
    sizes = schema_sizes(model)
    # Linux counts in KB; the peak is that of encoding ten thousand columns at once
    memory["peak"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    report: dict[str, Any] = {
        "checkpoint": str(arguments.checkpoint or "shipped"),
        "parameters": sum(p.numel() for p in model.network.parameters()),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "questions": questions,
        "latency_ms": stages,
        "first_question_ms": first,
        "throughput": throughput(model),
        "start_up_s": start_up(checkpoint),
        "memory_mb": memory,
        "schema_sizes": sizes,
        "t5_base": yardstick(),
    }
    draw(sizes, report["t5_base"]["ms"], arguments.picture)
    show(report)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
