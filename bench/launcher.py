"""The parent's side of a worker: start it, wait for its events asleep, kill its whole group."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.job import OK, Job

_TAIL_LINES = 12
_TAIL_BYTES = 16_384


class WorkerDiedError(Exception):
    """The worker ended before its job was done."""


class WorkerTimedOutError(Exception):
    """The worker did not finish a step in time and was killed."""


class Worker:
    """One worker process with its pipes; a context manager kills what is left of its group."""

    def __init__(self, job: Job, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._buffer = b""
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=dict(environment),
                start_new_session=True,
            )
        self._send(job.to_line())

    def events(self, timeout: float) -> Iterator[dict[str, Any]]:
        """Yield events until the worker says ``end`` or ``not_loaded``.

        The worker goes on only when the next event is asked for, so the caller's work is never
        done beside a measurement. While waiting, this process sleeps in ``select``.

        Raises:
            WorkerDiedError: the process ended; the text names its exit code or signal.
            WorkerTimedOutError: no event came within ``timeout`` seconds.
        """
        while True:
            line = self._read_line(timeout)
            try:
                event = json.loads(line)
            except ValueError as error:
                raise WorkerDiedError(f"it sent {line[:80]!r} instead of an event") from error
            yield event
            self._send(OK)
            if event["event"] in ("end", "not_loaded"):
                return

    def _read_line(self, timeout: float) -> bytes:
        assert self._process.stdout is not None
        fd = self._process.stdout.fileno()
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise WorkerTimedOutError(f"it took longer than {timeout:g} s")
            chunk = os.read(fd, 1 << 16)
            if not chunk:
                raise WorkerDiedError(_how_it_ended(self._process.wait()))
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        # A worker that is gone shows in the next read, with its exit code.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()

    def log_tail(self) -> str:
        """Return the last lines that the worker wrote to standard error."""
        try:
            with self._log.open("rb") as stream:
                stream.seek(max(0, self._log.stat().st_size - _TAIL_BYTES))
                text = stream.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-_TAIL_LINES:])

    def close(self) -> None:
        """Kill the process group, if anything of it is left, and close the pipes."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    name = signal.Signals(-code).name
    hint = " (often: the machine ran out of memory)" if name == "SIGKILL" else ""
    return f"it was ended by {name}{hint}"
