"""How much of the texts enters a training: what is longer than ``sequence_length`` is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.states.training.batches import Tokens

_AT_ONCE = 512  # texts per call of the tokenizer
_FEW = 0.05  # share of cut texts that is not worth a word


@dataclass(frozen=True)
class Cut:
    """What ``sequence_length`` did to the texts.

    Attributes:
        texts: how many there are.
        cut: how many lost their end.
        characters: of all texts.
        used: of what is left of them.
    """

    texts: int
    cut: int
    characters: int
    used: int

    def facts(self) -> dict[str, int]:
        """Return what the record says of it."""
        return {"characters": self.characters, "characters_used": self.used, "texts_cut": self.cut}

    def warning(self, length: int, most: int | None) -> str | None:
        """Say that texts were cut and what to do; None where it is none, or a few.

        Args:
            length: tokens per text, as the recipe has it.
            most: positions of the model; None where it has no limit.
        """
        if self.cut <= _FEW * self.texts:
            return None
        lost = 100 * (1 - self.used / self.characters)
        advice = "raise train.sequence_length"
        if most is not None and length >= most:
            advice = f"the model takes no more than {most:,}, so shorten or divide the texts"
        return (
            f"{self.cut:,} of {self.texts:,} texts were cut at {length:,} tokens, and so "
            f"{lost:.0f} % of the characters were not used: {advice}"
        )


def count_cut(preprocessor: Any, texts: Sequence[str], tokens: Tokens) -> Cut:
    """Count the texts that lost their end, and the characters that are left.

    Only rows without padding are looked at: their texts are tokenised again and counted.

    Args:
        preprocessor: the ``CausalLMPreprocessor`` that made ``tokens``.
        texts: one per row.
        tokens: what it made of them.
    """
    tokenizer = preprocessor.tokenizer
    special = _special(tokenizer)
    full = [int(row) for row in np.flatnonzero(tokens.weights.all(axis=1))]
    lost = cut = 0
    for start in range(0, len(full), _AT_ONCE):
        rows = full[start : start + _AT_ONCE]
        whole = _lists(tokenizer([texts[row] for row in rows]))
        shorter: list[tuple[int, list[int]]] = []
        for row, ids in zip(rows, whole, strict=True):
            # The inputs begin a token before the targets: together they are all that is kept.
            kept = [*map(int, tokens.inputs["token_ids"][row]), int(tokens.targets[row, -1])]
            kept = [one for one in kept if one not in special]
            if len(kept) < sum(one not in special for one in ids):
                shorter.append((row, kept))
        if shorter:
            left = tokenizer.detokenize([ids for _, ids in shorter])
            for (row, _), text in zip(shorter, _strings(left), strict=True):
                lost += max(0, len(texts[row]) - len(text))
        cut += len(shorter)
    characters = sum(map(len, texts))
    return Cut(len(texts), cut, characters, characters - lost)


def _special(tokenizer: Any) -> set[int]:
    names = ("start_token_id", "end_token_id", "pad_token_id")
    return {int(one) for name in names if (one := getattr(tokenizer, name, None)) is not None}


def _lists(ids: Any) -> list[list[int]]:
    """Return ragged ids as lists: KerasHub gives a ragged tensor, or lists without TensorFlow."""
    rows = ids.to_list() if hasattr(ids, "to_list") else ids
    return [[int(one) for one in row] for row in rows]


def _strings(texts: Any) -> list[str]:
    values = texts.numpy().tolist() if hasattr(texts, "numpy") else list(texts)
    return [
        one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in values
    ]
