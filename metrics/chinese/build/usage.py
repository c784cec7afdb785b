"""Tells the main tone of a character from a rare one by how Tang poets used it.

In a poem that follows a tonal pattern in 90 % of its fixed places or more, the places that no
tolerance touches, of lines with no certain fault there, show which tone the poet meant. A tone that
makes up under 3 % of 30 uses or more is rare.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from metrics.chinese.build.sources import tang_poems
from metrics.chinese.patterns import SEQUENCES, Fits, fitter, template

# The places of each line type that show the tone of their character.
_SURE = {"a": ".O.LO", "A": ".OOLL", "b": ".L..O", "B": ".L.OL"}
_SHAPES = {(5, 4), (7, 4), (5, 8), (7, 8)}
_FOLLOWS = 0.9
_RARE = 0.03
_ENOUGH = 30


def rare_tones(readings: dict[str, set[str]], sources: Path) -> dict[str, set[str]]:
    """Return, for characters of two tone classes, the class (L, O) that Tang verse hardly uses."""
    classes = {char: _class_of(of_char) for char, of_char in readings.items()}
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    poems = 0
    for poem in tang_poems(sources):
        shape = {(len(line), len(poem.lines)) for line in poem.lines}
        if len(shape) == 1 and shape <= _SHAPES:
            poems += _count(poem.lines, classes, uses)
    print(poems, "poems follow a pattern;", sum(map(Counter.total, uses.values())), "uses")
    rare: dict[str, set[str]] = {}
    for char, counts in uses.items():
        if counts.total() >= _ENOUGH:
            gone = {tone for tone in "LO" if counts[tone] < _RARE * counts.total()}
            if gone:
                rare[char] = gone
    print(len(rare), "characters with a rare tone")
    return rare


def _class_of(readings: set[str]) -> str:
    tones = {"L" if reading[0] == "平" else "O" for reading in readings}
    return "B" if len(tones) == 2 else tones.pop()


def _count(lines: tuple[str, ...], classes: dict[str, str], uses: dict[str, Counter[str]]) -> bool:
    length = len(lines[0])
    fits: list[Fits] = [
        fitter("lenient")("".join(classes.get(char, "?") for char in line)) for line in lines
    ]
    best = 0.0, ""
    for start, sequence in SEQUENCES.items():
        matches = sum(
            fit["aAbB".index(kind)].matches for fit, kind in zip(fits, sequence, strict=False)
        )
        places = sum(length - template(kind, length).count(".") for kind in sequence[: len(lines)])
        best = max(best, (matches / places, start))
    if best[0] < _FOLLOWS:
        return False
    for line, kind in zip(lines, SEQUENCES[best[1]], strict=False):
        sure = [
            (char, classes.get(char, "?"), tone)
            for char, tone in zip(line[-5:], _SURE[kind], strict=True)
            if tone != "."
        ]
        if all(actual in (tone, "B", "?") for _, actual, tone in sure):
            for char, actual, tone in sure:
                if actual == "B":
                    uses[char][tone] += 1
    return True
