"""What a person sees while a run lasts: a bar on a terminal, a line per finished case elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bench.planning import Plan
from reports.numbers import plain
from reports.records import CaseDone
from reports.training import Training
from reports.visible import one_line

_TURN = re.compile(r"trial (\d+)/(\d+)")


class RunProgress:
    """Draws a run; implements ``runner.Watcher`` and ``states.making.TrainingWatcher``.

    Nothing is drawn on a timer: a refresh happens only when the worker has sent an event and
    waits for the answer, so drawing takes no core from a measurement.
    """

    def __init__(self, plan: Plan, already_done: int, console: Console) -> None:
        self._console = console
        self._launches = plan.launches
        self._total = len(plan.cases) * plan.launches
        self._done = already_done
        self._launch = ""
        self._cases: dict[str, float] = {}
        self._tenth = 0
        self._reason = ""
        self._progress = Progress(
            TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[unit]}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            auto_refresh=False,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task(
            "", total=self._total, completed=already_done, unit="cases"
        )

    def launch(self, group: str, launch: int, cases: int) -> None:
        """Name the process that is about to start."""
        self._launch = group if launch == 0 else f"{group}, launch {launch + 1}"
        self._cases = {}
        self._draw("starting")

    def training(self, name: str, phase: str) -> None:
        """Show what is about to be done for a state; the first word of each goes to a log, too."""
        if not self._console.is_terminal:
            if name != self._launch:
                self._say(f"[dim]training[/] {escape(name)}")
            if "waiting" in phase:
                self._say(f"[dim]{escape(name)}: {escape(phase)}[/]")
        self._launch = name
        self._draw(phase)

    def training_step(self, name: str, progress: Mapping[str, Any]) -> None:
        """Show how far training is; a log gets a line per tenth of it."""
        step, steps = int(progress["step"]), int(progress["steps"])
        line = f"training {step}/{steps} · {as_progress(progress)}"
        self._progress.update(
            self._task,
            total=steps,
            completed=step,
            unit="steps",
            description=escape(f"{name}  {as_progress(progress)}"),
            refresh=self._console.is_terminal,
        )
        tenth = 10 * step // max(steps, 1)
        if tenth > self._tenth and not self._console.is_terminal:
            self._say(f"[dim]{escape(name)}: {escape(line)}[/]")
        self._tenth = tenth

    def trained(self, training: Training) -> None:
        """Say what training gained, and whether it had been done before."""
        self._tenth = 0
        name = escape(f"{training.preset}/{training.state}")
        how = "trained before, taken from the store" if training.reused else "trained"
        self._say(f"[dim]{how}[/] {name}: {escape(training.line())}{_gain(training)}")
        for warning in training.warnings:
            self._say(f"[yellow]{name}: {escape(one_line(warning))}[/]")

    def step(self, case: str | None, phase: str) -> None:
        """Show what the worker is about to do."""
        if case and (turn := _TURN.fullmatch(phase)):
            self._cases[case] = 0.9 * int(turn[1]) / int(turn[2])
        sampler = case.split("/")[2] if case and case.count("/") >= 3 else ""
        self._draw(f"{sampler}: {phase}" if sampler else phase)

    def done(self, record: CaseDone) -> None:
        """Count a finished case, and say what became of it."""
        self._cases.pop(record.case, None)
        self._done += 1
        if record.status != "ok":  # its later launches will not be tried
            self._total -= self._launches - 1 - record.launch
        self._draw("")
        launch = f" (launch {record.launch + 1})" if record.launch else ""
        count = f"[dim]{self._done}/{self._total}[/]"
        if record.status == "ok":
            if not self._console.is_terminal:
                self._say(f"{count} {escape(record.case)}{launch}: done")
            return
        style = "yellow" if record.status == "skipped" else "red"
        reason = record.reason or ""
        said = "for the same reason" if reason and reason == self._reason else one_line(reason)
        self._reason = reason  # one fault in a state's data ends all its cases
        case = escape(record.case)
        self._say(f"{count} [{style}]{case}{launch}: {record.status}: {escape(said)}[/]")

    def _say(self, markup: str) -> None:
        self._console.print(markup, soft_wrap=True, emoji=False, highlight=False)

    def _draw(self, what: str) -> None:
        self._progress.update(
            self._task,
            total=self._total,
            unit="cases",
            completed=self._done + sum(self._cases.values()),
            description=escape(f"{self._launch}  {what}"),
            refresh=self._console.is_terminal,
        )

    def __enter__(self) -> RunProgress:
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()


def _gain(training: Training) -> str:
    before, after = training.perplexity_before, training.perplexity
    if before is None or after is None:
        return ""
    return f" - held-out perplexity {plain(before)} to {plain(after)}"


def as_progress(data: Mapping[str, Any]) -> str:
    """Return progress on one line: loss, accuracy, speed, time left."""
    parts = []
    for key, form in _SHOWN.items():
        value = data.get(key)
        if isinstance(value, int | float):
            parts.append(form.format(value))
    return " · ".join(parts)


_SHOWN = {
    "loss": "loss {:.4f}",
    "accuracy": "accuracy {:.4f}",
    "milliseconds_per_step": "{:.0f} ms/step",
    "tokens_per_second": "{:,.0f} tokens/s",
    "seconds_left": "{:.0f} s left",
}
