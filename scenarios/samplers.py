"""The samplers: all of KerasHub's, each with every argument, and a custom one by import path.

Defaults are KerasHub's, except that ``top_p`` takes p=0.9: KerasHub's own 0.1 is almost greedy.
Seeds are no argument here; they are derived for each batch from the scenario's seed.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    field_validator,
    model_serializer,
)

from scenarios.values import Count, Label, Model, Number, did_you_mean, quoted, refuse

Temperature = Annotated[
    Number,
    Field(gt=0, description="Divides the logits: below 1 sharper, above 1 flatter."),
]


def _short(number: float) -> str:
    return repr(number + 0.0).removesuffix(".0")


class Sampler(Model):
    """How the next token is chosen."""

    kind: str
    draws: ClassVar[bool] = True  # False: the same prompt gives the same text every time

    @property
    def name(self) -> str:
        """Stable short id, for example ``top_k-5-t0.7``; arguments at rest are left out."""
        return "-".join([self.kind, *self._settings()])

    @property
    def arguments(self) -> dict[str, Any]:
        """Every KerasHub constructor argument except the seed."""
        return self.model_dump(exclude={"kind"})

    def _settings(self) -> list[str]:
        temperature = getattr(self, "temperature", 1.0)
        return [] if temperature == 1.0 else [f"t{_short(temperature)}"]


class Greedy(Sampler):
    """The most probable token, always (a temperature would change nothing)."""

    kind: Literal["greedy"] = "greedy"
    draws: ClassVar[bool] = False


class Random(Sampler):
    """A draw from the whole distribution."""

    kind: Literal["random"] = "random"
    temperature: Temperature = 1.0


class TopK(Sampler):
    """A draw from the k most probable tokens."""

    kind: Literal["top_k"] = "top_k"
    k: Count = Field(default=5, description="How many of the most probable tokens to draw from.")
    temperature: Temperature = 1.0

    def _settings(self) -> list[str]:
        return [str(self.k), *super()._settings()]


class TopP(Sampler):
    """A draw from the most probable tokens that together hold the share p."""

    kind: Literal["top_p"] = "top_p"
    p: Annotated[Number, Field(gt=0, le=1)] = Field(
        default=0.9, description="Share of probability to draw from (KerasHub's own 0.1 is greedy)."
    )
    k: Count | None = Field(
        default=None, description="Draw from the k most probable at most; without it, slow."
    )
    temperature: Temperature = 1.0

    def _settings(self) -> list[str]:
        k = [] if self.k is None else [f"k{self.k}"]
        return [_short(self.p), *k, *super()._settings()]


class Beam(Sampler):
    """Search over several beams; the best one is the text."""

    kind: Literal["beam"] = "beam"
    num_beams: Count = Field(default=5, description="How many texts are searched at once.")
    return_all_beams: Literal[False] = False
    temperature: Temperature = 1.0
    draws: ClassVar[bool] = False

    @field_validator("return_all_beams", mode="before")
    @classmethod
    def _only_the_best(cls, value: Any) -> Any:
        if value is True:
            raise refuse("KerasHub's generate() fails with return_all_beams: true; leave it out")
        if value is not False:
            raise refuse("must be false, or left out")
        return value

    def _settings(self) -> list[str]:
        return [str(self.num_beams), *super()._settings()]


class Contrastive(Sampler):
    """Search that weighs probability against likeness to what stands there already."""

    kind: Literal["contrastive"] = "contrastive"
    k: Count = Field(default=5, description="How many candidates are weighed for each token.")
    alpha: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.6, description="Weight of unlikeness: 0 is greedy, 1 is unlikeness alone."
    )
    temperature: Temperature = 1.0
    draws: ClassVar[bool] = False

    def _settings(self) -> list[str]:
        return [str(self.k), f"a{_short(self.alpha)}", *super()._settings()]


_IMPORT_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


def _check_import_path(path: str) -> str:
    if not _IMPORT_PATH.fullmatch(path):
        raise refuse(f"must be an import path such as 'package.module:Class', not {quoted(path)}")
    return path


def _check_plain(arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(arguments, allow_nan=False)
    except (TypeError, ValueError):
        raise refuse("must be plain data: text, finite numbers, true, false, null") from None
    return arguments


class Custom(Sampler):
    """A subclass of ``keras_hub.samplers.Sampler``, which only the worker process imports."""

    kind: Literal["custom"] = "custom"
    import_path: Annotated[str, AfterValidator(_check_import_path)] = Field(
        alias="class", description="Where the class is: package.module:Class."
    )
    given: Annotated[dict[str, Any], AfterValidator(_check_plain)] = Field(
        default_factory=dict,
        alias="arguments",
        description="The constructor's arguments by name; plain data.",
    )
    word: Label | None = Field(
        default=None, alias="name", description="For ids; the default is the name of the class."
    )

    @property
    def name(self) -> str:
        """``custom-`` and the label, or else the name of the class."""
        return f"custom-{self.word or self.import_path.rpartition(':')[2]}"

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments as the scenario gives them."""
        return dict(self.given)

    @model_serializer
    def _as_written(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "class": self.import_path,
            "arguments": self.given,
            "name": self.word,
        }


KINDS: dict[str, type[Sampler]] = {
    "greedy": Greedy,
    "random": Random,
    "top_k": TopK,
    "top_p": TopP,
    "beam": Beam,
    "contrastive": Contrastive,
    "custom": Custom,
}


def _spelled_out(value: Any) -> Any:
    """Turn ``top_k`` and ``{top_k: {k: 7}}`` into ``{kind: top_k, k: 7}``."""
    if isinstance(value, Sampler):
        return value
    kind: Any
    arguments: Any
    if isinstance(value, str):
        kind, arguments = value, {}
    elif isinstance(value, dict) and "kind" in value:
        kind, arguments = value["kind"], {k: v for k, v in value.items() if k != "kind"}
    elif isinstance(value, dict) and len(value) == 1:
        [(kind, arguments)] = value.items()
    else:
        raise refuse("must be a sampler such as greedy or {top_k: {k: 7}}")
    if kind == "speculative":
        raise refuse("speculative needs a model that drafts tokens: in KerasHub Gemma 4 alone")
    if not isinstance(kind, str) or kind not in KINDS:
        raise refuse(f"unknown sampler {quoted(kind)}{did_you_mean(str(kind), KINDS)}")
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict) or "kind" in arguments:
        raise refuse(f"{kind} takes its arguments by name, such as {_EXAMPLES[kind]}")
    return {"kind": kind, **arguments}


_EXAMPLES = {
    "greedy": "greedy",
    "random": "{random: {temperature: 0.7}}",
    "top_k": "{top_k: {k: 7}}",
    "top_p": "{top_p: {p: 0.9, k: 50}}",
    "beam": "{beam: {num_beams: 4}}",
    "contrastive": "{contrastive: {k: 5, alpha: 0.6}}",
    "custom": "{custom: {class: 'package.module:Class'}}",
}

AnySampler = Annotated[
    Greedy | Random | TopK | TopP | Beam | Contrastive | Custom,
    Field(discriminator="kind"),
    BeforeValidator(_spelled_out),
]


def parse_sampler(value: Any) -> Sampler:
    """Return the sampler for a short form, a mapping, or a dumped sampler.

    Raises:
        pydantic.ValidationError: an unknown sampler, or an argument that it cannot take.
    """
    sampler: Sampler = TypeAdapter(AnySampler).validate_python(value)
    return sampler
