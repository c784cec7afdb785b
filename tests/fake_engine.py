"""An engine without a model: characters are tokens, seconds are made up, every call is logged.

Nothing here waits or measures. A program writes text that depends on its seed and on what stands
before, so that tests can tell whether two ways of generating gave the same text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.engine.interface import Batch, CallResult, InputError, Peak
from bench.job import CaseJob, Job
from bench.protocol import Launch
from bench.roofline import DecodeCost
from reports.records import Record

PAD, START, END = 0, 1, 2
BROKEN = 0xFFFD
ALPHABET = [END, BROKEN, *map(ord, "abcdefghijklmnopqrstuvwxyz")]


class Log(list[tuple[Any, ...]]):
    """What happened, in order: ("step", case, phase), ("call", sampler, new tokens), …"""

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        return [entry[1:] for entry in self if entry[0] == kind]


@dataclass
class FakeReport:
    """Stands for the parent; implements ``protocol.Report``."""

    log: Log = field(default_factory=Log)
    records: list[Record] = field(default_factory=list)

    def step(self, case: str, phase: str) -> None:
        self.log.append(("step", case, phase))

    def record(self, *records: Record) -> None:
        self.log.append(("record", *(type(r).__name__ for r in records)))
        self.records += records

    def of(self, kind: type, case: str | None = None) -> list[Any]:
        return [r for r in self.records if isinstance(r, kind) and case in (None, r.case)]


@dataclass
class FakeProgram:
    """A sampler's program; implements ``interface.Program``.

    A call takes ``prefill + per_step * steps`` seconds, plus ``noise(call)``; the first call with
    a new shape or new stop ids compiles, and so does each call whose number is in ``recompiles``.
    ``faults`` raise or do whatever they like before the call of that number.
    """

    engine: FakeEngine
    name: str
    sampler: dict[str, Any]
    draws: bool = True
    stops_change_text: bool = False
    rows_per_text: int | None = 1
    prefill: float = 0.1
    per_step: float = 0.01
    compile_seconds: float = 2.0
    noise: Callable[[int], float] = lambda call: 0.0
    recompiles: Iterable[int] = ()
    faults: dict[int, Callable[[], object]] = field(default_factory=dict)
    seed: int = 0
    calls: int = 0
    compiled: set[tuple[Any, ...]] = field(default_factory=set)

    def reset(self, seed: int) -> None:
        self.seed = seed
        self.engine.log.append(("reset", self.name, seed))

    def __call__(self, batch: Batch, stop_token_ids: tuple[int, ...] | None) -> CallResult:
        call, self.calls = self.calls, self.calls + 1
        if fault := self.faults.get(call):
            fault()
        key = (batch.token_ids.shape, stop_token_ids)
        compiles = (key not in self.compiled) + (call in self.recompiles)
        self.compiled.add(key)
        after, steps = self._generate(batch, stop_token_ids)
        new = sum(after.prompt_tokens) - sum(batch.prompt_tokens)
        self.engine.log.append(("call", self.name, new, stop_token_ids, compiles))
        self.engine.batches.append(batch)
        seconds = self.prefill + self.per_step * steps + self.noise(call)
        told = compiles * self.compile_seconds
        return CallResult(
            after, seconds + told, compiles, told if self.engine.tells_compile_seconds else None
        )

    def _generate(self, batch: Batch, stops: tuple[int, ...] | None) -> tuple[Batch, int]:
        """Fill from the shortest prompt on, all rows at once, as KerasHub does."""
        ids, mask = batch.token_ids.copy(), batch.padding_mask.copy()
        length, start = ids.shape[1], min(batch.prompt_tokens)
        search = f"{start} {stops}" if self.stops_change_text else ""
        done = np.zeros(len(ids), bool)
        position = start
        while position < length and not (stops and done.all()):
            for row in np.flatnonzero(~batch.padding_mask[:, position]):
                ids[row, position] = self._token(ids[row, :position], row, search)
                mask[row, position] = not done[row]
                done[row] |= bool(stops) and ids[row, position] in stops
            position += 1
        return Batch(ids, mask), position - start

    def _token(self, before: np.ndarray, row: int, search: str) -> int:
        seed = (self.seed, row) if self.draws else ()
        text = f"{self.name} {seed} {search} {before.tolist()}"
        return ALPHABET[hashlib.sha256(text.encode()).digest()[0] % len(ALPHABET)]


@dataclass
class FakeEngine:
    """Implements ``interface.Engine``. ``programs`` gives the settings for a sampler's name."""

    log: Log = field(default_factory=Log)
    programs: dict[str, dict[str, Any]] = field(default_factory=dict)
    tells_compile_seconds: bool = True
    parameters: int = 1000
    end_token_ids: tuple[int, ...] = (END,)
    pad_token_id: int | None = PAD
    max_positions: int | None = 1024
    peak: Peak = field(default_factory=lambda: Peak(None, "no device"))
    cost: DecodeCost | Exception = field(default_factory=lambda: DecodeCost(10**9, 0, 10**6, 1000))
    batches: list[Batch] = field(default_factory=list)
    made: dict[str, FakeProgram] = field(default_factory=dict)
    on_encode: Callable[[], object] = lambda: None
    on_decode: Callable[[], object] = lambda: None

    def encode(self, prompts: list[str], max_length: int) -> Batch:
        self.on_encode()
        ids = np.full((len(prompts), max_length), PAD, np.int32)
        mask = np.zeros(ids.shape, bool)
        for row, prompt in enumerate(prompts):
            tokens = [START, *map(ord, prompt)]
            if len(tokens) >= max_length:
                raise InputError(f"prompt {prompt!r} is too long for max_length {max_length}")
            ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, True
        return Batch(ids, mask)

    def decode(self, ids: list[list[int]]) -> list[str]:
        self.on_decode()
        return ["".join(chr(i) for i in row if i not in (PAD, START, END)) for row in ids]

    def program(self, sampler: dict[str, Any]) -> FakeProgram:
        name = str(sampler["kind"])
        settings = self.programs.get(name, {})
        if fault := settings.get("refuse"):
            raise fault
        self.made[name] = FakeProgram(self, name, {**sampler, "read_back": True}, **settings)
        return self.made[name]

    def reset_device_peak(self) -> None:
        self.log.append(("reset device peak",))

    def device_peak(self) -> Peak:
        return self.peak

    def decode_cost(self, program: FakeProgram, texts: int, max_length: int) -> DecodeCost:
        if isinstance(self.cost, Exception):
            raise self.cost
        return self.cost

    def device_rates(self) -> FakeEngine:
        return self

    def copy_bandwidth(self, working_set: int) -> float:
        self.log.append(("copy bandwidth", working_set))
        return 50e9

    def matrix_rate(self) -> tuple[float, str]:
        return 200e9, "float32"

    def cache_bytes(self) -> int | None:
        return 32 << 20

    def what_ran(self) -> dict[str, Any]:
        return {"compile_method": "fake", "backend": "fake"}


def case_job(
    sampler: str = "greedy", prompts: Iterable[str] = ("My trip was",), batch_size: int = 1
) -> CaseJob:
    """A case whose id is its sampler's name."""
    return CaseJob(
        id=sampler,
        hash=f"hash of {sampler}",
        sampler={"kind": sampler, "arguments": {"k": 5}},
        batch_size=batch_size,
        prompts=list(enumerate(prompts)),
    )


def make_job(*cases: CaseJob, **settings: Any) -> Job:
    """A job with small numbers."""
    given: dict[str, Any] = {
        "group": "tiny/base/cpu-jax-float32",
        "launch": 0,
        "attempt": "attempt-1",
        "preset": "tiny",
        "hardware": {"device": "cpu", "backend": "jax", "dtype": "float32"},
        "seed": 7,
        "max_length": 32,
        "samples": 0,
        "trials": 2,
        "warmup_cap": 10,
        "steady_tolerance": 0.05,
        "fit_points": 0,
    }
    return Job(**(given | settings), cases=list(cases) or [case_job()])


def measure(
    *cases: CaseJob,
    programs: dict[str, dict[str, Any]] | None = None,
    tells: bool = True,
    **settings: Any,
) -> tuple[FakeEngine, FakeReport]:
    """Run a launch; return its engine and its report, which share one log."""
    report = FakeReport()
    engine = FakeEngine(log=report.log, programs=programs or {}, tells_compile_seconds=tells)
    Launch(engine, make_job(*cases, **settings), report).run()
    return engine, report


def raises(error: Exception) -> Callable[[], None]:
    """Return a fault for ``FakeProgram.faults``."""

    def fault() -> None:
        raise error

    return fault
