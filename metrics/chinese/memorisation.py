"""Memorisation: how much of a text was copied, from the training texts or from Tang poetry at all.

A model that recites Tang poems scores like Tang poets in every other metric; these say so. Texts
are compared as Chinese characters alone, folded to simplified forms.

- ``TrainingText`` holds the texts a model was tuned on: longest overlap, share of whole lines.
- ``is_tang_line`` asks a shipped fingerprint of all 5- and 7-character lines of the Tang poems of
  chinese-poetry: a Bloom filter (Bloom 1970) that never misses a line and takes one other line in
  a thousand for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from metrics.chinese.form import cut_lines
from metrics.chinese.simplified import fold
from metrics.chinese.sound_table import DATA

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTHS = (5, 7)
SIZE = 6_800_000  # bits of the fingerprint
_HASHES = 10
_OTHERS = re.compile("[^々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_GRAM = 4  # characters: overlaps shorter than this are chance
_MOST_PLACES = 1000  # places of the training text tried for each place of a text


def normalised(text: str) -> str:
    """Return the Chinese characters of a text in simplified form."""
    return _OTHERS.sub("", fold(text))


def bits_of(line: str) -> Iterator[int]:
    """Yield the bits of the fingerprint that stand for a normalised line."""
    digest = blake2b(line.encode("utf-8", "replace"), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
    return ((first + k * step) % SIZE for k in range(_HASHES))


@cache
def _fingerprint() -> bytes:
    return (DATA / "tang_lines.bloom").read_bytes()


def is_tang_line(line: str) -> bool:
    """Whether a line of 5 or 7 characters is a line of a Tang poem."""
    folded = normalised(line)
    if len(folded) not in LENGTHS:
        return False
    bloom = _fingerprint()
    return all(bloom[bit >> 3] >> (bit & 7) & 1 for bit in bits_of(folded))


def generated_lines(text: str, prompt: str = "") -> tuple[str, ...]:
    """Return the lines of ``prompt + text`` that are not wholly in the prompt."""
    lines, given = cut_lines(prompt + text), cut_lines(prompt)
    whole = len(given) if lines[: len(given)] == given else len(given) - 1
    return lines[max(0, whole) :]


class TrainingText:
    """The texts that a model was tuned on, indexed once by their 4-grams.

    Args:
        texts: the texts; an overlap does not run from one into the next.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np

        folded = [fold(text) for text in texts]
        self._lines = {_OTHERS.sub("", line) for text in folded for line in cut_lines(text)}
        self._text = "\n".join([_OTHERS.sub("", text) for text in folded])
        keys = _keys(self._text)
        self._order = np.argsort(keys, kind="stable").astype(np.uint32)
        self._keys = keys[self._order]

    def has_line(self, line: str) -> bool:
        """Whether a line is one of the training texts' lines."""
        return normalised(line) in self._lines

    def longest_overlap(self, text: str) -> str:
        """Return the longest run of characters that stands in the training texts.

        Runs of three characters or fewer give "". Time grows with the length of ``text`` only.
        """
        import numpy as np

        folded = normalised(text)
        if len(folded) < _GRAM or len(self._keys) == 0:
            return ""
        keys = _keys(folded)
        starts = np.searchsorted(self._keys, keys, "left")
        ends = np.searchsorted(self._keys, keys, "right")
        best = ""
        for i in np.flatnonzero(ends > starts):
            if i + len(best) >= len(folded):
                break
            last = max(i, i + len(best) + 1 - _GRAM)
            if starts[last] == ends[last]:
                continue
            for place in self._order[starts[i] : min(ends[i], starts[i] + _MOST_PLACES)]:
                wanted = folded[i : i + len(best) + 1]
                if self._text.startswith(wanted, int(place)):
                    best = self._extended(folded, int(i), int(place), len(wanted))
        return best if len(best) >= _GRAM else ""

    def _extended(self, folded: str, start: int, place: int, length: int) -> str:
        while (
            start + length < len(folded)
            and place + length < len(self._text)
            and folded[start + length] == self._text[place + length]
        ):
            length += 1
        return folded[start : start + length]


def _keys(text: str) -> NDArray[np.uint64]:
    """Return a hash of the 4-gram at each place; the caller compares the characters."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    if len(codes) < _GRAM:
        return np.zeros(0, np.uint64)
    count = len(codes) - _GRAM + 1
    keys = np.zeros(count, np.uint64)
    for k in range(_GRAM):
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys += codes[k : k + count]
    return keys
