"""A word on the terminal about what is being measured, behind pytest's own line."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest

_SAVE, _RESTORE, _CLEAR = "\x1b7", "\x1b8", "\x1b[K"
_LEAST = 20  # cells; with less room nothing is said


class Screen:
    """Shows steps where pytest writes to a terminal, and takes them away again.

    Drawn only when the measuring process has said something and waits, never on a timer.
    """

    def __init__(self, config: pytest.Config) -> None:
        reporter: Any = config.pluginmanager.getplugin("terminalreporter")
        self._writer = reporter._tw if reporter is not None and reporter.isatty else None
        capture: Any = config.pluginmanager.getplugin("capturemanager")
        self._uncaptured = capture.global_and_fixture_disabled if capture else nullcontext
        self.width: int = reporter._tw.fullwidth if reporter is not None else 80
        self.colour: bool = bool(reporter is not None and reporter.hasmarkup)

    def step(self, event: Mapping[str, Any]) -> None:
        """Show what is about to run."""
        if self._writer is None:
            return
        room = self._writer.fullwidth - self._writer.width_of_current_line - 2
        if room < _LEAST:
            return
        about = " ".join(part for part in (event["about"], event["phase"]) if part)
        text = f" {event['left']} to go: {about}"
        plain = "".join(c if c.isprintable() and ord(c) < 0x1100 else "?" for c in text)
        self._draw(_SAVE + _CLEAR + plain[:room] + _RESTORE)

    def clear(self) -> None:
        """Take away what was shown."""
        self._draw(_CLEAR)

    def _draw(self, codes: str) -> None:
        if self._writer is None:
            return
        with self._uncaptured():
            # Past pytest's writer, which counts what it writes towards the width of its line.
            self._writer._file.write(codes)
            self._writer._file.flush()
