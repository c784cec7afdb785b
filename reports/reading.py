"""Reads ``records.jsonl``, line by line, past whatever damage there is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader, BytesIO
from pathlib import Path

from reports.manifest import RunFolderError
from reports.record_lines import parsed
from reports.records import Record
from reports.sample_index import Place, keep_index, read_index, stamp_of
from reports.sample_lines import SAMPLE, Head, Part, SampleLines, Unreadable, head_of

_MOST_HELD = 1000  # lines held before they are parsed, or digested
_NO_HEAD: Head = ("", 0, "")


def read_records(path: Path, unreadable: Unreadable) -> Iterator[Record]:
    """Yield the records in file order.

    Args:
        path: the file; absent, it holds nothing.
        unreadable: gets ``(line number, reason)`` of the lines that are no record.

    Raises:
        RunFolderError: the file is there and cannot be opened.
    """
    for record in scan_records(path, unreadable):
        if isinstance(record, SampleLines):
            yield from record
        else:
            yield record


def scan_records(path: Path, unreadable: Unreadable) -> Iterator[Record | SampleLines]:
    """Yield the records as ``read_records`` does, but sample lines that follow each other, together
    and unparsed.

    Where a large file has not changed since it was last read, its sample lines are not even looked
    at (``sample_index``).

    Raises:
        RunFolderError: the file is there and cannot be opened.
    """
    try:
        stream = path.open("rb", buffering=0)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror}") from error
    with stream:
        stamp = stamp_of(os.fstat(stream.fileno()))
        if known := read_index(path.parent, stamp):
            yield from _between(BufferedReader(stream), path, known, unreadable)
            return
        places: list[Place] = []
        lines = BufferedReader(stream, 1024 * 1024)
        for one in _scanned(lines, path, unreadable):
            if isinstance(one, SampleLines):
                places += one.places
            yield one
        if stamp_of(os.fstat(stream.fileno())) == stamp:
            keep_index(path.parent, stamp, places)


def _between(
    stream: BufferedReader, path: Path, known: Sequence[Place], unreadable: Unreadable
) -> Iterator[Record | SampleLines]:
    """The sample lines whose place is known, and what stands between them."""
    offset, first = 0, 1

    def others(end: int) -> Iterator[Record | SampleLines]:
        stream.seek(offset)
        lines = BytesIO(stream.read(end - offset))
        return _scanned(lines, path, unreadable, offset, first)

    for head, part in known:
        if part.offset > offset:
            yield from others(part.offset)
        yield SampleLines(path, head, (part,), unreadable)
        offset, first = part.offset + part.size, part.first + part.lines
    yield from others(os.fstat(stream.fileno()).st_size)


def _scanned(
    lines: Iterable[bytes], path: Path, unreadable: Unreadable, offset: int = 0, first: int = 1
) -> Iterator[Record | SampleLines]:
    """What lines hold, of which the first has this offset and number in the file."""
    held: list[bytes] = []  # lines that follow each other: all of samples, or all of others
    start, head = b"", _NO_HEAD

    def together() -> Iterable[Record | SampleLines]:
        if head is _NO_HEAD:
            return _parsed(held, first, unreadable)
        data = b"".join(held)
        part = Part(offset, len(data), first, len(held), hashlib.sha256(data).digest())
        return (SampleLines(path, head, (part,), unreadable),)

    for number, line in enumerate(lines, first):
        like = line.startswith(start) if start else not line.startswith(SAMPLE)
        if like and line.endswith(b"}\n") and len(held) < _MOST_HELD:
            held.append(line)
            continue
        if held:
            size = sum(map(len, held))
            yield from together()
            offset += size
        held, first = [line], number
        start, head = head_of(line) or (b"", _NO_HEAD)
    if held:
        yield from together()


def _parsed(lines: list[bytes], first: int, unreadable: Unreadable) -> Iterator[Record]:
    """The records of lines, of which the first has this number; what is none is reported."""
    for number, record in enumerate(parsed(lines), first):
        if record is not None:
            yield record
        elif (line := lines[number - first]) != b"\n":
            torn = not line.endswith(b"\n")
            unreadable.append((number, "cut short" if torn else "not a record"))
