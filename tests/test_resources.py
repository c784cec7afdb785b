"""The memory and energy pass: its own calls, and a reason wherever there is no number."""

import sys
import time
from pathlib import Path

import pytest
from fake_engine import FakeEngine, FakeProgram, case_job

from bench import resources
from bench.engine.interface import Peak
from bench.gpu_counters import EnergyCounter
from bench.resources import measure
from bench.speed import speed_batches

MIB = 1 << 20


class Counter:
    """An energy counter at ``watts``; every reading takes the next of ``failures``."""

    def __init__(self, program=None, watts=100.0, failures=()):
        self.program, self.watts, self.failures = program, watts, list(failures)

    def joules(self):
        if self.failures and (reason := self.failures.pop(0)):
            return Peak(None, reason)
        return Peak(1e6 + self.watts * 0.3 * (self.program.calls if self.program else 0))

    def reading(self):
        return {"sm_clock_mhz": 1980, "power_watts": self.watts, "throttle_reasons": []}


@pytest.fixture
def pass_of(monkeypatch):
    """Run the pass on a fake engine whose calls take 0.3 s and make 20 tokens."""

    def run(cleared=True, device=None, energy=None, batch_size=1):
        engine = FakeEngine(peak=device or Peak(5.0))
        case = case_job(batch_size=batch_size)
        program = engine.program(case.sampler)
        program.compiled.add(((batch_size, 32), None))
        energy = energy or Counter(failures=["no counter"])
        energy.program = program
        monkeypatch.setattr(resources, "clear_host_peak", lambda: cleared)
        monkeypatch.setattr(resources, "host_peak", lambda: Peak(7.0 * MIB))
        monkeypatch.setattr(EnergyCounter, "for_this_process", lambda: energy)
        return engine, measure(engine, program, speed_batches(engine, case, 32, 0).main)

    return run


def test_one_call_between_reset_and_reading(pass_of):
    engine, used = pass_of()
    assert [entry[0] for entry in engine.log] == ["reset device peak", "call"]
    assert (used.host_peak_bytes, used.device_peak_bytes) == (7 * MIB, 5)
    assert type(used.host_peak_bytes) is int
    assert used.seconds == pytest.approx(0.3)
    assert used.missing == {"energy_joules_per_1000_tokens": "no counter"}


def test_no_number_without_a_reset(pass_of):
    """The peak since the process began would be that of loading and compiling."""
    _, used = pass_of(cleared=False)
    assert used.host_peak_bytes is None
    assert "VmHWM" in used.missing["host_peak_bytes"]


def test_what_the_device_does_not_tell(pass_of):
    _, used = pass_of(device=Peak(None, "jax cannot reset its mark"))
    assert used.device_peak_bytes is None
    assert used.missing["device_peak_bytes"] == "jax cannot reset its mark"


@pytest.mark.parametrize("batch_size", [1, 4])
def test_energy_of_a_window_well_above_the_counters_period(pass_of, batch_size):
    """100 W for 0.3 s a call is 30 J for 20 tokens a row."""
    engine, used = pass_of(energy=Counter(), batch_size=batch_size)
    assert len(engine.log.of("call")) == 1 + 11, "0.3 s eleven times is the first sum above 3 s"
    assert used.energy_joules_per_1000_tokens == pytest.approx(30 / (20 * batch_size) * 1000)
    assert used.seconds == pytest.approx(12 * 0.3)
    assert used.missing == {}


def test_without_a_counter_no_call_is_made_for_it(pass_of):
    engine, _ = pass_of()
    assert len(engine.log.of("call")) == 1


def test_a_counter_that_is_lost_on_the_way(pass_of):
    _, used = pass_of(energy=Counter(failures=["", "the device is lost"]))
    assert used.energy_joules_per_1000_tokens is None
    assert used.missing["energy_joules_per_1000_tokens"] == "the device is lost"


def test_how_the_device_is_while_it_works(pass_of, monkeypatch):
    """Read beside calls that nobody times."""
    monkeypatch.setattr("bench.gpu_counters._PERIOD_SECONDS", 0.0)
    monkeypatch.setattr(FakeProgram, "__call__", slowly(FakeProgram.__call__))
    _, used = pass_of(energy=Counter())
    assert used.device["readings"] >= 1
    assert (used.device["sm_clock_mhz"], used.device["power_watts"]) == (1980, 100.0)
    assert used.device["temperature_celsius"] is None


def slowly(call):
    def slow(*arguments):
        time.sleep(0.001)
        return call(*arguments)

    return slow


def test_a_very_fast_program_does_not_loop_for_ever(pass_of, monkeypatch):
    monkeypatch.setattr(resources, "_ENERGY_MOST_CALLS", 2)
    engine, used = pass_of(energy=Counter())
    assert len(engine.log.of("call")) == 1 + 2
    assert used.energy_joules_per_1000_tokens is not None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="VmHWM is Linux")
def test_the_host_peak_is_that_of_the_pass_alone():
    if not resources.clear_host_peak():
        pytest.skip("this kernel does not let VmHWM be reset")
    before = resources.host_peak().value
    held = bytearray(64 * MIB)
    held[::4096] = b"x" * len(held[::4096])
    peak = resources.host_peak().value
    assert peak - before > 60 * MIB
    del held
    assert resources.host_peak().value > peak - MIB, "a high-water mark does not sink by itself"
    assert resources.clear_host_peak()
    assert resources.host_peak().value < peak - 32 * MIB


@pytest.mark.parametrize("text", [None, "Name: python\n"])
def test_a_system_without_vmhwm(monkeypatch, text):
    def read_text(path):
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(Path, "read_text", read_text)
    peak = resources.host_peak()
    assert peak.value is None
    assert "VmHWM" in peak.reason


def test_clearing_where_it_is_not_allowed(monkeypatch):
    def write_text(path, text):
        raise PermissionError(path)

    monkeypatch.setattr(Path, "write_text", write_text)
    assert not resources.clear_host_peak()
    monkeypatch.setattr(resources.sys, "platform", "darwin")
    assert not resources.clear_host_peak()
