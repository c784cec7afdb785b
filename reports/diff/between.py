"""Diffs of summaries: two runs, or the cases of one run along an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.diff.asking import Asking
from reports.diff.comparable import Across, Difference, runs_differ
from reports.diff.compare import compare
from reports.diff.measures import Measure, measures
from reports.diff.notes import notes
from reports.diff.pairing import Pair, across_runs, along_axis
from reports.diff.question import Question
from reports.diff.result import Absent, Diff
from reports.garbage import collection_paused
from reports.summary import Summary
from reports.training import BASE


@dataclass(frozen=True)
class Options:
    """What to compare, and how strictly.

    Attributes:
        metrics: shell patterns of metric names; by default what is usually looked at.
        floors: kind or name -> floor (see ``measures.FLOORS``).
        across: differences that shall not forbid a comparison of speed.
    """

    metrics: Sequence[str] = ()
    floors: Mapping[str, float] = field(default_factory=dict)
    across: Sequence[Across] = ()


def diff_runs(a: Summary, b: Summary, options: Options | None = None) -> Diff:
    """Compare two runs, case by case; ``a`` is the baseline.

    Raises:
        MeasureError: a metric or floor asked for does not exist.
    """
    options = options or Options()
    pairs, absent = across_runs(a, b)
    refused = runs_differ(a, b, options.across)
    named = a.run.path.name != b.run.path.name
    names = [run.path.name if named else str(run.path) for run in (a.run, b.run)]
    return _diff(a, b, pairs, absent, names, options, refused)


def ask_runs(
    a: Summary, b: Summary, options: Options | None = None
) -> tuple[list[Question], list[Absent]]:
    """Return what ``diff_runs`` would ask of two runs, unanswered, and the cases left out.

    Raises:
        MeasureError: a metric or floor asked for does not exist.
    """
    options = options or Options()
    pairs, absent = across_runs(a, b)
    chosen = _measures(a, b, options)
    refused = runs_differ(a, b, options.across)
    asking = Asking(a, b, pairs, chosen, None, options.across, refused)
    return asking.questions(), absent


def diff_axis(
    summary: Summary, axis: str, baseline: str | None = None, options: Options | None = None
) -> Diff:
    """Compare the cases of one run with those that have the baseline's label on ``axis``.

    Args:
        summary: the run.
        axis: ``preset``, ``state``, ``sampler``, ``hardware`` or ``batch_size``.
        baseline: a label on it; for states ``base`` where not given.
        options: what to compare.

    Raises:
        PairingError: no such axis or label, or nothing to compare with.
        MeasureError: a metric or floor asked for does not exist.
    """
    pairs, absent, baseline = along_axis(summary, axis, baseline)
    names = f"{axis} {baseline}", f"every other {axis} of {summary.run.path.resolve().name}"
    return _diff(summary, summary, pairs, absent, names, options or Options(), [], axis)


def compare_states(
    summary: Summary, baseline_state: str = BASE, options: Options | None = None
) -> Diff:
    """Return what training changed: every tuned state against the untuned one.

    Training changes no shape, so speed should come out as ``same``; where it does not, the row
    says why or by how much.

    Raises:
        PairingError: the run has no such state, or no other.
    """
    return diff_axis(summary, "state", baseline_state, options)


@collection_paused()
def _diff(
    a: Summary,
    b: Summary,
    pairs: Sequence[Pair],
    absent: Sequence[Absent],
    names: Sequence[str],
    options: Options,
    refused: Sequence[Difference],
    axis: str | None = None,
) -> Diff:
    chosen = _measures(a, b, options)
    asking = Asking(a, b, pairs, chosen, axis, options.across, refused)
    questions = asking.questions()
    rows, families = compare(questions)
    told = notes(a, b, rows, asking.reasons, axis)
    return Diff(
        names[0],
        names[1],
        tuple(rows),
        len(pairs),
        tuple(asking.identical),
        asking.with_texts,
        tuple(absent),
        tuple(told),
        families,
        axis,
        {one.name: one.column for one in chosen},
    )


def _measures(a: Summary, b: Summary, options: Options) -> list[Measure]:
    shared = {name: metric for name, metric in a.metrics.items() if name in b.metrics}
    everything = "*" in a.asked and "*" in b.asked
    return measures(shared, options.metrics, options.floors, headline=everything)
