"""A run held against its gates: which baseline, which gates besides the scenario's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.watch import Watch, nobody

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.run_folder import RunFolder
    from reports.summary import Summary

LAST_GOOD = "last-good"
Gates = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Judgement:
    """A run, summarised and judged.

    Attributes:
        summary: the run; what is new since the baseline is among its warnings.
        gates: what became of its gates.
        baseline: the run that it was compared with; None where no gate compares, or there is none.
    """

    summary: Summary
    gates: Sequence[GateOutcome]
    baseline: Summary | None = None


def judged(
    folder: RunFolder,
    *,
    metrics: Sequence[str] = (),
    gates: Gates | None = None,
    baseline: str = LAST_GOOD,
    quality: str | None = None,
    watch: Watch = nobody,
) -> Judgement:
    """Score and summarise a run, and hold it against its gates; nothing is written or printed.

    Args:
        folder: the run; its records are only read.
        metrics: names or groups, in place of those that the scenario chose.
        gates: more of them, as in a scenario, beside the scenario's own.
        baseline: a run folder, or ``last-good``; used by gates that compare.
        quality: the metric that speed is weighed against.
        watch: is told how far the scoring is.

    Raises:
        RunFolderError: the records of the run, or of the baseline, cannot be read.
        QualityError: there is no such ``quality``.
    """
    from reports.gates import check_gates, gate_metrics
    from reports.last_good import last_good
    from reports.run_folder import RunFolder
    from reports.summary import summarise

    scenario = folder.manifest.get("scenario") or {}
    asked = together(scenario.get("gates") or {}, gates or {})
    chosen = metrics or scenario.get("metrics") or ["*"]
    wanted = [*chosen, *gate_metrics(asked)]
    summary = summarise(folder, wanted, quality=quality, watch=watch)
    against: RunFolder | None = None
    excuse: str | None = None
    if compares(asked):
        if baseline == LAST_GOOD:
            found = last_good(folder)
            against, excuse = found.run, found.excuse
            if excuse and not any(case.status == "ok" for case in summary.completed.cases):
                excuse = "nothing was measured"  # so that no series starts here
        else:
            against = RunFolder.open(Path(baseline))
    if against is None:
        return Judgement(summary, check_gates(summary, asked, excuse=excuse))
    from reports.gates_baseline import notices

    before = summarise(against, wanted, watch=watch)
    told = [*notices(summary, before), *summary.warnings]
    summary = replace(summary, warnings=told)
    return Judgement(summary, check_gates(summary, asked, before), before)


def together(own: Mapping[str, Any], more: Gates) -> dict[str, list[Any]]:
    """Return the gates of both, by name; a manifest of an earlier version has one a name."""
    found = {name: list(it) if isinstance(it, list | tuple) else [it] for name, it in own.items()}
    for name, gates in more.items():
        found[name] = [*found.get(name, []), *gates]
    return found


def compares(gates: Mapping[str, Any]) -> bool:
    """Tell whether any gate compares with a baseline."""
    from reports.gate_rules import rules_of

    return any(rule.against for rule in rules_of(gates))
