"""The files of a history: one per finished run, never changed once written.

A name is ``<UTC time>-<scenario>-<run>-<digest>.json``. The digest is that of the content, so two
writers never meet in one name, a file that was damaged later is told, and histories of several
machines are merged by copying the files together.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reports.history.kept import KeptError, KeptRun, from_text, to_text

DIGITS = 12  # of the content's digest: 48 bits, beside the time, the scenario and the run
_NAME = re.compile(r".*-(?P<run>[0-9a-f]{8})-(?P<digest>[0-9a-f]{12})\.json", re.DOTALL)


@dataclass(frozen=True)
class FileState:
    """A file as the folder lists it.

    Attributes:
        name: without the folder.
        size: bytes.
        changed: time of the last change, ns.
    """

    name: str
    size: int
    changed: int


def store(kept: KeptRun, history: Path) -> Path:
    """Write a run into a history folder, which is made if need be; return its file.

    Any number of processes may do so at once, on any number of machines. A run that is there
    already with the same content is not written again.

    Raises:
        OSError: the folder cannot be made or written; nothing was changed.
    """
    from reports.atomic_file import replacing
    from reports.run_folder import folder_name  # a reader of many files needs neither

    text = to_text(kept)
    start = f"{_time(kept.created)}-{folder_name(kept.scenario)}-{kept.run[:8]}-"
    if history.is_dir():
        for state in listing(history):
            if state.name.startswith(start):
                with contextlib.suppress(KeptError, OSError):
                    if kept.same_but_stored(load(history / state.name)):
                        return history / state.name
    history.mkdir(parents=True, exist_ok=True)
    path = history / f"{start}{_digest(text)}.json"
    with replacing(path) as stream:
        stream.write(text)
    return path


def load(path: Path) -> KeptRun:
    """Read one file.

    Raises:
        KeptError: it is damaged, no history file, or of a newer schema.
        OSError: it cannot be read.
    """
    content = path.read_bytes()
    match = _NAME.fullmatch(path.name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise KeptError("it is damaged (not UTF-8)") from None
    if match and _digest(text) != match["digest"]:
        raise KeptError("it is cut short or damaged (its content does not fit its name)")
    return from_text(text)


def listing(history: Path) -> list[FileState]:
    """Return the JSON files of a folder by name; hidden ones are still being written.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(_found(history), key=lambda state: state.name)


def _found(history: Path) -> Iterator[FileState]:
    with os.scandir(history) as entries:
        for entry in entries:
            if not entry.name.endswith(".json") or entry.name.startswith("."):
                continue
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                if entry.is_file():
                    stat = entry.stat()
                    yield FileState(entry.name, stat.st_size, stat.st_mtime_ns)


def seconds(time: str) -> float:
    """Return an ISO 8601 time as Unix time; UTC where it names no zone.

    Raises:
        KeptError: it is none.
    """
    try:
        moment = datetime.fromisoformat(time)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise KeptError(f"{time[:40]!r} is no time") from None


def _time(created: str) -> str:
    """The time as folders are named by."""
    return datetime.fromtimestamp(seconds(created), UTC).strftime("%Y%m%d-%H%M%S")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGITS]
