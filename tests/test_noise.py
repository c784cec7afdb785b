from __future__ import annotations

import itertools
import random

import pytest

from bench import noise
from bench.machine.processor import CpuSeconds
from bench.noise import WINDOWS, launches_needed, measure, wavering


class Clock:
    """Moves only when work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_steady_machine_hides_nothing() -> None:
    found = wavering("hashing", [0.02] * 60)
    assert found.median_seconds == 0.02
    assert (found.mad_percent, found.p5_percent, found.p95_percent) == (0, 0, 0)
    assert found.unseen_percent == 0


def test_spread_is_told_in_percent_of_the_median() -> None:
    found = wavering("hashing", [0.9, 1.0, 1.0, 1.1] * 4 * WINDOWS)
    assert found.median_seconds == 1.0
    assert found.mad_percent == 5.0  # half of the times lie 0 off, half 0.1
    assert found.p5_percent == pytest.approx(10)
    assert found.p95_percent == pytest.approx(10)
    assert found.unseen_percent == 0  # each window has the same mean


def test_what_one_launch_cannot_see_covers_95_percent_of_chance_differences() -> None:
    draw = random.Random(7)
    hidden = 0
    for _ in range(1000):
        levels = [draw.gauss(1, 0.02) for _ in range(WINDOWS + 2)]
        found = wavering("x", [level for level in levels[2:] for _ in range(5)])
        hidden += 100 * abs(levels[0] - levels[1]) < found.unseen_percent
    assert hidden / 1000 == pytest.approx(0.95, abs=0.02)


def test_too_few_times_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        wavering("x", [1.0] * (2 * WINDOWS - 1))


def test_the_works_take_turns() -> None:
    clock = Clock()
    done: list[str] = []

    def work(name: str, seconds: float) -> None:
        done.append(name)
        clock.now += seconds

    usage = iter([CpuSeconds(0, 0, 0), CpuSeconds(100, 10, 5)])
    own = iter([0.0, 50.0])
    found = measure(
        1.0,
        {"a": lambda: work("a", 0.02), "b": lambda: work("b", 0.02)},
        clock,
        usage=lambda: next(usage),
        own=lambda: next(own),
    )
    timed = done[8:]  # after one call and three to size it, of each
    assert timed == [name for name, _ in zip(itertools.cycle("ab"), timed, strict=False)]
    assert [w.repetitions for w in found.works] == [25, 25]
    assert found.unseen_percent == pytest.approx(0, abs=1e-6)
    assert found.stolen_share == 0.05
    assert found.others_share == pytest.approx(0.35)


def test_quick_work_is_repeated_and_slow_work_still_measured_enough() -> None:
    clock = Clock()

    def step(seconds: float) -> None:
        clock.now += seconds

    found = measure(0.1, {"quick": lambda: step(0.001)}, clock, usage=lambda: None)
    assert found.works[0].median_seconds == pytest.approx(noise.SLICE_SECONDS)
    assert found.stolen_share is None
    assert found.others_share is None
    found = measure(0.1, {"slow": lambda: step(1.0)}, clock, usage=lambda: None)
    assert found.works[0].repetitions == 2 * WINDOWS


@pytest.mark.parametrize(
    ("unseen", "launches"), [(0.5, 5), (5.0, 5), (11.2, 6), (15.0, 9), (50.0, 100)]
)
def test_launches_needed(unseen: float, launches: int) -> None:
    assert launches_needed(unseen) == launches


def test_the_real_works_run_here() -> None:
    found = measure(0.0)
    assert [work.work for work in found.works] == ["hashing", "copying memory"]
    assert all(work.median_seconds > 0 for work in found.works)
