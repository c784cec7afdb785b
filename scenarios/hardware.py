"""Where a case runs: device, backend, number format, threads."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from scenarios.values import Model, Switch, Whole, did_you_mean, quoted, refuse, refuse_at

_DEVICE = re.compile(r"cpu|gpu(:(0|[1-9]\d{0,2}))?|tpu")


def _check_device(device: str) -> str:
    if not _DEVICE.fullmatch(device):
        raise refuse(
            f"unknown device {quoted(device)}{did_you_mean(device, ['cpu', 'gpu', 'gpu:N', 'tpu'])}"
        )
    return device


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
        if self.jit is not None:
            parts.append("jit" if self.jit else "nojit")
        return "-".join(parts)

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
        if self.device == "tpu" and self.backend == "torch":
            faults.append((("backend",), "Keras has no torch backend on tpu; use jax"))
        if self.quantization == "int8" and self.dtype.endswith("float16") and "b" not in self.dtype:
            faults.append((("quantization",), "Keras refuses int8 on float16; use bfloat16"))
        if faults:
            raise refuse_at(faults, self)
        return self
