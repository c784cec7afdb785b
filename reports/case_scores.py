"""What the metrics said about the texts of a case, and of a run, in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from metrics import Metric, Score
from reports.numerous import numerous

if TYPE_CHECKING:
    from numpy.typing import NDArray


@numerous()
class MetricScores:
    """One metric over one case: an entry per sample, or a single one for a set metric.

    Attributes:
        level: ``sample`` or ``set``.
        code: digest of the metric's code, and of the training texts if it judges against them.
        array: the scores as float64; NaN where the metric could not judge.
        n: what each rests on (the metric's definition says what is counted); one number where it
            is the same for all.
        coverage: share of each text that could be judged, or None; one where it is the same for
            all.
        why: reason -> the positions without a value for it, in order; None for all positions.
    """

    level: str
    code: str
    array: NDArray[Any]
    n: Sequence[int] | int
    coverage: Sequence[float | None] | float | None
    why: Mapping[str, Sequence[int] | None]

    @classmethod
    def of(
        cls,
        level: str,
        code: str,
        values: Sequence[float | None],
        n: Sequence[int],
        coverage: Sequence[float | None],
        reasons: Iterable[tuple[int, str]] = (),
    ) -> MetricScores:
        """Make columns of plain lists; ``reasons`` are (position, why there is no value)."""
        import numpy as np

        why: dict[str, list[int] | None] = {}
        for position, reason in reasons:
            why.setdefault(reason, []).append(position)  # type: ignore[union-attr]
        for reason, positions in why.items():
            if positions is not None and len(positions) == len(values):
                why[reason] = None
        array = np.array(values, dtype=np.float64)
        return cls(level, code, array, _one(n, 0), _one(coverage, None), why)

    @property
    def values(self) -> list[float | None]:
        """The scores as plain numbers; None where there is none."""
        return [None if math.isnan(value) else value for value in self.array.tolist()]

    @cached_property
    def reasons(self) -> dict[int, str]:
        """Position -> why that value is None."""
        found: dict[int, str] = {}
        for reason, positions in self.why.items():
            found |= dict.fromkeys(
                range(len(self.array)) if positions is None else positions, reason
            )
        return dict(sorted(found.items()))

    def reason(self) -> str | None:
        """Return the first reason for a missing value."""
        return next(iter(self.why), None)

    def at(self, position: int) -> tuple[int, float | None]:
        """Return n and coverage of one entry."""
        n, coverage = self.n, self.coverage
        return (
            n if isinstance(n, int) else n[position],
            coverage if isinstance(coverage, int | float | None) else coverage[position],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MetricScores):
            return NotImplemented
        import numpy as np

        plain = ("level", "code", "n", "coverage", "why")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and bool(
            np.array_equal(self.array, other.array, equal_nan=True)
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class CaseScores:
    """All scores of one case.

    Attributes:
        case: its id.
        digest: of the samples that were scored.
        keys: (prompt index, repeat) of each sample, in the order of the scores.
        metrics: the scores by metric name.
        ended: how many of the samples the model ended by itself.
        lines: digest of the lines of ``records.jsonl`` that hold the samples; None where those
            were in memory.
    """

    case: str
    digest: str
    keys: Sequence[tuple[int, int]]
    metrics: dict[str, MetricScores]
    ended: int = 0
    lines: str | None = None


@dataclass(frozen=True)
class RunScores:
    """All scores of a run.

    Attributes:
        cases: by case id; cases without samples are absent.
        metrics: the metrics used, in the order asked for.
        computed: how many (case, metric) pairs were not there already.
        warnings: what is wrong and what to do about it.
    """

    cases: dict[str, CaseScores]
    metrics: dict[str, Metric]
    computed: int = 0
    warnings: list[str] = field(default_factory=list)


def columns_of(level: str, code: str, scores: Sequence[Score]) -> MetricScores:
    """Return scores as columns; what is not finite is no value."""
    values: list[float | None] = []
    reasons = []
    for position, score in enumerate(scores):
        value, reason = score.value, score.reason
        if value is not None and not math.isfinite(value):
            value, reason = None, f"the metric gave {value}"
        values.append(None if value is None else float(value))
        if value is None:
            reasons.append((position, reason or "no reason given"))
    coverage = [score.coverage for score in scores]
    return MetricScores.of(level, code, values, [int(s.n) for s in scores], coverage, reasons)


def _one(values: Sequence[Any], empty: Any) -> Any:
    """The one value of a column that has one, else the column."""
    if not values:
        return empty
    first = values[0]
    return first if all(value == first for value in values) else list(values)
