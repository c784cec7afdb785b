"""Steps told together: those of one metric at one run, with the same changes across it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.columns import Column
from reports.diff.wording import value
from reports.history.names import short_names
from reports.history.phrases import change, moment, named, number, told_changes
from reports.history.series import RunFacts
from reports.history.trends import History, Step, Trend, Verdict, scaled, scaled_floor

ORDER: tuple[Verdict, ...] = ("worse", "changed", "better")


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


def step_groups(history: History) -> list[Group]:
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
        names, _ = short_names(history.trends)
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
