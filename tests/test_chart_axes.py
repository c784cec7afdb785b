"""Axes of a static chart hold their values and say where they do not begin at 0; names part."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import chart_axes
from reports.chart_axes import axis, named, pixels, widened

NUMBERS = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=30)


@given(NUMBERS, st.booleans(), st.booleans())
def test_an_axis_holds_its_values(values, reverse, edge):
    found = axis(values, reverse=reverse, edge=edge)
    assert found.low < found.high
    assert found.low <= min(values)
    assert max(values) <= found.high
    assert all(0 <= found.place(value) <= 1 for value in values)
    assert bool(found.note) == (not found.low <= 0 <= found.high)


@pytest.mark.parametrize(
    ("values", "low", "note"),
    [
        ([0.4, 300.0], 0.0, ""),  # and not at −50, for the sake of a round number
        ([0.0], 0.0, ""),
        ([230.0, 290.0], 226.4, " (not from 0)"),
        ([100.0], 88.8, " (not from 0)"),
        ([], 0.0, ""),
    ],
)
def test_an_axis_begins_at_0_where_its_values_come_near(values, low, note):
    found = axis(values, edge=True)
    assert found.low == pytest.approx(low)
    assert found.note == note


def test_an_axis_is_widened_for_the_words_after_its_values():
    given_ = axis([0.0, 100.0], edge=True)
    wide = widened(given_, [(100.0, "100 ±10")], 400)
    assert wide.low == given_.low
    assert wide.place(100.0) * 400 + pixels("100 ±10") <= 400
    assert widened(given_, [(10.0, "10")], 400) == given_


POINTS = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0, 1), st.sampled_from(["on", "off"])),
    min_size=1,
    max_size=30,
)


@given(POINTS, st.sampled_from(["greedy", "top_p-0.9-k50", "隨機取樣之溫度零點七"]))
def test_names_stand_over_no_other_name_and_within_the_chart(points, label):
    rows = [{"x": x, "y": y, "place": place, "label": label} for x, y, place in points]
    x, y = axis([row["x"] for row in rows], edge=True), axis([row["y"] for row in rows])
    boxes = []
    for side, there in named(rows, x, y, 600, 300).items():
        for row in there:
            across, up = x.place(row["x"]) * 600, (1 - y.place(row["y"])) * 300
            boxes.append(dict(chart_axes._boxes(across, up, pixels(label)))[side])
    assert all(left >= 0 and right <= 608 for left, right, _, _ in boxes)
    for a, b in combinations(boxes, 2):
        assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]


def test_of_many_points_those_on_the_frontier_are_named_and_of_a_crowd_none():
    def rows(ahead):
        return [
            {"x": n, "y": n / 50, "place": "on" if n < ahead else "off", "label": f"k{n}"}
            for n in range(50)
        ]

    def names(ahead):
        found = named(rows(ahead), axis([0, 49]), axis([0, 1]), 2000, 900)
        return {row["label"] for there in found.values() for row in there}

    assert names(3) == {"k0", "k1", "k2"}
    assert names(40) == set()
