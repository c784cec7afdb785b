"""Line types and patterns against a second, naive statement of the rules."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.chinese.patterns import (
    ERROR,
    MODES,
    SEQUENCES,
    TYPES,
    canon,
    fitter,
    is_regulated_line,
    pattern_name,
    template,
)
from metrics.chinese.tones import _START_COSTS, _with_breaks, assess_tones

# The table of tolerances as printed in the rule books: 1 level, 0 oblique, . either.
PRINTED = {
    "A": ".0011",
    "B": "11.01|01101",
    "b": ".1100|11010|.1000|01010",
    "a": ".0110|.0010|.0.00",
}
LINES = {n: ["".join(line) for line in itertools.product("LO", repeat=n)] for n in (5, 7)}


def digits(line: str) -> str:
    return line.replace("L", "1").replace("O", "0")


@pytest.mark.parametrize("length", [5, 7])
@pytest.mark.parametrize("kind", TYPES)
def test_accepted_lines(kind, length):
    second = {"a": "1", "A": "1", "b": "0", "B": "0"}[kind]
    front = f".{second}" if length == 7 else ""
    printed = re.compile(f"{front}(?:{PRINTED[kind]})")
    for line in LINES[length]:
        fit = fitter("standard")(line)[TYPES.index(kind)]
        assert bool(fit.kind) == bool(printed.fullmatch(digits(line))), line


@pytest.mark.parametrize("front", ["LO", "OO"])
def test_lone_level_whatever_comes_first(front):
    fit = fitter("standard")(front + "OLOOL")[TYPES.index("B")]
    assert fit.faults == (("lone_level", 2),)


@pytest.mark.parametrize("front", ["", "LL", "OL"])
def test_three_level_endings(front):
    fit = fitter("standard")(front + "OOLLL")[TYPES.index("A")]
    assert fit.faults == (("three_level_endings", len(front) + 2),)


def test_modes_differ_where_they_say():
    for line in LINES[5]:
        costs = [[fit.cost for fit in fitter(mode)(line)] for mode in MODES]
        for lenient, standard, strict in zip(*costs, strict=True):
            assert lenient <= standard <= strict


def test_either_tone_fits_if_one_of_them_does():
    classes = ["".join(line) for line in itertools.product("LOB", repeat=5)]
    for line in classes:
        choices = ["LO" if tone == "B" else tone for tone in line]
        readings = ["".join(reading) for reading in itertools.product(*choices)]
        for kind in range(4):
            best = min(fitter("standard")(reading)[kind].cost for reading in readings)
            assert fitter("standard")(line)[kind].cost == best
        assert is_regulated_line(line) == any(map(is_regulated_line, readings))


def test_sixteen_patterns():
    patterns = {
        tuple(canon(kind, length) for kind in SEQUENCES[start][:lines])
        for start in SEQUENCES
        for lines in (4, 8)
        for length in (5, 7)
    }
    assert len(patterns) == 16
    for pattern in patterns:
        for number in range(1, len(pattern)):
            opposed = pattern[number - 1][1] != pattern[number][1]
            assert opposed == (number % 2 == 1)  # couplets oppose, neighbours adhere
        assert all(line[-1] == "L" for line in pattern[1::2])
        assert all(line[-1] == "O" for line in pattern[2::2])


@pytest.mark.parametrize(
    ("start", "length", "chinese"),
    [
        ("a", 5, "仄起首句不入韵"), ("A", 5, "仄起首句入韵"), ("b", 5, "平起首句不入韵"),
        ("a", 7, "平起首句不入韵"), ("A", 7, "平起首句入韵"), ("B", 7, "仄起首句入韵"),
    ],
)  # fmt: skip
def test_names_of_patterns(start, length, chinese):
    assert pattern_name(start, length)[1] == chinese


def test_templates_have_as_many_fixed_places_in_every_type():
    assert {template(kind, 5).count(".") for kind in TYPES} == {1}
    assert {template(kind, 7).count(".") for kind in TYPES} == {2}


def brute(classes, first_line, mode, broken):
    """Cheapest cost over the four patterns, or over all types of all lines."""
    fits = [fitter(mode)(line) for line in classes]
    plans = [tuple(map(TYPES.index, types[: len(classes)])) for types in SEQUENCES.values()]
    if broken:
        rest = [[(1, 3), (0, 2)][number % 2] for number in range(len(classes) - 1)]
        plans = list(itertools.product(range(4), *rest))
    costs = []
    for plan in plans:
        cost = _START_COSTS[first_line][plan[0]]
        for number, kind in enumerate(plan):
            cost += fits[number][kind].cost
            if number:
                before = plan[number - 1]
                opposed = TYPES[before].lower() != TYPES[kind].lower()
                cost += ERROR * (opposed != (number % 2 == 1))
                rescued = fits[number][kind].rescues
                cost += ERROR * (fits[number - 1][before].needs_rescue and not rescued)
        costs.append(cost)
    return min(costs)


POEMS = st.integers(0, 1).flatmap(
    lambda long: st.lists(
        st.text("LOLOLOB?", min_size=5 + 2 * long, max_size=5 + 2 * long), min_size=4, max_size=4
    )
)


@settings(max_examples=300, deadline=None)
@given(POEMS, st.sampled_from(["rhymes", "neighbour", "free"]), st.sampled_from(MODES))
def test_the_cheapest_plan_is_found(classes, first_line, mode):
    fits = [fitter(mode)(line) for line in classes]
    assert _with_breaks(fits, first_line)[0] == brute(classes, first_line, mode, broken=True)
    tones = assess_tones(classes, first_line, mode)
    if tones.unbroken:
        plan = tuple(map(TYPES.index, tones.types))
        assert tones.types == SEQUENCES[tones.start][:4]
        cost = sum(fits[i][kind].cost for i, kind in enumerate(plan))
        assert cost <= brute(classes, first_line, mode, broken=False)
    matches = [
        sum(fits[i][TYPES.index(kind)].matches for i, kind in enumerate(types[:4]))
        for types in SEQUENCES.values()
    ]
    assert tones.score == pytest.approx(max(matches) / (16 if len(classes[0]) == 5 else 20))
    assert tones.regulated_lines == sum(map(is_regulated_line, classes)) / 4
