"""Copies from the training texts: brute force agrees, in any script, at any length."""

import time

import numpy as np
import pytest
from chinese_poems import ARTICLE, CHUNWANG, GUANQUE
from hypothesis import given, settings
from hypothesis import strategies as st
from test_metrics_text import HOSTILE

from metrics import Text
from metrics.corpus import METRICS, TrainingCorpus, memorisation_metrics, reference
from metrics.corpus.scores import generated_lines, opening
from metrics.corpus.suffix_array import suffix_array
from metrics.text import units_of

POST = "So I went to the store. It was closed! Then my dog, who is old, ran off.\nTIFU by waiting."
WORDS = st.lists(st.sampled_from("ab"), max_size=30) | st.lists(st.sampled_from("abc"), max_size=30)


def scores(corpus, text, prompt=""):
    found = memorisation_metrics(corpus)
    return {m.name: m.compute(Text.of(text, prompt=prompt)) for m in found}


def values(training, text, prompt=""):
    return [one.value for one in scores(TrainingCorpus(training), text, prompt).values()]


def stands(run, texts):
    size = len(run)
    return any(run == text[i : i + size] for text in texts for i in range(len(text) - size + 1))


def brute_longest(units, texts):
    runs = ((i, j) for i in range(len(units)) for j in range(i + 1, len(units) + 1))
    return max((j - i for i, j in runs if stands(units[i:j], texts)), default=0)


# --- the index ---------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2), max_size=60) | st.lists(st.integers(0, 2**32 - 2), max_size=9))
def test_the_suffix_array_sorts_suffixes(numbers):
    found = suffix_array(np.array(numbers, np.uint32)).tolist()
    assert found == sorted(range(len(numbers)), key=lambda start: numbers[start:])


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=4), WORDS | st.lists(st.sampled_from("abcd"), max_size=40))
def test_every_lookup_is_brute_force(texts, units):
    corpus = TrainingCorpus([" ".join(text) for text in texts])
    longest = corpus.longest_run(units)
    assert len(longest) == brute_longest(units, texts)
    assert stands(list(longest), [units])
    assert corpus.has(units) == (not units or stands(units, texts))
    grams = [units[i : i + 4] for i in range(len(units) - 3)]
    share = sum(stands(gram, texts) for gram in grams) / len(grams) if grams else None
    assert corpus.overlap(units, 4) == share


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_long_runs_put_together_are_brute_force(pieces, data):
    """Texts made of what the corpus has: long best runs, so that long stretches are passed over."""
    corpus = [data.draw(st.sampled_from(pieces)) * 4 for _ in range(3)]
    units = [u for _ in range(3) for u in data.draw(st.sampled_from([*pieces, ["d"]])) * 3]
    found = TrainingCorpus([" ".join(text) for text in corpus]).longest_run(units)
    assert len(found) == brute_longest(units, corpus)


def test_nothing_runs_from_one_text_into_the_next():
    assert TrainingCorpus(["a b", "c d"]).longest_run(["a", "b", "c", "d"]) == ("a", "b")
    assert not TrainingCorpus(["a b", "c d"]).has(["b", "c"])


def test_the_first_of_equally_long_runs_is_returned():
    assert TrainingCorpus(["c d", "a b"]).longest_run(["a", "b", "x", "c", "d"]) == ("a", "b")


def test_a_corpus_without_units():
    for texts in ([], [""], ["!!!", "12"]):
        corpus = TrainingCorpus(texts)
        assert not corpus
        assert corpus.longest_run(["a"]) == ()
        assert not corpus.has(["a"])
        assert {one.value for one in scores(corpus, POST).values()} == {None}
        assert {one.reason for one in scores(corpus, POST).values()} == {
            "the training texts have no units"
        }


# --- the metrics -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "overlap", "longest", "lines"),
    [
        (POST, 1.0, 20, 1.0),
        (POST.upper().replace("!", " ;"), 1.0, 20, 1.0),  # case and punctuation are not looked at
        ("I went to the shop. It was closed!", 1 / 5, 4, 0.0),
        ("they say he went to the store it was odd", 3 / 7, 6, 0.0),
        ("It was closed.", None, 3, None),
        ("Store it. Was closed. Then my dog who is", 1.0, 9, 1.0),
        ("qq ww ee rr tt", 0.0, 0, 0.0),
        ("!!! 12", None, None, None),
        ("", None, None, None),
        ("我说 it was closed then", 1 / 3, 4, 0.0),
    ],
)
def test_english(text, overlap, longest, lines):
    assert values([POST], text) == [
        overlap if overlap is None else pytest.approx(overlap),
        longest,
        lines,
    ]


@pytest.mark.parametrize(
    ("text", "prompt", "overlap", "longest", "lines"),
    [
        ("黃河入海流。春山一路花。", "白日依山尽，", 2 / 7, 5, 0.5),  # 黃 is traditional
        ("山尽，黄河入海流。", "白日依", 1.0, 7, 1.0),  # the line begun by the prompt is the text's
        (CHUNWANG, "", 0.0, 3, 0.0),
        (ARTICLE, "", 0.0, 2, 0.0),
        ("山，黄，河", "", None, 2, None),
        ("My trip was", "", None, 0, None),
        ("", "白日依山尽，", None, None, None),
    ],
)
def test_chinese(text, prompt, overlap, longest, lines):
    found = values([GUANQUE, "三月山河在"], text, prompt)
    assert found[0] == (overlap if overlap is None else pytest.approx(overlap))
    if text not in (CHUNWANG, ARTICLE):
        assert found[1:] == [longest, lines]
    else:
        assert found[2] == lines
        assert found[1] < 4


def test_scores_say_what_they_rest_on():
    found = scores(TrainingCorpus([POST]), "It was closed! So I went to the shop. Then my dog")
    assert found["corpus_overlap_4"].n == 9
    assert found["longest_copy"].n == 12
    lines = found["copied_lines"]
    assert (lines.n, lines.coverage) == (1, pytest.approx(1 / 3))


def test_without_texts_there_is_a_reason():
    for metric in METRICS:
        assert metric.compute(Text.of(POST)).reason == "the state was not tuned in this run"
    for metric in memorisation_metrics(None, "why"):
        assert metric.compute(Text.of(POST)).reason == "why"


@pytest.mark.parametrize(
    ("prompt", "text", "lines"),
    [
        ("", "One two. Three", ["one two", "three"]),
        ("My trip", " was long. We", ["my trip was long", "we"]),
        ("It was.", " We left", ["we left"]),
        ("It was. We", " left", ["we left"]),
        ("It was. We", "", []),
        ("我", " 们 left", ["我 们 left"]),
        ("", "白日依山尽，黄河", ["白 日 依 山 尽", "黄 河"]),
        ("白日依", "山尽，黄河", ["白 日 依 山 尽", "黄 河"]),
        ("白日依山尽，", "黃河", ["黄 河"]),
    ],
)
def test_the_lines_that_were_generated(prompt, text, lines):
    found = generated_lines(Text.of(text, prompt=prompt))
    assert [" ".join(line) for line in found if line] == lines


# --- texts by people ---------------------------------------------------------------------------


@given(st.text(alphabet="ab' ，春眠'-", max_size=30), st.integers(0, 12))
def test_an_opening_has_so_many_whole_units(text, units):
    found = opening(text, units)
    assert text.startswith(found)
    assert units_of(found) == units_of(text)[:units]


def test_the_reference_is_the_mean_over_held_out_texts():
    corpus = TrainingCorpus([POST])
    assert reference(corpus, [POST, "qq ww ee rr tt"]) == {
        "corpus_overlap_4": 0.5,
        "longest_copy": 10,
        "copied_lines": 0.5,
    }
    assert reference(corpus, [POST, "it was"], units=3) == {"longest_copy": 2.5}
    assert reference(corpus, []) == {}
    assert reference(TrainingCorpus([]), [POST]) == {}


# --- hostile texts -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_makes_it_raise_or_hang(name):
    text = HOSTILE[name][:50_000]
    started = time.process_time()
    for training in ([text], [POST, GUANQUE]):
        corpus = TrainingCorpus(training)
        for metric in memorisation_metrics(corpus):
            score = metric.compute(Text.of(text))
            assert (score.value is None) == bool(score.reason)
            if training == [text] and score.value is not None:
                assert score.value in (1.0, float(score.n))
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("training", "text", "longest"),
    [
        ("a " * 100_000, "a " * 100_000, 100_000),
        ("a " * 50_000, "a " * 2000 + "b " + "a " * 1000, 2000),
        ("白" * 100_000, "白" * 30_000 + "日" + "白" * 40_000, 40_000),
        # All 4-grams are known, yet the long runs break in the middle.
        ("a " * 20_000 + "b " + "a " * 30, "a " * 15_000 + "b " + "a " * 15_000, 15_031),
        ("a line of verse\n" * 20_000, "a line of verse\n" * 20_001, 80_000),
    ],
)
def test_repetition_is_no_trap(training, text, longest):
    started = time.process_time()
    assert values([training], text)[1] == longest
    assert time.process_time() - started < 20
