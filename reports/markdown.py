"""The report as GitHub-flavoured Markdown, for a pull request or a wiki.

Everything from a run is escaped: pipes, markup, HTML, mentions, line breaks, controls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.gate_words import gate_lines
from reports.state_facts import COST_HEADINGS, costs
from reports.table import View, view
from reports.visible import one_line

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.state_changes import StateChange
    from reports.summary import Summary

_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_AT_START = re.compile(r"^(\d*)([#+=-]|(?<=\d)[.)](?=\s|$))")
_LINKED = re.compile(r"(?i)(@|#|GH-|:(?=//)|\bwww(?=\.))(?=[\w./])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JOINT = "<!-- -->"  # parts the sign of a mention or link from its name, and shows nothing


def markdown(summary: Summary, gates: Sequence[GateOutcome] = ()) -> str:
    """Return the whole report as Markdown."""
    said = view(summary)
    parts = [f"### {escaped(said.title)}"]
    if said.facts:
        parts.append(" · ".join(f"{escaped(what)} **{escaped(it)}**" for what, it in said.facts))
    if said.columns and said.columns[0].cells:
        parts.append(table(said))
    bullets = [escaped(note) for note in said.notes]
    bullets += [
        f"**{status}** {escaped(cases)}: {escaped(reason)}" for status, reason, cases in said.absent
    ]
    bullets += [
        f"**Warning:** {escaped(text)}" + (f" ({escaped(cases)})" if cases else "")
        for text, cases in said.warnings
    ]
    bullets += [f"**{line.verdict}** {escaped(line.text)}" for line in gate_lines(gates)]
    if bullets:
        parts.append("\n".join(f"- {bullet}" for bullet in bullets))
    for change in summary.state_changes:
        parts += _changed(change)
    parts += _cost_table(summary)
    return "\n\n".join(parts) + "\n"


def table(said: View) -> str:
    """Return the table alone; the best value of each column is bold."""
    columns = said.columns
    lines = [
        _row([escaped(column.heading) for column in columns]),
        _row(["---:" if column.numeric else "---" for column in columns]),
    ]
    for row in range(len(columns[0].cells)):
        cells = [(escaped(column.cells[row]), row in column.best) for column in columns]
        lines.append(_row([f"**{text}**" if best else text for text, best in cells]))
    for row in range(len(columns[0].comparison)):
        texts = [escaped(column.comparison[row]) for column in columns]
        lines.append(_row([f"*{text}*" if text else "" for text in texts]))
    return "\n".join(lines)


def _changed(change: StateChange) -> list[str]:
    """Return the section on what training changed, one state."""
    title = f"#### What training changed: {escaped(change.preset)}, state {escaped(change.state)}"
    parts = [title, " · ".join(map(escaped, change.facts))]
    if change.cells:
        marks = ["---" if h in ("case", "metric", "verdict") else "---:" for h in change.headings]
        rows = [[escaped(cell) for cell in row] for row in change.cells]
        head = [escaped(heading) for heading in change.headings]
        parts.append("\n".join(_row(row) for row in (head, marks, *rows)))
    parts.append("\n".join(f"- {escaped(note)}" for note in (change.speed, *change.notes)))
    return parts


def _cost_table(summary: Summary) -> list[str]:
    """Return what the states of a preset cost, side by side, where there are several."""
    if not (rows := costs(summary.completed.trainings)):
        return []
    marks = ["---", *["---:"] * (len(COST_HEADINGS) - 1)]
    body = [_row([escaped(cell) for cell in row]) for row in rows]
    return [
        "#### What the states cost: parameters trained, time and memory of training",
        "\n".join([_row(list(COST_HEADINGS)), _row(marks), *body]),
    ]


def escaped(text: object) -> str:
    """Return ``text`` on one line, showing in Markdown as it is."""
    safe = "".join(_HTML.get(character, character) for character in one_line(text).strip())
    safe = _AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", safe))
    return _LINKED.sub(rf"\1{_JOINT}", safe)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
