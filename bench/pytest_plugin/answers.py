"""From a run folder to what pytest is told: per case its times, its values, and why it fails.

Text that a model or a worker wrote goes into pytest's output, so it is made safe to show here.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.judgement import judged
from bench.pages import IN_RUN_FOLDER, write_page
from bench.reporting import keep_in_history, write_files
from metrics.registry import ALIASES, all_metrics
from reports.columns import metric_column
from reports.frames import rows_of
from reports.rounds import rounds_of, timed_seconds
from reports.visible import lines, one_line, shortened

if TYPE_CHECKING:
    from bench.judgement import Judgement
    from reports.completed import CaseResult
    from reports.gates import GateOutcome
    from reports.run_folder import RunFolder
    from reports.summary import Summary

_LONGEST_TEXT = 300  # characters of the text that made a gate fail
_NOT_TOLD = ("warnings", "missing")  # columns that hold other columns' words


def answer(
    folder: RunFolder,
    *,
    interrupted: bool,
    history: Path,
    page: bool,
    width: int,
    colour: bool,
    texts: bool,
    baseline: str,
) -> dict[str, Any]:
    """Write the run's reports and return what pytest needs of it.

    Returns:
        ``folder``, ``interrupted``, ``table`` (for a terminal of that width), ``notes`` (what could
        not be written), ``short`` (short name -> column), and ``cases``: id -> ``status``;
        ``reason`` (why it was skipped); ``failures`` (texts, one per gate missed, or why there is
        nothing); ``seconds`` and ``over`` (what each of them is of); ``row`` (column -> value,
        without the empty ones); ``missing`` (column -> why); ``columns`` (all their names);
        ``others`` (the metrics that were not asked for); ``warnings``; and ``texts``, where asked
        for.
    """
    judgement = judged(folder, baseline=baseline)
    summary, gates = judgement.summary, judgement.gates
    notes = _written(judgement, history, page=page, ended=not interrupted)
    missed = _missed(gates)
    rows = {row["case"]: row for row in rows_of(summary.cases)}
    return {
        "folder": str(folder.path),
        "interrupted": interrupted,
        "table": _table(summary, gates, width, colour),
        "notes": notes,
        "short": {short: metric_column(name) for short, name in ALIASES.items()},
        "cases": {
            result.id: _case(result, rows[result.id], summary, missed.get(result.id, []), texts)
            for result in summary.completed.cases
        },
    }


def _written(judgement: Judgement, history: Path, *, page: bool, ended: bool) -> list[str]:
    """Write what ``versebench run --html`` writes; return what could not be written, and why.

    The page is left out where the extra that it needs is not installed.
    """
    from reports.last_good import keep_verdict
    from reports.page.shell import MissingExtraError, check_installed
    from reports.run_folder import RunFolderError

    summary, gates = judgement.summary, judgement.gates
    said = io.StringIO()
    try:
        if ended:
            keep_verdict(summary, gates)
        write_files(summary, gates)
        if page:
            with contextlib.suppress(MissingExtraError):
                check_installed()
                write_page(summary, gates, IN_RUN_FOLDER)
        with contextlib.redirect_stderr(said):
            if ended:
                keep_in_history(summary.run, history, judgement)
    except RunFolderError as error:
        said.write(f"{error}\n")
    return [one_line(line) for line in said.getvalue().splitlines()]


def _table(summary: Summary, gates: Sequence[GateOutcome], width: int, colour: bool) -> str:
    from rich.console import Console

    from reports.console import show

    text = io.StringIO()
    show(
        summary,
        Console(
            file=text,
            width=width,
            force_terminal=colour,
            no_color=not colour,
            legacy_windows=False,
        ),
        gates,
    )
    return text.getvalue()


def _case(
    result: CaseResult, row: Mapping[str, Any], summary: Summary, missed: list[str], texts: bool
) -> dict[str, Any]:
    seconds, over = rounds_of(timed_seconds(result))
    reasons = summary.missing.get(result.id, {})
    told: dict[str, Any] = {
        "status": result.status,
        "reason": one_line(result.reason) if result.reason else None,
        "failures": missed if result.status == "ok" else [],
        "seconds": seconds,
        "over": over,
        "row": {
            column: value
            for column, value in row.items()
            if value is not None and column not in _NOT_TOLD and _is_json(value)
        },
        "missing": {column: one_line(why) for column, why in reasons.items()},
        "columns": [column for column in row if column not in _NOT_TOLD],
        "others": sorted(name for name in all_metrics() if name not in summary.metrics),
        "warnings": [one_line(n.text) for n in summary.warnings if result.id in n.cases],
    }
    if result.status in ("failed", "not run"):
        told["failures"] = [_why_failed(result)]
    if texts:
        told["texts"] = [
            {"prompt": sample.prompt, "repeat": sample.repeat, "text": sample.text}
            for sample in result.samples
        ]
    return told


def _is_json(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _why_failed(result: CaseResult) -> str:
    said = one_line(result.reason or "no reason is on record")
    if result.status == "not run":
        return f"{one_line(result.id)} was not measured: {said}"
    tails = [failure.log_tail for failure in result.failures if failure.log_tail]
    text = f"{one_line(result.id)} failed: {said}"
    return f"{text}\nThe last lines of its log:\n{lines(tails[-1])}" if tails else text


def _missed(gates: Sequence[GateOutcome]) -> dict[str, list[str]]:
    """Return per case what its gates say; a gate without a value in any case fails each."""
    compared = {gate.key for gate in gates if gate.verdict != "not compared"}
    found: dict[str, list[str]] = {}
    for gate in gates:
        missed = gate.verdict == "fail" or (gate.key not in compared and not gate.excused)
        if gate.case is None or not missed:
            continue
        text = one_line(gate)
        if gate.culprit is not None:
            it = gate.culprit
            said = shortened(one_line(it.text), _LONGEST_TEXT)
            text += f"\n  {it.value:.3g} in: {one_line(it.prompt)} » {said}"
        found.setdefault(gate.case, []).append(text)
    return found
