"""What the device can do, measured: bytes moved per second, and operations of a matrix product.

On a CPU bytes are moved by numpy on all allowed cores; everything else goes through the Keras
backend, so that it runs on the very device and in the very dtype of the cases.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench.machine import cgroups, system
from bench.machine.processor import allowed_cores

_SECONDS = 0.2  # per rate
_SLICE = 0.01  # a call this long is timed well, and its overhead does not count
_LEAST_BYTES = 1 << 20
_MOST_BYTES = 256 << 20  # beyond the caches of what runs such models
_MEMORY_SHARE = 8  # of what is free on the host: a probe must not be what fills the memory
_MOST_THREADS = 16  # as many as saturate a memory bus
_FIRST_SIZE, _LARGEST_SIZE = 256, 8192


class DeviceRates:
    """Measures on demand and remembers, so that cases of one size share a measurement."""

    def __init__(self, backend: str, device: str, dtype: str) -> None:
        self._backend = backend
        self._on_cpu = device == "cpu"
        self._dtype = dtype
        self._copies: dict[int, float] = {}
        self._matrix: tuple[float, str] | None = None

    def copy_bandwidth(self, working_set: int) -> float:
        """Return the bytes per second, read plus written, of a copy that touches so many bytes.

        A small model lies in a cache, which is faster than memory: so the size of the copy is that
        of what a step reads, to the next power of two below, within 1 and 256 MB.
        """
        most = _most_bytes() if self._on_cpu else _MOST_BYTES
        size = 1 << int(math.log2(max(min(working_set, most), _LEAST_BYTES)))
        if size not in self._copies:
            self._copies[size] = self._cpu_copy(size) if self._on_cpu else self._device_copy(size)
        return self._copies[size]

    def matrix_rate(self) -> tuple[float, str]:
        """Return operations per second of a large matrix product, and its dtype.

        The better of the cases' dtype and float32: what is slow in a short format, for want of
        instructions, can be computed in the long one.
        """
        if self._matrix is None:
            names = dict.fromkeys([self._dtype, "float32"])
            self._matrix = max((self._product(name), name) for name in names)
        return self._matrix

    def cache_bytes(self) -> int | None:
        """Return the size of the last cache before memory; None where the device does not say."""
        if self._on_cpu:
            return _cpu_cache()
        if self._backend == "torch":
            import torch

            return getattr(torch.cuda.get_device_properties(0), "L2_cache_size", None)
        return None

    def _cpu_copy(self, size: int) -> float:
        threads = min(allowed_cores(), _MOST_THREADS)
        part = max(1, size // 2 // threads)
        pairs = [(np.ones(part, np.uint8), np.empty(part, np.uint8)) for _ in range(threads)]
        with ThreadPoolExecutor(threads) as pool:

            def copy(repeats: int) -> None:
                def one(pair: tuple[Any, Any]) -> None:
                    for _ in range(repeats):
                        np.copyto(pair[1], pair[0])

                list(pool.map(one, pairs))

            return 2 * part * threads / _fastest(copy)

    def _device_copy(self, size: int) -> float:
        from keras import ops

        source = ops.ones((size // 2 // 4,), dtype="float32")

        def copy(repeats: int) -> None:
            result = source
            for _ in range(repeats):
                result = ops.negative(result)
            _wait(result[0])

        return size / _fastest(copy)

    def _product(self, dtype: str) -> float:
        from keras import ops

        size = _FIRST_SIZE
        while True:
            left = ops.cast(ops.full((size, size), 1 / size, dtype="float32"), dtype)
            right = ops.ones((size, size), dtype=dtype)

            def multiply(repeats: int, left: Any = left, right: Any = right) -> None:
                result = right
                for _ in range(repeats):
                    result = ops.matmul(left, result)
                _wait(result[0, 0])

            if _once(multiply) > _SLICE or size >= _LARGEST_SIZE:
                return 2 * size**3 / _fastest(multiply)
            size *= 2


def _most_bytes(root: Path = Path("/")) -> int:
    """Return how large a copy on the host may be: a small part of the memory that is free."""
    available = system.memory(root)["available"]
    limit = cgroups.memory_limit(root)
    return min(_MOST_BYTES, min(available, limit or available) // _MEMORY_SHARE)


def _fastest(work: Callable[[int], None]) -> float:
    """Return the seconds of one repeat in the fastest of some slices."""
    repeats = max(1, math.ceil(_SLICE / max(_once(work), 1e-7)))
    best, began = math.inf, time.perf_counter()
    while best == math.inf or time.perf_counter() - began < _SECONDS:
        start = time.perf_counter()
        work(repeats)
        best = min(best, time.perf_counter() - start)
    return best / repeats


def _once(work: Callable[[int], None]) -> float:
    """Return the seconds of one repeat, about: the best of three calls after one that warms up."""
    work(1)
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        work(1)
        best = min(best, time.perf_counter() - start)
    return best


def _wait(value: Any) -> None:
    """Wait until the device has finished: one number must come to the host for that."""
    from keras import ops

    np.asarray(ops.convert_to_numpy(ops.cast(value, "float32")))


def _cpu_cache(root: Path = Path("/")) -> int | None:
    """Return the size of the first core's largest cache, in bytes (Linux)."""
    sizes = []
    for file in (root / "sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = file.read_text().strip()
        unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:], 1)
        if (digits := text.rstrip("KMG")).isdigit():
            sizes.append(int(digits) * unit)
    return max(sizes, default=None)
