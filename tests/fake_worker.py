"""``bench.worker`` with a fake engine in place of KerasHub; run as ``python -m fake_worker``.

All but the model is the real thing. What goes wrong is in the scenario: the preset ``die`` ends
the process while it loads, and the arguments ``{"fault": "sigkill", "call": 3}`` of a custom
sampler kill it in the case's fourth call.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from fake_engine import FakeEngine, FakeProgram

from bench import worker
from bench.engine import loading
from bench.engine.interface import InputError, LoadedEngine, UnavailableError

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def hang() -> None:
    """Sleep for ever, and so does a child process, whose id goes to the log."""
    child = subprocess.Popen(SLEEPER)
    print(f"pids {os.getpid()} {child.pid}", file=sys.stderr, flush=True)
    time.sleep(600)


def crash() -> None:
    raise RuntimeError("the model broke")


def chatter() -> None:
    """Print as a framework does: to Python's standard output, and to the file descriptor."""
    print("chatter on stdout")
    os.write(1, b"chatter on descriptor 1\n")


FAULTS = {
    "sigkill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "sigsegv": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "exit": lambda: os._exit(3),
    "hang": hang,
    "raise": crash,
    "chatter": chatter,
    "slow": lambda: time.sleep(0.01),
}


@dataclass
class Engine(FakeEngine):
    """A fake engine whose programs go wrong as their sampler's arguments say."""

    def program(self, sampler: dict[str, Any]) -> FakeProgram:
        given = sampler["arguments"].get("arguments", {})
        calls = {given["call"]} if "call" in given else range(1000)
        faults = dict.fromkeys(calls, FAULTS[given["fault"]]) if "fault" in given else {}
        return FakeProgram(self, sampler["kind"], sampler, faults=faults)


def load(preset: str, hardware: dict[str, Any], label: str = "") -> LoadedEngine:
    """Load as the preset's name says; ``tiny`` works."""
    match preset:
        case "input":
            raise InputError("there is no such preset")
        case "unavailable":
            raise UnavailableError("jax sees no gpu")
        case "crash":
            crash()
        case "hang":
            hang()
        case "die":
            FAULTS["sigkill"]()
    return LoadedEngine(Engine(), 0.5, 0.25)


loading.load = load

if __name__ == "__main__":
    worker.main()
