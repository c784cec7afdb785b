"""``versebench list``: the shipped scenarios."""

from __future__ import annotations

import json

import click


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> None:
    """Show the scenarios that come with versebench."""
    from scenarios import loader, shipped
    from scenarios.cases import expand

    rows = []
    for name in shipped.names():
        scenario = loader.load(name).scenario
        cases = expand(scenario).cases
        rows.append(
            {"name": name, "cases": len(cases), "description": scenario.description.strip()}
        )
    if as_json:
        click.echo(json.dumps({"schema_version": 1, "scenarios": rows}, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("scenario", style="bold", no_wrap=True)
    table.add_column("cases", justify="right")
    table.add_column("what it measures")
    for row in rows:
        table.add_row(str(row["name"]), str(row["cases"]), str(row["description"]))
    console = Console()
    console.print(table)
    console.print("\nrun one with: versebench run NAME", highlight=False)
