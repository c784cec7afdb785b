"""The page's charts as Vega-Lite, made with Altair; their data come later, from the page's script.

A chart names its colours; ``on_page`` gives style variables, which follow light, dark and print,
``REPORT`` gives fixed ones, for a picture that stands alone. What a chart shows depends on what
the reader chose, so titles hold ``@x`` and ``@y`` in place of the column.

Every row of data has ``c``, the number of its case: charts show the cases that are picked (in the
table, in a text, in another chart) and let the others fade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Colours = Mapping[str, str]
Spec = dict[str, Any]
Groups = Sequence[str]

_NAMES = ("ink", "muted", "line", "surface", "accent", *(f"c{i}" for i in range(1, 9)))
ON_PAGE: Colours = {name: f"var(--{name})" for name in _NAMES}
"""Style variables of ``base.css``."""
ALONE: Colours = {
    "ink": "#1d2125",
    "muted": "#59626b",
    "line": "#e2dfd9",
    "surface": "#ffffff",
    "accent": "#0b5f9e",
    "c1": "#0b6bb0",
    "c2": "#c2561a",
    "c3": "#157f5b",
    "c4": "#95489b",
    "c5": "#8a6a00",
    "c6": "#4b5fc4",
    "c7": "#ad3358",
    "c8": "#5b6670",
}
"""The light ones of ``base.css``, for a file without a style sheet."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', sans-serif"

PICKED = "length(picked) == 0 || indexof(picked, datum.c) >= 0"
"""The test whether a case is picked, or none is."""
_FADED = 0.13
_MOST_COLOURS = 8
NAMES = (
    ("above", "left", 9, -8),
    ("below", "left", 9, 15),
    ("aboveLeft", "right", -9, -8),
    ("belowLeft", "right", -9, 15),
)
"""Where a point's name may stand: data set, alignment, pixels to the right and down."""
_SPOT = {"size": 80, "strokeWidth": 2}


def scatter(colours: Colours, groups: Groups, height: int = 380, *, brush: bool = True) -> Spec:
    """Speed against quality, with intervals and the frontier.

    Data: ``points``, of which ``ahead`` are on the frontier and ``beaten`` are not, and those with
    a name ``above`` or ``below`` them, to the right or (``aboveLeft``, ``belowLeft``) to the left.
    Fields: ``c, case, group, x, x_low, x_high, x_told, y, y_low, y_high, y_told, standing, label``.
    """
    import altair as alt

    def of(data: str) -> Any:
        return alt.Chart(alt.NamedData(name=data)).encode(
            x=alt.X("x:Q", title="@x", scale=alt.Scale(zero=False, padding=28), axis=_axis()),
            y=alt.Y("y:Q", title="@y", scale=alt.Scale(zero=False, padding=22), axis=_axis()),
            color=_colour("group", colours, groups),
            opacity=_opacity(1.0),
        )

    tooltip = [
        alt.Tooltip("case:N"),
        alt.Tooltip("x_told:N", title="@x"),
        alt.Tooltip("y_told:N", title="@y"),
        alt.Tooltip("standing:N", title="frontier"),
    ]
    whisker = of("points").mark_rule(strokeWidth=1.2, aria=False).encode(opacity=_opacity(0.45))
    across = whisker.encode(x="x_low:Q", x2="x_high:Q")
    chart = alt.layer(
        of("ahead")
        .mark_line(strokeWidth=1.5, strokeDash=[5, 4], aria=False)
        .encode(opacity=alt.value(0.5), order="x:Q", detail="group:N"),
        across.add_params(alt.selection_interval(name="brush")) if brush else across,
        whisker.encode(y="y_low:Q", y2="y_high:Q"),
        of("beaten").mark_point(**_SPOT, fill=colours["surface"]).encode(tooltip=tooltip),
        of("ahead").mark_point(**_SPOT, filled=True).encode(tooltip=tooltip),
        *(
            of(place)
            .mark_text(align=align, dx=dx, dy=dy, fontSize=12, aria=False)
            .encode(text="label:N", color=alt.value(colours["ink"]))
            for place, align, dx, dy in NAMES
        ),
    )
    return _finished(chart, colours, height, "Speed against quality: one point per case.")


def intervals(colours: Colours, groups: Groups, height: int = 240) -> Spec:
    """One column, a row per case: value and interval.

    Data: ``points``, of which ``best`` are best and ``others`` not, with ``c, case, group, value,
    low, high, end, told``; and ``references`` to compare with, ``kind, value``.
    """
    import altair as alt

    rows = alt.Axis(labelLimit=400, labelPadding=10, domain=False, ticks=False, grid=False)

    def of(data: str) -> Any:
        return alt.Chart(alt.NamedData(name=data)).encode(
            x=alt.X("value:Q", title="@x", scale=alt.Scale(zero=False, padding=12), axis=_axis()),
            y=alt.Y("case:N", title=None, sort=None, axis=rows),
            color=_colour("group", colours, groups),
            opacity=_opacity(1.0),
        )

    tooltip = [alt.Tooltip("case:N"), alt.Tooltip("told:N", title="@x")]
    limits = alt.Chart(alt.NamedData(name="references")).encode(x="value:Q")
    chart = alt.layer(
        limits.mark_rule(strokeDash=[3, 3], strokeWidth=1.2, color=colours["muted"]),
        limits.mark_text(
            align="left", dx=4, y=-6, baseline="bottom", fontSize=11, color=colours["muted"]
        ).encode(text="kind:N"),
        of("points")
        .mark_rule(strokeWidth=2.2, strokeCap="round", aria=False)
        .encode(x="low:Q", x2="high:Q", opacity=_opacity(0.55)),
        of("others").mark_point(**_SPOT, fill=colours["surface"]).encode(tooltip=tooltip),
        of("best").mark_point(**_SPOT, filled=True).encode(tooltip=tooltip),
        of("points")
        .mark_text(align="left", dx=10, fontSize=11, aria=False)
        .encode(x="end:Q", text="told:N", color=alt.value(colours["muted"])),
    )
    return _finished(chart, colours, height, "One row per case, with its interval.")


def fit(colours: Colours, height: int = 300) -> Spec:
    """Time over decode steps, and the fitted lines.

    Data: ``calls`` and ``lines``, both with ``c, case, n, ms``.
    """
    import altair as alt

    x = alt.X("n:Q", title="decode steps of the call", scale=alt.Scale(zero=True), axis=_axis())
    y = alt.Y("ms:Q", title="ms", axis=_axis())
    colour = _colour("case", colours, None)
    lines = alt.Chart(alt.NamedData(name="lines")).mark_line(strokeWidth=1.8)
    calls = alt.Chart(alt.NamedData(name="calls")).mark_point(size=26, filled=True)
    tooltip = ["case:N", alt.Tooltip("n:Q", title="steps"), alt.Tooltip("ms:Q", format=".4~g")]
    chart = alt.layer(
        lines.encode(x=x, y=y, color=colour),
        calls.encode(x=x, y=y, color=colour, opacity=alt.value(0.6), tooltip=tooltip),
    )
    return _finished(chart, colours, height, "Time of a call over its decode steps.")


def training(colours: Colours, height: int = 280) -> Spec:
    """Loss over steps, per state. Data: ``training`` and ``held``: ``state, step, loss, kind``."""
    import altair as alt

    def of(data: str) -> Any:
        y = alt.Y("loss:Q", title="@y", scale=alt.Scale(zero=False), axis=_axis())
        return alt.Chart(alt.NamedData(name=data)).encode(
            x=alt.X("step:Q", title="step", axis=_axis()),
            y=y,
            color=_colour("state", colours, None),
            tooltip=["state:N", "kind:N", "step:Q", alt.Tooltip("loss:Q", format=".4~g")],
        )

    chart = alt.layer(
        of("training").mark_line(strokeWidth=1.2, opacity=0.55),
        of("held").mark_line(strokeWidth=2, strokeDash=[6, 3]),
        of("held").mark_point(size=60, filled=True),
    )
    return _finished(chart, colours, height, "Training loss and held-out loss over steps.")


def _axis() -> Any:
    import altair as alt

    return alt.Axis(tickCount=6, domain=False, ticks=False, labelPadding=6, titlePadding=10)


def _colour(field: str, colours: Colours, groups: Groups | None) -> Any:
    """Colour by a field, unless its groups are one, or too many. None: whatever there is."""
    import altair as alt

    if groups is not None and not 2 <= len(groups) <= _MOST_COLOURS:
        return alt.value(colours["c1"])
    shades = [colours[f"c{i}"] for i in range(1, _MOST_COLOURS + 1)]
    known = {} if groups is None else {"domain": list(groups)}
    scale = alt.Scale(range=shades, **known)
    told = alt.Legend(orient="bottom", title=None, symbolType="circle", labelLimit=320, columns=3)
    return alt.Color(f"{field}:N", scale=scale, sort=None, legend=told)


def _opacity(value: float) -> Any:
    import altair as alt

    return alt.condition(PICKED, alt.value(value), alt.value(_FADED * value))


def _finished(chart: Any, colours: Colours, height: int, description: str) -> Spec:
    import altair as alt

    chart = chart.add_params(alt.param(name="picked", value=[])).properties(
        width="container",
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        description=description,
    )
    spec: Spec = chart.to_dict(validate=False)  # three quarters of the time; a test validates
    spec["config"] = config(colours)
    return spec


def config(colours: Colours) -> Spec:
    """Return the look of all charts: quiet axes, no frame."""
    words = {"labelColor": colours["muted"], "titleColor": colours["muted"]}
    return {
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 4, "right": 12, "top": 6, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            **words,
            "gridColor": colours["line"],
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "axisY": {
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleX": 0,
            "titleY": -12,
        },
        "legend": {
            **words,
            "symbolOpacity": 1,
            "symbolStrokeWidth": 2,
            "labelFontSize": 12,
            "labelColor": colours["ink"],
        },
    }
