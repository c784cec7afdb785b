"""Reads ``records.jsonl``, line by line, past whatever damage there is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from reports.json_text import loads
from reports.manifest import RunFolderError
from reports.records import Record, from_data, from_line
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

    Raises:
        RunFolderError: the file is there and cannot be opened.
    """
    try:
        stream = path.open("rb", buffering=1024 * 1024)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror}") from error
    held: list[bytes] = []  # lines that follow each other: all of samples, or all of others
    start, head, offset, first = b"", _NO_HEAD, 0, 1

    def together() -> Iterable[Record | SampleLines]:
        if head is _NO_HEAD:
            return _parsed(held, first, unreadable)
        data = b"".join(held)
        part = Part(offset, len(data), first, len(held), hashlib.sha256(data).digest())
        return (SampleLines(path, head, (part,), unreadable),)

    with stream:
        for number, line in enumerate(stream, 1):
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
    """The records of lines, parsed all at once, which takes half the time, if none is damaged.

    Each line but the last of the file ends with a newline, so that no text can span two of them.
    """
    try:
        found = loads(b"[%b]" % b",".join(lines))
        if len(found) != len(lines):
            raise ValueError("not one record a line")
        yield from list(map(from_data, found))
    except (ValueError, RecursionError):
        yield from _one_by_one(lines, first, unreadable)


def _one_by_one(lines: list[bytes], first: int, unreadable: Unreadable) -> Iterator[Record]:
    for number, line in enumerate(lines, first):
        if line == b"\n":
            continue
        try:
            record = from_line(line.decode("utf-8"))
        except (ValueError, RecursionError):
            torn = not line.endswith(b"\n")
            unreadable.append((number, "cut short" if torn else "not a record"))
            continue
        yield record
