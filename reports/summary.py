"""A run as two tidy tables: one row per case, one per sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from metrics import Metric
from reports.case_summary import summarise_case
from reports.columns import AXES, case_columns, metric_column, sample_columns
from reports.completed import CaseResult, Completed, complete
from reports.frames import frame_of
from reports.frontier import frontier_of, mark
from reports.quality import quality_row
from reports.run_folder import RunFolder
from reports.scores import CaseScores, RunScores, asked_metrics, score_run

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
        samples: one row per generated text, with its scores.
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
    samples: DataFrame
    missing: dict[str, dict[str, str]]
    warnings: list[Notice]
    metrics: dict[str, Metric]
    asked: tuple[str, ...]
    completed: Completed
    ended: str
    scores: RunScores = field(repr=False)
    quality: str | None = None

    @cached_property
    def state_changes(self) -> list[StateChange]:
        """What training changed, one entry per state; compared once, however many views show it."""
        from reports.state_changes import state_changes  # which compares summaries

        return state_changes(self)

    def reason(self, case: str, column: str) -> str | None:
        """Return why ``column`` of ``case`` has no value; None where it has one."""
        return self.missing.get(case, {}).get(column)


def summarise(
    run: RunFolder, metrics: Sequence[str] | None = None, *, quality: str | None = None
) -> Summary:
    """Read, score and summarise a run.

    Args:
        run: an open run folder; it may still be written.
        metrics: metric names, groups or ``*``; by default those that the scenario selected.
        quality: the metric that speed is weighed against (``frontier``).

    Raises:
        RunFolderError: the records cannot be opened.
        QualityError: there is no such ``quality``.
    """
    manifest = run.manifest
    completed = complete(manifest.get("cases", []), run.read())
    damage = run.damage()
    asked = tuple(asked_metrics(manifest) if metrics is None else metrics)
    scores = score_run(run, completed, asked)
    scenario = manifest.get("scenario")
    scenario = scenario if isinstance(scenario, dict) else {}

    rows, missing, told = [], {}, _Told()
    for text in (*manifest.get("warnings", ()), *([damage] if damage else ()), *scores.warnings):
        told.add(str(text))
    for result in completed.cases:
        summary = summarise_case(result, scenario)
        for text in summary.warnings:
            told.add(text, result.id)
        row, reasons = summary.row, summary.missing
        if (found := scores.cases.get(result.id)) is not None:
            of_texts, more = quality_row(found, scores.metrics)
            row, reasons = row | of_texts, reasons | more
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
        frame_of(_sample_rows(completed.cases, scores), sample_columns(used)),
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


def _sample_rows(cases: Iterable[CaseResult], scores: RunScores) -> list[dict[str, Any]]:
    rows = []
    names = [name for name, metric in scores.metrics.items() if metric.level == "sample"]
    for result in cases:
        labels = {prompt["index"]: prompt.get("label") for prompt in result.case["prompts"]}
        axes = {axis: result.case.get(axis) for axis in AXES}
        found: CaseScores | None = scores.cases.get(result.id)
        for position, sample in enumerate(result.samples):
            row = {
                "case": result.id,
                **axes,
                "prompt_index": sample.prompt_index,
                "prompt_label": labels.get(sample.prompt_index),
                "repeat": sample.repeat,
                "launch": sample.launch,
                "seed": sample.seed,
                "prompt": sample.prompt,
                "text": sample.text,
                "new_tokens": sample.new_tokens,
                "ended": sample.ended,
                "replacement_characters": sample.broken_characters,
            }
            if found is not None:
                for name in names:
                    row[metric_column(name)] = found.metrics[name].values[position]
            rows.append(row)
    return rows
