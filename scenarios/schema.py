"""What a scenario says: the axes, what to generate, how to measure, and what must hold.

Every model accepts the short forms of a scenario file (a word where one is enough) and, dumped,
the long ones, so that a dump validates again. Everything here is data; nothing is imported or run.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from scenarios.hardware import Hardware
from scenarios.rules import Rule
from scenarios.samplers import AnySampler, Sampler, parse_sampler
from scenarios.values import (
    Label,
    Model,
    Number,
    OneOrMore,
    Text,
    Whole,
    label_from,
    refuse,
)

__all__ = [
    "Gate",
    "Generate",
    "Hardware",
    "Measure",
    "Preset",
    "Prompt",
    "Rule",
    "Sampler",
    "Scenario",
    "State",
    "parse_sampler",
]

_SCHEME = re.compile(r"[a-z]+://")
_HUBS = ("kaggle://", "hf://", "modelscope://", "gs://")


def is_folder(source: str) -> bool:
    """Tell whether a preset's source is a local folder rather than a name or a hub handle."""
    return not _SCHEME.match(source) and ("/" in source or os.sep in source or source[:1] in ".~")


def _locate(source: str, info: ValidationInfo) -> str:
    """Make a local folder absolute (seen from the scenario file) and see that it is there."""
    if not source:
        raise refuse("must not be empty")
    if (scheme := _SCHEME.match(source)) and scheme[0] not in _HUBS:
        raise refuse(f"unknown scheme {scheme[0]!r}; there are {', '.join(_HUBS)}")
    if not is_folder(source) or not info.context:
        return source
    folder = Path(info.context["folder"], Path(source).expanduser())
    if not folder.is_dir():
        what = "is a file, not a preset folder" if folder.exists() else "there is no such folder"
        hint = "" if source[0] in "./~" else " (a model on a hub starts with kaggle:// or hf://)"
        raise refuse(f"{what}: {folder}{hint}")
    return os.path.normpath(folder)


Source = Annotated[Text, AfterValidator(_locate)]


def _label_of_source(source: str) -> str:
    parts = [part for part in re.split(r"[/\\]", source) if part not in ("", ".", "..")]
    while len(parts) > 1 and parts[-1].isdigit():  # the version that ends a kaggle:// handle
        parts.pop()
    return label_from(parts[-1] if parts else source)


class Prompt(Model):
    """A text for the model to go on from; ``name`` is for rules that keep or drop it."""

    text: Text
    name: Label | None = None

    @property
    def label(self) -> str:
        """The name, or else the text itself."""
        return self.text if self.name is None else self.name

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class Preset(Model):
    """A model: ``source`` is what KerasHub's ``from_preset`` takes, or an embedded preset."""

    name: Label
    source: Source

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {"source": value}
        if isinstance(value, dict) and "name" not in value:
            source = value.get("source")
            if isinstance(source, str) and source:
                value = {"name": _label_of_source(source), **value}
        return value


class State(Model):
    """A state of fine-tuning: ``base`` is the preset itself, any other a tuned preset."""

    name: Label
    preset: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        if value == "base":
            return {"name": "base"}
        if isinstance(value, str):
            raise refuse(f"only 'base' goes without a preset; write {{{value}: {{preset: …}}}}")
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            [(name, body)] = value.items()
            if not isinstance(body, dict):
                raise refuse(f"must say what it is, such as {{{name}: {{preset: ./tuned}}}}")
            value = {"name": name, **body}
        return value

    @model_validator(mode="after")
    def _says_something(self) -> State:
        if (self.name == "base") != (self.preset is None):
            raise refuse(
                "'base' is the preset itself and takes no other"
                if self.preset
                else f"{self.name!r} names nothing; give it a preset"
            )
        return self


class Generate(Model):
    """How much to generate. ``max_length`` counts the prompt; ``samples`` are texts per prompt."""

    max_length: Annotated[Whole, Field(ge=2)] = 200
    batch_sizes: OneOrMore[Annotated[Whole, Field(ge=1)]] = (1,)
    samples: Annotated[Whole, Field(ge=0)] = 8


class Measure(Model):
    """How to measure. The launch (one worker process) is the unit of n."""

    launches: Annotated[Whole, Field(ge=1)] = 1
    trials: Annotated[Whole, Field(ge=1)] = 5
    warmup_cap: Annotated[Whole, Field(ge=3)] = 10
    steady_tolerance: Annotated[Number, Field(gt=0, lt=1)] = 0.05
    fit_points: Whole = 5
    timeout: Annotated[Number, Field(gt=0)] = 600.0

    @field_validator("fit_points")
    @classmethod
    def _enough_for_a_line(cls, points: int) -> int:
        if points != 0 and points < 3:
            raise refuse("must be 0 (no fit) or at least 3: two points fit any line")
        return points


class Gate(Model):
    """The limits of one metric; a case outside them fails."""

    min: Number | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Gate:
        if self.min is None and self.max is None:
            raise refuse("must have a min, a max, or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refuse(f"min {self.min:g} is above max {self.max:g}")
        return self


class Scenario(Model):
    """A whole scenario file."""

    name: Label
    description: Text = ""
    prompts: OneOrMore[Prompt]
    presets: OneOrMore[Preset]
    states: OneOrMore[State] = (State(name="base"),)
    samplers: OneOrMore[AnySampler]
    hardware: OneOrMore[Hardware] = (Hardware(),)
    include: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    generate: Generate = Generate()
    measure: Measure = Measure()
    metrics: OneOrMore[Text] = ("*",)
    gates: dict[Label, Gate] = Field(default_factory=dict)
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
