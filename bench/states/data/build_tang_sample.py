"""Make ``tang_sample.txt.gz``: 8,000 of the regular Tang poems of chinese-poetry 2.0.1.

Run ``python -m bench.states.data.build_tang_sample FOLDER``; FOLDER takes the npm package, or has
it already. The same package gives the same poems in the same order.

The poems are those with the lowest keyed hash, in the order of the package. The key matters: which
texts are held out is decided by their bare hash, and choosing by that would fix the share.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

from bench.presets.training.tang import tang_texts
from bench.states.data.sample import TANG

COUNT = 8_000
_KEY = b"versebench tang sample"


def choose(poems: list[str], count: int = COUNT) -> list[str]:
    """Return ``count`` poems, chosen by their content alone, in the order given."""
    chosen = set(sorted(poems, key=_place)[:count])
    return [poem for poem in poems if poem in chosen]


def packed(poems: list[str]) -> bytes:
    """Return the file's bytes: one poem per line, without name or time in the gzip header."""
    return gzip.compress("".join(f"{poem}\n" for poem in poems).encode(), 9, mtime=0)


def _place(poem: str) -> bytes:
    return hashlib.blake2b(poem.encode(), digest_size=16, key=_KEY).digest()


if __name__ == "__main__":
    TANG.write_bytes(packed(choose(tang_texts(Path(sys.argv[1])))))
    print(f"{TANG}: {TANG.stat().st_size:,} bytes")
