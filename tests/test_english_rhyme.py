"""Rhyme classes of pairs worked out by hand, and what holds for all pairs."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.english import lexicon
from metrics.english.phones import Sounds
from metrics.english.rhyme import CLASSES, FULL, SLANT, rhyme_class
from metrics.english.words import Word, read_lines


def word(text):
    return read_lines([text])[0][-1]


def spoken(key: str, *sounds: str) -> Word:
    made: tuple[Sounds, ...] = tuple(tuple(one.split()) for one in sounds)
    return Word(key, 0, key, made, "dictionary")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("love", "love", "identity"),
        ("Love", "love", "identity"),
        ("night", "knight", "rich"),
        ("leave", "believe", "rich"),
        ("address", "dress", "rich"),
        ("day", "May", "perfect"),
        ("press", "dress", "perfect"),  # whole onsets differ, though R is common
        ("wind", "find", "perfect"),
        ("wind", "sinned", "perfect"),
        ("ending", "bending", "perfect"),
        ("tired", "expired", "perfect"),  # the dictionary has ER in one and R in the other
        ("power", "hour", "perfect"),
        ("viewest", "renewest", "perfect"),
        ("compare", "fair", "perfect"),
        ("see", "majesty", "promoted"),
        ("husbandry", "posterity", "promoted"),
        ("die", "memory", "promoted"),
        ("content", "ornament", "promoted"),
        ("spring", "niggarding", "promoted"),
        ("mud", "rug", "family"),
        ("open", "broken", "family"),
        ("free", "speed", "additive"),
        ("life", "time", "assonance"),
        ("love", "prove", "consonance"),
        ("eye", "be", "none"),  # a monosyllable is never promoted
        ("spinning", "dancing", "none"),  # a weak end after a stressed syllable is none to rhyme on
        ("cat", "moon", "none"),
        ("他", "love", "unknown"),
        ("他", "她", "unknown"),
        ("他", "他", "identity"),
    ],
)
def test_worked_by_hand(a, b, expected):
    assert rhyme_class(word(a), word(b)) == expected


def test_the_best_pair_of_pronunciations_counts():
    read = spoken("read", "R EH1 D", "R IY1 D")
    assert rhyme_class(read, spoken("bed", "B EH1 D")) == "perfect"
    assert rhyme_class(read, spoken("need", "N IY1 D")) == "perfect"


def test_a_word_without_vowel_is_unknown():
    assert rhyme_class(spoken("th'", "DH"), word("love")) == "unknown"


def test_weak_vowels_are_levelled_after_the_stress_only():
    assert rhyme_class(spoken("x", "S AE1 T IH0 D"), spoken("y", "M AE1 T AH0 D")) == "perfect"
    assert rhyme_class(spoken("x", "S IH1 T"), spoken("y", "M AH1 T")) != "perfect"


def test_classes_are_named_once_and_sorted_by_strength():
    assert len(set(CLASSES)) == len(CLASSES) == 10
    assert {"rich", "perfect", "promoted"} == FULL
    assert {"family", "additive", "assonance", "consonance"} == SLANT


WORDS = random.Random(5).sample(lexicon._blob().decode("ascii").split("\n"), 400)
KEYS = sorted(line.split("\t")[0] for line in WORDS if line)


@settings(deadline=None)
@given(st.sampled_from(KEYS), st.sampled_from(KEYS))
def test_symmetric(a, b):
    first = Word(a, 0, a, lexicon.lookup(a), "dictionary")
    second = Word(b, 0, b, lexicon.lookup(b), "dictionary")
    assert rhyme_class(first, second) == rhyme_class(second, first)
    assert (rhyme_class(first, second) == "identity") == (a.strip("'") == b.strip("'"))


@settings(deadline=None)
@given(st.sampled_from(KEYS))
def test_a_word_rhymes_richly_with_its_homophone(key):
    sounds = lexicon.lookup(key)
    homophone = Word("q" + key, 0, "q" + key, sounds, "dictionary")
    assert rhyme_class(Word(key, 0, key, sounds, "dictionary"), homophone) == "rich"
