"""Rates of the device on the CPU's own way: sizes, caches, memory, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable
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


def test_an_accelerators_copy_is_always_beyond_its_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one would measure how fast Python asks for copies."""
    sizes: list[int] = []
    monkeypatch.setattr(DeviceRates, "_device_copy", lambda self, size: sizes.append(size) or 1.0)
    rates = DeviceRates("jax", "gpu", "bfloat16")
    assert [rates.copy_bandwidth(size) for size in (100, 3 * MB, 2000 * MB)] == [1.0] * 3
    assert sizes == [512 * MB]
    assert rates.cache_bytes() is None


def test_the_fastest_slice_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up clock: each repeat takes 1 ms, but for one slow slice."""
    slices: list[int] = []
    seconds = clock(
        monkeypatch, lambda repeats: 0.001 * repeats * (50 if len(slices) == 10 else 1), slices
    )
    assert seconds == pytest.approx(0.001)
    assert slices[:8] == [1, 1, 1, 1, 2, 4, 8, 16]
    assert set(slices[8:]) == {16}


def test_waiting_for_a_number_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU that takes seven times as long as the copy itself."""
    seconds = clock(monkeypatch, lambda repeats: 0.0003 + 0.000045 * repeats, [], 0.05)
    assert seconds == pytest.approx(0.000045, rel=0.01)


def clock(
    monkeypatch: pytest.MonkeyPatch,
    takes: Callable[[int], float],
    slices: list[int],
    slice_seconds: float = 0.01,
) -> float:
    """What _fastest says of work that takes so long, by a made-up clock."""
    now = [0.0]

    def work(repeats: int) -> None:
        slices.append(repeats)
        now[0] += takes(repeats)

    monkeypatch.setattr(device_rates, "_SECONDS", 1.0)
    monkeypatch.setattr(device_rates.time, "perf_counter", lambda: now[0])
    return device_rates._fastest(work, slice_seconds)
