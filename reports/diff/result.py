"""What a diff holds: plain data that every view renders."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from reports.columns import Column
from reports.numerous import numerous

Side = Literal["a", "b", "both"]
Verdict = Literal["worse", "better", "changed", "same", "unresolved", "not comparable"]
VERDICTS: tuple[Verdict, ...] = (
    "worse",
    "changed",
    "better",
    "unresolved",
    "not comparable",
    "same",
)
DECIDED = ("worse", "better", "changed")


@numerous()
class Row:
    """One metric of one pair of cases.

    Attributes:
        case: what is compared: the case's id, or the id with the axis's two labels.
        case_a: id of the baseline's case.
        case_b: id of the new case.
        metric: name of the column or metric.
        verdict: ``changed`` stands for better or worse where the metric has no direction.
        a: the baseline's value, in the metric's unit; None where there is none.
        b: the new value.
        form: whether ``change`` is a ``ratio`` b / a or a ``difference`` b - a.
        change: None where a value is missing.
        low: lower end of the exact 90 % interval of the change; None where there is none.
        high: upper end.
        floor: the change that does not matter: a factor of 1 + floor either way (ratio), or
            ±floor (difference).
        p: the exact one-sided p-value of the verdict's direction (of the nearer one, if open).
        q: the same, adjusted for the family.
        n_a: how many units the baseline's value rests on.
        n_b: how many the new one rests on.
        unit: what they are: ``launches``, ``prompts``, ``samples``; empty where nothing is tested.
        test: which exact test; empty where nothing is tested.
        reason: why there is no verdict, or what it rests on.
        needed: how many units a side would probably settle an unresolved row; None where that
            cannot be told.
    """

    case: str
    case_a: str
    case_b: str
    metric: str
    verdict: Verdict
    a: float | None = None
    b: float | None = None
    form: Literal["ratio", "difference"] = "ratio"
    change: float | None = None
    low: float | None = None
    high: float | None = None
    floor: float = 0.0
    p: float | None = None
    q: float | None = None
    n_a: int = 0
    n_b: int = 0
    unit: str = ""
    test: str = ""
    reason: str | None = None
    needed: int | None = None

    @property
    def size(self) -> float:
        """How large the change is in floors, without its sign; 0 where there is none."""
        if self.change is None:
            return 0.0
        if self.form == "difference":
            return abs(self.change) / self.floor if self.floor else abs(self.change) and math.inf
        return abs(math.log(self.change)) / math.log1p(self.floor) if self.floor else math.inf


@dataclass(frozen=True)
class Absent:
    """A case that has no counterpart, or whose counterpart has no values.

    Attributes:
        case: its id.
        where: ``a``, ``b`` or ``both``: which side lacks it.
        status: ``missing`` (not in that run), ``failed``, ``skipped``, ``not run``.
        reason: why, for people.
    """

    case: str
    where: Side
    status: str
    reason: str


@dataclass(frozen=True)
class Diff:
    """A comparison.

    Attributes:
        baseline: what A is, for people.
        new: what B is.
        rows: what matters first: worse, changed, better, unresolved, not comparable, same; within
            a verdict the largest change (in floors) first.
        pairs: how many pairs of cases were compared.
        identical: ids of those pairs (``Row.case``) whose texts are all the same.
        with_texts: how many pairs have texts on both sides.
        absent: cases compared with nothing.
        notes: what to know, each ending in advice or in the reason.
        families: test family (``launches worse``, …) -> how many tests it counted.
        axis: for a diff within one run: the axis; else None.
        columns: metric -> title, unit, scale and better direction, for those in the rows.
    """

    baseline: str
    new: str
    rows: tuple[Row, ...]
    pairs: int = 0
    identical: tuple[str, ...] = ()
    with_texts: int = 0
    absent: tuple[Absent, ...] = ()
    notes: tuple[str, ...] = ()
    families: dict[str, int] = field(default_factory=dict)
    axis: str | None = None
    columns: dict[str, Column] = field(default_factory=dict)

    def count(self, verdict: Verdict) -> int:
        """Return how many rows have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def lost(self) -> tuple[Absent, ...]:
        """Cases that the baseline finished and that failed in the new run."""
        return tuple(one for one in self.absent if one.where == "b" and one.status == "failed")

    @property
    def compared(self) -> int:
        """How many rows hold two values that may be compared, whatever came of it."""
        return len(self.rows) - self.count("not comparable")

    @property
    def tested(self) -> int:
        """How many rows could have turned out worse: tested, or known to be the same."""
        settled = ("worse", "better", "changed", "same")
        return sum(row.verdict in settled or row.p is not None for row in self.rows)
