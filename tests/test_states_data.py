"""Reading data sets: the two sides, the facts, the fingerprint, the shipped sample."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.presets.training.tang import poem_text, shape, verse_lines
from bench.states.data import DataError, Texts, fingerprint, prepare, read, sample, sides
from bench.states.data.build_tang_sample import COUNT, choose, packed
from scenarios.data_sets import DataSet, parse_data_set


def text_file(folder: Path, texts: list[str], /, **options: Any) -> DataSet:
    path = folder / "texts.txt"
    path.write_text("\n".join(texts), encoding="utf-8")
    return parse_data_set({"text": str(path), **options})


NUMBERED = [f"text number {number}" for number in range(300)]


def test_what_reading_gives(tmp_path: Path) -> None:
    texts = read(text_file(tmp_path, NUMBERED), seed=1)
    assert isinstance(texts, Texts)
    assert sorted(texts.train + texts.held_out) == sorted(NUMBERED)
    assert texts.facts == {
        "dataset": "text texts.txt",
        "source": str(tmp_path / "texts.txt"),
        "licence": None,
        "texts": len(texts.train),
        "asked": None,
        "held_out_texts": len(texts.held_out),
        "characters": sum(map(len, texts.train)),
        "texts_in_set": 300,
        "set_aside": 0,
        "dropped_empty": 0,
        "dropped": {},
        "sides": sides.RULE,
    }
    json.dumps(texts.facts)
    assert 5 <= len(texts.held_out) <= 30  # 15 ± 4 standard deviations of a binomial


def test_the_rule_of_the_sides_is_the_one_that_is_written(tmp_path: Path) -> None:
    texts = read(text_file(tmp_path, NUMBERED), seed=1)
    for text in NUMBERED:
        share = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
        assert (text in texts.held_out) == (share < 0.05)


def test_the_order_is_seeded_or_that_of_the_file(tmp_path: Path) -> None:
    shuffled = text_file(tmp_path, NUMBERED, texts=50)
    one, two, other = read(shuffled, 1), read(shuffled, 1), read(shuffled, 2)
    assert one == two
    assert one.train != other.train
    assert one.held_out == other.held_out
    assert len(one.train) == 50
    assert one.facts["asked"] == 50
    ordered = read(text_file(tmp_path, NUMBERED, texts=50, shuffle=False), 1)
    assert ordered.train == [text for text in NUMBERED if text not in ordered.held_out][:50]
    assert read(text_file(tmp_path, NUMBERED, texts=50, shuffle=False), 2) == ordered
    # What is taken of a longer list begins with what is taken of a shorter one.
    assert read(text_file(tmp_path, NUMBERED, texts=80), 1).train[:50] == one.train


def test_more_texts_than_there_are_gives_all(tmp_path: Path) -> None:
    texts = read(text_file(tmp_path, NUMBERED, texts=1000), 1)
    assert len(texts.train) + len(texts.held_out) == 300
    assert texts.facts["asked"] == 1000


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)),
    more=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)),
    share=st.floats(0.001, 0.5),
)
def test_sides(texts: list[str], more: list[str], share: float) -> None:
    divided = sides.divide(texts, share)
    if len(set(texts)) < 2:
        assert divided is None
        return
    assert divided is not None
    assert divided.train
    assert divided.held_out
    assert not set(divided.train) & set(divided.held_out)
    assert len(set(divided.held_out)) == len(divided.held_out)
    assert divided.train == [text for text in texts if text in set(divided.train)]
    assert set(divided.train) | set(divided.held_out) == set(texts)
    again = sides.divide(texts[::-1], share)
    assert again is not None
    assert again.held_out == divided.held_out
    # A text on the training side by its hash stays there when the set grows.
    grown = sides.divide(texts + more, share)
    assert grown is not None
    by_hash = {text for text in texts if sides._place(text) >= share * 2**64}
    assert set(divided.train) & by_hash <= set(grown.train)


@given(st.lists(st.integers(), max_size=40), st.integers(1, 50), st.integers(0, 2**31 - 1))
def test_taking_is_a_seeded_permutation(numbers: list[int], count: int, seed: int) -> None:
    texts = [f"{place}: {number}" for place, number in enumerate(numbers)]
    taken = sides.take(texts, count, seed)
    assert len(taken) == min(count, len(texts))
    assert not Counter(taken) - Counter(texts)
    assert sides.take(texts, None, seed)[:count] == taken
    assert sides.take(texts, count, None) == texts[:count]


def test_at_most_512_are_held_out_and_the_rest_set_aside() -> None:
    texts = [str(number) for number in range(4000)]
    divided = sides.divide(texts, 0.5)
    assert divided is not None
    assert len(divided.held_out) == 512
    assert divided.unused + 512 + len(divided.train) == 4000
    assert 1300 < divided.unused < 1700
    smaller = sides.divide(texts, 0.05)
    assert smaller is not None
    # Held out with the smaller share, held out with the larger one.
    assert smaller.held_out == divided.held_out[: len(smaller.held_out)]


def test_copies_stay_together(tmp_path: Path) -> None:
    texts = read(text_file(tmp_path, [*NUMBERED, *NUMBERED]), 1)
    assert len(texts.train) + 2 * len(texts.held_out) == 600
    assert not set(texts.train) & set(texts.held_out)


@pytest.mark.parametrize("copies", [1, 2])
def test_two_different_texts_are_enough(tmp_path: Path, copies: int) -> None:
    texts = read(text_file(tmp_path, ["a", "b"] * copies), 1)
    assert len(texts.held_out) == 1
    assert len(texts.train) == copies


@pytest.mark.parametrize("content", [["a"], ["a", "a", "a"]])
def test_one_text_is_too_few(tmp_path: Path, content: list[str]) -> None:
    with pytest.raises(DataError, match=r"text texts\.txt: too small: .* has one text only"):
        read(text_file(tmp_path, content), 1)


def test_an_empty_set(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no text in .*texts\.txt \(it is empty\)"):
        read(text_file(tmp_path, []), 1)
    with pytest.raises(DataError, match=r"\(all 2 are empty\)"):
        read(text_file(tmp_path, [" ", "\t", "　"], separator="\n"), 1)


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = fingerprint(text_file(tmp_path / "a", NUMBERED))
    assert len(first) == 64
    assert fingerprint(text_file(tmp_path / "b", NUMBERED, texts=3)) == first
    assert fingerprint(text_file(tmp_path / "b", [*NUMBERED, "x"])) != first
    path = tmp_path / "a" / "texts.txt"
    as_table = parse_data_set({"csv": str(path), "column": "x"})
    assert fingerprint(as_table) != first  # the same bytes, read as other texts
    path.unlink()
    with pytest.raises(DataError, match="there is no such file"):
        fingerprint(as_table)
    with pytest.raises(DataError, match="there is no such file"):
        read(as_table, 1)


def test_reading_and_fingerprinting_the_sample_import_nothing_heavy() -> None:
    code = (
        "import sys; from bench.states.data import *; from scenarios.data_sets import *;"
        "d = parse_data_set('tang'); fingerprint(d); read(d, 1); prepare(d);"
        "print([m for m in ('tensorflow', 'keras', 'pandas', 'datasets', 'pyarrow', 'jax',"
        " 'tensorflow_datasets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_form_of_the_sample() -> None:
    texts = read(parse_data_set({"sample": "tang", "form": "wujue"}), 0)
    assert {len(poem) for poem in texts.train + texts.held_out} == {24}
    there = texts.facts["texts_in_set"]
    assert there > 500
    assert texts.facts["dropped"] == {"other forms": COUNT - there}


def test_the_sample() -> None:
    data = parse_data_set("tang")
    prepare(data)
    texts = read(data, 0)
    assert texts.facts["texts_in_set"] == COUNT
    assert "MIT" in texts.facts["licence"]
    assert len(set(texts.train)) == len(texts.train)
    for poem in texts.train + texts.held_out:
        lines = verse_lines(poem)
        assert lines is not None
        assert shape(lines)
        assert poem_text(lines) == poem
    shapes = Counter(shape(verse_lines(poem) or []) for poem in texts.train)
    assert min(shapes.values()) > 500  # each of the four forms
    assert sample.TANG.stat().st_size < 600_000
    # The key of the choice is not that of the sides: about a twentieth is held out.
    assert 340 < len(texts.held_out) < 460
    assert any("籬" in poem for poem in texts.train)  # traditional characters


def test_the_sample_is_chosen_by_content_and_packed_without_a_date() -> None:
    poems = [f"poem {number}" for number in range(50)]
    chosen = choose(poems, 10)
    assert len(chosen) == 10
    assert choose(poems[::-1], 10) == chosen[::-1]
    assert packed(chosen) == packed(chosen)
    assert gzip.decompress(packed(chosen)).decode().splitlines() == chosen
    assert packed(chosen)[4:8] == bytes(4)
