"""A history on a terminal, by rich. Nothing from a run is read as markup or obeyed as a control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from reports.history import wording
from reports.history.groups import group_lines, step_groups
from reports.history.names import called, series_labels, short_names
from reports.history.phrases import number
from reports.history.trends import History, Trend
from reports.history.worth_seeing import ordered, parted, worth_seeing
from reports.visible import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MOST_ROWS = 50
MOST_GROUPS = 10
_FEW = 5  # trends of one run that are shown beside others nevertheless
_GAP = 2  # cells between columns
_LEAST_CASE = 16  # cells that a case gets at least: it folds
_LINES = (48, 32, 24, 16, 10)  # widths of the bars, as there is room
_DROPPED_FIRST = ("last", "runs", "last step")
_STYLES = {"worse": "bold red", "better": "green", "changed": "yellow"}


def show(history: History, console: Console, *, everything: bool = False) -> None:
    """Print a history: a line on top, the steps, the table, what to know.

    Args:
        history: what to print.
        console: where to.
        everything: every step and every row.
    """
    history = history if everything else worth_seeing(history)
    console.print(_line(wording.headline(history), "bold"))
    groups = step_groups(history)
    shown = groups if everything else groups[:MOST_GROUPS]
    for group in shown:
        first, *rest = group_lines(group, history)
        console.print()
        console.print(_line(f"{group.verdict} ", _STYLES[group.verdict], first))
        for text in rest:
            console.print(_line(f"  {text}", "dim"))
    _print_left(len(groups) - len(shown), "more step", console)
    rows, single = parted(ordered(history))
    if kept := rows if everything else rows[:MOST_ROWS]:
        console.print()
        _print_table(history, kept, console)
        _print_left(len(rows) - len(kept), "more trend", console)
    if single:
        shown_single = everything or not rows or len(single) <= _FEW
        kept = (single if everything else single[:MOST_ROWS]) if shown_single else []
        hint = "" if kept else "--all shows them"
        console.print()
        console.print(_line(wording.too_few(single, history, hint), "dim"))
        if kept:
            _print_values(history, kept, console)
            _print_left(len(single) - len(kept), "more value", console)
    if told := wording.remarks(history):
        console.print()
        for text in told:
            console.print(_line(text, "dim"))


def _print_left(count: int, what: str, console: Console) -> None:
    if count:
        console.print(_line(f"{number(count, what)}: see them with --all.", "dim"))


def _print_table(history: History, rows: Sequence[Trend], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    names, shared = short_names(rows, history.trends)
    labels = series_labels(history)
    plain = [wording.cells(trend, *called(trend, names, labels), 0) for trend in rows]
    cells = [[one_line(cell) for cell in row] for row in plain]
    fitting, width, left_out = _fitting(cells, console.width)
    _print_above(cells, shared, console)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for place in fitting:
        heading = wording.HEADINGS[place]
        table.add_column(
            heading,
            justify="right" if heading in wording.NUMERIC else "left",
            no_wrap=heading not in ("case", "last step"),
            overflow="fold",
        )
    bars, said = wording.HEADINGS.index("trend"), wording.HEADINGS.index("last step")
    for trend, row in zip(rows, cells, strict=True):
        style = _STYLES[trend.steps[-1].verdict] if trend.steps else ""
        row[bars] = wording.line(trend, width) if width else ""
        table.add_row(
            *(Text(row[place], style=style if place in (bars, said) else "") for place in fitting)
        )
    console.print(table)
    if left_out:
        gone = ", ".join(left_out)
        console.print(_line(f"No room for: {gone}. Use a wider terminal, or --csv.", "dim"))


def _print_values(history: History, rows: Sequence[Trend], console: Console) -> None:
    """Print what each case of one run measured: there is no trend yet."""
    from rich.table import Table
    from rich.text import Text

    names, shared = short_names(rows, history.trends)
    labels = series_labels(history)
    plain = [wording.single_cells(trend, *called(trend, names, labels)) for trend in rows]
    cells = [[one_line(cell) for cell in row] for row in plain]
    first = int(_print_above(cells, shared, console))  # the metric is told above the table
    headings, cells = wording.filled(wording.SINGLE_HEADINGS, cells)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for heading in headings[first:]:
        justify: Literal["left", "right"] = "right" if heading in wording.NUMERIC else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row[first:]))
    console.print(table)


def _print_above(cells: Sequence[Sequence[str]], shared: str | None, console: Console) -> bool:
    """Print what all rows share, above their table; return whether the metric is of it."""
    metrics = {row[0] for row in cells}
    above = [*(metrics if len(metrics) == 1 else ()), *([f"in {shared}"] if shared else ())]
    if above:
        console.print(_line(" ".join(above), "dim"))
    return len(metrics) == 1


def _fitting(cells: Sequence[Sequence[str]], width: int) -> tuple[list[int], int, list[str]]:
    """Which columns fit, how wide the bars are, and the headings that do not fit.

    Columns go before bars under ten cells do.
    """
    from rich.cells import cell_len

    headings = wording.HEADINGS
    widths = [
        max(cell_len(text) for text in (heading, *(row[place] for row in cells)))
        for place, heading in enumerate(headings)
    ]
    case, bars = headings.index("case"), headings.index("trend")
    widths[case] = min(widths[case], max(_LEAST_CASE, width // 4))
    kept = [
        place for place in range(len(headings)) if place == bars or any(r[place] for r in cells)
    ]
    metrics = headings.index("metric")
    if metrics in kept and len({row[metrics] for row in cells}) == 1:
        kept.remove(metrics)  # told above the table
    gone: list[str] = []
    for dropped in (None, *_DROPPED_FIRST):
        if dropped is not None and headings.index(dropped) in kept:
            kept.remove(headings.index(dropped))
            gone.append(dropped)
        taken = sum(widths[place] + _GAP for place in kept if place != bars)
        for size in _LINES:
            if taken + size <= width:
                return kept, size, gone
    return [place for place in kept if place != bars], 0, [*gone, "trend"]


def _line(text: str, style: str = "", more: str = "") -> Text:
    from rich.text import Text

    return Text.assemble((one_line(text), style), one_line(more), overflow="fold")
