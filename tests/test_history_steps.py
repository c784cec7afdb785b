"""Steps: against every possible segmentation, and how often they are wrong."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.history.steps import (
    FEWEST,
    LEAST,
    above_floor,
    find_steps,
    noise,
    penalty,
    potts,
    rounded,
)

FLOOR = math.log(1.05)
SEED = 20261123


def cuts_of(values, floor):
    """The segmentation before the floor takes steps away."""
    whole = rounded(values, floor)
    costs = np.array([penalty(values, floor)])
    began = potts(whole[None, :], np.unique(whole)[None, :], costs)[:, 0]
    cuts, end = [], len(values)
    while (end := int(began[end])) > 0:
        cuts.append(end)
    return cuts[::-1]


def cost_of(values, cuts, price):
    """Absolute deviations from the stretches' medians, and the price of the cuts."""
    ends = [0, *cuts, len(values)]
    parts = [values[a:b] for a, b in itertools.pairwise(ends)]
    return sum(np.abs(part - np.median(part)).sum() for part in parts) + price * len(cuts)


def every_segmentation(length):
    """All cuts that leave ``LEAST`` values or more in each stretch."""
    yield ()
    for count in range(1, length // LEAST):
        for cuts in itertools.combinations(range(LEAST, length - LEAST + 1), count):
            if all(b - a >= LEAST for a, b in itertools.pairwise(cuts)):
                yield cuts


@given(
    st.lists(st.integers(-40, 40), min_size=FEWEST, max_size=13),
    st.sampled_from([0.01, 0.05, 0.2, 1.0]),
)
def test_no_segmentation_is_better(numbers, floor):
    values = np.array(numbers) / 20
    whole, price = rounded(values, floor), penalty(values, floor)
    found = cuts_of(values, floor)
    least = min(cost_of(whole, cuts, price) for cuts in every_segmentation(len(values)))
    assert cost_of(whole, found, price) == pytest.approx(least, abs=1e-9)
    assert all(b - a >= LEAST for a, b in itertools.pairwise([0, *found, len(values)]))


def test_several_at_once_are_as_one_by_one():
    random = np.random.default_rng(SEED)
    lengths = random.integers(1, 90, 150).tolist()
    series = [
        np.where(np.arange(n) < n * random.random(), 0, -0.2) + random.normal(0, 0.02, n)
        for n in lengths
    ]
    floors = random.choice([0.02, FLOOR, 0.3], len(series)).tolist()
    together = find_steps(series, floors)
    alone = [find_steps([one], [floor])[0] for one, floor in zip(series, floors, strict=True)]
    assert together == alone
    assert sum(map(bool, together)) > 50


def shown(random, kind, count, length):
    """Noise of one kind, standard deviation about 1."""
    if kind == "normal":
        return random.normal(size=(count, length))
    if kind == "heavy tails":
        return random.standard_t(3, size=(count, length)) / math.sqrt(3)
    if kind == "skewed":
        return random.exponential(size=(count, length))
    bad = random.random((count, length)) < 0.05
    return random.normal(size=(count, length)) + bad * random.normal(0, 8, (count, length))


@pytest.mark.parametrize("kind", ["normal", "heavy tails", "skewed", "bad nights"])
@pytest.mark.parametrize("spread", [0.01, 0.02, 0.05, 0.10])
def test_false_alarms(kind, spread):
    """Of series in which nothing changes, at most one in a hundred shows a step."""
    random = np.random.default_rng([SEED, len(kind)])
    series = [
        values
        for length, count in ((8, 100), (30, 100), (60, 100), (200, 50))
        for values in spread * shown(random, kind, count, length)
    ]
    alarms = sum(map(bool, find_steps(series, [FLOOR] * len(series))))
    assert alarms <= (1 if spread <= 0.02 else 3)


def test_false_alarms_of_noise_that_lasts():
    random = np.random.default_rng(SEED)
    series = []
    for _ in range(300):
        values = random.normal(0, 0.02, 60)
        for night in range(1, 60):
            values[night] = 0.5 * values[night - 1] + math.sqrt(0.75) * values[night]
        series.append(values)
    assert sum(map(bool, find_steps(series, [FLOOR] * len(series)))) <= 5


@pytest.mark.parametrize(
    ("spread", "after", "found_at_least"),
    [(0.01, 3, 0.99), (0.02, 3, 0.9), (0.02, 5, 0.99), (0.03, 5, 0.85), (0.03, 7, 0.95)],
)
def test_a_slowdown_of_ten_per_cent_is_found(spread, after, found_at_least):
    random = np.random.default_rng([SEED, after])
    nights = 60
    series = spread * random.normal(size=(300, nights))
    series[:, nights - after :] += math.log(0.9)
    found = find_steps(list(series), [FLOOR] * len(series))
    near = [cuts and abs(cuts[-1] - (nights - after)) <= 1 for cuts in found]
    assert np.mean([bool(one) for one in near]) >= found_at_least


def test_a_slow_night_is_no_step():
    values = np.zeros(30) + np.random.default_rng(SEED).normal(0, 0.01, 30)
    values[[5, 14, 15]] -= 2.0
    assert find_steps([values], [FLOOR]) == [[]]


def test_what_is_below_the_floor_is_no_step():
    values = np.array([1.0] * 10 + [1.019] * 10)
    assert find_steps([values], [0.02]) == [[]]
    assert find_steps([values], [0.0189]) == [[10]]


def test_steps_up_and_down():
    values = np.repeat([0.0, -0.3, 0.1], [10, 4, 10])
    assert find_steps([values], [FLOOR]) == [[10, 14]]


def test_the_least_step_goes_first():
    values = np.repeat([0.0, 0.03, 1.0], [5, 5, 5])
    assert above_floor(values, [5, 10], 0.05) == [10]


@pytest.mark.parametrize("length", range(FEWEST))
def test_short_series_have_no_steps(length):
    assert find_steps([np.arange(length) * 10.0], [FLOOR]) == [[]]


def test_noise_is_blind_to_steps():
    random = np.random.default_rng(SEED)
    values = random.normal(0, 1, 400)
    assert noise(values) == pytest.approx(1, rel=0.2)
    values[200:] += 50
    assert noise(values) == pytest.approx(1, rel=0.2)
    assert noise(np.zeros(2)) == 0


def test_nothing_gives_nothing():
    assert find_steps([], []) == []
