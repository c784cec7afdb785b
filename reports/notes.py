"""How to read the table: what is said below it, each note with the columns that it is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.columns import CASE_COLUMNS, metric_column
from reports.numbers import NOTHING

if TYPE_CHECKING:
    from reports.summary import Summary

_ALWAYS_TOLD = ("tokens_per_second", "ttft_seconds", "tpot_seconds")  # even if none has a value
_VERSE = ("chinese", "ci", "english")
_BY_NAME = {column.name: column for column in CASE_COLUMNS}
_ENDS = frozenset(name for name in _BY_NAME if name.endswith("_low"))


@dataclass(frozen=True)
class Note:
    """One note. It is not escaped.

    Attributes:
        text: what it says.
        columns: it matters only where one of these is shown; none: always.
    """

    text: str
    columns: frozenset[str] = frozenset()

    def matters(self, shown: Collection[str]) -> bool:
        """Whether it belongs below a table that shows these columns."""
        return not self.columns or any(name in self.columns for name in shown)


def interval_notes(rows: Sequence[Mapping[str, Any]]) -> list[Note]:
    """Say what the intervals of speed are over."""
    over = {row["interval_over"] for row in rows if any(row[end] is not None for end in _ENDS)}
    notes = []
    if "launches" in over:
        notes.append(Note("± is the longer side of the 90 % interval over launches."))
    if "trials" in over:
        notes.append(
            Note(
                "± is over the trials of one launch: scatter within a process, not between "
                "processes. To compare, measure 5 launches."
            )
        )
    return notes


def partial_notes(
    summary: Summary, rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str]
) -> list[Note]:
    """Say which values are means over fewer texts than were generated: the worst case of each.

    Args:
        summary: the run.
        rows: the finished cases.
        headings: of the columns of the table, by name.
    """
    alike: dict[tuple[int, int, int], dict[str, str]] = {}
    for metric in summary.metrics.values():
        name = metric_column(metric.name)
        if name not in headings or metric.level != "sample":
            continue
        judged = [(row[f"{name}_n"], row["samples"]) for row in rows if row[name] is not None]
        if fewer := [(int(n), int(of)) for n, of in judged if n is not None and of and n < of]:
            n, of = min(fewer, key=lambda pair: pair[0] / pair[1])
            alike.setdefault((n, of, len(fewer)), {})[name] = headings[name]
    return [
        Note(
            f"{', '.join(titles.values())}: not every text could be judged, at the least {n} of "
            f"{of} ({_count(cases)}).",
            frozenset(titles),
        )
        for (n, of, cases), titles in alike.items()
    ]


def gap_notes(
    summary: Summary, rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str]
) -> list[Note]:
    """Say why there is a – in a column, or no column: once for reasons that differ in numbers only.

    Args:
        summary: the run.
        rows: the finished cases.
        headings: of the columns of the table, by name.
    """
    told = {**headings, **{name: _BY_NAME[name].heading for name in _ALWAYS_TOLD}}
    found: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {}
    by_column = {metric_column(name): metric for name, metric in summary.metrics.items()}
    for row in rows:
        for name, heading in told.items():
            if name in by_column and by_column[name].group in _VERSE:
                continue  # most often the verse of another language
            if row[name] is None:
                reason = summary.reason(row["case"], name) or "no value"
                kind = re.sub(r"\d+", "0", reason)
                _, where, cases = found.setdefault(kind, (reason, {}, {}))
                where[name] = heading
                cases[row["case"]] = reason
    notes = []
    for reason, where, cases in found.values():
        first = "first of " if len(set(cases.values())) > 1 else ""
        said = f"{NOTHING} in {', '.join(where.values())}: {reason} ({first}{_count(len(cases))})."
        no_column = where.keys() - headings.keys()  # which is told always
        notes.append(Note(said, frozenset() if no_column else frozenset(where)))
    return notes


def _count(cases: int) -> str:
    return "1 case" if cases == 1 else f"{cases} cases"
