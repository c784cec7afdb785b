"""The cases as a table to sort and to filter: the columns of the console, the others on demand.

Numbers go to the page in full (six digits) beside the words that are shown, so that sorting does
not go by what rounding left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.columns import AXES, CASE_COLUMNS, Column, describe, metric_column
from reports.page.chosen import Chosen
from reports.table import NOTHING, View, measured
from reports.visible import shortened

if TYPE_CHECKING:
    from reports.summary import Summary

_SPOKEN = ("warnings", "missing", "reason", "status", "case")  # the page tells these elsewhere
_SET_UP = (
    "cold_seconds",
    "compile_seconds",
    "host_peak_bytes",
    "device_peak_bytes",
    "energy_joules_per_1000_tokens",
)
_ENDS = ("_low", "_high")
_LONGEST = 120  # characters: a longer cell of words is cut


@dataclass(frozen=True)
class PageColumn:
    """One column of the page's table.

    Attributes:
        name: of the case column.
        heading: unit included.
        meaning: a sentence.
        numeric: aligned right.
        better: ``lower``, ``higher`` or ``neither``.
        axis: it tells what the case is, and is no measurement.
        shown: from the start; the others when they are asked for.
        cells: one text per case.
        best: of each case, whether it is best or cannot be told from it.
        comparison: cells of the human and the chance row.
    """

    name: str
    heading: str
    meaning: str
    numeric: bool
    better: str
    axis: bool
    shown: bool
    cells: tuple[str, ...]
    best: tuple[bool, ...]
    comparison: tuple[str, ...]


def page_columns(summary: Summary, said: View, chosen: Chosen) -> list[PageColumn]:
    """Return the columns of the table: those of the console first, set-up and memory last."""
    known = described(summary)
    columns = []
    for column in sorted(said.columns, key=lambda column: column.name in _SET_UP):
        about = known.get(column.name)
        columns.append(
            PageColumn(
                column.name,
                column.heading,
                about.meaning if about else "",
                column.numeric,
                about.better if about else "neither",
                column.name in AXES,
                True,
                tuple(_cut(column.cells[place]) for place in chosen.places),
                tuple(place in column.best for place in chosen.places),
                column.comparison,
            )
        )
    there = {column.name for column in said.columns} | set(_SPOKEN)
    for name, about in known.items():
        if name not in there and any(row.get(name) is not None for row in chosen.rows):
            columns.append(
                _hidden(about, chosen, len(said.columns[0].comparison) if columns else 0)
            )
    return columns


def described(summary: Summary) -> dict[str, Column]:
    """Return every column of the cases by name, the ends of intervals left out."""
    fixed = {c.name: c for c in CASE_COLUMNS if not c.name.endswith(_ENDS)}
    return fixed | {metric_column(m.name): describe(m) for m in summary.metrics.values()}


def values(
    summary: Summary, chosen: Chosen, columns: Sequence[PageColumn]
) -> dict[str, dict[str, Any]]:
    """Return, for each numeric column, its values and intervals by case, in six digits.

    They are in the unit of the heading.
    """
    found: dict[str, dict[str, Any]] = {}
    known = described(summary)
    for column in columns:
        if column.axis or not all(_number(row, column.name) for row in chosen.rows):
            continue
        scale = known[column.name].scale if column.name in known else 1.0
        entry: dict[str, Any] = {}
        for key, end in (("values", ""), ("low", "_low"), ("high", "_high")):
            name = column.name + end
            if not end or any(row.get(name) is not None for row in chosen.rows):
                entry[key] = [short(row.get(name), scale) for row in chosen.rows]
        found[column.name] = entry
    return found


def short(value: Any, scale: float = 1.0) -> Any:
    """Return a number, scaled, with six significant digits; None for what JSON cannot hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value):
        return None
    rounded = float(f"{value * scale:.6g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _number(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _hidden(about: Column, chosen: Chosen, below: int) -> PageColumn:
    """A column of the CSV file that the console has no room for."""
    numeric = all(_number(row, about.name) for row in chosen.rows)
    if numeric:
        drawn = measured(about, chosen.rows)
        cells, best = drawn.cells, drawn.best
    else:
        words = [row.get(about.name) for row in chosen.rows]
        cells, best = tuple(NOTHING if w is None else _cut(str(w)) for w in words), frozenset()
    marked = tuple(place in best for place in range(len(cells)))
    return PageColumn(
        about.name,
        about.heading,
        about.meaning,
        numeric,
        about.better,
        about.name in AXES,
        False,
        cells,
        marked,
        ("",) * below,
    )


def _cut(words: str) -> str:
    return shortened(words, _LONGEST)
