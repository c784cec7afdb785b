"""What ``run`` and ``show`` have in common: which cases of a scenario, on which presets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bench.planning import Plan
    from scenarios.cases import Case, Dropped
    from scenarios.loader import LoadedScenario

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Selection:
    """A loaded scenario, the cases chosen among all of them, and their plan on this machine."""

    loaded: LoadedScenario
    cases: Sequence[Case]
    every_case: Sequence[Case]
    dropped: Sequence[Dropped]
    plan: Plan


def selection_options(function: F) -> F:
    """Add the scenario argument and the options that choose among its cases."""
    function = click.option(
        "--preset",
        "presets",
        multiple=True,
        metavar="NAME=SOURCE",
        callback=_pairs,
        help="Take a preset from elsewhere, e.g. gpt2_base_en=./folder. Repeatable.",
    )(function)
    function = click.option(
        "--data",
        "data",
        multiple=True,
        metavar="STATE=PATH",
        callback=_pairs,
        help="Where the texts lie that a state is trained on, e.g. tang=./chinese-poetry.",
    )(function)
    function = click.option(
        "--only",
        multiple=True,
        metavar="AXIS=GLOB[,GLOB]",
        help="Keep cases that fit, e.g. sampler=greedy,top_k*. Repeated: all must hold.",
    )(function)
    return click.argument("scenario")(function)


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, equals, source = value.partition("=")
        if not (name and equals and source):
            raise click.BadParameter(f"{value!r} must look like NAME=PLACE")
        pairs[name] = source
    return pairs


def select(
    scenario: str,
    only: tuple[str, ...],
    presets: dict[str, str],
    data: dict[str, str],
    *,
    fetch: bool = False,
) -> Selection:
    """Load, check, expand, filter and plan; with ``fetch``, get data sets that a library can get.

    Raises:
        ScenarioError: the scenario, or an ``--only`` expression, is wrong.
        PresetError: a local preset folder is broken.
    """
    from bench.scenario_names import load_checked
    from scenarios import cases as scenario_cases

    loaded = load_checked(scenario, presets, data)
    return choose(loaded, lambda cases: scenario_cases.only(cases, only), fetch=fetch)


def choose(
    loaded: LoadedScenario,
    keep: Callable[[Sequence[Case]], Sequence[Case]],
    *,
    fetch: bool = False,
) -> Selection:
    """Expand a loaded scenario, take the cases that ``keep`` returns, and plan them.

    Raises:
        ScenarioError: the scenario's rules leave nothing, or what ``keep`` raises.
        PresetError: a local preset folder is broken.
    """
    from bench.custom_code import code_fingerprint
    from bench.planning import plan
    from bench.preset_sources import fingerprint
    from bench.states.needed import content_of
    from scenarios import cases as scenario_cases

    expansion = scenario_cases.expand(
        loaded.scenario,
        fingerprint=fingerprint,
        data_fingerprint=content_of,
        code_fingerprint=code_fingerprint,
    )
    chosen = keep(expansion.cases)
    if fetch and _fetch(chosen):
        return choose(loaded, keep)
    planned = plan(chosen, hardware=loaded.scenario.hardware)
    return Selection(loaded, chosen, expansion.cases, expansion.dropped, planned)


def _fetch(cases: Sequence[Case]) -> bool:
    """Fetch what the cases' states are trained on and is not here; tell whether anything came.

    What cannot be fetched is told when planning: its cases are skipped, the others run.
    """
    from bench.states.data import DataError, prepare
    from bench.states.needed import ABSENT, content_of
    from scenarios.data_sets import Tfds

    fetched = False
    missing = {c.state.data: None for c in cases if isinstance(c.state.data, Tfds)}
    for data in missing:
        if content_of(data) == ABSENT:
            click.echo(f"fetching {data.label}", err=True)
            try:
                prepare(data)
            except DataError:
                continue
            fetched = content_of(data) != ABSENT
    return fetched
