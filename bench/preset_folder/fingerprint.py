"""A hash that stands for the content of a preset folder, wherever and whenever it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_MIB = 1 << 20
_WHOLE = 32 * _MIB
_SPOTS, _SPOT = 64, 64 * 1024


def fingerprint(path: Path) -> str:
    """Return the SHA-256 over the names, sizes and content of what ``from_preset`` may read.

    Those are the files at the top and below ``assets/``; hidden ones and ``*.md`` do not count.
    Files up to 32 MiB count whole. Of larger ones count the first and the last MiB and 64 evenly
    spaced blocks of 64 KiB between them: retrained weights differ everywhere, so this finds them.

    Raises:
        OSError: a file cannot be read.
    """
    total = hashlib.sha256()
    for file in sorted(_files(path), key=lambda f: f.relative_to(path).as_posix()):
        size = file.stat().st_size
        total.update(f"{file.relative_to(path).as_posix()}\0{size}\0".encode())
        total.update(_content(file, size))
    return total.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    for file in [*path.iterdir(), *(path / "assets").rglob("*")]:
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not hidden and file.suffix.lower() != ".md":
            yield file


def _content(file: Path, size: int) -> bytes:
    with file.open("rb") as stream:
        if size <= _WHOLE:
            return hashlib.file_digest(stream, "sha256").digest()
        digest = hashlib.sha256(stream.read(_MIB))
        step = (size - 2 * _MIB) // _SPOTS
        for spot in range(_SPOTS):
            stream.seek(_MIB + spot * step)
            digest.update(stream.read(_SPOT))
        stream.seek(size - _MIB)
        digest.update(stream.read(_MIB))
    return digest.digest()
