"""What to compare a value with: human Tang poems, and the same poems with shuffled characters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from metrics.chinese.sound_table import DATA

TITLES = {
    "human": "Tang poems",
    "shuffled": "the same, characters shuffled",
}


@dataclass(frozen=True)
class ReferenceRow:
    """One value of a comparison row.

    Attributes:
        row: ``human`` or ``shuffled`` (chance).
        form: key of the form.
        metric: name of the metric.
        n: poems.
        value: mean over poems.
        low, high: 95 % interval.
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
    """Return all comparison rows, computed by ``build/reference.py`` and shipped."""
    data = json.loads((DATA / "reference.json").read_text(encoding="utf-8"))
    return tuple(ReferenceRow(**row) for row in data["rows"])


def reference(row: str, form: str, metric: str) -> ReferenceRow | None:
    """Return one row's value of one metric for one form, if there is one."""
    wanted = (row, form, metric)
    return next((r for r in reference_rows() if (r.row, r.form, r.metric) == wanted), None)
