"""Watching Keras's ``fit`` from inside, at next to no cost.

Reading the loss waits for the device, so it is read some times a second only, and between steps:
``on_train_batch_begin`` costs a step nothing, while a hook at its end would make Keras fetch the
loss of every step. Ending ``fit`` early goes through Keras's own ``stop_training``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import keras
from numpy.typing import NDArray

from bench.engine.interface import InputError
from bench.states.training.random_state import RandomState
from bench.states.training.tally import Tally

LOOK_SECONDS = 0.5  # between looks at the loss
CURVE_LOOK_SECONDS = 0.2  # where the curve wants a point


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the tally while ``fit`` runs some batches of one epoch.

    Args:
        tally: what is kept.
        random: goes on in each ``fit`` where the last one left it.
        curve_steps: steps between points of the curve.
        mark: puts a point on the curve; given the seconds of training so far.
        told: called after each look at the loss with (ms per step, tokens per second) lately.
        pause: asked between steps whether ``fit`` is to end.
    """

    def __init__(
        self,
        tally: Tally,
        random: RandomState,
        curve_steps: int,
        mark: Callable[[float], None],
        told: Callable[[float | None, float | None], None],
        pause: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._tally = tally
        self._random = random
        self._curve_steps = curve_steps
        self._mark = mark
        self._told = told
        self._pause = pause
        self._compiled = False

    def fit(self, network: Any, batches: Any, taken: Any) -> None:
        """Run ``fit`` over rows that ``Batches.take`` returned, or until ``pause`` says so.

        Raises:
            InputError: the loss is no number any more.
        """
        self._counts: NDArray[Any] = batches.counts(taken)
        self._before = (self._tally.epoch, self._tally.step, self._tally.seconds)
        self._begun = self._looked_at = 0
        self._started = time.perf_counter()
        network.fit(
            taken.inputs,
            taken.targets,
            sample_weight=taken.weights,
            batch_size=batches.batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[self],
        )
        self._tally.seconds = self._seconds(time.perf_counter())

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Look, where it is time: as many steps are done as have begun before this one."""
        done, now = self._begun, time.perf_counter()
        self._begun += 1
        if done == 0:
            self._random.restore()  # the first batch is fetched by now
            self._looked = now
            return
        since = now - self._looked
        due = self._before[1] + done - self._last_marked >= self._curve_steps
        if not self._compiled or since >= LOOK_SECONDS or (due and since >= CURVE_LOOK_SECONDS):
            # self.model attaches JAX's state to the model's variables, so only here.
            self._look(done, self.model.get_metrics_result())
        if self._pause():
            self._model.stop_training = True  # after the step that begins now

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look a last time."""
        self._random.keep()
        self._look(self._begun, logs)

    def _look(self, done: int, metrics: Any) -> None:
        loss, accuracy = float(metrics["loss"]), float(metrics["accuracy"])
        now = time.perf_counter()  # after reading the loss: all steps are really done
        if not math.isfinite(loss):
            raise InputError(
                f"the loss is {loss} after step {self._before[1] + done}: training diverged, "
                "nothing is saved; lower learning_rate, or set clip_norm: 1.0"
            )
        tally, (epoch, step, _) = self._tally, self._before
        tally.epoch = epoch.plus(done, loss, accuracy, int(self._counts[:done].sum()))
        tally.step = step + done
        steps = done - self._looked_at
        tokens, seconds = int(self._counts[self._looked_at : done].sum()), now - self._looked
        if not self._compiled:
            tally.first_step_seconds = now - self._started
        elif steps:
            tally.stretch(steps, tokens, seconds)
        self._looked_at = done
        if tally.step - self._last_marked >= self._curve_steps:
            self._mark(self._seconds(now))
        self._told(
            1000 * seconds / steps if self._compiled and steps else None,
            tokens / seconds if self._compiled and seconds else None,
        )
        self._compiled = True
        self._looked = time.perf_counter()  # telling is not training

    @property
    def _last_marked(self) -> int:
        return self._tally.curve[-1]["step"] if self._tally.curve else 0

    def _seconds(self, now: float) -> float:
        return self._before[2] + now - self._started
