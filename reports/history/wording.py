"""A history in words: the line on top, steps, the table, notes. Nothing is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.diff.wording import value
from reports.history.across import Event
from reports.history.beginnings import UNSEEN, Beginning, beginnings
from reports.history.groups import ORDER
from reports.history.phrases import (
    MOST_NAMED,
    NOTHING,
    change,
    day,
    moment,
    named,
    number,
    told_changes,
)
from reports.history.series import RunFacts
from reports.history.sparkline import sparkline
from reports.history.trends import History, Trend, scaled, scaled_floor

HEADINGS = ("metric", "case", "series", "runs", "level", "last", "trend", "last step")
SINGLE_HEADINGS = ("metric", "case", "series", "value")
NUMERIC = frozenset({"runs", "level", "last", "value"})


def headline(history: History) -> str:
    """Return the line on top: what there is, and what came of it."""
    runs = history.runs
    if not runs:
        return f"no runs in {history.folder}"
    counts = [
        (sum(one.verdict == verdict for _, one in history.steps), verdict) for verdict in ORDER
    ]
    said = ", ".join(f"{count:,} {verdict}" for count, verdict in counts if count)
    cases = len({(one.series.key.scenario, one.series.key.case) for one in history.trends})
    period = " to ".join(dict.fromkeys(day(one.created) for one in (runs[0], runs[-1])))
    what = f"{number(len(runs), 'run')} from {period}, {number(cases, 'case')}"
    return f"{what}; {f'steps: {said}' if said else 'no steps'}"


def cells(trend: Trend, case: str, label: str, width: int) -> tuple[str, ...]:
    """Return a row under ``HEADINGS``.

    Args:
        trend: what the row is about.
        case: what to call its case.
        label: which series of the case it is; empty where there is one.
        width: of the sparkline; 0 leaves it out.
    """
    series, last = trend.series, NOTHING
    if trend.steps:
        step = trend.steps[-1]
        more = f", {len(trend.steps) - 1} more" if len(trend.steps) > 1 else ""
        since = day(series.runs[step.place].created)
        last = f"{step.verdict} {change(trend, step)} {since}{more}"
    return (
        series.column.heading,
        case,
        label,
        f"{len(series.runs):,}",
        value(trend.level, series.column),
        value(float(series.values[-1]), series.column),
        line(trend, width) if width else "",
        last,
    )


def single_cells(trend: Trend, case: str, label: str) -> tuple[str, ...]:
    """Return the row of a trend of one run under ``SINGLE_HEADINGS``; see ``cells``."""
    series = trend.series
    return series.column.heading, case, label, value(float(series.values[-1]), series.column)


def filled(
    headings: Sequence[str], cells: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """Return a table without the columns in which nothing stands."""
    kept = [place for place in range(len(headings)) if any(row[place] for row in cells)]
    return [headings[place] for place in kept], [[row[place] for place in kept] for row in cells]


def too_few(single: Sequence[Trend], history: History, hint: str = "") -> str:
    """Return what is said once of the trends of one run.

    Args:
        single: these trends.
        history: that they are of.
        hint: what to do to see them; in brackets.
    """
    keys = {(one.series.key.scenario, one.series.key.case) for one in single}
    if len(single) < len(history.trends):
        said = f"{number(len(keys), 'case')} {'has' if len(keys) == 1 else 'have'} 1 run"
    else:
        said = "1 run" if len(history.runs) == 1 else "1 run of each case"
    return f"{said} so far{hint and f' ({hint})'}: a trend needs more."


def line(trend: Trend, width: int) -> str:
    """Return the trend as bars."""
    values = scaled(trend.series.values, trend.form)
    cuts = [step.place for step in trend.steps]
    return sparkline(values, cuts, scaled_floor(trend.form, trend.floor), width)


def remarks(history: History) -> list[str]:
    """Return what is said below: series that began, versions that changed, files left out."""
    told = [beginning(one) for one in beginnings(history)]
    told += _versions(history)
    if history.superseded:
        files = number(history.superseded, "file")
        told.append(f"{files} of runs that were resumed or scored again: a later file counts")
    return [*told, *skipped(history.faults), *history.notes]


def skipped(faults: Mapping[str, str]) -> list[str]:
    """Return which files were skipped, and why, the first few of them."""
    told = [f"skipped {name}: {why}" for name, why in list(faults.items())[:MOST_NAMED]]
    if len(faults) > MOST_NAMED:
        told.append(f"skipped {len(faults) - MOST_NAMED:,} more files (--json names all)")
    return told


def beginning(one: Beginning) -> str:
    """Return a sentence on a series that began."""
    cases = named(one.cases) if len(one.cases) <= 2 else number(len(one.cases), "case")
    what = "another series beside the first" if one.beside else "a new series"
    why = told_changes(one.changes)
    if one.changes == (UNSEEN,):
        why = f"{UNSEEN.b} changed (the case's hash is another)"
    return f"{what} of {cases} from {moment(one.run.created)}, run {one.run.name}: {why}"


def _versions(history: History) -> list[str]:
    """What changed within series, by run, apart from what was told at a step."""
    found: dict[tuple[int, str], tuple[RunFacts, Event, set[str]]] = {}
    at_steps = {trend.series.runs[step.place].file for trend, step in history.steps}
    for trend in history.trends:
        for event in trend.events:
            run = trend.series.runs[event.place]
            if run.file in at_steps:
                continue
            key = (run.file, repr(event.changes))
            found.setdefault(key, (run, event, set()))[2].add(trend.series.key.case)
    several = sorted(found.values(), key=lambda one: -one[0].created)
    told = [
        f"{moment(run.created)}: {told_changes(event.changes)} ({number(len(cases), 'case')})"
        for run, event, cases in several[:MOST_NAMED]
    ]
    if len(several) > MOST_NAMED:
        told.append(f"{len(several) - MOST_NAMED:,} earlier changes of versions or settings")
    return told
