"""From a scenario to its cases: one per combination of the axes, each with an id and a hash."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

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
from scenarios.values import did_you_mean, quoted

HASH_VERSION = 1  # counted up when the same scenario comes to mean another measurement


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
) -> Expansion:
    """Return the cases of a scenario in the order of its axes.

    Args:
        scenario: a valid scenario.
        fingerprint: gives the digest of a preset's content for its source; goes into the hashes.
        data_fingerprint: the same of the data sets that states are trained on.

    Raises:
        ScenarioError: a rule matches nothing, no case is left, or two cases are the same.
    """
    expansion, faults = expand_with_faults(
        scenario, fingerprint=fingerprint, data_fingerprint=data_fingerprint
    )
    if faults:
        raise ScenarioError([Origin().fault(place, message) for place, message in faults])
    return expansion


def expand_with_faults(
    scenario: Scenario,
    *,
    fingerprint: Callable[[str], str] | None = None,
    data_fingerprint: Callable[[DataSet], str] | None = None,
) -> tuple[Expansion, Faults]:
    """Like :func:`expand`, with the faults and their places returned instead of raised."""
    cases: list[Case] = []
    dropped: list[Dropped] = []
    rules = RuleSet(scenario)
    model_digest = cache(fingerprint or str)
    data_digest = cache(data_fingerprint or (lambda data: data.label))
    axes = itertools.product(
        scenario.presets,
        scenario.states,
        scenario.hardware,
        scenario.samplers,
        scenario.generate.batch_sizes,
    )
    for preset, state, hardware, sampler, batch_size in axes:
        case = Case(
            id=_case_id(preset, state, sampler, hardware, batch_size),
            hash="",
            preset=preset,
            state=state,
            sampler=sampler,
            hardware=hardware,
            batch_size=batch_size,
            prompts=tuple(enumerate(scenario.prompts)),
            generate=scenario.generate,
            measure=scenario.measure,
            seed=scenario.seed,
        )
        prompts, lost = rules.prompts_of(case.labels)
        if prompts:
            cases.append(_hashed(case, prompts, model_digest, data_digest))
            dropped += [Dropped(f"{case.id}: prompt {quoted(label)}", rule) for label, rule in lost]
        else:
            reasons = list(dict.fromkeys(rule for _, rule in lost))
            more = "no prompt is left: " if len(reasons) > 1 else ""
            dropped.append(Dropped(case.id, more + "; ".join(reasons)))
    faults = rules.faults()
    if not cases and not faults:
        faults.append(((), "include and exclude leave no case"))
    faults += _same_model_twice(scenario, cases)
    return Expansion(tuple(cases), tuple(dropped)), faults


def _case_id(
    preset: Preset, state: State, sampler: Sampler, hardware: Hardware, batch_size: int
) -> str:
    names = [preset.name, state.name, sampler.name, hardware.name]
    return "/".join([*names, f"b{batch_size}"] if batch_size != 1 else names)


def _hashed(
    case: Case,
    prompts: tuple[tuple[int, Prompt], ...],
    fingerprint: Callable[[str], str],
    data_fingerprint: Callable[[DataSet], str],
) -> Case:
    content: dict[str, Any] = {
        "version": HASH_VERSION,
        "model": fingerprint(case.source),
        "sampler": {k: v for k, v in case.sampler.model_dump().items() if k != "name"},
        "hardware": case.hardware.model_dump(),
        "batch_size": case.batch_size,
        "prompts": [[index, prompt.text] for index, prompt in prompts],
        "generate": case.generate.model_dump(exclude={"batch_sizes"}),
        "measure": case.measure.model_dump(exclude={"launches", "timeout"}),
        "seed": case.seed,
    }
    data, train = case.state.data, case.state.train
    if data is not None and train is not None:
        content["trained"] = [data_fingerprint(data), data.choices, train.model_dump()]
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return replace(case, prompts=prompts, hash=digest)


def _same_model_twice(scenario: Scenario, cases: Iterable[Case]) -> Faults:
    """Find a tuned state that is crossed with several presets, though it replaces each of them."""
    first: dict[tuple[object, ...], Case] = {}
    faults: dict[str, str] = {}
    for case in cases:
        if case.state.preset is None:
            continue
        own = [case.labels[axis] for axis in AXES if axis != "preset"]
        other = first.setdefault((*own, case.prompts), case)
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
