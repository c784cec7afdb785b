"""Probes of the processor: model, cores, clock, and what stands between it and the hardware."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from bench.machine.probing import MissingError, first_text, text_of

_CPUS = "sys/devices/system/cpu"
_HIDDEN = "virtual machines and containers usually hide it"


def model(root: Path) -> str:
    """Return the processor's name."""
    fields = _cpuinfo(root)
    for key in ("model name", "Model", "Hardware", "cpu model", "cpu"):
        if fields.get(key):
            return fields[key]
    if platform.system() == "Darwin":
        return _sysctl("machdep.cpu.brand_string")
    return platform.processor() or platform.machine()


def physical_cores() -> int:
    """Return the number of cores, each counted once however many threads it runs."""
    import psutil

    cores = psutil.cpu_count(logical=False)
    if cores is None:
        raise MissingError("the system does not tell cores from threads")
    return int(cores)


def logical_cores() -> int:
    """Return the number of hardware threads of the machine."""
    cores = os.cpu_count()
    if cores is None:
        raise MissingError("the system does not count its cores")
    return cores


def allowed_cores() -> int:
    """Return how many hardware threads this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def core_numbers() -> frozenset[int] | None:
    """Return the numbers of the hardware threads that this process may run on; None: no such."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def governor(root: Path) -> str:
    """Return what chooses the clock (Linux cpufreq); ``a/b`` where the cores differ."""
    files = _per_core(root, "cpufreq/scaling_governor")
    if not files:
        raise MissingError(f"no cpufreq here: {_HIDDEN}")
    return "/".join(sorted({text_of(file) for file in files}))


def boost(root: Path) -> bool:
    """Tell whether cores may exceed their base clock (turbo)."""
    if (text := first_text(root / _CPUS / "intel_pstate/no_turbo")) is not None:
        return text == "0"
    if (text := first_text(root / _CPUS / "cpufreq/boost")) is not None:
        return text == "1"
    raise MissingError(f"no turbo switch here: {_HIDDEN}")


def megahertz(root: Path) -> float:
    """Return the mean clock of all cores right now."""
    clocks = [int(text_of(f)) / 1000 for f in _per_core(root, "cpufreq/scaling_cur_freq")]
    if not clocks:
        lines = (first_text(root / "proc/cpuinfo") or "").splitlines()
        clocks = [float(x.rpartition(":")[2]) for x in lines if x.startswith("cpu MHz")]
    if not clocks:
        raise MissingError("the system does not tell the clock")
    return round(sum(clocks) / len(clocks), 1)


def temperature(root: Path) -> float:
    """Return the hottest of the processor's sensors, in degrees Celsius."""
    readings = []
    for chip in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if first_text(chip / "name") in ("coretemp", "k10temp", "zenpower", "cpu_thermal"):
            readings += [int(text_of(f)) / 1000 for f in chip.glob("temp*_input")]
    if not readings:
        raise MissingError(f"no temperature sensor here: {_HIDDEN}")
    return round(max(readings), 1)


def thermal_throttles(root: Path) -> int:
    """Return how often, since the machine started, heat has slowed a core (Intel only)."""
    files = _per_core(root, "thermal_throttle/core_throttle_count")
    if not files:
        raise MissingError("no counter of thermal throttling here")
    return sum(int(text_of(file)) for file in files)


class CpuSeconds(NamedTuple):
    """Seconds of all cores together since the machine started (proc(5), stat)."""

    total: float  # idle ones included
    idle: float
    stolen: float  # given to others by the hypervisor while a thread here wanted to run


def cpu_seconds(root: Path) -> CpuSeconds:
    """Return what the cores have done since the machine started."""
    # The two fields after the first eight are guests' time, which user time already contains.
    fields = [int(word) for word in text_of(root / "proc/stat").splitlines()[0].split()[1:9]]
    if len(fields) < 8:
        raise MissingError("the kernel does not count stolen time")
    ticks = float(os.sysconf("SC_CLK_TCK"))
    return CpuSeconds(sum(fields) / ticks, (fields[3] + fields[4]) / ticks, fields[7] / ticks)


def virtualisation(root: Path) -> str:
    """Return the hypervisor's name where the processor says there is one, else ``none``."""
    if "hypervisor" not in _cpuinfo(root).get("flags", "").split():
        product = first_text(root / "sys/class/dmi/id/product_name") or ""
        return product if "virtual" in product.lower() else "none"
    names = (first_text(root / "sys/class/dmi/id" / n) for n in ("sys_vendor", "product_name"))
    return " ".join(name for name in names if name) or "virtual machine"


def container(root: Path) -> str:
    """Return the kind of container that this process runs in, or ``none``."""
    for file, name in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if (root / file).exists():
            return name
    started = first_text(root / "proc/1/environ") or ""
    if found := re.search(r"(?:^|\0)container=([^\0]+)", started):
        return found[1]
    groups = first_text(root / "proc/self/cgroup") or ""
    found = re.search(r"kubepods|docker|lxc|containerd|libpod", groups)
    return found[0] if found else "none"


def _sysctl(name: str) -> str:
    output = subprocess.run(
        ["sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=True
    )
    return output.stdout.strip()


def _cpuinfo(root: Path) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in (first_text(root / "proc/cpuinfo") or "").splitlines():
        key, separator, value = line.partition(":")
        if separator:
            fields.setdefault(key.strip(), value.strip())
    return fields


def _per_core(root: Path, name: str) -> list[Path]:
    return sorted((root / _CPUS).glob(f"cpu[0-9]*/{name}"))
