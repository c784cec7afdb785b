"""The measurement protocol: what is called, in which order, and what counts.

Pure of processes and models: it drives an ``Engine`` and hands records to ``report``. The cases of
a launch take turns, trial by trial, so that a slow minute hits all of them:

1. set-up of each case: make its program, one cold call;
2. warm-up in turns until each case is steady or at its cap;
3. timed trials in turns: the prompt as given, then prompts of other lengths at the same padded
   max_length (same compiled program), for the prefill/decode fit;
4. sample texts (first launch only), 5. the memory and energy pass, and (first launch only)
   what the device allows, case by case.
"""

from __future__ import annotations

import statistics
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol as Interface

from bench import resources, roofline_pass
from bench.engine.interface import Engine, InputError, Program, UnavailableError
from bench.job import CaseJob, Job
from bench.machine import device_warnings
from bench.sampling import sample_texts, stop_token_ids
from bench.speed import SpeedBatch, SpeedBatches, run_trial, speed_batches
from reports.records import CaseDone, Failure, Phase, Record, Status, Trial

_STEADY_WINDOW = 3
_TAIL_LINES = 12


class SpoiledDeviceError(Exception):
    """A case crashed on an accelerator; what comes after it in this process may fail with it.

    A CUDA error such as an illegal address is sticky: every later call of the process gets it, too.
    """


class Report(Interface):
    """Where the protocol tells what it does and what it found."""

    def step(self, case: str, phase: str) -> None:
        """Say what is about to run; after a crash the last step names the culprit."""

    def record(self, *records: Record) -> None:
        """Hand over finished records."""


@dataclass
class _Running:
    """One case while its launch lasts."""

    job: CaseJob
    program: Program
    batches: SpeedBatches
    trials: list[Trial] = field(default_factory=list)
    seconds: float = 0.0
    steady: bool | None = None
    warnings: list[str] = field(default_factory=list)

    def warm_seconds(self) -> list[float]:
        """Seconds of the warm-up trials so far that compiled nothing."""
        return [t.seconds for t in self.trials if t.phase == "warmup" and t.valid]


class Launch:
    """The cases of one job on one loaded engine."""

    def __init__(self, engine: Engine, job: Job, report: Report) -> None:
        self._engine = engine
        self._job = job
        self._report = report
        self._running: list[_Running] = []

    def run(self) -> None:
        """Measure every case of the job; a case that fails is recorded and left out.

        Raises:
            SpoiledDeviceError: it failed on an accelerator; the others need a new process.
        """
        for case in self._job.cases:
            self._guard(case, "set-up", partial(self._set_up, case))
        self._warm_up()
        for turn in range(self._job.trials):
            for running in list(self._running):
                self._guard(
                    running.job,
                    f"trial {turn + 1}/{self._job.trials}",
                    partial(self._timed, running, turn),
                )
        for running in list(self._running):
            self._guard(running.job, "samples", partial(self._finish, running))

    def _guard(self, case: CaseJob, phase: str, action: Callable[[], None]) -> None:
        self._report.step(case.id, phase)
        try:
            action()
        except UnavailableError as error:
            self._drop(case, "skipped", str(error), None)
        except InputError as error:
            self._drop(case, "failed", str(error), "input")
        except Exception as error:  # whatever a backend throws must cost one case, not the run
            traceback.print_exc()  # whole into the launch's log
            tail = "\n".join(traceback.format_exc().splitlines()[-_TAIL_LINES:])
            reason = f"{type(error).__name__}: {_first_line(error)}"
            self._drop(case, "failed", reason, "crash", tail)
            if self._job.hardware["device"] != "cpu":
                raise SpoiledDeviceError(reason) from error

    def _drop(
        self,
        case: CaseJob,
        status: Status,
        reason: str,
        failure: Failure | None,
        log_tail: str | None = None,
    ) -> None:
        self._running = [r for r in self._running if r.job.id != case.id]
        self._report.record(
            CaseDone(
                case=case.id,
                case_hash=case.hash,
                launch=self._job.launch,
                attempt=self._job.attempt,
                status=status,
                reason=reason,
                failure=failure,
                log_tail=log_tail,
            )
        )

    def _set_up(self, case: CaseJob) -> None:
        batches = speed_batches(self._engine, case, self._job.max_length, self._job.fit_points)
        program = self._engine.program(case.sampler)
        if self._job.samples:
            stop_token_ids(self._engine, program)  # refused now rather than after the trials
        running = _Running(case, program, batches)
        self._trial(running, "cold", 0, batches.main)
        self._running.append(running)

    def _warm_up(self) -> None:
        for turn in range(self._job.warmup_cap):
            waiting = [r for r in self._running if not self._is_steady(r)]
            for running in waiting:
                self._guard(
                    running.job,
                    f"warm-up {turn + 1}",
                    partial(self._trial, running, "warmup", turn, running.batches.main),
                )
        for running in self._running:
            if not self._is_steady(running):
                running.warnings.append(
                    f"not steady after {self._job.warmup_cap} warm-up trials (tolerance "
                    f"{self._job.steady_tolerance:.0%}): close other programs or raise "
                    "measure.warmup_cap"
                )

    def _is_steady(self, running: _Running) -> bool:
        last = running.warm_seconds()[-_STEADY_WINDOW:]
        running.steady = len(last) == _STEADY_WINDOW and (
            max(last) - min(last) <= self._job.steady_tolerance * statistics.median(last)
        )
        return running.steady

    def _timed(self, running: _Running, turn: int) -> None:
        """Run the main prompt and the other lengths; every other turn in reverse order."""
        calls: list[tuple[Phase, SpeedBatch]] = [("timed", running.batches.main)]
        calls += [("fit", batch) for batch in running.batches.fit]
        for phase, batch in reversed(calls) if turn % 2 else calls:
            self._trial(running, phase, turn, batch)

    def _trial(self, running: _Running, phase: Phase, turn: int, batch: SpeedBatch) -> None:
        trial = run_trial(self._engine, running.program, running.job, self._job, phase, turn, batch)
        running.trials.append(trial)
        running.seconds += trial.seconds
        self._report.record(trial)

    def _finish(self, running: _Running) -> None:
        case, job = running.job, self._job
        if job.samples:
            step = partial(self._report.step, case.id)
            drawn = sample_texts(self._engine, running.program, case, job, step)
            running.seconds += drawn.seconds
            self._report.record(*drawn.samples)
        self._report.step(case.id, "memory")
        used = resources.measure(self._engine, running.program, running.batches.main)
        running.seconds += used.seconds
        allowed = {}
        if job.launch == 0:
            allowed = roofline_pass.measure(
                self._engine, running.program, case.batch_size, job.max_length
            )
        cold = running.trials[0]
        compile_seconds, why = _compile_seconds(running)
        missing = dict(used.missing)
        if why:
            missing["compile_seconds"] = why
        self._report.record(
            CaseDone(
                case=case.id,
                case_hash=case.hash,
                launch=job.launch,
                attempt=job.attempt,
                status="ok",
                cold_seconds=cold.seconds,
                compile_seconds=compile_seconds,
                compile_count=cold.compiles,
                compile_method=str(self._engine.what_ran()["compile_method"]),
                steady=running.steady,
                warmup_trials=sum(t.phase == "warmup" for t in running.trials),
                generate_seconds=running.seconds,
                host_peak_bytes=used.host_peak_bytes,
                device_peak_bytes=used.device_peak_bytes,
                energy_joules_per_1000_tokens=used.energy_joules_per_1000_tokens,
                roofline=allowed,
                device=used.device,
                missing=missing,
                warnings=[*running.warnings, *device_warnings(used.device)],
                sampler=running.program.sampler,
            )
        )


def _compile_seconds(running: _Running) -> tuple[float | None, str | None]:
    """Seconds that the cold call spent compiling: told by the backend, or the excess over warm."""
    cold = running.trials[0]
    if cold.compile_seconds is not None:
        return cold.compile_seconds, None
    warm = [t.seconds for t in running.trials[1:] if t.phase in ("warmup", "timed") and t.valid]
    if not warm:
        return None, "no warm trial to compare the first call with"
    return max(0.0, cold.seconds - statistics.median(warm)), None


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    if not lines:
        return "no message"
    # TensorFlow puts the whole traceback of a traced function before its message.
    return (lines[-1] if lines[0].startswith("in user code") else lines[0])[:300]
