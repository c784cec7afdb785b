"""A diff in words: two lines on top, the rows worth showing, their cells. Nothing is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from reports.columns import Column
from reports.diff.result import DECIDED, VERDICTS, Diff, Row
from reports.numbers import plain

HEADINGS = ("verdict", "metric", "A", "B", "change", "n", "case")
NUMERIC = frozenset({"A", "B", "change", "n"})
NOTHING = "–"
_AS_PERCENT = (0.5, 2.0)  # ratios within are told in per cent, others as a factor
_MOST_NAMED = 5
_NUMBER = " # "  # stands for a number in a reason

Gate = Literal["passed", "failed", "nothing compared"]


def headline(diff: Diff) -> tuple[str, str]:
    """Return the two lines that say what came of it."""
    counts = [(diff.count(verdict), verdict) for verdict in VERDICTS]
    said = " · ".join(f"{count:,} {verdict}" for count, verdict in counts if count)
    first = f"{said or 'nothing compared'}: {diff.new} against {diff.baseline}"
    return first, " ".join(_worst(diff) + _texts(diff) + _lost(diff))


def gate_of(diff: Diff) -> Gate:
    """Return what a gate on this diff says.

    It fails where anything became worse, or a case that the baseline finished failed. It cannot
    pass where nothing could have failed: nothing comparable, or too few launches for any test.
    """
    if diff.count("worse") or diff.lost:
        return "failed"
    return "passed" if diff.tested else "nothing compared"


def gate_line(diff: Diff, gate: Gate) -> str:
    """Return what to say of a gate; a pass says what it could not tell."""
    if gate != "passed" or not (unresolved := diff.count("unresolved")):
        return f"gate: {gate}"
    told = f"{unresolved:,} of {len(diff.rows):,} could not be told"
    return f"gate: passed (nothing is shown to be worse; {told})"


def shown(diff: Diff, *, everything: bool = False) -> list[Row]:
    """Return the rows to show: what was decided, and what is open but lies beyond the floor."""
    if everything:
        return list(diff.rows)
    return [
        row
        for row in diff.rows
        if row.verdict in DECIDED or (row.verdict == "unresolved" and row.size > 1)
    ]


def hidden(diff: Diff, rows: Sequence[Row]) -> str | None:
    """Say how many rows are not among ``rows``; None where all are."""
    there = dict.fromkeys(VERDICTS, 0)
    for row in rows:
        there[row.verdict] += 1
    left = [(diff.count(verdict) - there[verdict], verdict) for verdict in VERDICTS]
    said = ", ".join(f"{count:,} {verdict}" for count, verdict in left if count)
    return f"Not shown: {said}." if said else None


def cells(row: Row, column: Column, case: str) -> tuple[str, ...]:
    """Return the row under ``HEADINGS``; ``case`` is what to call its case."""
    return (
        row.verdict,
        column.heading,
        value(row.a, column),
        value(row.b, column),
        change(row, column),
        units(row),
        case,
    )


def short_cases(rows: Sequence[Row]) -> tuple[dict[str, str], str | None]:
    """Return what to call the case of each row, and what was left out since all share it.

    Where there is one case only, nothing is left of its name.
    """
    cases = list(dict.fromkeys(row.case for row in rows))
    if len(cases) == 1:
        return {cases[0]: ""}, cases[0]
    parts = [case.split("/") for case in cases]
    if len({len(one) for one in parts}) != 1:
        return {case: case for case in cases}, None
    varying = [place for place, words in enumerate(zip(*parts, strict=True)) if len({*words}) > 1]
    short = {
        case: "/".join(one[place] for place in varying)
        for case, one in zip(cases, parts, strict=True)
    }
    shared = "/".join("…" if place in varying else word for place, word in enumerate(parts[0]))
    return short, shared if len(varying) < len(parts[0]) else None


def value(number: float | None, column: Column) -> str:
    """Return a value in the column's shown unit."""
    if number is None:
        return NOTHING
    if column.unit in ("share", "ratio") and abs(number) < 10:
        return f"{number:.3f}"
    return plain(number * column.scale)


def change(row: Row, column: Column) -> str:
    """Return the change with its interval: per cent or a factor, or a difference."""
    if row.change is None:
        return NOTHING
    ends = row.change, row.low, row.high
    if row.form == "difference":
        said = [None if end is None else _signed(end * column.scale) for end in ends]
    elif _AS_PERCENT[0] <= row.change <= _AS_PERCENT[1]:
        said = [None if end is None else _percent(end) for end in ends]
    else:
        said = [None if end is None else f"×{plain(end)}" for end in ends]
    if said[1] is None or said[2] is None:
        return str(said[0])
    return f"{said[0]} [{said[1]}, {said[2]}]"


def remarks(diff: Diff, rows: Sequence[Row]) -> list[str]:
    """Return what is said below the table: reasons of open rows, absent cases, notes."""
    open_rows: dict[str, list[Row]] = {}
    for row in rows:
        if row.reason and row.verdict in ("unresolved", "not comparable"):
            open_rows.setdefault(f"{row.verdict}: {_but_number(row)}", []).append(row)
    told = [f"{_numbered(said, alike)} ({_rows(diff, alike)})" for said, alike in open_rows.items()]
    absent: dict[str, list[str]] = {}
    for one in diff.absent:
        side = {"a": "A", "b": "B", "both": "A and B"}[one.where]
        said = one.reason if one.status == "missing" else f"{one.status} in {side}: {one.reason}"
        absent.setdefault(said, []).append(one.case)
    told += [f"not compared, {reason} ({_which(cases)})" for reason, cases in absent.items()]
    if not diff.compared and _why_nothing(diff) in diff.notes:
        return told + [note for note in diff.notes if note != _why_nothing(diff)]
    return [*told, *diff.notes]


def _but_number(row: Row) -> str:
    """Why a row is open, without the number of units that would settle it: told once for many."""
    return re.sub(rf"(about|test;) {row.needed} ", rf"\1{_NUMBER}", row.reason or "", count=1)


def _numbered(said: str, rows: Sequence[Row]) -> str:
    """The same with that number, or from the least to the largest."""
    needed = [row.needed for row in rows if row.needed is not None]
    if not needed:
        return said
    ends = dict.fromkeys((min(needed), max(needed)))
    return said.replace(_NUMBER, f" {' to '.join(map(str, ends))} ", 1)


def _worst(diff: Diff) -> list[str]:
    if not diff.compared:
        return [f"Nothing was compared: {_why_nothing(diff)}."]
    first = diff.rows[0]
    if first.verdict != "worse":
        return ["Nothing is worse." if diff.tested else "Nothing could be tested."]
    column = diff.columns[first.metric]
    return [f"Worst: {column.title or first.metric} {change(first, column)} in {first.case}."]


def _why_nothing(diff: Diff) -> str:
    if diff.absent and not diff.rows:
        return diff.absent[0].reason
    return diff.notes[0] if diff.notes else "no case of the one has its counterpart in the other"


def _texts(diff: Diff) -> list[str]:
    if not diff.with_texts:
        return []
    same = len(diff.identical)
    pairs = "1 pair" if diff.with_texts == 1 else f"{diff.with_texts:,} pairs"
    if not same:
        return []
    if same == diff.with_texts:
        return [f"The texts are identical{f' in all {pairs}' if same > 1 else ''}."]
    return [f"The texts are identical in {same:,} of {pairs}."]


def _lost(diff: Diff) -> list[str]:
    lost = [one.case for one in diff.lost]
    return [f"Failed in B, not in A: {_which(lost)}."] if lost else []


def units(row: Row) -> str:
    """Return how many units the values of a row rest on, and which."""
    if not row.unit:
        return NOTHING
    if row.unit == "launches":
        return f"{row.n_a}+{row.n_b}"
    return f"1 {row.unit.removesuffix('s')}" if row.n_a == 1 else f"{row.n_a} {row.unit}"


def _signed(number: float) -> str:
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{plain(abs(number))}"


def _percent(ratio: float) -> str:
    change = 100 * (ratio - 1)
    digits = 1 if abs(change) < 9.95 else 0
    text = f"{abs(change):.{digits}f}"
    sign = "" if not float(text) else "+" if change > 0 else "−"
    return f"{sign}{text}%"


def _rows(diff: Diff, rows: Sequence[Row]) -> str:
    """Which metrics of which case; of several cases, how many."""
    titles = list(dict.fromkeys(diff.columns[row.metric].title or row.metric for row in rows))
    cases = list(dict.fromkeys(row.case for row in rows))
    where = cases[0] if len(cases) == 1 else f"{len(cases):,} cases"
    return f"{_which(titles)} in {where}"


def _which(cases: Sequence[str]) -> str:
    more = len(cases) - _MOST_NAMED
    return ", ".join(cases[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
