from __future__ import annotations

from pathlib import Path

import pytest

from bench.machine import facts
from bench.machine.cgroups import cpu_quota, memory_limit, throttled_periods


def write_files(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_quota_of_cgroup_2_is_the_smallest_on_the_way_up(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "proc/self/cgroup": "0::/kubepods/pod1\n",
            "sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000\n",
            "sys/fs/cgroup/kubepods/pod1/memory.max": "4096\n",
            "sys/fs/cgroup/kubepods/cpu.max": "150000 100000\n",
            "sys/fs/cgroup/kubepods/memory.max": "max\n",
            "sys/fs/cgroup/kubepods/pod1/cpu.stat": "usage_usec 5\nnr_throttled 12\n",
        },
    )
    assert cpu_quota(tmp_path) == 1.5
    assert memory_limit(tmp_path) == 4096
    assert throttled_periods(tmp_path) == 12


def test_cgroup_2_seen_from_inside_its_namespace(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"},
    )
    assert cpu_quota(tmp_path) == 0.5


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
def test_cgroup_1(tmp_path: Path, mount: str) -> None:
    write_files(
        tmp_path,
        {
            "proc/self/cgroup": "5:memory:/\n4:cpu,cpuacct:/docker/abc\n0::/\n",
            f"sys/fs/cgroup/{mount}/cpu.cfs_quota_us": "200000\n",
            f"sys/fs/cgroup/{mount}/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        },
    )
    assert cpu_quota(tmp_path) == 2.0
    assert memory_limit(tmp_path) is None
    write_files(tmp_path, {f"sys/fs/cgroup/{mount}/cpu.cfs_quota_us": "-1\n"})
    assert cpu_quota(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".dockerenv": ""}, "docker"),
        ({"run/.containerenv": ""}, "podman"),
        ({"proc/1/environ": "HOME=/\0container=lxc\0X=1"}, "lxc"),
        ({"proc/self/cgroup": "0::/kubepods.slice/pod\n"}, "kubepods"),
        ({}, "none"),
    ],
)
def test_the_kind_of_container(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert facts(write_files(tmp_path, files))["container"] == expected


def test_a_virtual_machine_by_name_or_without(tmp_path: Path) -> None:
    write_files(tmp_path, {"proc/cpuinfo": "model name: x\nflags: fpu hypervisor sse\n"})
    assert facts(tmp_path)["virtualisation"] == "virtual machine"
    write_files(tmp_path, {"sys/class/dmi/id/sys_vendor": "QEMU\n"})
    assert facts(tmp_path)["virtualisation"] == "QEMU"
