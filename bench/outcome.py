"""The exit code of a run: what happened, in one number that scripts can rely on."""

from __future__ import annotations

from collections.abc import Sequence

from bench import exit_codes
from bench.runner import Outcome
from reports.gates import GateOutcome


def exit_code(outcome: Outcome, gates: Sequence[GateOutcome], measured: int) -> int:
    """Return the exit code of a run; the worst thing that happened decides.

    A crash comes first (numbers are missing that should be there), then input that could not be
    used, then a gate that failed, then nothing measured or compared.

    Args:
        outcome: how the cases ended.
        gates: what became of the scenario's gates.
        measured: finished (case, launch) pairs, those of an earlier, resumed run included.
    """
    failures = {done.failure for done in outcome.failed}
    if failures & {"crash", "timeout"}:
        return exit_codes.CRASHED
    if failures:
        return exit_codes.USAGE
    if any(gate.verdict == "fail" for gate in gates):
        return exit_codes.WORSE
    if not measured or any(gate.verdict == "not compared" for gate in gates):
        return exit_codes.NOTHING_COMPARED
    return exit_codes.FINE
