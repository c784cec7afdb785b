"""Antithesis (对仗): how well the characters of a couplet's two lines go together, place by place.

The pointwise mutual information of two characters at the same place of a couplet, learnt from the
middle couplets of regulated Tang poems, in simplified characters; a couplet's value is the mean
over its places, in nats.
No part-of-speech tagger is needed: sky goes with earth, ten thousand with a hundred, and not with
verbs. Made, and measured on poems outside its training split, by ``build/antithesis.py``.

The middle two couplets of eight lines must be antithetical; in a quatrain none need be
(王力《诗词格律》 chapter 2 section 5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from metrics.chinese.simplified import fold
from metrics.chinese.sound_table import DATA

SMOOTHING = 0.1  # counted pairs added to observed and expected


@dataclass(frozen=True)
class Pairs:
    """How often characters stood opposite each other.

    Attributes:
        total: pairs counted.
        uses: how often each character stood in a pair.
        rows: character -> tab-separated columns; column k holds the characters, later in the code
            than itself or itself, that it met k + 1 times (the last column: that often or more).
    """

    total: int
    uses: dict[str, int]
    rows: dict[str, str]

    def information(self, one: str, other: str) -> float | None:
        """Return ln((observed + s) / (expected + s)); None where a character is unknown."""
        if one > other:
            one, other = other, one
        if one not in self.uses or other not in self.uses:
            return None
        columns = self.rows.get(one, "").split("\t")
        observed = next((k for k, met in enumerate(columns, 1) if other in met), 0)
        expected = self.uses[one] * self.uses[other] / (2 * self.total)
        if one == other:
            expected /= 2
        return math.log((observed + SMOOTHING) / (expected + SMOOTHING))


@cache
def pairs() -> Pairs:
    """Return the shipped table."""
    head, *lines = (DATA / "antithesis.tsv").read_text(encoding="utf-8").splitlines()
    uses, rows = {}, {}
    for line in lines:
        char, count, met = line.split("\t", 2)
        uses[char] = int(count)
        rows[char] = met
    return Pairs(int(head), uses, rows)


def antithesis(upper: str, lower: str) -> float | None:
    """Return the antithesis of two lines of one length in nats; None if too little is known.

    Half of the places must have characters that the table knows; a character opposed to itself
    counts as if the two had never met. Real middle couplets have a mean of about 1.0, opening ones
    -0.4, lines of different poems -0.9 (poems outside the training split).

    Raises:
        ValueError: the lines differ in length.
    """
    known = pairs()
    values = [
        known.information(one, other) if one != other else _never(known, one)
        for one, other in zip(fold(upper), fold(lower), strict=True)
    ]
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if 2 * len(found) > len(values) else None


def _never(known: Pairs, char: str) -> float | None:
    if char not in known.uses:
        return None
    expected = known.uses[char] ** 2 / (4 * known.total)
    return math.log(SMOOTHING / (expected + SMOOTHING))


def middle_couplets(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return the couplets of a poem of eight lines that must be antithetical; else none."""
    return [(lines[2], lines[3]), (lines[4], lines[5])] if len(lines) == 8 else []
