"""The record of one trained state: what it was made of, what it cost, and what it gained.

``Training`` is plain data: ``dataclasses.asdict`` and JSON keep all of it. A number that could not
be had is None, and ``missing`` says why.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypedDict

BASE = "base"  # label of the state that is the preset itself
CURVE_POINTS = 500  # what a curve keeps at most: more than any screen has columns for


class Point(TypedDict):
    """One point of the training curve.

    ``loss`` and ``accuracy`` are over the steps since the last point (of the same epoch), not
    running means: nats per token and share of tokens foreseen, padding left out. ``loss`` can so
    be laid over ``held_out_loss``.
    """

    step: int  # steps done, over all epochs
    loss: float | None  # None where no step was taken since the last point
    accuracy: float | None
    learning_rate: float  # of the last step
    seconds: float  # of training so far, evaluations and checkpoints left out
    held_out_loss: float | None  # nats per token; None where it was not evaluated


@dataclass(frozen=True)
class Training:
    """One state, trained: from the base preset to the finished one.

    Attributes:
        preset: label of the base preset in the scenario.
        state: label of the state.
        key: content key: the same key is the same training.
        reused: it was made by an earlier run and only looked up.
        data: facts of the data set (source, texts, held_out_texts, licence ...); ``characters`` of
            the texts as they are read, ``characters_used`` of what ``sequence_length`` left of
            them, and ``texts_cut``, how many it cut.
        recipe: ``scenarios.training.Train`` as plain data, every default spelled out.
        steps: optimizer steps taken, over all epochs.
        planned_steps: steps that the recipe asks for with these texts.
        batches_per_epoch: steps per epoch.
        epochs: epochs begun.
        batch_size: texts per step; below the recipe's where there are fewer texts.
        seconds: spent in training steps, the first (which compiles) included; loading,
            tokenising, evaluations, checkpoints and what a kill threw away are not.
        evaluation_seconds: spent on held-out losses, compiling included.
        first_step_seconds: the first step of the last process: compiling and one step.
        milliseconds_per_step: mean, without the first step of each process (as Keras counts).
        median_milliseconds_per_step: median over stretches of at least .2 s (or one step).
        tokens: tokens that the loss was computed on, padding left out, over all epochs.
        tokens_per_second: of them, per second, without the first step of each process.
        loss: mean over the last epoch exactly as ``fit`` prints it: nats per position,
            where padding counts as 0.
        accuracy: share of tokens foreseen over the last epoch, padding left out, as ``fit``
            prints it. Both are means over an epoch in which the model changed.
        held_out_loss_before: nats per token of the base on the held-out texts, padding left out.
        held_out_loss: the same of the finished state.
        perplexity_before: exp of it.
        perplexity: exp of it.
        held_out_tokens: tokens that the two are computed on.
        parameters: of the model, without adapters.
        trainable_parameters: that training changed; adapters alone with LoRA.
        host_peak_bytes: peak resident memory of the process while it trained.
        device_peak_bytes: peak of the accelerator's memory.
        what_ran: backend, devices, dtype policy, jit and versions, read back.
        stopped_early: the held-out loss no longer fell.
        best_step: the step whose weights were kept; None without ``early_stop``.
        resumed: times that training went on from a checkpoint.
        curve: at most ``CURVE_POINTS`` points.
        missing: field name -> why it is None.
        warnings: what went wrong and did not stop it, with advice.
        fingerprint: SHA-256 of the data set's content, wherever it lies; this and the next two are
            None in records of older versions.
        base_fingerprint: digest of the base preset's content.
        recipe_fingerprint: SHA-256 of the recipe and of the choice of texts.
    """

    kind: ClassVar[str] = "training"
    preset: str
    state: str
    key: str
    reused: bool
    data: dict[str, Any]
    recipe: dict[str, Any]
    steps: int
    planned_steps: int
    batches_per_epoch: int
    epochs: int
    batch_size: int
    seconds: float
    evaluation_seconds: float
    first_step_seconds: float | None
    milliseconds_per_step: float | None
    median_milliseconds_per_step: float | None
    tokens: int
    tokens_per_second: float | None
    loss: float
    accuracy: float
    held_out_loss_before: float | None
    held_out_loss: float | None
    perplexity_before: float | None
    perplexity: float | None
    held_out_tokens: int
    parameters: int
    trainable_parameters: int
    host_peak_bytes: int | None
    device_peak_bytes: int | None
    what_ran: dict[str, Any]
    stopped_early: bool = False
    best_step: int | None = None
    resumed: int = 0
    curve: list[Point] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    fingerprint: str | None = None
    base_fingerprint: str | None = None
    recipe_fingerprint: str | None = None

    def line(self) -> str:
        """Return the line that Keras prints at the end of an epoch.

        For example ``500/500 196ms/step - loss: 3.3047 - accuracy: 0.3263``.
        """
        done = self.steps - (self.epochs - 1) * self.batches_per_epoch
        parts = [f"{done}/{self.batches_per_epoch}"]
        if self.milliseconds_per_step is not None:
            parts.append(_per_step(self.milliseconds_per_step))
        return f"{' '.join(parts)} - loss: {self.loss:.4f} - accuracy: {self.accuracy:.4f}"

    @property
    def loss_per_token(self) -> float | None:
        """Loss over the last epoch in nats per token, padding left out of the mean as well.

        It can stand beside ``held_out_loss``; None where there was no token.
        """
        positions = self.steps * self.batch_size * int(self.recipe.get("sequence_length") or 0)
        return self.loss * positions / self.tokens if self.tokens and positions else None

    def to_data(self) -> dict[str, Any]:
        """Return plain data, fit for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Training:
        """Read plain data back; fields that this version does not know are left out.

        Raises:
            ValueError: a field is missing.
        """
        known = {f.name for f in dataclasses.fields(cls)}
        try:
            return cls(**{name: value for name, value in data.items() if name in known})
        except TypeError as error:
            raise ValueError(f"not the record of a training: {error}") from error


def perplexity(loss: float | None) -> float | None:
    """Return exp of a loss in nats per token; None where there is none, or it has no number."""
    if loss is None:
        return None
    try:
        return math.exp(loss)
    except OverflowError:
        return None


def thinned(curve: list[Point], most: int = CURVE_POINTS) -> list[Point]:
    """Return at most ``most`` points, spread evenly, the first and the last among them.

    Points with a held-out loss go last: they are thinned only if they alone are too many.
    """
    if len(curve) <= most:
        return curve
    ends = {0, len(curve) - 1}
    evaluated = {i for i, point in enumerate(curve) if point["held_out_loss"] is not None} | ends
    if len(evaluated) > most:
        kept = _spread(sorted(evaluated), most)
    else:
        others = [i for i in range(len(curve)) if i not in evaluated]
        kept = [*evaluated, *_spread(others, most - len(evaluated))]
    return [curve[i] for i in sorted(kept)]


def _spread(items: list[int], most: int) -> list[int]:
    """Return ``most`` of the items at even distances, from the first to the last."""
    if most <= 1:
        return items[:most]
    gap = (len(items) - 1) / (most - 1)
    return [items[round(i * gap)] for i in range(most)]


def _per_step(milliseconds: float) -> str:
    """Return a duration in the unit that Keras's progress bar would take."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.0f}s/step"
    if milliseconds >= 1:
        return f"{milliseconds:.0f}ms/step"
    return f"{milliseconds * 1000:.0f}us/step"
