"""The report as one JSON object, for programs: ``versebench report RUN --json``.

The object is versioned; keys are only added within a version. docs/reports.md describes it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from metrics.reference import comparisons
from reports.columns import CASE_COLUMNS, describe
from reports.frames import rows_of
from reports.frontier import frontier

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

JSON_VERSION = 1


def json_object(
    summary: Summary, gates: Sequence[GateOutcome] = (), *, samples: bool = False
) -> dict[str, Any]:
    """Return the report as plain Python values that JSON can hold.

    Args:
        summary: the run.
        gates: outcomes to include.
        samples: include every generated text with its scores (long).
    """
    manifest = summary.run.manifest
    cases = rows_of(summary.cases)
    for row in cases:
        row["missing"] = summary.missing[row["case"]]
        row["warnings"] = [n.text for n in summary.warnings if row["case"] in n.cases]
    front = frontier(summary)
    found: dict[str, Any] = {
        "kind": "versebench-report",
        "schema_version": JSON_VERSION,
        "run": {
            "folder": str(summary.run.path),
            "scenario_name": manifest.get("scenario_name"),
            "versebench_version": manifest.get("versebench_version"),
            "created": manifest.get("created"),
            "ended": summary.ended,
            "wall_seconds": sum(end.wall_seconds for end in summary.completed.ends),
            "machine": manifest.get("machine"),
            "git": manifest.get("git"),
        },
        "columns": _columns(summary),
        "cases": cases,
        "frontier": dataclasses.asdict(front) if front else None,
        "trainings": [
            {
                **change.training.to_data(),
                "speed": change.speed,
                "changes": list(change.rows),
            }
            for change in summary.state_changes
        ],
        "comparisons": [dataclasses.asdict(row) for row in comparisons(summary.metrics)],
        "warnings": [dataclasses.asdict(notice) for notice in summary.warnings],
        "gates": [{**dataclasses.asdict(one), "text": str(one)} for one in gates],
    }
    if samples:
        found["samples"] = rows_of(summary.samples)
    return found


def json_text(summary: Summary, gates: Sequence[GateOutcome] = (), *, samples: bool = False) -> str:
    """Return ``json_object`` as text: ASCII only, so that nothing in it can act on a terminal."""
    return json.dumps(json_object(summary, gates, samples=samples), indent=2, allow_nan=False)


def _columns(summary: Summary) -> list[dict[str, str]]:
    shown = (*CASE_COLUMNS, *(describe(metric) for metric in summary.metrics.values()))
    return [
        {"name": c.name, "unit": c.unit, "meaning": c.meaning, "better": c.better} for c in shown
    ]
