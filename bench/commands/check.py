"""``versebench check``: every fault of scenario files, or the JSON Schema for editors."""

from __future__ import annotations

import json

import click

from bench import exit_codes


@click.command("check")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option("--schema", is_flag=True, help="Print the JSON Schema, for editors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(scenarios: tuple[str, ...], schema: bool, as_json: bool) -> int:
    """Check scenario files: every fault at once, with file:line:column."""
    from bench.scenario_names import load_checked
    from scenarios.faults import ScenarioError
    from scenarios.shipped import json_schema

    if schema:
        click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return exit_codes.FINE
    if not scenarios:
        raise click.UsageError("name at least one scenario file, or --schema")
    faults = []
    for name in scenarios:
        try:
            load_checked(name)
        except ScenarioError as error:
            faults += error.faults
            if not as_json:
                click.echo(str(error), err=True)
        else:
            if not as_json:
                click.echo(f"{name}: fine")
    if as_json:
        rows = [
            {
                "path": f.path,
                "line": f.line,
                "column": f.column,
                "location": f.location,
                "message": f.message,
            }
            for f in faults
        ]
        click.echo(json.dumps({"schema_version": 1, "faults": rows}, indent=2))
    return exit_codes.USAGE if faults else exit_codes.FINE
