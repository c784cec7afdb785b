"""The text metrics that ``metrics``, ``gates`` and ``--metric`` take, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from metrics import Metric

_LEVELS = {"sample": "of each text", "set": "of all texts together"}
_BETTER = {
    "lower": "lower is better",
    "higher": "higher is better",
    "neither": "neither end is better",
}


def as_data(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    """Return the documented JSON object: metrics with all that is said of them, groups, aliases."""
    from metrics.registry import ALIASES, groups

    fields = (
        *("name", "title", "group", "unit", "direction", "level"),
        *("definition", "source", "cannot_judge"),
    )
    return {
        "schema_version": 1,
        "metrics": [{key: getattr(one, key) for key in fields} for one in metrics.values()],
        "groups": {group: list(names) for group, names in groups().items()},
        "aliases": ALIASES,
    }


def print_metrics(metrics: Mapping[str, Metric], console: Console) -> None:
    """Print each metric with its unit and definition, group by group."""
    from rich.padding import Padding
    from rich.text import Text

    from metrics.registry import ALIASES
    from reports.visible import one_line

    group = None
    for name, metric in metrics.items():
        if metric.group != group:
            console.print(Text(("\n" if group else "") + one_line(metric.group), "bold underline"))
            group = metric.group
        shown = "" if metric.title == name else f" ({one_line(metric.title)})"
        facts = (one_line(metric.unit), _BETTER[metric.direction], _LEVELS[metric.level])
        console.print(Text.assemble((name, "bold"), shown, (f"  {', '.join(facts)}", "dim")))
        console.print(Padding(Text(one_line(metric.definition)), (0, 0, 0, 2)))
    short = ", ".join(ALIASES)
    console.print(
        f"\n{short} are short for seq_{short.replace(', ', ', seq_')}; a group's name stands for "
        "all its metrics, and globs work. What each one cannot judge: --json",
        highlight=False,
        markup=False,
    )
