"""No text makes the English judge raise or hang; time grows no faster than n log n."""

import random
import time

import pytest
from english_poems import SONNETS
from hostile_texts import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import Text
from metrics.english import FORMS, METRICS, judge
from metrics.english.drawing import html, plain

draw = random.Random(9)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MEGABYTE = 1_000_000
LARGE = {
    "one line": "a" * MEGABYTE,
    "one line of words": "love " * (MEGABYTE // 5),
    "apostrophes": "'" * MEGABYTE,
    "quoted lines": ('"' * 200 + "\n") * (MEGABYTE // 201),
    "dots": (". . ." * 40 + "\n") * (MEGABYTE // 201),
    "hyphens": ("a-" * 100 + "\n") * (MEGABYTE // 201),
    "a letter a line": "a\n" * (MEGABYTE // 2),
    "unlisted words": "\n".join(
        " ".join("".join(draw.choices(LETTERS, k=9)) for _ in range(8)) for _ in range(2_500)
    ),
    "one rhyme": "the day\nthe way\n" * (MEGABYTE // 16),
    "blank lines": "\n" * MEGABYTE,
    "emoji": "😀 love\n" * (MEGABYTE // 10),
    "accents": "e" + "\u0301" * MEGABYTE,
    "endings": ("uningingings'd'st'll" * 2 + "\n") * (MEGABYTE // 41),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_megabyte_takes_seconds(name):
    judge(SONNETS[1])  # nltk and the tables are loaded
    started = time.process_time()
    text = Text.of(LARGE[name])
    for metric in METRICS:
        score = metric.compute(text)
        assert (score.value is None) == bool(score.reason)
    assert time.process_time() - started < 15


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", [None, "sonnet", "haiku", "qijue"])
def test_hostile_text_gets_a_score_or_a_reason(name, form):
    for body in (HOSTILE[name], f"{HOSTILE[name]}\nlove\n{HOSTILE[name]}"):
        for metric in METRICS:
            score = metric.compute(Text.of(body, form=form, prompt=HOSTILE[name]))
            assert (score.value is None) == bool(score.reason)
            assert score.value is None or score.coverage is None or 0 <= score.coverage <= 1


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([None, *FORMS]))
def test_any_text_is_judged_and_drawn(text, form):
    verdict = judge(text, form)
    assert plain(verdict)
    assert html(verdict)
    for line in verdict.lines:
        assert "".join(syllable.text for syllable in line.syllables) == line.text


@settings(deadline=None)
@given(st.lists(st.text("ab 'd-e,\u2019é\n", max_size=30), max_size=8))
def test_text_like_verse_is_judged_and_drawn(lines):
    verdict = judge("\n".join(lines))
    assert len(verdict.scheme) == len(verdict.lines)
    assert plain(verdict).isprintable() or "\n" in plain(verdict)
