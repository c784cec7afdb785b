from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import backend_check
from bench.backend_check import BACKENDS, backends, sees
from scenarios.schema import Hardware


def test_each_backend_is_asked_for_each_device_it_has() -> None:
    def reason(hardware: Hardware) -> str | None:
        return None if hardware.device == "cpu" else f"no {hardware.device}"

    found = {row["name"]: row for row in backends({"jax": "0.10"}, reason)}
    assert tuple(found) == BACKENDS == ("tensorflow", "jax", "torch")
    assert found["jax"] == {
        "name": "jax",
        "version": "0.10",
        "lacks": {"cpu": None, "gpu": "no gpu", "tpu": "no tpu"},
    }
    assert list(found["torch"]["lacks"]) == ["cpu", "gpu"]


def python(tmp_path: Path, body: str) -> str:
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    script.chmod(0o755)
    return str(script)


def test_what_a_backend_sees(tmp_path: Path) -> None:
    fake = python(
        tmp_path,
        "print('noise'); print('[\"%s on %s\"]' % (sys.argv[4], os.environ['KERAS_BACKEND']))",
    )
    assert sees("jax", "cpu", fake) == {"devices": ["jax on jax"], "reason": None}


def test_a_backend_that_does_not_import(tmp_path: Path) -> None:
    fake = python(tmp_path, "sys.exit('long story\\nImportError: libcudart.so.12')")
    assert sees("jax", "gpu", fake) == {"devices": None, "reason": "ImportError: libcudart.so.12"}
    assert sees("jax", "gpu", python(tmp_path, "sys.exit(3)"))["reason"] == "exit code 3"
    assert "cannot be run" in sees("jax", "gpu", str(tmp_path / "none"))["reason"]


def test_an_import_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, **settings: Any) -> None:
        raise subprocess.TimeoutExpired("python", settings["timeout"])

    monkeypatch.setattr(backend_check.subprocess, "run", hang)
    assert "longer than 120 s" in sees("torch", "cpu")["reason"]
