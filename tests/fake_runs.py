"""Runs of fake workers: small plans, a watcher that remembers, workers inside this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_engine import FakeEngine, FakeReport

from bench.job import Job
from bench.launcher import WorkerDiedError, WorkerTimedOutError
from bench.planning import Plan, plan
from bench.protocol import Launch as Measured
from bench.protocol import SpoiledDeviceError
from bench.runner import Run
from reports.completed import complete
from reports.records import CaseDone, Launch, Record, RunEnd, to_line
from reports.run_folder import RunFolder
from scenarios.cases import Case, expand
from scenarios.schema import Scenario

SAMPLERS = ("greedy", "random", "top_p")


def cases_of(**settings: Any) -> tuple[Case, ...]:
    """The cases of a small scenario; ``settings`` replace its parts."""
    given: dict[str, Any] = {
        "name": "demo",
        "prompts": ["abc", "de"],
        "presets": ["tiny"],
        "samplers": list(SAMPLERS),
        "hardware": [{"backend": "jax"}],
        "generate": {"max_length": 16, "samples": 2},
        "measure": {"launches": 1, "trials": 2, "fit_points": 0, "timeout": 60.0},
    }
    for key, value in settings.items():
        given[key] = {**given[key], **value} if isinstance(given.get(key), dict) else value
    return expand(Scenario.model_validate(given)).cases


def plan_of(**settings: Any) -> Plan:
    """The plan of a small scenario, on a machine that lacks nothing."""
    return plan(cases_of(**settings), lambda hardware: None)


def results(folder: RunFolder, **settings: Any) -> dict[str, Any]:
    """What counts in a folder: per case its status and, by launch, trials' phases and texts."""
    manifest = [{"id": case.id, "hash": case.hash} for case in cases_of(**settings)]
    return {
        result.id: (
            result.status,
            [
                (
                    own.done.launch,
                    [trial.phase for trial in own.trials],
                    [(text.prompt_index, text.repeat, text.text) for text in own.samples],
                )
                for own in result.launches
            ],
        )
        for result in complete(manifest, folder.read()).cases
    }


@dataclass
class Watching:
    """Remembers what it is told; ``on`` is called with each event and may raise."""

    heard: list[tuple[Any, ...]] = field(default_factory=list)
    on: Callable[[tuple[Any, ...]], object] = lambda event: None

    def _hear(self, *event: Any) -> None:
        self.heard.append(event)
        self.on(event)

    def launch(self, group: str, launch: int, cases: int) -> None:
        self._hear("launch", group, launch, cases)

    def step(self, case: str | None, phase: str) -> None:
        self._hear("step", case, phase)

    def done(self, record: CaseDone) -> None:
        self._hear("done", record.case, record.launch, record.status)


class Ends(BaseException):
    """What a fault raises to end its worker: no ``except Exception`` may stop it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class FakeWorkers:
    """Starts workers that run the real protocol on a fake engine, inside this process.

    ``faults``: (sampler, launch, call) -> error that ends the worker at that call; each strikes
    once. ``script``: events to send instead of measuring.
    """

    faults: dict[tuple[str, int, int], Exception] = field(default_factory=dict)
    script: Callable[[Job], Iterator[dict[str, Any]]] | None = None
    jobs: list[Job] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    open: int = 0

    def __call__(self, job: Job, environment: Mapping[str, str], log: Path) -> FakeWorker:
        self.jobs.append(job)
        self.logs.append(log)
        self.environments.append(environment)
        return FakeWorker(self, job)

    @property
    def started(self) -> list[tuple[str, int, list[str]]]:
        """(backend, launch, samplers) of each worker."""
        return [
            (job.hardware["backend"], job.launch, [c.sampler["kind"] for c in job.cases])
            for job in self.jobs
        ]


class FakeWorker:
    """One of ``FakeWorkers``; implements ``runner.WorkerLike``."""

    def __init__(self, workers: FakeWorkers, job: Job) -> None:
        self._workers = workers
        self._job = job

    def events(self, timeout: float) -> Iterator[dict[str, Any]]:
        self._workers.timeouts.append(timeout)
        if self._workers.script:
            yield from self._workers.script(self._job)
            return
        report = _Events()
        error = self._measure(report)
        yield from report.events
        if isinstance(error, SpoiledDeviceError):
            yield {"event": "restart", "reason": str(error)}
            return
        if error:
            raise error
        yield {"event": "end"}

    def _measure(self, report: _Events) -> Exception | None:
        job = self._job
        report.step(None, "import and load")
        report.record(Launch(job.launch, job.attempt, job.group, 1.0, 0.5, 0.25, 1000))
        faults: dict[str, dict[int, Callable[[], object]]] = {}
        for case in job.cases:
            name = case.sampler["kind"]
            for key, error in self._workers.faults.items():
                if key[:2] == (name, job.launch):
                    strike = _strike(self._workers.faults, key, error)
                    faults.setdefault(name, {})[key[2]] = strike
        programs = {
            name: {"faults": faults.get(name, {}), "draws": name != "greedy"} for name in SAMPLERS
        }
        try:
            Measured(FakeEngine(programs=programs), job, report).run()
        except Ends as end:
            return end.error
        except SpoiledDeviceError as error:
            return error
        return None

    def log_tail(self) -> str:
        return f"last words of launch {self._job.launch}"

    def __enter__(self) -> FakeWorker:
        self._workers.open += 1
        return self

    def __exit__(self, *exc: object) -> None:
        self._workers.open -= 1


class _Events(FakeReport):
    """A report whose entries become a worker's events."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def step(self, case: str | None, phase: str) -> None:
        self.events.append({"event": "step", "case": case, "phase": phase})

    def record(self, *records: Record) -> None:
        self.events.append({"event": "records", "lines": [to_line(r) for r in records]})


def _strike(
    faults: dict[tuple[str, int, int], Exception], key: tuple[str, int, int], error: Exception
) -> Callable[[], None]:
    def strike() -> None:
        if faults.pop(key, None):
            ends = isinstance(error, WorkerDiedError | WorkerTimedOutError)
            raise Ends(error) if ends else error

    return strike


def run(
    folder: RunFolder,
    workers: FakeWorkers | None = None,
    watching: Watching | None = None,
    **settings: Any,
) -> tuple[Run, FakeWorkers]:
    """Run a small scenario to the end; return the run and its workers."""
    workers = workers or FakeWorkers()
    one = Run(plan_of(**settings), folder, watching or Watching(), workers)
    one.execute()
    return one, workers


def ends(folder: RunFolder) -> list[CaseDone]:
    """The ends of cases, in file order."""
    return [record for record in folder.read() if isinstance(record, CaseDone)]


def run_ends(folder: RunFolder) -> list[str]:
    """How the run, and each resumption, ended."""
    return [record.status for record in folder.read() if isinstance(record, RunEnd)]
