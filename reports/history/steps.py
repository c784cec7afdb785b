"""Where a series changed its level: exact L1-Potts segmentation.

A series is cut into stretches of a constant level so that the sum of absolute deviations from the
levels, plus a penalty per cut, is least (the L1 Potts functional, as asv uses it for nightly
benchmarks). Absolute deviations make one slow night cost little, however slow it was. The
minimum is found exactly by dynamic programming over the possible levels, since an optimal level is
a median, which can be taken among the values (Storath, Weinmann & Unser 2017, "Jump-penalized
least absolute values estimation of scalar or circle-valued signals", Information and Inference
6(3)). A stretch has at least ``LEAST`` values. Values are first rounded to a twentieth of the
floor or of the noise, whichever is more; what is returned are places, so that shows nowhere.

The noise is told from differences of neighbours, which a step does not disturb. The largest of
those one, two and three values apart counts, so that noise that lasts some nights (another tenant,
a warm room) does not look smaller than it is. Last, the smallest step goes until none is below the
floor (``above_floor``). docs/history.md gives the rates of false and of missed steps.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 3  # values in a stretch: one night, or two, are no level
FEWEST = 2 * LEAST  # values below which no step can be told
_NORMAL = 1.4826  # median absolute deviation to standard deviation
_FINE = 20  # parts of the floor, or of the noise, that values are rounded to
_MOST_LEVELS = 256
_TOGETHER = 64  # series that go through numpy at once
_QUIET = 10  # parts of the floor below which noise is not believed


def find_steps(series: Sequence[NDArray[Any]], floors: Sequence[float]) -> list[list[int]]:
    """Return for each series the places at which another level begins, ascending.

    Args:
        series: values in order of time, any lengths; finite. Logarithms where ratios matter.
        floors: for each series the smallest step that matters, above 0, in the values' unit.
    """
    found: list[list[int]] = [[] for _ in series]
    long = [place for place, values in enumerate(series) if len(values) >= FEWEST]
    long.sort(key=lambda place: len(series[place]))
    for start in range(0, len(long), _TOGETHER):
        places = long[start : start + _TOGETHER]
        cuts = _together([series[p] for p in places], [floors[p] for p in places])
        for place, own in zip(places, cuts, strict=True):
            found[place] = above_floor(series[place], own, floors[place])
    return found


def noise(values: NDArray[Any]) -> float:
    """Return the standard deviation of a series about its level, whatever steps it has."""
    import numpy as np

    spreads = [
        _NORMAL / math.sqrt(2) * float(np.median(np.abs(values[lag:] - values[:-lag])))
        for lag in (1, 2, 3)
        if len(values) >= 3 * lag
    ]
    return max(spreads, default=0.0)


def penalty(values: NDArray[Any], floor: float) -> float:
    """Return what a cut costs: it grows with the noise, and slowly with the number of values.

    The factor was chosen by simulation: of series without a step, fewer than one in a hundred show
    any, at every length and for every kind of independent noise tried.
    """
    return (5 + 0.7 * math.log(len(values))) * max(noise(values), floor / _QUIET)


def rounded(values: NDArray[Any], floor: float) -> NDArray[Any]:
    """Return the values on a grid coarse enough to have few levels, fine enough not to matter."""
    import numpy as np

    grain = max(floor, noise(values)) / _FINE
    while True:
        whole: NDArray[Any] = np.round(values / grain) * grain
        if len(np.unique(whole)) <= _MOST_LEVELS:
            return whole
        grain *= 2


def above_floor(values: NDArray[Any], cuts: Sequence[int], floor: float) -> list[int]:
    """Take the smallest step away until each is as large as the floor, and held on both sides.

    Levels are medians. A side is held where ``LEAST`` of its values are nearer to its level than to
    the other's: two bad nights and a good one are no level.
    """
    import numpy as np

    kept = list(cuts)
    while kept:
        parts = np.split(values, kept)
        levels = [float(np.median(part)) for part in parts]
        sizes = []
        for before, after in itertools.pairwise(range(len(parts))):
            a, b = levels[before], levels[after]
            middle, way = (a + b) / 2, 1 if b > a else -1
            held = min(
                (way * parts[before] < way * middle).sum(),
                (way * parts[after] > way * middle).sum(),
            )
            sizes.append(abs(b - a) if held >= LEAST else 0.0)
        least = min(sizes)
        if least >= floor * (1 - 1e-9):
            break
        del kept[sizes.index(least)]
    return kept


def _together(series: Sequence[NDArray[Any]], floors: Sequence[float]) -> list[list[int]]:
    """Segment several series in one pass; the shorter ones end before the pass does."""
    import numpy as np

    whole = [rounded(values, floor) for values, floor in zip(series, floors, strict=True)]
    levels = [np.unique(values) for values in whole]
    padded = np.zeros((len(series), max(map(len, series))))
    grid = np.zeros((len(series), max(map(len, levels))))
    for row, (values, own) in enumerate(zip(whole, levels, strict=True)):
        padded[row, : len(values)] = values
        grid[row] = own[-1]
        grid[row, : len(own)] = own
    costs = np.array([penalty(v, floor) for v, floor in zip(series, floors, strict=True)])
    began = potts(padded, grid, costs)
    return [_back(began[:, row], len(values)) for row, values in enumerate(series)]


def potts(values: NDArray[Any], levels: NDArray[Any], costs: NDArray[Any]) -> NDArray[Any]:
    """Return where the last stretch of the best segmentation of each beginning starts.

    With C(t, l) the sum of |value - l| over the first t values, the best segmentation of them
    whose last stretch is at level l and at least ``LEAST`` long costs
    C(t, l) + min over its start s of (best(s) + cost - C(s, l)).

    Args:
        values: shape (series, length).
        levels: shape (series, levels): the candidates; some may be there twice.
        costs: shape (series,): of a cut.

    Returns:
        Shape (length + 1, series); entry [t, i] is a start s >= 0 of the last stretch of
        ``values[i, :t]``. Below ``LEAST`` it means nothing.
    """
    import numpy as np

    count, length = values.shape
    rows, cost = np.arange(count), costs[:, None]
    best = np.full((length + 1, count), np.inf)
    best[0] = -costs  # the first stretch is no cut
    began = np.zeros((length + 1, count), dtype=np.int64)
    total = np.zeros_like(levels)
    before = [np.zeros_like(levels) for _ in range(LEAST)]  # the last totals, by t modulo LEAST
    ahead = np.full_like(levels, np.inf)  # what the best start so far gives, less the total there
    start = np.zeros(levels.shape, dtype=np.int64)
    for t in range(1, length + 1):
        total = total + np.abs(values[:, t - 1 : t] - levels)
        if t >= LEAST:
            s = t - LEAST
            candidate = best[s][:, None] + cost - before[s % LEAST]
            better = candidate < ahead
            np.copyto(ahead, candidate, where=better)
            start[better] = s
            sums = ahead + total
            chosen = sums.argmin(axis=1)
            best[t], began[t] = sums[rows, chosen], start[rows, chosen]
        before[t % LEAST] = total
    return began


def _back(began: NDArray[Any], length: int) -> list[int]:
    cuts: list[int] = []
    t = length
    while (t := int(began[t])) > 0:
        cuts.append(t)
    return cuts[::-1]
