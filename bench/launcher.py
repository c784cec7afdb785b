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
from typing import Any, Protocol

from bench.job import OK

MEASURING = "bench.worker"
_TAIL_LINES = 12
_TAIL_BYTES = 16_384
_LONGEST_WAIT = 3600.0  # select refuses timeouts of centuries, which scenarios may ask for
_LAST_BREATH = 10.0  # seconds for a process that has closed its output to end


class AnyJob(Protocol):
    """What is sent to a worker first."""

    def to_line(self) -> str:
        """Return the job as one line of JSON."""


class WorkerDiedError(Exception):
    """The worker ended before its job was done."""


class WorkerTimedOutError(Exception):
    """The worker did not finish a step in time and was killed."""


class Worker:
    """One worker process with its pipes; a context manager kills what is left of its group.

    Args:
        job: what it is to do.
        environment: its environment variables, whole.
        log: where its standard error goes.
        module: what it runs, by default what measures; it speaks the protocol of ``bench.job``.
    """

    def __init__(
        self,
        job: AnyJob,
        environment: Mapping[str, str],
        log: Path,
        module: str | None = None,
    ) -> None:
        self._log = log
        self._buffer = b""
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module or MEASURING],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**environment, "PYTHONPATH": _import_path()},
                start_new_session=True,
            )
        self._send(job.to_line())

    def events(self, timeout: float) -> Iterator[dict[str, Any]]:
        """Yield events until the worker says ``end``, ``restart`` or ``not_loaded``.

        The worker goes on only when the next event is asked for, so the caller's work is never
        done beside a measurement. While waiting, this process sleeps in ``select``.

        Raises:
            WorkerDiedError: the process ended; the text names its exit code or signal.
            WorkerTimedOutError: no event came within ``timeout`` seconds.
        """
        while True:
            line, event = self._read_line(timeout), None
            with contextlib.suppress(ValueError):
                event = json.loads(line)
            if not isinstance(event, dict) or "event" not in event:
                raise WorkerDiedError(f"it sent {line[:80]!r} instead of an event")
            yield event
            self._send(OK)
            if event["event"] in ("end", "restart", "not_loaded"):
                return

    def _read_line(self, timeout: float) -> bytes:
        assert self._process.stdout is not None
        fd = self._process.stdout.fileno()
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerTimedOutError(f"it took longer than {timeout:g} s")
            if not select.select([fd], [], [], min(left, _LONGEST_WAIT))[0]:
                continue
            chunk = os.read(fd, 1 << 16)
            if not chunk:
                raise WorkerDiedError(self._how_it_ended())
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        # A worker that is gone shows in the next read, with its exit code.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(_LAST_BREATH)
        except subprocess.TimeoutExpired:
            return "it closed its output and did not end"
        if code >= 0:
            return f"it ended with exit code {code}"
        names = {signum.value: signum.name for signum in signal.Signals}
        name = names.get(-code, f"signal {-code}")
        hint = " (often: the machine ran out of memory)" if name == "SIGKILL" else ""
        return f"it was ended by {name}{hint}"

    def log_tail(self) -> str:
        """Return the last lines that the worker wrote to standard error."""
        try:
            with self._log.open("rb") as stream:
                stream.seek(max(0, self._log.stat().st_size - _TAIL_BYTES))
                text = stream.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-_TAIL_LINES:])

    def stop(self, patience: float) -> None:
        """Ask the worker to end (SIGTERM), and give it ``patience`` seconds to save its work."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)

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


def _import_path() -> str:
    """Return where the worker looks for modules: where this process does, then the working folder.

    With ``python -m`` alone the working folder would come first, and a file there of the name
    ``bench.py`` would be taken for versebench.
    """
    return os.pathsep.join([*(path or os.getcwd() for path in sys.path), os.getcwd()])
