"""Which trends a person sees of all that were asked for, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.columns import HEADLINE_METRICS, metric_column
from reports.history.groups import ORDER, size
from reports.history.phrases import number
from reports.history.trends import History, Trend

EVERYTHING = "*"
_MEASURED_FIRST = (
    "tokens_per_second",
    "ttft_seconds",
    "tpot_seconds",
    "host_peak_bytes",
    "device_peak_bytes",
)
_FIRST = (*_MEASURED_FIRST, *map(metric_column, HEADLINE_METRICS))


def worth_seeing(history: History) -> History:
    """Return a history for people: what could become worse or better, and moves.

    Asked for ``*`` there are settings and counts among the metrics, which have no better way, and
    values that are the same in every run; these are left out, and a note says so. What is asked
    for by any other name stays.
    """
    if EVERYTHING not in history.patterns:
        return history
    kept = [trend for trend in history.trends if _moves(trend)]
    left = len(history.trends) - len(kept)
    if not left:
        return history
    note = (
        f"{number(left, 'trend')} left out, constant or with no better way: name the metric to "
        "see one, or --csv has all"
    )
    return replace(history, trends=kept, notes=[*history.notes, note])


def ordered(history: History) -> list[Trend]:
    """Return the trends: those with steps first, worst first; then speed, memory, headlines."""
    order = {name: place for place, name in enumerate(_FIRST)}

    def rank(trend: Trend) -> tuple[int, float, int]:
        last = trend.steps[-1] if trend.steps else None
        changed = (len(ORDER), 0.0)
        if last is not None:
            changed = ORDER.index(last.verdict), -size(trend, last)
        metric = order.get(trend.series.column.name, len(order))
        return *changed, metric

    return sorted(history.trends, key=rank)


def metrics_first(trends: Sequence[Trend]) -> list[str]:
    """Return the headings of these trends' metrics: speed, memory, headlines, the others."""
    order = {name: place for place, name in enumerate(_FIRST)}
    columns = {trend.series.column.name: trend.series.column for trend in trends}
    names = sorted(columns, key=lambda name: order.get(name, len(order)))
    return list(dict.fromkeys(columns[name].heading for name in names))


def parted(trends: Sequence[Trend]) -> tuple[list[Trend], list[Trend]]:
    """Return the trends of several runs, and those of one, which show a value and no trend."""
    several = [trend for trend in trends if len(trend.series.runs) > 1]
    return several, [trend for trend in trends if len(trend.series.runs) == 1]


def _moves(trend: Trend) -> bool:
    values = trend.series.values
    constant = len(values) > 1 and bool((values == values[0]).all())
    return trend.series.column.better != "neither" and not constant
