"""KerasHub sampler objects from scenario data, and what they say of themselves."""

from __future__ import annotations

import importlib
from typing import Any

from bench.engine.interface import InputError

# Samplers whose rows are drawn or chosen one token at a time, so that what comes after a row's
# end token cannot change what came before it. Beam search goes on scoring after the end; of a
# custom sampler nothing is known.
_TOKEN_BY_TOKEN = {"greedy", "random", "top_k", "top_p", "contrastive"}


def make_sampler(kind: str, arguments: dict[str, Any]) -> Any:
    """Return a ``keras_hub.samplers.Sampler``.

    Raises:
        InputError: a custom class cannot be imported, is no sampler, or refuses its arguments.
    """
    if kind == "custom":
        return _custom(arguments)
    from keras_hub import samplers

    return samplers.get({"class_name": kind, "config": dict(arguments)})


def _custom(arguments: dict[str, Any]) -> Any:
    from keras_hub.samplers import Sampler

    path = str(arguments["class"])
    module_name, _, class_name = path.partition(":")
    try:
        cls = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"custom sampler {path}: {error}") from error
    try:
        sampler = cls(**arguments.get("arguments", {}))
    except (TypeError, ValueError) as error:
        raise InputError(f"custom sampler {path} refuses its arguments: {error}") from error
    if not isinstance(sampler, Sampler):
        raise InputError(f"custom sampler {path} is not a keras_hub.samplers.Sampler")
    return sampler


def describe(kind: str, sampler: Any) -> dict[str, Any]:
    """Return the sampler's arguments as the object itself holds them."""
    config = {k: v for k, v in sampler.get_config().items() if k not in ("seed", "seed_generator")}
    return {"kind": kind, "class": f"{type(sampler).__module__}.{type(sampler).__qualname__}"} | {
        k: v if isinstance(v, bool | int | float | str | type(None)) else repr(v)
        for k, v in config.items()
    }


def stops_change_text(kind: str) -> bool:
    """Tell whether stopping early may change tokens that come before the stop."""
    return kind not in _TOKEN_BY_TOKEN


def rows_per_text(kind: str, sampler: Any) -> int | None:
    """Return how many rows go through the model for one text at each step; None: not known."""
    from keras_hub.samplers import Sampler

    if kind == "beam":
        return int(sampler.num_beams)
    if kind == "contrastive":
        return int(sampler.k)
    # A custom sampler with a loop of its own may call the model as often as it likes.
    own_loop = kind == "custom" and type(sampler).__call__ is not Sampler.__call__
    return None if own_loop else 1
