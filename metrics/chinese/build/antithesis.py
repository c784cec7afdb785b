"""Makes ``data/antithesis.tsv`` from the middle couplets of regulated Tang poems, and measures it.

Four fifths of the poems train, one fifth (``held_out``) tests; the test prints how well the value
tells a real middle couplet from a line with another poem's closing line, and from the same poem's
opening and final couplets (area under the ROC curve).

    python -m metrics.chinese.build.antithesis SOURCES
"""

from __future__ import annotations

import sys
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from metrics.chinese.antithesis import antithesis, middle_couplets, pairs
from metrics.chinese.books import open_book
from metrics.chinese.build.sources import DATA, tang_poems
from metrics.chinese.form import recognise
from metrics.chinese.simplified import fold
from metrics.chinese.verdict import judge_cut

_MOST = 30  # pairs met more often are kept as if met this often


def held_out(lines: Sequence[str]) -> bool:
    """Whether a poem belongs to the fifth that no table was trained on."""
    return zlib.crc32("".join(lines).encode()) % 5 == 0


def regulated_octaves(sources: Path) -> list[tuple[str, ...]]:
    """Return the regulated poems of eight lines."""
    book = open_book()
    found = []
    for poem in tang_poems(sources):
        cut = recognise(poem.lines)
        if cut.form and cut.form.lines == 8 and judge_cut(cut, book).regulated:
            found.append(poem.lines)
    return found


def main() -> None:
    """Write the table and print its figures."""
    poems = regulated_octaves(Path(sys.argv[1]))
    train = [lines for lines in poems if not held_out(lines)]
    met: Counter[tuple[str, str]] = Counter()
    for lines in train:
        for upper, lower in middle_couplets(lines):
            met.update(
                (min(one, other), max(one, other))
                for one, other in zip(fold(upper), fold(lower), strict=True)
                if one != other
            )
    uses: Counter[str] = Counter()
    columns: dict[str, list[list[str]]] = {}
    for (one, other), count in sorted(met.items()):
        uses[one] += count
        uses[other] += count
        rows = columns.setdefault(one, [])
        while len(rows) < min(count, _MOST):
            rows.append([])
        rows[min(count, _MOST) - 1].append(other)
    lines_out = [str(met.total())]
    for char in sorted(uses):
        cells = "\t".join("".join(row) for row in columns.get(char, []))
        lines_out.append(f"{char}\t{uses[char]}\t{cells}")
    (DATA / "antithesis.tsv").write_text("\n".join(lines_out) + "\n", encoding="utf-8")
    pairs.cache_clear()
    _measure([lines for lines in poems if held_out(lines)], len(train), len(met))


def _measure(test: list[tuple[str, ...]], train: int, kinds: int) -> None:
    middle = _values([couplet for lines in test for couplet in middle_couplets(lines)])
    print(train, "poems train,", len(test), "test;", kinds, "kinds of pairs")
    others = {
        "another poem's line": [
            (one[2], other[3])
            for one, other in zip(test, test[1:] + test[:1], strict=True)
            if len(one[0]) == len(other[0])
        ],
        "opening couplet": [(lines[0], lines[1]) for lines in test],
        "final couplet": [(lines[6], lines[7]) for lines in test],
    }
    print(f"middle couplets: mean {sum(middle) / len(middle):.2f}")
    for name, couplets in others.items():
        values = _values(couplets)
        print(f"{name}: mean {sum(values) / len(values):.2f}, AUC {_auc(middle, values):.3f}")


def _values(couplets: list[tuple[str, str]]) -> list[float]:
    found = (antithesis(upper, lower) for upper, lower in couplets)
    return [value for value in found if value is not None]


def _auc(higher: list[float], lower: list[float]) -> float:
    ordered = sorted(lower)
    wins = sum(bisect_left(ordered, v) + bisect_right(ordered, v) for v in higher)
    return wins / (2 * len(higher) * len(lower))


if __name__ == "__main__":
    main()
