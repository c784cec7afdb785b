"""One writer for a run folder: an advisory lock that the kernel drops when its holder dies."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path


class LockedError(Exception):
    """Another process holds the lock; the text says which."""


class RunLock:
    """An exclusive ``flock`` on a small file that names its holder.

    The file stays when the lock is given back (removing it would let two processes hold two
    files of one name). Where the system has no ``flock``, or the file system refuses it, there
    is no protection and no error.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock; nothing happens when this object holds it already.

        Raises:
            LockedError: another process, or another ``RunLock`` of this one, holds it.
            OSError: the lock file cannot be opened.
        """
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _flock(handle)
        except BlockingIOError as error:
            holder = os.read(handle, 4096)
            os.close(handle)
            raise LockedError(_describe(holder)) from error
        except (ImportError, OSError):
            pass
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        self._handle = handle

    def give_back(self) -> None:
        """Drop the lock; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _flock(handle: int) -> None:
    import fcntl  # not on Windows, where run folders can still be read

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _describe(holder: bytes) -> str:
    try:
        data = json.loads(holder)
        return f"process {int(data['pid'])} on {data['host']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
