"""When to write checkpoints of a training, and how to take one up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras import ops
from numpy.typing import NDArray

from bench.states.training import checkpoint
from bench.states.training.model import Trainee
from bench.states.training.tally import Tally

CHECKPOINT_SECONDS = 60.0
CHECKPOINT_SHARE = 0.02  # of the time at most goes into writing checkpoints

Weights = list[NDArray[Any]]


class Checkpoints:
    """The checkpoints of one training: its variables, its tally and its best weights.

    Args:
        work: the folder that holds them.
        identity: what makes a training the same.
        trainee: whose state is kept.
    """

    def __init__(self, work: Path, identity: dict[str, Any], trainee: Trainee) -> None:
        self._path = work / checkpoint.NAME
        self._identity = identity
        self._trainee = trainee
        self._due = time.perf_counter() + CHECKPOINT_SECONDS

    def due(self) -> bool:
        """Tell whether it is time for the next."""
        return time.perf_counter() >= self._due

    def take_up(self) -> tuple[Tally, Weights | None] | None:
        """Put the last checkpoint's state into the model; None where none fits."""
        found = checkpoint.read(self._path, self._identity, self._trainee.shapes())
        if found is None:
            return None
        arrays = iter(found.arrays())
        for variable in self._trainee.state:
            variable.assign(next(arrays))
        random = self._trainee.random
        random.arrays = [next(arrays) for _ in random.arrays]
        tally = Tally.from_data(found.state)
        tally.resumed += 1
        return tally, list(arrays) or None

    def write(self, tally: Tally, best: Weights | None) -> None:
        """Write one; where the disk is full, training goes on and the tally has a warning."""
        start = time.perf_counter()

        def arrays() -> Iterator[NDArray[Any]]:
            for variable in self._trainee.state:
                yield ops.convert_to_numpy(variable)
            yield from self._trainee.random.arrays
            yield from best or []

        try:
            checkpoint.write(self._path, self._identity, tally.to_data(), arrays())
        except OSError as error:
            warning = (
                f"a checkpoint could not be written ({error.strerror or error}), and training "
                "went on without; make room, or an interruption loses what was trained"
            )
            if warning not in tally.warnings:
                tally.warnings.append(warning)
        took = time.perf_counter() - start
        self._due = time.perf_counter() + max(CHECKPOINT_SECONDS, took / CHECKPOINT_SHARE)

    def remove(self) -> None:
        """Delete it: what was trained is saved."""
        self._path.unlink(missing_ok=True)
