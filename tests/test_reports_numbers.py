"""Numbers with the digits that they are worth."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.numbers import plain, with_interval


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (1, "1.00"),
        (0.5, "0.500"),
        (0.012345, "0.0123"),
        (9.999, "10.0"),
        (56.789, "56.8"),
        (999.6, "1000"),
        (123456.7, "123457"),
        (-56.789, "-56.8"),
        (1e-9, "1e-09"),
        (1.5e12, "1.5e+12"),
        (math.inf, "inf"),
    ],
)
def test_three_significant_digits(value, text):
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (56.13, 55.7, 56.95, "56.1 ±0.8"),
        (56.13, 56.0, 56.26, "56.13 ±0.13"),
        (1234.5, 1200.0, 1240.0, "1234 ±34"),
        (1234.5, 1234.49, 1234.51, "1234 ±0"),
        (0.0171, 0.0170, 0.0174, "0.0171 ±0.0003"),
        (5.0, 5.0, 5.0, "5.00 ±0"),
        (5.0, None, None, "5.00"),
        (5.0, 1.0, None, "5.00"),
        (0.0, -0.2, 0.2, "0.0 ±0.2"),
        (5.0, 1.0, math.inf, "5.00 ±inf"),
    ],
)
def test_the_interval_sets_the_digits(value, low, high, text):
    assert with_interval(value, low, high) == text


@given(st.floats(-1e12, 1e12), st.floats(0, 1e12))
def test_any_finite_number_has_a_short_text(value, half):
    assert len(plain(value)) <= 14
    text = with_interval(value, value - half, value + half)
    assert math.isclose(float(text.split(" ±")[0]), value, rel_tol=0.006, abs_tol=max(half, 1e-4))
