"""The counters of the very device, against a stand-in for NVML and one for the CUDA driver."""

import sys
import time
from types import SimpleNamespace

import pytest

from bench.gpu_counters import EnergyCounter, Watch
from bench.machine.probing import MissingError

BUS_IDS = {"0000:3b:00.0": 0, "0000:86:00.0": 1}


class NVMLError(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch):
    """Two devices; what is asked of NVML is in ``calls``."""
    module = SimpleNamespace(
        NVMLError=NVMLError,
        NVML_CLOCK_SM=1,
        NVML_CLOCK_MEM=2,
        NVML_TEMPERATURE_GPU=0,
        calls=[],
        fails={},
        count=2,
        mig=0,
        reasons=[0x1],
    )

    def answer(name, give):
        def function(*args):
            module.calls.append((name, *args))
            if name in module.fails:
                raise NVMLError(module.fails[name])
            return give(*args)

        setattr(module, name, function)

    answer("nvmlInit", lambda: None)
    answer("nvmlDeviceGetCount", lambda: module.count)
    answer("nvmlDeviceGetHandleByIndex", lambda index: f"device {index}")
    answer("nvmlDeviceGetHandleByPciBusId", lambda bus: f"device {BUS_IDS[bus.decode()]}")
    answer("nvmlDeviceGetUUID", lambda handle: ["GPU-8f6b", "GPU-91aa"][int(handle[-1])].encode())
    answer("nvmlDeviceGetMigMode", lambda handle: [module.mig, module.mig])
    answer("nvmlDeviceGetTotalEnergyConsumption", lambda handle: 123_456)
    answer("nvmlDeviceGetMemoryInfo", lambda handle: SimpleNamespace(total=80, used=10))
    answer("nvmlDeviceGetClockInfo", lambda handle, kind: 1000 * kind)
    answer("nvmlDeviceGetTemperature", lambda handle, sensor: 61)
    answer("nvmlDeviceGetPowerUsage", lambda handle: 300_000)
    answer("nvmlDeviceGetEnforcedPowerLimit", lambda handle: 700_000)
    answer("nvmlDeviceGetUtilizationRates", lambda handle: SimpleNamespace(gpu=99))
    answer(
        "nvmlDeviceGetCurrentClocksThrottleReasons",
        lambda handle: module.reasons.pop() if len(module.reasons) > 1 else module.reasons[0],
    )
    answer(
        "nvmlDeviceGetViolationStatus",
        lambda handle, policy: SimpleNamespace(violationTime=2_000_000_000),
    )
    monkeypatch.setitem(sys.modules, "pynvml", module)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    return module


def no_driver():
    raise MissingError("there is no CUDA driver (libcuda)")


def counter(bus_id=no_driver):
    return EnergyCounter.for_this_process(bus_id)


def asked_device(nvml):
    return nvml.calls[-1]


def test_joules_are_millijoules_over_a_thousand(nvml):
    assert counter().joules().value == 123.456


@pytest.mark.parametrize(("bus", "device"), [("0000:3b:00.0", 0), ("0000:86:00.0", 1)])
@pytest.mark.parametrize("visible", [None, "0", "1,0", "GPU-8f6b"])
@pytest.mark.parametrize("order", ["PCI_BUS_ID", "FASTEST_FIRST"])
def test_what_the_cuda_driver_says_goes_before_the_environment(
    nvml, monkeypatch, bus, device, visible, order
):
    monkeypatch.setenv("CUDA_DEVICE_ORDER", order)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    counter(lambda: bus).joules()
    assert asked_device(nvml) == ("nvmlDeviceGetTotalEnergyConsumption", f"device {device}")


@pytest.mark.parametrize(
    ("visible", "device"),
    [
        (None, "device 0"),
        ("0", "device 0"),
        ("1", "device 1"),
        ("1,0", "device 1"),
        (" 1 , 0", "device 1"),
        ("GPU-91aa", "device 1"),
        ("GPU-91", "device 1"),
    ],
)
def test_without_a_driver_to_ask_the_environment_says_which(nvml, monkeypatch, visible, device):
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    counter().joules()
    assert asked_device(nvml) == ("nvmlDeviceGetTotalEnergyConsumption", device)


def test_two_orders_of_counting_are_not_guessed_between(nvml, monkeypatch):
    monkeypatch.delenv("CUDA_DEVICE_ORDER")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    peak = counter().joules()
    assert peak.value is None
    assert "CUDA_DEVICE_ORDER=PCI_BUS_ID" in peak.reason
    nvml.count = 1
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert counter().joules().value == 123.456


@pytest.mark.parametrize("known_by", ["driver", "environment"])
def test_a_slice_of_a_device_has_no_counter_of_its_own(nvml, monkeypatch, known_by):
    nvml.mig = 1
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-77")
    peak = counter((lambda: "0000:3b:00.0") if known_by == "driver" else no_driver).joules()
    assert peak.value is None
    assert "slice (MIG)" in peak.reason


def test_a_device_that_cannot_be_sliced_is_whole(nvml):
    nvml.fails["nvmlDeviceGetMigMode"] = "Not Supported"
    assert counter().joules().value == 123.456


def test_an_id_that_is_not_here(nvml, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-ffff")
    assert counter().joules().reason == "NVML knows no device GPU-ffff"


@pytest.mark.parametrize("visible", ["", "-1", "-1,0"])
def test_a_case_that_sees_no_device(nvml, monkeypatch, visible):
    """The reading of a GPU that idles beside a CPU case would be nonsense."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    peak = counter(lambda: pytest.fail("CUDA must not be started")).joules()
    assert peak.value is None
    assert "NVIDIA" in peak.reason
    assert counter().reading() is None
    assert nvml.calls == []


@pytest.mark.parametrize("call", ["nvmlInit", "nvmlDeviceGetHandleByIndex"])
def test_a_machine_without_a_driver(nvml, call):
    nvml.fails[call] = "Driver Not Loaded"
    peak = counter().joules()
    assert peak.value is None
    assert peak.reason == "no NVIDIA device: Driver Not Loaded"


def test_a_device_without_a_counter(nvml):
    nvml.fails["nvmlDeviceGetTotalEnergyConsumption"] = "Not Supported"
    peak = counter().joules()
    assert peak.value is None
    assert "Not Supported" in peak.reason


def test_without_the_package(nvml, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    peak = counter().joules()
    assert peak.value is None
    assert "nvidia-ml-py" in peak.reason


def test_a_reading_and_why_a_part_of_it_is_missing(nvml):
    nvml.fails["nvmlDeviceGetTemperature"] = "Not Supported"
    found = counter().reading()
    assert (found["sm_clock_mhz"], found["memory_clock_mhz"]) == (1000, 2000)
    assert (found["power_watts"], found["power_limit_watts"]) == (300.0, 700.0)
    assert found["power_slowed_seconds"] == found["heat_slowed_seconds"] == 2.0
    assert found["temperature_celsius"] is None
    assert found["missing"] == {"temperature_celsius": "NVMLError: Not Supported"}


def test_a_watch_sees_what_happens_while_it_lasts(nvml, monkeypatch):
    monkeypatch.setattr("bench.gpu_counters._PERIOD_SECONDS", 0.001)
    nvml.reasons = [0x1, 0x4, 0x8]
    with Watch(counter()) as watch:
        while len(nvml.reasons) > 1:
            time.sleep(0.001)
    seen = watch.seen()
    assert seen["readings"] >= 2
    assert (seen["sm_clock_mhz"], seen["power_watts"]) == (1000, 300.0)
    assert seen["temperature_celsius"] == 61
    assert {"power cap", "hardware slowdown"} <= set(seen["throttle_reasons"])


def test_a_watch_over_nothing_sees_nothing():
    with Watch(EnergyCounter(None, None, "no NVML")) as watch:
        pass
    assert watch.seen() == {}


def test_nothing_is_ever_set(nvml, monkeypatch):
    monkeypatch.setattr("bench.gpu_counters._PERIOD_SECONDS", 0.001)
    one = counter(lambda: "0000:3b:00.0")
    one.joules()
    with Watch(one) as watch:
        while not watch._readings:
            time.sleep(0.001)
    for name, *_ in nvml.calls:
        assert name == "nvmlInit" or name.startswith("nvmlDeviceGet"), name
