"""A run as one static picture, for a mail or a document: no script, generic fonts, an SVG file.

Speed against quality where there is such a comparison, and below it the speed of every case with
its interval: the charts of the page (``reports.page.charts``), standing still.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.chart_axes import Axis, axis, legend, named, pixels, widened
from reports.page import charts
from reports.page.case_table import PageColumn, page_columns, values
from reports.page.chosen import Chosen, choose
from reports.page.overview import count, overview
from reports.page.shell import check_installed
from reports.table import view
from reports.visible import one_line
from reports.warning_lines import merged

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

SPEED = "tokens_per_second"
_WIDTH = 680
_MOST_ROWS = 40
_ROW, _HIGH_ROW = 22, 38  # pixels; with the name above
_LONGEST_NAME = 110  # characters
_LONGEST_LABEL = 34  # of a point
_BESIDE = 0.4  # of the width: longer names stand above their rows
_HEIGHT = 320  # pixels of the scatter
_GENERIC = "sans-serif"

Rows = list[dict[str, Any]]


def static_svg(summary: Summary, gates: Sequence[GateOutcome] = ()) -> str:
    """Return an SVG document.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    check_installed()
    import vl_convert

    said = view(summary)
    chosen = choose(summary, said, gates)
    columns = {column.name: column for column in page_columns(summary, said, chosen)}
    numbers = values(summary, chosen, list(columns.values()))
    usual = {str(row["frontier_quality"]) for row in chosen.rows if row.get("frontier_quality")}
    parts = [
        _scatter(chosen, columns, numbers, quality)
        for quality in sorted(usual & numbers.keys())[:1]
        if SPEED in numbers
    ]
    if SPEED in numbers:
        parts.append(_strip(chosen, columns[SPEED], numbers[SPEED]))
    first = overview(summary, said, chosen, gates)
    counts = (
        (sum(result.status == "failed" for result in summary.completed.cases), "failed case"),
        (sum(gate.verdict == "fail" for gate in gates), "failed gate"),
        (len(merged(summary.warnings)), "warning"),
    )
    told = [*first.facts, *(count(number, noun) for number, noun in counts if number)]
    spec = {
        "title": {
            "text": one_line(said.title),
            "subtitle": [one_line(" · ".join(told)), *([] if parts else ["Nothing was measured."])],
            "anchor": "start",
            "offset": 18,
            "fontSize": 18,
            "subtitleFontSize": 12,
            "subtitlePadding": 6,
            "color": charts.ALONE["ink"],
            "subtitleColor": charts.ALONE["muted"],
        },
        "vconcat": parts or [_nothing()],
        "spacing": 34,
        "padding": 18,
        "config": {
            **charts.config(charts.ALONE),
            "background": charts.ALONE["surface"],
            "font": _GENERIC,
        },
    }
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


def _scatter(
    chosen: Chosen,
    columns: dict[str, PageColumn],
    numbers: dict[str, dict[str, Any]],
    quality: str,
) -> dict[str, Any]:
    x, y = numbers[SPEED], numbers[quality]
    rows: Rows = []
    for c, row in enumerate(chosen.rows):
        if x["values"][c] is None or y["values"][c] is None:
            continue
        rows.append(
            {
                "c": c,
                "group": _name(chosen.groups[c]),
                "place": row.get("frontier") or "",
                "x": x["values"][c],
                "y": y["values"][c],
                **dict(zip(("x_low", "x_high"), _ends(x, c), strict=True)),
                **dict(zip(("y_low", "y_high"), _ends(y, c), strict=True)),
                "label": _name(str(row["sampler"]), _LONGEST_LABEL),
            }
        )
    ahead = [row for row in rows if row["place"] == "on"]
    better = columns[quality].better
    across = axis(_all(rows, "x"), edge=True)
    up = axis(_all(rows, "y"), reverse=better == "lower")
    data = {
        "points": rows,
        "ahead": ahead,
        "beaten": [row for row in rows if row["place"] != "on"],
        **{side: [] for side, *_ in charts.NAMES},
        **named(rows, across, up, _WIDTH, _HEIGHT),
    }
    spec = charts.scatter(charts.ALONE, _groups(chosen), _HEIGHT, brush=False)
    titles = {
        "@x": f"{columns[SPEED].heading}{across.note} →",
        "@y": f"{columns[quality].heading}, {better} is better ↑{up.note}",
    }
    still = _still(spec, titles, data)
    _scale(still, "x", across)
    _scale(still, "y", up)
    return still


def _strip(chosen: Chosen, column: PageColumn, numbers: dict[str, Any]) -> dict[str, Any]:
    there = [c for c, value in enumerate(numbers["values"]) if value is not None]
    there.sort(key=lambda c: -numbers["values"][c])
    rows: Rows = []
    for c in there[:_MOST_ROWS]:
        low, high = _ends(numbers, c)
        rows.append(
            {
                "c": c,
                "case": _name(chosen.names[c]),
                "group": _name(chosen.groups[c]),
                "value": numbers["values"][c],
                "low": low,
                "high": high,
                "end": max(high, numbers["values"][c]),
                "told": column.cells[c],
                "best": column.best[c] or not any(column.best),
            }
        )
    heading = column.heading
    if len(rows) < chosen.total:
        heading += f" (the first {len(rows)} of {chosen.total:,} cases)"
    above = max((pixels(row["case"]) for row in rows), default=0.0) > _BESIDE * _WIDTH
    height = (_HIGH_ROW if above else _ROW) * len(rows)
    spec = charts.intervals(charts.ALONE, _groups(chosen), height)
    data = {
        "points": rows,
        "best": [row for row in rows if row["best"]],
        "others": [row for row in rows if not row["best"]],
        "references": [],
    }
    still = _still(spec, {"@x": heading}, data)
    ends = [0.0, *(row[key] for row in rows for key in ("low", "value", "high"))]
    told = [(row["end"], row["told"]) for row in rows]
    _scale(still, "x", widened(axis(ends, edge=True), told, _WIDTH))
    if above:
        words = {"labelAlign": "left", "labelPadding": 0, "labelOffset": -14, "labelLimit": _WIDTH}
        for layer in still["layer"]:
            layer["encoding"].get("y", {}).get("axis", {}).update(words)
    return still


def _all(rows: Rows, name: str) -> list[float]:
    """All values of an axis, the ends of their intervals among them."""
    return [row[key] for row in rows for key in (name, f"{name}_low", f"{name}_high")]


def _scale(spec: dict[str, Any], name: str, given: Axis) -> None:
    for layer in spec["layer"]:
        encoding = layer["encoding"].get(name, {})
        if "scale" in encoding:
            encoding["scale"] = given.scale


def _ends(numbers: dict[str, Any], c: int) -> tuple[Any, Any]:
    """The interval of a value; the value itself where there is none."""
    low = numbers["low"][c] if "low" in numbers else None
    high = numbers["high"][c] if "high" in numbers else None
    value = numbers["values"][c]
    return (value if low is None else low), (value if high is None else high)


def _groups(chosen: Chosen) -> list[str]:
    return list(dict.fromkeys(map(_name, chosen.groups)))


def _name(name: str, longest: int = _LONGEST_NAME) -> str:
    said = one_line(name)
    return said if len(said) <= longest else f"{said[: longest - 1]}…"


def _nothing() -> dict[str, Any]:
    return {"mark": "point", "data": {"values": []}, "width": _WIDTH, "height": 1}


def _still(spec: charts.Spec, titles: dict[str, str], data: dict[str, Rows]) -> dict[str, Any]:
    """Take from a chart what only a page can do, and give it its data and titles."""
    still = {key: value for key, value in spec.items() if key in ("data", "layer", "height")}
    still = _filled(still, titles, data)
    names = {str(row["group"]) for row in data["points"]}
    for layer in still["layer"]:
        if given := layer["encoding"].get("color", {}).get("legend"):
            given.update(legend(names, _WIDTH))
    still["layer"] = [
        layer for layer in still["layer"] if layer.get("data", {}).get("values") != []
    ]
    return {**still, "width": _WIDTH}


def _filled(node: Any, titles: dict[str, str], data: dict[str, Rows]) -> Any:
    if isinstance(node, list):
        return [_filled(one, titles, data) for one in node]
    if isinstance(node, str):
        return titles.get(node, node)
    if not isinstance(node, dict):
        return node
    condition = node.get("condition")
    if isinstance(condition, dict) and condition.get("test") == charts.PICKED:
        return {"value": condition["value"]}
    if set(node) == {"name"} and node["name"] in data:
        return {"values": data[node["name"]]}
    return {key: _filled(value, titles, data) for key, value in node.items() if key != "tooltip"}
