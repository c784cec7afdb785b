"""Putting runs into a history, and asking it for the last good one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.history.files import listing, load, seconds, store
from reports.history.fingerprints import key_of, machine_of
from reports.history.kept import KeptError, KeptRun
from reports.history.recording import kept_run

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary


@dataclass(frozen=True)
class GoodRun:
    """A run that later ones may be compared with.

    Attributes:
        name: of the run folder.
        path: where the folder was when it was measured; it may have been deleted since.
        created: when it began, ISO 8601.
        file: what the history holds of it.
    """

    name: str
    path: Path
    created: str
    file: Path


def keep(summary: Summary, history: Path, gates: Sequence[GateOutcome] = ()) -> Path:
    """Write a finished run into a history; return its file.

    Args:
        summary: the run.
        history: the folder; it is made if need be.
        gates: what became of the run's gates.

    Raises:
        NotFinishedError: the run is not complete.
        KeptError: the manifest does not say when the run began.
        OSError: the folder cannot be written.
    """
    return store(kept_run(summary, gates), history)


def last_good(
    history: Path,
    scenario: str,
    machine: dict[str, Any] | None = None,
    *,
    before: str | None = None,
) -> GoodRun | None:
    """Return the last run of a scenario that went well, or None.

    Well: no gate failed, at least one case was measured, and none failed.

    Args:
        history: the folder of the files.
        scenario: its name.
        machine: facts of a machine as a manifest has them; only runs on such a one count.
        before: ISO 8601; only runs that began before count.

    Raises:
        KeptError: ``before`` is no time.
    """
    limit = seconds(before) if before else None
    good = [
        (seconds(kept.created), kept.name, file, kept)
        for file, kept in _latest(history)
        if kept.scenario == scenario
        and (machine is None or _same_machine(kept, machine))
        and (limit is None or seconds(kept.created) < limit)
        and _went_well(kept)
    ]
    if not good:
        return None
    _, name, file, kept = max(good, key=lambda one: one[:2])
    return GoodRun(name, Path(kept.path), kept.created, file)


def _latest(history: Path) -> Iterator[tuple[Path, KeptRun]]:
    """Every run once, by the file that counts; damaged files are passed over."""
    found: dict[str, tuple[tuple[float, float, str], Path, KeptRun]] = {}
    if not history.is_dir():
        return
    for state in listing(history):
        path = history / state.name
        with contextlib.suppress(KeptError, OSError):
            kept = load(path)
            seconds(kept.created)
            order = (seconds(kept.finished), seconds(kept.stored), state.name)
            if kept.run not in found or found[kept.run][0] < order:
                found[kept.run] = (order, path, kept)
    for _, path, kept in found.values():
        yield path, kept


def _went_well(kept: KeptRun) -> bool:
    status = {case.status for case in kept.cases}
    return kept.gates.get("verdict") != "failed" and "ok" in status and "failed" not in status


def _same_machine(kept: KeptRun, machine: dict[str, Any]) -> bool:
    """Whether each case that was measured would be in one series with this machine's."""
    labels = {str(case.axes.get("hardware")) for case in kept.cases if case.status == "ok"}
    return all(
        key_of(machine_of(kept.machine, label)) == key_of(machine_of(machine, label))
        for label in labels
    )
