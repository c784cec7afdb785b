"""A few texts of each case on a terminal, made safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.completed import CaseResult
from reports.records import Sample
from reports.visible import lines, one_line, shortened

if TYPE_CHECKING:
    from rich.console import Console

    from reports.summary import Summary

_LONGEST = 600


def show_samples(summary: Summary, console: Console, count: int) -> None:
    """Print ``count`` texts of each finished case: prompts in turn, the first repeat first."""
    from rich.padding import Padding
    from rich.text import Text

    for result in summary.completed.cases:
        if not result.samples:
            continue
        console.print()
        console.print(Text(one_line(result.id), style="bold", overflow="fold"))
        for sample in chosen(result, count):
            about = f"{one_line(sample.prompt)} » "
            text = lines(shortened(sample.text, _LONGEST))
            end = "" if sample.ended else " …"
            body = Text.assemble((about, "dim"), text, (end, "dim"), overflow="fold")
            console.print(Padding(body, (0, 0, 0, 2), expand=False))


def chosen(result: CaseResult, count: int) -> list[Sample]:
    """Return ``count`` samples, taking the prompts in turn."""
    ordered = sorted(result.samples, key=lambda sample: (sample.repeat, sample.prompt_index))
    return ordered[: max(0, count)]
