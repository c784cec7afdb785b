"""From a test's outcome to a verdict, with what would settle it where it is open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.diff.false_discovery import ALPHA
from reports.diff.needed import FEWEST_LAUNCHES, MOST, Scatter, launches_needed, units_needed
from reports.diff.question import Question
from reports.diff.result import Row, Verdict

Direction = Literal["worse", "better", "up", "down"]


@dataclass
class Answer:
    """A question with the outcome of its test, on the scale of the test (logarithms for ratios).

    Attributes:
        question: what was asked.
        test: which test; empty where none was made.
        floor: on that scale.
        low: lower end of the interval of the shift; None where there is none.
        high: upper end.
        above: p-value against "at most floor"; None where the data are too few for a verdict.
        below: p-value against "at least -floor".
        level: see ``false_discovery.conditioned``.
        spread: standard deviation between units; None where there is one unit.
        q: adjusted p-value of each direction.
    """

    question: Question
    test: str = ""
    floor: float = 0.0
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    level: float = 0.0
    spread: float | None = None
    q: dict[Direction, float] = field(default_factory=dict)

    def directions(self) -> dict[Direction, float]:
        """Return the p-value of each direction; empty where nothing was tested."""
        if self.above is None or self.below is None:
            return {}
        better = self.question.measure.better
        if better == "neither":
            return {"up": self.above, "down": self.below}
        if better == "higher":
            return {"better": self.above, "worse": self.below}
        return {"worse": self.above, "better": self.below}

    def family(self, direction: Direction) -> str:
        """Return the name of the family that a direction belongs to."""
        what = "launches" if self.question.unit == "launches" else "texts"
        return f"{what} {direction if direction in ('worse', 'better') else 'changed'}"


def row_of(answer: Answer, families: Mapping[str, int]) -> Row:
    """Return the row of an answer whose family was adjusted."""
    question = answer.question
    p = answer.directions()
    ways = sorted(p, key=lambda one: (answer.q[one], p[one]))
    direction = ways[0] if ways else None
    verdict = _verdict(answer, direction)
    change, (n_a, n_b), ratio = _change(question), _units(question), question.is_ratio
    needed, reason = None, ""
    if verdict == "unresolved":
        needed, reason = _settle(answer, change, (n_a, n_b), _family(answer, direction, families))
    return Row(
        case=question.case,
        case_a=question.case_a,
        case_b=question.case_b,
        metric=question.measure.name,
        verdict=verdict,
        a=question.a,
        b=question.b,
        form="ratio" if ratio else "difference",
        change=change,
        low=_end(answer.low, ratio),
        high=_end(answer.high, ratio),
        floor=question.floor,
        p=p[direction] if direction else None,
        q=answer.q[direction] if direction else None,
        n_a=n_a,
        n_b=n_b,
        unit=question.unit,
        test=answer.test,
        reason=question.refused or _joined(reason, question.note),
        needed=needed,
    )


def _verdict(answer: Answer, direction: Direction | None) -> Verdict:
    question = answer.question
    if question.refused:
        return "not comparable"
    if question.identical:
        return "same"
    if direction and answer.q[direction] <= ALPHA:
        if direction == "worse" or direction == "better":
            return direction
        return "changed"
    near = 1e-12 * (1 + answer.floor)
    within = (
        answer.low is not None
        and answer.high is not None
        and answer.low >= -answer.floor - near
        and answer.high <= answer.floor + near
    )
    return "same" if within else "unresolved"


def _family(answer: Answer, direction: Direction | None, families: Mapping[str, int]) -> int:
    """How many tests the answer's family counted."""
    return max(families.get(answer.family(direction), 1), 1) if direction else 1


def _settle(
    answer: Answer, change: float | None, units: tuple[int, int], family: int
) -> tuple[int | None, str]:
    """How many units a side would settle an open question, and that in words."""
    question = answer.question
    if question.untested:
        return None, question.untested
    unit, here = question.unit, max(units)
    shift = 0.0 if change is None else math.log(change) if question.is_ratio else change
    scatter = Scatter(shift, answer.spread, answer.floor, family)
    if unit == "launches":
        needed = launches_needed(scatter)
        if answer.above is None:
            least = needed if needed is not None else FEWEST_LAUNCHES
            few = min(units)
            some = "1 launch" if few == 1 else f"{few} launches"
            return least, f"{some}: too few for a test; {least} a side would allow one"
        side = " a side"
    else:
        needed, side = units_needed(scatter), ""
        if answer.above is None:
            some = f"1 {unit[:-1]}" if here == 1 else f"{here} {unit}"
            least = needed if needed is not None else MOST
            return needed, f"{some}: too few for a test; {least} would allow one"
    if needed is None:
        return None, f"it lies too near the floor: more than {MOST} {unit}{side} would be needed"
    needed = max(needed, here + 1)
    return needed, f"about {needed} {unit}{side} would settle it"


def _change(question: Question) -> float | None:
    a, b = question.a, question.b
    if a is None or b is None:
        return None
    if not question.is_ratio:
        return b - a
    return b / a if a > 0 and b > 0 else None


def _end(value: float | None, ratio: bool) -> float | None:
    return math.exp(value) if value is not None and ratio else value


def _units(question: Question) -> tuple[int, int]:
    if question.launches is not None:
        return len(question.launches[0]), len(question.launches[1])
    count = 0 if question.differences is None else len(question.differences)
    return count, count


def _joined(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None
