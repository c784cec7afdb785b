"""Measures a GPT-2 on a GPU by every means, and writes docs/gpu-results.md with machine and date.

``python tests/benchmarks/gpu_results.py PRESET`` on a machine with an NVIDIA GPU, jax, torch,
transformers and nvidia-ml-py. PRESET is a KerasHub folder of a GPT-2;
``python tests/tiny_preset.py FOLDER gpt2`` makes one of 124 M random weights.

For each backend: a bare loop over KerasHub's ``generate``, a versebench run of all dtypes and batch
sizes, the loop again; after the first backend transformers' ``generate``. What fails is named in
its place, and the rest goes on. After ``--minutes`` nothing more is begun, and what runs is ended;
the page is written after each part, and the same command again measures what is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gpu_results_page import Result, page

from bench.worker_environment import worker_environment
from reports.frames import rows_of
from reports.run_folder import RunFolder
from reports.summary import Summary, summarise

HERE = Path(__file__).parent
PROMPT = "The quick brown fox jumps over the lazy dog and runs away from the old man"
_LEAST_SECONDS = 15.0  # in which no part can be measured
_LAST_WORDS = 30.0  # for a run that is ended early
_ENDED = (0, 1, 4)  # exit codes of a run that has measured all its cases


class Parts:
    """What has been measured, one file a part, and the time that is left for more."""

    def __init__(self, folder: Path, minutes: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._minutes = minutes
        self._end = time.monotonic() + 60 * minutes

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._end - time.monotonic()

    def of(self, name: str, measure: Callable[[], Any]) -> Any:
        """Return a part: kept from an earlier call, or measured now; a text says why not."""
        file = self.folder / f"{name}.json"
        if file.exists():
            return json.loads(file.read_text(encoding="utf-8"))
        if self.left() < _LEAST_SECONDS:
            return f"{self._minutes:g} minutes were over: the same command again measures the rest"
        print(f"{name} ({self.left():.0f} s left)", file=sys.stderr, flush=True)
        found = measure()
        if not isinstance(found, str):
            file.write_text(json.dumps(found), encoding="utf-8")
        return found


@dataclass
class Found:
    """All that was measured so far.

    Attributes:
        bare: by backend and dtype: for each process rates by batch size, or why there are none.
        runs: by backend: the summary of a run, or why there is none.
        others: by dtype: transformers' version and rates by batch size, or why there are none.
    """

    bare: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    runs: dict[str, Summary | str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the page."""
    asked = _asked(arguments)
    parts, found, text = Parts(_folder(asked), asked.minutes), Found(), ""
    for step in _steps(asked, parts, found):
        step()
        text = _page(asked, found)
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
    words.add_argument("--max-length", type=int, default=96)
    words.add_argument("--launches", type=int, default=1)
    words.add_argument("--trials", type=int, default=3)
    words.add_argument("--calls", type=int, default=5, help="timed calls of each other loop")
    words.add_argument("--minutes", type=float, default=8.0, help="begin nothing after these")
    words.add_argument("--runs", type=Path, default=Path("runs"))
    words.add_argument("--to", type=Path, default=HERE.parent.parent / "docs/gpu-results.md")
    return words.parse_args(arguments)


def _folder(asked: argparse.Namespace) -> Path:
    """Return where the parts are kept: another folder for each way of asking."""
    told = {name: it for name, it in vars(asked).items() if name not in ("minutes", "runs", "to")}
    told["preset"] = str(asked.preset.resolve())
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]
    folder: Path = asked.runs / f"gpu-results-{digest}"
    return folder


def _steps(asked: argparse.Namespace, parts: Parts, found: Found) -> Iterator[Callable[[], None]]:
    """Yield the parts in the order of what matters."""
    for number, backend in enumerate(asked.backends):
        yield partial(_loops, asked, parts, found, backend, "before")
        yield partial(_run, asked, parts, found, backend)
        yield partial(_loops, asked, parts, found, backend, "after")
        if number == 0:
            for dtype in asked.dtypes:
                yield partial(_transformers, asked, parts, found, dtype)


def _loops(asked: argparse.Namespace, parts: Parts, found: Found, backend: str, when: str) -> None:
    for dtype in asked.dtypes:
        words = [backend, asked.preset, dtype, asked.prompt, asked.max_length]
        words += [_list(asked.batches), asked.calls]
        measure = partial(_told, asked, parts, backend, "bare_generate.py", words)
        told = parts.of(f"bare-{when}-{backend}-{dtype}", measure)
        found.bare.setdefault((backend, dtype), []).append(told)


def _transformers(asked: argparse.Namespace, parts: Parts, found: Found, dtype: str) -> None:
    known = (row["prompt_tokens"] for rows in _rows(found).values() for row in rows)
    prompt = int(next((tokens for tokens in known if tokens), 16))
    words = [asked.preset, dtype, prompt, asked.max_length]
    words += [_list(asked.batches), asked.calls, asked.device]
    measure = partial(_told, asked, parts, "torch", "transformers_generate.py", words)
    found.others[dtype] = parts.of(f"transformers-{dtype}", measure)


def _run(asked: argparse.Namespace, parts: Parts, found: Found, backend: str) -> None:
    """Run a scenario of one backend; a failed case is a row of the page, not the end."""
    told = parts.of(f"run-{backend}", partial(_measured, asked, parts, backend))
    last = max(parts.folder.glob(f"*-gpu-results-{backend}/manifest.json"), default=None)
    found.runs[backend] = (
        told if last is None else summarise(RunFolder.open(last.parent), metrics=[])
    )


def _measured(asked: argparse.Namespace, parts: Parts, backend: str) -> dict[str, int] | str:
    name = f"gpu-results-{backend}"
    hardware = [{"device": asked.device, "backend": backend, "dtype": d} for d in asked.dtypes]
    scenario = {
        "name": name,
        "prompts": [asked.prompt],
        "presets": [{"name": asked.preset.name, "source": str(asked.preset.resolve())}],
        "samplers": ["greedy"],
        "hardware": hardware,
        "generate": {"max_length": asked.max_length, "batch_sizes": asked.batches, "samples": 0},
        "measure": {"launches": asked.launches, "trials": asked.trials, "fit_points": 3},
    }
    file = parts.folder / f"{name}.yaml"
    file.write_text(json.dumps(scenario), encoding="utf-8")  # JSON is YAML
    command = [sys.executable, "-P", "-m", "bench", "run", str(file), "--out", str(parts.folder)]
    with subprocess.Popen([*command, "--resume"]) as process:
        try:
            code = process.wait(max(parts.left(), _LEAST_SECONDS))
        except subprocess.TimeoutExpired:
            process.terminate()  # as Ctrl-C: what is finished is kept
            try:
                process.wait(_LAST_WORDS)
            except subprocess.TimeoutExpired:
                process.kill()
            return "the time was over: the same command again goes on with it"
    return {"exit_code": code} if code in _ENDED else f"versebench run ended with exit code {code}"


def _told(
    asked: argparse.Namespace, parts: Parts, backend: str, script: str, words: list[Any]
) -> Any:
    """Return what a script prints, or why it does not."""
    environment = worker_environment({"device": asked.device, "backend": backend}, os.environ)
    # The loop after the run need not compile again what the one before it did.
    environment["JAX_COMPILATION_CACHE_DIR"] = str(parts.folder.resolve() / "jax-cache")
    seconds = max(parts.left(), _LEAST_SECONDS)
    try:
        done = subprocess.run(
            [sys.executable, str(HERE / script), *map(str, words)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than the {seconds:.0f} s that were left"
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return lines[-1]
    return json.loads(done.stdout)


def _rows(found: Found) -> dict[str, list[dict[str, Any]]]:
    return {
        backend: rows_of(summary.cases)
        for backend, summary in found.runs.items()
        if not isinstance(summary, str)
    }


def _page(asked: argparse.Namespace, found: Found) -> str:
    """Return the page of what is there."""
    rows = {
        (row["hardware"], row["batch_size"]): row for told in _rows(found).values() for row in told
    }
    results = []
    for backend, dtype, batch in itertools.product(asked.backends, asked.dtypes, asked.batches):
        run = found.runs.get(backend, "not yet measured")
        none = {"status": "not run", "reason": run if isinstance(run, str) else "no such case"}
        row = rows.get((f"{asked.device}-{backend}-{dtype}", batch), none)
        bare = _together([_at(told, batch) for told in found.bare.get((backend, dtype), [])])
        other = found.others.get(dtype, "not yet measured")
        if not isinstance(other, str):
            rates = _at(other["rates"], batch)
            other = rates if isinstance(rates, str) else {**other, "rates": rates}
        results.append(Result(backend, dtype, batch, row, bare, other))
    summaries = [summary for summary in found.runs.values() if not isinstance(summary, str)]
    launches = [
        one.launch
        for summary in summaries
        for case in summary.completed.cases
        for one in case.launches
        if one.launch
    ]
    manifest = summaries[0].run.manifest if summaries else {}
    warnings = [notice.text for summary in summaries for notice in summary.warnings]
    return page(results, manifest, launches[0].what_ran if launches else {}, warnings)


def _at(told: Any, batch: int) -> Any:
    """Return the rates of one batch size, or why there are none."""
    return told if isinstance(told, str) else told.get(str(batch), "it was not measured")


def _together(told: list[Any]) -> Any:
    """Return the median of the processes' medians; where there is none, why."""
    medians = [statistics.median(found) for found in told if isinstance(found, list)]
    return statistics.median(medians) if medians else next(iter(told), "not yet measured")


def _list(batches: Sequence[int]) -> str:
    return ",".join(map(str, batches))


if __name__ == "__main__":
    main()
