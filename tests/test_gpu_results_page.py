"""The page that gpu_results.py writes on a GPU machine, from made-up results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

from gpu_results_page import Result, page

MANIFEST = {
    "created": "2026-11-23T05:00:00Z",
    "machine": {
        "gpus": [{"name": "NVIDIA <H100>"}],
        "gpu_driver": "580.1",
        "cpu_model": "AMD EPYC",
        "cores_allowed": 16,
    },
    "scenario": {"generate": {"max_length": 160}, "measure": {"launches": 3}},
}
RAN = {"model_class": "GPT2CausalLM", "parameters": 124_439_808, "versions": {"jax": "0.10"}}
ROW = {
    "status": "ok",
    "reason": None,
    "tokens_per_second": 990.0,
    "ttft_seconds": 0.0125,
    "tpot_seconds": 0.001,
    "device_peak_bytes": 612_000_000,
    "energy_joules_per_1000_tokens": 250.4,
    "power_watts": 301.0,
    "roofline_tokens_per_second": 4950.0,
    "roofline_share": 0.2,
    "bound_by": "memory",
    "missing": None,
}


def result(**changes: Any) -> Result:
    given = {
        "backend": "jax",
        "dtype": "float32",
        "batch": 1,
        "row": ROW,
        "bare": 1000.0,
        "other": {"version": "5.23", "rates": [100.0, 110.0, 900.0]},
    }
    return Result(**{**given, **changes})


def made(*results: Result, warnings: tuple[str, ...] = ()) -> str:
    return page(results, MANIFEST, RAN, warnings)


def test_a_row_has_every_number() -> None:
    text = made(result())
    row = next(line for line in text.splitlines() if line.startswith("| jax"))
    assert [cell.strip() for cell in row.strip("|").split("|")] == (
        [
            "jax",
            "float32",
            "1",
            "990.0",
            "12.5",
            "1.00",
            "612",
            "250.4",
            "301",
            "4,950",
            "0.20",
            "0.990",
            "9.000",
            "memory",
        ]
    )
    assert "transformers 5.23" in text
    assert "2026-11-23T05:00:00Z" in text
    assert "124,439,808 parameters" in text
    assert "NVIDIA &lt;H100&gt;" in text


@pytest.mark.parametrize(
    ("speeds", "words"),
    [
        ([990.0], "**kept**"),
        ([989.0], "**not kept**"),
        ([1200.0, 900.0], "**not kept**"),
        ([None], "was not measured"),
    ],
)
def test_the_bar_for_jax_at_batch_1(speeds: list[float | None], words: str) -> None:
    rows = [result(row={**ROW, "tokens_per_second": speed}) for speed in speeds]
    assert words in made(*rows)


def test_other_backends_and_batches_do_not_decide() -> None:
    slow = {**ROW, "tokens_per_second": 1.0}
    text = made(result(), result(backend="torch", row=slow), result(batch=8, row=slow))
    assert "**kept**" in text


def test_what_is_not_there_is_told_once_and_the_rest_stays() -> None:
    empty = dict.fromkeys(ROW) | {
        "status": "failed",
        "reason": "RuntimeError: out of memory",
    }
    gone = {**ROW, "energy_joules_per_1000_tokens": None, "missing": "energy: no NVML | ttft: x"}
    text = made(
        result(batch=64, row=empty, bare="it took longer than 900 s", other="no module | named x"),
        result(row=gone),
        result(batch=8, row=gone),
        warnings=("gpu:0 had company",),
    )
    assert "jax float32 batch 64: failed: RuntimeError: out of memory" in text
    assert "bare loop, jax float32 batch 64: it took longer" in text
    assert "no module \\| named x" in text
    assert text.count("energy: no NVML") == 1
    assert "Warning: gpu:0 had company" in text
    assert "| jax | float32 | 64 | – | – |" in text
    assert "0.990" in text


def test_a_trial_without_a_gpu_says_so() -> None:
    machine = {**MANIFEST["machine"], "gpus": []}
    text = page([result()], {**MANIFEST, "machine": machine}, {**RAN, "devices": ["cpu:0"]}, [])
    assert text.startswith("# Results (no GPU: a trial of the script)")
    assert "kept" not in text
    named = page([result()], {**MANIFEST, "machine": machine}, {**RAN, "devices": ["cuda:0 X"]}, [])
    assert named.startswith("# Results on a GPU")
