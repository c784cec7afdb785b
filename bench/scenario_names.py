"""A scenario with the names checked that only others know: metrics, gates, verse forms."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.faults import ScenarioError
from scenarios.loader import LoadedScenario, load


def load_checked(
    name_or_path: str,
    presets: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
) -> LoadedScenario:
    """Load a scenario and see that every metric, gate and verse form it names exists.

    Raises:
        ScenarioError: all faults of the file; names are checked once the file itself is sound.
    """
    return checked(load(name_or_path, presets=presets, data=data))


def checked(loaded: LoadedScenario) -> LoadedScenario:
    """See that every metric, gate and verse form that a scenario names exists, and return it.

    Raises:
        ScenarioError: all the names that do not.
    """
    from bench.judging import forms
    from metrics.registry import select
    from reports.gate_rules import check_comparable, check_names

    faults = []
    for index, metric in enumerate(loaded.scenario.metrics):
        try:
            select([] if metric == "*" else [metric])
        except ValueError as error:
            faults.append(loaded.fault(("metrics", index), str(error)))
    for index, prompt in enumerate(loaded.scenario.prompts):
        if prompt.form is not None and prompt.form not in forms():
            message = f"no verse form called {prompt.form!r}; there are {', '.join(forms())}"
            faults.append(loaded.fault(("prompts", index, "form"), message))
    unknown = check_names(loaded.scenario.gates)
    for gate, message in unknown.items():
        faults.append(loaded.fault(("gates", gate), message))
    for name, gates in loaded.scenario.gates.items():
        places = [index for index, gate in enumerate(gates) if gate.against]
        asked = [name] if places and name not in unknown else []
        for message in check_comparable(asked).values():
            faults.append(loaded.fault(("gates", name, places[0], "against"), message))
    if faults:
        raise ScenarioError(faults)
    return loaded
