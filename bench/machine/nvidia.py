"""Probes of NVIDIA devices through NVML (extra ``versebench[gpu]``). Nothing is ever set."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.machine.cuda_driver import normalised
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
_POWER, _THERMAL = 0, 1  # nvmlPerfPolicyType


class Devices:
    """The NVIDIA devices that this process may use (``CUDA_VISIBLE_DEVICES``).

    Args:
        root: of the file system.
        nvml: stands in for pynvml (tests).
        environment: of the process.
        bus_id: tells which device CUDA's first is, where this process computes on it: then there
            is only that one. See ``cuda_driver.first_pci_bus_id``.
    """

    def __init__(
        self,
        root: Path,
        nvml: Any = None,
        environment: Mapping[str, str] = os.environ,
        bus_id: Callable[[], str] | None = None,
    ) -> None:
        self._root = root
        self._nvml = nvml
        self._visible = environment.get("CUDA_VISIBLE_DEVICES")
        self._bus_id = bus_id
        self._first_seen: frozenset[int] | None = None

    def driver(self) -> str | None:
        """Return the driver's version; None without a device."""
        with self._session() as nvml:
            return _text(nvml.nvmlSystemGetDriverVersion()) if nvml else None

    def facts(self) -> list[dict[str, Any]]:
        """Return what each device is and how it is set; an empty list: there is none.

        Raises:
            MissingError: there are devices, and NVML cannot be asked about them.
        """
        return self._each(lambda nvml, gpu: {**_constant(nvml, gpu), **self._now(nvml, gpu)})

    def volatile(self) -> list[dict[str, Any]]:
        """Return what changes on each device: clocks, heat, power, throttling, company.

        Raises:
            MissingError: as for ``facts``.
        """
        return self._each(self._now)

    def remember_company(self) -> None:
        """Remember who is on the devices now, before this process is: they are all strangers.

        In a container NVML may tell the host's numbers of processes, by which this process cannot
        find itself. It is the one that came since, and that this container does not know.
        """
        with contextlib.suppress(Exception):
            # CUDA is not asked: it would start here, before the framework starts it.
            rows = self._each(
                lambda nvml, gpu: {"pids": lambda: sorted(_running(nvml, gpu))}, ask_cuda=False
            )
            self._first_seen = frozenset(pid for row in rows for pid in row["pids"] or ())

    def _now(self, nvml: Any, gpu: Any) -> dict[str, Callable[[], Any]]:
        return {**changing(nvml, gpu), "other_processes": lambda: self._others(nvml, gpu)}

    def _others(self, nvml: Any, gpu: Any) -> list[dict[str, int | None]]:
        """Return the processes on the device but this one; a container may show its own only."""
        memory = _running(nvml, gpu)
        ours = {os.getpid()} & memory.keys()
        if not ours and self._first_seen is not None:
            came = [pid for pid in memory.keys() - self._first_seen if not self._known(pid)]
            ours = set(came) if len(came) == 1 else set()
        return [{"pid": pid, "memory_bytes": memory[pid]} for pid in sorted(memory.keys() - ours)]

    def _known(self, pid: int) -> bool:
        return (self._root / "proc" / str(pid)).exists()

    def _each(
        self,
        probes: Callable[[Any, Any], Mapping[str, Callable[[], Any]]],
        ask_cuda: bool = True,
    ) -> list[dict[str, Any]]:
        with self._session() as nvml:
            if nvml is None:
                return []
            devices = []
            computes_on = self._computes_on() if ask_cuda else None
            for index in range(nvml.nvmlDeviceGetCount()):
                gpu = nvml.nvmlDeviceGetHandleByIndex(index)
                bus_id = _bus_id(nvml, gpu)
                if computes_on is not None and bus_id is not None:
                    mine = bus_id == computes_on
                else:
                    mine = self._may_use(index, _text(nvml.nvmlDeviceGetUUID(gpu)))
                if mine:
                    devices.append({"index": index, "pci": bus_id, **collect(probes(nvml, gpu))})
            return devices

    def _computes_on(self) -> str | None:
        hidden = self._visible is not None and self._visible.split(",")[0].strip() in ("", "-1")
        if self._bus_id is None or hidden:
            return None
        try:
            return self._bus_id()
        except MissingError:
            return None

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
        "power_limit_default_watts": lambda: (
            nvml.nvmlDeviceGetPowerManagementDefaultLimit(gpu) / 1000
        ),
        "persistence_mode": lambda: bool(nvml.nvmlDeviceGetPersistenceMode(gpu)),
        "mig_mode": lambda: bool(nvml.nvmlDeviceGetMigMode(gpu)[0]),
    }


def changing(nvml: Any, gpu: Any) -> dict[str, Callable[[], Any]]:
    """Return probes of what changes on a device: cheap, and none of them sets anything."""
    return {
        "memory_used_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(gpu).used),
        "sm_clock_mhz": lambda: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM),
        "memory_clock_mhz": lambda: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_MEM),
        "temperature_celsius": lambda: nvml.nvmlDeviceGetTemperature(
            gpu, nvml.NVML_TEMPERATURE_GPU
        ),
        "power_watts": lambda: nvml.nvmlDeviceGetPowerUsage(gpu) / 1000,
        "power_limit_watts": lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(gpu) / 1000,
        "utilization_percent": lambda: nvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
        "throttle_reasons": lambda: _reasons(nvml, gpu),
        # Counted since the driver was loaded, so that no slowdown between two readings is missed.
        "power_slowed_seconds": lambda: _slowed(nvml, gpu, _POWER),
        "heat_slowed_seconds": lambda: _slowed(nvml, gpu, _THERMAL),
    }


def _slowed(nvml: Any, gpu: Any, policy: int) -> float:
    return float(nvml.nvmlDeviceGetViolationStatus(gpu, policy).violationTime) / 1e9


def _running(nvml: Any, gpu: Any) -> dict[int, int | None]:
    """Return the memory of each process on the device, by its number."""
    running = [
        *nvml.nvmlDeviceGetComputeRunningProcesses(gpu),
        *nvml.nvmlDeviceGetGraphicsRunningProcesses(gpu),
    ]
    return {process.pid: process.usedGpuMemory for process in running}


def _bus_id(nvml: Any, gpu: Any) -> str | None:
    try:
        return normalised(nvml.nvmlDeviceGetPciInfo(gpu).busId)
    except Exception:  # an odd device must not stop a benchmark
        return None


def _reasons(nvml: Any, gpu: Any) -> list[str]:
    try:
        mask = nvml.nvmlDeviceGetCurrentClocksEventReasons(gpu)
    except (AttributeError, nvml.NVMLError):  # its name in pynvml, or the driver's, before 535
        mask = nvml.nvmlDeviceGetCurrentClocksThrottleReasons(gpu)
    return [name for bit, name in _REASONS.items() if mask & bit]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
