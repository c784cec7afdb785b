"""Checkpoints: all that a training needs to go on at its next batch, in one file.

The file is a zip (stored, not compressed) of ``meta.json`` and one ``.npy`` per variable, written
variable by variable: no second copy of the weights is ever in memory. It takes its name in one
rename, so there is a whole checkpoint or the one before.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.atomic_file import replacing_bytes

VERSION = 1
NAME = "checkpoint.zip"
_META = "meta.json"

Shape = tuple[str, tuple[int, ...]]  # dtype and shape of an array


def write(
    path: Path, identity: Mapping[str, Any], state: Mapping[str, Any], arrays: Iterable[Any]
) -> None:
    """Write a checkpoint in place of the last one.

    Args:
        path: its file.
        identity: what the training is; only the same may go on from it.
        state: plain data.
        arrays: numpy arrays, taken one at a time.

    Raises:
        OSError: the disk is full or the folder cannot be written; the last checkpoint is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        replacing_bytes(path) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive,
    ):
        for index, array in enumerate(arrays):
            with archive.open(f"{index}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        meta = {"version": VERSION, "identity": identity, "state": state}
        archive.writestr(_META, json.dumps(meta))


class Checkpoint:
    """A checkpoint that was found whole.

    Attributes:
        state: the plain data.
    """

    def __init__(self, path: Path, state: dict[str, Any]) -> None:
        self._path = path
        self.state = state

    def arrays(self) -> Iterable[NDArray[Any]]:
        """Yield the arrays in the order in which they were written."""
        with zipfile.ZipFile(self._path) as archive:
            for index in range(len(archive.namelist()) - 1):
                with archive.open(f"{index}.npy") as member:
                    yield np.lib.format.read_array(member, allow_pickle=False)


def read(path: Path, identity: Mapping[str, Any], shapes: Sequence[Shape]) -> Checkpoint | None:
    """Return the checkpoint, or None where there is none to go on from.

    Args:
        path: its file.
        identity: as given to ``write``.
        shapes: dtype and shape of the first arrays that are expected; more may follow.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:  # checks every member's CRC
                return None
            meta = json.loads(archive.read(_META))
            if meta["version"] != VERSION or meta["identity"] != json.loads(json.dumps(identity)):
                return None
            found = [_shape(archive, index) for index in range(len(archive.namelist()) - 1)]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    if found[: len(shapes)] != list(shapes):
        return None
    return Checkpoint(path, meta["state"])


def _shape(archive: zipfile.ZipFile, index: int) -> Shape:
    with archive.open(f"{index}.npy") as member:
        version = np.lib.format.read_magic(member)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(member)
        else:
            shape, _, dtype = np.lib.format.read_array_header_2_0(member)
        return str(dtype), tuple(shape)
