"""``versebench score``: score a run's stored texts again, or judge any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import exit_codes

if TYPE_CHECKING:
    from metrics import Metric, Score

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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(run: Path | None, text_file: str | None, names: tuple[str, ...], as_json: bool) -> int:
    """Score the texts of RUN again with the metrics as they are now, or judge a text.

    Nothing is generated: scores come from the stored samples.
    """
    if (run is None) == (text_file is None):
        raise click.UsageError("name a run folder, or a text with --text FILE")
    if run is not None:
        return _score_run(run, names, as_json)
    assert text_file is not None
    _score_text(_read(text_file), _selected(names), as_json)
    return exit_codes.FINE


def _selected(names: tuple[str, ...]) -> dict[str, Metric]:
    from metrics import all_metrics, select

    try:
        return select(names) if names else all_metrics()
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _score_run(run: Path, names: tuple[str, ...], as_json: bool) -> int:
    from bench.reporting import report
    from reports.run_folder import RunFolder

    _selected(names)
    report(RunFolder.open(run), "json" if as_json else "table", metrics=names)
    return exit_codes.FINE


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
        raise click.UsageError(f"{text_file} is not UTF-8 (byte {error.start})") from error


def _score_text(content: str, metrics: dict[str, Metric], as_json: bool) -> None:
    from metrics import Text, score_samples

    text = Text.of(content)
    one = {name: metric for name, metric in metrics.items() if metric.level == "sample"}
    scores = score_samples([text], one).samples[0]
    if as_json:
        values = {
            name: {"value": s.value, "n": s.n, "coverage": s.coverage, "reason": s.reason}
            for name, s in scores.items()
        }
        summary = {"script": text.script, "units": len(text.units), "scores": values}
        click.echo(json.dumps({"schema_version": 1, **summary}, indent=2))
        return
    _print_scores(text.script, len(text.units), one, scores)


def _print_scores(
    script: str, units: int, metrics: dict[str, Metric], scores: dict[str, Score]
) -> None:
    from rich.console import Console
    from rich.table import Table

    from reports.numbers import plain

    console = Console()
    console.print(f"{units} units, script: {script}", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("metric", "left"), ("value", "right"), ("n", "right"), ("", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for name, score in scores.items():
        value = "" if score.value is None else plain(score.value)
        better = {"lower": "lower is better", "higher": "higher is better"}
        note = score.reason or better.get(metrics[name].direction, "")
        table.add_row(name, value, str(score.n), f"[dim]{note}[/]")
    console.print(table)
