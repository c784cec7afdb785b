"""A run as pytest-benchmark's JSON: ``versebench report RUN --export pytest-benchmark``.

What ``pytest --benchmark-json`` writes, so that ``pytest-benchmark compare`` takes it. A case is a
benchmark; it is found again in another run by ``<scenario>::<case>``. Cases without a valid timed
call have no place in that format: ``versebench.left_out`` says which, and why.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reports.columns import AXES
from reports.frames import rows_of
from reports.rounds import rounds_of, timed_seconds

if TYPE_CHECKING:
    from reports.completed import CaseResult
    from reports.summary import Summary

_NOT_TOLD = ("case", *AXES, "reason", "warnings", "missing")


def pytest_benchmark(summary: Summary) -> str:
    """Return the JSON text, ASCII only.

    Rounds are ``reports.rounds``'s: the medians of launches; with a single launch, its timed calls.
    ``extra_info`` holds the values of ``cases.csv``, what the rounds are
    (``rounds_are``), and the seconds of every timed call by launch (``timed_seconds``).
    """
    rows = {row["case"]: row for row in rows_of(summary.cases)}
    name = str(summary.run.manifest.get("scenario_name", "run"))
    found, left_out = [], {}
    for result in summary.completed.cases:
        timed = timed_seconds(result)
        if any(timed):
            found.append(_benchmark(name, result, timed, rows[result.id]))
        else:
            left_out[result.id] = result.reason or "no valid timed call"
    return json.dumps(_whole(summary, found, left_out), indent=2, allow_nan=False)


def _benchmark(
    scenario: str, result: CaseResult, timed: Sequence[Sequence[float]], row: Mapping[str, Any]
) -> dict[str, Any]:
    rounds, are = rounds_of(timed)
    told = {key: value for key, value in row.items() if key not in _NOT_TOLD and _is_told(value)}
    return {
        "group": scenario,
        "name": result.id,
        "fullname": f"{scenario}::{result.id}",
        "params": {axis: result.case.get(axis) for axis in AXES},
        "param": result.id,
        "extra_info": {
            **told,
            "rounds_are": are,
            "timed_seconds": [list(seconds) for seconds in timed],
        },
        "options": {
            "disable_gc": False,
            "timer": "versebench_worker_clock",
            "min_rounds": 1,
            "max_time": 0,
            "min_time": 0,
            "warmup": True,
        },
        "stats": _stats(rounds),
    }


def _stats(rounds: Sequence[float]) -> dict[str, Any]:
    """The statistics by pytest-benchmark itself, so that they agree with its own files."""
    from pytest_benchmark.stats import Stats

    stats = Stats()
    for seconds in rounds:
        stats.update(seconds)
    return {**stats.as_dict(), "data": list(rounds), "iterations": 1}


def _whole(
    summary: Summary, benchmarks: Sequence[dict[str, Any]], left_out: Mapping[str, str]
) -> dict[str, Any]:
    from pytest_benchmark import __version__

    manifest = summary.run.manifest
    machine, git = manifest.get("machine") or {}, manifest.get("git") or {}
    implementation, _, version = str(machine.get("python") or "").rpartition(" ")
    return {
        "machine_info": {
            "node": str(machine.get("node") or ""),
            "processor": machine.get("cpu_model") or "",
            "machine": machine.get("architecture") or "",
            "python_implementation": implementation,
            "python_version": version,
            "release": machine.get("kernel") or "",
            "system": machine.get("os") or "",
            "cpu": {
                "brand_raw": machine.get("cpu_model"),
                "count": machine.get("cores_allowed"),
            },
        },
        "commit_info": {
            "id": git.get("revision") or "unversioned",
            "time": None,
            "author_time": None,
            "dirty": bool(git.get("dirty")),
            "project": str(manifest.get("scenario_name", "run")),
            "branch": git.get("branch") or "(unknown)",
        },
        "benchmarks": list(benchmarks),
        "datetime": manifest.get("created"),
        "version": __version__,
        "versebench": {
            "version": manifest.get("versebench_version"),
            "folder": summary.run.path.name,
            "ended": summary.ended,
            "left_out": dict(left_out),
        },
    }


def _is_told(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))
