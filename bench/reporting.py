"""From a run folder to its reports: score, write CSV and Markdown beside the records, print."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import click

from bench import exit_codes
from bench.judgement import judged
from bench.printing import print_data, reader_may_leave
from bench.waiting import Waiting

if TYPE_CHECKING:
    from pathlib import Path

    from bench.judgement import Judgement
    from reports.columns import Column
    from reports.gates import GateOutcome
    from reports.run_folder import RunFolder
    from reports.summary import Summary

Form = Literal["table", "json", "csv", "markdown", "pytest-benchmark", "openmetrics"]
MARKDOWN = "report.md"
_PICTURE_WIDTH = 132  # characters
_ONLY_READ = (errno.EROFS, errno.EACCES, errno.EPERM)
_NOT_TO_LOSE = ("manifest.json", "records.jsonl", "scores.jsonl", "gates.json")


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
    history: Path | None = None,
    judgement: Judgement | None = None,
    columns: Sequence[Column] | None = None,
    write: bool = True,
) -> Sequence[GateOutcome]:
    """Score and summarise a run, write its files, print it; return what became of its gates.

    Args:
        folder: the run; its records are only read.
        form: what to print.
        samples: texts of each case to show (in JSON: any number means all).
        guard: defuse CSV cells that a spreadsheet would take for a formula; without it those that
            are printed are as they were, or, where no CSV is printed, those of the run's files.
        metrics: names or groups, in place of those that the scenario chose.
        picture: where to draw the table as SVG, too.
        page: where to write the HTML page, too (``bench.pages.IN_RUN_FOLDER``: beside the records).
        chart: where to draw the charts as SVG, too.
        history: the folder in which to keep the run, if it is complete.
        judgement: of this run, where it was judged already.
        columns: those that ``openmetrics`` holds; all by default.
        write: write the run's files; not where it was judged by gates that are not its own.

    Raises:
        click.UsageError: a picture, page or chart would replace what was measured.
        RunFolderError: the records cannot be read; or, once the report is printed, its files
            cannot be written. Where the run folder may only be read, that is told, and no error.
    """
    from reports.run_folder import RunFolderError

    _refuse_to_replace(folder, picture, page, chart)

    if judgement is None:
        with Waiting() as watch:
            judgement = judged(folder, metrics=metrics, watch=watch)
    summary, gates = judgement.summary, judgement.gates
    wanted: list[Callable[[], object]] = []
    if write:
        wanted.append(lambda: _write_where_allowed(summary, gates, guard or form == "csv"))
    if picture:
        wanted.append(lambda: _draw(summary, gates, picture))
    if page is not None:
        wanted.append(lambda: _write_page(summary, gates, page))
    if chart is not None:
        wanted.append(lambda: _write_chart(summary, gates, chart))
    if history is not None:
        wanted.append(lambda: keep_in_history(folder, history, judgement))
    unwritten: RunFolderError | None = None
    for make in wanted:  # before printing: its reader may leave; and one that fails stops no other
        try:
            make()
        except RunFolderError as error:
            unwritten = unwritten or error
    with reader_may_leave():
        _print(summary, gates, form, samples, guard, columns)
    if unwritten:
        raise unwritten
    return gates


def _refuse_to_replace(folder: RunFolder, *files: Path | None) -> None:
    own = {(folder.path / name).resolve() for name in _NOT_TO_LOSE}
    for file in files:
        if file is not None and file.resolve() in own:
            raise click.UsageError(f"{file} holds what was measured: name another file to write")


def _write_where_allowed(summary: Summary, gates: Sequence[GateOutcome], guard: bool) -> None:
    """Write a run's files; one in an archive that may only be read is shown all the same."""
    from reports.run_folder import RunFolderError

    try:
        write_files(summary, gates, guard)
    except RunFolderError as error:
        if getattr(error.__cause__, "errno", None) not in _ONLY_READ:
            raise
        said, path = getattr(error.__cause__, "strerror", error), summary.run.path
        click.echo(f"versebench: the files in {path} stay as they are ({said})", err=True)


def _write_page(summary: Summary, gates: Sequence[GateOutcome], file: Path) -> None:
    from bench.pages import write_page

    click.echo(f"page: {write_page(summary, gates, file)}", err=True)


def _write_chart(summary: Summary, gates: Sequence[GateOutcome], file: Path) -> None:
    from bench.pages import write_chart

    write_chart(summary, gates, file)


def append_summary(path: Path, judgement: Judgement, code: int) -> None:
    """Append a short Markdown report to a file, as the summary of a CI job that ends with ``code``.

    Raises:
        RunFolderError: it cannot be written.
    """
    from reports.job_summary import job_summary
    from reports.manifest import fail

    it = judgement
    text = job_summary(it.summary, it.gates, it.baseline, good=code == exit_codes.FINE)
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
    except OSError as error:
        fail(f"cannot write {path}", error)


def keep_in_history(
    folder: RunFolder,
    history: Path,
    judgement: Judgement | None = None,
) -> Path | None:
    """Keep a run in a history; return its file there, or None where it is not kept.

    A run that is not complete is not kept. One that cannot be is only warned about: it is measured,
    and can be added later.

    Args:
        folder: the run.
        history: the history's folder; it is made if need be.
        judgement: of this run, where it was judged already.
    """
    from reports.history.recording import NotFinishedError, keep

    try:
        judgement = judgement or judged(folder)
        return keep(judgement.summary, history, judgement.gates)
    except NotFinishedError:
        return None
    except Exception as error:  # whatever it is, the run's own result and exit code matter more
        said = f"{error.strerror}: {history}" if isinstance(error, OSError) else error
        click.echo(
            f"versebench: the run could not be kept in the history ({said}). Mend that, then: "
            f"versebench history --history {history} add {folder.path}",
            err=True,
        )
        return None


def write_files(summary: Summary, gates: Sequence[GateOutcome], guard: bool = True) -> None:
    """Write the CSV files and the Markdown report of a run into its folder.

    Raises:
        RunFolderError: they cannot be written.
    """
    from reports.atomic_file import replacing
    from reports.csv_files import write_csv
    from reports.manifest import fail
    from reports.markdown import markdown

    with Waiting() as watch:
        write_csv(summary, guard=guard, watch=watch)
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
    from reports.terminal_picture import terminal_svg

    console = Console(record=True, width=_PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    show(summary, console, gates)
    try:
        with replacing(picture) as stream:
            stream.write(terminal_svg(console, f"versebench report {summary.run.path.name}"))
    except OSError as error:
        fail(f"cannot write {picture}", error)


def _print(
    summary: Summary,
    gates: Sequence[GateOutcome],
    form: Form,
    samples: int,
    guard: bool,
    columns: Sequence[Column] | None,
) -> None:
    if form == "json":
        from reports.json_view import json_text

        click.echo(json_text(summary, gates, samples=samples > 0))
    elif form == "csv":
        from reports.csv_files import write_frame

        cells = io.StringIO(newline="")
        write_frame(summary.cases, cells, guard=guard)
        print_data(cells.getvalue())
    elif form == "markdown":
        from reports.markdown import markdown

        click.echo(markdown(summary, gates), nl=False)
    elif form == "pytest-benchmark":
        from reports.exports.pytest_benchmark import pytest_benchmark

        click.echo(pytest_benchmark(summary))
    elif form == "openmetrics":
        from reports.exports.openmetrics import openmetrics

        click.echo(openmetrics(summary, columns), nl=False)
    else:
        from rich.console import Console

        from reports.console import show
        from reports.console_samples import show_samples

        console = Console()
        show(summary, console, gates)
        if samples:
            show_samples(summary, console, samples)
