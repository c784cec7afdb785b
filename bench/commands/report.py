"""``versebench report``: show a run again, in the form asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bench.reporting import Form


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--csv", "form", flag_value="csv", help="Print the cases as CSV.")
@click.option("--md", "form", flag_value="markdown", help="Print Markdown.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option(
    "--samples",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Also show N texts of each case.",
)
@click.option(
    "--raw-csv", is_flag=True, help="Leave CSV cells that look like formulas as they are."
)
@click.option(
    "--svg",
    "picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw the table as a picture.",
)
def command(run: Path, form: Form | None, samples: int, raw_csv: bool, picture: Path | None) -> int:
    """Show RUN (a run folder): the table, or CSV, Markdown, JSON. Its files are written anew.

    Exit codes: 0 fine, 1 a gate of the scenario failed, 2 not a run folder, 3 a gate met no value.
    """
    from bench.outcome import gates_code
    from bench.reporting import report
    from reports.run_folder import RunFolder

    gates = report(
        RunFolder.open(run),
        form or "table",
        samples=samples,
        guard=not raw_csv,
        picture=picture,
    )
    return gates_code(gates)
