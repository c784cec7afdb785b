"""The measuring process of the pytest plugin, with workers that fake the model.

Runs in the place of ``bench/pytest_plugin/start.py``; all but the model is the real thing. What
goes wrong is in the environment: ``FAKE_FAULTS`` holds ``sampler:launch:call`` words, each the
death of a worker; where ``FAKE_HANGS`` names a file, the second worker makes it and then hangs.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from fake_runs import FakeWorkers  # noqa: E402

from bench.launcher import WorkerDiedError  # noqa: E402
from bench.pytest_plugin import measuring, server  # noqa: E402


class Workers(FakeWorkers):
    """Fake workers, the second of which may hang."""

    def __call__(self, job: Any, environment: Any, log: Path) -> Any:
        worker = super().__call__(job, environment, log)
        if len(self.jobs) > 1 and (mark := os.environ.get("FAKE_HANGS")):
            Path(mark).touch()
            time.sleep(600)
        return worker


def faults() -> dict[tuple[str, int, int], Exception]:
    found: dict[tuple[str, int, int], Exception] = {}
    for word in os.environ.get("FAKE_FAULTS", "").split():
        sampler, launch, call = word.split(":")
        found[sampler, int(launch), int(call)] = WorkerDiedError("it was ended by SIGSEGV")
    return found


if __name__ == "__main__":
    measuring.Run = partial(measuring.Run, start_worker=Workers(faults()))
    server.serve()
