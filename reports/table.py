"""The main table as data: which columns, which cells, what is said around it.

An axis of the scenario with one value is a fact above the table, not a column. Console and
Markdown render the same object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.columns import AXES, CASE_COLUMNS, HEADLINE_METRICS, Column, describe, metric_column
from reports.frames import rows_of
from reports.numbers import plain, with_interval
from reports.summary import Summary

_SPEED = (
    "tokens_per_second",
    "steps_per_second",
    "ttft_seconds",
    "tpot_seconds",
    "cold_seconds",
    "host_peak_bytes",
    "device_peak_bytes",
    "energy_joules_per_1000_tokens",
)
# What goes first where there is no room, least needed first; what is not here goes before these.
_DROPPED_FIRST = (
    "device_peak_bytes",
    "steps_per_second",
    "host_peak_bytes",
    "distinct_2",
    "self_bleu_4",
    "broken_characters",
    "cold_seconds",
    "loop_share",
    "diversity",
    "ttft_seconds",
    "seq_rep_4",
    "tpot_seconds",
    "tokens_per_second",
)
_BY_NAME = {column.name: column for column in CASE_COLUMNS}
NOTHING = "–"


@dataclass(frozen=True)
class TableColumn:
    """One column of the table.

    Attributes:
        name: of the case column that it shows.
        heading: unit included.
        cells: one string per row; text is not escaped.
        best: rows that hold the best value.
        numeric: aligned right, never wrapped or cut.
        rank: columns of lower rank are left out first where there is no room; an axis never is.
    """

    name: str
    heading: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()
    numeric: bool = True
    rank: int = 0


@dataclass(frozen=True)
class View:
    """What a report says, in the order in which it says it. Texts are not escaped.

    Attributes:
        title: scenario, and how the run ended unless it is complete.
        facts: (what, value) that hold for every row.
        columns: of the table; each has one cell per finished case.
        notes: how to read the table.
        absent: (status, reason, case ids) of the cases without a row.
        warnings: (text, case ids), each text ending in advice.
    """

    title: str
    facts: list[tuple[str, str]]
    columns: list[TableColumn]
    notes: list[str] = field(default_factory=list)
    absent: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    warnings: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def view(summary: Summary) -> View:
    """Choose columns and words for a run."""
    rows = [row for row in rows_of(summary.cases) if row["status"] == "ok"]
    axes = [axis for axis in AXES if len({row[axis] for row in rows}) > 1]
    if rows and not axes:
        axes = ["sampler"]
    columns = [_axis(axis, rows) for axis in axes]
    columns += [_measured(column, rows) for column in _shown(summary, rows)]
    ended = {"complete": ""}.get(summary.ended, f" ({summary.ended})")
    return View(
        f"{summary.run.manifest.get('scenario_name', 'run')}{ended}",
        _facts(rows, axes),
        columns,
        [*_reading(rows), *_gaps(summary, rows, columns)],
        _absent(summary),
        [(notice.text, notice.cases) for notice in summary.warnings],
    )


def _shown(summary: Summary, rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Speed columns with a value; then the metrics selected by name, or else the headline ones."""
    chosen = [_BY_NAME[name] for name in _SPEED]
    if all(row["steps_per_second"] == row["tokens_per_second"] for row in rows):
        chosen.remove(_BY_NAME["steps_per_second"])
    names = [name for name in HEADLINE_METRICS if name in summary.metrics]
    if "*" not in summary.asked:
        names = list(summary.metrics)
    chosen += [describe(summary.metrics[name]) for name in names]
    noise = metric_column("broken_characters")
    return [
        column
        for column in chosen
        if any(row[column.name] is not None for row in rows)
        and (column.name != noise or any(row[noise] for row in rows))
    ]


def _axis(axis: str, rows: Sequence[Mapping[str, Any]]) -> TableColumn:
    cells = tuple(str(row[axis]) for row in rows)
    return TableColumn(axis, _BY_NAME[axis].title, cells, numeric=axis == "batch_size", rank=99)


def _measured(column: Column, rows: Sequence[Mapping[str, Any]]) -> TableColumn:
    cells = tuple(_cell(column, row) for row in rows)
    values = {i: row[column.name] for i, row in enumerate(rows) if row[column.name] is not None}
    best: frozenset[int] = frozenset()
    if column.better != "neither" and len({cells[i] for i in values}) > 1:
        top = (max if column.better == "higher" else min)(values, key=lambda i: values[i])
        best = frozenset(i for i in values if cells[i] == cells[top])
    rank = _DROPPED_FIRST.index(column.name) + 1 if column.name in _DROPPED_FIRST else 0
    return TableColumn(column.name, column.heading, cells, best, True, rank)


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    value = row[column.name]
    if value is None:
        return NOTHING
    low, high = row.get(f"{column.name}_low"), row.get(f"{column.name}_high")
    if column.name in _SPEED and low is not None and high is not None:
        return with_interval(value * column.scale, low * column.scale, high * column.scale)
    return plain(value * column.scale)


def _facts(rows: Sequence[Mapping[str, Any]], axes: Iterable[str]) -> list[tuple[str, str]]:
    """What is the same in every row: the other axes, lengths, launches and trials."""
    facts = []
    lengths = ("max_length", "prompt_tokens", "new_tokens", "launches", "trials", "samples")
    for name in (*(axis for axis in AXES if axis not in axes), *lengths):
        values = {row[name] for row in rows}
        if len(values) == 1 and (value := next(iter(values))) is not None:
            facts.append((name.replace("_", " "), str(value)))
    return facts


def _reading(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    notes = []
    ends = [f"{name}_low" for name in _SPEED if f"{name}_low" in _BY_NAME]
    over = {row["interval_over"] for row in rows if any(row[end] is not None for end in ends)}
    if "launches" in over:
        notes.append("± is half the 90 % interval over launches, its longer side.")
    if "trials" in over:
        notes.append(
            "± is over the trials of one launch: scatter within a process, not between processes. "
            "To compare, measure 5 launches."
        )
    return notes


def _gaps(
    summary: Summary, rows: Sequence[Mapping[str, Any]], columns: Iterable[TableColumn]
) -> list[str]:
    """Why there is a – in a column, once for each reason."""
    found: dict[str, dict[str, int]] = {}
    for column in columns:
        for cell, row in zip(column.cells, rows, strict=True):
            if cell == NOTHING:
                reason = summary.reason(row["case"], column.name) or "no value"
                headings = found.setdefault(reason, {})
                headings[column.heading] = headings.get(column.heading, 0) + 1
    return [
        f"{NOTHING} in {', '.join(headings)}: {reason} ({_cases(max(headings.values()))})."
        for reason, headings in found.items()
    ]


def _absent(summary: Summary) -> list[tuple[str, str, tuple[str, ...]]]:
    found: dict[tuple[str, str], list[str]] = {}
    for result in summary.completed.cases:
        if result.status != "ok":
            found.setdefault((result.status, result.reason or "no reason given"), []).append(
                result.id
            )
    return [(status, reason, tuple(ids)) for (status, reason), ids in found.items()]


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"
