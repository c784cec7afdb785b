"""Memorisation: brute force agrees, and hostile input stays fast."""

from __future__ import annotations

import time

import pytest
from chinese_poems import ARTICLE, CHUNWANG, GUANQUE
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.chinese.copying import copying_metrics
from metrics.chinese.form import cut_lines
from metrics.chinese.memorisation import (
    TrainingText,
    generated_lines,
    is_tang_line,
    normalised,
)
from metrics.text import Text

LETTERS = st.text("白日依山", max_size=30)


def brute(text: str, training: list[str]) -> int:
    found = 0
    for i in range(len(text)):
        for j in range(i + 4, len(text) + 1):
            if any(text[i:j] in other for other in training):
                found = max(found, j - i)
    return found


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.lists(LETTERS, max_size=4))
def test_longest_overlap_is_brute_force(text, training):
    found = TrainingText(training).longest_overlap(text)
    assert len(found) == brute(text, training)
    assert not found or (found in text and any(found in other for other in training))


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


def test_metrics_against_training_texts():
    longest, lines = copying_metrics(TrainingText([GUANQUE, "曾解风光"]))
    copied = Text.of("黃河入海流。春山一路花。", prompt="白日依山尽，")
    assert longest.compute(copied).value == 5
    assert lines.compute(copied).value == 0.5
    assert longest.compute(Text.of(CHUNWANG)).value == 0
    assert longest.compute(Text.of(ARTICLE)).value == 4  # traditional against simplified
    assert longest.compute(Text.of("My trip")).value is None


def test_empty_training_text():
    assert TrainingText([]).longest_overlap(GUANQUE) == ""
    assert TrainingText(["白"]).longest_overlap("") == ""
    assert not TrainingText([]).has_line("白日依山尽")


@pytest.mark.parametrize(
    "text", ["\ud83d白日依山" * 50, "\x00" * 10_000, "a" * 100_000, "😀" * 999]
)
def test_hostile_text(text):
    training = TrainingText([text, GUANQUE])
    training.longest_overlap(text)
    normalised(text)


def test_one_character_repeated_is_no_trap():
    training = TrainingText(["白" * 50_000])
    start = time.perf_counter()
    assert len(training.longest_overlap("白" * 1000 + "日" + "白" * 500)) == 1000
    assert time.perf_counter() - start < 20
