"""A scenario with the names checked that only other packages know: metrics in lists and gates."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.faults import ScenarioError
from scenarios.loader import LoadedScenario, load


def load_checked(name_or_path: str, presets: Mapping[str, str] | None = None) -> LoadedScenario:
    """Load a scenario and see that every metric and gate it names exists.

    Raises:
        ScenarioError: all faults of the file; names are checked once the file itself is sound.
    """
    from metrics.registry import select
    from reports.gates import check_names

    loaded = load(name_or_path, presets=presets)
    faults = []
    for index, metric in enumerate(loaded.scenario.metrics):
        try:
            select([] if metric == "*" else [metric])
        except ValueError as error:
            faults.append(loaded.fault(("metrics", index), str(error)))
    for gate, message in check_names(loaded.scenario.gates).items():
        faults.append(loaded.fault(("gates", gate), message))
    if faults:
        raise ScenarioError(faults)
    return loaded
