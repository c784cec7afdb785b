"""How texts are cut into poems, and what has a form."""

from __future__ import annotations

import pytest
from chinese_poems import ARTICLE, CHUNWANG, GUANQUE

from metrics.chinese.form import FORMS, cut_lines, cut_poems, find_form, recognise

LINES = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")


@pytest.mark.parametrize(
    "text",
    [
        GUANQUE,
        "白日依山尽 黄河入海流 欲穷千里目 更上一层楼",
        "白日依山尽\n黄河入海流\n欲穷千里目\n更上一层楼\n",
        "白日依山尽,\r\n黄河入海流.\r\n\r\n欲穷千里目,\r\n更上一层楼.",
        "「白日依山尽，黄河入海流。欲穷千里目，更上一层楼。」",
        "\ufeff白日依山尽，\u200b黄河入海流；\u3000欲穷千里目？更上一层楼……",
        "白日依山尽\n\n黄河入海流\n\n欲穷千里目\n\n更上一层楼",
    ],
)
def test_one_poem_however_it_is_written(text):
    (cut,) = cut_poems(text)
    assert cut.lines == LINES
    assert cut.form == FORMS["wujue"]


@pytest.mark.parametrize(
    "text",
    [
        "登鹳雀楼\n王之涣\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。",
        "《登鹳雀楼》\n\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。",
        "登鹳雀楼\n\n王之涣\n\n" + GUANQUE,
        "登鹳雀楼·其一\n" + GUANQUE,
    ],
)
def test_titles_are_no_lines(text):
    (cut,) = cut_poems(text)
    assert cut.lines == LINES
    assert cut.title[0].strip("《》").startswith("登鹳雀楼")


def test_poems_between_blank_rows_and_poem_per_row():
    for gap in ("\n", "\n\n"):
        forms = [cut.form.key for cut in cut_poems(gap.join([GUANQUE, ARTICLE, CHUNWANG]))]
        assert forms == ["wujue", "qijue", "wulv"]


def test_rows_of_a_demanded_octave_are_one_poem():
    halves = CHUNWANG[:24] + "\n" + CHUNWANG[24:]
    assert [cut.form.key for cut in cut_poems(halves, FORMS["wulv"])] == ["wulv"]


@pytest.mark.parametrize(
    ("lines", "form", "reason"),
    [
        ((), None, "no line of verse"),
        (LINES[:3], None, "3 lines of 5 characters"),
        ((*LINES[:3], "更上层楼"), None, "lines of 4 to 5"),
        (LINES[:3], "wujue", "3 lines, 五绝 has 4"),
        (LINES, "qijue", "line 1 has 5 characters, 七绝 has 7"),
    ],
)
def test_reasons(lines, form, reason):
    cut = recognise(lines, FORMS[form] if form else None)
    assert cut.form is None
    assert reason in cut.reason


def test_a_demanded_form_may_be_followed_by_more():
    cut = recognise((*LINES, "春眠不觉晓"), FORMS["wujue"])
    assert cut.lines == LINES
    assert cut.extra == 1


def test_foreign_letters_make_a_line_longer():
    assert cut_lines("白日a依山，□日依山尽") == ("白日a依山", "□日依山尽")


@pytest.mark.parametrize("name", ["qijue", "七绝", "七言绝句"])
def test_names_of_a_form(name):
    assert find_form(name).key == "qijue"


def test_unknown_form_lists_the_known_ones():
    with pytest.raises(ValueError, match="wujue 五绝"):
        find_form("sonnet")
