"""Why a series begins where another of the same case was: the machine, or the case itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.history.fingerprints import Change, changes
from reports.history.series import RunFacts, SeriesKey
from reports.history.trends import History

UNSEEN = Change("what it measures", None, "the model's files, its training texts, or the rules")


@dataclass(frozen=True)
class Beginning:
    """A new series of cases that had one before.

    Attributes:
        run: the first of the new series.
        cases: ids.
        changes: what parts the two series.
        beside: the earlier series goes on: two machines take turns.
    """

    run: RunFacts
    cases: tuple[str, ...]
    changes: tuple[Change, ...]
    beside: bool


def beginnings(history: History) -> list[Beginning]:
    """Return what began, in order of time; cases that share run and reason are told together."""
    cases: dict[tuple[str, str], list[SeriesKey]] = {}
    for key in history.keys:
        if key.id in history.spans:
            cases.setdefault((key.scenario, key.case), []).append(key)
    together: dict[tuple[int, str, bool], tuple[RunFacts, tuple[Change, ...], list[str]]] = {}
    for keys in cases.values():
        keys.sort(key=lambda key: history.spans[key.id][0].created)
        for place in range(1, len(keys)):
            first = history.spans[keys[place].id][0]
            before, beside = _before(keys[:place], first, history.spans)
            parted = _parted(before.content, keys[place].content)
            same = (first.file, repr(parted), beside)
            together.setdefault(same, (first, parted, []))[2].append(keys[place].case)
    found = [
        Beginning(run, tuple(own), parted, beside)
        for (_, _, beside), (run, parted, own) in together.items()
    ]
    return sorted(found, key=lambda one: (one.run.created, one.run.name))


def _before(
    earlier: Sequence[SeriesKey], first: RunFacts, spans: Mapping[int, tuple[RunFacts, RunFacts]]
) -> tuple[SeriesKey, bool]:
    """The series that this one goes on from, and whether it still went on itself."""
    ended = [key for key in earlier if spans[key.id][1].created <= first.created]
    if ended:
        return max(ended, key=lambda key: spans[key.id][1].created), False
    return earlier[-1], True


def _parted(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    found = [
        change
        for part in ("machine", "settings")
        for change in changes(a.get(part) or {}, b.get(part) or {})
    ]
    return tuple(found) or (UNSEEN,)
