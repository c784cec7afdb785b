"""Rates of the device on the CPU's own way: sizes, caches, memory, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.engine import device_rates
from bench.engine.device_rates import DeviceRates

MB = 1 << 20


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_rates, "_SECONDS", 0.002)
    monkeypatch.setattr(device_rates, "_SLICE", 0.0002)


def copied(monkeypatch: pytest.MonkeyPatch, *working_sets: int) -> list[int]:
    """The sizes of the copies that are made for these working sets."""
    sizes: list[int] = []
    monkeypatch.setattr(DeviceRates, "_cpu_copy", lambda self, size: sizes.append(size) or 1.0)
    rates = DeviceRates("jax", "cpu", "float32")
    for size in working_sets:
        rates.copy_bandwidth(size)
    return sizes


def test_a_copy_is_as_large_as_what_a_step_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_rates, "_most_bytes", lambda: 256 * MB)
    assert copied(monkeypatch, 100, 3 * MB, 17 * MB, 506 * MB) == [MB, 2 * MB, 16 * MB, 256 * MB]


def test_cases_of_one_size_share_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_rates, "_most_bytes", lambda: 256 * MB)
    assert copied(monkeypatch, 5 * MB, 6 * MB, 7 * MB) == [4 * MB]


def test_a_probe_does_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    lines = "MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable: 65536 kB\n"
    lines += "SwapTotal: 0 kB\nSwapFree: 0 kB\n"
    (tmp_path / "proc/meminfo").write_text(lines)
    assert device_rates._most_bytes(tmp_path) == 8 * MB


def test_a_copy_copies_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half is read, half is written, by each of the threads."""
    copies: list[int] = []
    kept = np.copyto

    def copyto(to: np.ndarray, source: np.ndarray) -> None:
        copies.append(source.nbytes)
        kept(to, source)

    monkeypatch.setattr(device_rates, "allowed_cores", lambda: 2)
    monkeypatch.setattr(np, "copyto", copyto)
    assert DeviceRates("jax", "cpu", "float32")._cpu_copy(2 * MB) > 1e6
    assert set(copies) == {MB // 2}


@pytest.mark.parametrize(
    ("sizes", "largest"),
    [
        ({"index0": "32K", "index2": "512K", "index3": "32M"}, 32 * MB),
        ({"index0": "1024"}, 1024),
        ({"index0": "?"}, None),
        ({}, None),
    ],
)
def test_the_last_cache(tmp_path: Path, sizes: dict[str, str], largest: int | None) -> None:
    for name, size in sizes.items():
        folder = tmp_path / "sys/devices/system/cpu/cpu0/cache" / name
        folder.mkdir(parents=True)
        (folder / "size").write_text(size + "\n")
    assert device_rates._cpu_cache(tmp_path) == largest


def test_the_fastest_slice_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up clock: each repeat takes 1 ms, but for one slow slice."""
    now = [0.0]
    slices: list[int] = []

    def work(repeats: int) -> None:
        slices.append(repeats)
        now[0] += 0.001 * repeats * (50 if len(slices) == 6 else 1)

    monkeypatch.setattr(device_rates, "_SECONDS", 1.0)
    monkeypatch.setattr(device_rates, "_SLICE", 0.01)
    monkeypatch.setattr(device_rates.time, "perf_counter", lambda: now[0])
    assert device_rates._fastest(work) == pytest.approx(0.001)
    assert slices[-1] == pytest.approx(10, abs=1)
