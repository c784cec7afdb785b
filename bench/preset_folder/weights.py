"""Weight files: whether an HDF5 or safetensors file is whole, from its headers and its size."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import BinaryIO

from bench.preset_folder.files import FaultError, require

_HDF5 = b"\x89HDF\r\n\x1a\n"
_LONGEST_HEADER = 100_000_000  # safetensors' own limit


def require_h5(file: Path, advice: str) -> None:
    """Check an HDF5 file: signature, recorded length and, by h5py, that it holds weights.

    Raises:
        FaultError: it is missing, cut off, or something else.
    """
    require(file, advice)
    with file.open("rb") as stream:
        head = stream.read(64)
        size = os.fstat(stream.fileno()).st_size
    if not head.startswith(_HDF5):
        raise FaultError(f"{file}: not an HDF5 file; {advice}")
    recorded = _recorded_length(head)
    if recorded is not None and size < recorded:
        raise FaultError(f"{file}: cut off, {_amount(size, recorded)}; {advice}")
    _open_with_h5py(file, advice)


def require_safetensors(file: Path, advice: str) -> None:
    """Check a safetensors file: its header is JSON, and its tensors fill the rest exactly.

    Raises:
        FaultError: it is missing, cut off, or something else.
    """
    require(file, advice)
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        header_length, needed = _safetensors_extent(stream, size, file, advice)
    if size < 8 + header_length + needed:
        raise FaultError(f"{file}: cut off, {_amount(size, 8 + header_length + needed)}; {advice}")
    if size > 8 + header_length + needed:
        extra = size - 8 - header_length - needed
        raise FaultError(f"{file}: {extra:,} bytes too long for its tensors; {advice}")


def _safetensors_extent(stream: BinaryIO, size: int, file: Path, advice: str) -> tuple[int, int]:
    """Return the lengths of the header and of the tensors behind it, as the header has them."""
    foreign = FaultError(f"{file}: not a safetensors file; {advice}")
    prefix = stream.read(8)
    if len(prefix) < 8:
        raise foreign
    length: int = struct.unpack("<Q", prefix)[0]
    if length > _LONGEST_HEADER or stream.read(1) != b"{":
        raise foreign
    if size < 8 + length:
        raise FaultError(f"{file}: cut off inside its header; {advice}")
    try:
        header = json.loads(b"{" + stream.read(length - 1))
        ends = [int(t["data_offsets"][1]) for name, t in header.items() if name != "__metadata__"]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise FaultError(f"{file}: its header is broken; {advice}") from error
    if not ends:
        raise FaultError(f"{file}: holds no tensors; {advice}")
    return length, max(ends)


def _recorded_length(head: bytes) -> int | None:
    """Return the end-of-file address of an HDF5 superblock; None for unusual address sizes.

    Source: HDF5 File Format Specification 3.0, II.A (superblock versions 0 to 3).
    """
    version = head[8]
    offset, width_at = {0: (40, 13), 1: (44, 13), 2: (28, 9), 3: (28, 9)}.get(version, (0, 0))
    if not offset or len(head) < offset + 8 or head[width_at] != 8:
        return None
    return int.from_bytes(head[offset : offset + 8], "little")


def _open_with_h5py(file: Path, advice: str) -> None:
    try:
        import h5py
    except ImportError:
        return

    def first_dataset(_: str, item: object) -> bool | None:
        return True if isinstance(item, h5py.Dataset) else None

    try:
        with h5py.File(file, "r") as opened:
            found = opened.visititems(first_dataset)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FaultError(f"{file}: cannot be opened as HDF5 ({reason}); {advice}") from error
    if not found:
        raise FaultError(f"{file}: holds no weights; {advice}")


def _amount(size: int, whole: int) -> str:
    return f"{size:,} of {whole:,} bytes are there"
