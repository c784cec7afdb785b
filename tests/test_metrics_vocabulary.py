import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import Text, score_samples, select
from metrics.vocabulary import distinct, mtld, ttr, zipf

TOKENS = st.lists(st.integers(0, 4), max_size=30)


def words(tokens):
    return Text.of(" ".join("abcdefgh"[token] for token in tokens))


# --- distinct-n --------------------------------------------------------------------------------


def test_distinct_counts_different_ngrams_over_the_whole_set():
    texts = [words([0, 1, 2]), words([0, 1, 3])]  # ab bc ab bd
    result = distinct(texts, 2)
    assert (result.value, result.n, result.coverage) == (3 / 4, 4, 1)


def test_distinct_reads_the_first_128_units_of_each_text():
    assert distinct([words([0] * 500)], 1).n == 128
    assert distinct([words([0])], 2).value is None
    assert distinct([], 1).value is None


@settings(deadline=None)
@given(st.lists(TOKENS, max_size=5), st.integers(1, 4))
def test_distinct_agrees_with_the_definition_over_nltk_ngrams(samples, n):
    from nltk.util import ngrams

    grams = [gram for tokens in samples for gram in ngrams(tokens, n)]
    value = distinct([words(tokens) for tokens in samples], n).value
    assert value == (len(set(grams)) / len(grams) if grams else None)


# --- TTR and MTLD ------------------------------------------------------------------------------


def test_ttr():
    assert ttr(Text.of("a rose is a rose")).value == 3 / 5
    assert ttr(words([0, 1] * 100)).n == 128
    assert ttr(Text.of("")).value is None


def test_mtld_by_hand():
    # Forwards: a b a (2/3) | c d c (2/3) | e: nothing begun that repeats. 2 factors of 7 tokens.
    # Backwards: e c d c (3/4), a (4/5), b (5/6), a (5/7 = .714): 1 factor.
    assert mtld("abacdce") == pytest.approx((7 / 2 + 7 / 1) / 2)


def test_mtld_counts_the_part_of_a_factor_at_the_end():
    # a a (1/2) | a a | b c b c: 2/3 after the third | c: one token, TTR 1, no part.
    # Backwards: c b c (2/3) | b a a (2/3) | a a (1/2).
    assert mtld("aaaabcbc") == pytest.approx((8 / 3 + 8 / 3) / 2)
    # a a | b c d b: 3/4 at the end, so (1 - .75) / .28 of a factor.
    forwards = 6 / (1 + 0.25 / 0.28)
    # Backwards b d c b (3/4) a (4/5) a (4/6): 1 factor.
    assert mtld("aabcdb") == pytest.approx((forwards + 6) / 2)


def test_mtld_falls_to_exactly_72_hundredths():
    tokens = [*range(18), *range(7)]  # 18 types in 25 tokens
    assert mtld(tokens) == pytest.approx(25)
    assert mtld(tokens[:-1]) is None


def test_mtld_has_no_value_where_the_ttr_stays_high():
    assert mtld([]) is None
    assert mtld("abcdefg") is None
    result = score_samples([Text.of("春眠不觉晓")], select(["mtld"])).samples[0]["mtld"]
    assert result.value is None
    assert "5 units" in result.reason


# --- Zipf --------------------------------------------------------------------------------------


def test_zipf_of_a_perfect_curve_is_its_exponent():
    assert zipf([round(1e9 / rank) for rank in range(1, 200)]) == pytest.approx(1, abs=1e-6)
    assert zipf([5, 5, 5]) == 0
    assert zipf([7]) is None
    assert zipf([]) is None


@settings(deadline=None)
@given(st.lists(st.integers(1, 999), min_size=2, max_size=50))
def test_zipf_agrees_with_least_squares(counts):
    ordered = np.sort(counts)[::-1]
    slope = np.polyfit(np.log(np.arange(1, len(counts) + 1)), np.log(ordered), 1)[0]
    assert zipf(counts) == pytest.approx(-slope, abs=1e-9)


def test_zipf_reads_the_5000_most_frequent():
    counts = [round(1e6 / rank) for rank in range(1, 6000)]
    assert zipf(counts) == zipf(counts[:5000])


def test_zipf_of_texts():
    result = score_samples([Text.of("a a b"), Text.of("a a b")], select(["zipf"])).set["zipf"]
    assert result.value == pytest.approx(math.log(2) / math.log(2))
    assert result.n == 2
    assert score_samples([], select(["zipf"])).set["zipf"].value is None
