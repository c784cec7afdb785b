"""The main table as data: which columns, which cells, what is said around it.

An axis of the scenario with one value is a fact above the table, not a column. Console and
Markdown render the same object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from metrics.reference import Comparison, comparisons
from reports import frontier_words
from reports.columns import AXES, CASE_COLUMNS, HEADLINE_METRICS, Column, describe, metric_column
from reports.comparison_rows import cells, comparison_notes, labels
from reports.frames import rows_of
from reports.notes import Note, gap_notes, interval_notes, partial_notes
from reports.numbers import NOTHING as NOTHING
from reports.numbers import plain, with_interval
from reports.summary import Summary
from reports.warning_lines import merged

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
    "device_peak_bytes",
    "steps_per_second",
    "host_peak_bytes",
    "distinct_2",
    "self_bleu_4",
    "broken_characters",
    "cold_seconds",
    "loop_share",
    "diversity",
    "en_pentameter",
    "en_rhymed_lines",
    "zh_regulated",
    "ttft_seconds",
    "cjk_share",
    "zh_in_form",
    "zh_rhyme",
    "zh_tone_score",
    "seq_rep_4",
    "tpot_seconds",
    "tokens_per_second",
)
_WEIGHED = _DROPPED_FIRST.index("tpot_seconds") + 1  # of equal ranks the first goes first
_MOST_LISTED = 3
_BY_NAME = {column.name: column for column in CASE_COLUMNS}


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
        remarks: how to read the table.
        absent: (status, reason, which cases) of the cases without a row.
        warnings: (text, which cases); no cases where it is about the run. Each ends in advice.
    """

    title: str
    facts: list[tuple[str, str]]
    columns: list[TableColumn]
    remarks: list[Note] = field(default_factory=list)
    absent: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """How to read the table with all its columns."""
        return self.notes_of(self.columns)

    def notes_of(self, columns: Collection[TableColumn]) -> list[str]:
        """Return how to read the table where it shows these columns only."""
        shown = [column.name for column in columns]
        return [note.text for note in self.remarks if note.matters(shown)]


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
    known = [row for row in below if row.values]
    weighed = {row["frontier_quality"] for row in rows}  # what the marks speak of stays beside them
    columns = [
        replace(
            column,
            rank=_WEIGHED if column.name in weighed else column.rank,
            comparison=cells(metrics[column.name], known)
            if column.name in metrics
            else labels(known, place, len(axes)),
        )
        for place, column in enumerate(columns)
    ]
    headings = {column.name: column.heading for column in columns}
    ended = {"complete": ""}.get(summary.ended, f" ({summary.ended})")
    return View(
        f"{summary.run.manifest.get('scenario_name', 'run')}{ended}",
        _facts(rows, axes, summary.run.manifest.get("machine") or {}),
        columns,
        [
            *interval_notes(rows),
            *_frontier_notes(summary, rows),
            *_comparison_notes(below, metrics, headings),
            *partial_notes(summary, rows, headings),
            *gap_notes(summary, rows, headings),
        ],
        _absent(summary),
        [(text, _which(cases, len(rows))) for text, cases in merged(summary.warnings)],
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
    hidden = {metric_column(name) for name in _needless(summary, rows)}
    return [
        column
        for column in chosen
        if column.name not in hidden and any(row[column.name] is not None for row in rows)
    ]


def _needless(summary: Summary, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Headline metrics that tell nothing here: no broken character; the script that all write."""
    needless = []
    if not any(row.get(metric_column("broken_characters")) for row in rows):
        needless.append("broken_characters")
    han = {row.get(metric_column("cjk_share")) for row in rows} - {None}
    if "*" in summary.asked and not summary.completed.trainings and len(han) < 2:
        needless.append("cjk_share")
    return needless


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


def _frontier_notes(summary: Summary, rows: Sequence[Mapping[str, Any]]) -> list[Note]:
    titles = {metric_column(m.name): describe(m).heading for m in summary.metrics.values()}
    said = frontier_words.note(rows, _BY_NAME["tokens_per_second"].heading, titles)
    if not said:
        return []
    if frontier_words.marks(rows):  # in a column that is always shown
        return [Note(said)]
    return [Note(said, frozenset({row["frontier_quality"] for row in rows} - {None}))]


def _comparison_notes(
    below: Sequence[Comparison], metrics: Mapping[str, str], headings: Mapping[str, str]
) -> list[Note]:
    shown = {
        metrics[name]: Note(heading, frozenset({name}))
        for name, heading in headings.items()
        if name in metrics
    }
    return comparison_notes(below, shown)


def _best(column: Column, rows: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """The best row, and those that cannot be told from it; none if that is all."""
    ends: dict[int, tuple[float, float]] = {}
    for index, row in enumerate(rows):
        if (value := row[column.name]) is not None:
            low, high = row.get(f"{column.name}_low"), row.get(f"{column.name}_high")
            ends[index] = (value if low is None else low, value if high is None else high)
    if (first := leader(column, rows)) is None:
        return frozenset()
    low, high = ends[first]
    sure = {i for i in ends if rows[i].get(f"{column.name}_low") is not None} or ends.keys()
    best = {i for i in sure if ends[i][0] <= high and ends[i][1] >= low}
    # A value without an interval cannot be told from those that are no better by value.
    values = [rows[i][column.name] for i in best]
    for i in ends.keys() - sure:
        value = rows[i][column.name]
        if value >= min(values) if column.better == "higher" else value <= max(values):
            best.add(i)
    return frozenset(best) if len(best) < len(ends) else frozenset()


def leader(column: Column, rows: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the row with the best value; None where no value is better than another.

    Where some rows have an interval it is one of those: a value from too few texts or launches for
    an interval may be the best by chance.
    """
    there = [index for index, row in enumerate(rows) if row[column.name] is not None]
    if column.better == "neither" or not there:
        return None
    sure = [index for index in there if rows[index].get(f"{column.name}_low") is not None]
    choose = max if column.better == "higher" else min
    return choose(sure or there, key=lambda index: rows[index][column.name])


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
