"""A run folder as large as one likes, written straight to disk: no worker, no scoring.

The texts are drawn from a small vocabulary, the scores from a generator; the records, the manifest
and ``scores.jsonl`` are what a real run of that size would have.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from reports_fixture import case as case_of
from reports_fixture import manifest, trial

from metrics import Metric, Score, Text
from metrics.registry import Scores
from reports import scores
from reports.completed import complete
from reports.records import CaseDone, Launch, LaunchEnd, Record, RunEnd, Sample, to_line
from reports.run_folder import RunFolder

TOKENS = 40  # of each text
_WORDS = ("moon", "bright", "road", "long", "night", "cold", "ship", "sea", "again", "town")


def big_run(
    root: Path,
    cases: int,
    samples: int,
    prompts: int,
    names: tuple[str, ...],
    *,
    launches: int = 5,
    seed: int = 1,
    texts: int = 1,
) -> RunFolder:
    """Write a run of ``cases`` x ``samples``; with the same ``texts`` two have the same texts."""
    random, written = np.random.default_rng([seed, 1]), np.random.default_rng([texts, 2])
    asked = [f"prompt {index} was" for index in range(prompts)]
    found = [
        case_of(
            sampler,
            preset=f"preset{index % 10}",
            state=f"state{index // 10 % 10}",
            batch_size=index // 100 + 1,
            prompts=tuple(asked),
        )
        for index in range((cases + 1) // 2)
        for sampler in ("greedy", "top_k-5")
    ][:cases]
    scenario = {
        "name": "big",
        "generate": {"max_length": 80},
        "measure": {"launches": launches},
        "metrics": list(names),
        "gates": {},
    }
    folder = RunFolder.create(root, "big", manifest(found, scenario=scenario))
    with folder, folder.records_path.open("w") as stream:
        for place, case in enumerate(found):
            paces = np.exp(random.normal(0, 0.02, launches)).tolist()
            for number, pace in enumerate(paces):
                made = samples if number == 0 else 0
                for line in _launch(case, number, pace, f"{place}.{number}", made, written):
                    stream.write(line + "\n")
        stream.write(to_line(RunEnd(1.0, "complete", 1.0)) + "\n")
    _score(folder, names, random)
    return folder


def _launch(case, number, pace, attempt, samples, written):  # type: ignore[no-untyped-def]
    yield _line(Launch(number, attempt, case["preset"], 0.0, 2.0, 1.0, 1000))
    calls = [("cold", 0, 64, 3.0), ("warmup", 0, 64, 0.74), ("warmup", 1, 64, 0.74)]
    for turn in range(3):
        calls.append(("timed", turn, 64, 0.74 + 0.002 * turn))
        calls.append(("fit", turn, 16 * (turn + 1), 0.1 + 0.16 * (turn + 1)))
    for phase, turn, steps, seconds in calls:
        fields = {"steps": steps, "seconds": seconds * pace, "attempt": attempt}
        compiles = int(phase == "cold")
        yield _line(trial(case, number, phase, turn, compiles=compiles, **fields))
    prompts = case["prompts"]
    drawn = written.integers(0, len(_WORDS), (samples, TOKENS))
    for place in range(samples):
        prompt, ids = prompts[place % len(prompts)], drawn[place].tolist()
        text = " ".join([_WORDS[i] for i in ids])
        ids = [i + 20_000 for i in ids]
        yield _line(
            Sample(case["id"], number, attempt, prompt["text"], prompt["index"],
                   place // len(prompts), 7 + place, text, ids, TOKENS, False, 0)
        )  # fmt: skip
    yield _line(
        CaseDone(
            case["id"], case["hash"], number, attempt, "ok",
            cold_seconds=3.0 * pace, compile_seconds=1.0, compile_count=1,
            compile_method="jax event", steady=True, warmup_trials=2,
            host_peak_bytes=500_000_000,
            missing={"device_peak_bytes": "no accelerator",
                     "energy_joules_per_1000_tokens": "no counter"},
            sampler={"kind": case["sampler"]},
        )
    )  # fmt: skip
    yield _line(LaunchEnd(number, attempt, case["preset"], 1.0))


def _line(record: Record) -> str:
    """``to_line`` without its deep copy, which would take minutes."""
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return json.dumps({"kind": record.kind, **fields})


def _score(folder: RunFolder, names: tuple[str, ...], random: np.random.Generator) -> None:
    """Write scores drawn at random, as if the texts had been scored by ``names``."""

    def drawn(texts: Sequence[Text], chosen: Mapping[str, Metric]) -> Scores:
        values = random.random((len(texts), len(chosen))).round(6).tolist()
        each = tuple(
            {n: Score(v, TOKENS) for n, v in zip(chosen, row, strict=True)} for row in values
        )
        return Scores(each, {name: each[0][name] for name in chosen})

    scores.score_samples, whole = drawn, scores.score_samples
    try:
        scores.score_run(folder, complete(folder.manifest["cases"], folder.scan()), names)
    finally:
        scores.score_samples = whole
