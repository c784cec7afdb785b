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
_ACCELERATOR_SLICE = 0.05  # there is more of it: a number must come to the host
_LEAST_BYTES = 1 << 20
_MOST_BYTES = 256 << 20  # beyond the caches of processors
# Beyond the caches of accelerators, too, and 0.15 ms at 3.35 TB/s: longer than it takes to ask for.
_ACCELERATOR_BYTES = 512 << 20
_MEMORY_SHARE = 8  # of what is free on the host: a probe must not be what fills the memory
_MOST_THREADS = 16  # as many as saturate a memory bus
_FIRST_SIZE, _LARGEST_SIZE = 256, 8192


class DeviceRates:
    """Measures on demand and remembers, so that cases of one size share a measurement."""

    def __init__(self, backend: str, device: str, dtype: str) -> None:
        self._backend = backend
        self._on_cpu = device == "cpu"
        self._slice = _SLICE if self._on_cpu else _ACCELERATOR_SLICE
        self._dtype = dtype
        self._copies: dict[int, float] = {}
        self._matrix: tuple[float, str] | None = None

    def copy_bandwidth(self, working_set: int) -> float:
        """Return the bytes per second, read plus written, of a copy.

        On a CPU one that touches so many bytes: a small model lies in a cache, which is faster than
        memory, so the size of the copy is that of what a step reads, to the next power of two
        below, within 1 and 256 MB. On an accelerator always the same large one: a small copy is
        done before the next has been asked for.
        """
        size = _ACCELERATOR_BYTES
        if self._on_cpu:
            size = 1 << int(math.log2(max(min(working_set, _most_bytes()), _LEAST_BYTES)))
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
        """Return the size of the last cache before memory, if the copies can lie in it."""
        return _cpu_cache() if self._on_cpu else None

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

            return 2 * part * threads / _fastest(copy, self._slice)

    def _device_copy(self, size: int) -> float:
        from keras import ops

        source = ops.ones((size // 2 // 4,), dtype="float32")

        def copy(repeats: int) -> None:
            result = source
            for _ in range(repeats):
                result = ops.negative(result)
            _wait(result[0])

        return size / _fastest(copy, self._slice)

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

            if _once(multiply) > self._slice or size >= _LARGEST_SIZE:
                return 2 * size**3 / _fastest(multiply, self._slice)
            size *= 2


def _most_bytes(root: Path = Path("/")) -> int:
    """Return how large a copy on the host may be: a small part of the memory that is free."""
    available = system.memory(root)["available"]
    limit = cgroups.memory_limit(root)
    return min(_MOST_BYTES, min(available, limit or available) // _MEMORY_SHARE)


def _fastest(work: Callable[[int], None], slice_seconds: float) -> float:
    """Return the seconds of one repeat in the fastest of some slices.

    A slice has as many repeats as fill it: what a single one takes says little of that, since
    waiting for a number may take ten times as long.
    """
    repeats, seconds = 1, _once(work)
    while seconds < slice_seconds:
        repeats *= 2
        seconds = _seconds(work, repeats)
    best, began = seconds, time.perf_counter()
    while time.perf_counter() - began < _SECONDS:
        best = min(best, _seconds(work, repeats))
    return best / repeats


def _seconds(work: Callable[[int], None], repeats: int) -> float:
    start = time.perf_counter()
    work(repeats)
    return time.perf_counter() - start


def _once(work: Callable[[int], None]) -> float:
    """Return the seconds of one repeat, about: the best of three calls after one that warms up."""
    work(1)
    return min(_seconds(work, 1) for _ in range(3))


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
