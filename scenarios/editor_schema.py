"""The JSON Schema of scenario files, short forms included, for editors and other programs."""

from __future__ import annotations

import copy
from typing import Any

from scenarios.samplers import KINDS
from scenarios.schema import Scenario

_TEXT = {"type": "string"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that a scenario file meets.

    It accepts every documented form; the loader refuses more (a folder that is not there, a rule
    that fits nothing).
    """
    schema = copy.deepcopy(Scenario.model_json_schema())
    definitions: dict[str, Any] = schema["$defs"]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "versebench scenario"
    schema["required"].remove("name")  # the file's own name is the default

    _or_short(definitions, "Prompt", _TEXT)
    _or_short(definitions, "Preset", _TEXT)
    definitions["Preset_"]["required"].remove("name")
    _or_short(definitions, "Hardware", _TEXT)
    body = copy.deepcopy(definitions["State"])
    del body["properties"]["name"]
    body.pop("required", None)
    body["oneOf"] = [{"required": ["preset"]}, {"required": ["data"]}]
    _or_short(definitions, "State", {"const": "base"}, _one_key_with(body))
    _samplers(schema, definitions)
    globs = {"anyOf": [g := {"type": ["string", "integer"]}, {"type": "array", "items": g}]}
    rule = definitions["Rule"]["properties"]
    definitions["Rule"]["properties"] = {
        axis: {"description": rule[axis]["description"], **globs} for axis in rule
    }
    _gates(schema, definitions)
    return schema


def _or_short(definitions: dict[str, Any], name: str, *short: dict[str, Any]) -> None:
    """Let short forms stand beside the mapping of a model."""
    definitions[f"{name}_"] = definitions[name]
    definitions[name] = {"anyOf": [*short, {"$ref": f"#/$defs/{name}_"}]}


def _one_key_with(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": body,
    }


def _samplers(schema: dict[str, Any], definitions: dict[str, Any]) -> None:
    """``greedy``, or ``{top_k: {k: 7}}``: the word, or the word with its arguments."""
    bodies = {}
    words = []
    for kind, model in KINDS.items():
        body = definitions[model.__name__]
        body["properties"].pop("kind")
        bodies[kind] = {"$ref": f"#/$defs/{model.__name__}"}
        if not body.get("required"):
            words.append(kind)
    definitions["Sampler"] = {
        "description": "How the next token is chosen.",
        "anyOf": [
            {"enum": words},
            {
                "type": "object",
                "properties": bodies,
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ],
    }
    schema["properties"]["samplers"]["items"] = {"$ref": "#/$defs/Sampler"}


def _gates(schema: dict[str, Any], definitions: dict[str, Any]) -> None:
    """One gate or a list of them; per cent as text; ``where`` as on the command line."""
    of_one = schema["properties"]["gates"]["additionalProperties"]
    schema["properties"]["gates"]["additionalProperties"] = {"anyOf": [of_one["items"], of_one]}
    gate = definitions["Gate"]["properties"]
    percent = {"type": "string", "pattern": r"^\s*(\d+(\.\d*)?|\.\d+)\s*%\s*$"}
    gate["worse_by"]["anyOf"].append(percent)
    gate["where"]["anyOf"].append(_TEXT)
