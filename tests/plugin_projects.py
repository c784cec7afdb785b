"""Projects in which pytest runs with the plugin, and what they give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import versebench_pytest

HERE = Path(__file__).resolve().parent
SCENARIO: dict[str, Any] = {
    "name": "demo",
    "prompts": ["abc", "de"],
    "presets": ["tiny"],
    "samplers": ["greedy", "random", "top_p"],
    "generate": {"max_length": 16, "samples": 2},
    "measure": {"trials": 3, "fit_points": 0},
    "metrics": ["broken_characters"],
}


def write(folder: Path, file: str = "demo.scenario.yaml", /, **changes: Any) -> Path:
    """Write a scenario (JSON is YAML); ``changes`` replace its parts."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**SCENARIO, **changes}), encoding="utf-8")
    return path


FAKED = f"""
import pathlib, versebench_pytest
versebench_pytest.part("service").START = pathlib.Path({str(HERE / "fake_measuring.py")!r})
"""  # in a conftest.py: what fake_the_model does, for a pytest in a process of its own
NO_CPU_INFO = "def pytest_benchmark_generate_machine_info(): return {}"  # which takes 1.3 s


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out of the sessions of projects what takes seconds and is not asked about.

    After ``pytester``, which takes the variable out of the environment.
    """
    others = "-p no:hypothesispytest -p no:anyio -p no:cacheprovider"
    monkeypatch.setenv("PYTEST_ADDOPTS", f"{others} -o versebench_page=false")


def fake_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pytest, inside this process, start the measuring process with fake workers."""
    service = versebench_pytest.part("service")
    monkeypatch.setattr(service, "START", HERE / "fake_measuring.py")
    quickly(monkeypatch)


def fake_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every scenario file hold one case, and start no measuring process: to collect only."""
    case = {"id": "tiny/base/greedy/cpu", "axes": {"sampler": "greedy"}, "gates": []}

    def ask(self: Any, do: str, **request: Any) -> dict[str, Any]:
        assert do == "cases"
        return {"name": "demo", "cases": [case], "compares": False, "warnings": []}

    quickly(monkeypatch)
    monkeypatch.setattr(versebench_pytest.part("service").Service, "ask", ask)
