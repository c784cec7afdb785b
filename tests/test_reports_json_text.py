"""What our files are read by gives what the standard library gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.json_text import loads

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_VALUES = st.recursive(
    _LEAVES, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=20
)


@given(_VALUES, st.booleans())
def test_it_reads_what_was_written(value: Any, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    found = loads(data)
    assert found == value
    assert repr(found) == repr(json.loads(data))  # 1 is not 1.0, nor True


def test_lone_surrogates() -> None:
    assert loads(json.dumps(["\ud800", "a"]).encode()) == ["\ud800", "a"]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
@pytest.mark.parametrize("beside", [b"", b', "\\ud800"'])  # which only the other parser takes
def test_numbers_that_are_none(number: bytes, beside: bytes) -> None:
    with pytest.raises(ValueError, match="not a number of JSON"):
        loads(b'[{"a": %b}%b]' % (number, beside))


def test_the_last_of_two_keys_counts() -> None:
    assert loads(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize("damaged", [b"", b"{", b'"\xff"', b'"a\nb"', b"[1,]", b"{'a': 1}", b"1 2"])
def test_damage(damaged: bytes) -> None:
    with pytest.raises(
        ValueError, match=r"Expecting|Illegal|Extra data|can't decode|Invalid control"
    ):
        loads(damaged)


def test_great_depth() -> None:
    with pytest.raises((ValueError, RecursionError)):
        loads(b"[" * 100_000)
