"""``versebench diff``: two runs, or the cases of one run along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bench.commands.form_options import form_option
from bench.printing import print_data, reader_may_leave

if TYPE_CHECKING:
    from reports.diff.between import Options
    from reports.diff.comparable import Across
    from reports.diff.result import Diff
    from reports.diff.wording import Gate
    from reports.run_folder import RunFolder
    from reports.summary import Summary

Form = Literal["table", "csv", "markdown", "json"]


@click.command("diff")
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path), required=False)
@click.option(
    "--by",
    "axis",
    type=click.Choice(["sampler", "state", "preset", "hardware", "batch_size"]),
    help="Compare the cases of one run along this axis.",
)
@click.option("--baseline", metavar="LABEL", help="With --by: what to compare with.")
@click.option(
    "--metric", "metrics", multiple=True, metavar="GLOB", help="Compare these metrics only."
)
@click.option(
    "--floor",
    "floors",
    multiple=True,
    metavar="[NAME=]SHARE",
    help="The change that does not matter, such as 10% (of speed) or seq_rep_4=0.05.",
)
@click.option(
    "--across",
    multiple=True,
    type=click.Choice(["machine", "versions"]),
    help="Compare speed although these differ.",
)
@click.option("--gate", "gated", is_flag=True, help="End with 1 if anything is worse.")
@click.option("--all", "everything", is_flag=True, help="Show all rows, the same ones too.")
@form_option("--csv", "csv", "Print all rows as CSV.")
@form_option("--md", "markdown", "Print Markdown, for a pull request.")
@form_option("--json", "json", "Print one JSON object.")
@click.option(
    "--raw-csv", is_flag=True, help="Leave CSV cells that look like formulas as they are."
)
def command(
    run_a: Path,
    run_b: Path | None,
    axis: str | None,
    baseline: str | None,
    metrics: tuple[str, ...],
    floors: tuple[str, ...],
    across: tuple[Across, ...],
    gated: bool,
    everything: bool,
    form: Form | None,
    raw_csv: bool,
) -> int:
    """Compare RUN_B with RUN_A (the baseline), or with --by the cases of one run.

    Each metric of each pair of cases is better, worse, the same, unresolved, or not comparable.

    Exit codes: 0 compared, 1 with --gate: something is worse, 2 bad input, 3 nothing was compared.
    """
    from reports.diff.between import Options, diff_axis, diff_runs
    from reports.diff.measures import MeasureError, parse_floor
    from reports.diff.pairing import PairingError
    from reports.diff.wording import gate_of
    from reports.run_folder import RunFolder

    if (run_b is None) == (axis is None):
        raise click.UsageError("Name two runs, or one run and --by AXIS.")
    if baseline is not None and axis is None:
        raise click.UsageError("--baseline goes with --by; between two runs, the first is it.")
    try:
        options = Options(metrics, dict(map(parse_floor, floors)), across)
        folders = [RunFolder.open(path) for path in (run_a, run_b) if path is not None]
        summaries = _summaries(folders, options)
        if axis is None:
            diff = diff_runs(summaries[0], summaries[1], options)
        else:
            diff = diff_axis(summaries[0], axis, baseline, options)
    except (PairingError, MeasureError) as error:
        raise click.UsageError(str(error)) from None
    gate = gate_of(diff) if gated else None
    with reader_may_leave():
        _print(diff, form or "table", everything, gate, guard=not raw_csv)
    return _code(diff, gate)


def _summaries(folders: Sequence[RunFolder], options: Options) -> list[Summary]:
    """Score and summarise, by the metrics that either scenario or ``--metric`` asks for."""
    import fnmatch

    from bench.waiting import Waiting
    from metrics import all_metrics, canonical
    from reports.scores import asked_metrics
    from reports.summary import summarise

    wanted = [name for folder in folders for name in asked_metrics(folder.manifest)]
    for pattern in options.metrics:
        wanted += fnmatch.filter(all_metrics(), canonical(pattern))
    with Waiting() as watch:
        return [summarise(it, list(dict.fromkeys(wanted)), watch=watch) for it in folders]


def _print(diff: Diff, form: Form, everything: bool, gate: Gate | None, *, guard: bool) -> None:
    if form == "json":
        from reports.diff.json_view import json_text

        click.echo(json_text(diff, gate))
    elif form == "csv":
        from reports.diff.csv_file import csv_text

        print_data(csv_text(diff, guard=guard))
    elif form == "markdown":
        from reports.diff.markdown import markdown

        click.echo(markdown(diff, everything=everything, gate=gate), nl=False)
    else:
        from rich.console import Console

        from reports.diff.console import show

        show(diff, Console(), everything=everything, gate=gate)


def _code(diff: Diff, gate: Gate | None) -> int:
    from bench import exit_codes

    if gate == "failed":
        return exit_codes.WORSE
    if gate == "nothing compared" or not diff.compared:
        return exit_codes.NOTHING_COMPARED
    return exit_codes.FINE
