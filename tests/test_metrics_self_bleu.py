import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import Text, score_samples, select
from metrics.self_bleu import self_bleu

SAMPLES = st.lists(st.lists(st.sampled_from("abc"), max_size=9), min_size=2, max_size=5)


def by_nltk(texts, n):
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    return [
        sentence_bleu(
            [other for j, other in enumerate(texts) if j != i],
            text,
            weights=(1 / n,) * n,
            smoothing_function=SmoothingFunction().method1,
        )
        for i, text in enumerate(texts)
    ]


@settings(deadline=None)
@given(SAMPLES, st.integers(1, 5))
def test_agrees_with_nltk_on_small_texts(texts, n):
    assert self_bleu(texts, n) == pytest.approx(by_nltk(texts, n), abs=1e-9)


def test_agrees_with_nltk_on_texts_like_generated_ones():
    draw = random.Random(5)
    texts = [
        [f"w{min(int(draw.paretovariate(0.8)), 500)}" for _ in range(draw.randrange(20, 80))]
        for _ in range(30)
    ]
    assert self_bleu(texts) == pytest.approx(by_nltk(texts, 4), abs=1e-9)


def test_by_hand():
    # Both: 3 of 4 words, 2 of 3 pairs, 1 of 2 triples; no 4-gram: .1 / 1; equal lengths.
    expected = math.exp(sum(map(math.log, (3 / 4, 2 / 3, 1 / 2, 0.1))) / 4)
    assert self_bleu(["abcd", "abcx"]) == pytest.approx([expected, expected])


def test_equal_texts_score_1_and_foreign_texts_0():
    assert self_bleu(["abcde"] * 3) == pytest.approx([1, 1, 1])
    assert self_bleu(["abcd", "efgh"]) == [0, 0]


def test_one_text_has_nothing_to_be_compared_with():
    with pytest.raises(ValueError, match="at least two texts, got 1"):
        self_bleu(["abc"])


def score(*texts):
    return score_samples([Text.of(t) for t in texts], select(["self_bleu_4"])).set["self_bleu_4"]


def test_the_metric_leaves_short_texts_out_and_says_so():
    result = score("a b c d", "a b c d", "a b")
    assert result.value == pytest.approx(1)
    assert result.n == 2
    assert result.coverage == pytest.approx(2 / 3)
    assert score("a b c d", "a b").value is None
    assert score().value is None


def test_the_metric_reads_the_first_128_units():
    texts = ["a b c d " * 32 + tail for tail in ("x y z", "p q r")]
    assert score(*texts).value == pytest.approx(1)
