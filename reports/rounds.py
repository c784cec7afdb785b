"""A case's times as a benchmark has rounds: for pytest's table and for pytest-benchmark's files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from reports.case_summary import counts
from reports.statistics import median

if TYPE_CHECKING:
    from reports.completed import CaseResult


def timed_seconds(result: CaseResult) -> list[list[float]]:
    """Return the seconds of each launch's valid timed calls."""
    return [
        [trial.seconds for trial in launch.trials if trial.phase == "timed" and counts(trial)]
        for launch in result.launches
    ]


def rounds_of(
    timed: Sequence[Sequence[float]],
) -> tuple[list[float], Literal["trials", "launches"]]:
    """Return the seconds of each round, and what each round is of.

    A launch is the unit of n: with several, its median is one round. With a single launch each
    timed call is one, which shows the scatter within a process only.

    Args:
        timed: as ``timed_seconds`` gives it; launches without a call are passed over.
    """
    launches = [seconds for seconds in timed if seconds]
    if len(launches) == 1:
        return list(launches[0]), "trials"
    return [median(seconds) for seconds in launches], "launches"
