"""Gates: what a scenario asks of what was measured.

A gate names a numeric column of the cases (``tokens_per_second``) or a metric (``seq_rep_4``, or
short ``rep_4``), and sets limits or compares with a baseline (``gates_baseline``). Each case that
was to run is held against it; a case without a value is not passed, it is *not compared*.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from metrics import Metric, canonical
from reports.columns import metric_column
from reports.frames import rows_of
from reports.gate_rules import (
    GateRule,
    Gates,
    check_names,
    gate_columns,
    gate_metrics,
    rules_of,
    tolerated,
)

if TYPE_CHECKING:
    from reports.summary import Summary

__all__ = [
    "Culprit",
    "GateOutcome",
    "Verdict",
    "check_gates",
    "check_names",
    "gate_columns",
    "gate_metrics",
]

Verdict = Literal["pass", "fail", "not compared"]


@dataclass(frozen=True)
class Culprit:
    """The sample that speaks loudest for a failed gate on a text metric.

    Attributes:
        prompt: what the model was given.
        repeat: which text of that prompt.
        text: the generated text, as it is: escape it before showing it.
        value: its own score.
    """

    prompt: str
    repeat: int
    text: str
    value: float


@dataclass(frozen=True)
class GateOutcome:
    """One gate held against one case.

    Attributes:
        gate: the name, as the scenario has it.
        column: the column compared.
        case: the case's id; None where no case was there to compare.
        verdict: ``pass``, ``fail``, or ``not compared``.
        value: what was measured.
        low: the smallest value allowed.
        high: the largest value allowed.
        reason: why it was not compared, or what else is to be said.
        culprit: for a failed gate on a sample metric.
        where: which cases the gate is for; empty for all.
        tolerated: of a gate against a baseline: how much worse it lets a case be.
        baseline: the run compared with; None where there is none.
        was: its value.
        change: from that to ``value``, with its interval, in words.
        excused: there is no baseline yet, and that is no fault.
    """

    gate: str
    column: str
    case: str | None
    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    culprit: Culprit | None = None
    where: str = ""
    tolerated: str | None = None
    baseline: str | None = None
    was: float | None = None
    change: str | None = None
    excused: bool = False

    @property
    def key(self) -> Hashable:
        """What tells gates apart: a metric may have several."""
        return (self.gate, self.low, self.high, self.tolerated, self.where)

    @property
    def asks(self) -> str:
        """What the gate asks, in words, such as ``rep_4 (max 0.3)``."""
        ends = {"min": self.low, "max": self.high}
        limits = [f"{end} {value:g}" for end, value in ends.items() if value is not None]
        if self.tolerated is not None:
            limits.append(f"not worse by {self.tolerated} than {self.baseline or 'the baseline'}")
        where = f" where {self.where}" if self.where else ""
        return f"{self.gate} ({', '.join(limits)}{where})"

    @property
    def found(self) -> str:
        """What was found, in words: the value, what it was, and why there is no verdict."""
        said = [] if self.value is None else [f"{self.value:.4g}"]
        if self.was is not None:
            said.append(f"was {self.was:.4g}")
        return ", ".join([*said, *(one for one in (self.change, self.reason) if one)])

    def __str__(self) -> str:
        where = f" in {self.case}" if self.case else ""
        return f"{self.asks} {self.verdict}{where}: {self.found}"


def check_gates(
    summary: Summary,
    gates: Gates | None = None,
    baseline: Summary | None = None,
    *,
    excuse: str | None = None,
) -> list[GateOutcome]:
    """Hold every case that was to run against every gate.

    Args:
        summary: the run.
        gates: name -> ``{min, max, against, worse_by, where}``, any of which may be None or
            absent, or a list of such; by default the scenario's.
        baseline: the earlier run that gates may compare with.
        excuse: why there is none, where that is no fault (the first night of a series).

    Returns:
        One outcome per gate and case, in that order; cases skipped are left out, and a gate that
        meets no case at all gives one outcome that says so. Empty where there are no gates.
    """
    if gates is None:
        gates = (summary.run.manifest.get("scenario") or {}).get("gates") or {}
    rules = rules_of(gates)
    rows = rows_of(summary.cases)
    cases = [row for row in rows if row["status"] != "skipped"]
    compared: dict[int, list[GateOutcome]] = {}
    against = [rule for rule in rules if rule.against]
    if against and baseline is not None:
        from reports.gates_baseline import compare_with  # and, with it, the tests of a diff

        found = compare_with(summary, baseline, against, rows)
        compared = {id(rule): ones for rule, ones in zip(against, found, strict=True)}
    outcomes: list[GateOutcome] = []
    for rule in rules:
        name = canonical(rule.name)
        column = metric_column(name) if name in summary.metrics else name
        held = [row for row in cases if rule.fits(row)]
        if rule.against and baseline is None:
            outcomes.append(_without_baseline(rule, column, excuse))
        elif rule.against and compared[id(rule)]:
            outcomes += compared[id(rule)]
        elif not held:
            outcomes.append(_nothing(rule, column, cases))
        else:
            outcomes += [_hold(summary, rule, column, row) for row in held]
    return outcomes


def _nothing(rule: GateRule, column: str, cases: Sequence[Any]) -> GateOutcome:
    reason = "no case fits" if cases else "every case was skipped"
    return GateOutcome(
        rule.name,
        column,
        None,
        "not compared",
        None,
        rule.low,
        rule.high,
        reason,
        None,
        rule.of,
        tolerated(rule) if rule.against else None,
    )


def _without_baseline(rule: GateRule, column: str, excuse: str | None) -> GateOutcome:
    return GateOutcome(
        rule.name,
        column,
        None,
        "not compared",
        reason=excuse or "no baseline was given",
        where=rule.of,
        tolerated=tolerated(rule),
        excused=excuse is not None,
    )


def _hold(summary: Summary, rule: GateRule, column: str, row: Mapping[str, Any]) -> GateOutcome:
    case, value, low, high = row["case"], row.get(column), rule.low, rule.high
    gate, of = rule.name, rule.of
    if value is None:
        reason = summary.reason(case, column) or row["reason"] or "there is no value"
        if column not in row:
            reason = "the run has no such column"
        return GateOutcome(gate, column, case, "not compared", None, low, high, reason, where=of)
    too_low, too_high = low is not None and value < low, high is not None and value > high
    if not (too_low or too_high):
        return GateOutcome(gate, column, case, "pass", float(value), low, high, where=of)
    metric = summary.metrics.get(canonical(gate))
    culprit = _culprit(summary, case, metric, highest=too_high) if metric else None
    return GateOutcome(gate, column, case, "fail", float(value), low, high, None, culprit, of)


def _culprit(summary: Summary, case: str, metric: Metric, *, highest: bool) -> Culprit | None:
    if metric.level != "sample":
        return None
    values = summary.scores.cases[case].metrics[metric.name].values
    judged = [(value, -position) for position, value in enumerate(values) if value is not None]
    value, position = max(judged) if highest else min(judged, key=lambda one: (one[0], -one[1]))
    samples = next(result.samples for result in summary.completed.cases if result.id == case)
    sample = samples[-position]
    return Culprit(sample.prompt, sample.repeat, sample.text, value)
