"""Trends: each series with its steps, and what changed at them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reports.columns import Column
from reports.diff.measures import FLOORS, measures
from reports.history.across import Across, Event
from reports.history.fingerprints import Change
from reports.history.index import Index
from reports.history.series import (
    RunFacts,
    Series,
    SeriesKey,
    kept_runs,
    keys_of,
    metrics_of,
    series_of,
)
from reports.history.steps import find_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

Form = Literal["ratio", "difference"]
Verdict = Literal["worse", "better", "changed"]
USUAL = ("tokens_per_second",)


@dataclass(frozen=True)
class Step:
    """A change of level.

    Attributes:
        place: of the first run at the new level.
        before: the level before: the median of its runs.
        after: the level after.
        change: after / before, or after - before.
        verdict: ``worse`` or ``better``, or ``changed`` where neither way is better.
        runs_before: how many runs the level before rests on.
        runs_after: the same of the level after.
        changes: what changed between the last run before and the first after; the git revision
            first, then packages, compile mode, machine settings, versebench, the metric's code.
        near: events one run before or after, since a small step may be told one run off.
        warnings: what the first run after warns about and the last before did not.
    """

    place: int
    before: float
    after: float
    change: float
    verdict: Verdict
    runs_before: int
    runs_after: int
    changes: tuple[Change, ...] = ()
    near: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trend:
    """A series and what became of it.

    Attributes:
        series: the points.
        form: how its changes are told.
        floor: the smallest step that matters: a share of the level, or a difference.
        steps: in order of time.
        events: all changes of versions and settings, git revisions apart.
    """

    series: Series
    form: Form
    floor: float
    steps: tuple[Step, ...]
    events: tuple[Event, ...]

    @property
    def level(self) -> float:
        """The median since the last step."""
        import numpy as np

        start = self.steps[-1].place if self.steps else 0
        return float(np.median(self.series.values[start:]))


@dataclass(frozen=True)
class History:
    """What a query found.

    Attributes:
        folder: the history.
        runs: that were looked at, in order of their beginning.
        superseded: files that another file of the same run takes the place of.
        keys: every series of these runs, also those without a point of the metrics asked for.
        trends: one per series and metric.
        faults: file -> why it was skipped.
        notes: what else to know.
        spans: series -> its first and last run, where its case has several series.
        patterns: globs of the metrics that were asked for.
    """

    folder: Path
    runs: list[RunFacts]
    superseded: int
    keys: list[SeriesKey]
    trends: list[Trend]
    faults: Mapping[str, str]
    notes: list[str]
    spans: Mapping[int, tuple[RunFacts, RunFacts]]
    patterns: tuple[str, ...] = USUAL

    @property
    def steps(self) -> list[tuple[Trend, Step]]:
        """Every step with its trend."""
        return [(trend, step) for trend in self.trends for step in trend.steps]


def trends(
    index: Index,
    folder: Path,
    patterns: Sequence[str] = USUAL,
    *,
    case: str | None = None,
    scenario: str | None = None,
) -> History:
    """Query a history.

    Args:
        index: of the history, open.
        folder: the history.
        patterns: globs of metrics.
        case: a glob of cases; see ``keys_of``.
        scenario: only the runs of this scenario.

    Raises:
        NothingFitsError: the metrics, case or scenario asked for are not there.
    """
    runs, superseded = kept_runs(index, scenario)
    index.use([run.file for run in runs])
    keys = keys_of(index, case)
    found = [
        series
        for metric in metrics_of(index, patterns)
        for series in series_of(index, metric, keys, runs)
    ]
    spans = _spans(index, keys, runs)
    forms = [form_of(one.column, one.values) for one in found]
    places = find_steps(
        [scaled(one.values, form) for one, (form, _) in zip(found, forms, strict=True)],
        [scaled_floor(form, floor) for form, floor in forms],
    )
    told = Across(index)
    made = [
        _trend(one, form, floor, cuts, told)
        for one, (form, floor), cuts in zip(found, forms, places, strict=True)
    ]
    notes = [index.note] if index.note else []
    asked = tuple(patterns)
    return History(folder, runs, superseded, keys, made, index.faults, notes, spans, asked)


@cache
def _measured() -> Mapping[str, float]:
    """Columns that are measured per launch, and their floors: those of ``versebench diff``."""
    return {one.name: one.floor for one in measures({}, ["*"])}


def form_of(column: Column, values: NDArray[Any]) -> tuple[Form, float]:
    """Return how changes of a metric are told, and the smallest that matters.

    What is measured is told as a ratio, shares as a difference, with the floors of a diff. Other
    scores have units of their own: a ratio, or where a value is not above 0 a difference as large
    as that share of the median size.
    """
    import numpy as np

    if column.unit == "share" and column.name not in _measured():
        return "difference", FLOORS["share"]
    floor = _measured().get(column.name, FLOORS["other"])
    if values.min() > 0:
        return "ratio", floor
    size = float(np.median(np.abs(values))) or float(np.abs(values).max()) or 1.0
    return "difference", floor * size


def scaled(values: NDArray[Any], form: Form) -> NDArray[Any]:
    """Return values on the scale on which steps are told: logarithms for ratios."""
    import numpy as np

    found: NDArray[Any] = np.log(values) if form == "ratio" else values.astype(float)
    return found


def scaled_floor(form: Form, floor: float) -> float:
    """Return a floor on that scale."""
    return math.log1p(floor) if form == "ratio" else floor


def _trend(series: Series, form: Form, floor: float, cuts: Sequence[int], told: Across) -> Trend:
    import numpy as np

    events = told.events(series)
    ends = [0, *cuts, len(series.runs)]
    levels = [float(np.median(series.values[a:b])) for a, b in itertools.pairwise(ends)]
    steps = []
    for number, place in enumerate(cuts):
        before, after = levels[number], levels[number + 1]
        steps.append(
            Step(
                place,
                before,
                after,
                after / before if form == "ratio" else after - before,
                _verdict(series.column, before, after),
                place - ends[number],
                ends[number + 2] - place,
                told.across(series, place, events),
                tuple(event for event in events if abs(event.place - place) == 1),
                told.new_warnings(series, place),
            )
        )
    return Trend(series, form, floor, tuple(steps), events)


def _verdict(column: Column, before: float, after: float) -> Verdict:
    if column.better == "neither":
        return "changed"
    return "better" if (after > before) == (column.better == "higher") else "worse"


def _spans(
    index: Index, keys: Sequence[SeriesKey], runs: Sequence[RunFacts]
) -> dict[int, tuple[RunFacts, RunFacts]]:
    """The first and the last run of each series whose case has others, whatever the metric."""
    cases: dict[tuple[str, str], list[int]] = {}
    for key in keys:
        cases.setdefault((key.scenario, key.case), []).append(key.id)
    of_file: dict[int, list[int]] = {}
    for id_ in (one for ids in cases.values() if len(ids) > 1 for one in ids):
        query = "select file from cases where series = ? and status = 'ok'"
        for (file,) in index.rows(query, id_):
            of_file.setdefault(file, []).append(id_)
    found: dict[int, tuple[RunFacts, RunFacts]] = {}
    for run in runs:
        for series in of_file.get(run.file, ()):
            found[series] = found[series][0] if series in found else run, run
    return found
