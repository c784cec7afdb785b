"""What to compare a verse score with: human poems, and the same poems shuffled (chance).

A "tone accuracy" of .61 to .70 is what shuffled characters get, so no verse score stands alone.
The rows are computed by the scripts in each language's ``build`` folder and shipped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
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
class Reference:
    """What to hold a value against.

    Attributes:
        value: mean over poems.
        low, high: 95 % interval.
        n: poems.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def half(self) -> float:
        """The longer side of the interval."""
        return max(self.high - self.value, self.value - self.low)


@dataclass(frozen=True)
class Comparison:
    """One row to print below the cases of a table.

    Attributes:
        kind: ``human`` or ``chance``.
        whose: the poems.
        title: what was done to them, for people.
        forms: the keys of their forms.
        n: how many poems.
        values: metric -> its mean over the poems of all these forms.
        unchanged: metrics left out since shuffling changes nothing in them: no chance level.
    """

    kind: str
    whose: str
    title: str
    forms: tuple[str, ...]
    n: int
    values: dict[str, Reference]
    unchanged: tuple[str, ...]


@cache
def read_rows(path: Path) -> tuple[ReferenceRow, ...]:
    """Return all rows of a shipped file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return tuple(ReferenceRow(**row) for row in data["rows"])


def comparisons(metrics: Collection[str], forms: Collection[str] = ()) -> tuple[Comparison, ...]:
    """Return the comparison rows of the kinds of verse that any of the metrics belongs to.

    Args:
        metrics: names; the rows hold those of them that there are values for.
        forms: keys of forms and tunes: poems of these only, where there are any of them.
    """
    from metrics.chinese import ci_reference as lyrics
    from metrics.chinese import reference as chinese
    from metrics.english import reference as english

    found: list[Comparison] = []
    for poems in (chinese, lyrics, english):
        rows = poems.reference_rows()
        asked = {row.form for row in rows} & set(forms)
        rows = tuple(r for r in rows if r.metric in metrics and (not asked or r.form in asked))
        for key, title in poems.TITLES.items():
            own = [row for row in rows if row.row == key]
            if own:
                kind = "human" if key == "human" else "chance"
                without = poems.UNCHANGED if kind == "chance" else frozenset()
                found.append(_pooled(kind, poems.POEMS, title, own, without))
    return tuple(found)


def _pooled(
    kind: str, whose: str, title: str, rows: Sequence[ReferenceRow], without: Collection[str]
) -> Comparison:
    """Pool the forms: a mean over poems, whatever their form.

    The interval is that of a mean over strata (Cochran 1977, Sampling Techniques, chapter 5): the
    sides of the forms' intervals, each weighted by its share of the poems, add up as squares.
    """
    by_metric: dict[str, list[ReferenceRow]] = {}
    for row in rows:
        by_metric.setdefault(row.metric, []).append(row)
    return Comparison(
        kind,
        whose,
        title,
        forms=tuple(dict.fromkeys(row.form for row in rows)),
        n=max(sum(row.n for row in own) for own in by_metric.values()),
        values={name: _mean(own) for name, own in by_metric.items() if name not in without},
        unchanged=tuple(name for name in by_metric if name in without),
    )


def _mean(rows: Sequence[ReferenceRow]) -> Reference:
    n = sum(row.n for row in rows)
    value = math.fsum(row.n * row.value for row in rows) / n
    below = math.hypot(*(row.n / n * (row.value - row.low) for row in rows))
    above = math.hypot(*(row.n / n * (row.high - row.value) for row in rows))
    return Reference(value, value - below, value + above, n)
