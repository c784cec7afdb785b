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
    code = gates_code(gates)
    return exit_codes.NOTHING_COMPARED if code == exit_codes.FINE and not measured else code


def gates_code(gates: Sequence[GateOutcome]) -> int:
    """Return the exit code of gates alone; a gate that met no value in any case is no success.

    A case that a gate cannot judge (Chinese verse, where another case writes English) does not
    count against it, as long as some case was compared. A gate that has no baseline yet, in the
    first run of a series, is excused.
    """
    if any(gate.verdict == "fail" for gate in gates):
        return exit_codes.WORSE
    if _without_value(gates):
        return exit_codes.NOTHING_COMPARED
    return exit_codes.FINE


def last_words(code: int, gates: Sequence[GateOutcome], statuses: Sequence[str]) -> str | None:
    """Say why a run ends with 3, which no table shows; None where it ends otherwise.

    Args:
        code: the exit code.
        gates: what became of the gates.
        statuses: of all cases of the run.
    """
    if code != exit_codes.NOTHING_COMPARED:
        return None
    if "ok" not in statuses:
        counts = [(statuses.count(status), status) for status in dict.fromkeys(statuses)]
        told = ", ".join(f"{n:,} case{'' if n == 1 else 's'} {status}" for n, status in counts)
        return f"nothing was measured: {told or 'no cases'} (exit code {code})"
    names = _without_value(gates)
    many = "gate" if len(names) == 1 else "gates"
    return f"{many} {', '.join(names)} met no value (exit code {code})"


def _without_value(gates: Sequence[GateOutcome]) -> list[str]:
    """The gates that were compared in no case and have no excuse."""
    compared = {gate.key for gate in gates if gate.verdict != "not compared"}
    missed = [one for one in gates if one.key not in compared and not one.excused]
    return list(dict.fromkeys(one.gate for one in missed))
