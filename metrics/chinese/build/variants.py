"""Makes ``data/variants.tsv``: characters outside the sound table, and the form that is in it.

From yitizi's lists of variants; of several forms the one that Tang poets wrote most is taken, and
a simplified character that merged several words only if there is no other.

    python -m metrics.chinese.build.variants SOURCES
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from metrics.chinese.build.sources import DATA, tang_poems, wheel_text
from metrics.chinese.sound_table import rows


def main() -> None:
    """Write the table; the sound table must be there already."""
    sources = Path(sys.argv[1])
    uses = Counter(char for poem in tang_poems(sources) for char in "".join(poem.lines))
    table = rows()
    lists: dict[str, str] = json.loads(wheel_text(sources, "yitizi", "yitizi/yitizi.json"))
    found = []
    for char, forms in sorted(lists.items()):
        known = [form for form in forms if form in table]
        if char not in table and known:
            best = max(known, key=lambda form: (not table[form].endswith("="), uses[form]))
            found.append(f"{char}\t{best}")
    (DATA / "variants.tsv").write_text("\n".join(found) + "\n", encoding="utf-8")
    print(len(found), "variants")


if __name__ == "__main__":
    main()
