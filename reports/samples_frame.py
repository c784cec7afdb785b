"""The table of generated texts: one row per text, with its scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from reports.case_scores import RunScores
from reports.columns import AXES, metric_column, sample_columns
from reports.completed import CaseResult
from reports.frames import frame_of_columns

if TYPE_CHECKING:
    from pandas import DataFrame

_OF_SAMPLE = {  # column -> field
    "prompt_index": "prompt_index",
    "repeat": "repeat",
    "launch": "launch",
    "seed": "seed",
    "prompt": "prompt",
    "text": "text",
    "new_tokens": "new_tokens",
    "ended": "ended",
    "replacement_characters": "broken_characters",
}


def samples_frame(cases: Iterable[CaseResult], scores: RunScores) -> DataFrame:
    """Build the table; texts that are on the disk are read for it.

    Columns as in docs/reports.md, one per sample metric among them.
    """
    columns: dict[str, list[Any]] = {name: [] for name in sample_columns(scores.metrics.values())}
    for part in columns_by_case(cases, scores):
        for name, values in part.items():
            columns[name] += values
    return frame_of_columns(columns)


def columns_by_case(
    cases: Iterable[CaseResult], scores: RunScores
) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of one case after the other; only one case's texts are held at a time."""
    each = [name for name, metric in scores.metrics.items() if metric.level == "sample"]
    order = sample_columns(scores.metrics.values())
    for result in cases:
        samples = result.samples
        labels = {prompt["index"]: prompt.get("label") for prompt in result.case["prompts"]}
        columns: dict[str, list[Any]] = {"case": [result.id] * len(samples)}
        columns |= {axis: [result.case.get(axis)] * len(samples) for axis in AXES}
        columns["prompt_label"] = [labels.get(sample.prompt_index) for sample in samples]
        for column, field in _OF_SAMPLE.items():
            columns[column] = [getattr(sample, field) for sample in samples]
        found = scores.cases.get(result.id)
        for name in each:
            there = found.metrics[name].values if found else [None] * len(samples)
            columns[metric_column(name)] = there
        yield {name: columns[name] for name in order}
