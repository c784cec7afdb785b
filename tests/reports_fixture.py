"""Hand-made runs for the tests of reports: no process, no clock, no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.records import CaseDone, Launch, Record, RunEnd, Sample, Trial
from reports.run_folder import RunFolder

TEXTS = (
    "the moon is bright and the road is long and the night is cold",
    "again and again and again and again and again and again",
    "a ship went out to sea and never came back to the town",
)


def case(
    sampler: str = "greedy",
    *,
    preset: str = "tiny",
    state: str = "base",
    hardware: str = "cpu-jax-float32",
    batch_size: int = 1,
    skipped: str | None = None,
    prompts: tuple[str, ...] = ("My trip was", "The sea"),
) -> dict[str, Any]:
    """One case as the manifest has it."""
    id_ = f"{preset}/{state}/{sampler}/{hardware}" + (f"/b{batch_size}" if batch_size > 1 else "")
    return {
        "id": id_,
        "hash": f"hash of {id_}",
        "preset": preset,
        "state": state,
        "sampler": sampler,
        "hardware": hardware,
        "batch_size": batch_size,
        "sampler_arguments": {"kind": sampler},
        "prompts": [
            {"index": index, "label": text, "text": text} for index, text in enumerate(prompts)
        ],
        "skipped": skipped,
    }


def trial(case: dict[str, Any], launch: int, phase: str, round_: int, **fields: Any) -> Trial:
    """One trial; seconds follow 0.1 + 0.01 n unless given."""
    batch = case["batch_size"]
    steps = fields.pop("steps", 64)
    given: dict[str, Any] = {
        "prompt_tokens": 16,
        "new_tokens": steps * batch,
        "steps": steps,
        "seconds": 0.1 + 0.01 * steps,
        "encode_seconds": 0.001,
        "decode_seconds": 0.002,
        "compiles": 0,
        "compile_seconds": 0.0,
    }
    attempt = fields.pop("attempt", f"a{launch}")
    return Trial(case["id"], launch, attempt, phase, round_, **{**given, **fields})  # type: ignore[arg-type]


def launch(
    case: dict[str, Any],
    number: int = 0,
    *,
    pace: float = 1.0,
    texts: tuple[str, ...] = TEXTS,
    repeats: int = 3,
    attempt: str | None = None,
    **done: Any,
) -> list[Record]:
    """Every record of one case in one launch; ``pace`` 2 takes twice the seconds."""
    attempt = attempt or f"a{number}"
    records: list[Record] = [
        Launch(number, attempt, f"{case['preset']}/{case['state']}", 0.0, 2.0, 1.0, 1000)
    ]
    records.append(trial(case, number, "cold", 0, attempt=attempt, seconds=3.0 * pace, compiles=1))
    for round_ in range(3):
        seconds = pace * (0.74 + 0.002 * round_)
        records.append(trial(case, number, "timed", round_, attempt=attempt, seconds=seconds))
        for steps in (16, 32, 64):
            seconds = pace * (0.1 + 0.01 * steps) * (1 + 0.001 * round_)
            fields = {"attempt": attempt, "steps": steps, "seconds": seconds}
            records.append(trial(case, number, "fit", round_, **fields))
    count = 0
    for prompt in case["prompts"]:
        for repeat in range(repeats):
            text = texts[count % len(texts)]
            count += 1
            records.append(
                Sample(
                    case["id"],
                    number,
                    attempt,
                    prompt["text"],
                    prompt["index"],
                    repeat,
                    7 + repeat,
                    text,
                    [len(word) for word in text.split()],
                    len(text.split()) + 1,
                    True,
                    text.count("\ufffd"),
                )
            )
    fields = {
        "status": "ok",
        "cold_seconds": 3.0 * pace,
        "compile_seconds": 1.5,
        "compile_count": 1,
        "compile_method": "jax event",
        "steady": True,
        "warmup_trials": 3,
        "host_peak_bytes": 500_000_000,
        "missing": {"device_peak_bytes": "no accelerator", "energy_joules_per_1000_tokens": "none"},
        "sampler": {"kind": case["sampler"]},
        **done,
    }
    records.append(CaseDone(case["id"], case["hash"], number, attempt, **fields))
    return records


def manifest(cases: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """A manifest as bench writes it."""
    return {
        "versebench_version": "0.1.0",
        "scenario": {
            "name": "demo",
            "generate": {"max_length": 80},
            "measure": {"launches": 1},
            "metrics": ["*"],
            "gates": {},
        },
        "scenario_text": "name: demo\n",
        "scenario_name": "demo",
        "created": "2026-11-22T20:46:00Z",
        "cases": cases,
        "machine": {"cpu": "Example CPU", "cores": 2, "os": "Linux"},
        "warnings": [],
        "git": {},
        **fields,
    }


def run(
    root: Path, cases: list[dict[str, Any]], records: list[Record] | None = None, **fields: Any
) -> RunFolder:
    """A finished run folder: one launch of every case that is not skipped, unless told."""
    if records is None:
        records = [line for each in cases if not each["skipped"] for line in launch(each)]
        records.append(RunEnd(1.0, "complete", 12.5))
    with RunFolder.create(root, "demo", manifest(cases, **fields)) as folder:
        folder.append(*records, sync=True)
    return folder
