"""The value of each launch of a case, for what is measured per launch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from reports.case_summary import counts
from reports.completed import CaseLaunch, CaseResult
from reports.line_fit import FEWEST_STEPS, Point, fit_lines
from reports.records import Trial
from reports.statistics import median

Values = Mapping[str, list[float]]
_Read = Callable[[CaseLaunch, Sequence[Trial]], float | None]
_OF_LINE = ("ttft_seconds", "tpot_seconds")


def launch_values(cases: Iterable[CaseResult], names: Iterable[str]) -> dict[str, Values]:
    """Return, by case id and column, one value per launch that has one.

    The value of a launch is the median of its valid calls, or that of its own line (TTFT, TPOT).
    Only values above 0 are returned: they are compared by their ratio.

    Args:
        cases: any number; the lines of all of them are drawn together.
        names: the columns.
    """
    wanted = list(names)
    read = [name for name in wanted if name in _READ]
    found: dict[str, dict[str, list[float]]] = {}
    launches: list[tuple[str, CaseLaunch]] = []
    for case in cases:
        if case.id not in found:
            found[case.id] = {name: [] for name in wanted}
            launches += [(case.id, launch) for launch in case.launches]
    points = []
    for id_, launch in launches:
        good = [trial for trial in launch.trials if counts(trial)]
        timed = [trial for trial in good if trial.phase == "timed"]
        points.append(_points(good))
        for name in read:
            value = _READ[name](launch, timed)
            if value is not None and value > 0:
                found[id_][name].append(float(value))
    if any(name in wanted for name in _OF_LINE):
        for (id_, _), line in zip(launches, launch_lines(points), strict=True):
            for name, value in zip(_OF_LINE, line or (), strict=False):
                if name in wanted and value > 0:
                    found[id_][name].append(value)
    return dict(found)


def launch_lines(launches: Sequence[Sequence[Point]]) -> list[tuple[float, float] | None]:
    """Return (seconds of the first step, seconds per step) of each launch.

    Args:
        launches: the (decode steps, seconds) of each launch's calls.

    Returns:
        None for a launch with fewer than ``FEWEST_STEPS`` different numbers of steps.
    """
    enough = [len({steps for steps, _ in points}) >= FEWEST_STEPS for points in launches]
    lines = fit_lines(
        [points if drawn else () for points, drawn in zip(launches, enough, strict=True)]
    )
    return [None if line is None else (line.first, line.slope) for line in lines]


def _points(good: Sequence[Trial]) -> list[Point]:
    """The timed and the fit calls, as ``case_summary`` draws its line through."""
    if not any(trial.phase == "fit" for trial in good):
        return []
    return [(trial.steps, trial.seconds) for trial in good if trial.phase in ("timed", "fit")]


def _timed(value: Callable[[Trial], float | None]) -> _Read:
    def read(launch: CaseLaunch, timed: Sequence[Trial]) -> float | None:
        given = [value(trial) for trial in timed]
        there = [one for one in given if one is not None]
        return median(there) if there else None

    return read


def _done(name: str) -> _Read:
    return lambda launch, timed: getattr(launch.done, name)


def _process(name: str) -> _Read:
    return lambda launch, timed: getattr(launch.launch, name, None)


_READ: Mapping[str, _Read] = {
    "tokens_per_second": _timed(lambda trial: trial.new_tokens / trial.seconds),
    "steps_per_second": _timed(lambda trial: trial.steps / trial.seconds),
    "encode_seconds": _timed(lambda trial: trial.encode_seconds),
    "decode_seconds": _timed(lambda trial: trial.decode_seconds),
    "cold_seconds": _done("cold_seconds"),
    "compile_seconds": _done("compile_seconds"),
    "host_peak_bytes": _done("host_peak_bytes"),
    "device_peak_bytes": _done("device_peak_bytes"),
    "energy_joules_per_1000_tokens": _done("energy_joules_per_1000_tokens"),
    "import_seconds": _process("import_seconds"),
    "load_seconds": _process("load_seconds"),
}
