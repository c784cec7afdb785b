"""Keeping a process to some cores: the one setting that TensorFlow, JAX and torch all heed.

It must be done before any of them is imported: they size their thread pools by what they see then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.machine.probing import first_text


def pin(hardware: Mapping[str, Any]) -> None:
    """Keep this process to the cores that a hardware entry allows; without one, leave it alone."""
    if not hasattr(os, "sched_setaffinity"):
        return
    if cores := hardware.get("cores"):
        os.sched_setaffinity(0, cores)
    elif threads := hardware.get("threads"):
        os.sched_setaffinity(0, spread(threads, os.sched_getaffinity(0)))


def pool_size(hardware: Mapping[str, Any]) -> int | None:
    """Return how many threads a pool should have; None: as many as it likes."""
    cores = hardware.get("cores")
    return len(cores) if cores else hardware.get("threads")


def spread(
    threads: int, allowed: Iterable[int], siblings: Callable[[int], str | None] | None = None
) -> list[int]:
    """Return so many of the allowed processors, one of each core first.

    Two hardware threads of one core share what computes: two threads there are hardly faster than
    one.

    Args:
        threads: how many; there may be fewer.
        allowed: numbers of processors.
        siblings: gives the same text for the processors of one core; None: each is its own.
    """
    group = siblings or _siblings
    taken: dict[str, int] = {}
    ranked = []
    for processor in sorted(allowed):
        core = group(processor) or str(processor)
        taken[core] = taken.get(core, 0) + 1
        ranked.append((taken[core], processor))
    return sorted(processor for _, processor in sorted(ranked)[:threads])


def _siblings(processor: int) -> str | None:
    topology = Path(f"/sys/devices/system/cpu/cpu{processor}/topology")
    return first_text(topology / "thread_siblings_list", topology / "core_cpus_list")
