"""Medians, means and their intervals, against scipy and by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import (
    LEVEL,
    _quantiles,
    fewest,
    mean_estimates,
    median,
    median_estimate,
    order_rank,
    over_launches,
)

stats = pytest.importorskip("scipy.stats")
NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(NUMBERS)
def test_median_agrees_with_numpy(values):
    assert median(values) == pytest.approx(float(np.median(values)), abs=1e-9)


def test_median_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        median([])


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("n", [*range(1, 40), 200, 2000])
def test_order_rank_is_exact(n, level):
    k = order_rank(n, level)
    assert 2 * stats.binom.cdf(k - 1, n, 0.5) <= 1 - level + 1e-9
    assert 2 * stats.binom.cdf(k, n, 0.5) > 1 - level - 1e-9
    assert (k == 0) == (n < fewest(level))


@pytest.mark.parametrize("n", range(5, 40))
def test_the_median_interval_agrees_with_scipy(n):
    values = np.random.default_rng(n).normal(size=n)
    found = median_estimate(list(values), "launches")
    theirs = stats.quantile_test(values, q=0, p=0.5).confidence_interval(LEVEL)
    assert found.value == pytest.approx(np.median(values), abs=1e-9)
    assert found.low == pytest.approx(theirs.low, abs=1e-9)
    assert found.high == pytest.approx(theirs.high, abs=1e-9)


def test_five_launches_are_the_fewest():
    assert fewest() == 5
    found = median_estimate([1.0, 2.0, 3.0, 4.0], "launches")
    assert (found.value, found.low, found.n) == (2.5, None, 4)
    assert found.reason == "an exact 90% interval needs 5 launches, there are 4"
    assert median_estimate([], "launches").value is None


def test_the_interval_covers_as_it_says():
    rng = np.random.default_rng(7)
    hit = 0
    for values in rng.lognormal(size=(4000, 8)):
        found = median_estimate(list(values), "launches")
        hit += found.low <= 1.0 <= found.high
    assert 0.90 <= hit / 4000 <= 0.95  # attained: 0.930


def test_the_launch_is_the_unit():
    found = over_launches([[1.0, 1.0, 100.0], [2.0], [3.0, 3.0], [], [4.0], [5.0]])
    assert (found.value, found.low, found.high) == (3.0, 1.0, 5.0)
    assert (found.n, found.over) == (5, "launches")


def test_one_launch_says_that_its_interval_is_over_trials():
    found = over_launches([[5.0, 1.0, 2.0, 3.0, 4.0]])
    assert (found.value, found.low, found.high, found.over) == (3.0, 1.0, 5.0, "trials")
    assert over_launches([[1.0], [2.0]]).low is None
    assert over_launches([[], []]).value is None


def columns(*values):
    return np.array(values, dtype=np.float64).T


def test_means_over_prompts():
    rng = np.random.default_rng(3)
    prompts = np.repeat(np.arange(40), 4)
    values = rng.normal(size=40)[prompts] + 0.01 * rng.normal(size=160)
    (found,) = mean_estimates(columns(values), prompts.tolist())
    assert found.value == pytest.approx(values.mean(), abs=1e-12)
    assert (found.n, found.over) == (40, "prompts")
    # The repeats add nothing: the interval is that of 40 values, not of 160.
    width = 2 * 1.645 * values.reshape(40, 4).mean(axis=1).std(ddof=1) / math.sqrt(40)
    assert found.high - found.low == pytest.approx(width, rel=0.15)


def test_the_bootstrap_agrees_with_scipy_on_independent_samples():
    values = np.random.default_rng(5).exponential(size=60)
    (found,) = mean_estimates(columns(values), list(range(60)))
    theirs = stats.bootstrap(
        (values,), np.mean, confidence_level=LEVEL, method="percentile", rng=1
    ).confidence_interval
    assert found.low == pytest.approx(theirs.low, rel=0.05)
    assert found.high == pytest.approx(theirs.high, rel=0.05)


def test_few_prompts_draw_samples_within_them():
    values = np.array([0.0, 0.1, 0.2, 0.3, 10.0, 10.1, 10.2, 10.3])
    (found,) = mean_estimates(columns(values), [0, 0, 0, 0, 1, 1, 1, 1])
    assert (found.n, found.over) == (8, "samples")
    assert found.high - found.low < 1  # the prompts' difference of 10 is no error
    (one,) = mean_estimates(columns([1.0, 2.0]), [0, 1])
    assert (one.value, one.low) == (1.5, None)
    assert "needs 5 samples, there are 2" in (one.reason or "")


def test_the_same_values_give_the_same_interval():
    values = columns(np.random.default_rng(1).random(30), np.arange(30.0))
    prompts = [i // 3 for i in range(30)]
    assert mean_estimates(values, prompts) == mean_estimates(values, prompts)


def test_what_cannot_be_judged_is_left_out():
    nan = math.nan
    values = columns([nan] * 6, [1, nan, 1, 1, 1, 1], [nan, nan, 2, 2, 2, nan])
    none, five, three = mean_estimates(values, [0, 1, 2, 3, 4, 5])
    assert (none.value, none.n) == (None, 0)
    assert (five.value, five.low, five.n) == (1.0, 1.0, 5)
    assert (three.value, three.low, three.n) == (2.0, None, 3)
    assert mean_estimates(np.empty((0, 1)), [])[0].value is None


def test_prompts_may_have_any_numbers():
    values = np.arange(12.0)[:, None]
    prompts = [0, 1, 2, 3, 4, 5] * 2
    wide = [[-1e308, -(10**30), 0, 7, 2**63, 1e300][prompt] for prompt in prompts]
    assert mean_estimates(values, wide) == mean_estimates(values, prompts)


def test_quantiles_agree_with_numpy():
    values = np.random.default_rng(2).normal(size=(101, 4))
    values[50:, 1] = values[1:, 2] = values[:, 3] = math.nan
    ordered = np.sort(values, axis=0).T
    last = [100, 49, 0, 0]
    for share in (0.0, 0.05, 0.5, 0.95, 1.0):
        theirs = np.nanquantile(values[:, :3], share, axis=0)
        assert _quantiles(ordered, last, share)[:3] == pytest.approx(theirs, abs=1e-12)
        assert math.isnan(_quantiles(ordered, last, share)[3])
