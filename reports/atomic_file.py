"""Replace a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a text stream whose content becomes ``path`` when the block ends without an error.

    The content goes to a temporary file in the same folder, is fsynced, and takes the name by
    ``os.replace``; then the folder is fsynced. After a kill at any moment ``path`` is what it was
    or what it was to be, never between. UTF-8; newlines are written as given.

    Raises:
        OSError: the folder cannot be written or the disk is full; ``path`` is unchanged.
    """
    temporary = _beside(path, f".{os.getpid()}.tmp")
    with _taking_its_name(path, temporary), temporary.open("w", encoding="utf-8", newline="") as it:
        yield it
        it.flush()
        os.fsync(it.fileno())


@contextlib.contextmanager
def replacing_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Do as ``replacing`` does, for bytes, in a file that has one writer at a time.

    The temporary file has one name, so what a kill leaves of a large one is written over.
    """
    temporary = _beside(path, ".tmp")
    with _taking_its_name(path, temporary), temporary.open("wb") as it:
        yield it
        it.flush()
        os.fsync(it.fileno())


def _beside(path: Path, ending: str) -> Path:
    if not path.name:  # the working folder, or the root of all
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return path.with_name(f".{path.name}{ending}")


@contextlib.contextmanager
def _taking_its_name(path: Path, temporary: Path) -> Iterator[None]:
    try:
        yield
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut, where the file system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
