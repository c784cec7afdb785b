"""A scenario's gates without prospects, found before anything is measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.run_folder import RunFolder
    from reports.vain_gates import VainGate
    from scenarios.cases import Case
    from scenarios.loader import LoadedScenario


def without_prospects(
    loaded: LoadedScenario, cases: Iterable[Case], baseline: RunFolder | None = None
) -> list[VainGate]:
    """Return the gates that can be compared in no case.

    Args:
        loaded: the scenario, with the gates of the command line among its own.
        cases: those to be measured.
        baseline: the run that gates compare with, where one is named.
    """
    from reports.vain_gates import Planned, vain_gates

    if not loaded.scenario.gates:
        return []
    planned = [
        Planned(case.labels, case.hardware.device, len(case.prompts), case.sampler.draws)
        for case in cases
    ]
    measured = (baseline.manifest.get("scenario") or {}).get("measure") if baseline else None
    launches = (measured or {}).get("launches")
    scenario = loaded.scenario.model_dump(mode="json", by_alias=True)
    return vain_gates(scenario, planned, launches)
