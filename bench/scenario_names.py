"""A scenario with the names checked that only others know: metrics, gates, forms, data columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.faults import Fault, Origin, ScenarioError, by_position
from scenarios.loader import LoadedScenario, load


def load_checked(
    name_or_path: str,
    presets: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
) -> LoadedScenario:
    """Load a scenario and see that every metric, gate and verse form it names exists.

    Raises:
        ScenarioError: all faults of the file; in a file that is unsound, names are checked where
            they can be made out.
    """
    try:
        loaded = load(name_or_path, presets=presets, data=data)
    except ScenarioError as error:
        if error.content is None:
            raise
        unknown = _unknown_names(error.content, error.origin)
        raise ScenarioError(sorted([*error.faults, *unknown], key=by_position)) from None
    return checked(loaded)


def checked(loaded: LoadedScenario) -> LoadedScenario:
    """See that every metric, gate, verse form and column that a scenario names exists; return it.

    Raises:
        ScenarioError: all the names that do not.
    """
    from reports.gate_rules import check_comparable, check_names

    content = loaded.scenario.model_dump(mode="json", include={"metrics", "prompts", "gates"})
    faults = list(_unknown_names(content, loaded.origin))
    unknown = check_names(loaded.scenario.gates)
    for name, gates in loaded.scenario.gates.items():
        places = [index for index, gate in enumerate(gates) if gate.against]
        asked = [name] if places and name not in unknown else []
        for message in check_comparable(asked).values():
            faults.append(loaded.fault(("gates", name, places[0], "against"), message))
    faults += _data_faults(loaded)
    if faults:
        raise ScenarioError(sorted(faults, key=by_position))
    return loaded


def _data_faults(loaded: LoadedScenario) -> Iterator[Fault]:
    """Yield what is wrong with the local data that states are trained on, at first sight."""
    named = [(at, state.data) for at, state in enumerate(loaded.scenario.states) if state.data]
    if not named:
        return
    from bench.states.data import DataError, look
    from reports.visible import one_line

    for index, data in named:
        try:
            look(data)
        except DataError as error:
            place = ("states", index, "data", error.key or data.key)
            yield loaded.fault(place, one_line(error))  # a file's name may hold anything


def _unknown_names(content: Mapping[str, Any], origin: Origin) -> Iterator[Fault]:
    """Yield a fault for each unknown name; ``content`` may be of any shape."""
    from bench.judging import forms
    from metrics.registry import select
    from reports.gate_rules import check_names

    metrics, prompts, gates = (content.get(key) for key in ("metrics", "prompts", "gates"))
    for index, metric in enumerate(metrics if isinstance(metrics, list) else [metrics]):
        try:
            select([] if metric == "*" or not isinstance(metric, str) else [metric])
        except ValueError as error:
            yield origin.fault(("metrics", index), str(error))
    for index, prompt in enumerate(prompts if isinstance(prompts, list) else [prompts]):
        form = prompt.get("form") if isinstance(prompt, dict) else None
        if isinstance(form, str) and form not in forms():
            message = f"no verse form called {form!r}; there are {', '.join(forms())}"
            yield origin.fault(("prompts", index, "form"), message)
    names = [name for name in gates if isinstance(name, str)] if isinstance(gates, dict) else []
    for gate, message in check_names(names).items():
        yield origin.fault(("gates", gate), message)
