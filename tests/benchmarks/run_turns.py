"""A whole ``versebench run`` and a bare loop in a process of its own, call by call.

A shared machine changes its speed by tens of per cent from minute to minute, so two processes that
run one after the other cannot be compared to 2 %. Here both are alive at once and take turns: the
run's parent is stopped (SIGSTOP) while its worker generates, so that the worker, its call done,
waits for the parent's answer as it always does, only longer; then the bare loop makes one call.
Nothing of the run is changed, and nothing that is being timed is ever interrupted.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from bench.launcher import MEASURING

_LOOK = 0.02  # seconds between looks; far shorter than a call of a model worth this
_AT_WORK = 0.2  # seconds of processor time after which a worker that was let go is in its call
_IDLE = 0.1  # seconds without any, after which it waits for its parent


class BareLoop:
    """``bare_loop.py`` at the other end of two pipes; a context manager ends it."""

    def __init__(self, script: Path, arguments: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            text=True,
        )
        self._answer()

    def __call__(self) -> float:
        """Make one call; return its tokens/s."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the bare loop ended")
        return line

    def __enter__(self) -> BareLoop:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def rates_in_turns(
    scenario: Path, out: Path, root: Path, trials: int, other: Callable[[], float]
) -> list[tuple[float, float]]:
    """Run ``scenario`` (one case, one launch); ``other`` is called after each of its warm calls.

    Args:
        scenario: its file, with ``fit_points: 0`` and ``samples: 0``.
        out: an empty folder for the run.
        root: where ``python -m bench`` is found.
        trials: the timed trials that the scenario asks for.
        other: makes one call and returns its tokens/s.

    Returns:
        For each timed trial its tokens/s, and the mean of ``other`` just before and just after it.

    Raises:
        RuntimeError: the run failed, or the two did not take turns.
    """
    command = [sys.executable, "-m", "bench", "run", str(scenario), "--out", str(out)]
    run = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    beside: list[float] = []
    try:
        _wait(run, lambda: len(_trials(out)) > 0)  # the cold call is done
        worker = next(p for p in psutil.Process(run.pid).children() if MEASURING in p.cmdline())
        while sum(t["phase"] == "timed" for t in _trials(out)) < trials:
            before, used = len(_trials(out)), _processor_seconds(worker)
            _wait(run, lambda used=used: _processor_seconds(worker) - used > _AT_WORK)
            run.send_signal(signal.SIGSTOP)
            while not _waits(worker):
                pass
            beside.append(other())
            run.send_signal(signal.SIGCONT)
            _wait(run, lambda before=before: len(_trials(out)) > before)
            if len(_trials(out)) != before + 1:
                raise RuntimeError("the worker made two calls in its turn: its calls are too short")
        made = _trials(out)[1:]
        run.wait()
    finally:
        if run.poll() is None:
            run.send_signal(signal.SIGCONT)
            run.terminate()
            run.wait()
    if run.returncode:
        raise RuntimeError(f"versebench run ended with exit code {run.returncode}")
    # Each call but the first lies between two of the other.
    turns = zip(made[1:], beside, beside[1:], strict=False)
    return [
        (trial["new_tokens"] / trial["seconds"], (before + after) / 2)
        for trial, before, after in turns
        if trial["phase"] == "timed"
    ]


def _trials(out: Path) -> list[dict[str, Any]]:
    """Return the trials that the run under ``out`` has written; its last line may be half one."""
    lines = [line for file in out.glob("*/records.jsonl") for line in file.open("rb")]
    records = [json.loads(line) for line in lines if line.endswith(b"\n")]
    return [record for record in records if "phase" in record]


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _waits(process: psutil.Process) -> bool:
    """Whether ``process`` does nothing for a while."""
    before = _processor_seconds(process)
    time.sleep(_IDLE)
    return _processor_seconds(process) == before


def _wait(run: subprocess.Popen[bytes], condition: Callable[[], bool]) -> None:
    while not condition():
        if run.poll() is not None:
            raise RuntimeError(f"versebench run ended with exit code {run.returncode}")
        time.sleep(_LOOK)
