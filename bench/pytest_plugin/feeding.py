"""Hands times measured elsewhere to pytest-benchmark, by its public means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn


class WorkerClock:
    """pytest-benchmark's ``timer`` for one case: 0 before a round, then what the worker measured.

    So the difference is exactly the worker's number. Its name stands in the JSON.
    """

    __name__ = "versebench_worker_clock"
    __module__ = "versebench"

    def __init__(self) -> None:
        self._reading = 0.0

    def __call__(self) -> float:
        """Return what it shows, once."""
        reading, self._reading = self._reading, 0.0
        return reading

    def shows(self, seconds: Iterator[float]) -> None:
        """Show the next time when read next: the function that is "benchmarked"."""
        self._reading = next(seconds)


def feed(benchmark: Any, clock: WorkerClock, case: str, axes: Mapping[str, str], told: Any) -> None:
    """Give a finished case's times to the ``benchmark`` fixture; they become its rounds.

    Args:
        benchmark: pytest-benchmark's fixture, whose timer is ``clock``.
        clock: the case's own.
        case: its id.
        axes: where it lies on each axis; to group by, and in the JSON as ``params``.
        told: what the measuring process says of it (``answers.answer``).
    """
    benchmark.param, benchmark.params = case, dict(axes)
    benchmark.extra_info.update(told["row"], rounds_are=told["over"])
    seconds: Sequence[float] = told["seconds"]
    if not seconds:  # no valid timed call: the texts may be judged, there is no speed
        benchmark.disabled, seconds = True, [0.0]
    benchmark.pedantic(clock.shows, args=(iter(seconds),), rounds=len(seconds))


def fail(benchmark: Any, error: Exception) -> NoReturn:
    """Raise inside the benchmark, so that pytest-benchmark knows that it has no numbers."""

    def raise_it() -> NoReturn:
        raise error

    benchmark.pedantic(raise_it)
    raise error
