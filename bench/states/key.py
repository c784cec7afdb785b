"""The key of a trained state: a hash of all that decides its weights."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from bench.machine.system import versions
from scenarios.data_sets import DataSet
from scenarios.schema import Hardware
from scenarios.training import Train

KEY_VERSION = 1  # counted up when the same recipe comes to mean another training
_installed = cache(versions)  # of one process they do not change
_BACKENDS = {"tensorflow": "tensorflow", "jax": "jaxlib", "torch": "torch"}


def state_key(data: DataSet, recipe: Train, hardware: Hardware, base: str, content: str) -> str:
    """Return 16 hexadecimal digits that stand for a trained state.

    The names of preset and state do not count: the same training under another name is the same.

    Args:
        data: the data set; which of its texts are taken counts, not where they lie.
        recipe: how it is trained; its place counts as ``hardware``.
        hardware: where it is trained; device kind, backend and jit count.
        base: digest of the base preset's content.
        content: digest of the data set's content.
    """
    installed = _installed()
    parts: dict[str, Any] = {
        "version": KEY_VERSION,
        "base": base,
        "data": [content, data.choices],
        "recipe": recipe.model_dump(exclude={"hardware"}),
        "hardware": [hardware.device.partition(":")[0], hardware.backend, hardware.jit],
        "versions": {n: installed[n] for n in ("keras", "keras-hub", _BACKENDS[hardware.backend])},
    }
    return _hash(parts)[:16]


def recipe_fingerprint(data: DataSet, recipe: Train) -> str:
    """Return a SHA-256 of the recipe and of the choice of texts, wherever it is trained."""
    return _hash([data.choices, recipe.model_dump(exclude={"hardware"})])


def _hash(parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
