"""A run as a cell of a notebook: the table of the report, as plain HTML.

Every text is escaped, and what a browser would obey in it (directions, control characters) is
made visible, as on the console.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.table import NOTHING, TableColumn, view
from reports.visible import one_line, shortened

if TYPE_CHECKING:
    from reports.summary import Summary

_MOST_ROWS, _MOST_WARNINGS, _LONGEST = 40, 8, 400


def html_of(summary: Summary, title: str, contents: str) -> str:
    """Return the HTML of a run: title, contents, warnings, the first rows of its table."""
    said = view(summary)
    facts = " · ".join(f"{what} {value}" for what, value in said.facts)
    parts = [f"<p><b>{_safe(title)}</b><br>{_safe(contents)}"]
    parts.append(f"<br><small>{_safe(facts)}</small></p>" if facts else "</p>")
    told = [(text, cases) for text, cases in said.warnings]
    told += [(f"{status}: {reason}", cases) for status, reason, cases in said.absent]
    if told:
        items = [
            f"<li>{_safe(f'{text} ({about})' if about else text)}</li>" for text, about in told
        ]
        more = len(items) - _MOST_WARNINGS
        left = f"<li>… and {more:,} more: see .warnings</li>" if more > 0 else ""
        parts.append(f"<ul>{''.join(items[:_MOST_WARNINGS])}{left}</ul>")
    parts.append(_table(said.columns))
    return "".join(parts)


def _table(columns: Sequence[TableColumn]) -> str:
    if not columns:
        return ""
    rows = len(columns[0].cells)
    head = "".join(f"<th>{_safe(column.heading)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(column, row) for column in columns) + "</tr>"
        for row in range(min(rows, _MOST_ROWS))
    )
    more = f"<p><small>… and {rows - _MOST_ROWS:,} more: see .cases</small></p>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return table + (more if rows > _MOST_ROWS else "")


def _cell(column: TableColumn, row: int) -> str:
    text = _safe(column.cells[row] or NOTHING)
    return f"<td><b>{text}</b></td>" if row in column.best else f"<td>{text}</td>"


def _safe(text: object) -> str:
    return html.escape(shortened(one_line(text), _LONGEST))
