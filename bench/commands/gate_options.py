"""What ``run`` and ``report`` share: ``--gate``, ``--baseline`` and ``--summary``.

The pytest plugin's options of such names are read by the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from scenarios.cases import Case
    from scenarios.gates import Gate
    from scenarios.loader import LoadedScenario

F = TypeVar("F", bound=Callable[..., Any])
Gates = dict[str, list["Gate"]]


def gate_options(function: F) -> F:
    """Add the options."""
    function = click.option(
        "--summary",
        "job_summary",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Append a short Markdown report to FILE, such as $GITHUB_STEP_SUMMARY.",
    )(function)
    function = click.option(
        "--baseline",
        metavar="RUN|last-good",
        help="What gates compare with: a run folder, or the last good run of the scenario beside "
        "this one (the default).",
    )(function)
    return click.option(
        "--gate",
        "gates",
        multiple=True,
        metavar="GATE",
        callback=_gates,
        help="Fail cases that miss it: 'rep_4<=0.3', 'tokens_per_second>=20', 'tokens_per_second "
        "worse_by 5%'; 'where sampler=greedy' may follow. Repeatable; besides the scenario's.",
    )(function)


def _gates(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> Gates:
    if not texts:
        return {}
    from scenarios.gates import GateError

    try:
        return parse_gates(texts)
    except GateError as error:
        raise click.BadParameter(str(error)) from None


def parse_gates(texts: Iterable[str]) -> Gates:
    """Read gates, and see that what they name exists and can be compared.

    Raises:
        GateError: one is none; the text says what would be.
    """
    from reports.gate_rules import check_comparable, check_names
    from scenarios.gates import GateError, parse_gate

    found: Gates = {}
    for text in texts:
        name, gate = parse_gate(text)
        faults = check_names([name])
        if not faults and gate.against:
            faults = check_comparable([name])
        if faults:
            raise GateError(faults[name])
        found.setdefault(name, []).append(gate)
    return found


def with_gates(loaded: LoadedScenario, gates: Gates) -> LoadedScenario:
    """Return the scenario with these gates beside its own."""
    both = dict(loaded.scenario.gates)
    for name, more in gates.items():
        both[name] = (*both.get(name, ()), *more)
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"gates": both}))


def warn_of_gates(loaded: LoadedScenario, cases: Iterable[Case], baseline: str) -> None:
    """Say on standard error which gates can be compared in none of these cases.

    Args:
        loaded: the scenario, with the gates of the command line among its own.
        cases: those to be measured.
        baseline: what gates compare with, as ``check_baseline`` returns it.
    """
    from bench.gate_prospects import without_prospects
    from bench.judgement import LAST_GOOD
    from reports.run_folder import RunFolder

    named = None if baseline == LAST_GOOD else RunFolder.open(Path(baseline))
    for gate in without_prospects(loaded, cases, named):
        click.echo(f"warning: gate {gate}", err=True)


def as_data(gates: Mapping[str, Iterable[Gate]]) -> dict[str, list[dict[str, Any]]]:
    """Return gates as they stand in a manifest."""
    return {name: [one.model_dump(mode="json") for one in ones] for name, ones in gates.items()}


def check_where(gates: Gates, cases: Iterable[Mapping[str, Any]]) -> None:
    """See that each gate of the command line is for some case.

    Args:
        gates: of the command line.
        cases: axis -> label of each case.

    Raises:
        click.UsageError: one is for none.
    """
    from reports.gate_rules import rules_of

    there = list(cases)
    for rule in rules_of(as_data(gates)):
        if there and not any(rule.fits(case) for case in there):
            raise click.UsageError(f"--gate: no case fits 'where {rule.of}' of {rule.name}")


def check_baseline(baseline: str | None, gates: Mapping[str, Any]) -> str:
    """Return the baseline to use, and see that it is there and that some gate compares.

    Args:
        baseline: as given; None where not.
        gates: all gates, those of the scenario included.

    Raises:
        click.UsageError: no gate compares with it.
        RunFolderError: it is no run folder.
    """
    from bench.judgement import LAST_GOOD, compares
    from reports.run_folder import RunFolder

    if baseline is None:
        return LAST_GOOD
    if not compares(gates):
        raise click.UsageError(
            "--baseline: no gate compares with a baseline. Add one, such as "
            "--gate 'tokens_per_second worse_by 5%'."
        )
    if baseline != LAST_GOOD:
        RunFolder.open(Path(baseline))
    return baseline
