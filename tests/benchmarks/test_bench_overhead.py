"""What versebench reports against a bare loop over the same compiled function.

The bar is 2 % on a preset of GPT-2's size (124 M parameters). Set VERSEBENCH_OVERHEAD_PRESET to a
preset folder to use another one; it is built with random weights otherwise (0.5 GB).
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
from run_turns import BareLoop, rates_in_turns

from bench.cli import __file__ as cli_file
from bench.worker_environment import worker_environment

HERE = Path(__file__).parent
PROMPT, MAX_LENGTH, ROUNDS = "The quick brown fox jumps over the lazy dog", 64, 21
LAUNCHES = 5  # a process may be fast or slow as a whole
BACKENDS = ("tensorflow", "jax")


@pytest.fixture(scope="module")
def gpt2_sized(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A preset of GPT-2 base's shape."""
    if given := os.environ.get("VERSEBENCH_OVERHEAD_PRESET"):
        return given
    folder = tmp_path_factory.mktemp("presets") / "gpt2"
    script = str(HERE.parent / "tiny_preset.py")
    subprocess.run([sys.executable, script, str(folder), "gpt2"], check=True, capture_output=True)
    return str(folder)


def _python(backend: str, *arguments: object) -> Any:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=worker_environment({"device": "cpu", "backend": backend}, os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _record(benchmark: Any, ratios: list[float], **more: object) -> None:
    benchmark.extra_info.update(
        ratio_median=statistics.median(ratios), ratio_min=min(ratios), ratio_max=max(ratios), **more
    )
    print(f"\nversebench / bare: median {statistics.median(ratios):.4f}", benchmark.extra_info)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.benchmark(group="overhead, one process, turn by turn")
def test_trial_against_bare_call(benchmark: Any, backend: str, gpt2_sized: str) -> None:
    if backend not in installed_backends():
        pytest.skip(f"{backend} is not installed")
    script = HERE / "side_by_side.py"
    rates = benchmark.pedantic(
        _python, (backend, script, backend, gpt2_sized, PROMPT, MAX_LENGTH, ROUNDS), rounds=1
    )
    ours, bare = (statistics.median(rates[name]) for name in ("versebench", "bare"))
    pairs = [a / b for a, b in zip(rates["versebench"], rates["bare"], strict=True)]
    _record(benchmark, [ours / bare], backend=backend, versebench=ours, bare=bare, pairs=pairs)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.benchmark(group="overhead, shipped layout, call by call")
def test_run_against_bare_loop(
    benchmark: Any, backend: str, gpt2_sized: str, tmp_path: Path
) -> None:
    if backend not in installed_backends():
        pytest.skip(f"{backend} is not installed")
    scenario = tmp_path / "overhead.yaml"
    scenario.write_text(
        f"name: overhead\nprompts: [{PROMPT}]\npresets: [{{name: gpt2, source: {gpt2_sized}}}]\n"
        f"samplers: [greedy]\nhardware: [{{backend: {backend}}}]\n"
        f"generate: {{max_length: {MAX_LENGTH}, samples: 0}}\n"
        f"measure: {{trials: {ROUNDS}, fit_points: 0, warmup_cap: 3}}\n"
    )
    root = Path(cli_file).parent.parent
    environment = worker_environment({"device": "cpu", "backend": backend}, os.environ)
    arguments = [backend, gpt2_sized, PROMPT, str(MAX_LENGTH)]

    def launch(number: int) -> list[tuple[float, float]]:
        with BareLoop(HERE / "bare_loop.py", arguments, environment) as bare:
            return rates_in_turns(scenario, tmp_path / str(number), root, ROUNDS, bare)

    def launches() -> list[list[tuple[float, float]]]:
        return [launch(number) for number in range(LAUNCHES)]

    turns = benchmark.pedantic(launches, rounds=1)
    ratios = [statistics.median(a / b for a, b in pairs) for pairs in turns]
    _record(benchmark, ratios, backend=backend, turns=turns)


COUNTED = """
import resource, sys
from bench.cli import main
try:
    main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, file=sys.stderr)
"""


@pytest.mark.benchmark(group="overhead, what the parent does")
def test_processor_time_of_the_parent_per_trial(benchmark: Any, tmp_path: Path) -> None:
    """A process is fast or slow by 10 % as a whole; what the parent takes can be counted exactly.

    Its processor time for each further trial, all of it spent while the worker waits: held
    against the seconds of a trial, this bounds what the layout can cost.
    """
    source = tmp_path / "tiny"
    script = str(HERE.parent / "tiny_preset.py")
    subprocess.run([sys.executable, script, str(source)], check=True, capture_output=True)

    def used(trials: int) -> float:
        scenario = tmp_path / f"{trials}.yaml"
        scenario.write_text(
            f"name: parent\nprompts: [{PROMPT}]\npresets: [{{name: tiny, source: {source}}}]\n"
            "samplers: [greedy]\ngenerate: {max_length: 48, samples: 0}\n"
            f"measure: {{trials: {trials}, fit_points: 0, warmup_cap: 3}}\n"
        )
        command = [sys.executable, "-c", COUNTED, "run", str(scenario), "--json", "--out"]
        done = subprocess.run(
            [*command, str(tmp_path / "runs")],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(cli_file).parent.parent,
        )
        return float(done.stderr.split()[-1])

    def per_trial() -> float:
        return (used(400) - used(20)) / 380

    seconds = benchmark.pedantic(per_trial, rounds=1)
    benchmark.extra_info.update(milliseconds_per_trial=1000 * seconds)
    print(f"\nparent: {1000 * seconds:.2f} ms of processor time per trial")
