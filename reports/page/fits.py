"""The calls behind prefill and decode: seconds over steps, and the line through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reports.case_summary import counts
from reports.page.case_table import short
from reports.page.chosen import Chosen

if TYPE_CHECKING:
    from reports.summary import Summary

_MOST_POINTS = 4_000  # on a page
_FEWEST_OF_A_CASE = 8


def fit_points(summary: Summary, chosen: Chosen) -> list[dict[str, Any]]:
    """Return, for each case with fit calls: its number, points (steps, ms), and line ends.

    The line's ends are None where it does not hold. Only calls that count are points.
    """
    numbers = chosen.numbers
    room = max(_FEWEST_OF_A_CASE, _MOST_POINTS // max(1, len(numbers)))
    found = []
    for result in summary.completed.cases:
        if result.id not in numbers:
            continue
        calls = [
            (trial.steps, trial.seconds)
            for launch in result.launches
            for trial in launch.trials
            if trial.phase in ("timed", "fit") and counts(trial)
        ]
        if len({steps for steps, _ in calls}) < 2:
            continue
        number = numbers[result.id]
        row = chosen.rows[number]
        steps = [step for step, _ in calls]
        found.append(
            {
                "c": number,
                "points": [[n, short(1000 * s)] for n, s in _thinned(calls, room)],
                "line": _line(row, min(1, *steps), max(steps)),
                "holds": bool(row.get("fit_holds")),
            }
        )
    return found


def _line(row: Any, first: int, last: int) -> list[list[Any]] | None:
    start, slope = row.get("ttft_seconds"), row.get("tpot_seconds")
    if start is None or slope is None:
        return None
    return [[n, short(1000 * (start + slope * (n - 1)))] for n in (first, last)]


def _thinned(calls: list[tuple[int, float]], most: int) -> Iterator[tuple[int, float]]:
    step = max(1, -(-len(calls) // most))
    yield from calls[::step]
