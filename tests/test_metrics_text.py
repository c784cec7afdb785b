import re
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.text import Text, is_han, ngrams

HOSTILE = {
    "empty": "",
    "one character": "a",
    "spaces": " \n\t\u3000",
    "one long line": "a" * 1_000_000,
    "many words": "ab " * 300_000,
    "many characters": "春眠不觉晓，" * 60_000,
    "apostrophes": "'" * 300_000,
    "emoji": "😂👨‍👩‍👧" * 40_000,
    "bidi": "\u202e\u2066abc\u2069" * 60_000,
    "NUL": "\0" * 300_000,
    "lone surrogates": "\ud800x\udfff " * 80_000,
    "broken bytes": "\ufffd" * 300_000,
    "stacked marks": "e" + "\u0301\u0323" * 150_000,
    "HTML": "<script>alert(1)</script>" * 10_000,
    "half a hanzi": "春眠不觉\ufffd",
    "every character": "".join(map(chr, range(0, sys.maxunicode, 3))),
}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Don’t STOP, 'tis 3 o'clock!", ["don't", "stop", "'tis", "o'clock"]),
        ("春眠不觉晓，\n处处闻啼鸟。", list("春眠不觉晓处处闻啼鸟")),
        ("NULL 是空，tab键", ["null", "是", "空", "tab", "键"]),
        ("naïve CAFÉ Straße", ["naïve", "café", "strasse"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("ひらがな", list("ひらがな")),
        ("한국어 시", ["한국어", "시"]),
        ("𠮷野家〇", list("𠮷野家〇")),
        (
            "soft\u00adhyphen zero\u200bwidth \u202eright\u202c",
            ["softhyphen", "zero", "width", "right"],
        ),
        ("!!! ?", ["!", "!", "!", "?"]),
        ("1, 2", ["1", ",", "2"]),
        ("' ' \ufffd", ["'", "'"]),
        ("春\ufffd晓", ["春", "晓"]),
        ("", []),
    ],
)
def test_units(text, units):
    assert Text.of(text).units == tuple(units)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_units_of_ascii_text_are_the_plain_words(text):
    words = [word for word in re.findall("[A-Za-z']+", text.lower()) if word.strip("'")]
    if words:
        assert list(Text.of(text).units) == words


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("春眠不觉晓 (x)", "han"),
        ("Hello, 春", "latin"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "latin"),
        ("春眠 hi", "mixed"),
        ("привет", "other"),
        ("12 !?", "none"),
        ("", "none"),
    ],
)
def test_script(text, script):
    assert Text.of(text).script == script


def test_a_cut_character_at_the_end_is_dropped_before_anything_is_counted():
    text = Text.of("春眠\ufffd不觉\ufffd\ufffd")
    assert text.raw.endswith("\ufffd")
    assert text.text == "春眠\ufffd不觉"
    assert text.broken == 1
    assert text.units == tuple("春眠不觉")


def test_at_most_one_cut_character_is_dropped():
    assert Text.of("\ufffd" * 9).broken == 6  # three bytes are the most that a cut can leave


def test_lines_are_stripped_and_hold_something():
    assert Text.of(" a b \r\n\n  \nc\u2028d\n").lines == ("a b", "c", "d")


def test_coverage_is_the_share_of_visible_characters_in_units():
    assert Text.of("春眠不觉，").coverage == 4 / 5
    assert Text.of("").coverage == 0
    assert Text.of("it's so").coverage == 1


def test_window_is_the_first_128_units():
    assert Text.of("春" * 200).window == ("春",) * 128


def test_ids_are_kept_and_are_the_tokens():
    assert Text.of("a b", [7, 8]).ids == (7, 8)
    assert Text.of("a b", [7, 8]).tokens == (7, 8)
    assert Text.of("a b").tokens == ("a", "b")
    assert Text.of("a b", []).tokens == ()


def test_prompt_and_form_travel_with_the_text():
    text = Text.of("处处闻啼鸟。", prompt="春眠不觉晓，", form="wujue")
    assert (text.prompt, text.form) == ("春眠不觉晓，", "wujue")
    assert text.units == tuple("处处闻啼鸟")


def test_nothing_is_computed_twice():
    calls = []

    def make(text):
        calls.append(text.raw)
        return None

    text = Text.of("a b a b")
    assert text.once(make) is None
    assert text.once(make) is None
    assert calls == ["a b a b"]
    assert text.units is text.units
    assert text.distinct_ngrams(2) == 2
    assert text.ngrams(2) == 3


def test_texts_compare_by_what_they_say():
    text = Text.of("a", [1])
    assert text.units
    assert text == Text.of("a", [1])
    assert hash(text) == hash(Text.of("a", [1]))
    assert text != Text.of("a", [2])


def test_is_han():
    assert [c for c in "春𠮷々〇あa，1" if is_han(c)] == list("春𠮷々〇")


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=9), st.integers(1, 5))
def test_ngrams_agree_with_nltk(tokens, n):
    from nltk.util import ngrams as nltk_ngrams

    assert list(ngrams(tokens, n)) == list(nltk_ngrams(tokens, n))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_prepared_in_linear_time(name):
    started = time.process_time()
    text = Text.of(HOSTILE[name])
    assert text.script
    assert 0 <= text.coverage <= 1
    assert len(text.lines) <= len(text.text)
    assert len(text.units) <= 3 * len(text.text)
    assert time.process_time() - started < 10  # a quadratic pass would take hours


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_any_text_is_prepared(raw):
    text = Text.of(raw)
    assert 0 <= text.coverage <= 1
    assert text.script in {"han", "latin", "other", "mixed", "none"}
    assert all(unit == unit.strip() and unit for unit in text.units)
