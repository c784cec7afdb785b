"""The frontier in a table: a mark for each case, and what the marks mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    places = {row["frontier"] for row in marked}
    if places == {"on"}:
        return f"No sampler is beaten in both {speed} and {quality}."
    if places == {"perhaps"}:
        return f"Which sampler is best in {speed} and {quality}, the intervals leave open."
    legend = f"●: no other sampler beats it in both {speed} and {quality}"
    if "perhaps" in places:
        legend += "; ○: perhaps one does, the intervals leave it open"
    if any(row.get("interval_over") == "trials" for row in marked):
        legend += "; 1 launch: the intervals are over trials"
    return f"{legend}."
