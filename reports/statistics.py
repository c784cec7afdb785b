"""Medians, means, and exact or resampled intervals around them.

All intervals are two-sided at ``LEVEL`` (0.90), so that either end is a one-sided 95 % bound. At
that level five launches give an exact interval for a median, which at 0.95 takes six.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reports.numerous import numerous

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.90
RESAMPLES = 1000
FEWEST_PROMPTS = 5  # below this the prompts themselves are not resampled
_SEED = 20261122
_COLUMNS = 128  # resampled at once: their means are 1 MB
# Products of so few terms stay in one thread: the threads of BLAS took five times the CPU time.
_SMALL, _ROWS = 2**18, 8


@numerous()
class Estimate:
    """A value with its interval.

    Attributes:
        value: the point estimate; None where there is nothing to estimate from.
        low: lower end of the interval, or None.
        high: upper end, or None.
        n: how many units the interval rests on.
        over: what those units are: ``launches``, ``trials``, ``prompts`` or ``samples``.
        reason: why there is no interval (or no value).
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    over: str = ""
    reason: str | None = None


def median(values: Sequence[float]) -> float:
    """Return the median; the mean of the middle two where their number is even.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("no values")
    ordered, half = sorted(values), len(values) // 2
    if len(values) % 2:
        return float(ordered[half])
    return ordered[half - 1] / 2 + ordered[half] / 2


@cache
def order_rank(n: int, level: float = LEVEL) -> int:
    """Return k such that [k-th smallest, k-th largest] of n values holds the median.

    The largest k with P(Binomial(n, 1/2) < k) <= (1 - level) / 2, by exact sums: no assumption
    about the distribution but that the values are independent (Conover, Practical Nonparametric
    Statistics, 3.2). 0 where n is too small for the level.
    """
    allowed, tail, k = (1 - level) / 2, 0.0, 0
    while k < n:
        tail += math.exp(_log_choose(n, k) - n * math.log(2))
        if tail > allowed * (1 + 1e-12):
            break
        k += 1
    return k


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def fewest(level: float = LEVEL) -> int:
    """Return the smallest n for which an exact interval of the median exists (5 at 0.90)."""
    return math.ceil(math.log2(2 / (1 - level)) - 1e-9)


def median_estimate(values: Sequence[float], over: str, level: float = LEVEL) -> Estimate:
    """Return the median with its exact order-statistic interval.

    Args:
        values: one value per unit, e.g. the median of each launch's trials.
        over: the name of the units.
        level: coverage is at least this.
    """
    if not values:
        return Estimate(None, over=over, reason=f"no {over}")
    n, k = len(values), order_rank(len(values), level)
    if k == 0:
        need = f"an exact {level:.0%} interval needs {fewest(level)} {over}, there are {n}"
        return Estimate(median(values), None, None, n, over, need)
    ordered = sorted(values)
    return Estimate(median(values), float(ordered[k - 1]), float(ordered[n - k]), n, over)


def over_launches(trials: Sequence[Sequence[float]], level: float = LEVEL) -> Estimate:
    """Return the median over launches of each launch's median over its trials.

    Two or more launches: the interval is over launches. One launch: it is over its trials, and
    says only how much they scatter within one process, not what another process would give;
    ``over`` tells the two apart.

    Args:
        trials: for each launch its values; launches without any are left out.
    """
    launches = [list(values) for values in trials if values]
    if len(launches) == 1:
        return median_estimate(launches[0], "trials", level)
    return median_estimate([median(values) for values in launches], "launches", level)


def mean_estimates(
    values: NDArray[Any], prompts: Sequence[int], level: float = LEVEL
) -> list[Estimate]:
    """Return the mean of each column with a percentile bootstrap interval.

    Repeats of one prompt are not independent, so whole prompts are drawn with replacement
    (cluster bootstrap; Davison & Hinkley, Bootstrap Methods, 3.8). With fewer than
    ``FEWEST_PROMPTS`` of them, samples are drawn within each prompt instead: that interval speaks
    for these prompts only, and ``over`` says ``samples``. The resampling is the same at each call
    for the same number of units, so the result depends on the values alone.

    Args:
        values: float, shape (samples, columns); NaN where a sample could not be judged.
        prompts: the prompt index of each sample.
    """
    import numpy as np

    judged = ~np.isnan(values)
    filled = np.where(judged, values, 0.0)
    counts = judged.sum(axis=0)
    means = filled.sum(axis=0) / np.maximum(counts, 1)
    place = {prompt: number for number, prompt in enumerate(sorted(set(prompts)))}
    group = np.array([place[prompt] for prompt in prompts], dtype=np.int64)
    sizes = np.bincount(group, minlength=len(place))
    groups = len(sizes)
    clustered = groups >= FEWEST_PROMPTS
    draw = _clusters if clustered else _singly
    low, high = _resampled(draw(filled, judged, group, sizes), level)
    found = []
    over = "prompts" if clustered else "samples"
    whole = (groups if clustered else len(group)) if groups else 0
    for column, (n, mean) in enumerate(zip(counts.tolist(), means.tolist(), strict=True)):
        units = whole if n == len(group) else n
        if clustered and n < len(group):
            units = len(set(group[judged[:, column]].tolist()))
        if n == 0:
            found.append(Estimate(None, reason="no sample could be judged"))
        elif units < FEWEST_PROMPTS:
            reason = f"an interval needs {FEWEST_PROMPTS} {over}, there are {units}"
            found.append(Estimate(mean, None, None, units, over, reason))
        else:
            found.append(Estimate(mean, float(low[column]), float(high[column]), units, over))
    return found


@dataclass(frozen=True)
class _Drawn:
    """What is drawn with replacement, and how often in each resample.

    Attributes:
        sums: of the judged samples of each unit; shape (units, columns).
        judged: how many samples those are; shape (units, columns).
        sizes: how many samples each unit has; shape (units,).
        weights: how often each unit is drawn; shape (RESAMPLES, units).
    """

    sums: NDArray[Any]
    judged: NDArray[Any]
    sizes: NDArray[Any]
    weights: NDArray[Any]


def _clusters(
    filled: NDArray[Any], judged: NDArray[Any], group: NDArray[Any], sizes: NDArray[Any]
) -> _Drawn:
    """Whole prompts are drawn."""
    import numpy as np

    order = np.argsort(group, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums, counts = (
        np.add.reduceat(one[order], starts, axis=0, dtype=np.float64) for one in (filled, judged)
    )
    return _Drawn(sums, counts, sizes.astype(np.float64), _draws(len(sizes)))


def _singly(
    filled: NDArray[Any], judged: NDArray[Any], group: NDArray[Any], sizes: NDArray[Any]
) -> _Drawn:
    """Samples are drawn within each prompt."""
    import numpy as np

    weights = np.empty((RESAMPLES, len(group)))
    for index, size in enumerate(sizes.tolist()):
        weights[:, group == index] = _draws(size, index)
    return _Drawn(filled, judged.astype(np.float64), np.ones(len(group)), weights)


def _resampled(drawn: _Drawn, level: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """The two ends of each column's interval, for as many columns at once as fit into a cache."""
    import numpy as np

    columns = drawn.sums.shape[1]
    low, high = np.empty(columns), np.empty(columns)
    everything = drawn.weights @ drawn.sizes
    for start in range(0, columns, _COLUMNS):
        part = slice(start, start + _COLUMNS)
        there, totals = drawn.judged[:, part], everything
        whole = bool((there == drawn.sizes[:, None]).all())
        if not whole:
            totals = _product(there, drawn.weights)
        with np.errstate(invalid="ignore"):  # a draw may hold no sample that could be judged
            means = _product(drawn.sums[:, part], drawn.weights) / totals
        means.sort(axis=1)
        last: Any = RESAMPLES - 1
        if not whole:
            last = np.maximum((~np.isnan(means)).sum(axis=1) - 1, 0)
        low[part] = _quantiles(means, last, (1 - level) / 2)
        high[part] = _quantiles(means, last, (1 + level) / 2)
    return low, high


def _product(values: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Return ``values.T @ weights.T`` in products small enough for one thread.

    Args:
        values: shape (units, columns).
        weights: shape (RESAMPLES, units).
    """
    import numpy as np

    units, columns = values.shape
    width = min(max(_SMALL // (_ROWS * max(units, 1)), 1), RESAMPLES)
    rows = min(max(_SMALL // (width * max(units, 1)), 1), columns)
    blocks = -(-columns // rows)
    padded = np.zeros((blocks * rows, units))
    padded[:columns] = values.T
    found = np.empty((len(padded), RESAMPLES))
    for start in range(0, RESAMPLES, width):
        part = np.ascontiguousarray(weights[start : start + width].T)
        product = np.matmul(padded.reshape(blocks, rows, units), part)
        found[:, start : start + width] = product.reshape(len(padded), part.shape[1])
    return found[:columns]


def _quantiles(ordered: NDArray[Any], last: Any, share: float) -> NDArray[Any]:
    """The quantile of each sorted row up to its place ``last``, interpolated."""
    import numpy as np

    place = share * np.asarray(last)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, last)
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    quantiles: NDArray[Any] = low + (high - low) * (place - below)
    return quantiles


@cache
def _draws(units: int, stream: int = 0) -> NDArray[Any]:
    """How often each of ``units`` is drawn in each resample; shape (RESAMPLES, units)."""
    import numpy as np

    generator = np.random.default_rng([_SEED, units, stream])
    shares = np.full(units, 1 / units)
    return generator.multinomial(units, shares, size=RESAMPLES).astype(np.float64)
