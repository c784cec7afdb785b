"""The rows below the cases of a table, human poems and chance: their cells, and what is said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from metrics.reference import Comparison
from reports.notes import Note


def cells(name: str, found: Sequence[Comparison]) -> tuple[str, ...]:
    """Return the values of one metric, a cell for each row; "" where there is none."""
    return tuple(f"{row.values[name].value:.3f}" if name in row.values else "" for row in found)


def labels(found: Sequence[Comparison], place: int, axes: int) -> tuple[str, ...]:
    """Return what stands in the column at ``place``, which is no metric.

    Under the axes: kind and poems, apart where there is room for both.
    """
    return tuple(_label(row, place, axes) for row in found)


def _label(row: Comparison, place: int, axes: int) -> str:
    if axes == 1 and place == 0:
        return f"{row.kind}: {row.whose}"
    return {0: row.kind, 1: row.whose}.get(place, "") if place < axes else ""


def comparison_notes(found: Sequence[Comparison], shown: Mapping[str, Note]) -> list[Note]:
    """Say whose poems these are, how sure their values, and which have no chance level.

    Args:
        found: the rows.
        shown: metric -> its heading, and the columns of the table that show it.
    """
    notes = []
    for whose in dict.fromkeys(row.whose for row in found):
        rows = [row for row in found if row.whose == whose]
        named = {name for row in rows for name in (*row.values, *row.unchanged)}
        columns = frozenset(c for name in named if name in shown for c in shown[name].columns)
        said = [f"human: {row.n:,} {row.whose}" for row in rows if row.kind == "human"]
        said += [f"chance: {row.title}" for row in rows if row.kind == "chance" and row.values]
        widest = max((one.half for row in rows for one in row.values.values()), default=0.0)
        sure = f"; 95 % intervals are at most ±{rounded_up(widest)}" if widest else ""
        notes.append(Note("; ".join(said) + sure + ".", columns))
        idle = [shown[name] for row in rows for name in row.unchanged if name in shown]
        if idle:
            which = ", ".join(one.text for one in idle)
            said_of = frozenset(column for one in idle for column in one.columns)
            notes.append(
                Note(f"No chance level of {which}: shuffling changes nothing in it.", said_of)
            )
    return notes


def rounded_up(half: float) -> str:
    """Return an interval's half-width in three decimals, never less than it is."""
    return f"{math.ceil(half * 1000 - 1e-9) / 1000:.3f}"
