"""Saves and loads a trained model as one folder: weights, config, vocabulary, facts for the model card.

weights.safetensors   matrices as 8-bit rows with a scale each, the rest as they are
config.json           ModelConfig, the output vocabulary, and what the run recorded
tokenizer.json        the WordPiece vocabulary
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from nlidb.config import AttentionConfig, ModelConfig
from nlidb.errors import CheckpointError, ConfigError
from nlidb.model import Text2SQL
from nlidb.vocab import KEYWORDS

WEIGHTS, CONFIG, VOCABULARY = "weights.safetensors", "config.json", "tokenizer.json"
SCALE = ".scale"
MIN_QUANTISED = 4096
"""Smaller tensors stay in fp32: they are few bytes, and biases and gains are sensitive."""


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of a matrix (R, C) as int8, and a scale a row (R, 1)."""
    scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
    return torch.round(weight / scale).to(torch.int8), scale


def save_checkpoint(
    folder: Path, model: Text2SQL, vocabulary: Path, facts: Mapping[str, object]
) -> None:
    """Writes the folder beside its place and swaps it with the old one, so that a broken-off write leaves that
    one; a process killed between the two renames leaves it as ``NAME.old``.

    ``facts`` are what the run recorded (config name, seed, scores): they go into config.json as they are.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in model.state_dict().items():
        value = value.detach().float().cpu().contiguous()
        if value.dim() == 2 and value.numel() >= MIN_QUANTISED:
            tensors[name], tensors[name + SCALE] = quantise(value)
        else:
            tensors[name] = value
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_file(tensors, part / WEIGHTS)
    (part / WEIGHTS).chmod(0o644)  # safetensors writes for the owner alone
    settings = {
        "model": dataclasses.asdict(model.config),
        "keywords": list(KEYWORDS),
        "facts": dict(facts),
    }
    (part / CONFIG).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(vocabulary, part / VOCABULARY)
    _swap(part, folder)


def _swap(part: Path, folder: Path) -> None:
    """Put ``part`` in the place of ``folder``, which goes only once its place is taken."""
    old = folder.with_name(folder.name + ".old")
    if not folder.exists():
        part.rename(folder)
        return
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read_config(folder: Path) -> dict[str, Any]:
    """The checkpoint's config.json, checked; needs no torch work.

    Raises:
        CheckpointError: the folder or the file is missing or damaged.
    """
    try:
        settings: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        settings["model"], settings["keywords"], settings["facts"]  # noqa: B018 - all must be there
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"The checkpoint {folder} is missing or its {CONFIG} is damaged.",
            hint="Name a folder that training wrote, or install the package again.",
        ) from error
    return settings


def load_network(folder: Path, *, extend: bool = False) -> Text2SQL:
    """The network in fp32, ready to answer.

    ``extend``: for going on with training. A checkpoint whose keywords are only the first of ours is taken too;
    the decoder's rows of the others are drawn at random, as those of a new network.

    Raises:
        CheckpointError: files are missing or damaged, or belong to another version of the code.
    """
    settings = read_config(folder)
    known = settings["keywords"]
    if known != list(KEYWORDS) and not (extend and known == list(KEYWORDS[: len(known)])):
        raise CheckpointError(
            f"The checkpoint {folder} was trained with another output vocabulary.",
            hint="Use the checkpoint of this version, or train it again.",
        )
    try:
        model = dict(settings["model"])
        config = ModelConfig(**{**model, "attention": AttentionConfig(**model["attention"])})
        stored = load_file(folder / WEIGHTS)
        state = {
            name: value.float() * stored[name + SCALE] if name + SCALE in stored else value
            for name, value in stored.items()
            if not name.endswith(SCALE)
        }
        for name in ("decoder.keywords_in", "decoder.keywords_out"):
            if len(state[name]) < len(KEYWORDS):
                new = torch.randn(len(KEYWORDS) - len(known), config.dim) * config.dim**-0.5
                state[name] = torch.cat([state[name], new])
        # not on the meta device: drawing there imports torch's compiler, seven times slower than drawing here
        with torch.random.fork_rng(devices=[]):
            network = Text2SQL(config)
        network.load_state_dict(state, assign=True)
    except (
        OSError,
        SafetensorError,
        RuntimeError,
        LookupError,
        TypeError,
        ValueError,
        ConfigError,
    ) as error:
        raise CheckpointError(
            f"The weights of the checkpoint {folder} cannot be read: {error}.",
            hint="Install the package again, or name another checkpoint.",
        ) from error
    return network.eval()
