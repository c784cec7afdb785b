"""What this machine lacks for a hardware entry, found out without importing any framework.

The checks are light (files, environment, installed packages) and err on the side of trying: what
only a framework can tell, such as a driver that is too old, is left to the worker.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.machine.processor import allowed_cores, core_numbers
from bench.worker_environment import allotted_devices

if TYPE_CHECKING:
    from scenarios.hardware import Hardware


def module_installed(name: str) -> bool:
    """Tell whether a top-level package can be imported, without importing it.

    A bare folder of that name on the path (a namespace package) does not count.
    """
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return name in sys.modules
    return spec is not None and spec.origin is not None


@dataclass(frozen=True)
class Machine:
    """Where the checks look; tests replace what they need."""

    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    platform: str = sys.platform
    installed: Callable[[str], bool] = module_installed
    which: Callable[[str], str | None] = shutil.which
    cores: Callable[[], int] = allowed_cores
    core_numbers: Callable[[], Set[int] | None] = core_numbers

    def entries(self, folder: str, pattern: str) -> list[str]:
        """Return the names in a folder that match the pattern as a whole, sorted."""
        try:
            names = os.listdir(self.root / folder)
        except OSError:
            return []
        return sorted(name for name in names if re.fullmatch(pattern, name))

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file or folder."""
        return (self.root / path).exists()


def skip_reason(hardware: Hardware, machine: Machine | None = None) -> str | None:
    """Return everything this machine lacks for ``hardware``, and what to do; None if it can run."""
    machine = machine or Machine()
    lacks = [*_packages(hardware, machine), *_device(hardware, machine)]
    lacks += _cores(hardware, machine)
    return "; ".join(lacks) or None


def _cores(hardware: Hardware, machine: Machine) -> Iterable[str]:
    if hardware.threads is not None and hardware.threads > (cores := machine.cores()):
        allowed = f"{cores} core" if cores == 1 else f"{cores} cores"
        yield f"{hardware.threads} threads, and this process may use {allowed}"
    if hardware.cores is not None:
        numbers = machine.core_numbers()
        if numbers is None:
            yield "this system cannot keep a process to cores: use threads instead"
        elif absent := sorted(set(hardware.cores) - numbers):
            there = ", ".join(map(str, sorted(numbers)[:16])) + (", …" if len(numbers) > 16 else "")
            which = ("core " if len(absent) == 1 else "cores ") + ", ".join(map(str, absent[:8]))
            yield f"{which}: this process may use {there}"


def nvidia_count(machine: Machine) -> int | None:
    """Return the number of NVIDIA GPUs; None where there is one or more and nothing counts them."""
    nodes = machine.entries("dev", r"nvidia\d+") or machine.entries(
        "proc/driver/nvidia/gpus", r"[0-9a-fA-F:.]+"
    )
    if nodes:
        return len(nodes)
    # WSL and Windows have no such nodes: there the driver's own tool is the sign.
    counted_elsewhere = machine.platform == "win32" or machine.exists("dev/dxg")
    return None if counted_elsewhere and machine.which("nvidia-smi") else 0


def rocm_count(machine: Machine) -> int:
    """Return the number of AMD GPUs that the ROCm kernel driver (``/dev/kfd``) shows."""
    if not machine.exists("dev/kfd"):
        return 0
    nodes = "sys/class/kfd/kfd/topology/nodes"
    return sum(
        _first_line(machine.root / nodes / node / "gpu_id") not in ("", "0")  # 0: a CPU
        for node in machine.entries(nodes, r"\d+")
    )


def has_tpu(machine: Machine) -> bool:
    """Tell whether there is a TPU's device node (v2 to v4: accel, newer: vfio)."""
    return bool(machine.entries("dev", r"accel\d+") or machine.entries("dev/vfio", r"\d+"))


def _packages(hardware: Hardware, machine: Machine) -> Iterable[str]:
    for module, package in (("keras_nlp", "keras-nlp"), ("keras_hub", "keras-hub")):
        if not machine.installed(module):
            yield f"{package} is not installed: pip install {package}"
            break
    if not machine.installed(hardware.backend):
        yield f"{hardware.backend} is not installed: {_install(hardware)}"
    elif hardware.device == "tpu" and has_tpu(machine) and not machine.installed("libtpu"):
        yield f"libtpu, which {hardware.backend} needs for a TPU, is not installed: " + (
            "pip install 'jax[tpu]'" if hardware.backend == "jax" else "pip install libtpu"
        )


def _install(hardware: Hardware) -> str:
    kind = hardware.device.partition(":")[0]
    if hardware.backend == "tensorflow":
        return "pip install " + ("'tensorflow[and-cuda]'" if kind == "gpu" else "tensorflow")
    more = {"gpu": " 'jax[cuda12]'", "tpu": " 'jax[tpu]'"}.get(kind, "")
    return f"pip install {hardware.backend}" + (more if hardware.backend == "jax" else "")


def _device(hardware: Hardware, machine: Machine) -> Iterable[str]:
    kind, _, index = hardware.device.partition(":")
    if kind == "tpu" and not has_tpu(machine):
        yield "no TPU here (no /dev/accel0 or /dev/vfio): run on a TPU machine"
    if kind == "gpu":
        yield from _gpu(int(index) if index else None, machine)


def _gpu(index: int | None, machine: Machine) -> Iterable[str]:
    count = nvidia_count(machine)
    if count == 0:
        count = rocm_count(machine)
    if count == 0:
        yield _why_no_gpu(machine)
        return
    # Those allotted may be slices (MIG), of which a GPU has several.
    allotted = allotted_devices(machine.environment)
    if index is not None and allotted and index >= len(allotted):
        yield (
            f"no gpu:{index}: CUDA_VISIBLE_DEVICES={','.join(allotted)!r} allows gpu:0"
            + (f" to gpu:{len(allotted) - 1}" if len(allotted) > 1 else "")
        )
    elif index is not None and count is not None and not allotted and index >= count:
        there = "gpu:0 is the only GPU" if count == 1 else f"there are gpu:0 to gpu:{count - 1}"
        yield f"no gpu:{index}: {there}"
    visible = machine.environment.get("CUDA_VISIBLE_DEVICES")
    # CUDA reads the list up to its first invalid entry.
    if index is None and visible is not None and visible.split(",")[0].strip() in ("", "-1"):
        yield f"CUDA_VISIBLE_DEVICES={visible!r} hides every GPU: unset it"


def _why_no_gpu(machine: Machine) -> str:
    if machine.platform == "darwin":
        return "no NVIDIA or ROCm GPU on macOS: use device cpu"
    if machine.which("nvidia-smi"):
        return (
            "nvidia-smi is installed but there is no /dev/nvidia0: load the driver, or start the "
            "container with --gpus all"
        )
    return "no NVIDIA or ROCm GPU here (no /dev/nvidia0, no /dev/kfd)"


def _first_line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
