"""Histories made by hand: runs of made-up numbers as files, no run folder, no model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reports.history.files import store
from reports.history.kept import KeptCase, KeptRun

MACHINE = {
    "cpu_model": "Example CPU",
    "architecture": "x86_64",
    "cores_allowed": 8,
    "cpu_quota": None,
    "kernel": "6.1",
    "gpus": [],
    "gpu_driver": None,
}
COLUMNS = {
    "tokens_per_second": {"unit": "1/s", "better": "higher"},
    "seq_rep_4": {"unit": "share", "better": "lower", "title": "rep-4", "code": "c1"},
}
BEGIN = datetime(2026, 9, 1, 3, 12, tzinfo=UTC)


def environment(**versions: str) -> dict[str, Any]:
    """What ran, on JAX."""
    found = {"keras": "3.15.1", "keras-hub": "0.32.0", "jax": "0.10.2", "tensorflow": "2.21.0"}
    return {
        "backend": "jax",
        "devices": ["cpu:0"],
        "jit": "jax.jit (XLA)",
        "versions": {**found, **versions},
    }


def case(
    values: Mapping[str, float],
    sampler: str = "greedy",
    hardware: str = "cpu-jax-float32",
    **fields: Any,
) -> KeptCase:
    """One case that was measured."""
    id_ = fields.pop("id_", f"gpt2/base/{sampler}/{hardware}")
    axes = {"preset": "gpt2", "state": "base", "sampler": sampler, "hardware": hardware}
    given: dict[str, Any] = {
        "hash": f"hash of {id_}",
        "axes": {**axes, "batch_size": 1},
        "settings": {"max_length": 80},
        "launches": 5,
        "environment": 0,
        "values": dict(values),
    }
    return KeptCase(id_, **{**given, **fields})


def night(number: int, cases: Sequence[KeptCase], **fields: Any) -> KeptRun:
    """The run of one night."""
    begin = BEGIN + timedelta(days=number)
    name = f"{begin:%Y%m%d-%H%M%S}-nightly"
    given: dict[str, Any] = {
        "run": f"{number:04d}".ljust(16, "0"),
        "name": name,
        "path": f"/runs/{name}",
        "scenario": "nightly",
        "created": begin.isoformat(),
        "finished": (begin + timedelta(hours=1)).isoformat(),
        "stored": (begin + timedelta(hours=1, seconds=1)).isoformat(),
        "versebench_version": "0.1.0",
        "gates": {"verdict": "passed", "missed": []},
        "machine": MACHINE,
        "git": {"revision": "a" * 40, "branch": "main", "dirty": False},
        "columns": COLUMNS,
        "environments": [environment()],
        "cases": list(cases),
    }
    return KeptRun(**{**given, **fields})


def speed_of(nights: Sequence[float], folder: Path, first: int = 0, **fields: Any) -> Path:
    """Store one run a night, of one case that does so many tokens a second; return the folder."""
    for number, speed in enumerate(nights, first):
        store(night(number, [case({"tokens_per_second": speed})], **fields), folder)
    return folder


def write_nights(folder: Path, nights: int, writer: int) -> None:
    """Store so many runs, as one of several writers."""
    for number in range(nights):
        kept = night(number, [case({"tokens_per_second": 50.0 + writer})])
        store(dataclasses.replace(kept, run=f"{writer}{number:03d}" * 4), folder)
