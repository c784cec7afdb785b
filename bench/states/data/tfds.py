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
from bench.states.data.found import DataError, Found, instead
from scenarios.data_sets import Tfds
from scenarios.values import quoted

_PROCESS = "bench.states.data.tfds_process"
# The library's metadata leaves out importlib_resources, which fetching needs (seen with 4.9.10).
_INSTALL = "pip install tensorflow-datasets importlib_resources"


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
    folder = tfds_folder.data_dir(data)
    messages = _ask(data, "prepare", data.tfds, str(folder))
    if tfds_folder.prepared(data) is None:
        fault = messages[-1] if messages else {"fault": "nothing came"}
        if fault["fault"] == "unknown":
            raise DataError(
                f"{data.label}: TensorFlow Datasets knows no data set of this name, and none is "
                f"prepared in {folder}; see the name, and the folder (folder: …)"
            )
        raise _not_prepared(data, f", and fetching it failed ({fault.get('message', fault)})")


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
        f'`{_INSTALL}` and `python -c "{load}"`, '
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
    whole = done.stdout[: done.stdout.rfind(b"\n") + 1]  # a killed process may break off in a line
    messages = [json.loads(line) for line in whole.splitlines()]
    if messages and messages[-1] == {"fault": "no library"}:
        raise DataError(f"{data.label}: reading it needs TensorFlow Datasets; run `{_INSTALL}`")
    if done.returncode and not (messages and isinstance(messages[-1], dict)):
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"code {done.returncode}"
        said = f": {last[0]}" if last else ""
        raise DataError(f"{data.label}: TensorFlow Datasets ended with {how}{said}")
    return messages


def _fault(message: dict[str, Any], folder: Path) -> str:
    known, word = message.get("known", []), message.get("word", "")
    match message["fault"]:
        case "no field":
            return f"has no field {quoted(word)}{instead(word, known, 'fields')}"
        case "no split":
            return f"has no split {quoted(word)}{instead(word, known, 'splits')}"
        case "no text":
            return f"the field {quoted(word)} holds no text but {message['message']}"
    return f"cannot be read in {folder}: {message.get('message', message)}"


def _licence(folder: Path) -> str | None:
    """Return what the data set's own description says of its licence."""
    try:
        info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
        licence = info.get("redistributionInfo", {}).get("license")
    except (OSError, ValueError, AttributeError):
        return None
    return str(licence) if licence else None
