"""The report on a terminal, by rich. Nothing from a run is read as markup or obeyed as a control.

Where the table is wider than the terminal, headings of several words take two lines; then columns
are left out by rank and named below it. The axes stay, and fold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reports.csv_files import CASES, SAMPLES
from reports.gate_words import GateLine, gate_lines
from reports.state_facts import COST_HEADINGS, costs
from reports.table import TableColumn, View, view
from reports.visible import one_line, shortened

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from reports.gates import GateOutcome
    from reports.state_changes import StateChange
    from reports.summary import Summary

_GAP = 2  # cells between columns
_WIDEST_AXIS = 20  # of an axis, where room is short: it folds
_MARKS = {"fail": "✗", "pass": "✓", "not compared": "?"}


def show(summary: Summary, console: Console, gates: Sequence[GateOutcome] = ()) -> None:
    """Print a run: table, how to read it, cases without a row, warnings, gates, files."""
    said = view(summary)
    console.print(_line((one_line(said.title), "bold")))
    if said.facts:
        facts = " · ".join(f"{one_line(what)} {one_line(value)}" for what, value in said.facts)
        console.print(_line((facts, "dim")))
    columns, left_out = fitting(said.columns, console.width)
    if columns and columns[0].cells:
        console.print()
        console.print(_table(columns, console.width))
    _print_notes(said.notes_of(columns), left_out, console)
    for change in summary.state_changes:
        _print_change(change, console)
    _print_costs(summary, console)
    _print_absent(said, console)
    for text, cases in said.warnings:
        about = f" ({cases})" if cases else ""
        console.print(_line(("! ", "yellow"), (one_line(text), ""), (one_line(about), "dim")))
    for line in gate_lines(gates):
        _print_gate(line, console)
    files = [name for name in (CASES, SAMPLES) if (summary.run.path / name).exists()]
    console.print(_line((f"{' and '.join(files)} in {one_line(summary.run.path)}".strip(), "dim")))


def fitting(columns: Sequence[TableColumn], width: int) -> tuple[list[TableColumn], list[str]]:
    """Return the columns that fit into ``width`` cells, and the headings of the others.

    Where there is no room headings fold; then columns of the lowest rank go first. The axes and one
    more column stay whatever the width.
    """
    kept, gone = list(columns), []
    if _needed(kept) > width:
        kept = [replace(column, heading=_folded(column)) for column in kept]
    while _needed(kept) > width:
        rest = [column for column in kept if column.numeric and column.rank < 99]
        if len(rest) <= 1:
            break
        least = min(rest, key=lambda column: column.rank)
        kept.remove(least)
        gone.append(least.heading.replace("\n", " "))
    return kept, gone


def _folded(column: TableColumn) -> str:
    """Return the heading in one line or two, whichever is narrower, the cells being what they are.

    Of the ways to part it the first line is the longest that adds no width.
    """
    words = column.heading.split(" ")
    ways = [column.heading]
    ways += [f"{' '.join(words[:n])}\n{' '.join(words[n:])}" for n in range(len(words) - 1, 0, -1)]
    return min(ways, key=lambda way: _least(replace(column, heading=way)))


def _needed(columns: Iterable[TableColumn]) -> int:
    """The least width: numeric columns whole, an axis folded to its narrowest."""
    return sum(_least(column) + _GAP for column in columns) - _GAP


def _least(column: TableColumn) -> int:
    from rich.cells import cell_len

    texts = (*column.cells, *column.comparison)
    cells = max((cell_len(one_line(text)) for text in texts), default=0)
    cells = max(cells, *map(cell_len, column.heading.split("\n")))
    return cells if column.numeric else min(cells, _WIDEST_AXIS)


def _table(columns: Sequence[TableColumn], width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column in columns:
        right = column.numeric
        table.add_column(
            Text(column.heading),
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
            min_width=min(_least(column), width),
        )
    for row in range(len(columns[0].cells)):
        table.add_row(
            *(
                Text(one_line(column.cells[row]), style="bold green" if row in column.best else "")
                for column in columns
            )
        )
    _add_comparison(table, columns)
    return table


def _add_comparison(table: Table, columns: Sequence[TableColumn]) -> None:
    """Add human poems and chance below the cases, set apart."""
    from rich.text import Text

    table.add_section()
    for row in range(len(columns[0].comparison)):
        if not any(column.comparison[row] for column in columns if column.numeric):
            continue  # the columns that it compares had no room
        table.add_row(*(Text(one_line(column.comparison[row])) for column in columns), style="dim")


def _print_notes(said: Sequence[str], left_out: Sequence[str], console: Console) -> None:
    notes = list(said)
    if left_out:
        notes.append(f"No room for: {', '.join(left_out)}. Use a wider terminal, or the CSV files.")
    if notes:
        console.print()
    for note in notes:
        console.print(_line((one_line(note), "dim")))


def _print_change(change: StateChange, console: Console) -> None:
    """Print what training changed, one state."""
    from rich.table import Table
    from rich.text import Text

    console.print()
    title = f"what training changed: {change.preset}, state {change.state}"
    console.print(_line((one_line(title), "bold")))
    console.print(_line((one_line(" · ".join(change.facts)), "dim")))
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for heading in change.headings:
        numeric = heading not in ("case", "metric", "verdict")
        table.add_column(
            Text(one_line(heading)), justify="right" if numeric else "left", overflow="fold"
        )
    for row in change.cells:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    if change.cells:
        console.print(table)
    for note in (change.speed, *change.notes):
        console.print(_line((one_line(note), "dim")))


def _print_costs(summary: Summary, console: Console) -> None:
    """Print what the states of a preset cost, side by side, where there are several."""
    from rich.table import Table
    from rich.text import Text

    if not (rows := costs(summary.completed.trainings)):
        return
    console.print()
    console.print(
        _line(("what the states cost: parameters trained, time and memory of training", "bold"))
    )
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for place, heading in enumerate(COST_HEADINGS):
        table.add_column(Text(heading), justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    console.print(table)


def _print_absent(said: View, console: Console) -> None:
    for status, reason, cases in said.absent:
        console.print(
            _line(
                (f"{status} ", "red" if status == "failed" else "yellow"),
                (one_line(cases), ""),
                (f": {one_line(reason)}", "dim"),
            )
        )


def _print_gate(line: GateLine, console: Console) -> None:
    style = {"fail": "red", "pass": "green"}.get(line.verdict, "yellow")
    console.print(_line((f"{_MARKS[line.verdict]} ", style), (one_line(line.text), "")))
    if line.culprit is not None:
        it = line.culprit
        text = shortened(one_line(it.text), 200)
        console.print(_line((f"  {it.value:.3g} in: {one_line(it.prompt)} » {text}", "dim")))


def _line(*parts: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*parts, overflow="fold")
