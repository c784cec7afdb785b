"""A run in a few lines of Markdown, for the page of a CI job: the rest is folded."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.gate_words import gate_lines
from reports.markdown import escaped, markdown
from reports.table import view
from reports.visible import one_line, shortened
from reports.warning_lines import merged

if TYPE_CHECKING:
    from reports.gates import GateOutcome
    from reports.summary import Summary

LONGEST = 400_000  # characters; GitHub takes 1 MiB a step
_MARKS = {"fail": "❌", "pass": "✅", "not compared": "❔"}
_ABSENT = {"failed": "💥"}
_MOST = 20  # lines on gates, cases and warnings each


def job_summary(
    summary: Summary,
    gates: Sequence[GateOutcome] = (),
    baseline: Summary | None = None,
    *,
    good: bool = True,
) -> str:
    """Return the summary, with the diff against ``baseline`` and all cases folded below it.

    Args:
        summary: the run.
        gates: what became of its gates.
        baseline: the run that they compared with.
        good: whether the job ends well; the mark on top.
    """
    statuses = [case.status for case in summary.completed.cases]
    good = good and "ok" in statuses and "failed" not in statuses
    name = escaped(str(summary.run.manifest.get("scenario_name", "run")))
    failed = sum(one.verdict == "fail" for one in gates)
    said = [f"{statuses.count('ok')} of {len(statuses)} cases measured"]
    for status in ("failed", "skipped", "not run"):
        if count := statuses.count(status):
            said.append(f"{count} {status}")
    if failed:
        said.append("1 gate missed" if failed == 1 else f"{failed} gates missed")
    if summary.ended != "complete":
        said.append(f"the run is {summary.ended}")
    if baseline is not None:
        said.append(f"against {escaped(baseline.run.path.name)}")
    parts = [f"## {'✅' if good else '❌'} {name}", " · ".join(said)]
    if bullets := _bullets(summary, gates):
        parts.append("\n".join(f"- {bullet}" for bullet in bullets))
    if baseline is not None:
        parts += _against(summary, baseline)
    parts.append(_folded("All cases", markdown(summary, gates)))
    return _fitting(parts)


def _bullets(summary: Summary, gates: Sequence[GateOutcome]) -> list[str]:
    lines = [
        f"{_MARKS[line.verdict]} {escaped(line.text)}"
        + (f": “{escaped(shortened(line.culprit.text, 200))}”" if line.culprit else "")
        for line in gate_lines(gates)
    ]
    absent = [
        f"{_ABSENT.get(status, '⏭️')} {status}: {escaped(cases)}: {escaped(reason)}"
        for status, reason, cases in view(summary).absent
    ]
    told = [f"⚠️ {escaped(text)}" for text, _ in merged(summary.warnings)]
    return [*_few(absent), *_few(lines), *_few(told)]


def _few(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"… and {more:,} more"] if more > 0 else [])]


def _against(summary: Summary, baseline: Summary) -> list[str]:
    from reports.diff.between import Options, diff_runs
    from reports.diff.markdown import markdown as diff_markdown
    from reports.diff.wording import headline

    diff = diff_runs(baseline, summary, Options(across=["versions"]))
    title = f"Against {baseline.run.path.name}: {headline(diff)[0].partition(':')[0]}"
    return [_folded(title, diff_markdown(diff))]


def _folded(title: str, body: str) -> str:
    head = f"<details><summary>{html.escape(one_line(title))}</summary>"
    return f"{head}\n\n{body.strip()}\n\n</details>"


def _fitting(parts: list[str]) -> str:
    """Drop what is folded where all of it is too long, the last first."""
    kept = list(parts)
    while len("\n\n".join(kept)) > LONGEST and len(kept) > 3:
        kept.pop()
    text = "\n\n".join(kept)
    if len(kept) < len(parts):
        text += "\n\nThe rest is too long for this page: see report.md in the run folder."
    return f"{text}\n"
