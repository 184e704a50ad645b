"""A checkpoint comes back as it was, within the error of its 8-bit rows, and a wrong one says what is wrong."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny
import torch
from safetensors.torch import load_file, save_file

from nlidb import checkpoint as module
from nlidb.checkpoint import (
    CONFIG,
    MIN_QUANTISED,
    VOCABULARY,
    WEIGHTS,
    load_network,
    quantise,
    read_config,
    save_checkpoint,
)
from nlidb.errors import CheckpointError
from nlidb.parser import Parser
from nlidb.vocab import KEYWORDS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.write_checkpoint(tmp_path, tiny.network(tiny.config(capacity=3.0)))


def test_it_comes_back_within_the_quantisation_error(folder: Path) -> None:
    before, after = tiny.network(tiny.config(capacity=3.0)), load_network(folder)
    assert after.config == before.config
    assert not after.training
    loaded = after.state_dict()
    rounded = 0
    for name, value in before.state_dict().items():
        if value.dim() == 2 and value.numel() >= MIN_QUANTISED:
            error = (loaded[name] - value).abs()
            assert (error <= value.abs().amax(1, keepdim=True) / 254 * 1.001).all(), name
            rounded += 1
        else:
            assert torch.equal(loaded[name], value), name
    assert rounded >= 2
    assert all(value.dtype == torch.float32 for value in loaded.values())


def test_saving_again_loses_nothing_more(folder: Path, tmp_path: Path) -> None:
    first = load_network(folder)
    save_checkpoint(tmp_path / "again", first, folder / VOCABULARY, {})
    for name, value in load_network(tmp_path / "again").state_dict().items():
        assert torch.allclose(value, first.state_dict()[name], rtol=1e-6, atol=0), name


def test_a_row_of_zeros_stays_zero() -> None:
    rows, scale = quantise(torch.tensor([[0.0, 0.0], [-2.0, 1.0]]))
    assert rows.dtype == torch.int8
    assert torch.allclose(rows * scale, torch.tensor([[0.0, 0.0], [-2.0, 1.0]]), atol=0.01)


def test_it_is_readable_by_others_and_keeps_the_facts(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted([CONFIG, VOCABULARY, WEIGHTS])
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    assert read_config(folder)["facts"] == {"config": "tiny"}


def test_a_broken_off_write_leaves_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_network(folder).state_dict()

    def full_disk(tensors: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(module, "save_file", full_disk)
    with pytest.raises(OSError, match="no space"):
        save_checkpoint(folder, tiny.network(seed=1), folder / VOCABULARY, {})
    after = load_network(folder).state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_a_swap_that_fails_leaves_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_network(folder).state_dict()
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise OSError("no such luck")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="no such luck"):
        save_checkpoint(folder, tiny.network(seed=1), folder / VOCABULARY, {})
    after = load_network(folder).state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    monkeypatch.undo()
    save_checkpoint(folder, tiny.network(seed=1), folder / VOCABULARY, {})
    assert not torch.equal(
        load_network(folder).state_dict()["decoder.start"], before["decoder.start"]
    )
    assert not list(folder.parent.glob(f"{folder.name}.*"))


def test_one_from_before_the_newest_keywords_is_only_a_start(folder: Path) -> None:
    whole = load_network(folder).state_dict()
    tensors = load_file(folder / WEIGHTS)
    names = {name for name in tensors if name.startswith("decoder.keywords_")}
    assert len(names) >= 2
    short = {name: v[:-3].contiguous() if name in names else v for name, v in tensors.items()}
    save_file(short, folder / WEIGHTS)
    _change_config(keywords=list(KEYWORDS[:-3]))(folder)
    with pytest.raises(CheckpointError, match="another output vocabulary"):
        load_network(folder)
    found = load_network(folder, extend=True).state_dict()
    for name, value in whole.items():
        if name in names:
            assert torch.equal(found[name][:-3], value[:-3])
            assert 0 < found[name][-3:].abs().mean() < 3 * value.shape[1] ** -0.5
        else:
            assert torch.equal(found[name], value), name
    _change_config(keywords=["select"])(folder)
    with pytest.raises(CheckpointError, match="another output vocabulary"):
        load_network(folder, extend=True)


def _write(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / CONFIG).write_text(text, encoding="utf-8") and None


def _change_config(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        settings = json.loads((folder / CONFIG).read_text("utf-8"))
        (folder / CONFIG).write_text(json.dumps({**settings, **changes}), "utf-8")

    return change


def _change_size(folder: Path) -> None:
    settings = json.loads((folder / CONFIG).read_text("utf-8"))
    settings["model"]["dim"] = 64
    (folder / CONFIG).write_text(json.dumps(settings), "utf-8")


def _no_size(folder: Path) -> None:
    settings = json.loads((folder / CONFIG).read_text("utf-8"))
    settings["model"]["dim"] = 0
    (folder / CONFIG).write_text(json.dumps(settings), "utf-8")


def _ids_beyond_the_weights(folder: Path) -> None:
    """As many words as before, one of them with a number that no row of the weights has."""
    words = json.loads((folder / VOCABULARY).read_text("utf-8"))
    vocabulary = words["model"]["vocab"]
    last = max(vocabulary, key=vocabulary.__getitem__)
    vocabulary[last] += 1000
    (folder / VOCABULARY).write_text(json.dumps(words), "utf-8")


def _unknown_setting(folder: Path) -> None:
    settings = json.loads((folder / CONFIG).read_text("utf-8"))
    settings["model"]["attention"]["mode"] = "sparse"
    (folder / CONFIG).write_text(json.dumps(settings), "utf-8")


def _cut_weights(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def _drop_tensor(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    del tensors["decoder.start"]
    save_file(tensors, folder / WEIGHTS)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no config": lambda folder: (folder / CONFIG).unlink(),
    "config is no JSON": _write("{"),
    "config is a list": _write("[]"),
    "config is binary": lambda folder: (folder / CONFIG).write_bytes(b"\xff\xfe\x00"),
    "config lacks a part": _write('{"model": {}}'),
    "model is text": _change_config(model="big"),
    "model is empty": _change_config(model={}),
    "model is unknown": _change_config(model={"attention": {}, "depth": 3}),
    "another size": _change_size,
    "no size": _no_size,
    "ids beyond the weights": _ids_beyond_the_weights,
    "another attention": _unknown_setting,
    "another output vocabulary": _change_config(keywords=["select"]),
    "no weights": lambda folder: (folder / WEIGHTS).unlink(),
    "weights are cut": _cut_weights,
    "weights are empty": lambda folder: (folder / WEIGHTS).write_bytes(b""),
    "a tensor is missing": _drop_tensor,
    "no vocabulary": lambda folder: (folder / VOCABULARY).unlink(),
    "vocabulary is damaged": lambda folder: (folder / VOCABULARY).write_text("{}"),
    "calibration is damaged": _change_config(facts={"calibration": {"slope": 1}}),
    "facts are text": _change_config(facts="none"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_checkpoint_is_a_checkpoint_error(folder: Path, damage: str) -> None:
    Parser(folder)  # it was whole
    DAMAGE[damage](folder)
    with pytest.raises(CheckpointError) as caught:
        Parser(folder)
    assert str(folder) in caught.value.message
    assert caught.value.hint


def test_no_folder_at_all_is_one_too(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nowhere"):
        Parser(tmp_path / "nowhere")


def test_a_vocabulary_of_another_model_is_one_too(folder: Path) -> None:
    longer = tiny.wordpiece()
    longer.add_tokens([f"extra{i}" for i in range(5)])
    longer.save(str(folder / VOCABULARY))
    with pytest.raises(CheckpointError, match="vocabulary"):
        Parser(folder)
