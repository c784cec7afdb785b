"""The energy counter, against a stand-in for NVML."""

import sys
from types import SimpleNamespace

import pytest

from bench.gpu_counters import EnergyCounter


class NVMLError(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch):
    """Two devices; what is asked of NVML is in ``calls``."""
    module = SimpleNamespace(NVMLError=NVMLError, calls=[], fails={})
    uuids = {"GPU-8f6b": 0, "GPU-91aa": 1, "MIG-77": "slice"}

    def answer(name, give):
        def function(*args):
            module.calls.append((name, *args))
            if name in module.fails:
                raise NVMLError(module.fails[name])
            return give(*args)

        setattr(module, name, function)

    answer("nvmlInit", lambda: None)
    answer("nvmlDeviceGetHandleByIndex", lambda index: f"device {index}")
    answer("nvmlDeviceGetHandleByUUID", lambda uuid: f"device {uuids[uuid]}")
    answer("nvmlDeviceGetTotalEnergyConsumption", lambda handle: 123_456)
    monkeypatch.setitem(sys.modules, "pynvml", module)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return module


def test_joules_are_millijoules_over_a_thousand(nvml):
    assert EnergyCounter.for_this_process().joules().value == 123.456


@pytest.mark.parametrize(
    ("visible", "device"),
    [
        (None, "device 0"),
        ("0", "device 0"),
        ("1", "device 1"),
        ("1,0", "device 1"),
        (" 1 , 0", "device 1"),
        ("GPU-91aa", "device 1"),
        ("MIG-77", "device slice"),
    ],
)
def test_the_device_is_the_first_that_the_process_sees(nvml, monkeypatch, visible, device):
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    EnergyCounter.for_this_process().joules()
    assert nvml.calls[-1] == ("nvmlDeviceGetTotalEnergyConsumption", device)


@pytest.mark.parametrize("visible", ["", "-1", "-1,0"])
def test_a_case_that_sees_no_device(nvml, monkeypatch, visible):
    """The reading of a GPU that idles beside a CPU case would be nonsense."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    peak = EnergyCounter.for_this_process().joules()
    assert peak.value is None
    assert "NVIDIA" in peak.reason
    assert nvml.calls == []


@pytest.mark.parametrize("call", ["nvmlInit", "nvmlDeviceGetHandleByIndex"])
def test_a_machine_without_a_driver(nvml, call):
    nvml.fails[call] = "Driver Not Loaded"
    peak = EnergyCounter.for_this_process().joules()
    assert peak.value is None
    assert peak.reason == "no NVIDIA device: Driver Not Loaded"


def test_a_device_without_a_counter(nvml):
    nvml.fails["nvmlDeviceGetTotalEnergyConsumption"] = "Not Supported"
    peak = EnergyCounter.for_this_process().joules()
    assert peak.value is None
    assert "Not Supported" in peak.reason


def test_without_the_package(nvml, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    peak = EnergyCounter.for_this_process().joules()
    assert peak.value is None
    assert "nvidia-ml-py" in peak.reason


def test_nothing_is_ever_set(nvml):
    EnergyCounter.for_this_process().joules()
    assert {name for name, *_ in nvml.calls} == {
        "nvmlInit",
        "nvmlDeviceGetHandleByIndex",
        "nvmlDeviceGetTotalEnergyConsumption",
    }
