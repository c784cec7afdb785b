"""What changed between two runs of a series: versions, settings, the git revision, warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from reports.history.fingerprints import Change, changes, ran_of, settings_of
from reports.history.index import Index
from reports.history.series import RunFacts, Series

_State = tuple[int, str, int]  # machine, version of versebench, environment


@dataclass(frozen=True)
class Event:
    """Something that changed between two neighbouring runs of a series.

    Attributes:
        place: of the first run that has it.
        changes: what.
    """

    place: int
    changes: tuple[Change, ...]


class Across:
    """Answers what changed; the same question is answered once."""

    def __init__(self, index: Index) -> None:
        self._fact = cache(index.fact)
        self._between = cache(self._changes)

    def events(self, series: Series) -> tuple[Event, ...]:
        """Every change between neighbours."""
        ran = series.points["environment"].tolist()
        states = [
            (run.machine, run.version, own) for run, own in zip(series.runs, ran, strict=True)
        ]
        return tuple(
            Event(place, found)
            for place in range(1, len(states))
            if states[place] != states[place - 1]
            and (found := self._between(states[place - 1], states[place], series.key.hardware))
        )

    def across(self, series: Series, place: int, events: Sequence[Event]) -> tuple[Change, ...]:
        """What changed at a place: the git revision, and what the events there are."""
        a, b = series.runs[place - 1], series.runs[place]
        ours, theirs = _git(self._fact(a.git)), _git(self._fact(b.git))
        found = [change for one in events if one.place == place for change in one.changes]
        if ours != theirs:
            found.insert(0, Change("git", ours, theirs))
        codes = [
            (self._fact(run.columns).get(series.column.name) or {}).get("code") for run in (a, b)
        ]
        if None not in codes and codes[0] != codes[1]:
            found.append(Change("code of the metrics", *codes))
        return tuple(found)

    def new_warnings(self, series: Series, place: int) -> tuple[str, ...]:
        """What the run at a place warns about, and its predecessor did not."""
        before, after = (
            self._warnings(series.runs[p], series.key.case) for p in (place - 1, place)
        )
        return tuple(text for text in after if text not in before)

    def _changes(self, before: _State, after: _State, hardware: str) -> tuple[Change, ...]:
        machines, versions, ran = zip(before, after, strict=True)
        found: list[Change] = []
        if 0 not in ran:  # where a process left no record, nothing is known
            found += changes(*(ran_of(self._fact(one)) for one in ran))
        found += changes(*(settings_of(self._fact(one), hardware) for one in machines))
        if versions[0] != versions[1]:
            found.append(Change("versebench", *versions))
        return tuple(found)

    def _warnings(self, run: RunFacts, case: str) -> list[str]:
        told = self._fact(run.warnings)
        told = told if isinstance(told, list) else []
        return [
            str(one.get("text"))
            for one in told
            if isinstance(one, dict) and (not one.get("cases") or case in one["cases"])
        ]


def _git(state: Mapping[str, Any]) -> str | None:
    """A revision, with a mark where the folder had changes."""
    revision = state.get("revision")
    return None if not revision else f"{str(revision)[:12]}{'+' if state.get('dirty') else ''}"
