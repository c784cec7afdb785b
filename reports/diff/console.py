"""A diff on a terminal, by rich. Nothing from a run is read as markup or obeyed as a control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.diff import wording
from reports.diff.result import Diff, Row
from reports.visible import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from reports.diff.wording import Gate

MOST_ROWS = 50
_GAP = 2  # cells between columns
_LEAST_CASE = 20  # cells that a case gets at least
_DROPPED_FIRST = ("n", "A", "B")
_STYLES = {"worse": "bold red", "better": "green", "changed": "yellow", "same": "dim"}
_GATES = {"passed": "green", "failed": "red", "nothing compared": "yellow"}


def show(
    diff: Diff, console: Console, *, everything: bool = False, gate: Gate | None = None
) -> None:
    """Print a diff: two lines, the table, what to know.

    Args:
        diff: what to print.
        console: where to.
        everything: show the rows that are the same, unresolved or not comparable, too.
        gate: what the gate says, if there is one.
    """
    first, second = wording.headline(diff)
    console.print(_line(first, "bold"))
    console.print(_line(second))
    rows = wording.shown(diff, everything=everything)
    if not everything:
        rows = rows[:MOST_ROWS]
    if rows:
        console.print()
        _print_table(diff, console, rows)
        console.print()
    if (left := wording.hidden(diff, rows)) is not None:
        console.print(_line(left if everything else f"{left} See them with --all.", "dim"))
    for remark in wording.remarks(diff, rows):
        console.print(_line(remark, "dim"))
    if gate is not None:
        console.print(_line(wording.gate_line(diff, gate), _GATES[gate]))


def _print_table(diff: Diff, console: Console, rows: Sequence[Row]) -> None:
    from rich.table import Table
    from rich.text import Text

    names, shared = wording.short_cases(rows)
    cells = [
        [one_line(cell) for cell in wording.cells(row, diff.columns[row.metric], names[row.case])]
        for row in rows
    ]
    fitting, left_out = _fitting(cells, console.width)
    if shared is not None:
        console.print(_line(f"in {shared}", "dim"))
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for place in fitting:
        heading = wording.HEADINGS[place]
        right, folds = heading in wording.NUMERIC, heading == "case"
        table.add_column(
            heading,
            justify="right" if right else "left",
            no_wrap=not folds,
            overflow="fold",
        )
    for row, texts in zip(rows, cells, strict=True):
        first, *others = (texts[place] for place in fitting)
        table.add_row(Text(first, style=_STYLES.get(row.verdict, "")), *map(Text, others))
    console.print(table)
    if left_out:
        said = f"No room for: {', '.join(left_out)}. Use a wider terminal, or --csv."
        console.print(_line(said, "dim"))


def _fitting(cells: Sequence[Sequence[str]], width: int) -> tuple[list[int], list[str]]:
    """Which columns fit, and the headings of the others.

    Where room is short, first n goes, then A and B; the case folds.
    """
    from rich.cells import cell_len

    headings = wording.HEADINGS
    widths = [
        max(cell_len(text) for text in (heading, *(row[place] for row in cells)))
        for place, heading in enumerate(headings)
    ]
    widths[headings.index("case")] = min(widths[headings.index("case")], _LEAST_CASE)
    kept = [place for place in range(len(headings)) if any(row[place] for row in cells)]
    gone = []
    for name in _DROPPED_FIRST:
        if sum(widths[place] + _GAP for place in kept) - _GAP > width:
            kept.remove(headings.index(name))  # none of these is ever empty
            gone.append(name)
    return kept, [name for name in headings if name in gone]


def _line(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(one_line(text), style=style, overflow="fold")
