"""Runs a plan into a run folder: finished cases go to the disk at once, crashes are contained."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from bench.job import Job
from bench.launcher import Worker, WorkerDiedError, WorkerTimedOutError
from bench.planning import Group, Plan
from bench.states.making import TrainingFailedError
from bench.states.needed import TrainingTask
from bench.worker_environment import worker_environment
from reports.records import CaseDone, Failure, Record, RunEnd, Status, from_line
from reports.run_folder import RunFolder, RunFolderError
from scenarios.cases import Case


class Watcher(Protocol):
    """Who is told how a run goes: the progress bar, the pytest plugin, a test."""

    def launch(self, group: str, launch: int, cases: int) -> None:
        """Hear that a worker process is about to be started."""

    def step(self, case: str | None, phase: str) -> None:
        """Hear what the worker is about to do; drawing is free: the worker waits."""

    def done(self, record: CaseDone) -> None:
        """Hear that a case is finished in a launch."""


MakeState = Callable[[TrainingTask, float], object]
"""Makes a trained state, given the seconds that a step of it may take."""


@dataclass
class Outcome:
    """How the cases of a run ended, by (case id, launch)."""

    done: dict[tuple[str, int], CaseDone] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """Return how many ended so."""
        return sum(d.status == status for d in self.done.values())

    @property
    def failed(self) -> list[CaseDone]:
        """The failures, in the order in which they happened."""
        return [d for d in self.done.values() if d.status == "failed"]


class WorkerLike(Protocol):
    """What the runner needs of a worker (tests give it a fake one)."""

    def events(self, timeout: float) -> Iterable[dict[str, Any]]:
        """Yield events; see ``launcher.Worker.events``."""

    def log_tail(self) -> str:
        """Return the last lines of the worker's log."""

    def __enter__(self) -> WorkerLike: ...

    def __exit__(self, *exc: object) -> None: ...


_Key = tuple[str, str, int]  # case id, case hash, launch

StartWorker = Callable[[Job, Mapping[str, str], Path], WorkerLike]


@dataclass
class Run:
    """One run of a plan into a folder that is open for appending."""

    plan: Plan
    folder: RunFolder
    watcher: Watcher
    start_worker: StartWorker = Worker
    make_state: MakeState | None = None
    outcome: Outcome = field(default_factory=Outcome)

    def execute(self) -> Outcome:
        """Train what is to be trained, measure what is not finished, write the end of the run.

        KeyboardInterrupt ends the worker, marks the run interrupted, and goes on upwards.
        """
        began = time.monotonic()
        finished = self.folder.finished()
        try:
            self._make_states(finished)
            for launch, group in self.plan.turns():
                self._launch_until_done(group, launch, finished)
        except BaseException as error:
            with contextlib.suppress(RunFolderError):  # a full disk must not hide the first error
                self._end(
                    "interrupted" if isinstance(error, KeyboardInterrupt) else "failed", began
                )
            raise
        self._end("complete", began)
        return self.outcome

    def _end(self, status: Literal["complete", "interrupted", "failed"], began: float) -> None:
        self.folder.append(RunEnd(time.time(), status, time.monotonic() - began), sync=True)

    def _make_states(self, finished: set[_Key]) -> None:
        """Have each state made once; where that fails, all cases that need it have failed."""
        for task in self.plan.trainings:
            groups = [group for group in self.plan.groups if group.training == task]
            cases = [case for group in groups for case in group.cases]
            wanted = {(c.id, c.hash, n) for c in cases for n in range(self.plan.launches)}
            if wanted <= finished:
                continue
            assert self.make_state is not None, "a plan with states to train needs their maker"
            try:
                self.make_state(task, cases[0].measure.timeout)
            except TrainingFailedError as error:
                ended = CaseDone(
                    case="",
                    case_hash="",
                    launch=0,
                    attempt=uuid.uuid4().hex[:12],
                    status="failed" if error.failure else "skipped",
                    reason=f"the state {task.state} could not be trained: {error}",
                    failure=error.failure,
                    log_tail=error.log_tail,
                )
                left = [case for case in cases if (case.id, case.hash, 0) not in finished]
                self._keep([replace(ended, case=c.id, case_hash=c.hash) for c in left or cases])

    def _launch_until_done(self, group: Group, launch: int, finished: set[_Key]) -> None:
        """Launch the group; where a case kills or spoils it, launch the others again without it."""
        lost = {d.case for d in self.outcome.done.values() if d.status != "ok"}
        left = [
            case
            for case in group.cases
            if (case.id, case.hash, launch) not in finished and case.id not in lost
        ]
        while left:
            self._launch(group, left, launch)
            left = [case for case in left if (case.id, launch) not in self.outcome.done]

    def _launch(self, group: Group, cases: list[Case], launch: int) -> None:
        attempt = uuid.uuid4().hex[:12]
        job = group.job(cases, launch, attempt)
        log = self.folder.log(f"launch-{launch}-{attempt}.log")
        environment = worker_environment(job.hardware, os.environ)
        self.watcher.launch(group.name, launch, len(cases))
        current: str | None = None
        with self.start_worker(job, environment, log) as worker:
            try:
                for event in worker.events(cases[0].measure.timeout):
                    if event["event"] == "step":
                        current = event["case"]
                        self.watcher.step(current, event["phase"])
                    elif event["event"] == "records":
                        self._keep([from_line(line) for line in event["lines"]])
                    elif event["event"] == "not_loaded":
                        self._give_up(job, cases, event["reason"], event["failure"], worker)
                    elif event["event"] == "restart" and self._ended(cases, launch):
                        return  # the others are launched again, in a process of their own
            except (WorkerDiedError, WorkerTimedOutError) as error:
                failure: Failure = "timeout" if isinstance(error, WorkerTimedOutError) else "crash"
                culprits = [c for c in cases if c.id == current] or cases
                reason = f"the worker died: {error}" if failure == "crash" else str(error)
                self._give_up(job, culprits, reason, failure, worker)
                return
        undone = [c for c in cases if (c.id, launch) not in self.outcome.done]
        self._give_up(job, undone, "the worker ended without a word on this case", "crash", worker)

    def _ended(self, cases: Iterable[Case], launch: int) -> bool:
        """Tell whether any case has ended in this launch: then trying the others leads on."""
        return any((case.id, launch) in self.outcome.done for case in cases)

    def _keep(self, records: list[Record]) -> None:
        ends = [record for record in records if isinstance(record, CaseDone)]
        self.folder.append(*records, sync=bool(ends))
        for record in ends:
            self.outcome.done[record.case, record.launch] = record
            self.watcher.done(record)

    def _give_up(
        self,
        job: Job,
        cases: Iterable[Case],
        reason: str,
        failure: Failure | None,
        worker: WorkerLike,
    ) -> None:
        """Record cases as failed, or skipped where nothing failed, with the worker's last words."""
        tail = worker.log_tail() if failure in ("crash", "timeout") else None
        template = CaseDone(
            case="",
            case_hash="",
            launch=job.launch,
            attempt=job.attempt,
            reason=reason,
            status="failed" if failure else "skipped",
            failure=failure,
            log_tail=tail,
        )
        records: list[Record] = [
            replace(template, case=case.id, case_hash=case.hash)
            for case in cases
            if (case.id, job.launch) not in self.outcome.done
        ]
        if records:
            self._keep(records)
