"""Antithesis: what belongs together scores high, and the table is small and unfitted."""

from __future__ import annotations

import math

import pytest
from chinese_poems import GUANQUE, REGULATED

from metrics.chinese import judge
from metrics.chinese.antithesis import SMOOTHING, antithesis, middle_couplets, pairs
from metrics.chinese.form import cut_lines
from metrics.chinese.sound_table import DATA


def test_value_by_hand():
    known = pairs()
    met = known.rows["三"].split("\t") if "三" < "五" else known.rows["五"].split("\t")
    other = "五" if "三" < "五" else "三"
    observed = next((k for k, column in enumerate(met, 1) if other in column), 0)
    expected = known.uses["三"] * known.uses["五"] / (2 * known.total)
    wanted = math.log((observed + SMOOTHING) / (expected + SMOOTHING))
    assert known.information("三", "五") == known.information("五", "三") == pytest.approx(wanted)


def test_opposed_words_beat_words_that_are_not():
    assert antithesis("萬里悲秋常作客", "百年多病獨登臺") > 0.5
    assert antithesis("萬里悲秋常作客", "潦倒新停濁酒杯") < 0
    assert antithesis("明月松間照", "清泉石上流") > antithesis("明月松間照", "王孫自可留") + 1


def test_simplified_and_traditional_have_one_value():
    assert antithesis("万里悲秋常作客", "百年多病独登台") == pytest.approx(
        antithesis("萬里悲秋常作客", "百年多病獨登臺")
    )


def test_a_line_opposed_to_itself_is_no_antithesis():
    assert antithesis("明月松间照", "明月松间照") < -2


def test_too_little_known():
    assert antithesis("□□□日月", "□□□天地") is None


def test_lines_of_two_lengths():
    with pytest.raises(ValueError, match="argument 2"):
        antithesis("白日依山尽", "黄河入海")


def test_only_eight_lines_have_couplets_to_judge():
    assert middle_couplets(cut_lines(GUANQUE)) == []
    assert judge(GUANQUE).antithesis is None
    assert judge(REGULATED["登高"][0]).antithesis > 0.5


def test_table_is_within_its_size():
    assert (DATA / "antithesis.tsv").stat().st_size < 2_000_000
