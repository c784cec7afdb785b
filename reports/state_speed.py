"""What training did to the speed, in a sentence that answers.

Training changes weights, not the program that runs. Where the record shows that both sides ran the
same program, speed is unchanged by construction, and a measured ratio tells how noisy the machine
was. Several launches a side make that a tested verdict (``reports.diff``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.completed import CaseResult
from reports.numbers import plain

if TYPE_CHECKING:
    from reports.diff.result import Row

_SHOWN = {  # what decides which program runs: key of ``Launch.what_ran`` -> words
    "model_class": "model",
    "parameters": "parameters",
    "weight_bytes": "bytes of weights",
    "compute_dtype": "number format",
    "variable_dtype": "format of weights",
    "quantization": "quantization",
    "backend": "backend",
    "devices": "devices",
    "jit": "compiling",
    "versions": "versions",
}
_STILL = ("same", "unresolved", "not comparable")
_UNCHANGED = "speed is unchanged"


def speed_said(rows: Sequence[Row], cases: Sequence[CaseResult]) -> str:
    """Say what became of the speed, and how that is known.

    Args:
        rows: of the comparison of one state with its base.
        cases: of the run.
    """
    rates = [row for row in rows if row.metric == "tokens_per_second" and row.change is not None]
    if not rates:
        return "speed was not compared: no case of the base has the same sampler and hardware"
    if {row.verdict for row in rates} == {"same"}:
        launches = min(min(row.n_a, row.n_b) for row in rates)
        return f"{_UNCHANGED}, tested over {launches} launches a side: training changes no shape"
    found = {result.id: result for result in cases}
    pairs = [(row, found.get(row.case_a), found.get(row.case_b)) for row in rates]
    measured = f"tokens/s {_ratios(rates)}"
    other = sorted({word for _, a, b in pairs for word in _differing(a, b)})
    if other:
        return (
            f"speed may have changed, for the two sides did not run the same program (other "
            f"{', '.join(other)}): {measured}"
        )
    known = all(_program(a) and _program(b) for _, a, b in pairs)
    claim = (
        f"{_UNCHANGED} by construction: {_same(pairs[0][2])}"
        if known
        else ("speed should be unchanged, for training changes no shape")
    )
    open_ = [row for row in rates if row.verdict == "unresolved"]
    if moved := [f"{r.case_b} {r.verdict}" for r in rates if r.verdict not in _STILL]:
        return (
            f"{claim}. Yet {measured} was measured ({', '.join(moved)}): look for another program "
            "on the machine, clocks or heat in the warnings, and measure again"
        )
    if not open_:
        return f"{claim}. Measured: {measured}{_scatter(pairs)}"
    launches = min(min(row.n_a, row.n_b) for row in open_)
    needed = max((row.needed or 0 for row in open_), default=0)
    more = f"; for a tested verdict set measure.launches: {needed}" if needed else ""
    return (
        f"{claim}. Measured: {measured}{_scatter(pairs)}; {launches} "
        f"launch{'es' * (launches != 1)} a side cannot be tested{more}"
    )


def _ratios(rates: Sequence[Row]) -> str:
    changes = sorted(row.change for row in rates if row.change is not None)
    said = f"× {plain(changes[0])}"
    return said if len(changes) == 1 else f"{said} to × {plain(changes[-1])}"


def _program(result: CaseResult | None) -> dict[str, Any]:
    """Return what decides which program a case ran, with its shapes; empty where nobody knows."""
    launch = next((one for one in result.launches if one.launch), None) if result else None
    if launch is None or launch.launch is None or not launch.launch.what_ran:
        return {}
    shapes = sorted(
        {(t.prompt_tokens, t.new_tokens, t.steps) for t in launch.trials if t.phase == "timed"}
    )
    ran = launch.launch.what_ran
    return {**{words: ran.get(key) for key, words in _SHOWN.items()}, "shapes": shapes}


def _differing(a: CaseResult | None, b: CaseResult | None) -> list[str]:
    one, two = _program(a), _program(b)
    return [words for words in one if one[words] != two[words]] if one and two else []


def _same(result: CaseResult | None) -> str:
    ran = _program(result)
    said = [f"{ran['parameters']:,} parameters"] if isinstance(ran["parameters"], int) else []
    if len(ran["shapes"]) == 1:
        prompt, new, _ = ran["shapes"][0]
        said.append(f"{prompt:,} prompt and {new:,} new tokens")
    facts = f" ({', '.join(said)})" if said else ""
    return f"training changes no shape, and both sides ran the same program{facts}"


def _scatter(pairs: Sequence[tuple[Row, CaseResult | None, CaseResult | None]]) -> str:
    """Say how many ratios lie within what the trials of one process scatter by."""
    widest, within, judged = 1.0, 0, 0
    for row, *sides in pairs:
        spreads = [spread for side in sides if (spread := _spread(side)) is not None]
        if row.change is None or not spreads:
            continue
        judged += 1
        widest = max(widest, *spreads)
        within += max(row.change, 1 / row.change) <= max(spreads)
    if not judged:
        return ""
    where = (
        f"in {within} of {judged} cases within"
        if judged > 1
        else ("within" if within else "beyond")
    )
    return f", {where} the scatter of the trials of one process (up to × {plain(widest)})"


def _spread(result: CaseResult | None) -> float | None:
    """Return slowest over fastest timed trial of a process, the largest of a case's processes."""
    spreads = []
    for launch in result.launches if result else ():
        rates = [
            t.new_tokens / t.seconds
            for t in launch.trials
            if t.phase == "timed" and t.valid and t.seconds > 0 and t.new_tokens > 0
        ]
        if len(rates) > 1:
            spreads.append(max(rates) / min(rates))
    return max(spreads, default=None)
