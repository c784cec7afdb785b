"""A series as one line of text."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.statistics import median

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BARS = "▁▂▃▄▅▆▇█"
_STEP = "╎"
_LEAST_SPAN = 4  # floors: scatter below the floor must not look like mountains


def sparkline(values: NDArray[Any], cuts: Sequence[int], floor: float, width: int) -> str:
    """Return bars for the values, in order, with a mark where a step is.

    Args:
        values: finite, at least one; logarithms where ratios matter.
        cuts: places at which another level begins.
        floor: the smallest change that matters, in the values' unit.
        width: characters at most; more values than that are put together by their medians.
    """
    given = values.tolist()
    ends = [0, *cuts, len(given)]
    stretches = [given[a:b] for a, b in itertools.pairwise(ends)]
    room = min(1.0, max(1, width - len(cuts)) / len(given))
    bars = [_medians(part, max(1, math.floor(room * len(part)))) for part in stretches]
    low, high = min(map(min, bars)), max(map(max, bars))
    more = max(0.0, (_LEAST_SPAN * floor - (high - low)) / 2)
    low, span = low - more, high - low + 2 * more
    drawn = _STEP.join("".join(_bar(one, low, span) for one in part) for part in bars)
    return drawn[:width]


def _medians(values: Sequence[float], count: int) -> list[float]:
    """Put neighbours together, so that so many values are left."""
    edges = [round(place * len(values) / count) for place in range(count + 1)]
    return [median(values[a:b]) for a, b in itertools.pairwise(edges)]


def _bar(value: float, low: float, span: float) -> str:
    share = (value - low) / span if span else 0.5
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS) + 1e-9))]
