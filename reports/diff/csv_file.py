"""A diff as CSV: one row per metric and pair, in full precision, formulas defused."""

from __future__ import annotations

import dataclasses
import io

from reports.csv_files import write_frame
from reports.diff.result import Diff, Row
from reports.frames import frame_of

COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


def csv_text(diff: Diff, *, guard: bool = True) -> str:
    """Return all rows as RFC 4180 text.

    Args:
        diff: what to write.
        guard: put an apostrophe in front of what a spreadsheet would run.
    """
    cells = io.StringIO(newline="")
    write_frame(frame_of([vars(row) for row in diff.rows], COLUMNS), cells, guard=guard)
    return cells.getvalue()
