"""A diff as GitHub-flavoured Markdown: short enough for a comment on a pull request.

What was decided stands in the open, everything else is folded. Everything from a run is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.diff import wording
from reports.diff.result import Diff, Row
from reports.diff.wording import Gate
from reports.markdown import escaped

OPEN_ROWS = 20
FOLDED_ROWS = 200
LONGEST = 60_000  # characters; GitHub refuses a comment above 65,536
_MARKS = {"failed": "❌", "passed": "✅", "nothing compared": "⚠️"}


def markdown(diff: Diff, *, everything: bool = False, gate: Gate | None = None) -> str:
    """Return the diff as Markdown.

    Args:
        diff: what to write.
        everything: fold nothing away and leave nothing out, however long it gets.
        gate: what the gate says, if there is one.
    """
    first, second = wording.headline(diff)
    said = f"{_MARKS[gate]} gate {gate}: " if gate else ""
    parts = [f"### {said}{escaped(first)}", escaped(second)]
    chosen = wording.shown(diff, everything=everything)
    rows = chosen if everything else chosen[:OPEN_ROWS]
    if rows:
        parts.append(_table(diff, rows))
    remarks = "\n".join(f"- {escaped(remark)}" for remark in wording.remarks(diff, rows))
    if everything:
        return "\n\n".join([*parts, *([remarks] if remarks else [])]) + "\n"
    if remarks:
        parts.append(_folded("What to know", remarks))
    rest = [row for row in diff.rows if id(row) not in {id(one) for one in rows}]
    if rest:
        parts.append(_rest(diff, rest, LONGEST - sum(map(len, parts))))
    return "\n\n".join(parts) + "\n"


def _rest(diff: Diff, rest: Sequence[Row], room: int) -> str:
    """Fold the other rows away, as many as there is room for."""
    kept = list(rest[:FOLDED_ROWS])
    while kept and len(_table(diff, kept)) > room - 200:
        kept = kept[: len(kept) // 2]
    title = f"{len(rest):,} more rows"
    if len(kept) < len(rest):
        title += f", the first {len(kept):,} of them here"
    return _folded(title, _table(diff, kept)) if kept else f"{title}."


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _table(diff: Diff, rows: Sequence[Row]) -> str:
    names, shared = wording.short_cases(rows)
    headings = wording.HEADINGS if any(names.values()) else wording.HEADINGS[:-1]
    lines = [] if shared is None else [f"In {escaped(shared)}:", ""]
    lines += [
        _row(headings),
        _row(["---:" if name in wording.NUMERIC else "---" for name in headings]),
    ]
    for row in rows:
        verdict, *others = wording.cells(row, diff.columns[row.metric], names[row.case])
        mark = f"**{verdict}**" if verdict == "worse" else verdict
        lines.append(_row([mark, *map(escaped, others)][: len(headings)]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
