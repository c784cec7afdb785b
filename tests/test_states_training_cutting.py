"""What ``sequence_length`` cuts off: counted and said, with a tokenizer of one token a letter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.states.training.batches import Tokens
from bench.states.training.cutting import Cut, count_cut

START, END, PAD = 1, 2, 0


class Letters:
    """A tokenizer; remembers how many texts it was asked to tokenise."""

    start_token_id, end_token_id, pad_token_id = START, END, PAD
    asked = 0

    def __call__(self, texts: list[str]) -> list[list[int]]:
        self.asked += len(texts)
        return [[ord(letter) for letter in text] for text in texts]

    def detokenize(self, rows: list[list[int]]) -> list[str]:
        return ["".join(map(chr, row)) for row in rows]


def tokenised(texts: list[str], length: int) -> Tokens:
    """Cut and pad as KerasHub does: start, text, end, the last position for the end."""
    rows = []
    for text in texts:
        ids = [*[START, *map(ord, text)][:length], END]
        rows.append(ids + [PAD] * (length + 1 - len(ids)))
    packed = np.array(rows, np.int32)
    inputs = {"token_ids": packed[:, :-1], "padding_mask": packed[:, :-1] != PAD}
    return Tokens(inputs, packed[:, 1:], packed[:, 1:] != PAD)


def cut_at(texts: list[str], length: int, tokenizer: Any = None) -> Cut:
    preprocessor = SimpleNamespace(tokenizer=tokenizer or Letters())
    return count_cut(preprocessor, texts, tokenised(texts, length))


def test_a_text_that_fits_exactly_is_not_cut_and_short_ones_are_not_looked_at() -> None:
    letters = Letters()
    found = cut_at(["abcdef", "abcde", "abcd", "ab", "春眠不覺曉處處"], 5, letters)
    assert found == Cut(texts=5, cut=3, characters=24, used=18)
    assert letters.asked == 4  # "ab" leaves room, so it is whole
    assert found.facts() == {"characters": 24, "characters_used": 18, "texts_cut": 3}


@pytest.mark.parametrize(("cut", "said"), [(0, False), (5, False), (6, True), (100, True)])
def test_a_few_are_not_worth_a_word(cut: int, said: bool) -> None:
    assert (Cut(100, cut, 1000, 900).warning(32, 256) is not None) == said


def test_the_advice_is_what_can_be_done() -> None:
    cut = Cut(40, 38, 4000, 1500)
    assert (
        cut.warning(32, 256)
        == cut.warning(32, None)
        == (
            "38 of 40 texts were cut at 32 tokens, and so 62 % of the characters were not used: "
            "raise train.sequence_length"
        )
    )
    assert "the model takes no more than 256" in str(cut.warning(256, 256))
