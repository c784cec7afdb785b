"""A run of 10,000 cases x 100 texts: load, summary and diff by sampler, in CPU seconds and memory.

``pytest tests/benchmarks/test_bench_reports.py --benchmark-only -s``; making the runs up takes
minutes, and is not part of it. Neither is scoring: ``scores.jsonl`` is there, as it is after any
report. The scenario selects nine metrics, those of the default table; each text has 40 tokens, of
10 prompts, and the diff compares 5,000 pairs in 14 measures. ``launches`` is 1 (the default of a
scenario) and 5 (what a comparison needs), each of nine calls: the records are 0.8 and 0.95 GB.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from big_run import big_run

from reports.columns import HEADLINE_METRICS

CASES, SAMPLES, PROMPTS = 10_000, 100, 10


@pytest.mark.parametrize("launches", [1, 5])
def test_load_summary_and_diff(benchmark, tmp_path, launches):
    names = HEADLINE_METRICS[:9]
    folder = big_run(tmp_path, CASES, SAMPLES, PROMPTS, names, launches=launches)
    script = Path(__file__).parent / "summary_and_diff.py"

    def once():
        command = [sys.executable, str(script), str(folder.path)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    took = benchmark.pedantic(once, rounds=1)
    assert (took["scored"], took["texts"]) == (0, CASES * SAMPLES)
    assert took["rows"] == CASES // 2 * 14
    benchmark.extra_info.update(took)
    print(f"\n{launches} launches: {took}")
