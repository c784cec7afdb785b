"""Scansion: hand-worked lines, and a brute-force oracle for what is strict."""

from itertools import product

import pytest
from english_poems import POEMS, SONNETS
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.english.metre import METRES
from metrics.english.scansion import scan
from metrics.english.stress import (
    ARTICLES,
    PROCLITICS,
    count_spelled,
    elided,
    fewest_and_most,
    spelled_as,
    spoken,
    syllables_spelled,
)
from metrics.english.words import read_lines

PENTAMETER = METRES["iambic_pentameter"].of_line(0)
LINES = [line for sonnet in SONNETS.values() for line in sonnet.splitlines()]
VOCABULARY = sorted({word.text for line in read_lines(LINES) for word in line})


def words(line):
    return read_lines([line])[0]


def pentameter(line):
    return scan(words(line), PENTAMETER)


@pytest.mark.parametrize(
    ("line", "strict", "loose"),
    [
        ("Shall I compare thee to a summer's day?", True, True),
        ("And summer's lease hath all too short a date:", True, True),
        ("A woman's face with nature's own hand painted", True, True),  # weak eleventh syllable
        ("Making a famine where abundance lies,", False, True),  # first foot turned
        ("Sometime too hot the eye of heaven shines", False, False),  # sometime is SOMEtime
        ("With virtuous wish would bear your living flowers,", False, True),  # elision
        ("I wandered lonely as a cloud", False, False),  # eight syllables
        ("To be, or not to be, that is the question", True, True),
        ("Of compare thee the day a short and I", False, False),
    ],
)
def test_worked_by_hand(line, strict, loose):
    got = pentameter(line)
    assert (got.strict, got.loose) == (strict, loose)


def test_places_and_faults():
    got = pentameter("Shall I compare thee to a summer's day?")
    assert "".join(s.place or "-" for s in got.syllables) == "wswswswsws"
    assert (got.faults, got.missing, got.fit) == (0, 0, 1.0)
    short = pentameter("I wandered lonely as a cloud")
    assert (short.faults, short.missing) == (2, 2)
    assert short.fit == pytest.approx(0.8)
    long = pentameter("Shall I compare thee to a summer's day in June")
    assert long.faults == 1  # eleven places are allowed, the twelfth syllable is one too many
    assert [s.place for s in long.syllables].count(None) == 1


def test_an_article_in_a_strong_place_is_a_fault():
    assert pentameter("To make the best of all the world to come").strict
    assert not pentameter("Make the best part of all the world to come").strict


def test_a_line_ends_on_no_proclitic():
    assert pentameter("And all the world is but a thing to see").strict
    assert not pentameter("And all the world is but a thing to of").strict


@pytest.mark.parametrize(
    ("poem", "metre"),
    [
        ("anapaests", "anapaestic_tetrameter"),
        ("trochees", "trochaic_tetrameter"),
        ("common metre", "common_metre"),
        ("ballad", "common_metre"),
        ("tetrameter", "iambic_tetrameter"),
        ("limerick", "limerick"),
    ],
)
def test_each_metre_fits_its_poem_best(poem, metre):
    lines = [found for found in read_lines(POEMS[poem].splitlines()) if found]

    def loose(name):
        scans = [scan(line, METRES[name].of_line(i)) for i, line in enumerate(lines)]
        return sum(one.loose for one in scans) / len(scans)

    assert loose(metre) >= 0.75
    assert all(loose(name) <= loose(metre) for name in METRES)


def brute_force_strict(line):
    """Try every way to say a line: strict pentameter by the words of the rule."""
    places = "wswswswswsw"
    choices = [spoken(word.key, word.sounds) for word in line]
    for says in product(*choices):
        if sum(map(len, says)) not in (10, 11):
            continue
        at, good = 0, True
        for number, (word, stress) in enumerate(zip(line, says, strict=True)):
            own = places[at : at + len(stress)]
            at += len(stress)
            if len(stress) == 1:
                bound = PROCLITICS if number == len(line) - 1 else ARTICLES
                good &= not (word.key in bound and own == "s")
                continue
            for i, mark in enumerate(stress):
                beside = "1" in (stress[i - 1] if i else "") + stress[i + 1 : i + 2]
                good &= not (mark == "1" and own[i] == "w")
                good &= not (mark == "0" and beside and own[i] == "s")
        if good:
            return True
    return False


@pytest.mark.parametrize("line", LINES)
def test_strict_agrees_with_brute_force_on_sonnets(line):
    assert pentameter(line).strict == brute_force_strict(words(line))


@settings(deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=10))
def test_scansion_of_any_words(chosen):
    line = words(" ".join(chosen))
    for metre in METRES.values():
        got = scan(line, metre.of_line(0))
        assert 0 <= got.fit <= 1
        assert got.loose or not got.strict
        assert got.loose == (got.known and got.faults == 0)
        assert [s.word for s in got.syllables] == sorted(s.word for s in got.syllables)
    assert scan(line, PENTAMETER).strict == brute_force_strict(line)


def test_a_line_without_words_and_one_unknown():
    assert scan((), PENTAMETER).fit == 0.0
    assert not scan((), PENTAMETER).strict
    unknown = scan(words("Shall I compare 他 to a summer's day"), PENTAMETER)
    assert (unknown.known, unknown.strict, unknown.loose) == (False, False, False)


@pytest.mark.parametrize(
    ("word", "shorter"),
    [("heaven", "1"), ("being", "1"), ("flower", "1"), ("virtuous", "10"), ("flattery", "10")],
)
def test_elision(word, shorter):
    assert shorter in elided(words(word)[0].sounds)


def test_nothing_to_elide():
    assert elided(words("love")[0].sounds) == ()
    assert elided(words("window")[0].sounds) == ()


@pytest.mark.parametrize(
    ("word", "parts"),
    [("summer", 2), ("love", 1), ("famine", 2), ("creature", 2), ("wanted", 2), ("rhythm", 1)],
)
def test_syllables_by_spelling(word, parts):
    assert count_spelled(word) == parts
    assert "".join(syllables_spelled(word)) == word


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(1, 8))
def test_a_spelling_is_cut_into_as_many_parts_as_asked(word, parts):
    cut = spelled_as(word, parts)
    assert len(cut) == parts
    assert "".join(cut) == word
    assert count_spelled(word) >= 1


def test_fewest_and_most_syllables():
    line = [(word.key, word.sounds) for word in words("every fire")]
    assert fewest_and_most(line) == (3, 5)
