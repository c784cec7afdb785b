"""All facts of this machine as one flat dictionary, and those of them that change."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.machine import cgroups, processor, system
from bench.machine.nvidia import Devices
from bench.machine.probing import collect

_ROOT = Path("/")


def facts(root: Path = _ROOT, devices: Devices | None = None) -> dict[str, Any]:
    """Return what this machine is and how it is set, ready for JSON.

    Sizes are bytes. A None whose name is in ``missing`` was not to be found out, for the reason
    given there; any other None means that there is none (such as no CPU quota).
    """
    gpus = devices or Devices(root)
    return collect(
        {
            "cpu_model": lambda: processor.model(root),
            "architecture": platform.machine,
            "cores_physical": processor.physical_cores,
            "cores_logical": processor.logical_cores,
            "cores_allowed": processor.allowed_cores,
            "cpu_quota": lambda: cgroups.cpu_quota(root),
            "governor": lambda: processor.governor(root),
            "boost": lambda: processor.boost(root),
            "virtualisation": lambda: processor.virtualisation(root),
            "container": lambda: processor.container(root),
            "memory_total_bytes": lambda: system.memory(root)["total"],
            "memory_available_bytes": lambda: system.memory(root)["available"],
            "memory_limit_bytes": lambda: cgroups.memory_limit(root),
            "swap_total_bytes": lambda: system.memory(root)["swap_total"],
            "swap_used_bytes": lambda: system.memory(root)["swap_used"],
            "on_battery": system.on_battery,
            "load_average": lambda: system.load_average(root),
            "os": lambda: system.operating_system(root),
            "kernel": platform.release,
            "python": system.python,
            "versions": system.versions,
            "gpu_driver": gpus.driver,
            "gpus": gpus.facts,
        }
    )


def volatile(root: Path = _ROOT, devices: Devices | None = None) -> dict[str, Any]:
    """Return what changes, cheap enough to be taken before and after each launch.

    Both readings come from the process that measures: its own processor time is told from the
    others' by the difference. Counters run since the machine (or the process) started.
    """
    gpus = devices or Devices(root)
    probes: dict[str, Callable[[], Any]] = {
        "load_average": lambda: system.load_average(root),
        "cpu_mhz": lambda: processor.megahertz(root),
        "cpu_temperature_celsius": lambda: processor.temperature(root),
        "cpu_thermal_throttles": lambda: processor.thermal_throttles(root),
        "cpu_seconds": lambda: processor.cpu_seconds(root).total,
        "cpu_idle_seconds": lambda: processor.cpu_seconds(root).idle,
        "cpu_steal_seconds": lambda: processor.cpu_seconds(root).stolen,
        "own_cpu_seconds": time.process_time,
        "quota_throttled_periods": lambda: cgroups.throttled_periods(root),
        "memory_available_bytes": lambda: system.memory(root)["available"],
        "swap_used_bytes": lambda: system.memory(root)["swap_used"],
        "gpus": gpus.volatile,
    }
    return collect(probes)
