"""What to compare a value with: human sonnets, and the same sonnets with shuffled words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "reference.json"
TITLES = {
    "human": "Shakespeare's sonnets",
    "shuffled": "the same, words of each line shuffled",
}


@dataclass(frozen=True)
class ReferenceRow:
    """One value of a comparison row.

    Attributes:
        row: ``human`` or ``shuffled`` (chance).
        form: key of the form that was asked for.
        metric: name of the metric.
        n: poems.
        value: mean over poems.
        low, high: 95 % interval, bootstrap over poems.
    """

    row: str
    form: str
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


def reference(row: str, form: str, metric: str) -> ReferenceRow | None:
    """Return one row's value of one metric for one form, if there is one."""
    wanted = (row, form, metric)
    return next((r for r in reference_rows() if (r.row, r.form, r.metric) == wanted), None)
