"""The small words of a history: counts, names, times, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from reports.history.fingerprints import Change
from reports.history.trends import Step, Trend
from reports.numbers import plain

NOTHING = "–"
MOST_NAMED = 5
_MOST_CHANGES = 8
_LONGEST = 60  # characters of a value that changed


def change(trend: Trend, step: Step) -> str:
    """Return the size of a step: per cent, a factor, or a difference."""
    if trend.form == "difference":
        return _signed(step.change * trend.series.column.scale)
    if 0.5 <= step.change <= 2:
        share = 100 * (step.change - 1)
        return f"{'+' if share > 0 else '−'}{abs(share):.{1 if abs(share) < 9.95 else 0}f}%"
    return f"×{plain(step.change)}"


def told_changes(found: Sequence[Change]) -> str:
    """Return changes in words, the first few of them."""
    told = [f"{one.what} {_short(one.a)} → {_short(one.b)}" for one in found[:_MOST_CHANGES]]
    more = f"; and {len(found) - _MOST_CHANGES} more" if len(found) > _MOST_CHANGES else ""
    return "; ".join(told) + more


def number(count: int, what: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def named(cases: Sequence[str]) -> str:
    """Return the first few of some names, and how many are left."""
    more = len(cases) - MOST_NAMED
    return ", ".join(cases[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def day(time: float) -> str:
    """Return the day of a time, UTC."""
    return _utc(time).strftime("%Y-%m-%d")


def moment(time: float) -> str:
    """Return a time to the minute, UTC."""
    return _utc(time).strftime("%Y-%m-%d %H:%M")


def iso(time: float) -> str:
    """Return a time for programs, UTC."""
    return _utc(time).isoformat(timespec="seconds")


def _utc(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def _short(found: object) -> str:
    if found is None:
        return NOTHING
    text = f"{found:g}" if isinstance(found, float) else str(found)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{plain(abs(change))}"
