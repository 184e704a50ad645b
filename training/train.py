"""Trains the model: the whole loop, top to bottom, resumable.

    python -m training.train training/configs/fresh.toml --data DIR --minutes 82

DIR is a folder in Spider layout (its neighbours are read too). A run writes to ``runs/<name>``: the stored
features, ``state.pt`` (weights, optimiser, schedule, data order: a run that is started again goes on from
there), ``curve.png``, ``log.jsonl``, and at the end ``checkpoint/``, evaluated on the tune databases. The
learning rate is a function of the share of the minutes that are gone: warm-up, constant, then a straight
line to zero.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import pickle
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from nlidb.batch import QuestionInputs, SchemaInputs
from nlidb.checkpoint import load_network, save_checkpoint
from nlidb.config import AttentionConfig, ModelConfig
from nlidb.errors import ConfigError, NlidbError
from nlidb.model import Text2SQL, sequence_loss
from nlidb.spider import load_schemas
from nlidb.tokenizer import Tokenizer
from training.calibrate import calibrate
from training.data import (
    NO_AUGMENTATION,
    SETS,
    TUNE,
    Augmentation,
    FeatureFile,
    TrainingBatch,
    TrainingExample,
    batches,
    build,
    make_batch,
)
from training.pretrained import load_pretrained, vocabulary_path
from training.together import ALONE, Team, join


@dataclass(frozen=True)
class TrainConfig:
    """One run. The TOML file's keys are these fields; [model], [model.attention], [augmentation] are tables."""

    name: str
    sets: dict[str, float] = field(default_factory=lambda: {"train_spider": 1.0})
    """Which sets, and the share of each that a pass over the data draws."""
    seed: int = 0
    group_size: int = 16
    """Questions of one schema that share an encoding of it."""
    groups: int = 3
    """Groups an optimiser step averages over, in each process: different schemas in one step."""
    learning_rate: float = 5e-4
    """Of everything but the pretrained encoder (LGESQL's for its GloVe model)."""
    encoder_learning_rate: float = 7e-5
    """Of the pretrained encoder, which a higher rate would make forget."""
    warmup: float = 0.03
    """Share of the minutes in which the rate rises."""
    decay: float = 0.5
    """Share of the minutes, at the end, in which the rate falls to zero."""
    weight_decay: float = 0.01
    clip: float = 1.0
    label_smoothing: float = 0.1
    item_loss: float = 0.3
    """Weight of predicting which schema items the SQL uses."""
    consistency: float = 0.0
    """Weight of the symmetric KL between two noisy passes (R-Drop, arXiv:2106.14448); doubles the cost."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what is evaluated and shipped."""
    train_words: bool = False
    """Whether the word embeddings are trained too. Half of the encoder's parameters and, in a training step on
    two cores, 29 % of the time (their dense gradients), for words that mostly never occur in training."""
    frozen_layers: int = 0
    """The lowest layers of the encoder that stay as they are, with its embeddings. For a run that goes on from
    a fine-tuned checkpoint: with three, a core without bf16 sees 15.9 instead of 13.0 examples a second."""
    warm_start: str = ""
    """A checkpoint folder to start from instead of the pretrained encoder. It may be one from before the newest
    keywords."""
    fresh_interaction: bool = False
    """Whether the interaction layers start from random weights after a warm start, as in the ablation: what they
    learnt with one kind of attention would favour that kind."""
    vocabulary: str = ""
    """A ``tokenizer.json`` to learn with from random weights, instead of the pretrained encoder and its own."""
    bf16: bool | None = None
    """Whether matrices are multiplied in bf16; None: where that is faster. Said where two runs must end alike."""
    steps: int = 0
    """Stop after so many optimiser steps, 0 = when the minutes are over."""
    goal: float = 0.0
    """The run fails unless its smoothed training loss ends below this; 0 = no goal. Only for the smoke config."""
    model: ModelConfig = ModelConfig()
    augmentation: Augmentation = Augmentation()

    def __post_init__(self) -> None:
        if self.frozen_layers and self.train_words:
            raise ConfigError(
                f"frozen_layers {self.frozen_layers} freezes the embeddings that train_words "
                f"{self.train_words} would train."
            )
        for name in self.sets:
            if name not in SETS or not SETS[name].train:
                raise ConfigError(
                    f"The set {name!r} may not be trained on.",
                    hint=f"Sets to train on: {', '.join(n for n, s in SETS.items() if s.train)}.",
                )


def load_config(path: Path) -> TrainConfig:
    """Reads a TOML file; an unknown key or a wrong value is a ConfigError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        model = raw.pop("model", {})
        attention = AttentionConfig(**model.pop("attention", {}))
        return TrainConfig(
            model=ModelConfig(**model, attention=attention),
            augmentation=Augmentation(**raw.pop("augmentation", {})),
            **raw,
        )
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise ConfigError(f"The config {path} is wrong: {error}.") from error


def vocabulary_of(config: TrainConfig) -> Path:
    """The vocabulary that the run reads with: the pretrained encoder's, if the config names none."""
    return Path(config.vocabulary) if config.vocabulary else vocabulary_path()


def stored_features(
    config: TrainConfig, data: Path, folder: Path, team: Team = ALONE
) -> FeatureFile:
    """The run's features, made on the first start, by the leader of the team."""
    path = folder / "features.pkl"
    if not team.leads:
        team.wait()
    try:
        return _stored_features(config, data, path)
    finally:
        if team.leads:
            team.wait()


def _stored_features(config: TrainConfig, data: Path, path: Path) -> FeatureFile:
    if path.exists():
        with path.open("rb") as file:
            stored: FeatureFile = pickle.load(file)
        return stored
    stored = build(data, list(config.sets), vocabulary_of(config))
    for name, reasons in stored.dropped.items():
        kept = sum(example.source == name for example in stored.examples)
        print(f"{name}: {kept} kept, dropped {dict(reasons)}", file=sys.stderr)
    with path.open("wb") as file:
        pickle.dump(stored, file)
    return stored


def rate(config: TrainConfig, done: float) -> float:
    """Factor on the learning rates when ``done`` of the run (0 to 1) is over."""
    if done < config.warmup:
        return max(done / config.warmup, 0.02)
    return min(1.0, max(0.0, (1.0 - done) / config.decay)) if config.decay else 1.0


def to_device(batch: TrainingBatch, device: torch.device) -> TrainingBatch:
    """The batch on the device; a no-op on the CPU."""
    if device.type == "cpu":
        return batch

    def move(inputs: Any) -> Any:
        values = {
            f.name: getattr(inputs, f.name).to(device)
            if isinstance(getattr(inputs, f.name), Tensor)
            else getattr(inputs, f.name)
            for f in dataclasses.fields(inputs)
        }
        return type(inputs)(**values)

    question: QuestionInputs = move(batch.question)
    schema: SchemaInputs = move(batch.schema)
    return TrainingBatch(question, schema, batch.targets.to(device), batch.used.to(device))


def fast_bf16(device: torch.device) -> bool:
    """Whether bf16 is the faster arithmetic on the device: on a GPU, and on a CPU where a layer of the encoder's
    size says so.

    The CPU's name for it does not: of cores with AVX-512 bf16, one kind saw 1.3 to 1.6 times the examples a second
    in bf16, another 13 against 21 in fp32; where it is emulated (AVX2) it was 1.05 against 14.6.
    """
    if device.type != "cpu":
        return True
    known = torch.cpu.get_capabilities()
    if not (known.get("avx512_bf16") or known.get("amx_bf16")):
        return False
    return _seconds(bf16=True) < _seconds(bf16=False)


def _seconds(*, bf16: bool, tokens: int = 512, width: int = 384, times: int = 8) -> float:
    """The quickest of some forward and backward passes through one feed-forward layer on the CPU."""
    inner = torch.full((width, 4 * width), 0.01, requires_grad=True)
    outer = torch.full((4 * width, width), 0.01, requires_grad=True)
    inputs = torch.full((tokens, width), 0.5)  # no random numbers: the run's own stay as they are
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            outputs = F.gelu(inputs @ inner) @ outer
        outputs.float().sum().backward()
        spent.append(time.perf_counter() - began)
    return min(spent)


def loss_of(model: Text2SQL, batch: TrainingBatch, config: TrainConfig) -> tuple[Tensor, Tensor]:
    """The training loss, and the sequence loss alone, averaged over the group."""
    logits, encoding = model(batch.question, batch.schema, batch.targets[:, :-1].clamp(min=0))
    sequence = sequence_loss(logits, batch.targets, config.label_smoothing).mean()
    used = F.binary_cross_entropy_with_logits(encoding.item_logits, batch.used, reduction="none")
    loss = sequence + config.item_loss * used.sum(-1).mean()
    if config.consistency:
        again, _ = model(batch.question, batch.schema, batch.targets[:, :-1].clamp(min=0))
        loss = loss + sequence_loss(again, batch.targets, config.label_smoothing).mean()
        p, q = torch.log_softmax(logits, -1), torch.log_softmax(again, -1)
        divergence = (p.exp() * (p - q) + q.exp() * (q - p)).sum(-1)  # (B, T)
        kept = batch.targets >= 0
        loss = 0.5 * loss + config.consistency * (divergence * kept).sum(-1).mean()
    return loss, sequence.detach()


@torch.no_grad()
def greedy_accuracy(
    model: Text2SQL,
    examples: Sequence[TrainingExample],
    stored: FeatureFile,
    tokenizer: Tokenizer,
    device: torch.device,
) -> tuple[float, float]:
    """Share of examples whose every target token is the most likely one (greedy decoding would get them
    right, without a grammar mask), and the mean sequence loss."""
    model.eval()
    rng = random.Random(0)
    by_db: dict[str, list[TrainingExample]] = {}
    for example in examples:
        by_db.setdefault(example.db_id, []).append(example)
    right, loss = 0, 0.0
    for db_id, group in by_db.items():
        for i in range(0, len(group), 32):
            part = group[i : i + 32]
            batch = to_device(
                make_batch(part, stored.schemas[db_id], tokenizer, NO_AUGMENTATION, rng), device
            )
            logits, _ = model(batch.question, batch.schema, batch.targets[:, :-1].clamp(min=0))
            hits = (logits.argmax(-1) == batch.targets) | (batch.targets < 0)
            right += int(hits.all(-1).sum())
            loss += float(sequence_loss(logits, batch.targets, 0.0).sum())
    model.train()
    return right / max(1, len(examples)), loss / max(1, len(examples))


class Average:
    """Exponential moving average of a network's parameters, with a warm-up (arXiv:1711.07971 uses one)."""

    def __init__(self, model: Text2SQL, decay: float) -> None:
        self.decay = decay
        self.values = {name: p.detach().clone() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model: Text2SQL, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, p in model.named_parameters():
            if p.requires_grad:
                self.values[name].lerp_(p, 1 - decay)
            else:
                self.values[name] = p

    def network(self, config: ModelConfig, device: torch.device) -> Text2SQL:
        """A network that holds the averaged weights."""
        with torch.device("meta"):  # draws no random weights, so measuring leaves the run as it is
            averaged = Text2SQL(config)
        values = {name: value.detach() for name, value in self.values.items()}  # not the live ones
        averaged.load_state_dict(values, assign=True)
        return averaged.to(device)


def train(
    config: TrainConfig, data: Path, minutes: float, folder: Path, team: Team = ALONE
) -> Path:
    """Runs or resumes one training; returns the checkpoint's folder.

    Raises:
        ConfigError: a set or a setting is wrong, or the config's goal was missed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(config.seed)
    rng = random.Random(config.seed)
    vocabulary = vocabulary_of(config)
    tokenizer = Tokenizer.load(vocabulary)
    stored = stored_features(config, data, folder, team)
    examples = [e for e in stored.examples if e.db_id not in TUNE]
    tune = [e for e in stored.examples if e.db_id in TUNE and e.source == "train_spider"]
    if not any(config.sets[e.source] for e in examples):
        raise ConfigError(f"The sets of the config {config.name!r} hold no example to train on.")
    if team.leads:
        print(f"{len(examples)} examples, {len(tune)} tune; {Counter(e.source for e in examples)}")

    model = Text2SQL(config.model).to(device)
    if config.warm_start:
        start = load_network(Path(config.warm_start), extend=True).state_dict()
        if config.fresh_interaction:
            layers = {f"layers.{name}": value for name, value in model.layers.state_dict().items()}
            start.update(layers)
        model.load_state_dict(start)
    elif not config.vocabulary:
        load_pretrained(model.encoder)
    if config.frozen_layers:
        model.encoder.requires_grad_(False)
        for layer in model.encoder.layers[config.frozen_layers :]:
            layer.requires_grad_(True)
    model.encoder.words.weight.requires_grad_(config.train_words)
    slow = {id(p) for p in model.encoder.parameters()}
    base_rates = (config.encoder_learning_rate, config.learning_rate)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if id(p) in slow]},
            {"params": [p for p in model.parameters() if id(p) not in slow]},
        ],
        lr=config.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=config.weight_decay,
        fused=True,
    )
    average = Average(model, config.average)
    step, seen, spent = 0, 0, 0.0
    history: list[dict[str, float]] = []
    state_path = folder / "state.pt"
    if state_path.exists():
        state = torch.load(state_path, weights_only=False)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        average.values = state["average"]
        step, seen, spent, history = state["step"], state["seen"], state["spent"], state["history"]
        rng.setstate(state["rng"])
        torch.set_rng_state(state["torch_rng"])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state_all(state["cuda_rng"])
    if not team.leads:  # other masks and dropout than the leader's
        rng.seed(f"{config.seed} {step} {team.rank}")
        torch.manual_seed(rng.getrandbits(32))
    # the order of the data hangs on the seed alone: a resumed run skips what it has seen
    order = random.Random(config.seed)
    stream = islice(
        batches(examples, config.group_size, order, config.sets),
        step * config.groups * team.size + team.rank,
        None,
        team.size,
    )

    def save_state() -> None:
        part = state_path.with_suffix(
            ".part"
        )  # beside, then rename: an interrupted write loses nothing
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average.values,
                "step": step,
                "seen": seen,
                "spent": spent,
                "history": history,
                "rng": rng.getstate(),
                "torch_rng": torch.get_rng_state(),
                "cuda_rng": torch.cuda.get_rng_state_all(),
            },
            part,
        )
        part.replace(state_path)

    checkpoint = folder / "checkpoint"

    def measure() -> None:
        network = average.network(config.model, device)
        facts = {"config": config.name, "seed": config.seed, "steps": step, "examples_seen": seen}
        save_checkpoint(checkpoint, network, vocabulary, facts)
        accuracy, loss = greedy_accuracy(network, tune, stored, tokenizer, device)
        history.append(
            {
                "step": step,
                "seen": seen,
                "minutes": spent / 60,
                "loss": smooth,
                "tune_accuracy": accuracy,
                "tune_loss": loss,
            }
        )
        with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(history[-1]) + "\n")
        on_tune = (
            f"tune greedy {accuracy:.3f}, tune loss {loss:.3f}" if tune else "no tune questions"
        )
        bar.write(f"step {step}, {seen} seen, {spent / 60:.1f} min, loss {smooth:.3f}, {on_tune}")

    bf16 = fast_bf16(device) if config.bf16 is None else config.bf16
    budget = minutes * 60
    smooth = history[-1]["loss"] if history else math.nan
    measured = saved = spent
    bar = tqdm(
        total=round(minutes, 1),
        initial=round(spent / 60, 1),
        unit="min",
        mininterval=10,
        disable=not team.leads,
    )
    trained = [p for p in model.parameters() if p.requires_grad]
    here, began = 0, time.perf_counter()  # examples and time since the team last met
    model.train()
    while spent < budget and not (config.steps and step >= config.steps):
        done = step / config.steps if config.steps else spent / budget
        factor = rate(config, done)
        for group, base in zip(optimizer.param_groups, base_rates, strict=True):
            group["lr"] = base * factor
        total = torch.zeros((), device=device)
        # one autocast for all groups: it casts each weight once
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            for _ in range(config.groups):
                chosen = next(stream)
                schema = stored.schemas[chosen[0].db_id]
                batch = make_batch(chosen, schema, tokenizer, config.augmentation, rng)
                loss, sequence = loss_of(model, to_device(batch, device), config)
                # groups differ in size: each counts by its examples
                total = total + loss * (len(chosen) / (config.groups * config.group_size))
                value = float(sequence)
                smooth = value if math.isnan(smooth) else 0.99 * smooth + 0.01 * value
                here += len(chosen)
        total.backward()
        torch.nn.utils.clip_grad_norm_(trained, config.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        if team.leads:
            average.update(model, step)
        if not team.meets(step):
            continue
        clock = time.perf_counter() - began if team.leads else 0.0
        everybody, took = team.share(trained, [here, clock])
        seen += round(everybody)
        spent += took
        here = 0
        if not team.leads:
            continue
        bar.n = round(spent / 60, 1)
        bar.set_postfix(loss=f"{smooth:.3f}", step=step, ex_s=f"{seen / spent:.0f}", refresh=False)
        bar.update(0)
        if spent - measured > 420:
            measured = spent
            measure()
        if spent - saved > 240:
            saved = spent
            save_state()
        began = time.perf_counter()  # measuring and writing are no training time
    if not team.leads:
        return checkpoint
    measure()
    save_state()
    bar.close()
    draw_curve(history, folder / "curve.png")
    if config.goal and not smooth < config.goal:
        raise ConfigError(
            f"The run {config.name!r} ended with a loss of {smooth:.2f}; it should be below {config.goal}.",
            hint="Something keeps the model from learning: look at the last changes of it.",
        )
    return checkpoint


def draw_curve(history: Sequence[dict[str, float]], path: Path) -> None:
    """Loss and tune accuracy against examples seen, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, left = pyplot.subplots(figsize=(7, 4))
    seen = [row["seen"] for row in history]
    left.plot(seen, [row["loss"] for row in history], color="tab:blue", label="training loss")
    left.plot(seen, [row["tune_loss"] for row in history], color="tab:cyan", label="tune loss")
    left.set_xlabel("examples seen")
    left.set_ylabel("loss a sequence (nats)")
    right = left.twinx()
    right.plot(
        seen,
        [row["tune_accuracy"] for row in history],
        color="tab:red",
        label="tune, all tokens right",
    )
    right.set_ylim(0, 1)
    figure.legend(loc="upper center", ncols=3, fontsize=8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("config", type=Path, help="a file of training/configs")
    parser.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    parser.add_argument(
        "--minutes", type=float, default=90.0, help="training time, measured in steps"
    )
    parser.add_argument("--seed", type=int, default=None, help="instead of the config's")
    parser.add_argument("--out", type=Path, default=None, help="run folder (runs/<name>)")
    arguments = parser.parse_args(argv)
    try:
        _run(arguments)
    except NlidbError as error:
        sys.exit(str(error))


def _run(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config)
    if arguments.seed is not None:
        config = dataclasses.replace(config, seed=arguments.seed)
    folder = arguments.out or Path("runs") / config.name
    team = join()
    checkpoint = train(config, arguments.data, arguments.minutes, folder, team)
    if not team.leads:
        return
    print(checkpoint)
    if TUNE <= load_schemas(arguments.data / "tables.json").keys():
        # the confidence of a checkpoint that is not calibrated means nothing
        print(json.dumps(calibrate(checkpoint, arguments.data)))
    else:
        print("not calibrated: the data lack the tune databases", file=sys.stderr)


if __name__ == "__main__":
    main()
