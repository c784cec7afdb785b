"""A history as GitHub-flavoured Markdown; everything from a run is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from reports.history import wording
from reports.history.groups import group_lines, step_groups
from reports.history.names import called, series_labels, short_names
from reports.history.phrases import number
from reports.history.trends import History
from reports.history.worth_seeing import ordered, parted, worth_seeing
from reports.markdown import escaped

MOST_ROWS = 200
MOST_GROUPS = 50
_LINE = 24  # characters


def markdown(history: History, *, everything: bool = False) -> str:
    """Return a history as Markdown.

    Args:
        history: what to write.
        everything: leave nothing out, however long it gets.
    """
    history = history if everything else worth_seeing(history)
    parts = [f"### {escaped(wording.headline(history))}"]
    groups = step_groups(history)
    shown = groups if everything else groups[:MOST_GROUPS]
    for group in shown:
        first, *rest = group_lines(group, history)
        parts.append(
            "\n".join(
                [f"**{group.verdict}** {escaped(first)}", "", *(f"- {escaped(t)}" for t in rest)]
            )
        )
    if len(shown) < len(groups):
        parts.append(f"{number(len(groups) - len(shown), 'more step')}.")
    rows, single = parted(ordered(history))
    names, shared = short_names(history.trends)
    labels = series_labels(history)
    above = [f"In {escaped(shared)}:"] if shared is not None else []
    if kept := rows if everything else rows[:MOST_ROWS]:
        cells = [wording.cells(trend, *called(trend, names, labels), _LINE) for trend in kept]
        parts += [*above, _table(wording.HEADINGS, cells)]
        above = []
    if len(kept) < len(rows):
        parts.append(f"{number(len(rows) - len(kept), 'more trend')}.")
    if single:
        kept = single if everything else single[:MOST_ROWS]
        cells = [wording.single_cells(trend, *called(trend, names, labels)) for trend in kept]
        parts += [
            wording.too_few(single, history),
            *above,
            _table(wording.SINGLE_HEADINGS, cells),
        ]
        if len(kept) < len(single):
            parts.append(f"{number(len(single) - len(kept), 'more value')}.")
    if told := wording.remarks(history):
        parts.append("\n".join(f"- {escaped(text)}" for text in told))
    return "\n\n".join(parts) + "\n"


def _table(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    names, rows = wording.filled(headings, cells)
    marks = ["---:" if name in wording.NUMERIC else "---" for name in names]
    return "\n".join([_row(names), _row(marks), *(_row([*map(escaped, row)]) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
