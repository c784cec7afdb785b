"""What parts series, and what is told within one.

Another machine, and another case (its hash), begin a new series. Versions, settings of the machine
and the compile mode do not: a series is there to show what they do, so each change of them is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The machine, as ``versebench diff`` sees it: what differs here forbids to compare speed.
_MACHINE = {
    "cpu_model": "processor",
    "architecture": "architecture",
    "cores_allowed": "cores",
    "cpu_quota": "CPU quota",
}
# What may be set otherwise on the same machine, and moves numbers.
_SETTINGS = {
    "governor": "governor",
    "boost": "boost",
    "memory_limit_bytes": "memory limit",
    "on_battery": "on battery",
    "os": "operating system",
    "kernel": "kernel",
    "python": "Python",
}
_GPU_SETTINGS = {
    "power_limit_watts": "GPU power limit",
    "persistence_mode": "GPU persistence mode",
    "sm_clock_max_mhz": "GPU clock limit",
    "memory_clock_max_mhz": "GPU memory clock limit",
}
_RAN = {
    "jit": "compile mode",
    "devices": "devices",
    "dtype_policy": "dtype policy",
    "compute_dtype": "compute dtype",
    "quantization": "quantization",
    "weight_bytes": "bytes of weights",
    "cores": "cores used",
    "training": "training of the state",
}
_BACKENDS = {
    "jax": {"jax", "jaxlib"},
    "tensorflow": {"tensorflow"},
    "torch": {"torch"},
}
_OF_ANY_BACKEND = frozenset().union(*_BACKENDS.values())


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was.

    Attributes:
        what: its name.
        a: what it was; None where it was not known, or not there.
        b: what it is now.
    """

    what: str
    a: Any
    b: Any


def machine_of(machine: Mapping[str, Any], hardware: str) -> dict[str, Any]:
    """Return what makes a machine another one, for a case on this hardware.

    A GPU and its driver count only where the case runs on it: they slow down nothing on the CPU.

    Args:
        machine: the facts, as a run keeps them.
        hardware: the case's label; it begins with the device.
    """
    found = {what: machine.get(key) for key, what in _MACHINE.items()}
    if not hardware.startswith("cpu"):
        gpus = machine.get("gpus")
        gpus = gpus if isinstance(gpus, list) else []
        names = [str(gpu.get("name")) for gpu in gpus if isinstance(gpu, dict)]
        found["GPU"] = ", ".join(names) or None
        found["GPU driver"] = machine.get("gpu_driver")
        found["MIG"] = any(gpu.get("mig_mode") for gpu in gpus if isinstance(gpu, dict)) or None
    return found


def key_of(facts: Mapping[str, Any]) -> str:
    """Return a short digest of plain data, the same for equal data."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def settings_of(machine: Mapping[str, Any], hardware: str) -> dict[str, Any]:
    """Return the settings of a machine that may move numbers, by the name to tell them under."""
    found = {what: machine.get(key) for key, what in _SETTINGS.items()}
    gpus = machine.get("gpus")
    if not hardware.startswith("cpu") and isinstance(gpus, list):
        for key, what in _GPU_SETTINGS.items():
            found[what] = [gpu.get(key) for gpu in gpus if isinstance(gpu, dict)] or None
    return found


def ran_of(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ran, by the name to tell it under; packages first, other backends left out."""
    versions = environment.get("versions")
    versions = versions if isinstance(versions, dict) else {}
    own = _BACKENDS.get(str(environment.get("backend")), _OF_ANY_BACKEND)
    found = {
        str(name): version
        for name, version in versions.items()
        if name in own or name not in _OF_ANY_BACKEND
    }
    found |= {what: environment.get(key) for key, what in _RAN.items()}
    variables = environment.get("environment")
    if isinstance(variables, dict):
        found |= {f"${name}": value for name, value in variables.items()}
    if environment.get("mixed"):
        found["mixed launches"] = environment["mixed"]
    return found


def changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what differs, in the order of ``b``, then what is gone."""
    for what in dict.fromkeys([*b, *a]):
        if a.get(what) != b.get(what):
            yield Change(what, a.get(what), b.get(what))
