"""What a model runs as, asked of the framework's own objects and not of the request."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.engine.model_shape import nbytes

_JAX_POOL = "tf_XLAEigen"  # XLA's threads on a CPU carry this name


def stored_bytes(model: Any) -> dict[str, int]:
    """Return the bytes of the weights by the dtype of the tensors that hold them."""
    found: dict[str, int] = {}
    for variable in model.weights:
        dtype = str(getattr(variable.value.dtype, "name", variable.value.dtype))
        dtype = dtype.removeprefix("torch.")
        found[dtype] = found.get(dtype, 0) + nbytes(variable)
    return found


def weight_devices(model: Any) -> list[str]:
    """Return the devices that hold the weights, in the backend's own names."""
    found: set[str] = set()
    for variable in model.weights:
        value = variable.value
        if hasattr(value, "devices"):  # a jax array
            found |= {f"{d.platform}:{d.id}" for d in value.devices()}
        else:
            found.add(str(value.device).rpartition("/device:")[2].lower())
    return sorted(found)


def quantization(model: Any) -> str | None:
    """Return the quantization modes of the layers, joined; None where no layer has one."""
    modes = {getattr(layer, "quantization_mode", None) for layer in model._flatten_layers()}
    return ", ".join(sorted(mode for mode in modes if mode)) or None


def jit(backend: str, function: Callable[..., Any] | None, compiles: int) -> str:
    """Return how a generate function that has been called was compiled.

    Args:
        backend: of Keras.
        function: what ``make_generate_function`` gave.
        compiles: programs that its first call compiled, by the backend's own count.
    """
    if backend == "torch":
        return "eager"
    if backend == "jax":
        import jax

        off = jax.config.jax_disable_jit or not compiles
        return "eager: jax.jit is off (JAX_DISABLE_JIT)" if off else "jax.jit (XLA)"
    graphs = _graphs(function)
    if not graphs:
        return "eager: TensorFlow traced nothing"
    xla = [bool(graph.function_def.attr["_XlaMustCompile"].b) for graph in graphs]
    return "XLA" if all(xla) else "tf.function graph, XLA off"


def threads(backend: str) -> int | None:
    """Return the threads of the backend's pool on a CPU; None where it does not say."""
    if backend == "torch":
        import torch

        return int(torch.get_num_threads())
    if backend == "tensorflow":
        import tensorflow as tf

        # 0 is TensorFlow's word for as many as this process has cores.
        return int(tf.config.threading.get_intra_op_parallelism_threads()) or None
    return _threads_named(_JAX_POOL) or None


def _graphs(function: Any) -> list[Any]:
    listed = getattr(function, "_list_all_concrete_functions", None)
    return list(listed()) if listed else []


def _threads_named(name: str) -> int:
    try:
        tasks = [Path(f"/proc/self/task/{task}/comm") for task in os.listdir("/proc/self/task")]
        return sum(task.read_text().strip() == name for task in tasks)
    except OSError:
        return 0
