"""A diff as one JSON object, for programs: ``versebench diff --json``.

The object is versioned; keys are only added within a version. docs/diff.md describes it.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from reports.diff.false_discovery import ALPHA
from reports.diff.result import VERDICTS, Diff
from reports.diff.wording import Gate
from reports.statistics import LEVEL

JSON_VERSION = 1


def json_object(diff: Diff, gate: Gate | None = None) -> dict[str, Any]:
    """Return the diff as plain Python values that JSON can hold; all rows, in their order."""
    used = {row.metric for row in diff.rows}
    return {
        "kind": "versebench-diff",
        "schema_version": JSON_VERSION,
        "baseline": diff.baseline,
        "new": diff.new,
        "axis": diff.axis,
        "gate": gate,
        "counts": {verdict: diff.count(verdict) for verdict in VERDICTS},
        "pairs": diff.pairs,
        "with_texts": diff.with_texts,
        "identical_texts": list(diff.identical),
        "false_discovery_rate": ALPHA,
        "interval_level": LEVEL,
        "families": diff.families,
        "metrics": [
            {"name": name, "title": c.title, "unit": c.unit, "better": c.better}
            for name, c in diff.columns.items()
            if name in used
        ],
        "rows": [vars(row) for row in diff.rows],
        "absent": [dataclasses.asdict(one) for one in diff.absent],
        "notes": list(diff.notes),
    }


def json_text(diff: Diff, gate: Gate | None = None) -> str:
    """Return ``json_object`` as text: ASCII only, so that nothing in it can act on a terminal."""
    return json.dumps(json_object(diff, gate), indent=2, allow_nan=False)
