"""The metrics of one text as a table: those of verse beside human poems and chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.judging import Judged
from reports.columns import describe
from reports.comparison_rows import comparison_notes, rounded_up
from reports.notes import Note
from reports.numbers import NOTHING, plain

if TYPE_CHECKING:
    from rich.console import Console

    from metrics import Metric
    from metrics.reference import Comparison

_BETTER = {"lower": "lower", "higher": "higher", "neither": ""}
_SHARES = ("share", "ratio")
_WIDE = 74  # where there is less room, a note alone tells how wide the intervals are
_LEAST_TITLE = 12


def print_scores(judged: Judged, console: Console) -> None:
    """Print the metrics that have a value, what to hold them against, and why others have none."""
    from rich.table import Table
    from rich.text import Text

    shown = [name for name, score in judged.scores.items() if score.value is not None]
    below = [row for row in judged.comparisons(shown) if row.values]
    kinds = [kind for kind in ("human", "chance") if any(row.kind == kind for row in below)]
    table = Table(box=None, pad_edge=False)
    table.add_column("metric", min_width=_LEAST_TITLE, overflow="fold")
    for heading in ("value", *kinds, "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("better")
    for name in shown:
        metric, score = judged.metrics[name], judged.scores[name]
        assert score.value is not None
        table.add_row(
            Text(describe(metric).title or name),
            number(metric, score.value),
            *(_reference(metric, below, kind, console.width >= _WIDE) for kind in kinds),
            str(score.n),
            Text(_BETTER[metric.direction], style="dim"),
        )
    if shown:
        console.print(table)
    for note in (*_notes(judged, below), *_without(judged)):
        console.print(Text(note, style="dim"))


def number(metric: Metric, value: float) -> str:
    """Return a value as the tables of a run show it."""
    return f"{value:.3f}" if metric.unit in _SHARES and abs(value) < 10 else plain(value)


def _reference(metric: Metric, rows: Sequence[Comparison], kind: str, wide: bool) -> str:
    found = [
        row.values[metric.name] for row in rows if row.kind == kind and metric.name in row.values
    ]
    if not found:
        return ""
    (one,) = found  # a metric belongs to one language
    half = f" ±{rounded_up(one.half)}" if wide and one.half else ""
    return f"{one.value:.3f}{half}"


def _notes(judged: Judged, rows: Sequence[Comparison]) -> list[str]:
    """Say whose poems these are, of which forms, and which rules the metrics go by."""
    from metrics.chinese import FORMS, TUNES

    titles = {
        name: Note(describe(metric).title, frozenset({name}))
        for name, metric in judged.metrics.items()
    }
    names = {**{key: form.chinese for key, form in FORMS.items()}, **TUNES}
    told = [note.text for note in comparison_notes(rows, titles)]
    for row in rows:
        own = [form for form in row.forms if form in names and form in judged.forms]
        if row.kind == "human" and own:
            told.append(f"Of the {row.whose} those of {', '.join(names[form] for form in own)}.")
    if judged.own_rules and any(judged.metrics[n].group == "chinese" for n in judged.scores):
        told.append(
            "Drawn and judged above by the rules asked for; the metrics always go by 平水韵, "
            "standard mode and the usual readings."
        )
    return told


def _without(judged: Judged) -> list[str]:
    """Say why metrics have no value: once for those of one reason."""
    reasons: dict[str, list[str]] = {}
    for name, score in judged.scores.items():
        metric = judged.metrics[name]
        if score.value is None and metric.group in judged.groups:  # not another language's verse
            title = describe(metric).title or name
            reasons.setdefault(score.reason or "no value", []).append(title)
    return [f"{NOTHING} {', '.join(titles)}: {reason}." for reason, titles in reasons.items()]
