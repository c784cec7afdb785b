"""Saving the finished preset: complete, readable and the same model, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from bench import preset_folder
from bench.engine.interface import InputError
from bench.states.training.batches import Tokens
from bench.states.training.model import load
from reports.atomic_file import sync_folder

_WEIGHTS = ("*.safetensors", "*.safetensors.index.json", "*.bin", "*.bin.index.json")
_TOLERANCE = {"float32": 1e-3}  # of the largest logit; adapters are merged with rounding
_COARSE = 5e-2  # half precision


class SavingError(Exception):
    """What was written is not the model that was trained."""


def save(causal_lm: Any, base: str, out: Path, probe: Tokens, dtype: str) -> None:
    """Save a model so that ``from_preset(out)`` gives it; adapters are merged.

    It is written beside ``out``, loaded from there and compared, synced, and renamed.

    Args:
        causal_lm: the trained model.
        base: what it was loaded from. Where that is a local Hugging Face folder whose model does
            not come back from ``save_to_preset``, the result has that folder's format.
        out: a folder that does not exist.
        probe: a few texts on which what was saved must write what was trained.
        dtype: the policy under which it was trained.

    Raises:
        InputError: the disk is full, or the folder cannot be written.
        SavingError: KerasHub cannot read back what it wrote.
    """
    part = out.with_name(f".{out.name}.part")
    logits = _logits(causal_lm, probe)
    ways: list[Callable[[Path], None]] = [lambda folder: _as_kerashub(causal_lm, folder)]
    if Path(base).is_dir() and preset_folder.kind(Path(base)) == "huggingface":
        ways.append(lambda folder: _as_hugging_face(causal_lm, Path(base), folder))
    _refuse_small_disk(causal_lm, out.parent)
    try:
        reasons = []
        for write in ways:
            shutil.rmtree(part, ignore_errors=True)  # left by a kill, or by the way before
            part.mkdir(parents=True)
            try:
                write(part)
                _verify(part, logits, probe, dtype)
                break
            except Exception as error:
                if _disk_is_full(error, part):
                    raise InputError(
                        f"the trained preset cannot be saved, {_free(part)} are free in "
                        f"{out.parent}; make room, and run again"
                    ) from error
                if isinstance(error, PermissionError):
                    raise InputError(f"the trained preset cannot be saved: {error}") from error
                reasons.append(str(error).strip().split("\n")[0])
        else:
            raise SavingError(
                "KerasHub cannot read back the preset that it saved of this model "
                f"({'; '.join(reasons)})"
            )
        _sync(part)
        os.rename(part, out)
        sync_folder(out.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_small_disk(causal_lm: Any, folder: Path) -> None:
    """See beforehand that there is room: HDF5 may crash on a disk that fills up."""
    weights = causal_lm.backbone.weights  # saved as float32
    needed = int(1.05 * 4 * sum(int(np.prod(weight.shape)) for weight in weights))
    if shutil.disk_usage(folder).free < needed:
        raise InputError(
            f"the trained preset needs {needed / 1e6:,.1f} MB, {_free(folder)} are free in "
            f"{folder}; make room, and run again"
        )


def _as_kerashub(causal_lm: Any, folder: Path) -> None:
    backbone = causal_lm.backbone
    policy = backbone.dtype_policy
    # The variables are float32 under any policy of training, and so is the preset: a case
    # chooses its own dtype when it loads.
    backbone.dtype_policy = keras.DTypePolicy("float32")
    try:
        causal_lm.save_to_preset(str(folder))
    finally:
        backbone.dtype_policy = policy


def _as_hugging_face(causal_lm: Any, base: Path, folder: Path) -> None:
    """Write weights as transformers has them, with the base's own config and tokenizer files."""
    causal_lm.backbone.export_to_transformers(str(folder))
    for file in base.iterdir():
        if file.is_file() and not any(file.match(pattern) for pattern in _WEIGHTS):
            shutil.copyfile(file, folder / file.name)


def _logits(causal_lm: Any, probe: Tokens) -> Any:
    inputs = {name: ops.convert_to_tensor(array) for name, array in probe.inputs.items()}
    logits = ops.convert_to_numpy(ops.cast(causal_lm(inputs, training=False), "float32"))
    return np.asarray(logits)[probe.inputs["padding_mask"]]


def _verify(folder: Path, logits: Any, probe: Tokens, dtype: str) -> None:
    """Load what was written; raises whatever goes wrong."""
    loaded = load(str(folder), dtype, "the trained preset")
    for variable in loaded.weights:
        if not np.isfinite(np.asarray(ops.convert_to_numpy(variable))).all():
            raise SavingError(f"weight {variable.path} is not finite")
    again = _logits(loaded, probe)
    furthest = float(np.abs(again - logits).max() / max(1.0, float(np.abs(logits).max())))
    if not furthest <= _TOLERANCE.get(dtype, _COARSE):
        raise SavingError(f"it foresees other tokens than the trained model (by {furthest:.2g})")


def _disk_is_full(error: BaseException, folder: Path) -> bool:
    """Tell whether that is why; h5py says it in words only, if at all."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "No space left" in str(link) or "Disk quota" in str(link):
            return True
        link = link.__cause__ or link.__context__
    return False


def _free(folder: Path) -> str:
    with contextlib.suppress(OSError):
        return f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB"
    return "no bytes"


def _sync(folder: Path) -> None:
    """Make all files of a folder survive a power cut."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
            continue
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    sync_folder(folder)
