"""``versebench score``: score a run's stored texts again, or judge any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import exit_codes

if TYPE_CHECKING:
    from bench.judging import Judged
    from metrics import Metric

_MOST_BYTES = 16 * 1024 * 1024


@click.command("score")
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.option("--text", "text_file", metavar="FILE", help="Judge this text ('-': standard input).")
@click.option(
    "--metric",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only this metric or group. Repeatable.",
)
@click.option(
    "--form", metavar="FORM", help="Judge the text as qijue, haiku, …: versebench list forms"
)
@click.option("--book", default="pingshui", show_default=True, help="Rhyme book of Chinese verse.")
@click.option(
    "--mode", default="standard", show_default=True, help="Strictness of Chinese tonal rules."
)
@click.option(
    "--all-readings",
    is_flag=True,
    help="Count the readings of Chinese characters that Tang poets hardly used, too.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw the poem into this page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    run: Path | None,
    text_file: str | None,
    names: tuple[str, ...],
    form: str | None,
    book: str,
    mode: str,
    all_readings: bool,
    page: Path | None,
    as_json: bool,
) -> int:
    """Score the texts of RUN again with the metrics as they are now, or judge a text.

    Nothing is generated: scores come from the stored samples. A text in Chinese or English is also
    judged as verse, and drawn with its tones or stresses, its rhymes and its faults.
    """
    if (run is None) == (text_file is None):
        raise click.UsageError("name either a run folder or a text with --text FILE")
    metrics = _selected(names)
    if run is not None:
        from bench.outcome import gates_code
        from bench.reporting import report
        from reports.run_folder import RunFolder

        if form or page or all_readings:
            raise click.UsageError(
                "--form, --all-readings and --html judge a text; name it with --text FILE"
            )
        return gates_code(
            report(RunFolder.open(run), "json" if as_json else "table", metrics=names)
        )
    from bench.judging import judge

    assert text_file is not None
    try:
        judged = judge(_read(text_file), metrics, form, book, mode, all_readings=all_readings)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(judged.as_data(), indent=2))
    else:
        _print(judged)
    if page is not None:
        _write_page(judged, page)
    return exit_codes.FINE


def _selected(names: tuple[str, ...]) -> dict[str, Metric]:
    from metrics import all_metrics, select

    try:
        return select(names) if names else all_metrics()
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _read(text_file: str) -> str:
    try:
        with click.open_file(text_file, "rb") as stream:
            data: bytes = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"cannot read {text_file}: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise click.UsageError(f"{text_file} is larger than {_MOST_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{text_file} is not UTF-8 text (byte {error.start})") from error


def _print(judged: Judged) -> None:
    from rich.console import Console

    from bench.score_table import print_scores

    console = Console()
    for poem in judged.verse.poems if judged.verse else ():
        console.print(poem.drawing)
    count = len(judged.text.units)
    console.print(
        f"{count} unit{'' if count == 1 else 's'}, script: {judged.text.script}\n", style="dim"
    )
    print_scores(judged, console)


def _write_page(judged: Judged, page: Path) -> None:
    if judged.verse is None:
        raise click.UsageError(f"there is no verse to draw in {judged.text.script} script")
    head = '<!doctype html><meta charset="utf-8"><title>versebench score</title>'
    try:
        page.write_text("\n".join([head, *(p.html for p in judged.verse.poems)]), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {page}: {error.strerror}") from error
