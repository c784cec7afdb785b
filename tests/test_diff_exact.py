"""The exact tests, against scipy where it has them, by hand, and by their own duality."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.diff.exact import FEW, FLIPS, evaluate, pairs, two_samples
from reports.diff.false_discovery import adjusted, conditioned

stats = pytest.importorskip("scipy.stats")
SMALL = [(2, 3), (3, 3), (4, 2), (5, 5), (6, 6), (2, 9)]
LARGE = [(7, 7), (8, 8), (5, 8), (10, 10), (30, 20)]


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def mean_difference(x, y, axis):
    return np.mean(y, axis=axis) - np.mean(x, axis=axis)


@pytest.mark.parametrize(("n", "m"), SMALL)
@pytest.mark.parametrize("floor", [0.0, 0.3])
def test_few_launches_are_fishers_permutation_test(n, m, floor):
    data = draw(6, n + m, seed=1)
    found = evaluate(two_samples(n, m), data, np.full(6, floor))
    for row, above, below in zip(data, found.above, found.below, strict=True):
        a, b = row[:n], row[n:]
        for shift, side, p in ((floor, "greater", above), (-floor, "less", below)):
            theirs = stats.permutation_test(
                (a, b - shift), mean_difference, alternative=side, n_resamples=np.inf
            )
            assert p == pytest.approx(theirs.pvalue, abs=1e-9)


@pytest.mark.parametrize(("n", "m"), LARGE)
@pytest.mark.parametrize("floor", [0.0, 0.3])
def test_more_launches_are_mann_whitney(n, m, floor):
    data = draw(6, n + m, seed=2)
    found = evaluate(two_samples(n, m), data, np.full(6, floor))
    for row, above, below in zip(data, found.above, found.below, strict=True):
        a, b = row[:n], row[n:]
        for shift, side, p in ((floor, "greater", above), (-floor, "less", below)):
            theirs = stats.mannwhitneyu(b - shift, a, alternative=side, method="exact")
            assert p == pytest.approx(theirs.pvalue, abs=1e-9)


@pytest.mark.parametrize("n", [2, 5, 8, FLIPS])
@pytest.mark.parametrize("floor", [0.0, 0.2])
def test_pairs_are_fishers_sign_flips(n, floor):
    data = draw(4, n, seed=3)
    found = evaluate(pairs(n), data, np.full(4, floor))
    for row, above, below in zip(data, found.above, found.below, strict=True):
        for shift, side, p in ((floor, "greater", above), (-floor, "less", below)):
            theirs = stats.permutation_test(
                (row - shift,),
                np.mean,
                permutation_type="samples",
                alternative=side,
                n_resamples=np.inf,
            )
            assert p == pytest.approx(theirs.pvalue, abs=1e-9)


@pytest.mark.parametrize("n", [13, 40, 100, 1000])
def test_many_pairs_flip_by_a_group(n):
    """The flips used are closed under composition, so the test is exact as the whole group is."""
    flipped = pairs(n).weights.T > 0
    assert len(flipped) == 2**FLIPS - 1
    assert flipped.any(axis=1).all()
    members = {row.tobytes() for row in flipped} | {np.zeros(n, bool).tobytes()}
    assert len(members) == 2**FLIPS
    for one, other in itertools.product(range(0, 4095, 517), range(1, 4095, 611)):
        assert (flipped[one] ^ flipped[other]).tobytes() in members


@pytest.mark.parametrize("n", [20, 60])
def test_many_pairs_come_near_students_t(n):
    data = draw(200, n, seed=4) + 0.1
    found = evaluate(pairs(n), data, np.zeros(200))
    theirs = stats.ttest_1samp(data, 0, axis=1, alternative="greater").pvalue
    assert np.abs(found.above - theirs).max() < 0.04


def test_median_of_all_differences_is_inside_the_rank_interval():
    data = draw(50, 16, seed=5)
    found = evaluate(two_samples(8, 8), data, np.zeros(50))
    middle = np.median(data[:, None, 8:] - data[:, :8, None], axis=(1, 2))
    assert ((found.low <= middle) & (middle <= found.high)).all()


def test_rank_interval_by_hand():
    """8 against 8: P(U <= 15) = 0.0415 and P(U <= 16) = 0.0524, so the 16th and 49th of 64."""
    data = draw(1, 16, seed=6)
    found = evaluate(two_samples(8, 8), data, np.zeros(1))
    ordered = np.sort((data[0, None, 8:] - data[0, :8, None]).ravel())
    cut = next(u for u in range(64) if two_samples(8, 8).tail[u] > 0.05)
    assert cut == 16
    assert found.low[0] == pytest.approx(ordered[15], abs=1e-12)
    assert found.high[0] == pytest.approx(ordered[48], abs=1e-12)


def test_three_against_three_by_hand():
    """20 splits; A = 1 2 3, B = 11 12 13: only the split itself is as extreme."""
    found = evaluate(two_samples(3, 3), np.array([[1.0, 2, 3, 11, 12, 13]]), np.zeros(1))
    assert found.above[0] == pytest.approx(1 / 20)
    assert found.below[0] == 1.0
    assert found.low[0] == pytest.approx(8.0)  # 11 - 3: swap the nearest two
    assert found.high[0] == pytest.approx(12.0)


def test_one_against_one_has_no_interval():
    found = evaluate(two_samples(1, 1), np.array([[1.0, 5.0]]), np.zeros(1))
    assert found.above[0] == 0.5
    assert (found.low[0], found.high[0]) == (-math.inf, math.inf)


def test_ties_count_against_a_difference():
    found = evaluate(two_samples(5, 5), np.full((1, 10), 0.1 + 0.2), np.zeros(1))
    assert (found.above[0], found.below[0]) == (1.0, 1.0)
    at_floor = np.array([[0.1] * 5 + [0.1 + 0.3 - 0.25] * 5])  # 0.05 more, but for the last digits
    found = evaluate(two_samples(5, 5), at_floor, np.array([0.05]))
    assert found.above[0] == 1.0


@given(
    st.integers(3, 8),
    st.integers(3, 8),
    st.integers(0, 10_000),
    st.floats(0.0, 1.5),
)
def test_interval_and_test_agree(n, m, seed, floor):
    """P above the floor is at most 5 % exactly where the interval's lower end is above it."""
    data = draw(1, n + m, seed=seed)
    found = evaluate(two_samples(n, m), data, np.array([floor]))
    assert (found.above[0] <= 0.05 + 1e-12) == (found.low[0] > floor)
    assert (found.below[0] <= 0.05 + 1e-12) == (found.high[0] < -floor)


@pytest.mark.parametrize("n", [5, 9, 30])
def test_pair_interval_and_test_agree(n):
    data = draw(100, n, seed=8) + 0.4
    found = evaluate(pairs(n), data, np.full(100, 0.1))
    assert ((found.above <= 0.05 + 1e-12) == (found.low > 0.1)).all()


def test_intervals_cover():
    """90 % intervals of no shift hold 0 in about 90 % of draws, over and under."""
    for test, size in ((two_samples(5, 5), 10), (two_samples(8, 8), 16), (pairs(20), 20)):
        found = evaluate(test, draw(4000, size, seed=9), np.zeros(4000))
        covered = ((found.low <= 0) & (found.high >= 0)).mean()
        assert 0.885 < covered < 0.93


def test_chunks_change_nothing(monkeypatch):
    data, floor = draw(50, 16, seed=10), np.full(50, 0.1)
    whole = evaluate(two_samples(8, 8), data, floor)
    monkeypatch.setattr("reports.diff.exact._CHUNK", 200)
    parts = evaluate(two_samples(8, 8), data, floor)
    for name in ("low", "high", "above", "below"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-12)


def test_sizes_choose_the_test():
    assert math.comb(12, 6) < FEW < math.comb(13, 5)
    assert two_samples(6, 6).name.startswith("permutations")
    assert two_samples(8, 5).name.startswith("Mann-Whitney")
    assert two_samples(5, 5) is two_samples(5, 5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_adjusted_p_values_agree_with_scipy(p):
    assert adjusted(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-9)


def test_what_lies_inside_the_floor_leaves_the_family():
    p = np.array([0.01, 0.95, 1.0, 0.6, 0.8])
    q, kept = conditioned(p, np.full(5, 0.8))
    assert kept.tolist() == [True, False, False, True, True]
    expected = stats.false_discovery_control(np.array([0.01, 0.6, 0.8]) / 0.8)
    assert q[kept] == pytest.approx(expected, abs=1e-9)
    assert q[~kept].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("sizes", [(5, 5), (8, 8)])
def test_conditioning_holds_the_rate(sizes):
    """At the edge of the floor, the worst null there is, 20 tests raise a false alarm in <= 5 %."""
    test, cases, nights = two_samples(*sizes), 20, 1500
    data = draw(nights * cases, sum(sizes), seed=11)
    data[:, sizes[0] :] += 0.5
    p = evaluate(test, data, np.full(nights * cases, 0.5)).above.reshape(nights, cases)
    level = np.full(cases, test.level_within(0.8))
    alarms = [(conditioned(night, level)[0] <= 0.05).any() for night in p]
    assert np.mean(alarms) < 0.06
