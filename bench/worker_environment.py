"""The environment of a worker: backend, device and quietness, set before any framework loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def worker_environment(hardware: Mapping[str, Any], base: Mapping[str, str]) -> dict[str, str]:
    """Return ``base`` with what the hardware entry needs.

    The device is chosen by hiding the others: a backend then cannot fall back to one that was not
    asked for. XLA and TensorFlow must not grab all device memory, or no peak could be measured.
    CUDA counts devices as NVML and nvidia-smi do (by bus, not by speed), so that ``gpu:1`` and its
    energy counter are the same device.
    """
    device, _, index = str(hardware["device"]).partition(":")
    env = dict(base)
    env.update(
        KERAS_BACKEND=str(hardware["backend"]),
        PYTHONUNBUFFERED="1",
        PYTHONIOENCODING="utf-8",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_FORCE_GPU_ALLOW_GROWTH="true",
        TOKENIZERS_PARALLELISM="false",
        XLA_PYTHON_CLIENT_PREALLOCATE="false",
    )
    if device == "gpu":
        env.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        if index:
            allotted = base.get("CUDA_VISIBLE_DEVICES", "").split(",")
            chosen = allotted[int(index)] if int(index) < len(allotted) and allotted[0] else index
            env.update(CUDA_DEVICE_ORDER="PCI_BUS_ID", CUDA_VISIBLE_DEVICES=chosen)
        env.pop("JAX_PLATFORMS", None)
    else:
        env["CUDA_VISIBLE_DEVICES"] = ""
        env["JAX_PLATFORMS"] = device
    if hardware.get("threads"):
        env["OMP_NUM_THREADS"] = str(hardware["threads"])
    return env
