"""Words that the dictionary does not list: rules first, then the network's guess."""

import time

import pytest

from metrics.english import network, spelling
from metrics.english.lexicon import lookup
from metrics.english.network import guess
from metrics.english.phones import SYMBOLS, stresses
from metrics.english.spelling import LISTED, by_rule, compound


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        # archaic verbs
        ("growest", "G R OW1 AH0 S T"),
        ("gazeth", "G EY1 Z IH0 TH"),
        ("show'st", "SH OW1 S T"),
        ("mayst", "M EY1 S T"),
        # endings
        ("possess'd", "P AH0 Z EH1 S T"),
        ("untrimm'd", "AH0 N T R IH1 M D"),
        ("unfather'd", "AH0 N F AA1 DH ER0 D"),
        ("meetness", "M IY1 T N AH0 S"),
        ("swerving", "S W ER1 V IH0 NG"),
        ("wights", "W AY1 T S"),
        # sounded and swallowed vowels
        ("belovèd", "B IH0 L AH1 V IH0 D"),
        ("heav'n", "HH EH1 V N"),
        ("ev'ry", "EH1 V R IY0"),
        ("wand'ring", "W AA1 N D R IH0 NG"),
        ("flow'rs", "F L AW1 R Z"),
        ("th'expense", "DH IH0 K S P EH1 N S"),
        # British spelling
        ("colour", "K AH1 L ER0"),
        ("realise", "R IY1 AH0 L AY2 Z"),
        ("travelled", "T R AE1 V AH0 L D"),
        ("centre", "S EH1 N T ER0"),
        ("offence", "AH0 F EH1 N S"),
        ("theatres", "TH IY1 AH0 T ER0 Z"),
        # prefixes, listed words
        ("o'erlook", "AO2 R L UH1 K"),
        ("o'er", "AO1 R"),
        ("doth", "D AH1 TH"),
    ],
)
def test_rules(word, sounds):
    assert by_rule(word)[0] == tuple(sounds.split())


@pytest.mark.parametrize("word", ["", "a", "x", "qzx", "'", "''", "-", "bcdfg", "a" * 500])
def test_where_no_rule_applies(word):
    assert by_rule(word) == ()


def test_a_compound_keeps_both_its_words():
    assert [" ".join(one) for one in compound("candlestick")] == ["K AE1 N D AH0 L S T IH2 K"]
    assert compound("catdog") == compound("x") == compound("ab" * 50) == ()


def test_rules_find_again_what_is_hidden_from_the_dictionary(monkeypatch):
    """Regular forms of verse: the rules must say what the dictionary says."""
    words = ["wanted", "wishes", "loved", "lovely", "darkness", "unkind", "smiling", "griefs"]
    words += ["memories", "endless", "colors", "sharpest", "mournful", "nobly", "dying", "replied"]
    hit = 0
    for word in words:
        hidden = lookup(word)
        monkeypatch.setattr(
            spelling, "lookup", lambda key, word=word: () if key == word else lookup(key)
        )
        by_rule.cache_clear()
        hit += bool(set(by_rule(word)) & set(hidden))
    by_rule.cache_clear()
    assert hit >= 11


def test_no_rule_invents_sounds():
    words = ["growest", "candlestick", "un" * 18, "s'" * 19, "ing" * 13, "re" * 19 + "s", *LISTED]
    for word in words:
        for sounds in by_rule(word):
            assert set(sounds) <= set(SYMBOLS)


def test_long_words_of_many_endings_take_no_time():
    started = time.perf_counter()
    for word in ("un" * 20, "inging" * 6, "'" * 40, "esses" * 8, "phae" * 10, "overunder" * 4):
        by_rule(word)
    assert time.perf_counter() - started < 5


def test_the_network_runs_the_published_weights():
    # g2p_en 2.1.0 gives the same with its float32 weights.
    assert " ".join(guess("jollity")) == "JH AA1 L IY0 T IY0"
    assert " ".join(guess("activationist")) == "AE2 K T IH0 V EY1 SH AH0 N IH0 S T"


def test_guesses_agree_with_the_dictionary_on_common_words():
    words = ["mountain", "river", "forest", "window", "garden", "summer", "winter", "silver"]
    assert sum(guess(word) in lookup(word) for word in words) >= 6


@pytest.mark.parametrize("word", ["", "a", "naïve", "x" * 25, "don't", "a b", "\x00\x00"])
def test_what_the_network_is_not_asked(word):
    assert guess(word) == ()


@pytest.mark.parametrize("word", ["zzzzz", "bcdfghjk", "mmmmmmmmmmmmmmmmmmmmmmmm", "qq"])
def test_a_guess_has_a_stressed_vowel_or_is_none(word):
    sounds = guess(word)
    assert sounds == () or "1" in stresses(sounds)


def test_a_vowel_without_stress_gets_one():
    assert network._with_stress(["B", "AH0", "T"]) == ("B", "AH1", "T")
    assert network._with_stress(["B", "T"]) == ()
