"""Whether a line is one of Tang poetry, whatever the model was trained on.

A model that recites Tang poems scores like Tang poets in every other metric; this says so. What
was copied from the texts of a run's own training, ``metrics.corpus`` finds.

``is_tang_line`` asks a shipped fingerprint of all 5- and 7-character lines of the Tang poems of
chinese-poetry: a Bloom filter (Bloom 1970) that never misses a line and takes one other line in a
thousand for one. Lines are compared as Chinese characters alone, folded to simplified forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b

from metrics.chinese.form import cut_lines
from metrics.chinese.simplified import fold
from metrics.chinese.sound_table import DATA

LENGTHS = (5, 7)
SIZE = 6_800_000  # bits of the fingerprint
_HASHES = 10
_OTHERS = re.compile("[^々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


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
