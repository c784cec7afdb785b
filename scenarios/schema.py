"""What a scenario says: the axes, what to generate, how to measure, and what must hold.

Every model accepts the short forms of a scenario file (a word where one is enough) and, dumped,
the long ones, so that a dump validates again. Everything here is data; nothing is imported or run.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from scenarios.gates import Gate, Gates
from scenarios.hardware import Hardware
from scenarios.rules import Rule
from scenarios.samplers import AnySampler, Sampler, parse_sampler
from scenarios.sources import Source, is_folder, label_of_source, overridden
from scenarios.states import State, with_recipe
from scenarios.training import Train
from scenarios.values import Count, Label, Model, Number, OneOrMore, Text, Whole, refuse, refuse_at

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
    "is_folder",
    "parse_sampler",
]


class Prompt(Model):
    """A text for the model to go on from; ``name`` is for rules that keep or drop it."""

    text: Text = Field(description="What the model goes on from.")
    name: Label | None = Field(default=None, description="For rules; the default is the text.")
    form: Label | None = Field(
        default=None,
        description="Verse form that continuations are judged by, such as qijue or haiku.",
    )

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

    name: Label = Field(description="For ids; the default is the last part of the source.")
    source: Source = Field(
        description="A preset's name, kaggle://…, hf://…, or a local folder such as ./tuned."
    )

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            value = {"source": value}
        if isinstance(value, dict) and "name" not in value:
            source = value.get("source")
            if isinstance(source, str):
                value = {"name": label_of_source(source), **value}
        return overridden(value, "source", info)


class Generate(Model):
    """How much to generate. ``max_length`` counts the prompt; ``samples`` are texts per prompt."""

    max_length: Annotated[Whole, Field(ge=2, le=1_000_000)] = Field(
        default=200, description="Tokens of prompt and text together."
    )
    batch_sizes: OneOrMore[Count] = Field(
        default=(1,), description="Texts generated at once; the fifth axis."
    )
    samples: Annotated[Whole, Field(ge=0, le=1_000_000)] = Field(
        default=8, description="Texts per prompt to judge; a sampler without chance gives one."
    )


class Measure(Model):
    """How to measure. The launch (one worker process) is the unit of n."""

    launches: Count = Field(
        default=1, description="Worker processes: 1 for a look, 5 to compare, 8 for a gate."
    )
    trials: Count = Field(default=5, description="Timed calls per case and launch.")
    warmup_cap: Annotated[Whole, Field(ge=3, le=1_000_000)] = Field(
        default=10, description="Calls after which warming up ends, steady or not."
    )
    steady_tolerance: Annotated[Number, Field(gt=0, lt=1)] = Field(
        default=0.05, description="Warm is when the last three calls agree within this share."
    )
    fit_points: Annotated[Whole, Field(ge=0, le=1_000)] = Field(
        default=5, description="Prompt lengths that part prefill from decode; 0 is no fit."
    )
    timeout: Annotated[Number, Field(gt=0)] = Field(
        default=600.0, description="Seconds that one step of a worker may take."
    )

    @field_validator("fit_points")
    @classmethod
    def _enough_for_a_line(cls, points: int) -> int:
        if 0 < points < 3:
            raise refuse("must be 0 (no fit) or at least 3: two points fit any line")
        return points


class Scenario(Model):
    """A whole scenario file."""

    name: Label = Field(description="Names runs; the default is the name of the file.")
    description: Text = Field(default="", description="One line for people.")
    prompts: OneOrMore[Prompt] = Field(description="What to go on from.")
    presets: OneOrMore[Preset] = Field(description="Axis: the models.")
    states: OneOrMore[State] = Field(
        default=(State(name="base"),),
        description="Axis: as released, tuned elsewhere, or trained here.",
    )
    train: Train | None = Field(
        default=None, description="Recipe of all states trained here; a state's own keys win."
    )
    samplers: OneOrMore[AnySampler] = Field(description="Axis: how the next token is chosen.")
    hardware: OneOrMore[Hardware] = Field(
        default=(Hardware(),), description="Axis: where it runs, and in which numbers."
    )
    include: tuple[Rule, ...] = Field(default=(), description="Keep only what a rule fits.")
    exclude: tuple[Rule, ...] = Field(default=(), description="Drop what a rule fits.")
    generate: Generate = Field(default=Generate(), description="How much to generate.")
    measure: Measure = Field(default=Measure(), description="How to measure.")
    metrics: OneOrMore[Text] = Field(
        default=("*",), description="Text metrics to compute: names, groups, globs."
    )
    gates: dict[Label, Gates] = Field(
        default_factory=dict, description="Metric -> what every case must keep; one, or several."
    )
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = Field(
        default=0, description="All seeds of the samplers are derived from it."
    )

    @model_validator(mode="before")
    @classmethod
    def _recipe_for_all(cls, value: Any) -> Any:
        return with_recipe(value)

    @model_validator(mode="after")
    def _recipe_is_used(self) -> Scenario:
        if self.train is not None and not any(state.trained for state in self.states):
            message = "no state is trained here; add one with data, such as {tang: {data: tang}}"
            raise refuse_at([(("train",), message)], self)
        return self
