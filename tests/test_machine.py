from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.machine import facts, volatile
from bench.machine.probing import MissingError, collect

CPU = "sys/devices/system/cpu"


def write_files(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    cpuinfo = "".join(
        f"processor\t: {n}\nmodel name\t: Fast CPU @ 3.0GHz\ncpu MHz\t: {mhz}\nflags\t: fpu\n\n"
        for n, mhz in enumerate((1000.0, 3000.0))
    )
    return write_files(
        tmp_path,
        {
            "proc/cpuinfo": cpuinfo,
            "proc/loadavg": "0.10 0.20 0.30 1/99 4242\n",
            "proc/meminfo": "MemTotal: 8000 kB\nMemFree: 1000 kB\nMemAvailable: 6000 kB\n"
            "SwapTotal: 2000 kB\nSwapFree: 1500 kB\nHugePages_Total: 0\n",
            "proc/stat": "cpu  700 0 100 100 0 0 0 100 0 0\ncpu0 1 2 3\n",
            "etc/os-release": 'NAME=x\nPRETTY_NAME="Some Linux 9"\n',
            f"{CPU}/cpu0/cpufreq/scaling_governor": "powersave\n",
            f"{CPU}/cpu1/cpufreq/scaling_governor": "powersave\n",
            f"{CPU}/cpu0/thermal_throttle/core_throttle_count": "3\n",
            f"{CPU}/cpu1/thermal_throttle/core_throttle_count": "4\n",
            f"{CPU}/intel_pstate/no_turbo": "0\n",
            "sys/class/hwmon/hwmon0/name": "nvme\n",
            "sys/class/hwmon/hwmon0/temp1_input": "99000\n",
            "sys/class/hwmon/hwmon1/name": "coretemp\n",
            "sys/class/hwmon/hwmon1/temp1_input": "51500\n",
        },
    )


def test_facts_of_a_laptop(laptop: Path) -> None:
    found = facts(laptop)
    expected = {
        "cpu_model": "Fast CPU @ 3.0GHz",
        "governor": "powersave",
        "boost": True,
        "virtualisation": "none",
        "container": "none",
        "cpu_quota": None,
        "memory_total_bytes": 8000 * 1024,
        "memory_available_bytes": 6000 * 1024,
        "memory_limit_bytes": None,
        "swap_total_bytes": 2000 * 1024,
        "swap_used_bytes": 500 * 1024,
        "load_average": [0.1, 0.2, 0.3],
        "os": "Some Linux 9",
        "gpus": [],
    }
    assert {name: found[name] for name in expected} == expected
    assert not set(expected) & set(found["missing"])
    assert found["versions"]["numpy"]
    assert json.loads(json.dumps(found)) == found


def test_volatile_facts(laptop: Path) -> None:
    found = volatile(laptop)
    assert found["cpu_mhz"] == 2000.0
    assert found["cpu_temperature_celsius"] == 51.5
    assert found["cpu_thermal_throttles"] == 7
    assert found["cpu_seconds"] == pytest.approx(10 * found["cpu_steal_seconds"])
    assert found["missing"] == {}


def test_the_clock_is_read_from_cpufreq_where_it_is(laptop: Path) -> None:
    write_files(laptop, {f"{CPU}/cpu0/cpufreq/scaling_cur_freq": "2400000\n"})
    assert volatile(laptop)["cpu_mhz"] == 2400.0


def test_each_missing_probe_is_none_with_a_reason(tmp_path: Path) -> None:
    write_files(tmp_path, {"proc/stat": "cpu 1 2 3\n", "proc/meminfo": "odd"})
    for found in (facts(tmp_path), volatile(tmp_path)):
        for name, reason in found["missing"].items():
            assert found[name] is None
            assert reason
    assert set(facts(tmp_path)["missing"]) >= {"governor", "boost", "memory_total_bytes"}
    assert set(volatile(tmp_path)["missing"]) >= {"cpu_mhz", "cpu_steal_seconds"}


def test_this_machine_can_be_asked() -> None:
    assert facts()["cores_allowed"] >= 1
    assert "load_average" in volatile()


def test_a_probe_that_raises_does_not_stop_the_others() -> None:
    def unknown() -> None:
        raise MissingError("not told")

    found = collect({"a": unknown, "b": lambda: 1 // 0, "c": lambda: 3})
    assert found == {
        "a": None,
        "b": None,
        "c": 3,
        "missing": {"a": "not told", "b": "ZeroDivisionError: integer division or modulo by zero"},
    }


def test_asking_imports_nothing_heavy() -> None:
    code = (
        "import sys, bench.machine, bench.capabilities, bench.preset_folder\n"
        "import bench.noise, bench.commands.doctor\n"
        "heavy = {'keras', 'numpy', 'pandas', 'pydantic', 'h5py', 'psutil', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
