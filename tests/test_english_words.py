"""Words of a line: where they stand, and how their sounds are known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.english.words import LONGEST_LINE, MOST_GUESSES, normal, read_lines


def words(line):
    return [word.text for word in read_lines([line])[0]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Don't say 'tis o'er, cannot", ["Don't", "say", "'tis", "o'er", "cannot"]),
        ("the world's due—and I'll", ["the", "world's", "due", "and", "I'll"]),
        ("self-substantial x-ray", ["self", "substantial", "x-ray"]),
        ("He said, \"Love.\" Then: 'No.'", ["He", "said", "Love", "Then", "'No"]),
        ("th' expense, th'expense", ["th'", "expense", "th'expense"]),
        ("3 cats & 4.5 dogs @ home", ["cats", "dogs", "home"]),
        ("<b>bold</b>", ["b", "bold", "b"]),
        ("café naïve belovèd", ["café", "naïve", "belovèd"]),
        ("thing’s ‘quoted’", ["thing’s", "‘quoted’"]),
        ("", []),
        ("*** 123 ...", []),
    ],
)
def test_cutting(line, expected):
    assert words(line) == expected


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("love", "dictionary"),
        ("Love", "dictionary"),
        ("'bout", "dictionary"),
        ("café", "dictionary"),
        ("growest", "rule"),
        ("doth", "rule"),
        ("rondure", "guess"),
        ("他", "unknown"),
    ],
)
def test_source(word, source):
    assert read_lines([word])[0][0].source == source


def test_normal_form():
    assert normal("O’er") == "o'er"
    assert normal("Belovèd") == normal("Belove\u0300d") == "belovèd"
    assert normal("Café") == "cafe"
    assert normal("ﬁre") == "fire"


def test_a_line_too_long_for_verse_is_left_unread():
    assert read_lines(["word " * 60, "word"])[0] == ()
    assert len(read_lines(["a " * (LONGEST_LINE // 2)])[0]) == LONGEST_LINE // 2


def test_guesses_are_limited():
    lines = ["q" + "".join("bdfgz"[(i // 5**k) % 5] for k in range(4)) for i in range(300)]
    sources = [word.source for line in read_lines(lines) for word in line]
    assert sources.count("guess") <= MOST_GUESSES
    assert "unknown" in sources


def test_many_lines_are_cut_as_one_by_one():
    lines = ["Don't go, \"my\" love's", "", "o'er th' hill -- and", "'quoted' line."] * 60
    assert read_lines(lines) == tuple(read_lines([line])[0] for line in lines)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_each_word_stands_where_it_says(lines):
    for line, found in zip(lines, read_lines(lines), strict=True):
        at = 0
        for word in found:
            assert line[word.start : word.start + len(word.text)] == word.text
            assert word.start >= at
            at = word.start + len(word.text)
