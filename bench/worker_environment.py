"""The environment of a worker: backend, device and quietness, set before any framework loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.core_pinning import pool_size


def worker_environment(hardware: Mapping[str, Any], base: Mapping[str, str]) -> dict[str, str]:
    """Return ``base`` with what the hardware entry needs.

    The device is chosen by hiding the others: a backend then cannot fall back to one that was not
    asked for, nor take memory of one that it does not need; ``gpu`` alone is the first. XLA and
    TensorFlow must not grab all device memory, or no peak could be measured. Unless the user
    chose otherwise, CUDA counts devices as NVML and nvidia-smi do (by bus, not by speed). Words of
    the user's for one framework (``KERAS_TORCH_DEVICE``) do not overrule the case; on a Mac torch
    would compute on its GPU.
    """
    device, _, index = str(hardware["device"]).partition(":")
    env = dict(base)
    for name in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME", "KERAS_TORCH_DEVICE"):
        env.pop(name, None)
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
        # The numbers of a list that the user gave are those of the user's order.
        env.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        allotted = allotted_devices(base)
        number = int(index or 0)
        env["CUDA_VISIBLE_DEVICES"] = allotted[number] if number < len(allotted) else str(number)
    else:
        env["CUDA_VISIBLE_DEVICES"] = ""
        env["JAX_PLATFORMS"] = device
        if device == "cpu":
            env["KERAS_TORCH_DEVICE"] = device
    if (threads := pool_size(hardware)) is not None:
        env["OMP_NUM_THREADS"] = str(threads)
    return env


def allotted_devices(environment: Mapping[str, str]) -> list[str]:
    """Return the devices that ``CUDA_VISIBLE_DEVICES`` allows; empty where it names none."""
    allotted = []
    for name in environment.get("CUDA_VISIBLE_DEVICES", "").split(","):
        if name.strip() in ("", "-1"):  # CUDA reads the list up to its first invalid entry
            break
        allotted.append(name.strip())
    return allotted
