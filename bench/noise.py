"""How much this machine's speed wavers: a fixed piece of work, timed again and again.

Two kinds of work take turns, on all allowed cores at once as a model's would be: hashing (the
cores' own speed) and copying memory (what reading the weights is limited by).
"""

from __future__ import annotations

import hashlib
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.machine.probing import MissingError
from bench.machine.processor import CpuSeconds, allowed_cores, cpu_seconds

SLICE_SECONDS = 0.02
WINDOWS = 8
GATE_PERCENT = 5.0
"""The effect floor of speed gates: what a machine should be able to resolve."""

_MOST_THREADS = 16
_HASHED_BYTES = 1 << 20
_COPIED_BYTES = 96 << 20  # beyond the caches of most processors
_STUDENT_95 = 2.365  # two-sided, for the 7 degrees of freedom of 8 windows


@dataclass(frozen=True)
class Wavering:
    """The times of one kind of work. Shares are of the median, in percent."""

    work: str
    repetitions: int
    median_seconds: float
    mad_percent: float  # median absolute deviation
    p5_percent: float  # how far the fastest twentieth lies below the median
    p95_percent: float  # how far the slowest twentieth lies above it
    unseen_percent: float  # differences between two single launches that drown in this noise


@dataclass(frozen=True)
class Noise:
    """What was seen while measuring; shares of all processor time are None where not counted."""

    works: tuple[Wavering, ...]
    seconds: float
    threads: int
    stolen_share: float | None
    others_share: float | None

    @property
    def unseen_percent(self) -> float:
        """The worst of the works."""
        return max(work.unseen_percent for work in self.works)


def wavering(work: str, times: Sequence[float]) -> Wavering:
    """Summarise the times of one work, in the order in which they were taken.

    The noise of a launch is estimated from the means of successive windows, since a trial too adds
    up fast and slow moments: in 95 of 100 pairs, two launches differ by chance by less than
    t * sqrt(2) standard deviations. Drifts slower than the whole measurement do not show, so this
    is a lower bound. Needs two times per window, else ValueError.
    """
    size = len(times) // WINDOWS
    if size < 2:
        raise ValueError(f"{len(times)} times are too few for {WINDOWS} windows")
    ordered = sorted(times)
    median = statistics.median(ordered)
    means = [statistics.fmean(times[i * size : (i + 1) * size]) for i in range(WINDOWS)]

    def percent(seconds: float) -> float:
        return round(100 * seconds / median, 2)

    return Wavering(
        work,
        len(times),
        median,
        percent(statistics.median(abs(t - median) for t in times)),
        percent(median - _quantile(ordered, 0.05)),
        percent(_quantile(ordered, 0.95) - median),
        percent(_STUDENT_95 * math.sqrt(2) * statistics.stdev(means)),
    )


def measure(
    seconds: float = 2.5,
    works: Mapping[str, Callable[[], object]] | None = None,
    clock: Callable[[], float] = time.perf_counter,
    usage: Callable[[], CpuSeconds | None] | None = None,
    own: Callable[[], float] = time.process_time,
) -> Noise:
    """Let the works take turns for about ``seconds`` and return how their times waver."""
    threads = min(allowed_cores(), _MOST_THREADS)
    usage = usage or _usage
    with ThreadPoolExecutor(threads) as pool:
        sized = {
            name: _sized(work, clock) for name, work in (works or _works(pool, threads)).items()
        }
        times: dict[str, list[float]] = {name: [] for name in sized}
        before, own_before, start = usage(), own(), clock()
        while clock() - start < seconds or len(next(iter(times.values()))) < 2 * WINDOWS:
            for name, work in sized.items():
                began = clock()
                work()
                times[name].append(clock() - began)
        after, own_after, end = usage(), own(), clock()
    stolen = others = None
    if before and after and (passed := after.total - before.total) > 0:
        lost, idle = after.stolen - before.stolen, after.idle - before.idle
        stolen = lost / passed
        others = max(0.0, passed - idle - lost - (own_after - own_before)) / passed
    return Noise(
        tuple(wavering(name, values) for name, values in times.items()),
        end - start,
        threads,
        stolen,
        others,
    )


def launches_needed(unseen_percent: float, wanted_percent: float = GATE_PERCENT) -> int:
    """Return how many launches a side bring a difference of ``wanted_percent`` above the noise.

    The noise of a mean of n launches falls with sqrt(n). At least 5, as for any comparison.
    """
    return max(5, math.ceil((unseen_percent / wanted_percent) ** 2))


def _works(pool: ThreadPoolExecutor, threads: int) -> dict[str, Callable[[], object]]:
    import numpy as np

    block = bytes(_HASHED_BYTES)
    pairs = [
        (np.ones(_COPIED_BYTES // threads, np.uint8), np.empty(_COPIED_BYTES // threads, np.uint8))
        for _ in range(threads)
    ]

    def hash_all() -> object:
        return list(pool.map(lambda _: hashlib.sha256(block).digest(), range(threads)))

    def copy_all() -> object:
        return list(pool.map(lambda pair: np.copyto(pair[1], pair[0]), pairs))

    return {"hashing": hash_all, "copying memory": copy_all}


def _sized(work: Callable[[], object], clock: Callable[[], float]) -> Callable[[], None]:
    """Return ``work`` repeated so often that it takes about ``SLICE_SECONDS``."""
    work()  # touch the memory, start the threads
    fastest = math.inf
    for _ in range(3):
        began = clock()
        work()
        fastest = min(fastest, clock() - began)
    repeats = max(1, round(SLICE_SECONDS / fastest)) if fastest > 0 else 1

    def slice_of_work() -> None:
        for _ in range(repeats):
            work()

    return slice_of_work


def _usage() -> CpuSeconds | None:
    try:
        return cpu_seconds(Path("/"))
    except MissingError:
        return None


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the linearly interpolated quantile of sorted values."""
    position = share * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])
