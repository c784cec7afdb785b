"""The picture of a training curve: well-formed whatever it is given."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.curve_picture import curve_svg

CURVE = [
    {"step": step, "loss": 8 * math.exp(-step / 30) + 3, "held_out_loss": None}
    for step in range(1, 101)
]
CURVE[-1]["held_out_loss"] = 3.5


def parsed(title: str, curve: list[dict[str, Any]]) -> ElementTree.Element:
    return ElementTree.fromstring(curve_svg(title, curve))


def test_two_lines_and_their_scale() -> None:
    svg = curve_svg("tiny/tang", CURVE)
    parsed("tiny/tang", CURVE)
    assert 'class="loss"' in svg
    assert 'class="dot"' in svg
    assert ">100<" in svg  # the last step
    assert "held out" in svg


@pytest.mark.parametrize(
    "title", ["<b>&\"'</b>", "]]>", "\x00\x1b[31m", "春眠\u202e\ud800", "x" * 1_000_000]
)
def test_a_hostile_title_is_text(title: str) -> None:
    root = parsed(title, CURVE)
    assert not [e for e in root.iter() if e.tag.endswith(("}b", "}script"))]


@pytest.mark.parametrize(
    "curve", [[], [{}], [{"step": 1, "loss": None}], [{"step": 1, "loss": "x"}]]
)
def test_nothing_to_draw_is_said(curve: list[dict[str, Any]]) -> None:
    assert "no curve was recorded" in curve_svg("t", curve)


numbers = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=2))


@given(st.lists(st.fixed_dictionaries({"step": numbers, "loss": numbers})))
def test_any_numbers_give_a_picture(curve: list[dict[str, Any]]) -> None:
    svg = curve_svg("t", curve)
    ElementTree.fromstring(svg)
    assert "nan" not in svg
    assert "inf" not in svg
