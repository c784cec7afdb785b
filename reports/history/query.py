"""Asking a history: opens the index, and makes it anew should it turn out damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.history.index import DAMAGED, Index
from reports.history.series import NothingFitsError
from reports.history.trends import USUAL, History, trends
from reports.history.wording import skipped

__all__ = ["NothingFitsError", "query"]


def query(
    history: Path,
    patterns: Sequence[str] = USUAL,
    place: Path | None = None,
    *,
    case: str | None = None,
    scenario: str | None = None,
    rebuild: bool = False,
) -> History:
    """Return the trends of a history.

    Args:
        history: the folder of the files.
        patterns: globs of metrics.
        place: of the index on the disk; None builds it in memory.
        case: a glob of cases' ids, or of their labels.
        scenario: only runs of this scenario.
        rebuild: make the index anew.

    Raises:
        NothingFitsError: a pattern, the case or the scenario fits nothing that is there.
        OSError: the folder cannot be read.
    """
    for again in (False, True):
        try:
            with Index(history, place, rebuild=rebuild or again) as index:
                try:
                    return trends(index, history, patterns, case=case, scenario=scenario)
                except NothingFitsError as error:
                    told = "; ".join(skipped(index.faults))  # it may be in one of these
                    raise NothingFitsError(f"{error} {told}".strip()) from None
        except DAMAGED:  # a page that is damaged shows when it is read
            if again:
                raise
    raise AssertionError
