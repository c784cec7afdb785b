"""The rules of a scenario at work, and which of them never fit anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenarios.rules import Rule, matches
from scenarios.schema import Prompt, Scenario
from scenarios.values import did_you_mean, label_of, quoted

Faults = list[tuple[tuple[int | str, ...], str]]


class RuleSet:
    """Decides which prompts of which cases stay.

    A pair of case and prompt stays where some ``include`` rule fits it (or there is none) and no
    ``exclude`` rule does.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._prompts = tuple(enumerate(scenario.prompts))
        self._include = scenario.include
        self._exclude = scenario.exclude
        self._gates = scenario.gates
        self._used: set[tuple[str, int]] = set()
        self._labels = {
            "preset": [label_of(preset) for preset in scenario.presets],
            "state": [label_of(state) for state in scenario.states],
            "sampler": [label_of(sampler) for sampler in scenario.samplers],
            "hardware": [label_of(hardware) for hardware in scenario.hardware],
            "batch_size": [str(size) for size in scenario.generate.batch_sizes],
            "prompt": [label_of(prompt) for prompt in scenario.prompts],
        }
        self._indexes = {str(index) for index, _ in self._prompts}

    def prompts_of(
        self, labels: Mapping[str, str]
    ) -> tuple[tuple[tuple[int, Prompt], ...], list[tuple[str, str]]]:
        """Return the prompts that stay for a case, and (prompt, rule) for those that go.

        Args:
            labels: axis -> label of the case.
        """
        include = [i for i, rule in enumerate(self._include) if rule.fits_case(labels)]
        exclude = [i for i, rule in enumerate(self._exclude) if rule.fits_case(labels)]
        kept: list[tuple[int, Prompt]] = []
        lost: list[tuple[str, str]] = []
        for index, prompt in self._prompts:
            wanted = [i for i in include if self._include[i].fits_prompt(index, prompt.label)]
            unwanted = [i for i in exclude if self._exclude[i].fits_prompt(index, prompt.label)]
            self._used.update(("include", i) for i in wanted)
            self._used.update(("exclude", i) for i in unwanted)
            if unwanted:
                lost.append((prompt.label, f"exclude: {self._exclude[unwanted[0]]}"))
            elif self._include and not wanted:
                lost.append((prompt.label, "no include rule fits"))
            else:
                kept.append((index, prompt))
        return tuple(kept), lost

    def faults(self) -> Faults:
        """Return what fits nothing, most likely misspelt, once every case has been judged."""
        faults: Faults = []
        for key, rules in (("include", self._include), ("exclude", self._exclude)):
            for i, rule in enumerate(rules):
                misspelt = [((key, i, *place), message) for place, message in self._misspelt(rule)]
                faults += misspelt
                if not misspelt and (key, i) not in self._used:
                    faults.append(((key, i), f"fits no case and no prompt: {rule}"))
        for name, gates in self._gates.items():
            for i, gate in enumerate(gates):
                if gate.where is not None:
                    wrong = self._misspelt(gate.where)
                    faults += [
                        (("gates", name, i, "where", *place), message) for place, message in wrong
                    ]
        return faults

    def _misspelt(self, rule: Rule) -> Iterator[tuple[tuple[str, int], str]]:
        for axis, labels in self._labels.items():
            for position, glob in enumerate(getattr(rule, axis) or ()):
                is_index = axis == "prompt" and glob in self._indexes
                if not is_index and not any(matches((glob,), label) for label in labels):
                    message = f"{quoted(glob)} fits no {axis}{did_you_mean(glob, labels)}"
                    yield (axis, position), message
