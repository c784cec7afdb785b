"""From a scenario's cases to launches: what is loaded where, in which order, and what is skipped.

Pure: it starts nothing. Cases that share model and hardware share worker processes, and the
launches of different groups alternate, so that a slow hour hits all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import capabilities, preset_folder
from bench.job import CaseJob, Job
from bench.presets import EMBEDDED, embedded_path
from scenarios.cases import Case
from scenarios.schema import Hardware, is_folder


class PresetError(Exception):
    """A preset folder is broken; the text holds every fault."""


@dataclass(frozen=True)
class Group:
    """Cases that share a worker process."""

    name: str
    source: str  # what from_preset gets: a hub name or handle, or the path of a folder
    hardware: Hardware
    cases: tuple[Case, ...]

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
) -> Plan:
    """Group the cases by (preset, state, hardware), in their order.

    Raises:
        PresetError: a local preset folder that a case needs is broken.
    """
    groups: dict[str, list[Case]] = {}
    skipped: dict[str, str] = {}
    launches = 1
    reasons: dict[Hardware, str | None] = {}
    for case in cases:
        launches = case.measure.launches
        if case.hardware not in reasons:
            reasons[case.hardware] = skip_reason(case.hardware)
        if reason := reasons[case.hardware]:
            skipped[case.id] = reason
        else:
            groups.setdefault(case.group, []).append(case)
    faults = list(dict.fromkeys(f for g in groups.values() for f in faults_of(g[0].source)))
    if faults:
        raise PresetError("\n".join(faults))
    return Plan(
        tuple(
            Group(name, resolve(members[0].source), members[0].hardware, tuple(members))
            for name, members in groups.items()
        ),
        skipped,
        launches,
    )


def resolve(source: str) -> str:
    """Return what ``from_preset`` takes for a source: embedded names become folders."""
    return str(embedded_path(source)) if source in EMBEDDED else source


def faults_of(source: str) -> list[str]:
    """Return what is wrong with a local preset folder; nothing for what lies on a hub."""
    resolved = resolve(source)
    return preset_folder.check(Path(resolved)) if is_folder(resolved) else []


def fingerprint(source: str) -> str:
    """Return what stands for a preset's content in the case hashes.

    A folder's content counts, not its place; of a hub's preset only the name is known.
    """
    resolved = resolve(source)
    if is_folder(resolved) and Path(resolved).is_dir():
        return preset_folder.fingerprint(Path(resolved))
    return source
