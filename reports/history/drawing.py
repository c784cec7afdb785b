"""A trend as a small SVG drawing: every run, the levels, the steps, the changes of versions.

Colours come from the page's style sheet, by class; there is no script and no style attribute, so
the drawing may stand under a strict Content-Security-Policy.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from reports.diff.wording import value
from reports.history.phrases import change, day, moment, number, told_changes
from reports.history.trends import Trend
from reports.visible import one_line

WIDTH, HEIGHT = 640, 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 8, 18, 26
CUT = "intervals that reach the edge go on beyond it"
MOST_TOLD = 200  # runs that get a tooltip of their own; more are drawn as dots
_LEAST_SPAN = 4  # floors: scatter below the floor must not look like mountains
_FAR = 3  # times the span of the values: intervals that go farther are cut, and that is said


def drawing(trend: Trend, title: str) -> str:
    """Return the trend as an SVG element; its texts are escaped.

    Args:
        trend: what to draw.
        title: what it shows, for those who hear it.
    """
    scale = _Scale(trend)
    parts = [
        f'<svg class="trend" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-label="{_safe(f"{title}. {_spoken(trend)}")}">',
        *_axes(trend, scale),
        *_band(trend, scale),
        *_events(trend, scale),
        *_levels(trend, scale),
        *_points(trend, scale),
        "</svg>",
    ]
    return "".join(parts)


class _Scale:
    """Places on the drawing: runs side by side, values from the bottom up.

    Attributes:
        cut: whether an interval goes on beyond the edge.
    """

    def __init__(self, trend: Trend) -> None:
        values = trend.series.values.tolist()
        self.count = len(values)
        low, high = min(values), max(values)
        floor = trend.floor * abs(trend.level) if trend.form == "ratio" else trend.floor
        span = max(high - low, _LEAST_SPAN * floor)
        ends = [end for pair in _intervals(trend) for end in pair if not math.isnan(end)]
        least, most = min([low, *ends]), max([high, *ends])
        self.cut = least < low - _FAR * span or most > high + _FAR * span
        low, high = max(least, low - _FAR * span), min(most, high + _FAR * span)
        more = max(0.06 * (high - low), (_LEAST_SPAN * floor - (high - low)) / 2, 0.0)
        if more == 0:
            more = abs(high) / 10 or 1.0
        self.low: float = low - more
        self.high: float = high + more

    def x(self, place: float) -> float:
        """Where a run stands; half a place is between two."""
        room = WIDTH - _LEFT - _RIGHT
        return round(_LEFT + room * (place + 0.5) / self.count, 1)

    def y(self, at: float) -> float:
        """Where a value stands; beyond the edge at the edge."""
        share = min(1.0, max(0.0, (at - self.low) / (self.high - self.low)))
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share, 1)


def _axes(trend: Trend, scale: _Scale) -> list[str]:
    parts = []
    for share in (0.1, 0.5, 0.9):
        at = scale.low + share * (scale.high - scale.low)
        y = scale.y(at)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{WIDTH - _RIGHT}"/>')
        text = _safe(value(at, trend.series.column))
        parts.append(
            f'<text class="tick" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{text}</text>'
        )
    runs, y = trend.series.runs, HEIGHT - 6
    first, last = day(runs[0].created), day(runs[-1].created)
    parts.append(_tick(_LEFT, y, first))
    if last != first:
        parts.append(_tick(WIDTH - _RIGHT, y, last, end=True))
    if scale.cut:
        parts.append(_tick(_LEFT + 90, y, CUT))
    return parts


def _tick(x: float, y: float, text: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text class="tick" x="{x}" y="{y}"{anchor}>{text}</text>'


def _band(trend: Trend, scale: _Scale) -> list[str]:
    """The intervals of the runs, as one path of upright strokes."""
    strokes = [
        f"M{scale.x(place)} {scale.y(low)}V{scale.y(high)}"
        for place, (low, high) in enumerate(_intervals(trend))
        if not (math.isnan(low) or math.isnan(high))
    ]
    return [f'<path class="interval" d="{"".join(strokes)}"/>'] if strokes else []


def _intervals(trend: Trend) -> list[tuple[float, float]]:
    """The ends of each run's interval; NaN where it has none."""
    found: list[tuple[float, float]] = trend.series.points[["low", "high"]].tolist()
    return found


def _events(trend: Trend, scale: _Scale) -> list[str]:
    parts = []
    for event in trend.events:
        x = scale.x(event.place - 0.5)
        y = HEIGHT - _BOTTOM
        when = day(trend.series.runs[event.place].created)
        said = _safe(f"{when}: {told_changes(event.changes)}")
        parts.append(f'<path class="event" d="M{x} {y}l-4 7h8z"><title>{said}</title></path>')
    return parts


def _levels(trend: Trend, scale: _Scale) -> list[str]:
    ends = [0, *(step.place for step in trend.steps), len(trend.series.runs)]
    heights = [trend.steps[0].before] if trend.steps else [trend.level]
    heights += [step.after for step in trend.steps]
    parts = [
        f'<path class="level" d="M{scale.x(a - 0.5)} {scale.y(height)}H{scale.x(b - 0.5)}"/>'
        for a, b, height in zip(ends, ends[1:], heights, strict=False)
    ]
    for step in trend.steps:
        x = scale.x(step.place - 0.5)
        anchor = "end" if x > WIDTH * 0.8 else "start"
        said = _safe(f"{step.verdict} {change(trend, step)}")
        near = x - 4 if anchor == "end" else x + 4
        parts.append(f'<path class="step {step.verdict}" d="M{x} {_TOP - 6}V{HEIGHT - _BOTTOM}"/>')
        parts.append(
            f'<text class="said {step.verdict}" x="{near}" y="{_TOP - 5}" '
            f'text-anchor="{anchor}">{said}</text>'
        )
    return parts


def _points(trend: Trend, scale: _Scale) -> list[str]:
    series = trend.series
    values: Sequence[float] = series.values.tolist()
    if len(values) > MOST_TOLD:
        dots = "".join(f"M{scale.x(n)} {scale.y(one)}h0" for n, one in enumerate(values))
        return [f'<path class="dots" d="{dots}"/>']
    parts = []
    for place, (run, one) in enumerate(zip(series.runs, values, strict=True)):
        unit = series.column.heading
        said = _safe(f"{moment(run.created)}: {unit} {value(one, series.column)}, {run.name}")
        x, y = scale.x(place), scale.y(one)
        parts.append(
            f'<circle class="run" cx="{x}" cy="{y}" r="2.6"><title>{said}</title></circle>'
        )
    return parts


def _spoken(trend: Trend) -> str:
    """What the drawing shows, in words."""
    column, runs = trend.series.column, number(len(trend.series.runs), "run")
    said = f"{runs}, level {value(trend.level, column)}"
    for step in trend.steps:
        when = day(trend.series.runs[step.place].created)
        said += f"; {step.verdict} {change(trend, step)} from {when}"
    return said


def _safe(text: str) -> str:
    """Text that cannot act in HTML, nor hide or turn around what stands beside it."""
    return html.escape(one_line(text)).encode("ascii", "xmlcharrefreplace").decode("ascii")
