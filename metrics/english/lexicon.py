"""The CMU Pronouncing Dictionary, packed: 126,052 words with all their pronunciations.

The file is sorted text, one word a line, ``word TAB pronunciation SPACE pronunciation ...``, each
sound one character (``phones.pack``), compressed with gzip. It is read once, at the first question,
and searched by bisection: no table of Python objects is built.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from metrics.english.phones import Sounds, unpack

_FILE = Path(__file__).parent / "data" / "cmudict.gz"


@cache
def _blob() -> bytes:
    import gzip

    return b"\n" + gzip.decompress(_FILE.read_bytes())


@lru_cache(maxsize=50_000)
def lookup(word: str) -> tuple[Sounds, ...]:
    """Return the dictionary's pronunciations of a lower-case word, commonest first; () if none.

    Source: CMUdict, Carnegie Mellon University (BSD 2-clause).
    """
    try:
        key = b"\n" + word.encode("ascii") + b"\t"
    except UnicodeEncodeError:
        return ()
    if not word or not word.isprintable():
        return ()
    found = _line(key)
    return tuple(unpack(packed) for packed in found.split(" ")) if found else ()


def _line(key: bytes) -> str:
    """Find the line that starts with ``key`` by bisection over byte positions."""
    blob = _blob()
    low, high = 0, len(blob) - 1  # both at a line break
    while low < high:
        middle = blob.rfind(b"\n", low, (low + high) // 2 + 1)
        end = blob.find(b"\n", middle + 1)
        if blob.startswith(key, middle):
            return blob[middle + len(key) : end].decode("ascii")
        if blob[middle : blob.find(b"\t", middle) + 1] < key:
            low = end
        else:
            high = middle
    return ""
