"""What a backend computes on, read back from it."""

from __future__ import annotations

import sys

from bench.engine.interface import UnavailableError


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
