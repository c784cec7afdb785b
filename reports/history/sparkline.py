"""A series as one line of text."""

from __future__ import annotations

import itertools
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
    import numpy as np

    room = max(1, width - len(cuts))
    edges = np.linspace(0, len(values), min(room, len(values)) + 1).round().astype(int).tolist()
    given = values.tolist()
    middles = [median(given[a:b]) for a, b in itertools.pairwise(edges)]
    low, high = min(middles), max(middles)
    more = max(0.0, (_LEAST_SPAN * floor - (high - low)) / 2)
    low, span = low - more, high - low + 2 * more
    marks = {max(place for place, edge in enumerate(edges) if edge <= cut) for cut in cuts}
    drawn = []
    for place, value in enumerate(middles):
        share = (value - low) / span if span else 0.5
        bar = _BARS[min(len(_BARS) - 1, int(share * len(_BARS) + 1e-9))]
        drawn.append((_STEP if place in marks else "") + bar)
    return "".join(drawn)[:width]
