"""Probes of NVIDIA devices through NVML (extra ``versebench[gpu]``). Nothing is ever set."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.machine.probing import MissingError, collect

_REASONS = {  # nvmlClocksEventReasons
    0x01: "idle",
    0x02: "application clocks",
    0x04: "power cap",
    0x08: "hardware slowdown",
    0x10: "sync boost",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "power brake",
    0x100: "display clocks",
}
SLOWDOWNS = frozenset(
    {
        "power cap",
        "hardware slowdown",
        "software thermal slowdown",
        "hardware thermal slowdown",
        "power brake",
    }
)
"""The reasons that mean: slower than the device could be."""


class Devices:
    """The NVIDIA devices that this process may use (``CUDA_VISIBLE_DEVICES``)."""

    def __init__(
        self, root: Path, nvml: Any = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._root = root
        self._nvml = nvml
        self._visible = environment.get("CUDA_VISIBLE_DEVICES")

    def driver(self) -> str | None:
        """Return the driver's version; None without a device."""
        with self._session() as nvml:
            return _text(nvml.nvmlSystemGetDriverVersion()) if nvml else None

    def facts(self) -> list[dict[str, Any]]:
        """Return what each device is and how it is set; an empty list: there is none.

        Raises:
            MissingError: there are devices, and NVML cannot be asked about them.
        """
        return self._each(lambda nvml, gpu: {**_constant(nvml, gpu), **_changing(nvml, gpu)})

    def volatile(self) -> list[dict[str, Any]]:
        """Return what changes on each device: clocks, heat, power, throttling, company.

        Raises:
            MissingError: as for ``facts``.
        """
        return self._each(_changing)

    def _each(
        self, probes: Callable[[Any, Any], Mapping[str, Callable[[], Any]]]
    ) -> list[dict[str, Any]]:
        with self._session() as nvml:
            if nvml is None:
                return []
            devices = []
            for index in range(nvml.nvmlDeviceGetCount()):
                gpu = nvml.nvmlDeviceGetHandleByIndex(index)
                if self._may_use(index, _text(nvml.nvmlDeviceGetUUID(gpu))):
                    devices.append({"index": index, **collect(probes(nvml, gpu))})
            return devices

    def _may_use(self, index: int, uuid: str) -> bool:
        if self._visible is None:
            return True
        names = [name.strip() for name in self._visible.split(",") if name.strip()]
        # A slice of a device (MIG) does not name the device that it is part of.
        return str(index) in names or any(uuid.startswith(n) or n[:4] == "MIG-" for n in names)

    @contextlib.contextmanager
    def _session(self) -> Iterator[Any]:
        there = any((self._root / "dev").glob("nvidia[0-9]*")) or (self._root / "dev/dxg").exists()
        nvml = self._nvml
        if nvml is None:
            try:
                import pynvml

                nvml = pynvml
            except ImportError:
                if there:
                    raise MissingError(
                        "nvidia-ml-py is not installed: pip install nvidia-ml-py"
                    ) from None
                yield None
                return
        try:
            nvml.nvmlInit()
        except nvml.NVMLError as error:
            if there:
                raise MissingError(f"NVML does not start: {error}") from error
            yield None
            return
        try:
            yield nvml
        finally:
            nvml.nvmlShutdown()


def _constant(nvml: Any, gpu: Any) -> dict[str, Callable[[], Any]]:
    return {
        "name": lambda: _text(nvml.nvmlDeviceGetName(gpu)),
        "memory_total_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(gpu).total),
        "sm_clock_max_mhz": lambda: nvml.nvmlDeviceGetMaxClockInfo(gpu, nvml.NVML_CLOCK_SM),
        "memory_clock_max_mhz": lambda: nvml.nvmlDeviceGetMaxClockInfo(gpu, nvml.NVML_CLOCK_MEM),
        "power_limit_watts": lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(gpu) / 1000,
        "power_limit_default_watts": lambda: (
            nvml.nvmlDeviceGetPowerManagementDefaultLimit(gpu) / 1000
        ),
        "persistence_mode": lambda: bool(nvml.nvmlDeviceGetPersistenceMode(gpu)),
        "mig_mode": lambda: bool(nvml.nvmlDeviceGetMigMode(gpu)[0]),
    }


def _changing(nvml: Any, gpu: Any) -> dict[str, Callable[[], Any]]:
    return {
        "memory_used_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(gpu).used),
        "sm_clock_mhz": lambda: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM),
        "memory_clock_mhz": lambda: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_MEM),
        "temperature_celsius": lambda: nvml.nvmlDeviceGetTemperature(
            gpu, nvml.NVML_TEMPERATURE_GPU
        ),
        "power_watts": lambda: nvml.nvmlDeviceGetPowerUsage(gpu) / 1000,
        "utilization_percent": lambda: nvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
        "throttle_reasons": lambda: _reasons(nvml, gpu),
        "other_processes": lambda: _others(nvml, gpu),
    }


def _reasons(nvml: Any, gpu: Any) -> list[str]:
    ask = getattr(nvml, "nvmlDeviceGetCurrentClocksEventReasons", None)
    mask = (ask or nvml.nvmlDeviceGetCurrentClocksThrottleReasons)(gpu)
    return [name for bit, name in _REASONS.items() if mask & bit]


def _others(nvml: Any, gpu: Any) -> list[dict[str, int | None]]:
    """Return the processes on the device but this one; a container shows its own only."""
    running = [
        *nvml.nvmlDeviceGetComputeRunningProcesses(gpu),
        *nvml.nvmlDeviceGetGraphicsRunningProcesses(gpu),
    ]
    memory = {p.pid: p.usedGpuMemory for p in running if p.pid != os.getpid()}
    return [{"pid": pid, "memory_bytes": memory[pid]} for pid in sorted(memory)]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
