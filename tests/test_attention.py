"""The stabilised attention keeps its promises: sums, bounds, convergence, and equality with plain attention."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from nlidb.attention import (
    ALPHA_MAX,
    ALPHA_MIN,
    CrossWeights,
    StabilisedAttention,
    cap_capacity,
    diffuse,
    masked_softmax,
    metropolis_weights,
    soft_cap,
    steady_state,
)
from nlidb.config import AttentionConfig, AttentionMode
from nlidb.errors import ConfigError

BATCH, HEADS, WORDS, ITEMS, WIDTH, KINDS = 2, 3, 7, 9, 8, 4
MODES: tuple[AttentionMode, ...] = ("softmax", "bounded", "diffusion")


def random_graph(items: int, *, seed: int, edges: float = 0.3) -> torch.Tensor:
    """Symmetric edge kinds (S, S); the last item is isolated."""
    random = torch.Generator().manual_seed(seed)
    kinds = torch.randint(1, KINDS, (items, items), generator=random)
    kinds = kinds * (torch.rand(items, items, generator=random) < edges)
    kinds = kinds.triu(1)
    kinds[:, -1] = 0
    return kinds + kinds.T


def attention(config: AttentionConfig | None = None, *, seed: int = 0) -> StabilisedAttention:
    """With every learned parameter away from where it starts."""
    torch.manual_seed(seed)
    made = StabilisedAttention(
        heads=HEADS, head_dim=WIDTH, edge_kinds=KINDS, config=config or AttentionConfig()
    )
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter))
    return made.eval()


def settle(
    made: StabilisedAttention, *, seed: int = 0, spread: float = 4.0, masked: bool = True
) -> CrossWeights:
    """Weights on random scores; with ``masked``, the second question is one word shorter, and is read
    against two items fewer, the last two, which have no neighbours then."""
    random = torch.Generator().manual_seed(seed)
    scores = spread * torch.randn(BATCH, HEADS, WORDS, ITEMS, generator=random)
    question_mask = torch.ones(BATCH, WORDS, dtype=torch.bool)
    schema_mask = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    graph = random_graph(ITEMS, seed=seed)
    if masked:
        question_mask[1, -1] = False
        schema_mask[1, -2:] = False
        graph[-2:] = graph[:, -2:] = 0
    with torch.no_grad():
        return made.settle(scores, question_mask, schema_mask, graph)


def gibbs_rows(seed: int, spread: float = 3.0) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.softmax(
        spread * torch.randn(BATCH, HEADS, WORDS, ITEMS, generator=random, dtype=torch.float64),
        dim=-1,
    )


def transition(seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    weights = torch.rand(HEADS, ITEMS, ITEMS, generator=random, dtype=torch.float64)
    graph = random_graph(ITEMS, seed=seed)
    return metropolis_weights(graph > 0, (weights + weights.transpose(1, 2)) / 2).double()


ALPHA = torch.tensor([0.5, 0.7, 0.95], dtype=torch.float64)


# --- rows


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("null", [True, False])
def test_rows_sum_to_one_and_masked_ones_to_zero(mode: AttentionMode, null: bool) -> None:
    found = settle(attention(AttentionConfig(mode=mode, null=null)))
    for weights, masked_rows in ((found.question_to_schema, 1), (found.schema_to_question, 2)):
        total = weights.sum(-1)
        alive = torch.ones_like(total, dtype=torch.bool)
        alive[1, :, -masked_rows:] = False
        assert torch.isfinite(weights).all()
        assert (weights >= 0).all()
        assert (weights[~alive] == 0).all()
        if mode == "softmax" or not null:
            assert torch.allclose(total[alive], torch.ones(()), atol=1e-5)
        else:  # the rest is NULL's
            assert (total[alive] < 1).all()
            assert (total[alive] > 0).all()
    assert (found.question_to_schema[1, :, :, -2:] == 0).all()
    assert (found.schema_to_question[1, :, :, -1] == 0).all()


def test_what_null_took_stays_with_null() -> None:
    found = settle(attention())
    assert torch.allclose(found.gibbs.sum(-1), found.question_to_schema.sum(-1), atol=1e-6)


def test_a_fully_masked_row_is_zero_not_nan() -> None:
    scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    mask = torch.tensor([[True, True], [False, False]])
    found = masked_softmax(scores, mask)
    assert found[1].tolist() == [0.0, 0.0]
    assert torch.allclose(found[0], torch.softmax(scores[0], -1))


def test_its_gradient_is_finite_where_rows_are_masked() -> None:
    made = attention()
    scores = torch.randn(1, HEADS, WORDS, ITEMS, requires_grad=True)
    nothing = torch.zeros(1, WORDS, dtype=torch.bool)
    found = made.settle(
        scores, nothing, torch.ones(1, ITEMS, dtype=torch.bool), random_graph(ITEMS, seed=1)
    )
    (found.question_to_schema.square().sum() + found.schema_to_question.square().sum()).backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


# --- energy


def test_the_soft_cap_bounds_and_barely_touches_small_energies() -> None:
    scores = torch.linspace(-1000, 1000, 4001)
    capped = soft_cap(scores, 12.0)
    assert capped.abs().max() <= 12.0
    assert (capped.diff() >= 0).all()
    assert torch.allclose(soft_cap(torch.tensor([0.1]), 12.0), torch.tensor([0.1]), atol=1e-4)


@pytest.mark.parametrize("mode", ["bounded", "diffusion"])
def test_capped_energies_bound_the_largest_share(mode: AttentionMode) -> None:
    made = attention(AttentionConfig(mode=mode, soft_cap=2.0, null=False))
    found = settle(made, spread=1000.0, masked=False)
    assert found.scores.abs().max() <= 2.0
    # the best item at +2, the others at -2
    bound = torch.e**2 / (torch.e**2 + (ITEMS - 1) * torch.e**-2)
    assert found.gibbs.max() <= bound + 1e-6
    assert found.question_to_schema.max() <= bound + 1e-6


def test_energies_do_not_hang_on_the_length_of_the_vectors() -> None:
    made = attention()
    q, k = torch.randn(1, HEADS, WORDS, WIDTH), torch.randn(1, HEADS, ITEMS, WIDTH)
    with torch.no_grad():
        assert torch.allclose(made.energies(q, k), made.energies(7.0 * q, 0.1 * k), atol=1e-4)
        assert (made.energies(q, k).abs() <= made.gain.abs()[:, None, None] + 1e-5).all()


def test_noise_is_added_in_training_only() -> None:
    made = attention(AttentionConfig(noise=0.5))
    assert torch.equal(settle(made).question_to_schema, settle(made).question_to_schema)
    made.train()
    assert not torch.equal(settle(made).question_to_schema, settle(made).question_to_schema)
    quiet = attention(AttentionConfig()).train()
    assert torch.equal(settle(quiet).question_to_schema, settle(quiet).question_to_schema)


# --- the graph


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 25), st.floats(0.0, 1.0))
def test_the_transition_is_symmetric_and_doubly_stochastic(
    seed: int, items: int, edges: float
) -> None:
    random = torch.Generator().manual_seed(seed)
    weights = torch.rand(HEADS, items, items, generator=random)
    graph = random_graph(items, seed=seed, edges=edges)
    found = metropolis_weights(graph > 0, (weights + weights.transpose(1, 2)) / 2)
    ones = torch.ones(HEADS, items)
    assert torch.equal(found, found.transpose(1, 2))
    assert torch.allclose(found.sum(-1), ones, atol=1e-5)
    assert torch.allclose(found.sum(-2), ones, atol=1e-5)
    assert (found >= -1e-6).all()
    assert torch.equal(found[:, -1, -1], torch.ones(HEADS))  # isolated: it keeps to itself


def test_the_learned_transition_is_one_too() -> None:
    with torch.no_grad():
        found = attention().transition(random_graph(ITEMS, seed=3))
    assert torch.equal(found, found.transpose(1, 2))
    assert torch.allclose(found.sum(-1), torch.ones(HEADS, ITEMS), atol=1e-5)


@pytest.mark.parametrize("alpha", [0.5, 0.7, 0.95])
def test_a_hub_draws_no_mass(alpha: float) -> None:
    """One table with twenty columns: with a row-normalised graph the table would end at 0.256."""
    items = 21
    adjacency = torch.zeros(items, items, dtype=torch.bool)
    adjacency[0, 1:] = adjacency[1:, 0] = True
    uniform = torch.full((1, 1, 1, items), 1.0 / items)
    metropolis = metropolis_weights(adjacency, torch.ones(1, items, items))
    settled = diffuse(uniform, metropolis, torch.tensor([alpha]), 50)
    assert torch.allclose(settled, uniform, atol=1e-6)
    normalised = (adjacency / adjacency.sum(-1, keepdim=True)).float()[None]
    hub = diffuse(uniform, normalised, torch.tensor([0.7]), 50)[0, 0, 0, 0]
    assert abs(float(hub) - 0.256) < 0.002  # that the example shows what it is said to show


# --- diffusion


def test_it_converges_geometrically_to_the_exact_solve() -> None:
    gibbs, moves = gibbs_rows(0), transition(0)
    settled = steady_state(gibbs, moves, ALPHA)
    start = (gibbs - settled).abs().sum(-1)  # (B, H, Q)
    for steps in range(12):
        left = (diffuse(gibbs, moves, ALPHA, steps) - settled).abs().sum(-1)
        assert (left <= (1 - ALPHA)[None, :, None] ** steps * start + 1e-12).all()
    assert torch.allclose(diffuse(gibbs, moves, ALPHA, 60), settled, atol=1e-12)
    # and that is a fixed point
    alpha = ALPHA[:, None, None]
    assert torch.allclose(alpha * gibbs + (1 - alpha) * (settled @ moves), settled, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_it_is_nonexpansive_and_keeps_sums_and_maxima(seed: int, other: int) -> None:
    moves = transition(seed)
    gibbs, disturbed = gibbs_rows(seed), gibbs_rows(other + 20_000)
    settled, moved = (steady_state(rows, moves, ALPHA) for rows in (gibbs, disturbed))
    before, after = ((a - b).abs().sum(-1) for a, b in ((gibbs, disturbed), (settled, moved)))
    assert (after <= before + 1e-12).all()
    assert torch.allclose(settled.sum(-1), gibbs.sum(-1))
    assert (settled.amax(-1) <= gibbs.amax(-1) + 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_whole_attention_has_no_larger_share_than_its_gibbs_weights(seed: int) -> None:
    found = settle(attention(seed=seed), seed=seed)
    assert (found.question_to_schema.amax(-1) <= found.gibbs.amax(-1) + 1e-6).all()
    assert not torch.allclose(found.question_to_schema, found.gibbs, atol=1e-3)


def test_alpha_stays_within_its_bounds() -> None:
    made = attention()
    with torch.no_grad():
        made.alpha_logit.copy_(torch.tensor([-100.0, 0.0, 100.0]))
        assert torch.allclose(
            made.alpha(), torch.tensor([ALPHA_MIN, (ALPHA_MIN + ALPHA_MAX) / 2, ALPHA_MAX])
        )


# --- against torch


def test_bounded_without_cap_noise_and_null_is_torchs_attention() -> None:
    """``bounded`` is alpha fixed at 1."""
    made = attention(AttentionConfig(mode="bounded", soft_cap=0.0, null=False))
    torch.manual_seed(1)
    q, k = torch.randn(BATCH, HEADS, WORDS, WIDTH), torch.randn(BATCH, HEADS, ITEMS, WIDTH)
    v, bias = torch.randn(BATCH, HEADS, ITEMS, WIDTH), torch.randn(BATCH, HEADS, WORDS, ITEMS)
    words = torch.ones(BATCH, WORDS, dtype=torch.bool)
    items = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    graph = random_graph(ITEMS, seed=0)
    with torch.no_grad():
        found = made.settle(made.energies(q, k) + bias, words, items, graph)
        expected = F.scaled_dot_product_attention(
            made.gain[:, None, None] * F.normalize(q, dim=-1),
            F.normalize(k, dim=-1),
            v,
            attn_mask=bias,
            scale=1.0,
        )
    assert torch.allclose(found.question_to_schema @ v, expected, atol=1e-5)


def test_softmax_is_torchs_attention() -> None:
    made = attention(AttentionConfig(mode="softmax"))
    torch.manual_seed(1)
    q, k = torch.randn(BATCH, HEADS, WORDS, WIDTH), torch.randn(BATCH, HEADS, ITEMS, WIDTH)
    v = torch.randn(BATCH, HEADS, ITEMS, WIDTH)
    words = torch.ones(BATCH, WORDS, dtype=torch.bool)
    items = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    items[1, -3:] = False
    with torch.no_grad():
        found = made.settle(made.energies(q, k), words, items, random_graph(ITEMS, seed=0))
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=items[:, None, None, :])
    assert torch.allclose(found.question_to_schema @ v, expected, atol=1e-5)


# --- numbers


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_it_is_finite_in_half_precision(mode: AttentionMode, dtype: torch.dtype) -> None:
    made = attention(AttentionConfig(mode=mode)).to(dtype)
    torch.manual_seed(0)
    big = 60.0 if mode == "softmax" else 3e4  # without QK-norm products overflow by themselves
    q = (big * torch.randn(BATCH, HEADS, WORDS, WIDTH)).to(dtype)
    k = (big * torch.randn(BATCH, HEADS, ITEMS, WIDTH)).to(dtype)
    words = torch.ones(BATCH, WORDS, dtype=torch.bool)
    words[1, -2:] = False
    items = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    q, k = q.nan_to_num(), k.nan_to_num()
    with torch.no_grad():
        found = made.settle(made.energies(q, k), words, items, random_graph(ITEMS, seed=0))
    assert torch.isfinite(found.question_to_schema).all()
    assert torch.isfinite(found.schema_to_question).all()
    assert (found.question_to_schema[1, :, -2:] == 0).all()


# --- the cap on what one item draws


def test_the_capacity_cap_flattens_a_popular_item_and_keeps_the_rows() -> None:
    weights = torch.full((1, 1, 8, 5), 0.05)
    weights[..., 0] = 0.8  # every word looks at the first item; the last is NULL
    found = cap_capacity(weights, torch.full((1, 1, 1, 1), 2.0))
    assert torch.allclose(found.sum(-1), weights.sum(-1), atol=1e-6)
    assert found[..., 0].sum() < 0.6 * weights[..., 0].sum()
    within = torch.full((1, 1, 8, 5), 0.2)
    assert torch.allclose(cap_capacity(within, torch.full((1, 1, 1, 1), 2.0)), within)


def test_a_masked_row_stays_zero_under_the_cap() -> None:
    found = settle(attention(AttentionConfig(capacity=1.5)))
    assert torch.isfinite(found.question_to_schema).all()
    assert (found.question_to_schema[1, :, -1] == 0).all()
    assert (found.question_to_schema.sum(-1) <= 1 + 1e-5).all()


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "sparse"}, {"mode": "softmax", "noise": 0.1}, {"mode": "softmax", "capacity": 2.0}],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        AttentionConfig(**wrong)  # type: ignore[arg-type]
