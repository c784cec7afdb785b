"""The process in which TensorFlow Datasets runs: ``read FOLDER SPLIT FIELD``, ``prepare NAME DIR``.

It writes JSON to standard output, one value per line: a text each, and, where something is wrong,
a mapping with ``fault`` at the end. Whatever the library prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.worker import die_with_parent

_HOST = ("storage.googleapis.com", 443)  # where the library keeps what it knows of its data sets


def main(command: list[str]) -> int:
    """Run one command; 0 if nothing was wrong."""
    die_with_parent()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        try:
            for message in (
                _prepare(*command[1:]) if command[0] == "prepare" else _read(*command[1:])
            ):
                out.write(json.dumps(message) + "\n")
                if isinstance(message, dict):
                    return 1
        except ModuleNotFoundError as error:
            if error.name != "tensorflow_datasets":
                message = {"fault": "failed", "message": f"it needs the package {error.name}"}
                out.write(json.dumps(message) + "\n")
            else:
                out.write(json.dumps({"fault": "no library"}) + "\n")
            return 1
        except Exception as error:  # whatever the library raises becomes one message
            first = (str(error).strip().splitlines() or [""])[0][:300]
            message = {"fault": "failed", "message": f"{type(error).__name__}: {first}"}
            out.write(json.dumps(message) + "\n")
            return 1
    return 0


def _prepare(name: str, folder: str) -> Iterator[Any]:
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=folder)
    except tfds.core.DatasetNotFoundError:
        yield {"fault": "unknown"}
        return
    if not any(path.is_file() for path in Path(folder, "downloads").rglob("*")):
        _reach_the_network()
    builder.download_and_prepare()


def _reach_the_network() -> None:
    """Fail at once where there is no network: the library itself would try for minutes."""
    if any(os.environ.get(name) for name in ("https_proxy", "HTTPS_PROXY", "all_proxy")):
        return  # the proxy may be all that can be reached
    socket.create_connection(_HOST, timeout=10).close()


def _read(folder: str, split: str, field: str) -> Iterator[Any]:
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(folder)
    splits, features = list(builder.info.splits), builder.info.features
    base = re.match(r"[\w-]*", split)
    if base is None or base[0] not in splits:
        yield {"fault": "no split", "word": split, "known": splits}
        return
    if field not in features:
        yield {"fault": "no field", "word": field, "known": sorted(features)}
        return
    # One file after the other, each from its start: the order of the files.
    order = tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False)
    records = builder.as_dataset(
        split=split,
        shuffle_files=False,
        read_config=order,
        decoders=tfds.decode.PartialDecoding({field: True}),
    )
    for record in tfds.as_numpy(records):
        value = record[field]
        if not isinstance(value, bytes):
            kind = f"{type(value).__name__} {getattr(value, 'dtype', '')}".strip()
            yield {"fault": "no text", "word": field, "message": kind}
            return
        yield value.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
