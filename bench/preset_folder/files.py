"""The files of a preset folder: their presence, their JSON, and the folder's kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

Kind = Literal["kerashub", "huggingface"]

_LFS = b"version https://git-lfs"
_CONFIG = "config.json"


class FaultError(Exception):
    """One clear fault; the text names the file and says what to do."""


def kind(path: Path) -> Kind | None:
    """Tell the format of a preset folder as ``from_preset`` does, by its ``config.json``.

    Where that file cannot be read, the names of the weight files decide. None: neither format.
    """
    try:
        config = read_object(path / _CONFIG)
    except FaultError:
        if any((path / name).exists() for name in ("model.weights.h5", "model.weights.json")):
            return "kerashub"
        if any(path.glob("*.safetensors")):
            return "huggingface"
        return None
    if "registered_name" in config:
        return "kerashub"
    return "huggingface" if "model_type" in config else None


def require(file: Path, advice: str, *, may_be_empty: bool = False) -> None:
    """Check that a file is there, can be read, is not empty, and is not a stand-in of Git LFS.

    Raises:
        FaultError: it is not; ``advice`` says how one gets the file.
    """
    if not file.exists():
        if file.is_symlink():
            raise FaultError(f"{file}: a link to a file that is gone; {advice}")
        raise FaultError(f"{file}: missing; {advice}")
    if file.is_dir():
        raise FaultError(f"{file}: a folder where a file should be; {advice}")
    try:
        with file.open("rb") as stream:
            start = stream.read(len(_LFS))
    except OSError as error:
        raise FaultError(f"{file}: cannot be read ({error.strerror}); check its rights") from error
    if not start and not may_be_empty:
        raise FaultError(f"{file}: empty; {advice}")
    if start == _LFS:
        raise FaultError(f"{file}: a Git LFS pointer, not the file itself; run git lfs pull there")


def read_object(file: Path, advice: str = "copy the preset folder anew") -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        FaultError: it is missing, unreadable, not JSON (says where), or not an object.
    """
    require(file, advice)
    try:
        value = json.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise FaultError(f"{file}: cannot be read ({error.strerror}); check its rights") from error
    except UnicodeDecodeError as error:
        raise FaultError(f"{file}: not UTF-8 text (byte {error.start}); {advice}") from error
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        raise FaultError(f"{where}: not JSON ({error.msg}); {advice}") from error
    except RecursionError as error:
        raise FaultError(f"{file}: not a preset's JSON (nested too deep); {advice}") from error
    if not isinstance(value, dict):
        raise FaultError(f"{file}: holds no JSON object; {advice}")
    return value


def shards(index: Path, advice: str) -> list[Path]:
    """Return the weight files that an index (``weight_map``) names, sorted.

    Raises:
        FaultError: the index is broken or names none.
    """
    weight_map = read_object(index, advice).get("weight_map")
    names: set[str] = set()
    if isinstance(weight_map, dict):
        for value in weight_map.values():
            names.update(value if isinstance(value, list) else [value])
    if not names or not all(isinstance(name, str) for name in names):
        raise FaultError(f"{index}: names no weight files (weight_map); {advice}")
    return [index.parent / name for name in sorted(names)]
