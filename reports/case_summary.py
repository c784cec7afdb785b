"""One case's records as one row: the values of ``columns.CASE_COLUMNS``, without the metrics.

Plain data in, plain data out. A trial counts when it is valid, compiled nothing, and took time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reports.columns import AXES
from reports.completed import CaseLaunch, CaseResult
from reports.line_fit import Line, Point, prefill_decode
from reports.records import Phase, Trial
from reports.roofline import is_number, roofline
from reports.statistics import Estimate, median, over_launches

Row = dict[str, Any]
ENERGY = "energy_joules_per_1000_tokens"
READINGS: Mapping[str, Callable[[list[Any]], Any]] = {
    "sm_clock_mhz": median,
    "memory_clock_mhz": median,
    "temperature_celsius": max,
    "power_watts": median,
    "power_limit_watts": median,
}
"""What a GPU's counter tells while a case runs, and which of the launches' values stands."""


@dataclass(frozen=True)
class CaseSummary:
    """The row of one case.

    Attributes:
        row: column -> value; None where there is none.
        missing: column -> why its value is None.
        warnings: what to know about the case, each ending in advice.
    """

    row: Row
    missing: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def counts(trial: Trial) -> bool:
    """Whether a trial may enter a summary."""
    return trial.valid and trial.compiles == 0 and trial.seconds > 0


def summarise_case(
    result: CaseResult, scenario: Mapping[str, Any], lines: Sequence[Line | None] | None = None
) -> CaseSummary:
    """Summarise one case.

    Args:
        result: its records that count.
        scenario: the manifest's normalised scenario, for max_length and the launches asked for.
        lines: those through ``line_points`` of the case, where they are fitted already.
    """
    row: Row = {"case": result.id}
    row |= {axis: result.case.get(axis) for axis in AXES}
    row |= {"status": result.status, "reason": result.reason}
    row |= {"launches": len(result.launches), "launches_failed": len(result.failures)}
    longest = (scenario.get("generate") or {}).get("max_length")
    row["max_length"] = result.case.get("max_length", longest)
    summary = CaseSummary(row)
    if result.status != "ok":
        return summary
    _speed(result, summary)
    _line(result, summary, scenario, lines)
    _processes(result, summary)
    _device(result, summary)
    summary.warnings.extend(_warnings(result, scenario))
    return summary


def _of(launch: CaseLaunch, *phases: Phase) -> list[Trial]:
    return [trial for trial in launch.trials if trial.phase in phases and counts(trial)]


def _speed(result: CaseResult, summary: CaseSummary) -> None:
    timed = [_of(launch, "timed") for launch in result.launches]
    taken = sum(map(len, timed))
    seen = [t for one in result.launches for t in one.trials if t.phase in ("timed", "fit")]
    row = summary.row
    row |= {"trials": taken, "trials_invalid": sum(not counts(trial) for trial in seen)}
    rates: dict[str, Callable[[Trial], float]] = {
        "tokens_per_second": lambda trial: trial.new_tokens / trial.seconds,
        "steps_per_second": lambda trial: trial.steps / trial.seconds,
    }
    for name, rate in rates.items():
        estimate = over_launches([[rate(trial) for trial in trials] for trials in timed])
        _put(summary, name, estimate, "" if taken else "no valid timed call")
        row["interval_over"] = estimate.over if taken else None
    if not taken:
        return
    for name in ("prompt_tokens", "new_tokens"):
        row[name] = _plain(median([getattr(trial, name) for trials in timed for trial in trials]))
    for name in ("encode_seconds", "decode_seconds"):
        launches = [[getattr(t, name) for t in ts if getattr(t, name) is not None] for ts in timed]
        row[name] = over_launches(launches).value
        if row[name] is None:
            summary.missing[name] = "not measured: the calls start and end with ids"


def line_points(result: CaseResult) -> list[list[Point]]:
    """The (steps, seconds) of each launch that has any, for its line of prefill and decode.

    The timed calls are points too: they take turns with the fit's, through the same program.
    """
    calls = [_of(launch, "timed", "fit") for launch in result.launches]
    if not any(trial.phase == "fit" for trials in calls for trial in trials):
        return []
    return [[(trial.steps, trial.seconds) for trial in trials] for trials in calls if trials]


def _line(
    result: CaseResult,
    summary: CaseSummary,
    scenario: Mapping[str, Any],
    lines: Sequence[Line | None] | None,
) -> None:
    calls = line_points(result)
    fit = prefill_decode(calls, lines=lines)
    if not calls and (scenario.get("measure") or {}).get("fit_points") == 0:
        fit = replace(fit, reason="the scenario asks for no fit (measure.fit_points: 0)")
    _put(summary, "ttft_seconds", fit.ttft, fit.reason)
    _put(summary, "tpot_seconds", fit.tpot, fit.reason)
    summary.row.update(fit_worst_residual=fit.residual, fit_holds=fit.holds)
    if fit.residual is None and fit.reason:
        summary.missing["fit_worst_residual"] = fit.reason


def _processes(result: CaseResult, summary: CaseSummary) -> None:
    row, done = summary.row, [one.done for one in result.launches]
    for name in ("cold_seconds", "compile_seconds", "compile_count", "warmup_trials"):
        row[name] = _over(median, [getattr(one, name) for one in done])
    for name in ("host_peak_bytes", "device_peak_bytes"):
        row[name] = _over(max, [getattr(one, name) for one in done])
    row[ENERGY] = _over(median, [getattr(one, ENERGY) for one in done])
    methods = list(dict.fromkeys(one.compile_method for one in done if one.compile_method))
    row["compile_method"] = "; ".join(methods) or None
    steady = [one.steady for one in done if one.steady is not None]
    row["steady"] = all(steady) if steady else None
    processes = [one.launch for one in result.launches if one.launch is not None]
    for name in ("import_seconds", "load_seconds"):
        row[name] = _over(median, [getattr(one, name) for one in processes])
        if row[name] is None:
            summary.missing[name] = "the record of the process was lost"
    row["parameters"] = processes[0].parameters if processes else None
    modes = [str(one.what_ran["jit"]) for one in processes if one.what_ran.get("jit") is not None]
    row["jit"] = "; ".join(dict.fromkeys(modes)) or None
    for one in done:
        for name, reason in one.missing.items():
            if row.get(name) is None:
                summary.missing.setdefault(name, reason)


def _device(result: CaseResult, summary: CaseSummary) -> None:
    """What the device allows, and how it was while the case ran."""
    row, done = summary.row, [one.done for one in result.launches]
    speed = row["tokens_per_second"], row["tpot_seconds"]
    values, missing, warnings = roofline(done, result.case.get("batch_size") or 1, *speed)
    row |= values
    summary.missing.update(missing)
    summary.warnings.extend(warnings)
    seen = [one.device for one in done if one.device]
    # The readings are those of the calls for energy, by the same counter.
    why = summary.missing.get(ENERGY, "NVML did not say while the case ran")
    for name, choose in READINGS.items():
        row[name] = _over(choose, [v for one in seen if is_number(v := one.get(name))])
        if row[name] is None:
            summary.missing[name] = why
    told = [one["throttle_reasons"] for one in seen if one.get("throttle_reasons")]
    reasons = sorted(
        {str(reason) for listed in told if isinstance(listed, list) for reason in listed}
    )
    row["throttle_reasons"] = ", ".join(reasons) or ("none" if seen else None)
    if not seen:
        summary.missing["throttle_reasons"] = why


def _warnings(result: CaseResult, scenario: Mapping[str, Any]) -> list[str]:
    told = [one.done.warnings + (one.end.warnings if one.end else []) for one in result.launches]
    found = list(dict.fromkeys(str(text) for texts in told for text in texts))
    left_out = [
        trial
        for launch in result.launches
        for trial in launch.trials
        if trial.phase in ("timed", "fit") and not counts(trial)
    ]
    if left_out:
        why = left_out[0].invalid_reason or (
            "a program was compiled during the call" if left_out[0].compiles else "no time passed"
        )
        calls = "1 call was" if len(left_out) == 1 else f"{len(left_out)} calls were"
        found.append(f"{calls} left out ({why}). Run again if too few are left.")
    if result.failures:
        lost = result.failures[-1]
        launches = "1 launch" if len(result.failures) == 1 else f"{len(result.failures)} launches"
        found.append(
            f"{launches} failed ({lost.reason or 'no reason given'}). "
            "See logs/, mend that, and resume the run."
        )
    asked = (scenario.get("measure") or {}).get("launches")
    absent = (asked or 0) - len(result.launches) - len(result.failures)
    if absent > 0:
        found.append(f"{len(result.launches)} of {asked} launches finished. Resume the run.")
    return found


def _put(summary: CaseSummary, name: str, estimate: Estimate, reason: str | None) -> None:
    ends = {f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    summary.row.update({name: estimate.value, **ends})
    if estimate.value is None:
        summary.missing[name] = reason or estimate.reason or "no value"
    elif estimate.low is None:
        for end in ("low", "high"):
            summary.missing[f"{name}_{end}"] = estimate.reason or "no interval"


def _over(choose: Callable[[list[Any]], Any], values: Sequence[Any]) -> Any:
    there = [value for value in values if value is not None]
    if not there:
        return None
    chosen = choose(there)
    return _plain(chosen) if all(isinstance(value, int) for value in there) else chosen


def _plain(value: float) -> float | int:
    """An int where the median of ints is one."""
    return int(value) if float(value).is_integer() else value
