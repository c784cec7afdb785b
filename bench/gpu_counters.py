"""NVML's counters of the one device that this process computes on (extra ``versebench[gpu]``).

Nothing is ever set. Every absence has a reason.
"""

from __future__ import annotations

import os
import statistics
import threading
from collections.abc import Callable
from typing import Any

from bench.engine.interface import Peak
from bench.machine.cuda_driver import first_pci_bus_id
from bench.machine.nvidia import changing
from bench.machine.probing import MissingError, collect

_PERIOD_SECONDS = 0.05
_HIDDEN = ("", "-1")


class EnergyCounter:
    """Joules that one NVIDIA device has used since its driver was loaded, and how it is now."""

    def __init__(self, nvml: Any, handle: Any, reason: str | None = None) -> None:
        self._nvml = nvml
        self._handle = handle
        self._reason = reason

    @classmethod
    def for_this_process(cls, bus_id: Callable[[], str] = first_pci_bus_id) -> EnergyCounter:
        """Return the counter of the first device that this process may see.

        Args:
            bus_id: tells which device CUDA's first is, as ``cuda_driver.first_pci_bus_id``.
        """
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        if visible is not None and visible.split(",")[0].strip() in _HIDDEN:
            return cls(None, None, "the case does not run on an NVIDIA device")
        try:
            import pynvml
        except ImportError:
            return cls(None, None, "no NVML: pip install nvidia-ml-py on a machine with one")
        try:
            pynvml.nvmlInit()
            return cls(pynvml, _handle(pynvml, visible, bus_id))
        except MissingError as reason:
            return cls(None, None, str(reason))
        except pynvml.NVMLError as error:
            return cls(None, None, f"no NVIDIA device: {error}")

    def joules(self) -> Peak:
        """Return the counter, or why it cannot be read."""
        if self._reason:
            return Peak(None, self._reason)
        try:
            if self._is_slice():
                return Peak(
                    None, "the case has a slice (MIG) of a device, whose counter is of the whole"
                )
            return Peak(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle) / 1000)
        except self._nvml.NVMLError as error:
            return Peak(None, f"this device has no energy counter: {error}")

    def reading(self) -> dict[str, Any] | None:
        """Return clocks, heat, power and throttling now; None where nothing can be asked."""
        return None if self._reason else collect(changing(self._nvml, self._handle))

    def _is_slice(self) -> bool:
        try:
            return bool(self._nvml.nvmlDeviceGetMigMode(self._handle)[0])
        except (self._nvml.NVMLError, AttributeError):  # a device that cannot be sliced
            return False


class Watch:
    """Readings of a counter while something runs, by a thread; a context manager.

    For passes that nobody times: the clocks of an idle device, before or after, say little.
    """

    def __init__(self, counter: EnergyCounter) -> None:
        self._counter = counter
        self._readings: list[dict[str, Any]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def seen(self) -> dict[str, Any]:
        """Return the medians of clocks and power, the highest temperature, all reasons to slow.

        Empty where there was no reading.
        """
        if not self._readings:
            return {}

        def values(name: str) -> list[Any]:
            return [r[name] for r in self._readings if r.get(name) is not None]

        found: dict[str, Any] = {"readings": len(self._readings)}
        for name in ("sm_clock_mhz", "memory_clock_mhz", "power_watts", "power_limit_watts"):
            found[name] = statistics.median(values(name)) if values(name) else None
        found["temperature_celsius"] = max(values("temperature_celsius"), default=None)
        reasons = (reason for reading in values("throttle_reasons") for reason in reading)
        found["throttle_reasons"] = sorted(set(reasons))
        return found

    def _watch(self) -> None:
        while not self._stop.wait(_PERIOD_SECONDS):
            reading = self._counter.reading()
            if reading is None:
                return
            self._readings.append(reading)


def _handle(nvml: Any, visible: str | None, bus_id: Callable[[], str]) -> Any:
    """Return NVML's handle of CUDA's first device: by bus id, or else by the environment.

    Raises:
        MissingError: it cannot be told which one that is.
    """
    try:
        return nvml.nvmlDeviceGetHandleByPciBusId(bus_id().encode())
    except MissingError:
        first = (visible or "0").split(",")[0].strip()
    if first.startswith("MIG-"):
        raise MissingError("the case has a slice (MIG) of a device, whose counter is of the whole")
    if first.startswith("GPU-"):
        for index in range(nvml.nvmlDeviceGetCount()):  # CUDA takes the beginning of an id, too
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            uuid = nvml.nvmlDeviceGetUUID(handle)
            if (uuid.decode() if isinstance(uuid, bytes) else uuid).startswith(first):
                return handle
        raise MissingError(f"NVML knows no device {first}")
    by_bus = os.environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
    if not by_bus and nvml.nvmlDeviceGetCount() > 1:
        raise MissingError(
            "CUDA may count the devices in another order than NVML: set "
            "CUDA_DEVICE_ORDER=PCI_BUS_ID"
        )
    return nvml.nvmlDeviceGetHandleByIndex(int(first))
