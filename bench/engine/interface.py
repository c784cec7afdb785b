"""What the measurement protocol needs of an engine: types only, no keras.

The protocol is tested against a fake engine with a fake clock; ``kerashub.KerasHubEngine`` is the
real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.roofline import DecodeCost


class InputError(Exception):
    """What the user asked for cannot be done; the message says what to change."""


class UnavailableError(Exception):
    """The machine lacks what the case needs; the case is skipped with this reason."""


@dataclass(frozen=True)
class Batch:
    """Token ids on the host, padded to max_length.

    Attributes:
        token_ids: int32, shape (rows, max_length).
        padding_mask: bool, same shape; True where there is a prompt token.
    """

    token_ids: NDArray[np.int32]
    padding_mask: NDArray[np.bool_]

    @property
    def prompt_tokens(self) -> list[int]:
        """Prompt length of each row, start token included."""
        return [int(n) for n in self.padding_mask.sum(axis=1)]


@dataclass(frozen=True)
class CallResult:
    """One call of a compiled generate function.

    Attributes:
        batch: ids and mask after the call (mask: prompt and kept new tokens).
        seconds: from prompt ids on the device to all ids on the host.
        compiles: programs compiled during the call.
        compile_seconds: their compile time; None where the backend does not say.
    """

    batch: Batch
    seconds: float
    compiles: int
    compile_seconds: float | None


@dataclass(frozen=True)
class Peak:
    """A memory or energy reading, or the reason why there is none."""

    value: float | None
    reason: str | None = None


class Program(Protocol):
    """One sampler's compiled generate function; the model's weights are shared."""

    sampler: dict[str, Any]
    """Every argument of the sampler, read back from it."""
    draws: bool
    """Whether the sampler draws random numbers."""
    stops_change_text: bool
    """Whether ending a row early changes the tokens before its end (beam search: yes)."""
    rows_per_text: int | None
    """Rows that go through the model for one text at each step; None where that is not known."""

    def reset(self, seed: int) -> None:
        """Put the sampler's random state to ``seed`` without recompiling."""

    def __call__(self, batch: Batch, stop_token_ids: tuple[int, ...] | None) -> CallResult:
        """Generate up to max_length; None generates every position."""


class Rates(Protocol):
    """What a device can do; see ``device_rates.DeviceRates``."""

    def copy_bandwidth(self, working_set: int) -> float:
        """Bytes per second, read plus written, of a copy that touches about so many bytes."""

    def matrix_rate(self) -> tuple[float, str]:
        """Operations per second of a large matrix product, and the dtype it was found in."""

    def cache_bytes(self) -> int | None:
        """Size of the last cache before memory, in which copies can lie; None: they do not."""


class Engine(Protocol):
    """A loaded model on one backend and device."""

    parameters: int
    end_token_ids: tuple[int, ...]
    pad_token_id: int | None
    max_positions: int | None

    def encode(self, prompts: list[str], max_length: int) -> Batch:
        """Tokenise and pad; prompts longer than max_length raise InputError."""

    def decode(self, ids: list[list[int]]) -> list[str]:
        """Token ids to text, special tokens dropped."""

    def program(self, sampler: dict[str, Any]) -> Program:
        """Make a program for a sampler ``{kind, arguments}``; compiles at its first call."""

    def reset_device_peak(self) -> None:
        """Start a new device-memory high-water mark where the backend can."""

    def device_peak(self) -> Peak:
        """Bytes at the device's high-water mark."""

    def decode_cost(self, program: Program, texts: int, max_length: int) -> DecodeCost:
        """What a decode step reads and computes at the least; NotKnownError where unknown."""

    def device_rates(self) -> Rates:
        """What the device can do, measured when asked for."""

    def what_ran(self) -> dict[str, Any]:
        """Facts read back from the frameworks: versions, devices, dtypes, jit mode."""


@dataclass(frozen=True)
class LoadedEngine:
    """An engine with the seconds its set-up took."""

    engine: Engine
    import_seconds: float
    load_seconds: float
    first_call_seconds: float | None = None
