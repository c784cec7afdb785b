import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.rep_matrix import rep_rates


def plain(tokens):
    rates = []
    for n in (1, 2, 3, 4):
        grams = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
        rates.append(1 - len(set(grams)) / len(grams) if grams else math.nan)
    return rates


def check(texts):
    expected = np.array([plain(text) for text in texts]).reshape(-1, 4)
    np.testing.assert_allclose(rep_rates(texts), expected, atol=1e-9, rtol=0)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), max_size=20), max_size=8))
def test_lists_of_any_lengths(texts):
    check(texts)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-(2**62), 2**62), max_size=8), max_size=8))
def test_ids_of_any_size(texts):
    check(texts)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_a_matrix(dtype):
    ids = np.random.default_rng(1).integers(0, 30, (700, 50)).astype(dtype)
    expected = [plain(row) for row in ids.tolist()]
    np.testing.assert_allclose(rep_rates(ids), expected, atol=1e-9, rtol=0)


def test_the_ends_of_the_code_range():
    check([[0, 65534, 65535, 65536, 0, 65534, 65535, 65536], [65535] * 9])
    check([[65534] * 9, [0] * 9, [65534, 0] * 9])


def test_more_different_tokens_than_16_bits_can_name():
    check([[*range(70_000), 5, 6, 7, 8], [1, 1, 1]])


def test_one_long_text_among_many_short_ones():
    draw = random.Random(2)
    texts = [draw.choices(range(50), k=draw.randrange(0, 30)) for _ in range(2000)]
    texts[7] = draw.choices(range(9), k=100_000)
    check(texts)


def test_no_texts_and_empty_texts():
    assert rep_rates([]).shape == (0, 4)
    assert np.isnan(rep_rates([[], []])).all()
    assert np.isnan(rep_rates(np.zeros((2, 0), np.int32))).all()
    np.testing.assert_array_equal(rep_rates([[5]]), [[0, math.nan, math.nan, math.nan]])


def test_agrees_with_the_metric():
    from metrics import Text, score_samples, select

    tokens = random.Random(3).choices(range(12), k=90)
    text = Text.of(" ".join("abcdefghijkl"[token] for token in tokens))
    scores = score_samples([text], select(["rep_1", "rep_2", "rep_3", "rep_4"])).samples[0]
    assert [score.value for score in scores.values()] == pytest.approx(rep_rates([tokens])[0])
