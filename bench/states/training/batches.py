"""Texts as token ids, cut into the batches of each epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.engine.interface import InputError

_AT_ONCE = 512  # texts per call of the tokenizer


@dataclass(frozen=True)
class Tokens:
    """Tokenised texts, one a row.

    Attributes:
        inputs: ``token_ids`` int32 and ``padding_mask`` bool, both (texts, sequence_length).
        targets: int32, the same shape: each token's successor.
        weights: bool, the same shape: True where the target is no padding.
    """

    inputs: dict[str, NDArray[Any]]
    targets: NDArray[np.int32]
    weights: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.targets)

    def rows(self, chosen: slice | NDArray[np.int64]) -> Tokens:
        """Return some rows; a view, where they are a slice."""
        inputs = {name: array[chosen] for name, array in self.inputs.items()}
        return Tokens(inputs, self.targets[chosen], self.weights[chosen])

    def corner(self, rows: int, length: int) -> Tokens:
        """Return the first tokens of the first rows."""
        inputs = {name: array[:rows, :length] for name, array in self.inputs.items()}
        return Tokens(inputs, self.targets[:rows, :length], self.weights[:rows, :length])

    @property
    def counted(self) -> int:
        """Tokens that the loss is computed on."""
        return int(self.weights.sum())

    def digest(self) -> str:
        """Return a hash of the content."""
        found = hashlib.sha256()
        for array in (*self.inputs.values(), self.targets, self.weights):
            found.update(str((array.dtype, array.shape)).encode())
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()


def tokenise(
    preprocessor: Any, texts: list[str], length: int, told: Callable[[int], None] = lambda _: None
) -> Tokens:
    """Tokenise, cut or pad to ``length``, by the preset's own preprocessor.

    It adds a start and an end token, as for KerasHub's own ``fit``.

    Args:
        preprocessor: a ``CausalLMPreprocessor``.
        texts: one or more.
        length: tokens per text.
        told: called with the number of texts done, after every few hundred.

    Raises:
        InputError: the model takes more than text.
    """
    parts: list[tuple[Any, Any, Any]] = []
    for start in range(0, len(texts), _AT_ONCE):
        x, y, weights = preprocessor(texts[start : start + _AT_ONCE], sequence_length=length)
        if not isinstance(x, dict) or set(x) != {"token_ids", "padding_mask"}:
            raise InputError("this model needs more than text as input; it cannot be trained yet")
        parts.append(
            (
                {"token_ids": _host(x["token_ids"]), "padding_mask": _host(x["padding_mask"])},
                _host(y),
                _host(weights),
            )
        )
        told(min(start + _AT_ONCE, len(texts)))
    return Tokens(
        {
            "token_ids": np.concatenate([x["token_ids"] for x, _, _ in parts]).astype(np.int32),
            "padding_mask": np.concatenate([x["padding_mask"] for x, _, _ in parts]).astype(bool),
        },
        np.concatenate([y for _, y, _ in parts]).astype(np.int32),
        np.concatenate([weights for _, _, weights in parts]).astype(bool),
    )


class Batches:
    """The batches of each epoch, found again after any interruption.

    The last, incomplete batch of an epoch is dropped, so that every step has the same shape and
    weighs the same; fewer texts than one batch make one smaller batch.

    Args:
        tokens: all texts of an epoch, and none that it would not use.
        batch_size: rows per batch.
        shuffle: every epoch after the first has an order of its own. Otherwise all have the
            order of the texts.
        seed: of those orders.
    """

    def __init__(self, tokens: Tokens, batch_size: int, shuffle: bool, seed: int) -> None:
        self.batch_size = min(batch_size, len(tokens))
        self.per_epoch = len(tokens) // self.batch_size
        self._tokens = tokens
        self._shuffle = shuffle
        self._seed = seed

    @property
    def positions(self) -> int:
        """Positions of a batch, padding included."""
        return self.batch_size * int(self._tokens.targets.shape[1])

    def take(self, epoch: int, first: int, last: int) -> Tokens:
        """Return the rows of batches ``first`` up to (without) ``last`` of an epoch, in order."""
        rows = slice(first * self.batch_size, last * self.batch_size)
        if epoch == 0 or not self._shuffle:
            return self._tokens.rows(rows)
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._tokens))
        return self._tokens.rows(order[rows])

    def counts(self, taken: Tokens) -> NDArray[np.int64]:
        """Return the counted tokens of each batch of what ``take`` returned."""
        per_row = taken.weights.sum(axis=1, dtype=np.int64)
        counts: NDArray[np.int64] = per_row.reshape(-1, self.batch_size).sum(axis=1)
        return counts


def texts_per_epoch(texts: int, batch_size: int, batches: int | None) -> int:
    """Return how many of the texts an epoch uses: full batches, and no more than ``batches``.

    Where there are fewer texts than ``batches`` asks for, it is as many as there are, as with
    ``take`` of tf.data.
    """
    full = max(1, texts // batch_size)
    wanted = full if batches is None else min(full, batches)
    return min(texts, wanted * batch_size)


def _host(array: Any) -> NDArray[Any]:
    from keras import ops

    return np.asarray(ops.convert_to_numpy(array))
