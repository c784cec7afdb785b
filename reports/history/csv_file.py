"""A history as CSV: one row per point, in full precision, formulas defused."""

from __future__ import annotations

import io
import math
from typing import Any

from reports.csv_files import write_frame
from reports.frames import frame_of
from reports.history.names import series_labels
from reports.history.phrases import iso
from reports.history.trends import History, Trend

COLUMNS = (
    "scenario",
    "case",
    "series",
    "hash",
    "metric",
    "unit",
    "run",
    "created",
    "value",
    "low",
    "high",
    "launches",
    "level",
    "step",
)


def csv_text(history: History, *, guard: bool = True) -> str:
    """Return all points as RFC 4180 text.

    Args:
        history: what to write.
        guard: put an apostrophe in front of what a spreadsheet would run.
    """
    names = series_labels(history)
    rows = [
        row for trend in history.trends for row in _rows(trend, names.get(trend.series.key.id, ""))
    ]
    cells = io.StringIO(newline="")
    write_frame(frame_of(rows, COLUMNS), cells, guard=guard)
    return cells.getvalue()


def _rows(trend: Trend, label: str) -> list[dict[str, Any]]:
    series = trend.series
    steps = {step.place: step for step in trend.steps}
    level = trend.steps[0].before if trend.steps else trend.level
    rows = []
    for place, (run, point) in enumerate(zip(series.runs, series.points.tolist(), strict=True)):
        step = steps.get(place)
        level = step.after if step else level
        rows.append(
            {
                "scenario": series.key.scenario,
                "case": series.key.case,
                "series": label or "1 of 1",
                "hash": series.key.hash,
                "metric": series.column.name,
                "unit": series.column.unit,
                "run": run.name,
                "created": iso(run.created),
                "value": point[2],
                "low": None if math.isnan(point[3]) else point[3],
                "high": None if math.isnan(point[4]) else point[4],
                "launches": point[5],
                "level": level,
                "step": step.verdict if step else None,
            }
        )
    return rows
