"""Lines of Tang poems, by the shipped fingerprint."""

from __future__ import annotations

import pytest
from chinese_poems import ARTICLE
from hostile_texts import HOSTILE

from metrics.chinese.form import cut_lines
from metrics.chinese.memorisation import generated_lines, is_tang_line, normalised


def test_tang_lines_in_both_scripts():
    assert is_tang_line("白日依山尽")
    assert is_tang_line("黃河入海流")
    assert not any(map(is_tang_line, cut_lines(ARTICLE)))
    assert not is_tang_line("白日")
    assert not is_tang_line("")


@pytest.mark.parametrize(
    ("prompt", "text", "lines"),
    [
        ("", "白日依山尽，黄河", ("白日依山尽", "黄河")),
        ("白日依山尽，", "黄河入海流。", ("黄河入海流",)),
        ("白日依", "山尽，黄河", ("白日依山尽", "黄河")),
        ("白日依山尽，", "", ()),
        ("", "", ()),
    ],
)
def test_lines_of_the_prompt_are_not_generated(prompt, text, lines):
    assert generated_lines(text, prompt) == lines


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name):
    normalised(HOSTILE[name])
    is_tang_line(HOSTILE[name])
