"""A training curve as a small SVG picture: loss over steps, and the held-out loss.

Drawn by hand: two lines and two axes are no reason to require a plotting library in every run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 40, 40
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #444 } .title { font-weight: 600; font-size: 14px }
.axis { stroke: #999; fill: none } .grid { stroke: #ddd }
.loss { stroke: #1f77b4; fill: none; stroke-width: 1.5 } .raw { stroke-opacity: .3 }
.held { stroke: #d62728; fill: none; stroke-width: 1.5 } .dot { fill: #d62728 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } .grid { stroke: #444 } }
"""

_BEYOND = 1e12  # no loss and no step is larger; NaN is not smaller either

Point = tuple[float, float]


def curve_svg(title: str, curve: Sequence[Mapping[str, Any]]) -> str:
    """Return an SVG document; one that says so where there is no point to draw.

    Args:
        title: above the picture; escaped here.
        curve: points with ``step``, ``loss`` and, where it was evaluated, ``held_out_loss``
            (nats per token), as in ``reports.training.Training``.
    """
    loss = _points(curve, "loss")
    held = _points(curve, "held_out_loss")
    body = [f'<text class="title" x="{_LEFT}" y="22">{escape(_printable(title))}</text>']
    if not loss and not held:
        body.append(f'<text x="{_LEFT}" y="{_HEIGHT / 2}">no curve was recorded</text>')
    else:
        body += _drawing(loss, held)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img">'
        f"<title>{escape(_printable(title))}</title><style>{_STYLE}</style>"
        f"{''.join(body)}</svg>\n"
    )


def _points(curve: Sequence[Mapping[str, Any]], name: str) -> list[Point]:
    found = [(point.get("step"), point.get(name)) for point in curve]
    return [
        (float(x), float(y))
        for x, y in found
        if isinstance(x, int | float)
        and isinstance(y, int | float)
        and abs(x) < _BEYOND
        and abs(y) < _BEYOND
    ]


def _drawing(loss: list[Point], held: list[Point]) -> list[str]:
    steps = [x for x, _ in (*loss, *held)]
    heights = [y for _, y in (*loss, *held)]
    last = max(steps) or 1.0
    ticks = _ticks(min(heights), max(heights))
    low, high = ticks[0], ticks[-1]

    def at(point: Point) -> Point:
        x = _LEFT + point[0] / last * (_WIDTH - _LEFT - _RIGHT)
        y = _TOP + (high - point[1]) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)
        return round(x, 1), round(y, 1)

    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    body = []
    for tick in ticks:
        y = at((0, tick))[1]
        body.append(f'<path class="grid" d="M{_LEFT} {y}H{right}"/>')
        body.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    body.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>')
    for share in (0.0, 0.5, 1.0):
        x = at((share * last, low))[0]
        body.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{share * last:g}</text>')
    body.append(f'<text x="{right}" y="{_HEIGHT - 6}" text-anchor="end">step</text>')
    body.append(_line("loss raw", [at(point) for point in loss]))
    body.append(_line("loss", [at(point) for point in _smooth(loss)]))
    body.append(_line("held", [at(point) for point in held]))
    for x, y in map(at, held):
        body.append(f'<circle class="dot" cx="{x}" cy="{y}" r="3"/>')
    body.append(f'<path class="loss" d="M{right - 230} 18h20"/>')
    body.append(f'<text x="{right - 204}" y="22">loss (nats/token)</text>')
    body.append(f'<path class="held" d="M{right - 90} 18h20"/>')
    body.append(f'<text x="{right - 64}" y="22">held out</text>')
    return body


def _line(style: str, points: Sequence[Point]) -> str:
    if len(points) < 2:
        return ""
    return f'<path class="{style}" d="M{"L".join(f"{x} {y}" for x, y in points)}"/>'


def _smooth(points: Sequence[Point]) -> list[Point]:
    """Return the running mean over a twentieth of the curve: single steps are noisy."""
    width = max(1, len(points) // 20)
    return [
        (x, sum(y for _, y in near) / len(near))
        for i, (x, _) in enumerate(points)
        if (near := points[max(0, i - width + 1) : i + 1])
    ]


def _ticks(low: float, high: float) -> list[float]:
    """Return four to eight round numbers around a range."""
    span = max(high - low, abs(high) * 1e-3, 1e-6)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(m * power for m in (1, 2, 5, 10) if span / (m * power) <= 6)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    return [round(k * step, 10) for k in range(first, last + 1)]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)
