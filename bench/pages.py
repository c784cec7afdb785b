"""The page and the chart of a run, written to files; what they need is asked for early."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

PAGE = "report.html"
IN_RUN_FOLDER = Path()
"""As the file of a page: ``report.html`` in the run's folder."""


def needs_extra(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Check, as a click callback, that a page or chart that is asked for can be made.

    Raises:
        click.UsageError: the extra ``report`` is not installed; the text says how to get it.
    """
    if value not in (None, False) and not context.resilient_parsing:
        from reports.page.shell import MissingExtraError, check_installed

        try:
            check_installed()
        except MissingExtraError as error:
            raise click.UsageError(f"{parameter.opts[0]}: {error}", context) from error
    return value


def write_page(summary: Summary, gates: Sequence[GateOutcome], file: Path) -> Path:
    """Write the page of a run; return where it is.

    Args:
        summary: the run.
        gates: what became of its gates.
        file: where to; ``IN_RUN_FOLDER`` for ``report.html`` beside the records.

    Raises:
        RunFolderError: it cannot be written.
    """
    from reports.page.document import page_html

    path = summary.run.path / PAGE if file == IN_RUN_FOLDER else file
    return _written(path, page_html(summary, gates))


def write_chart(summary: Summary, gates: Sequence[GateOutcome], file: Path) -> Path:
    """Write the chart of a run as SVG; return where it is.

    Raises:
        RunFolderError: it cannot be written.
    """
    from reports.chart import static_svg

    return _written(file, static_svg(summary, gates))


def _written(path: Path, content: str) -> Path:
    from reports.atomic_file import replacing
    from reports.manifest import fail

    try:
        with replacing(path) as stream:
            stream.write(content)
    except OSError as error:
        fail(f"cannot write {path}", error)
    return path
