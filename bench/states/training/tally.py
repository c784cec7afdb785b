"""What training has done so far: sums from which every number of the record is made.

Pure data, kept in each checkpoint, so that a training that was interrupted ends with the numbers
of an unbroken one.
"""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass, field
from typing import Any

from reports.training import CURVE_POINTS, Point, thinned


@dataclass
class Sums:
    """Sums over some steps.

    Attributes:
        steps: how many.
        loss: of Keras's loss of each step, which is a mean over positions.
        tokens: counted tokens, padding left out.
        correct: tokens foreseen.
    """

    steps: int = 0
    loss: float = 0.0
    tokens: int = 0
    correct: float = 0.0

    def plus(self, steps: int, loss: float, accuracy: float, tokens: int) -> Sums:
        """Return the sums after ``steps`` more, of which Keras gives the running means."""
        return Sums(
            self.steps + steps,
            self.loss + steps * loss,
            self.tokens + tokens,
            self.correct + accuracy * tokens,
        )


@dataclass
class Tally:
    """Where a training stands.

    Attributes:
        step: optimizer steps done.
        epoch: sums of the epoch that runs, or of the last one.
        marked: the same at the last point of the curve.
        tokens: counted tokens of all epochs before this one.
        seconds: of training steps.
        evaluation_seconds: of held-out losses.
        first_step_seconds: of the first step of the last process.
        steady: steps, tokens and seconds without the first step of each process.
        stretches: ms per step of each stretch between two looks at the loss.
        curve: points.
        held_out_before: nats per token before the first step.
        held_out: the last held-out loss, and the step after which it was taken.
        best: the lowest held-out loss after a step, and that step.
        to_beat: the last loss that was a gain of ``min_delta`` or more.
        without_gain: evaluations since then.
        stopped_early: whether training has ended for that.
        resumed: times that it went on from a checkpoint.
        warnings: what went wrong without stopping it.
    """

    step: int = 0
    epoch: Sums = field(default_factory=Sums)
    marked: Sums = field(default_factory=Sums)
    tokens: int = 0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    first_step_seconds: float | None = None
    steady_steps: int = 0
    steady_tokens: int = 0
    steady_seconds: float = 0.0
    stretches: list[float] = field(default_factory=list)
    curve: list[Point] = field(default_factory=list)
    held_out_before: float | None = None
    held_out: float | None = None
    held_out_step: int = 0
    best: float | None = None
    best_step: int | None = None
    to_beat: float | None = None
    without_gain: int = 0
    stopped_early: bool = False
    resumed: int = 0
    warnings: list[str] = field(default_factory=list)

    def start_epoch(self) -> None:
        """Begin a new epoch: Keras's means begin anew."""
        self.tokens += self.epoch.tokens
        self.epoch = Sums()
        self.marked = Sums()

    def stretch(self, steps: int, tokens: int, seconds: float) -> None:
        """Add some steps that were timed together."""
        self.steady_steps += steps
        self.steady_tokens += tokens
        self.steady_seconds += seconds
        self.stretches.append(1000 * seconds / steps)

    def mark(self, positions: int, learning_rate: float, seconds: float) -> None:
        """Add a point to the curve: the steps since the last one.

        Args:
            positions: positions of a batch, padding included: what Keras's loss is a mean over.
            learning_rate: of the last step.
            seconds: of training so far.
        """
        tokens = self.epoch.tokens - self.marked.tokens
        loss = accuracy = None
        if self.epoch.steps > self.marked.steps and tokens:
            loss = (self.epoch.loss - self.marked.loss) * positions / tokens
            accuracy = (self.epoch.correct - self.marked.correct) / tokens
        self.marked = self.epoch
        if self.curve and self.curve[-1]["step"] == self.step:
            return
        self.curve.append(
            Point(
                step=self.step,
                loss=loss,
                accuracy=accuracy,
                learning_rate=learning_rate,
                seconds=seconds,
                held_out_loss=None,
            )
        )
        if len(self.curve) >= 4 * CURVE_POINTS:  # a training of weeks must not fill the memory
            self.curve = thinned(self.curve, 2 * CURVE_POINTS)

    def evaluated(self, loss: float) -> None:
        """Put a held-out loss on the last point of the curve."""
        self.held_out, self.held_out_step = loss, self.step
        self.curve[-1]["held_out_loss"] = loss

    def gained(self, loss: float, min_delta: float) -> bool:
        """Tell whether a held-out loss is the best so far; count those without a real gain."""
        if self.to_beat is None or loss < self.to_beat - min_delta:
            self.to_beat, self.without_gain = loss, 0
        else:
            self.without_gain += 1
        if self.best is not None and loss >= self.best:
            return False
        self.best, self.best_step = loss, self.step
        return True

    @property
    def loss(self) -> float:
        """Keras's loss over this epoch so far."""
        return self.epoch.loss / self.epoch.steps

    @property
    def accuracy(self) -> float:
        """Share of tokens foreseen over this epoch so far."""
        return self.epoch.correct / max(1, self.epoch.tokens)

    @property
    def milliseconds_per_step(self) -> float | None:
        """Mean without first steps; None where there is no other."""
        return 1000 * self.steady_seconds / self.steady_steps if self.steady_steps else None

    @property
    def median_milliseconds_per_step(self) -> float | None:
        """Median over stretches."""
        return statistics.median(self.stretches) if self.stretches else None

    @property
    def tokens_per_second(self) -> float | None:
        """Counted tokens per second, without first steps."""
        return self.steady_tokens / self.steady_seconds if self.steady_seconds else None

    def to_data(self) -> dict[str, Any]:
        """Return plain data, fit for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Tally:
        """Read plain data back."""
        sums = {name: Sums(**data[name]) for name in ("epoch", "marked")}
        return cls(**{**data, **sums})
