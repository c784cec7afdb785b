"""The measuring process, from pytest's side: start it when needed, ask, wait asleep, end it."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

START = Path(__file__).with_name("start.py")
_OK = b"ok\n"
_TAIL_LINES = 12
_LAST_WORDS = 60.0  # s for the process to write the end of a run that is cut short


class RefusedError(Exception):
    """What was asked for cannot be done; the text says why, and what to do."""


class BrokenError(Exception):
    """The measuring process failed; the text holds its last words."""


class Service:
    """One measuring process, which lasts as long as the session.

    It is in a session of its own, so that Ctrl-C reaches pytest alone: pytest then tells it once,
    and it ends its run in order. Where pytest is killed it ends by itself, at its next event.

    Args:
        folder: its working folder.
        places: folders in which it looks for modules last (a project's own samplers).
    """

    def __init__(self, folder: Path, places: Sequence[str] = ()) -> None:
        self._folder = folder
        self._places = places
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def ask(
        self,
        do: str,
        watch: Callable[[dict[str, Any]], object] = lambda event: None,
        **request: Any,
    ) -> dict[str, Any]:
        """Send a request and wait for the answer.

        After Ctrl-C the process is told to come to an end, and its answer waited for: where there
        is one, it is returned and says ``interrupted``.

        Args:
            do: ``gates``, ``cases``, ``measure`` or ``run``.
            watch: is called with each step event; the measuring process waits meanwhile.
            request: see ``measuring``.

        Raises:
            RefusedError: it cannot be done.
            BrokenError: a fault of versebench, or the process was killed.
            KeyboardInterrupt: Ctrl-C, and there is no answer.
        """
        self._send(json.dumps({"do": do, **request}).encode() + b"\n")
        told = False
        while True:
            try:
                event = self._event()
                if event["event"] == "step":
                    watch(event)
                    self._send(_OK)
                    continue
            except KeyboardInterrupt:
                if told:
                    raise
                told = True
                self._started().send_signal(signal.SIGINT)
                continue
            if event["event"] == "done":
                answer: dict[str, Any] = event["answer"]
                return answer
            if event["event"] == "interrupted":
                raise KeyboardInterrupt
            raise {"refused": RefusedError}.get(event["event"], BrokenError)(event["text"])

    def close(self) -> None:
        """End the process, and see that it has ended."""
        if self._process is None:
            return
        process, self._process = self._process, None
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        try:
            process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._log is not None:
            self._log.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(START), *self._places],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                cwd=self._folder,
                start_new_session=True,
            )
        return self._process

    def _send(self, line: bytes) -> None:
        pipe = self._started().stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):  # the next read tells that it is gone
            pipe.write(line)
            pipe.flush()

    def _event(self) -> dict[str, Any]:
        pipe = self._started().stdout
        assert pipe is not None
        line = pipe.readline()
        if not line.endswith(b"\n"):
            raise BrokenError(self._last_words())
        event: dict[str, Any] = json.loads(line)
        return event

    def _last_words(self) -> str:
        code = self._started().wait()
        assert self._log is not None
        self._log.seek(0)
        said = self._log.read().decode("utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
        self.close()
        return "\n".join([f"the measuring process ended with exit code {code}", *said])
