"""``versebench report``: show a run again, in the form asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import exit_codes
from bench.commands.form_options import form_option
from bench.commands.gate_options import Gates, as_data, check_baseline, check_where, gate_options
from bench.pages import IN_RUN_FOLDER, needs_extra

if TYPE_CHECKING:
    from bench.reporting import Form


def _given(context: click.Context, parameter: click.Parameter, run: Path | None) -> Path | None:
    """Say what may have become of RUN where there is none: ``--html RUN`` takes it as its FILE."""
    if run is None and not context.resilient_parsing:
        raise click.UsageError(
            "Missing argument 'RUN'. With --html, write --html=FILE or put RUN first.", context
        )
    return run


@click.command("report")
@click.argument(
    "run", type=click.Path(path_type=Path), required=False, metavar="RUN", callback=_given
)
@gate_options
@click.option(
    "--accept",
    is_flag=True,
    help="Make RUN a baseline that last-good finds from now on, whatever its gates say.",
)
@click.option(
    "--quality",
    metavar="METRIC",
    help="Weigh speed against this metric: which samplers are not beaten in both. Then "
    "cases.csv and report.md in RUN say so, too.",
)
@form_option("--csv", "csv", "Print the cases as CSV.")
@form_option("--md", "markdown", "Print Markdown.")
@form_option("--json", "json", "Print one JSON object.")
@click.option(
    "--export",
    type=click.Choice(["pytest-benchmark", "openmetrics"]),
    help="Print what another tool reads: JSON for pytest-benchmark compare, or OpenMetrics text.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="GLOB",
    help="With --export openmetrics: these columns only, such as 'tokens_per_second*'. Repeatable.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Also show N texts of each case.",
)
@click.option(
    "--raw-csv",
    is_flag=True,
    help="Leave CSV cells that look like formulas as they are: those that --csv prints; without it "
    "those of cases.csv and samples.csv in RUN.",
)
@click.option(
    "--svg",
    "picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw the table as a picture.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=IN_RUN_FOLDER,
    callback=needs_extra,
    metavar="[FILE]",
    help="Also write a page to look at: one file, no network.  [default: report.html in RUN]",
)
@click.option(
    "--chart",
    type=click.Path(path_type=Path),
    callback=needs_extra,
    metavar="FILE",
    help="Also draw speed against quality as a picture (SVG).",
)
def command(
    run: Path,
    gates: Gates,
    baseline: str | None,
    job_summary: Path | None,
    accept: bool,
    quality: str | None,
    form: Form | None,
    export: Form | None,
    metrics: tuple[str, ...],
    samples: int,
    raw_csv: bool,
    picture: Path | None,
    page: Path | None,
    chart: Path | None,
) -> int:
    """Show RUN (a run folder) as a table, CSV, Markdown, JSON, a page; its files are written anew.

    With --gate they stay as they are: they hold what the scenario's own gates say.

    Exit codes: 0 fine or accepted, 1 a gate failed, 2 not a run folder, 3 a gate met no value.
    """
    from bench.judgement import judged, together
    from bench.outcome import gates_code
    from bench.reporting import append_summary, report
    from bench.waiting import Waiting
    from reports.exports.openmetrics import ColumnError, chosen
    from reports.frontier import QualityError
    from reports.last_good import keep_verdict, why_not_good
    from reports.run_folder import RunFolder

    if accept and gates:
        raise click.UsageError("--accept takes RUN whatever gates say: leave out --gate")
    if form and export:
        raise click.UsageError("--export prints in place of --csv, --md or --json: name one")
    if raw_csv and (export or form not in (None, "csv")):
        raise click.UsageError("--raw-csv goes with --csv, or alone for the CSV files in RUN")
    if metrics and export != "openmetrics":
        raise click.UsageError("--metric chooses what --export openmetrics prints")
    folder = RunFolder.open(run)
    own = (folder.manifest.get("scenario") or {}).get("gates") or {}
    check_where(gates, folder.manifest.get("cases") or [])
    against = check_baseline(baseline, together(own, as_data(gates)))
    try:
        with Waiting() as watch:
            judgement = judged(
                folder, gates=as_data(gates), baseline=against, quality=quality, watch=watch
            )
    except QualityError as error:
        raise click.BadParameter(str(error), param_hint="--quality") from None
    try:
        columns = chosen(judgement.summary, metrics) if metrics else None
    except ColumnError as error:
        raise click.BadParameter(str(error), param_hint="--metric") from None
    report(
        folder,
        export or form or "table",
        samples=samples,
        guard=not raw_csv,
        picture=picture,
        page=page,
        chart=chart,
        judgement=judgement,
        columns=columns,
        write=not gates,
    )
    code = gates_code(judgement.gates)
    if job_summary:
        append_summary(job_summary, judgement, code)
    if accept:
        keep_verdict(judgement.summary, judgement.gates, accepted=True)
        why = ", ".join(why_not_good(judgement.summary, judgement.gates))
        name, although = folder.path.resolve().name, f" (although {why})" if why else ""
        click.echo(f"accepted: {name} is the baseline from now on{although}", err=True)
        return exit_codes.FINE
    return code
