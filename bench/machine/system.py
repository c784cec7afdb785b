"""Probes of the system around the process: memory, load, power, software."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from bench.machine.probing import MissingError, first_text

_PACKAGES = {
    "versebench": ("versebench",),
    "keras-nlp": ("keras-nlp",),
    "keras-hub": ("keras-hub",),
    "keras": ("keras",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-rocm", "tf-nightly"),
    "jax": ("jax",),
    "jaxlib": ("jaxlib",),
    "torch": ("torch",),
    "numpy": ("numpy",),
}


def memory(root: Path) -> dict[str, int]:
    """Return total and available memory, total and used swap, in bytes."""
    if text := first_text(root / "proc/meminfo"):
        lines = (line.split() for line in text.splitlines())
        kib = {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1}
        return {
            "total": kib["MemTotal"] * 1024,
            "available": kib.get("MemAvailable", kib["MemFree"]) * 1024,
            "swap_total": kib["SwapTotal"] * 1024,
            "swap_used": (kib["SwapTotal"] - kib["SwapFree"]) * 1024,
        }
    import psutil

    main, swap = psutil.virtual_memory(), psutil.swap_memory()
    return {
        "total": main.total,
        "available": main.available,
        "swap_total": swap.total,
        "swap_used": swap.used,
    }


def load_average(root: Path) -> list[float]:
    """Return how many threads wanted to run, on average over the last 1, 5 and 15 minutes."""
    if text := first_text(root / "proc/loadavg"):
        return [float(word) for word in text.split()[:3]]
    try:
        return [round(value, 2) for value in os.getloadavg()]
    except (AttributeError, OSError):
        raise MissingError(f"{platform.system()} has no load average") from None


def on_battery() -> bool:
    """Tell whether the machine runs on a battery now."""
    import psutil

    battery = getattr(psutil, "sensors_battery", lambda: None)()
    return battery is not None and battery.power_plugged is False


def operating_system(root: Path) -> str:
    """Return the system's name and version."""
    for line in (first_text(root / "etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip("\"'")
    return platform.platform(terse=True)


def python() -> str:
    """Return the interpreter's name and version."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def versions() -> dict[str, str | None]:
    """Return the installed versions of what takes part in a measurement; None: not installed."""
    from importlib import metadata

    found: dict[str, Any] = {}
    for name, distributions in _PACKAGES.items():
        found[name] = None
        for distribution in distributions:
            try:
                found[name] = metadata.version(distribution)
                break
            except metadata.PackageNotFoundError:
                continue
    return found
