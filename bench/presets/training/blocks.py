"""Turning texts into rows of token ids, so that every position used later is trained.

Generation starts with ``<|endoftext|>`` at position 0, so every row does too: a row begins where a
text begins. GPT-2 learns each position on its own, hence most rows are *packed* to the full width
with text after text. For poems, rows that hold one poem each are cheaper for what matters most,
a poem at position 0; they are mixed with packed ones.
"""

import hashlib
from collections.abc import Iterator

import numpy as np

HELD_OUT_PART = 50


BATCH_POSITIONS = 1024
PACKED_WIDTH = 256
SINGLE_WIDTHS = (28, 40, 56, 72)
"""Widths of rows holding one poem: 4 or 8 lines of 5 or 7 characters with some rare characters."""


def split(texts: list[str]) -> tuple[list[str], list[str]]:
    """Return (training, held-out) texts; by hash, so that a text never changes sides."""
    sides: tuple[list[str], list[str]] = ([], [])
    for text in texts:
        digest = hashlib.sha256(text.encode()).digest()
        sides[int.from_bytes(digest[:4], "big") % HELD_OUT_PART == 0].append(text)
    return sides


def pack(texts: list[list[int]], end: int, width: int) -> np.ndarray:
    """Fill rows of `width` + 1 ids with end-separated texts; the last text of a row is cut.

    What is cut off is left out, and an incomplete last row is dropped.
    """
    rows, row = [], [end]
    for ids in texts:
        row += [*ids, end]
        if len(row) > width:
            rows.append(row[: width + 1])
            row = [end]
    return np.asarray(rows, "int32").reshape(-1, width + 1)


def single(texts: list[list[int]], end: int, width: int) -> np.ndarray:
    """Give each text a row of `width` + 1 ids between end tokens, filled up with -1."""
    rows = np.full((len(texts), width + 1), -1, "int32")
    for row, ids in zip(rows, texts, strict=True):
        whole = [end, *ids, end][: width + 1]
        row[: len(whole)] = whole
    return rows


def packed_batches(texts: list[list[int]], end: int) -> list[np.ndarray]:
    """Batches of packed rows."""
    return _whole_batches(pack(texts, end, PACKED_WIDTH))


def single_batches(texts: list[list[int]], end: int) -> list[np.ndarray]:
    """Batches of rows with one text each, texts of like length together to waste little."""
    found: list[np.ndarray] = []
    shorter = 0
    for width in SINGLE_WIDTHS:
        longest = np.inf if width == SINGLE_WIDTHS[-1] else width - 1
        chosen = [ids for ids in texts if shorter < len(ids) <= longest]
        found += _whole_batches(single(chosen, end, width))
        shorter = width - 1
    return found


def _whole_batches(rows: np.ndarray) -> list[np.ndarray]:
    """Cut rows into batches of equal shape (each shape is compiled once); the rest is left out."""
    size = BATCH_POSITIONS // (rows.shape[1] - 1)
    return [rows[i : i + size] for i in range(0, len(rows) - size + 1, size)]


def batches(
    texts: list[list[int]], end: int, single_part: float, seed: int
) -> Iterator[np.ndarray]:
    """Yield batches for ever, epoch after epoch in a new order.

    In each epoch `single_part` of the texts, other ones each time, have a row of their own.
    """
    epoch = 0
    while True:
        random = np.random.default_rng([seed, epoch])
        shuffled = [texts[i] for i in random.permutation(len(texts))]
        cut = round(single_part * len(texts))
        found = single_batches(shuffled[:cut], end) + packed_batches(shuffled[cut:], end)
        for i in random.permutation(len(found)):
            yield found[i]
        epoch += 1


def weigh_before(weight: np.ndarray, targets: np.ndarray, mark: int, factor: float) -> None:
    """Multiply, in place, the weight of each target that stands before the token `mark`.

    Rhyme is one character in ten or more and hard to learn; this makes it count.
    """
    weight[:, :-1][targets[:, 1:] == mark] *= factor


def inputs_and_targets(rows: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return Keras (x, y, sample weight): each position predicts the next; -1 counts nothing."""
    ids = np.maximum(rows, 0)
    inputs = {"token_ids": ids[:, :-1], "padding_mask": rows[:, :-1] >= 0}
    return inputs, ids[:, 1:], (rows[:, 1:] >= 0).astype("float32")
