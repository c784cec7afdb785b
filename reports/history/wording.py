"""A history in words: the line on top, steps, the table, notes. Nothing is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from reports.columns import Column
from reports.diff.wording import value
from reports.history.across import Event
from reports.history.beginnings import UNSEEN, Beginning, beginnings
from reports.history.fingerprints import Change
from reports.history.series import RunFacts
from reports.history.sparkline import sparkline
from reports.history.trends import History, Step, Trend, Verdict, scaled, scaled_floor
from reports.numbers import plain

HEADINGS = ("metric", "case", "series", "runs", "level", "last", "trend", "last step")
NUMERIC = frozenset({"runs", "level", "last"})
NOTHING = "–"
ORDER: tuple[Verdict, ...] = ("worse", "changed", "better")
_MOST_NAMED = 5
_LONGEST = 60  # characters of a value that changed
_REVISION = 12


@dataclass(frozen=True)
class Group:
    """Steps of one metric at one run: told as one.

    Attributes:
        verdict: of all of them.
        column: the metric.
        steps: with their trends, the largest first.
    """

    verdict: Verdict
    column: Column
    steps: tuple[tuple[Trend, Step], ...]

    @property
    def run(self) -> RunFacts:
        """The first run after."""
        trend, step = self.steps[0]
        return trend.series.runs[step.place]

    @property
    def cases(self) -> list[str]:
        """The cases' ids."""
        return list(dict.fromkeys(trend.series.key.case for trend, _ in self.steps))


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


def groups(history: History) -> list[Group]:
    """Return the steps, worse ones first, the newest first among them."""
    found: dict[tuple[str, str, int, str], list[tuple[Trend, Step]]] = {}
    for trend, step in history.steps:
        run = trend.series.runs[step.place]
        told = repr((step.changes, step.near))
        key = (trend.series.column.name, step.verdict, run.file, told)
        found.setdefault(key, []).append((trend, step))
    made = [
        Group(
            steps[0][1].verdict,
            steps[0][0].series.column,
            tuple(sorted(steps, key=lambda one: -size(*one))),
        )
        for steps in found.values()
    ]
    return sorted(made, key=lambda one: (ORDER.index(one.verdict), -one.run.created))


def size(trend: Trend, step: Step) -> float:
    """Return how many floors a step is high."""
    import numpy as np

    ends = scaled(np.array([step.before, step.after]), trend.form)
    return float(abs(ends[1] - ends[0])) / scaled_floor(trend.form, trend.floor)


def group_lines(group: Group, history: History) -> list[str]:
    """Return a group as lines: what, since when, what changed across it."""
    column, steps = group.column, group.steps
    told = list(dict.fromkeys(change(*one) for one in (steps[0], steps[-1])))
    _, step = steps[0]
    values = ""
    if len(steps) == 1:
        values = f" ({value(step.before, column)} → {value(step.after, column)})"
    there = {one.series.key.case for one in history.trends if one.series.column == column}
    where = f"in {group.cases[0]}"
    if len(group.cases) > 1:
        names, _ = short_names(history)
        keys = dict.fromkeys((one.series.key.scenario, one.series.key.case) for one, _ in steps)
        where = f"in {len(keys)} of {len(there)} cases: {named([names[key] for key in keys])}"
    since = f"since {moment(group.run.created)}, run {group.run.name}"
    left = f"{number(step.runs_before, 'run')} before, {step.runs_after} after"
    lines = [f"{column.title or column.name} {' to '.join(told)}{values} {since} ({left})", where]
    if step.changes:
        lines.append(f"changed across it: {told_changes(step.changes)}")
    for event in step.near:
        side = "before" if event.place < step.place else "after"
        lines.append(f"changed one run {side}: {told_changes(event.changes)}")
    if not step.changes and not step.near:
        lines.append("nothing that is recorded changed across it: look at the machine")
    lines += [f"new warning: {text}" for text in step.warnings]
    return lines


def change(trend: Trend, step: Step) -> str:
    """Return the size of a step: per cent, a factor, or a difference."""
    if trend.form == "difference":
        return _signed(step.change * trend.series.column.scale)
    if 0.5 <= step.change <= 2:
        share = 100 * (step.change - 1)
        return f"{'+' if share > 0 else '−'}{abs(share):.{1 if abs(share) < 9.95 else 0}f}%"
    return f"×{plain(step.change)}"


def rows(history: History) -> list[Trend]:
    """Return the trends in the order of the table: those with steps first, worst first."""

    def rank(trend: Trend) -> tuple[int, float]:
        last = trend.steps[-1] if trend.steps else None
        if last is None:
            return len(ORDER), 0.0
        return ORDER.index(last.verdict), -size(trend, last)

    return sorted(history.trends, key=rank)


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


def line(trend: Trend, width: int) -> str:
    """Return the trend as bars."""
    values = scaled(trend.series.values, trend.form)
    cuts = [step.place for step in trend.steps]
    return sparkline(values, cuts, scaled_floor(trend.form, trend.floor), width)


def labels(history: History) -> dict[int, str]:
    """Return which series of its case a series is; empty where the case has one."""
    cases: dict[tuple[str, str], list[int]] = {}
    for key in history.keys:
        if key.id in history.spans:
            cases.setdefault((key.scenario, key.case), []).append(key.id)
    found: dict[int, str] = {}
    for ids in cases.values():
        ids.sort(key=lambda id_: history.spans[id_][0].created)
        for place, id_ in enumerate(ids, 1):
            found[id_] = f"{place} of {len(ids)}" if len(ids) > 1 else ""
    return found


def short_names(history: History) -> tuple[dict[tuple[str, str], str], str | None]:
    """Return what to call each case, by (scenario, id), and what all have in common."""
    keys = dict.fromkeys((one.series.key.scenario, one.series.key.case) for one in history.trends)
    several = len({scenario for scenario, _ in keys}) > 1
    parts = {key: (*([key[0]] if several else []), *key[1].split("/")) for key in keys}
    if len(keys) < 2 or len({len(one) for one in parts.values()}) > 1:
        return {key: ": ".join(key) if several else key[1] for key in keys}, None
    varying = [
        place for place, words in enumerate(zip(*parts.values(), strict=True)) if len({*words}) > 1
    ]
    first = next(iter(parts.values()))
    shared = "/".join("…" if place in varying else word for place, word in enumerate(first))
    names = {key: "/".join(own[place] for place in varying) for key, own in parts.items()}
    return names, shared if len(varying) < len(first) else None


def remarks(history: History) -> list[str]:
    """Return what is said below: series that began, versions that changed, files left out."""
    told = [beginning(one) for one in beginnings(history)]
    told += _versions(history)
    if history.superseded:
        files = number(history.superseded, "file")
        told.append(f"{files} of runs that were resumed or scored again: a later file counts")
    named_faults = list(history.faults.items())
    told += [f"skipped {name}: {why}" for name, why in named_faults[:_MOST_NAMED]]
    if len(named_faults) > _MOST_NAMED:
        told.append(f"skipped {len(named_faults) - _MOST_NAMED:,} more files (--json names all)")
    return [*told, *history.notes]


def beginning(one: Beginning) -> str:
    """Return a sentence on a series that began."""
    cases = named(one.cases) if len(one.cases) <= 2 else number(len(one.cases), "case")
    what = "another series beside the first" if one.beside else "a new series"
    why = told_changes(one.changes)
    if one.changes == (UNSEEN,):
        why = f"{UNSEEN.b} changed (the case's hash is another)"
    return f"{what} of {cases} from {moment(one.run.created)}, run {one.run.name}: {why}"


def told_changes(found: Sequence[Change]) -> str:
    """Return changes in words, the first few of them."""
    told = [f"{one.what} {_short(one.a)} → {_short(one.b)}" for one in found[:8]]
    more = f"; and {len(found) - 8} more" if len(found) > 8 else ""
    return "; ".join(told) + more


def _versions(history: History) -> list[str]:
    """What changed within series, by run, apart from what was told at a step."""
    found: dict[tuple[int, str], tuple[RunFacts, Event, set[str]]] = {}
    for trend in history.trends:
        told_already = {step.place for step in trend.steps}
        for event in trend.events:
            if event.place in told_already:
                continue
            run = trend.series.runs[event.place]
            key = (run.file, repr(event.changes))
            found.setdefault(key, (run, event, set()))[2].add(trend.series.key.case)
    several = sorted(found.values(), key=lambda one: -one[0].created)
    told = [
        f"{moment(run.created)}: {told_changes(event.changes)} ({number(len(cases), 'case')})"
        for run, event, cases in several[:_MOST_NAMED]
    ]
    if len(several) > _MOST_NAMED:
        told.append(f"{len(several) - _MOST_NAMED:,} earlier changes of versions or settings")
    return told


def number(count: int, what: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def named(cases: Sequence[str]) -> str:
    """Return the first few of some names, and how many are left."""
    more = len(cases) - _MOST_NAMED
    return ", ".join(cases[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def day(time: float) -> str:
    """Return the day of a time, UTC."""
    return _utc(time).strftime("%Y-%m-%d")


def moment(time: float) -> str:
    """Return a time to the minute, UTC."""
    return _utc(time).strftime("%Y-%m-%d %H:%M")


def _utc(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def _short(found: object) -> str:
    if found is None:
        return NOTHING
    text = f"{found:g}" if isinstance(found, float) else str(found)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{plain(abs(change))}"
