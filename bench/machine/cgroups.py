"""What a container allows this process: CPU time and memory, from cgroups version 1 or 2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.machine.probing import first_text

_NO_LIMIT = 1 << 60  # version 1 writes "unlimited" as a number near 2**63


def cpu_quota(root: Path) -> float | None:
    """Return the cores' worth of CPU time that this process may use; None: no quota."""
    quotas = []
    for folder in _folders(root, "cpu"):
        if text := first_text(folder / "cpu.max"):
            allowed, _, period = text.partition(" ")
        else:
            allowed = first_text(folder / "cpu.cfs_quota_us") or "max"
            period = first_text(folder / "cpu.cfs_period_us") or "100000"
        if allowed.isdigit() and period.isdigit():
            quotas.append(int(allowed) / int(period))
    return min(quotas, default=None)


def memory_limit(root: Path) -> int | None:
    """Return the most memory, in bytes, that this process and its neighbours may use together."""
    limits = []
    for folder in _folders(root, "memory"):
        text = first_text(folder / "memory.max", folder / "memory.limit_in_bytes")
        if text and text.isdigit() and int(text) < _NO_LIMIT:
            limits.append(int(text))
    return min(limits, default=None)


def throttled_periods(root: Path) -> int | None:
    """Return how often, since the container began, its quota has stopped it; None: no counter."""
    for folder in _folders(root, "cpu"):
        for line in (first_text(folder / "cpu.stat") or "").splitlines():
            key, _, value = line.partition(" ")
            if key == "nr_throttled" and value.isdigit():
                return int(value)
    return None


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Yield this process's group and those above it: each one limits.

    In a container the group's own path may lie outside of what is mounted; the mount's top is
    then the container's group.
    """
    for line in (first_text(root / "proc/self/cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            mount = root / "sys/fs/cgroup"
        elif controller in controllers.split(","):
            mounts = [root / "sys/fs/cgroup" / name for name in (controller, controllers)]
            mount = next((m for m in mounts if m.is_dir()), mounts[0])
        else:
            continue
        inner = Path(path.strip("/"))
        if ".." not in inner.parts:
            yield from (mount / folder for folder in (inner, *inner.parents) if folder != Path())
        yield mount
