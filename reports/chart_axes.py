"""Where the axes of a static chart begin and end, and where its names stand.

The page's script does the same (``reports/page/axes.js``), for charts that the reader changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_NEAR = 0.35  # an axis begins at 0 where its values come so near to it
_MARGIN = 0.06  # of what the values span
_CELL = 6.6  # pixels of half a Chinese character, and of a Latin one at most, nearly
_POINT = 7  # pixels around the middle of a point
_HALF_LINE = 7
_FEW, _CROWD = 16, 24  # points that all have names; names on the frontier

Row = dict[str, Any]
Box = tuple[float, float, float, float]  # left, right, top, bottom


@dataclass(frozen=True)
class Axis:
    """The ends of an axis, and what to say where it does not hold 0."""

    low: float
    high: float
    reverse: bool = False

    @property
    def note(self) -> str:
        """What stands after the title."""
        return " (not from 0)" if self.low > 0 or self.high < 0 else ""

    @property
    def scale(self) -> dict[str, Any]:
        """The settings of Vega-Lite."""
        return {
            "domain": [self.low, self.high],
            "nice": False,
            "zero": False,
            "reverse": self.reverse,
        }

    def place(self, value: float) -> float:
        """Return the share of the axis at which a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return 1 - share if self.reverse else share


def axis(values: Sequence[float], *, reverse: bool = False, edge: bool = False) -> Axis:
    """Return the axis that holds all values.

    Args:
        values: with the ends of their intervals.
        reverse: lower values are to the right, or on top.
        edge: an axis from 0 begins at its very edge.
    """
    least, most = min(values, default=0.0), max(values, default=1.0)
    from_0 = least >= 0 and least <= _NEAR * most
    around = abs(most) / 10 if least == most else 0.0  # one value: a tenth of it to either side
    bottom = 0.0 if from_0 else least - around
    span = (most + around - bottom) or 1.0
    low = 0.0 if from_0 and edge else bottom - _MARGIN * span
    return Axis(low, bottom + (1 + _MARGIN) * span, reverse)


def widened(given: Axis, texts: Sequence[tuple[float, str]], width: float) -> Axis:
    """Widen an axis until after each value its text has room.

    Args:
        given: the axis.
        texts: values, and what stands after each.
        width: pixels of the axis.
    """
    highs = [
        given.low + (value - given.low) * width / max(width / 3, width - pixels(text) - 14)
        for value, text in texts
    ]
    return Axis(given.low, max([given.high, *highs]), given.reverse)


def pixels(text: str) -> float:
    """Return about how many pixels a text takes."""
    from rich.cells import cell_len

    return _CELL * cell_len(text)


def legend(names: Iterable[str], width: float) -> dict[str, float]:
    """Return how a legend of these names fits into so many pixels."""
    each = max(map(pixels, names), default=0.0) + 34
    return {"columns": max(1, min(6, int(width // each))), "labelLimit": width}


def named(
    rows: Sequence[Row], x: Axis, y: Axis, width: float, height: float
) -> dict[str, list[Row]]:
    """Return the rows whose names find room, by the data set of ``charts.NAMES``.

    All of few points have names, of more those on the frontier, and none where even these are a
    crowd. A name stands over no other name, and over no point unless it is on the frontier.

    Args:
        rows: of the chart.
        x: its axes.
        y: see ``x``.
        width: pixels between the axes.
        height: see ``width``.
    """
    if sum(row["place"] == "on" for row in rows) > _CROWD:
        return {}
    spots = [(x.place(row["x"]) * width, (1 - y.place(row["y"])) * height) for row in rows]
    points = [(a - _POINT, a + _POINT, b - _POINT, b + _POINT) for a, b in spots]
    taken: list[Box] = []
    found: dict[str, list[Row]] = {}
    for index in sorted(range(len(rows)), key=lambda index: rows[index]["place"] != "on"):
        row = rows[index]
        if row["place"] != "on" and len(rows) > _FEW:
            break
        free = [
            (sum(_meet(box, point) for i, point in enumerate(points) if i != index), side, box)
            for side, box in _boxes(*spots[index], pixels(row["label"]))
            if box[0] >= 0 and box[1] <= width + 8 and not any(_meet(box, one) for one in taken)
        ]
        over, side, box = min(free, key=lambda one: one[0], default=(0, "", None))
        if box is not None and (not over or row["place"] == "on"):
            found.setdefault(side, []).append(row)
            taken.append(box)
    return found


def _boxes(across: float, up: float, wide: float) -> Iterator[tuple[str, Box]]:
    from reports.page.charts import NAMES

    for side, align, right, down in NAMES:
        left = across + right - (wide if align == "right" else 0)
        yield side, (left, left + wide, up + down - _HALF_LINE, up + down + _HALF_LINE)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
