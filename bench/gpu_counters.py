"""NVML's energy counter, where there is one (extra ``versebench[gpu]``). Nothing is ever set."""

from __future__ import annotations

import os
from typing import Any

from bench.engine.interface import Peak


class EnergyCounter:
    """Joules that one NVIDIA device has used since its driver was loaded."""

    def __init__(self, nvml: Any, handle: Any, reason: str | None = None) -> None:
        self._nvml = nvml
        self._handle = handle
        self._reason = reason

    @classmethod
    def for_this_process(cls) -> EnergyCounter:
        """Return the counter of the first device that this process may see."""
        first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
        if first in ("", "-1"):
            return cls(None, None, "the case does not run on an NVIDIA device")
        try:
            import pynvml
        except ImportError:
            return cls(None, None, "no NVML: pip install nvidia-ml-py on a machine with one")
        try:
            pynvml.nvmlInit()
            if first.isdigit():
                handle = pynvml.nvmlDeviceGetHandleByIndex(int(first))
            else:  # GPU-…, MIG-…
                handle = pynvml.nvmlDeviceGetHandleByUUID(first)
        except pynvml.NVMLError as error:
            return cls(None, None, f"no NVIDIA device: {error}")
        return cls(pynvml, handle)

    def joules(self) -> Peak:
        """Return the counter, or why it cannot be read."""
        if self._reason:
            return Peak(None, self._reason)
        try:
            return Peak(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle) / 1000)
        except self._nvml.NVMLError as error:
            return Peak(None, f"this device has no energy counter: {error}")
