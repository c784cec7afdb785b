"""Rhyme schemes: found letters, and F1 of line pairs against a wanted scheme."""

from itertools import combinations

import pytest
from english_poems import POEMS, SONNETS
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.english.forms import FORMS, KINDS, forms_called, spread
from metrics.english.rhyme import FULL
from metrics.english.scheme import WINDOW, classes, letters, links, score
from metrics.english.words import read_lines

RHYMES = {"A": "day May say", "B": "love dove glove", "C": "tree free knee", "D": "stone bone moan"}
SCHEMES = [scheme for form in FORMS.values() for scheme in form.schemes]


def ends_of(text):
    return [line[-1] if line else None for line in read_lines(text.splitlines())]


def poem_of(scheme):
    """Line ends that rhyme by the scheme: made-up words with one rhyme part a letter."""
    parts = ["ay", "eem", "oan", "ack", "ide", "oot", "elt", "orm", "ump", "atch"]
    onsets = ["b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t"]
    names = sorted(set(scheme) - {"x"})
    lone = iter(["month", "silver", "depth", "wolf", "ninth", "film", "bulb", "sixth", "angst"])
    return [
        next(lone) if letter == "x" else onsets[i] + parts[names.index(letter)]
        for i, letter in enumerate(scheme)
    ]


def found(text):
    ends = ends_of(text)
    return letters(ends, links(ends))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("day love May dove", "ABAB"),
        ("day May love dove", "AABB"),
        ("day love dove May", "ABBA"),
        ("month day wolf May", "xAxA"),
        ("day day day", "AAA"),
        ("day 他 May", "A?A"),
        ("month", "x"),
        ("love prove", "xx"),  # a slant rhyme makes no scheme
        ("wind find sinned", "AAA"),  # one word, two sounds, joins two rhymes
    ],
)
def test_letters(words, expected):
    assert found(words.replace(" ", "\n")) == expected


def test_no_rhyme_beyond_the_window_or_across_a_break():
    far = ["day", *["month", "wolf", "film", "bulb"], "May"]
    assert found("\n".join(far)) == "xxxxxx"
    assert found("\n".join(far[:1] + far[2:])) == "AxxxA"
    ends = ends_of("day\nMay\nsay\nbay")
    assert letters(ends, links(ends, breaks=(2,))) == "AABB"
    assert all(link.second - link.first <= WINDOW for link in links(ends_of("day\n" * 30)))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_poem_made_by_a_scheme_keeps_it(scheme):
    ends = ends_of("\n".join(poem_of(scheme)))
    groups = links(ends)
    assert score(ends, groups, scheme, len(scheme)).f1 == 1.0


def test_f1_counts_pairs():
    ends = ends_of("day\nlove\nMay\nstone")  # ABAB wanted: one pair kept, one broken
    one = score(ends, links(ends), "ABAB", 4)
    assert (one.kept, one.broken, one.stray) == (((0, 2),), ((1, 3),), ())
    assert one.f1 == pytest.approx(2 / 3)
    four = ends_of("day\nMay\nsay\nbay")
    all_one = score(four, links(four), "ABAB", 4)
    assert (len(all_one.kept), len(all_one.stray)) == (2, 4)
    assert all_one.f1 == pytest.approx(2 * 2 / (2 * 2 + 4))


def test_a_repeated_word_is_no_rhyme():
    ends = ends_of("day\nlove\nday\nlove")
    got = score(ends, links(ends), "ABAB", 4)
    assert got.repeated == ((0, 2), (1, 3))
    assert got.f1 == 0.0


def test_an_unknown_end_takes_no_part():
    ends = ends_of("day\n他\nMay\nlove")
    got = score(ends, links(ends), "ABAB", 4)
    assert (got.kept, got.broken, got.f1) == (((0, 2),), (), 1.0)


def test_nothing_wanted_gives_none():
    ends = ends_of("day\nMay")
    assert score(ends, links(ends), "xx", 2).f1 is None
    assert score([], (), "", 2).f1 is None


@settings(deadline=None)
@given(st.lists(st.sampled_from([w for ws in RHYMES.values() for w in ws.split()]), max_size=12))
def test_classes_are_the_components_of_the_links(words):
    ends = ends_of("\n".join(words))
    got = links(ends)
    groups = classes(ends, got)
    # Brute force: spread labels along links until nothing changes.
    labels = list(range(len(ends)))
    changed = True
    while changed:
        changed = False
        for link in got:
            low = min(labels[link.first], labels[link.second])
            joined = link.kind in FULL or link.kind == "identity"
            if joined and (labels[link.first], labels[link.second]) != (low, low):
                labels[link.first] = labels[link.second] = low
                changed = True
    for i, j in combinations(range(len(ends)), 2):
        assert (groups[i] == groups[j]) == (labels[i] == labels[j])


@settings(deadline=None)
@given(st.sampled_from([*SONNETS.values(), *POEMS.values()]), st.booleans())
def test_case_does_not_matter(poem, upper):
    assert found(poem.upper() if upper else poem.lower()) == found(poem)


def test_spread_gives_each_stanza_new_letters():
    assert spread("ABAB", 2) == "ABABCDCD"
    assert spread("xAxA", 2) == "xAxAxBxB"
    assert spread("AA", 7) == "AABBCCDDEEFFGG"
    assert len(spread("ABAB", 100)) == 400


def test_forms_by_name():
    assert [form.name for form in forms_called("sonnet")] == list(KINDS["sonnet"])
    assert forms_called("haiku")[0].stanza == 3
    with pytest.raises(ValueError, match="did you mean haiku"):
        forms_called("haikku")
    with pytest.raises(ValueError, match="one of couplets, quatrain"):
        forms_called("qijue")
    for form in FORMS.values():
        assert all(len(scheme) == form.stanza for scheme in form.schemes)
