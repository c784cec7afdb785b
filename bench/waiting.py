"""What a person sees while a run's texts are scored or written: a bar, where it takes its time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

_PATIENCE = 1.0  # s without a word
_PAUSE = 0.1  # s between two drawings


class Waiting:
    """A bar on a terminal, drawn once the work has lasted for a second; a ``reports`` ``Watch``.

    Elsewhere, and for what is done sooner, nothing is printed. It leaves nothing behind.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._next = time.monotonic() + _PATIENCE

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Tell how far the work is; cheap enough to be called for each case."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        if self._bar is None:
            self._bar = self._started()
        task = self._bar.task_ids[0]
        self._bar.update(task, description=what, completed=done, total=total)
        self._bar.refresh()

    def _started(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = self._console or Console(stderr=True)
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("cases"),
            console=console,
            auto_refresh=False,
            transient=True,
            disable=not console.is_terminal,
        )
        bar.add_task("", total=None)
        bar.start()
        return bar
