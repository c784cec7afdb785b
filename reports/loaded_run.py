"""A run for programs and notebooks: ``reports.load(run)`` and its tidy frames."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.run_folder import RunFolder
from reports.summary import Summary, summarise
from reports.visible import one_line
from reports.warning_lines import merged

if TYPE_CHECKING:
    from pandas import DataFrame

_FRAMES = ("cases", "trials", "samples", "scores", "warnings", "launches")


def load(run: str | os.PathLike[str], metrics: Sequence[str] | None = None) -> LoadedRun:
    """Load a run folder: read its records, score what is not scored yet, summarise.

    Args:
        run: the folder; the run may still go on.
        metrics: metric names, groups or ``*``; by default those that the scenario selected.

    Raises:
        reports.run_folder.RunFolderError: it is no run folder, or cannot be read.
        TypeError: ``run`` is no path.
    """
    return LoadedRun(summarise(RunFolder.open(Path(run)), metrics))


class LoadedRun:
    """A run as pandas frames, each built when it is first asked for. Made by ``load``.

    Missing values are None, NaN or NA, never 0; ``reason`` says why. ``case`` joins the frames,
    and (``case``, ``prompt_index``, ``repeat``) joins ``samples`` with ``scores``.

    Attributes:
        summary: what the frames are made of; views and diffs take it.
    """

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.summary.run.path

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.manifest.get("scenario_name", "run"))

    @property
    def manifest(self) -> dict[str, Any]:
        """What was asked for and where it ran; docs/reports.md describes its keys."""
        return self.summary.run.manifest

    @property
    def ended(self) -> str:
        """How the run ended: ``complete``, ``interrupted``, ``failed`` or ``unfinished``."""
        return self.summary.ended

    @property
    def cases(self) -> DataFrame:
        """One row per case of the scenario: axes, speed, memory, quality; as ``cases.csv``."""
        return self.summary.cases

    @property
    def samples(self) -> DataFrame:
        """One row per generated text, with a column per sample metric; as ``samples.csv``."""
        return self.summary.samples

    @cached_property
    def trials(self) -> DataFrame:
        """One row per timed call of a finished launch, those that do not count included."""
        from reports.record_frames import trials_frame

        return trials_frame(self.summary.completed.cases)

    @cached_property
    def launches(self) -> DataFrame:
        """One row per case and worker process: what was measured once; failed ones included."""
        from reports.record_frames import launches_frame

        return launches_frame(self.summary.completed.cases)

    @cached_property
    def scores(self) -> DataFrame:
        """One row per text and metric: value, n, coverage, and the reason where there is none.

        A metric that judges all texts of a case together has one row, without prompt and repeat.
        """
        from reports.record_frames import scores_frame

        return scores_frame(self.summary.scores)

    @cached_property
    def warnings(self) -> DataFrame:
        """One row per warning and case that it is about; no case: it is about the run."""
        from reports.record_frames import warnings_frame

        return warnings_frame(self.summary.warnings)

    def reason(self, case: str, column: str) -> str | None:
        """Return why a column of ``cases`` has no value for a case; None where it has one."""
        return self.summary.reason(case, column)

    def __repr__(self) -> str:
        return f"<{self._title()}; {self._contents()}; frames: {', '.join(_FRAMES)}>"

    def _repr_html_(self) -> str:
        from reports.notebook import html_of

        return html_of(self.summary, self._title(), self._contents())

    def _title(self) -> str:
        return f"run {one_line(self.path.name)} of {one_line(self.name)}: {self.ended}"

    def _contents(self) -> str:
        completed, scores = self.summary.completed, self.summary.scores
        status = Counter(result.status for result in completed.cases)
        told = ", ".join(f"{count:,} {name}" for name, count in status.items())
        trials = sum(len(one.trials) for result in completed.cases for one in result.launches)
        texts = sum(len(case.keys) for case in scores.cases.values())
        return (
            f"{_count(len(completed.cases), 'case')}{f' ({told})' if told else ''}, "
            f"{_count(trials, 'trial')}, {_count(texts, 'text')}, "
            f"{_count(len(scores.metrics), 'metric')}, "
            f"{_count(len(merged(self.summary.warnings)), 'warning')}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
