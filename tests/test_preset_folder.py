from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.preset_folder import check, kind

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 498184528\n"


def saved(class_name: str, **config: Any) -> dict[str, Any]:
    return {
        "class_name": class_name,
        "config": config,
        "registered_name": f"keras_hub>{class_name}",
    }


def write_json(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")


def write_h5(file: Path, values: int = 1000) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(file, "w") as weights:
        weights.create_dataset("layers/dense/vars/0", data=[0.5] * values)


def write_safetensors(file: Path, data: bytes = b"\0" * 64) -> None:
    tensor = {"dtype": "F32", "shape": [len(data) // 4], "data_offsets": [0, len(data)]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "wte.weight": tensor}).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header + data)


@pytest.fixture
def kerashub(tmp_path: Path) -> Path:
    folder = tmp_path / "kerashub"
    tokenizer = saved("GPT2Tokenizer", config_file="tokenizer.json")
    preprocessor = saved("GPT2CausalLMPreprocessor", tokenizer=tokenizer)
    write_json(folder / "config.json", saved("GPT2Backbone", num_layers=2))
    write_json(folder / "task.json", saved("GPT2CausalLM", preprocessor=preprocessor))
    write_json(folder / "preprocessor.json", preprocessor)
    write_json(folder / "tokenizer.json", tokenizer)
    write_json(folder / "metadata.json", {"date_saved": "2026-11-22@20:52:51"})
    write_json(folder / "assets/tokenizer/vocabulary.json", {"a": 0, "b": 1})
    (folder / "assets/tokenizer/merges.txt").write_text("")
    write_h5(folder / "model.weights.h5")
    return folder


@pytest.fixture
def huggingface(tmp_path: Path) -> Path:
    folder = tmp_path / "hf"
    write_json(folder / "config.json", {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]})
    write_json(folder / "vocab.json", {"a": 0})
    (folder / "merges.txt").write_text("#version: 0.2\n")
    write_safetensors(folder / "model.safetensors")
    return folder


def only_fault(folder: Path) -> str:
    faults = check(folder)
    assert len(faults) == 1, faults
    return faults[0]


def test_good_folders_have_no_faults(kerashub: Path, huggingface: Path) -> None:
    assert check(kerashub) == []
    assert check(huggingface) == []
    assert kind(kerashub) == "kerashub"
    assert kind(huggingface) == "huggingface"


def test_no_folder_and_a_file(kerashub: Path) -> None:
    assert "there is no such folder" in only_fault(kerashub / "no")
    assert "name the preset folder" in only_fault(kerashub / "model.weights.h5")


def test_a_folder_above_the_preset_is_told(kerashub: Path, tmp_path: Path) -> None:
    assert kind(tmp_path) is None
    assert f"is {kerashub} meant?" in only_fault(tmp_path)
    (tmp_path / "empty").mkdir()
    assert "name a KerasHub or Hugging Face model folder" in only_fault(tmp_path / "empty")


def test_config_of_neither_kind(tmp_path: Path) -> None:
    write_json(tmp_path / "config.json", {"architecture": "resnet18"})
    assert kind(tmp_path) is None
    assert "neither a KerasHub preset" in only_fault(tmp_path)


def test_without_a_config_the_weights_tell_the_kind(kerashub: Path, huggingface: Path) -> None:
    for folder, expected in ((kerashub, "kerashub"), (huggingface, "huggingface")):
        (folder / "config.json").unlink()
        assert kind(folder) == expected
        assert f"{folder / 'config.json'}: missing" in only_fault(folder)


@pytest.mark.parametrize("name", ["config.json", "task.json", "preprocessor.json"])
def test_corrupt_json_says_where(kerashub: Path, name: str) -> None:
    (kerashub / name).write_text('{\n "class_name": x\n}')
    assert only_fault(kerashub).startswith(f"{kerashub / name}:2:16: not JSON (Expecting value)")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"[]", "holds no JSON object"),
        (b"{}", "not a saved Keras object"),
        (b'{"x": "\xff"}', "not UTF-8 text (byte 7)"),
        (b"[" * 100_000, "not"),
        (LFS.encode(), "Git LFS pointer"),
    ],
)
def test_files_that_are_not_what_they_should_be(kerashub: Path, content: bytes, words: str) -> None:
    (kerashub / "task.json").write_bytes(content)
    assert words in only_fault(kerashub)


def test_every_fault_is_said_at_once(kerashub: Path) -> None:
    (kerashub / "config.json").write_text("{")
    (kerashub / "model.weights.h5").write_bytes(b"")
    (kerashub / "assets/tokenizer/vocabulary.json").unlink()
    places = [fault.split(": ")[0].removeprefix(str(kerashub)) for fault in check(kerashub)]
    assert places == ["/config.json:1:2", "/model.weights.h5", "/assets/tokenizer/vocabulary.json"]


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "missing; copy the preset anew"),
        (lambda f: f.write_bytes(b""), "empty"),
        (lambda f: f.write_text(LFS), "run git lfs pull"),
        (lambda f: f.write_text("<html>404"), "not an HDF5 file"),
        (cut, "cut off"),
        (lambda f: os.truncate(f, 40), "HDF5"),
        (lambda f: write_h5(f, 0) or _without_datasets(f), "holds no weights"),
    ],
)
def test_h5_weights(kerashub: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(kerashub / "model.weights.h5")
    fault = only_fault(kerashub)
    assert str(kerashub / "model.weights.h5") in fault
    assert words in fault


def _without_datasets(file: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(file, "w") as weights:
        weights.create_group("layers")


def test_h5_weights_damaged_inside(kerashub: Path) -> None:
    file = kerashub / "model.weights.h5"
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(96)
        stream.write(b"\0" * (size - 96))
    assert str(file) in only_fault(kerashub)


def test_sharded_weights(kerashub: Path) -> None:
    (kerashub / "model.weights.h5").unlink()
    names = ["model_00000.weights.h5", "model_00001.weights.h5"]
    for name in names:
        write_h5(kerashub / name)
    index = {"metadata": {"total_size": 8}, "weight_map": {"/a/vars": names[0], "/b/vars": names}}
    write_json(kerashub / "model.weights.json", index)
    assert check(kerashub) == []
    (kerashub / names[1]).unlink()
    assert only_fault(kerashub).startswith(f"{kerashub / names[1]}: missing")
    write_json(kerashub / "model.weights.json", {"weight_map": {}})
    assert "names no weight files" in only_fault(kerashub)


def test_tokenizer_assets(kerashub: Path) -> None:
    assets = kerashub / "assets/tokenizer"
    (assets / "merges.txt").unlink()
    assert "merges.txt: missing" in only_fault(kerashub)
    (assets / "merges.txt").touch()
    (assets / "vocabulary.json").write_text("{}")
    assert "holds no words" in only_fault(kerashub)
    shutil.rmtree(assets)
    assert "merges.txt: missing" in only_fault(kerashub)


def test_a_sentencepiece_tokenizer(kerashub: Path) -> None:
    tokenizer = saved("GemmaTokenizer", config_file="tokenizer.json")
    preprocessor = saved("GemmaCausalLMPreprocessor", tokenizer=tokenizer)
    write_json(kerashub / "task.json", saved("GemmaCausalLM", preprocessor=preprocessor))
    shutil.rmtree(kerashub / "assets/tokenizer")
    assert "holds no vocabulary" in only_fault(kerashub)
    (kerashub / "assets/tokenizer").mkdir()
    (kerashub / "assets/tokenizer/vocabulary.spm").write_bytes(b"\n\x0e")
    assert check(kerashub) == []


def test_a_backbone_and_a_tokenizer_are_enough(kerashub: Path) -> None:
    (kerashub / "task.json").unlink()
    (kerashub / "preprocessor.json").unlink()
    assert check(kerashub) == []
    (kerashub / "tokenizer.json").unlink()
    assert "without a tokenizer no text is written" in only_fault(kerashub)


def test_a_task_saved_without_its_preprocessor(kerashub: Path) -> None:
    write_json(kerashub / "task.json", saved("GPT2CausalLM", preprocessor=None))
    assert "saved without a preprocessor" in only_fault(kerashub)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "missing"),
        (lambda f: f.write_bytes(b""), "empty"),
        (lambda f: f.write_text(LFS), "run git lfs pull"),
        (lambda f: f.write_text("PK"), "not a safetensors file"),
        (lambda f: f.write_text("<html>404 not found"), "not a safetensors file"),
        (lambda f: f.write_bytes(f.read_bytes()[:-1]), "cut off"),
        (lambda f: f.write_bytes(f.read_bytes()[:40]), "cut off inside its header"),
        (lambda f: f.write_bytes(f.read_bytes() + b"x"), "1 bytes too long"),
        (lambda f: f.write_bytes(struct.pack("<Q", 2) + b"{}"), "holds no tensors"),
        (lambda f: f.write_bytes(struct.pack("<Q", 7) + b'{"a":1}'), "its header is broken"),
    ],
)
def test_safetensors(huggingface: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(huggingface / "model.safetensors")
    fault = only_fault(huggingface)
    assert str(huggingface / "model.safetensors") in fault
    assert words in fault


def test_weights_that_kerashub_does_not_read(huggingface: Path) -> None:
    (huggingface / "model.safetensors").rename(huggingface / "pytorch_model.bin")
    assert "safe_serialization=True" in only_fault(huggingface)


def test_sharded_safetensors(huggingface: Path) -> None:
    (huggingface / "model.safetensors").unlink()
    shard = huggingface / "model-00001-of-00001.safetensors"
    write_safetensors(shard)
    index = huggingface / "model.safetensors.index.json"
    write_json(index, {"weight_map": {"wte.weight": shard.name}})
    assert check(huggingface) == []
    cut(shard)
    assert str(shard) in only_fault(huggingface)
    index.write_text("{\n,")
    assert only_fault(huggingface).startswith(f"{index}:2:1: not JSON")


def test_a_link_into_a_cache_that_was_emptied(huggingface: Path) -> None:
    file = huggingface / "model.safetensors"
    file.unlink()
    file.symlink_to("../blobs/4d7a")
    assert "a link to a file that is gone" in only_fault(huggingface)


@pytest.mark.parametrize(
    ("model_type", "enough"),
    [
        ("llama", ["tokenizer.json", "tokenizer_config.json"]),
        ("qwen3", ["tokenizer.json"]),
        ("gemma", ["tokenizer.model"]),
        ("gemma3_text", ["tokenizer.json"]),
        ("mistral", ["tekken.json"]),
        ("a_model_of_tomorrow", []),
    ],
)
def test_tokenizer_files_by_model(huggingface: Path, model_type: str, enough: list[str]) -> None:
    write_json(
        huggingface / "config.json", {"model_type": model_type, "architectures": ["ForCausalLM"]}
    )
    if enough:
        assert " and ".join(enough) in only_fault(huggingface)
    for name in enough:
        (huggingface / name).write_text('{"model": {}}')
    assert check(huggingface) == []


def test_gpt2_with_the_new_tokenizer_file_only(huggingface: Path) -> None:
    (huggingface / "vocab.json").rename(huggingface / "tokenizer.json")
    fault = only_fault(huggingface)
    assert "vocab.json and merges.txt" in fault
    assert "save_vocabulary" in fault


def test_architectures_are_needed(huggingface: Path) -> None:
    write_json(huggingface / "config.json", {"model_type": "gpt2"})
    assert "has no architectures" in only_fault(huggingface)


def test_an_unreadable_folder(kerashub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert "cannot be read (Permission denied)" in only_fault(kerashub)
