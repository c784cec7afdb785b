"""The frontier: which samplers are not beaten in both speed and quality.

Cases are compared that differ in nothing but the sampler: same preset, state, hardware and batch
size. One dominates another if it is at least as good in both values and beyond the intervals in
one of them. Where only noise keeps a case from being dominated, it stays on the frontier and that
is said; so it is where a value has no interval at all and the other's is better, since then no
difference can be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from metrics import Metric, canonical
from reports.columns import HEADLINE_METRICS, metric_column
from reports.titles import there_are

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reports.summary import Summary

SPEED = "tokens_per_second"
_HELD = 2**16  # pairs of cases compared at once
_ALIKE = ("preset", "state", "hardware", "batch_size")

Cases = Sequence[Mapping[str, Any]]


class QualityError(ValueError):
    """There is no such quality to compare by; the text says what there is."""


@dataclass(frozen=True)
class FrontierPoint:
    """One case.

    Attributes:
        case: its id.
        speed: delivered tokens per second.
        quality: its value of the quality metric.
        dominated_by: id of a case that beats it; None where it is on the frontier.
        perhaps_by: id of a case that may beat it, as far as the intervals can tell.
    """

    case: str
    speed: float
    quality: float
    dominated_by: str | None
    perhaps_by: str | None = None

    @property
    def place(self) -> Literal["on", "perhaps", "off"]:
        """Where it stands: on the frontier, there only within the noise, or off it."""
        if self.dominated_by is not None:
            return "off"
        return "on" if self.perhaps_by is None else "perhaps"


@dataclass(frozen=True)
class Frontier:
    """Speed against quality.

    Attributes:
        speed: the column of speed; higher is better.
        quality: the column of the quality metric.
        better: which way its values are better.
        points: the cases that have both values and another case to be compared with, in the
            order of the run.
    """

    speed: str
    quality: str
    better: Literal["lower", "higher"]
    points: tuple[FrontierPoint, ...]


def frontier(summary: Summary, quality: str | None = None) -> Frontier | None:
    """Return who stands on the frontier; None where no two cases can be compared.

    Args:
        summary: the run.
        quality: name of the metric; by default the one that the summary was made with, or else
            the first headline metric with a good direction that most cases have.

    Raises:
        QualityError: ``quality`` is no metric of this run, or neither of its ways is better.
    """
    from reports.frames import rows_of

    there = [name for name in _wanted(summary.metrics) if name in summary.cases]
    rows = rows_of(summary.cases[there])
    return frontier_of(rows, summary.metrics, summary.quality if quality is None else quality)


def frontier_of(
    rows: Cases, metrics: Mapping[str, Metric], quality: str | None = None
) -> Frontier | None:
    """Return the frontier of plain rows, as ``frontier`` does of a summary."""
    finished = [row for row in rows if row["status"] == "ok" and row.get(SPEED) is not None]
    metric = _usual(finished, metrics) if quality is None else _named(quality, metrics)
    if metric is None or metric.direction == "neither":
        return None
    column, higher = metric_column(metric.name), metric.direction == "higher"
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in finished:
        if row.get(column) is not None:
            groups[tuple(row[axis] for axis in _ALIKE)].append(row)
    found: dict[str, FrontierPoint] = {}
    for group in groups.values():
        if len(group) > 1:
            found |= {point.case: point for point in _placed(group, column, higher=higher)}
    points = tuple(found[row["case"]] for row in finished if row["case"] in found)
    return Frontier(SPEED, column, metric.direction, points) if points else None


def mark(rows: Iterable[dict[str, Any]], found: Frontier | None) -> None:
    """Write the columns of the frontier into plain rows."""
    points = {point.case: point for point in found.points} if found else {}
    for row in rows:
        point = points.get(row["case"])
        row["frontier"] = point.place if point else None
        row["frontier_quality"] = found.quality if found and point else None
        row["dominated_by"] = (point.dominated_by or point.perhaps_by) if point else None


def _wanted(metrics: Mapping[str, Metric]) -> list[str]:
    """The columns that are read."""
    numbers = [SPEED, *map(metric_column, metrics)]
    ends = [name + end for name in numbers for end in ("", "_low", "_high")]
    return ["case", "status", *_ALIKE, *ends]


def _usual(rows: Cases, metrics: Mapping[str, Metric]) -> Metric | None:
    """The first headline metric with a direction that most cases have; or else any such one."""
    named = [metrics[name] for name in HEADLINE_METRICS if name in metrics]
    for metric in (*named, *metrics.values()):
        column = metric_column(metric.name)
        there = sum(row.get(column) is not None for row in rows)
        if metric.direction != "neither" and 2 * there > len(rows):
            return metric
    return None


def _named(quality: str, metrics: Mapping[str, Metric]) -> Metric:
    metric = metrics.get(canonical(quality))
    if metric is not None and metric.direction != "neither":
        return metric
    judging = [m.name for m in metrics.values() if m.direction != "neither"]
    if metric is None:
        said = f"this run has no such metric. {there_are(quality, judging)}"
    else:
        said = f"neither way of it is better. There are: {', '.join(judging)}."
    raise QualityError(f"cannot compare quality by {quality!r}: {said}")


def _placed(group: Cases, column: str, *, higher: bool) -> list[FrontierPoint]:
    """Hold every case of a group against all others."""
    import numpy as np

    speed, quality = _ends(group, SPEED, higher=True), _ends(group, column, higher=higher)
    open_ = np.isinf(speed[2]), np.isinf(quality[2])  # no interval
    rank = np.empty(len(group), dtype=np.int64)
    rank[np.lexsort((speed[0], quality[0]))] = np.arange(len(group))
    points = []
    step = max(_HELD // len(group), 1)
    for start in range(0, len(group), step):
        some = np.arange(start, min(start + step, len(group)))
        one = speed[:, some, None], quality[:, some, None]
        # Of every other case: its lead over this one, by value; and beyond the intervals.
        faster, better = speed[0] - one[0][0], quality[0] - one[1][0]
        faster_yet, better_yet = speed[1] > one[0][2], quality[1] > one[1][2]
        # Without an interval on either side, by value.
        faster_maybe = faster_yet | ((faster > 0) & (open_[0] | open_[0][some, None]))
        better_maybe = better_yet | ((better > 0) & (open_[1] | open_[1][some, None]))
        slower_yet, lesser_yet = speed[2] < one[0][1], quality[2] < one[1][1]
        ahead = (faster >= 0) & (better >= 0)
        by_value = ahead & ((faster > 0) | (better > 0))
        maybe = ~slower_yet & ~lesser_yet & (faster_maybe | better_maybe | by_value)
        beaten = ahead & (faster_yet | better_yet)
        for which in (beaten, maybe):
            which[np.arange(len(some)), some] = False
        chosen = zip(some.tolist(), _best(rank, beaten), _best(rank, maybe), strict=True)
        for index, by, perhaps in chosen:
            row = group[index]
            points.append(
                FrontierPoint(
                    row["case"],
                    float(row[SPEED]),
                    float(row[column]),
                    None if by is None else group[by]["case"],
                    None if perhaps is None or by is not None else group[perhaps]["case"],
                )
            )
    return points


def _best(rank: NDArray[np.int64], which: NDArray[np.bool_]) -> list[int | None]:
    """In each row, the one that speaks for all of ``which``: best in quality, then in speed."""
    import numpy as np

    ranks = np.where(which, rank, -1)
    best = ranks.argmax(axis=1)
    ends = zip(best.tolist(), ranks.max(axis=1).tolist(), strict=True)
    return [place if highest >= 0 else None for place, highest in ends]


def _ends(group: Cases, column: str, *, higher: bool) -> NDArray[np.float64]:
    """Value, lower and upper end of every case, so that more is better.

    Where there is no interval it is all numbers: nothing is beyond it.
    """
    import numpy as np

    rows = []
    for row in group:
        value = float(row[column])
        low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
        ends = (-np.inf, np.inf) if low is None or high is None else (float(low), float(high))
        rows.append((value, *ends) if higher else (-value, -ends[1], -ends[0]))
    return np.array(rows, dtype=np.float64).T
