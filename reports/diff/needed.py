"""How many launches (or prompts) would settle what is open.

A rough answer from the scatter seen: the number at which the test has a power of 0.8, if the
change and the scatter are what they look like, and at which an exact test can give a p-value small
enough for its family at all. From one launch nothing can be told but the latter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from reports.diff.exact import FLIPS
from reports.diff.false_discovery import ALPHA, KEPT

FEWEST_LAUNCHES = 5  # what a comparison should begin with (docs/measuring.md)
FEWEST_PAIRS = 5
MOST = 100  # beyond this "would settle it" is no advice
_POWER = 0.8


@dataclass(frozen=True)
class Scatter:
    """What is known of an open question.

    Attributes:
        shift: the change seen, on the scale of the test.
        spread: standard deviation between units of one side (of the differences, where paired);
            None where there is one unit.
        floor: on that scale.
        family: how many tests its family counted.
    """

    shift: float
    spread: float | None
    floor: float
    family: int


def launches_needed(scatter: Scatter) -> int | None:
    """Return the launches a side; None where more than ``MOST`` would be needed."""
    return _needed(scatter, _fewest_launches(ALPHA * KEPT / scatter.family), 2.0)


@cache
def _fewest_launches(level: float) -> int:
    return next(n for n in range(FEWEST_LAUNCHES, 60) if 1 / math.comb(2 * n, n) <= level)


def units_needed(scatter: Scatter) -> int | None:
    """Return the prompts or samples; None where more than ``MOST`` would be needed."""
    level = max(ALPHA * KEPT / scatter.family, 2.0**-FLIPS)
    fewest = max(FEWEST_PAIRS, math.ceil(-math.log2(level) - 1e-9))
    return _needed(scatter, fewest, 1.0)


def _needed(scatter: Scatter, fewest: int, sides: float) -> int | None:
    if scatter.spread is None:
        return fewest
    gap = abs(abs(scatter.shift) - scatter.floor)
    beyond = abs(scatter.shift) > scatter.floor
    alpha = ALPHA * KEPT / scatter.family if beyond else ALPHA
    width = _quantile(1 - alpha) + _quantile(_POWER)
    if gap <= 0 or scatter.spread * width > gap * math.sqrt(MOST / sides):
        return None
    return max(fewest, math.ceil(sides * (scatter.spread * width / gap) ** 2))


@cache
def _quantile(share: float) -> float:
    return NormalDist().inv_cdf(share)
