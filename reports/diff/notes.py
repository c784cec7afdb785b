"""What to know about a diff as a whole, each ending in advice or in the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.diff.result import Row
from reports.summary import Summary
from reports.warning_lines import merged

_MOST_NAMED = 3


def notes(
    a: Summary,
    b: Summary,
    rows: Sequence[Row],
    reasons: Mapping[str, Sequence[str]],
    axis: str | None,
) -> list[str]:
    """Return what to know, the most important first.

    Args:
        a: the baseline.
        b: the new run (the same object along an axis).
        rows: of the diff.
        reasons: why something is not comparable -> labels of the pairs.
        axis: of a diff within one run.
    """
    told = [f"{reason} ({_which(labels)})" for reason, labels in reasons.items()]
    if axis == "state" and rows and all(row.verdict == "not comparable" for row in rows):
        told += _other_prompts(reasons)
    told += _too_few(rows)
    if axis is None:
        told += _changed(a, b)
        if a.run.path.resolve() == b.run.path.resolve():
            told.append("A and B are one run, compared with itself")
    disturbed = [
        f"{len(merged(summary.warnings))} in {side}"
        for side, summary in (("A", a), ("B", b))
        if summary.warnings
    ]
    if b is a and disturbed:
        disturbed = [str(len(merged(a.warnings)))]
    if disturbed:
        told.append(f"warnings: {', '.join(disturbed)}. See them with versebench report")
    told += [
        f"{side} is {summary.ended}: some cases may be missing"
        for side, summary in (("A", a), ("B", b))
        if summary.ended != "complete" and (side == "A" or b is not a)
    ]
    return told


def _other_prompts(reasons: Mapping[str, Sequence[str]]) -> list[str]:
    """Advice where states cannot be compared since each continues its own prompts."""
    if not any("prompt" in reason for reason in reasons):
        return []
    return ["the states of this scenario have different prompts: give them the same to compare"]


def _too_few(rows: Sequence[Row]) -> list[str]:
    """Speed that could not be tested for lack of launches."""
    few = [
        row
        for row in rows
        if row.unit == "launches" and row.verdict == "unresolved" and row.p is None
    ]
    if not few:
        return []
    least, most = min(min(row.n_a, row.n_b) for row in few), max(row.needed or 0 for row in few)
    here = "1 launch" if least == 1 else f"{least} launches"
    return [
        f"speed was not tested: {here} a side shows no scatter between processes. "
        f"Measure with launches: {most}"
    ]


def changed_versions(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (package, version in A, version in B) where two manifests differ."""
    was, now = ((one.get("machine") or {}).get("versions") or {} for one in (a, b))
    names = [name for name in {**was, **now} if name != "versebench"]
    return [
        (name, str(was.get(name) or "none"), str(now.get(name) or "none"))
        for name in names
        if was.get(name) != now.get(name)
    ]


def _changed(a: Summary, b: Summary) -> list[str]:
    """What else differs between two runs, and may be what a change comes from."""
    ours, theirs = a.run.manifest, b.run.manifest
    told = []
    if versions := changed_versions(ours, theirs):
        said = ", ".join(f"{name} {was} in A, {now} in B" for name, was, now in versions)
        told.append(f"versions: {said}")
    old, new = _revision(ours), _revision(theirs)
    if old != new:
        told.append(f"git: {old} in A, {new} in B")
    if (was := ours.get("versebench_version")) != (now := theirs.get("versebench_version")):
        told.append(f"versebench {was} measured A, {now} measured B")
    for key, name in (("seed", "the seed"), ("measure", "measure")):
        was = (ours.get("scenario") or {}).get(key)
        now = (theirs.get("scenario") or {}).get(key)
        if was != now:
            told.append(f"{name} differs: {_unequal(was, now)}")
    keys = [{(t.preset, t.state): t.key for t in s.completed.trainings} for s in (a, b)]
    told += [
        f"the state {state} of {preset} was trained otherwise in B (recipe, data, base, backend or "
        "versions): see `trainings` of both in versebench report --json"
        for (preset, state), key in keys[0].items()
        if keys[1].get((preset, state), key) != key
    ]
    return told


def _revision(manifest: Mapping[str, Any]) -> str:
    git = manifest.get("git") or {}
    revision = str(git.get("revision") or "")[:10] or "no revision"
    return f"{revision} with uncommitted changes" if git.get("dirty") else revision


def _unequal(was: Any, now: Any) -> str:
    if not isinstance(was, dict) or not isinstance(now, dict):
        return f"{was} and {now}"
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    return ", ".join(f"{key} {was.get(key)} and {now.get(key)}" for key in keys)


def _which(labels: Sequence[str]) -> str:
    if len(labels) <= _MOST_NAMED:
        return ", ".join(labels)
    return f"{len(labels)} pairs, such as {labels[0]}"
