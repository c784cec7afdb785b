"""What a gate asks: limits, or no worse than a baseline, of all cases or of some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics import all_metrics, canonical
from reports.columns import AXES, CASE_COLUMNS
from reports.diff.measures import measures
from reports.titles import name_hint, nearest

Gates = Mapping[str, Any]  # name -> a rule as plain data, or a list of such


@dataclass(frozen=True)
class GateRule:
    """One gate.

    Attributes:
        name: of the column or metric, as the scenario has it.
        low: the smallest value allowed.
        high: the largest value allowed.
        against: whether it compares with the baseline.
        worse_by: how much worse than that may be; None for the floor of ``versebench diff``.
        where: axis -> globs; only cases that fit all of them. Empty for every case.
    """

    name: str
    low: float | None = None
    high: float | None = None
    against: bool = False
    worse_by: float | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a case, with its axes as columns, is held against this gate."""
        return all(
            any(_glob(glob).fullmatch(str(row.get(axis))) for glob in globs)
            for axis, globs in self.where.items()
        )

    @property
    def of(self) -> str:
        """The cases it is for, as on the command line; empty for every case."""
        return " ".join(f"{axis}={','.join(globs)}" for axis, globs in self.where.items())


def rules_of(gates: Gates) -> list[GateRule]:
    """Return the rules of a scenario's ``gates`` as they stand in a manifest.

    A gate with limits and ``against`` makes two. What is not a gate is passed over: the manifest
    was checked when it was written.
    """
    found: list[GateRule] = []
    for name, given in gates.items():
        for one in given if isinstance(given, list | tuple) else [given]:
            if not isinstance(one, Mapping):
                continue
            where = _where(one.get("where"))
            low, high = one.get("min"), one.get("max")
            if low is not None or high is not None:
                found.append(GateRule(name, low, high, where=where))
            if one.get("against") is not None:
                found.append(GateRule(name, None, None, True, one.get("worse_by"), where))
    return found


def gate_columns() -> tuple[str, ...]:
    """Return the case columns that a gate may name, the metrics apart."""
    ends = ("_low", "_high")
    return tuple(c.name for c in CASE_COLUMNS if c.unit and not c.name.endswith(ends))


def gate_metrics(gates: Iterable[str]) -> list[str]:
    """Return the metrics among the names of gates."""
    known = all_metrics()
    return [canonical(name) for name in gates if canonical(name) in known]


def check_names(gates: Iterable[str]) -> dict[str, str]:
    """Return, for each name that no gate can have, what is wrong with it."""
    known, faults = (*gate_columns(), *all_metrics()), {}
    for name in gates:
        if canonical(name) not in known:
            titled = name_hint(name, known)
            faults[name] = titled or f"no column or metric called {name!r}; {nearest(name, known)}"
    return faults


def check_comparable(gates: Iterable[str]) -> dict[str, str]:
    """Return, for each name that cannot be compared with a baseline, why not."""
    faults, known = {}, {one.name: one for one in measures(all_metrics(), ["*"])}
    for name in gates:
        measure = known.get(canonical(name))
        if measure is None:
            kinds = ", ".join(one.name for one in known.values() if one.metric is None)
            faults[name] = f"{name} is not measured launch by launch; give limits, or take {kinds}"
        elif measure.better == "neither":
            faults[name] = f"neither way of {name} is worse; give a min or a max"
        elif measure.metric is not None and measure.metric.level == "set":
            faults[name] = (
                f"{name} judges all texts together: one value, no scatter to test with; "
                "give a min or a max"
            )
    return faults


def tolerated(rule: GateRule) -> str:
    """Return how much worse a rule lets a case be, in words: per cent, or points of a share."""
    name = canonical(rule.name)
    known = measures(all_metrics(), ["*"])
    measure = next((one for one in known if one.name == name), None)
    by = rule.worse_by
    if by is None:
        by = measure.floor if measure else 0.0
    return f"{by:g}" if measure and measure.kind == "share" else f"{100 * by:g}%"


def _where(given: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        return {}
    return {axis: tuple(map(str, given[axis])) for axis in AXES if given.get(axis)}


def _glob(glob: str) -> re.Pattern[str]:
    """``*`` is any text, ``?`` any character, as in a scenario's rules."""
    pieces = {"*": ".*", "?": "."}
    return re.compile("".join(pieces.get(c) or re.escape(c) for c in glob), re.DOTALL)
