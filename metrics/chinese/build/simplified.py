"""Makes ``data/simplified.tsv``: traditional characters and their simplified forms.

python -m metrics.chinese.build.simplified SOURCES
"""

from __future__ import annotations

import sys
from pathlib import Path

from metrics.chinese.build.sources import DATA, wheel_text


def main() -> None:
    """Write the table."""
    lines = wheel_text(Path(sys.argv[1]), "opencc", "dictionary/TSCharacters.txt").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line]
    rows = sorted(f"{old}\t{news.split()[0]}" for old, news in pairs if old != news.split()[0])
    (DATA / "simplified.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows), "characters")


if __name__ == "__main__":
    main()
