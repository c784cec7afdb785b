"""What can be compared: which columns and metrics, in which form, against which floor."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from metrics import Metric, canonical
from reports.columns import CASE_COLUMNS, HEADLINE_METRICS, Better, Column, describe
from reports.titles import name_hint, there_are

Kind = Literal["speed", "set-up", "memory", "energy", "share", "other"]

# A change below these does not matter, whatever its p-value. Speed: what measurement on a shared
# machine can tell apart at all, and about what a user notices in a stream of tokens. Set-up happens
# once a process, is not repeated within it, and scatters more. Memory: a peak repeats within a few
# MB, and less than 5 % frees room for nothing. Shares: 0.02 is one text in fifty, or about half the
# interval of a share at 500 texts. Other scores have units of their own, so relative to the values.
FLOORS: Mapping[Kind, float] = {
    "speed": 0.05,
    "set-up": 0.10,
    "memory": 0.05,
    "energy": 0.05,
    "share": 0.02,
    "other": 0.05,
}
_LAUNCH_COLUMNS: Mapping[str, Kind] = {
    "tokens_per_second": "speed",
    "steps_per_second": "speed",
    "ttft_seconds": "speed",
    "tpot_seconds": "speed",
    "encode_seconds": "speed",
    "decode_seconds": "speed",
    "cold_seconds": "set-up",
    "compile_seconds": "set-up",
    "import_seconds": "set-up",
    "load_seconds": "set-up",
    "host_peak_bytes": "memory",
    "device_peak_bytes": "memory",
    "energy_joules_per_1000_tokens": "energy",
}
# Compared unless others are asked for: the rest repeats these (steps, compile), or belongs to the
# process and would be told once more for each of its cases (import, load).
_USUAL = (
    "tokens_per_second",
    "ttft_seconds",
    "tpot_seconds",
    "cold_seconds",
    "host_peak_bytes",
    "device_peak_bytes",
    "energy_joules_per_1000_tokens",
)


class MeasureError(ValueError):
    """A metric or floor that was asked for does not exist; the text says what does."""


@dataclass(frozen=True)
class Measure:
    """One thing to compare.

    Attributes:
        name: of the column or metric.
        column: title, unit, scale, and which way is better.
        kind: decides the floor.
        floor: see ``Row.floor``; for ``other`` a share of the values' size.
        metric: the text metric; None where it is measured per launch.
    """

    name: str
    column: Column
    kind: Kind
    floor: float
    metric: Metric | None = None

    @property
    def better(self) -> Better:
        """Which way is better."""
        return self.column.better


def measures(
    metrics: Mapping[str, Metric],
    patterns: Sequence[str] = (),
    floors: Mapping[str, float] | None = None,
    *,
    headline: bool = True,
) -> list[Measure]:
    """Return what to compare, in the order of the report.

    Args:
        metrics: the text metrics that both sides were scored by.
        patterns: shell patterns of names; by default what is usually looked at.
        floors: kind or name -> floor, in place of ``FLOORS``.
        headline: of the metrics take only the report's headline ones, where no pattern chooses.

    Raises:
        MeasureError: a pattern or the name of a floor fits nothing.
    """
    by_name = {column.name: column for column in CASE_COLUMNS}
    found = [
        Measure(name, by_name[name], kind, FLOORS[kind]) for name, kind in _LAUNCH_COLUMNS.items()
    ]
    for metric in metrics.values():
        kind: Kind = "share" if metric.unit == "share" else "other"
        found.append(Measure(metric.name, describe(metric), kind, FLOORS[kind], metric))
    names = [one.name for one in found]
    if patterns:
        chosen = _matching(patterns, names)
    else:
        usual = {*_USUAL, *(HEADLINE_METRICS if headline else metrics)}
        chosen = {name for name in names if name in usual}
    given = _checked(floors or {}, names)
    return [
        Measure(
            one.name,
            one.column,
            one.kind,
            given.get(one.name, given.get(one.kind, one.floor)),
            one.metric,
        )
        for one in found
        if one.name in chosen
    ]


def parse_floor(text: str) -> tuple[str, float]:
    """Read ``10%``, ``speed=0.1`` or ``seq_rep_4=0.05``: (kind or name, floor).

    Raises:
        MeasureError: it is none of these.
    """
    match = re.fullmatch(r"(?:([\w-]+)=)?(\d+(?:\.\d*)?|\.\d+)(%?)", text.strip())
    value = float(match[2]) / (100 if match[3] else 1) if match else 0.0
    if not match or not 0 < value <= 10:
        raise MeasureError(
            f"not a floor: {text!r}. Write a share above 0 (10% or 0.1, for speed), or "
            f"NAME=SHARE, where NAME is a metric or one of {', '.join(FLOORS)}."
        )
    name = match[1] or "speed"
    return name if name in FLOORS else canonical(name), value


def _matching(patterns: Iterable[str], names: Sequence[str]) -> set[str]:
    chosen: set[str] = set()
    for pattern in patterns:
        matched = fnmatch.filter(names, canonical(pattern))
        if not matched:
            if hint := name_hint(pattern, names):
                raise MeasureError(f"no metric fits {pattern!r}: {hint}.")
            raise MeasureError(f"no metric fits {pattern!r}. {there_are(pattern, names)}")
        chosen.update(matched)
    return chosen


def _checked(floors: Mapping[str, float], names: Sequence[str]) -> Mapping[str, float]:
    for name in floors:
        if name not in names and name not in FLOORS:
            raise MeasureError(
                f"a floor for {name!r}, which is not compared. There are the kinds "
                f"{', '.join(FLOORS)}, and: {', '.join(names)}."
            )
    return floors
