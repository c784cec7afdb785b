"""Series: one case on one machine, run by run, one metric."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metrics import canonical
from reports.columns import CASE_COLUMNS, Better, Column
from reports.history.index import Index
from reports.titles import name_hint, there_are

if TYPE_CHECKING:
    from numpy.typing import NDArray


_MOST_NAMED = 10


class NothingFitsError(ValueError):
    """A metric, case or scenario that was asked for is in no run; the text says what is."""


@dataclass(frozen=True)
class RunFacts:
    """A run, as a point of a series knows it.

    Attributes:
        file: number of its file in the index.
        name: of the run folder.
        path: of the run folder, where it was measured.
        scenario: its name.
        created: when it began, Unix time.
        finished: when it ended.
        version: of versebench.
        verdict: of its gates.
        git: number of the git state among the facts.
        machine: number of the machine's facts.
        columns: number of the columns' facts.
        warnings: number of the warnings.
    """

    file: int
    name: str
    path: str
    scenario: str
    created: float
    finished: float
    version: str
    verdict: str
    git: int
    machine: int
    columns: int
    warnings: int


@dataclass(frozen=True)
class SeriesKey:
    """What all points of a series share.

    Attributes:
        id: number in the index.
        scenario: its name.
        case: the case's id.
        hash: the case's hash.
        machine: digest of what makes the machine another one.
        content: ``machine``, ``axes`` and ``settings`` as plain data.
    """

    id: int
    scenario: str
    case: str
    hash: str
    machine: str
    content: Mapping[str, Any]

    @property
    def hardware(self) -> str:
        """The case's hardware label."""
        return str(self.content.get("axes", {}).get("hardware") or "")


@dataclass(frozen=True)
class Series:
    """The points of one metric, in order of the runs' beginning.

    Attributes:
        key: what they share.
        column: the metric: name, unit, heading, and which way is better.
        runs: one per point.
        points: records of ``index.POINT``, same length.
    """

    key: SeriesKey
    column: Column
    runs: tuple[RunFacts, ...]
    points: NDArray[Any]

    @property
    def values(self) -> NDArray[Any]:
        """The values, float."""
        found: NDArray[Any] = self.points["value"]
        return found


def kept_runs(index: Index, scenario: str | None = None) -> tuple[list[RunFacts], int]:
    """Return the runs in order of their beginning, and how many files later ones supersede.

    Of several files of one run (it was resumed, or added again after new scores) the one of the
    latest end counts, and of these the one made last.

    Raises:
        NothingFitsError: there are runs, but none of the scenario.
    """
    query = (
        "select run, finished, stored, file, name, path, scenario, created, finished, version, "
        "verdict, git, machine, columns, warnings from runs order by finished, stored, file"
    )
    every = index.rows(query)
    rows = [row for row in every if scenario is None or row[6] == scenario]
    if every and not rows:
        names = ", ".join(sorted({row[6] for row in every}))
        raise NothingFitsError(f"no run here is of a scenario {scenario!r}, but of {names}.")
    last = {row[0]: RunFacts(*row[3:]) for row in rows}
    runs = sorted(last.values(), key=lambda run: (run.created, run.name, run.file))
    return runs, len(rows) - len(runs)


def keys_of(index: Index, case: str | None = None) -> list[SeriesKey]:
    """Return the series that the runs that count have cases of, in the order of the index.

    Args:
        index: an open index that knows which runs count.
        case: a glob for the case's id or one of its labels; None is all.

    Raises:
        NothingFitsError: there are cases, but none that fits.
    """
    there = {id_ for (id_,) in index.rows("select distinct series from cases where file in used")}
    found, others = [], []
    for id_, scenario, name, hash_, machine, content in index.rows(
        "select id, scenario, name, hash, machine, content from series order by id"
    ):
        if id_ not in there:
            continue
        facts = index.fact(content)
        labels = [name, *map(str, facts.get("axes", {}).values())]
        if case is None or any(fnmatch.fnmatchcase(label, case) for label in labels):
            found.append(SeriesKey(id_, scenario, name, hash_, machine, facts))
        else:
            others.append(name)
    if others and not found:
        names = ", ".join(list(dict.fromkeys(others))[:_MOST_NAMED])
        raise NothingFitsError(f"no case or label fits {case!r}. Some cases: {names}.")
    return found


def metrics_of(index: Index, patterns: Sequence[str]) -> list[str]:
    """Return the metrics that fit any of the globs, in the order of the report.

    Raises:
        NothingFitsError: a glob fits nothing.
    """
    there = {name for (name,) in index.rows("select name from metrics")}
    order = [column.name for column in CASE_COLUMNS if column.name in there]
    order += sorted(there - set(order))
    chosen: set[str] = set()
    for pattern in patterns:
        fitting = fnmatch.filter(order, canonical(pattern))
        if not fitting and (hint := name_hint(pattern, order)):
            raise NothingFitsError(f"no metric fits {pattern!r}: {hint}.")
        if not fitting and order:
            raise NothingFitsError(
                f"no run in the history has a metric {pattern!r}. {there_are(pattern, order)}"
            )
        chosen.update(fitting)
    return [name for name in order if name in chosen]


def series_of(
    index: Index, metric: str, keys: Sequence[SeriesKey], runs: Sequence[RunFacts]
) -> list[Series]:
    """Return the series of one metric, in the order of the keys; those without points left out."""
    import numpy as np

    points, files = index.points(metric)
    if not len(points):
        return []
    place = {run.file: number for number, run in enumerate(runs)}
    owners = np.array([place[file] for file in files.tolist()])
    order = np.lexsort((owners, points["series"]))
    points, owners = points[order], owners[order]
    ids, starts = np.unique(points["series"], return_index=True)
    ends = [*starts[1:].tolist(), len(points)]
    span = {int(i): (a, b) for i, a, b in zip(ids, starts.tolist(), ends, strict=True)}
    column = _column(index, metric, runs)
    found = []
    for key in keys:
        if key.id in span:
            a, b = span[key.id]
            own = tuple(runs[number] for number in owners[a:b].tolist())
            found.append(Series(key, column, own, points[a:b]))
    return found


def _column(index: Index, metric: str, runs: Sequence[RunFacts]) -> Column:
    """A column as this version knows it, or else as the newest run that has it describes it."""
    for column in CASE_COLUMNS:
        if column.name == metric:
            return column
    for number in dict.fromkeys(run.columns for run in reversed(runs)):
        said = index.fact(number).get(metric)
        if isinstance(said, dict):
            better = said.get("better")
            way: Better = "neither"
            if better == "lower" or better == "higher":
                way = better
            title, unit = str(said.get("title") or metric), str(said.get("unit") or "")
            return Column(metric, unit, "", title, way, 1.0, "")
    return Column(metric, "", "", metric)
