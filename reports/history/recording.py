"""From a summarised run to what is kept of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.columns import AXES, CASE_COLUMNS, describe, metric_column
from reports.completed import CaseResult
from reports.diff.launch_values import launch_values
from reports.diff.measures import measures
from reports.frames import rows_of
from reports.history.files import store
from reports.history.kept import KeptCase, KeptRun
from reports.metric_code import code_digest
from reports.records import to_line

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

# What changes by the minute says nothing about a night, and would make each machine a new one.
_PASSING = frozenset({"memory_available_bytes", "swap_used_bytes", "load_average", "missing"})
_PASSING_GPU = frozenset(
    {
        "memory_used_bytes",
        "sm_clock_mhz",
        "memory_clock_mhz",
        "temperature_celsius",
        "power_watts",
        "utilization_percent",
        "throttle_reasons",
        "other_processes",
        "missing",
    }
)
_RAN = (
    "backend",
    "devices",
    "jit",
    "dtype_policy",
    "compute_dtype",
    "quantization",
    "weight_bytes",
    "cores",
    "environment",
    "versions",
)
_REASON = 300  # characters
_ENDS = ("_low", "_high")


class NotFinishedError(Exception):
    """The run is not complete, so nothing of it is kept; the text says what to do."""


def keep(summary: Summary, history: Path, gates: Sequence[GateOutcome] = ()) -> Path:
    """Write a finished run into a history; return its file.

    Args:
        summary: the run.
        history: the folder; it is made if need be.
        gates: what became of the run's gates.

    Raises:
        NotFinishedError: the run is not complete.
        KeptError: the manifest does not say when the run began.
        OSError: the folder cannot be written.
    """
    return store(kept_run(summary, gates), history)


def kept_run(summary: Summary, gates: Sequence[GateOutcome] = ()) -> KeptRun:
    """Return what is kept of a run.

    Args:
        summary: the run.
        gates: what became of its gates.

    Raises:
        NotFinishedError: the run was interrupted or killed, or still goes on.
    """
    manifest = summary.run.manifest
    if summary.ended != "complete":
        raise NotFinishedError(
            f"{summary.run.path} is {summary.ended}: only complete runs enter the history. "
            "Go on with it by versebench run --resume."
        )
    environments: list[dict[str, Any]] = []
    rows = {row["case"]: row for row in rows_of(summary.cases)}
    names = [one.name for one in measures({}, ["*"])]
    by_launch = launch_values(summary.completed.cases, names)
    keys = {(one.preset, one.state): one.key for one in summary.completed.trainings}
    scenario = manifest.get("scenario") or {}
    git = manifest.get("git") or {}
    return KeptRun(
        run=_run_id(summary),
        name=summary.run.path.resolve().name,
        path=str(summary.run.path.resolve()),
        scenario=str(manifest.get("scenario_name") or "run"),
        created=str(manifest.get("created")),
        finished=_iso(summary.completed.ends[-1].finished),
        stored=datetime.now(UTC).isoformat(),
        versebench_version=manifest.get("versebench_version"),
        gates=_gates(gates),
        machine=_machine(manifest.get("machine") or {}),
        git={name: git.get(name) for name in ("revision", "branch", "dirty")},
        settings={name: scenario.get(name) for name in ("generate", "measure", "seed", "metrics")},
        columns=_columns(summary),
        environments=environments,
        warnings=[
            {"text": one.text[:_REASON], "cases": list(one.cases)} for one in summary.warnings
        ],
        cases=[
            _case(result, rows[result.id], summary, by_launch[result.id], keys, environments)
            for result in summary.completed.cases
        ],
    )


def _run_id(summary: Summary) -> str:
    """The same after a resumption, another on every machine: records are only appended to."""
    first = next(summary.run.read(), None)
    text = f"{summary.run.manifest.get('created')}\n{to_line(first) if first else ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _case(
    result: CaseResult,
    row: Mapping[str, Any],
    summary: Summary,
    by_launch: Mapping[str, list[float]],
    trainings: Mapping[tuple[str, str], str],
    environments: list[dict[str, Any]],
) -> KeptCase:
    case = result.case
    values: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    columns = (*_measured(), *map(metric_column, summary.metrics))
    for column in columns if result.status == "ok" else ():
        value = row.get(column)
        if value is None or not math.isfinite(value):
            continue
        values[column] = value
        ends = [row.get(column + end) for end in _ENDS]
        if None not in ends:
            intervals[column] = ends  # type: ignore[assignment]
    scored = [name for name in map(metric_column, summary.metrics) if name in values]
    coverage = {name: row[f"{name}_coverage"] for name in scored}
    return KeptCase(
        case=result.id,
        hash=str(case["hash"]),
        axes={axis: case.get(axis) for axis in AXES},
        settings=_settings(case),
        status=result.status,
        reason=None if result.reason is None else result.reason[:_REASON],
        launches=len(result.launches),
        environment=_environment(result, trainings, environments),
        values=values,
        intervals=intervals,
        n={name: row[f"{name}_n"] for name in scored if row[f"{name}_n"] is not None},
        coverage={name: it for name, it in coverage.items() if it is not None and it != 1},
        launch_values={name: them for name, them in by_launch.items() if them},
    )


def _settings(case: Mapping[str, Any]) -> dict[str, Any]:
    """What a case was asked to do, so that a new hash can be explained; prompts by digest."""
    prompts = [(prompt.get("index"), prompt.get("text")) for prompt in case.get("prompts", ())]
    digest = hashlib.sha256(json.dumps(prompts).encode()).hexdigest()[:12]
    names = ("source", "max_length", "sampler_arguments")
    return {**{name: case.get(name) for name in names}, "prompts": f"{len(prompts)}, {digest}"}


def _environment(
    result: CaseResult,
    trainings: Mapping[tuple[str, str], str],
    environments: list[dict[str, Any]],
) -> int | None:
    """Return the place of what ran; a run resumed elsewhere says which facts its launches mix."""
    ran = [one.launch.what_ran for one in result.launches if one.launch is not None]
    if not ran:
        return None
    found = {name: ran[-1][name] for name in _RAN if name in ran[-1]}
    if mixed := [name for name in found if any(one.get(name) != found[name] for one in ran)]:
        found["mixed"] = mixed
    key = trainings.get((str(result.case.get("preset")), str(result.case.get("state"))))
    if key is not None:
        found["training"] = key
    if found not in environments:
        environments.append(found)
    return environments.index(found)


def _measured() -> Iterable[str]:
    """The numeric columns of every case, without the ends of their intervals."""
    return (
        column.name
        for column in CASE_COLUMNS
        if column.unit and not column.name.endswith(_ENDS) and column.name not in AXES
    )


def _columns(summary: Summary) -> dict[str, dict[str, Any]]:
    measured = set(_measured())
    found: dict[str, dict[str, Any]] = {
        column.name: {"unit": column.unit, "better": column.better}
        for column in CASE_COLUMNS
        if column.name in measured
    }
    for metric in summary.metrics.values():
        column = describe(metric)
        said = {"unit": column.unit, "better": column.better, "title": column.title}
        found[column.name] = {**said, "code": code_digest(metric)}
    return found


def _machine(machine: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in machine.items() if name not in _PASSING}
    gpus = found.get("gpus")
    if isinstance(gpus, list):
        found["gpus"] = [
            {name: it for name, it in gpu.items() if name not in _PASSING_GPU}
            for gpu in gpus
            if isinstance(gpu, dict)
        ]
    return found


def _gates(gates: Sequence[GateOutcome]) -> dict[str, Any]:
    """Verdicts and numbers; the text that missed a gate stays in the run."""
    missed = [gate for gate in gates if gate.verdict == "fail"]
    compared = {gate.gate for gate in gates if gate.verdict != "not compared"}
    verdict = "passed" if gates else "none"
    if missed:
        verdict = "failed"
    elif any(gate.gate not in compared for gate in gates):
        verdict = "not compared"
    return {
        "verdict": verdict,
        "missed": [{"gate": one.gate, "case": one.case, "value": one.value} for one in missed],
    }


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
