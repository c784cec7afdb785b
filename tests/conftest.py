"""Fixtures for tests that need a real model: a tiny random GPT-2 and the backends installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import resources
from bench.engine.interface import Peak
from reports.run_folder import RunFolder

BACKENDS = ("tensorflow", "jax", "torch")


def installed_backends() -> list[str]:
    """Return the backends that this environment has."""
    return [name for name in BACKENDS if importlib.util.find_spec(name)]


@pytest.fixture(scope="session")
def backend() -> str:
    """The first backend that is installed."""
    found = installed_backends()
    if not found:
        pytest.skip("no Keras backend is installed")
    return found[0]


@pytest.fixture(scope="session")
def tiny_preset(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A KerasHub preset folder: GPT-2 with 2 layers, random weights, 64 positions."""
    folder = tmp_path_factory.mktemp("presets") / "tiny"
    script = Path(__file__).with_name("tiny_preset.py")
    subprocess.run(
        [sys.executable, str(script), str(folder)],
        env={**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    """An open run folder with nothing in it."""
    with RunFolder.create(tmp_path / "runs", "demo", {"cases": []}) as folder:
        yield folder


@pytest.fixture
def no_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose peak memory is always the same."""
    monkeypatch.setattr(resources, "clear_host_peak", lambda: True)
    monkeypatch.setattr(resources, "host_peak", lambda: Peak(4096.0))


@pytest.fixture(autouse=True)
def _no_trace_of_xdist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that start pytest start one that is no worker of this one."""
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST_")]:
        monkeypatch.delenv(name)
