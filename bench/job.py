"""The messages between the parent and a worker: one job in, events out, one line each.

The two take turns. The worker sends an event and waits for the parent's ``ok`` line before it
goes on, so whatever the parent does (write a record, draw a progress bar) happens outside every
timed call, and a worker whose parent has died stops at its next event.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

OK = "ok\n"


@dataclass(frozen=True)
class CaseJob:
    """One case as the worker needs it."""

    id: str
    hash: str
    sampler: dict[str, Any]  # {"kind": ..., "arguments": {...}}
    batch_size: int
    prompts: list[tuple[int, str]]  # (index in the scenario, text)


@dataclass(frozen=True)
class Job:
    """One launch: what to load, and the cases that take turns on it."""

    group: str
    launch: int
    attempt: str
    preset: str  # what from_preset takes
    hardware: dict[str, Any]
    seed: int
    max_length: int
    samples: int  # texts per prompt and case; 0 in every launch but the first
    trials: int
    warmup_cap: int
    steady_tolerance: float
    fit_points: int
    cases: list[CaseJob]

    def to_line(self) -> str:
        """Return the job as one line of JSON."""
        return json.dumps(dataclasses.asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Job:
        """Read a job back."""
        data = json.loads(line)
        cases = [
            CaseJob(**{**case, "prompts": [(int(i), str(t)) for i, t in case["prompts"]]})
            for case in data.pop("cases")
        ]
        return cls(**data, cases=cases)
