"""From a recipe to a Keras optimizer and its learning rate."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from scenarios.training import Train

_CLASSES = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "lion": keras.optimizers.Lion,
    "adafactor": keras.optimizers.Adafactor,
}


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A straight line from 0 to the peak in ``steps`` steps, then another schedule from its start.

    Args:
        peak: the learning rate at the end of the warm-up.
        steps: its length.
        then: the schedule, or the constant rate, that follows.
    """

    def __init__(self, peak: float, steps: int, then: Any) -> None:
        super().__init__()
        self.peak = peak
        self.steps = steps
        self.then = then

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step (0-based)."""
        done = ops.cast(step, "float32")
        rising = self.peak * done / self.steps
        after = ops.maximum(done - self.steps, 0.0)
        falling = self.then(after) if callable(self.then) else ops.full_like(done, self.then)
        return ops.where(done < self.steps, rising, falling)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"peak": self.peak, "steps": self.steps, "then": self.then}


def make_schedule(recipe: Train, steps: int) -> Any:
    """Return the learning rate: a Keras schedule over ``steps`` steps, or a constant.

    ``polynomial`` without a warm-up is the article's
    ``PolynomialDecay(learning_rate, decay_steps=steps, end_learning_rate=0.0)``. A warm-up takes
    its steps from the front; the rest falls over what is left.
    """
    left = max(1, steps - recipe.warmup_steps)
    falling: Any = recipe.learning_rate
    if recipe.schedule == "polynomial":
        falling = keras.optimizers.schedules.PolynomialDecay(
            recipe.learning_rate, decay_steps=left, end_learning_rate=recipe.end_learning_rate
        )
    elif recipe.schedule == "cosine":
        falling = keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate,
            decay_steps=left,
            alpha=recipe.end_learning_rate / recipe.learning_rate,
        )
    if recipe.warmup_steps:
        return WarmUp(recipe.learning_rate, recipe.warmup_steps, falling)
    return falling


def make_optimizer(recipe: Train, steps: int) -> Any:
    """Return the optimizer for a training of ``steps`` steps."""
    arguments: dict[str, Any] = {"learning_rate": make_schedule(recipe, steps)}
    if recipe.weight_decay is not None:
        arguments["weight_decay"] = recipe.weight_decay
    if recipe.clip_norm is not None:
        arguments["global_clipnorm"] = recipe.clip_norm
    optimizer = _CLASSES[recipe.optimizer](**arguments)
    if recipe.dtype == "mixed_float16":  # small gradients would be 0 in float16
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def learning_rate_at(schedule: Any, step: int) -> float:
    """Return the learning rate of a step (0-based)."""
    value = schedule(ops.convert_to_tensor(step, dtype="float32")) if callable(schedule) else None
    return float(schedule if value is None else ops.convert_to_numpy(value))
