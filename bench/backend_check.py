"""Which backends this machine has, for which devices, and whether they really import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast, get_args

from bench.capabilities import skip_reason
from bench.worker_environment import worker_environment
from scenarios.hardware import Hardware

BACKENDS: tuple[str, ...] = get_args(Hardware.model_fields["backend"].annotation)
_IMPORT_SECONDS = 120.0
_ASK = (
    "import json, sys\n"
    "from bench.engine.devices import visible_devices\n"
    "print('\\n' + json.dumps(visible_devices(sys.argv[1])))\n"
)


def backends(
    versions: dict[str, str | None],
    reason: Callable[[Hardware], str | None] = skip_reason,
) -> list[dict[str, Any]]:
    """Return for each backend its version and, by device, why it cannot be used (None: it can)."""
    rows = []
    for name in BACKENDS:
        devices = ["cpu", "gpu"] if name == "torch" else ["cpu", "gpu", "tpu"]
        hardware = {
            device: Hardware.model_validate({"device": device, "backend": name})
            for device in devices
        }
        lacks = {device: reason(entry) for device, entry in hardware.items()}
        rows.append({"name": name, "version": versions.get(name), "lacks": lacks})
    return rows


def sees(backend: str, device: str, python: str = sys.executable) -> dict[str, Any]:
    """Import a backend in a process of its own, as a worker for ``device`` would.

    Returns ``devices``, its own names of what it computes on, or None and ``reason``.
    """
    environment = worker_environment({"backend": backend, "device": device}, os.environ)
    try:
        done = subprocess.run(
            [python, "-P", "-c", _ASK, backend],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_IMPORT_SECONDS,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return {"devices": None, "reason": f"the import took longer than {_IMPORT_SECONDS:g} s"}
    except OSError as error:
        return {"devices": None, "reason": f"{python} cannot be run: {error.strerror}"}
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return {"devices": None, "reason": lines[-1]}
    return {"devices": cast(list[str], json.loads(done.stdout.splitlines()[-1])), "reason": None}
