"""``versebench history``: trends over the runs that were kept, and where they changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bench.commands.form_options import form_option

if TYPE_CHECKING:
    from reports.history.trends import History

Form = Literal["table", "csv", "markdown", "json"]
_ENVIRONMENT = "VERSEBENCH_HISTORY"
_DEFAULT = Path("runs") / "history"

_FOLDER_HELP = f"The history's folder.  [default: ${_ENVIRONMENT}, or {_DEFAULT}]"


@click.group("history", invoke_without_command=True)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="GLOB",
    help="Metrics to show, such as seq_rep_4 or '*'; may be given again.  [default: "
    "tokens_per_second]",
)
@click.option("--case", metavar="GLOB", help="Show these cases: an id, or a label such as greedy.")
@click.option("--scenario", metavar="NAME", help="Show the runs of this scenario.")
@click.option(
    "--history",
    "folder",
    type=click.Path(path_type=Path),
    envvar=_ENVIRONMENT,
    help=_FOLDER_HELP,
)
@click.option("--all", "everything", is_flag=True, help="Show every step and every trend.")
@form_option("--csv", "csv", "Print every point as CSV.")
@form_option("--md", "markdown", "Print Markdown.")
@form_option("--json", "json", "Print one JSON object.")
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="FILE", help="Draw the trends on a page."
)
@click.option(
    "--raw-csv", is_flag=True, help="Leave CSV cells that look like formulas as they are."
)
@click.option("--rebuild", is_flag=True, help="Make the index anew.")
@click.pass_context
def command(
    context: click.Context,
    metrics: tuple[str, ...],
    case: str | None,
    scenario: str | None,
    folder: Path | None,
    everything: bool,
    form: Form | None,
    html: Path | None,
    raw_csv: bool,
    rebuild: bool,
) -> int:
    """Show how the cases did run after run, and after which run they changed.

    A series is one case on one machine; a changed machine, or a changed case, begins a new one.

    Exit codes: 0 shown, 2 bad input, 3 there is nothing to show.
    """
    if context.invoked_subcommand is not None:
        context.obj = folder
        return 0
    from bench import exit_codes

    history = folder or _DEFAULT
    if not history.exists():
        click.echo(
            f"versebench: there is no history in {history} yet. versebench run keeps each finished "
            "run there; versebench history add RUN adds earlier ones.",
            err=True,
        )
        return exit_codes.NOTHING_COMPARED
    found = _found(history, metrics, case, scenario, rebuild=rebuild)
    if html is not None:
        _write_page(found, html)
    if form is not None or html is None:
        _print(found, form or "table", everything, guard=not raw_csv)
    return exit_codes.FINE if found.trends else exit_codes.NOTHING_COMPARED


@command.command("add")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option("--history", "folder", type=click.Path(path_type=Path), help=_FOLDER_HELP)
@click.pass_obj
def add(before: Path | None, runs: tuple[Path, ...], folder: Path | None) -> int:
    """Keep runs that were made before: each complete run folder becomes one file.

    A run that is there already is not added twice.
    """
    from bench import exit_codes
    from bench.judgement import judged
    from bench.waiting import Waiting
    from reports.history.kept import KeptError
    from reports.history.recording import NotFinishedError, keep
    from reports.run_folder import RunFolder, RunFolderError

    history = folder or before or _DEFAULT
    refused = 0
    for path in runs:
        try:
            with Waiting() as watch:
                judgement = judged(RunFolder.open(path), watch=watch)
            click.echo(keep(judgement.summary, history, judgement.gates))
        except (NotFinishedError, RunFolderError, KeptError) as error:
            click.echo(f"versebench: not added: {error}", err=True)
            refused += 1
    return exit_codes.USAGE if refused else exit_codes.FINE


def _found(
    history: Path,
    metrics: tuple[str, ...],
    case: str | None,
    scenario: str | None,
    *,
    rebuild: bool,
) -> History:
    from bench.cache_folder import cache_folder
    from reports.history.index import place_of
    from reports.history.query import NothingFitsError, query
    from reports.history.trends import USUAL

    place = place_of(history, cache_folder("history"))
    try:
        return query(
            history, metrics or USUAL, place, case=case, scenario=scenario, rebuild=rebuild
        )
    except NothingFitsError as error:
        raise click.UsageError(str(error)) from None


def _write_page(history: History, path: Path) -> None:
    from reports.atomic_file import replacing
    from reports.history.page import page_html
    from reports.page.shell import MissingExtraError

    try:
        text = page_html(history)
    except MissingExtraError as error:
        raise click.UsageError(str(error)) from None
    with replacing(path) as stream:
        stream.write(text)
    click.echo(f"page: {path}", err=True)


def _print(history: History, form: Form, everything: bool, *, guard: bool) -> None:
    if form == "json":
        from reports.history.json_view import json_text

        click.echo(json_text(history))
    elif form == "csv":
        from bench.printing import print_data
        from reports.history.csv_file import csv_text

        print_data(csv_text(history, guard=guard))
    elif form == "markdown":
        from reports.history.markdown import markdown

        click.echo(markdown(history, everything=everything), nl=False)
    else:
        from rich.console import Console

        from reports.history.console import show

        show(history, Console(), everything=everything)
