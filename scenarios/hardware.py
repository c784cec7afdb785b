"""Where a case runs: device, backend, number format, threads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from scenarios.values import Model, Switch, Whole, did_you_mean, quoted, refuse, refuse_at

_DEVICE = re.compile(r"cpu|gpu(:(0|[1-9]\d{0,2}))?|tpu")


def _check_device(device: str) -> str:
    if not _DEVICE.fullmatch(device):
        raise refuse(
            f"unknown device {quoted(device)}{did_you_mean(device, ['cpu', 'gpu', 'gpu:N', 'tpu'])}"
        )
    return device


_CORES = re.compile(r"\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*")


def _core_numbers(value: Any) -> Any:
    """Return the numbers of ``3``, ``0-3,8``, or a list of numbers; each once, ascending."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        value = [value]
    if isinstance(value, str):
        text = value.replace(" ", "")
        if not _CORES.fullmatch(text):
            raise refuse(f"must be core numbers such as 0-3,8, not {quoted(value)}")
        ends = [part.partition("-") for part in text.split(",")]
        spans = [(int(low), int(high or low)) for low, _, high in ends]
        if backwards := [f"{low}-{high}" for low, high in spans if low > high]:
            raise refuse(f"the range {backwards[0]} is empty: write the lower number first")
        value = [number for low, high in spans for number in range(low, high + 1)]
    return _sorted(value) if isinstance(value, list | tuple) else value


def _sorted(values: Sequence[Any]) -> Sequence[Any]:
    """Return whole numbers each once, ascending; anything else as it is, to be refused."""
    if all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return tuple(sorted(set(values)))
    return tuple(values)


def _ranges(cores: tuple[int, ...]) -> str:
    """Return ``0-3+8`` for 0, 1, 2, 3, 8: a label must not contain a comma."""
    spans: list[list[int]] = []
    for core in cores:
        if spans and core == spans[-1][1] + 1:
            spans[-1][1] = core
        else:
            spans.append([core, core])
    return "+".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)


_CORE_FORMS = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": f"^({_CORES.pattern})$"},
        {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
    ]
}
Cores = Annotated[
    tuple[Annotated[Whole, Field(ge=0, le=9999)], ...],
    Field(min_length=1),
    BeforeValidator(_core_numbers),
    WithJsonSchema(_CORE_FORMS),
]


class Hardware(Model):
    """One entry of the hardware axis; the short form is the device alone."""

    device: Annotated[str, AfterValidator(_check_device)] = Field(
        default="cpu", description="cpu, gpu, gpu:N (the N-th, from 0) or tpu."
    )
    backend: Literal["tensorflow", "jax", "torch"] = Field(
        default="tensorflow", description="The Keras backend."
    )
    dtype: Literal["float32", "bfloat16", "float16", "mixed_bfloat16", "mixed_float16"] = Field(
        default="float32", description="The Keras dtype policy."
    )
    quantization: Literal["int8", "int4", "float8"] | None = Field(
        default=None, description="Quantize the weights after loading."
    )
    threads: Annotated[Whole, Field(ge=1, le=4096)] | None = Field(
        default=None, description="CPU threads (and cores) allowed; the default is all."
    )
    cores: Cores | None = Field(
        default=None, description="The CPU cores to run on, such as 0-3,8; the default is all."
    )
    jit: Switch | None = Field(
        default=None, description="XLA on or off (TensorFlow alone has the choice)."
    )

    @property
    def name(self) -> str:
        """Stable label, for example ``cpu-jax-float32`` or ``gpu:1-jax-bfloat16-int8-t4``."""
        parts = [self.device, self.backend, self.dtype]
        if self.quantization is not None:
            parts.append(self.quantization)
        if self.threads is not None:
            parts.append(f"t{self.threads}")
        if self.cores is not None:
            parts.append(f"c{_ranges(self.cores)}")
        if self.jit is not None:
            parts.append("jit" if self.jit else "nojit")
        return "-".join(parts)

    @model_serializer(mode="wrap")
    def _without_what_is_new(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave ``cores`` out where it is not given: hashes of older cases stay as they were."""
        data: dict[str, Any] = dump(self)
        return data if self.cores is not None else {k: v for k, v in data.items() if k != "cores"}

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        return {"device": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _can_exist(self) -> Hardware:
        faults: list[tuple[tuple[int | str, ...], str]] = []
        if self.jit is not None and self.backend != "tensorflow":
            habit = {"jax": "jax always compiles", "torch": "KerasHub never compiles on torch"}
            faults.append((("jit",), f"is a choice on tensorflow only: {habit[self.backend]}"))
        if self.threads is not None and self.cores is not None:
            faults.append((("cores",), "already says how many threads: leave threads out"))
        if self.device == "tpu" and self.backend == "torch":
            faults.append((("backend",), "Keras has no torch backend on tpu; use jax"))
        if self.quantization == "int8" and self.dtype.endswith("float16") and "b" not in self.dtype:
            faults.append((("quantization",), "Keras refuses int8 on float16; use bfloat16"))
        if faults:
            raise refuse_at(faults, self)
        return self
