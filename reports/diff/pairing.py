"""Which case is compared with which: the same case of two runs, or two cases of one run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from reports.columns import AXES
from reports.completed import CaseResult
from reports.diff.result import Absent, Side
from reports.numerous import numerous
from reports.summary import Summary
from reports.training import BASE

DEFAULT_BASELINES: Mapping[str, str] = {"state": BASE}


class PairingError(ValueError):
    """What was asked for cannot be paired; the text says what there is."""


@numerous()
class Pair:
    """Two cases to compare.

    Attributes:
        label: what to call the two.
        a: the baseline.
        b: the new one.
    """

    label: str
    a: CaseResult
    b: CaseResult


def across_runs(a: Summary, b: Summary) -> tuple[list[Pair], list[Absent]]:
    """Pair the cases of two runs by id; name those that have no counterpart."""
    ours = {case.id: case for case in a.completed.cases}
    theirs = {case.id: case for case in b.completed.cases}
    found: list[Pair] = []
    absent: list[Absent] = []
    for id_, case in ours.items():
        if id_ not in theirs:
            absent.append(Absent(id_, "b", "missing", "only in A"))
        else:
            _pair(id_, case, theirs[id_], found, absent)
    absent += [Absent(id_, "a", "missing", "only in B") for id_ in theirs if id_ not in ours]
    return found, absent


def along_axis(
    summary: Summary, axis: str, baseline: str | None = None
) -> tuple[list[Pair], list[Absent], str]:
    """Pair each case with the one that differs from it in ``axis`` alone and has the baseline.

    Returns:
        The pairs, the cases without one, and the baseline's label.

    Raises:
        PairingError: no such axis, no such label on it, or no other label to compare with.
    """
    if axis not in AXES:
        raise PairingError(f"no axis called {axis!r}. There are: {', '.join(AXES)}.")
    cases = summary.completed.cases
    labels = list(dict.fromkeys(str(case.case.get(axis)) for case in cases))
    baseline = _baseline(axis, baseline, labels)
    groups: dict[tuple[str, ...], dict[str, CaseResult]] = {}
    for case in cases:
        rest = tuple(str(case.case.get(one)) for one in AXES if one != axis)
        groups.setdefault(rest, {})[str(case.case.get(axis))] = case
    found: list[Pair] = []
    absent: list[Absent] = []
    for group in groups.values():
        base = group.get(baseline)
        for label, case in group.items():
            if base is None:
                absent.append(Absent(case.id, "a", "missing", f"no case with {axis} {baseline}"))
            elif case is not base:
                _pair(_label(case, axis, baseline, label), base, case, found, absent)
    return found, absent, baseline


def _baseline(axis: str, baseline: str | None, labels: Sequence[str]) -> str:
    wanted = baseline if baseline is not None else DEFAULT_BASELINES.get(axis)
    known = ", ".join(labels)
    if wanted is None:
        raise PairingError(f"which {axis} is the baseline? Name it with --baseline: {known}.")
    if wanted not in labels:
        near = difflib.get_close_matches(wanted, labels, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise PairingError(f"no case has the {axis} {wanted!r}. {hint}There are: {known}.")
    if len(labels) == 1:
        raise PairingError(f"{known} is the only {axis} of this run: there is nothing to compare.")
    return wanted


def _label(case: CaseResult, axis: str, baseline: str, label: str) -> str:
    """The case's id with both labels, such as ``tiny/base/greedy → top_k-5/cpu-jax-float32``."""
    parts = [str(case.case.get(one)) for one in AXES[:-1]]
    batch = str(case.case.get("batch_size"))
    both = f"{baseline} → {label}"
    if axis == "batch_size":
        return "/".join([*parts, f"b{both}"])
    parts[AXES.index(axis)] = both
    return "/".join([*parts, f"b{batch}"] if batch != "1" else parts)


def _pair(
    label: str, a: CaseResult, b: CaseResult, found: list[Pair], absent: list[Absent]
) -> None:
    if a.status == "ok" and b.status == "ok":
        found.append(Pair(label, a, b))
        return
    where: Side = (
        "both" if a.status != "ok" and b.status != "ok" else "a" if a.status != "ok" else "b"
    )
    lacking = b if where == "b" else a
    absent.append(Absent(lacking.id, where, lacking.status, lacking.reason or "no reason given"))
