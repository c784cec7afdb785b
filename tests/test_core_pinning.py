"""Which processors a worker keeps to."""

import os
import subprocess
import sys

import pytest

from bench.core_pinning import pool_size, spread


def pairs(processor):
    """Two hardware threads a core: 0 and 4, 1 and 5, ..."""
    return f"{processor % 4},{processor % 4 + 4}"


@pytest.mark.parametrize(
    ("threads", "chosen"),
    [(1, [0]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (5, [0, 1, 2, 3, 4]), (9, list(range(8)))],
)
def test_one_thread_of_each_core_first(threads, chosen):
    assert spread(threads, range(8), pairs) == chosen


def test_neighbours_that_share_a_core():
    """0 and 1 are one core, 2 and 3 another."""
    assert spread(2, range(4), lambda processor: f"{processor // 2}") == [0, 2]


def test_only_what_is_allowed():
    assert spread(2, {6, 2, 3}, pairs) == [2, 3], "6 shares a core with 2"
    assert spread(2, {1, 7}, lambda processor: None) == [1, 7]


@pytest.mark.parametrize(
    ("hardware", "size"),
    [
        ({}, None),
        ({"threads": 3}, 3),
        ({"threads": None, "cores": [0, 2]}, 2),
        ({"cores": None}, None),
    ],
)
def test_the_size_of_a_pool(hardware, size):
    assert pool_size(hardware) == size


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no pinning on this system")
@pytest.mark.parametrize("form", ["{'cores': [%d]}", "{'threads': 1}"])
def test_a_process_is_really_kept_to_them(form):
    last = max(os.sched_getaffinity(0))
    given = form % last if "%" in form else form
    code = f"import os; from bench.core_pinning import pin; pin({given}); "
    code += "print(os.sched_getaffinity(0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = eval(done.stdout)
    assert len(found) == 1
    assert "threads" in form or found == {last}
