"""The memory and energy pass: its own calls, never the timed ones.

A probe that is missing gives None and a reason, never an estimate.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.engine.interface import Engine, Peak, Program
from bench.gpu_counters import EnergyCounter, Watch
from bench.speed import SpeedBatch

_ENERGY_WINDOW_SECONDS = 3.0  # NVML's counter is renewed every 20-100 ms
_ENERGY_MOST_CALLS = 10_000


@dataclass(frozen=True)
class Used:
    """What one case needs while it generates."""

    host_peak_bytes: int | None
    device_peak_bytes: int | None
    energy_joules_per_1000_tokens: float | None
    seconds: float
    missing: dict[str, str] = field(default_factory=dict)
    device: dict[str, Any] = field(default_factory=dict)
    """Clocks, heat and power while the calls for energy ran; see ``gpu_counters.Watch``."""


def measure(engine: Engine, program: Program, speed: SpeedBatch) -> Used:
    """Call the program once for memory and, where a counter exists, for some seconds for energy."""
    engine.reset_device_peak()
    cleared = clear_host_peak()
    seconds = program(speed.batch, None).seconds
    host = host_peak() if cleared else Peak(None, "the kernel does not let VmHWM be reset here")
    device = engine.device_peak()
    counter = EnergyCounter.for_this_process()
    with Watch(counter) as watch:
        energy, energy_seconds = _energy(program, speed, counter)
    missing = {
        name: peak.reason
        for name, peak in (
            ("host_peak_bytes", host),
            ("device_peak_bytes", device),
            ("energy_joules_per_1000_tokens", energy),
        )
        if peak.reason
    }
    return Used(
        None if host.value is None else int(host.value),
        None if device.value is None else int(device.value),
        energy.value,
        seconds + energy_seconds,
        missing,
        watch.seen(),
    )


def _energy(program: Program, speed: SpeedBatch, counter: EnergyCounter) -> tuple[Peak, float]:
    before = counter.joules()
    if before.value is None:
        return before, 0.0
    seconds, tokens = 0.0, 0
    for _ in range(_ENERGY_MOST_CALLS):
        result = program(speed.batch, None)
        seconds += result.seconds
        tokens += sum(result.batch.prompt_tokens) - sum(speed.batch.prompt_tokens)
        if seconds > _ENERGY_WINDOW_SECONDS:
            break
    after = counter.joules()
    if after.value is None:
        return after, seconds
    return Peak(1000 * (after.value - before.value) / tokens), seconds


def clear_host_peak() -> bool:
    """Reset this process's VmHWM (proc(5), clear_refs); False where that is not possible."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def host_peak() -> Peak:
    """Return this process's peak resident memory since the last reset, in bytes (VmHWM)."""
    try:
        status = Path(f"/proc/{os.getpid()}/status").read_text()
        line = next(x for x in status.splitlines() if x.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return Peak(None, "there is no VmHWM in /proc on this system")
    return Peak(float(line.split()[1]) * 1024)
