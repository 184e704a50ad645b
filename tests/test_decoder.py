"""The decoder: stepping with a cache is teacher forcing, and nothing sees the future or what is not there."""

from __future__ import annotations

import tiny
import torch

from nlidb.decoder import Decoder, Memory, attend
from nlidb.vocab import KEYWORDS

BATCH, WORDS, ITEMS, VALUES = 3, 5, 6, 4
SIZE = len(KEYWORDS) + ITEMS + VALUES


def decoder() -> Decoder:
    torch.manual_seed(0)
    return Decoder(tiny.CONFIG, len(KEYWORDS)).eval()


def memory() -> Memory:
    torch.manual_seed(1)
    dim = tiny.CONFIG.dim
    words = torch.ones(BATCH, WORDS, dtype=torch.bool)
    values = torch.ones(BATCH, VALUES, dtype=torch.bool)
    words[1, -2:] = False
    values[2] = False
    return Memory(
        torch.randn(BATCH, WORDS, dim),
        torch.randn(BATCH, ITEMS, dim),
        torch.randn(BATCH, VALUES, dim),
        words,
        torch.ones(BATCH, ITEMS, dtype=torch.bool),
        values,
    )


TARGETS = torch.tensor([[3, 50, 41, 0], [45, 2, 44, 46], [1, 7, 9, 42]])


@torch.no_grad()
def test_steps_with_a_cache_equal_teacher_forcing() -> None:
    made = decoder()
    prepared = made.prepare(memory())
    together = made(prepared, TARGETS)
    assert together.shape == (BATCH, TARGETS.shape[1] + 1, SIZE)
    logits, state = made.step(prepared, None, None)
    for place in range(TARGETS.shape[1] + 1):
        assert torch.allclose(logits, together[:, place], atol=1e-4)
        assert state.length == place + 1
        if place < TARGETS.shape[1]:
            logits, state = made.step(prepared, TARGETS[:, place], state)


@torch.no_grad()
def test_selecting_rows_of_the_cache_goes_on_with_those_hypotheses() -> None:
    made = decoder()
    one = memory()
    single = Memory(
        *(
            part[:1]
            for part in (
                one.question,
                one.items,
                one.values,
                one.question_mask,
                one.item_mask,
                one.value_mask,
            )
        )
    )
    prepared = made.prepare(single)
    expected = made(prepared.expand(BATCH), TARGETS)
    _, state = made.step(prepared, None, None)
    order = torch.tensor([0, 0, 0])
    _, state = made.step(prepared.expand(BATCH), TARGETS[:, 0], state.select(order))
    swapped = torch.tensor([2, 0, 1])
    logits, _ = made.step(prepared.expand(BATCH), TARGETS[swapped, 1], state.select(swapped))
    assert torch.allclose(logits, expected[swapped, 2], atol=1e-4)


@torch.no_grad()
def test_no_token_sees_a_later_one() -> None:
    made = decoder()
    prepared = made.prepare(memory())
    changed = TARGETS.clone()
    changed[:, 2:] = 5
    before, after = made(prepared, TARGETS), made(prepared, changed)
    assert torch.allclose(before[:, :3], after[:, :3], atol=1e-5)
    assert not torch.allclose(before[:, 3], after[:, 3], atol=1e-3)


@torch.no_grad()
def test_masked_memory_changes_nothing_and_missing_values_have_no_chance() -> None:
    made, given = decoder(), memory()
    logits = made(made.prepare(given), TARGETS[:, :2])
    given.question[1, -2:] += 100.0
    given.values[2] -= 100.0
    again = made(made.prepare(given), TARGETS[:, :2])
    assert torch.allclose(logits, again, atol=1e-5)
    chances = torch.softmax(logits, -1)
    assert (chances[2, :, len(KEYWORDS) + ITEMS :] == 0).all()
    assert (chances[0] > 0).all()


@torch.no_grad()
def test_pointers_follow_their_items() -> None:
    """Swapping two schema items swaps their logits and nothing else."""
    made, given = decoder(), memory()
    order = torch.tensor([1, 0, 2, 3, 4, 5])
    swapped = Memory(
        given.question,
        given.items[:, order],
        given.values,
        given.question_mask,
        given.item_mask,
        given.value_mask,
    )
    first, _ = made.step(made.prepare(given), None, None)
    second, _ = made.step(made.prepare(swapped), None, None)
    k = len(KEYWORDS)
    expected = torch.cat(
        [first[:, :k], first[:, k : k + ITEMS][:, order], first[:, k + ITEMS :]], 1
    )
    assert torch.allclose(second, expected, atol=1e-5)


def test_attention_by_hand_is_torchs() -> None:
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, n, 8) for n in (4, 6, 6))
    mask = torch.rand(2, 1, 4, 6) < 0.7
    mask[..., 0] = True
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert torch.allclose(attend(q, k, v, mask), expected, atol=1e-5)
