"""Summaries made in memory, as large as one likes: no run folder, no scoring."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from reports_fixture import case as case_of
from reports_fixture import trial

from metrics import select
from reports.columns import HEADLINE_METRICS, metric_column
from reports.completed import CaseLaunch, CaseResult, Completed
from reports.frames import frame_of
from reports.records import CaseDone, Launch, Sample
from reports.scores import CaseScores, MetricScores, RunScores
from reports.summary import Summary


def summary_of(
    cases: int, samples: int, prompts: int, scored: int, *, launches: int, seed: int, texts: int
) -> Summary:
    """A summary of random numbers; with the same ``texts`` two have the same texts."""
    random, written = np.random.default_rng([seed, 1]), np.random.default_rng([texts, 2])
    metrics = select(HEADLINE_METRICS[:scored])
    found, rows, scores = [], [], {}
    for index in range(cases):
        case = case_of(f"top_k-{index}", prompts=tuple(f"prompt {i}" for i in range(prompts)))
        paces = np.exp(random.normal(0, 0.02, launches))
        measured = [_launch(case, number, pace) for number, pace in enumerate(paces.tolist())]
        drawn = written.random((len(metrics), samples)).round(3)
        texts_of = tuple(
            Sample(case["id"], 0, "a0", f"prompt {i % prompts}", i % prompts, i // prompts, 7,
                   f"text {value}", [1, 2, int(value * 1000)], 4, True, 0)
            for i, value in enumerate(drawn[0].tolist())
        )  # fmt: skip
        measured[0] = CaseLaunch(
            measured[0].done, measured[0].trials, texts_of, measured[0].launch, None
        )
        result = CaseResult(case, "ok", None, tuple(measured))
        found.append(result)
        keys = [(one.prompt_index, one.repeat) for one in result.samples]
        order = np.argsort(np.arange(samples) % prompts, kind="stable")
        rate = float(np.median(1 / paces)) * 86.0
        row = {"case": case["id"], "tokens_per_second": rate, "ttft_seconds": 0.1 / rate}
        row |= {"tpot_seconds": 1 / rate, "cold_seconds": 3.0, "host_peak_bytes": 5e8}
        of_case = {}
        for name, values in zip(metrics, drawn, strict=True):
            level = metrics[name].level
            given = values[order].tolist() if level == "sample" else [float(values.mean())]
            of_case[name] = MetricScores.of(
                level, "code", given, [1] * len(given), [1.0] * len(given)
            )
            row[metric_column(name)] = float(values.mean())
        rows.append(row)
        scores[case["id"]] = CaseScores(case["id"], f"texts {texts}", keys, of_case)
    run: Any = SimpleNamespace(path=Path(f"run {seed}"), manifest={})
    frame = frame_of(rows, list(rows[0]))
    return Summary(
        run, frame, {}, [], metrics, ("*",), Completed(tuple(found)), "complete",
        RunScores(scores, metrics),
    )  # fmt: skip


def _launch(case: dict[str, Any], number: int, pace: float) -> CaseLaunch:
    trials = [trial(case, number, "timed", i, seconds=0.74 * pace) for i in range(3)]
    trials += [
        trial(case, number, "fit", 0, steps=steps, seconds=pace * (0.1 + 0.01 * steps))
        for steps in (16, 32, 48)
    ]
    done = CaseDone(
        case["id"], case["hash"], number, f"a{number}", "ok",
        cold_seconds=3.0 * pace, host_peak_bytes=500_000_000,
    )  # fmt: skip
    process = Launch(number, f"a{number}", "group", 0.0, 2.0, 1.0, 1000)
    return CaseLaunch(done, tuple(trials), (), process)
