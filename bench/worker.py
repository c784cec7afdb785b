"""The worker process: reads one job, measures it, sends events. Run as ``python -m bench.worker``.

Standard output belongs to the protocol, so the file descriptor is kept aside and anything that a
framework prints goes to standard error, which the parent keeps as the launch's log.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import IO, Any

from bench.core_pinning import pin
from bench.job import OK, Job
from reports.records import Launch, LaunchEnd, Record, to_line

_TELLING = ("CUDA_", "JAX_", "KERAS_", "MKL_", "OMP_", "OPENBLAS_", "TF_", "TORCH_", "XLA_")
_NOT_TELLING = ("TF_CLI_", "TF_TOKEN_", "TF_VAR_")  # Terraform's, which may hold secrets


class Channel:
    """The worker's end of the conversation; implements ``protocol.Report``."""

    def __init__(self, events: IO[str], answers: IO[str]) -> None:
        self._events = events
        self._answers = answers

    def send(self, event: str, **data: Any) -> None:
        """Send an event and wait until the parent has dealt with it.

        Raises:
            SystemExit: the parent is gone.
        """
        try:
            self._events.write(json.dumps({"event": event, **data}) + "\n")
            self._events.flush()
            answer = self._answers.readline()
        except BrokenPipeError:
            answer = ""
        if answer != OK:
            raise SystemExit("the parent process is gone")

    def step(self, case: str, phase: str) -> None:
        """Say what is about to run."""
        self.send("step", case=case, phase=phase)

    def record(self, *records: Record) -> None:
        """Hand over records."""
        self.send("records", lines=[to_line(record) for record in records])


def open_channel() -> tuple[Channel, str]:
    """Take the protocol's streams for our own, and return the channel with the job's line.

    Raises:
        SystemExit: no job came.
    """
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    answers = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # a library that asks for input gets none
    die_with_parent()
    line = answers.readline()
    if not line:
        raise SystemExit("no job on standard input")
    return Channel(events, answers), line


def main() -> None:
    """Serve one job."""
    channel, line = open_channel()
    job = Job.from_line(line)
    pin(job.hardware)
    _serve(job, channel)


def _serve(job: Job, channel: Channel) -> None:
    started = time.time()
    from bench.engine.loading import load, loading_phase

    channel.send("step", case=None, phase=loading_phase(job.preset))
    from bench import machine
    from bench.engine.interface import InputError, UnavailableError
    from bench.machine.cuda_driver import first_pci_bus_id
    from bench.machine.nvidia import Devices
    from bench.protocol import Launch as Measured
    from bench.protocol import SpoiledDeviceError

    devices = Devices(Path("/"), bus_id=first_pci_bus_id)
    devices.remember_company()
    try:
        loaded = load(job.preset, job.hardware, job.group.partition("/")[0])
    except (InputError, UnavailableError) as error:
        failure = "input" if isinstance(error, InputError) else None
        channel.send("not_loaded", failure=failure, reason=str(error))
        return
    except Exception as error:
        traceback.print_exc()
        channel.send("not_loaded", failure="crash", reason=f"{type(error).__name__}: {error}")
        return
    before = machine.volatile(devices=devices)
    what_ran = {
        **loaded.engine.what_ran(),
        "cores": _cores(),
        "affinity": _affinity(),
        "environment": _environment(),
        "before": before,
    }
    channel.record(
        Launch(
            launch=job.launch,
            attempt=job.attempt,
            group=job.group,
            started=started,
            import_seconds=loaded.import_seconds,
            load_seconds=loaded.load_seconds,
            first_call_seconds=loaded.first_call_seconds,
            parameters=loaded.engine.parameters,
            what_ran=what_ran,
        )
    )
    try:
        Measured(loaded.engine, job, channel).run()
    except SpoiledDeviceError as error:
        channel.send("restart", reason=str(error))
        return
    after = machine.volatile(devices=devices)
    disturbed = machine.launch_warnings(before, after)
    channel.record(LaunchEnd(job.launch, job.attempt, job.group, time.time(), after, disturbed))
    channel.send("end")


def _environment() -> dict[str, str]:
    """Return the environment variables that change what backends do or how fast."""
    told = (name for name in os.environ if name.startswith(_TELLING))
    return {name: os.environ[name] for name in sorted(told) if not name.startswith(_NOT_TELLING)}


def _cores() -> int | None:
    cores = _affinity()
    return os.cpu_count() if cores is None else len(cores)


def _affinity() -> list[int] | None:
    """Return the numbers of the cores that this process may use; None: the system has no such."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies, so no orphan disturbs the next run."""
    if sys.platform.startswith("linux"):
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


if __name__ == "__main__":
    main()
