"""Rules that keep or drop cases: globs on the labels of the axes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from scenarios.values import Model, as_list, one_line, refuse

AXES = ("preset", "state", "sampler", "hardware", "batch_size")


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    pieces = {"*": ".*", "?": "."}
    return re.compile("".join(pieces.get(c) or re.escape(c) for c in glob), re.DOTALL)


def matches(globs: tuple[str, ...], label: str) -> bool:
    """Tell whether any glob (``*``: any text, ``?``: any character) fits the whole label."""
    return any(_pattern(glob).fullmatch(label) for glob in globs)


def _as_globs(value: Any) -> Any:
    globs = [
        str(g) if isinstance(g, int) and not isinstance(g, bool) else g for g in as_list(value)
    ]
    if not globs:
        raise refuse("must name at least one label")
    return tuple(globs)


Globs = Annotated[tuple[str, ...], BeforeValidator(_as_globs)]


class Rule(Model):
    """Axis -> globs; the rule fits where every axis that it names fits.

    ``prompt`` goes by a prompt's label or its index; a rule with it means (case, prompt) pairs.
    """

    preset: Globs | None = Field(default=None, description="Globs on labels of presets.")
    state: Globs | None = Field(default=None, description="Globs on labels of states.")
    sampler: Globs | None = Field(
        default=None, description="Globs on labels of samplers, such as top_k-5."
    )
    hardware: Globs | None = Field(
        default=None, description="Globs on labels of hardware, such as cpu-jax-float32."
    )
    batch_size: Globs | None = Field(default=None, description="Globs on batch sizes.")
    prompt: Globs | None = Field(
        default=None, description="Globs on names (or texts) of prompts, or their indexes from 0."
    )

    @model_validator(mode="after")
    def _names_an_axis(self) -> Rule:
        if all(getattr(self, axis) is None for axis in (*AXES, "prompt")):
            raise refuse(f"must name an axis: {', '.join((*AXES, 'prompt'))}")
        return self

    def fits_prompt(self, index: int, label: str) -> bool:
        """Tell whether a prompt fits; without ``prompt`` every one does."""
        return self.prompt is None or matches(self.prompt, label) or str(index) in self.prompt

    def __str__(self) -> str:
        given = self.model_dump(exclude_none=True)
        return " ".join(f"{axis}={','.join(map(one_line, globs))}" for axis, globs in given.items())
