"""The network as a whole: batching changes nothing, order of the schema changes nothing, every weight learns."""

from __future__ import annotations

import random
from dataclasses import asdict

import pytest
import tiny
import torch

from nlidb.batch import question_features, question_inputs, reorder, schema_inputs
from nlidb.config import AttentionMode, ModelConfig
from nlidb.errors import ConfigError
from nlidb.interaction import lookup_bias
from nlidb.model import Text2SQL, sequence_loss
from nlidb.vocab import KEYWORDS
from training.data import NO_AUGMENTATION, make_batch
from training.train import TrainConfig, loss_of

MODES: tuple[AttentionMode, ...] = ("softmax", "bounded", "diffusion")
QUESTIONS = [text for text, _ in tiny.PAIRS]


def features(texts: list[str]):
    return [question_features(*tiny.read(text), tiny.tokenizer()) for text in texts]


@pytest.mark.parametrize("mode", MODES)
@torch.no_grad()
def test_a_question_reads_the_same_alone_and_in_a_batch(mode: AttentionMode) -> None:
    network = tiny.network(tiny.config(mode))
    schema = schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    items = network.encode_schema(schema)

    def logits(texts: list[str]) -> torch.Tensor:
        inputs = question_inputs(features(texts), tiny.SCHEMA, tiny.tokenizer())
        encoding = network.attend(inputs, schema, network.encode_question(inputs), items)
        first, _ = network.decoder.step(network.decoder.prepare(encoding.memory), None, None)
        return first

    together = logits(QUESTIONS)
    for row, text in enumerate(QUESTIONS):
        alone = logits([text])[0]
        assert torch.allclose(together[row, : len(alone)], alone, atol=1e-4)


@pytest.mark.parametrize("mode", MODES)
@torch.no_grad()
def test_the_order_of_the_schema_does_not_matter_to_its_pointers(mode: AttentionMode) -> None:
    """Tables in another order: each keeps its logit. Columns keep theirs too while a segment stays the same."""
    network = tiny.network(tiny.config(mode))
    schema, moved = reorder(tiny.SCHEMA, [2, 0, 1], range(len(tiny.SCHEMA.columns)))

    def first(schema, reindex) -> torch.Tensor:
        inputs = schema_inputs(schema, tiny.tokenizer())
        questions = question_inputs(features(QUESTIONS[:2]), schema, tiny.tokenizer(), reindex)
        items = network.encode_schema(inputs)
        encoding = network.attend(questions, inputs, network.encode_question(questions), items)
        return network.decoder.step(network.decoder.prepare(encoding.memory), None, None)[0]

    before, after = first(tiny.SCHEMA, None), first(schema, moved)
    k, n = len(KEYWORDS), len(moved.order)
    assert torch.allclose(before[:, :k], after[:, :k], atol=1e-4)
    assert torch.allclose(
        before[:, k : k + n][:, torch.from_numpy(moved.order)], after[:, k : k + n], atol=1e-4
    )


@pytest.mark.parametrize("mode", MODES)
def test_every_parameter_learns(mode: AttentionMode) -> None:
    network = tiny.network(tiny.config(mode)).train()
    batch = make_batch(
        tiny.examples(), tiny.SCHEMA, tiny.tokenizer(), NO_AUGMENTATION, random.Random(0)
    )
    loss, _ = loss_of(network, batch, TrainConfig("tiny"))
    loss.backward()
    # the plain attention has no use for what stabilises
    unused = {
        "softmax": ("gain", "null_score", "alpha_logit", "edge_logit"),
        "bounded": ("alpha_logit", "edge_logit"),
        "diffusion": (),
    }[mode]
    for name, parameter in network.named_parameters():
        if name.endswith(unused):
            continue
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


@torch.no_grad()
def test_attention_weights_are_reported_for_every_layer() -> None:
    network = tiny.network()
    schema = schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    inputs = question_inputs(features(QUESTIONS[:3]), tiny.SCHEMA, tiny.tokenizer())
    encoding = network.attend(
        inputs, schema, network.encode_question(inputs), network.encode_schema(schema)
    )
    assert len(encoding.cross) == tiny.CONFIG.interaction_layers
    words = inputs.mask.shape[1]
    for cross in encoding.cross:
        assert cross.question_to_schema.shape == (3, tiny.CONFIG.heads, words, schema.items)
        assert cross.schema_to_question.shape == (3, tiny.CONFIG.heads, schema.items, words)
    assert encoding.item_logits.shape == (3, schema.items)


def test_the_quick_bias_lookup_is_an_embedding() -> None:
    torch.manual_seed(0)
    index = torch.randint(0, 7, (3, 4, 5))
    table = torch.randn(7, 2, requires_grad=True)
    copy = table.detach().clone().requires_grad_()
    upstream = torch.randn(3, 4, 5, 2)
    found, expected = lookup_bias(table, index), copy[index]
    assert torch.equal(found, expected)
    found.backward(upstream)
    expected.backward(upstream)
    assert table.grad is not None
    assert copy.grad is not None
    assert torch.allclose(table.grad, copy.grad, atol=1e-5)


def test_the_loss_is_torchs_cross_entropy_over_the_tokens_that_exist() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 9)
    logits[1, :, 7:] = torch.finfo(torch.float32).min
    gold = torch.tensor([[1, 8, 0], [3, 2, -1]])
    for smoothing in (0.0, 0.1):
        found = sequence_loss(logits, gold, smoothing)
        for row, exists in ((0, 9), (1, 7)):
            kept = gold[row] >= 0
            expected = torch.nn.functional.cross_entropy(
                logits[row, kept, :exists],
                gold[row, kept],
                label_smoothing=smoothing,
                reduction="sum",
            )
            assert torch.allclose(found[row], expected, atol=1e-4)


def test_the_shipped_sizes_stay_within_the_contract() -> None:
    with torch.device("meta"):
        parameters = sum(p.numel() for p in Text2SQL(ModelConfig()).parameters())
    assert parameters <= 60_000_000


@pytest.mark.parametrize("wrong", [{"dim": 30, "heads": 4}, {"encoder_dim": 50}])
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, int]) -> None:
    settings = {key: value for key, value in asdict(tiny.CONFIG).items() if key != "attention"}
    with pytest.raises(ConfigError):
        ModelConfig(**{**settings, "heads": 4, "encoder_heads": 12, **wrong})
