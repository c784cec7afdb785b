"""Makes ``data/ci.tsv``: templates of the fifteen commonest tunes of Song 词, from the lyrics.

A tune's templates are its line lengths that a fifth of its lyrics or more have. A place is level or
oblique where more than nine tenths of them are, else free. Lines whose ends fall into one division
of 词林正韵 in three quarters of them rhyme. Templates are learnt from four fifths; the last fifth
measures them.

    python -m metrics.chinese.build.ci SOURCES
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from metrics.chinese.books import open_book
from metrics.chinese.build.antithesis import held_out
from metrics.chinese.build.sources import DATA, song_ci
from metrics.chinese.ci import TUNES, judge_ci, templates

Lyric = tuple[str, ...]

_VARIANT = 0.2
_FIXED = 0.9
_RHYMES = 0.75


def main() -> None:
    """Write the templates and print how lyrics outside the training split fare."""
    lyrics: dict[str, list[Lyric]] = defaultdict(list)
    for name, lines in dict.fromkeys(song_ci(Path(sys.argv[1]))):
        if not any(sign in line for line in lines for sign in "□○"):
            lyrics[name].append(lines)
    rows = []
    for key, name in TUNES.items():
        train = [lines for lines in lyrics[name] if not held_out(lines)]
        shapes = Counter(tuple(map(len, lines)) for lines in train)
        for shape, count in shapes.most_common():
            if count >= _VARIANT * len(train):
                of_shape = [lines for lines in train if tuple(map(len, lines)) == shape]
                rows.append("\t".join((key, str(count), *_lines(of_shape))))
    (DATA / "ci.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    templates.cache_clear()
    for name in TUNES.values():
        _measure(name, [lines for lines in lyrics[name] if held_out(lines)])


def _lines(lyrics: list[Lyric]) -> list[str]:
    """Return the template's lines: 平, 仄, 中 for each place, then the letter of the rhyme."""
    book = open_book("cilin")
    letters = _rhymes(lyrics)
    written = []
    for number, line in enumerate(lyrics[0]):
        signs = ""
        for place in range(len(line)):
            classes = Counter(book.classes(lyric[number][place]) for lyric in lyrics)
            sure = classes["L"] + classes["O"]
            level = classes["L"] / sure if sure else 0.5
            signs += "平" if level > _FIXED else "仄" if level < 1 - _FIXED else "中"
        written.append(signs + letters.get(number, ""))
    return written


def _rhymes(lyrics: list[Lyric]) -> dict[int, str]:
    """Return the letter of each line that rhymes with another one."""
    book = open_book("cilin")
    count = len(lyrics[0])
    ends = [[book.row(lyric[i][-1]) for i in range(count)] for lyric in lyrics]
    leader = list(range(count))
    for one in range(count):
        for other in range(one + 1, count):
            together = sum(
                bool(end[one][1] & end[other][1] or end[one][2] & end[other][2]) for end in ends
            )
            if together > _RHYMES * len(lyrics):
                old, new = leader[other], leader[one]
                leader = [new if mark == old else mark for mark in leader]
    sizes = Counter(leader)
    names: dict[int, str] = {}
    for mark in leader:
        if sizes[mark] > 1 and mark not in names:
            names[mark] = "ABCDEFGH"[len(names)]
    return {line: names[mark] for line, mark in enumerate(leader) if mark in names}


def _measure(name: str, test: list[Lyric]) -> None:
    verdicts = [judge_ci("，".join(lines), name) for lines in test]
    fitting = [verdict for verdict in verdicts if verdict.in_form]
    score = sum(verdict.score or 0 for verdict in fitting) / max(1, len(fitting))
    rhymed = sum(verdict.rhymed or 0 for verdict in fitting) / max(1, len(fitting))
    print(f"{name}: {len(fitting)} of {len(test)} in form, tones {score:.3f}, rhymes {rhymed:.3f}")


if __name__ == "__main__":
    main()
