"""How a text is written: exact values, what has none, and hostile length."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Text, select
from metrics.style import METRICS, cut_sentences


def score(name, text, prompt=""):
    (metric,) = select([name]).values()
    return metric.compute(Text.of(text, prompt=prompt))


def value(name, text, prompt=""):
    found = score(name, text, prompt)
    return found.value if found.value is None else pytest.approx(found.value)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("cjk_share", "春眠不觉晓, spring", 5 / 11),
        ("cjk_share", "春眠。12", 1.0),
        ("cjk_share", "ひらがな한국", 0.0),
        ("cjk_share", "々〇𠮷", 1.0),
        ("cjk_share", "12 !?", None),
        ("uppercase_share", "AbcD", 0.5),
        ("uppercase_share", "Ünïcode ß", 1 / 8),
        ("uppercase_share", "ΑΒγ", 2 / 3),
        ("uppercase_share", "春眠 12", None),
        ("punctuation_share", "a, b.", 0.5),
        ("punctuation_share", "春眠不觉晓，", 1 / 6),
        ("punctuation_share", "a + b = c", 0.0),
        ("punctuation_share", " \n", None),
        ("punctuation_share", "春\ufffd\ufffd", 0.0),  # the cut at the end is no character
        ("capitalised_sentences", "It was. it is! “So” what? 3 men. 春眠。", 2 / 3),
        ("capitalised_sentences", "one line\nTwo lines", 1 / 2),
        ("capitalised_sentences", "Version 3.14 is e.g. good", 1 / 2),  # an abbreviation
        ("capitalised_sentences", "春眠不觉晓。", None),
        ("capitalised_sentences", "...", None),
        ("sentence_length", "One two. Three four five six! seven", 3.0),
        ("sentence_length", "春眠不觉晓，处处闻啼鸟。夜来", 10.0),
        ("sentence_length", "a line\n\n  \nanother one here\n", 2.5),
        ("sentence_length", "never ended", None),
        ("sentence_length", "", None),
    ],
)
def test_values(name, text, wanted):
    assert value(name, text) == wanted


@pytest.mark.parametrize(
    ("prompt", "text", "capitals", "length"),
    [
        ("My trip was", " great. it rained. we left", 0.0, 2.0),  # "great" is the prompt's sentence
        ("My trip was", " great", None, None),
        ("It was late. ", "We slept. ", 1.0, 2.0),
        ("It was late.\n", "we slept.", 0.0, 2.0),
        ("", "We slept.", 1.0, 2.0),
    ],
)
def test_the_sentence_that_the_prompt_began_is_not_judged(prompt, text, capitals, length):
    assert value("capitalised_sentences", text, prompt) == capitals
    assert value("sentence_length", text, prompt) == length


def test_counts_and_coverage():
    found = score("sentence_length", "One two. Three four! five")
    assert (found.n, found.coverage) == (2, pytest.approx(2 / 3))
    assert score("uppercase_share", "Ab1").n == 2


@given(st.text(alphabet="aB .!?…。！\"”)\n\r'3"))
def test_nothing_but_ends_is_lost(text):
    pieces = [sentence for sentence, _ in cut_sentences(text)]
    kept = [c for sentence in pieces for c in sentence if c.isalnum()]
    assert kept == [c for c in text if c.isalnum()]
    assert not any("\n" in sentence or "。" in sentence for sentence in pieces)
    assert all(ended for _, ended in list(cut_sentences(text))[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "!" * 10**6 + "a",
        "!)" * 500_000 + "a",
        "." + '"' * 10**6 + "a",
        " " * 10**6,
        "。" * 10**6,
        "a\n" * 300_000,
        "A. b? " * 150_000,
        "\ud800." * 300_000,
    ],
)
def test_a_megabyte_takes_seconds(text):
    started = time.process_time()
    for metric in METRICS:
        found = metric.compute(Text.of(text))
        assert (found.value is None) == bool(found.reason)
    assert time.process_time() - started < 20  # a quadratic search would take hours
