"""The main table as data: which columns, which cells, what is said around it.

An axis of the scenario with one value is a fact above the table, not a column. Console and
Markdown render the same object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from metrics.reference import Comparison, comparisons
from reports import frontier_words
from reports.columns import AXES, CASE_COLUMNS, HEADLINE_METRICS, Column, describe, metric_column
from reports.frames import rows_of
from reports.numbers import plain, with_interval
from reports.summary import Summary

_SPEED = (
    "tokens_per_second",
    "steps_per_second",
    "ttft_seconds",
    "tpot_seconds",
    "roofline_share",
    "cold_seconds",
    "compile_seconds",
    "host_peak_bytes",
    "device_peak_bytes",
    "energy_joules_per_1000_tokens",
)
# What goes first where there is no room, least needed first; what is not here goes before these.
_DROPPED_FIRST = (
    "compile_seconds",
    "roofline_share",
    "en_rhymed_lines",
    "device_peak_bytes",
    "steps_per_second",
    "host_peak_bytes",
    "distinct_2",
    "self_bleu_4",
    "broken_characters",
    "cold_seconds",
    "loop_share",
    "diversity",
    "zh_rhyme",
    "zh_in_form",
    "ttft_seconds",
    "seq_rep_4",
    "tpot_seconds",
    "tokens_per_second",
)
_ALWAYS_TOLD = ("tokens_per_second", "ttft_seconds", "tpot_seconds")  # even if none has a value
_MOST_LISTED = 5
_BY_NAME = {column.name: column for column in CASE_COLUMNS}
NOTHING = "–"
VERSE = ("chinese", "ci", "english")


@dataclass(frozen=True)
class TableColumn:
    """One column of the table.

    Attributes:
        name: of the case column that it shows.
        heading: unit included.
        cells: one string per row; text is not escaped.
        best: rows that hold the best value.
        numeric: aligned right, never wrapped or cut.
        comparison: cells of the rows below the cases: human poems, and chance.
        rank: columns of lower rank are left out first where there is no room; an axis never is.
    """

    name: str
    heading: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()
    numeric: bool = True
    rank: int = 0
    comparison: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """What a report says, in the order in which it says it. Texts are not escaped.

    Attributes:
        title: scenario, and how the run ended unless it is complete.
        facts: (what, value) that hold for every row.
        columns: of the table; each has one cell per finished case.
        notes: how to read the table.
        absent: (status, reason, which cases) of the cases without a row.
        warnings: (text, which cases); no cases where it is about the run. Each ends in advice.
    """

    title: str
    facts: list[tuple[str, str]]
    columns: list[TableColumn]
    notes: list[str] = field(default_factory=list)
    absent: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def view(summary: Summary) -> View:
    """Choose columns and words for a run."""
    rows = [row for row in rows_of(summary.cases) if row["status"] == "ok"]
    axes = [axis for axis in AXES if len({row[axis] for row in rows}) > 1]
    if rows and not axes:
        axes = ["sampler"]
    columns = [_axis(axis, rows) for axis in axes]
    columns += [measured(column, rows) for column in _shown(summary, rows)]
    metrics = {metric_column(name): name for name in summary.metrics}
    below = comparisons({metrics[c.name] for c in columns if c.name in metrics})
    columns = _compared(columns, metrics, below, len(axes))
    ended = {"complete": ""}.get(summary.ended, f" ({summary.ended})")
    return View(
        f"{summary.run.manifest.get('scenario_name', 'run')}{ended}",
        _facts(rows, axes, summary.run.manifest.get("machine") or {}),
        columns,
        [
            *_reading(rows),
            *_frontier_note(summary, rows),
            *_comparison_notes(below),
            *_gaps(summary, rows, columns),
        ],
        _absent(summary),
        [(notice.text, _which(notice.cases, len(rows))) for notice in summary.warnings],
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
    if axis == "sampler" and (marks := frontier_words.marks(rows)):
        cells = tuple(f"{mark} {cell}" for mark, cell in zip(marks, cells, strict=True))
    return TableColumn(axis, _BY_NAME[axis].title, cells, numeric=axis == "batch_size", rank=99)


def measured(column: Column, rows: Sequence[Mapping[str, Any]]) -> TableColumn:
    """Return a column of numbers: cells as people read them, the best marked."""
    cells = tuple(_cell(column, row) for row in rows)
    rank = _DROPPED_FIRST.index(column.name) + 1 if column.name in _DROPPED_FIRST else 0
    return TableColumn(column.name, column.heading, cells, _best(column, rows), True, rank)


def _frontier_note(summary: Summary, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    titles = {metric_column(m.name): describe(m).heading for m in summary.metrics.values()}
    said = frontier_words.note(rows, _BY_NAME["tokens_per_second"].heading, titles)
    return [said] if said else []


def _label(row: Comparison, place: int, axes: int) -> str:
    """What stands under the axes: kind and poems, apart where there is room for both."""
    if axes == 1 and place == 0:
        return f"{row.kind}: {row.whose}"
    return {0: row.kind, 1: row.whose}.get(place, "") if place < axes else ""


def _compared(
    columns: list[TableColumn], metrics: Mapping[str, str], found: Sequence[Comparison], axes: int
) -> list[TableColumn]:
    """Add the comparison rows of verse metrics, whose values mean nothing by themselves."""
    compared = []
    for place, column in enumerate(columns):
        name = metrics.get(column.name)
        cells = [
            f"{row.values[name]:.3f}" if name in row.values else "" for row in found if name
        ] or [_label(row, place, axes) for row in found]
        compared.append(replace(column, comparison=tuple(cells)))
    return compared


def _best(column: Column, rows: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """The row with the best value, and those whose interval meets its own; none if that is all."""
    ends: dict[int, tuple[float, float, float]] = {}
    for index, row in enumerate(rows):
        if (value := row[column.name]) is not None:
            low, high = row.get(f"{column.name}_low"), row.get(f"{column.name}_high")
            ends[index] = (value, value if low is None else low, value if high is None else high)
    if column.better == "neither" or not ends:
        return frozenset()
    choose = max if column.better == "higher" else min
    _, low, high = ends[choose(ends, key=lambda index: ends[index][0])]
    best = frozenset(i for i, (_, lower, upper) in ends.items() if lower <= high and upper >= low)
    return best if len(best) < len(ends) else frozenset()


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    value = row[column.name]
    if value is None:
        return NOTHING
    low, high = row.get(f"{column.name}_low"), row.get(f"{column.name}_high")
    if column.name in _SPEED and low is not None and high is not None:
        return with_interval(value * column.scale, low * column.scale, high * column.scale)
    if column.unit in ("share", "ratio") and abs(value) < 10:
        return f"{value:.3f}"
    return plain(value * column.scale)


def _facts(
    rows: Sequence[Mapping[str, Any]], axes: Iterable[str], machine: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """What is the same in every row: the other axes, lengths, launches, trials, the machine."""
    facts = []
    lengths = ("max_length", "prompt_tokens", "new_tokens", "launches", "trials", "samples")
    for name in (*(axis for axis in AXES if axis not in axes), *lengths):
        values = {row[name] for row in rows}
        if len(values) == 1 and (value := next(iter(values))) is not None:
            facts.append((name.replace("_", " "), str(value)))
    processor, cores = machine.get("cpu_model"), machine.get("cores_allowed")
    if processor:
        facts.append(("on", f"{processor}, {cores} cores" if cores else str(processor)))
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


def _comparison_notes(found: Iterable[Comparison]) -> list[str]:
    return [
        f"human: {row.n:,} {row.whose}; chance: {row.title}."
        for row in found
        if row.kind == "chance"
    ]


def _gaps(
    summary: Summary, rows: Sequence[Mapping[str, Any]], columns: Iterable[TableColumn]
) -> list[str]:
    """Why there is a – in a column, or no column: once for reasons that differ in numbers only."""
    headings = {column.name: column.heading for column in columns}
    headings |= {name: _BY_NAME[name].heading for name in _ALWAYS_TOLD}
    found: dict[str, tuple[str, dict[str, None], dict[str, str]]] = {}
    by_column = {metric_column(name): metric for name, metric in summary.metrics.items()}
    for row in rows:
        for name, heading in headings.items():
            if name in by_column and by_column[name].group in VERSE:
                continue  # most often the verse of another language
            if row[name] is None:
                reason = summary.reason(row["case"], name) or "no value"
                kind = re.sub(r"\d+", "0", reason)
                _, where, cases = found.setdefault(kind, (reason, {}, {}))
                where[heading] = None
                cases[row["case"]] = reason
    notes = []
    for reason, where, cases in found.values():
        first = "first of " if len(set(cases.values())) > 1 else ""
        notes.append(f"{NOTHING} in {', '.join(where)}: {reason} ({first}{_count(len(cases))}).")
    return notes


def _absent(summary: Summary) -> list[tuple[str, str, str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for result in summary.completed.cases:
        if result.status != "ok":
            said = result.status, result.reason or "no reason given"
            found.setdefault(said, []).append(result.id)
    return [(status, reason, _which(cases)) for (status, reason), cases in found.items()]


def _which(cases: Sequence[str], everything: int = 0) -> str:
    if everything > 1 and len(cases) >= everything:
        return f"all {everything} cases"
    more = len(cases) - _MOST_LISTED
    return ", ".join(cases[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _count(cases: int) -> str:
    return "1 case" if cases == 1 else f"{cases} cases"
