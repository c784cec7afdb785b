"""What is wrong with a local preset folder: the rules of KerasHub 0.32's preset loaders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench.preset_folder.files import FaultError, kind, read_object, require, shards
from bench.preset_folder.weights import require_h5, require_safetensors

_SAVE_AGAIN = "copy the preset anew, or save it again with model.save_to_preset(folder)"
_COPY_AGAIN = "download or copy the model anew"
_BPE = ("vocabulary.json", "merges.txt")
_VOCABULARIES = ("vocabulary.spm", "vocabulary.txt")

# The files that KerasHub's converters read, by model_type; each alternative is one that suffices.
_TEKKEN = (("tekken.json",), ("tokenizer.model",))
_GPT2_LIKE = (("vocab.json", "merges.txt"),)
_SENTENCEPIECE = (("tokenizer.model",),)
_EITHER = (("tokenizer.model",), ("tokenizer.json",))
_JSON = (("tokenizer.json",),)
_TOKENIZER_FILES = {
    "gemma": _SENTENCEPIECE,
    "gemma2": _SENTENCEPIECE,
    "gemma3": _EITHER,
    "gemma3_text": _EITHER,
    "gemma3n": _SENTENCEPIECE,
    "gemma4": _JSON,
    "gemma4_text": _JSON,
    "gpt2": _GPT2_LIKE,
    "gpt_oss": _JSON,
    "llama": (("tokenizer.json", "tokenizer_config.json"),),
    "mistral": _TEKKEN,
    "mixtral": _SENTENCEPIECE,
    "qwen2": _JSON,
    "qwen2_moe": _JSON,
    "qwen3": _JSON,
    "qwen3_5": _JSON,
    "qwen3_5_moe": _JSON,
    "qwen3_moe": _JSON,
    "smollm3": _JSON,
}


def check(path: Path) -> list[str]:
    """Return the faults for which ``from_preset`` could not load a local folder; [] if none.

    Each names the file and says what to do. No fault is no promise: weights that fit another
    model are found only by loading them.
    """
    path = Path(path)
    if not path.exists():
        return [f"{path}: there is no such folder; check the path"]
    if not path.is_dir():
        return [f"{path}: a file; name the preset folder that holds it"]
    try:
        next(path.iterdir(), None)
    except OSError as error:
        return [f"{path}: cannot be read ({error.strerror}); check its rights"]
    found = kind(path)
    if found is None and not (path / "config.json").exists():
        return [_no_preset(path)]
    rules = {"kerashub": _kerashub, "huggingface": _huggingface}.get(found or "", _neither)
    return _faults(rules(path))


def _faults(rules: Iterable[Callable[[], object]]) -> list[str]:
    faults = []
    for rule in rules:
        try:
            rule()
        except FaultError as fault:
            faults.append(str(fault))
    return list(dict.fromkeys(faults))


def _no_preset(path: Path) -> str:
    below = islice(_folders_below(path), 2)
    hint = " or ".join(str(folder) for folder in below)
    advice = f"is {hint} meant?" if hint else "name a KerasHub or Hugging Face model folder"
    return f"{path}: not a preset folder, it has no config.json; {advice}"


def _neither(path: Path) -> Iterator[Callable[[], object]]:
    yield partial(_hf_config, path / "config.json")


def _folders_below(path: Path) -> Iterator[Path]:
    for depth in ("*", "*/*"):
        yield from (c.parent for c in sorted(path.glob(f"{depth}/config.json")))


# --- KerasHub -----------------------------------------------------------------------------------


def _kerashub(path: Path) -> Iterator[Callable[[], object]]:
    yield partial(_serialized, path / "config.json")
    yield partial(_h5_weights, path)
    yield partial(_kerashub_tokenizer, path)
    for name in ("task.json", "preprocessor.json", "tokenizer.json"):
        if (path / name).exists():
            yield partial(_serialized, path / name)


def _serialized(file: Path) -> dict[str, Any]:
    value = read_object(file, _SAVE_AGAIN)
    if not isinstance(value.get("class_name"), str) or not isinstance(value.get("config"), dict):
        raise FaultError(f"{file}: not a saved Keras object (class_name, config); {_SAVE_AGAIN}")
    return value


def _h5_weights(path: Path) -> None:
    whole, index = path / "model.weights.h5", path / "model.weights.json"
    if whole.exists() or whole.is_symlink() or not index.exists():
        require_h5(whole, _SAVE_AGAIN)
        return
    for shard in shards(index, _SAVE_AGAIN):
        require_h5(shard, _SAVE_AGAIN)


def _kerashub_tokenizer(path: Path) -> None:
    """Find the tokenizer where the loader looks for it (task, preprocessor, its own file)."""
    config = _tokenizer_config(path)
    if config is None:
        require(path / "tokenizer.json", f"without a tokenizer no text is written: {_SAVE_AGAIN}")
        config = _serialized(path / "tokenizer.json")
    settings = config.get("config")
    name = settings.get("config_file") if isinstance(settings, dict) else None
    stem = name.split(".")[0] if isinstance(name, str) else "tokenizer"
    _assets(path / "assets" / stem, str(config.get("class_name")))


def _tokenizer_config(path: Path) -> dict[str, Any] | None:
    task = _optional(path / "task.json")
    if str(task.get("class_name", "")).endswith("CausalLM"):
        preprocessor = _inner(task, "preprocessor")
        if preprocessor is None:
            raise FaultError(
                f"{path / 'task.json'}: saved without a preprocessor, so no text can be "
                "generated; save the model again with its preprocessor, or remove this file"
            )
        return _inner(preprocessor, "tokenizer")
    return _inner(_optional(path / "preprocessor.json"), "tokenizer")


def _optional(file: Path) -> dict[str, Any]:
    try:
        return read_object(file)
    except FaultError:  # said once, by _serialized
        return {}


def _inner(saved: dict[str, Any], name: str) -> dict[str, Any] | None:
    config = saved.get("config")
    inner = config.get(name) if isinstance(config, dict) else None
    return inner if isinstance(inner, dict) else None


def _assets(folder: Path, tokenizer: str) -> None:
    if tokenizer in ("ByteTokenizer", "UnicodeCodepointTokenizer"):
        return
    if tokenizer == "GPT2Tokenizer" or any((folder / name).exists() for name in _BPE):
        require(folder / "merges.txt", _SAVE_AGAIN, may_be_empty=True)
        if not read_object(folder / "vocabulary.json", _SAVE_AGAIN):
            raise FaultError(f"{folder / 'vocabulary.json'}: holds no words; {_SAVE_AGAIN}")
        return
    for name in _VOCABULARIES:
        if (folder / name).exists():
            return require(folder / name, _SAVE_AGAIN)
    names = ", ".join((*_BPE, *_VOCABULARIES))
    raise FaultError(f"{folder}: holds no vocabulary (one of {names}); {_SAVE_AGAIN}")


# --- Hugging Face -------------------------------------------------------------------------------


def _huggingface(path: Path) -> Iterator[Callable[[], object]]:
    yield partial(_hf_config, path / "config.json")
    yield partial(_hf_weights, path)
    yield partial(_hf_tokenizer, path)


def _hf_config(file: Path) -> None:
    config = read_object(file, _COPY_AGAIN)
    if "model_type" not in config:
        raise FaultError(
            f"{file}: neither a KerasHub preset (registered_name) nor a Hugging Face model "
            "(model_type); name the folder of a text model"
        )
    if not config.get("architectures"):
        raise FaultError(
            f'{file}: has no architectures, which KerasHub reads; add "architectures": '
            '["..ForCausalLM"] with the name of the model\'s class'
        )


def _hf_weights(path: Path) -> None:
    index, whole = path / "model.safetensors.index.json", path / "model.safetensors"
    if index.exists() or index.is_symlink():
        for shard in shards(index, _COPY_AGAIN):
            require_safetensors(shard, _COPY_AGAIN)
        return
    if not whole.exists() and (old := next(iter(sorted(path.glob("pytorch_model*.bin"))), None)):
        raise FaultError(
            f"{whole}: missing, and KerasHub does not read {old.name}; convert it with "
            "transformers: AutoModelForCausalLM.from_pretrained(folder)"
            ".save_pretrained(folder, safe_serialization=True)"
        )
    require_safetensors(whole, _COPY_AGAIN)


def _hf_tokenizer(path: Path) -> None:
    model_type = _optional(path / "config.json").get("model_type")
    alternatives = _TOKENIZER_FILES.get(str(model_type))
    if alternatives is None:
        return
    chosen = next(
        (files for files in alternatives if all((path / f).exists() for f in files)), None
    )
    if chosen is None:
        needed = " or ".join(" and ".join(files) for files in alternatives)
        advice = _COPY_AGAIN
        if alternatives is _GPT2_LIKE and (path / "tokenizer.json").exists():
            advice = (
                "write them with transformers: "
                "GPT2Tokenizer.from_pretrained(folder).save_vocabulary(folder)"
            )
        raise FaultError(f"{path}: KerasHub reads {needed} here, which is missing; {advice}")
    for name in chosen:
        if name.endswith(".json"):
            read_object(path / name, _COPY_AGAIN)
        else:
            require(path / name, _COPY_AGAIN)
