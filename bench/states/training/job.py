"""The messages of a training: the job that starts it, and how far it is."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Protocol

DONE = "done.json"
"""In the work folder: the record of a training whose preset is saved."""


@dataclass(frozen=True)
class TrainingJob:
    """One state to train.

    Attributes:
        preset: label of the base preset, for the record and for advice that names it.
        state: label of the state, for the record.
        key: content key of the state; a checkpoint of another key is not gone on with.
        base: what ``from_preset`` takes.
        texts: path of the texts, as ``reports.training_texts`` writes them.
        data: facts of the data set, for the record.
        shuffle: the texts are in random order, so every later epoch gets an order of its own;
            otherwise all epochs have the order of the texts.
        recipe: ``scenarios.training.Train`` as plain data.
        hardware: ``device``, ``backend``, ``threads``, ``jit``; the dtype is the recipe's.
        work: folder for checkpoints; need not exist.
        out: folder of the finished preset; it is complete or absent.
    """

    preset: str
    state: str
    key: str
    base: str
    texts: str
    data: dict[str, Any]
    shuffle: bool
    recipe: dict[str, Any]
    hardware: dict[str, Any]
    work: str
    out: str

    def to_line(self) -> str:
        """Return the job as one line of JSON."""
        return json.dumps(dataclasses.asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> TrainingJob:
        """Read a job back."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class Progress:
    """How far training is: the event ``progress``, at most twice a second.

    Attributes:
        step: steps done, over all epochs.
        steps: steps in all; early stopping may take fewer.
        epoch: the epoch that runs, from 1.
        epochs: epochs in all.
        loss: mean over this epoch so far, as ``fit`` shows it.
        accuracy: the same.
        milliseconds_per_step: lately.
        tokens_per_second: lately, padding left out.
        seconds_left: at that speed; evaluations come on top.
    """

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float
    accuracy: float
    milliseconds_per_step: float | None
    tokens_per_second: float | None
    seconds_left: float | None


class Report(Protocol):
    """Whom the trainer tells."""

    def phase(self, phase: str) -> None:
        """Say what is about to be done."""

    def progress(self, progress: Progress) -> None:
        """Say how far it is."""

    def stop_asked(self) -> bool:
        """Tell whether training shall end after the next step, with a checkpoint."""
