"""``versebench check``: every fault of scenario files, vain gates, or the JSON Schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bench import exit_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.faults import Fault
    from scenarios.loader import LoadedScenario


@click.command("check")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option("--schema", is_flag=True, help="Print the JSON Schema, for editors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(scenarios: tuple[str, ...], schema: bool, as_json: bool) -> int:
    """Check scenario files: every fault at once, with file:line:column.

    Gates that no case can ever have a value for are warned of; that changes no exit code.
    """
    from bench.scenario_names import load_checked
    from scenarios.faults import ScenarioError
    from scenarios.shipped import json_schema

    if schema:
        click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return exit_codes.FINE
    if not scenarios:
        raise click.UsageError("name at least one scenario file, or --schema")
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for name in scenarios:
        try:
            told = _warnings(load_checked(name))
        except ScenarioError as error:
            faults += error.faults
            if not as_json:
                click.echo(str(error), err=True)
            continue
        warnings += told
        if not as_json:
            for warning in told:
                shown = replace(warning, message=f"warning: {warning.message}")
                click.echo(str(shown), err=True)
            many = f", {len(told)} warning{'' if len(told) == 1 else 's'}" if told else ""
            click.echo(f"{name}: fine{many}")
    if as_json:
        found = {"faults": _rows(faults), "warnings": _rows(warnings)}
        click.echo(json.dumps({"schema_version": 1, **found}, indent=2))
    return exit_codes.USAGE if faults else exit_codes.FINE


def _warnings(loaded: LoadedScenario) -> list[Fault]:
    """What is no fault and yet leads nowhere, with its place."""
    if not loaded.scenario.gates:  # crossing the axes of a large scenario takes a while
        return []
    from bench.gate_prospects import without_prospects
    from scenarios.cases import expand

    vain = without_prospects(loaded, expand(loaded.scenario).cases)
    return [loaded.fault(("gates", it.name, it.place), str(it)) for it in vain]


def _rows(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [
        {
            "path": f.path,
            "line": f.line,
            "column": f.column,
            "location": f.location,
            "message": f.message,
        }
        for f in faults
    ]
