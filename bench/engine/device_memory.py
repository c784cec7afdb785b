"""The backend's own account of device memory. A counter that is missing gives a reason.

TensorFlow and torch have a high-water mark that can be reset. JAX has one that cannot, and loading
or an earlier case may have raised it above what this case needs; there the bytes in use are read
every millisecond while the case runs. XLA takes all the memory of a program when it starts and
gives it back at the end, so those readings miss nothing of a call that lasts some milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bench.engine.interface import Peak

_PERIOD_SECONDS = 0.001
_LEAST_READINGS = 5

Statistics = Callable[[], Mapping[str, Any] | None]


class _Mark(Protocol):
    def reset(self, poll: bool) -> None: ...

    def peak(self) -> Peak: ...


class DeviceMemory:
    """Peak memory between ``reset`` and ``peak``; neither ever raises.

    Args:
        backend: of Keras.
        device: of the case, such as ``gpu:1``: the process sees that one alone, as its first.
        mark: stands in for the backend's counter (tests).
    """

    def __init__(self, backend: str, device: str, mark: _Mark | None = None) -> None:
        self.on_cpu = device == "cpu"
        kinds: dict[str, Callable[[], _Mark]] = {
            "jax": lambda: JaxMark(_jax_statistics),
            "tensorflow": lambda: TensorflowMark(device.partition(":")[0].upper() + ":0"),
            "torch": TorchMark,
        }
        self._mark = None if self.on_cpu else mark or kinds[backend]()
        self._fault: str | None = None

    def reset(self, poll: bool = False) -> None:
        """Start anew; ``poll`` lets a thread read while the case runs, where that is needed."""
        if self._mark is not None:
            try:
                self._mark.reset(poll)
                self._fault = None
            except Exception as error:  # a probe must never cost a case
                self._fault = _words(error)

    def peak(self) -> Peak:
        """Return the most bytes in use since ``reset``, or why that is not known."""
        if self._mark is None:
            return Peak(None, "the case ran on the CPU: see the host peak")
        if self._fault:
            return Peak(None, f"the device's memory counter cannot be reset: {self._fault}")
        try:
            return self._mark.peak()
        except Exception as error:
            return Peak(None, f"the device's memory counter cannot be read: {_words(error)}")


class TensorflowMark:
    """``tf.config.experimental``'s mark of one device, such as ``GPU:0``."""

    def __init__(self, device: str, counters: Any = None) -> None:
        self._device = device
        self._counters = counters

    def _ask(self) -> Any:
        if self._counters is None:
            import tensorflow as tf

            self._counters = tf.config.experimental
        return self._counters

    def reset(self, poll: bool) -> None:
        """Put the mark to what is in use now."""
        self._ask().reset_memory_stats(self._device)

    def peak(self) -> Peak:
        """Return the mark."""
        return Peak(float(self._ask().get_memory_info(self._device)["peak"]))


class TorchMark:
    """``torch.cuda``'s mark of the current device: bytes in tensors, not those held in reserve."""

    def __init__(self, cuda: Any = None) -> None:
        self._cuda = cuda

    def _ask(self) -> Any:
        if self._cuda is None:
            import torch

            self._cuda = torch.cuda
        return self._cuda

    def reset(self, poll: bool) -> None:
        """Put the mark to what is in use now."""
        self._ask().reset_peak_memory_stats()

    def peak(self) -> Peak:
        """Return the mark."""
        return Peak(float(self._ask().max_memory_allocated()))


class JaxMark:
    """A device's ``memory_stats``: its mark where that rose, else the highest reading."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._before = 0
        self._highest = 0
        self._readings = 0
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def reset(self, poll: bool) -> None:
        """Remember the mark, and start to read what is in use."""
        self._end()
        self._before = self._read("peak_bytes_in_use") or 0
        self._highest = self._readings = 0
        if poll and self._read("bytes_in_use") is not None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._poll, daemon=True)
            self._thread.start()

    def peak(self) -> Peak:
        """Return the mark if it rose, else the highest of the readings."""
        self._end()
        mark = self._read("peak_bytes_in_use")
        if mark is None:
            return Peak(None, "jax reports no memory statistics for this device")
        if mark > self._before:
            return Peak(float(mark))
        if self._readings >= _LEAST_READINGS:
            return Peak(float(self._highest))
        return Peak(
            None,
            f"something earlier in this process peaked higher ({mark / 1e6:.0f} MB), jax cannot "
            "reset its mark, and the call was too short to be watched",
        )

    def _read(self, name: str) -> int | None:
        value = (self._statistics() or {}).get(name)
        return None if value is None else int(value)

    def _poll(self) -> None:
        while not self._stop.wait(_PERIOD_SECONDS):
            self._highest = max(self._highest, self._read("bytes_in_use") or 0)
            self._readings += 1

    def _end(self) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None


def _jax_statistics() -> Mapping[str, Any] | None:
    import jax

    found: Mapping[str, Any] | None = jax.local_devices()[0].memory_stats()
    return found


def _words(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__
