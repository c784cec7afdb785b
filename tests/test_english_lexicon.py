"""The packed dictionary: what is in it, and that bisection finds all of it."""

import random

import pytest

from metrics.english import lexicon
from metrics.english.build.make_lexicon import packed
from metrics.english.lexicon import lookup
from metrics.english.phones import (
    SYMBOLS,
    bare,
    onset_before,
    pack,
    stressed_vowel,
    stresses,
    unpack,
)


def every_line():
    return lexicon._blob().decode("ascii").strip("\n").split("\n")


def test_words_in_the_order_that_bisection_needs():
    lines = every_line()
    assert len(lines) == 126_052
    assert lines == sorted(lines)


def test_every_100th_word_and_both_ends_are_found():
    lines = every_line()
    for line in [*lines[::100], lines[0], lines[-1]]:
        word, sounds = line.split("\t")
        assert lookup(word) == tuple(unpack(code) for code in sounds.split(" "))


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("love", ["L AH1 V"]),
        ("wind", ["W AY1 N D", "W IH1 N D"]),
        ("don't", ["D OW1 N T", "D OW1 N"]),
        ("majesty", ["M AE1 JH AH0 S T IY0"]),
    ],
)
def test_known_words(word, sounds):
    assert [" ".join(one) for one in lookup(word)] == sounds


@pytest.mark.parametrize(
    "word", ["", " ", "\t", "\n", "love\t", "\nlove", "zzzzzz", "LOVE", "é", "\x00", "~", "!"]
)
def test_what_is_no_word_is_not_found(word):
    assert lookup(word) == ()


def test_lookup_agrees_with_a_table_of_all_words():
    table = dict(line.split("\t") for line in every_line())
    draw = random.Random(3)
    words = draw.sample(sorted(table), 300)
    for word in words + [word[:-1] for word in words] + [word + "q" for word in words]:
        expected = table.get(word)
        assert lookup(word) == (
            tuple(unpack(code) for code in expected.split(" ")) if expected else ()
        )


def test_the_builder_reads_comments_and_further_pronunciations():
    source = "wind W AY1 N D\nwind(2) W IH1 N D # place, x\nwind(3) W IH1 N D\na AH0\n"
    data = packed(source)
    a, wind = data.decode().splitlines()
    assert a.startswith("a\t")
    assert [unpack(code) for code in wind.split("\t")[1].split(" ")] == [
        ("W", "AY1", "N", "D"),
        ("W", "IH1", "N", "D"),
    ]


def test_packing_is_reversible_and_one_character_a_sound():
    assert unpack(pack(SYMBOLS)) == SYMBOLS
    assert len(pack(SYMBOLS)) == len(set(pack(SYMBOLS))) == 69


@pytest.mark.parametrize(
    ("sounds", "onset"),
    [
        ("AH0 D R EH1 S", "D R"),
        ("OW1 N L IY0", ""),
        ("IH0 N K R IY1 S", "K R"),
        ("S IH1 NG ER0", "S"),
        ("S T R IY1 T", "S T R"),
    ],
)
def test_onset_of_the_stressed_syllable(sounds, onset):
    sounds = tuple(sounds.split())
    assert onset_before(sounds, stressed_vowel(sounds)) == tuple(onset.split())


def test_the_velar_nasal_opens_no_syllable():
    sounds = ("S", "IH1", "NG", "ER0")
    assert onset_before(sounds, 3) == ()
    assert stresses(sounds) == "10"
    assert bare(sounds) == ("S", "IH", "NG", "ER")
    assert stressed_vowel(("S", "T")) is None
