"""The roofline of one case: what a step costs, and what the device can do, in one record.

A pass of its own, after the timed calls, in the first launch only: the model and the device are the
same in the others. What is not known leaves a reason and costs no case.
"""

from __future__ import annotations

from typing import Any

from bench.engine.interface import Engine, Program
from bench.roofline import NotKnownError


def measure(engine: Engine, program: Program, texts: int, max_length: int) -> dict[str, Any]:
    """Return ``CaseDone.roofline``: plain numbers, or ``{"missing": why}``."""
    try:
        cost = engine.decode_cost(program, texts, max_length)
    except NotKnownError as reason:
        return {"missing": str(reason)}
    try:
        rates = engine.device_rates()
        bandwidth = rates.copy_bandwidth(cost.bytes)
        matrix_rate, matrix_dtype = rates.matrix_rate()
        cache = rates.cache_bytes()
    except Exception as error:  # out of memory, most often: the case itself was measured
        said = str(error).strip().splitlines()
        words = f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
        return {"missing": f"the device's rates could not be measured: {words}"}
    return {
        "weight_bytes_per_step": cost.weight_bytes,
        "cache_bytes_per_step": cost.cache_bytes,
        "flops_per_step": cost.flops,
        "sampler_bytes_per_step": cost.sampler_bytes,
        "copy_bandwidth": bandwidth,
        "matrix_rate": matrix_rate,
        "matrix_dtype": matrix_dtype,
        "device_cache_bytes": cache,
    }
