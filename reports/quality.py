"""The metrics of one case as columns: mean, interval, n, coverage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from metrics import Metric
from reports.columns import metric_column
from reports.scores import CaseScores, MetricScores
from reports.statistics import Estimate, mean_estimates


def quality_row(
    scores: CaseScores, metrics: Mapping[str, Metric]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of a case's metric columns, and why those that are None are.

    A sample metric's value is the mean over the samples that could be judged, with a bootstrap
    interval over prompts (``statistics.mean_estimates``). A set metric judges all texts together:
    one value, no interval, and no reason for that one by one.
    """
    import numpy as np

    row: dict[str, Any] = {}
    missing: dict[str, str] = {}
    each = [name for name in metrics if scores.metrics[name].level == "sample"]
    means: dict[str, Estimate] = {}
    if each and scores.keys:
        table = np.array(
            [
                [math.nan if value is None else value for value in scores.metrics[name].values]
                for name in each
            ],
            dtype=np.float64,
        ).T
        prompts = [prompt for prompt, _ in scores.keys]
        means = dict(zip(each, mean_estimates(table, prompts), strict=True))
    for name in metrics:
        found, column = scores.metrics[name], metric_column(name)
        estimate = means.get(name) or _set_estimate(found)
        judged = sum(value is not None for value in found.values)
        whole = found.level == "sample"
        row |= {
            column: estimate.value,
            f"{column}_low": estimate.low,
            f"{column}_high": estimate.high,
            f"{column}_n": judged if whole else found.n[0],
            f"{column}_coverage": judged / len(found.values) if whole else found.coverage[0],
        }
        if estimate.value is None:
            missing[column] = found.reason() or estimate.reason or "no value"
        elif estimate.low is None and whole:
            for end in ("low", "high"):
                missing[f"{column}_{end}"] = estimate.reason or "no interval"
    return row, missing


def _set_estimate(found: MetricScores) -> Estimate:
    return Estimate(found.values[0], n=found.n[0])
