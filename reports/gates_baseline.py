"""Gates against a baseline: no case may be worse than in an earlier run, beyond a tolerance.

The verdict is that of a diff (docs/diff.md), not a bare ratio: one-sided exact tests against the
tolerance as floor, then Benjamini and Hochberg's false discovery rate over all gates of the run.
Versions may differ, since what a new one changes is what a gate looks for; machines may not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metrics import canonical
from reports.columns import CASE_COLUMNS, Column, describe, metric_column
from reports.diff.between import Options, ask_runs
from reports.diff.compare import rows_in_order
from reports.diff.measures import measures
from reports.diff.notes import changed_versions
from reports.diff.question import Question
from reports.diff.result import Absent, Row
from reports.diff.wording import change
from reports.gate_rules import GateRule, tolerated
from reports.gates import GateOutcome, Verdict
from reports.summary import Notice, Summary

Cases = Sequence[Mapping[str, Any]]
_BY_NAME = {column.name: column for column in CASE_COLUMNS}


def compare_with(
    summary: Summary, baseline: Summary, rules: Sequence[GateRule], cases: Cases
) -> list[list[GateOutcome]]:
    """Hold the cases of a run against gates that compare with ``baseline``.

    Args:
        summary: the run.
        baseline: the earlier run.
        rules: the gates; all of them compare.
        cases: the rows of the run's cases, skipped ones included.

    Returns:
        For each rule the outcomes of its cases. A case that was skipped and that the baseline
        measured has failed: the machine is the same. One skipped in both is left out.
    """
    names = list(dict.fromkeys(canonical(rule.name) for rule in rules))
    asked, absent = ask_runs(baseline, summary, _options(names, baseline, summary))
    by_place = {(one.case, one.measure.name): one for one in asked}
    lost = {one.case: one for one in absent}
    held = [(rule, row) for rule in rules for row in cases if rule.fits(row)]
    places: list[Question | None] = []
    for rule, row in held:
        question = by_place.get((row["case"], canonical(rule.name)))
        places.append(None if question is None else _with_floor(question, rule))
    questions = [one for one in places if one is not None]
    answers = iter(rows_in_order(questions)[0])
    found: dict[int, list[GateOutcome]] = {id(rule): [] for rule in rules}
    for (rule, row), question in zip(held, places, strict=True):
        answer = None if question is None else next(answers)
        outcome = _outcome(rule, row, answer, lost.get(row["case"]), summary, baseline)
        if outcome is not None:
            found[id(rule)].append(outcome)
    return [found[id(rule)] for rule in rules]


def notices(summary: Summary, baseline: Summary) -> list[Notice]:
    """Return what to know about a comparison: that it is of one run; which versions are new."""
    if summary.run.path.resolve() == baseline.run.path.resolve():
        return [Notice("the baseline is this run itself: name an earlier one with --baseline.")]
    told = [
        f"{name} {now} here, {was} in {baseline.run.path.name}"
        for name, was, now in changed_versions(baseline.run.manifest, summary.run.manifest)
    ]
    if not told:
        return []
    return [Notice(f"new since the baseline: {'; '.join(told)}. What changed may come from it.")]


def _options(names: Sequence[str], a: Summary, b: Summary) -> Options:
    shared = {name: metric for name, metric in a.metrics.items() if name in b.metrics}
    known = {one.name for one in measures(shared, ["*"])}
    chosen = [name for name in names if name in known]
    return Options(metrics=chosen or ["tokens_per_second"], across=["versions"])


def _with_floor(question: Question, rule: GateRule) -> Question:
    if rule.worse_by is None:
        return question
    measure = dataclasses.replace(question.measure, floor=rule.worse_by)
    return dataclasses.replace(question, measure=measure)


def _outcome(
    rule: GateRule,
    row: Mapping[str, Any],
    answer: Row | None,
    absent: Absent | None,
    summary: Summary,
    baseline: Summary,
) -> GateOutcome | None:
    name = canonical(rule.name)
    metric = summary.metrics.get(name)
    column = metric_column(name) if metric else name
    shown = describe(metric) if metric else _BY_NAME.get(name, Column(name, "", ""))

    def outcome(verdict: Verdict, reason: str | None, **more: Any) -> GateOutcome:
        return GateOutcome(
            rule.name,
            column,
            row["case"],
            verdict,
            reason=reason,
            where=rule.of,
            tolerated=tolerated(rule),
            baseline=baseline.run.path.name,
            **more,
        )

    if absent is not None:
        return _absent(outcome, row, absent)
    if answer is None:
        return outcome("not compared", summary.reason(row["case"], column) or "there is no value")
    found: dict[str, Any] = {"value": answer.b, "was": answer.a}
    if answer.a is not None and answer.b is not None:
        found["change"] = change(answer, shown)
    if answer.verdict == "not comparable":
        return outcome("not compared", answer.reason, value=answer.b)
    if answer.verdict == "worse":
        return outcome("fail", None, **found)
    if answer.verdict == "unresolved" and answer.p is None:
        return outcome("not compared", answer.reason, **found)
    open_yet = f"unresolved: {answer.reason}" if answer.verdict == "unresolved" else None
    return outcome("pass", open_yet, **found)


def _absent(
    outcome: Callable[[Verdict, str | None], GateOutcome], row: Mapping[str, Any], absent: Absent
) -> GateOutcome | None:
    """A case without a counterpart; None where neither run was to measure it."""
    if absent.where == "b" and absent.status in ("failed", "skipped"):
        return outcome("fail", f"{absent.status} here, measured in the baseline: {absent.reason}")
    if row["status"] == "skipped":
        return None
    reason = "the baseline has no such case" if absent.status == "missing" else absent.reason
    where = {"a": "the baseline", "b": "this run", "both": "both"}[absent.where]
    return outcome("not compared", f"{absent.status} in {where}: {reason}")
