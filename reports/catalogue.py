"""The column tables of docs/reports.md, from ``columns``: ``python -m reports.catalogue FILE``.

The file holds pairs of marks, ``<!-- columns: cases -->`` and ``<!-- end -->``; what is between
them is rewritten.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from reports.columns import CASE_COLUMNS, METRIC_SUFFIXES, SAMPLE_COLUMNS, Column

_TABLES = {"cases": CASE_COLUMNS, "samples": SAMPLE_COLUMNS, "metric": METRIC_SUFFIXES}
_SECTION = re.compile(r"(<!-- columns: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(columns: Iterable[Column], prefix: str = "") -> str:
    """Return a Markdown table, one row per column."""
    rows = ["| column | unit | meaning |", "|---|---|---|"]
    for column in columns:
        meaning = column.meaning.replace("|", "\\|")
        rows.append(f"| `{prefix}{column.name}` | {column.unit} | {meaning} |")
    return "\n".join(rows) + "\n"


def filled(document: str) -> str:
    """Return the document with its marked tables made anew."""

    def fill(section: re.Match[str]) -> str:
        head, name, end = section.groups()
        prefix = "<metric>" if name == "metric" else ""
        return f"{head}{table(_TABLES[name], prefix)}{end}"

    return _SECTION.sub(fill, document)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
