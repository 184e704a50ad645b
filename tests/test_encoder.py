"""The encoder: what is padded changes nothing, and pooling means what it says."""

from __future__ import annotations

import tiny
import torch
from transformers import BertConfig, BertModel

from nlidb.dropout import Dropout
from nlidb.encoder import Encoder, pool
from training.pretrained import copy_bert


def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder(tiny.CONFIG).eval()


@torch.no_grad()
def test_padding_and_neighbours_change_nothing() -> None:
    made = encoder()
    short, long = torch.tensor([[2, 40, 41, 3]]), torch.tensor([[2, 50, 51, 52, 53, 54, 3]])
    batch = torch.zeros(2, 9, dtype=torch.long)
    batch[0, :4], batch[1, :7] = short, long
    together = made(batch)
    assert together.shape == (2, 9, tiny.CONFIG.encoder_dim)
    assert torch.allclose(together[0, :4], made(short)[0], atol=1e-5)
    assert torch.allclose(together[1, :7], made(long)[0], atol=1e-5)
    assert (together[0, 4:] == 0).all()
    assert (together[1, 7:] == 0).all()


@torch.no_grad()
def test_order_matters() -> None:
    made = encoder()
    one, other = made(torch.tensor([[2, 40, 41, 3]])), made(torch.tensor([[2, 41, 40, 3]]))
    assert not torch.allclose(one[0, 1], other[0, 2], atol=1e-3)


@torch.no_grad()
def test_it_equals_the_bert_of_transformers() -> None:
    config = tiny.CONFIG
    theirs = BertModel(
        BertConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.encoder_dim,
            num_hidden_layers=config.encoder_layers,
            num_attention_heads=config.encoder_heads,
            intermediate_size=config.encoder_ffn_dim,
            max_position_embeddings=config.max_positions,
        ),
        add_pooling_layer=False,
    ).eval()
    ours = encoder()
    copy_bert(ours, theirs.state_dict())
    ids = torch.tensor([[2, 40, 41, 42, 3], [2, 43, 3, 0, 0]])
    expected = theirs(ids, attention_mask=(ids != 0).long()).last_hidden_state
    assert torch.allclose(ours(ids)[ids != 0], expected[ids != 0], atol=1e-5)


@torch.no_grad()
def test_it_is_a_post_norm_transformer_as_torch_builds_it() -> None:
    """BERT's layer is torch's own, given the same weights."""
    made = encoder()
    ours = made.layers[0]
    theirs = torch.nn.TransformerEncoderLayer(
        tiny.CONFIG.encoder_dim,
        tiny.CONFIG.encoder_heads,
        tiny.CONFIG.encoder_ffn_dim,
        dropout=0.0,
        activation="gelu",
        layer_norm_eps=1e-12,
        batch_first=True,
    ).eval()
    theirs.self_attn.in_proj_weight.copy_(ours.qkv.weight)
    theirs.self_attn.in_proj_bias.copy_(ours.qkv.bias)
    for ours_part, theirs_part in (
        (ours.out, theirs.self_attn.out_proj),
        (ours.up, theirs.linear1),
        (ours.down, theirs.linear2),
        (ours.norm_attention, theirs.norm1),
        (ours.norm_ffn, theirs.norm2),
    ):
        theirs_part.load_state_dict(ours_part.state_dict())
    x = torch.randn(2, 5, tiny.CONFIG.encoder_dim)
    mask = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    real = mask.view(-1).nonzero().squeeze(-1)
    found = ours(x.view(10, -1)[real], mask, real)
    expected = theirs(x, src_key_padding_mask=~mask).reshape(10, -1)[real]
    assert torch.allclose(found, expected, atol=1e-5)


def test_pooling_is_the_mean_of_a_groups_sub_words() -> None:
    hidden = torch.arange(12.0).view(2, 3, 2)
    group = torch.tensor([[0, 2, -1], [2, 0, 2]])
    found = pool(hidden, group, 4)
    assert found[0].tolist() == [(0 + 8) / 2, (1 + 9) / 2]
    assert found[2].tolist() == [(2 + 6 + 10) / 3, (3 + 7 + 11) / 3]
    assert found[1].tolist() == found[3].tolist() == [0.0, 0.0]


@torch.no_grad()
def test_bags_are_means_of_word_embeddings() -> None:
    made = encoder()
    found = made.embed_bags(torch.tensor([[7, 9, 0], [0, 0, 0]]))
    assert torch.allclose(found[0], made.words.weight[[7, 9]].mean(0))
    assert (found[1] == 0).all()


def test_dropout_zeroes_its_share_scales_the_rest_and_rests_when_answering() -> None:
    torch.manual_seed(0)
    dropped = Dropout(0.25)
    x = torch.ones(100, 1001)  # no multiple of eight
    found = dropped(x)
    share = float((found == 0).float().mean())
    assert abs(share - 0.25) < 0.01
    assert torch.allclose(found[found != 0], torch.tensor(4 / 3))
    # every one of the eight elements that share a random number is dropped as often
    for place in range(8):
        assert abs(float((found.view(-1)[place::8] == 0).float().mean()) - 0.25) < 0.03
    assert torch.equal(dropped.eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)
