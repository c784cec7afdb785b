from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.machine import facts, volatile
from bench.machine.nvidia import Devices, changing


class FakeNvmlError(Exception):
    pass


class FakeNvml:
    """NVML as pynvml shows it, with two devices and one call that the devices do not know."""

    NVMLError = FakeNvmlError
    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU = 1, 2, 0

    def __init__(
        self, *, starts: bool = True, reasons: int = 0x1, pids: tuple[int, ...] = ()
    ) -> None:
        self.starts, self.reasons, self.pids, self.open = starts, reasons, pids, 0

    def nvmlInit(self) -> None:  # noqa: N802
        if not self.starts:
            raise FakeNvmlError("NVML Shared Library Not Found")
        self.open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.open -= 1

    def nvmlDeviceGetMigMode(self, gpu: int) -> list[int]:  # noqa: N802
        raise FakeNvmlError("Not Supported")

    def __getattr__(self, name: str) -> Any:
        values: dict[str, Any] = {
            "nvmlSystemGetDriverVersion": b"580.1",
            "nvmlDeviceGetCount": 2,
            "nvmlDeviceGetName": b"NVIDIA H100",
            "nvmlDeviceGetMaxClockInfo": 1980,
            "nvmlDeviceGetClockInfo": 345,
            "nvmlDeviceGetTemperature": 41,
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=80, used=10),
            "nvmlDeviceGetEnforcedPowerLimit": 500_000,
            "nvmlDeviceGetPowerManagementDefaultLimit": 700_000,
            "nvmlDeviceGetPowerUsage": 70_500,
            "nvmlDeviceGetPersistenceMode": 1,
            "nvmlDeviceGetViolationStatus": SimpleNamespace(violationTime=1_500_000_000),
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=3),
            "nvmlDeviceGetCurrentClocksThrottleReasons": self.reasons,
            "nvmlDeviceGetGraphicsRunningProcesses": [],
            "nvmlDeviceGetComputeRunningProcesses": [
                SimpleNamespace(pid=pid, usedGpuMemory=7) for pid in self.pids
            ],
        }
        if name == "nvmlDeviceGetHandleByIndex":
            return lambda index: index
        if name == "nvmlDeviceGetPciInfo":
            return lambda gpu: SimpleNamespace(busId=f"00000000:{gpu}A:00.0".encode())
        if name == "nvmlDeviceGetUUID":
            return lambda gpu: f"GPU-{gpu}{gpu}"
        if name not in values:
            raise AttributeError(name)
        return lambda *arguments: values[name]


def gpus(root: Path, nvml: FakeNvml, visible: str | None = None) -> Devices:
    (root / "dev").mkdir(exist_ok=True)
    (root / "dev/nvidia0").touch()
    return Devices(root, nvml, {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible})


def test_facts_of_the_gpus(tmp_path: Path) -> None:
    nvml = FakeNvml(pids=(4711,))
    found = facts(tmp_path, gpus(tmp_path, nvml))
    assert found["gpu_driver"] == "580.1"
    assert [gpu["index"] for gpu in found["gpus"]] == [0, 1]
    first = found["gpus"][0]
    assert first["name"] == "NVIDIA H100"
    assert first["power_limit_watts"] == 500.0
    assert first["throttle_reasons"] == ["idle"]
    assert first["pci"] == "0000:0a:00.0"
    assert first["power_slowed_seconds"] == first["heat_slowed_seconds"] == 1.5
    assert first["other_processes"] == [{"pid": 4711, "memory_bytes": 7}]
    assert first["mig_mode"] is None
    assert first["missing"] == {"mig_mode": "FakeNvmlError: Not Supported"}
    assert nvml.open == 0


@pytest.mark.parametrize(
    ("visible", "indices"),
    [(None, [0, 1]), ("", []), ("-1", []), ("1", [1]), ("GPU-00", [0]), ("MIG-7f", [0, 1])],
)
def test_only_visible_gpus_count(tmp_path: Path, visible: str | None, indices: list[int]) -> None:
    found = volatile(tmp_path, gpus(tmp_path, FakeNvml(), visible))
    assert [gpu["index"] for gpu in found["gpus"]] == indices


def test_without_a_gpu_there_is_nothing_to_miss(tmp_path: Path) -> None:
    for devices in (Devices(tmp_path), Devices(tmp_path, FakeNvml(starts=False))):
        assert devices.facts() == []
        assert devices.driver() is None


def test_a_gpu_that_cannot_be_asked_is_missing_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = facts(tmp_path, gpus(tmp_path, FakeNvml(starts=False)))
    assert found["gpus"] is None
    assert "Shared Library" in found["missing"]["gpus"]
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = facts(tmp_path, Devices(tmp_path))
    assert found["missing"]["gpus"].endswith("pip install nvidia-ml-py")


@pytest.mark.parametrize("visible", [None, "0", "1", "GPU-00"])
def test_a_process_that_computes_is_on_one_device(tmp_path: Path, visible: str | None) -> None:
    """Which one, the CUDA driver says: its first may be NVML's second."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    devices = Devices(tmp_path, FakeNvml(), environment, bus_id=lambda: "0000:1a:00.0")
    assert [gpu["index"] for gpu in devices.volatile()] == [1]


def test_a_process_on_the_cpu_does_not_ask_cuda(tmp_path: Path) -> None:
    devices = Devices(
        tmp_path,
        FakeNvml(),
        {"CUDA_VISIBLE_DEVICES": ""},
        bus_id=lambda: pytest.fail("CUDA must not be started"),
    )
    assert devices.volatile() == []


def strangers(devices: Devices) -> list[int]:
    return [process["pid"] for process in devices.volatile()[0]["other_processes"]]


def test_this_process_is_no_company(tmp_path: Path) -> None:
    devices = gpus(tmp_path, FakeNvml(pids=(4711, os.getpid())))
    assert strangers(devices) == [4711]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((), (900,), []),  # this process, by the host's number
        ((4711,), (900, 4711), [4711]),  # who was there before is a stranger
        ((4711,), (4711,), [4711]),
        ((), (4712,), [4712]),  # a process of this container: not we
        ((), (900, 901), [900, 901]),  # which of them we are cannot be told
    ],
)
def test_in_a_container_this_process_is_the_one_that_came(
    tmp_path: Path, before: tuple[int, ...], after: tuple[int, ...], found: list[int]
) -> None:
    nvml = FakeNvml(pids=before)
    devices = gpus(tmp_path, nvml)
    (tmp_path / "proc/4712").mkdir(parents=True)
    devices.remember_company()
    nvml.pids = after
    assert strangers(devices) == found


def test_nothing_is_remembered_where_nothing_can_be_asked(tmp_path: Path) -> None:
    devices = gpus(tmp_path, FakeNvml(starts=False))
    devices.remember_company()
    assert devices._first_seen is None


@pytest.mark.parametrize("new", ["answers", "Function Not Found", None])
def test_reasons_by_the_drivers_new_name_and_by_the_old(new: str | None) -> None:
    def refuse(gpu: int) -> int:
        raise FakeNvmlError(new)

    nvml = FakeNvml(reasons=0 if new == "answers" else 0x4 | 0x40)
    if new is not None:
        ask = refuse if new != "answers" else lambda gpu: 0x4 | 0x40
        nvml.nvmlDeviceGetCurrentClocksEventReasons = ask  # type: ignore[attr-defined]
    told = changing(nvml, 0)["throttle_reasons"]()
    assert told == ["power cap", "hardware thermal slowdown"]
