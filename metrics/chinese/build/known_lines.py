"""Makes ``data/tang_lines.bloom``, a fingerprint of all Tang lines in simplified characters.

python -m metrics.chinese.build.known_lines SOURCES
"""

from __future__ import annotations

import sys
from pathlib import Path

from metrics.chinese.build.sources import DATA, tang_poems
from metrics.chinese.memorisation import LENGTHS, SIZE, bits_of, normalised


def main() -> None:
    """Write the file."""
    sources = Path(sys.argv[1])
    known = {
        normalised(line)
        for poem in tang_poems(sources)
        for line in poem.lines
        if len(line) in LENGTHS
    }
    bloom = bytearray(SIZE // 8)
    for line in known:
        for bit in bits_of(line):
            bloom[bit >> 3] |= 1 << (bit & 7)
    (DATA / "tang_lines.bloom").write_bytes(bloom)
    filled = sum(map(int.bit_count, bloom)) / SIZE
    print(len(known), "lines;", f"false positives {filled**10:.4f}")


if __name__ == "__main__":
    main()
