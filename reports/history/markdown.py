"""A history as GitHub-flavoured Markdown; everything from a run is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from reports.history import wording
from reports.history.groups import group_lines, step_groups
from reports.history.names import series_labels, short_names
from reports.history.phrases import number
from reports.history.trends import History
from reports.history.worth_seeing import ordered, worth_seeing
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
    rows = ordered(history)
    kept = rows if everything else rows[:MOST_ROWS]
    names, shared = short_names(history.trends)
    labels = series_labels(history)
    if kept:
        if shared is not None:
            parts.append(f"In {escaped(shared)}:")
        lines = [
            _row(wording.HEADINGS),
            _row(["---:" if name in wording.NUMERIC else "---" for name in wording.HEADINGS]),
        ]
        for trend in kept:
            key = trend.series.key
            cells = wording.cells(
                trend, names[key.scenario, key.case], labels.get(key.id, ""), _LINE
            )
            lines.append(_row([escaped(cell) for cell in cells]))
        parts.append("\n".join(lines))
    if len(kept) < len(rows):
        parts.append(f"{number(len(rows) - len(kept), 'more trend')}.")
    if told := wording.remarks(history):
        parts.append("\n".join(f"- {escaped(text)}" for text in told))
    return "\n\n".join(parts) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
