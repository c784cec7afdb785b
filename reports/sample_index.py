"""Where the generated texts of a large ``records.jsonl`` stand, kept for the next reading.

A file of a million texts takes a second to look through, line by line, only to find that there is
nothing new. So a reading of a large file leaves ``.samples-index.json`` beside it: the parts that
hold sample lines, with digests of their bytes. It counts only while the records have the size and
the time of change that they had then, so it may be deleted, copied or out of date without harm.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISREG

from reports.atomic_file import replacing
from reports.json_text import loads
from reports.sample_lines import Head, Part

INDEX = ".samples-index.json"
SMALLEST = 32 * 1024 * 1024  # bytes of records; a smaller file is looked through in no time
# ns after which a further change has a time of its own: on the coarsest file system in use (FAT),
# and on one whose times have digits below a millisecond.
_COARSE, _FINE = 2 * 10**9, 10**8
_SCHEMA = 1

Place = tuple[Head, Part]
Stamp = tuple[int, int]  # bytes, and time of change in ns


def stamp_of(records: os.stat_result) -> Stamp:
    """Return what tells that a file has changed since."""
    return records.st_size, records.st_mtime_ns


def read_index(folder: Path, stamp: Stamp) -> list[Place]:
    """Return where sample lines stand, in file order; empty where that is not known."""
    if stamp[0] < SMALLEST:
        return []
    try:
        about = (folder / INDEX).stat()
        if not S_ISREG(about.st_mode) or about.st_size > stamp[0]:  # a pipe would never end
            return []
        data = loads((folder / INDEX).read_bytes())
        if (data["schema_version"], data["size"], data["changed"]) != (_SCHEMA, *stamp):
            return []
        return _places(data["parts"], stamp[0])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def _places(parts: Sequence[Sequence[object]], end: int) -> list[Place]:
    """Check what was read: parts that follow each other within the file.

    Raises:
        ValueError, TypeError: they do not.
    """
    found: list[Place] = []
    at, line = 0, 1
    for case, launch, attempt, offset, size, first, lines, digest in parts:
        if not (type(case) is type(attempt) is type(digest) is str and type(launch) is int):
            raise TypeError("not the index of samples")
        if not (type(offset) is type(size) is type(first) is type(lines) is int):
            raise TypeError("not the index of samples")
        if offset < at or first < line or not 1 <= lines <= size <= end - offset:
            raise ValueError("parts out of order")
        at, line = offset + size, first + lines
        part = Part(offset, size, first, lines, bytes.fromhex(digest))
        found.append(((case, launch, attempt), part))
    return found


def keep_index(folder: Path, stamp: Stamp, places: Sequence[Place]) -> None:
    """Write the index, if it is worth it and the file has come to rest; a failure is no harm."""
    size, changed = stamp
    settled = _FINE if changed % 10**6 else _COARSE
    if size < SMALLEST or not places or time.time_ns() - changed < settled:
        return
    parts = [
        [*head, part.offset, part.size, part.first, part.lines, part.digest.hex()]
        for head, part in places
    ]
    about = {"schema_version": _SCHEMA, "size": size, "changed": changed, "parts": parts}
    with contextlib.suppress(OSError), replacing(folder / INDEX) as stream:
        stream.write(json.dumps(about))
