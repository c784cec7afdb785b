"""Which texts are held out, and which are taken for training.

A text's side is decided by its own SHA-256, not by its place: it stays on its side when the set
grows, when the order changes, with any seed; and two copies of a text are on the same side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

MOST_HELD_OUT = 512
RULE = (
    "a text is held out if the first 8 bytes of its SHA-256, as a share of 2^64, are below the "
    f"share held_out; of those the {MOST_HELD_OUT} lowest are used; at least one text is held out "
    "and at least one is trained on"
)


@dataclass(frozen=True)
class Divided:
    """Texts by side: ``unused`` counts texts that are held out beyond what is used."""

    train: list[str]
    held_out: list[str]
    unused: int


def divide(texts: Sequence[str], share: float) -> Divided | None:
    """Divide texts into two sides.

    Args:
        texts: non-empty ones, in the order of the source.
        share: of the texts to hold out, about; between 0 and 1.

    Returns:
        The training side in the order of ``texts``, copies included; the held-out side, each text
        once, lowest hash first. None if there are not two different texts.
    """
    places = {text: _place(text) for text in texts}
    if len(places) < 2:
        return None
    lowest = sorted(places, key=lambda text: (places[text], text))
    limit = share * 2**64
    held = sum(places[text] < limit for text in lowest)
    held = min(max(held, 1), len(lowest) - 1)
    out = set(lowest[:held])
    train = [text for text in texts if text not in out]
    return Divided(train, lowest[: min(held, MOST_HELD_OUT)], max(0, held - MOST_HELD_OUT))


def take(texts: Sequence[str], count: int | None, seed: int | None) -> list[str]:
    """Return the first ``count`` texts (all: None), in the order of the source or a seeded one.

    Args:
        texts: the training side.
        count: how many; where there are fewer, all.
        seed: of the permutation; None keeps the order.
    """
    if seed is None:
        return list(texts[:count])
    import numpy as np

    order = np.random.default_rng([seed, _STREAM]).permutation(len(texts))[:count]
    return [texts[i] for i in order]


_STREAM = 0x7E575  # apart from other uses of the same seed


def _place(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
