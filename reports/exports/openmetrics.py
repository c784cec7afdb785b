"""A run as OpenMetrics text, for Prometheus: ``versebench report RUN --export openmetrics``.

One gauge per numeric column of ``cases.csv``, ``versebench_<column>``, with one sample per case
that has a value; the state of each case as a stateset; the run itself as an info metric. What
there is no value of has no sample. Samples carry no time, so that a file of them can be collected;
when the run ended is a gauge. Columns may be chosen; the case's state and the run are always told.

The format: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from metrics import canonical
from reports.columns import AXES, CASE_COLUMNS, METRIC_SUFFIXES, Column, describe
from reports.frames import rows_of
from reports.titles import name_hint, nearest
from reports.visible import one_line

if TYPE_CHECKING:
    from reports.summary import Summary

_PREFIX = "versebench_"
# A unit is told in a line of its own where the name ends with it; the format asks for that.
_UNITS = {"s": "seconds", "B": "bytes", "W": "watts", "°C": "celsius", "J": "joules"}
_STATES = ("ok", "failed", "skipped", "not run")
_WORDY = {  # labels of the run -> key of the manifest
    "scenario": "scenario_name",
    "versebench_version": "versebench_version",
    "created": "created",
}


class ColumnError(ValueError):
    """A pattern fits no column; the text says which there are."""


def openmetrics(summary: Summary, columns: Sequence[Column] | None = None) -> str:
    """Return the text, ``# EOF`` included. No label holds what a terminal would obey.

    Args:
        summary: the run.
        columns: as ``chosen`` returns them; all by default.
    """
    rows = rows_of(summary.cases)
    lines = [*_run(summary), *_states(rows, summary)]
    for column in _columns(summary) if columns is None else columns:
        lines += _gauge(column, rows, summary)
    return "\n".join([*lines, "# EOF"]) + "\n"


def chosen(summary: Summary, patterns: Iterable[str]) -> list[Column]:
    """Return the columns whose names fit a shell pattern, in the order of ``cases.csv``.

    Raises:
        ColumnError: a pattern fits none.
    """
    columns = list(_columns(summary))
    names = [column.name for column in columns]
    fitting: set[str] = set()
    for pattern in patterns:
        found = fnmatch.filter(names, canonical(pattern))
        if not found:
            hint = name_hint(pattern, names) or nearest(pattern, names)
            raise ColumnError(f"no column of this run fits {pattern!r}: {hint}")
        fitting.update(found)
    return [column for column in columns if column.name in fitting]


def _columns(summary: Summary) -> Iterator[Column]:
    """The columns that hold numbers, each with its unit and meaning."""
    yield from (column for column in CASE_COLUMNS if column.unit)
    for metric in summary.metrics.values():
        main = describe(metric)
        yield main
        for suffix in METRIC_SUFFIXES[1:]:
            meaning = f"{suffix.meaning} See {_PREFIX}{main.name}."
            unit = suffix.unit or main.unit
            yield replace(suffix, name=main.name + suffix.name, unit=unit, meaning=meaning)


def _gauge(column: Column, rows: Iterable[Mapping[str, Any]], summary: Summary) -> Iterator[str]:
    samples = [
        f"{_PREFIX}{column.name}{_labels(_of_case(row, summary))} {_number(value)}"
        for row in rows
        if _is_number(value := row.get(column.name))
    ]
    if samples:
        unit = _UNITS.get(column.unit, "")
        told = bool(unit) and column.name.endswith(f"_{unit}")
        more = f" Unit: {column.unit}." if column.unit and not told else ""
        yield from _family(column.name, "gauge", column.meaning + more, unit if told else "")
        yield from samples


def _run(summary: Summary) -> Iterator[str]:
    manifest = summary.run.manifest
    git = manifest.get("git") or {}
    labels = {label: manifest.get(key) for label, key in _WORDY.items()}
    labels |= {"folder": summary.run.path.name, "ended": summary.ended}
    labels |= {"revision": git.get("revision")}
    yield from _family("run", "info", "The run that the other metrics are of.")
    yield f"{_PREFIX}run_info{_labels(labels)} 1"
    if ends := summary.completed.ends:
        name = "run_finished_timestamp_seconds"
        yield from _family(name, "gauge", "When the run ended, Unix time.", "seconds")
        yield f"{_PREFIX}{name}{_labels(_of_run(summary))} {_number(ends[-1].finished)}"


def _states(rows: Iterable[Mapping[str, Any]], summary: Summary) -> Iterator[str]:
    name = "case_status"
    yield from _family(name, "stateset", "What became of the case.")
    for row in rows:
        for state in _STATES:
            labels = _of_case(row, summary) | {f"{_PREFIX}{name}": state}
            yield f"{_PREFIX}{name}{_labels(labels)} {int(row['status'] == state)}"


def _family(name: str, kind: str, meaning: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {_PREFIX}{name} {kind}"
    if unit:
        yield f"# UNIT {_PREFIX}{name} {unit}"
    yield f"# HELP {_PREFIX}{name} {_escaped(meaning)}"


def _of_run(summary: Summary) -> dict[str, Any]:
    return {"scenario": summary.run.manifest.get("scenario_name")}


def _of_case(row: Mapping[str, Any], summary: Summary) -> dict[str, Any]:
    return {**_of_run(summary), "case": row["case"], **{axis: row.get(axis) for axis in AXES}}


def _labels(labels: Mapping[str, Any]) -> str:
    told = [f'{name}="{_escaped(value)}"' for name, value in labels.items() if value is not None]
    return "{" + ",".join(told) + "}" if told else ""


def _escaped(value: object) -> str:
    text = one_line(value).replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, bool | int) else repr(float(value))
