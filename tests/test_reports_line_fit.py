"""Prefill and decode from a robust line, against scipy and by simulation."""

import numpy as np
import pytest

from reports.line_fit import fit_line, prefill_decode

stats = pytest.importorskip("scipy.stats")


def points(a=0.087, b=0.0171, noise=0.01, repeats=3, seed=0, steps=(16, 48, 80, 112, 128)):
    rng = np.random.default_rng(seed)
    return [
        (n, (a + b * n) * (1 + noise * rng.standard_normal()))
        for _ in range(repeats)
        for n in steps
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_line_agrees_with_scipy(seed):
    data = points(seed=seed, repeats=1 + seed % 4)
    if seed % 5 == 0:  # ties in the seconds too
        data = [(n, round(seconds, 1)) for n, seconds in data]
    x, y = np.array(data).T
    theirs = stats.theilslopes(y, x, 0.90, method="joint")
    line = fit_line(data)
    assert line.slope == pytest.approx(theirs.slope, abs=1e-9)
    assert line.first == pytest.approx(theirs.intercept + theirs.slope, abs=1e-9)
    assert line.slope_low == pytest.approx(theirs.low_slope, abs=1e-9)
    assert line.slope_high == pytest.approx(theirs.high_slope, abs=1e-9)


def test_an_exact_line_is_found_exactly():
    found = prefill_decode([points(noise=0)])
    assert found.holds
    assert found.tpot.value == pytest.approx(0.0171, abs=1e-12)
    assert found.ttft.value == pytest.approx(0.087 + 0.0171, abs=1e-12)
    assert found.residual == pytest.approx(0, abs=1e-12)
    assert found.tpot.over == "trials"


def test_outliers_do_not_move_it():
    data = points(noise=0.002, repeats=5)
    data[3] = (data[3][0], data[3][1] * 5)
    data[11] = (data[11][0], data[11][1] * 3)
    found = prefill_decode([data])
    assert found.holds
    assert found.tpot.value == pytest.approx(0.0171, rel=0.01)
    assert found.ttft.value == pytest.approx(0.1041, rel=0.05)


def test_the_intervals_cover_as_they_say():
    slope = first = 0
    for seed in range(400):
        line = fit_line(points(seed=seed, repeats=3))
        slope += line.slope_low <= 0.0171 <= line.slope_high
        first += line.first_low <= 0.1041 <= line.first_high
    assert slope / 400 >= 0.87
    assert first / 400 >= 0.90


@pytest.mark.parametrize(
    ("launches", "reason"),
    [
        ([], "no valid fit calls"),
        ([[], []], "no valid fit calls"),
        ([points(steps=(16, 128))], "3 different numbers of steps, there are 2"),
        ([points(), points(steps=(5,))], "there are 1"),
        ([points(a=3.0, b=-0.01, noise=0)], "more steps took no more time"),
        ([points(a=-1.0, b=0.0171, noise=0)], "no time at all"),
        ([[(10, 1.0), (20, 1.0), (30, 4.0), (40, 4.0), (50, 4.1)]], "off the line, at most 10%"),
        ([[(1, 0.0), (2, 0.0), (3, 0.0)]], "no more time"),
    ],
)
def test_a_line_that_does_not_hold_gives_no_numbers(launches, reason):
    found = prefill_decode(launches)
    assert not found.holds
    assert reason in (found.reason or "")
    assert found.tpot.value is None
    assert found.ttft.value is None


def test_several_launches_give_the_median_over_them():
    launches = [points(b=b, noise=0) for b in (0.01, 0.02, 0.03, 0.04, 0.05)]
    found = prefill_decode(launches)
    assert found.tpot.value == pytest.approx(0.03)
    assert (found.tpot.low, found.tpot.high) == (pytest.approx(0.01), pytest.approx(0.05))
    assert (found.tpot.n, found.tpot.over) == (5, "launches")
    two = prefill_decode(launches[:2])
    assert two.tpot.value == pytest.approx(0.015)
    assert two.tpot.low is None
    assert "there are 2" in (two.tpot.reason or "")


def test_one_bad_launch_in_five_does_not_undo_the_line():
    launches = [points(seed=seed) for seed in range(4)]
    launches.append([(10, 1.0), (20, 1.0), (30, 4.0), (40, 4.0), (50, 4.1)])
    assert prefill_decode(launches).holds
    assert not prefill_decode([launches[0], launches[-1], launches[-1]]).holds


def test_three_points_are_enough_for_a_value_but_not_for_every_interval():
    found = prefill_decode([points(steps=(10, 20, 30), repeats=1, noise=0.001)])
    assert found.holds
    assert found.tpot.low is not None
    assert found.ttft.low is None
    assert "not 3" in (found.ttft.reason or "")
