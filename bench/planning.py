"""From a scenario's cases to launches: what is loaded where, in which order, and what is skipped.

Pure: it starts nothing. Cases that share model and hardware share worker processes, and the
launches of different groups alternate, so that a slow hour hits all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bench import capabilities
from bench.job import CaseJob, Job
from bench.preset_sources import faults_of, resolve
from bench.states.needed import Trainings, TrainingTask
from bench.states.store import Store
from scenarios.cases import Case
from scenarios.schema import Hardware


class PresetError(Exception):
    """A preset folder is broken; the text holds every fault."""


@dataclass(frozen=True)
class Group:
    """Cases that share a worker process."""

    name: str
    source: str  # what from_preset gets: a hub name or handle, or the path of a folder
    hardware: Hardware
    cases: tuple[Case, ...]
    training: TrainingTask | None = None  # what makes the source, before the first launch

    def job(self, cases: Iterable[Case], launch: int, attempt: str) -> Job:
        """Return the job of one launch for those of its cases that are still to be measured.

        Another case goes first in each launch, so that none has all the first cold calls.
        """
        chosen = tuple(cases)
        first = launch % len(chosen)  # the first cold call of a process also warms the framework
        chosen = chosen[first:] + chosen[:first]
        generate, measure = chosen[0].generate, chosen[0].measure
        return Job(
            group=self.name,
            launch=launch,
            attempt=attempt,
            preset=self.source,
            hardware=self.hardware.model_dump(),
            seed=chosen[0].seed,
            max_length=generate.max_length,
            samples=generate.samples if launch == 0 else 0,
            trials=measure.trials,
            warmup_cap=measure.warmup_cap,
            steady_tolerance=measure.steady_tolerance,
            fit_points=measure.fit_points,
            cases=[case_job(case) for case in chosen],
        )


@dataclass(frozen=True)
class Plan:
    """The groups to launch, and the cases that this machine cannot run, with the reason."""

    groups: tuple[Group, ...]
    skipped: Mapping[str, str] = field(default_factory=dict)
    launches: int = 1

    @property
    def trainings(self) -> list[TrainingTask]:
        """The states to train, or to take from the store, in the order of the groups."""
        return list(dict.fromkeys(group.training for group in self.groups if group.training))

    @property
    def cases(self) -> list[Case]:
        """The cases that will be measured."""
        return [case for group in self.groups for case in group.cases]

    def turns(self) -> Iterator[tuple[int, Group]]:
        """Yield (launch number, group) in the order in which they run."""
        for launch in range(self.launches):
            for group in self.groups:
                yield launch, group


def case_job(case: Case) -> CaseJob:
    """Return the case as the worker needs it."""
    arguments: dict[str, Any] = case.sampler.arguments
    if case.sampler.kind == "custom":
        arguments = {"class": case.sampler.import_path, "arguments": arguments}  # type: ignore[attr-defined]
    return CaseJob(
        id=case.id,
        hash=case.hash,
        sampler={"kind": case.sampler.kind, "arguments": arguments},
        batch_size=case.batch_size,
        prompts=[(index, prompt.text) for index, prompt in case.prompts],
    )


def plan(
    cases: Iterable[Case],
    skip_reason: Callable[[Hardware], str | None] = capabilities.skip_reason,
    *,
    hardware: Sequence[Hardware] = (),
    store: Store | None = None,
) -> Plan:
    """Group the cases by (preset, state, hardware), in their order.

    Args:
        cases: those chosen.
        skip_reason: what this machine lacks for a hardware entry.
        hardware: the scenario's whole axis: a state without a place of its own is trained on the
            first that this machine has, whichever cases were chosen.
        store: where trained states are kept.

    Raises:
        PresetError: a local preset folder that a case needs is broken.
    """
    groups: dict[str, list[Case]] = {}
    skipped: dict[str, str] = {}
    launches = 1
    reason_of = cache(skip_reason)
    trainings = Trainings(hardware, reason_of, store or Store())
    for case in cases:
        launches = case.measure.launches
        reason = reason_of(case.hardware) or trainings.why_not(case)
        if reason:
            skipped[case.id] = reason
        else:
            groups.setdefault(case.group, []).append(case)
    sources = dict.fromkeys(members[0].source for members in groups.values())
    if faults := dict.fromkeys(fault for source in sources for fault in faults_of(source)):
        raise PresetError("\n".join(faults))
    return Plan(
        tuple(_group(name, members, trainings) for name, members in groups.items()),
        skipped,
        launches,
    )


def _group(name: str, cases: Sequence[Case], trainings: Trainings) -> Group:
    first = cases[0]
    task = trainings.task(first)
    source = resolve(first.source) if task is None else str(trainings.store.preset(task.key))
    return Group(name, source, first.hardware, tuple(cases), task)
