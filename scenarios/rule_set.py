"""The rules of a scenario at work, and which of them never fit anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scenarios.rules import AXES, Rule, matches
from scenarios.schema import Prompt, Scenario
from scenarios.values import did_you_mean, label_of, quoted

Faults = list[tuple[tuple[int | str, ...], str]]
Decision = tuple[tuple[tuple[int, Prompt], ...], list[tuple[str, str]]]
"""The prompts of a case that stay, with their index, and (label, rule) of those that go."""


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
        self._labels = {
            "preset": [label_of(preset) for preset in scenario.presets],
            "state": [label_of(state) for state in scenario.states],
            "sampler": [label_of(sampler) for sampler in scenario.samplers],
            "hardware": [label_of(hardware) for hardware in scenario.hardware],
            "batch_size": [str(size) for size in scenario.generate.batch_sizes],
            "prompt": [label_of(prompt) for prompt in scenario.prompts],
        }
        self._indexes = {str(index) for index, _ in self._prompts}
        # A set of rules is a number: bit i stands for the i-th of include and then exclude. So what
        # fits a case is five look-ups, however many rules there are.
        rules = (*self._include, *self._exclude)
        self._fitting = {
            axis: {label: _bits(_fits(rule, axis, label) for rule in rules) for label in labels}
            for axis, labels in self._labels.items()
            if axis in AXES
        }
        self._fitting_prompts = [
            _bits(rule.fits_prompt(index, prompt.label) for rule in rules)
            for index, prompt in self._prompts
        ]
        self._includes = (1 << len(self._include)) - 1
        self._used = 0
        self._decided: dict[int, Decision] = {}

    def prompts_of(self, labels: Mapping[str, str]) -> Decision:
        """Return the prompts that stay for a case, and (prompt, rule) for those that go.

        Args:
            labels: axis -> label of the case.
        """
        fitting = -1
        for axis, label in labels.items():
            fitting &= self._fitting[axis][label]
        decision = self._decided.get(fitting)
        if decision is None:
            decision = self._decided[fitting] = self._decide(fitting)
        return decision

    def _decide(self, fitting: int) -> Decision:
        kept: list[tuple[int, Prompt]] = []
        lost: list[tuple[str, str]] = []
        for (index, prompt), fitting_prompt in zip(
            self._prompts, self._fitting_prompts, strict=True
        ):
            both = fitting & fitting_prompt
            self._used |= both
            if unwanted := both >> len(self._include):
                first = (unwanted & -unwanted).bit_length() - 1
                lost.append((prompt.label, f"exclude: {self._exclude[first]}"))
            elif self._include and not both & self._includes:
                lost.append((prompt.label, "no include rule fits"))
            else:
                kept.append((index, prompt))
        return tuple(kept), lost

    def faults(self) -> Faults:
        """Return what fits nothing, most likely misspelt, once every case has been judged."""
        faults: Faults = []
        for key, rules, first in (
            ("include", self._include, 0),
            ("exclude", self._exclude, len(self._include)),
        ):
            for i, rule in enumerate(rules):
                misspelt = [((key, i, *place), message) for place, message in self._misspelt(rule)]
                faults += misspelt
                if not misspelt and not self._used >> first + i & 1:
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


def _bits(flags: Iterable[bool]) -> int:
    return sum(flag << place for place, flag in enumerate(flags))


def _fits(rule: Rule, axis: str, label: str) -> bool:
    globs = getattr(rule, axis)
    return globs is None or matches(globs, label)
