"""Measures a GPT-2 on a GPU by every means, and writes docs/gpu-results.md with machine and date.

``python tests/benchmarks/gpu_results.py PRESET`` on a machine with an NVIDIA GPU, jax[cuda12],
torch, transformers and nvidia-ml-py. PRESET is a KerasHub folder of a GPT-2;
``python tests/tiny_preset.py FOLDER gpt2`` makes one of 124 M random weights.

For each backend, dtype and batch size: one versebench run of all of them; a bare loop over
KerasHub's ``generate`` before and after it; transformers' ``generate``. What fails is named in its
place, and the rest goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpu_results_page import Result, page

from bench.worker_environment import worker_environment
from reports.frames import rows_of
from reports.run_folder import RunFolder
from reports.summary import summarise

HERE = Path(__file__).parent
PROMPT = "The quick brown fox jumps over the lazy dog and runs away from the old man"
_SECONDS = 900.0  # for one process of the others


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the page."""
    asked = _asked(arguments)
    asked.runs.mkdir(parents=True, exist_ok=True)
    axes = list(itertools.product(asked.backends, asked.dtypes, asked.batches))
    before = {axis: _bare(asked, *axis) for axis in axes}
    run = _versebench(asked)
    after = {axis: _bare(asked, *axis) for axis in axes}
    summary = summarise(run, metrics=[])
    rows = {(r["hardware"], r["batch_size"]): r for r in rows_of(summary.cases)}
    others: dict[tuple[str, int], Any] = {}
    results = []
    for backend, dtype, batch in axes:
        row = rows[f"{asked.device}-{backend}-{dtype}", batch]
        if (dtype, batch) not in others:
            others[dtype, batch] = _transformers(asked, dtype, batch, row)
        bare = _together(before[backend, dtype, batch], after[backend, dtype, batch])
        results.append(Result(backend, dtype, batch, row, bare, others[dtype, batch]))
    launches = [one.launch for c in summary.completed.cases for one in c.launches if one.launch]
    ran = launches[0].what_ran if launches else {}
    text = page(results, run.manifest, ran, [notice.text for notice in summary.warnings])
    asked.to.write_text(text, encoding="utf-8")
    print(text)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("preset", type=Path, help="folder of a KerasHub GPT-2")
    words.add_argument("--device", default="gpu", help="gpu, gpu:N, or cpu for a trial")
    words.add_argument("--backends", nargs="+", default=["jax", "torch"])
    words.add_argument("--dtypes", nargs="+", default=["float32", "bfloat16"])
    words.add_argument("--batches", nargs="+", type=int, default=[1, 8, 64])
    words.add_argument("--prompt", default=PROMPT)
    words.add_argument("--max-length", type=int, default=160)
    words.add_argument("--launches", type=int, default=3)
    words.add_argument("--calls", type=int, default=7, help="timed calls of each other loop")
    words.add_argument("--runs", type=Path, default=Path("runs"))
    words.add_argument("--to", type=Path, default=HERE.parent.parent / "docs/gpu-results.md")
    return words.parse_args(arguments)


def _versebench(asked: argparse.Namespace) -> RunFolder:
    """Run a scenario of all the axes; a failed case is a row of the page, not the end."""
    scenario = {
        "name": "gpu-results",
        "prompts": [asked.prompt],
        "presets": [{"name": asked.preset.name, "source": str(asked.preset.resolve())}],
        "samplers": ["greedy"],
        "hardware": [
            {"device": asked.device, "backend": backend, "dtype": dtype}
            for backend, dtype in itertools.product(asked.backends, asked.dtypes)
        ],
        "generate": {
            "max_length": asked.max_length,
            "batch_sizes": asked.batches,
            "samples": 0,
        },
        "measure": {"launches": asked.launches},
    }
    file = asked.runs / "gpu-results.yaml"
    file.write_text(json.dumps(scenario), encoding="utf-8")  # JSON is YAML
    command = [sys.executable, "-P", "-m", "bench", "run", str(file), "--out", str(asked.runs)]
    subprocess.run(command, check=False)
    return RunFolder.open(max(asked.runs.glob("*-gpu-results*/manifest.json")).parent)


def _bare(asked: argparse.Namespace, backend: str, dtype: str, batch: int) -> Any:
    script = str(HERE / "bare_generate.py")
    sizes = (asked.max_length, batch, asked.calls)
    return _rates(asked, backend, [script, backend, asked.preset, dtype, asked.prompt, *sizes])


def _transformers(asked: argparse.Namespace, dtype: str, batch: int, row: Any) -> Any:
    prompt = row["prompt_tokens"] or 16
    script = str(HERE / "transformers_generate.py")
    sizes = (int(prompt), asked.max_length, batch, asked.calls, asked.device)
    return _rates(asked, "torch", [script, asked.preset, dtype, *sizes])


def _rates(asked: argparse.Namespace, backend: str, arguments: list[Any]) -> Any:
    """Return what a script prints: rates, or (transformers) its version, too; or why it did not."""
    environment = worker_environment({"device": asked.device, "backend": backend}, os.environ)
    try:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {_SECONDS:g} s"
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return lines[-1]
    return json.loads(done.stdout)


def _together(before: Any, after: Any) -> Any:
    """Return the median of the two processes' medians; where one failed, the other's, or why."""
    medians = [statistics.median(found) for found in (before, after) if isinstance(found, list)]
    return statistics.median(medians) if medians else before


if __name__ == "__main__":
    main()
