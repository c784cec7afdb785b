"""Speed of a large history. ``pytest tests/benchmarks/test_bench_history.py --benchmark-only -s``

A query is a process of its own, as a user starts it, with its index already there. Building the
index and adding one night are timed beside it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
from history_files import case, environment, night

from reports.history.files import store
from reports.history.index import Index, place_of

RUNS, CASES, METRICS = 1_000, 50, 40
SLOW_FROM = 750


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """1,000 nights of 50 cases with 40 metrics each; the last quarter is slower."""
    folder = tmp_path_factory.mktemp("history")
    for number in range(RUNS):
        store(_night(number), folder)
    return folder


def _night(number):
    random = np.random.default_rng(number)
    slow = number >= SLOW_FROM
    names = [f"metric_{index}" for index in range(METRICS)]
    cases = []
    for index in range(CASES):
        speed = (43.0 if slow else 50.0) * float(np.exp(random.normal(0, 0.02)))
        scores = dict(zip(names, random.random(METRICS).tolist(), strict=True))
        cases.append(
            case(
                {"tokens_per_second": speed, **scores},
                f"top_k-{index}",
                intervals={name: [0.1, 0.9] for name in names},
                n=dict.fromkeys(names, 16),
            )
        )
    versions = {"keras-hub": "0.33.0"} if slow else {}
    return night(number, cases, environments=[environment(**versions)])


@pytest.fixture(scope="module")
def index(history, tmp_path_factory):
    """The cache folder with the index, and the seconds that it took to build."""
    cache = tmp_path_factory.mktemp("cache")
    place = place_of(history, cache / "history")
    started = time.perf_counter()
    with Index(history, place) as built:
        assert built.read == RUNS
    seconds = time.perf_counter() - started
    size = place.stat().st_size / 1e6
    print(f"\n{RUNS} files read and the index built in {seconds:.1f} s, {size:.0f} MB")
    return cache


@pytest.mark.parametrize("form", ["table", "--json", "--csv"])
def test_query_of_a_cold_process(benchmark, history, index, form):
    command = [sys.executable, "-m", "bench", "history", "--history", str(history)]
    environment_ = {**os.environ, "VERSEBENCH_CACHE": str(index), "COLUMNS": "140"}

    def ask():
        more = [] if form == "table" else [form]
        done = subprocess.run([*command, *more], capture_output=True, env=environment_, check=True)
        return done.stdout

    said = benchmark.pedantic(ask, rounds=5, warmup_rounds=1)
    assert b"worse" in said


def test_query_after_one_more_night(benchmark, history, index):
    place, numbers = place_of(history, index / "history"), iter(range(RUNS, RUNS + 100))

    def add():
        store(_night(next(numbers)), history)

    def ask():
        with Index(history, place) as opened:
            return opened.read

    assert benchmark.pedantic(ask, setup=add, rounds=5) == 1
