"""A question to the statistics: one metric of one pair of cases, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.diff.measures import Measure
from reports.numerous import numerous

if TYPE_CHECKING:
    from numpy.typing import NDArray


@numerous()
class Question:
    """One metric of one pair of cases.

    Attributes:
        case: see ``Row``.
        case_a: see ``Row``.
        case_b: see ``Row``.
        measure: what is compared.
        a: the baseline's value as shown.
        b: the new value as shown.
        launches: (values of A's launches, of B's), all above 0; compared by their ratio.
        differences: B - A of each independent unit; compared by their mean.
        unit: what the units are: ``launches``, ``prompts`` or ``samples``.
        identical: nothing differs (the texts are the same), so there is nothing to test.
        refused: why the two may not be compared, or there is nothing to compare.
        untested: why there is no test, where the two may be compared.
        note: what the numbers rest on, where that is less than it seems.
    """

    case: str
    case_a: str
    case_b: str
    measure: Measure
    a: float | None = None
    b: float | None = None
    launches: tuple[Sequence[float], Sequence[float]] | None = None
    differences: Sequence[float] | NDArray[Any] | None = None
    unit: str = ""
    identical: bool = False
    refused: str | None = None
    untested: str | None = None
    note: str | None = None

    @property
    def sizes(self) -> tuple[int, ...] | None:
        """The sizes of the data; None where there is nothing to test."""
        if self.refused or self.untested or self.identical:
            return None
        if self.launches is not None:
            return len(self.launches[0]), len(self.launches[1])
        return None if self.differences is None else (len(self.differences),)

    @property
    def is_ratio(self) -> bool:
        """Whether the change is a ratio."""
        return self.measure.metric is None

    @property
    def floor(self) -> float:
        """The floor in the form of the change: see ``Row.floor``."""
        measure = self.measure
        if self.is_ratio or measure.kind == "share":
            return measure.floor
        return measure.floor * (abs(self.a or 0.0) + abs(self.b or 0.0)) / 2
