import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import Text, score_samples, select
from metrics.loops import Loop, find_loop, longest_periodic_suffix, periodic_suffixes

TOKENS = st.lists(st.integers(0, 2), max_size=40)


def brute_force(tokens):
    """All (smallest period, length) of periodic suffixes, by trying every period."""
    found = []
    for length in range(2, len(tokens) + 1):
        suffix = tokens[len(tokens) - length :]
        for period in range(1, length // 2 + 1):
            if suffix[period:] == suffix[:-period]:
                found.append((period, length))
                break
    return found


@settings(deadline=None)
@given(TOKENS)
def test_periodic_suffixes_agree_with_brute_force(tokens):
    expected = brute_force(tokens)
    assert list(periodic_suffixes(tokens)) == expected
    longest = Loop(*expected[-1], len(tokens)) if expected else None
    assert longest_periodic_suffix(tokens) == longest


@settings(deadline=None)
@given(TOKENS, st.lists(st.integers(0, 2), min_size=1, max_size=4), st.integers(0, 9))
def test_find_loop_agrees_with_brute_force(head, cycle, times):
    tokens = head + cycle * times
    loops = [Loop(p, length, len(tokens)) for p, length in brute_force(tokens)]
    loops = [loop for loop in loops if loop.is_loop]
    assert find_loop(tokens) == (loops[-1] if loops else None)


@pytest.mark.parametrize(
    ("tokens", "loop"),
    [
        ("xyzabababa", Loop(2, 7, 10)),  # the last cycle is cut
        ("xyaaa", Loop(1, 3, 5)),
        ("the end is the end is the", Loop(11, 25, 25)),
        ("abcdefghabcdefgh", Loop(8, 16, 16)),  # two periods, eight tokens said again
        ("abcdefgabcdefg", None),  # seven: a phrase said twice
        ("xaaaxaaa", Loop(1, 3, 8)),  # the longest suffix is said twice, the shorter one loops
        ("abcdefghijklmnopqrstuvwxyzaaa", None),  # 4 of 29 tokens: under a fifth
        ("abababx", None),
        ("aa", None),
        ("a", None),
        ("", None),
    ],
)
def test_find_loop(tokens, loop):
    assert find_loop(tokens) == loop


def test_a_loop_says_how_often_and_how_much():
    loop = Loop(period=2, length=7, total=10)
    assert (loop.repeats, loop.coverage, loop.is_loop) == (3.5, 0.7, True)


def scores(text):
    return score_samples([text], select(["loop_share", "loop_coverage"])).samples[0]


def test_ids_decide_where_there_are_any():
    looping = scores(Text.of("any words at all", [5, 6, 1, 2, 1, 2, 1, 2]))
    assert looping["loop_share"].value == 1
    assert looping["loop_share"].n == 8
    assert looping["loop_share"].coverage == 1
    assert looping["loop_coverage"].value == 6 / 8
    varied = scores(Text.of("no no no no no no", [1, 2, 3, 4, 5, 6]))
    assert varied["loop_share"].value == 0
    assert varied["loop_coverage"].value == 0


def test_units_decide_where_there_are_no_ids():
    assert scores(Text.of("oh no, no. No! NO"))["loop_coverage"].value == 4 / 5
    assert scores(Text.of("!!!!!!"))["loop_share"].value == 1


def test_an_empty_text_has_no_value():
    assert scores(Text.of(""))["loop_share"].value is None
    assert scores(Text.of("", []))["loop_coverage"].reason == "empty text"


@pytest.mark.parametrize(
    "tokens", ["a" * 500_000, "ab" * 250_000, "a" * 250_000 + "b" + "a" * 250_000]
)
def test_half_a_million_tokens_take_linear_time(tokens):
    find_loop(tokens)  # the prefix function by comparing would take hours
