"""From a run folder to its reports: score, write CSV and Markdown beside the records, print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from pathlib import Path

    from reports.gates import GateOutcome
    from reports.run_folder import RunFolder
    from reports.summary import Summary

Form = Literal["table", "json", "csv", "markdown"]
MARKDOWN = "report.md"
_PICTURE_WIDTH = 132  # characters


def report(
    folder: RunFolder,
    form: Form = "table",
    *,
    samples: int = 0,
    guard: bool = True,
    metrics: Sequence[str] = (),
    picture: Path | None = None,
    page: Path | None = None,
    chart: Path | None = None,
) -> Sequence[GateOutcome]:
    """Score and summarise a run, write its files, print it; return what became of its gates.

    Args:
        folder: the run; its records are only read.
        form: what to print.
        samples: texts of each case to show (in JSON: any number means all).
        guard: defuse CSV cells that a spreadsheet would take for a formula.
        metrics: names or groups, in place of those that the scenario chose.
        picture: where to draw the table as SVG, too.
        page: where to write the HTML page, too (``bench.pages.IN_RUN_FOLDER``: beside the records).
        chart: where to draw the charts as SVG, too.

    Raises:
        RunFolderError: the records cannot be read; or, once the report is printed, its files
            cannot be written.
    """
    from reports.run_folder import RunFolderError

    summary, gates = judge(folder, metrics)
    unwritten: RunFolderError | None = None
    try:
        write_files(summary, gates, guard)
    except RunFolderError as error:
        unwritten = error
    _print(summary, gates, form, samples, guard)
    if picture:
        _draw(summary, gates, picture)
    if page is not None:
        from bench.pages import write_page

        click.echo(f"page: {write_page(summary, gates, page)}", err=True)
    if chart is not None:
        from bench.pages import write_chart

        write_chart(summary, gates, chart)
    if unwritten:
        raise unwritten
    return gates


def judge(folder: RunFolder, metrics: Sequence[str] = ()) -> tuple[Summary, Sequence[GateOutcome]]:
    """Score and summarise a run, and hold it against its gates; nothing is written or printed.

    Args:
        folder: the run; its records are only read.
        metrics: names or groups, in place of those that the scenario chose.

    Raises:
        RunFolderError: the records cannot be read.
    """
    from reports.gates import check_gates, gate_metrics
    from reports.summary import summarise

    scenario = folder.manifest.get("scenario") or {}
    chosen = metrics or scenario.get("metrics") or ["*"]
    wanted = [*chosen, *gate_metrics(scenario.get("gates") or {})]
    summary = summarise(folder, wanted)
    return summary, check_gates(summary)


def write_files(summary: Summary, gates: Sequence[GateOutcome], guard: bool = True) -> None:
    """Write the CSV files and the Markdown report of a run into its folder.

    Raises:
        RunFolderError: they cannot be written.
    """
    from reports.atomic_file import replacing
    from reports.csv_files import write_csv
    from reports.manifest import fail
    from reports.markdown import markdown

    write_csv(summary, guard=guard)
    path = summary.run.path / MARKDOWN
    try:
        with replacing(path) as stream:
            stream.write(markdown(summary, gates))
    except OSError as error:
        fail(f"cannot write {path}", error)


def _draw(summary: Summary, gates: Sequence[GateOutcome], picture: Path) -> None:
    from rich.console import Console

    from reports.atomic_file import replacing
    from reports.console import show
    from reports.manifest import fail

    console = Console(record=True, width=_PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    show(summary, console, gates)
    try:
        with replacing(picture) as stream:
            stream.write(console.export_svg(title=f"versebench report {summary.run.path.name}"))
    except OSError as error:
        fail(f"cannot write {picture}", error)


def _print(
    summary: Summary, gates: Sequence[GateOutcome], form: Form, samples: int, guard: bool
) -> None:
    if form == "json":
        from reports.json_view import json_text

        click.echo(json_text(summary, gates, samples=samples > 0))
    elif form == "csv":
        from reports.csv_files import write_frame

        cells = io.StringIO(newline="")
        write_frame(summary.cases, cells, guard=guard)
        click.echo(cells.getvalue(), nl=False)
    elif form == "markdown":
        from reports.markdown import markdown

        click.echo(markdown(summary, gates), nl=False)
    else:
        from rich.console import Console

        from reports.console import show
        from reports.console_samples import show_samples

        console = Console()
        show(summary, console, gates)
        if samples:
            show_samples(summary, console, samples)
