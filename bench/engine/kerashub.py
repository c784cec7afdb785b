"""The KerasHub engine: one loaded model, many samplers, nothing compiled twice.

KerasHub drops the compiled generate function at every ``compile(sampler=...)``. Here each sampler
gets its own function, kept for the life of the process, and the model is pointed at the right
pair before each call. All share the weights.
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from bench.engine import interface, read_back, samplers
from bench.engine.compiles import CompileCounter
from bench.engine.device_memory import DeviceMemory
from bench.engine.device_rates import DeviceRates
from bench.engine.devices import visible_devices
from bench.engine.interface import Batch, CallResult, InputError, Peak
from bench.engine.model_shape import model_shape, nbytes
from bench.roofline import DecodeCost, NotKnownError, decode_cost

_SMALLEST_LENGTH = 8
_PACKAGES = (
    "keras",
    "keras-hub",
    "keras-nlp",
    "tensorflow",
    "tensorflow-text",
    "jax",
    "jaxlib",
    "torch",
    "numpy",
)


class KerasHubEngine:
    """A ``CausalLM`` ready to generate; implements ``interface.Engine``."""

    def __init__(
        self, model: Any, backend: str, memory: DeviceMemory, counter: CompileCounter
    ) -> None:
        self._model = model
        self._backend = backend
        self._memory = memory
        self._counter = counter
        self._jit = "not known: nothing has been called yet"
        dtype = model.compute_dtype
        self._rates = DeviceRates(backend, "cpu" if memory.on_cpu else "accelerator", dtype)
        tokenizer = model.preprocessor.tokenizer
        ends = [tokenizer.end_token_id, getattr(tokenizer, "end_token2_id", None)]
        self.end_token_ids = tuple(int(i) for i in ends if i is not None)
        pad = getattr(tokenizer, "pad_token_id", None)
        self.pad_token_id = None if pad is None else int(pad)
        self.parameters = int(model.count_params())
        self.max_positions: int | None = getattr(model.backbone, "max_sequence_length", None)

    def encode(self, prompts: list[str], max_length: int) -> Batch:
        """Tokenise prompts and pad them to ``(rows, max_length)``.

        Raises:
            InputError: a prompt leaves no room for a new token, or max_length is beyond the
                model's position table.
        """
        if self.max_positions is not None and max_length > self.max_positions:
            raise InputError(
                f"max_length {max_length} is beyond the model's {self.max_positions} positions"
            )
        encoded = self._model.preprocessor.generate_preprocess(prompts, sequence_length=max_length)
        if not isinstance(encoded, dict) or set(encoded) != {"token_ids", "padding_mask"}:
            raise InputError("this model needs more than text as input; it cannot be measured yet")
        mask = np.asarray(ops.convert_to_numpy(encoded["padding_mask"])).astype(bool)
        for prompt, length in zip(prompts, mask.sum(axis=1), strict=True):
            if length >= max_length:  # KerasHub cuts the prompt in silence and generates nothing
                raise InputError(
                    f"prompt {prompt[:40]!r} has {self._prompt_length(prompt)} tokens with its "
                    f"start token; max_length {max_length} leaves no room for a new one"
                )
        ids = np.asarray(ops.convert_to_numpy(encoded["token_ids"])).astype(np.int32)
        return Batch(ids, mask)

    def _prompt_length(self, prompt: str) -> int:
        return len(np.asarray(self._model.preprocessor.tokenizer([prompt])[0])) + 1

    def decode(self, ids: list[list[int]]) -> list[str]:
        """Return the text of each row; special tokens are dropped, broken bytes are U+FFFD."""
        tokenizer = self._model.preprocessor.tokenizer
        special = set(getattr(tokenizer, "special_token_ids", ()) or ())
        texts = []
        for row in ids:
            kept = [i for i in row if i not in special]
            texts.append(_as_text(tokenizer.detokenize(kept)) if kept else "")
        return texts

    def warm_framework(self) -> None:
        """Make one throw-away call at the smallest size.

        The first call of a process starts the framework itself (thread pools, compiler), which
        would otherwise be charged to the cold start of whichever case comes first.
        """
        smallest = self.encode(["a"], _SMALLEST_LENGTH)
        program = self.program({"kind": "greedy", "arguments": {}})
        compiles = program(smallest, None).compiles
        self._jit = read_back.jit(self._backend, self._model.generate_function, compiles)

    def program(self, sampler: dict[str, Any]) -> Program:
        """Return a new program for ``{"kind": ..., "arguments": {...}}``."""
        vocabulary = int(self._model.preprocessor.tokenizer.vocabulary_size())
        if (k := sampler["arguments"].get("k")) and k > vocabulary and sampler["kind"] != "custom":
            raise InputError(f"k = {k} is more than the model's {vocabulary} tokens")
        made = samplers.make_sampler(sampler["kind"], sampler["arguments"])
        return Program(self._model, sampler["kind"], made, self._counter)

    def decode_cost(self, program: interface.Program, texts: int, max_length: int) -> DecodeCost:
        """Return the least that a decode step of ``program`` reads and computes.

        Raises:
            NotKnownError: for this architecture, or a custom sampler with its own loop.
        """
        rows = program.rows_per_text
        if rows is None:
            raise NotKnownError(
                "how often a custom sampler with a loop of its own calls the model is not known"
            )
        contrastive = program.sampler["kind"] == "contrastive"
        return decode_cost(model_shape(self._model), texts, max_length, rows, contrastive)

    def device_rates(self) -> DeviceRates:
        """Return what measures the device, in the dtype that the model computes in."""
        return self._rates

    def reset_device_peak(self) -> None:
        """Start a new device-memory high-water mark, or readings where the backend has none."""
        self._memory.reset(poll=True)

    def device_peak(self) -> Peak:
        """Return the bytes at the device's high-water mark."""
        return self._memory.peak()

    def what_ran(self) -> dict[str, Any]:
        """Return versions, devices, dtypes and jit mode, read back from the frameworks."""
        policy = self._model.backbone.dtype_policy
        return {
            "backend": keras.config.backend(),
            "devices": visible_devices(self._backend),
            "jit": self._jit,
            "dtype_policy": policy.name,
            "compute_dtype": policy.compute_dtype,
            "variable_dtype": policy.variable_dtype,
            "output_dtype": self._model.output.dtype,
            "stored_bytes": read_back.stored_bytes(self._model),
            "weights_on": read_back.weight_devices(self._model),
            "threads": read_back.threads(self._backend),
            "quantization": read_back.quantization(self._model),
            "weight_bytes": sum(nbytes(v) for v in self._model.weights),
            "parameters": self.parameters,
            "model_class": type(self._model).__name__,
            "vocabulary_size": int(self._model.preprocessor.tokenizer.vocabulary_size()),
            "end_token_ids": list(self.end_token_ids),
            "pad_token_id": self.pad_token_id,
            "compile_method": self._counter.method,
            "versions": _versions(),
        }


class Program:
    """One sampler's compiled generate function; implements ``interface.Program``."""

    def __init__(self, model: Any, kind: str, sampler: Any, counter: CompileCounter) -> None:
        self._model = model
        self._sampler = sampler
        self._counter = counter
        self.sampler = samplers.describe(kind, sampler)
        self.draws = bool(sampler.variables)
        self.rows_per_text = samplers.rows_per_text(kind, sampler)
        self.stops_change_text = samplers.stops_change_text(kind)
        model.sampler = sampler
        model.generate_function = None
        self._function: Callable[..., Any] = model.make_generate_function()

    def reset(self, seed: int) -> None:
        """Assign the sampler's seed state; this does not recompile."""
        for state in self._sampler.variables:
            state.assign(np.array([seed, 0], dtype=np.uint32))

    def __call__(self, batch: Batch, stop_token_ids: tuple[int, ...] | None) -> CallResult:
        """Generate; the clock stops when the ids are on the host (jax is asynchronous)."""
        self._model.sampler = self._sampler
        self._model.generate_function = self._function
        count, seconds = self._counter.count(self._function), self._counter.seconds()
        inputs = {
            "token_ids": ops.convert_to_tensor(batch.token_ids),
            "padding_mask": ops.convert_to_tensor(batch.padding_mask),
        }
        start = time.perf_counter_ns()
        output = self._function(inputs, stop_token_ids=stop_token_ids)
        ids = ops.convert_to_numpy(output["token_ids"])
        elapsed = (time.perf_counter_ns() - start) / 1e9
        mask = ops.convert_to_numpy(output["padding_mask"])
        after = self._counter.seconds()
        return CallResult(
            Batch(np.asarray(ids).astype(np.int32), np.asarray(mask).astype(bool)),
            elapsed,
            self._counter.count(self._function) - count,
            None if after is None or seconds is None else after - seconds,
        )


def _as_text(value: Any) -> str:
    """Return str from what detokenize gives: a str, bytes, or a tensor of either."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
