"""Prefill and decode from T(n) = a + b n: a robust line through interleaved calls.

n is the number of decode steps of a call, and T its seconds. b is the time per output token
(TPOT), T(1) = a + b the time to first token (TTFT); neither is a difference of two noisy means.
A line that does not hold is reported as such, never as numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from reports.statistics import LEVEL, Estimate, median, median_estimate, order_rank

RESIDUAL_LIMIT = 0.10  # share of the fitted time by which a median may lie off the line
FEWEST_STEPS = 3  # different n: two points fit any line
_HELD = 4_000_000  # slopes held at once

Point = tuple[float, float]  # (decode steps, seconds)


@dataclass(frozen=True)
class Line:
    """The line of one launch.

    Attributes:
        slope: b, seconds per step.
        first: T(1) = a + b, seconds.
        slope_low: lower end of the slope's interval, from this launch's points alone.
        slope_high: upper end.
        first_low: lower end of T(1)'s interval; None below five points.
        first_high: upper end.
        residual: worst |median T(n) - fitted T(n)| / |fitted T(n)| over the n.
        points: how many points it went through.
    """

    slope: float
    first: float
    slope_low: float
    slope_high: float
    first_low: float | None
    first_high: float | None
    residual: float
    points: int


@dataclass(frozen=True)
class PrefillDecode:
    """Prefill and decode of a case.

    Attributes:
        ttft: T(1) in seconds; value None where the line does not hold.
        tpot: b in seconds per step; value None where the line does not hold.
        residual: worst relative residual (median over launches); None where there is no line.
        holds: whether the line may be read as prefill and decode.
        reason: why it does not hold.
    """

    ttft: Estimate
    tpot: Estimate
    residual: float | None
    holds: bool
    reason: str | None = None


def fit_line(points: Sequence[Point], level: float = LEVEL) -> Line:
    """Fit one launch; see ``fit_lines``.

    Raises:
        ValueError: fewer than two different n.
    """
    (line,) = fit_lines([points], level)
    if line is None:
        raise ValueError("a line needs two different numbers of steps")
    return line


def fit_lines(launches: Sequence[Sequence[Point]], level: float = LEVEL) -> list[Line | None]:
    """Fit many launches by Theil-Sen: b is the median slope over all pairs of different n.

    The intercept is the median of T - b n. The slope's interval is Sen's (1968, JASA 63:1379),
    from Kendall's rank variance with ties. T(1)'s interval is the order-statistic one of
    T - b (n - 1), widened over both ends of the slope's: conservative. Launches that made calls of
    the same lengths in the same order are fitted together.

    Returns:
        One entry per launch; None where there are fewer than two different n.
    """
    found: list[Line | None] = [None] * len(launches)
    alike: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for place, points in enumerate(launches):
        steps = tuple([step for step, _ in points])
        if len(set(steps)) > 1:
            alike[steps].append(place)
    for steps, places in alike.items():
        size = max(_HELD // len(steps) ** 2, 1)
        for start in range(0, len(places), size):
            some = places[start : start + size]
            seconds = [[second for _, second in launches[place]] for place in some]
            for place, line in zip(some, _fit(steps, seconds, level), strict=True):
                found[place] = line
    return found


def _fit(given: Sequence[float], rows: Sequence[Sequence[float]], level: float) -> list[Line]:
    """Fit launches that share their numbers of steps."""
    import numpy as np

    steps = np.array(given, dtype=np.float64)
    seconds = np.array(rows, dtype=np.float64)
    first, second = np.triu_indices(len(steps), 1)
    run = steps[second] - steps[first]
    there = run != 0
    slopes = (seconds[:, second] - seconds[:, first])[:, there] / run[there]
    slopes.sort(axis=1)
    slope = np.median(slopes, axis=1)
    low, high = _slope_ranks(given, rows, slopes.shape[1], level)
    every = np.arange(len(rows))
    slope_low, slope_high = slopes[every, low], slopes[every, high]

    after = steps - 1
    start = np.median(seconds - slope[:, None] * after, axis=1)
    first_low = first_high = [None] * len(rows)
    if k := order_rank(len(steps), level):
        ends = [np.sort(seconds - b[:, None] * after, axis=1) for b in (slope_low, slope_high)]
        first_low = np.minimum(*(end[:, k - 1] for end in ends)).tolist()
        first_high = np.maximum(*(end[:, -k] for end in ends)).tolist()
    residual = np.zeros(len(rows))
    for step in np.unique(steps):
        fitted = start + slope * (step - 1)
        off = np.abs(np.median(seconds[:, steps == step], axis=1) - fitted)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(fitted != 0, off / np.abs(fitted), math.inf)
        residual = np.maximum(residual, share)
    numbers = np.stack([slope, start, slope_low, slope_high, residual], axis=1).tolist()
    return [
        Line(b, a, b_low, b_high, a_low, a_high, off, len(steps))
        for (b, a, b_low, b_high, off), a_low, a_high in zip(
            numbers, first_low, first_high, strict=True
        )
    ]


def _slope_ranks(
    steps: Sequence[float], rows: Sequence[Sequence[float]], slopes: int, level: float
) -> tuple[list[int], list[int]]:
    """Positions of each interval's ends among the sorted slopes (Sen 1968, with ties)."""
    n = len(steps)
    normal = NormalDist().inv_cdf((1 + level) / 2)
    of_steps, lows, highs = _tied(steps), [], []
    for seconds in rows:
        variance = (n * (n - 1) * (2 * n + 5) - of_steps - _tied(seconds)) / 18
        width = normal * math.sqrt(max(variance, 0.0))
        # As scipy rounds: half to even.
        lows.append(max(round((slopes - width) / 2) - 1, 0))
        highs.append(min(round((slopes + width) / 2), slopes - 1))
    return lows, highs


def _tied(values: Sequence[float]) -> float:
    if len(set(values)) == len(values):
        return 0
    ties = [values.count(value) for value in set(values)]
    return sum(tie * (tie - 1) * (2 * tie + 5) for tie in ties)


def prefill_decode(
    launches: Sequence[Sequence[Point]],
    level: float = LEVEL,
    lines: Sequence[Line | None] | None = None,
) -> PrefillDecode:
    """Fit each launch and take medians over launches, the interval too (one launch: its own).

    It holds where the line of each launch rests on ``FEWEST_STEPS`` different n, the median worst
    residual is at most ``RESIDUAL_LIMIT``, and TPOT and TTFT are above 0.

    Args:
        launches: the valid fit calls of each launch; launches without any are left out.
        level: of the intervals.
        lines: those of ``launches``, where they are fitted already.
    """
    fitted = [points for points in launches if points]
    if not fitted:
        return _no_line("no valid fit calls")
    steps = min(len({step for step, _ in points}) for points in fitted)
    if steps < FEWEST_STEPS:
        return _no_line(
            f"a line needs {FEWEST_STEPS} different numbers of steps, there are {steps}"
        )
    drawn = [line for line in (lines or fit_lines(fitted, level)) if line is not None]
    residual = median([line.residual for line in drawn])
    ttft, tpot = _estimates(drawn, level)
    if tpot.value is None or tpot.value <= 0:
        return _no_line("more steps took no more time", residual)
    if residual > RESIDUAL_LIMIT:
        off = f"a median lies {residual:.1%} off the line, at most {RESIDUAL_LIMIT:.0%} is allowed"
        return _no_line(off, residual)
    if ttft.value is None or ttft.value <= 0:
        return _no_line("the line gives no time at all for the first step", residual)
    return PrefillDecode(ttft, tpot, residual, True)


def _estimates(lines: Sequence[Line], level: float) -> tuple[Estimate, Estimate]:
    if len(lines) > 1:
        return (
            median_estimate([line.first for line in lines], "launches", level),
            median_estimate([line.slope for line in lines], "launches", level),
        )
    (line,) = lines
    few = None if line.first_low is not None else f"an interval needs 5 calls, not {line.points}"
    return (
        Estimate(line.first, line.first_low, line.first_high, line.points, "trials", few),
        Estimate(line.slope, line.slope_low, line.slope_high, line.points, "trials"),
    )


def _no_line(reason: str, residual: float | None = None) -> PrefillDecode:
    nothing = Estimate(None, reason=reason)
    return PrefillDecode(nothing, nothing, residual, False, reason)
