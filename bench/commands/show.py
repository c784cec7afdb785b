"""``versebench show``: the cases a scenario expands to, and what will not run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.commands.selection import Selection, select, selection_options

MOST_CASES = 40  # listed; of more the first ones, and how many are left
_MOST_NAMED = 2  # cases that are skipped for one reason


@click.command("show")
@selection_options
@click.option("--all", "everything", is_flag=True, help="List every case, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    scenario: str,
    only: tuple[str, ...],
    presets: dict[str, str],
    data: dict[str, str],
    everything: bool,
    as_json: bool,
) -> None:
    """Show the cases that SCENARIO expands to, and why any is skipped."""
    selection = select(scenario, only, presets, data)
    if as_json:
        click.echo(json.dumps(as_data(selection), indent=2, ensure_ascii=False))
    else:
        print_cases(selection, everything=everything)


@dataclass(frozen=True)
class GoingOn:
    """The run that these cases would be added to.

    Attributes:
        run: its folder.
        measured: case id -> in how many launches it is measured already.
    """

    run: Path
    measured: Mapping[str, int]


def as_data(selection: Selection, going_on: GoingOn | None = None) -> dict[str, Any]:
    """Return the documented JSON object: cases with hash, labels, prompts and skip reason."""
    resumed = {"resumes": str(going_on.run), "measured": going_on.measured} if going_on else {}
    return {
        "schema_version": 1,
        "scenario": selection.loaded.scenario.name,
        **resumed,
        "cases": [
            {
                "id": case.id,
                "hash": case.hash,
                **case.labels,
                "batch_size": case.batch_size,
                "source": case.source,
                "prompts": [prompt.text for _, prompt in case.prompts],
                "skipped": selection.plan.skipped.get(case.id),
            }
            for case in selection.cases
        ],
        "trainings": [
            {"preset": task.preset, "state": task.state, "key": task.key}
            for task in selection.plan.trainings
        ],
        "dropped": [{"what": d.what, "rule": d.rule} for d in selection.dropped],
    }


def print_cases(
    selection: Selection, *, everything: bool = False, going_on: GoingOn | None = None
) -> None:
    """Print the cases as a table, then what is skipped and dropped.

    Args:
        selection: the cases.
        going_on: the run that is to be resumed; says what of each case is measured.
        everything: list every case; else many are cut, and cases skipped for one reason counted.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bench.states.store import Store
    from reports.visible import one_line

    console = Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("case", no_wrap=True, overflow="fold")
    table.add_column("hash", style="dim")
    table.add_column("prompts", justify="right", no_wrap=True)
    if going_on:
        table.add_column("done", justify="right", no_wrap=True)
    cases = selection.cases
    shown = cases if everything or len(cases) <= MOST_CASES else cases[:MOST_CASES]
    for case in shown:
        skipped = case.id in selection.plan.skipped
        name = escape(case.id)
        row = [f"[dim]{name}[/]" if skipped else name, case.hash, str(len(case.prompts))]
        if going_on:
            row.append(f"{going_on.measured[case.id]}/{selection.plan.launches}")
        table.add_row(*row)
    console.print(table)
    if len(shown) < len(cases):
        console.print(
            f"… and {len(cases) - len(shown):,} more: versebench show --all", highlight=False
        )
    plan, generate = selection.plan, selection.loaded.scenario.generate
    samples = sum(len(case.prompts) * generate.samples for case in plan.cases)
    console.print(
        f"\n{len(plan.cases)} cases in {len(plan.groups)} x {plan.launches} launches, "
        f"at most {samples} {'text' if samples == 1 else 'texts'} of up to "
        f"{generate.max_length} tokens",
        highlight=False,
    )
    if going_on:
        done = sum(going_on.measured[case.id] for case in plan.cases)
        total, name = len(plan.cases) * plan.launches, escape(str(going_on.run))
        console.print(f"measured already: {done} of {total}, in {name}", highlight=False)
    for task in plan.trainings:
        how = "trained before" if Store().get(task.key) else "to be trained"
        console.print(
            f"state {escape(task.name)}: {how} on {escape(task.data.label)}, {task.hardware.name} "
            f"[dim]{task.key}[/]",
            highlight=False,
        )
    by_reason: dict[str, list[str]] = {}
    for case_id, reason in plan.skipped.items():
        by_reason.setdefault(one_line(reason), []).append(case_id)
    for reason, skipped_cases in by_reason.items():
        named = skipped_cases if everything else skipped_cases[:_MOST_NAMED]
        left = len(skipped_cases) - len(named)
        which = ", ".join(named) + (f" and {left:,} more" if left else "")
        if len(skipped_cases) == len(cases) > 1:
            which = f"all {len(cases):,} cases"
        console.print(f"[yellow]skipped[/] {escape(which)}: {escape(reason)}", highlight=False)
    by_rule: dict[str, list[str]] = {}
    for dropped in selection.dropped:
        by_rule.setdefault(dropped.rule, []).append(dropped.what)
    for rule, what in by_rule.items():
        more = f" and {len(what) - 1} more" if len(what) > 1 else ""
        console.print(f"[dim]dropped by {escape(rule)}: {escape(what[0])}{more}[/]")
