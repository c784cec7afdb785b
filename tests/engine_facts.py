"""Finds facts about the engine on one backend and prints them as JSON.

Run as ``python engine_facts.py BACKEND PRESET``: a backend is fixed when keras is imported, so
each needs a process of its own. ``test_engine.py`` asserts on what this prints.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import Any

MAX_LENGTH = 24
SAMPLERS: dict[str, dict[str, Any]] = {
    "greedy": {},
    "random": {"temperature": 1.0},
    "top_k": {"k": 5, "temperature": 0.7},
    "top_p": {"p": 0.9, "k": None, "temperature": 1.0},
    "beam": {"num_beams": 3, "return_all_beams": False, "temperature": 1.0},
    "contrastive": {"k": 4, "alpha": 0.6, "temperature": 1.0},
}


def facts(backend: str, preset: str) -> dict[str, Any]:
    """Return what the engine did, as plain data."""
    from bench.engine.interface import InputError
    from bench.engine.loading import load

    hardware = {"backend": backend, "device": "cpu", "dtype": "float32"}
    loaded = load(preset, hardware)
    engine = loaded.engine
    found: dict[str, Any] = {
        "what_ran": engine.what_ran(),
        "end_token_ids": list(engine.end_token_ids),
        "parameters": engine.parameters,
        "samplers": {},
        "refused": {},
    }
    for name, prompt, length in (("long", "x" * 99, MAX_LENGTH), ("positions", "x", 4096)):
        try:
            engine.encode([prompt], length)
        except InputError as error:
            found["refused"][name] = str(error)

    batch = engine.encode(["thing 春"], MAX_LENGTH)
    short = engine.encode(["th"], MAX_LENGTH)
    found["prompt_tokens"] = batch.prompt_tokens
    programs = {
        kind: engine.program({"kind": kind, "arguments": arguments})
        for kind, arguments in SAMPLERS.items()
    }
    turns: dict[str, list[list[int]]] = {kind: [] for kind in programs}
    compiles: dict[str, list[int]] = {kind: [] for kind in programs}
    for turn in range(3):
        for kind, program in programs.items():
            program.reset(1234)
            result = program(batch, None)
            turns[kind].append(result.batch.token_ids[0].tolist())
            compiles[kind].append(result.compiles)
            assert result.seconds > 0, turn
    for kind, program in programs.items():
        program.reset(1234)
        other_length = program(short, None)
        program.reset(1234)
        row = turns[kind][0]
        stop = row[batch.prompt_tokens[0] + 4]
        stopped = program(batch, (stop,))
        kept = int(stopped.batch.padding_mask[0].sum())
        found["samplers"][kind] = {
            "sampler": program.sampler,
            "draws": program.draws,
            "stops_change_text": program.stops_change_text,
            "turns": turns[kind],
            "compiles": compiles[kind],
            "new_tokens": int(result.batch.padding_mask.sum()) - batch.prompt_tokens[0],
            "other_length_compiles": other_length.compiles,
            "stop": stop,
            "stopped": stopped.batch.token_ids[0, :kept].tolist(),
        }
    text = "白日依山盡 and more"
    row = engine.encode([text], 64)
    ids = row.token_ids[0, 1 : row.prompt_tokens[0]].tolist()
    found["round_trip"] = engine.decode([ids]) == [text]
    found["cut_hanzi"] = engine.decode([ids[:4]])[0]
    found["no_ids"] = engine.decode([[]])
    found |= _costs(engine, backend, batch.token_ids)
    found["other"] = _other_hardware(backend, preset)
    found["special_ids"] = engine.decode([[*ids, engine.end_token_ids[0]]]) == [text]
    return found


def _costs(engine: Any, backend: str, ids: Any) -> dict[str, Any]:
    """Return what a step costs, what the device can do, and the model's own cache."""
    from bench.engine import device_rates
    from bench.engine.model_shape import model_shape

    device_rates._SECONDS, device_rates._LARGEST_SIZE = 0.01, 256
    device_rates._SLICE = device_rates._ACCELERATOR_SLICE = 0.0005
    device_rates._ACCELERATOR_BYTES = 1 << 21
    rates = {}
    for device in ("cpu", "accelerator"):  # the accelerator's way, here on the CPU
        measured = device_rates.DeviceRates(backend, device, "bfloat16")
        rates[device] = [measured.copy_bandwidth(3 << 20), *measured.matrix_rate()]
    # Op by op, jax would compile each.
    cache = None if backend == "jax" else list(engine._model._build_cache(ids)[1].shape)
    rows = {
        kind: engine.program({"kind": kind, "arguments": arguments}).rows_per_text
        for kind, arguments in SAMPLERS.items()
    }
    return {
        "shape": dataclasses.asdict(model_shape(engine._model)),
        "rates": rates,
        "cache_shape": cache,
        "rows_per_text": rows,
    }


def _other_hardware(backend: str, preset: str) -> dict[str, Any]:
    """Return what ran with int8 weights, and on TensorFlow with XLA."""
    from bench.engine.loading import load
    from bench.engine.model_shape import model_shape

    hardware = {"backend": backend, "device": "cpu", "dtype": "float32", "quantization": "int8"}
    hardware["jit"] = True if backend == "tensorflow" else None
    engine = load(preset, hardware).engine
    return {**engine.what_ran(), "shape": dataclasses.asdict(model_shape(engine._model))}


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = sys.argv[1]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(facts(sys.argv[1], sys.argv[2]), out)
