import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.yaml_source import plain_scalar, read


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("None", "None"),
        ("010", 10), ("0o10", 8), ("0x1F", 31), ("-3", -3), ("+3", 3), ("1_000", "1_000"),
        ("1e-4", 1e-4), (".5", 0.5), ("1.", 1.0), ("-1.5E+3", -1500.0), ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"), (".inf", math.inf), ("-.INF", -math.inf), (".", "."),
        ("1e999", math.inf), ("9" * 31, 1e31), ("١", "١"), ("<<", "<<"), ("=", "="),
    ],
)  # fmt: skip
def test_plain_words_mean_what_yaml_1_2_says(word, value):
    assert plain_scalar(word) == value
    assert type(plain_scalar(word)) is type(value)


def test_not_a_number_is_one():
    assert math.isnan(plain_scalar(".nan"))


@given(st.integers(-(10**25), 10**25))
def test_whole_numbers_come_back(number):
    assert plain_scalar(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(number):
    assert plain_scalar(repr(number)) == number


def test_quotes_tags_and_blocks_make_text():
    source = read("a: '1'\nb: \"no\"\nc: !!str 1\nd: |\n  1\ne: >-\n  2\n")
    assert source.data == {"a": "1", "b": "no", "c": "1", "d": "1\n", "e": "2"}
    assert source.faults == []


def test_places():
    source = read("# first\na:\n  - x\n  - {b: 1,\n     c: [y]}\nd: &d {e: 1}\nf: *d\n")
    assert source.values == {
        (): (2, 1),
        ("a",): (3, 3),
        ("a", 0): (3, 5),
        ("a", 1): (4, 5),
        ("a", 1, "b"): (4, 9),
        ("a", 1, "c"): (5, 9),
        ("a", 1, "c", 0): (5, 10),
        ("d",): (6, 4),
        ("d", "e"): (6, 11),
        ("f",): (6, 4),
        ("f", "e"): (6, 11),
    }
    assert source.keys[("a", 1, "c")] == (5, 6)


def test_a_version_directive_changes_nothing():
    assert read("%YAML 1.1\n---\na: no\n").data == {"a": "no"}


def test_all_duplicate_keys_are_found():
    source = read("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert source.faults == [
        ((2, 1), "the key 'a' is there already, on line 1"),
        ((3, 11), "the key 'c' is there already, on line 3"),
    ]


def test_reused_anchors_are_no_warning(recwarn):
    assert read("a: &x 1\nb: &x 2\nc: *x\n").data == {"a": 1, "b": 2, "c": 2}
    assert not recwarn


@pytest.mark.parametrize("text", ['"\\ud842\\udfb7"', '"\\U00020bb7"', "𠮷"])
def test_rare_characters(text):
    assert read(f"a: {text}\n").data == {"a": "𠮷"}
