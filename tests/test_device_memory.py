"""Device memory by backend, against stand-ins for the backends' counters."""

import threading
import time
from types import SimpleNamespace

import pytest

from bench.engine import device_memory
from bench.engine.device_memory import DeviceMemory, JaxMark, TensorflowMark, TorchMark


class Jax:
    """A device's memory_stats: ``in_use`` now, and a mark that only rises."""

    def __init__(self, in_use=500, mark=900):
        self.in_use, self.mark, self.asked = in_use, mark, 0

    def use(self, bytes_in_use):
        self.in_use = bytes_in_use
        self.mark = max(self.mark, bytes_in_use)

    def __call__(self):
        self.asked += 1
        return {"bytes_in_use": self.in_use, "peak_bytes_in_use": self.mark}


def watched(stats, used, readings=20):
    """Reset, use so much until some readings are taken, give it back; return the peak."""
    memory = DeviceMemory("jax", "gpu", JaxMark(stats))
    memory.reset(poll=True)
    before, start = stats.in_use, stats.asked
    stats.use(used)
    while stats.asked < start + readings:
        time.sleep(0.001)
    stats.use(before)
    return memory.peak()


def test_jax_below_an_earlier_mark_is_watched():
    """Loading raised the mark to 900; this case needs 700."""
    assert watched(Jax(500, 900), 700).value == 700.0


def test_jax_above_every_earlier_mark_has_its_own():
    stats = Jax(500, 900)
    assert watched(stats, 1200).value == 1200.0
    assert watched(stats, 800).value == 800.0, "the next case is smaller, and has a number, too"


def test_a_call_too_short_to_be_watched_has_a_reason(monkeypatch):
    monkeypatch.setattr(device_memory, "_PERIOD_SECONDS", 60.0)
    memory = DeviceMemory("jax", "gpu", JaxMark(Jax()))
    memory.reset(poll=True)
    peak = memory.peak()
    assert peak.value is None
    assert "cannot reset" in peak.reason


def test_no_thread_is_left_and_none_is_started_unasked():
    before = threading.active_count()
    memory = DeviceMemory("jax", "gpu", JaxMark(Jax()))
    memory.reset()
    assert threading.active_count() == before
    memory.reset(poll=True)
    memory.reset(poll=True)
    assert threading.active_count() == before + 1
    memory.peak()
    assert threading.active_count() == before


@pytest.mark.parametrize("stats", [None, {}, {"num_allocs": 3}])
def test_a_jax_device_without_statistics(stats):
    memory = DeviceMemory("jax", "tpu", JaxMark(lambda: stats))
    memory.reset(poll=True)
    assert memory.peak().value is None
    assert "no memory statistics" in memory.peak().reason


@pytest.mark.parametrize(
    ("device", "name"), [("gpu:3", "GPU:0"), ("gpu", "GPU:0"), ("tpu", "TPU:0")]
)
def test_tensorflow_counts_on_the_first_device_that_it_sees(monkeypatch, device, name):
    asked = []
    counters = SimpleNamespace(
        reset_memory_stats=lambda device: asked.append(("reset", device)),
        get_memory_info=lambda device: asked.append(("read", device)) or {"peak": 77, "current": 5},
    )
    made = TensorflowMark
    monkeypatch.setattr(device_memory, "TensorflowMark", lambda name: made(name, counters))
    memory = DeviceMemory("tensorflow", device)
    memory.reset(poll=True)
    assert memory.peak().value == 77.0
    assert asked == [("reset", name), ("read", name)]


def test_torch():
    asked = []
    cuda = SimpleNamespace(
        reset_peak_memory_stats=lambda: asked.append("reset"),
        max_memory_allocated=lambda: asked.append("read") or 88,
    )
    memory = DeviceMemory("torch", "gpu:0", TorchMark(cuda))
    memory.reset(poll=True)
    assert memory.peak().value == 88.0
    assert asked == ["reset", "read"]


def test_on_the_cpu_there_is_nothing_to_ask():
    memory = DeviceMemory("torch", "cpu")
    memory.reset(poll=True)
    assert memory.peak().reason == "the case ran on the CPU: see the host peak"


def fails():
    raise RuntimeError("CUDA error: device lost\nmore words")


@pytest.mark.parametrize(
    ("call", "word"), [("reset_peak_memory_stats", "reset"), ("max_memory_allocated", "read")]
)
def test_a_counter_that_fails_costs_no_case(call, word):
    cuda = SimpleNamespace(reset_peak_memory_stats=lambda: None, max_memory_allocated=lambda: 88)
    setattr(cuda, call, fails)
    memory = DeviceMemory("torch", "gpu", TorchMark(cuda))
    memory.reset()
    peak = memory.peak()
    assert peak.value is None
    assert peak.reason == (
        f"the device's memory counter cannot be {word}: RuntimeError: CUDA error: device lost"
    )
