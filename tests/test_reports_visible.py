"""Nothing that a terminal would obey gets through."""

import unicodedata

import pytest
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from reports.visible import lines, one_line, shortened

ANY_TEXT = st.text(st.characters(codec=None), max_size=50)


@given(ANY_TEXT)
def test_no_control_character_is_left(text):
    for shown in (one_line(text), lines(text).replace("\n", "")):
        left = [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert set(left) <= {"\u200c", "\u200d"}
        shown.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1


def test_signs_can_be_read():
    assert one_line("\x1b[2J\x00\x7f\n\t") == "␛[2J␀␡⏎␉"
    assert one_line("a\u202eb\ud800\U000e0001") == "a\\u202eb\\ud800\\U000e0001"
    assert lines("a\r\nb\rc\n") == "a\nb␍c\n"


def test_ordinary_text_stays_as_it_is():
    text = "春眠不觉晓, naïve — “quoted” 👩\u200d👧 می\u200cخواهم"
    assert one_line(text) == lines(text) == text


def test_long_text_is_cut_and_says_so():
    assert shortened("abc", 3) == "abc"
    assert shortened("x" * 2000, 10) == "x" * 10 + "… (1,990 more characters)"
