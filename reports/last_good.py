"""The last good run of a scenario: what tonight's is held against.

Good is a run that ended complete, in which no case failed and no gate did, or that somebody
accepted. Its verdict stands in ``gates.json`` beside its records, since a gate against a baseline
cannot be asked again once that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.atomic_file import replacing
from reports.diff.comparable import machines_differ
from reports.gates import GateOutcome
from reports.manifest import RunFolderError, fail
from reports.records import RunEnd
from reports.run_folder import RunFolder, folder_name

if TYPE_CHECKING:
    from reports.summary import Summary

VERDICT = "gates.json"
VERDICT_VERSION = 1
_SERIES = "A new series starts here"


@dataclass(frozen=True)
class LastGood:
    """What was found.

    Attributes:
        run: the last good run on this machine; None where there is none.
        excuse: why there is none, in a sentence for people.
    """

    run: RunFolder | None
    excuse: str | None = None


def why_not_good(summary: Summary, gates: Sequence[GateOutcome]) -> list[str]:
    """Return what keeps a run from being a baseline; empty where it is good."""
    found = [] if summary.ended == "complete" else [f"the run is {summary.ended}"]
    cases = summary.completed.cases
    statuses = [case.status for case in cases]
    if failed := statuses.count("failed"):
        found.append("1 case failed" if failed == 1 else f"{failed} cases failed")
    if left := sum(bool(c.case.get("left_out")) and c.status != "ok" for c in cases):
        found.append("1 case was left out" if left == 1 else f"{left} cases were left out")
    if "ok" not in statuses:
        found.append("nothing was measured")
    if missed := sum(gate.verdict == "fail" for gate in gates):
        found.append("1 gate failed" if missed == 1 else f"{missed} gates failed")
    return found


def keep_verdict(summary: Summary, gates: Sequence[GateOutcome], *, accepted: bool = False) -> None:
    """Write whether a run is good into its folder.

    Args:
        summary: the run, ended.
        gates: what became of its gates.
        accepted: somebody looked at it and wants it to be the baseline from now on.

    Raises:
        RunFolderError: it cannot be written.
    """
    why = why_not_good(summary, gates)
    path = summary.run.path / VERDICT
    content = {
        "kind": "versebench-verdict",
        "schema_version": VERDICT_VERSION,
        "good": accepted or not why,
        "accepted": accepted,
        "why_not": why,
        "baseline": next((gate.baseline for gate in gates if gate.baseline), None),
    }
    try:
        with replacing(path) as stream:
            json.dump(content, stream, indent=2)
            stream.write("\n")
    except OSError as error:
        fail(f"cannot write {path}", error)


def last_good(run: RunFolder) -> LastGood:
    """Find the newest earlier good run of the same scenario, in the same folder, on this machine.

    A run of other cases (``--only``) is passed over; so is a folder that cannot be read.
    """
    name, root = str(run.manifest.get("scenario_name")), run.path.resolve().parent
    elsewhere: str | None = None
    latest: str | None = None
    for earlier in _earlier(run):
        trouble = _trouble(earlier)
        if latest is None:
            latest = f"{earlier.path.name}: {_told(earlier, trouble)}" if trouble else ""
        if trouble:
            continue
        differ = machines_differ(earlier.manifest, run.manifest)
        if not differ:
            return LastGood(earlier)
        said = "; ".join(map(str, differ))
        elsewhere = elsewhere or f"the last good run, {earlier.path.name}, was elsewhere: {said}"
    if elsewhere:
        return LastGood(None, f"{elsewhere}. {_SERIES}")
    if latest:
        return LastGood(
            None,
            f"no earlier run is good ({latest}): nothing is compared until a run passes its gates "
            "or is accepted (versebench report RUN --accept)",
        )
    if other := _under_another_name(run):
        return LastGood(
            None,
            f"{other} in {root} is a run of {name}, but only folders still called as versebench "
            f"called them, TIME-{folder_name(name)}, are looked at. {_SERIES}",
        )
    return LastGood(None, f"this is the first run of {name} in {root}. {_SERIES}")


def _earlier(run: RunFolder) -> Iterator[RunFolder]:
    """Earlier runs of the same cases, the newest first; their names begin with the time."""
    name = str(run.manifest.get("scenario_name"))
    ending, created = f"-{folder_name(name)}", str(run.manifest.get("created"))
    own = run.path.resolve()
    try:
        paths = [one for one in own.parent.iterdir() if one.name.endswith(ending)]
    except OSError:
        return
    for path in sorted(paths, key=lambda one: one.name, reverse=True):
        if path.name == own.name:
            continue
        try:
            earlier = RunFolder.open(path)
        except RunFolderError:
            continue
        manifest = earlier.manifest
        before = str(manifest.get("created")) <= created and path.name < own.name
        alike = all(manifest.get(k) == run.manifest.get(k) for k in ("scenario_name", "only"))
        if before and alike:
            yield earlier


def _under_another_name(run: RunFolder) -> str | None:
    """The last of the folders beside a run that hold the same scenario and were renamed."""
    name = run.manifest.get("scenario_name")
    ending, own = f"-{folder_name(str(name))}", run.path.resolve()
    try:
        paths = [one for one in own.parent.iterdir() if not one.name.endswith(ending)]
    except OSError:
        return None
    for path in sorted(paths, reverse=True):
        try:
            if path.name != own.name and RunFolder.open(path).manifest["scenario_name"] == name:
                return path.name
        except (RunFolderError, KeyError):
            continue
    return None


def _told(run: RunFolder, trouble: str) -> str:
    """Add to a trouble what the records say of it: a run without a verdict may have ended."""
    if (run.path / VERDICT).exists():
        return trouble
    try:
        ends = [record.status for record in run.read() if isinstance(record, RunEnd)]
    except RunFolderError:
        return trouble
    if ends[-1:] != ["complete"]:
        return "it did not end"
    return f"{trouble}, since an older versebench made it, or it was copied without"


def _trouble(run: RunFolder) -> str | None:
    """Why a run is no baseline; None where it is good."""
    try:
        verdict: Any = json.loads((run.path / VERDICT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"it has no {VERDICT}"
    except (OSError, ValueError, RecursionError):
        return f"its {VERDICT} cannot be read"
    if not isinstance(verdict, Mapping):
        return f"its {VERDICT} cannot be read"
    if verdict.get("good") is True:
        return None
    why = verdict.get("why_not")
    return ", ".join(map(str, why)) if isinstance(why, list) and why else "it is not good"
