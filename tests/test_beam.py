"""Beam search: every hypothesis is a valid query, they are ranked, and their scores are the network's own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny
import torch

from nlidb.batch import (
    question_features,
    question_inputs,
    schema_inputs,
    target_index,
    target_token,
)
from nlidb.beam import Hypothesis, beam_search
from nlidb.decoder import Decoder, Memory
from nlidb.delinearize import delinearize
from nlidb.grammar import Grammar
from nlidb.linking import Links
from nlidb.printing import to_sql
from nlidb.vocab import KEYWORDS, TargetToken, keyword

TABLES, ITEMS = len(tiny.SCHEMA.tables), len(tiny.SCHEMA.tables) + len(tiny.SCHEMA.columns)
MAX_LENGTH = 24


def peaky(seed: int) -> Any:
    """A network with random weights that is sure of what it says."""
    network = tiny.network(seed=seed)
    with torch.no_grad():
        network.decoder.norm.weight.mul_(4.0)
    return network


def read(network: Any, text: str, *, values: bool = True) -> tuple[Memory, Grammar, Any]:
    question, links = tiny.read(text)
    if not values:
        links = Links(links.links, ())
    features = [question_features(question, links, tiny.tokenizer())]
    inputs = question_inputs(features, tiny.SCHEMA, tiny.tokenizer())
    schema = schema_inputs(tiny.SCHEMA, tiny.tokenizer())
    with torch.no_grad():
        words, items = network.encode_question(inputs), network.encode_schema(schema)
        encoding = network.attend(inputs, schema, words, items)
    grammar = Grammar(tiny.SCHEMA, links.candidates, max_length=MAX_LENGTH)
    return encoding.memory, grammar, links.candidates


@torch.no_grad()
def rescored(
    decoder: Decoder, memory: Memory, tokens: tuple[TargetToken, ...], tables: int
) -> float:
    """Log-probability of a sequence by teacher forcing, in one pass."""
    items = memory.items.shape[1]
    places = torch.tensor([[target_index(token, tables, items) for token in tokens]])
    logits = decoder(decoder.prepare(memory), places[:, :-1])
    return float(torch.log_softmax(logits, -1).gather(-1, places[..., None]).sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("beam_size", [1, 3, 8])
def test_hypotheses_are_valid_distinct_ranked_and_truly_scored(seed: int, beam_size: int) -> None:
    network = peaky(seed)
    for text, _ in tiny.PAIRS[3:6]:
        memory, grammar, candidates = read(network, text)
        found = beam_search(
            network.decoder,
            memory,
            grammar,
            tables=TABLES,
            beam_size=beam_size,
            max_length=MAX_LENGTH,
        )
        assert 1 <= len(found) <= beam_size
        assert len({hypothesis.tokens for hypothesis in found}) == len(found)
        scores = [hypothesis.log_prob for hypothesis in found]
        assert scores == sorted(scores, reverse=True)
        for hypothesis in found:
            assert grammar.accepts(hypothesis.tokens)
            assert len(hypothesis.tokens) <= MAX_LENGTH
            expected = rescored(network.decoder, memory, hypothesis.tokens, TABLES)
            assert hypothesis.log_prob == pytest.approx(expected, abs=1e-3)
            assert to_sql(delinearize(hypothesis.tokens, tiny.SCHEMA, candidates), "sqlite")


def greedy(decoder: Decoder, memory: Memory, grammar: Grammar) -> Hypothesis:
    """The likeliest allowed token at every step."""
    prepared = decoder.prepare(memory)
    tokens: tuple[TargetToken, ...] = ()
    state, total = grammar.start(), 0.0
    with torch.no_grad():
        logits, cache = decoder.step(prepared, None, None)
        while True:
            log_probs = torch.log_softmax(logits[0], -1).numpy()
            mask = grammar.allowed(state).mask
            place = int(np.where(mask, log_probs[: len(mask)], -np.inf).argmax())
            token = target_token(place, TABLES, ITEMS)
            tokens, total = (*tokens, token), total + float(log_probs[place])
            state = grammar.advance(state, token)
            if state.finished:
                return Hypothesis(tokens, total)
            logits, cache = decoder.step(prepared, torch.tensor([place]), cache)


@pytest.mark.parametrize("seed", range(6))
def test_a_beam_of_one_is_greedy_or_better(seed: int) -> None:
    """Better where the runner-up at some step ends the query, and so is kept as finished."""
    network = peaky(seed)
    memory, grammar, _ = read(network, tiny.PAIRS[4][0])
    (found,) = beam_search(
        network.decoder, memory, grammar, tables=TABLES, beam_size=1, max_length=MAX_LENGTH
    )
    expected = greedy(network.decoder, memory, grammar)
    assert found.log_prob >= expected.log_prob - 1e-3
    if found.tokens != expected.tokens:
        shared = len(found.tokens) - 1
        assert found.tokens[:shared] == expected.tokens[:shared]
        assert found.tokens[shared] == keyword("<end>")


LONGEST = 3
CHOICES = tuple(TargetToken("column", c) for c in range(4))


@dataclass(frozen=True)
class ShortLanguage:
    """One to three of four columns, then the end: few enough to try them all."""

    def start(self) -> SimpleNamespace:
        return SimpleNamespace(length=0, finished=False)

    def allowed(self, state: SimpleNamespace) -> SimpleNamespace:
        mask = np.zeros(len(KEYWORDS) + ITEMS, dtype=np.bool_)
        if state.length > 0:
            mask[target_index(keyword("<end>"), TABLES, ITEMS)] = True
        if state.length < LONGEST:
            mask[[target_index(token, TABLES, ITEMS) for token in CHOICES]] = True
        return SimpleNamespace(mask=mask)

    def advance(self, state: SimpleNamespace, token: TargetToken) -> SimpleNamespace:
        return SimpleNamespace(length=state.length + 1, finished=token == keyword("<end>"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beam_size", [1, 2, 5, 20, 84, 100])
def test_a_wide_beam_finds_what_trying_everything_finds(seed: int, beam_size: int) -> None:
    network = peaky(seed)
    memory, _, _ = read(network, tiny.PAIRS[1][0])
    sequences = [
        (*chosen, keyword("<end>"))
        for length in range(1, LONGEST + 1)
        for chosen in product(CHOICES, repeat=length)
    ]
    everything = sorted(
        ((rescored(network.decoder, memory, tokens, TABLES), tokens) for tokens in sequences),
        key=lambda pair: -pair[0],
    )
    found = beam_search(
        network.decoder,
        memory,
        ShortLanguage(),  # type: ignore[arg-type]
        tables=TABLES,
        beam_size=beam_size,
        max_length=LONGEST + 1,
    )
    known = {tokens: score for score, tokens in everything}
    for hypothesis in found:
        assert hypothesis.log_prob == pytest.approx(known[hypothesis.tokens], abs=1e-3)
    if beam_size >= len(CHOICES) ** 2:  # wide enough to keep every prefix but the last level's
        assert found[0].tokens == everything[0][1]
    if beam_size >= len(sequences):
        assert len(found) == len(sequences)
        expected = [score for score, _ in everything]
        assert [h.log_prob for h in found] == pytest.approx(expected, abs=1e-3)


def test_a_question_without_candidates_still_gives_queries() -> None:
    network = peaky(0)
    memory, grammar, _ = read(network, tiny.PAIRS[1][0], values=False)
    assert not memory.value_mask.any()
    found = beam_search(
        network.decoder, memory, grammar, tables=TABLES, beam_size=4, max_length=MAX_LENGTH
    )
    assert found
    assert all(token.kind != "value" for h in found for token in h.tokens)
