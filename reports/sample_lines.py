"""Generated texts left on the disk until somebody asks for them.

A run of many texts is mostly text, and a summary needs none of it once it is scored: what counts
then is that the lines are still the ones that were scored. So readers take the sample lines of a
case in a launch together, unparsed, with a digest of their bytes; iterating over them parses them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeGuard, overload

from reports.manifest import RunFolderError
from reports.record_lines import parsed
from reports.records import Record, Sample

SAMPLE = b'{"kind": "sample", "case": '
_AFTER_HEAD = b', "prompt": '
Unreadable = list[tuple[int, str]]
Head = tuple[str, int, str]  # case, launch, attempt


@dataclass(frozen=True)
class Part:
    """Whole lines that follow each other in the file.

    Attributes:
        offset: of the first byte.
        size: bytes.
        first: number of the first line, from 1.
        lines: how many.
        digest: SHA-256 of the bytes.
    """

    offset: int
    size: int
    first: int
    lines: int
    digest: bytes


class SampleLines(Sequence[Sample]):
    """The samples of one case in one launch, as they stand in a file that is only appended to.

    Nothing parsed is kept. Lines that are no record are passed over, and put into ``unreadable``
    when they are first met; the length is that of the good ones.

    Args:
        path: the records.
        head: case, launch and attempt.
        parts: where the lines are.
        unreadable: where to report damaged lines: ``(line number, reason)``.
    """

    def __init__(
        self, path: Path, head: Head, parts: Sequence[Part], unreadable: Unreadable
    ) -> None:
        self.head = head
        self._path, self._parts, self._unreadable = path, tuple(parts), unreadable
        self._lines = sum(part.lines for part in parts)
        self._good: int | None = None

    def joined(self, more: SampleLines) -> SampleLines:
        """Return these lines and, after them, others of the same case, launch and attempt."""
        parts = (*self._parts, *more._parts)
        return SampleLines(self._path, self.head, parts, self._unreadable)

    @property
    def places(self) -> list[tuple[Head, Part]]:
        """Where the lines stand, in the order of the file."""
        return [(self.head, part) for part in self._parts]

    @property
    def size(self) -> int:
        """Bytes of all lines."""
        return sum(part.size for part in self._parts)

    @property
    def digest(self) -> bytes:
        """Equal only where every byte of the lines is."""
        return b"".join(part.digest for part in self._parts)

    def trust(self) -> None:
        """Take every line for a record: they are the same bytes as when they were parsed."""
        self._good = self._lines

    @property
    def whole(self) -> bool:
        """Whether every line is a record."""
        return len(self) == self._lines

    def __len__(self) -> int:
        if self._good is None:
            self._good = sum(1 for _ in self)
        return self._good

    def __iter__(self) -> Iterator[Sample]:
        good = 0
        for part in self._parts:
            try:
                with self._path.open("rb") as stream:
                    stream.seek(part.offset)
                    data = stream.read(part.size)
            except OSError as error:
                raise RunFolderError(f"cannot read {self._path}: {error.strerror}") from error
            for number, found in enumerate(parsed(list(BytesIO(data))), part.first):
                if self._is_own(found):
                    good += 1
                    yield found
                elif (fault := (number, "not a record")) not in self._unreadable:
                    self._unreadable.append(fault)
        self._good = good

    def _is_own(self, found: Record | None) -> TypeGuard[Sample]:
        """Whether a line's record is a sample of this case, launch and attempt."""
        return isinstance(found, Sample) and (found.case, found.launch, found.attempt) == self.head

    @overload
    def __getitem__(self, index: int) -> Sample: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...

    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        return list(self)[index]


def head_of(line: bytes) -> tuple[bytes, Head] | None:
    """Return what every sample line of its case, launch and attempt begins with, and these three.

    None where the line is no whole sample line as ``records.to_line`` writes it.
    """
    if not line.startswith(SAMPLE) or not line.endswith(b"}\n"):
        return None
    head = line[: line.find(_AFTER_HEAD)]
    try:
        data = json.loads(head.decode("utf-8") + "}")
        _, case, launch, attempt = data.values()
    except (ValueError, RecursionError):
        return None
    if list(data) != ["kind", "case", "launch", "attempt"]:
        return None
    if not (type(case) is type(attempt) is str and type(launch) is int):
        return None
    return head + _AFTER_HEAD, (case, launch, attempt)
