"""Training with versebench against Keras's ``fit`` by hand: the same steps on the same arrays.

``pytest tests/benchmarks/test_bench_training.py --benchmark-only -s``. The bars: at least .97 of
the throughput, at most 1.1 times the peak of memory. Nothing is asserted, since a shared machine
decides more than that; the ratios are printed and kept in the benchmark's ``extra_info``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import installed_backends

from bench.worker_environment import worker_environment

HERE = Path(__file__).parent
STEPS, BATCH, LENGTH = 24, 8, 64
LAUNCHES, ROUNDS, ROUND_STEPS = 3, 10, 4
BACKENDS = ("tensorflow", "jax")
BUILD = (
    "import sys; from pathlib import Path; import tiny_preset; tiny_preset.build("
    "Path(sys.argv[1]), layers=4, heads=8, hidden=256, positions=128, vocabulary_size=4096)"
)


@pytest.fixture(scope="module")
def preset(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A GPT-2 of 4.2 M parameters, or the one that VERSEBENCH_OVERHEAD_PRESET names."""
    if given := os.environ.get("VERSEBENCH_OVERHEAD_PRESET"):
        return given
    folder = tmp_path_factory.mktemp("presets") / "small"
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-c", BUILD, str(folder)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return str(folder)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Lines that fill every position."""
    file = tmp_path_factory.mktemp("texts") / "texts.txt"
    lines = (f"{i} the quick brown fox jumps over the lazy dog " * 5 for i in range(STEPS * BATCH))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def _python(backend: str, script: str, *arguments: object) -> Any:
    done = subprocess.run(
        [sys.executable, str(HERE / script), backend, *map(str, arguments)],
        env=worker_environment({"device": "cpu", "backend": backend}, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def _require(backend: str) -> None:
    if backend not in installed_backends():
        pytest.skip(f"{backend} is not installed")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.benchmark(group="training, one process, turn by turn")
def test_watched_fit_against_fit(benchmark: Any, backend: str, preset: str, texts: str) -> None:
    _require(backend)
    arguments = (backend, "fit_turns.py", preset, texts, ROUND_STEPS, BATCH, LENGTH, ROUNDS)
    rates = benchmark.pedantic(_python, arguments, rounds=1)
    pairs = [a / b for a, b in zip(rates["versebench"], rates["bare"], strict=True)]
    medians = {name: statistics.median(found) for name, found in rates.items()}
    benchmark.extra_info.update(backend=backend, ratio=statistics.median(pairs), pairs=pairs)
    benchmark.extra_info.update(medians)
    print(f"\n{backend}: throughput ratio {statistics.median(pairs):.3f}", medians)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.benchmark(group="training, launch by launch")
def test_training_against_bare_fit(benchmark: Any, backend: str, preset: str, texts: str) -> None:
    _require(backend)

    def launch(script: str) -> Any:
        return _python(backend, script, preset, texts, STEPS, BATCH, LENGTH)

    def alternate() -> list[tuple[Any, Any]]:
        pairs = []
        for turn in range(LAUNCHES):
            scripts = ["versebench_fit.py", "bare_fit.py"]
            found = {s: launch(s) for s in (scripts if turn % 2 else reversed(scripts))}
            pairs.append((found[scripts[0]], found[scripts[1]]))
        return pairs

    pairs = benchmark.pedantic(alternate, rounds=1)
    rate = statistics.median(ours["rate"] / bare["rate"] for ours, bare in pairs)
    peak = statistics.median(ours["peak"] / bare["peak"] for ours, bare in pairs)
    benchmark.extra_info.update(backend=backend, rate_ratio=rate, peak_ratio=peak, pairs=pairs)
    print(f"\n{backend}: throughput ratio {rate:.3f}, memory ratio {peak:.3f}", pairs)
