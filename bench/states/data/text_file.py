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
        bare = [line.strip() for _, line in lines(path)]
        blank = "it has blank lines only" if bare else "it is empty"
        return Found([line for line in bare if line], str(path), nothing=blank)
    whole = "".join(line for _, line in lines(path))
    parts = [part.strip() for part in whole.split(data.separator)]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()  # a separator at the end ends the last text and begins no other
    return Found(parts, str(path))
