"""Training one state, from the base preset to the finished one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NoReturn

import numpy as np
from keras import ops

from bench.engine.interface import InputError, Peak
from bench.engine.loading import loading_phase
from bench.resources import clear_host_peak, host_peak
from bench.states.training.batches import Batches, Tokens, texts_per_epoch, tokenise
from bench.states.training.cutting import count_cut
from bench.states.training.held_out import HeldOut
from bench.states.training.job import DONE, Progress, Report, TrainingJob
from bench.states.training.model import Trainee
from bench.states.training.optimizers import learning_rate_at, make_schedule
from bench.states.training.record import record
from bench.states.training.resuming import Checkpoints, Weights
from bench.states.training.saving import save
from bench.states.training.tally import Tally
from bench.states.training.watch import Watch
from reports.atomic_file import replacing
from reports.training import CURVE_POINTS, Training
from scenarios.training import Train

PROGRESS_SECONDS = 0.5


class StoppedError(Exception):
    """Training was asked to stop; what it had done is in a checkpoint."""


class Trainer:
    """One training. ``run`` is all of it; the rest are its parts, in order.

    Args:
        job: what to train.
        texts: the training texts.
        held_out: texts to evaluate on; may be empty.
        report: whom to tell.
    """

    def __init__(
        self, job: TrainingJob, texts: list[str], held_out: list[str], report: Report
    ) -> None:
        self._job = job
        self._recipe = Train.model_validate(job.recipe)
        self._texts = (texts, held_out)
        self._report = report
        self._work, self._out = Path(job.work), Path(job.out)
        self._tally = Tally()
        self._best: Weights | None = None
        self._told_at = 0.0

    def run(self) -> Training:
        """Train, save the preset to ``out`` and return the record.

        Raises:
            InputError: base, texts and recipe do not go together, training diverged, or the
                result cannot be written; the text says what to change.
            UnavailableError: the backend does not see the device.
            StoppedError: it was asked to stop.
            SavingError: KerasHub cannot read back what it saved.
        """
        if finished := self._finished():
            return finished
        self._report.phase(loading_phase(self._job.base))
        self._trainee = Trainee(self._job, self._recipe)
        self._tokenise()
        self._steps = self._batches.per_epoch * self._recipe.epochs
        self._schedule = make_schedule(self._recipe, self._steps)
        self._trainee.compile(self._recipe, self._steps)
        self._checkpoints = Checkpoints(self._work, self._identity, self._trainee)
        if found := self._checkpoints.take_up():
            self._tally, self._best = found
        cleared = clear_host_peak()
        self._trainee.memory.reset()
        if self._tally.held_out_before is None and self._held_out is not None:
            self._tally.held_out_before = self._evaluate(self._held_out)
        self._fit()
        self._keep_the_best()
        host = host_peak() if cleared else Peak(None, "the kernel does not let VmHWM be reset here")
        training = record(
            self._job,
            self._recipe,
            self._trainee,
            self._batches,
            self._cut,
            self._held_out,
            self._tally,
            host,
            self._trainee.memory.peak(),
        )
        self._save(training)
        return training

    def _finished(self) -> Training | None:
        """Return the record of a training that was saved, and killed before it was told."""
        if not self._out.exists():
            return None
        try:
            data = json.loads((self._work / DONE).read_text(encoding="utf-8"))
            training = Training.from_data(data)
        except (OSError, ValueError):
            training = None
        if training is None or training.key != self._job.key:
            raise InputError(f"{self._out} is there already; remove it to train anew")
        return training

    # --- texts --------------------------------------------------------------------------------

    def _tokenise(self) -> None:
        recipe, (texts, held_out) = self._recipe, self._texts
        if not texts:
            raise InputError("data: there are no texts to train on")
        if recipe.early_stop is not None and not held_out:
            raise InputError("early_stop needs held-out texts; set held_out of the data above 0")
        tokens = self._tokens(
            texts[: texts_per_epoch(len(texts), recipe.batch_size, recipe.batches)]
        )
        if int(tokens.weights.sum(axis=1).max()) < 2:
            raise InputError("data: no text has more than one token, so there is none to foresee")
        self._batches = Batches(tokens, recipe.batch_size, self._job.shuffle, recipe.seed)
        self._cut = count_cut(self._trainee.causal_lm.preprocessor, texts[: len(tokens)], tokens)
        held = self._tokens(held_out) if held_out else None
        self._held_out = None
        if held is not None:
            self._held_out = HeldOut(
                self._trainee.network, held, self._batches.batch_size, self._trainee.jit
            )
        self._identity = {
            "key": self._job.key,
            "recipe": recipe.model_dump(mode="json"),
            "backend": self._job.hardware["backend"],
            "texts": [tokens.digest(), held and held.digest()],
            "shuffle": self._job.shuffle,
        }
        self._probe = tokens.corner(rows=2, length=32)

    def _tokens(self, texts: list[str]) -> Tokens:
        self._report.phase(f"tokenise {len(texts):,} texts")

        def told(done: int) -> None:
            if self._report.stop_asked():
                raise StoppedError("stopped before the first step")
            if time.perf_counter() - self._told_at >= PROGRESS_SECONDS:
                self._report.phase(f"tokenise text {done:,} of {len(texts):,}")
                self._told_at = time.perf_counter()

        preprocessor = self._trainee.causal_lm.preprocessor
        return tokenise(preprocessor, texts, self._recipe.sequence_length, told)

    # --- steps --------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Run ``fit`` from stop to stop: the end of an epoch, an evaluation, a checkpoint."""
        tally, per_epoch = self._tally, self._batches.per_epoch
        curve_steps = max(1, self._steps // CURVE_POINTS)
        random = self._trainee.random
        watch = Watch(tally, random, curve_steps, self._mark, self._tell, self._pause)
        resumed = f"going on after step {tally.step:,}: " if tally.step else ""
        self._report.phase(f"{resumed}first step, which compiles")
        while True:
            self._evaluate_if_due()
            if tally.step >= self._steps or tally.stopped_early:
                break
            if tally.epoch.steps == per_epoch:
                tally.start_epoch()
            epoch, first = divmod(tally.step, per_epoch)
            last = min(per_epoch, first + self._every - tally.step % self._every)
            watch.fit(self._trainee.network, self._batches, self._batches.take(epoch, first, last))
            if self._report.stop_asked():
                self._stop()
            if self._checkpoints.due():
                self._report.phase("write a checkpoint")
                self._checkpoints.write(tally, self._best)
        self._mark(tally.seconds)

    def _stop(self) -> NoReturn:
        """Give up, in a way that loses nothing."""
        if self._tally.step:
            self._checkpoints.write(self._tally, self._best)
        raise StoppedError(f"stopped after step {self._tally.step:,} of {self._steps:,}")

    @property
    def _every(self) -> int:
        """Steps between evaluations."""
        return self._recipe.evaluate_every or self._batches.per_epoch

    def _pause(self) -> bool:
        return self._checkpoints.due() or self._report.stop_asked()

    def _mark(self, seconds: float) -> None:
        rate = learning_rate_at(self._schedule, max(0, self._tally.step - 1))
        self._tally.mark(self._batches.positions, rate, seconds)

    def _tell(self, milliseconds: float | None, tokens_per_second: float | None) -> None:
        now, tally = time.perf_counter(), self._tally
        if now - self._told_at < PROGRESS_SECONDS:
            return
        mean = tally.milliseconds_per_step
        self._report.progress(
            Progress(
                step=tally.step,
                steps=self._steps,
                epoch=(tally.step - 1) // self._batches.per_epoch + 1,
                epochs=self._recipe.epochs,
                loss=tally.loss,
                accuracy=tally.accuracy,
                milliseconds_per_step=milliseconds,
                tokens_per_second=tokens_per_second,
                seconds_left=None if mean is None else (self._steps - tally.step) * mean / 1000,
            )
        )
        self._told_at = now

    # --- held-out texts -----------------------------------------------------------------------

    def _evaluate_if_due(self) -> None:
        """Evaluate at the recipe's steps and at the end, and keep the best weights."""
        tally, stop = self._tally, self._recipe.early_stop
        due = tally.step % self._every == 0 or tally.step == self._steps
        if self._held_out is None or not due or tally.held_out_step == tally.step:
            return
        self._mark(tally.seconds)
        loss = self._evaluate(self._held_out)
        tally.evaluated(loss)
        if stop is None:
            return
        if tally.gained(loss, stop.min_delta):
            variables = self._trainee.network.trainable_variables
            self._best = [np.array(ops.convert_to_numpy(v)) for v in variables]  # not views
        tally.stopped_early = tally.without_gain >= stop.patience and tally.step < self._steps

    def _evaluate(self, held_out: HeldOut) -> float:
        self._report.phase("held-out loss")
        start = time.perf_counter()
        loss = held_out.loss(self._report.phase, self._report.stop_asked)
        if loss is None:
            self._stop()
        self._tally.evaluation_seconds += time.perf_counter() - start
        if not np.isfinite(loss):
            raise InputError(
                f"the held-out loss is {loss} after step {self._tally.step:,}, nothing is saved; "
                "lower learning_rate, or set clip_norm: 1.0"
            )
        return loss

    def _keep_the_best(self) -> None:
        if self._best is not None:
            variables = self._trainee.network.trainable_variables
            for variable, array in zip(variables, self._best, strict=True):
                variable.assign(array)
            self._tally.held_out = self._tally.best

    # --- the end ------------------------------------------------------------------------------

    def _save(self, training: Training) -> None:
        self._report.phase("save the preset")
        self._trainee.forget_optimizer()  # its memory is needed to load what is saved
        self._work.mkdir(parents=True, exist_ok=True)
        try:
            # Before the rename that ends everything: see _finished.
            with replacing(self._work / DONE) as stream:
                json.dump(training.to_data(), stream, allow_nan=False)
        except OSError as error:
            raise InputError(f"the training's record cannot be written: {error}") from error
        save(self._trainee.causal_lm, self._job.base, self._out, self._probe, self._recipe.dtype)
        self._checkpoints.remove()
