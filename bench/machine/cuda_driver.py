"""Which device CUDA's number 0 is, asked of the CUDA driver itself (``libcuda``).

CUDA and NVML count differently: CUDA obeys ``CUDA_VISIBLE_DEVICES`` and ``CUDA_DEVICE_ORDER``,
whose default is the fastest first; NVML, like nvidia-smi, counts by PCI bus. Both know the bus id.
"""

from __future__ import annotations

import ctypes
from typing import Any

from bench.machine.probing import MissingError

_LIBRARIES = ("libcuda.so.1", "libcuda.so", "nvcuda.dll")


def first_pci_bus_id(library: Any = None) -> str:
    """Return the PCI bus id of the first device that CUDA shows this process, in lower case.

    Raises:
        MissingError: there is no driver, or it shows no device.
    """
    cuda = library or _load()
    device, text = ctypes.c_int(), ctypes.create_string_buffer(32)
    steps = (
        ("cuInit", (0,)),
        ("cuDeviceGet", (ctypes.byref(device), 0)),
        ("cuDeviceGetPCIBusId", (text, len(text), device)),
    )
    for name, arguments in steps:
        if code := getattr(cuda, name)(*arguments):
            raise MissingError(f"the CUDA driver shows no device ({name} gives {code})")
    return normalised(text.value.decode())


def normalised(bus_id: str | bytes) -> str:
    """Return ``domain:bus:device.function`` with the short domain that CUDA writes.

    >>> normalised("00000000:3B:00.0")
    '0000:3b:00.0'
    """
    text = bus_id.decode() if isinstance(bus_id, bytes) else bus_id
    domain, _, rest = text.strip("\0 ").lower().partition(":")
    return f"{int(domain, 16):04x}:{rest}"


def _load() -> Any:
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise MissingError("there is no CUDA driver (libcuda)")
