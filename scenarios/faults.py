"""What is wrong with a scenario, in one line per fault: where it stands and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.values import did_you_mean, one_line, quoted
from scenarios.yaml_source import Mark, Place, Source


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        path: the scenario file, or what else was judged (``--only``); None where there is none.
        line, column: from 1, where the place is known.
        location: dotted path to the value, for example ``samplers.1.top_k.k``; "" for the whole.
        message: what is wrong, and what would be right.
    """

    path: str | None
    line: int | None
    column: int | None
    location: str
    message: str

    def __str__(self) -> str:
        position = [str(p) for p in (self.path, self.line, self.column) if p is not None]
        return ": ".join(p for p in (":".join(position), self.location, self.message) if p)


class ScenarioError(Exception):
    """A scenario that cannot be used, with all its faults.

    Attributes:
        faults: in the order of the file.
        content: the mapping that the file holds, for a caller who can judge more of it; None
            where it holds none.
        origin: where that stands.
    """

    def __init__(
        self,
        faults: Sequence[Fault],
        content: Mapping[str, Any] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.faults = list(faults)
        self.content = content
        self.origin = origin or Origin()
        super().__init__("\n".join(map(str, self.faults)))


def by_position(fault: Fault) -> tuple[int, int]:
    """Order faults as the file has them."""
    return fault.line or 0, fault.column or 0


@dataclass(frozen=True)
class Origin:
    """Where a scenario's data comes from: turns places into faults with positions."""

    path: str | None = None
    source: Source | None = None

    def fault(self, place: Place, message: str, *, at_key: bool = False) -> Fault:
        """Return a fault at a place such as ``("samplers", 1, "k")``.

        Where the file has a short form, the nearest thing that the user wrote is pointed at.
        """
        if self.source is None:
            return Fault(self.path, None, None, location(place), message)
        written, mark = _find(self.source, place, at_key)
        return Fault(self.path, mark[0], mark[1], location(written), message)

    def faults(self, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
        """Translate pydantic's errors about ``model``, in the order of the file."""
        found = []
        details = error.errors(include_url=False)
        misspelt = self._misspelt(details, model)
        for detail in details:
            kind, place = detail["type"], detail["loc"]
            if kind == "none_required" or (kind == "too_short" and detail["input"]):
                continue  # another fault says it better
            if kind == "missing" and place in misspelt:
                continue  # so does the unknown key that was meant for it
            if kind == "missing":
                found.append(self.fault(place[:-1], f"the key {quoted(place[-1])} is missing"))
            elif kind == "extra_forbidden":
                known = _known_keys(model.model_json_schema(), place[:-1])
                message = f"unknown key {quoted(place[-1])}{did_you_mean(str(place[-1]), known)}"
                found.append(self.fault(place, message, at_key=True))
            else:
                found.append(self.fault(place, _message(detail)))
        return sorted(dict.fromkeys(found), key=by_position)

    @staticmethod
    def _misspelt(details: Iterable[ErrorDetails], model: type[BaseModel]) -> set[Place]:
        """Return the places of missing keys that an unknown key beside them was meant for."""
        unknown = [d["loc"] for d in details if d["type"] == "extra_forbidden"]
        meant: set[Place] = set()
        for place in unknown:
            known = _known_keys(model.model_json_schema(), place[:-1])
            near = difflib.get_close_matches(str(place[-1])[:100], known, n=1)
            meant.update((*place[:-1], key) for key in near)
        return meant


def location(place: Place) -> str:
    """Return a place as people read it, for example ``samplers.1.top_k.k``."""
    return ".".join(one_line(str(step)) for step in place)


def _find(source: Source, place: Place, at_key: bool) -> tuple[Place, Mark]:
    """Follow a place of the spelled-out scenario through what the user wrote."""
    here: Place = ()
    data = source.data
    for step in place:
        if isinstance(data, dict) and step not in data and len(data) == 1:
            [(name, inner)] = data.items()  # {top_k: {k: 7}} stands for {kind: top_k, k: 7}
            if isinstance(inner, dict) and step in inner:
                here, data = (*here, name), inner
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        ):
            here, data = (*here, step), data[step]  # type: ignore[index]
    mark = source.keys.get(here) if at_key else None
    return here, mark or source.values.get(here, (1, 1))


def _known_keys(schema: Mapping[str, Any], place: Place) -> list[str]:
    """Return the keys that the JSON Schema allows at a place."""
    definitions = schema.get("$defs", {})

    def resolve(part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part or "allOf" in part:  # older pydantics wrap a $ref with a default
            [reference] = part.get("allOf", [part])
            part = definitions[reference["$ref"].rpartition("/")[2]]
        return part

    here = resolve(schema)
    for step in place:
        if isinstance(step, int):
            here = resolve(here.get("items", {}))
        elif step in here.get("properties", {}):
            here = resolve(here["properties"][step])
        elif step in here.get("discriminator", {}).get("mapping", {}):
            here = resolve({"$ref": here["discriminator"]["mapping"][step]})
        elif isinstance(here.get("additionalProperties"), dict):
            here = resolve(here["additionalProperties"])
    return [key for key in here.get("properties", {}) if key != "kind"]


def _written(value: Any) -> str:
    """Return a value as YAML would have it, shortened."""
    words = {True: "true", False: "false", None: "nothing (null)"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return quoted(value)


_WANTED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping (key: value)",
    "mapping_type": "must be a mapping (key: value)",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "finite_number": "must be a finite number",
}
_WORDS_OF_OLD_YAML = {"no", "yes", "on", "off", "n", "y"}
_SHAPES = {
    "Prompt": "text or {text: …, name: …}",
    "Preset": "text or {name: …, source: …}",
    "State": "base or {NAME: {preset: …}}",
    "Hardware": "a device (cpu, gpu, gpu:N, tpu) or a mapping",
    "Rule": "a mapping such as {state: base, sampler: top_*}",
    "Gate": "a mapping such as {max: 0.3}",
}
_LIMITS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _message(error: Mapping[str, Any]) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "scenario":
        return str(context["message"])
    if kind == "too_short":
        return "must not be empty"
    if kind == "literal_error":
        expected = str(context["expected"])
        words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
        if isinstance(value, str):
            return f"unknown word {quoted(value)}{did_you_mean(value, words)}"
        return f"must be {expected}, not {_written(value)}"
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        return f"must be {word} {context[limit]:g}, not {_written(value)}"
    if kind in _WANTED:
        quote = (
            "; put it in quotes"
            if kind == "string_type" and isinstance(value, bool | int | float)
            else ""
        )
        if kind == "bool_type" and str(value).lower() in _WORDS_OF_OLD_YAML:
            quote = " (a switch in YAML 1.1 only)"
        if kind == "tuple_type" and isinstance(value, str):
            quote = f"; write [{one_line(value)}]"
        return f"{_WANTED[kind]}, not {_written(value)}{quote}"
    if kind == "model_type":
        shape = _SHAPES.get(context["class_name"], "a mapping (key: value)")
        quote = "; put text in quotes" if shape.startswith("text") else ""
        return f"must be {shape}, not {_written(value)}{quote}"
    return str(error["msg"])
