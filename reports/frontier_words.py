"""The frontier in a table: a mark for each case, and what the marks mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.columns import AXES

_MARKS = {"on": "●", "perhaps": "○"}

Cases = Sequence[Mapping[str, Any]]


def marks(rows: Cases) -> tuple[str, ...]:
    """Return the mark of each row's sampler; none at all where they would all be alike."""
    places = {row["frontier"] for row in rows} - {None}
    if len(places) < 2:
        return ()
    return tuple(_MARKS.get(row["frontier"], " ") for row in rows)


def note(rows: Cases, speed: str, titles: Mapping[str, str]) -> str | None:
    """Return how to read the marks; None where no two cases can be compared.

    Args:
        rows: of the report, with the columns that ``frontier.mark`` writes.
        speed: heading of the column of speed.
        titles: heading by column.
    """
    marked = [row for row in rows if row["frontier"] is not None]
    if not marked:
        return None
    quality = titles.get(marked[0]["frontier_quality"], marked[0]["frontier_quality"])
    places, of = {row["frontier"] for row in marked}, alike(marked)
    if places == {"on"}:
        by = f" by another{of}" if of else ""
        return f"No sampler is beaten in both {speed} and {quality}{by}."
    if places == {"perhaps"}:
        return f"Which sampler{of} is best in {speed} and {quality}, the intervals leave open."
    legend = f"●: no other sampler{of} beats it in both {speed} and {quality}"
    if "perhaps" in places:
        legend += "; ○: perhaps one does, the intervals leave it open"
    if any(row.get("interval_over") == "trials" for row in marked):
        legend += "; 1 launch: the intervals are over trials"
    return f"{legend}."


def alike(rows: Cases) -> str:
    """Return what the samplers that were held against each other share.

    Only what differs in the run is named: `` of the same state and hardware``; nothing where all
    cases differ in the sampler alone.
    """
    axes = [axis for axis in AXES if axis != "sampler" and len({row[axis] for row in rows}) > 1]
    words = [axis.replace("_", " ") for axis in axes]
    if not words:
        return ""
    listed = ", ".join(words[:-1])
    return f" of the same {listed}{' and ' if listed else ''}{words[-1]}"
