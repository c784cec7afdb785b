"""Which cases a page shows, and what it calls them.

A page stays under 1.5 MB whatever the run: of many cases it shows those that matter most (on the
frontier, best in a column, failing a gate), then others spread evenly over the run, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.columns import AXES
from reports.frames import rows_of
from reports.visible import shortened

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary
    from reports.table import View

MOST_CASES = 200
_MOST_VALUES = 40_000  # numbers of all shown cases together
_FEWEST_CASES = 60
_LONGEST_NAME = 120  # characters

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Chosen:
    """The finished cases on a page.

    Attributes:
        rows: their rows of the summary's cases, in the order of the run.
        places: of each, its place among all finished cases: the row of the view's table.
        names: of each, the short name: the axes in which the cases of the run differ.
        groups: of each, the short name without the sampler; "" where only samplers differ.
        total: how many cases finished.
    """

    rows: tuple[Row, ...]
    places: tuple[int, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    total: int

    @property
    def numbers(self) -> dict[str, int]:
        """Case id -> its number on the page."""
        return {str(row["case"]): number for number, row in enumerate(self.rows)}

    @property
    def note(self) -> str | None:
        """Say that cases are left out; None where all are there."""
        if len(self.rows) == self.total:
            return None
        return (
            f"{len(self.rows):,} of {self.total:,} cases are on this page: those on the frontier, "
            "the best of each column and those that fail a gate first, then others spread evenly "
            "over the run. cases.csv has all."
        )


def choose(
    summary: Summary, said: View, gates: Sequence[GateOutcome], share: float = 1.0
) -> Chosen:
    """Choose the cases of a page; ``share`` below 1 takes so much fewer of many."""
    rows = [row for row in rows_of(summary.cases) if row["status"] == "ok"]
    filled = sum(
        any(row[name] is not None for row in rows[:100]) for name in map(str, summary.cases)
    )
    most = max(_FEWEST_CASES, min(MOST_CASES, _MOST_VALUES // max(1, filled)))
    most = max(1, int(share * most))
    places = _weightiest(rows, said, gates, most) if len(rows) > most else range(len(rows))
    differing = [axis for axis in AXES if len({row[axis] for row in rows}) > 1] or ["sampler"]
    kept = [rows[place] for place in places]
    return Chosen(
        tuple(kept),
        tuple(places),
        tuple(_name(row, differing) for row in kept),
        tuple(_name(row, [axis for axis in differing if axis != "sampler"]) for row in kept),
        len(rows),
    )


def _name(row: Row, axes: Iterable[str]) -> str:
    words = (f"batch {row[axis]}" if axis == "batch_size" else str(row[axis]) for axis in axes)
    return shortened(" · ".join(words), _LONGEST_NAME)


def _weightiest(
    rows: Sequence[Row], said: View, gates: Sequence[GateOutcome], most: int
) -> list[int]:
    failing = {gate.case for gate in gates if gate.verdict == "fail"}
    kept: dict[int, None] = {}
    for column in said.columns:
        # A best that half the run shares is no reason to keep a case.
        kept.update(dict.fromkeys(sorted(column.best)[: max(1, most // 20)]))
    kept.update(dict.fromkeys(i for i, row in enumerate(rows) if row.get("frontier") == "on"))
    kept.update(dict.fromkeys(i for i, row in enumerate(rows) if row["case"] in failing))
    first = list(kept)[: most * 2 // 3]
    others = [i for i in range(len(rows)) if i not in set(first)]
    room = most - len(first)
    spread = {others[round(k * (len(others) - 1) / max(1, room - 1))] for k in range(room)}
    return sorted({*first, *spread})
