"""How a state is trained: the recipe, in the words of Keras.

The defaults are the recipe of the Keras article on GPT-2 text generation: Adam, a learning rate
that falls from 5e-5 to 0 in a straight line (``PolynomialDecay``), batches of 32, one epoch.
The article's 500 steps are ``batches: 500``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.hardware import Hardware
from scenarios.values import Count, Model, Number, Whole, refuse_at


class EarlyStop(Model):
    """End training when the held-out loss no longer falls; the best weights are kept."""

    patience: Count = Field(default=1, description="Evaluations without a better loss.")
    min_delta: Annotated[Number, Field(ge=0)] = Field(
        default=0.0, description="A smaller gain than this, in nats per token, is none."
    )


class Train(Model):
    """A recipe. Steps are counted, never minutes: the same recipe is the same training anywhere."""

    batch_size: Count = Field(default=32, description="Texts per step.")
    batches: Count | None = Field(
        default=None, description="Steps per epoch; the default is all texts once."
    )
    epochs: Count = Field(default=1, description="Times through the (chosen) texts.")
    sequence_length: Annotated[Whole, Field(ge=2, le=1_000_000)] = Field(
        default=128, description="Tokens per text; what is longer is cut."
    )
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop", "lion", "adafactor"] = Field(
        default="adam", description="A Keras optimizer."
    )
    learning_rate: Annotated[Number, Field(gt=0, le=1_000_000)] = Field(
        default=5e-5, description="The highest learning rate."
    )
    schedule: Literal["polynomial", "cosine", "constant"] = Field(
        default="polynomial",
        description="How the learning rate falls after the warm-up; polynomial is a straight line.",
    )
    end_learning_rate: Annotated[Number, Field(ge=0)] = Field(
        default=0.0, description="Where polynomial and cosine end."
    )
    warmup_steps: Annotated[Whole, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="Steps in which the learning rate rises from 0."
    )
    weight_decay: Annotated[Number, Field(ge=0)] | None = Field(
        default=None, description="Decoupled weight decay; the default is the optimizer's own."
    )
    clip_norm: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="Upper limit of the gradients' global norm."
    )
    dtype: Literal["float32", "mixed_bfloat16", "mixed_float16"] = Field(
        default="float32", description="The Keras dtype policy while training."
    )
    lora_rank: Annotated[Whole, Field(ge=1, le=4096)] | None = Field(
        default=None, description="Train low-rank adapters of this rank only (KerasHub's LoRA)."
    )
    evaluate_every: Count | None = Field(
        default=None, description="Steps between held-out losses; the default is once per epoch."
    )
    early_stop: EarlyStop | None = Field(
        default=None, description="Stop when the held-out loss no longer falls."
    )
    seed: Annotated[Whole, Field(ge=0, lt=2**31)] = Field(
        default=0, description="Of dropout, adapters and the order of the texts."
    )
    hardware: Hardware | None = Field(
        default=None, description="Where to train; the default is the scenario's first hardware."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Train:
        faults: list[tuple[tuple[int | str, ...], str]] = []
        if self.schedule != "constant" and self.end_learning_rate > self.learning_rate:
            faults.append((("end_learning_rate",), "end_learning_rate is above learning_rate"))
        if self.schedule == "constant" and self.end_learning_rate:
            message = "end_learning_rate means nothing with schedule: constant"
            faults.append((("end_learning_rate",), message))
        if self.hardware is not None and self.hardware.quantization:
            faults.append((("hardware", "quantization"), "quantized weights cannot be trained"))
        if self.hardware is not None and self.hardware.dtype != "float32":
            faults.append((("hardware", "dtype"), "is that of generation; write it as train.dtype"))
        if faults:
            raise refuse_at(faults, self)
        return self
