"""A run as two tidy tables: one row per case, one per sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from metrics import Metric
from reports.case_summary import line_points, summarise_case
from reports.columns import case_columns
from reports.completed import CaseResult, Completed, complete
from reports.frames import frame_of
from reports.frontier import frontier_of, mark
from reports.garbage import collection_paused
from reports.line_fit import Line, fit_lines
from reports.quality import quality_rows
from reports.run_folder import RunFolder
from reports.samples_frame import samples_frame
from reports.scores import RunScores, asked_metrics, score_run
from reports.watch import Watch, nobody

if TYPE_CHECKING:
    from pandas import DataFrame

    from reports.state_changes import StateChange


@dataclass(frozen=True)
class Notice:
    """Something to know, ending in advice.

    Attributes:
        text: for people.
        cases: the ids of the cases that it is about; empty where it is about the run.
    """

    text: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """A run, summarised.

    Attributes:
        run: its folder.
        cases: one row per case, columns as in docs/reports.md; empty values are None or NaN.
        missing: case id -> column -> why there is no value.
        warnings: what to know about the run and its cases.
        metrics: the metrics computed, by name.
        asked: the names they were asked for by: metrics, groups, or ``*``.
        completed: the records that count.
        ended: how the run ended: ``complete``, ``interrupted``, ``failed``; or ``unfinished``
            (it still runs, or was killed).
        quality: the metric that speed is weighed against; None for the usual one.
    """

    run: RunFolder
    cases: DataFrame
    missing: dict[str, dict[str, str]]
    warnings: list[Notice]
    metrics: dict[str, Metric]
    asked: tuple[str, ...]
    completed: Completed
    ended: str
    scores: RunScores = field(repr=False)
    quality: str | None = None

    @cached_property
    def samples(self) -> DataFrame:
        """One row per generated text, with its scores; built when first asked for."""
        return samples_frame(self.completed.cases, self.scores)

    @cached_property
    def state_changes(self) -> list[StateChange]:
        """What training changed, one entry per state; compared once, however many views show it."""
        from reports.state_changes import state_changes  # which compares summaries

        return state_changes(self)

    def reason(self, case: str, column: str) -> str | None:
        """Return why ``column`` of ``case`` has no value; None where it has one."""
        return self.missing.get(case, {}).get(column)


@collection_paused()
def summarise(
    run: RunFolder,
    metrics: Sequence[str] | None = None,
    *,
    quality: str | None = None,
    watch: Watch = nobody,
) -> Summary:
    """Read, score and summarise a run.

    Args:
        run: an open run folder; it may still be written.
        metrics: metric names, groups or ``*``; by default those that the scenario selected.
        quality: the metric that speed is weighed against (``frontier``).
        watch: is told how far the scoring is.

    Raises:
        RunFolderError: the records cannot be opened.
        QualityError: there is no such ``quality``.
    """
    manifest = run.manifest
    completed = complete(manifest.get("cases", []), run.scan())
    asked = tuple(asked_metrics(manifest) if metrics is None else metrics)
    scores = score_run(run, completed, asked, watch)
    damage = run.damage()
    scenario = manifest.get("scenario")
    scenario = scenario if isinstance(scenario, dict) else {}

    rows, missing, told = [], {}, _Told()
    for text in (*manifest.get("warnings", ()), *([damage] if damage else ()), *scores.warnings):
        told.add(str(text))
    quality_of = quality_rows(scores.cases.values(), scores.metrics)
    for result, lines in zip(completed.cases, _lines(completed.cases), strict=True):
        summary = summarise_case(result, scenario, lines)
        for text in summary.warnings:
            told.add(text, result.id)
        row, reasons = summary.row, summary.missing
        if result.status == "ok":
            row["samples"] = 0
        if (found := scores.cases.get(result.id)) is not None:
            row["samples"] = len(found.keys)
            row["ended_share"] = found.ended / len(found.keys)
            of_texts, more = quality_of[result.id]
            row |= of_texts
            reasons = reasons | more
        row["warnings"] = " | ".join(summary.warnings) or None
        row["missing"] = _joined(reasons)
        rows.append(row)
        missing[result.id] = reasons
    ended = completed.ends[-1].status if completed.ends else "unfinished"
    used = scores.metrics.values()
    mark(rows, frontier_of(rows, scores.metrics, quality))
    return Summary(
        run,
        frame_of(rows, case_columns(used)),
        missing,
        told.warnings(),
        scores.metrics,
        asked,
        completed,
        ended,
        scores,
        quality,
    )


class _Told:
    """Warnings in the order first given, each text once, with its cases."""

    def __init__(self) -> None:
        self._cases: dict[str, list[str]] = {}

    def add(self, text: str, *cases: str) -> None:
        self._cases.setdefault(text, []).extend(cases)

    def warnings(self) -> list[Notice]:
        return [Notice(text, tuple(cases)) for text, cases in self._cases.items()]


def _joined(reasons: Mapping[str, str]) -> str | None:
    """All reasons on one line, columns of one reason together."""
    columns: dict[str, list[str]] = {}
    for column, reason in reasons.items():
        columns.setdefault(reason, []).append(column)
    return " | ".join(f"{', '.join(names)}: {why}" for why, names in columns.items()) or None


def _lines(cases: Sequence[CaseResult]) -> list[list[Line | None]]:
    """The lines of prefill and decode of each case's launches, all fitted together."""
    points = [line_points(result) for result in cases]
    fitted = iter(fit_lines([launch for launches in points for launch in launches]))
    return [[next(fitted) for _ in launches] for launches in points]
