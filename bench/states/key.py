"""The key of a trained state: a hash of all that decides its weights."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scenarios.schema import Hardware, State

KEY_VERSION = 1  # counted up when the same recipe comes to mean another training
_PACKAGES = ("keras", "keras-hub")
_BACKENDS = {"tensorflow": "tensorflow", "jax": "jaxlib", "torch": "torch"}


def state_key(state: State, hardware: Hardware, base: str, data: str) -> str:
    """Return 16 hexadecimal digits that stand for a trained state.

    The names of preset and state do not count: the same training under another name is the same.

    Args:
        state: its data and recipe.
        hardware: where it is trained; device kind, backend, threads and jit count.
        base: digest of the base preset's content.
        data: digest of the data set's content.
    """
    assert state.data is not None
    assert state.train is not None
    packages = [*_PACKAGES, _BACKENDS[hardware.backend]]
    content: dict[str, Any] = {
        "version": KEY_VERSION,
        "base": base,
        "data": [data, state.data.choices],
        "recipe": state.train.model_dump(exclude={"hardware"}),
        "hardware": [hardware.device.partition(":")[0], hardware.backend, hardware.jit],
        "versions": {name: installed(name) for name in packages},
    }
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def training_hardware(state: State, default: Hardware) -> Hardware:
    """Return where a state is trained: what its recipe says, or else ``default``, unquantized.

    The number format is the recipe's: cases may generate in another one.
    """
    assert state.train is not None
    chosen = state.train.hardware or default
    return chosen.model_copy(update={"dtype": state.train.dtype, "quantization": None})


def installed(package: str) -> str | None:
    """Return a package's version; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
