"""TensorFlow Datasets: found on disk here, read and fetched by that library in its own process.

In its own process, because the library imports TensorFlow, which takes seconds, and would take
the GPU's memory, in a process that is to train or to measure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.preset_folder.fingerprint import fingerprint as folder_fingerprint
from bench.states.data import tfds_folder
from bench.states.data.found import DataError, Found
from scenarios.data_sets import Tfds
from scenarios.values import did_you_mean, quoted

_PROCESS = "bench.states.data.tfds_process"


def texts(data: Tfds) -> Found:
    """Return the texts of a split in the order of its files; it is fetched first if need be.

    Raises:
        DataError: it is not prepared and cannot be fetched, or has no such split or field.
    """
    prepare(data)
    folder = _prepared(data)
    found: list[str] = []
    for message in _ask(data, "read", str(folder), data.split, data.field):
        if isinstance(message, str):
            found.append(message)
        else:
            raise DataError(f"{data.label}: {_fault(message, folder)}")
    return Found(found, f"TensorFlow Datasets, split {data.split} in {folder}", _licence(folder))


def prepare(data: Tfds) -> None:
    """Have the library fetch and prepare the data set, if it is not prepared yet.

    Raises:
        DataError: it cannot be fetched; says how to do it on a machine with a network.
    """
    if tfds_folder.prepared(data) is not None:
        return
    reason = ""
    for message in _ask(data, "prepare", data.tfds, str(tfds_folder.data_dir(data))):
        if isinstance(message, dict):
            reason = str(message.get("message", message))
    if tfds_folder.prepared(data) is None:
        raise _not_prepared(data, f", and fetching it failed ({reason})")


def fingerprint(data: Tfds) -> str:
    """Return a hash of the prepared data set's files; large ones are sampled.

    Raises:
        DataError: it is not prepared; says how to do that.
    """
    folder = _prepared(data)
    try:
        return folder_fingerprint(folder)
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be read: {error.strerror}") from None


def _prepared(data: Tfds) -> Path:
    folder = tfds_folder.prepared(data)
    if folder is None:
        raise _not_prepared(data, "")
    return folder


def _not_prepared(data: Tfds, reason: str) -> DataError:
    folder = tfds_folder.data_dir(data)
    name = tfds_folder.wanted(data).name
    load = f"import tensorflow_datasets as tfds; tfds.load('{data.tfds}', data_dir='tfds')"
    return DataError(
        f"{data.label}: not prepared in {folder}{reason}; on a machine with a network run "
        f'`pip install tensorflow-datasets` and `python -c "{load}"`, '
        f"and copy the folder tfds/{name} from there to {folder / name}"
    )


def _ask(data: Tfds, *command: str) -> list[Any]:
    """Run the process and return its messages: texts, then at most one mapping that is a fault."""
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", _PROCESS, *command],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment,
        check=False,
    )
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    if messages and messages[-1] == {"fault": "no library"}:
        raise DataError(
            f"{data.label}: reading it needs TensorFlow Datasets; "
            "run `pip install tensorflow-datasets`"
        )
    if done.returncode and not (messages and isinstance(messages[-1], dict)):
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no message"]
        raise DataError(f"{data.label}: TensorFlow Datasets failed: {last[0]}")
    return messages


def _fault(message: dict[str, Any], folder: Path) -> str:
    known, word = message.get("known", []), message.get("word", "")
    match message["fault"]:
        case "no field":
            return f"has no field {quoted(word)}{did_you_mean(word, known)} ({_all(known)})"
        case "no split":
            return f"has no split {quoted(word)}{did_you_mean(word, known)} ({_all(known)})"
        case "no text":
            return f"the field {quoted(word)} holds no text but {message['message']}"
    return f"cannot be read in {folder}: {message.get('message', message)}"


def _all(known: list[str]) -> str:
    return f"it has {', '.join(known)}"


def _licence(folder: Path) -> str | None:
    """Return what the data set's own description says of its licence."""
    try:
        info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
        licence = info.get("redistributionInfo", {}).get("license")
    except (OSError, ValueError, AttributeError):
        return None
    return str(licence) if licence else None
