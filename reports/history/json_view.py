"""A history as one JSON object, for programs: ``versebench history --json``.

The object is versioned; keys are only added within a version. docs/history.md describes it.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from reports.history.beginnings import beginnings
from reports.history.phrases import iso
from reports.history.series import RunFacts
from reports.history.trends import History, Trend

JSON_VERSION = 1


def json_object(history: History) -> dict[str, Any]:
    """Return a history as plain Python values that JSON can hold."""
    place = {run.file: number for number, run in enumerate(history.runs)}
    return {
        "kind": "versebench-trends",
        "schema_version": JSON_VERSION,
        "folder": str(history.folder),
        "runs": [_run(run) for run in history.runs],
        "superseded": history.superseded,
        "skipped": [{"file": file, "reason": why} for file, why in history.faults.items()],
        "series": [_trend(trend, place) for trend in history.trends],
        "beginnings": [
            {**dataclasses.asdict(one), "run": place[one.run.file]} for one in beginnings(history)
        ],
        "notes": list(history.notes),
    }


def json_text(history: History) -> str:
    """Return ``json_object`` as text: ASCII only, so that nothing in it can act on a terminal."""
    return json.dumps(json_object(history), indent=2, allow_nan=False)


def _run(run: RunFacts) -> dict[str, Any]:
    return {
        "name": run.name,
        "path": run.path,
        "scenario": run.scenario,
        "created": iso(run.created),
        "versebench_version": run.version,
        "gates": run.verdict,
    }


def _trend(trend: Trend, place: dict[int, int]) -> dict[str, Any]:
    series = trend.series
    key, column = series.key, series.column
    return {
        "scenario": key.scenario,
        "case": key.case,
        "hash": key.hash,
        **key.content,
        "metric": column.name,
        "unit": column.unit,
        "better": column.better,
        "form": trend.form,
        "floor": trend.floor,
        "level": trend.level,
        "points": [
            {
                "run": place[run.file],
                "value": point[2],
                "low": None if math.isnan(point[3]) else point[3],
                "high": None if math.isnan(point[4]) else point[4],
                "launches": point[5],
                "n": point[6] or None,
            }
            for run, point in zip(series.runs, series.points.tolist(), strict=True)
        ],
        "steps": [dataclasses.asdict(step) for step in trend.steps],
        "events": [dataclasses.asdict(event) for event in trend.events],
    }
