"""The whole path learns: eight pairs, a network of a hundred thousand parameters, a few seconds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import tiny
import torch

from nlidb.config import AttentionMode
from nlidb.parser import Parser
from nlidb.printing import to_spider
from training.data import NO_AUGMENTATION, make_batch
from training.train import TrainConfig, loss_of

STEPS = 120


@pytest.mark.parametrize("mode", ["softmax", "bounded", "diffusion"])
def test_it_overfits_eight_pairs_and_decodes_them_exactly(
    mode: AttentionMode, tmp_path: Path
) -> None:
    network = tiny.network(tiny.config(mode)).train()
    config = TrainConfig("tiny", label_smoothing=0.0)
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3)
    examples = tiny.examples()
    batch = make_batch(examples, tiny.SCHEMA, tiny.tokenizer(), NO_AUGMENTATION, random.Random(0))
    losses = []
    for _ in range(STEPS):
        loss, sequence = loss_of(network, batch, config)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(float(sequence))
    assert losses[0] > 5
    assert losses[-1] < 0.2
    parser = Parser(tiny.write_checkpoint(tmp_path, network.eval()))
    encoding = parser.encode_schema(tiny.SCHEMA)
    for (text, _), example in zip(tiny.PAIRS, examples, strict=True):
        best = parser.parse(*tiny.read(text), encoding).candidates[0]
        assert best.tokens == example.target
    best = parser.parse(*tiny.read(tiny.PAIRS[7][0]), encoding).candidates[0]
    assert to_spider(best.tree) == tiny.PAIRS[7][1]
