"""The metrics of one case as columns: mean, interval, n, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metrics import Metric
from reports.case_scores import CaseScores
from reports.columns import metric_column
from reports.statistics import Estimate, mean_estimates

_TOGETHER = 500  # cases: their scores are copied once


Row = dict[str, Any]
Reasons = dict[str, str]


def quality_rows(
    scores: Iterable[CaseScores], metrics: Mapping[str, Metric]
) -> dict[str, tuple[Row, Reasons]]:
    """Return by case the values of its metric columns, and why those that are None are.

    A sample metric's value is the mean over the samples that could be judged, with a bootstrap
    interval over prompts (``statistics.mean_estimates``). A set metric judges all texts together:
    one value, no interval, and no reason for that one by one.
    """
    alike: dict[tuple[Any, ...], list[CaseScores]] = {}
    for case in scores:
        each = tuple(name for name in metrics if case.metrics[name].level == "sample")
        alike.setdefault((each, tuple([prompt for prompt, _ in case.keys])), []).append(case)
    found = {}
    for (each, prompts), cases in alike.items():
        for start in range(0, len(cases), _TOGETHER):
            some = cases[start : start + _TOGETHER]
            for case, means in zip(some, _means(some, each, prompts), strict=True):
                found[case.case] = _row(case, metrics, means)
    return found


def _means(
    cases: Sequence[CaseScores], each: Sequence[str], prompts: Sequence[int]
) -> list[dict[str, tuple[Estimate, int]]]:
    """Mean and number judged of each sample metric, of cases with the same prompts at once."""
    import numpy as np

    if not each or not prompts:
        return [{} for _ in cases]
    table = np.array([case.metrics[name].array for case in cases for name in each])
    judged = (~np.isnan(table)).sum(axis=1).tolist()
    found = iter(zip(mean_estimates(table.T, prompts), judged, strict=True))
    return [{name: next(found) for name in each} for _ in cases]


def _row(
    scores: CaseScores, metrics: Mapping[str, Metric], means: Mapping[str, tuple[Estimate, int]]
) -> tuple[Row, Reasons]:
    row: Row = {}
    missing: Reasons = {}
    for name in metrics:
        found, column = scores.metrics[name], metric_column(name)
        whole = found.level == "sample"
        if whole:
            estimate, n = means[name]
            coverage: float | None = n / len(scores.keys)
        else:
            n, coverage = found.at(0)
            estimate = Estimate(found.values[0], n=n)
        row[column] = estimate.value
        row[f"{column}_low"] = estimate.low
        row[f"{column}_high"] = estimate.high
        row[f"{column}_n"] = n
        row[f"{column}_coverage"] = coverage
        if estimate.value is None:
            missing[column] = found.reason() or estimate.reason or "no value"
        elif estimate.low is None and whole:
            for end in ("low", "high"):
                missing[f"{column}_{end}"] = estimate.reason or "no interval"
    return row, missing
