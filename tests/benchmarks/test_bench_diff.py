"""Speed of a diff of many cases. ``pytest tests/benchmarks/test_bench_diff.py --benchmark-only``

The statistics by themselves, and the whole diff of two summaries that are in memory. What reading
and scoring a run costs is not part of it.
"""

import resource
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
from diff_questions import night, paired
from diff_summaries import summary_of

from reports.diff.between import Options, diff_runs
from reports.diff.compare import compare

CASES = 10_000
SUMMARISED, SAMPLES, PROMPTS = 2_000, 100, 10  # 10,000 take minutes to make up
SCORED = 9  # the headline metrics


@pytest.mark.parametrize("launches", [5, 8])
def test_statistics_of_speed(benchmark, launches):
    questions = night(np.random.default_rng(1), launches, 100, cases=CASES)
    rows, _ = benchmark.pedantic(compare, (questions,), rounds=3, warmup_rounds=1)
    assert len(rows) == CASES


@pytest.mark.parametrize("prompts", [10, 100])
def test_statistics_of_texts(benchmark, prompts):
    random = np.random.default_rng(2)
    questions = [
        paired(random.normal(0, 0.1, prompts), case=f"case {index}") for index in range(CASES)
    ]
    rows, _ = benchmark.pedantic(compare, (questions,), rounds=3, warmup_rounds=1)
    assert len(rows) == CASES


@pytest.mark.parametrize("same_texts", [True, False])
def test_diff_of_two_summaries(benchmark, same_texts):
    a = summary_of(SUMMARISED, SAMPLES, PROMPTS, SCORED, launches=5, seed=1, texts=1)
    b = summary_of(
        SUMMARISED, SAMPLES, PROMPTS, SCORED, launches=5, seed=2, texts=1 if same_texts else 2
    )
    diff = benchmark.pedantic(diff_runs, (a, b, Options()), rounds=1)
    assert diff.pairs == SUMMARISED
    benchmark.extra_info["peak_gigabytes"] = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    )
    print(
        f"\n{benchmark.name}: peak of the process {benchmark.extra_info['peak_gigabytes']:.2f} GB"
    )
