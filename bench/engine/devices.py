"""What a backend computes on, read back from it, and the device memory it used."""

from __future__ import annotations

import sys
from typing import Any

from bench.engine.interface import Peak, UnavailableError


def keep_tensorflow_off_the_device(backend: str) -> None:
    """Hide accelerators from a TensorFlow that is only there for tokenising.

    keras_hub imports TensorFlow wherever it is installed, and TensorFlow would take GPU memory
    from jax or torch.
    """
    if backend != "tensorflow" and "tensorflow" in sys.modules:
        import tensorflow as tf

        for kind in ("GPU", "TPU"):
            try:
                tf.config.set_visible_devices([], kind)
            except (RuntimeError, ValueError):  # already in use: what_ran shows the devices
                continue


def visible_devices(backend: str) -> list[str]:
    """Return the backend's own names of the devices it computes on."""
    if backend == "jax":
        import jax

        return [f"{d.platform}:{d.id} {d.device_kind}" for d in jax.local_devices()]
    if backend == "tensorflow":
        import tensorflow as tf

        accelerators = [d.name for k in ("GPU", "TPU") for d in tf.config.list_logical_devices(k)]
        return accelerators or [d.name for d in tf.config.list_logical_devices("CPU")]
    import torch

    if torch.cuda.is_available():
        return [
            f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())
        ]
    return ["cpu"]


def require_device(backend: str, device: str) -> None:
    """Check that the backend sees the kind of device asked for.

    Raises:
        UnavailableError: it does not; says what it sees and how that is mended.
    """
    kind = device.partition(":")[0]
    if kind == "cpu":
        return
    seen = visible_devices(backend)
    wanted = {"gpu": ("gpu", "cuda", "rocm"), "tpu": ("tpu",)}[kind]
    if not any(word in name.lower() for name in seen for word in wanted):
        raise UnavailableError(
            f"{backend} sees no {kind} (it sees {', '.join(seen)}); "
            f"install a build of {backend} for it, or check the driver"
        )


class DeviceMemory:
    """The backend's own high-water mark of device memory.

    jax cannot reset its mark. There a reading is this call's peak only if it rose above every
    earlier one, and is None otherwise.
    """

    def __init__(self, backend: str, device: str) -> None:
        self._backend = backend
        self._on_cpu = device == "cpu"
        self._jax_before = 0

    def reset(self) -> None:
        """Start a new high-water mark, or remember the old one where it cannot be reset."""
        if self._on_cpu:
            return
        if self._backend == "jax":
            self._jax_before = _jax_peak() or 0
        elif self._backend == "tensorflow":
            import tensorflow as tf

            tf.config.experimental.reset_memory_stats("GPU:0")
        else:
            import torch

            torch.cuda.reset_peak_memory_stats()

    def peak(self) -> Peak:
        """Return the bytes at the high-water mark since ``reset``."""
        if self._on_cpu:
            return Peak(None, "the case ran on the CPU: see the host peak")
        if self._backend == "jax":
            now = _jax_peak()
            if now is None:
                return Peak(None, "jax reports no memory statistics for this device")
            if now <= self._jax_before:
                return Peak(
                    None,
                    "an earlier case in this process peaked higher, and jax cannot reset its mark",
                )
            return Peak(float(now))
        if self._backend == "tensorflow":
            import tensorflow as tf

            info: dict[str, Any] = tf.config.experimental.get_memory_info("GPU:0")
            return Peak(float(info["peak"]))
        import torch

        return Peak(float(torch.cuda.max_memory_allocated()))


def _jax_peak() -> int | None:
    import jax

    stats = jax.local_devices()[0].memory_stats()
    return int(stats["peak_bytes_in_use"]) if stats and "peak_bytes_in_use" in stats else None
