"""From a scenario to its cases: one per combination of the axes, each with an id and a hash."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from scenarios.case_hash import CaseHash
from scenarios.data_sets import DataSet
from scenarios.faults import Fault, Origin, ScenarioError
from scenarios.rule_set import Faults, RuleSet
from scenarios.rules import AXES, matches
from scenarios.schema import (
    Generate,
    Hardware,
    Measure,
    Preset,
    Prompt,
    Sampler,
    Scenario,
    State,
)
from scenarios.values import did_you_mean, label_of, quoted

MAX_CASES = 10_000
"""Cases of a scenario: as many as the reports are made for, and days of measuring."""
MAX_COMBINATIONS = 250_000
"""Combinations that include and exclude choose from, in seconds."""
_TOO_MANY = (
    f"has more than {MAX_CASES:,} cases, the most that a run and its reports hold; drop some with "
    "include and exclude, or write several scenarios"
)

Entry = TypeVar("Entry")
Axes = tuple[Preset, State, Sampler, Hardware, int]


@dataclass(frozen=True)
class Case:
    """One combination of the axes, with the prompts that it goes on from.

    Attributes:
        id: readable, unique in its scenario: ``preset/state/sampler/hardware``, and ``/bN`` where
            the batch size N is not 1.
        hash: hexadecimal digest of all that determines what is measured; the same for the same
            work, whatever else the scenario holds.
        prompts: (index in the scenario, prompt), in order.
    """

    id: str
    hash: str
    preset: Preset
    state: State
    sampler: Sampler
    hardware: Hardware
    batch_size: int
    prompts: tuple[tuple[int, Prompt], ...]
    generate: Generate
    measure: Measure
    seed: int

    @property
    def source(self) -> str:
        """What is loaded, or trained on: the tuned preset of the state, or the preset itself."""
        return self.state.preset or self.preset.source

    @property
    def group(self) -> str:
        """``preset/state/hardware``: the cases that can share a worker process."""
        return f"{self.preset.name}/{self.state.name}/{self.hardware.name}"

    @property
    def labels(self) -> dict[str, str]:
        """The word for this case on every axis."""
        return {
            "preset": self.preset.name,
            "state": self.state.name,
            "sampler": self.sampler.name,
            "hardware": self.hardware.name,
            "batch_size": str(self.batch_size),
        }


class Dropped(NamedTuple):
    """A case, or a prompt of one, that a rule took out."""

    what: str
    rule: str


@dataclass(frozen=True)
class Expansion:
    """The cases of a scenario, and what its rules dropped."""

    cases: tuple[Case, ...]
    dropped: tuple[Dropped, ...]


def expand(
    scenario: Scenario,
    *,
    fingerprint: Callable[[str], str] | None = None,
    data_fingerprint: Callable[[DataSet], str] | None = None,
    code_fingerprint: Callable[[str], str | None] | None = None,
) -> Expansion:
    """Return the cases of a scenario in the order of its axes.

    Args:
        scenario: a valid scenario.
        fingerprint: gives the digest of a preset's content for its source; goes into the hashes.
        data_fingerprint: the same of the data sets that states are trained on.
        code_fingerprint: the same of the code of custom samplers, None where it is not known.

    Raises:
        ScenarioError: a rule matches nothing, two cases are the same, or no case is left, or more
            than a run holds.
    """
    expansion, faults = expand_with_faults(
        scenario,
        fingerprint=fingerprint,
        data_fingerprint=data_fingerprint,
        code_fingerprint=code_fingerprint,
    )
    if faults:
        raise ScenarioError([Origin().fault(place, message) for place, message in faults])
    return expansion


def expand_with_faults(
    scenario: Scenario,
    *,
    fingerprint: Callable[[str], str] | None = None,
    data_fingerprint: Callable[[DataSet], str] | None = None,
    code_fingerprint: Callable[[str], str | None] | None = None,
) -> tuple[Expansion, Faults]:
    """Like :func:`expand`, with the faults and their places returned instead of raised."""
    if fault := _too_large(scenario):
        return Expansion((), ()), [fault]
    cases: list[Case] = []
    dropped: list[Dropped] = []
    rules = RuleSet(scenario)
    case_hash = CaseHash(scenario, fingerprint, data_fingerprint, code_fingerprint)
    for labels, axes in _combinations(scenario):
        id_ = _case_id(labels)
        prompts, lost = rules.prompts_of(labels)
        if not prompts:
            reasons = list(dict.fromkeys(rule for _, rule in lost))
            more = "no prompt is left: " if len(reasons) > 1 else ""
            dropped.append(Dropped(id_, more + "; ".join(reasons)))
            continue
        dropped += [Dropped(f"{id_}: prompt {quoted(label)}", rule) for label, rule in lost]
        if len(cases) == MAX_CASES:
            return Expansion((), ()), [((), _TOO_MANY)]
        cases.append(
            Case(
                id_,
                case_hash.of(*axes, prompts),
                *axes,
                prompts,
                scenario.generate,
                scenario.measure,
                scenario.seed,
            )
        )
    faults = rules.faults()
    if not cases and not faults:
        faults.append(((), "include and exclude leave no case"))
    faults += _same_model_twice(scenario, cases)
    return Expansion(tuple(cases), tuple(dropped)), faults


def _too_large(scenario: Scenario) -> tuple[tuple[int | str, ...], str] | None:
    """Say why the axes are not crossed at all; None where they can be."""
    sizes = {
        "presets": len(scenario.presets),
        "states": len(scenario.states),
        "samplers": len(scenario.samplers),
        "hardware": len(scenario.hardware),
        "batch_sizes": len(scenario.generate.batch_sizes),
    }
    count = math.prod(sizes.values())
    if count <= MAX_COMBINATIONS:
        return None
    axes = " x ".join(f"{size:,} {name}" for name, size in sizes.items() if size > 1)
    return (), (
        f"{axes} make {count:,} combinations, and {MAX_COMBINATIONS:,} are the most that rules "
        "choose from; write several scenarios"
    )


def _combinations(scenario: Scenario) -> Iterator[tuple[dict[str, str], Axes]]:
    """Yield each combination of the axes, in their order, with its label on each."""
    # Samplers and batch sizes change fastest: cases that can share a worker stand together.
    for preset, state, hardware, sampler, batch_size in itertools.product(
        _labelled(scenario.presets),
        _labelled(scenario.states),
        _labelled(scenario.hardware),
        _labelled(scenario.samplers),
        _labelled(scenario.generate.batch_sizes),
    ):
        labels = {
            "preset": preset[0],
            "state": state[0],
            "sampler": sampler[0],
            "hardware": hardware[0],
            "batch_size": batch_size[0],
        }
        yield labels, (preset[1], state[1], sampler[1], hardware[1], batch_size[1])


def _labelled(axis: Iterable[Entry]) -> list[tuple[str, Entry]]:
    return [(label_of(entry), entry) for entry in axis]


def _case_id(labels: Mapping[str, str]) -> str:
    preset, state, sampler, hardware, batch_size = labels.values()
    names = f"{preset}/{state}/{sampler}/{hardware}"
    return names if batch_size == "1" else f"{names}/b{batch_size}"


def _same_model_twice(scenario: Scenario, cases: Iterable[Case]) -> Faults:
    """Find a tuned state that is crossed with several presets, though it replaces each of them."""
    first: dict[tuple[str | int, ...], Case] = {}
    faults: dict[str, str] = {}
    for case in cases:
        if case.state.preset is None:
            continue
        own = [label for axis, label in case.labels.items() if axis != "preset"]
        other = first.setdefault((*own, *(index for index, _ in case.prompts)), case)
        if other is not case:
            faults.setdefault(
                case.state.name,
                f"the state {case.state.name!r} is one model, whatever the preset, so "
                f"{other.id} and {case.id} are the same; exclude one",
            )
    places = {state.name: ("states", index) for index, state in enumerate(scenario.states)}
    return [(places[name], message) for name, message in faults.items()]


def only(cases: Sequence[Case], expressions: Iterable[str]) -> list[Case]:
    """Keep the cases that fit every expression, such as ``sampler=greedy,top_k*``.

    Raises:
        ScenarioError: an expression is malformed, names no axis, or fits none of the cases.
    """
    kept = list(cases)
    faults: list[Fault] = []
    for expression in expressions:
        axis, equals, words = expression.partition("=")
        globs = tuple(word.strip() for word in words.split(",") if word.strip())
        axis = axis.strip()
        if not equals or not globs:
            message = "must look like axis=glob,glob, for example sampler=greedy,top_k*"
            faults.append(Fault("--only", None, None, expression, message))
        elif axis not in AXES:
            message = f"unknown axis {quoted(axis)}{did_you_mean(axis, AXES)}"
            faults.append(Fault("--only", None, None, expression, message))
        else:
            for glob in globs:
                if not any(matches((glob,), case.labels[axis]) for case in cases):
                    labels = [case.labels[axis] for case in cases]
                    message = f"{quoted(glob)} fits no {axis}{did_you_mean(glob, labels)}"
                    faults.append(Fault("--only", None, None, expression, message))
            kept = [case for case in kept if matches(globs, case.labels[axis])]
    if not faults and not kept:
        faults.append(Fault("--only", None, None, "", "the expressions together fit no case"))
    if faults:
        raise ScenarioError(faults)
    return kept
