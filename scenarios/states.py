"""The second axis: a state of fine-tuning. ``base``, a tuned preset, or one trained on the spot."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError, ValidationInfo, model_validator

from scenarios.data_sets import AnyDataSet, placed
from scenarios.sources import Source, overridden
from scenarios.training import Train
from scenarios.values import Label, Model, one_line, refuse


class State(Model):
    """A state of fine-tuning.

    ``base`` is the preset itself. A state with ``preset`` is a model tuned elsewhere; one with
    ``data`` is trained from the preset of the case, once, and kept.
    """

    name: Label = Field(description="For ids.")
    preset: Source | None = Field(default=None, description="A model tuned elsewhere.")
    data: AnyDataSet | None = Field(default=None, description="Train the preset on these texts.")
    train: Train | None = Field(
        default=None, description="How to train; the default is the recipe of the Keras article."
    )

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any, info: ValidationInfo) -> Any:
        if value == "base":
            return {"name": "base"}
        if isinstance(value, str):
            word = one_line(value)
            raise refuse(f"only 'base' goes without a body; write {{{word}: {{preset: …}}}}")
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            [(name, body)] = value.items()
            if name in ("preset", "data", "train"):
                raise refuse(f"has no label; write {{LABEL: {{{name}: …}}}}")
            if not isinstance(body, dict):
                word = one_line(str(name))
                raise refuse(
                    f"must say what it is, such as {{{word}: {{preset: ./tuned}}}} or "
                    f"{{{word}: {{data: tang}}}}"
                )
            value = {"name": name, **body}
        if isinstance(value, dict) and value.get("data") is not None:
            value = {**value, "train": value.get("train") or {}}
            if info.context:
                value = _placed(value, info.context["data"], info.context["states"])
        return overridden(value, "preset", info)

    @model_validator(mode="after")
    def _says_something(self) -> State:
        if self.name == "base":
            if self.preset or self.data or self.train:
                raise refuse("'base' is the preset itself and takes no other")
        elif self.preset and self.data:
            raise refuse("has both a preset and data; a state is tuned elsewhere or trained here")
        elif self.train and not self.data:
            raise refuse("has a recipe (train) and no data to train on")
        elif not self.preset and not self.data:
            raise refuse(f"{self.name!r} names nothing; give it a preset, or data to train on")
        return self

    @property
    def trained(self) -> bool:
        """Whether it is trained on the spot."""
        return self.data is not None


def with_recipe(scenario: Any) -> Any:
    """Return a scenario as written, its states trained by its own ``train`` where they differ not.

    A recipe with faults is left where it is: it is reported once, not with each state.
    """
    if not isinstance(scenario, dict) or not isinstance(recipe := scenario.get("train"), dict):
        return scenario
    try:
        Train.model_validate(recipe)
    except ValidationError:
        return scenario
    states = scenario.get("states")
    if not isinstance(states, list | tuple):
        return scenario
    return {**scenario, "states": [_following(state, recipe) for state in states]}


def _following(state: Any, recipe: dict[str, Any]) -> Any:
    if not isinstance(state, dict):
        return state
    if "data" in state:
        own = state.get("train") or {}
        return {**state, "train": {**recipe, **own}} if isinstance(own, dict) else state
    if len(state) == 1:
        [(name, body)] = state.items()
        return {name: _following(body, recipe)} if isinstance(body, dict) else state
    return state


def _placed(value: dict[str, Any], places: dict[str, str], met: list[str]) -> dict[str, Any]:
    """Return the state with the place that the caller gives for its texts, if any."""
    name = value.get("name")
    if not isinstance(name, str):
        return value
    met.append(name)
    if name not in places:
        return value
    data = placed(value["data"], places[name])
    if data is None:
        raise refuse(f"--data {name}=… names a place, and this state has the shipped sample")
    return {**value, "data": data}
