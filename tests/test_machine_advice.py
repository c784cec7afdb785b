from __future__ import annotations

import re
from typing import Any

import pytest

from bench.machine import device_warnings, launch_warnings, warnings


def test_a_quiet_machine_needs_no_advice() -> None:
    quiet = {
        "cores_logical": 8,
        "cores_allowed": 8,
        "load_average": [1.2, 0.5, 0.1],
        "governor": "performance",
        "swap_used_bytes": 0,
        "memory_available_bytes": 8 << 30,
        "gpus": [{"index": 0, "throttle_reasons": ["idle"], "other_processes": []}],
    }
    assert warnings(quiet) == []
    assert warnings({}) == []


@pytest.mark.parametrize(
    ("facts_", "words"),
    [
        ({"cores_logical": 2, "load_average": [0.8, 0, 0]}, "close other programs"),
        ({"governor": "powersave"}, "cpupower frequency-set -g performance"),
        ({"on_battery": True}, "plug it in"),
        ({"cores_allowed": 1}, "two or more"),
        ({"cores_allowed": 4, "cpu_quota": 1.5}, "--cpuset-cpus"),
        ({"swap_used_bytes": 1 << 30}, "swapoff"),
        ({"memory_available_bytes": 1 << 30}, "smaller preset"),
        ({"memory_available_bytes": 8 << 30, "memory_limit_bytes": 1 << 30}, "smaller preset"),
        ({"gpus": [{"index": 1, "other_processes": [{"pid": 7}]}]}, "another GPU"),
        ({"gpus": [{"index": 1, "utilization_percent": 40}]}, "nvidia-smi"),
        ({"gpus": [{"index": 1, "throttle_reasons": ["power cap"]}]}, "cooling"),
        (
            {"gpus": [{"index": 1, "power_limit_watts": 300, "power_limit_default_watts": 700}]},
            "nvidia-smi -i 1 -pl 700",
        ),
    ],
)
def test_each_warning_says_what_to_do(facts_: dict[str, Any], words: str) -> None:
    (warning,) = warnings(facts_)
    assert words in warning


def test_what_happened_during_a_launch() -> None:
    before = {
        "cpu_thermal_throttles": 1,
        "quota_throttled_periods": 5,
        "swap_used_bytes": 0,
        "cpu_seconds": 100.0,
        "cpu_steal_seconds": 1.0,
        "cpu_idle_seconds": 10.0,
        "own_cpu_seconds": 20.0,
    }
    assert launch_warnings(before, before) == []
    assert launch_warnings({}, {}) == []
    after = {
        "cpu_thermal_throttles": 4,
        "quota_throttled_periods": 9,
        "swap_used_bytes": 1 << 30,
        "cpu_seconds": 200.0,
        "cpu_steal_seconds": 6.0,
        "cpu_idle_seconds": 35.0,
        "own_cpu_seconds": 60.0,
        "gpus": [{"index": 0, "throttle_reasons": ["power brake"], "temperature_celsius": 91}],
    }
    text = "\n".join(launch_warnings(before, after))
    for words in (
        "3 times",
        "4 times",
        "took 5 % of",
        "used 30 % of",
        "1.0 GiB went",
        "slowed at 91 °C",
    ):
        assert words in text


def on_gpu(**values: Any) -> dict[str, Any]:
    return {"gpus": [{"index": 1, **values}]}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"other_processes": [{"pid": 7}]}, {"other_processes": []}, "company .* 7.*another GPU"),
        ({}, {"other_processes": [{"pid": 7}, {"pid": 8}]}, "process 7, 8"),
        ({"power_slowed_seconds": 1.0}, {"power_slowed_seconds": 4.5}, "power limit .* 3.5 s"),
        ({"heat_slowed_seconds": 0.0}, {"heat_slowed_seconds": 2.0}, "heat slowed .* cooling"),
        ({}, {"throttle_reasons": ["power cap"]}, r"power cap\).*cooling"),
    ],
)
def test_what_happened_on_a_gpu(before: Any, after: Any, words: str) -> None:
    (warning,) = launch_warnings(on_gpu(**before), on_gpu(**after))
    assert re.search(words, warning)
    assert "gpu:1" in warning


def test_a_slowdown_is_told_once() -> None:
    after = on_gpu(power_slowed_seconds=4.0, throttle_reasons=["power cap"])
    assert len(launch_warnings(on_gpu(power_slowed_seconds=0.0), after)) == 1


def test_a_quiet_gpu_is_not_mentioned() -> None:
    quiet = on_gpu(
        power_slowed_seconds=9.0,
        heat_slowed_seconds=None,
        throttle_reasons=["idle"],
        other_processes=[],
    )
    assert launch_warnings(quiet, quiet) == []


def test_what_slowed_the_device_while_a_case_ran() -> None:
    seen = {"throttle_reasons": ["power cap"], "temperature_celsius": 83}
    (warning,) = device_warnings(seen)
    assert "83 °C" in warning
    assert warning.startswith("the GPU is slowed")
    assert device_warnings({}) == device_warnings({"throttle_reasons": ["idle"]}) == []
