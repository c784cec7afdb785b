"""The tables of docs/metrics.md, made from the registry: ``python -m metrics.catalogue FILE``.

The file holds a pair of marks per group, ``<!-- metrics: GROUP -->`` and ``<!-- end -->``; what is
between them is rewritten.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from metrics.registry import all_metrics
from metrics.score import Metric

_HEAD = ("name", "shown as", "formula", "unit", "better", "level", "source", "cannot judge")
_SECTION = re.compile(r"(<!-- metrics: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(metrics: Iterable[Metric]) -> str:
    """Return a Markdown table, one row per metric."""
    rows = [_HEAD, ("---",) * len(_HEAD)]
    for m in metrics:
        cells = (m.title, m.definition, m.unit, m.direction, m.level, m.source, m.cannot_judge)
        rows.append((f"`{m.name}`", *(cell.replace("|", "\\|") for cell in cells)))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def filled(document: str) -> str:
    """Return the document with the table of each group that it has marks for."""
    metrics = all_metrics().values()

    def fill(section: re.Match[str]) -> str:
        head, group, end = section.groups()
        return f"{head}{table(m for m in metrics if m.group == group)}{end}"

    return _SECTION.sub(fill, document)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
