"""Local text files: their lines as Unicode with line numbers, and a hash of their content."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BufferedIOBase
from pathlib import Path

from bench.states.data.found import DataError

_MARK = b"\xef\xbb\xbf"


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each line of a UTF-8 file with its number, from 1; the line end is kept as ``\\n``.

    Only ``\\n`` and ``\\r\\n`` end a line. A file called ``.gz`` is unpacked; a byte order mark at
    the start is dropped.

    Raises:
        DataError: it is not there, cannot be read, or is not UTF-8 (says line and byte).
    """
    number = 0
    try:
        with _opened(path) as stream:
            for number, raw in enumerate(stream, 1):
                line = raw.removeprefix(_MARK) if number == 1 else raw
                if line.endswith(b"\r\n"):
                    line = line[:-2] + b"\n"
                yield number, line.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.object[error.start]
        raise DataError(
            f"{path}:{number}: not UTF-8 text (byte 0x{bad:02x} at {error.start + 1} of the line); "
            "convert it, for example with iconv -f gb18030 -t utf-8"
        ) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{path}: not a whole gzip file; copy it anew or unpack it") from None
    except OSError as error:
        raise unreadable(path, error) from None


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 over the content of files, in their order; names do not count.

    Raises:
        DataError: one is not there or cannot be read.
    """
    total = hashlib.sha256()
    for path in paths:
        try:
            status = path.stat()
            total.update(_file_digest(path, status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError as error:
            raise unreadable(path, error) from None
    return total.hexdigest()


@lru_cache(maxsize=4096)
def _file_digest(path: Path, inode: int, size: int, changed: int) -> bytes:
    """Return a file's SHA-256; a plan asks for it once per case, so an unchanged file is kept."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def unreadable(path: Path, error: OSError) -> DataError:
    """Return the message for a file that does not open."""
    if isinstance(error, FileNotFoundError):
        return DataError(f"{path}: there is no such file")
    if isinstance(error, IsADirectoryError):
        return DataError(f"{path}: is a folder, not a file")
    return DataError(f"{path}: cannot be read: {error.strerror or error}")


def _opened(path: Path) -> BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")
