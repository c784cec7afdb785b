"""What to compare a verse score with: human poems, and the same poems shuffled (chance).

A "tone accuracy" of .61 to .70 is what shuffled characters get, so no verse score stands alone.
The rows are computed by the scripts in each language's ``build`` folder and shipped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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


@dataclass(frozen=True)
class Comparison:
    """One row to print below the cases of a table.

    Attributes:
        kind: ``human`` or ``chance``.
        whose: the poems.
        title: what was done to them, for people.
        n: how many poems.
        values: metric -> mean over the poems of all forms.
    """

    kind: str
    whose: str
    title: str
    n: int
    values: dict[str, float]


@cache
def read_rows(path: Path) -> tuple[ReferenceRow, ...]:
    """Return all rows of a shipped file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return tuple(ReferenceRow(**row) for row in data["rows"])


def comparisons(metrics: Collection[str]) -> tuple[Comparison, ...]:
    """Return the comparison rows of those languages that any of the metrics belongs to."""
    from metrics.chinese import reference as chinese
    from metrics.english import reference as english

    found: list[Comparison] = []
    for language in (chinese, english):
        rows = [row for row in language.reference_rows() if row.metric in metrics]
        for kind, title in language.TITLES.items():
            if own := [row for row in rows if row.row == kind]:
                found.append(
                    _pooled("human" if kind == "human" else "chance", language.POEMS, title, own)
                )
    return tuple(found)


def _pooled(kind: str, whose: str, title: str, rows: Iterable[ReferenceRow]) -> Comparison:
    """Pool the forms: a mean over poems, whatever their form."""
    poems: dict[str, int] = {}
    sums: dict[str, float] = {}
    for row in rows:
        poems[row.metric] = poems.get(row.metric, 0) + row.n
        sums[row.metric] = sums.get(row.metric, 0.0) + row.n * row.value
    values = {metric: sums[metric] / poems[metric] for metric in sums}
    return Comparison(kind, whose, title, max(poems.values()), values)
