import itertools
import math
from collections import Counter

import pytest
import reference_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import Text, score_samples, select
from metrics.repetition import diversity, duplicate_lines, pooled_rep, rep_r, rep_w, seq_rep

TOKENS = st.lists(st.integers(0, 4), max_size=30)


def words(tokens):
    """A text whose units are the tokens."""
    return Text.of(" ".join("abcdefgh"[token] for token in tokens))


def score(name, *texts):
    return score_samples(texts, select([name])).case()[name]


# --- seq-rep-n ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "value", "count"),
    [
        ("a b a b a b", 1, 4 / 6, 6),
        ("a b a b a b", 2, 3 / 5, 5),  # ab ba ab ba ab
        ("a b a b a b", 4, 1 / 3, 3),
        ("a b c d", 4, 0.0, 1),
        ("春眠不觉，春眠", 2, 1 / 5, 5),
        ("A a, a!", 1, 2 / 3, 3),
    ],
)
def test_seq_rep(text, n, value, count):
    result = seq_rep(Text.of(text), n)
    assert result.value == pytest.approx(value, abs=1e-12)
    assert result.n == count


def test_a_text_shorter_than_n_has_no_value_and_says_why():
    result = seq_rep(Text.of("a b"), 4)
    assert result.value is None
    assert result.reason == "needs 4 units, has 2"


def test_seq_rep_is_the_mean_over_texts_and_leaves_out_what_has_no_value():
    result = score("seq_rep_4", words([0] * 8), words([0, 1, 2, 3]), words([0]))
    assert result.value == pytest.approx((4 / 5 + 0) / 2)
    assert result.n == 2
    assert result.coverage == pytest.approx(2 / 3)


def test_a_loop_of_one_word_lines_is_seen():
    assert seq_rep(Text.of("no\n" * 20), 4).value == pytest.approx(16 / 17)


@settings(deadline=None)
@given(TOKENS, st.integers(1, 4))
def test_seq_rep_agrees_with_the_definition_over_nltk_ngrams(tokens, n):
    from nltk.util import ngrams

    grams = list(ngrams(tokens, n))
    value = seq_rep(words(tokens), n).value
    if not grams:
        assert value is None
    else:
        assert value == pytest.approx(1 - len(set(grams)) / len(grams), abs=1e-12)


# --- pooled rep-n and diversity ----------------------------------------------------------------


def test_pooled_rep_puts_all_texts_in_one_fraction():
    texts = [words([0] * 9), words([0, 1])]  # bigrams: 8 with 1 distinct, 1 with 1 distinct
    result = pooled_rep(texts, 2)
    assert result.value == pytest.approx(1 - 2 / 9)
    assert result.n == 9
    assert result.coverage == 1
    assert score("seq_rep_2", *texts).value == pytest.approx((7 / 8 + 0) / 2)


def test_ngrams_never_run_from_one_text_into_the_next():
    assert pooled_rep([words([0, 1]), words([0, 1])], 2).value == 0
    assert pooled_rep([words([0]), words([1])], 2).value is None


def test_diversity_is_the_product_of_what_is_not_repeated():
    texts = [words([0, 1] * 5)]  # 9, 8, 7 n-grams, two distinct each
    result = diversity(texts)
    assert result.value == pytest.approx((2 / 9) * (2 / 8) * (2 / 7))
    assert result.n == 7
    assert diversity([words([0, 1, 2])]).value is None
    assert diversity([]).value is None


@settings(deadline=None)
@given(st.lists(TOKENS, min_size=1, max_size=5))
def test_pooled_rep_agrees_with_the_definition(samples):
    grams = [list(zip(tokens, tokens[1:], tokens[2:], strict=False)) for tokens in samples]
    total = sum(map(len, grams))
    value = pooled_rep([words(tokens) for tokens in samples], 3).value
    if not total:
        assert value is None
    else:
        assert value == pytest.approx(1 - sum(len(set(g)) for g in grams) / total, abs=1e-12)


# --- rep-w and rep-r ---------------------------------------------------------------------------


def test_rep_w_looks_back_w_tokens():
    assert rep_w([1, 2, 3, 1], 3) == 1 / 4
    assert rep_w([1, 2, 3, 1], 2) == 0
    assert rep_w([1, 1, 1, 1], 1) == 3 / 4
    assert rep_w([]) is None


def test_rep_w16_is_16_back_exactly():
    units = [*"abcdefghijklmnop", "a"]
    assert score("rep_w16", Text.of(" ".join(units))).value == pytest.approx(1 / 17)
    units.insert(1, "z")
    assert score("rep_w16", Text.of(" ".join(units))).value == 0


@settings(deadline=None)
@given(TOKENS, st.integers(1, 20))
def test_rep_w_agrees_with_the_definition(tokens, w):
    expected = [t in tokens[max(0, i - w) : i] for i, t in enumerate(tokens)]
    assert rep_w(tokens, w) == (sum(expected) / len(tokens) if tokens else None)


def test_rep_r_counts_tokens_inside_repeated_bigrams():
    assert rep_r([1, 2, 3, 1, 2, 4]) == 4 / 6
    assert rep_r([1, 1, 1]) == 1
    assert rep_r([1, 1]) == 0
    assert rep_r([1]) is None


@settings(deadline=None)
@given(TOKENS)
def test_rep_r_agrees_with_the_definition(tokens):
    bigrams = list(itertools.pairwise(tokens))
    often = {bigram for bigram, count in Counter(bigrams).items() if count > 1}
    inside = [
        any(bigrams[j] in often for j in (i - 1, i) if 0 <= j < len(bigrams))
        for i in range(len(tokens))
    ]
    assert rep_r(tokens) == (sum(inside) / len(tokens) if len(tokens) > 1 else None)


# --- repeated lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The sea!\nthe sea\nthe sky", 1 / 3),
        ("春眠不觉晓，春眠不觉晓。处处闻啼鸟\n春眠不觉晓", 2 / 4),
        ("O rose, O rose, O rose", None),  # one line: English lines do not end at a comma
        ("***\none\n***\ntwo", 0),
        ("", None),
    ],
)
def test_duplicate_lines(text, value):
    assert duplicate_lines(Text.of(text)).value == (None if value is None else pytest.approx(value))


# --- the bar: the repetition table tells the situations apart -----------------------------------

NAMES = ["seq_rep_1", "seq_rep_2", "seq_rep_3", "seq_rep_4", "diversity", "loop_share", "rep_r"]


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        # Human text, and the figures of docs/metrics.md for text gone wrong.
        ("english", {"seq_rep_4": 0.0, "diversity": 0.99, "loop_share": 0}),
        ("chinese", {"seq_rep_4": 0.0, "diversity": 0.99, "loop_share": 0}),
        (
            "english_loop",
            {
                "seq_rep_1": 0.734,
                "seq_rep_2": 0.701,
                "seq_rep_3": 0.698,
                "seq_rep_4": 0.696,
                "diversity": 0.027,
                "loop_share": 1,
            },
        ),
        (
            "chinese_loop",
            {
                "seq_rep_1": 0.750,
                "seq_rep_2": 0.740,
                "seq_rep_3": 0.738,
                "seq_rep_4": 0.736,
                "diversity": 0.018,
                "loop_share": 1,
            },
        ),
        # A loop that drifts is no exact loop: rep-4 sees it, the loop detector does not.
        (
            "drifting_loop",
            {
                "seq_rep_1": 0.664,
                "seq_rep_2": 0.567,
                "seq_rep_3": 0.508,
                "seq_rep_4": 0.448,
                "diversity": 0.118,
                "loop_share": 0,
            },
        ),
    ],
)
def test_loops_and_human_text_are_told_apart(situation, expected):
    text = Text.of(getattr(reference_texts, situation)())
    found = score_samples([text], select(NAMES)).case()
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value, abs=0.02), name


def test_no_human_text_comes_near_a_loop():
    human = [Text.of(reference_texts.english()), Text.of(reference_texts.chinese())]
    looped = [
        Text.of(make())
        for make in (
            reference_texts.english_loop,
            reference_texts.chinese_loop,
            reference_texts.drifting_loop,
        )
    ]
    for name in ("seq_rep_2", "seq_rep_3", "seq_rep_4", "rep_r", "rep_w16"):
        metric = select([name])
        worst = max(s[name].value for s in score_samples(human, metric).samples)
        best = min(s[name].value for s in score_samples(looped, metric).samples)
        assert worst + 0.3 < best, name
    assert min(diversity([text]).value for text in human) > 0.9
    assert max(diversity([text]).value for text in looped) < 0.2


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=40), st.integers(1, 4))
def test_values_are_shares(raw, n):
    text = Text.of(raw)
    scores = score_samples([text, text], select(["repetition"]))
    for name, result in {**scores.samples[0], **scores.set}.items():
        assert result.value is None or math.isfinite(result.value), name
        assert (result.value is None) == bool(result.reason), name
        assert result.coverage is None or 0 <= result.coverage <= 1, name
        if select([name])[name].unit == "share" and result.value is not None:
            assert 0 <= result.value <= 1 + 1e-12, name
