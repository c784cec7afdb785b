"""Gates: limits that a scenario sets on what was measured.

A gate names a numeric column of the cases (``tokens_per_second``) or a metric (``seq_rep_4``, or
short ``rep_4``). Each case that was to run is held against it; a case without a value is not
passed, it is *not compared*.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from metrics import Metric, all_metrics, canonical
from reports.columns import CASE_COLUMNS, metric_column
from reports.frames import rows_of

if TYPE_CHECKING:
    from reports.summary import Summary

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
        reason: why it was not compared.
        culprit: for a failed gate on a sample metric.
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

    def __str__(self) -> str:
        ends = {"min": self.low, "max": self.high}
        limits = ", ".join(f"{end} {value:g}" for end, value in ends.items() if value is not None)
        start = f"{self.gate} ({limits}) {self.verdict}"
        where = f" in {self.case}" if self.case else ""
        if self.verdict == "not compared":
            return f"{start}{where}: {self.reason}"
        return f"{start}{where}: {self.value:.4g}"


def gate_columns() -> tuple[str, ...]:
    """Return the case columns that a gate may name, the metrics apart."""
    ends = ("_low", "_high")
    return tuple(c.name for c in CASE_COLUMNS if c.unit and not c.name.endswith(ends))


def check_names(gates: Iterable[str]) -> dict[str, str]:
    """Return, for each name that no gate can have, what is wrong with it."""
    known, faults = (*gate_columns(), *all_metrics()), {}
    for name in gates:
        if canonical(name) not in known:
            near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "see docs/reports.md for the columns"
            faults[name] = f"no column or metric called {name!r}; {hint}"
    return faults


def gate_metrics(gates: Iterable[str]) -> list[str]:
    """Return the metrics among the names of gates."""
    known = all_metrics()
    return [canonical(name) for name in gates if canonical(name) in known]


def check_gates(
    summary: Summary, gates: Mapping[str, Mapping[str, Any]] | None = None
) -> list[GateOutcome]:
    """Hold every case that was to run against every gate.

    Args:
        summary: the run.
        gates: name -> ``{min, max}``, either may be None or absent; by default the scenario's.

    Returns:
        One outcome per gate and case, in that order; cases skipped are left out, and a gate that
        meets no case at all gives one outcome that says so. Empty where there are no gates.
    """
    if gates is None:
        gates = (summary.run.manifest.get("scenario") or {}).get("gates") or {}
    cases = [row for row in rows_of(summary.cases) if row["status"] != "skipped"]
    outcomes = []
    for gate, limits in gates.items():
        name = canonical(gate)
        column = metric_column(name) if name in summary.metrics else name
        low, high = limits.get("min"), limits.get("max")
        if not cases:
            reason = "every case was skipped"
            outcomes.append(
                GateOutcome(gate, column, None, "not compared", None, low, high, reason)
            )
        for row in cases:
            outcomes.append(_hold(summary, gate, column, row, low, high))
    return outcomes


def _hold(
    summary: Summary,
    gate: str,
    column: str,
    row: Mapping[str, Any],
    low: float | None,
    high: float | None,
) -> GateOutcome:
    case, value = row["case"], row.get(column)
    if value is None:
        reason = summary.reason(case, column) or row["reason"] or "there is no value"
        if column not in row:
            reason = "the run has no such column"
        return GateOutcome(gate, column, case, "not compared", None, low, high, reason)
    too_low, too_high = low is not None and value < low, high is not None and value > high
    if not (too_low or too_high):
        return GateOutcome(gate, column, case, "pass", float(value), low, high)
    metric = summary.metrics.get(canonical(gate))
    culprit = _culprit(summary, case, metric, highest=too_high) if metric else None
    return GateOutcome(gate, column, case, "fail", float(value), low, high, None, culprit)


def _culprit(summary: Summary, case: str, metric: Metric, *, highest: bool) -> Culprit | None:
    if metric.level != "sample":
        return None
    values = summary.scores.cases[case].metrics[metric.name].values
    judged = [(value, -position) for position, value in enumerate(values) if value is not None]
    value, position = max(judged) if highest else min(judged, key=lambda one: (one[0], -one[1]))
    samples = next(result.samples for result in summary.completed.cases if result.id == case)
    sample = samples[-position]
    return Culprit(sample.prompt, sample.repeat, sample.text, value)
