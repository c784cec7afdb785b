"""Makes the trained states that a run needs: each once, kept for every later run.

The parent's side. Texts are read and models trained in processes of their own; what is finished
goes into the store in one rename, and its record with curve and texts into the run folder.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench.launcher import AnyJob, Worker, WorkerDiedError, WorkerTimedOutError
from bench.preset_sources import fingerprint
from bench.states.key import recipe_fingerprint
from bench.states.needed import TrainingTask
from bench.states.reading import ReadingJob
from bench.states.store import PRESET, WORK, Store, StoredState
from bench.states.training.job import DONE, TrainingJob
from bench.worker_environment import worker_environment
from reports.atomic_file import replacing
from reports.curve_picture import curve_svg
from reports.records import Failure
from reports.run_folder import RunFolder
from reports.training import Training
from reports.training_texts import TEXTS, training_folder

READING = "bench.states.reading"
TRAINING = "bench.states.training.worker"
CURVE = "curve.csv"
PICTURE = "curve.svg"
_TIME_TO_SAVE = 60.0  # s that a worker gets for a checkpoint after Ctrl-C


class TrainingWatcher(Protocol):
    """Who is told how training goes."""

    def training(self, name: str, phase: str) -> None:
        """Hear what is about to be done for the state called ``name``."""

    def training_step(self, name: str, progress: Mapping[str, Any]) -> None:
        """Hear how far it is: ``bench.states.training.job.Progress`` as plain data."""

    def trained(self, training: Training) -> None:
        """Hear that it is done."""


class TrainingFailedError(Exception):
    """A state could not be trained; the text says why.

    Attributes:
        failure: whose fault it is, as in ``CaseDone``; None where the machine lacks the device.
        log_tail: the last lines of the worker's log, where it crashed.
    """

    def __init__(self, reason: str, failure: Failure | None, log_tail: str | None = None) -> None:
        super().__init__(reason)
        self.failure = failure
        self.log_tail = log_tail


class _WorkerLike(Protocol):
    def events(self, timeout: float) -> Iterable[dict[str, Any]]: ...

    def log_tail(self) -> str: ...

    def stop(self, patience: float) -> None: ...

    def __enter__(self) -> _WorkerLike: ...

    def __exit__(self, *exc: object) -> None: ...


@dataclass
class StateMaker:
    """Makes states, or takes them from the store."""

    store: Store
    folder: RunFolder
    watcher: TrainingWatcher
    start_worker: Callable[..., _WorkerLike] = Worker

    def make(self, task: TrainingTask, timeout: float) -> Training:
        """See that a state is in the store, and keep its record in the run folder.

        Args:
            task: what to train.
            timeout: seconds without a word after which a worker is taken for hung.

        Raises:
            TrainingFailedError: it could not be trained, or not be kept.
            OSError: the run folder cannot be written.
        """
        try:
            stored, reused = self._stored(task, timeout)
        except OSError as error:
            raise TrainingFailedError(
                f"it cannot be kept in {self.store.root} ({error.strerror or error}); make that "
                "folder writable, or set VERSEBENCH_CACHE to another",
                "input",
            ) from error
        training = dataclasses.replace(
            stored.training,
            preset=task.preset,
            state=task.state,
            reused=reused,
            # The key holds all three, so they are right for states stored without them as well.
            fingerprint=task.data_content,
            base_fingerprint=task.base_content,
            recipe_fingerprint=recipe_fingerprint(task.data, task.recipe),
        )
        self._keep(task, stored, training)
        self.watcher.trained(training)
        return training

    def _stored(self, task: TrainingTask, timeout: float) -> tuple[StoredState, bool]:
        """Return the state, and whether it was there already."""
        if stored := self.store.get(task.key):
            return stored, True
        with self.store.making(task.key, lambda who: self._wait(task, who)) as part:
            if stored := self.store.get(task.key):  # whom we waited for has made it
                return stored, True
            return self._train(task, part, timeout), False

    def _wait(self, task: TrainingTask, who: str) -> None:
        self.watcher.training(task.name, f"{who} is training the same; waiting for it")

    def _train(self, task: TrainingTask, part: Path, timeout: float) -> StoredState:
        environment = worker_environment(task.hardware.model_dump(), os.environ)
        facts: dict[str, Any] = {}
        if not all((part / name).exists() for name in (f"{WORK}/{DONE}", PRESET, TEXTS)):
            shutil.rmtree(part / PRESET, ignore_errors=True)
            facts = self._read(task, part, environment, timeout)
        # else it is saved, and only the commit is left: the worker tells its record again
        self.watcher.training(task.name, "import and load")
        job = TrainingJob(
            preset=task.preset,
            state=task.state,
            key=task.key,
            base=task.base,
            texts=str(part / TEXTS),
            data=facts,
            shuffle=task.data.shuffle,
            recipe=task.recipe.model_dump(mode="json"),
            hardware=task.hardware.model_dump(),
            work=str(part / WORK),
            out=str(part / PRESET),
        )
        training: dict[str, Any] | None = None
        for event in self._events(task, TRAINING, job, environment, timeout):
            if event["event"] == "progress":
                self.watcher.training_step(task.name, event)
            elif event["event"] == "trained":
                training = event["training"]
        if training is None:
            raise TrainingFailedError("the training worker ended without a result", "crash")
        if fingerprint(task.base) != task.base_content:
            shutil.rmtree(part, ignore_errors=True)
            raise TrainingFailedError(
                f"{task.preset} changed while it was trained; start the run again", "input"
            )
        return self.store.commit(task.key, Training.from_data(training))

    def _read(
        self, task: TrainingTask, part: Path, environment: Mapping[str, str], timeout: float
    ) -> dict[str, Any]:
        self.watcher.training(task.name, f"reading {task.data.label}")
        data = task.data.model_dump(mode="json", by_alias=True)
        recipe = task.recipe
        out = str(part / TEXTS)
        job = ReadingJob(
            data, recipe.seed, task.data_content, out, recipe.batch_size, recipe.batches
        )
        facts: dict[str, Any] | None = None
        for event in self._events(task, READING, job, environment, timeout):
            if event["event"] == "texts":
                facts = event["facts"]
        if facts is None:
            raise TrainingFailedError("the reading worker ended without texts", "crash")
        return facts

    def _events(
        self,
        task: TrainingTask,
        module: str,
        job: AnyJob,
        environment: Mapping[str, str],
        timeout: float,
    ) -> Iterable[dict[str, Any]]:
        """Yield a worker's events; on Ctrl-C let it save where it stands.

        Raises:
            TrainingFailedError: it failed, died or fell silent.
        """
        log = self.folder.log(f"{module.split('.')[2]}-{task.key}.log")
        with self.start_worker(job, environment, log, module) as worker:
            try:
                for event in worker.events(timeout):
                    if event["event"] == "failed":
                        if event["failure"] == "input":  # nothing there is worth going on with
                            shutil.rmtree(self.store.part(task.key), ignore_errors=True)
                        tail = worker.log_tail() if event["failure"] == "crash" else None
                        raise TrainingFailedError(event["reason"], event["failure"], tail)
                    if event["event"] == "step":
                        self.watcher.training(task.name, event["phase"])
                    yield event
            except (WorkerDiedError, WorkerTimedOutError) as error:
                shutil.rmtree(self.store.part(task.key) / f".{PRESET}.part", ignore_errors=True)
                failure: Failure = "timeout" if isinstance(error, WorkerTimedOutError) else "crash"
                raise TrainingFailedError(
                    f"the training worker died: {error}" if failure == "crash" else str(error),
                    failure,
                    worker.log_tail(),
                ) from error
            except KeyboardInterrupt:
                self.watcher.training(task.name, "interrupted: saving a checkpoint")
                worker.stop(_TIME_TO_SAVE)
                raise

    def _keep(self, task: TrainingTask, stored: StoredState, training: Training) -> None:
        """Put record, texts and curve into the run folder: reports read nothing else."""
        folder = training_folder(self.folder.path, task.preset, task.state)
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # an old store without texts still loads
            shutil.copyfile(stored.texts, folder / TEXTS)
        columns = list(dict.fromkeys(name for point in training.curve for name in point))
        with replacing(folder / CURVE) as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(training.curve)
        with replacing(folder / PICTURE) as stream:
            stream.write(curve_svg(task.name, training.curve))
        self.folder.append(training, sync=True)
