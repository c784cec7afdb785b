"""The gates that pytest's command line and the project's settings add to every scenario's own."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

_LAST_GOOD = "last-good"


class Gates:
    """They are read where they are measured; here they are words.

    Args:
        config: pytest's.

    Attributes:
        texts: the gates, such as ``rep_4<=0.3``; each is for the scenarios that have a case for it.
        baseline: the run that gates compare with; None for the last good one.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._typed: list[str] = config.getoption("versebench_gate")
        self.texts = [*config.getini("versebench_gates"), *self._typed]
        self._baseline_typed: str | None = config.getoption("versebench_baseline")
        self.baseline = (
            _path(self._baseline_typed, config.invocation_params.dir)
            if self._baseline_typed
            else _path(config.getini("versebench_baseline"), config.rootpath)
        )

    def __bool__(self) -> bool:
        return bool(self.texts or self.baseline)

    def request(self) -> dict[str, Any]:
        """Return what the measuring process is told."""
        return {"gates": self.texts, "baseline": self.baseline}

    def check(self, held: Collection[str], compares: bool) -> None:
        """See that what was typed is for something, before it is measured.

        Args:
            held: the gates that some selected case fits.
            compares: whether any gate compares with a baseline.

        Raises:
            pytest.UsageError: it is for nothing. Settings may be: they are for all selections.
        """
        for text in self._typed:
            if text not in held:
                raise pytest.UsageError(f"--versebench-gate: no selected case fits {text!r}")
        if self._baseline_typed and not compares:
            raise pytest.UsageError(
                "--versebench-baseline: no gate compares with a baseline. Add one, such as "
                "--versebench-gate='tokens_per_second worse_by 5%'"
            )


def _path(given: str, folder: Path) -> str | None:
    """Return a run folder as an absolute path; None where the last good run is meant."""
    if not given or given == _LAST_GOOD:
        return None
    return str(folder / os.path.expanduser(given))
