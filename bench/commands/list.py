"""``versebench list``: what there is to name: scenarios, metrics, verse forms."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command("list")
@click.argument("what", type=click.Choice(["scenarios", "metrics", "forms"]), default="scenarios")
@click.argument("names", nargs=-1, metavar="[METRIC]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(what: str, names: tuple[str, ...], as_json: bool) -> None:
    """Show what comes with versebench: its scenarios, the text metrics, or the verse forms.

    METRIC takes some of the metrics only, by name, group or glob: list metrics chinese
    """
    from rich.console import Console

    from bench.printing import reader_may_leave

    if names and what != "metrics":
        raise click.UsageError(f"only metrics can be chosen by name; leave out {names[0]!r}")
    console = Console()
    with reader_may_leave():
        if what == "metrics":
            _metrics(names, as_json, console)
        elif what == "forms":
            _forms(as_json, console)
        else:
            _scenarios(as_json, console)


def _metrics(names: tuple[str, ...], as_json: bool, console: Any) -> None:
    from bench.metric_list import as_data, print_metrics
    from metrics import select

    try:
        chosen = select(names or ["*"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        _print_json(as_data(chosen))
    else:
        print_metrics(chosen, console)


def _forms(as_json: bool, console: Any) -> None:
    from dataclasses import asdict

    from bench.form_list import named_forms, print_forms

    if as_json:
        _print_json({"schema_version": 1, "forms": [asdict(form) for form in named_forms()]})
    else:
        print_forms(console)


def _scenarios(as_json: bool, console: Any) -> None:
    from rich.table import Table

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
        _print_json({"schema_version": 1, "scenarios": rows})
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("scenario", style="bold", no_wrap=True)
    table.add_column("cases", justify="right")
    table.add_column("what it measures")
    for row in rows:
        table.add_row(str(row["name"]), str(row["cases"]), str(row["description"]))
    console.print(table)
    console.print("\nrun one with: versebench run NAME", highlight=False)


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
