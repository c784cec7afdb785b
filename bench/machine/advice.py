"""What spoils measurements on this machine, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.machine.nvidia import SLOWDOWNS

_GIB = 1 << 30
_BUSY_SHARE, _BUSY_LEAST = 0.25, 0.5  # of the cores; load average
_SWAP = 256 << 20
_SCARCE_MEMORY = 2 * _GIB  # GPT-2 base in float32, with its framework
_BUSY_GPU_PERCENT = 5
_STEAL_SHARE = 0.01  # of all processor time
_OTHERS_SHARE = 0.05
_SLOWED_SECONDS = 0.1


def warnings(facts: Mapping[str, Any]) -> list[str]:
    """Return what in ``facts()`` makes numbers slow or unsteady, each ending in what to do."""
    return [*_processor(facts), *_memory(facts), *_gpus(facts.get("gpus") or ())]


def launch_warnings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what happened between two ``volatile()`` readings, around one launch."""
    return [
        *_happened(before, after),
        *_company(before.get("gpus") or (), after.get("gpus") or ()),
        *_slowed(before.get("gpus") or (), after.get("gpus") or ()),
    ]


def device_warnings(seen: Mapping[str, Any]) -> list[str]:
    """Return what slowed the device while it worked, from ``gpu_counters.Watch.seen``."""
    return [*_throttled([{"index": None, **seen}])] if seen else []


def cpu_company(stolen: float, others: float) -> Iterator[str]:
    """Yield warnings for shares of all processor time that went elsewhere while measuring."""
    if stolen > _STEAL_SHARE:
        yield (
            f"the hypervisor took {100 * stolen:.0f} % of the processor time while measuring: "
            "use a machine whose cores are not shared, or more launches"
        )
    if others > _OTHERS_SHARE:
        yield (
            f"other programs used {100 * others:.0f} % of the processor time while measuring: "
            "close them, and measure again"
        )


def _processor(facts: Mapping[str, Any]) -> Iterator[str]:
    cores, allowed = facts.get("cores_logical"), facts.get("cores_allowed")
    load, quota = facts.get("load_average"), facts.get("cpu_quota")
    governor = facts.get("governor")
    if load and cores and load[0] > max(_BUSY_LEAST, _BUSY_SHARE * cores):
        yield (
            f"the machine is busy (load average {load[0]:.2f} on {cores} cores): "
            "close other programs, or wait a minute"
        )
    if governor and governor != "performance":
        yield (
            f"the clock follows the load (governor {governor}): "
            "sudo cpupower frequency-set -g performance"
        )
    if facts.get("on_battery"):
        yield "the machine runs on its battery and saves power: plug it in"
    if allowed == 1:
        yield (
            "only one core, which the system shares with the measurement: "
            "use a machine or container with two or more"
        )
    if quota is not None and allowed and quota < allowed:
        yield (
            f"a CPU quota of {quota:g} cores stops the process again and again, since it sees "
            f"{allowed}: give the container whole cores instead (docker run --cpuset-cpus)"
        )


def _memory(facts: Mapping[str, Any]) -> Iterator[str]:
    swap, free = facts.get("swap_used_bytes"), facts.get("memory_available_bytes")
    limit = facts.get("memory_limit_bytes")
    if swap is not None and swap > _SWAP:
        yield (
            f"{swap / _GIB:.1f} GiB of memory lie in swap: close what needs memory, then "
            "sudo swapoff -a && sudo swapon -a"
        )
    if free is not None and min(free, limit or free) < _SCARCE_MEMORY:
        yield (
            f"only {min(free, limit or free) / _GIB:.1f} GiB of memory are free, and GPT-2 base "
            "needs about 2: close other programs, or take a smaller preset"
        )


def _gpus(gpus: Any) -> Iterator[str]:
    for gpu in gpus:
        name = f"gpu:{gpu['index']}"
        others, use = gpu.get("other_processes"), gpu.get("utilization_percent")
        limit, default = gpu.get("power_limit_watts"), gpu.get("power_limit_default_watts")
        if others:
            pids = ", ".join(str(process["pid"]) for process in others)
            yield f"{name} has company (process {pids}): end it, or take another GPU"
        elif use is not None and use > _BUSY_GPU_PERCENT:
            yield f"{name} is busy ({use} %) before anything was started: look with nvidia-smi"
        if limit and default and limit < default:
            yield (
                f"{name} may draw {limit:g} W of its usual {default:g} W: "
                f"compare with such runs only, or sudo nvidia-smi -i {gpu['index']} -pl {default:g}"
            )
    yield from _throttled(gpus)


def _throttled(gpus: Any) -> Iterator[str]:
    for gpu in gpus:
        slow = [r for r in gpu.get("throttle_reasons") or () if r in SLOWDOWNS]
        if slow:
            heat = gpu.get("temperature_celsius")
            at = "" if heat is None else f" at {heat} °C"
            name = "the GPU" if gpu["index"] is None else f"gpu:{gpu['index']}"
            yield (
                f"{name} is slowed{at} ({', '.join(slow)}): "
                "see to its cooling and power, and measure again"
            )


def _company(before: Any, after: Any) -> Iterator[str]:
    """Yield who else was on a device, at the beginning or at the end of a launch."""
    pids: dict[int, dict[int, None]] = {}
    for gpu in (*before, *after):
        for process in gpu.get("other_processes") or ():
            pids.setdefault(gpu["index"], {})[process["pid"]] = None
    for index, found in pids.items():
        which = ", ".join(map(str, found))
        yield (
            f"gpu:{index} had company during the launch (process {which}): end it, or take another "
            "GPU, and measure again"
        )


def _slowed(before: Any, after: Any) -> Iterator[str]:
    """Yield for how long a device was slowed, by its counters; else what it says at the end."""
    first = {gpu["index"]: gpu for gpu in before}
    for gpu in after:
        told = False
        for name, cause, advice in (
            ("power_slowed_seconds", "its power limit", "see nvidia-smi -q -d POWER"),
            ("heat_slowed_seconds", "heat", "see to its cooling"),
        ):
            start, end = first.get(gpu["index"], {}).get(name), gpu.get(name)
            if start is not None and end is not None and end - start > _SLOWED_SECONDS:
                told = True
                yield (
                    f"{cause} slowed gpu:{gpu['index']} for {end - start:.1f} s of the launch: "
                    f"{advice}, and compare with such runs only"
                )
        if not told:
            yield from _throttled([gpu])


def _happened(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    def rise(name: str) -> float:
        first, last = before.get(name), after.get(name)
        return 0 if first is None or last is None else last - first

    if hot := int(rise("cpu_thermal_throttles")):
        yield f"heat slowed the processor {hot} times during the launch: see to its cooling"
    if stopped := int(rise("quota_throttled_periods")):
        yield (
            f"the CPU quota stopped the launch {stopped} times: "
            "give the container whole cores instead (docker run --cpuset-cpus)"
        )
    passed = rise("cpu_seconds")
    if passed > 0:
        busy = passed - rise("cpu_idle_seconds") - rise("cpu_steal_seconds")
        yield from cpu_company(
            stolen=rise("cpu_steal_seconds") / passed,
            others=(busy - rise("own_cpu_seconds")) / passed if _counted(before, after) else 0.0,
        )
    if (swap := rise("swap_used_bytes")) > _SWAP:
        yield f"{swap / _GIB:.1f} GiB went to swap during the launch: free memory, run again"


def _counted(*readings: Mapping[str, Any]) -> bool:
    names = ("cpu_idle_seconds", "own_cpu_seconds")
    return all(reading.get(name) is not None for reading in readings for name in names)
