from __future__ import annotations

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from bench import backend_check, machine, noise
from bench.commands import doctor
from bench.noise import Noise, Wavering

FACTS: dict[str, Any] = {
    "cpu_model": "Fast CPU",
    "cores_physical": 4,
    "cores_logical": 8,
    "cores_allowed": 8,
    "cpu_quota": None,
    "governor": "performance",
    "boost": True,
    "virtualisation": "none",
    "container": "none",
    "memory_total_bytes": 16 << 30,
    "memory_available_bytes": 12 << 30,
    "memory_limit_bytes": None,
    "swap_used_bytes": 0,
    "on_battery": False,
    "load_average": [0.1, 0.2, 0.3],
    "os": "Some Linux",
    "kernel": "6.1",
    "python": "CPython 3.12.1",
    "versions": {"versebench": "0.1.0", "keras-nlp": "0.32.0", "keras-hub": None, "keras": None}
    | {"tensorflow": "2.21", "jax": None, "torch": "2.13[cu]", "numpy": "2.4"},
    "gpu_driver": None,
    "gpus": [],
    "missing": {},
}


def quiet(unseen: float = 0.4, stolen: float | None = 0.0, others: float | None = 0.01) -> Noise:
    work = Wavering("hashing", 60, 0.02, 0.1, 0.2, 0.3, unseen)
    return Noise((work,), 2.5, 8, stolen, others)


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    facts = dict(FACTS)
    monkeypatch.setattr(machine, "facts", lambda: facts)
    monkeypatch.setattr(noise, "measure", lambda seconds: quiet())
    reasons = {"gpu": "no GPU here", "tpu": "no TPU here", "cpu": None}

    def fake(versions: dict[str, str | None]) -> list[dict[str, Any]]:
        return [
            {"name": name, "version": versions[name], "lacks": dict(reasons)}
            for name in ("tensorflow", "torch")
        ]

    monkeypatch.setattr(backend_check, "backends", fake)
    return facts


def run(*arguments: str) -> str:
    result = CliRunner().invoke(doctor.command, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_quiet_machine_is_ready() -> None:
    text = run()
    assert "nothing: this machine is ready" in text
    assert "Fast CPU, 8 of 8 threads (4 cores)" in text
    assert "governor performance, turbo on" in text
    assert "12.0 of 16.0 GiB free" in text
    assert "2.13[cu]" in text
    assert "differences under 1 % cannot be seen" in text
    assert text.count("no GPU here") == 1


def test_the_report_fits_a_narrow_terminal() -> None:
    assert all(len(line) <= 80 for line in run().splitlines())
    assert "…" not in run().replace(" … ", "")


def test_json_is_one_versioned_object() -> None:
    report = json.loads(run("--json"))
    assert report["schema_version"] == 1
    assert set(report) == {"schema_version", "machine", "backends", "noise", "warnings"}
    assert report["machine"]["cpu_model"] == "Fast CPU"
    assert report["noise"]["works"][0]["work"] == "hashing"
    assert report["noise"]["unseen_percent"] == 0.4
    assert report["warnings"] == []


def test_what_to_mend_is_listed(
    monkeypatch: pytest.MonkeyPatch, this_machine: dict[str, Any]
) -> None:
    this_machine["governor"] = "powersave"
    monkeypatch.setattr(noise, "measure", lambda seconds: quiet(12, stolen=0.08, others=0.3))
    warnings = json.loads(run("--json"))["warnings"]
    assert [w.partition(":")[2].strip()[:14] for w in warnings] == [
        "sudo cpupower ",
        "use a machine ",
        "close them, an",
        "measure with l",
    ]
    assert "launches: 6" in warnings[-1]
    assert "sudo cpupower" in run()


@pytest.mark.parametrize(
    ("unseen", "words"),
    [(5.0, None), (15.0, "launches: 9"), (40.0, "make the machine quieter, or use another")],
)
def test_noise_is_translated_into_launches(unseen: float, words: str | None) -> None:
    found = doctor.noise_warnings(quiet(unseen, None, None))
    assert [words in text for text in found if words] == ([True] if words else [])
    assert len(found) == (1 if words else 0)


def test_no_usable_backend_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = [{"name": "jax", "version": None, "lacks": {"cpu": "jax is not installed: pip …"}}]
    monkeypatch.setattr(backend_check, "backends", lambda versions: missing)
    assert "no backend can be used: jax is not installed" in run("--json")


def test_backends_are_imported_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def sees(backend: str, device: str) -> dict[str, Any]:
        asked.append((backend, device))
        if backend == "torch":
            return {"devices": None, "reason": "ImportError: no libtorch"}
        return {"devices": ["/device:CPU:0"], "reason": None}

    monkeypatch.setattr(backend_check, "sees", sees)
    text = run("--import")
    assert asked == [("tensorflow", "cpu"), ("torch", "cpu")]
    assert "cpu, tensorflow: sees /device:CPU:0" in text
    assert "cpu, torch: ImportError: no libtorch" in text


def test_missing_facts_and_gpus_are_shown(this_machine: dict[str, Any]) -> None:
    gpu = {"name": "NVIDIA H100", "memory_total_bytes": 80 << 30, "temperature_celsius": 41}
    this_machine.update(
        governor=None,
        boost=None,
        load_average=None,
        memory_total_bytes=None,
        cores_physical=None,
        cpu_quota=1.5,
        virtualisation="QEMU",
        container="docker",
        gpu_driver="580.1",
        gpus=[{"index": 0, **gpu, "power_limit_watts": None, "missing": {}}],
        missing={"governor": "hidden", "load_average": "cannot read [proc]"},
    )
    text = run()
    assert "governor not known, turbo not known" in text
    assert "virtual machine QEMU, container docker" in text
    assert "CPU quota 1.5" in text
    assert "NVIDIA H100, 80 GiB, driver 580.1, 41 °C" in text
    assert "load_average: not known (cannot read [proc])" in text


def test_a_wrong_option_is_a_usage_error() -> None:
    assert CliRunner().invoke(doctor.command, ["--seconds", "0"]).exit_code == 2


def test_show_writes_to_the_console_given() -> None:
    out = io.StringIO()
    doctor.show(doctor.examine(1.0, False), Console(file=out, width=100))
    assert "mend before measuring" in out.getvalue()
