"""Plain text: each non-empty line, or what stands between separators, is a text."""

from __future__ import annotations

from pathlib import Path

from bench.states.data.files import lines
from bench.states.data.found import Found
from scenarios.data_sets import TextFile


def texts(data: TextFile) -> Found:
    """Return the texts of a file; white space around each is dropped.

    Raises:
        DataError: the file cannot be read, or is not UTF-8.
    """
    path = Path(data.path)
    if data.separator is None:
        # Empty lines lay a file out; they are no texts and are not counted as such.
        return Found([bare for _, line in lines(path) if (bare := line.strip())], str(path))
    whole = "".join(line for _, line in lines(path))
    parts = [part.strip() for part in whole.split(data.separator)]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()  # a separator at the end ends the last text and begins no other
    return Found(parts, str(path))
