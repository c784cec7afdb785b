"""What the measuring process does when asked: name a scenario's cases, and measure them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import manifest
from bench.commands.gate_options import as_data, parse_gates, with_gates
from bench.commands.selection import Selection, choose
from bench.gate_prospects import without_prospects
from bench.judgement import LAST_GOOD, compares
from bench.pytest_plugin.answers import answer
from bench.runner import Run
from bench.scenario_names import checked, load_checked
from bench.states.making import StateMaker
from bench.states.store import Store
from bench.worker import Channel
from reports.gate_rules import GateRule, rules_of
from reports.records import CaseDone
from reports.run_folder import RunFolder
from reports.training import Training
from scenarios.cases import Case, expand
from scenarios.faults import Fault, ScenarioError
from scenarios.loader import LoadedScenario, parse

_NO_FILE = "versebench.run"


class Telling:
    """Hands on what happens; implements ``runner.Watcher`` and ``making.TrainingWatcher``."""

    def __init__(self, channel: Channel, plan_size: int) -> None:
        self._channel = channel
        self._left = plan_size

    def _say(self, about: str | None, phase: str) -> None:
        self._channel.send("step", about=about or "", phase=phase, left=self._left)

    def launch(self, group: str, launch: int, cases: int) -> None:
        """Hear that a worker process is about to be started."""
        self._say(group, f"launch {launch + 1}" if launch else "starting")

    def step(self, case: str | None, phase: str) -> None:
        """Hear what the worker is about to do."""
        self._say(case, phase)

    def done(self, record: CaseDone) -> None:
        """Hear that a case is finished in a launch."""
        self._left -= 1

    def training(self, name: str, phase: str) -> None:
        """Hear what is about to be done for a state."""
        self._say(name, phase)

    def training_step(self, name: str, progress: Mapping[str, Any]) -> None:
        """Hear how far training is."""
        self._say(name, f"training {progress['step']}/{progress['steps']}")

    def trained(self, training: Training) -> None:
        """Hear that a state is trained."""


def gates(_: Channel, gates: Sequence[str], baseline: str | None) -> dict[str, Any]:
    """See that these are gates, and that the baseline is a run.

    Raises:
        GateError, RunFolderError: they are not.
    """
    parse_gates(gates)
    if baseline is not None:
        RunFolder.open(Path(baseline))
    return {}


def cases(
    _: Channel,
    path: str,
    presets: dict[str, str],
    gates: Sequence[str] = (),
    baseline: str | None = None,
) -> dict[str, Any]:
    """Return the name of a scenario and its cases; nothing is fetched, hashed or planned.

    Args:
        path: the scenario's.
        presets: name -> source.
        gates: more of them; those that no case of this scenario fits are not for it.
        baseline: the run that gates compare with; None for the last good one.

    Returns:
        ``name``; ``cases``: ``id``, ``axes``, and which of ``gates`` are for it; ``compares``:
        whether any gate does; ``warnings``: of gates without prospects.

    Raises:
        ScenarioError: everything that is wrong with the file.
    """
    loaded = load_checked(path, presets)
    found = expand(loaded.scenario).cases
    rules = _rules(gates)
    fitting = {case.id: _fitting(rules, [case]) for case in found}
    loaded = with_gates(loaded, parse_gates(_fitting(rules, found)))
    against = None if baseline is None else RunFolder.open(Path(baseline))
    return {
        "name": loaded.scenario.name,
        "cases": [{"id": c.id, "axes": c.labels, "gates": fitting[c.id]} for c in found],
        "compares": compares(as_data(loaded.scenario.gates)),
        "warnings": [f"gate {it}" for it in without_prospects(loaded, found, against)],
    }


def _rules(gates: Sequence[str]) -> dict[str, list[GateRule]]:
    return {text: rules_of(as_data(parse_gates([text]))) for text in gates}


def _fitting(rules: Mapping[str, Sequence[GateRule]], cases: Iterable[Case]) -> list[str]:
    """Return the gates that are for one of these cases."""
    axes = [case.labels for case in cases]
    return [t for t, ones in rules.items() if any(rule.fits(row) for rule in ones for row in axes)]


def measure(
    channel: Channel,
    path: str,
    cases: Sequence[str],
    presets: dict[str, str],
    gates: Sequence[str] = (),
    baseline: str | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Measure those cases of a scenario file into a new run folder.

    Args:
        channel: to tell how far it is.
        path: the scenario's.
        cases: their ids.
        presets, gates, baseline: see ``cases``.
        how: see ``_measure``.
    """
    chosen = set(cases)

    def keep(all_of_them: Sequence[Case]) -> list[Case]:
        return [case for case in all_of_them if case.id in chosen]

    loaded = load_checked(path, presets)
    selection = choose(loaded, keep, fetch=True)
    gone = chosen - {case.id for case in selection.cases}
    if gone:
        message = f"was changed since its cases were collected: {sorted(gone)[0]} is gone"
        raise ScenarioError([Fault(path, None, None, "", message)])
    more = parse_gates(_fitting(_rules(gates), selection.cases))
    selection = replace(selection, loaded=with_gates(loaded, more))
    return _measure(channel, selection, presets, baseline=baseline or LAST_GOOD, **how)


def run(
    channel: Channel, scenario: dict[str, Any], folder: str, presets: dict[str, str], **how: Any
) -> dict[str, Any]:
    """Measure a scenario given as data; local folders in it are seen from ``folder``.

    Raises:
        ScenarioError: all its faults, by their place in the data; there are no lines.
    """
    text = json.dumps(scenario, ensure_ascii=False, indent=1)
    try:
        loaded = _without_file(text, Path(folder), presets)
    except ScenarioError as error:
        raise ScenarioError(
            [Fault(_NO_FILE, None, None, fault.location, fault.message) for fault in error.faults]
        ) from None
    return _measure(channel, choose(loaded, list, fetch=True), presets, texts=True, **how)


def _without_file(text: str, folder: Path, presets: dict[str, str]) -> LoadedScenario:
    return checked(parse(text, folder / _NO_FILE, presets=presets))


def _measure(
    channel: Channel,
    selection: Selection,
    presets: dict[str, str],
    *,
    out: str,
    history: str,
    page: bool,
    width: int,
    colour: bool,
    texts: bool = False,
    baseline: str = LAST_GOOD,
) -> dict[str, Any]:
    """Measure into a new folder in ``out``; Ctrl-C ends it with what is finished."""
    every_one = len(selection.cases) == len(selection.every_case)
    content = manifest.build(
        selection.loaded,
        selection.cases,
        selection.plan.skipped,
        only=[] if every_one else [f"case={case.id}" for case in selection.cases],
        overrides={"presets": presets},
    )
    plan, interrupted = selection.plan, False
    with RunFolder.create(Path(out), selection.loaded.scenario.name, content) as folder:
        watcher = Telling(channel, len(plan.cases) * plan.launches)
        states = StateMaker(Store(), folder, watcher)
        try:
            Run(plan, folder, watcher, make_state=states.make).execute()
        except KeyboardInterrupt:
            interrupted = True
        return answer(
            folder,
            interrupted=interrupted,
            history=Path(history),
            page=page,
            width=width,
            colour=colour,
            texts=texts,
            baseline=baseline,
        )
