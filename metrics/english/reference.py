"""What to compare a value with: human sonnets, and the same sonnets with shuffled words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "reference.json"
TITLES = {
    "human_sonnets": "Shakespeare's sonnets",
    "shuffled_sonnets": "the same, words of each line shuffled",
}


@dataclass(frozen=True)
class ReferenceRow:
    """One value of a comparison row.

    Attributes:
        row: ``human_sonnets`` or ``shuffled_sonnets`` (chance).
        metric: name of the metric.
        n: poems.
        value: mean over poems.
        low, high: 95 % interval, bootstrap over poems.
    """

    row: str
    metric: str
    n: int
    value: float
    low: float
    high: float


@cache
def reference_rows() -> tuple[ReferenceRow, ...]:
    """Return all comparison rows, computed by ``build/make_reference.py`` and shipped."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(ReferenceRow(**row) for row in data["rows"])


def reference(row: str, metric: str) -> ReferenceRow | None:
    """Return one row's value of one metric, if there is one."""
    return next((r for r in reference_rows() if (r.row, r.metric) == (row, metric)), None)
