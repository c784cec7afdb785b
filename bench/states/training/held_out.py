"""The held-out loss: nats per token on texts that training never sees."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from bench.states.training.batches import Tokens


class HeldOut:
    """Evaluates a network that is being trained, without touching its training metrics.

    Args:
        network: the plain Keras model; its weights are shared.
        tokens: the held-out texts.
        batch_size: rows per batch.
        jit: arguments of ``compile``.
    """

    def __init__(self, network: Any, tokens: Tokens, batch_size: int, jit: dict[str, bool]) -> None:
        self.counted = tokens.counted
        self._batches = -(-len(tokens) // batch_size)
        self._batch_size = batch_size
        # Every batch is full, so each weighs the same in Keras's mean: rows of weight 0 fill up.
        rows = np.arange(self._batches * batch_size, dtype=np.int64)
        self._tokens = tokens.rows(rows % len(tokens))
        self._tokens.weights[len(tokens) :] = False
        self._model: Any = keras.Model(network.input, network.output)
        self._model.compile(
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
            **jit,
        )

    def loss(self, told: Callable[[str], None], stop_asked: Callable[[], bool]) -> float | None:
        """Return the mean over all tokens, padding left out, in nats.

        Args:
            told: told how far it is, at most twice a second.
            stop_asked: asked before each batch whether to give up; the result is then None.
        """
        between = _Between(told, stop_asked, self._batches)
        tokens = self._tokens
        mean = self._model.evaluate(
            tokens.inputs,
            tokens.targets,
            sample_weight=tokens.weights,
            batch_size=self._batch_size,
            verbose=0,
            callbacks=[between],
        )
        return None if between.stopped else float(mean) * self._batches / self.counted


class _Between(keras.callbacks.Callback):  # type: ignore[misc]
    """What is done between two batches."""

    def __init__(
        self, told: Callable[[str], None], stop_asked: Callable[[], bool], batches: int
    ) -> None:
        super().__init__()
        self.stopped = False
        self._told = told
        self._stop_asked = stop_asked
        self._batches = batches
        self._last = time.perf_counter()

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._stop_asked():
            self.stopped = self._model.stop_evaluating = True
        elif time.perf_counter() - self._last >= 0.5:
            self._told(f"held-out loss, batch {batch + 1} of {self._batches}")
            self._last = time.perf_counter()
